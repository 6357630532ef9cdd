"""Items as they are created, updated and discontinued: all on items of this run (quickstart, POST /Item; items)."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

import pytest

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, NotRun
from conformance.suite.fields import NOTHING, Misfit, Misfits, fields_of, note_dates
from conformance.suite.item_rows import is_active, is_modified_too_early, item, names_of, number_of, short_id_of
from conformance.suite.items import AS_SHOWN, BODY_REFUSED, CREATE, DELETE, EXAMPLE, NO_BODY, UPDATE
from conformance.suite.marks import Phase, asks, requirement
from conformance.suite.matrix import State
from conformance.suite.ordering import moment
from conformance.suite.readings import takes
from conformance.suite.settling import TRIES, Reader
from conformance.suite.since import shortly_before
from conformance.target.answer import ABSENT, rows_of
from conformance.target.recorder import CURRENT, Evidence
from conformance.target.wire import Request

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.suite.exercises import Workshop
    from conformance.suite.items import Items
    from conformance.suite.lists import Lists
    from conformance.target.access import Access
    from conformance.target.answer import Answer
    from conformance.target.discovery import World

    Row = dict[str, Any]

PHASE = Phase.WRITING

ACTIVE, ALL, ONE = "GET /Item", "GET /Item/All", "GET /Item/{item}"
# Two moments that are so far apart differ even where a target shows whole seconds; seconds.
APART = 1.2
# So many requests are sent at the same time.
AT_ONCE = 4
# What the documentation names of an item and an update of its description leaves alone; its dates are another matter.
SETTLED = ("shortID", "category", "categoryID", "subCategory", "uOM", "unit", "putUp", "units", "dfltOwner")
TO_THE_SECOND = re.compile(r"\d:\d\d:\d\d")
# A number that no item has.
UNUSED = 2**31 - 48


@dataclass(frozen=True, slots=True)
class Creation:
    """An item that was asked for: the body, the answer, and the numbers that items had before."""

    body: Row
    answer: Answer
    taken: frozenset[int]

    @property
    def short_id(self) -> str:
        """The ShortID that the answer shows, else the one that was sent; raises NotRun where neither has one."""
        shown = self.answer.json if isinstance(self.answer.json, dict) else {}
        short_id = short_id_of(shown) or short_id_of(self.body)
        if short_id is None:
            raise NotRun(Reason.NEEDS_EXAMPLE, f'[examples."{CREATE}"] has no shortID of its own to look for')
        return short_id

    def shown(self, items: Items) -> Row:
        """The item as it is shown afterwards; raises Blocked where it is not."""
        row = items.shown(self.short_id, self.answer.member("partNo"))
        if row is None:
            raise Blocked(
                Reason.EARLIER_FAILURE,
                f"an item that was created is not found: {self.answer!r}",
                cause="items.create-found",
            )
        return row


@pytest.fixture(scope="session")
def items(workshop: Workshop) -> Items:
    """Creates, changes and discontinues items."""
    return workshop.items


@pytest.fixture(scope="session")
def asked(lists: Lists, access: Access, workshop: Workshop) -> Creation:
    """The first item that this chapter asks for, whatever the answer."""
    taken: frozenset[int] = frozenset()
    if ALL in access.specification:
        rows = lists.whole_now(access.specification[ALL]).rows
        taken = frozenset(number for row in rows if (number := number_of(row)) is not None)
    # With a small letter: a ShortID is to be kept as it was sent.
    body = workshop.items.body(f"{workshop.unique()}-x")
    return Creation(body, workshop.items.post(body), taken)


@pytest.fixture
def creation(asked: Creation) -> Creation:
    """The item that was created; raises Blocked where it was not."""
    rest_on(asked.answer)
    require_created(asked)
    return asked


def require_created(asked: Creation) -> None:
    """Require that an item was created; raises Blocked."""
    if not asked.answer.accepted:
        raise Blocked(
            Reason.EARLIER_FAILURE, f"no item could be created: {asked.answer!r}", cause="items.create-status"
        )


def rest_on(answer: Answer) -> None:
    """Let the check at hand rest on an answer that another one asked for."""
    here = CURRENT.get()
    if here is not None:
        here.rest_on(answer.exchange)


# --- creating ---


@requirement("items.create-status", sends=1, shares=2)
@asks(CREATE)
def test_creating_an_item_answers_201(asked: Creation, items: Items) -> None:
    """With the body of the quickstart, with the field names of the page Items where that is refused, or the example."""
    rest_on(asked.answer)
    require_rights(asked.answer)
    if items.names == EXAMPLE and asked.answer.code in BODY_REFUSED:
        raise Blocked(Reason.EXAMPLE_REFUSED, f"the declared example is refused: {asked.answer!r}", cause=CREATE)

    assert asked.answer.status == 201
    if items.names is not None:
        takes("item-create-names", items.names)


def require_rights(answer: Answer) -> None:
    """Require that a client may do what its declaration says; raises Blocked."""
    if answer.code in {401, 403}:
        raise Blocked(Reason.CONTROL_REQUEST_REFUSED, f"a client that may is refused: {answer!r}")


@requirement("items.create-number", sends=2, shares=2)
@asks(CREATE, makes=0)
def test_answer_holds_a_number_that_no_item_had(creation: Creation, items: Items) -> None:
    """A positive whole number, in no row of the list of all items as it was before, and the one that is shown later."""
    number = creation.answer.member("partNo")
    assert number is not ABSENT
    assert type(number) is int
    assert number > 0
    assert [taken for taken in creation.taken if taken == number] == []

    shown = number_of(items.shown(creation.short_id) or {})
    if shown is not None:
        assert number == shown


@requirement("items.create-number", sends=2, shares=2)
@asks(CREATE)
def test_next_item_gets_another_number(creation: Creation, items: Items, workshop: Workshop) -> None:
    """Neither that of the item created before nor any that was in use."""
    creation.shown(items)
    answer = items.post(items.body(workshop.unique()))
    if not answer.accepted:
        raise Blocked(Reason.EARLIER_FAILURE, f"no item could be created: {answer!r}", cause="items.create-status")

    number = answer.member("partNo")
    assert number is not ABSENT
    assert number != creation.answer.member("partNo")
    assert [taken for taken in creation.taken if taken == number] == []


@requirement("items.create-number", sends=1, shares=2)
@asks(CREATE)
def test_number_that_is_sent_along_is_not_taken(creation: Creation, items: Items, workshop: Workshop) -> None:
    """Another item with the number of the first one in its body, which a target may refuse: the system assigns numbers."""
    taken = creation.answer.member("partNo")
    if type(taken) is not int:
        raise Blocked(Reason.EARLIER_FAILURE, f"no number in {creation.answer!r}", cause="items.create-number")
    answer = items.post(items.body(workshop.unique()) | {"partNo": taken})

    if answer.accepted:
        assert answer.member("partNo") != taken


@requirement("items.create-number", sends=5)
@asks(CREATE, DELETE, makes=2)
def test_number_of_a_discontinued_item_is_not_given_again(items: Items, workshop: Workshop) -> None:
    """The newest item is discontinued, and another one created after it."""
    old = items.make()
    gone = items.discontinue(old["shortID"])
    answer = items.post(items.body(workshop.unique()))
    for done in (gone, answer):
        if not done.accepted:
            raise Blocked(
                Reason.EARLIER_FAILURE, f"no item could be put in its place: {done!r}", cause="items.discontinue"
            )

    number = answer.member("partNo")
    assert number is not ABSENT
    assert number != old.get("partNo")


@requirement("items.create-echo", sends=0, shares=2)
@asks(CREATE, makes=0)
def test_answer_shows_what_was_sent(creation: Creation) -> None:
    """Its shortID and its description."""
    for name in ("shortID", "description"):
        if name in creation.body:
            assert creation.answer.member(name) == creation.body[name]


@requirement("items.fields", sends=0, shares=2)
@asks(CREATE, makes=0)
def test_answer_to_the_creation_has_the_documented_fields(creation: Creation, access: Access) -> None:
    """The answer holds the full item (quickstart, POST /Item), by the names of either page."""
    row = creation.answer.json
    if not isinstance(row, dict) or "partNo" not in row:
        raise Blocked(
            Reason.EARLIER_FAILURE, f"the answer holds no item: {creation.answer!r}", cause="items.create-number"
        )

    misfits = fields_of(access.specification, "Item", access.specification[ACTIVE]).misfits([row])
    assert misfits == NOTHING
    names = names_of(row)
    if names is not None:
        takes("item-names", names)
    note_dates([row])


@requirement("items.create-active", sends=1, shares=2)
@asks(CREATE, makes=0)
def test_created_item_is_active(creation: Creation, items: Items) -> None:
    """By what the answer shows of its state, and by what is shown when it is read afterwards."""
    shown = items.shown(creation.short_id, creation.answer.member("partNo"))
    states = [is_active(row) for row in (creation.answer.json, shown) if isinstance(row, dict)]
    known = [state for state in states if state is not None]
    if not known:
        raise NotRun(Reason.NEEDS_DATA, "the target shows nowhere whether an item is discontinued")

    assert known == [True] * len(known)


@requirement("items.create-found", sends=1, shares=2)
@asks(CREATE, makes=0)
def test_created_item_is_found(creation: Creation, items: Items, lists: Lists, access: Access) -> None:
    """By its ShortID, by its number or in the list of items: any of them will do."""
    found = items.shown(creation.short_id, creation.answer.member("partNo"))
    if found is None:
        rows = lists.whole_now(access.specification[ACTIVE]).rows
        found = next((row for row in rows if row.get("shortID") == creation.short_id), None)

    assert found is not None


@requirement("items.create-found", sends=2, shares=2)
@asks(CREATE, ACTIVE, makes=0)
def test_created_item_is_in_the_list_of_items(creation: Creation, items: Items, lists: Lists, access: Access) -> None:
    """The list of active items, read to its end: it holds the item however else that is found."""
    answered = creation.answer.json
    number = number_of(answered) if isinstance(answered, dict) else None
    listed: Row | None = None
    for _ in range(TRIES):
        rows = Reader(lists).full(access.specification[ACTIVE]).rows
        listed = next((row for row in rows if is_it(row, creation.short_id, number)), None)
        if listed is not None:
            break
    if listed is None:
        require_active(creation, items)

    assert listed is not None, f"{ACTIVE} does not hold {creation.short_id}"


@requirement("items.by-short-id", sends=1, shares=2)
@asks(CREATE, ACTIVE, makes=0)
def test_created_item_is_found_by_its_key(creation: Creation, items: Items, world: World) -> None:
    """By its ShortID as soon as it is found by its number."""
    found = next((row for _ in range(TRIES) if (row := world.find_item(creation.short_id)) is not None), None)
    if found is None and items.shown(creation.short_id, creation.answer.member("partNo")) is None:
        message = f"an item that was created is not found: {creation.answer!r}"
        raise Blocked(Reason.EARLIER_FAILURE, message, cause="items.create-found")

    assert found is not None, f"no item has the key {creation.short_id}"


@requirement("items.by-short-id", sends=2, shares=2)
@asks(CREATE, ACTIVE)
def test_item_is_told_from_an_older_one_that_begins_alike(creation: Creation, items: Items, world: World) -> None:
    """The beginning of the ShortID of the item that was created first becomes that of another one, which its key finds."""
    beginning = creation.short_id.removesuffix("-x")
    answer = items.post(items.body(beginning))
    if not answer.accepted or answer.member("shortID") not in {beginning, ABSENT} or beginning == creation.short_id:
        raise NotRun(Reason.NEEDS_DATA, f"the target does not take {beginning} as a ShortID of its own: {answer!r}")

    found = next((row for _ in range(TRIES) if (row := world.find_item(beginning)) is not None), None)
    if found is None and items.shown(beginning, answer.member("partNo")) is None:
        message = f"an item that was created is not found: {answer!r}"
        raise Blocked(Reason.EARLIER_FAILURE, message, cause="items.create-found")
    assert found is not None, f"no item has the key {beginning}"


def is_it(row: Row, short_id: str, number: int | None) -> bool:
    """Whether a row is of an item: by its number, or by its ShortID."""
    return row.get("shortID") == short_id or (number is not None and row.get("partNo") == number)


def require_active(creation: Creation, items: Items) -> None:
    """Require that nothing shows a created item as discontinued; raises Blocked."""
    shown = creation.shown(items)
    if any(is_active(row) is False for row in (creation.answer.json, shown) if isinstance(row, dict)):
        message = f"an item that was created is not active: {creation.answer!r}"
        raise Blocked(Reason.EARLIER_FAILURE, message, cause="items.create-active")


@requirement("items.duplicate", sends=6)
@pytest.mark.parametrize("change", [None, "another description"])
@asks(CREATE)
def test_short_id_of_another_item_gets_409(
    items: Items, lists: Lists, access: Access, workshop: Workshop, change: str | None
) -> None:
    """The body of an item that was just created, as it was or with another description; the item stays as it was."""
    body = items.body(workshop.unique())
    if not isinstance(body.get("shortID"), str):
        raise NotRun(Reason.NEEDS_EXAMPLE, f'[examples."{CREATE}"] has no shortID of its own to send twice')
    first = items.post(body)
    if not first.accepted:
        raise Blocked(Reason.EARLIER_FAILURE, f"no item could be created: {first!r}", cause="items.create-status")
    first_row = Creation(body, first, frozenset()).shown(items)
    short_id, before = first_row["shortID"], State(first_row)

    again = items.post(body if change is None else body | {"description": change})
    after = State(items.shown(short_id, first.member("partNo")))
    if again.accepted:
        items.discontinue(short_id)
    assert again.status == 409
    assert after == before
    assert len(called(lists, access, short_id)) <= 1


def called(lists: Lists, access: Access, short_id: str) -> list[Row]:
    """The rows of the list of all items that have a ShortID, each item once."""
    if ALL not in access.specification:
        return []
    rows = lists.whole_now(access.specification[ALL]).rows
    return list({repr(row.get("partNo")): row for row in rows if row.get("shortID") == short_id}.values())


@requirement("items.duplicate", sends=14)
@asks(CREATE, makes=2)
def test_short_id_that_is_sent_several_times_at_once_is_taken_once(
    items: Items, lists: Lists, access: Access, workshop: Workshop
) -> None:
    """The same body several times at the same time, twice: no more than one item comes of it."""
    for _ in range(2):
        body = items.body(workshop.unique())
        if not isinstance(body.get("shortID"), str):
            raise NotRun(Reason.NEEDS_EXAMPLE, f'[examples."{CREATE}"] has no shortID of its own to send twice')
        answers = posted_at_once(items, access, [body] * AT_ONCE)
        made = [answer for answer in answers if answer.accepted]
        if not made:
            raise NotRun(Reason.NEEDS_DATA, f"the target created none of {AT_ONCE} asked for at once: {answers[0]!r}")
        kept = called(lists, access, body["shortID"])
        if not kept and ALL in access.specification:
            raise Blocked(Reason.EARLIER_FAILURE, f"{ALL} shows none: {made[0]!r}", cause="items.create-found")
        rest_on(made[-1])
        assert len(made) == 1, f"successes among {answers}"
        assert len(kept) <= 1


def posted_at_once(items: Items, access: Access, bodies: list[Row]) -> list[Answer]:
    """The answers to the creations of items that are asked for at the same time."""
    here = CURRENT.get()

    def alone(body: Row) -> Answer:
        CURRENT.set(Evidence())
        return items.post(body)

    with ThreadPoolExecutor(min(AT_ONCE, access.target.limits.concurrency)) as pool:
        answers = list(pool.map(alone, bodies))
    if here is not None:
        here.rest_on(*(answer.exchange for answer in answers))
    return answers


@requirement("items.create-number", sends=8)
@asks(CREATE, makes=8)
def test_items_that_are_created_at_once_get_numbers_of_their_own(
    items: Items, access: Access, workshop: Workshop
) -> None:
    """Several items at the same time, twice: no two of the answers have the same partNo."""
    for _ in range(2):
        answers = posted_at_once(items, access, [items.body(workshop.unique()) for _ in range(AT_ONCE)])
        numbers = [answer.member("partNo") for answer in answers if answer.accepted]
        told = [number for number in numbers if type(number) is int]
        if len(told) < 2:
            raise NotRun(Reason.NEEDS_DATA, f"the target created no two of {AT_ONCE} asked for at once: {answers[0]!r}")
        twice = sorted({number for number in told if told.count(number) > 1})
        assert twice == [], f"partNo in {answers}"


@requirement("items.create-needs-short-id", sends=1, shares=2)
@asks(CREATE, makes=0)
def test_item_without_a_short_id_gets_400(creation: Creation, items: Items) -> None:
    """The body that creates an item, without its shortID."""
    if "shortID" not in creation.body:
        raise NotRun(Reason.NEEDS_EXAMPLE, f'[examples."{CREATE}"] has no shortID that could be left out')
    body = {name: value for name, value in creation.body.items() if name != "shortID"}

    answer = items.post(body)
    assert answer.status == 400


# --- discontinuing ---


@dataclass(frozen=True, slots=True)
class Gone:
    """An item that was to be discontinued, the answer to that, and another one, whose ShortID begins with the same text."""

    row: Row
    answer: Answer
    longer: Row | None


@pytest.fixture(scope="session")
def discontinued(items: Items) -> Gone:
    """An item of this run that the target was asked to discontinue, by the ShortID that it shows."""
    row = items.make()
    longer = longer_named(items, row["shortID"])
    return Gone(row, items.discontinue(row["shortID"]), longer)


def longer_named(items: Items, short_id: str) -> Row | None:
    """A new, active item whose ShortID begins with that of another; None where the target does not take it."""
    body = items.body(f"{short_id}A")
    answer = items.post(body)
    row = items.shown(body["shortID"], answer.member("partNo")) if answer.accepted and "shortID" in body else None
    return None if row is None or is_active(row) is False else row


@pytest.fixture
def gone(discontinued: Gone) -> Gone:
    """The same, for a check that rests on it; raises Blocked where the client may not."""
    rest_on(discontinued.answer)
    require_rights(discontinued.answer)
    return discontinued


@requirement("items.delete-status", sends=0, shares=3)
@asks(DELETE, CREATE, makes=2)
def test_discontinuing_an_item_succeeds(gone: Gone) -> None:
    """Which status it answers is not said."""
    takes("item-delete-status", str(gone.answer.code))

    assert gone.answer.status in range(200, 300)


@requirement("items.discontinue", sends=1, shares=3)
@asks(DELETE, CREATE, ACTIVE, makes=0)
def test_discontinued_item_is_gone_from_the_list(gone: Gone, lists: Lists, access: Access) -> None:
    """The list of items, read to its end."""
    rows = Reader(lists).full(access.specification[ACTIVE]).rows

    listed = [row.get("shortID") for row in rows if row.get("shortID") == gone.row["shortID"]]
    assert listed == []


@requirement("items.discontinue", sends=1, shares=3)
@asks(DELETE, CREATE, ALL, makes=0)
def test_discontinued_item_is_in_the_list_of_all_items(gone: Gone, lists: Lists, access: Access) -> None:
    """By its ShortID, with its number, and discontinued by what the list shows of its state."""
    rows = Reader(lists).full(access.specification[ALL]).rows

    listed = [row for row in rows if row.get("shortID") == gone.row["shortID"]]
    assert [row.get("partNo") for row in listed] == [gone.row.get("partNo")]
    if is_active(listed[0]) is not None:
        assert is_active(listed[0]) is False


@requirement("items.discontinue", sends=1, shares=3)
@asks(DELETE, CREATE, ALL, makes=0)
def test_no_other_item_is_discontinued(gone: Gone, lists: Lists, access: Access) -> None:
    """One whose ShortID begins with that of the item; its state is read in the list of all items."""
    if gone.longer is None:
        raise NotRun(
            Reason.NEEDS_DATA, "the target takes no item whose ShortID is that of another with a letter behind"
        )
    short_id = gone.longer["shortID"]
    rows = Reader(lists).full(access.specification[ALL]).rows

    states = {is_active(row) for row in rows if row.get("shortID") == short_id}
    assert states <= {True, None}, f"{item(gone.longer)} is not active"


@requirement("items.discontinue", sends=2, shares=3)
@asks(DELETE, CREATE, ACTIVE, makes=0)
def test_item_that_is_discontinued_again_does_not_come_back(
    gone: Gone, items: Items, lists: Lists, access: Access
) -> None:
    """Whatever the second request answers, the list of items does not hold the item."""
    again = items.discontinue(gone.row["shortID"])
    takes("item-delete-again", str(again.code))

    rows = Reader(lists).full(access.specification[ACTIVE]).rows
    listed = [row.get("shortID") for row in rows if row.get("shortID") == gone.row["shortID"]]
    assert listed == []


@requirement("items.delete-unknown", sends=1)
@asks(DELETE)
def test_discontinuing_an_item_that_does_not_exist_gets_404(items: Items, workshop: Workshop) -> None:
    """By a ShortID made up for this run."""
    answer = items.discontinue(workshop.unique())

    assert answer.status == 404


# --- updating ---


@dataclass(frozen=True, slots=True)
class Updated:
    """An item before and after a successful update, as it is shown by its ShortID."""

    before: Row
    answer: Answer
    after: Row


@pytest.fixture(scope="session")
def changed(items: Items, asked: Creation, access: Access, workshop: Workshop) -> Updated:
    """The item that was created first, updated a while after that; raises what hinders it."""
    require_created(asked)
    row = asked.shown(items)
    body = items.change(row, f"Changed by {workshop.unique()}")
    # The clock of the target may show whole seconds: an update that follows at once may come in the same one.
    while (young := asked.answer.asked.received + APART - access.wire.clock.now()) > 0:
        time.sleep(young)
    answer = items.put(body)
    if not answer.accepted:
        raise Blocked(Reason.EARLIER_FAILURE, f"an item could not be updated: {answer!r}", cause="items.update")
    after = items.shown(row["shortID"])
    if after is None:
        raise Blocked(
            Reason.EARLIER_FAILURE, f"an item is not found after its update: {answer!r}", cause="items.update"
        )
    return Updated(row, answer, after)


@pytest.fixture
def updated(changed: Updated) -> Updated:
    """The same, for a check that rests on it."""
    rest_on(changed.answer)
    return changed


@requirement("items.update", sends=2, shares=4)
@asks(UPDATE, CREATE)
def test_updating_an_item_changes_it(items: Items) -> None:
    """Its description, by one of several likely bodies, or what the declared example changes; then read."""
    tried = items.tried()
    last = tried[-1]
    rest_on(last.answer)
    require_rights(last.answer)
    if not last.settles and items.updates_by_example and not last.answer.accepted:
        raise Blocked(Reason.EXAMPLE_REFUSED, f"the declared example is refused: {last.answer!r}", cause=UPDATE)
    # A body that is refused, or passed over while others are refused, may not be the one that the target takes.
    if not last.settles and not all(it.answer.accepted for it in tried):
        raise NotRun(Reason.NEEDS_EXAMPLE, NO_BODY)

    assert last.answer.status in range(200, 300)
    assert last.after != last.before
    if last.text is not None:
        assert last.after.get("description") == last.text
    if last.way.name == AS_SHOWN:
        if settled_of(last.after, last.before) != settled_of(last.before, last.before):
            last = items.tried_by_both_names()
            rest_on(last.answer)
        kept = settled_of(last.after, last.before)
        assert kept == settled_of(last.before, last.before)


def settled_of(row: Row, shown: Row) -> Row:
    """What an item shows of the fields that were sent along as they had been shown before."""
    return {name: row.get(name) for name in SETTLED if name in shown}


@requirement("items.update", sends=8, shares=4)
@asks(UPDATE, CREATE, ACTIVE, ONE)
def test_update_shows_by_number_and_in_the_list(items: Items, lists: Lists, world: World, workshop: Workshop) -> None:
    """The description of an item that was read by its number a moment before; in the list it alone has the new one."""
    if items.updates_by_example:
        raise NotRun(Reason.NEEDS_EXAMPLE, f'[examples."{UPDATE}"] says itself what becomes of an item')
    row, text = items.make(), f"Changed by {workshop.unique()}"
    by_number = Request("GET", f"/Item/{row.get('partNo')}")
    if [one.get("shortID") for one in rows_of(world.read(ONE, by_number).json)] != [row["shortID"]]:
        raise Blocked(Reason.EARLIER_FAILURE, f"{item(row)} is not read by its number", cause="items.by-number")
    answer = items.put(items.change(row, text))
    if not answer.accepted:
        raise Blocked(Reason.EARLIER_FAILURE, f"an item could not be updated: {answer!r}", cause="items.update")

    shown = [one.get("description") for one in rows_of(world.read(ONE, by_number).json)]
    assert shown == [text]
    for _ in range(TRIES):
        rows = Reader(lists).full(world.specification[ACTIVE]).rows
        told = [one.get("description") for one in rows if one.get("partNo") == row.get("partNo")]
        if told == [text]:
            break
    assert told in ([text], []), f"{ACTIVE} shows {item(row)}"
    others = [item(one) for one in rows if one.get("description") == text and one.get("partNo") != row.get("partNo")]
    assert others == [], f"{ACTIVE} shows the new description of {item(row)}"


@requirement("items.update", sends=2, shares=4)
@asks(UPDATE, CREATE, ACTIVE, makes=0)
def test_description_is_kept_as_it_was_sent(updated: Updated, items: Items, world: World) -> None:
    """One with quotes, an ampersand and the letters that items show anyway; a target may refuse such a text."""
    if items.updates_by_example:
        raise NotRun(Reason.NEEDS_EXAMPLE, f'[examples."{UPDATE}"] says itself what becomes of an item')
    text = f"3' x 5\" & 50 % {letters_of(world.items)}".strip()
    answer = items.put(items.change(updated.after, text))
    if not answer.accepted:
        raise NotRun(Reason.NEEDS_EXAMPLE, f"the target does not take such a description: {answer!r}")

    shown = items.shown(updated.after["shortID"], updated.after.get("partNo")) or {}
    assert shown.get("description") == text


def letters_of(rows: Iterable[Row]) -> str:
    """Some letters beyond ASCII that rows show: what shows them can keep them."""
    texts = [value for row in rows for value in row.values() if isinstance(value, str)]
    found = dict.fromkeys(letter for text in texts for letter in text if letter.isalpha() and not letter.isascii())
    return "".join(list(found)[:4])


@requirement("pagination.modified-since", sends=3, shares=4)
@asks(UPDATE, CREATE, ACTIVE, makes=0)
def test_item_that_was_updated_is_listed_as_modified(updated: Updated, lists: Lists, access: Access) -> None:
    """The list of items from a second before its modified on, read to its end."""
    since = shortly_before(updated.after.get("modified"))
    if since is None:
        raise NotRun(Reason.NEEDS_DATA, "items do not show when they were modified")
    answer = lists.page(access.specification[ACTIVE], page=1, pageSize=1, modifiedSince=since)
    if answer.code == 400:
        raise NotRun(Reason.NEEDS_DATA, f"the target does not take such a moment: {answer!r}")
    listed: list[Row] = []
    for _ in range(TRIES):
        rows = Reader(lists).full(access.specification[ACTIVE], None, modifiedSince=since).rows
        listed = [row for row in rows if is_it(row, updated.after["shortID"], number_of(updated.after))]
        if listed:
            break
    if not listed:
        require_listed(updated, lists, access)

    assert listed != [], f"{ACTIVE} with modifiedSince={since} does not hold {item(updated.after)}"


def require_listed(updated: Updated, lists: Lists, access: Access) -> None:
    """Require that the list holds an item without modifiedSince; raises Blocked."""
    rows = Reader(lists).full(access.specification[ACTIVE]).rows
    if not any(is_it(row, updated.after["shortID"], number_of(updated.after)) for row in rows):
        message = f"{ACTIVE} does not hold {item(updated.after)}"
        raise Blocked(Reason.EARLIER_FAILURE, message, cause="items.create-found")


@requirement("items.update-status", sends=2, shares=4)
@asks(UPDATE, CREATE, makes=0)
def test_successful_update_answers_200_or_204(updated: Updated) -> None:
    """As a successful reading does, or as the documented change of a location does."""
    takes("item-update-status", str(updated.answer.code))

    assert updated.answer.status in {200, 204}


@requirement("items.number-immutable", sends=0, shares=4)
@asks(UPDATE, CREATE, makes=0)
def test_update_leaves_the_number_as_it_was(updated: Updated) -> None:
    """As it is shown by its ShortID, before and after."""
    assert updated.after.get("partNo") == updated.before.get("partNo")


@requirement("items.update-dates", sends=0, shares=4)
@asks(UPDATE, CREATE, makes=0)
def test_update_advances_modified_and_leaves_created(updated: Updated) -> None:
    """Made some seconds after the creation, so that the difference shows even in whole seconds."""
    before, after = updated.before, updated.after
    if "created" not in before and "modified" not in before:
        raise NotRun(Reason.NEEDS_DATA, "items show neither when they were created nor when they were modified")

    assert told(after.get("created")) == told(before.get("created"))
    earlier, later = told(before.get("modified")), told(after.get("modified"))
    if earlier is None or later is None or len(earlier) != len(later):
        raise NotRun(Reason.NEEDS_DATA, "items show no modified that can be compared")
    assert later >= earlier
    if TO_THE_SECOND.search(after["modified"]):
        assert later > earlier


@requirement("items.dates-ordered", sends=0, shares=4)
@asks(UPDATE, CREATE, makes=0)
def test_updated_item_was_not_modified_before_it_was_created(updated: Updated) -> None:
    """As it is shown by its ShortID after the update."""
    after = updated.after
    if not (after.get("created") and after.get("modified")):
        raise NotRun(Reason.NEEDS_DATA, "items do not show when they were created and modified")

    words = f"created {after['created']}, modified {after['modified']}"
    misfits = Misfits([Misfit(item(after), words)] if is_modified_too_early(after) else [])
    assert misfits == NOTHING


def told(value: object) -> str | None:
    """A moment in the one spelling in which the order of moments is that of texts; None for anything else."""
    point = moment(value)
    if point is None:
        return None
    return (point if point.tzinfo is None else point.astimezone(UTC)).isoformat(timespec="microseconds")


@requirement("items.update-unknown", sends=2, shares=4)
@asks(UPDATE, CREATE, makes=0)
def test_update_of_an_item_that_does_not_exist_gets_404(items: Items, creation: Creation, workshop: Workshop) -> None:
    """The body that updates an item, with a number and a ShortID that no item has."""
    row, short_id, last = creation.shown(items), workshop.unique(), items.tried()[-1]
    if last.settles and not last.changed:
        raise Blocked(Reason.EARLIER_FAILURE, f"no item can be updated: {last!r}", cause="items.update")
    body = items.change(row | {"partNo": UNUSED, "shortID": short_id}, f"Changed by {short_id}")

    answer = items.put(body)
    if answer.accepted:
        items.created.append(short_id)
    assert answer.status == 404
