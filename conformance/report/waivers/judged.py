"""What waivers come to in one run: what they excuse, and which of them no longer fit what the target does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.contract.outcomes import Outcome
from conformance.report.waivers.waivers import Waived, Waiver
from conformance.report.wording import counted
from conformance.target.parsing import suggestion

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import date

    from conformance.report.run import Check
    from conformance.verdicts import Conclusion

WARNED_BEFORE = 14
"""Days before its end from which on a waiver is warned about."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What the waivers of a file come to: excused checks (ids), what fails the gate, what is only said."""

    excused: frozenset[str] = frozenset()
    waived: tuple[Waived, ...] = ()
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def judge_waivers(
    waivers: Sequence[Waiver], conclusion: Conclusion, checks: Sequence[Check], known: Collection[str], today: date
) -> Judged:
    """Hold every waiver against a run; `known` holds the ids of all requirements of the catalogue.

    A waiver about something that the run did not select, or could not decide, is left as it is.
    """
    problems: list[str] = []
    warnings: list[str] = []
    waived: list[Waived] = []
    for waiver in waivers:
        covered = tuple(check for check in checks if waiver.covers(check))
        trouble = [*_expired(waiver, today), *_misfit(waiver, conclusion, checks, known)]
        problems += [f"{waiver.place} ({waiver.subject}) {what}" for what in trouble]
        if covered and waiver.expires >= today:
            waived.append(_waived(waiver, covered))
            warnings += [f"{waiver.place} ({waiver.subject}) {what}" for what in _ending(waiver, today)]
    excused = frozenset(name for entry in waived for name in entry.checks)
    return Judged(excused, tuple(waived), tuple(problems), tuple(warnings))


def file_problems(waivers: Sequence[Waiver], known: Collection[str], today: date) -> tuple[str, ...]:
    """Say what is wrong with waivers that can be told before a run: they have expired, or name what does not exist."""
    return tuple(
        f"{waiver.place} ({waiver.subject}) {what}"
        for waiver in waivers
        for what in (*_expired(waiver, today), *_unknown(waiver, known))
    )


def ending_soon(waivers: Sequence[Waiver], today: date) -> tuple[str, ...]:
    """Say which waivers are about to expire."""
    return tuple(f"{waiver.place} ({waiver.subject}) {what}" for waiver in waivers for what in _ending(waiver, today))


def _expired(waiver: Waiver, today: date) -> Iterator[str]:
    if waiver.expires < today:
        yield f"expired on {waiver.expires}; repair the target, or have {waiver.owner} agree on a new date"


def _ending(waiver: Waiver, today: date) -> Iterator[str]:
    left = (waiver.expires - today).days
    if 0 <= left <= WARNED_BEFORE:
        when = f"in {counted(left, 'day')}, on {waiver.expires}" if left else f"today, {waiver.expires}"
        yield f"expires {when}; ask {waiver.owner} about {waiver.ticket}"


def _unknown(waiver: Waiver, known: Collection[str]) -> Iterator[str]:
    name = waiver.requirement or _requirement_of(waiver)
    if name not in known:
        yield f"names a requirement that does not exist; {suggestion(name, known)}"


def _requirement_of(waiver: Waiver) -> str:
    return (waiver.check or "").partition("/")[0]


def _misfit(waiver: Waiver, conclusion: Conclusion, checks: Sequence[Check], known: Collection[str]) -> Iterator[str]:
    """Say why a waiver fits nothing that the run found; nothing where it fits, or where the run cannot tell."""
    own = [check for check in checks if waiver.concerns(check)]
    failing = [check for check in own if check.outcome is Outcome.FAIL]
    if any(waiver.covers(check) for check in failing):
        return
    if failing:
        codes = ", ".join(dict.fromkeys(str(check.reason) for check in failing))
        yield f"waives {waiver.reason}, but the failure is {codes}: look at it anew"
    elif not own:
        yield from list(_unknown(waiver, known)) or _unasked(waiver, conclusion)
    elif _is_met(waiver, conclusion, own):
        yield "is no longer needed: what it waives is met; take the entry out"


def _unasked(waiver: Waiver, conclusion: Conclusion) -> Iterator[str]:
    if waiver.check is not None and _requirement_of(waiver) in conclusion.results:
        yield "names a check that this run does not have; copy its id from the report of the run"


def _is_met(waiver: Waiver, conclusion: Conclusion, own: Sequence[Check]) -> bool:
    if waiver.check is not None:
        return own[0].outcome is Outcome.PASS
    return conclusion.verdicts[own[0].requirement] is Outcome.PASS


def _waived(waiver: Waiver, covered: Sequence[Check]) -> Waived:
    return Waived(
        requirement=covered[0].requirement,
        check=waiver.check,
        reason=waiver.reason,
        why=waiver.why,
        owner=waiver.owner,
        ticket=waiver.ticket,
        expires=waiver.expires.isoformat(),
        checks=tuple(check.id for check in covered),
    )
