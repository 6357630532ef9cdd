"""How lists of lots and of locations are judged, by their rows alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from conformance.suite.fields import NOTHING, Fields, Misfit, Misfits, named
from conformance.suite.ordering import is_descending
from conformance.suite.stock import in_stock, units_of
from conformance.target.answer import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.contract.specification import Specification
    from conformance.suite.lists import Whole

    Row = dict[str, Any]

# The examples show these as null; a target may as well leave out what a lot does not have.
MAY_BE_LEFT_OUT = frozenset({"serial2", "rFIDTag", "jobName"})
# What cannot differ between two rows of the same lot: that it moves while the list is read is nobody's fault.
ONE_LOT = ("partNo", "received", "serial")


def is_elsewhere(row: Row, field: str, *warehouses: int) -> bool:
    """Whether a row says that it is of another warehouse; that it says so in the right type is another matter."""
    told = row.get(field)
    return told is not None and str(told) not in map(str, warehouses)


# --- lots -------------------------------------------------------------------------------------------------------------


def fields_of_lots(specification: Specification) -> Fields:
    """The fields of a lot, as strictly as the documentation is about them."""
    schema = specification.schemas["Lot"]
    required = [name for name in schema["required"] if name not in MAY_BE_LEFT_OUT]
    return Fields({**schema, "required": required}, ("recNo",))


def misspelt(rows: Iterable[Row]) -> Misfits:
    """The lots that show a field which may be left out, but in another letter case."""
    found = Misfits()
    for row in rows:
        other_case = {name.lower(): name for name in row if name not in MAY_BE_LEFT_OUT}
        found += [
            Misfit(named(row, "recNo"), f"{name} is written {other_case[name.lower()]}")
            for name in sorted(MAY_BE_LEFT_OUT - row.keys())
            if name.lower() in other_case
        ]
    return found


def same_numbers(whole: Whole) -> Misfits:
    """The recNo values that several lots share."""
    pages = [rows_of(answer.json) for answer in whole.answers]
    on_a_page = [Counter(repr(row["recNo"]) for row in page if row.get("recNo") is not None) for page in pages]
    lots = {(repr(row.get("recNo")), *(repr(row.get(name)) for name in ONE_LOT)) for page in pages for row in page}
    over_pages = Counter(lot[0] for lot in lots if lot[0] != repr(None))
    times = {number: over_pages[number] for number in over_pages}
    for page in on_a_page:
        times |= {number: max(times.get(number, 0), count) for number, count in page.items()}
    return Misfits(Misfit(f"recNo {number}", f"{count} lots") for number, count in times.items() if count > 1)


def out_of_order(rows: Sequence[Row]) -> Misfits:
    """The lots that follow an older one, where neither received nor recNo descends."""
    if any(is_descending([row.get(name) for row in rows]) for name in ("received", "recNo")):
        return NOTHING
    late = [
        (one, other) for one, other in pairwise(rows) if not is_descending([one.get("received"), other.get("received")])
    ]
    return Misfits(
        Misfit(named(other, "recNo", "received"), f"comes after {named(one, 'recNo', 'received')}")
        for one, other in late
    )


def with_spot(rows: Iterable[Row]) -> list[Row]:
    """The lots in stock that name a spot."""
    named_spot = (row for row in rows if isinstance(row.get("spot"), str) and row["spot"])
    return [row for row in named_spot if in_stock(row) and units_of(row) > 0]


# --- locations --------------------------------------------------------------------------------------------------------


def same_spots(whole: Whole) -> Misfits:
    """The spots that several locations of a warehouse share; that a page repeats a row is a matter of paging."""
    times: Counter[str] = Counter()
    descriptions: dict[str, set[str]] = defaultdict(set)
    for answer in whole.answers:
        rows = [row for row in rows_of(answer.json) if row.get("spot") is not None]
        on_page = Counter(named(row, "warehouseID", "spot") for row in rows)
        times |= on_page
        for row in rows:
            descriptions[named(row, "warehouseID", "spot")].add(repr(row.get("description")))
    for place, texts in descriptions.items():
        times[place] = max(times[place], len(texts))
    return Misfits(Misfit(place, f"{number} locations") for place, number in times.items() if number > 1)
