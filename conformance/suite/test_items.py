"""Items as they are read: their fields, their lists, how one of them is found (items; quickstart, GET /Item)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, NotRun, Undecided
from conformance.suite.alike import unlike
from conformance.suite.fields import NOTHING, Misfit, Misfits, fields_of, note_dates, twins
from conformance.suite.item_rows import (
    category_of,
    is_active,
    is_modified_too_early,
    item,
    names_of,
    number_of,
    short_id_of,
    telling_categories,
)
from conformance.suite.marks import Phase, asks, requirement
from conformance.suite.ordering import is_ascending
from conformance.suite.queries import narrowed, narrowings
from conformance.suite.readings import takes
from conformance.suite.settling import Reader, settled
from conformance.target.answer import rows_of
from conformance.target.discovery import NO_ALIASES
from conformance.target.wire import Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.contract.specification import Operation
    from conformance.suite.exercises import Workshop
    from conformance.suite.lists import Lists
    from conformance.suite.pager import Pagers
    from conformance.target.access import Access
    from conformance.target.answer import Answer

    Row = dict[str, Any]

PHASE = Phase.READING

ACTIVE, ALL, ONE = "GET /Item", "GET /Item/All", "GET /Item/{item}"
KEYS = ("partNo", "shortID")
# How many items are looked up, and how many categories are filtered by.
MOST_LOOKED_UP = 16
MOST_CATEGORIES = 6
# No documented number is larger; a system's own numbers mostly fit into 32 bits.
LARGEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Master:
    """The item master as the target shows it, with the operations that show it."""

    access: Access
    lists: Lists

    @property
    def active(self) -> Operation:
        """The list of active items."""
        return self.access.specification[ACTIVE]

    @property
    def all(self) -> Operation:
        """The list of all items."""
        return self.access.specification[ALL]

    def rows(self, label: str) -> Sequence[Row]:
        """The rows of a list, as far as it is read; raises NotRun where there are none."""
        rows = self.lists.whole(self.access.specification[label]).rows
        if not rows:
            raise NotRun(Reason.NEEDS_DATA, f"{label} shows no item")
        return rows

    def by_number(self, number: int) -> Answer:
        """The answer to a request for the item of a number."""
        return self.access.world.able(self.access.specification[ONE]).ask(Request("GET", f"/Item/{number}"))

    def has_changed(self, row: Row) -> bool:
        """Whether the list of items, read anew, no longer shows an item with this number and ShortID."""
        rows = self.lists.whole_now(self.active).rows
        return all([other.get(name) for name in KEYS] != [row.get(name) for name in KEYS] for other in rows)

    def look_up(self, key: str, kind: str) -> Answer:
        """The answer to a request for the item of a key: a ShortID (`id`) or an alias (`alias`)."""
        return self.lists.page(self.active, key=key, type=kind)


@pytest.fixture(scope="session")
def master(access: Access, lists: Lists) -> Master:
    """The item master of the target."""
    return Master(access, lists)


# --- what an item shows ---


@requirement("items.fields", sends=0, shares=1)
@pytest.mark.parametrize("label", [ACTIVE, ALL])
@asks(ACTIVE)
def test_every_listed_item_has_the_documented_fields(master: Master, label: str) -> None:
    """The twelve fields of the page Items, or those that the quickstart shows, each of its type."""
    rows = master.rows(label)

    misfits = fields_of(master.access.specification, "Item", master.active).misfits(rows)
    assert misfits == NOTHING
    note_names(rows)
    note_dates(rows)


@requirement("items.fields", sends=1, shares=1)
@asks(ACTIVE, ONE)
def test_item_read_by_its_number_has_the_documented_fields(master: Master) -> None:
    """The same fields, of the first item of the list as it is read by itself."""
    number = next(iter(numbers(master.rows(ACTIVE))))
    answer = master.by_number(number)
    rows = rows_of(answer.json) if answer.accepted else []
    if not rows:
        raise Blocked(Reason.EARLIER_FAILURE, f"no item is shown by its number: {answer!r}", cause="items.by-number")

    misfits = fields_of(master.access.specification, "Item", master.active).misfits(rows)
    assert misfits == NOTHING
    note_names(rows)
    note_dates(rows)


def note_names(rows: Iterable[Row]) -> None:
    """Note by whose names items are shown."""
    names = {name for row in rows if (name := names_of(row)) is not None}
    if names:
        takes("item-names", names.pop() if len(names) == 1 else "mixed")


def numbers(rows: Iterable[Row]) -> list[int]:
    """The numbers of items that show one; raises Blocked where none does."""
    found = [number for row in rows if (number := number_of(row)) is not None]
    if not found:
        raise Blocked(Reason.EARLIER_FAILURE, "no item shows a partNo that is a whole number", cause="items.fields")
    return found


@requirement("items.number-unique", sends=0, shares=1)
@asks(ALL)
def test_no_two_items_have_the_same_number(master: Master) -> None:
    """Over the list of all items; rows that agree in the ShortID too are one item, shown twice."""
    misfits = settled(master.lists, lambda read: twins(read.whole(master.all).rows, "partNo", "shortID"))
    assert misfits == NOTHING


@requirement("items.short-id-unique", sends=0, shares=1)
@asks(ALL)
def test_no_two_active_items_have_the_same_short_id(master: Master) -> None:
    """Over the list of all items, compared letter by letter; what becomes of a discontinued one's ShortID is not said."""

    def judge(read: Reader) -> Misfits:
        rows = read.whole(master.all).rows
        return twins([row for row in rows if is_active(row) is not False], "shortID", "partNo")

    misfits = settled(master.lists, judge)
    assert misfits == NOTHING


