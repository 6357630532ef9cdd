"""Violated requirements as a page shows them: failures alike told once, with as much evidence as fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.report.curl import Curl, curl
from conformance.report.decisive import steps, story
from conformance.report.evidence import observed
from conformance.report.gate import gate_marks
from conformance.report.html.causes import usual_cause
from conformance.report.html.drawing import Drawing, draw
from conformance.report.html.exchanges import ShownExchange, show_exchange
from conformance.report.html.lifecycles import is_lifecycle, lifecycle
from conformance.report.powershell import powershell
from conformance.report.wording import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.contract.catalogue import Requirement
    from conformance.report.findings import Violation
    from conformance.report.run import Check, Exchange, Run

GROUPS = 5
"""How many kinds of failure of one requirement are told in full; the checks of the rest are named."""

ALIKE = 40
"""How many checks that failed in the same way are named."""

ROOM = 5_000_000
"""How many characters of exchanges a page holds altogether; what comes later is named by number."""

LONGEST = 1500


@dataclass(frozen=True, slots=True)
class Alike:
    """Failed checks of one requirement that failed at the same place for the same reason, told by the first of them."""

    check: Check
    asked: str
    observed: str
    asserted: str
    cause: str
    exchanges: tuple[ShownExchange, ...]
    left: tuple[int, ...]
    asked_again: int
    curl: Curl | None
    powershell: Curl | None
    drawing: Drawing | None
    others: tuple[tuple[str, str], ...]
    more: int


@dataclass(frozen=True, slots=True)
class ShownViolation:
    """A violated requirement with its kinds of failure; `named` are the checks of those not told in full, `marks` the gate's."""

    requirement: Requirement
    gating: bool
    failed: int
    checks: int
    alike: tuple[Alike, ...]
    named: tuple[Check, ...]
    marks: tuple[str, ...]
    following: tuple[ShownViolation, ...]


class Showing:
    """Shows violations one after the other and keeps count of the room that their exchanges take."""

    def __init__(self, run: Run, room: int = ROOM) -> None:
        self._run = run
        self._room = room

    def violations(self, found: Iterable[Violation]) -> list[ShownViolation]:
        """Show violations in their order."""
        return [self._violation(violation) for violation in found]

    def _violation(self, violation: Violation) -> ShownViolation:
        groups = _alike(violation.failures)
        return ShownViolation(
            violation.requirement,
            violation.gating,
            len(violation.failures),
            violation.result.checks,
            tuple(self._group(checks) for checks in groups[:GROUPS]),
            tuple(check for checks in groups[GROUPS:] for check in checks),
            tuple(gate_marks(self._run, violation.failures)),
            tuple(self._violation(child) for child in violation.following),
        )

    def _group(self, checks: list[Check]) -> Alike:
        check, run = checks[0], self._run
        again, ca_file = steps(run, check), run.target.ca_file
        shown = tuple(reversed(list(self._fitting(reversed(story(run, check))))))
        on_page = {exchange.number for exchange in shown}
        return Alike(
            check=check,
            asked=asked(check),
            observed=shortened(observed(check), LONGEST),
            asserted=asserted(check),
            cause=usual_cause(check.requirement, check.reason),
            exchanges=shown,
            left=tuple(sorted(number for number in check.exchanges if number not in on_page)),
            asked_again=len(again),
            curl=curl(*again, ca_file=ca_file) if again else None,
            powershell=powershell(*again, ca_file=ca_file) if again else None,
            drawing=_drawing(run, check),
            others=tuple((other.id, shortened(observed(other), 300)) for other in checks[1 : ALIKE + 1]),
            more=max(0, len(checks) - 1 - ALIKE),
        )

    def _fitting(self, exchanges: Iterable[Exchange]) -> Iterator[ShownExchange]:
        """Show as many as there is room for, from the first on."""
        for exchange in exchanges:
            shown = show_exchange(self._run, exchange)
            if shown.size > self._room:
                return
            self._room -= shown.size
            yield shown


def _drawing(run: Run, check: Check) -> Drawing | None:
    shown = lifecycle(run, check) if is_lifecycle(check) else None
    return None if shown is None else draw(shown)


def asked(check: Check) -> str:
    """Say what was asked: the check's clause as a sentence, and its own words, which go on where that ends."""
    clause = check.id.partition("/")[2].partition("[")[0].replace("-", " ").capitalize()
    return ". ".join(part for part in (clause if " " in clause else "", check.question or "") if part)


def asserted(check: Check) -> str:
    """Name the line of the suite whose assertion failed, as far as the log tells."""
    return str(getattr(check, "asserted", None) or check.where or "")


def _alike(failures: Iterable[Check]) -> list[list[Check]]:
    """Group failures by reason and place, the largest group first."""
    groups: dict[tuple[str | None, str], list[Check]] = {}
    for check in failures:
        groups.setdefault((check.reason, asserted(check)), []).append(check)
    return sorted(groups.values(), key=len, reverse=True)
