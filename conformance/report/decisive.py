"""Which exchange of a failed check shows the failure, and which lead there: what a reader looks at and asks again."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from conformance.contract.outcomes import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.report.run import Check, Exchange, Run

SHOWN = 3
"""How many exchanges of a failed check are shown, the decisive one among them."""

# How an answer is written in a message: `<GET /Item?page=2 as full -> 200, asked once>`.
_ANSWER = re.compile(r"<([A-Z]+) (\S+) as (.+?) -> (\d{3})\b")
# How a text that was compared is written: `'VALIDATION_ERROR'`.
_TEXT = re.compile(r"""(['"])([^'"\\]+)\1""")
# Between the first thing that is amiss and the next.
_NEXT = re.compile(r" \| |; ")
_HARMLESS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
# Reasons that are about what a change left behind, and not about its own answer.
_READ_AFTERWARDS = frozenset({Reason.WRONG_VALUE, Reason.MISSING, Reason.CHANGED_DATA})
# Reasons that are about how long a token lived.
_OF_TIME = frozenset({Reason.TOO_EARLY, Reason.TOO_LATE})
# What an administrator does to an account, as the target's control is asked for it.
_ADMINISTRATIVE = frozenset({"rotate", "disable", "enable"})
_TOKEN = re.compile(r"<token [^<>]+#\d+>")
# A value of one character, such as that of `page`, stands in any text.
_SHORTEST_VALUE = 2


def known(run: Run, check: Check) -> list[Exchange]:
    """Give the exchanges that a check rests on, as far as the transcript holds them, in the check's own order."""
    return [run.exchanges[number] for number in check.exchanges if number in run.exchanges]


def decisive(run: Run, check: Check) -> Exchange | None:
    """Give the exchange that shows a failure; None where the check sent the target nothing.

    That is what was read after the refused change where data changed all the same; else the answer that the failed
    comparison names, or what was read after it where that was a change; else the refusal that shows what it protects;
    else the request whose parameters the comparison names; else the answer that holds the value compared; else the
    last one, but for what only puts things right again.
    """
    asked = [exchange for exchange in known(run, check) if control_action(run, exchange) is None]
    if not asked:
        return None
    refused = _refused_change(check, asked)
    if refused is not None:
        return _read_after(asked, refused)
    told = check.observed or check.message
    named = _answering(asked, told)
    if named is not None:
        return _read_after(asked, named) if check.reason in _READ_AFTERWARDS and _changed_something(named) else named
    answers = [it for it in asked if it.response_body or not _changed_something(it)] or asked
    return (
        _telling_refusal(check, answers)
        or _asking(answers, _NEXT.split(told)[0])
        or _holding(answers, told)
        or answers[-1]
    )


def story(run: Run, check: Check) -> list[Exchange]:
    """Give the exchanges to be shown, in the order of time: the decisive one, and before it what most likely led there."""
    last = decisive(run, check)
    if last is None:
        return known(run, check)[-SHOWN:]
    before = sorted((it for it in known(run, check) if it.id < last.id), key=lambda it: it.id)
    administered = [it for it in before if control_action(run, it) in _ADMINISTRATIVE]
    # Changes first, then what an administrator did, when the token was issued, and what was asked just before.
    likely = [
        *reversed(_changes(run, check, before, last)),
        *reversed(administered),
        *(_issue(before, last) if check.reason in _OF_TIME else ()),
        *reversed(before),
    ]
    first = list({it.id: it for it in likely}.values())[: SHOWN - 1]
    return [*sorted(first, key=lambda it: it.id), last]


def steps(run: Run, check: Check) -> list[Exchange]:
    """Give the requests to be sent again: the changes that the check made before, at most two, and the decisive one."""
    last = decisive(run, check)
    if last is None:
        return []
    return [*_changes(run, check, story(run, check)[:-1], last), last]


def _changes(run: Run, check: Check, before: Sequence[Exchange], last: Exchange) -> list[Exchange]:
    """Give what was changed at the target before, but for the making of objects that the last exchange is not about."""
    asked = [it for it in before if control_action(run, it) is None]
    refused = _refused_change(check, asked)
    return [it for it in asked if it is refused or (_changed_something(it) and not _made_another(it, last))]


def _refused_change(check: Check, asked: Sequence[Exchange]) -> Exchange | None:
    """Give the refused request that changed data all the same; None where a check failed for another reason."""
    if check.reason != Reason.CHANGED_DATA:
        return None
    return max((it for it in asked if _may_change(it) and (it.status or 0) >= 400), key=lambda it: it.id, default=None)


def _telling_refusal(check: Check, asked: Sequence[Exchange]) -> Exchange | None:
    """Give the refusal that showed what it must not; None where a check failed for another reason, or saw no refusal."""
    refusals = [it for it in asked if 400 <= (it.status or 0) < 500 and it.response_body]
    return refusals[-1] if check.reason == Reason.LEAKED and refusals else None


def _issue(before: Sequence[Exchange], last: Exchange) -> list[Exchange]:
    """Give the answer that issued the token of an exchange, where it is among those before."""
    sent = " ".join(value for name, value in last.headers if name.lower() == "authorization")
    used = _TOKEN.search(sent)
    return [it for it in before if used and used.group() in (it.response_body or "")][:1]


def _made_another(exchange: Exchange, last: Exchange) -> bool:
    made, asked = _path(exchange.url), _path(last.url)
    key = unquote(asked.rpartition("/")[2])
    return asked.startswith(f"{made}/") and not _says(f"{exchange.body} {exchange.response_body}", key)


def _read_after(asked: Sequence[Exchange], change: Exchange) -> Exchange:
    """Give the first that was read after a change; the change itself where nothing was."""
    later = sorted((it for it in asked if it.id > change.id and it.method in _HARMLESS), key=lambda it: it.id)
    return later[0] if later else change


def _changed_something(exchange: Exchange) -> bool:
    return exchange.status is not None and 200 <= exchange.status < 300 and _may_change(exchange)


def _may_change(exchange: Exchange) -> bool:
    return exchange.method not in _HARMLESS and not _path(exchange.url).endswith("/Token")


def control_action(run: Run, exchange: Exchange) -> str | None:
    """Name what an exchange asked of the target's control, such as `rotate`; None for a request to the API."""
    action = _question(run, exchange).get("action")
    return action if isinstance(action, str) else None


def control_question(run: Run, exchange: Exchange) -> str | None:
    """Tell what an exchange asked of the target's control, and about whom: `rotate ipc-expendable-1`."""
    action, about = control_action(run, exchange), _question(run, exchange).get("client_id")
    return f"{action} {about}" if action is not None and isinstance(about, str) else action


def _question(run: Run, exchange: Exchange) -> dict[str, object]:
    if exchange.client is not None or exchange.url.startswith(run.target.base_url or "\0"):
        return {}
    try:
        question = json.loads(exchange.body or "")
    except (ValueError, RecursionError):
        return {}
    return question if isinstance(question, dict) else {}


def _answering(asked: Sequence[Exchange], told: str) -> Exchange | None:
    """Give the last exchange with the first answer that a text names."""
    for method, url, client, status in _ANSWER.findall(told):
        for exchange in reversed(asked):
            who = exchange.client or "nobody"
            alike = (exchange.method, who, str(exchange.status)) == (method, client, status)
            if alike and unquote(exchange.url).endswith(unquote(url)):
                return exchange
    return None


def _asking(asked: Sequence[Exchange], told: str) -> Exchange | None:
    """Give the last of the exchanges most of whose parameters a text names; None where it names none of any."""
    best: Exchange | None = None
    most = (0, 0)
    for exchange in asked:
        pairs = _parameters(exchange.url)
        named = (
            sum(_says(told, f"{name}={value}") for name, value in pairs),
            sum(_says(told, value) for _, value in pairs if len(value) >= _SHORTEST_VALUE),
        )
        if max(named) > 0 and named >= most:
            best, most = exchange, named
    return best


def _holding(asked: Sequence[Exchange], told: str) -> Exchange | None:
    """Give the last exchange whose answer holds the text that a comparison saw; None where it saw something else."""
    seen = _TEXT.fullmatch(told)
    if seen is None:
        return None
    return next((it for it in reversed(asked) if f'"{seen.group(2)}"' in (it.response_body or "")), None)


def _says(told: str, word: str) -> bool:
    """Whether a text holds a word that is not a part of a longer one."""
    at = told.find(word)
    while at >= 0:
        around = told[at - 1 : at] + told[at + len(word) : at + len(word) + 1]
        if not any(character.isalnum() for character in around):
            return True
        at = told.find(word, at + 1)
    return False


def _parameters(url: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(urlsplit(url).query)
    except ValueError:
        return []  # what was sent on purpose is no URL that can be taken apart


def _path(url: str) -> str:
    return url.partition("#")[0].partition("?")[0]
