"""Every list: sort and direction (pagination)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked
from conformance.suite.marks import Phase, each, requirement
from conformance.suite.order_dates import LONG_AGO
from conformance.suite.paging import NO_FLAWS
from conformance.suite.readings import takes
from conformance.suite.sorting import LOWER, UNKNOWN, UPPER

if TYPE_CHECKING:
    from conformance.contract.specification import Operation
    from conformance.suite.sorting import Sorting, Sortings

PHASE = Phase.READING


def is_sorted(operation: Operation) -> bool:
    """Whether a list takes sort and direction; the page Reports leaves them out, so its lists need not."""
    return operation.listing is not None and operation.promises("sort")


@pytest.fixture
def sorting(operation: Operation, sortings: Sortings) -> Sorting:
    """What the list at hand makes of sort and direction; raises NotApplicable where the target says that it has none."""
    made = sortings[operation]
    made.pager.require_available()
    return made


@requirement("pagination.sort", sends=0, shares=6)
@each(is_sorted)
def test_sort_orders_by_a_column(sorting: Sorting) -> None:
    """Up to four documented fields, under any collation.

    No page says which are columns. So it is enough that one sorts, unless the list refuses unknown columns and takes
    this one.
    """
    assert sorting.flaws == NO_FLAWS


@requirement("pagination.sort", sends=2, shares=6)
@each(lambda operation: is_sorted(operation) and operation.promises("modifiedSince"))
def test_sort_orders_a_list_with_modified_since_too(sorting: Sorting) -> None:
    """By two columns that it sorts by without, downwards, from a moment on that leaves all rows or most of them."""
    _, down = understood(sorting)

    for column in sorting.working[:2]:
        page = sorting.pager.ask(
            page=1, pageSize=sorting.pager.maximum, sort=column.name, direction=down, modifiedSince=LONG_AGO
        )
        if page.answer.code == 200:
            assert sorting.descending_flaws(column, page) == NO_FLAWS


@requirement("pagination.unknown-sort", sends=1)
@each(is_sorted)
def test_unknown_column_is_refused(sorting: Sorting) -> None:
    """A column that no list has."""
    answer = sorting.pager.ask(sort=UNKNOWN).answer
    assert answer.status == 400


@requirement("pagination.direction", sends=3, shares=6)
@each(is_sorted)
def test_desc_is_the_reverse_of_asc(sorting: Sorting) -> None:
    """By a column that the list sorts by, one without equal values if there is one; written as the list's page does, too.

    And by another one, and by one of each kind: numbers, moments, texts.
    """
    column, *others = sorting.working
    spellings = sorting.spellings

    flaws = [sorting.pager.steadily(partial(sorting.direction_flaws, column, words)) for words in spellings]
    assert min(flaws, key=len) == NO_FLAWS
    words = spellings[flaws.index(NO_FLAWS)]
    for other in {column.kind: column for column in others[::-1]}.values():
        assert sorting.pager.steadily(partial(sorting.direction_flaws, other, words)) == NO_FLAWS


@requirement("pagination.default-direction", sends=1, shares=6)
@each(is_sorted)
def test_sort_without_direction_ascends(sorting: Sorting) -> None:
    """Compared with the same sort and ASC."""
    up, _ = understood(sorting)

    for column in sorting.working[:2]:
        assert sorting.pager.steadily(partial(sorting.default_flaws, column, up)) == NO_FLAWS


@requirement("pagination.direction-case", sends=2, shares=6)
@each(is_sorted)
def test_direction_is_understood_in_either_case(sorting: Sorting) -> None:
    """Asked in the letter case that the list's own page does not use."""
    column = sorting.working[0]
    words = understood(sorting)
    other = LOWER if words == UPPER else UPPER

    flaws = sorting.pager.steadily(partial(sorting.direction_flaws, column, other))
    one = "upper" if words == UPPER else "lower"
    takes("direction-case", one if flaws else "both")
    assert flaws == NO_FLAWS


def understood(sorting: Sorting) -> tuple[str, str]:
    """The words in which the list understands directions; raises Blocked where it understands none."""
    words = sorting.understood(sorting.working[0])
    if words is None:
        label = sorting.pager.operation.label
        raise Blocked(Reason.EARLIER_FAILURE, f"{label} does not obey a direction", cause="pagination.direction")
    return words