@requirement("items.dates-ordered", sends=0, shares=1)
@asks(ALL)
def test_no_item_was_modified_before_it_was_created(master: Master) -> None:
    """Both as the list of all items shows them."""
    rows = [row for row in master.rows(ALL) if row.get("created") and row.get("modified")]
    if not rows:
        raise NotRun(Reason.NEEDS_DATA, "no item shows when it was created and modified")

    misfits = Misfits(
        Misfit(item(row), f"created {row['created']}, modified {row['modified']}")
        for row in rows
        if is_modified_too_early(row)
    )
    assert misfits == NOTHING


# --- the lists ---


@requirement("items.active-only", sends=3, shares=1)
@asks(ACTIVE)
def test_list_of_items_holds_no_discontinued_one(master: Master, pagers: Pagers) -> None:
    """By what its rows show of their state, else by what the list of all items shows.

    Also where the list is sorted, goes back to some moment, or holds a category alone.
    """
    rows = master.rows(ACTIVE)
    if not any(state is not None for state in states(Reader(master.lists, anew=False), master).values()):
        raise unknown(rows, "whether it is discontinued", "discontinued", "active")

    def judge(read: Reader) -> Misfits:
        return Misfits(
            Misfit(shown, "is discontinued") for shown, state in states(read, master).items() if state is False
        )

    misfits = settled(master.lists, judge)
    assert misfits == NOTHING
    narrower = narrowed(pagers[master.active], master.access.world)
    misfits = Misfits(Misfit(item(row), "is discontinued") for row in narrower if is_active(row) is False)
    assert misfits == NOTHING


def unknown(rows: Sequence[Row], what: str, *names: str) -> Undecided:
    """Why nothing is known of the items: what they show is of a wrong type, or they show nothing."""
    if any(row.get(name) is not None for row in rows for name in names):
        return Blocked(Reason.EARLIER_FAILURE, f"no item shows {what} in the documented type", cause="items.fields")
    return NotRun(Reason.NEEDS_DATA, f"no item that is listed shows {what}")


def states(read: Reader, master: Master) -> dict[str, bool | None]:
    """Whether the items of the list are active, by their names; None where neither list shows it."""
    rows = read.whole(master.active).rows
    shown = {item(row): is_active(row) for row in rows}
    if None not in shown.values() or ALL not in master.access.specification:
        return shown
    elsewhere = {item(row): is_active(row) for row in read.whole(master.all).rows}
    return {name: elsewhere.get(name) if state is None else state for name, state in shown.items()}


@requirement("items.order", sends=0, shares=1)
@asks(ACTIVE)
def test_list_of_items_is_sorted_by_short_id(master: Master) -> None:
    """Two neighbours are only held to be in the wrong order if they are so by every sensible way of sorting."""
    if len(master.rows(ACTIVE)) < 2:
        raise NotRun(Reason.NEEDS_DATA, "the list of items is too short to be out of order")

    def judge(read: Reader) -> Misfits:
        texts = [short_id for row in read.whole(master.active).rows if (short_id := short_id_of(row)) is not None]
        return Misfits(
            Misfit(f"shortID {one!r}", f"stands before {other!r}")
            for one, other in pairwise(texts)
            if not is_ascending([one, other])
        )

    misfits = settled(master.lists, judge)
    assert misfits == NOTHING


