"""Knows the suite's own names for permissions, whether or not a documented operation takes each of them."""

from __future__ import annotations

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
"""What a target file may name besides the permissions that its overlay brings."""
