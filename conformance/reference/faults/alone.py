"""Faults in what is shown of a thing that is read by itself, and is shown rightly in its list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.rules import CategoryRules, ItemRules, LocationRules, PartnerRules

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.reference.call import Reply

    Row = Mapping[str, Any]


def _one_unit(site: Site, row: Row) -> Reply:
    """Leave a column out of the query, and show the default of the model."""
    reply: Reply = site.original({**row, "units": 1.0})
    return reply


def _category_twice(site: Site, row: Row, page: Callable[[], Reply]) -> Reply:
    """Map one column to two fields."""
    category = next(row[name] for name in ("category", "categoryID") if name in row)
    reply: Reply = site.original({**row, "subCategory": category}, page)
    return reply


def _flag_turned(site: Site, row: Row) -> Reply:
    """Show the column `discontinued` as `active`."""
    reply: Reply = site.original({**row, "active": not row["active"]})
    return reply


def _names_swapped(site: Site, row: Row) -> Reply:
    """Read two columns in the wrong order."""
    swapped = {"description": row["warehouseName"], "warehouseName": row["description"]}
    reply: Reply = site.original({**row, **swapped})
    return reply


def _places_swapped(site: Site, kind: str, row: Row) -> Reply:
    """Read two columns in the wrong order, of vendors alone."""
    swapped = {"city": row["zip"], "zip": row["city"]} if kind == "vendors" else {}
    reply: Reply = site.original(kind, {**row, **swapped})
    return reply


FAULTS = (
    Fault(
        name="items.one-unit-by-number",
        sentence="An item that is read by its number shows 1 for its units, whatever its list shows.",
        violates=("items.by-number",),
        seen_as=("wrong-value",),
        suffering="A client orders a hundred boxes where it needs a hundred screws.",
        rule=ItemRules.shown,
        variant=_one_unit,
    ),
    Fault(
        name="items.category-twice-by-key",
        sentence="An item that is looked up by a key shows its category for its subcategory.",
        violates=("items.by-short-id",),
        seen_as=("wrong-value",),
        suffering="A client files the item where nobody looks for it.",
        rule=ItemRules.looked_up,
        variant=_category_twice,
    ),
    Fault(
        name="categories.active-turned-by-number",
        sentence="A category that is read by its number is shown inactive where it is active.",
        violates=("categories.by-number",),
        seen_as=("wrong-value",),
        suffering="A client offers no category but those that were given up.",
        rule=CategoryRules.shown,
        variant=_flag_turned,
    ),
    Fault(
        name="locations.names-swapped-by-spot",
        sentence="A location that is read by its spot shows the name of its warehouse for its description.",
        violates=("locations.by-spot",),
        seen_as=("wrong-value",),
        suffering="A label says the warehouse and not the shelf.",
        rule=LocationRules.shown,
        variant=_names_swapped,
    ),
    Fault(
        name="vendors.places-swapped-by-short-id",
        sentence="A vendor that is read by its ShortID shows its zip code for its city.",
        violates=("vendors.by-short-id",),
        seen_as=("wrong-value",),
        suffering="Letters to vendors come back.",
        rule=PartnerRules.shown,
        variant=_places_swapped,
    ),
)