@requirement("items.active-listed", sends=0, shares=1)
@asks(ACTIVE, ALL)
def test_list_of_items_holds_every_active_one(master: Master) -> None:
    """Each item that the list of all items shows as active, by its number."""

    def judge(read: Reader) -> Misfits:
        listed = {repr(row.get("partNo")) for row in read.full(master.active).rows}
        active = [row for row in read.whole(master.all).rows if is_active(row)]
        return Misfits(
            Misfit(item(row), f"is active and not in {ACTIVE}")
            for row in active
            if repr(row.get("partNo")) not in listed
        )

    misfits = settled(master.lists, judge)
    assert misfits == NOTHING


@requirement("items.all", sends=0, shares=1)
@asks(ACTIVE, ALL)
def test_list_of_all_items_holds_every_active_one(master: Master) -> None:
    """Each item of the list of items, by its number or its ShortID."""

    def judge(read: Reader) -> Misfits:
        active = read.whole(master.active).rows
        everything = read.full(master.all).rows
        held = [{repr(row.get(name)) for row in everything} for name in KEYS]
        missing = [
            row
            for row in active
            if not any(repr(row.get(name)) in known for name, known in zip(KEYS, held, strict=True))
        ]
        return Misfits(Misfit(item(row), f"is not in {ALL}") for row in missing)

    misfits = settled(master.lists, judge)
    assert misfits == NOTHING


@requirement("items.all", sends=0, shares=1)
@asks(ACTIVE, ALL)
def test_list_of_all_items_is_not_shorter(master: Master) -> None:
    """By the totalCount of both lists."""

    def judge(read: Reader) -> Misfits:
        active, everything = read.whole(master.active).total, read.whole(master.all).total
        if active is None or everything is None:
            raise Blocked(Reason.EARLIER_FAILURE, "a list tells no totalCount", cause="pagination.envelope")
        words = f"totalCount {everything}, but {active} on {ACTIVE}"
        return Misfits([Misfit(ALL, words)] if everything < active else [])

    misfits = settled(master.lists, judge)
    assert misfits == NOTHING


# --- one item ---


@requirement("items.by-short-id", sends=8, shares=1)
@asks(ACTIVE)
def test_key_of_type_id_finds_the_item_with_this_short_id(master: Master) -> None:
    """For several items of the list, such as those whose ShortID has blanks, signs, other letters or digits alone."""
    asked = telling(master.rows(ACTIVE))
    answers = [(row, master.look_up(row["shortID"], "id")) for row in asked]
    for row, answer in answers:
        found = [shown.get("shortID") for shown in rows_of(answer.json)]
        if found != [row["shortID"]] and master.has_changed(row):
            continue
        assert answer.status == 200
        assert found == [row["shortID"]]
        note_shape(answer)
    for row in asked[:3]:
        misfits = unlike(master.lists, master.active, row, partial(master.look_up, row["shortID"], "id"))
        assert misfits == NOTHING


