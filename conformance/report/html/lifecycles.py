"""What became of tokens over time, read from the exchanges of a check; all moments are the target's own."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from conformance.report.decisive import control_action
from conformance.report.wording import HOUR, MINUTE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.report.run import Check, Exchange, Run

CHAPTERS = ("expiry", "rotation", "disabling")
LIFETIME = 4 * 3600
"""How long a token is valid (authentication, Token Lifecycle); seconds."""
WINDOW = 60
"""For how long existing tokens of a disabled account may go on; seconds."""

ACTIONS = {"rotate": "rotated", "disable": "disabled", "enable": "enabled"}
_TOKEN = re.compile(r"<token ([^<>#]+)#(\d+)>")
_LANES = 6
SHORTLY = 900
"""How near a check must come to a token's end (seconds) for the end to be drawn."""


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """What happened to a token at a moment (seconds from the first exchange): issued, accepted or refused."""

    at: float
    kind: str
    status: int | None
    exchange: int = field(compare=False)


@dataclass(slots=True)
class Lane:
    """One token, or the requests for a token that gave none."""

    name: str
    marks: list[Mark] = field(default_factory=list)

    @property
    def issued(self) -> float | None:
        """When it was issued; None where this check did not see that."""
        return next((mark.at for mark in self.marks if mark.kind == "issued"), None)

    @property
    def last_accepted(self) -> float | None:
        """When it was last accepted."""
        return max((mark.at for mark in self.marks if mark.kind == "accepted"), default=None)

    @property
    def first_refused(self) -> float | None:
        """When it was first refused after that."""
        since = self.last_accepted or 0.0
        return min((mark.at for mark in self.marks if mark.kind == "refused" and mark.at >= since), default=None)


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """A check's tokens over time: the lanes, and the moments at which secrets and accounts were changed."""

    check: Check
    lanes: tuple[Lane, ...]
    hidden: int
    actions: tuple[tuple[float, str], ...]

    @property
    def title(self) -> str:
        """The check's clause in words."""
        clause = self.check.id.partition("/")[2] or self.check.id
        return clause.replace("-", " ").replace("[", " [")

    @property
    def told(self) -> tuple[str, ...]:
        """The same in words, a sentence for each lane."""
        actions = [f"{what} after {precise(at)}" for at, what in self.actions]
        return tuple(f"{lane.name}: {'; '.join([*_told(lane), *actions])}" for lane in self.lanes)


def _told(lane: Lane) -> list[str]:
    words = []
    if lane.issued is not None:
        words.append(f"issued after {precise(lane.issued)}")
    if lane.last_accepted is not None:
        words.append(f"last accepted after {precise(lane.last_accepted)}")
    words.append(
        "never refused" if lane.first_refused is None else f"first refused after {precise(lane.first_refused)}"
    )
    return words


def precise(seconds: float) -> str:
    """Give a span of time to the second: `45 s`, `3 h 59 min 55 s`."""
    minutes, rest = divmod(round(seconds), MINUTE)
    hours, minutes = divmod(minutes, HOUR // MINUTE)
    parts = [(hours, "h"), (minutes, "min"), (rest, "s")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 s"


def is_lifecycle(check: Check) -> bool:
    """Whether a check is about how long tokens live."""
    return check.requirement.partition(".")[0] in CHAPTERS and bool(check.exchanges)


def lifecycle(run: Run, check: Check) -> Lifecycle | None:
    """Read a check's exchanges; None where they tell of no token."""
    found = [run.exchanges[number] for number in check.exchanges if number in run.exchanges]
    timed = sorted(
        (moment, exchange.id, exchange) for exchange in found if (moment := _moment(run, exchange)) is not None
    )
    if not timed:
        return None
    start = timed[0][0]
    lanes: dict[str, Lane] = {}
    actions: list[tuple[float, str]] = []
    for moment, _, exchange in timed:
        action = _action(run, exchange)
        if action is not None:
            actions.append((moment - start, action))
            continue
        for name, kind in _events(exchange):
            mark = Mark(moment - start, kind, exchange.status, exchange.id)
            lanes.setdefault(name, Lane(name)).marks.append(mark)
    told = [lane for lane in lanes.values() if len(lane.marks) > 1 or lane.issued is None]
    return Lifecycle(check, tuple(told[:_LANES]), max(0, len(told) - _LANES), tuple(actions)) if told else None


def lifecycles(run: Run) -> dict[str, list[Lifecycle]]:
    """Give the life cycles of a run by chapter."""
    found: dict[str, list[Lifecycle]] = {}
    for check in run.checks:
        shown = lifecycle(run, check) if is_lifecycle(check) else None
        if shown is not None:
            found.setdefault(check.requirement.partition(".")[0], []).append(shown)
    return {chapter: found[chapter] for chapter in CHAPTERS if chapter in found}


def _moment(run: Run, exchange: Exchange) -> float | None:
    """Say when something happened: a request when it was sent, an administrative action at its end.

    A person takes a while, and answers when it is done.
    """
    try:
        sent = datetime.fromisoformat(exchange.sent or "").timestamp()
    except ValueError:
        return None
    return sent if _action(run, exchange) is None else sent + exchange.seconds


def _action(run: Run, exchange: Exchange) -> str | None:
    """Say what a question to the target's control did, such as `rotated`; None for any other exchange."""
    return ACTIONS.get(control_action(run, exchange) or "") if exchange.status == 200 else None


def _events(exchange: Exchange) -> Iterable[tuple[str, str]]:
    """Name the tokens that an exchange issues or uses, with what became of each."""
    if exchange.url.partition("?")[0].endswith("/Token"):
        issued = _TOKEN.search(exchange.response_body or "")
        if issued is None:
            yield f"new tokens of {exchange.client}", "refused"
        else:
            yield _name(issued), "issued"
        return
    used = next((found for name, value in exchange.headers if (found := _bearer(name, value))), None)
    if used is not None and exchange.status is not None:
        yield _name(used), "refused" if exchange.status in {401, 403} else "accepted"


def _bearer(name: str, value: str) -> re.Match[str] | None:
    return _TOKEN.search(value) if name.lower() == "authorization" else None


def _name(match: re.Match[str]) -> str:
    return f"token {match.group(1)}#{match.group(2)}"


def ends(shown: Lifecycle) -> dict[str, float]:
    """When the 4 hours of each token are over, by lane, as far as the check comes near it."""
    return {
        lane.name: lane.issued + LIFETIME
        for lane in shown.lanes
        if lane.issued is not None and max(mark.at for mark in lane.marks) > lane.issued + LIFETIME - SHORTLY
    }


def windows(shown: Lifecycle) -> list[tuple[float, float]]:
    """From when to when the tokens of a disabled account may go on."""
    return [(at, at + WINDOW) for at, what in shown.actions if what == "disabled"]
