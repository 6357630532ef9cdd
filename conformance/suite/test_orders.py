"""The lists of purchase, shipping and work orders (purchase-orders, shipping-orders, work-orders)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.contract.outcomes import Reason
from conformance.errors import NotRun
from conformance.suite.apart import fields_apart_from, outside, rows_with, unfit
from conformance.suite.fields import NOTHING, Misfits, note_dates
from conformance.suite.marks import Phase, asks, requirement
from conformance.suite.order_dates import (
    END,
    FAR_AHEAD,
    LONG_AGO,
    START,
    Bound,
    bounds,
    instant,
    key_of,
    narrowing,
    selection,
)
from conformance.suite.queries import narrowed, narrowings
from conformance.suite.readings import takes
from conformance.suite.settling import settled
from conformance.target.answer import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.contract.specification import Operation
    from conformance.suite.lists import Lists
    from conformance.suite.pager import Pagers
    from conformance.target.access import Access

PHASE = Phase.READING

PURCHASES, SHIPMENTS, WORK = "GET /PurchaseOrder", "GET /ShippingOrder", "GET /WorkOrder"
PAGES = {PURCHASES: "purchase-orders", SHIPMENTS: "shipping-orders", WORK: "work-orders"}
ROWS = {PURCHASES: "PurchaseOrderRow", SHIPMENTS: "ShippingOrderRow", WORK: "WorkOrderRow"}
STATUSES = {
    PURCHASES: ("Open", "Partial", "Closed"),
    SHIPMENTS: ("Open", "Partial", "Closed"),
    WORK: ("Open", "In Progress", "Closed"),
}
# What only the detail of an order holds.
INNER = {PURCHASES: ("lines",), SHIPMENTS: ("lines",), WORK: ("lines", "notes")}
PAGE = 50
FIRST: dict[str, object] = {"page": 1, "pageSize": PAGE}
# With fewer dates to ask with, what bounds the one date may look like what bounds another.
LEAST_BOUNDS = 3


def of_orders(clause: str, *labels: str, sends: int = 0, shares: int = 1) -> pytest.MarkDecorator:
    """Ask a check once for each of these lists, for the requirement of this name of its page; its `label`."""
    return pytest.mark.parametrize(
        "label",
        [
            pytest.param(
                label,
                marks=[requirement(f"{PAGES[label]}.{clause}", sends=sends, shares=shares), asks(label)],
                id=label,
            )
            for label in labels or PAGES
        ],
    )


@of_orders("fields")
def test_rows_have_the_documented_fields(label: str, access: Access, lists: Lists) -> None:
    """Every order of the list; what its status may be, and that it has no lines, is asked apart."""
    operation = access.specification[label]
    rows = rows_with(lists.whole(operation).rows, key_of(operation), label, "")
    fields = fields_apart_from(access.specification, ROWS[label], operation, "status", *INNER[label])

    misfits = fields.misfits(rows)
    note_dates(rows)
    assert misfits == NOTHING


@of_orders("status")
def test_status_is_one_of_the_three(label: str, access: Access, lists: Lists) -> None:
    """Every order of the list, to the letter."""
    operation = access.specification[label]
    rows = rows_with(lists.whole(operation).rows, "status", label, f"{PAGES[label]}.fields")

    misfits = outside(rows, key_of(operation), "status", STATUSES[label])
    assert misfits == NOTHING


@of_orders("without-lines", sends=3)
def test_rows_leave_lines_to_the_single_order(label: str, access: Access, lists: Lists, pagers: Pagers) -> None:
    """What the documentation has in the detail alone is absent, null or empty; of work orders also their notes.

    Also where the list is sorted, or limited by a date.
    """
    operation = access.specification[label]
    whole = lists.whole(operation)
    if not whole.rows:
        raise NotRun(Reason.NEEDS_DATA, f"{label} lists nothing")

    rows = [*whole.rows, *narrowed(pagers[operation], access.world)]
    for name in INNER[label]:
        misfits = filled(rows, key_of(operation), name)
        assert misfits == NOTHING


@requirement("purchase-orders.open-only", sends=3, shares=1)
@asks(PURCHASES)
def test_no_listed_purchase_order_is_closed(access: Access, lists: Lists, pagers: Pagers) -> None:
    """Every order of the list, as far as it is read; also where it is sorted, or limited by a date."""
    operation = access.specification[PURCHASES]
    rows = rows_with(lists.whole(operation).rows, "status", PURCHASES, "purchase-orders.fields")

    takes("open-purchase-orders", "listed" if any(row["status"] == "Partial" for row in rows) else "not seen")
    rows += [row for row in narrowed(pagers[operation], access.world) if row.get("status") is not None]
    misfits = unfit(rows, key_of(operation), "status", lambda row: row["status"] != "Closed")
    assert misfits == NOTHING


# --- startDate and endDate ---


@of_orders("start-date", PURCHASES, SHIPMENTS, sends=8)
def test_start_date_selects_by_order_date(label: str, access: Access, lists: Lists) -> None:
    """With dates just as orders show them, and a minute later: exactly those of that moment and later ones are listed."""
    operation = access.specification[label]
    for bound in bounds(START, "orderDate", lists.whole(operation).rows):
        answer = lists.page(operation, page=1, pageSize=PAGE, startDate=bound.text)
        assert answer.status == 200

        misfits = settled(lists, selection(operation, bound))
        assert misfits == NOTHING


@of_orders("end-date", PURCHASES, SHIPMENTS, sends=8)
def test_end_date_selects_by_order_date(label: str, access: Access, lists: Lists) -> None:
    """Asked with dates just as orders show them: exactly those of that moment and earlier ones are listed."""
    operation = access.specification[label]
    for bound in bounds(END, "orderDate", lists.whole(operation).rows):
        answer = lists.page(operation, page=1, pageSize=PAGE, endDate=bound.text)
        assert answer.status == 200

        misfits = settled(lists, selection(operation, bound))
        assert misfits == NOTHING


@of_orders("end-date", PURCHASES, SHIPMENTS, sends=3)
def test_both_dates_select_together(label: str, access: Access, lists: Lists) -> None:
    """Asked with two dates of orders, the one from which half of them follow and one of the later half; on a second page, too."""
    operation = access.specification[label]
    shown = sorted_dates(lists.whole(operation).rows, "orderDate")
    if not shown:
        raise NotRun(Reason.NEEDS_DATA, f"no order of {label} shows orderDate")
    first, last = shown[len(shown) // 3], shown[len(shown) * 2 // 3]
    note_reversed_dates(lists, operation, shown)
    answer = lists.page(operation, page=1, pageSize=PAGE, startDate=first, endDate=last)
    assert answer.status == 200

    between = Bound(START, "orderDate", first), Bound(END, "orderDate", last)
    misfits = settled(lists, selection(operation, *between))
    assert misfits == NOTHING
    # They have to hold whatever else is asked for; an order tells by itself whether it belongs there.
    parts: dict[str, object] = {"page": 2, "pageSize": max(1, len(rows_of(answer.json)) // 2)}
    for params in (parts, *narrowings(operation, access.world)):
        answer = lists.page(operation, None, **FIRST | params | {START: first, END: last})
        rows = rows_of(answer.json) if answer.accepted else []
        dated = [row for row in rows if instant(row.get("orderDate")) is not None]
        misfits = unfit(dated, key_of(operation), "orderDate", lambda row: all(bound.holds(row) for bound in between))
        assert misfits == NOTHING


def note_reversed_dates(lists: Lists, operation: Operation, shown: list[str]) -> None:
    """Note what is answered to a startDate behind the endDate, which the documentation leaves open."""
    if instant(shown[0]) == instant(shown[-1]):
        return
    answer = lists.page(operation, page=1, pageSize=PAGE, startDate=shown[-1], endDate=shown[0])
    if answer.code == 400:
        takes("reversed-dates", "refused")
    elif answer.accepted and not rows_of(answer.member("value")):
        takes("reversed-dates", "no row")


@requirement("work-orders.dates", sends=1, shares=1)
@asks(WORK)
@pytest.mark.parametrize(("parameter", "moment"), [(START, FAR_AHEAD), (END, LONG_AGO)], ids=[START, END])
def test_bound_beyond_every_date_leaves_no_work_order(
    parameter: str, moment: str, access: Access, lists: Lists
) -> None:
    """A startDate in the year 2079, an endDate in the year 1901: whichever dates they bound, nothing is left."""
    operation = access.specification[WORK]
    rows = lists.whole(operation).rows
    if not any(instant(row.get("startDate")) and instant(row.get("dueDate")) for row in rows):
        raise NotRun(Reason.NEEDS_DATA, "no work order shows its dates")

    answer = lists.page(operation, None, page=1, pageSize=PAGE, **{parameter: moment})
    assert answer.status == 200
    # Where an order shows no date, the documentation does not say on which side of a bound it is.
    left = [row.get("woNo") for row in rows_of(answer.json) if row.get("startDate") and row.get("dueDate")]
    assert left == []


@requirement("work-orders.scheduled-dates", sends=7, shares=1)
@asks(WORK)
@pytest.mark.parametrize("parameter", [START, END])
def test_tighter_bound_lists_no_work_order_that_a_looser_one_leaves_out(
    parameter: str, access: Access, lists: Lists
) -> None:
    """Asked with dates that work orders show, from loose to tight; with the loosest bound all are listed."""
    operation = access.specification[WORK]
    field = "startDate" if parameter == START else "dueDate"
    tighter = bounds(parameter, field, lists.whole(operation).rows)
    loosest = Bound(parameter, field, LONG_AGO if parameter == START else FAR_AHEAD)
    ordered = sorted(tighter, key=lambda bound: str(instant(bound.text)), reverse=parameter == END)

    misfits = settled(lists, narrowing(operation, loosest, *ordered))
    assert misfits == NOTHING
    note_bounded_dates(lists, operation, tighter)


@requirement("work-orders.scheduled-dates", sends=5, shares=1)
@asks(WORK)
def test_work_order_that_is_due_at_the_end_date_is_listed(access: Access, lists: Lists) -> None:
    """Asked with dates at which work orders are due: not just those are left out that are due at that very moment.

    Were it not the due date that is bounded but the creation, as another page says, they would be listed even so.
    """
    operation = access.specification[WORK]
    asked = bounds(END, "dueDate", lists.whole(operation).rows)
    if len(asked) < LEAST_BOUNDS:
        raise NotRun(Reason.NEEDS_DATA, f"work orders show fewer than {LEAST_BOUNDS} different due dates")
    lacking = [bound for bound in asked if settled(lists, selection(operation, bound))]
    beside = [replace(bound, inclusive=False) for bound in asked]
    exclusive = bool(lacking) and not any(settled(lists, selection(operation, bound)) for bound in beside)
    left_out = lacking if exclusive else []
    assert left_out == [], "exactly the work orders due at the endDate are left out"


def note_bounded_dates(lists: Lists, operation: Operation, asked: Iterable[Bound]) -> None:
    """Note whether the dates of the schedule are bounded, as one page says, or something else."""
    scheduled = not any(settled(lists, selection(operation, bound)) for bound in asked)
    takes("work-order-dates", "scheduled" if scheduled else "other")


# --- what rows show ---


def filled(rows: Iterable[Mapping[str, Any]], key: str, name: str) -> Misfits:
    """The rows in which a field holds anything at all."""
    return unfit(rows, key, name, lambda row: not row.get(name))


def sorted_dates(rows: Iterable[Mapping[str, Any]], field: str) -> list[str]:
    """The dates of rows as they show them, the earliest first."""
    dated = [(point, str(row[field])) for row in rows if (point := instant(row.get(field))) is not None]
    return [text for _, text in sorted(dated)]
