"""The rules: every decision that the documentation makes, as one small method of one of a few classes.

A dialect sets what the documentation leaves open; a fault replaces exactly one method on one server.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.reference.rules.authorization import PermissionRules, RefusalRules, ReportRules, WarehouseRules
from conformance.reference.rules.bearer import BearerRules
from conformance.reference.rules.items import ItemRules
from conformance.reference.rules.lifecycle import LifecycleRules
from conformance.reference.rules.locations import LocationRules
from conformance.reference.rules.master_data import AssetRules, CategoryRules, PartnerRules
from conformance.reference.rules.orders import OrderRules
from conformance.reference.rules.paging import PagingRules
from conformance.reference.rules.rule import Rules
from conformance.reference.rules.stock import StockRules
from conformance.reference.rules.token import TokenRules
from conformance.reference.rules.webhooks import WebhookRules
from conformance.reference.rules.wire import TransportRules, WireRules

if TYPE_CHECKING:
    from conformance.reference.dialects import Dialect

__all__ = [
    "AssetRules",
    "BearerRules",
    "CategoryRules",
    "ItemRules",
    "LifecycleRules",
    "LocationRules",
    "OrderRules",
    "PagingRules",
    "PartnerRules",
    "PermissionRules",
    "RefusalRules",
    "ReportRules",
    "RuleBook",
    "Rules",
    "StockRules",
    "TokenRules",
    "TransportRules",
    "WarehouseRules",
    "WebhookRules",
    "WireRules",
]


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The rules of one server, by chapter."""

    token: TokenRules
    bearer: BearerRules
    lifecycle: LifecycleRules
    permission: PermissionRules
    warehouse: WarehouseRules
    report: ReportRules
    refusal: RefusalRules
    paging: PagingRules
    item: ItemRules
    stock: StockRules
    location: LocationRules
    category: CategoryRules
    partner: PartnerRules
    order: OrderRules
    webhook: WebhookRules
    asset: AssetRules
    wire: WireRules
    transport: TransportRules

    @classmethod
    def of(cls, dialect: Dialect) -> RuleBook:
        """Make the conforming rules of a dialect."""
        return cls(
            token=TokenRules(dialect),
            bearer=BearerRules(dialect),
            lifecycle=LifecycleRules(dialect),
            permission=PermissionRules(dialect),
            warehouse=WarehouseRules(dialect),
            report=ReportRules(dialect),
            refusal=RefusalRules(dialect),
            paging=PagingRules(dialect),
            item=ItemRules(dialect),
            stock=StockRules(dialect),
            location=LocationRules(dialect),
            category=CategoryRules(dialect),
            partner=PartnerRules(dialect),
            order=OrderRules(dialect),
            webhook=WebhookRules(dialect),
            asset=AssetRules(dialect),
            wire=WireRules(dialect),
            transport=TransportRules(dialect),
        )

    def chapter(self, name: str) -> Rules:
        """Find the rules by the name of their class, e.g. ``TokenRules``."""
        rules: Rules = getattr(self, name.removesuffix("Rules").lower())
        return rules
