"""What is asked of a server with a fault: the requirements and resources that its chapter touches."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from conformance.contract.catalogue import load_catalogue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.reference.faults.fault import Fault


@dataclass(frozen=True, slots=True)
class Touched:
    """What a fault in one chapter may touch: other requirements as globs, and the resources that are enough to see it."""

    requirements: tuple[str, ...]
    resources: tuple[str, ...] = ("Item",)


STOCK = ("Inventory", "Location")
COSTLY = frozenset({"token.own-client", "authorization.concurrent"})
"""What takes a hundred requests each, and tells only of servers that mix up what comes at once: asked where it is violated."""

WAREHOUSES = Touched(("authorization.warehouse-*", "authorization.read-only"), STOCK)
REPORTS = Touched(("authorization.report-*", "authorization.permission"), ("Report",))

# By chapters, and by requirements where their rules are apart.
TOUCHED: dict[str, Touched] = {
    "token": Touched(("token.*", "bearer.accepted")),
    "oauth": Touched(("oauth.*", "token.*")),
    "bearer": Touched(("bearer.*",)),
    "expiry": Touched(("expiry.*", "token.*")),
    # Whether tokens end early under use tells the whole run.
    "expiry.four-hours": Touched(("expiry.*", "token.*", "bearer.accepted")),
    "rotation": Touched(("rotation.*", "expiry.*")),
    "disabling": Touched(("disabling.*", "expiry.renewal")),
    "authorization": Touched(("authorization.permission", "authorization.read-only"), ("Item", *STOCK)),
    "authorization.warehouse-read": WAREHOUSES,
    "authorization.warehouse-write": WAREHOUSES,
    "authorization.warehouse-lists": WAREHOUSES,
    "authorization.report-run": REPORTS,
    "authorization.report-list": REPORTS,
    "authorization.report-list-complete": REPORTS,
    "transport": Touched(("transport.*", "token.form", "bearer.accepted")),
    "property": Touched(("property.*",)),
    "errors": Touched(("errors.*",), ("Item", "Location")),
    "hardening": Touched(("hardening.*",)),
    "pagination": Touched(("pagination.*",), ("Category",)),
    "items": Touched(("items.*",)),
    "inventory": Touched(("inventory.*",), STOCK),
    "locations": Touched(("locations.*",), STOCK),
    "categories": Touched(("categories.*",), ("Category",)),
    "customers": Touched(("customers.*",), ("Customer",)),
    "vendors": Touched(("vendors.*",), ("Vendor",)),
    "purchase-orders": Touched(("purchase-orders.*",), ("PurchaseOrder",)),
    "shipping-orders": Touched(("shipping-orders.*",), ("ShippingOrder",)),
    "work-orders": Touched(("work-orders.*",), ("WorkOrder",)),
    "reports": Touched(("reports.*",), ("Report",)),
    "webhooks": Touched(("webhooks.*",), ("Webhook",)),
    "assets": Touched(("assets.*",), ("Asset",)),
}


def related(names: Sequence[str]) -> tuple[str, ...]:
    """The requirements that are asked where a fault violates these, in the order of the catalogue."""
    globs = [glob for name in names for glob in _touched(name).requirements]
    return tuple(name for name in load_catalogue().ids if name in names or (name not in COSTLY and _any(name, globs)))


def concerned(fault: Fault) -> tuple[str, ...]:
    """The resources that are enough to see a fault."""
    return fault.resources or tuple(dict.fromkeys(one for name in fault.violates for one in _touched(name).resources))


def _touched(name: str) -> Touched:
    return TOUCHED.get(name) or TOUCHED[name.partition(".")[0]]


def _any(name: str, globs: Sequence[str]) -> bool:
    return any(fnmatchcase(name, glob) for glob in globs)
