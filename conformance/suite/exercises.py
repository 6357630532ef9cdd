"""How to make a valid request to each documented operation, and how to see what it changed."""

from __future__ import annotations

import contextlib
import itertools
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from conformance.contract.outcomes import Reason
from conformance.contract.specification import Place
from conformance.errors import Blocked, NoAnswerError, NotRun, Undecided
from conformance.target.answer import rows_of
from conformance.target.file import fill
from conformance.target.recorder import observe
from conformance.target.wire import Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.contract.specification import Operation
    from conformance.target.discovery import World


# How a body that is not understood is refused: 400, or what is unstated but likely; 404 and 409 where a key is missing.
BODY_REFUSED = frozenset({400, 404, 409, 415, 422})


def quoted(value: object) -> str:
    """A value as one segment of a path: a spot or a ShortID may hold a slash, a blank or a percent sign."""
    return quote(str(value), safe="")


def nothing() -> None:
    """Undo nothing."""


@dataclass(frozen=True, slots=True)
class Exercise:
    """One valid request: `state` reads what it would change (None: it only reads), `undo` puts that back.

    Exercises of the same `about` read the same state.
    """

    request: Request
    warehouse: int | None = None
    state: Callable[[], object] | None = None
    about: tuple[object, ...] = ()
    undo: Callable[[], None] = nothing


