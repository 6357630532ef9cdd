"""Faults in judging rights to webhooks, orders, assets and vendors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.rules import PermissionRules, RefusalRules, WarehouseRules

if TYPE_CHECKING:
    from conformance.reference.operation import Operation
    from conformance.reference.problems import Problem
    from conformance.reference.store import Account


def _unchecked(label: str) -> Any:
    def variant(site: Site, account: Account, permission: str, operation: Operation[Any]) -> bool:
        return operation.label == label or bool(site.original(account, permission, operation))

    return variant


def _needs(label: str, permission: str) -> Any:
    def variant(site: Site, operation: Operation[Any]) -> str:
        return permission if operation.label == label else str(site.original(operation))

    return variant


def _no_write(label: str) -> Any:
    def variant(site: Site, operation: Operation[Any]) -> bool:
        return operation.label != label and bool(site.original(operation))

    return variant


def _shown(label: str) -> Any:
    def variant(_site: Site, operation: Operation[Any], problem: Problem) -> bool:
        return operation.label == label and problem.status == 403

    return variant


def _all_assets(site: Site, account: Account, operation: Operation[Any], wid: int, page: int) -> bool:
    """Know the scope of stock and not that of assets."""
    return operation.label == "GET /Asset" or bool(site.original(account, operation, wid, page))


FAULTS = (
    Fault(
        name="resource-rights.webhook-list-unchecked",
        sentence="The list of subscriptions asks for no permission.",
        violates=("authorization.permission",),
        seen_as=("accepted",),
        suffering="Taking the permission to administer webhooks away does not end their administration.",
        rule=PermissionRules.is_granted,
        variant=_unchecked("GET /Webhook"),
        resources=("Webhook",),
    ),
    Fault(
        name="resource-rights.webhook-creation-unchecked",
        sentence="Subscriptions can be made without any permission.",
        violates=("authorization.permission",),
        seen_as=("accepted",),
        suffering="Every client can have the events of the warehouse sent wherever it likes.",
        rule=PermissionRules.is_granted,
        variant=_unchecked("POST /Webhook"),
        resources=("Webhook",),
    ),
    Fault(
        name="resource-rights.webhook-test-unchecked",
        sentence="A test event can be sent without any permission.",
        violates=("authorization.permission",),
        seen_as=("wrong-refusal",),
        suffering="Every client can have the server call other machines.",
        rule=PermissionRules.is_granted,
        variant=_unchecked("POST /Webhook/{id}/test"),
        resources=("Webhook",),
    ),
    Fault(
        name="resource-rights.vendor-unchecked",
        sentence="One vendor is shown without any permission; the list of vendors asks for it.",
        violates=("authorization.permission",),
        seen_as=("accepted",),
        suffering="Every client can read with whom the company does business.",
        rule=PermissionRules.is_granted,
        variant=_unchecked("GET /Vendor/{shortID}"),
        resources=("Vendor",),
    ),
    Fault(
        name="resource-rights.purchases-for-shipments",
        sentence="The list of shipping orders asks for the permission to read purchase orders.",
        violates=("authorization.permission", "authorization.granted"),
        seen_as=("accepted", "refused"),
        suffering="Whoever buys can read what is sold, and whoever ships cannot.",
        rule=PermissionRules.needed,
        variant=_needs("GET /ShippingOrder", "purchase-orders.read"),
        follows=("bearer.accepted",),
        resources=("ShippingOrder", "PurchaseOrder"),
    ),
    Fault(
        name="resource-rights.assets-unchecked",
        sentence="The list of assets asks for no permission.",
        violates=("authorization.permission",),
        seen_as=("accepted",),
        suffering="Every client can read what the company owns.",
        rule=PermissionRules.is_granted,
        variant=_unchecked("GET /Asset"),
        resources=("Asset",),
    ),
    Fault(
        name="resource-rights.read-only-webhooks",
        sentence="A read-only client may subscribe to events, which are taken for reading.",
        violates=("authorization.read-only",),
        seen_as=("accepted",),
        suffering="A dashboard's credentials can have the events of the warehouse sent wherever somebody likes.",
        rule=PermissionRules.is_write,
        variant=_no_write("POST /Webhook"),
        resources=("Webhook",),
    ),
    Fault(
        name="resource-rights.asset-list-unfiltered",
        sentence="The list of assets shows all warehouses to everybody.",
        violates=("authorization.warehouse-lists",),
        seen_as=("leaked",),
        suffering="A logistics partner learns what a competitor works with.",
        rule=WarehouseRules.is_shown,
        variant=_all_assets,
        resources=("Asset",),
    ),
    Fault(
        name="resource-rights.assets-shown",
        sentence="The 403 for the list of assets has the assets in it.",
        violates=("authorization.refusal-discloses-nothing",),
        seen_as=("leaked",),
        suffering="Whoever reads the body of the refusal has what was refused.",
        rule=RefusalRules.is_shown_anyway,
        variant=_shown("GET /Asset"),
        resources=("Asset",),
    ),
)
