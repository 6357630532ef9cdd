"""Faults in what holding and releasing a location do to its stock."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.problems import ApiError, Problem
from conformance.reference.rules import LocationRules, StockRules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.reference.world import Location, Lot


def _was_touched(site: Site, location: Location | None) -> bool:
    """Tell whether a location has been on hold since the server started."""
    return location is not None and location not in site.service.world.locations


def _ever_held(site: Site, lot: Lot, location: Location | None) -> bool:
    """Keep what a hold has stopped in a table that a release does not clear."""
    return _was_touched(site, location) or bool(site.original(lot, location))


def _ever_held_from_issue(site: Site, lot: Lot, location: Location | None) -> bool:
    """Keep what a hold has stopped in a table that a release does not clear, and ask it for issues alone."""
    return not _was_touched(site, location) and bool(site.original(lot, location))


def _nothing_in_stock(site: Site, lot: Lot, item: Any, warehouse: Any, location: Location | None, dates: Any) -> Any:
    """Show what is available as what is there."""
    row: dict[str, Any] = site.original(lot, item, warehouse, location, dates)
    return {**row, "units": 0.0} if location is not None and location.hold else row


def _counted(site: Site, location: Location, *, hold: bool) -> None:
    """Count holds, and release only the last of them."""
    site.original(location, hold=hold)
    more = site.memory.get(location.spot, 0)
    if hold and location.hold:
        site.memory[location.spot] = more + 1
    elif not hold and more:
        site.memory[location.spot] = more - 1
        raise ApiError(Problem(204, "conflict", "The location is still on hold."))


def _warehouse_of(action: str) -> Any:
    """Forget the spot in the condition of the update, and keep the warehouse."""

    def variant(site: Site, location: Location, locations: Mapping[str, Location], *, hold: bool) -> tuple[str, ...]:
        if action != ("hold" if hold else "release"):
            keys: tuple[str, ...] = site.original(location, locations, hold=hold)
            return keys
        return tuple(key for key, other in locations.items() if other.wid == location.wid and other.active)

    return variant


def _held_within_one_warehouse(site: Site, lot: Lot, location: Location | None, to: Location | None) -> bool:
    """Check holds where stock is moved about, and not where it is transferred."""
    is_transfer = to is not None and to.wid != lot.wid
    return is_transfer or bool(site.original(lot, location, to))


FAULTS = (
    Fault(
        name="holds.moves-pass",
        sentence="Stock at a location on hold can be moved; issuing it is refused.",
        violates=("inventory.held-move",),
        seen_as=("accepted",),
        suffering="Damaged goods are moved to a free location, and sold.",
        rule=StockRules.may_be_moved,
        variant=lambda _site, _lot, *_places: True,
    ),
    Fault(
        name="holds.issues-pass",
        sentence="Stock at a location on hold can be issued; moving it is refused.",
        violates=("inventory.held-issue",),
        seen_as=("accepted",),
        suffering="Damaged goods are sold.",
        rule=StockRules.may_be_issued,
        variant=lambda _site, _lot, _location: True,
    ),
    Fault(
        name="holds.of-lots-alone",
        sentence="Only the hold of the lot itself is looked at, not that of its location.",
        violates=("inventory.held-move", "inventory.held-issue"),
        seen_as=("accepted",),
        suffering="Holding a location does nothing.",
        rule=StockRules.is_held,
        variant=lambda _site, lot, _location: lot.hold,
    ),
    Fault(
        name="holds.move-refused-and-done",
        sentence="Moving stock from a location on hold is refused, and done all the same.",
        violates=("inventory.held-move",),
        seen_as=("wrong-value",),
        suffering="The books show damaged goods at a free location.",
        rule=StockRules.is_done_anyway,
        variant=lambda _site, action: action == "move",
    ),
    Fault(
        name="holds.issue-refused-and-done",
        sentence="Issuing stock at a location on hold is refused, and done all the same.",
        violates=("inventory.held-issue",),
        seen_as=("wrong-value",),
        suffering="The books no longer show goods that stand in the warehouse.",
        rule=StockRules.is_done_anyway,
        variant=lambda _site, action: action == "issue",
    ),
    Fault(
        name="holds.for-good",
        sentence="A location that is released is shown free, and its stock stays held.",
        violates=("inventory.released",),
        seen_as=("refused",),
        suffering="Goods that were inspected and found right cannot be sold.",
        rule=StockRules.is_held,
        variant=_ever_held,
    ),
    Fault(
        name="holds.issues-stay-refused",
        sentence="Once its location is released stock can be moved, but not issued.",
        violates=("inventory.released",),
        seen_as=("refused",),
        suffering="Goods that were inspected and found right cannot be sold.",
        rule=StockRules.may_be_issued,
        variant=_ever_held_from_issue,
    ),
    Fault(
        name="holds.forgotten",
        sentence="Putting a location on hold is confirmed and not done.",
        violates=("locations.hold-shown",),
        seen_as=("wrong-value",),
        suffering="Damaged goods are sold.",
        rule=LocationRules.held,
        variant=lambda _site, location, _now: location,
        resources=("Location",),
    ),
    Fault(
        name="holds.release-forgotten",
        sentence="Releasing a location is confirmed and not done.",
        violates=("locations.release-shown",),
        seen_as=("wrong-value",),
        suffering="Goods that were inspected and found right cannot be sold.",
        rule=LocationRules.released,
        variant=lambda _site, location, _now: location,
        resources=("Location",),
    ),
    Fault(
        name="holds.toggled",
        sentence="Putting a location on hold that is on hold releases it.",
        violates=("locations.hold-shown", "property.location-holds"),
        seen_as=("wrong-value",),
        suffering="Two people who find the same damage release the damaged goods.",
        rule=LocationRules.held,
        variant=lambda _site, location, now: replace(location, hold=not location.hold, modified=now),
        resources=("Location",),
    ),
    Fault(
        name="holds.release-toggled",
        sentence="Releasing a location that is free puts it on hold.",
        violates=("locations.release-shown", "property.location-holds"),
        seen_as=("wrong-value",),
        suffering="A release that is sent twice, for want of an answer, stops the work at the location.",
        rule=LocationRules.released,
        variant=lambda _site, location, now: replace(location, hold=not location.hold, modified=now),
        resources=("Location",),
    ),
    Fault(
        name="holds.whole-warehouse",
        sentence="Putting a location on hold puts all locations of its warehouse on hold.",
        violates=("locations.hold-shown", "property.location-holds"),
        seen_as=("wrong-value",),
        suffering="One broken pallet stops a warehouse.",
        rule=LocationRules.also_concerned,
        variant=_warehouse_of("hold"),
        resources=("Location",),
    ),
    Fault(
        name="holds.whole-warehouse-released",
        sentence="Releasing a location releases all locations of its warehouse.",
        violates=("locations.release-shown", "property.location-holds"),
        seen_as=("wrong-value",),
        suffering="Damaged goods are sold as soon as something else was inspected.",
        rule=LocationRules.also_concerned,
        variant=_warehouse_of("release"),
        resources=("Location",),
    ),
    Fault(
        name="holds.counted",
        sentence="A location that was put on hold twice has to be released twice.",
        violates=("property.location-holds",),
        seen_as=("wrong-value",),
        suffering="Goods that were inspected and found right cannot be sold, and the release was confirmed.",
        rule=LocationRules.hold_again,
        variant=_counted,
        resources=("Location",),
    ),
    Fault(
        name="holds.empty-lots",
        sentence="The lots of a location on hold are shown with no units.",
        violates=("locations.hold-keeps-stock",),
        seen_as=("wrong-value",),
        suffering="The valuation of the stock falls whenever something is inspected.",
        rule=StockRules.fields,
        variant=_nothing_in_stock,
    ),
    Fault(
        name="holds.transfers-pass",
        sentence="Stock at a location on hold can be moved to another warehouse; moving it within its own is refused.",
        violates=("inventory.held-move",),
        seen_as=("accepted",),
        suffering="Damaged goods are moved to another town, and sold.",
        rule=StockRules.may_be_moved,
        variant=_held_within_one_warehouse,
    ),
)
