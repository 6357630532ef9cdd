"""The location operations (locations)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from conformance.reference.call import Reply
from conformance.reference.operation import Operation
from conformance.reference.operations.lists import Listing, Paging, page_of, read_paging
from conformance.reference.problems import invalid, not_found
from conformance.reference.rules.authorization import Place, Where

if TYPE_CHECKING:
    from conformance.reference.call import Call
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
    return {
        "spot": location.spot,
        "warehouseID": location.wid,
        "warehouseName": service.store.warehouses[location.wid].name,
        "description": location.description,
        "hold": location.hold,
        "active": location.active,
    }


LISTING: Listing[Location] = Listing(
    view=_view,
    order=lambda location: location.spot,
    modified=lambda location: location.modified,
)


def _read_list(service: Service, call: Call) -> LocationsWish:
    return LocationsWish(read_paging(service, call, _COLUMNS), call.integer("wid"))


def _list_places(_service: Service, wish: LocationsWish) -> tuple[Place, ...]:
    return (Place(Where.ALL if wish.wid is None else Where.QUERY, wish.wid),)


def _list(service: Service, account: Account, wish: LocationsWish) -> Reply:
    rows = [row for row in service.store.locations.values() if wish.wid in {None, row.wid}]
    rules = service.rules.warehouse
    is_shown = rules.is_shown if wish.wid is None else rules.is_shown_alone
    return page_of(service, LISTING, rows, wish.paging, shown=lambda row: is_shown(account, LIST, row.wid))


def _read_spot(_service: Service, call: Call) -> str:
    return call.path["spot"]


def _read_id(_service: Service, call: Call) -> str:
    spot = call.parameter("id")
    if not spot:
        raise invalid("id", "The parameter is required.")
    return spot


def _spot_places(service: Service, spot: str) -> tuple[Place, ...]:
    location = service.store.locations.get(spot)
    return () if location is None else (Place(Where.SPOT, location.wid),)


def _found(service: Service, spot: str) -> Location:
    location = service.store.locations.get(spot)
    if location is None:
        raise not_found("There is no such location.")
    return location


def _get(service: Service, _account: Account, spot: str) -> Reply:
    return Reply(200, _view(service, _found(service, spot)))


def _set_hold(service: Service, _account: Account, spot: str, *, hold: bool) -> Reply:
    location = _found(service, spot)
    service.rules.stock.hold_again(location, hold=hold)
    service.store.locations[spot] = replace(location, hold=hold, modified=service.clock.now())
    return Reply(204)


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
