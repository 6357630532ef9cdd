"""What a target holds, found by reading: items, warehouses, spots, lots, reports."""

from __future__ import annotations

import contextlib
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from conformance.contract.outcomes import Reason
from conformance.contract.permissions import expected
from conformance.errors import Blocked, NoAnswerError, NotRun
from conformance.target.answer import ABSENT, Answer, rows_of
from conformance.target.wire import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from conformance.contract.specification import Operation, Specification
    from conformance.target.file import Target
    from conformance.target.session import Session

T = TypeVar("T", int, str)

# A page large enough to find something of every kind, within the documented maximum of every list.
PAGE = 250
NO_ALIASES = 'the target file names no alias; name one under [data] as aliases = { "OLD-NAME" = "SHORT-ID" }'


class World:
    """Reads what checks need to know of the target's data, each thing once."""

    def __init__(self, target: Target, specification: Specification, sessions: Mapping[str, Session]) -> None:
        self.target = target
        self.specification = specification
        self.sessions = sessions
        self._cache: dict[object, list[dict[str, Any]]] = {}

    # --- who may ask ---

    def able(self, operation: Operation, warehouses: Iterable[int] = (), report: int | None = None) -> Session:
        """The client with the widest rights that may perform an operation; raises NotRun where there is none."""
        touched = tuple(warehouses)
        # A leased client may be disabled at this moment; it is asked only where there is no other.
        for session in sorted(self.by_width, key=lambda session: session.leased):
            everywhere = touched or not operation.warehouses or not session.rights.warehouses.limited
            if everywhere and session.unusable is None and expected(session.rights, operation, touched, report).allowed:
                return session
        where = f" in warehouse {', '.join(map(str, touched))}" if touched else ""
        raise NotRun(
            Reason.NEEDS_CLIENT,
            f"no declared client may do {operation.label}{where}: add one with permission {operation.permission}"
            + (" that is not read-only" if operation.is_write else ""),
        )

    @cached_property
    def by_width(self) -> tuple[Session, ...]:
        """All clients, those with the widest rights first, expendable ones after the others."""

        def narrowness(session: Session) -> tuple[bool, ...]:
            rights = session.rights
            limits = (rights.permissions.limited, rights.read_only, rights.warehouses.limited, rights.reports.limited)
            return (any(limits), session.client.expendable, *limits)

        return tuple(sorted(self.sessions.values(), key=narrowness))

    def read(self, label: str, request: Request, warehouses: Iterable[int] = ()) -> Answer:
        """Read something as a client that may; raises Blocked where the target refuses, NotRun where nobody may."""
        if label not in self.specification:
            raise NotRun(Reason.NEEDS_DATA, f"the specification has no {label}")
        resource = self.specification[label].resource
        if resource not in self.target.resources:
            raise NotRun(Reason.NEEDS_DATA, f"the target does not declare the resource {resource}")
        session = self.able(self.specification[label], warehouses)
        try:
            answer = session.ask(request)
        except NoAnswerError as error:
            raise Blocked(Reason.PREPARATION_FAILED, str(error), cause=f"reading {label}") from error
        if not answer.accepted:
            raise Blocked(
                Reason.PREPARATION_FAILED, f"reading what the target holds failed: {answer!r}", cause=f"reading {label}"
            )
        return answer

    def _rows(self, label: str, path: str, warehouses: Iterable[int] = (), **params: object) -> list[dict[str, Any]]:
        answer = self.read(label, Request("GET", path, params={"page": 1, "pageSize": PAGE} | params), warehouses)
        return rows_of(answer.json)

    # --- items ---

    @cached_property
    def items(self) -> list[dict[str, Any]]:
        """Active items of the first page."""
        return self._rows("GET /Item", "/Item")

    @property
    def item(self) -> dict[str, Any]:
        """One active item that has a number and a shortID; raises NotRun where there is none."""
        for row in self.items:
            if isinstance(row.get("partNo"), int) and isinstance(row.get("shortID"), str):
                return row
        raise NotRun(Reason.NEEDS_DATA, "the target lists no active item with partNo and shortID")

    @property
    def category(self) -> int:
        """The category of some item."""
        return self._of_some_item(("category", "categoryID"), 1)

    @property
    def unit(self) -> str:
        """The unit of measure of some item."""
        return self._of_some_item(("uOM", "unit"), "EA")

    def _of_some_item(self, names: tuple[str, ...], otherwise: T) -> T:
        for row in self.items:
            for name in names:
                value = row.get(name)
                if value and type(value) is type(otherwise):
                    return value
        return otherwise

    def find_item(self, short_id: str) -> dict[str, Any] | None:
        """The item of a shortID as the target shows it, or None; both documented shapes are understood."""
        operation = self.specification["GET /Item"]
        answer = self.able(operation).ask(Request("GET", "/Item", params={"key": short_id, "type": "id"}))
        if answer.code >= 500 or answer.code in {401, 403}:
            raise Blocked(
                Reason.PREPARATION_FAILED, f"an item cannot be looked up: {answer!r}", cause="reading GET /Item"
            )
        return next((row for row in rows_of(answer.json) if row.get("shortID") == short_id), None)

    # --- any resource ---

    def some_key(self, resource: str) -> int | str | None:
        """What tells some object of a resource apart, read from its plain list; None where it has no such list."""
        lists = [it for it in self.specification if it.resource == resource and it.listing and "{" not in it.path]
        operation = next((it for it in lists if it.listing and len(it.listing.key) == 1), None)
        if operation is None or operation.listing is None:
            return None
        [name] = operation.listing.key
        size = min(operation.listing.maximum, PAGE)
        rows = self._cached(("keys", resource), lambda _: self._rows(operation.label, operation.path, pageSize=size), 0)
        found: list[int | str] = [row[name] for row in rows if isinstance(row.get(name), int | str) and row[name] != ""]
        if not found:
            raise NotRun(Reason.NEEDS_DATA, f"{operation.label} lists nothing with a {name}")
        return found[0]

    # --- warehouses ---

    @cached_property
    def warehouses(self) -> tuple[int, ...]:
        """The numbers of the warehouses: those declared, else those that locations and lots name."""
        if self.target.data.warehouses:
            return tuple(self.target.data.warehouses)
        found: dict[int, None] = {}
        for label, path, name in (
            ("GET /Location", "/Location", "warehouseID"),
            ("GET /Inventory", "/Inventory", "wID"),
        ):
            try:
                rows = self._rows(label, path)
            except (NotRun, Blocked):
                continue
            found |= {row[name]: None for row in rows if isinstance(row.get(name), int)}
        for session in self.sessions.values():
            found |= dict.fromkeys(sorted(session.rights.warehouses.names))
        return tuple(found)

    @cached_property
    def warehouse_names(self) -> dict[str, int]:
        """The numbers of the warehouses by the names that locations show."""
        rows = [row for number in self.warehouses for row in self._locations_if_any(number)]
        return {row["warehouseName"]: row["warehouseID"] for row in rows if isinstance(row.get("warehouseName"), str)}

    def spots(self, warehouse: int) -> list[str]:
        """Spots of a warehouse that exist in no other one, free ones first, and those that a path holds as they are."""
        rows = self._locations(warehouse)
        elsewhere = (number for number in self.warehouses if number != warehouse)
        others = {str(row.get("spot")) for number in elsewhere for row in self._locations_if_any(number)}
        usable = [row for row in rows if isinstance(row.get("spot"), str) and row["spot"] and row["spot"] not in others]

        def reluctance(row: dict[str, Any]) -> tuple[bool, ...]:
            return row.get("hold") is True, row.get("active") is False, quote(row["spot"], safe="") != row["spot"]

        return [row["spot"] for row in sorted(usable, key=reluctance)]

    def free_spots(self, warehouse: int) -> list[str]:
        """Spots of a warehouse that are active and not on hold; those that lots name where no locations are declared."""
        if "Location" not in self.target.resources:
            read = self._cached(("all lots", warehouse), self._lots_if_any, warehouse)
            rows = [row for row in read if str(row.get("wID")) in {str(warehouse), str(None)}]
            named = [row["spot"] for row in rows if isinstance(row.get("spot"), str) and row.get("hold") is not True]
            return [spot for spot in dict.fromkeys(named) if spot]
        free = {
            row.get("spot")
            for row in self._locations(warehouse)
            if row.get("hold") is False and row.get("active") is not False
        }
        return [spot for spot in self.spots(warehouse) if spot in free]

    def forget_locations(self) -> None:
        """Read the locations anew the next time: others may have put some on hold."""
        for key in [key for key in self._cache if isinstance(key, tuple) and key[0] == "locations"]:
            del self._cache[key]

    def _locations(self, warehouse: int) -> list[dict[str, Any]]:
        return self._cached(("locations", warehouse), self._read_locations, warehouse)

    def _locations_if_any(self, warehouse: int) -> list[dict[str, Any]]:
        """The locations of a warehouse, none where no client may read them."""
        try:
            return self._locations(warehouse)
        except NotRun:
            return []

    def _read_locations(self, warehouse: int) -> list[dict[str, Any]]:
        rows = self._rows("GET /Location", "/Location", (warehouse,), wid=warehouse)
        return [row for row in rows if row.get("warehouseID") == warehouse]

    def lots(self, warehouse: int) -> list[dict[str, Any]]:
        """Lots of a warehouse that are in stock and may be moved, from the first page, read anew; of active items if any."""
        rows = self._read_lots(warehouse)
        free = set(self.free_spots(warehouse))
        movable = [row for row in rows if row.get("wID") == warehouse and _movable(row) and row.get("spot") in free]
        # A target may refuse movements of a discontinued item. One that is not on the first page may be active too.
        active = self._active_numbers
        usual = [row for row in movable if row.get("partNo") in active] or movable
        # Of a single unit, such as a lot with a serial number has, nothing stays behind.
        return [row for row in usual if row["units"] > 1] or usual

    @cached_property
    def _active_numbers(self) -> frozenset[int]:
        """The numbers of the active items of the first page, none where no client may read them."""
        try:
            return frozenset(row["partNo"] for row in self.items if isinstance(row.get("partNo"), int))
        except (NotRun, Blocked):
            return frozenset()

    def _lots_if_any(self, warehouse: int) -> list[dict[str, Any]]:
        """The lots of a warehouse, none where no client may read them."""
        try:
            return self._read_lots(warehouse)
        except NotRun:
            return []

    def _read_lots(self, warehouse: int) -> list[dict[str, Any]]:
        return self._rows("GET /Inventory/{wid}", f"/Inventory/{warehouse}", (warehouse,))

    def lots_once(self, warehouse: int) -> list[dict[str, Any]]:
        """The same, as first read."""
        return self._cached(("lots", warehouse), self.lots, warehouse)

    def lot(self, warehouse: int) -> dict[str, Any]:
        """A lot of a warehouse that may be moved, the largest; raises NotRun where there is none."""
        lots = self.lots(warehouse)
        if not lots:
            raise NotRun(Reason.NEEDS_DATA, f"warehouse {warehouse} shows no lot that is in stock at a free spot")
        return max(lots, key=lambda row: row["units"])

    # --- reports ---

    @cached_property
    def reports(self) -> tuple[int, ...]:
        """The numbers of the reports: those declared, then those listed to a client without limits on reports."""
        return tuple(dict.fromkeys((*self.target.data.reports, *self._found_reports())))

    def _found_reports(self) -> tuple[int, ...]:
        operation = self.specification["GET /Report"]
        for session in self.by_width:
            if (
                session.rights.contains(operation.permission)
                and not session.rights.reports.limited
                and session.unusable is None
            ):
                rows = rows_of(session.ask(Request("GET", "/Report", params={"page": 1, "pageSize": PAGE})).json)
                return tuple(row["reportID"] for row in rows if isinstance(row.get("reportID"), int))
        return tuple(sorted({number for session in self.sessions.values() for number in session.rights.reports.names}))

    # --- what examples may name ---

    def placeholders(self, warehouse: int, to_warehouse: int | None = None) -> dict[str, Any]:
        """Values for the placeholders of an example, as far as the target holds them (interfaces, section 2)."""
        destination = warehouse if to_warehouse is None else to_warehouse
        values: dict[str, Any] = {"warehouse": warehouse, "to_warehouse": destination}
        try:
            lot = self.lot(warehouse)
            values |= {
                name: lot[name]
                for name in ("partNo", "recNo", "shortID", "spot")
                if lot.get(name, ABSENT) is not ABSENT
            }
        except NotRun:
            free = self.free_spots(warehouse)
            values |= {"spot": free[0]} if free else {}
            with contextlib.suppress(NotRun):
                values |= {"partNo": self.item["partNo"], "shortID": self.item["shortID"]}
        others = [spot for spot in self.free_spots(destination) if spot != values.get("spot")]
        return values | ({"to_spot": others[0]} if others else {})

    def receivable(self, values: dict[str, Any]) -> dict[str, Any]:
        """The same values for the placeholders, of an active item where theirs is not known to be: stock of it may be received."""
        active = self._active_numbers
        if not active or values.get("partNo") in active:
            return values
        return values | {name: self.item[name] for name in ("partNo", "shortID")}

    def _cached(self, key: object, make: Callable[[int], list[dict[str, Any]]], warehouse: int) -> list[dict[str, Any]]:
        cache = self._cache
        if key not in cache:
            cache[key] = make(warehouse)
        return cache[key]


def _movable(row: Mapping[str, Any]) -> bool:
    units = row.get("units")
    return (
        isinstance(units, int | float)
        and units >= 1
        and row.get("shipped") is None
        and row.get("hold") is not True
        and row.get("active") is not False
    )
