"""Faults in what holding and releasing a location do to its stock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.problems import ApiError, Problem
from conformance.reference.rules import LocationRules, StockRules

if TYPE_CHECKING:
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


FAULTS = (
    Fault(
        name="holds.moves-pass",
        sentence="Stock at a location on hold can be moved; issuing it is refused.",
        violates=("inventory.held-move",),
        suffering="Damaged goods are moved to a free location, and sold.",
        rule=StockRules.may_be_moved,
        variant=lambda _site, _lot, _location: True,
    ),
    Fault(
        name="holds.issues-pass",
        sentence="Stock at a location on hold can be issued; moving it is refused.",
        violates=("inventory.held-issue",),
        suffering="Damaged goods are sold.",
        rule=StockRules.may_be_issued,
        variant=lambda _site, _lot, _location: True,
    ),
    Fault(
        name="holds.of-lots-alone",
        sentence="Only the hold of the lot itself is looked at, not that of its location.",
        violates=("inventory.held-move", "inventory.held-issue"),
        suffering="Holding a location does nothing.",
        rule=StockRules.is_held,
        variant=lambda _site, lot, _location: lot.hold,
    ),
    Fault(
        name="holds.move-refused-and-done",
        sentence="Moving stock from a location on hold is refused, and done all the same.",
        violates=("inventory.held-move",),
        suffering="The books show damaged goods at a free location.",
        rule=StockRules.is_done_anyway,
        variant=lambda _site, action: action == "move",
    ),
    Fault(
        name="holds.issue-refused-and-done",
        sentence="Issuing stock at a location on hold is refused, and done all the same.",
        violates=("inventory.held-issue",),
        suffering="The books no longer show goods that stand in the warehouse.",
        rule=StockRules.is_done_anyway,
        variant=lambda _site, action: action == "issue",
    ),
    Fault(
        name="holds.for-good",
        sentence="A location that is released is shown free, and its stock stays held.",
        violates=("inventory.released",),
        suffering="Goods that were inspected and found right cannot be sold.",
        rule=StockRules.is_held,
        variant=_ever_held,
    ),
    Fault(
        name="holds.issues-stay-refused",
        sentence="Once its location is released stock can be moved, but not issued.",
        violates=("inventory.released",),
        suffering="Goods that were inspected and found right cannot be sold.",
        rule=StockRules.may_be_issued,
        variant=_ever_held_from_issue,
    ),
    Fault(
        name="holds.forgotten",
        sentence="Putting a location on hold is confirmed and not done.",
        violates=("locations.hold-shown",),
        suffering="Damaged goods are sold.",
        rule=LocationRules.held,
        variant=lambda _site, location, _now: location,
        resources=("Location",),
    ),
    Fault(
        name="holds.release-forgotten",
        sentence="Releasing a location is confirmed and not done.",
        violates=("locations.release-shown",),
        suffering="Goods that were inspected and found right cannot be sold.",
        rule=LocationRules.released,
        variant=lambda _site, location, _now: location,
        resources=("Location",),
    ),
    Fault(
        name="holds.counted",
        sentence="A location that was put on hold twice has to be released twice.",
        violates=("property.location-holds",),
        suffering="Goods that were inspected and found right cannot be sold, and the release was confirmed.",
        rule=LocationRules.hold_again,
        variant=_counted,
        resources=("Location",),
    ),
    Fault(
        name="holds.empty-lots",
        sentence="The lots of a location on hold are shown with no units.",
        violates=("locations.hold-keeps-stock",),
        suffering="The valuation of the stock falls whenever something is inspected.",
        rule=StockRules.fields,
        variant=_nothing_in_stock,
    ),
)
