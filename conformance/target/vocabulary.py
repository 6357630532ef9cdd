"""Knows which names a target file may use, whether or not this version of the suite asks for them all."""

from __future__ import annotations

RESOURCES = (
    "Item",
    "Inventory",
    "Location",
    "Category",
    "Customer",
    "Vendor",
    "PurchaseOrder",
    "ShippingOrder",
    "WorkOrder",
    "Report",
    "Asset",
    "Webhook",
)
"""First path segments of the documented API."""

GUARDED = (
    "items",
    "inventory",
    "locations",
    "categories",
    "customers",
    "vendors",
    "purchase-orders",
    "shipping-orders",
    "work-orders",
    "reports",
    "assets",
)

PERMISSIONS = (*(f"{guarded}.{deed}" for guarded in GUARDED for deed in ("read", "write")), "webhooks.admin")
"""The suite's own names for permissions; interfaces.md section 2."""
