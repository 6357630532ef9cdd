"""What the inventory operations show and change (inventory)."""

# ruff: noqa: ARG002 -- a docstring states the rule as documented; a rule is given all that a faulty server looks at

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.reference.call import Reply
from conformance.reference.choices import Absent, IssuedLots, Miss, MovedLots, Shape
from conformance.reference.problems import ApiError, Problem, conflict, not_found
from conformance.reference.rules.rule import Rules

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from conformance.reference.world import Item, Location, Lot, Warehouse

Row = dict[str, Any]


class StockRules(Rules):
    """Lots, levels and movements of stock."""

    # --- lots --------------------------------------------------------------------------------------------------------

    def fields(
        self, lot: Lot, item: Item, warehouse: Warehouse, location: Location | None, dates: Callable[[Any], str]
    ) -> Row:
        """A lot has nineteen fields; `shipped` is null while it is in stock."""
        none = "" if self.dialect.no_serial2 is Absent.EMPTY else None
        held_there = location is not None and location.hold and self.dialect.held_spot_shows_on_lots
        row = {
            "recNo": lot.rec_no,
            "partNo": lot.part_no,
            "shortID": item.short_id,
            "description": item.description,
            "associate": lot.associate,
            "warehouse": warehouse.name,
            "wID": lot.wid,
            "spot": lot.spot,
            "units": lot.units,
            "received": dates(lot.received),
            "shipped": None if lot.shipped is None else dates(lot.shipped),
            "serial": lot.serial,
            "serial2": none if lot.serial2 is None else lot.serial2,
            "rFIDTag": none if lot.rfid_tag is None else lot.rfid_tag,
            "remark": lot.remark,
            "hold": lot.hold or held_there,
            "jobID": lot.job_id,
            "jobName": none if lot.job_name is None else lot.job_name,
            "active": lot.active,
        }
        empty = {name: row[name] for name in ("serial2", "rFIDTag", "jobName")}
        return self._written(row) | empty

    def order(self, lot: Lot) -> Any:
        """What makes a lot recent is open: when it was received, or its number."""
        return lot.rec_no if self.dialect.newest_by_number else (lot.received, lot.rec_no)

    def newest_first(self) -> bool:
        """The list of lots begins with the most recent one."""
        return True

    def is_listed(self, lot: Lot) -> bool:
        """Whether shipped lots are listed is open."""
        return lot.active or self.dialect.shipped_lots_listed

    def is_in_warehouse(self, lot: Lot, wid: int) -> bool:
        """A list for one warehouse holds its lots."""
        return lot.wid == wid

    def unknown_warehouse(self, wid: int) -> int:
        """Whether an unknown warehouse is 404 or holds nothing is open; it is never taken for another one."""
        if self.dialect.unknown_warehouse is Miss.NOT_FOUND:
            raise not_found(f"There is no warehouse {wid}.")
        return wid

    def lies_in(self, location: Location, wid: int) -> bool:
        """A spot that is named together with a warehouse lies in it."""
        return location.wid == wid

    # --- levels ------------------------------------------------------------------------------------------------------

    def level(self, lots: Sequence[Lot]) -> float:
        """The level of an item in a warehouse is the sum of what lies there."""
        return round(sum(lot.units for lot in lots), 6)

    def is_level_of(self, of: int, wid: int) -> bool:
        """The levels of one warehouse are its own; `of` is the warehouse that a level is of."""
        return of == wid

    def levels_reply(self, page: Callable[[], Reply], rows: Callable[[], Sequence[Row]]) -> Reply:
        """The shape of the stock levels is open: a page of them, a bare array of all, or an object by warehouse."""
        match self.dialect.levels_shape:
            case Shape.ENVELOPE:
                return page()
            case Shape.LIST:
                return Reply(200, rows())
            case Shape.OBJECT:
                warehouses: dict[str, Row] = {}
                for row in rows():
                    block = warehouses.setdefault(row["warehouse"], {"wID": row["wID"], "items": []})
                    block["items"].append({"partNo": row["partNo"], "shortID": row["shortID"], "onHand": row["units"]})
                return Reply(200, {"warehouses": warehouses})

    # --- movements ---------------------------------------------------------------------------------------------------

    def needed(self, action: str) -> frozenset[str]:
        """What Receive, Move and Issue need; missing required data is bad input."""
        return {
            "receive": frozenset({"item", "spot", "units"}),
            "move": frozenset({"recNo", "toSpot"}),
            "issue": frozenset({"recNo"}),
        }[action]

    def must_be_positive(self, action: str) -> bool:
        """`units` must exceed 0."""
        return True

    def missing(self, what: str) -> ApiError:
        """An unknown lot, item, warehouse or location is 404."""
        return not_found(f"There is no such {what}.")

    def is_held(self, lot: Lot, location: Location | None) -> bool:
        """Stock at a held location can be neither moved nor issued until release."""
        return lot.hold or (location is not None and location.hold)

    def may_be_moved(self, lot: Lot, location: Location | None, to: Location | None) -> bool:
        """Stock at a held location cannot be moved, wherever it is to go."""
        return not self.is_held(lot, location)

    def may_be_issued(self, lot: Lot, location: Location | None) -> bool:
        """Stock at a held location cannot be issued."""
        return not self.is_held(lot, location)

    def is_done_anyway(self, action: str) -> bool:
        """What is refused because of a hold is not done; `action` is move or issue."""
        return False

    def held(self, what: str) -> ApiError:
        """The status for held stock is open."""
        return self._clash(self.dialect.held_status, f"{what} is on hold.")

    def takes_stock(self, location: Location) -> bool:
        """Whether stock can be brought to a held location is open."""
        return not location.hold or self.dialect.held_spot_takes_stock

    def is_enough(self, lot: Lot, units: float) -> bool:
        """No more can be taken than is there."""
        return units <= lot.units

    def may_overdraw(self) -> bool:
        """Whether more can be issued than is there is open."""
        return self.dialect.overdraws

    def too_little(self, lot: Lot) -> ApiError:
        """The status for want of stock is open."""
        return self._clash(self.dialect.short_stock_status, f"The lot holds {lot.units} units.")

    def _clash(self, status: int, message: str) -> ApiError:
        return conflict(message) if status == 409 else ApiError(Problem(status, "bad_request", message))

    def received(self, lot: Lot) -> Lot | None:
        """What is received is in stock afterwards, as it was sent."""
        return lot

    def issued_from(self, lot: Lot, lots: Mapping[int, Lot]) -> Lot:
        """Stock is taken from the lot that is named."""
        return lot

    def remaining(self, lot: Lot, units: float, now: datetime) -> Lot:
        """What is issued is there no more; what a lot is of that is wholly issued is open."""
        left = self._without(lot, units, now)
        kept = not left.active and self.dialect.issued_lots is IssuedLots.AS_IT_WAS
        return replace(left, units=lot.units) if kept else left

    def split_off(self, lot: Lot, units: float, now: datetime) -> Lot | None:
        """Whether an issue leaves a shipped lot of its own behind is open; its number is to be a new one."""
        if not self.dialect.issues_split_lots or units >= lot.units:
            return None
        kept = units if self.dialect.issued_lots is IssuedLots.AS_IT_WAS else 0.0
        return replace(lot, units=kept, shipped=now, active=False, modified=now)

    def left_behind(self, lot: Lot, units: float, now: datetime) -> Lot:
        """What is moved is no longer where it was."""
        return self._without(lot, units, now)

    def _without(self, lot: Lot, units: float, now: datetime) -> Lot:
        """Take units from a lot, which is shipped once nothing is left."""
        left = replace(lot, units=round(lot.units - units, 6), modified=now)
        return replace(left, shipped=now, active=False) if left.units == 0 else left

    def arrived(self, lot: Lot, units: float, location: Location, now: datetime) -> Lot:
        """What is moved lies at the other location afterwards, all of it and nothing else."""
        return replace(lot, wid=location.wid, spot=location.spot, units=units, modified=now)

    def keeps_number(self, lot: Lot, units: float) -> bool:
        """Whether a lot that is moved as a whole keeps its number is open."""
        return units == lot.units and self.dialect.moved_lots is not MovedLots.NEW

    def number_of_part(self, lot: Lot, free: int) -> int:
        """A lot that is split off has a number of its own; `free` is one that no lot has had."""
        return free

    def joins(self, lot: Lot, other: Lot, location: Location) -> bool:
        """Whether stock that is moved joins a lot of the item that lies there is open."""
        if self.dialect.moved_lots is not MovedLots.MERGED or other.rec_no == lot.rec_no:
            return False
        alike = (lot.part_no, lot.associate, lot.job_id) == (other.part_no, other.associate, other.job_id)
        return alike and (other.wid, other.spot) == (location.wid, location.spot) and other.active and not other.hold

    def joined(self, other: Lot, units: float, now: datetime) -> Lot:
        """A lot that stock has joined is so much greater."""
        return replace(other, units=round(other.units + units, 6), modified=now)

    def received_reply(self, row: Mapping[str, Any]) -> Reply:
        """The status of a receipt is open."""
        return self._answered(self.dialect.receive_status, row)

    def moved(self, row: Mapping[str, Any]) -> Reply:
        """The status of a stock move is open."""
        return self._answered(self.dialect.move_status, row)

    def issued(self, row: Mapping[str, Any]) -> Reply:
        """The status of an issue is open."""
        return self._answered(self.dialect.issue_status, row)
