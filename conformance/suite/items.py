"""The items that the suite makes: with which body the target takes a new one, and with which a changed one."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, NoAnswerError, NotRun, Undecided
from conformance.suite.item_rows import short_id_of
from conformance.target.answer import Answer, rows_of
from conformance.target.examples import fill, placeholders
from conformance.target.recorder import observe
from conformance.target.wire import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.target.discovery import World

    Row = dict[str, Any]

CREATE, READ, UPDATE, DELETE = "POST /Item", "GET /Item/{item}", "PUT /Item", "DELETE /Item/{item}"
# How a body that is not understood is refused: 400, or what is unstated but likely; 404 and 409 where a key is missing.
BODY_REFUSED = frozenset({400, 404, 409, 415, 422})
QUICKSTART, ITEMS_PAGE, EXAMPLE = "quickstart", "items page", "example"
AS_SHOWN = "the item as it is shown"
NO_BODY = 'the documentation gives no body for PUT /Item and none of the likely ones changed an item; give one as [examples."PUT /Item"]'
NO_KEY = (
    '[examples."PUT /Item"] does not say which item it changes; write its partNo = "{partNo}" or shortID = "{shortID}"'
)


@dataclass(frozen=True, slots=True)
class Way:
    """One body that may update an item: what it is called, and how it is made of the item as shown and a new text."""

    name: str
    make: Callable[[Row, str], Row]


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one way to update an item: the answer, and how the item was shown before and afterwards.

    `text` is the description that the item was to have; None where the declared example says what changes.
    """

    way: Way
    answer: Answer
    before: Row
    after: Row
    text: str | None

    @property
    def changed(self) -> bool:
        """Whether the item is now as it was to be."""
        if not self.answer.accepted or not self.after:
            return False
        return self.after.get("description") == self.text if self.text is not None else self.after != self.before

    @property
    def settles(self) -> bool:
        """Whether no other way needs to be tried: it works, or it is not the body that is refused."""
        return self.changed or (not self.answer.accepted and self.answer.code not in BODY_REFUSED)

    def __repr__(self) -> str:
        became = "" if not self.answer.accepted else ", changed" if self.changed else ", nothing changed"
        return f"{self.way.name}: {self.answer!r}{became}"


