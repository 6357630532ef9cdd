"""The inventory operations (inventory)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from conformance.reference.call import Fields, Reply, whole_number
from conformance.reference.operation import Operation
from conformance.reference.operations.lists import Listing, Paging, page_of, read_paging
from conformance.reference.problems import conflict, invalid, invalid_fields, not_found
from conformance.reference.rules.authorization import Place, Where
from conformance.reference.world import Lot

if TYPE_CHECKING:
    from datetime import datetime

    from conformance.reference.call import Call
    from conformance.reference.service import Service
    from conformance.reference.store import Account
    from conformance.reference.world import Location

_COLUMNS = (
    "recNo", "partNo", "shortID", "description", "associate", "warehouse", "wID", "spot", "units", "received",
    "shipped", "serial", "serial2", "rFIDTag", "remark", "hold", "jobID", "jobName", "active",
)  # fmt: skip
_LEVEL_COLUMNS = ("partNo", "shortID", "description", "wID", "warehouse", "units")


@dataclass(frozen=True, slots=True)
class StockWish:
    """Lots or levels, of one warehouse or of all."""

    paging: Paging
    wid: int | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """How much of one item is in one warehouse."""

    part_no: int
    wid: int
    units: float
    modified: datetime


@dataclass(frozen=True, slots=True)
class ReceiveWish:
    """Stock to be taken into a warehouse; the item by number or by ShortID."""

    part_no: int | None
    short_id: str | None
    wid: int | None
    spot: str
    units: float
    remark: str
    serial: str


@dataclass(frozen=True, slots=True)
class MoveWish:
    """Stock of one lot to be brought to a spot, all of it where `units` is None."""

    rec_no: int
    to_spot: str
    to_wid: int | None
    units: float | None


@dataclass(frozen=True, slots=True)
class IssueWish:
    """Stock of one lot to be issued, all of it where `units` is None."""

    rec_no: int
    units: float | None


# --- reading --------------------------------------------------------------------------------------------------------


def _view(service: Service, lot: Lot) -> dict[str, Any]:
    item, date = service.store.items[lot.part_no], service.rules.wire.date
    return {
        "recNo": lot.rec_no,
        "partNo": lot.part_no,
        "shortID": item.short_id,
        "description": item.description,
        "associate": lot.associate,
        "warehouse": service.store.warehouses[lot.wid].name,
        "wID": lot.wid,
        "spot": lot.spot,
        "units": lot.units,
        "received": date(lot.received),
        "shipped": None if lot.shipped is None else date(lot.shipped),
        "serial": lot.serial,
        "serial2": lot.serial2,
        "rFIDTag": lot.rfid_tag,
        "remark": lot.remark,
        "hold": lot.hold,
        "jobID": lot.job_id,
        "jobName": lot.job_name,
        "active": lot.active,
    }


def _level_view(service: Service, level: Level) -> dict[str, Any]:
    item = service.store.items[level.part_no]
    return {
        "partNo": level.part_no,
        "shortID": item.short_id,
        "description": item.description,
        "wID": level.wid,
        "warehouse": service.store.warehouses[level.wid].name,
        "units": level.units,
    }


LISTING: Listing[Lot] = Listing(
    view=_view,
    order=lambda lot: (lot.received, lot.rec_no),
    modified=lambda lot: lot.modified,
    newest_first=True,
)
LEVELS: Listing[Level] = Listing(
    view=_level_view,
    order=lambda level: (level.part_no, level.wid),
    modified=lambda level: level.modified,
)


def _read_all(service: Service, call: Call) -> StockWish:
    return StockWish(read_paging(service, call, _COLUMNS))


def _read_one(service: Service, call: Call) -> StockWish:
    wid = whole_number("wid", call.path["wid"])
    return StockWish(read_paging(service, call, _COLUMNS), wid)


def _read_all_levels(service: Service, call: Call) -> StockWish:
    return StockWish(read_paging(service, call, _LEVEL_COLUMNS))


def _read_one_levels(service: Service, call: Call) -> StockWish:
    wid = whole_number("wid", call.path["wid"])
    return StockWish(read_paging(service, call, _LEVEL_COLUMNS), wid)


def _list_places(_service: Service, wish: StockWish) -> tuple[Place, ...]:
    return (Place(Where.ALL if wish.wid is None else Where.PATH, wish.wid),)


def _lots(service: Service, wid: int | None) -> list[Lot]:
    if wid is not None and wid not in service.store.warehouses:
        raise not_found(f"There is no warehouse {wid}.")
    listed = service.rules.stock.is_listed
    return [lot for lot in service.store.lots.values() if wid in {None, lot.wid} and listed(lot)]


def _list(service: Service, account: Account, wish: StockWish) -> Reply:
    rules = service.rules.warehouse
    operation = LOTS if wish.wid is None else LOTS_OF_ONE
    return page_of(
        service,
        LISTING,
        _lots(service, wish.wid),
        wish.paging,
        shown=None if wish.wid is not None else lambda lot: rules.is_shown(account, operation, lot.wid),
    )


def _list_levels(service: Service, account: Account, wish: StockWish) -> Reply:
    sums: dict[tuple[int, int], list[Lot]] = defaultdict(list)
    for lot in _lots(service, wish.wid):
        sums[lot.part_no, lot.wid].append(lot)
    levels = [
        Level(part_no, wid, round(sum(lot.units for lot in lots), 6), max(lot.modified for lot in lots))
        for (part_no, wid), lots in sums.items()
    ]
    rules = service.rules.warehouse
    shown = None if wish.wid is not None else lambda level: rules.is_shown(account, ALL_LEVELS, level.wid)
    return page_of(service, LEVELS, levels, wish.paging, shown=shown)


# --- changing -------------------------------------------------------------------------------------------------------


def _read_receive(service: Service, call: Call) -> ReceiveWish:
    fields = Fields(service.rules.wire.json_object(call))
    short_id = fields.text("shortID")
    part_no = fields.integer("partNo", "itemID", required=short_id is None)
    wid = fields.integer("wID", "wid", "warehouse")
    spot = fields.text("spot", "location", required=True)
    units = fields.amount("units", required=True, positive=True)
    remark, serial = fields.text("remark"), fields.text("serial")
    if fields.problems or spot is None or units is None:
        raise invalid_fields(fields.problems)
    return ReceiveWish(part_no, short_id, wid, spot, units, remark or "", serial or "")


def _receive_places(service: Service, wish: ReceiveWish) -> tuple[Place, ...]:
    location = service.store.locations.get(wish.spot)
    named = () if wish.wid is None else (Place(Where.BODY, wish.wid),)
    return named if location is None else (*named, Place(Where.BODY_SPOT, location.wid))


def _location(service: Service, field: str, spot: str, wid: int | None) -> Location:
    """Find the spot that stock is brought to; it lies in the named warehouse, if one is named."""
    if wid is not None and wid not in service.store.warehouses:
        raise not_found(f"There is no warehouse {wid}.")
    location = service.store.locations.get(spot)
    if location is None:
        raise not_found("There is no such location.")
    if wid not in {None, location.wid}:
        raise invalid(field, f"The location is not in warehouse {wid}.")
    if not location.active:
        raise conflict("The location is discontinued.")
    return location


def _receive(service: Service, _account: Account, wish: ReceiveWish) -> Reply:
    store, now = service.store, service.clock.now()
    item = store.items.get(wish.part_no or 0) if wish.short_id is None else store.item_by_short_id(wish.short_id)
    if item is None or wish.part_no not in {None, item.part_no}:
        raise not_found("There is no such item.")
    if item.discontinued:
        raise conflict("The item is discontinued.")
    location = _location(service, "spot", wish.spot, wish.wid)
    lot = Lot(
        rec_no=store.new_rec_no(),
        part_no=item.part_no,
        wid=location.wid,
        spot=location.spot,
        units=wish.units,
        received=now,
        modified=now,
        serial=wish.serial,
        remark=wish.remark,
    )
    store.lots[lot.rec_no] = lot
    return Reply(201, _view(service, lot))


def _read_move(service: Service, call: Call) -> MoveWish:
    fields = Fields(service.rules.wire.json_object(call))
    rec_no = fields.integer("recNo", required=True)
    to_spot = fields.text("toSpot", "spot", required=True)
    to_wid = fields.integer("toWID", "wID")
    units = fields.amount("units", positive=True)
    if fields.problems or rec_no is None or to_spot is None:
        raise invalid_fields(fields.problems)
    return MoveWish(rec_no, to_spot, to_wid, units)


def _move_places(service: Service, wish: MoveWish) -> tuple[Place, ...]:
    lot, location = service.store.lots.get(wish.rec_no), service.store.locations.get(wish.to_spot)
    source = () if lot is None else (Place(Where.SOURCE, lot.wid),)
    named = () if wish.to_wid is None else (Place(Where.DESTINATION, wish.to_wid),)
    return (*source, *named) if location is None else (*source, *named, Place(Where.DESTINATION, location.wid))


def _taken(service: Service, rec_no: int, units: float | None) -> tuple[Lot, float]:
    """Find the lot that stock is taken from, and how much of it."""
    lot = service.store.lots.get(rec_no)
    if lot is None:
        raise not_found(f"There is no lot {rec_no}.")
    if not lot.active:
        raise conflict("The lot is shipped.")
    if service.rules.stock.is_held(lot, service.store.locations.get(lot.spot)):
        raise service.rules.stock.held("The stock")
    amount = lot.units if units is None else units
    if amount > lot.units:
        raise conflict(f"The lot holds {lot.units} units.")
    return lot, amount


def _move(service: Service, _account: Account, wish: MoveWish) -> Reply:
    store, now = service.store, service.clock.now()
    lot, units = _taken(service, wish.rec_no, wish.units)
    location = _location(service, "toSpot", wish.to_spot, wish.to_wid)
    moved = replace(lot, wid=location.wid, spot=location.spot, units=units, modified=now)
    if units < lot.units:
        moved = replace(moved, rec_no=store.new_rec_no())
        store.lots[lot.rec_no] = replace(lot, units=round(lot.units - units, 6), modified=now)
    store.lots[moved.rec_no] = moved
    return service.rules.stock.moved(_view(service, moved))


def _read_issue(service: Service, call: Call) -> IssueWish:
    fields = Fields(service.rules.wire.json_object(call))
    rec_no = fields.integer("recNo", required=True)
    units = fields.amount("units", positive=True)
    if fields.problems or rec_no is None:
        raise invalid_fields(fields.problems)
    return IssueWish(rec_no, units)


def _issue_places(service: Service, wish: IssueWish) -> tuple[Place, ...]:
    lot = service.store.lots.get(wish.rec_no)
    return () if lot is None else (Place(Where.SOURCE, lot.wid),)


def _issue(service: Service, _account: Account, wish: IssueWish) -> Reply:
    now = service.clock.now()
    lot, units = _taken(service, wish.rec_no, wish.units)
    left = replace(lot, units=round(lot.units - units, 6), modified=now)
    if left.units == 0:
        left = replace(left, shipped=now, active=False)
    service.store.lots[lot.rec_no] = left
    return service.rules.stock.issued(_view(service, left))


LOTS = Operation("GET", "/Inventory", "inventory.read", _read_all, _list, places=_list_places)
LOTS_OF_ONE = Operation("GET", "/Inventory/{wid}", "inventory.read", _read_one, _list, places=_list_places)
ALL_LEVELS = Operation(
    "GET", "/Inventory/StockLevels", "inventory.read", _read_all_levels, _list_levels, places=_list_places
)
LEVELS_OF_ONE = Operation(
    "GET", "/Inventory/StockLevels/{wid}", "inventory.read", _read_one_levels, _list_levels, places=_list_places
)

INVENTORY: tuple[Operation[Any], ...] = (
    LOTS,
    ALL_LEVELS,
    LEVELS_OF_ONE,
    LOTS_OF_ONE,
    Operation("POST", "/Inventory/Receive", "inventory.write", _read_receive, _receive, places=_receive_places),
    Operation("POST", "/Inventory/Move", "inventory.write", _read_move, _move, places=_move_places),
    Operation("POST", "/Inventory/Issue", "inventory.write", _read_issue, _issue, places=_issue_places),
)