def telling(rows: Sequence[Row]) -> list[Row]:
    """Several items whose ShortIDs may easily be taken for others, or be cut or spoiled on their way."""
    known = {short_id: row for row in rows if (short_id := short_id_of(row)) is not None}
    if not known:
        raise Blocked(Reason.EARLIER_FAILURE, "no item that is listed shows a shortID", cause="items.fields")
    texts = list(known)
    digits = [text for text in texts if text.isdigit()]
    signs = {char: text for text in texts for char in text if char != "-" and not (char.isalnum() and char.isascii())}
    parts = [text for text in sorted(texts, key=len)[:40] if any(text != other and text in other for other in texts)]
    chosen = [texts[0], texts[-1], texts[len(texts) // 2], *digits[:3], *list(signs.values())[:8], *parts[:4]]
    return [known[text] for text in dict.fromkeys(chosen)][:MOST_LOOKED_UP]


def note_shape(answer: Answer) -> None:
    """Note whether an item that is looked up comes by itself or in a page."""
    takes("item-lookup", {"by itself": "bare", "in a page": "envelope"}.get(shape(answer), shape(answer)))


@requirement("items.by-alias", sends=4)
@asks(ACTIVE)
def test_key_of_type_alias_finds_the_item_with_this_alias(master: Master) -> None:
    """For each alias that the target file names."""
    aliases = master.access.target.data.aliases
    if not aliases:
        raise NotRun(Reason.NEEDS_DATA, NO_ALIASES)

    for alias, short_id in aliases.items():
        answer = master.look_up(alias, "alias")
        assert answer.status == 200
        found = [row.get("shortID") for row in rows_of(answer.json)]
        assert found == [short_id]
        note_shape(answer)


@requirement("items.unknown-key", sends=1)
@pytest.mark.parametrize("kind", ["id", "alias"])
@asks(ACTIVE)
def test_key_that_no_item_has_finds_none(master: Master, workshop: Workshop, kind: str) -> None:
    """A text made up for this run; the answer is 404, or a success without any item."""
    answer = master.look_up(workshop.unique(), kind)

    if answer.code not in {200, 204}:
        assert answer.status == 404
    found = [item(row) for row in rows_of(answer.json)] if answer.accepted else []
    assert found == []
    takes("item-lookup-miss", "404" if answer.code == 404 else "no row")


@requirement("items.by-number", sends=3, shares=1)
@asks(ACTIVE, ONE)
def test_item_read_by_its_number_comes_by_itself(master: Master) -> None:
    """An object with the number and the ShortID that the list shows, and no page around it; for several items."""
    known = [row for row in master.rows(ACTIVE) if number_of(row) is not None]
    numbers(known)

    for row in (known[0], known[len(known) // 2], known[-1]):
        answer = master.by_number(row["partNo"])
        shown = {name: answer.member(name) for name in KEYS}
        if shown != {name: row.get(name) for name in KEYS} and master.has_changed(row):
            continue
        assert answer.status == 200
        assert shape(answer) == "by itself"
        assert shown == {name: row.get(name) for name in KEYS}
        misfits = unlike(master.lists, master.active, row, partial(master.by_number, row["partNo"]))
        assert misfits == NOTHING


def shape(answer: Answer) -> str:
    """How one item comes: by itself, or in what is documented for lists."""
    if isinstance(answer.json, list):
        return "in an array"
    return "in a page" if isinstance(answer.member("value"), list) else "by itself"


@requirement("items.unknown-number", sends=1, shares=1)
@asks(ALL, ONE)
def test_item_number_that_does_not_exist_gets_404(master: Master) -> None:
    """A number far above those of all items."""
    answer = master.by_number(min(max(numbers(master.rows(ALL))) + 1_000_000, LARGEST))

    assert answer.status == 404


# --- categories of items ---


@requirement("items.category-filter", sends=12, shares=1)
@asks(ACTIVE)
def test_category_limits_the_list_to_the_items_of_it(master: Master) -> None:
    """For several categories that items have, page by page: exactly their items, as the whole list shows them."""
    chosen = asked_categories(master.rows(ACTIVE))

    def judge(read: Reader) -> Misfits:
        rows = read.whole(master.active)
        return Misfits(misfit for category in chosen for misfit in strays(read, master, rows.rows, category))

    misfits = settled(master.lists, judge)
    assert misfits == NOTHING
    # A filter has to hold whatever else is asked for; a row tells by itself whether it belongs there.
    for params in narrowings(master.active, master.access.world):
        answer = master.lists.page(master.active, None, **params | {"page": 1, "pageSize": 250, "Category": chosen[0]})
        rows = rows_of(answer.json) if answer.accepted else []
        misfits = Misfits(
            Misfit(item(row), f"is in {answer!r}") for row in rows if category_of(row) not in {chosen[0], None}
        )
        assert misfits == NOTHING
    if len(chosen) == 1:
        raise NotRun(Reason.NEEDS_DATA, "all items that are listed are of one category: a filter changes nothing")


def asked_categories(rows: Sequence[Row]) -> list[int]:
    """The categories that the filter is tried with; raises NotRun or Blocked where the items show none."""
    chosen = telling_categories(rows)
    if chosen:
        return chosen[:MOST_CATEGORIES]
    if all(category_of(row) is None for row in rows):
        raise unknown(rows, "its category", "category", "categoryID")
    raise NotRun(Reason.NEEDS_DATA, "no item that is listed is of a category")


def strays(read: Reader, master: Master, rows: Sequence[Row], category: int) -> Iterable[Misfit]:
    """The rows that a category shows and should not, and those that it lacks."""
    wanted = {item(row) for row in rows if category_of(row) == category}
    # In two pages at least, where there is more than one item: a filter has to hold on each page.
    size = max(1, min(250, (len(wanted) + 1) // 2))
    found = read.whole(master.active, Category=category, pageSize=size)
    for row in found.rows:
        if category_of(row) != category or is_active(row) is False:
            yield Misfit(item(row), f"is listed for Category={category}")
    missing = wanted - {item(row) for row in found.rows} if found.complete else set()
    for name in sorted(missing):
        yield Misfit(name, f"is not listed for Category={category}")
