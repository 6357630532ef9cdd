"""Finds columns that a list sorts by: no page names them, so fields that its rows show are tried."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property, partial
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any

from conformance.contract.operation import LetterCase
from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, NotRun
from conformance.suite.ordering import Kind, coarse, is_ascending, is_descending, is_text_order, kind_of
from conformance.suite.pager import differing
from conformance.suite.paging import NO_FLAWS, Flaws, pages_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.contract.operation import Schema
    from conformance.contract.specification import Operation
    from conformance.suite.pager import Page, Pager, Pagers
    from conformance.suite.paging import Row

ENOUGH_COLUMNS = 4
"""So many columns that the list accepts are looked at, more only where it sorts by none of them."""

MOST_COLUMNS = 20
"""So many are asked for at most."""

MOST_ROWS = 1_000
"""So many rows are looked at to choose columns."""

UNKNOWN = "noSuchColumn"
"""A column that no list has."""

UPPER, LOWER = ("ASC", "DESC"), ("asc", "desc")


@dataclass(frozen=True, slots=True)
class Column:
    """A field of the rows as a column to sort by; `distinct`: no two rows are equal in it, none is without it."""

    name: str
    kind: Kind
    values: int
    distinct: bool


class Effect(Enum):
    """What asking for a column has shown."""

    REFUSED = "the list has no such column"
    SORTED = "the rows come in its order, which is not that of an unsorted list"
    UNMOVED = "the rows come in its order, which is that of an unsorted list, with DESC too"
    IDLE = "the rows come in no order of it"
    UNDECIDED = "the rows that were seen cannot show it"


@dataclass(frozen=True, slots=True)
class Tried:
    """A column that the list was asked to sort by, without a direction; `words` tell what was seen."""

    column: Column
    page: Page
    effect: Effect
    words: str


class Sorting:
    """What one list makes of sort and direction."""

    def __init__(self, pager: Pager) -> None:
        self.pager = pager

    # --- columns ---

    @cached_property
    def columns(self) -> list[Column]:
        """Documented fields with two or more values: those that tell rows apart first, then one of each other kind."""
        rows = self.pager.whole.rows[:MOST_ROWS]
        found = [column for name in field_names(self.pager.operation) if (column := _column(name, rows)) is not None]
        key = self.pager.listing.key
        chosen = [column for column in found if column.distinct and column.name in key]
        chosen += [column for column in found if column.distinct][:1]
        chosen += sorted((column for column in found if not column.distinct), key=lambda it: it.values)[:1]
        chosen += [column for kind in Kind for column in [it for it in found if it.kind is kind][:1]]
        return list(dict.fromkeys((*chosen, *found)))[:MOST_COLUMNS]

    @cached_property
    def tried(self) -> list[Tried]:
        """The columns in the order in which they were asked for, until enough of them were accepted."""
        found: list[Tried] = []
        for column in self.columns:
            effects = [tried.effect for tried in found if tried.effect is not Effect.REFUSED]
            if len(effects) >= ENOUGH_COLUMNS and Effect.SORTED in effects:
                break
            page = self.sorted_by(column)
            effect, words = self._effect(column, page)
            found.append(Tried(column, page, effect, f"{page.answer!r}: {words}"))
        return found

    def sorted_by(
        self, column: Column, direction: str | None = None, *, page: int = 1, size: int | None = None
    ) -> Page:
        """A page of the list by a column, the first of the largest size unless told otherwise."""
        own = {} if direction is None else {"direction": direction}
        return self.pager.ask(page=page, pageSize=size or self.pager.maximum, sort=column.name, **own)

    def _effect(self, column: Column, page: Page) -> tuple[Effect, str]:
        if page.answer.code == 400:
            return Effect.REFUSED, "refused"
        values = values_of(page, column)
        if not (is_ascending(values) or is_descending(values)):
            return Effect.IDLE, _inversion(column, values)
        if len(set(map(coarse, values))) < 2:
            return Effect.UNDECIDED, f"the page shows a single {column.name}"
        if differing(page.rows, self._unsorted):
            return Effect.SORTED, f"in the order of {column.name}"
        return self._effect_downwards(column, page)

    def _effect_downwards(self, column: Column, page: Page) -> tuple[Effect, str]:
        """A list that has an order without being asked shows by the descending one that it understands the column."""
        falling = [self.sorted_by(column, down) for _, down in self.spellings]
        accepted = [other for other in falling if other.answer.code == 200]
        if any(differing(other.rows, page.rows) for other in accepted):
            return Effect.SORTED, f"in the order of {column.name}, as without sort"
        if not accepted:
            return Effect.UNDECIDED, f"in the order of {column.name}, as without sort"
        return Effect.UNMOVED, f"in the order of {column.name}, as without sort and with DESC too"

    @property
    def _unsorted(self) -> list[Row]:
        return self.pager.ask(page=1, pageSize=self.pager.maximum).rows

    @property
    def spellings(self) -> tuple[tuple[str, str], ...]:
        """The directions as a client may write them: as the list's own page does, and as the page Pagination does."""
        return (LOWER, UPPER) if self.pager.listing.direction_case is LetterCase.LOWER else (UPPER,)

    @property
    def flaws(self) -> Flaws:
        """What the columns show if sort has no effect on any, or none on one that the list knows; numbers sorted as text.

        Raises NotRun where no column can show anything.
        """
        idle = [tried for tried in self.accepted if tried.effect is Effect.IDLE]
        wrong = [tried.words for tried in idle if self._is_text(tried) or self._is_promised(tried)]
        if wrong or any(tried.effect is Effect.SORTED for tried in self.accepted):
            return Flaws(wrong)
        # A list that refuses some columns and takes others may sort by what is not shown, such as the rank of a status.
        if not idle or (len(self.accepted) < len(self.tried) and not any(tried.column.distinct for tried in idle)):
            raise NotRun(Reason.NEEDS_DATA, f"the rows cannot show it: {Flaws(it.words for it in self.tried)!r}")
        return Flaws(tried.words for tried in idle)

    def _is_promised(self, tried: Tried) -> bool:
        """Whether a list that refuses unknown columns takes this one, and its values can be ordered in one way alone.

        The number of a category may well be sorted by the category's name.
        """
        plain = tried.column.distinct or tried.column.kind is Kind.MOMENT
        return plain and self.pager.ask(sort=UNKNOWN).answer.code == 400

    def _is_text(self, tried: Tried) -> bool:
        values = _shown(values_of(tried.page, tried.column))
        is_number = tried.column.kind is Kind.NUMBER
        return is_number and is_text_order(values) and bool(differing(tried.page.rows, self._unsorted))

    @property
    def accepted(self) -> list[Tried]:
        """The columns that the list did not refuse; raises NotRun where there is none."""
        label = self.pager.operation.label
        if not self.columns:
            raise NotRun(Reason.NEEDS_DATA, f"{label} shows no documented field with two or more different values")
        accepted = [tried for tried in self.tried if tried.effect is not Effect.REFUSED]
        if not accepted:
            names = ", ".join(tried.column.name for tried in self.tried)
            raise NotRun(Reason.NEEDS_DATA, f"{label} sorts by none of {names}; no page says by what it does")
        return accepted

    @property
    def working(self) -> list[Column]:
        """The columns that the list does sort by, those without equal values first; raises NotRun or Blocked."""
        found = [tried.column for tried in self.accepted if tried.effect is Effect.SORTED]
        if not found and any(tried.effect is Effect.IDLE for tried in self.accepted):
            words = Flaws(tried.words for tried in self.accepted)
            raise Blocked(Reason.EARLIER_FAILURE, f"sort has no effect: {words!r}", cause="pagination.sort")
        # A list whose own order is that of every column shows by DESC alone what it understands.
        found = found or [tried.column for tried in self.accepted if tried.effect is Effect.UNMOVED]
        if not found:
            raise NotRun(Reason.NEEDS_DATA, f"{self.pager.operation.label} shows too few rows that differ")
        return sorted(found, key=lambda column: not column.distinct)

    # --- directions ---

    def direction_flaws(self, column: Column, words: tuple[str, str]) -> Flaws:
        """What is wrong with a list that is asked for a column upwards and downwards, in these words.

        Of a list that takes several pages the end is compared, on a page that is as full as possible.
        """
        size, last = self._last_page()
        rising, falling = (
            self.sorted_by(column, words[0], page=last, size=size),
            self.sorted_by(column, words[1], size=size),
        )
        refused = [page.answer for page in (rising, falling) if page.answer.code != 200]
        if refused:
            return Flaws([f"{refused[0]!r}, not 200"])
        self._require_size(size, rising, falling)
        ascending = values_of(rising, column)
        if not is_ascending(ascending):
            return Flaws([f"{rising.answer!r}: {_inversion(column, ascending)}"])
        return self._unlike(column, falling, ascending[::-1], "backwards")

    def _require_size(self, size: int, *pages: Page) -> None:
        """Raise Blocked where a page is not as large as it was asked for: the ends of the list are then elsewhere."""
        for page in pages:
            if page.size != size:
                raise Blocked(
                    Reason.EARLIER_FAILURE, f"{page.answer!r}: pageSize is {page.size}", cause="pagination.echo"
                )

    def default_flaws(self, column: Column, up: str) -> Flaws:
        """Where a list that is asked for a column without direction differs from the one that is asked for upwards."""
        plain, rising = self.sorted_by(column), self.sorted_by(column, up)
        return self._unlike(column, plain, values_of(rising, column), f"with {up}")

    def descending_flaws(self, column: Column, page: Page) -> Flaws:
        """Where the rows of a page that was asked for downwards do not come so."""
        values = values_of(page, column)
        return NO_FLAWS if is_descending(values) else Flaws([f"{page.answer!r}: {_inversion(column, values[::-1])}"])

    def _unlike(self, column: Column, page: Page, wanted: list[Any], how: str) -> Flaws:
        """The first row with another value than wanted; where rows without one stand is left open."""
        found = values_of(page, column)
        if len(found) < len(wanted):
            return Flaws([f"{page.answer!r}: {len(found)} rows, {how} {len(wanted)}"])
        pairs = zip(_shown(found), _shown(wanted), strict=False)
        for number, (one, other) in enumerate(pairs, 1):
            if coarse(one) != coarse(other):
                return Flaws([f"{page.answer!r}: row {number} has {column.name} {one!r}, {how} it has {other!r}"])
        return NO_FLAWS

    def understood(self, column: Column) -> tuple[str, str] | None:
        """The words in which the list understands directions; None where it understands none.

        Where none seems to be understood it is asked anew while the list stays as it is; raises Inconclusive where it
        changes each time.
        """
        at_once = (words for words in self.spellings if not self.direction_flaws(column, words))
        in_the_end = (
            words for words in self.spellings if not self.pager.steadily(partial(self.direction_flaws, column, words))
        )
        return next(chain(at_once, in_the_end), None)

    def _last_page(self) -> tuple[int, int]:
        """Size and number of a last page that is as full as possible."""
        total, maximum = self.pager.total, self.pager.maximum
        if total <= maximum:
            return maximum, 1
        size = max(range(maximum // 2 + 1, maximum + 1), key=lambda size: ((total - 1) % size, size))
        return size, pages_of(total, size)


def values_of(page: Page, column: Column) -> list[Any]:
    """What the rows of a page have in a column."""
    return [row.get(column.name) for row in page.rows]


def _shown(values: list[Any]) -> list[Any]:
    return [value for value in values if value is not None]


def field_names(operation: Operation) -> list[str]:
    """The documented fields of a list's rows, in their order; none where they differ from list to list."""
    response = operation.response(200)
    found: dict[str, None] = {}
    for schema in _within(response.schema if response is not None else None):
        rows = schema.get("properties", {}).get("value", {}).get("items")
        for part in _within(rows):
            found |= dict.fromkeys(part.get("properties", {}))
    return list(found)


def _within(schema: Schema | None) -> Iterator[Schema]:
    """A schema and those that it is made of."""
    if not isinstance(schema, dict):
        return
    yield schema
    for keyword in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(keyword, []):
            yield from _within(part)
    for keyword in ("then", "else"):
        yield from _within(schema.get(keyword))


def _column(name: str, rows: Sequence[Row]) -> Column | None:
    """A field as a column; None where rows do not show it, or show a single value or no scalars."""
    values = [row.get(name) for row in rows]
    shown = _shown(values)
    kind = kind_of(shown)
    number = len(set(shown)) if kind is not None else 0
    if kind is None or number < 2:
        return None
    return Column(name, kind, number, distinct=number == len(values) == len(set(map(coarse, values))))


def _inversion(column: Column, values: list[Any]) -> str:
    """Two neighbours that stand in no order, in words."""
    shown = _shown(values)
    for one, other in pairwise(shown):
        if not is_ascending([one, other]):
            return f"{column.name} {one!r} comes before {other!r}"
    return f"{column.name} comes in no order"


class Sortings:
    """What each list makes of sort and direction, found out once."""

    def __init__(self, pagers: Pagers) -> None:
        self._pagers = pagers
        self._made: dict[str, Sorting] = {}

    def __getitem__(self, operation: Operation) -> Sorting:
        """The sorting of a list operation."""
        return self._made.setdefault(operation.label, Sorting(self._pagers[operation]))
