"""What a row says of an item: its number, its category and its state, by the names of either documented page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.suite.fields import named
from conformance.suite.ordering import moment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Row = Mapping[str, Any]

# The three fields that the two pages call by different names (items, Item object; quickstart, GET /Item).
ITEMS_PAGE = frozenset({"category", "uOM", "discontinued"})
QUICKSTART = frozenset({"categoryID", "unit", "active"})


def is_active(row: Row) -> bool | None:
    """Whether an item is active, None where it does not show its state: `discontinued` true or `active` false is not."""
    states = []
    if isinstance(row.get("discontinued"), bool):
        states.append(not row["discontinued"])
    if isinstance(row.get("active"), bool):
        states.append(row["active"])
    return all(states) if states else None


def number_of(row: Row) -> int | None:
    """The number of an item, None where it shows none."""
    number = row.get("partNo")
    return number if type(number) is int else None


def short_id_of(row: Row) -> str | None:
    """The ShortID of an item, None where it shows none."""
    short_id = row.get("shortID")
    return short_id if isinstance(short_id, str) and short_id else None


def category_of(row: Row) -> int | None:
    """The category of an item, None where it shows none."""
    return next((row[name] for name in ("category", "categoryID") if type(row.get(name)) is int), None)


def telling_categories(rows: Sequence[Row]) -> list[int]:
    """Categories that items have: those that may be taken for others first, then the largest and the smallest.

    0 may be how an item shows that it has none: whether it is the number of a category is not said.
    """
    known = [category for row in rows if (category := category_of(row))]
    if not known:
        return []
    by_size = sorted(dict.fromkeys(known), key=known.count)
    prefixes = [one for one in by_size if any(other != one and str(other).startswith(str(one)) for other in by_size)]
    return list(dict.fromkeys([by_size[-1], min(known), *prefixes[:2], by_size[0], max(known), *by_size]))


def names_of(row: Row) -> str | None:
    """Whose names an item is shown by, as specs/readings.yaml calls it; None where it has none of them."""
    shown = row.keys() & (ITEMS_PAGE | QUICKSTART)
    if not shown:
        return None
    return "items page" if shown <= ITEMS_PAGE else "quickstart" if shown <= QUICKSTART else "mixed"


def is_modified_too_early(row: Row) -> bool:
    """Whether an item was modified before it was created; not where a date is none, or just one has a zone."""
    created, modified = moment(row.get("created")), moment(row.get("modified"))
    if created is None or modified is None or (created.tzinfo is None) != (modified.tzinfo is None):
        return False
    return created > modified


def item(row: Row) -> str:
    """An item by its number and its ShortID, for a reader."""
    return named(row, "partNo", "shortID")
