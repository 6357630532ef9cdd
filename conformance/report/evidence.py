"""What a failed check rests on, in the words that every renderer shows: requests, answers, how to ask again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.report.curl import Curl, curl
from conformance.report.decisive import control_question, decisive, steps, story
from conformance.report.findings import reason_sentence
from conformance.report.wording import shortened, span

if TYPE_CHECKING:
    from conformance.report.run import Check, Exchange, Run

SHOWN_FAILURES = 3
"""How many failed checks of one requirement a page shows; the rest is counted."""

TELLING_APART = frozenset({"observed", "check"})
"""The rows that tell a failed check of a requirement from those shown before it."""

_LONGEST_TEXT = 1200
_LONGEST_ANSWER = 300


@dataclass(frozen=True, slots=True)
class Evidence:
    """One failed check, told: rows of (label, text) in reading order, and the line that asks again."""

    check: Check
    rows: tuple[tuple[str, str], ...]
    again: Curl | None


def evidence(run: Run, check: Check, *, ca_file: str | None = None) -> Evidence:
    """Tell what was asked of the target, what it did and what was expected; rows without content are left out.

    The requests stand in the order of time, the last of them shows the failure.
    """
    last, again = decisive(run, check), steps(run, check)
    rows = [
        ("asked", check.question or ""),
        ("expected", check.expected or ""),
        ("observed", observed(check)),
        ("finding", check.message if check.observed else ""),
        *(("request", exchange_line(run, exchange)) for exchange in story(run, check)),
        ("answer", shortened(last.response_body or "", _LONGEST_ANSWER) if last else ""),
        ("check", f"{check.id} in {check.where}" if check.where else check.id),
    ]
    told = tuple((label, shortened(text, _LONGEST_TEXT)) for label, text in rows if text)
    return Evidence(check, told, curl(*again, ca_file=ca_file or run.target.ca_file) if again else None)


def observed(check: Check) -> str:
    """Say what the target did, with the meaning of the reason code where that adds to it."""
    seen = check.observed or check.message
    sentence = reason_sentence(check.reason or "")
    adds = sentence and sentence not in seen and "\n" not in seen
    return f"{seen} ({sentence})" if seen and adds else seen or sentence


def exchange_line(run: Run, exchange: Exchange) -> str:
    """Give an exchange in one line, in the target's time.

    `GET /Item as full -> 200 at 14:03:59 (exchange 12)`, `control: rotate ipc-full -> 200 at 14:04:01 (exchange 13)`.
    """
    path = exchange.url.removeprefix(run.target.base_url.rstrip("/")) or exchange.url
    outcome = exchange.error or "no answer" if exchange.status is None else str(exchange.status)
    who = f"as {exchange.client}" if exchange.client else "as nobody"
    when = f"at {exchange.sent[11:19]}" if exchange.sent else f"after {span(exchange.seconds)}"
    question = control_question(run, exchange)
    asked = f"control: {question}" if question else f"{exchange.method} {path} {who}"
    return f"{asked} -> {outcome} {when} (exchange {exchange.id})"