class Workshop:
    """Makes exercises; creates what writes are tried on, and remembers it for the end of the run."""

    def __init__(self, world: World, run_id: str) -> None:
        self.world = world
        self._prefix = f"CT{run_id}"
        self._numbers = itertools.count(1)
        self.created: list[str] = []
        self._subjects: dict[str, dict[str, Any]] = {}
        self._held: dict[tuple[int, str], None] = {}
        self._placeholders: dict[tuple[int, int | None], dict[str, Any]] = {}
        self._lock = threading.RLock()
        self._reading: str | None = None
        self._update: Callable[[dict[str, Any], str], dict[str, Any]] | None = None
        self._makers: dict[str, Callable[[int | None, int | None], Exercise]] = {
            "POST /Item": self._create_item,
            "PUT /Item": self._update_item,
            "DELETE /Item/{item}": self._discontinue_item,
            "POST /Location/Hold": self._hold,
            "POST /Location/Release": self._release,
            "POST /Inventory/Receive": self._stock("POST /Inventory/Receive"),
            "POST /Inventory/Move": self._stock("POST /Inventory/Move"),
            "POST /Inventory/Issue": self._stock("POST /Inventory/Issue"),
        }

    def unique(self) -> str:
        """A fresh short text with the run's prefix; never a number, so that it is no partNo either."""
        return f"{self._prefix}-{next(self._numbers):03d}"

    def make(self, operation: Operation, warehouse: int | None = None, destination: int | None = None) -> Exercise:
        """A valid request to an operation, in a warehouse where the operation has one.

        Raises NotRun where the target holds nothing to ask about or its file declares no example, Blocked where
        reading or creating what is needed fails.
        """
        try:
            return self._make(operation, warehouse, destination)
        except NoAnswerError as error:
            raise Blocked(Reason.PREPARATION_FAILED, str(error), cause=f"preparing {operation.label}") from error

    def _make(self, operation: Operation, warehouse: int | None, destination: int | None) -> Exercise:
        with self._lock:
            if operation.warehouse is not None and warehouse is None:
                warehouse = self.some_warehouse()
            maker = self._makers.get(operation.label)
            if maker is not None:
                return maker(warehouse, destination)
            if operation.is_write:
                return self._stock(operation.label)(warehouse, destination)
            return self._reading_exercise(operation, warehouse)

    def some_warehouse(self) -> int:
        """A warehouse with stock that may be moved, else any."""
        for warehouse in self.world.warehouses:
            with contextlib.suppress(Undecided):
                if self.world.lots_once(warehouse):
                    return warehouse
        if not self.world.warehouses:
            raise NotRun(Reason.NEEDS_DATA, "the target shows no warehouse; name some under [data] warehouses")
        return self.world.warehouses[0]

    # --- reading ---

    def _reading_exercise(self, operation: Operation, warehouse: int | None) -> Exercise:
        path = operation.path
        params: dict[str, Any] = {"page": 1, "pageSize": 10} if operation.listing else {}
        for parameter in operation.parameters:
            if parameter.place is Place.PATH:
                path = path.replace(
                    "{" + parameter.name + "}", quoted(self._value(operation, parameter.name, warehouse))
                )
            elif parameter.required:
                params[parameter.name] = self._value(operation, parameter.name, warehouse)
        place = operation.warehouse
        if place is not None and place.filters and place.name and warehouse is not None:
            params[place.name] = warehouse
        return Exercise(Request("GET", path, params=params or None), warehouse)

    def _value(self, operation: Operation, name: str, warehouse: int | None) -> Any:
        place = next((place for place in operation.warehouses if place.name == name), None)
        if place is not None and warehouse is not None:
            return self._spot(warehouse) if place.via else warehouse
        if operation.report is not None and operation.report.name == name:
            if not self.world.reports:
                raise NotRun(Reason.NEEDS_DATA, "the target shows no report; name some under [data] reports")
            return self.world.reports[0]
        if operation.label == "GET /Item/{item}":
            return self.world.item["partNo"]
        raise NotRun(Reason.NEEDS_EXAMPLE, f"nothing is known to put for {name} of {operation.label}")

    def report_request(self, operation: Operation, report: int) -> Request:
        """The request that runs one report."""
        assert operation.report is not None
        path = operation.path.replace("{" + str(operation.report.name) + "}", str(report))
        return Request("GET", path, params={"page": 1, "pageSize": 10})

    def _spot(self, warehouse: int) -> str:
        spots = self.world.spots(warehouse)
        if not spots:
            raise NotRun(Reason.NEEDS_DATA, f"warehouse {warehouse} shows no spot that exists in no other warehouse")
        return spots[0]

    # --- items ---

    def _create_item(self, _warehouse: int | None, _destination: int | None) -> Exercise:
        short_id = self.unique()
        return Exercise(
            Request("POST", "/Item", json=self._new_item(short_id)),
            state=lambda: self.world.find_item(short_id) is not None,
            about=("item exists", short_id),
            undo=lambda: self.created.append(short_id),
        )

    def _new_item(self, short_id: str) -> dict[str, Any]:
        example = self.world.target.examples.get("POST /Item")
        if example is not None:
            values = {"unique": short_id, "partNo": self.world.item["partNo"], "shortID": short_id}
            filled: dict[str, Any] = fill(example, values)
            return filled if "shortID" not in filled else filled | {"shortID": short_id}
        return self._body_of_new_item(short_id, self._reading or self._learn_reading())

    def _body_of_new_item(self, short_id: str, reading: str) -> dict[str, Any]:
        body: dict[str, Any] = {"shortID": short_id, "description": f"Conformance test item {short_id}"}
        if reading == "quickstart":
            return body | {"unit": self.world.unit, "categoryID": self.world.category}
        return body | {"uOM": self.world.unit, "category": self.world.category}

    def _learn_reading(self) -> str:
        """Find out which of the two documented sets of field names creates an item (api-facts 19.1)."""
        session = self.world.able(self.world.specification["POST /Item"])
        refusals = []
        for reading in ("quickstart", "items page"):
            short_id = self.unique()
            answer = session.ask(Request("POST", "/Item", json=self._body_of_new_item(short_id, reading)))
            if answer.accepted:
                self.created.append(short_id)
                self._reading = reading
                return reading
            refusals.append(repr(answer))
        raise Blocked(
            Reason.PREPARATION_FAILED, "no item could be created: " + "; ".join(refusals), cause="creating an item"
        )

    def create(self) -> dict[str, Any]:
        """Create an item and return it as the target shows it; raises Blocked."""
        exercise = self._create_item(None, None)
        short_id = str(exercise.request.json.get("shortID"))
        answer = self.world.able(self.world.specification["POST /Item"]).ask(exercise.request)
        if not answer.accepted:
            raise Blocked(Reason.PREPARATION_FAILED, f"no item could be created: {answer!r}", cause="creating an item")
        self.created.append(short_id)
        row = self.world.find_item(short_id)
        if row is None:
            raise Blocked(
                Reason.PREPARATION_FAILED,
                f"item {short_id} was created but cannot be found by its shortID",
                cause="creating an item",
            )
        return row

    def _subject(self, use: str) -> dict[str, Any]:
        """The item that one use tries its writes on, until `renew` says that it was changed."""
        if use not in self._subjects:
            self._subjects[use] = self.create()
        return self._subjects[use]

    def renew(self, use: str) -> None:
        """Take another item, or another lot, for the next write of one use."""
        self._subjects.pop(use, None)

    def _update_item(self, _warehouse: int | None, _destination: int | None) -> Exercise:
        subject = self._subject("update")
        make = self._update or self._learn_update()
        short_id = subject["shortID"]
        return Exercise(
            Request("PUT", "/Item", json=make(subject, f"Changed by {self.unique()}")),
            state=lambda: self._shown(short_id),
            about=("item", short_id),
        )

    def _shown(self, short_id: str) -> str:
        return repr(self.world.find_item(short_id))

    def _learn_update(self) -> Callable[[dict[str, Any], str], dict[str, Any]]:
        """Find a body that updates an item; the documentation gives none (api-facts 19.1, row 9)."""
        session = self.world.able(self.world.specification["PUT /Item"])
        for name, make in self._ways_to_update():
            scratch = self._subject("scratch")
            text = f"Changed by {self.unique()}"
            answer = session.ask(Request("PUT", "/Item", json=make(scratch, text)))
            if answer.code not in BODY_REFUSED and not answer.accepted:
                # It is not the body that is refused: whoever asks is to see this answer.
                self._update = make
                return make
            if answer.accepted and (self.world.find_item(scratch["shortID"]) or {}).get("description") == text:
                observe("item.update-body", f"PUT /Item takes {name}")
                self._update = make
                return make
        raise NotRun(
            Reason.NEEDS_EXAMPLE,
            'the documentation gives no body for PUT /Item and none of the likely ones changed an item; give one as [examples."PUT /Item"]',
        )

    def _ways_to_update(self) -> list[tuple[str, Callable[[dict[str, Any], str], dict[str, Any]]]]:
        example = self.world.target.examples.get("PUT /Item")
        if example is not None:

            def filled(row: dict[str, Any], text: str) -> dict[str, Any]:
                body: dict[str, Any] = fill(
                    example, {"partNo": row.get("partNo"), "shortID": row["shortID"], "unique": text}
                )
                return body

            return [("the declared example", filled)]

        def keys(row: dict[str, Any]) -> dict[str, Any]:
            return {name: row[name] for name in ("partNo", "shortID") if name in row}

        unit, category = self.world.unit, self.world.category
        return [
            ("the item as it is shown", lambda row, text: row | {"description": text}),
            (
                "the fields of the quickstart page",
                lambda row, text: keys(row) | {"description": text, "unit": unit, "categoryID": category},
            ),
            (
                "the fields of the items page",
                lambda row, text: keys(row) | {"description": text, "uOM": unit, "category": category},
            ),
            ("partNo, shortID and what changes", lambda row, text: keys(row) | {"description": text}),
            ("partNo and what changes", lambda row, text: {"partNo": row.get("partNo"), "description": text}),
            ("shortID and what changes", lambda row, text: {"shortID": row["shortID"], "description": text}),
        ]

    def _discontinue_item(self, _warehouse: int | None, _destination: int | None) -> Exercise:
        def active(row: dict[str, Any] | None) -> bool:
            return row is not None and row.get("discontinued") is not True and row.get("active") is not False

        short_id = self._subject("discontinue")["shortID"]
        return Exercise(
            Request("DELETE", f"/Item/{short_id}"),
            state=lambda: active(self.world.find_item(short_id)),
            about=("item is active", short_id),
            undo=lambda: self.renew("discontinue"),
        )

    def restore(self) -> None:
        """Release every spot and discontinue every item that is the suite's own doing, as far as the target lets us."""
        with contextlib.suppress(Undecided, NoAnswerError):
            self.release_all()
        operation = self.world.specification.by_label.get("DELETE /Item/{item}")
        if operation is None or not self.created:
            return
        with contextlib.suppress(Undecided, NoAnswerError):
            session = self.world.able(operation)
            for short_id in dict.fromkeys(self.created):
                session.ask(Request("DELETE", f"/Item/{short_id}"))

    # --- locations ---

    def _hold(self, warehouse: int | None, _destination: int | None) -> Exercise:
        return self._hold_exercise("Hold", warehouse, held=False)

    def _release(self, warehouse: int | None, _destination: int | None) -> Exercise:
        return self._hold_exercise("Release", warehouse, held=True)

    def _hold_exercise(self, verb: str, warehouse: int | None, *, held: bool) -> Exercise:
        """Hold a free spot, or release one that the suite has put on hold itself; undo leaves it free."""
        assert warehouse is not None
        free = self.world.free_spots(warehouse)
        if not free:
            raise NotRun(Reason.NEEDS_DATA, f"warehouse {warehouse} shows no active spot that is not on hold")
        spot = free[-1]
        self._set_hold(warehouse, spot, "Hold" if held else "Release")
        return Exercise(
            Request("POST", f"/Location/{verb}", params={"id": spot}),
            warehouse,
            state=lambda: self._is_held(warehouse, spot),
            about=(f"spot before {verb}", warehouse, spot),
            undo=lambda: self._set_hold(warehouse, spot, "Release"),
        )

    def release_all(self) -> None:
        """Release every spot that the suite has put on hold."""
        for warehouse, spot in list(self._held):
            self._set_hold(warehouse, spot, "Release")

    def _is_held(self, warehouse: int, spot: str) -> object:
        answer = self.world.read("GET /Location/{spot}", Request("GET", f"/Location/{quoted(spot)}"), (warehouse,))
        return answer.member("hold")

    def _set_hold(self, warehouse: int, spot: str, verb: str) -> None:
        wanted = verb == "Hold"
        if wanted:
            self._held[warehouse, spot] = None
        else:
            self._held.pop((warehouse, spot), None)
        if self._is_held(warehouse, spot) is wanted:
            return
        operation = self.world.specification[f"POST /Location/{verb}"]
        answer = self.world.able(operation, (warehouse,)).ask(Request("POST", f"/Location/{verb}", params={"id": spot}))
        if not answer.accepted:
            raise Blocked(
                Reason.PREPARATION_FAILED, f"spot {spot} could not be prepared: {answer!r}", cause=operation.label
            )

    # --- stock, and every other write: by the declared example ---

    def _stock(self, label: str) -> Callable[[int | None, int | None], Exercise]:
        def make(warehouse: int | None, destination: int | None) -> Exercise:
            example = self.world.target.examples.get(label)
            if example is None:
                raise NotRun(
                    Reason.NEEDS_EXAMPLE,
                    f'the documentation gives no body for {label}; give one as [examples."{label}"]',
                )
            place = self.some_warehouse() if warehouse is None else warehouse
            values = self._values_of(place, destination) | {"unique": self.unique()}
            method, path = label.split(" ", 1)
            concerned = sorted({place, place if destination is None else destination})
            return Exercise(
                Request(method, path, json=fill(example, values)),
                place,
                state=lambda: [self._stock_of(number, values.get("partNo")) for number in concerned],
                about=("stock", *concerned, values.get("partNo")),
                undo=self._placeholders.clear,
            )

        return make

    def _values_of(self, warehouse: int, destination: int | None) -> dict[str, Any]:
        """Values for the placeholders, the same until a write went through."""
        key = (warehouse, destination)
        if key not in self._placeholders:
            self._placeholders[key] = self.world.placeholders(warehouse, destination)
        return self._placeholders[key]

    def _stock_of(self, warehouse: int, part_no: object) -> list[str]:
        request = Request("GET", f"/Inventory/{warehouse}", params={"page": 1, "pageSize": 250})
        rows = rows_of(self.world.read("GET /Inventory/{wid}", request, (warehouse,)).json)
        shown = ("recNo", "spot", "units", "wID", "shipped", "active")
        return sorted(repr([row.get(name) for name in shown]) for row in rows if row.get("partNo") == part_no)
