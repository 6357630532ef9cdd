"""The order operations (purchase-orders, shipping-orders, work-orders)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from conformance.reference.operation import Operation
from conformance.reference.operations.lists import Listing, Paging, page_of, read_paging
from conformance.reference.rules.authorization import Place, Where
from conformance.reference.rules.orders import PURCHASE, SHIPPING, WORK
from conformance.reference.world import WorkOrder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from conformance.reference.call import Call, Reply
    from conformance.reference.service import Service
    from conformance.reference.store import Account
    from conformance.reference.world import Order

    AnyOrder = Order | WorkOrder

_COLUMNS = {
    PURCHASE: ("poNo", "vendor", "orderDate", "expectedDate", "status", "totalLines", "totalValue"),
    SHIPPING: ("soNo", "customer", "orderDate", "shipDate", "status", "totalLines"),
    WORK: ("woNo", "description", "status", "startDate", "dueDate", "assignee", "totalLines"),
}


@dataclass(frozen=True, slots=True)
class OrdersWish:
    """A list of orders, of a period where it has a start or an end."""

    paging: Paging
    start: datetime | None
    end: datetime | None


def _table(service: Service, kind: str) -> Mapping[str, AnyOrder]:
    store = service.store
    tables: Mapping[str, Mapping[str, AnyOrder]] = {
        PURCHASE: store.purchase_orders,
        SHIPPING: store.shipping_orders,
        WORK: store.work_orders,
    }
    return tables[kind]


def _head(service: Service, order: AnyOrder, *, kind: str) -> dict[str, Any]:
    rules, dates = service.rules.order, service.rules.wire.date
    if isinstance(order, WorkOrder):
        return rules.work_order(order, dates)
    return rules.purchase_order(order, dates) if kind == PURCHASE else rules.shipping_order(order, dates)


def _parts(service: Service, order: AnyOrder, *, kind: str) -> dict[str, Any]:
    """Make what the detail adds to the fields of the list."""
    rules, warehouses = service.rules.order, service.store.warehouses
    parts: dict[str, Any] = {"lines": [rules.line(kind, line, warehouses[line.wid]) for line in order.lines]}
    if isinstance(order, WorkOrder):
        parts["notes"] = [rules.note(note, service.rules.wire.date) for note in order.notes]
    return parts


def _view(service: Service, order: AnyOrder, *, kind: str, sort: str | None = None) -> dict[str, Any]:
    names = {"lines": None, "notes": None} if kind == WORK else {"lines": None}
    return service.rules.order.list_row(kind, _head(service, order, kind=kind), names, sort)


def _listing(kind: str) -> Listing[AnyOrder]:
    return Listing(
        kind=kind,
        columns=lambda _service: _COLUMNS[kind],
        view=partial(_view, kind=kind),
        order=lambda service, order: service.rules.order.order(kind, order),
        modified=lambda order: order.modified,
    )


LISTINGS = {kind: _listing(kind) for kind in (PURCHASE, SHIPPING, WORK)}


def _read_list(service: Service, call: Call, *, kind: str) -> OrdersWish:
    rules = service.rules.paging
    start = rules.moment("startDate", call.parameter("startDate"))
    end = rules.moment("endDate", call.parameter("endDate"))
    service.rules.order.check_period(start, end)
    return OrdersWish(read_paging(service, call, LISTINGS[kind]), start, end)


def _is_within(service: Service, kind: str, order: AnyOrder, wish: OrdersWish) -> bool:
    rules = service.rules.order
    first, last = rules.bounded(kind, order)
    if wish.start is not None and not rules.is_from(kind, first, wish.start):
        return False
    return wish.end is None or rules.is_until(kind, last, wish.end)


def _list(service: Service, account: Account, wish: OrdersWish, *, kind: str) -> Reply:
    rules, rights = service.rules.order, service.rules.warehouse
    listed: Mapping[str, Callable[[Any, str | None], bool]] = {
        PURCHASE: rules.is_purchase_order_listed,
        SHIPPING: rules.is_shipping_order_listed,
        WORK: rules.is_work_order_listed,
    }
    is_listed, anytime = listed[kind], wish.start is None and wish.end is None

    def keep(order: AnyOrder) -> bool:
        return is_listed(order, wish.paging.sort) and (anytime or _is_within(service, kind, order, wish))

    def shown(order: AnyOrder) -> bool:
        return all(rights.is_shown(account, LISTS[kind], wid, wish.paging.page) for wid in order.wids)

    rows = _table(service, kind).values()
    listing = replace(LISTINGS[kind], view=partial(_view, kind=kind, sort=wish.paging.sort))
    return page_of(service, listing, rows, wish.paging, keep=keep, shown=shown, view_of=kind)


def _read_number(_service: Service, call: Call) -> str:
    return next(iter(call.path.values()))


def _order_places(service: Service, number: str, *, kind: str) -> tuple[Place, ...]:
    order = _table(service, kind).get(number)
    return () if order is None else tuple(Place(Where.ORDER, wid) for wid in order.wids)


def _get(service: Service, _account: Account, number: str, *, kind: str) -> Reply:
    rules = service.rules.order
    order = _table(service, kind).get(number)
    if order is None:
        raise rules.missing(kind)
    return rules.detail(kind, _head(service, order, kind=kind), _parts(service, order, kind=kind))


def _list_operation(kind: str, path: str) -> Operation[OrdersWish]:
    return Operation("GET", path, f"{kind}.read", partial(_read_list, kind=kind), partial(_list, kind=kind))


def _detail_operation(kind: str, path: str) -> Operation[str]:
    return Operation(
        "GET",
        path,
        f"{kind}.read",
        _read_number,
        partial(_get, kind=kind),
        places=partial(_order_places, kind=kind),
        inferred=True,
    )


LISTS: Mapping[str, Operation[OrdersWish]] = {
    PURCHASE: _list_operation(PURCHASE, "/PurchaseOrder"),
    SHIPPING: _list_operation(SHIPPING, "/ShippingOrder"),
    WORK: _list_operation(WORK, "/WorkOrder"),
}

ORDERS: tuple[Operation[Any], ...] = (
    *LISTS.values(),
    _detail_operation(PURCHASE, "/PurchaseOrder/{poNo}"),
    _detail_operation(SHIPPING, "/ShippingOrder/{soNo}"),
    _detail_operation(WORK, "/WorkOrder/{woNo}"),
)
