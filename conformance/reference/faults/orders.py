"""Faults in the lists of purchase, shipping and work orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.faults.shapes import changing
from conformance.reference.problems import internal_error
from conformance.reference.rules import OrderRules
from conformance.reference.rules.orders import PURCHASE, SHIPPING, WORK
from conformance.reference.world import WorkOrder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from conformance.reference.world import Order

    AnyOrder = Order | WorkOrder


def _of(kind: str, decide: Any) -> Any:
    """Judge a date of one kind of orders in another way, the others as before."""

    def variant(site: Site, asked: str, moment: datetime, bound: datetime) -> bool:
        return bool(decide(moment, bound) if asked == kind else site.original(asked, moment, bound))

    return variant


def _bounded(kind: str, dates: Any) -> Any:
    """Bound other dates of one kind of orders."""

    def variant(site: Site, asked: str, order: AnyOrder) -> tuple[datetime, datetime]:
        bounds: tuple[datetime, datetime] = dates(order) if asked == kind else site.original(asked, order)
        return bounds

    return variant


def _same_day(moment: datetime, start: datetime) -> bool:
    """Compare the dates without their times."""
    return moment.date() >= start.date()


def _midnight(moment: datetime, end: datetime) -> bool:
    """Cut the time of the end off."""
    return moment <= end.replace(hour=0, minute=0, second=0, microsecond=0)


def _by_day_first(moment: datetime, start: datetime) -> bool:
    """Compare the dates as people of one country write them."""
    return f"{moment:%d/%m/%Y}" >= f"{start:%d/%m/%Y}"


def _crashing(kind: str, fails: Any) -> Any:
    """Let the query for one kind of orders fail where its date is one that somebody has not thought of."""

    def variant(site: Site, asked: str, moment: datetime, bound: datetime) -> bool:
        if asked == kind and fails(bound):
            raise internal_error("The date cannot be converted.")
        return bool(site.original(asked, moment, bound))

    return variant


def _beyond_32_bits(bound: datetime) -> bool:
    """Count seconds since 1970 in 32 bits."""
    return not -(2**31) <= bound.timestamp() < 2**31


def _with_parts(kind: str, name: str, *, always: bool = True) -> Any:
    """Serialise the whole object where the list shows its head: always, or in the query that sorts."""

    def variant(
        site: Site, asked: str, row: dict[str, Any], parts: Mapping[str, Any], sort: str | None
    ) -> dict[str, Any]:
        right: dict[str, Any] = site.original(asked, row, parts, sort)
        if asked != kind or (sort is None and not always):
            return right
        return {**right, name: _parts(site, kind, row)[name]}

    return variant


def _parts(site: Site, kind: str, row: dict[str, Any]) -> dict[str, Any]:
    rules, store, dates = site.service.rules.order, site.service.store, site.service.rules.wire.date
    number = str(next(iter(row.values())))
    tables: Mapping[str, Mapping[str, AnyOrder]] = {
        PURCHASE: store.purchase_orders,
        SHIPPING: store.shipping_orders,
        WORK: store.work_orders,
    }
    order = tables[kind][number]
    notes = [rules.note(note, dates) for note in order.notes] if isinstance(order, WorkOrder) else []
    return {"lines": [rules.line(kind, line, store.warehouses[line.wid]) for line in order.lines], "notes": notes}


_PURCHASE_LIST = (
    Fault(
        name="purchase-orders.value-as-text",
        sentence="The total value of a purchase order is a text with the currency in it.",
        violates=("purchase-orders.fields",),
        seen_as=("wrong-value",),
        suffering="Typed clients fail to read purchase orders.",
        rule=OrderRules.purchase_order,
        variant=changing("totalValue", lambda value: f"{value:.2f} USD"),
    ),
    Fault(
        name="purchase-orders.status-of-its-own",
        sentence="A purchase order of which a part has come is Partially Received.",
        violates=("purchase-orders.status",),
        seen_as=("wrong-value",),
        suffering="A client that looks for Partial finds none.",
        rule=OrderRules.purchase_order,
        variant=changing("status", lambda status: "Partially Received" if status == "Partial" else status),
    ),
    Fault(
        name="purchase-orders.closed-listed",
        sentence="The list of purchase orders holds closed ones, too.",
        violates=("purchase-orders.open-only",),
        seen_as=("wrong-value",),
        suffering="A client waits for goods that came long ago.",
        rule=OrderRules.is_purchase_order_listed,
        variant=lambda _site, _order, _sort: True,
    ),
    Fault(
        name="purchase-orders.with-lines",
        sentence="The list of purchase orders holds all their lines.",
        violates=("purchase-orders.without-lines",),
        seen_as=("wrong-value",),
        suffering="A page of fifty orders takes as long as reading each.",
        rule=OrderRules.list_row,
        variant=_with_parts(PURCHASE, "lines"),
    ),
    Fault(
        name="purchase-orders.with-lines-when-sorted",
        sentence="A list of purchase orders that is sorted has the lines of each.",
        violates=("purchase-orders.without-lines",),
        seen_as=("wrong-value",),
        suffering="A page of fifty orders takes as long as reading each.",
        rule=OrderRules.list_row,
        variant=_with_parts(PURCHASE, "lines", always=False),
    ),
)

_PURCHASE_DATES = (
    Fault(
        name="purchase-orders.start-ignored",
        sentence="The startDate of the list of purchase orders is not looked at.",
        violates=("purchase-orders.start-date",),
        seen_as=("wrong-value",),
        suffering="A client that asks for this month's orders gets those of all years.",
        rule=OrderRules.is_from,
        variant=_of(PURCHASE, lambda _moment, _start: True),
    ),
    Fault(
        name="purchase-orders.start-excluded",
        sentence="The list of purchase orders since a moment is without those of the moment itself.",
        violates=("purchase-orders.start-date",),
        seen_as=("wrong-value",),
        suffering="What was ordered on the first day is missing.",
        rule=OrderRules.is_from,
        variant=_of(PURCHASE, lambda moment, start: moment > start),
    ),
    Fault(
        name="purchase-orders.end-ignored",
        sentence="The endDate of the list of purchase orders is not looked at.",
        violates=("purchase-orders.end-date",),
        seen_as=("wrong-value",),
        suffering="A client that asks for last month's orders gets this month's as well.",
        rule=OrderRules.is_until,
        variant=_of(PURCHASE, lambda _moment, _end: True),
    ),
    Fault(
        name="purchase-orders.end-excluded",
        sentence="The list of purchase orders until a moment is without those of the moment itself.",
        violates=("purchase-orders.end-date",),
        seen_as=("wrong-value",),
        suffering="What was ordered on the last day is missing.",
        rule=OrderRules.is_until,
        variant=_of(PURCHASE, lambda moment, end: moment < end),
    ),
    Fault(
        name="purchase-orders.dates-of-delivery",
        sentence="startDate and endDate bound the expected date of purchase orders.",
        violates=("purchase-orders.start-date", "purchase-orders.end-date"),
        seen_as=("wrong-value",),
        suffering="A client that asks for this month's orders gets those that are delivered this month.",
        rule=OrderRules.bounded,
        variant=_bounded(PURCHASE, lambda order: (order.due, order.due)),
    ),
)

_PURCHASE_CRASHES = (
    Fault(
        name="purchase-orders.start-crashes",
        sentence="The list of purchase orders fails with a server error whenever it is asked with a startDate.",
        violates=("purchase-orders.start-date",),
        seen_as=("server-error",),
        suffering="No client can ask for this month's orders alone.",
        rule=OrderRules.is_from,
        variant=_crashing(PURCHASE, lambda _start: True),
    ),
    Fault(
        name="purchase-orders.end-crashes",
        sentence="The list of purchase orders fails with a server error whenever it is asked with an endDate.",
        violates=("purchase-orders.end-date",),
        seen_as=("server-error",),
        suffering="No client can ask for last month's orders alone.",
        rule=OrderRules.is_until,
        variant=_crashing(PURCHASE, lambda _end: True),
    ),
)

_SHIPPING = (
    Fault(
        name="shipping-orders.customer-renamed",
        sentence="The customer of a shipping order stands in another field than the documented one.",
        violates=("shipping-orders.fields",),
        seen_as=("wrong-value",),
        suffering="Clients do not see for whom the goods are.",
        rule=OrderRules.shipping_order,
        variant=lambda site, order, dates: {
            ("customerName" if name == "customer" else name): value
            for name, value in site.original(order, dates).items()
        },
    ),
    Fault(
        name="shipping-orders.status-of-its-own",
        sentence="A shipping order that has left is Shipped.",
        violates=("shipping-orders.status",),
        seen_as=("wrong-value",),
        suffering="A client that looks for Closed finds none.",
        rule=OrderRules.shipping_order,
        variant=changing("status", lambda status: "Shipped" if status == "Closed" else status),
    ),
    Fault(
        name="shipping-orders.with-lines",
        sentence="The list of shipping orders holds all their lines.",
        violates=("shipping-orders.without-lines",),
        seen_as=("wrong-value",),
        suffering="A page of fifty orders takes as long as reading each.",
        rule=OrderRules.list_row,
        variant=_with_parts(SHIPPING, "lines"),
    ),
    Fault(
        name="shipping-orders.start-by-day",
        sentence="The list of shipping orders since a moment holds those from earlier on the same day.",
        violates=("shipping-orders.start-date",),
        seen_as=("wrong-value",),
        suffering="A client that asks for what is new since this morning ships yesterday's night orders twice.",
        rule=OrderRules.is_from,
        variant=_of(SHIPPING, _same_day),
    ),
    Fault(
        name="shipping-orders.end-at-midnight",
        sentence="The list of shipping orders until a moment ends at the midnight before it.",
        violates=("shipping-orders.end-date",),
        seen_as=("wrong-value",),
        suffering="What was ordered on the last day is missing.",
        rule=OrderRules.is_until,
        variant=_of(SHIPPING, _midnight),
    ),
    Fault(
        name="shipping-orders.dates-of-shipping",
        sentence="startDate and endDate bound the planned date of shipping orders.",
        violates=("shipping-orders.start-date", "shipping-orders.end-date"),
        seen_as=("wrong-value",),
        suffering="A client that asks for this month's orders gets those that leave this month.",
        rule=OrderRules.bounded,
        variant=_bounded(SHIPPING, lambda order: (order.due, order.due)),
    ),
)

_WORK = (
    Fault(
        name="work-orders.due-date-as-number",
        sentence="The due date of a work order is a number of seconds.",
        violates=("work-orders.fields",),
        seen_as=("wrong-value",),
        suffering="Typed clients fail to read work orders.",
        rule=OrderRules.work_order,
        variant=lambda site, order, dates: {**site.original(order, dates), "dueDate": int(order.due.timestamp())},
    ),
    Fault(
        name="work-orders.status-without-blank",
        sentence="A work order that has been begun is InProgress.",
        violates=("work-orders.status",),
        seen_as=("wrong-value",),
        suffering="A client that looks for In Progress finds none.",
        rule=OrderRules.work_order,
        variant=changing("status", lambda status: status.replace(" ", "")),
    ),
    Fault(
        name="work-orders.with-lines",
        sentence="The list of work orders holds all their lines.",
        violates=("work-orders.without-lines",),
        seen_as=("wrong-value",),
        suffering="A page of fifty orders takes as long as reading each.",
        rule=OrderRules.list_row,
        variant=_with_parts(WORK, "lines"),
    ),
    Fault(
        name="work-orders.with-notes",
        sentence="The list of work orders holds all their notes.",
        violates=("work-orders.without-lines",),
        seen_as=("wrong-value",),
        suffering="What somebody wrote on one order is sent to whoever lists all.",
        rule=OrderRules.list_row,
        variant=_with_parts(WORK, "notes"),
    ),
    Fault(
        name="work-orders.start-ignored",
        sentence="The startDate of the list of work orders is not looked at.",
        violates=("work-orders.dates",),
        seen_as=("wrong-value",),
        suffering="A client that asks for next week's work gets that of all years.",
        rule=OrderRules.is_from,
        variant=_of(WORK, lambda _moment, _start: True),
    ),
    Fault(
        name="work-orders.end-ignored",
        sentence="The endDate of the list of work orders is not looked at.",
        violates=("work-orders.dates",),
        seen_as=("wrong-value",),
        suffering="A client that asks for what is overdue gets everything.",
        rule=OrderRules.is_until,
        variant=_of(WORK, lambda _moment, _end: True),
    ),
    Fault(
        name="work-orders.start-as-text",
        sentence="The startDate of the list of work orders is compared as a text that begins with the day.",
        violates=("work-orders.dates", "work-orders.scheduled-dates"),
        seen_as=("wrong-value",),
        suffering="What is listed has nothing to do with the date that was asked for.",
        rule=OrderRules.is_from,
        variant=_of(WORK, _by_day_first),
    ),
    Fault(
        name="work-orders.end-excluded",
        sentence="The list of work orders until a moment is without those that are due at that moment.",
        violates=("work-orders.scheduled-dates",),
        seen_as=("wrong-value",),
        suffering="What is due on the last day is not done in time.",
        rule=OrderRules.is_until,
        variant=_of(WORK, lambda moment, end: moment < end),
    ),
)

_WORK_CRASHES = (
    Fault(
        name="work-orders.start-beyond-32-bits",
        sentence="The list of work orders fails with a server error for a startDate behind the year 2038.",
        violates=("work-orders.dates",),
        seen_as=("server-error",),
        suffering="A client that asks for what is open-ended, with a date in the far future, gets nothing but failures.",
        rule=OrderRules.is_from,
        variant=_crashing(WORK, _beyond_32_bits),
    ),
    Fault(
        name="work-orders.end-beyond-32-bits",
        sentence="The list of work orders fails with a server error for an endDate before the end of 1901.",
        violates=("work-orders.dates",),
        seen_as=("server-error",),
        suffering="A client whose empty date is the year 1900 gets nothing but failures.",
        rule=OrderRules.is_until,
        variant=_crashing(WORK, _beyond_32_bits),
    ),
)

FAULTS = _PURCHASE_LIST + _PURCHASE_DATES + _PURCHASE_CRASHES + _SHIPPING + _WORK + _WORK_CRASHES
