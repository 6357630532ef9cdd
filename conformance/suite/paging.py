"""What the pages of a list must hold, reckoned from the list as a whole (pagination): no requests, only arithmetic."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from conformance.suite.ordering import is_ascending, is_descending

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from conformance.suite.lists import Whole

Row = dict[str, Any]

SHORT_LIST = 30
"""A list of no more rows than this is walked one row at a time."""

PAGES_OF_A_WALK = 8
MOST_DRAWN = 10
SHOWN = 3
"""How many of several like flaws a message tells."""


class Flaws(tuple[str, ...]):
    """What is wrong with an answer or with several; each flaw says what was asked, seen and expected."""

    __slots__ = ()

    def __repr__(self) -> str:
        more = f"; and {len(self) - SHOWN} more" if len(self) > SHOWN else ""
        return "; ".join(self[:SHOWN]) + more if self else "nothing amiss"


NO_FLAWS = Flaws()


@dataclass(frozen=True, slots=True, order=True)
class Probe:
    """A page to ask for; `order` holds the parameters of the sort, if there are any.

    So many rows `over` its size are asked for, of a list that caps what is asked.
    """

    size: int
    page: int
    order: tuple[tuple[str, str], ...] = ()
    over: int = 0

    @property
    def params(self) -> dict[str, object]:
        """The query parameters."""
        return {"page": self.page, "pageSize": self.size + self.over, **dict(self.order)}

    @property
    def rows(self) -> slice:
        """Where its rows stand in the whole list: paging is offset-based."""
        return slice((self.page - 1) * self.size, self.page * self.size)


def pages_of(total: int, size: int) -> int:
    """How many pages so many rows make; none of a size that is no size."""
    return -(-total // size) if size > 0 else 0


def sizes_for(total: int, maximum: int) -> list[int]:
    """Telling page sizes: one row, a divisor of the total, one that leaves a single row for the last page, total and maximum."""
    divisor = max((size for size in range(2, min(total, maximum + 1)) if total % size == 0), default=1)
    found = (1, divisor, leaving_one(total, maximum), total, total + 1, maximum)
    return sorted({size for size in found if 1 <= size <= maximum})


def leaving_one(total: int, maximum: int) -> int:
    """The largest page size that leaves a single row for the last page; one row where there is no other."""
    return max((size for size in range(2, min(total, maximum + 1)) if total % size == 1), default=1)


def probes_for(total: int, maximum: int) -> list[Probe]:
    """The first page, one in the middle and the last one, at each telling size."""
    found: list[Probe] = []
    for size in sizes_for(total, maximum):
        last = max(1, pages_of(total, size))
        found += [Probe(size, page) for page in sorted({1, (last + 1) // 2, last})]
    return found


def walks_for(total: int, maximum: int) -> list[int]:
    """The page sizes to walk a list with: the maximum, one that leaves a single row for a second page, one for several pages."""
    smaller = 1 if total <= SHORT_LIST else pages_of(total, PAGES_OF_A_WALK)
    single = leaving_one(total, maximum)
    two_pages = {single} if pages_of(total, single) == 2 else set()
    return sorted({maximum, min(maximum, smaller), *two_pages}, reverse=True)


def drawn_probes(total: int, maximum: int, orders: Sequence[tuple[tuple[str, str], ...]], seed: int) -> list[Probe]:
    """Some pages of sizes and in orders that Hypothesis draws, fewer of a short list; none lies past the end."""
    from hypothesis import strategies  # noqa: PLC0415 -- slow to load

    from conformance.suite.drawing import drawn  # noqa: PLC0415

    def pages(size: int) -> strategies.SearchStrategy[Probe]:
        last = pages_of(total, size)
        return strategies.builds(
            Probe, strategies.just(size), strategies.integers(1, last), strategies.sampled_from(orders)
        )

    sizes = strategies.integers(1, min(maximum, total + 1))
    return drawn(sizes.flatmap(pages), min(MOST_DRAWN, 2 * total), seed=seed)


# --- which row is which ---


def canonical(row: Row) -> str:
    """A row as a text that equal rows share."""
    return json.dumps(row, sort_keys=True, ensure_ascii=False)


def _hashable(value: Any) -> Hashable:
    return value if isinstance(value, str | int) else repr(value)


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells the rows of a list apart: the fields of `key`, or the whole row where there is no such key."""

    key: tuple[str, ...] = ()

    def __call__(self, row: Row) -> Hashable:
        """What makes a row itself."""
        return tuple(_hashable(row.get(name)) for name in self.key) if self.key else canonical(row)

    def named(self, row: Row) -> str:
        """A row in few words."""
        if self.key:
            return ", ".join(f"{name} {row.get(name)!r}" for name in self.key)
        text = canonical(row)
        return text if len(text) <= 80 else f"{text[:80]}..."


