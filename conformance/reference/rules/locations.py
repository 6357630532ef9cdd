"""What the location operations show and change (locations)."""

# ruff: noqa: ARG002 -- a docstring states the rule as documented; a rule is given all that a faulty server looks at

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.reference.call import REQUIRED, Reply
from conformance.reference.choices import ListOrder, Miss
from conformance.reference.problems import ApiError, conflict, invalid, not_found
from conformance.reference.rules.rule import Rules

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from conformance.reference.world import Location, Warehouse


class LocationRules(Rules):
    """Spots and their holds."""

    def fields(self, location: Location, warehouse: Warehouse) -> dict[str, Any]:
        """A location has six fields."""
        return {
            "spot": location.spot,
            "warehouseID": location.wid,
            "warehouseName": warehouse.name,
            "description": location.description,
            "hold": location.hold,
            "active": location.active,
        }

    def order(self, location: Location) -> Any:
        """The order of the list is open."""
        by_name = self.dialect.list_order is ListOrder.NAME
        return (location.description, location.spot) if by_name else location.spot

    def is_listed(self, location: Location) -> bool:
        """The list holds all locations, discontinued ones too."""
        return True

    def is_in_warehouse(self, location: Location, wid: int) -> bool:
        """`wid` limits the list to one warehouse."""
        return location.wid == wid

    def unknown_warehouse(self, wid: int) -> None:
        """Whether a filter by what does not exist finds nothing or is 404 is open."""
        if self.dialect.unknown_filter is Miss.NOT_FOUND:
            raise not_found(f"There is no warehouse {wid}.")

    def spotted(self, spot: str, locations: Mapping[str, Location]) -> Location | None:
        """A spot names one location."""
        return locations.get(spot)

    def shown(self, row: Mapping[str, Any]) -> Reply:
        """One location comes without an envelope."""
        return Reply(200, row)

    def missing(self, action: str) -> ApiError:
        """An unknown spot is 404; `action` is get, hold or release."""
        return not_found("There is no such location.")

    def named(self, spot: str | None) -> str:
        """`id` is required to hold and to release."""
        if not spot:
            raise invalid("id", REQUIRED)
        return spot

    def hold_again(self, location: Location, *, hold: bool) -> None:
        """What holding a held location answers with, or releasing a free one, is open."""
        if location.hold == hold and self.dialect.repeated_hold_status == 409:
            raise conflict(f"The location is {'on hold already' if hold else 'not on hold'}.")

    def held(self, location: Location, now: datetime) -> Location:
        """Hold puts the location on hold."""
        return replace(location, hold=True, modified=now)

    def released(self, location: Location, now: datetime) -> Location:
        """Release lifts the hold."""
        return replace(location, hold=False, modified=now)

    def also_concerned(self, location: Location, locations: Mapping[str, Location], *, hold: bool) -> tuple[str, ...]:
        """Hold and release concern the location that they name and no other; `locations` by their keys."""
        return ()

    def done(self, *, hold: bool) -> Reply:
        """Both answer 204 without a body."""
        return Reply(204)
