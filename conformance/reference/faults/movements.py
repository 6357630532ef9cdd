"""Faults in receiving, moving and issuing stock."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.rules import StockRules, WireRules

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from conformance.reference.call import Call
    from conformance.reference.problems import Problem
    from conformance.reference.world import Location, Lot

_TOO_LITTLE = "The value must exceed 0."


def _in_another_warehouse(site: Site, lot: Lot) -> Lot:
    """Book on the first free location of the warehouse that comes first, if that is not the one that was named."""
    locations = site.service.store.locations.values()
    other = next(place for place in locations if place.wid != lot.wid and place.active and not place.hold)
    return replace(lot, wid=other.wid, spot=other.spot)


def _details_of_another_name(site: Site, problem: Problem) -> dict[str, Any]:
    """Name the column instead of the field."""
    body: dict[str, Any] = site.original(problem)
    if problem.details is None or "units" not in problem.details:
        return body
    return {**body, "details": {("qty" if name == "units" else name): it for name, it in problem.details.items()}}


def _quantity_as_bad_request(site: Site, problem: Problem, call: Call) -> Problem:
    """Look at the quantity by hand, outside the validation of the model."""
    right: Problem = site.original(problem, call)
    told = (right.details or {}).get("units", [])
    return replace(right, error="bad_request", details=None) if _TOO_LITTLE in told else right


def _at_another_spot(site: Site, lot: Lot, units: float, location: Location, now: datetime) -> Lot:
    """Leave what arrives at the first location of the warehouse, to be put away later."""
    arrived: Lot = site.original(lot, units, location, now)
    spots = (place.spot for place in site.service.store.locations.values() if place.wid == location.wid)
    return replace(arrived, spot=next(spot for spot in spots if spot not in {location.spot, lot.spot}))


def _within_one_warehouse(site: Site, lot: Lot, units: float, location: Location, now: datetime) -> Lot:
    """Leave a move to another warehouse to a job that nobody has set up."""
    arrived: Lot = site.original(lot, units, location, now)
    return arrived if location.wid == lot.wid else replace(arrived, wid=lot.wid, spot=lot.spot)


def _oldest_elsewhere(_site: Site, lot: Lot, lots: Mapping[int, Lot]) -> Lot:
    """Issue the oldest lot of the item first, in whatever warehouse it is."""
    return next(
        (other for other in lots.values() if other.part_no == lot.part_no and other.wid != lot.wid and other.active),
        lot,
    )


def _positive(action: str) -> Any:
    def variant(site: Site, asked: str) -> bool:
        return asked != action and bool(site.original(asked))

    return variant


FAULTS = (
    Fault(
        name="inventory.receipt-forgotten",
        sentence="Received stock is confirmed and not booked.",
        violates=("inventory.receive",),
        seen_as=("wrong-value",),
        suffering="Goods stand in the warehouse that nobody can sell.",
        rule=StockRules.received,
        variant=lambda _site, _lot: None,
        resources=("Inventory",),
    ),
    Fault(
        name="inventory.receipt-elsewhere",
        sentence="Received stock is booked in another warehouse than the one that was named.",
        violates=("inventory.receive",),
        seen_as=("wrong-value",),
        suffering="One warehouse looks for goods that stand in another.",
        rule=StockRules.received,
        variant=_in_another_warehouse,
        resources=("Inventory",),
    ),
    Fault(
        name="inventory.receipt-of-less-than-nothing",
        sentence="No units, or fewer, can be received.",
        violates=("inventory.receive-positive",),
        seen_as=("accepted",),
        suffering="A typing mistake takes stock away under the name of a receipt.",
        rule=StockRules.must_be_positive,
        variant=_positive("receive"),
        resources=("Inventory",),
    ),
    Fault(
        name="inventory.receipt-problem-misnamed",
        sentence="The refusal of too few units names the column of the database instead of the field.",
        violates=("inventory.receive-positive",),
        seen_as=("wrong-value",),
        suffering="A form shows the problem beside no field.",
        rule=WireRules.error_body,
        variant=_details_of_another_name,
        resources=("Inventory",),
    ),
    Fault(
        name="inventory.receipt-problem-as-bad-request",
        sentence="Too few units are refused as a bad request that names no field.",
        violates=("inventory.receive-positive",),
        seen_as=("wrong-value",),
        suffering="A form shows the problem beside no field.",
        rule=WireRules.coded,
        variant=_quantity_as_bad_request,
        resources=("Inventory",),
    ),
    Fault(
        name="inventory.move-loses-stock",
        sentence="Where a part of a lot is moved the rest of the lot is lost.",
        violates=("inventory.move",),
        seen_as=("wrong-value",),
        suffering="Stock vanishes from the books whenever somebody tidies up.",
        rule=StockRules.keeps_number,
        variant=lambda _site, _lot, _units: True,
        resources=("Inventory",),
    ),
    Fault(
        name="inventory.move-doubles-stock",
        sentence="Where a part of a lot is moved the lot keeps all its units.",
        violates=("inventory.move",),
        seen_as=("wrong-value",),
        suffering="Stock appears in the books that nobody has bought.",
        rule=StockRules.left_behind,
        variant=lambda _site, lot, _units, _now: lot,
        resources=("Inventory",),
    ),
    Fault(
        name="inventory.move-brings-nothing",
        sentence="What is moved is taken away and arrives as nothing.",
        violates=("inventory.move", "inventory.move-arrives"),
        seen_as=("wrong-value",),
        suffering="Stock vanishes from the books whenever somebody tidies up.",
        rule=StockRules.arrived,
        variant=lambda site, lot, _units, location, now: site.original(lot, 0.0, location, now),
        resources=("Inventory",),
    ),
    Fault(
        name="inventory.move-stays",
        sentence="A move is confirmed and the stock stays where it was.",
        violates=("inventory.move-arrives",),
        seen_as=("wrong-value",),
        suffering="A picker finds an empty shelf.",
        rule=StockRules.arrived,
        variant=lambda _site, lot, units, _location, now: replace(lot, units=units, modified=now),
        resources=("Inventory",),
    ),
    Fault(
        name="inventory.move-within-one-warehouse",
        sentence="A move to another warehouse is confirmed and the stock stays where it was.",
        violates=("inventory.move-arrives",),
        seen_as=("wrong-value",),
        suffering="Two warehouses' books are wrong at once.",
        rule=StockRules.arrived,
        variant=_within_one_warehouse,
        resources=("Inventory", "Location"),
    ),
    Fault(
        name="inventory.move-to-another-spot",
        sentence="What is moved arrives in the right warehouse at another spot than the one that was named.",
        violates=("inventory.move-arrives",),
        seen_as=("wrong-value",),
        suffering="A picker finds an empty shelf.",
        rule=StockRules.arrived,
        variant=_at_another_spot,
        resources=("Inventory",),
    ),
    Fault(
        name="inventory.issue-forgotten",
        sentence="An issue is confirmed and the stock stays as it was.",
        violates=("inventory.issue",),
        seen_as=("wrong-value",),
        suffering="Goods are sold that have left.",
        rule=StockRules.remaining,
        variant=lambda _site, lot, _units, _now: lot,
        resources=("Inventory",),
    ),
    Fault(
        name="inventory.issue-adds",
        sentence="An issue adds the units instead of subtracting them.",
        violates=("inventory.issue",),
        seen_as=("wrong-value",),
        suffering="Each issue makes the books wrong twice over.",
        rule=StockRules.remaining,
        variant=lambda _site, lot, units, now: replace(lot, units=lot.units + units, modified=now),
        resources=("Inventory",),
    ),
    Fault(
        name="inventory.issue-elsewhere",
        sentence="An issue takes the stock from another warehouse that has the item.",
        violates=("inventory.issue",),
        seen_as=("wrong-value",),
        suffering="Two warehouses' books are wrong at once.",
        rule=StockRules.issued_from,
        variant=_oldest_elsewhere,
        resources=("Inventory",),
    ),
    Fault(
        name="inventory.issue-above-stock",
        sentence="More can be issued than there is.",
        violates=("inventory.issue-above-stock",),
        seen_as=("accepted",),
        suffering="The level of an item falls below zero.",
        rule=StockRules.is_enough,
        variant=lambda _site, _lot, _units: True,
        resources=("Inventory",),
    ),
    Fault(
        name="inventory.part-keeps-number",
        sentence="A part of a lot that is moved keeps the number of the lot, which the rest has, too.",
        violates=("inventory.number-unique",),
        seen_as=("wrong-value",),
        suffering="A client that keeps lots by their number loses one of the two.",
        rule=StockRules.number_of_part,
        variant=lambda _site, lot, _free: lot.rec_no,
        resources=("Inventory",),
    ),
)