def identity_of(rows: Sequence[Row], key: tuple[str, ...]) -> Identity:
    """The documented key where it tells all these rows apart, else the whole row.

    That a key is unique is the business of other requirements.
    """
    own = Identity(key)
    plain = all(isinstance(row.get(name), str | int) for row in rows for name in key)
    return own if key and plain and len({own(row) for row in rows}) == len(rows) else Identity()


def differences(found: Sequence[Row], expected: Sequence[Row], identity: Identity) -> Flaws:
    """Rows that come too often, are missing, or are of some other list; their order does not matter."""
    seen, wanted = Counter(map(identity, found)), Counter(map(identity, expected))
    names = {identity(row): identity.named(row) for row in (*expected, *found)}
    return Flaws(
        [f"comes {seen[row]} times, not {wanted[row]}: {names[row]}" for row in seen if seen[row] > wanted[row] > 0]
        + [f"is missing: {names[row]}" for row in wanted if seen[row] < wanted[row]]
        + [f"is not in the list as read on one page: {names[row]}" for row in seen if row not in wanted]
    )


def repeated(rows: Iterable[Row], identity: Identity) -> Flaws:
    """Rows that come more than once."""
    listed = list(rows)
    names = {identity(row): identity.named(row) for row in listed}
    return Flaws(
        f"comes {times} times: {names[row]}" for row, times in Counter(map(identity, listed)).items() if times > 1
    )


# --- offsets ---


@dataclass(frozen=True)
class Sequenced:
    """A list in its order, from its first row on; `complete` unless it is too long to be read whole."""

    rows: Sequence[Row]
    identity: Identity
    complete: bool = True

    def covers(self, probe: Probe) -> bool:
        """Whether all that a page must hold is known."""
        return self.complete or probe.rows.stop <= len(self.rows)

    def displaced(self, probe: Probe, found: Sequence[Row]) -> Flaws:
        """Rows of a page that do not stand where the offset puts them."""
        expected = self.rows[probe.rows]
        if len(found) != len(expected):
            return Flaws([f"{len(found)} rows, not {len(expected)}"])
        first = probe.rows.start + 1
        return Flaws(
            f"row {number} is {self.identity.named(got)}, not {self.identity.named(wanted)}"
            for number, (got, wanted) in enumerate(zip(found, expected, strict=True), first)
            if self.identity(got) != self.identity(wanted) and not self._interchangeable(got, wanted)
        )

    def strangers(self, probe: Probe, found: Sequence[Row]) -> Flaws:
        """Rows of a page that the list does not have, and a wrong number of them, where its order does not last."""
        expected, known = self.rows[probe.rows], set(map(self.identity, self.rows))
        number = [] if len(found) == len(expected) else [f"{len(found)} rows, not {len(expected)}"]
        unknown = [row for row in found if self.identity(row) not in known]
        return Flaws([*number, *(f"is not in the list: {self.identity.named(row)}" for row in unknown)])

    def _interchangeable(self, one: Row, other: Row) -> bool:
        """Whether two rows are equal in a column that the list is ordered by: which comes first is then open."""
        known = any(self.identity(one) == self.identity(row) for row in self.rows)
        return known and any(one.get(name) == other.get(name) for name in self._columns_with_ties)

    @cached_property
    def _columns_with_ties(self) -> tuple[str, ...]:
        """Columns by which the rows happen to be ordered, with several values and with ties."""
        names = self.rows[0] if self.rows else ()
        columns = {name: [row.get(name) for row in self.rows] for name in names}
        return tuple(name for name, values in columns.items() if _orders_with_ties(values))


def _orders_with_ties(values: Sequence[Any]) -> bool:
    if any(isinstance(value, dict | list) or value is None for value in values):
        return False
    return 3 <= len(set(values)) < len(values) and (is_ascending(values) or is_descending(values))


# --- two readings ---


def has_changed(before: Whole, after: Whole, key: tuple[str, ...]) -> bool:
    """Tell whether the data themselves changed between two readings, and not only how they are cut into pages.

    They did if the total did, if a row kept its key and not its content, or if both readings hold as many rows as they
    should, none of them twice, and not the same ones.
    """
    if before.total != after.total:
        return True
    own = identity_of(before.rows, key)
    if own.key:
        shown = {own(row): canonical(row) for row in before.rows}
        if any(shown.get(own(row), canonical(row)) != canonical(row) for row in after.rows):
            return True
    both = (before, after)
    sound = all(len(whole.rows) == whole.total and not (key and repeated(whole.rows, own)) for whole in both)
    return sound and bool(differences(after.rows, before.rows, Identity()))
