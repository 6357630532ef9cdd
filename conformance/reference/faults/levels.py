"""Faults in the stock levels, and in naming a warehouse that does not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.call import Reply
from conformance.reference.faults.fault import Fault, Site
from conformance.reference.rules import StockRules, WireRules

if TYPE_CHECKING:
    from conformance.reference.operation import Operation


def _first_warehouse(site: Site, _wid: int) -> int:
    """Fall back on a default."""
    return min(site.service.store.warehouses)


def _empty(label: str) -> Any:
    """Send the status and the headers, and forget what was worked out."""

    def variant(site: Site, operation: Operation[Any] | None, reply: Reply) -> Reply:
        right: Reply = site.original(operation, reply)
        is_meant = operation is not None and operation.label == label and right.status == 200
        return Reply(200, None, right.headers) if is_meant else right

    return variant


FAULTS = (
    Fault(
        name="inventory.unknown-is-the-first",
        sentence="A warehouse that does not exist is taken for the first one.",
        violates=("inventory.of-warehouse",),
        seen_as=("wrong-value",),
        suffering="A client with a mistyped number promises stock that lies in another town.",
        rule=StockRules.unknown_warehouse,
        variant=_first_warehouse,
        resources=("Inventory",),
    ),
    Fault(
        name="inventory.levels-empty",
        sentence="The stock levels of all warehouses are answered with 200 and without a body.",
        violates=("inventory.stock-levels",),
        seen_as=("missing",),
        suffering="Clients fail to read an answer that looks like a success.",
        rule=WireRules.reply,
        variant=_empty("GET /Inventory/StockLevels"),
        resources=("Inventory",),
    ),
    Fault(
        name="inventory.levels-of-one-empty",
        sentence="The stock levels of one warehouse are answered with 200 and without a body.",
        violates=("inventory.stock-levels",),
        seen_as=("missing",),
        suffering="Clients fail to read an answer that looks like a success.",
        rule=WireRules.reply,
        variant=_empty("GET /Inventory/StockLevels/{wid}"),
        resources=("Inventory",),
    ),
    Fault(
        name="inventory.levels-of-all-for-one",
        sentence="The stock levels of one warehouse are those of all warehouses.",
        violates=("inventory.stock-levels",),
        seen_as=("leaked",),
        suffering="An order is promised from stock that lies in another town.",
        rule=StockRules.is_level_of,
        variant=lambda _site, _of, _wid: True,
        resources=("Inventory",),
    ),
)
