"""Categories: their fields, their two lists, how one of them is read (categories)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, NotRun
from conformance.suite.alike import unlike
from conformance.suite.fields import NOTHING, Misfit, Misfits, fields_of, named, note_dates, twins
from conformance.suite.marks import Phase, asks, requirement
from conformance.suite.queries import narrowed
from conformance.suite.settling import Reader, settled
from conformance.target.answer import rows_of
from conformance.target.wire import Request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.suite.lists import Lists
    from conformance.suite.pager import Pagers
    from conformance.target.access import Access
    from conformance.target.answer import Answer

    Row = dict[str, Any]

PHASE = Phase.READING

ACTIVE, ALL, ONE = "GET /Category", "GET /Category/All", "GET /Category/{id}"
LARGEST = 2**31 - 1
# How many categories are read one by one.
MOST_READ = 12


def rows_in(access: Access, lists: Lists, label: str) -> Sequence[Row]:
    """The rows of a list, as far as it is read; raises NotRun where there are none."""
    rows = lists.whole(access.specification[label]).rows
    if not rows:
        raise NotRun(Reason.NEEDS_DATA, f"{label} shows no category")
    return rows


def numbered(access: Access, lists: Lists, label: str) -> Sequence[Row]:
    """Those of the rows that show a number; raises Blocked where none does."""
    found = [row for row in rows_in(access, lists, label) if type(row.get("categoryID")) is int]
    if not found:
        raise Blocked(Reason.EARLIER_FAILURE, f"{label} shows no categoryID", cause="categories.fields")
    return found


def by_number(access: Access, number: int) -> Answer:
    """The answer to a request for the category of a number."""
    return access.world.able(access.specification[ONE]).ask(Request("GET", f"/Category/{number}"))


def category(row: Row) -> str:
    """A category by its number."""
    return named(row, "categoryID")


@requirement("categories.fields", sends=0, shares=1)
@pytest.mark.parametrize("label", [ACTIVE, ALL])
@asks(ACTIVE)
def test_every_listed_category_has_the_documented_fields(access: Access, lists: Lists, label: str) -> None:
    """Each of its type; a description may be missing."""
    rows = rows_in(access, lists, label)

    misfits = fields_of(access.specification, "Category", access.specification[label]).misfits(rows)
    assert misfits == NOTHING
    note_dates(rows)


@requirement("categories.fields", sends=1, shares=1)
@asks(ACTIVE, ONE)
def test_category_read_by_its_number_has_the_documented_fields(access: Access, lists: Lists) -> None:
    """The first one of the list, as it is read by itself."""
    answer = by_number(access, numbered(access, lists, ACTIVE)[0]["categoryID"])
    rows = rows_of(answer.json) if answer.accepted else []
    if not rows:
        raise Blocked(Reason.EARLIER_FAILURE, f"no category is shown: {answer!r}", cause="categories.by-number")

    misfits = fields_of(access.specification, "Category", access.specification[ACTIVE]).misfits(rows)
    assert misfits == NOTHING


@requirement("categories.number-unique", sends=0, shares=1)
@asks(ALL)
def test_no_two_categories_have_the_same_number(access: Access, lists: Lists) -> None:
    """Over the list of all categories; rows that are wholly equal are one category, shown twice."""
    rows_in(access, lists, ALL)

    misfits = settled(lists, lambda read: twins(read.whole(access.specification[ALL]).rows, "categoryID"))
    assert misfits == NOTHING


@requirement("categories.active-only", sends=2, shares=1)
@asks(ACTIVE)
def test_list_of_categories_holds_active_ones_only(access: Access, lists: Lists, pagers: Pagers) -> None:
    """By what each row shows as active; also where the list is sorted, or goes back to some moment."""
    rows = rows_in(access, lists, ACTIVE)
    if not any(isinstance(row.get("active"), bool) for row in rows):
        raise Blocked(Reason.EARLIER_FAILURE, "no category shows whether it is active", cause="categories.fields")

    rows = [*rows, *narrowed(pagers[access.specification[ACTIVE]], access.world)]
    misfits = Misfits(Misfit(category(row), "active is false") for row in rows if row.get("active") is False)
    assert misfits == NOTHING


@requirement("categories.active-listed", sends=0, shares=1)
@asks(ACTIVE, ALL)
def test_list_of_categories_holds_every_active_one(access: Access, lists: Lists) -> None:
    """Each category that the list of all categories shows as active, by its number."""
    numbered(access, lists, ALL)

    def judge(read: Reader) -> Misfits:
        listed = {category(row) for row in read.full(access.specification[ACTIVE]).rows}
        active = [row for row in read.whole(access.specification[ALL]).rows if row.get("active") is True]
        return Misfits(
            Misfit(category(row), f"is active and not in {ACTIVE}") for row in active if category(row) not in listed
        )

    misfits = settled(lists, judge)
    assert misfits == NOTHING


@requirement("categories.all", sends=0, shares=1)
@asks(ACTIVE, ALL)
def test_list_of_all_categories_holds_every_active_one(access: Access, lists: Lists) -> None:
    """Each category of the list of categories, by its number."""
    numbered(access, lists, ACTIVE)

    def judge(read: Reader) -> Misfits:
        active = read.whole(access.specification[ACTIVE]).rows
        everything = {category(row) for row in read.full(access.specification[ALL]).rows}
        return Misfits(Misfit(category(row), f"is not in {ALL}") for row in active if category(row) not in everything)

    misfits = settled(lists, judge)
    assert misfits == NOTHING


@requirement("categories.by-number", sends=3, shares=1)
@asks(ACTIVE, ONE)
def test_category_is_read_by_its_number(access: Access, lists: Lists) -> None:
    """For several of the list: the category of this number and no other."""
    for row in some(numbered(access, lists, ACTIVE)):
        answer = by_number(access, row["categoryID"])
        assert answer.status == 200
        assert [shown.get("categoryID") for shown in rows_of(answer.json)] == [row["categoryID"]]
    for row in some(numbered(access, lists, ACTIVE))[:3]:
        misfits = unlike(lists, access.specification[ACTIVE], row, partial(by_number, access, row["categoryID"]))
        assert misfits == NOTHING


@requirement("categories.by-number-bare", sends=3, shares=1)
@asks(ACTIVE, ONE)
def test_category_read_by_its_number_comes_by_itself(access: Access, lists: Lists) -> None:
    """An object with its own number, and no page around it."""
    for row in some(numbered(access, lists, ACTIVE)):
        answer = by_number(access, row["categoryID"])
        if not answer.accepted:
            raise Blocked(Reason.EARLIER_FAILURE, f"no category is shown: {answer!r}", cause="categories.by-number")
        assert shape(answer) == "by itself"


def shape(answer: Answer) -> str:
    """How one category comes: by itself, or in what is documented for lists."""
    if isinstance(answer.json, list):
        return "in an array"
    return "in a page" if isinstance(answer.member("value"), list) else "by itself"


@requirement("categories.unknown-number", sends=1, shares=1)
@asks(ALL, ONE)
def test_category_number_that_does_not_exist_gets_404(access: Access, lists: Lists) -> None:
    """A number far above those of all categories."""
    highest = max(row["categoryID"] for row in numbered(access, lists, ALL))
    answer = by_number(access, min(highest + 1_000_000, LARGEST))

    assert answer.status == 404


def some(rows: Sequence[Row]) -> list[Row]:
    """At most so many, spread over the list, its first and its last among them."""
    last = len(rows) - 1
    return [rows[at] for at in dict.fromkeys(round(last * part / (MOST_READ - 1)) for part in range(MOST_READ))]
