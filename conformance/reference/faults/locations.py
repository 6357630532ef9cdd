"""Faults in showing and naming locations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.call import Reply
from conformance.reference.faults.fault import Fault, Site
from conformance.reference.faults.shapes import answering, changing, failing, missing_is
from conformance.reference.problems import ApiError, Problem
from conformance.reference.rules import LocationRules, WireRules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.reference.world import Location


def _spot_of_the_successor(site: Site, location: Location, *others: Any) -> dict[str, Any]:
    """Show a discontinued location under the spot that has taken its place."""
    row: dict[str, Any] = site.original(location, *others)
    if location.active:
        return row
    own = (other for other in site.service.store.locations.values() if other.wid == location.wid and other.active)
    return {**row, "spot": next(own).spot}


def _first_of_the_warehouse(site: Site, row: Mapping[str, Any]) -> Reply:
    """Read the locations of the warehouse and take the first."""
    locations = site.service.store.locations.values()
    first = next(location for location in locations if location.wid == row["warehouseID"])
    warehouse = site.service.store.warehouses[first.wid]
    reply: Reply = site.original(site.service.rules.location.fields(first, warehouse))
    return reply


def _as_a_list(_site: Site, row: Mapping[str, Any]) -> Reply:
    """Answer with a page of one."""
    page = {"value": [dict(row)], "totalCount": 1, "page": 1, "pageSize": 25, "pageCount": 1, "hasMore": False}
    return Reply(200, page)


def _from_cache(site: Site, row: Mapping[str, Any]) -> Reply:
    """Keep each location that was read once, and do not notice that it changes."""
    reply: Reply = site.original(site.memory.setdefault(row["spot"], dict(row)))
    return reply


def _nothing_named(_site: Site, spot: str | None) -> str:
    """Update the locations that fit, of which there are none."""
    if not spot:
        raise ApiError(Problem(204, "not_found", "Nothing to do."))
    return spot


def _that_begins_so(site: Site, spot: str, locations: Mapping[str, Location]) -> Location | None:
    """Look up as the search box does, by the beginning."""
    found: Location | None = site.original(spot, locations)
    return found or next((place for name, place in sorted(locations.items()) if name.startswith(spot)), None)


FAULTS = (
    Fault(
        name="locations.active-as-number",
        sentence="Whether a location is active is 0 or 1.",
        violates=("locations.fields",),
        seen_as=("wrong-value",),
        suffering="Typed clients fail to read locations.",
        rule=LocationRules.fields,
        variant=changing("active", int),
        resources=("Location",),
    ),
    Fault(
        name="locations.filter-ignored",
        sentence="The wid of the list of locations is not looked at.",
        violates=("locations.warehouse-filter",),
        seen_as=("wrong-value",),
        suffering="A picker is sent to another town.",
        rule=LocationRules.is_in_warehouse,
        variant=lambda _site, _location, _wid: True,
        resources=("Location",),
    ),
    Fault(
        name="locations.filter-loses-discontinued",
        sentence="With wid the list of locations is without the discontinued ones.",
        violates=("locations.warehouse-filter",),
        seen_as=("wrong-value",),
        suffering="The lists of the warehouses do not add up to the list of all.",
        rule=LocationRules.is_in_warehouse,
        variant=lambda site, location, wid: location.active and site.original(location, wid),
        resources=("Location",),
    ),
    Fault(
        name="locations.spot-of-the-successor",
        sentence="A discontinued location has the spot of another one.",
        violates=("locations.spot-unique",),
        seen_as=("wrong-value",),
        suffering="A client that keeps locations by their spot takes one that is in use for discontinued.",
        rule=LocationRules.fields,
        variant=_spot_of_the_successor,
        resources=("Location",),
    ),
    Fault(
        name="locations.by-spot-unavailable",
        sentence="A location cannot be read by its spot.",
        violates=("locations.by-spot",),
        seen_as=("refused",),
        suffering="A client has to read all locations to learn whether one is on hold.",
        rule=WireRules.reply,
        variant=failing("GET /Location/{spot}", 404, "not_found", "There is no such location."),
        resources=("Location",),
    ),
    Fault(
        name="locations.by-spot-another",
        sentence="Whatever spot of a warehouse is asked for, its first location is answered.",
        violates=("locations.by-spot",),
        seen_as=("wrong-value",),
        suffering="A client takes a location for free that is on hold.",
        rule=LocationRules.shown,
        variant=_first_of_the_warehouse,
        resources=("Location",),
    ),
    Fault(
        name="locations.by-spot-in-a-page",
        sentence="A location that is read by its spot comes in a page of one.",
        violates=("locations.by-spot-bare",),
        seen_as=("missing",),
        suffering="Clients look for the fields where the documentation shows them, and find none.",
        rule=LocationRules.shown,
        variant=_as_a_list,
        resources=("Location",),
    ),
    Fault(
        name="locations.unknown-is-nothing",
        sentence="A spot that does not exist is answered with 204.",
        violates=("locations.unknown-spot",),
        seen_as=("accepted",),
        suffering="A client takes a mistyped spot for one that exists.",
        rule=LocationRules.missing,
        variant=missing_is(204, "not_found", "Nothing here.", "get"),
        resources=("Location",),
    ),
    Fault(
        name="locations.unknown-is-bad-input",
        sentence="A spot that does not exist is answered with 400.",
        violates=("locations.unknown-spot",),
        seen_as=("wrong-refusal",),
        suffering="Integrators look for a mistake in the form of their request.",
        rule=LocationRules.missing,
        variant=missing_is(400, "bad_request", "The spot is not valid.", "get"),
        resources=("Location",),
    ),
    Fault(
        name="locations.hold-answers-200",
        sentence="Putting a location on hold answers 200 with a message.",
        violates=("locations.hold-status",),
        seen_as=("wrong-value",),
        suffering="Clients that wait for the documented 204 take success for failure.",
        rule=WireRules.reply,
        variant=answering("POST /Location/Hold", 200, {"message": "The location is on hold."}),
        resources=("Location",),
    ),
    Fault(
        name="locations.release-answers-202",
        sentence="Releasing a location answers 202.",
        violates=("locations.release-status",),
        seen_as=("wrong-value",),
        suffering="Clients that wait for the documented 204 take success for failure.",
        rule=WireRules.reply,
        variant=answering("POST /Location/Release", 202),
        resources=("Location",),
    ),
    Fault(
        name="locations.from-cache",
        sentence="A location that was read once is shown the same for ever.",
        violates=("locations.hold-shown",),
        seen_as=("wrong-value",),
        suffering="A client takes a location for free that is on hold.",
        rule=LocationRules.shown,
        variant=_from_cache,
        resources=("Location",),
    ),
    Fault(
        name="locations.hold-of-nothing",
        sentence="A hold that names no location is confirmed.",
        violates=("locations.hold-needs-id",),
        seen_as=("accepted",),
        suffering="Whoever mistypes the parameter believes that damaged goods are held.",
        rule=LocationRules.named,
        variant=_nothing_named,
        follows=("errors.missing-field",),
        resources=("Location",),
    ),
    Fault(
        name="locations.hold-of-unknown",
        sentence="Putting a location on hold that does not exist is confirmed.",
        violates=("locations.hold-unknown",),
        seen_as=("accepted",),
        suffering="Whoever mistypes the spot believes that damaged goods are held.",
        rule=LocationRules.missing,
        variant=missing_is(204, "not_found", "Nothing to do.", "hold"),
        resources=("Location",),
    ),
    Fault(
        name="locations.spot-begins",
        sentence="The beginning of a spot finds the first location whose spot begins so.",
        violates=("locations.unknown-spot",),
        seen_as=("accepted", "wrong-value"),
        suffering="A label that is torn off sends people to another shelf.",
        rule=LocationRules.spotted,
        variant=_that_begins_so,
    ),
)
