"""Faults in the lists of lots and the stock levels."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.faults.shapes import changing, failing
from conformance.reference.rules import PagingRules, StockRules, WireRules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.reference.world import Lot


def _warehouse_by_number(site: Site, lot: Lot, *others: Any) -> dict[str, Any]:
    """Write the warehouse of a lot as orders have it."""
    row: dict[str, Any] = site.original(lot, *others)
    return {**row, "warehouse": lot.wid}


def _number_of_the_job(site: Site, lot: Lot, *others: Any) -> dict[str, Any]:
    """Join the jobs and take the number of the first lot that a job has."""
    row: dict[str, Any] = site.original(lot, *others)
    if lot.job_id == 0:
        return row
    return {**row, "recNo": min(other.rec_no for other in site.service.world.lots if other.job_id == lot.job_id)}


def _spot_of_the_job(site: Site, lot: Lot, *others: Any) -> dict[str, Any]:
    """Show stock that is reserved for a job at a place of its own."""
    row: dict[str, Any] = site.original(lot, *others)
    return row if lot.job_id == 0 else {**row, "spot": f"JOB-{lot.job_id}"}


def _first_look_by_item(site: Site, rows: Sequence[Any], kind: str, column: str | None, asked: str | None) -> Any:
    """Sort what a screen shows first by item; it asks for nothing, programs ask for a page size."""
    right: Sequence[Any] = site.original(rows, kind, column, asked)
    if kind != "lots" or column is not None or asked is not None:
        return right
    return sorted(right, key=lambda lot: lot.part_no)


def _without_held_ones(site: Site, lot: Lot, wid: int) -> bool:
    """Take the list of a warehouse for the list of what is available there."""
    return not lot.hold and bool(site.original(lot, wid))


def _by_first_warehouse(site: Site, lot: Lot, wid: int) -> bool:
    """Join the receipts, and take the warehouse that goods came into."""
    parts = (other for other in site.service.store.lots.values() if _is_of_one_receipt(other, lot))
    return min(parts, key=lambda part: part.rec_no).wid == wid


def _is_of_one_receipt(lot: Lot, other: Lot) -> bool:
    return (lot.part_no, lot.received, lot.serial) == (other.part_no, other.received, other.serial)


FAULTS = (
    Fault(
        name="inventory.hold-as-number",
        sentence="Whether a lot is on hold is 0 or 1.",
        violates=("inventory.fields",),
        seen_as=("wrong-value",),
        suffering="Typed clients fail to read lots.",
        rule=StockRules.fields,
        variant=changing("hold", int),
        resources=("Inventory",),
    ),
    Fault(
        name="inventory.warehouse-by-number",
        sentence="The warehouse of a lot is its number instead of its name.",
        violates=("inventory.fields",),
        seen_as=("wrong-value",),
        suffering="Typed clients fail to read lots.",
        rule=StockRules.fields,
        variant=_warehouse_by_number,
        resources=("Inventory",),
    ),
    Fault(
        name="inventory.zero-date",
        sentence="The shipping date of a lot in stock is the first day of the year 1.",
        violates=("inventory.unshipped",),
        seen_as=("wrong-value",),
        suffering="Clients take all stock for shipped.",
        rule=StockRules.fields,
        variant=changing("shipped", lambda shipped: shipped or "0001-01-01T00:00:00Z"),
        resources=("Inventory", "Location", "Item"),
    ),
    Fault(
        name="inventory.shipped-on-receipt",
        sentence="The shipping date of a lot is set when it is received.",
        violates=("inventory.unshipped",),
        seen_as=("wrong-value",),
        suffering="Clients take new stock for shipped.",
        rule=StockRules.received,
        variant=lambda _site, lot: replace(lot, shipped=lot.received),
        resources=("Inventory",),
    ),
    Fault(
        name="inventory.number-of-the-job",
        sentence="All lots of a job have the number of its first one.",
        violates=("inventory.number-unique",),
        seen_as=("wrong-value",),
        suffering="A client that keeps lots by their number loses all but one of them.",
        rule=StockRules.fields,
        variant=_number_of_the_job,
        resources=("Inventory",),
    ),
    Fault(
        name="inventory.oldest-first",
        sentence="The list of lots begins with the oldest one.",
        violates=("inventory.order",),
        seen_as=("wrong-value",),
        suffering="A client that reads the first page to learn what has arrived never learns it.",
        rule=StockRules.newest_first,
        variant=lambda _site: False,
        resources=("Inventory",),
    ),
    Fault(
        name="inventory.by-item",
        sentence="The list of lots comes in the order of the items.",
        violates=("inventory.order",),
        seen_as=("wrong-value",),
        suffering="A client that reads the first page to learn what has arrived never learns it.",
        rule=StockRules.order,
        variant=lambda _site, lot: (-lot.part_no, lot.rec_no),
        resources=("Inventory",),
    ),
    Fault(
        name="inventory.first-look-by-item",
        sentence="Where no page size is asked for a page of lots is in the order of the items.",
        violates=("inventory.order",),
        seen_as=("wrong-value",),
        suffering="What has arrived last stands somewhere on the page.",
        rule=PagingRules.arranged,
        variant=_first_look_by_item,
        resources=("Inventory",),
    ),
    Fault(
        name="inventory.warehouse-ignored",
        sentence="The lots of one warehouse are those of all warehouses.",
        violates=("inventory.of-warehouse", "inventory.sum"),
        seen_as=("wrong-value",),
        suffering="An order is promised from stock that lies in another town.",
        rule=StockRules.is_in_warehouse,
        variant=lambda _site, _lot, _wid: True,
        resources=("Inventory",),
    ),
    Fault(
        name="inventory.without-held-ones",
        sentence="The lots of one warehouse are without those that are on hold; the list over all has them.",
        violates=("inventory.sum",),
        seen_as=("wrong-value",),
        suffering="The valuation of the warehouses does not add up to that of the company.",
        rule=StockRules.is_in_warehouse,
        variant=_without_held_ones,
        resources=("Inventory",),
    ),
    Fault(
        name="inventory.levels-taken-for-a-warehouse",
        sentence="The word StockLevels is taken for the number of a warehouse.",
        violates=("inventory.stock-levels",),
        seen_as=("refused",),
        suffering="The levels of all warehouses cannot be read.",
        rule=WireRules.reply,
        variant=failing("GET /Inventory/StockLevels", 400, "bad_request", "The value is not a whole number."),
        follows=("authorization.warehouse-lists",),
        resources=("Inventory",),
    ),
    Fault(
        name="inventory.levels-of-one-unavailable",
        sentence="The stock levels of one warehouse are not implemented.",
        violates=("inventory.stock-levels",),
        seen_as=("server-error",),
        suffering="A client has to read the levels of all warehouses to learn those of its own.",
        rule=WireRules.reply,
        variant=failing("GET /Inventory/StockLevels/{wid}", 501, "not_implemented", "The operation is not available."),
        resources=("Inventory",),
    ),
    Fault(
        name="inventory.spot-of-the-job",
        sentence="Lots that belong to a job are shown at a spot that is no location.",
        violates=("inventory.place-known",),
        seen_as=("wrong-value",),
        suffering="A picker is sent to a place that does not exist.",
        rule=StockRules.fields,
        variant=_spot_of_the_job,
    ),
    Fault(
        name="inventory.by-first-warehouse",
        sentence="The list for one warehouse has what came into it, although it was moved to another one since.",
        violates=("inventory.of-warehouse",),
        seen_as=("wrong-value",),
        suffering="A picker looks for what was moved long ago.",
        rule=StockRules.is_in_warehouse,
        variant=_by_first_warehouse,
    ),
)
