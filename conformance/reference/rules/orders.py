"""What the lists and details of orders show (purchase-orders, shipping-orders, work-orders)."""

# ruff: noqa: ARG002 -- a docstring states the rule as documented; a rule is given all that a faulty server looks at

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.call import Reply
from conformance.reference.choices import Absent, ListOrder, WorkOrderDates
from conformance.reference.problems import ApiError, invalid, not_found
from conformance.reference.rules.rule import Rules
from conformance.reference.world import WorkOrder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from conformance.reference.world import Note, Order, OrderLine, Warehouse

    Dates = Callable[[datetime], str]

Row = dict[str, Any]

PURCHASE = "purchase-orders"
SHIPPING = "shipping-orders"
WORK = "work-orders"
CHARGES = 25.0


class OrderRules(Rules):
    """Purchase, shipping and work orders; `kind` is the name of their list, e.g. ``purchase-orders``."""

    # --- which rows --------------------------------------------------------------------------------------------------

    def is_purchase_order_listed(self, order: Order, sort: str | None) -> bool:
        """The list holds open purchase orders, in whatever order; whether one in part received is open."""
        return order.status == "Open" or (order.status == "Partial" and self.dialect.partial_listed)

    def is_shipping_order_listed(self, order: Order, sort: str | None) -> bool:
        """Whether closed shipping orders are listed is open."""
        return order.status != "Closed" or self.dialect.closed_shipping_orders_listed

    def is_work_order_listed(self, order: WorkOrder, sort: str | None) -> bool:
        """Whether closed work orders are listed is open."""
        return order.status != "Closed" or self.dialect.closed_work_orders_listed

    def bounded(self, kind: str, order: Order | WorkOrder) -> tuple[datetime, datetime]:
        """`startDate` and `endDate` bound the order date; of work orders, the start and the due date.

        The page on pagination has the creation date for all three.
        """
        if not isinstance(order, WorkOrder):
            return order.ordered, order.ordered
        if self.dialect.work_order_dates is WorkOrderDates.PAGINATION_PAGE:
            return order.created, order.created
        return order.start, order.due

    def is_from(self, kind: str, moment: datetime, start: datetime) -> bool:
        """`startDate` includes the moment itself."""
        return moment >= start

    def is_until(self, kind: str, moment: datetime, end: datetime) -> bool:
        """`endDate` includes the moment itself."""
        return moment <= end

    def check_period(self, start: datetime | None, end: datetime | None) -> None:
        """Whether a period that ends before it begins is empty or bad input is open."""
        if start is not None and end is not None and start > end and self.dialect.reversed_period_status == 400:
            raise invalid("endDate", "The value is to be no earlier than startDate.")

    def order(self, kind: str, order: Order | WorkOrder) -> Any:
        """The order of the list is open."""
        newest = self.dialect.list_order is ListOrder.NEWEST
        return (-self.bounded(kind, order)[0].timestamp(), order.number) if newest else order.number

    # --- what they show ----------------------------------------------------------------------------------------------

    def purchase_order(self, order: Order, dates: Dates) -> Row:
        """A purchase order has seven fields beside its lines; what its total value adds up is open."""
        value = sum(line.units * line.price for line in order.lines) + CHARGES * self.dialect.value_has_charges
        return {
            "poNo": order.number,
            "vendor": order.partner,
            "orderDate": dates(order.ordered),
            "expectedDate": dates(order.due),
            "status": order.status,
            "totalLines": len(order.lines),
            "totalValue": round(value, 2),
        }

    def shipping_order(self, order: Order, dates: Dates) -> Row:
        """A shipping order has six fields beside its lines."""
        return {
            "soNo": order.number,
            "customer": order.partner,
            "orderDate": dates(order.ordered),
            "shipDate": dates(order.due),
            "status": order.status,
            "totalLines": len(order.lines),
        }

    def work_order(self, order: WorkOrder, dates: Dates) -> Row:
        """A work order has seven fields beside its lines and notes."""
        return {
            "woNo": order.number,
            "description": order.description,
            "status": order.status,
            "startDate": dates(order.start),
            "dueDate": dates(order.due),
            "assignee": order.assignee,
            "totalLines": len(order.lines),
        }

    def line(self, kind: str, line: OrderLine, warehouse: Warehouse) -> Row:
        """A line names its item, its units and its warehouse; what is done and a price depend on the kind."""
        row: Row = {
            "lineNo": line.number,
            "shortID": line.short_id,
            "description": line.description,
            "units": line.units,
        }
        if kind == PURCHASE:
            row |= {"unitsReceived": line.done, "unitPrice": line.price}
        if kind == WORK:
            row |= {"unitsCompleted": line.done}
        return row | {"warehouse": line.wid, "warehouseName": warehouse.name}

    def note(self, note: Note, dates: Dates) -> Row:
        """A note has a date, an author and a text."""
        return {"noteDate": dates(note.date), "author": note.author, "note": note.text}

    def list_row(self, kind: str, row: Row, parts: Mapping[str, Any], sort: str | None) -> Row:
        """Lines and notes are in the detail alone, in whatever order the list is; `parts` are what the detail adds."""
        match self.dialect.lines_in_lists:
            case Absent.LEFT_OUT:
                return row
            case Absent.EMPTY:
                return row | {name: [] for name in parts}
            case Absent.NULL:
                return row | dict.fromkeys(parts)

    def detail(self, kind: str, row: Row, parts: Mapping[str, Any]) -> Reply:
        """The detail of an order holds its lines, and a work order's its notes."""
        return Reply(200, row | dict(parts))

    def missing(self, kind: str) -> ApiError:
        """An unknown order is 404."""
        return not_found("There is no such order.")
