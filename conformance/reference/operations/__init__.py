"""The documented operations, in the order in which their paths are tried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.operations.inventory import INVENTORY
from conformance.reference.operations.items import ITEMS
from conformance.reference.operations.locations import LOCATIONS
from conformance.reference.operations.master_data import MASTER_DATA
from conformance.reference.operations.orders import ORDERS
from conformance.reference.operations.reports import REPORTS
from conformance.reference.operations.webhooks import WEBHOOKS

if TYPE_CHECKING:
    from conformance.reference.operation import Operation

OPERATIONS: tuple[Operation[Any], ...] = (
    *ITEMS,
    *INVENTORY,
    *LOCATIONS,
    *REPORTS,
    *MASTER_DATA,
    *ORDERS,
    *WEBHOOKS,
)
"""Everything but ``POST /Token``."""