class Items:
    """Creates and changes items; remembers what it created, to be discontinued at the end of the run."""

    def __init__(self, world: World, unique: Callable[[], str]) -> None:
        self._world = world
        self._unique = unique
        self._subjects: dict[str, Row] = {}
        self._tried: tuple[Tried, ...] = ()
        self._refused: Blocked | None = None
        self.created: list[str] = []
        self.names: str | None = None
        """Whose field names create an item, as specs/readings.yaml calls them; None before one was created."""

    # --- a new one ---

    def body(self, short_id: str) -> Row:
        """The body that creates an item; raises Blocked where the target takes neither of the documented ones."""
        example = self._world.target.examples.get(CREATE)
        if example is None:
            return self._plain(short_id, self.names or self._learn_names())
        self.names = EXAMPLE
        values = {"unique": short_id, "shortID": short_id}
        if "partNo" in placeholders(example):
            values["partNo"] = self._world.item["partNo"]
        filled: Row = fill(example, values)
        return filled if "shortID" not in filled else filled | {"shortID": short_id}

    def _plain(self, short_id: str, names: str) -> Row:
        body: Row = {"shortID": short_id, "description": f"Test item {short_id}"}
        if names == QUICKSTART:
            return body | {"unit": self._world.unit, "categoryID": self._world.category}
        return body | {"uOM": self._world.unit, "category": self._world.category}

    def _learn_names(self) -> str:
        """Find out which of the two documented sets of field names creates an item."""
        if self._refused is not None:
            raise self._refused
        refusals = []
        for names in (QUICKSTART, ITEMS_PAGE):
            answer = self.post(self._plain(self._unique(), names))
            if answer.accepted:
                self.names = names
                return names
            if answer.code not in BODY_REFUSED:
                # It is not the body that is refused: whoever asks is to see this answer.
                return names
            refusals.append(repr(answer))
        self._refused = Blocked(
            Reason.PREPARATION_FAILED,
            f'no item could be created: {"; ".join(refusals)}; give a body that the target takes as [examples."{CREATE}"]',
            cause="creating an item",
        )
        raise self._refused

    def post(self, body: Row) -> Answer:
        """Ask for an item to be created, as a client that may; what was created is remembered."""
        answer = self._world.able(self._world.specification[CREATE]).ask(Request("POST", "/Item", json=body))
        if answer.accepted:
            made = next(iter(rows_of(answer.json)), {})
            self.created.extend(name for name in (short_id_of(body), short_id_of(made)) if name)
        return answer

    def make(self) -> Row:
        """Create an item and give it as the target shows it; raises Blocked."""
        body = self.body(self._unique())
        answer = self.post(body)
        if not answer.accepted:
            raise Blocked(Reason.PREPARATION_FAILED, f"no item could be created: {answer!r}", cause="creating an item")
        short_id = short_id_of(body) or short_id_of(next(iter(rows_of(answer.json)), {})) or ""
        row = self.shown(short_id, answer.member("partNo"))
        if row is None or short_id_of(row) is None:
            raise Blocked(
                Reason.PREPARATION_FAILED,
                f"item {short_id} was created but is found neither by its ShortID nor by its number",
                cause="creating an item",
            )
        return row

    def shown(self, short_id: str, number: object = None) -> Row | None:
        """An item as the target shows it by its ShortID, else by its number; None where it shows it in neither way."""
        with contextlib.suppress(Blocked, NoAnswerError):
            row = self._world.find_item(short_id)
            if row is not None:
                return row
        operation = self._world.specification.by_label.get(READ)
        if operation is None or type(number) is not int:
            return None
        with contextlib.suppress(NotRun, NoAnswerError):
            answer = self._world.able(operation).ask(Request("GET", f"/Item/{number}"))
            rows = rows_of(answer.json) if answer.accepted else []
            return next((row for row in rows if row.get("partNo") == number), None)
        return None

    def subject(self, use: str) -> Row:
        """The item that one use tries its writes on, until `renew` says that it was changed."""
        if use not in self._subjects:
            self._subjects[use] = self.make()
        return self._subjects[use]

    def renew(self, use: str) -> None:
        """Take another item for the next write of one use."""
        self._subjects.pop(use, None)

    # --- a changed one ---

    def put(self, body: Row) -> Answer:
        """Ask for an item to be updated, as a client that may."""
        return self._world.able(self._world.specification[UPDATE]).ask(Request("PUT", "/Item", json=body))

    @property
    def updates_by_example(self) -> bool:
        """Whether the target file declares how an item is updated."""
        return UPDATE in self._world.target.examples

    def change(self, row: Row, text: str) -> Row:
        """The body that updates an item; raises NotRun where none is known, Blocked where an update has no effect."""
        tried = self.tried()
        if tried[-1].settles:
            return tried[-1].way.make(row, text)
        if self.updates_by_example and not tried[-1].answer.accepted:
            raise Blocked(
                Reason.EXAMPLE_REFUSED, f"the declared example is refused: {tried[-1].answer!r}", cause=UPDATE
            )
        if all(it.answer.accepted for it in tried):
            raise Blocked(
                Reason.EARLIER_FAILURE, f"an update is accepted and changes nothing: {tried[0]!r}", cause="items.update"
            )
        raise NotRun(Reason.NEEDS_EXAMPLE, NO_BODY)

    def tried(self) -> tuple[Tried, ...]:
        """The ways to update an item that were tried, once in a run, up to the first that settles it.

        The documentation shows no body of an update, so that several are likely.
        """
        if not self._tried:
            self._tried = tuple(self._try_all())
        if self._tried[-1].changed:
            observe("item.update-body", f"PUT /Item takes {self._tried[-1].way.name}")
        return self._tried

    def _try_all(self) -> Iterator[Tried]:
        for way in self._ways():
            tried = self._try(way)
            yield tried
            if tried.settles:
                self.renew("scratch")
                return

    def tried_by_both_names(self) -> Tried:
        """An update by the item as it is shown, with category and unit under the names of both pages: either's may be read."""
        return self._try(Way(AS_SHOWN, lambda row, text: _named_twice(row) | {"description": text}))

    def _try(self, way: Way) -> Tried:
        scratch, text = self.subject("scratch"), f"Changed by {self._unique()}"
        answer = self.put(way.make(scratch, text))
        after = self.shown(scratch["shortID"], scratch.get("partNo")) or {} if answer.accepted else scratch
        return Tried(way, answer, _lasting(scratch), _lasting(after), None if self.updates_by_example else text)

    def _ways(self) -> list[Way]:
        if self.updates_by_example:
            example = self._world.target.examples[UPDATE]
            if not {"partNo", "shortID"} & set(placeholders(example)):
                raise NotRun(Reason.NEEDS_EXAMPLE, NO_KEY)
            return [Way("the declared example", lambda row, text: _filled(example, row, text))]
        unit, category = self._world.unit, self._world.category
        return [
            Way(AS_SHOWN, lambda row, text: row | {"description": text}),
            Way(
                "the fields of the quickstart page",
                lambda row, text: _keys(row) | {"description": text, "unit": unit, "categoryID": category},
            ),
            Way(
                "the fields of the items page",
                lambda row, text: _keys(row) | {"description": text, "uOM": unit, "category": category},
            ),
            Way("partNo, shortID and what changes", lambda row, text: _keys(row) | {"description": text}),
            Way("partNo and what changes", lambda row, text: {"partNo": row.get("partNo"), "description": text}),
            Way("shortID and what changes", lambda row, text: {"shortID": row["shortID"], "description": text}),
        ]

    # --- the end ---

    def discontinue(self, short_id: str) -> Answer:
        """Ask for an item to be discontinued, as a client that may."""
        return self._world.able(self._world.specification[DELETE]).ask(
            Request("DELETE", f"/Item/{quote(short_id, safe='')}")
        )

    def restore(self) -> None:
        """Discontinue what was created, as far as the target lets us."""
        if DELETE not in self._world.specification:
            return
        with contextlib.suppress(Undecided, NoAnswerError):
            for short_id in dict.fromkeys(self.created):
                self.discontinue(short_id)


def _lasting(row: Row) -> Row:
    """An item without what changes by itself with each update."""
    return {name: value for name, value in row.items() if name != "modified"}


def _named_twice(row: Row) -> Row:
    """An item with its category and unit under the names of both pages."""
    found: Row = {}
    for names in (("category", "categoryID"), ("uOM", "unit")):
        told = [row[name] for name in names if name in row]
        found |= dict.fromkeys(names, told[0]) if told else {}
    return row | found


def _keys(row: Row) -> Row:
    return {name: row[name] for name in ("partNo", "shortID") if name in row}


def _filled(example: Any, row: Row, text: str) -> Row:
    body: Row = fill(example, {"partNo": row.get("partNo"), "shortID": row["shortID"], "unique": text})
    return body
