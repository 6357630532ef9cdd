"""Which chapters and requirements take much longer or much shorter than before; small shifts are noise and not told."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from conformance.contract.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.report.run import Check, Run

FACTOR = 2.0
"""A shift is told from twice (or half) the time on."""
LEAST_SECONDS = 1.0
"""And where it makes at least this difference in all."""
LEAST_CHECKS = 3
"""The factor is the median over at least so many checks; where there are fewer, the difference must be larger."""
LEAST_SECONDS_OF_FEW = 5.0


@dataclass(frozen=True, slots=True)
class TimeShift:
    """A chapter, or a requirement, that takes another time; seconds over the checks that passed in both runs."""

    name: str
    before: float
    after: float
    checks: int

    @property
    def factor(self) -> float:
        """How many times as long it takes."""
        return self.after / self.before


def time_shifts(before: Run, after: Run) -> tuple[TimeShift, ...]:
    """List the large shifts: of chapters, and of single requirements where their chapter has none.

    Only checks that passed in both runs are counted: a failed or blocked one takes another way.
    """
    pairs = _pairs(before, after)
    chapters = {name: shift for name, shift in _shifts(pairs, chapter=True) if shift is not None}
    single = [
        shift
        for name, shift in _shifts(pairs, chapter=False)
        if shift is not None and name.partition(".")[0] not in chapters
    ]
    return (*chapters.values(), *single)


def _pairs(before: Run, after: Run) -> list[tuple[Check, Check]]:
    earlier = {check.id: check for check in before.checks if check.outcome is Outcome.PASS}
    return [(earlier[it.id], it) for it in after.checks if it.outcome is Outcome.PASS and it.id in earlier]


def _shifts(pairs: Iterable[tuple[Check, Check]], *, chapter: bool) -> Iterator[tuple[str, TimeShift | None]]:
    groups: dict[str, list[tuple[float, float]]] = {}
    for old, new in pairs:
        name = new.requirement.partition(".")[0] if chapter else new.requirement
        groups.setdefault(name, []).append((old.seconds, new.seconds))
    for name, times in groups.items():
        yield name, _large(name, times)


def _large(name: str, times: list[tuple[float, float]]) -> TimeShift | None:
    """Give the shift of a group where sum and median agree that it is large: one slow check makes no slow chapter."""
    old, new = (sum(column) for column in zip(*times, strict=True))
    factors = [after / before for before, after in times if before > 0]
    least = LEAST_SECONDS if len(factors) >= LEAST_CHECKS else LEAST_SECONDS_OF_FEW
    if abs(new - old) < least or not factors:
        return None
    middle = median(factors)
    slower, faster = min(middle, new / old) >= FACTOR, max(middle, new / old) <= 1 / FACTOR
    return TimeShift(name, old, new, len(times)) if slower or faster else None
