"""Which rows a list holds with modifiedSince, reckoned from the rows that it holds without (pagination)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from typing import TYPE_CHECKING

from conformance.suite.ordering import moment, soon_after
from conformance.suite.paging import Flaws, Identity, Row

if TYPE_CHECKING:
    from collections.abc import Sequence

FAR_FUTURE = datetime(2199, 1, 1, tzinfo=UTC)
"""Nothing was modified then or later."""

EASTERN = timezone(timedelta(hours=2))
"""A zone to tell a moment in that is not the target's own."""


@dataclass(frozen=True)
class Since:
    """The rows of a list by the moment of their last change, those with a moment of the usual form alone.

    `open_rows` have none that can be compared: whether they belong to an answer is not judged.
    """

    field: str
    rows: Sequence[tuple[datetime, Row]]
    open_rows: Sequence[Row]
    identity: Identity

    def moments(self) -> list[str]:
        """Telling moments, as the rows show them, and one that comes soon after one of these.

        The latest, the first, one in the middle, one of several rows, one that has an earlier one on the same day.
        """
        shown = [row[self.field] for _, row in self.rows]
        points = [point for point, _ in self.rows]
        tied = [text for text, (one, other) in zip(shown, pairwise(points), strict=False) if one == other]
        same_day = [
            text
            for text, (one, other) in zip(shown[1:], pairwise(points), strict=False)
            if one < other and one.date() == other.date()
        ]
        return list(
            dict.fromkeys([shown[-1], shown[0], self.middle, *tied[:1], *same_day[:1], *self._soon_after()[:1]])
        )

    @property
    def middle(self) -> str:
        """The moment of the row in the middle, as it is shown."""
        return str(self.rows[len(self.rows) // 2][1][self.field])

    def _soon_after(self) -> list[str]:
        """A minute after the moments of rows, on the same day, in the form in which rows show theirs."""
        return [later for _, row in reversed(self.rows) if (later := soon_after(str(row[self.field]))) is not None]

    @property
    def has_zone(self) -> bool:
        """Whether moments are shown with a zone."""
        return bool(self.rows) and self.rows[0][0].tzinfo is not None

    def elsewhere(self) -> str:
        """The second before a moment in the middle, told in another zone than the target does."""
        return (self.rows[len(self.rows) // 2][0] - timedelta(seconds=1)).astimezone(EASTERN).isoformat()

    def later(self, text: str) -> list[Row]:
        """Rows that were modified after a moment."""
        point = moment(text)
        return [row for own, row in self.rows if point is not None and own > point]

    def at(self, text: str) -> list[Row]:
        """Rows that were modified at this very moment."""
        point = moment(text)
        return [row for own, row in self.rows if own == point]

    def flaws(self, text: str, found: Sequence[Row], total: int, *, complete: bool) -> Flaws:
        """Rows that are missing, too old, or not counted; those of the very moment may be there or not.

        `complete` says that all rows of the answer are at hand, and not its first page alone.
        """
        later, very, own = self.later(text), self.at(text), self.identity
        known = {own(row) for row in (*later, *very, *self.open_rows)}
        seen = {own(row) for row in found}
        missing = [row for row in later if complete and own(row) not in seen]
        flaws = [f"{own.named(row)} is there, modified {row.get(self.field)}" for row in found if own(row) not in known]
        flaws += [f"{own.named(row)} is missing, modified {row.get(self.field)}" for row in missing]
        most = len(known)
        if not len(later) <= total <= most:
            expected = str(most) if most == len(later) else f"{len(later)} to {most}"
            flaws.append(f"totalCount is {total}, the list has {expected} such rows")
        return Flaws(f"modifiedSince={text}: {flaw}" for flaw in flaws)

    def exclusions(self, text: str, found: Sequence[Row]) -> Flaws:
        """Rows of the very moment that are missing."""
        seen = {self.identity(row) for row in found}
        missing = [row for row in self.at(text) if self.identity(row) not in seen]
        return Flaws(
            f"modifiedSince={text}: {self.identity.named(row)} of that very moment is missing" for row in missing
        )


def since_of(rows: Sequence[Row], field: str, identity: Identity) -> Since:
    """The rows of a list in the order of their last change."""
    timed = [(point, row) for row in rows if (point := moment(row.get(field))) is not None]
    zoned = [pair for pair in timed if pair[0].tzinfo is not None]
    naive = [pair for pair in timed if pair[0].tzinfo is None]
    usual = zoned if len(zoned) >= len(naive) else naive
    chosen = {id(row) for _, row in usual}
    return Since(
        field, sorted(usual, key=lambda pair: pair[0]), [row for row in rows if id(row) not in chosen], identity
    )


def shortly_before(text: object) -> str | None:
    """A second before a moment, in the form in which it is shown; None where it is none."""
    point = moment(text)
    if point is None:
        return None
    earlier = (point.replace(microsecond=0) - timedelta(seconds=1)).isoformat()
    return f"{earlier.removesuffix('+00:00')}Z" if str(text).endswith("Z") else earlier


def far_future(*, with_zone: bool) -> str:
    """A moment that lies far ahead, in the form that the list uses."""
    text = FAR_FUTURE.strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}Z" if with_zone else text
