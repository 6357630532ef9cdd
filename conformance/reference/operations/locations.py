"""The location operations (locations)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from conformance.reference.operation import Operation
from conformance.reference.operations.lists import Listing, Paging, page_of, read_paging
from conformance.reference.rules.authorization import Place, Where

if TYPE_CHECKING:
    from conformance.reference.call import Call, Reply
    from conformance.reference.service import Service
    from conformance.reference.store import Account
    from conformance.reference.world import Location

_COLUMNS = ("spot", "warehouseID", "warehouseName", "description", "hold", "active")


@dataclass(frozen=True, slots=True)
class LocationsWish:
    """A list of locations, of one warehouse or of all."""

    paging: Paging
    wid: int | None


def _view(service: Service, location: Location) -> dict[str, Any]:
    return service.rules.location.fields(location, service.store.warehouses[location.wid])


LISTING: Listing[Location] = Listing(
    kind="locations",
    columns=lambda _service: _COLUMNS,
    view=_view,
    order=lambda service, location: service.rules.location.order(location),
    modified=lambda location: location.modified,
)


def _read_list(service: Service, call: Call) -> LocationsWish:
    return LocationsWish(read_paging(service, call, LISTING), call.integer("wid"))


def _list_places(_service: Service, wish: LocationsWish) -> tuple[Place, ...]:
    return (Place(Where.ALL if wish.wid is None else Where.QUERY, wish.wid),)


def _list(service: Service, account: Account, wish: LocationsWish) -> Reply:
    rules, rights, wid = service.rules.location, service.rules.warehouse, wish.wid
    if wid is not None and wid not in service.store.warehouses:
        rules.unknown_warehouse(wid)
    is_shown = rights.is_shown if wid is None else rights.is_shown_alone

    def keep(row: Location) -> bool:
        return rules.is_listed(row) and (wid is None or rules.is_in_warehouse(row, wid))

    def shown(row: Location) -> bool:
        return is_shown(account, LIST, row.wid, wish.paging.page)

    rows = service.store.locations.values()
    return page_of(service, LISTING, rows, wish.paging, keep=keep, shown=shown, view_of="locations")


def _read_spot(_service: Service, call: Call) -> str:
    return call.path["spot"]


def _read_id(service: Service, call: Call) -> str:
    return service.rules.location.named(call.parameter("id"))


def _spot_places(service: Service, spot: str) -> tuple[Place, ...]:
    location = service.store.location(spot)
    return () if location is None else (Place(Where.SPOT, location.wid),)


def _found(service: Service, spot: str, action: str) -> Location:
    rules = service.rules.location
    location = rules.spotted(service.store.spot_key(spot), service.store.locations)
    if location is None:
        raise rules.missing(action)
    return location


def _get(service: Service, _account: Account, spot: str) -> Reply:
    return service.rules.location.shown(_view(service, _found(service, spot, "get")))


def _set_hold(service: Service, _account: Account, spot: str, *, hold: bool) -> Reply:
    rules, store = service.rules.location, service.store
    location = _found(service, spot, "hold" if hold else "release")
    rules.hold_again(location, hold=hold)
    change = rules.held if hold else rules.released
    store.locations[store.spot_key(spot)] = change(location, service.stamp())
    for key in rules.also_concerned(location, store.locations, hold=hold):
        store.locations[key] = change(store.locations[key], service.stamp())
    return rules.done(hold=hold)


LIST = Operation("GET", "/Location", "locations.read", _read_list, _list, places=_list_places)

LOCATIONS: tuple[Operation[Any], ...] = (
    LIST,
    Operation("GET", "/Location/{spot}", "locations.read", _read_spot, _get, places=_spot_places),
    Operation(
        "POST", "/Location/Hold", "locations.write", _read_id, partial(_set_hold, hold=True), places=_spot_places
    ),
    Operation(
        "POST", "/Location/Release", "locations.write", _read_id, partial(_set_hold, hold=False), places=_spot_places
    ),
)
