"""What is in stock of one item, told from the lots that a target lists."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked

if TYPE_CHECKING:
    from collections.abc import Iterable

# Decimals come as binary floating point numbers; what they differ by beyond this is no stock.
PLACES = 6


class Units(float):
    """A quantity that says what it is a quantity of, so that a failed comparison shows it."""

    of: str

    def __new__(cls, value: float, of: str) -> Units:
        """Make the quantity `value` of `of`."""
        units = super().__new__(cls, round(value, PLACES))
        units.of = of
        return units

    def __repr__(self) -> str:
        return f"{float(self):.15g} units of {self.of}"


def in_stock(row: dict[str, Any]) -> bool:
    """Whether a lot is in stock: it is not shipped and not inactive."""
    return row.get("shipped") is None and row.get("active") is not False


def units_of(row: dict[str, Any]) -> float:
    """The units of a lot, also those in a text, 0 where it shows none; raises Blocked where they are no number."""
    units = row.get("units")
    if units is None:
        return 0.0
    try:
        return float(str(units))
    except ValueError as error:
        message = f"lot {row.get('recNo')!r} shows its units as {units!r}, so that nothing can be added up"
        raise Blocked(Reason.EARLIER_FAILURE, message, cause="inventory.fields") from error


@dataclass(frozen=True, slots=True, repr=False)
class Stock:
    """The lots of one item in one or two warehouses, as read at one time.

    Some targets keep lots that have left in the list, some drop them, some keep the lot and lower its units: what is in
    stock is the same.
    """

    item: str
    rows: tuple[dict[str, Any], ...] = field(compare=False)
    shown: tuple[str, ...]

    @classmethod
    def of(cls, item: str, rows: Iterable[dict[str, Any]]) -> Stock:
        """The stock that the lots of an item are."""
        own = tuple(rows)
        names = ("recNo", "wID", "spot", "units", "shipped", "active")
        return cls(item, own, tuple(sorted(repr([row.get(name) for name in names]) for row in own)))

    @property
    def units(self) -> Units:
        """The units of all lots in stock."""
        return Units(_sum(row for row in self.rows if in_stock(row)), self.item)

    def lot(self, number: object) -> tuple[str, ...]:
        """Where the lots of a number are and how many units they have."""
        rows = (row for row in self.rows if row.get("recNo") == number)
        return tuple(sorted(f"{units_of(row):g} at {row.get('spot')} of {row.get('wID')}" for row in rows))

    def at(self, spot: object, warehouse: int) -> Units:
        """The units in stock at a location of a warehouse."""
        there = {str(warehouse), str(None)}
        here = (row for row in self.rows if row.get("spot") == spot and str(row.get("wID")) in there and in_stock(row))
        return Units(_sum(here), f"{self.item}, at {spot} of warehouse {warehouse}")

    def units_since(self, before: Stock) -> Units:
        """The units in stock, with those of all lots that were not there before, whatever their state."""
        known = {row.get("recNo") for row in before.rows}
        return Units(_sum(row for row in self.rows if in_stock(row) or row.get("recNo") not in known), self.item)

    def new_since(self, before: Stock) -> list[dict[str, Any]]:
        """The lots that were not there before."""
        known = {row.get("recNo") for row in before.rows}
        return [row for row in self.rows if row.get("recNo") not in known]

    def grown_since(self, before: Stock) -> list[tuple[dict[str, Any], float]]:
        """The lots that were not there before or not at that location, or with fewer units; with what they gained."""
        known = {_place(row): units_of(row) for row in before.rows}
        gained = [(row, round(units_of(row) - known.get(_place(row), 0.0), PLACES)) for row in self.rows]
        return [(row, units) for row, units in gained if units > 0]

    def __repr__(self) -> str:
        return f"{self.units!r} in {len(self.rows)} lots"


def _sum(rows: Iterable[dict[str, Any]]) -> float:
    return sum(units_of(row) for row in rows)


def _place(row: dict[str, Any]) -> tuple[object, ...]:
    return row.get("recNo"), row.get("wID"), row.get("spot")
