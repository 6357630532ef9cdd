"""The documented operations, in the order in which their paths are tried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.operations.inventory import INVENTORY
from conformance.reference.operations.items import ITEMS
from conformance.reference.operations.locations import LOCATIONS
from conformance.reference.operations.reports import REPORTS

if TYPE_CHECKING:
    from conformance.reference.operation import Operation

OPERATIONS: tuple[Operation[Any], ...] = (*ITEMS, *INVENTORY, *LOCATIONS, *REPORTS)
"""Everything but ``POST /Token``."""
