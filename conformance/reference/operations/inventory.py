"""The inventory operations (inventory)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from conformance.reference.call import Fields, Reply
from conformance.reference.operation import Operation
from conformance.reference.operations.lists import Listing, Paging, page_of, read_paging
from conformance.reference.problems import conflict, invalid, invalid_fields
from conformance.reference.rules.authorization import Place, Where
from conformance.reference.world import Lot

if TYPE_CHECKING:
    from collections.abc import Sequence
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
    store = service.store
    item, warehouse, location = store.items[lot.part_no], store.warehouses[lot.wid], store.location(lot.spot, lot.wid)
    return service.rules.stock.fields(lot, item, warehouse, location, service.rules.wire.date)


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
    kind="lots",
    columns=lambda _service: _COLUMNS,
    view=_view,
    order=lambda service, lot: service.rules.stock.order(lot),
    modified=lambda lot: lot.modified,
    newest_first=lambda service: service.rules.stock.newest_first(),
)
LEVELS: Listing[Level] = Listing(
    kind="levels",
    columns=lambda _service: _LEVEL_COLUMNS,
    view=_level_view,
    order=lambda _service, level: (level.part_no, level.wid),
    modified=lambda level: level.modified,
)


def _read_all(service: Service, call: Call) -> StockWish:
    return StockWish(read_paging(service, call, LISTING))


def _read_one(service: Service, call: Call) -> StockWish:
    wid = service.rules.wire.path_number("wid", call.path["wid"])
    return StockWish(read_paging(service, call, LISTING), wid)


def _read_all_levels(service: Service, call: Call) -> StockWish:
    return StockWish(read_paging(service, call, LEVELS))


def _read_one_levels(service: Service, call: Call) -> StockWish:
    wid = service.rules.wire.path_number("wid", call.path["wid"])
    return StockWish(read_paging(service, call, LEVELS), wid)


def _list_places(_service: Service, wish: StockWish) -> tuple[Place, ...]:
    return (Place(Where.ALL if wish.wid is None else Where.PATH, wish.wid),)


def _list(service: Service, account: Account, wish: StockWish) -> Reply:
    stock, lots, named = service.rules.stock, service.store.lots.values(), wish.wid
    if named is None:
        shown = partial(_is_shown, service, account, LOTS, wish.paging.page)
        return page_of(service, LISTING, lots, wish.paging, keep=stock.is_listed, shown=shown, view_of="lots")
    wid = named if named in service.store.warehouses else stock.unknown_warehouse(named)

    def keep(lot: Lot) -> bool:
        return stock.is_in_warehouse(lot, wid) and stock.is_listed(lot)

    return page_of(service, LISTING, lots, wish.paging, keep=keep, view_of="lots")


def _is_shown(service: Service, account: Account, operation: Operation[Any], page: int, row: Lot | Level) -> bool:
    return service.rules.warehouse.is_shown(account, operation, row.wid, page)


def _levels(service: Service) -> Sequence[Level]:
    stock = service.rules.stock
    sums: dict[tuple[int, int], list[Lot]] = defaultdict(list)
    for lot in service.store.lots.values():
        if lot.active:
            sums[lot.part_no, lot.wid].append(lot)
    return [
        Level(part_no, wid, stock.level(lots), max(lot.modified for lot in lots))
        for (part_no, wid), lots in sums.items()
    ]


def _list_levels(service: Service, account: Account, wish: StockWish) -> Reply:
    levels, wid = service.store.views.get("levels", lambda: _levels(service)), wish.wid
    if wid is not None and wid not in service.store.warehouses:
        service.rules.stock.unknown_warehouse(wid)
    shown = partial(_is_shown, service, account, ALL_LEVELS, wish.paging.page) if wid is None else None
    keep = None if wid is None else lambda level: service.rules.stock.is_level_of(level.wid, wid)

    def page() -> Reply:
        return page_of(service, LEVELS, levels, wish.paging, keep=keep, shown=shown, view_of="levels by")

    def rows() -> Sequence[dict[str, Any]]:
        visible = [level for level in levels if (keep is None or keep(level)) and (shown is None or shown(level))]
        return [_level_view(service, level) for level in visible]

    return service.rules.stock.levels_reply(page, rows)


# --- changing -------------------------------------------------------------------------------------------------------


def _read_receive(service: Service, call: Call) -> ReceiveWish:
    fields, stock = Fields(service.rules.wire.json_object(call)), service.rules.stock
    needed = stock.needed("receive")
    short_id = fields.text("shortID")
    part_no = fields.integer("partNo", "itemID", required="item" in needed and short_id is None)
    wid = fields.integer("wID", "wid", "warehouse")
    spot = fields.text("spot", "location", required="spot" in needed)
    units = fields.amount("units", required="units" in needed, positive=stock.must_be_positive("receive"))
    remark, serial = fields.text("remark"), fields.text("serial")
    if fields.problems:
        raise invalid_fields(fields.problems)
    return ReceiveWish(part_no, short_id, wid, spot or "", units or 0.0, remark or "", serial or "")


def _receive_places(service: Service, wish: ReceiveWish) -> tuple[Place, ...]:
    location = service.store.location(wish.spot, wish.wid)
    if wish.wid is None:
        return () if location is None else (Place(Where.BODY_SPOT, location.wid),)
    named = (Place(Where.BODY, wish.wid),)
    if location is None or service.rules.stock.lies_in(location, wish.wid):
        return named
    return (*named, Place(Where.BODY_SPOT, location.wid))


def _location(service: Service, field: str, spot: str, wid: int | None) -> Location:
    """Find the spot that stock is brought to; it lies in the named warehouse, if one is named."""
    stock = service.rules.stock
    if wid is not None and wid not in service.store.warehouses:
        raise stock.missing("warehouse")
    location = service.store.location(spot, wid)
    if location is None:
        raise stock.missing("location")
    if wid is not None and not stock.lies_in(location, wid):
        raise invalid(field, f"The location is not in warehouse {wid}.")
    if not location.active:
        raise conflict("The location is discontinued.")
    if not stock.takes_stock(location):
        raise stock.held("The location")
    return location


def _receive(service: Service, _account: Account, wish: ReceiveWish) -> Reply:
    store, stock, now = service.store, service.rules.stock, service.stamp()
    item = store.items.get(wish.part_no or 0) if wish.short_id is None else store.item_by_short_id(wish.short_id)
    if item is None or wish.part_no not in {None, item.part_no}:
        raise stock.missing("item")
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
    kept = stock.received(lot)
    if kept is not None:
        store.lots[lot.rec_no] = kept
    return stock.received_reply(_view(service, kept or lot))


def _read_move(service: Service, call: Call) -> MoveWish:
    fields, stock = Fields(service.rules.wire.json_object(call)), service.rules.stock
    needed = stock.needed("move")
    rec_no = fields.integer("recNo", required="recNo" in needed)
    to_spot = fields.text("toSpot", "spot", required="toSpot" in needed)
    to_wid = fields.integer("toWID", "wID")
    units = fields.amount("units", positive=stock.must_be_positive("move"))
    if fields.problems:
        raise invalid_fields(fields.problems)
    return MoveWish(rec_no or 0, to_spot or "", to_wid, units)


def _move_places(service: Service, wish: MoveWish) -> tuple[Place, ...]:
    lot, location = service.store.lots.get(wish.rec_no), service.store.location(wish.to_spot, wish.to_wid)
    source = () if lot is None else (Place(Where.SOURCE, lot.wid),)
    named = () if wish.to_wid is None else (Place(Where.DESTINATION, wish.to_wid),)
    return (*source, *named) if location is None else (*source, *named, Place(Where.DESTINATION, location.wid))


def _source(service: Service, rec_no: int) -> Lot:
    """Find the lot that stock is taken from."""
    lot = service.store.lots.get(rec_no)
    if lot is None:
        raise service.rules.stock.missing("lot")
    if not lot.active:
        raise conflict("The lot is shipped.")
    return lot


def _amount(service: Service, lot: Lot, units: float | None, *, may_overdraw: bool = False) -> float:
    """Tell how much of a lot is taken: as much as is asked for, or all of it."""
    amount = lot.units if units is None else units
    if not may_overdraw and not service.rules.stock.is_enough(lot, amount):
        raise service.rules.stock.too_little(lot)
    return amount


def _move(service: Service, _account: Account, wish: MoveWish) -> Reply:
    store, stock = service.store, service.rules.stock
    lot = _source(service, wish.rec_no)
    destination = store.location(wish.to_spot, wish.to_wid)
    if stock.may_be_moved(lot, store.location(lot.spot, lot.wid), destination):
        return _moved(service, lot, wish)
    if stock.is_done_anyway("move"):
        _moved(service, lot, wish)
    raise stock.held("The stock")


def _moved(service: Service, lot: Lot, wish: MoveWish) -> Reply:
    store, stock, now = service.store, service.rules.stock, service.stamp()
    units = _amount(service, lot, wish.units)
    location = _location(service, "toSpot", wish.to_spot, wish.to_wid)
    moved = stock.arrived(lot, units, location, now)
    other = next((other for other in store.lots.values() if stock.joins(lot, other, location)), None)
    if other is not None:
        store.lots[lot.rec_no] = stock.left_behind(lot, units, now)
        store.lots[other.rec_no] = moved = stock.joined(other, units, now)
        return stock.moved(_view(service, moved))
    key = moved.rec_no
    if not stock.keeps_number(lot, units):
        key = store.new_rec_no()
        moved = replace(moved, rec_no=stock.number_of_part(lot, key))
        store.lots[lot.rec_no] = stock.left_behind(lot, units, now)
    store.lots[key] = moved
    return stock.moved(_view(service, moved))


def _read_issue(service: Service, call: Call) -> IssueWish:
    fields, stock = Fields(service.rules.wire.json_object(call)), service.rules.stock
    rec_no = fields.integer("recNo", required="recNo" in stock.needed("issue"))
    units = fields.amount("units", positive=stock.must_be_positive("issue"))
    if fields.problems:
        raise invalid_fields(fields.problems)
    return IssueWish(rec_no or 0, units)


def _issue_places(service: Service, wish: IssueWish) -> tuple[Place, ...]:
    lot = service.store.lots.get(wish.rec_no)
    return () if lot is None else (Place(Where.SOURCE, lot.wid),)


def _issue(service: Service, _account: Account, wish: IssueWish) -> Reply:
    store, stock = service.store, service.rules.stock
    lot = _source(service, wish.rec_no)
    if stock.may_be_issued(lot, store.location(lot.spot, lot.wid)):
        return _issued(service, lot, wish)
    if stock.is_done_anyway("issue"):
        _issued(service, lot, wish)
    raise stock.held("The stock")


def _issued(service: Service, lot: Lot, wish: IssueWish) -> Reply:
    store, stock = service.store, service.rules.stock
    source = stock.issued_from(lot, store.lots)
    units, now = _amount(service, source, wish.units, may_overdraw=stock.may_overdraw()), service.stamp()
    left, apart = stock.remaining(source, units, now), stock.split_off(source, units, now)
    store.lots[source.rec_no] = left
    if apart is not None:
        number = store.new_rec_no()
        store.lots[number] = replace(apart, rec_no=number)
    return stock.issued(_view(service, left))


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
