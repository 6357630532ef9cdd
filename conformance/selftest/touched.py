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
AUTHORIZATION = (
    "authorization.permission",
    "authorization.read-only",
    "authorization.warehouse-*",
    "authorization.report-*",
    "authorization.refus*",
    "authorization.concurrent",
    "token.own-client",
)

TOUCHED: dict[str, Touched] = {
    "token": Touched(("token.*", "bearer.accepted")),
    "oauth": Touched(("oauth.*", "token.*")),
    "bearer": Touched(("bearer.*",)),
    "expiry": Touched(("expiry.*", "rotation.*", "token.*")),
    "rotation": Touched(("rotation.*", "expiry.*", "disabling.*")),
    "disabling": Touched(("disabling.*", "rotation.*", "expiry.renewal")),
    "authorization": Touched(AUTHORIZATION, ("Item", *STOCK)),
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
    catalogue = load_catalogue()
    globs = [glob for name in names for glob in TOUCHED[name.partition(".")[0]].requirements]
    return tuple(name for name in catalogue.ids if name in names or any(fnmatchcase(name, glob) for glob in globs))


def concerned(fault: Fault) -> tuple[str, ...]:
    """The resources that are enough to see a fault."""
    chapters = dict.fromkeys(name.partition(".")[0] for name in fault.violates)
    return fault.resources or tuple(dict.fromkeys(name for it in chapters for name in TOUCHED[it].resources))
