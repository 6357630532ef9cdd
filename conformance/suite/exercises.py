"""How to make a valid request to each documented operation, and how to see what it changed."""

from __future__ import annotations

import contextlib
import itertools
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from conformance.contract.outcomes import Reason
from conformance.contract.permissions import expected
from conformance.contract.specification import Place
from conformance.errors import Blocked, NoAnswerError, NotRun, Undecided
from conformance.suite.holds import Holds
from conformance.suite.item_rows import is_active
from conformance.suite.items import Items
from conformance.suite.movements import ISSUE, MOVE, OF_A_LOT, RECEIVE
from conformance.suite.subscription_updates import Updates
from conformance.suite.subscriptions import Subscriptions, is_owned
from conformance.target.answer import rows_of
from conformance.target.examples import fill, placeholders
from conformance.target.wire import Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.contract.specification import Operation
    from conformance.target.discovery import World
    from conformance.target.session import Session


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
        self.items = Items(world, self.unique)
        self.created = self.items.created
        self.subscriptions = Subscriptions(world, self.unique, self._prefix)
        self.updates = Updates(world, self.subscriptions, self.unique)
        self.holds = Holds(world)
        self._placeholders: dict[tuple[int, int | None], dict[str, Any]] = {}
        self._lock = threading.RLock()
        self._makers: dict[str, Callable[[int | None, int | None], Exercise]] = {
            "POST /Item": self._create_item,
            "PUT /Item": self._update_item,
            "DELETE /Item/{item}": self._discontinue_item,
            "POST /Location/Hold": self._hold,
            "POST /Location/Release": self._release,
            "POST /Inventory/Receive": self._stock("POST /Inventory/Receive"),
            "POST /Inventory/Move": self._stock("POST /Inventory/Move"),
            "POST /Inventory/Issue": self._stock("POST /Inventory/Issue"),
            "POST /Webhook": self._subscribe,
            "PUT /Webhook/{id}": self._change_subscription,
            "DELETE /Webhook/{id}": self._unsubscribe,
            "POST /Webhook/{id}/test": self._try_subscription,
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

    def some_write(self, session: Session) -> Exercise:
        """A write that a client may do, wherever its warehouses are; raises NotRun where there is none."""
        target = self.world.target
        if not target.limits.writes:
            raise NotRun(Reason.WRITES_OFF)
        # An update first: it leaves nothing behind.
        for operation in sorted(self.world.specification, key=lambda operation: operation.method != "PUT"):
            if not operation.is_write or not operation.secured or operation.warehouses or is_owned(operation):
                continue
            if operation.resource in target.resources and expected(session.rights, operation).allowed:
                with contextlib.suppress(Undecided):
                    return self.make(operation)
        raise NotRun(Reason.NEEDS_CLIENT, f"client {session.name} may do no write that needs no warehouse")

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
        if is_owned(operation):
            return self.subscriptions.readable()
        key = self.world.some_key(operation.resource)
        if key is not None:
            return key
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
            Request("POST", "/Item", json=self.items.body(short_id)),
            state=lambda: self.world.find_item(short_id) is not None,
            about=("item exists", short_id),
            undo=lambda: self.created.append(short_id),
        )

    def create(self) -> dict[str, Any]:
        """Create an item and return it as the target shows it; raises Blocked."""
        return self.items.make()

    def renew(self, use: str) -> None:
        """Take another item, or another lot, for the next write of one use."""
        self.items.renew(use)

    def _update_item(self, _warehouse: int | None, _destination: int | None) -> Exercise:
        subject = self.items.subject("update")
        body = self.items.change(subject, f"Changed by {self.unique()}")
        short_id = subject["shortID"]
        return Exercise(
            Request("PUT", "/Item", json=body),
            state=lambda: repr(self.world.find_item(short_id)),
            about=("item", short_id),
        )

    def _discontinue_item(self, _warehouse: int | None, _destination: int | None) -> Exercise:
        def active(row: dict[str, Any] | None) -> bool:
            return row is not None and is_active(row) is not False

        short_id = self.items.subject("discontinue")["shortID"]
        return Exercise(
            Request("DELETE", f"/Item/{quoted(short_id)}"),
            state=lambda: active(self.world.find_item(short_id)),
            about=("item is active", short_id),
            undo=lambda: self.renew("discontinue"),
        )

    def restore(self) -> None:
        """Release, delete and discontinue what is the suite's own doing, as far as the target lets us."""
        self.subscriptions.restore()
        with contextlib.suppress(Undecided, NoAnswerError):
            self.release_all()
        self.items.restore()

    # --- webhooks ---

    def _subscribe(self, _warehouse: int | None, _destination: int | None) -> Exercise:
        return Exercise(
            Request("POST", "/Webhook", json=self.subscriptions.body()),
            state=self.subscriptions.census,
            about=("subscriptions",),
            undo=self.subscriptions.forget_strangers,
        )

    def _change_subscription(self, _warehouse: int | None, _destination: int | None) -> Exercise:
        number = self.subscriptions.subject()
        return Exercise(
            Request("PUT", f"/Webhook/{number}", json=self.updates.body(number)),
            state=lambda: self.subscriptions.shown(number),
            about=("subscription", number),
        )

    def _unsubscribe(self, _warehouse: int | None, _destination: int | None) -> Exercise:
        number = self.subscriptions.subject()
        return Exercise(
            Request("DELETE", f"/Webhook/{number}"),
            state=lambda: self.subscriptions.is_there(number),
            about=("subscription is there", number),
            undo=lambda: self.subscriptions.gone(number),
        )

    def _try_subscription(self, _warehouse: int | None, _destination: int | None) -> Exercise:
        return Exercise(Request("POST", f"/Webhook/{self.subscriptions.subject()}/test"))

    # --- locations ---

    def _hold(self, warehouse: int | None, _destination: int | None) -> Exercise:
        return self._hold_exercise("Hold", warehouse, held=False)

    def _release(self, warehouse: int | None, _destination: int | None) -> Exercise:
        return self._hold_exercise("Release", warehouse, held=True)

    def _hold_exercise(self, verb: str, warehouse: int | None, *, held: bool) -> Exercise:
        """Hold a free spot, or release one that the suite has put on hold itself; undo leaves it free."""
        assert warehouse is not None
        spot = self.holds.spot(warehouse)
        self.holds.prepare(warehouse, spot, held=held)
        return Exercise(
            Request("POST", f"/Location/{verb}", params={"id": spot}),
            warehouse,
            state=lambda: self.holds.is_held(warehouse, spot),
            about=(f"spot before {verb}", warehouse, spot),
            undo=lambda: self.holds.prepare(warehouse, spot, held=False),
        )

    def release_all(self) -> None:
        """Release every spot that the suite has put on hold."""
        self.holds.release_all()

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
            if label == RECEIVE:
                values = self.world.receivable(values)
            elif label in {MOVE, ISSUE} and set(OF_A_LOT) & set(placeholders(example)):
                # What cannot be done with anybody's rights may be refused for that before rights are looked at.
                self.world.lot(place)
            method, path = label.split(" ", 1)
            concerned = sorted({place, place if destination is None else destination})

            def stock() -> object:
                return [self._stock_of(number, values.get("partNo")) for number in concerned]

            state = stock if "Inventory" in self.world.target.resources else None
            return Exercise(
                Request(method, path, json=fill(example, values)),
                place,
                state=state,
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
