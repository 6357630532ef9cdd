"""Faults that show where parameters of a list come together: what holds of each alone is lost beside another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.rules import (
    AssetRules,
    CategoryRules,
    ItemRules,
    OrderRules,
    PagingRules,
    ReportRules,
    WarehouseRules,
    WebhookRules,
    WireRules,
)

if TYPE_CHECKING:
    from datetime import datetime

    from conformance.reference.operation import Operation
    from conformance.reference.store import Account
    from conformance.reference.world import Item, Report, Webhook

Pairs = tuple[tuple[str, str], ...]


def _lost_beside(other: str, *lost: str, value: str | None = None) -> Any:
    """Make the query anew for another parameter, of any value if none is given, and leave some out."""

    def variant(site: Site, pairs: Pairs) -> Pairs:
        right: Pairs = site.original(pairs)
        if not any(name == other and value in {None, text} for name, text in right):
            return right
        return tuple((name, text) for name, text in right if name not in lost)

    return variant


def _changes_from_zero(site: Site, page: int, asked: str | None, since: datetime | None) -> int:
    """Tell the page as the query for changes counts it, where one was asked for."""
    right: int = site.original(page, asked, since)
    return right if asked is None or since is None else right - 1


def _changes_by_default(site: Site, asked: str | None, size: int, since: datetime | None) -> int:
    """Tell the default in the answer to the query for changes."""
    return int(site.original(asked, size, since)) if since is None else 25


def _sorted_for_all(site: Site, account: Account, webhook: Webhook, sort: str | None, page: int) -> bool:
    """Sort in a query of its own, which does not ask for the owner."""
    return sort is not None or bool(site.original(account, webhook, sort, page))


def _more_when_sorted(site: Site, row: Any, sort: str | None, *asked: Any) -> bool:
    """Sort in a query of its own, which has no condition."""
    return sort is not None or bool(site.original(row, sort, *asked))


def _more_since(site: Site, item: Item, sort: str | None, since: datetime | None) -> bool:
    """Show those who copy the list what is to be taken out of their copy."""
    return since is not None or bool(site.original(item, sort, since))


def _reports_sorted_for_all(site: Site, account: Account, report: Report, sort: str | None) -> bool:
    """Sort in a query of its own, which does not ask for rights."""
    return sort is not None or bool(site.original(account, report, sort))


def _second_page_for_all(site: Site, account: Account, webhook: Webhook, sort: str | None, page: int) -> bool:
    """Load further pages by a query of their own, which does not ask for the owner."""
    return page > 1 or bool(site.original(account, webhook, sort, page))


def _second_page_of_lots(site: Site, account: Account, operation: Operation[Any], wid: int, page: int) -> bool:
    """Load further pages by a query of their own, which does not ask for the scope."""
    is_further = operation.label == "GET /Inventory" and page > 1
    return is_further or bool(site.original(account, operation, wid, page))


FAULTS = (
    Fault(
        name="pagination.changes-from-zero",
        sentence="With modifiedSince the page of an answer is one less than the one that was asked for.",
        violates=("pagination.echo",),
        seen_as=("wrong-value",),
        suffering="Clients that ask for page + 1 read the same changes for ever.",
        rule=PagingRules.shown_page,
        variant=_changes_from_zero,
    ),
    Fault(
        name="pagination.changes-by-default",
        sentence="With modifiedSince the pageSize of an answer is the default, whatever the size of its page.",
        violates=("pagination.echo",),
        seen_as=("wrong-value",),
        suffering="Clients that reckon offsets with it skip changes.",
        rule=PagingRules.shown_size,
        variant=_changes_by_default,
    ),
    Fault(
        name="pagination.changes-unsorted",
        sentence="With modifiedSince the parameter sort is passed over.",
        violates=("pagination.sort",),
        seen_as=("wrong-value",),
        suffering="Clients that ask for the newest changes show any.",
        rule=WireRules.query,
        variant=_lost_beside("modifiedSince", "sort", "direction"),
    ),
    Fault(
        name="pagination.since-lost-when-sorted",
        sentence="A list that is sorted passes modifiedSince over.",
        violates=("pagination.modified-since",),
        seen_as=("wrong-value",),
        suffering="Clients that ask for the newest changes get everything each time.",
        rule=WireRules.query,
        variant=_lost_beside("sort", "modifiedSince"),
    ),
    Fault(
        name="items.category-lost-when-sorted",
        sentence="A list of items that is sorted passes Category over.",
        violates=("items.category-filter",),
        seen_as=("wrong-value",),
        suffering="Clients that sort the items of a category show those of all.",
        rule=WireRules.query,
        variant=_lost_beside("sort", "Category"),
    ),
    Fault(
        name="locations.warehouse-lost-when-sorted",
        sentence="A list of locations that is sorted passes wid over.",
        violates=("locations.warehouse-filter",),
        seen_as=("wrong-value",),
        suffering="Clients that sort the spots of a warehouse send people to another one.",
        rule=WireRules.query,
        variant=_lost_beside("sort", "wid"),
        follows=("authorization.warehouse-lists",),
        resources=("Location",),
    ),
    Fault(
        name="purchase-orders.end-lost-when-sorted",
        sentence="A list of purchase orders that is sorted by their number passes endDate over.",
        violates=("purchase-orders.end-date",),
        seen_as=("wrong-value",),
        suffering="A report on the month past has the orders of this one, too.",
        rule=WireRules.query,
        variant=_lost_beside("sort", "endDate", value="poNo"),
        resources=("PurchaseOrder",),
    ),
    Fault(
        name="webhooks.sorted-for-all",
        sentence="The list of subscriptions holds those of all clients where it is sorted.",
        violates=("webhooks.own-only",),
        seen_as=("wrong-value",),
        suffering="Each client learns where the others receive their events.",
        rule=WebhookRules.is_listed,
        variant=_sorted_for_all,
    ),
    Fault(
        name="items.discontinued-when-sorted",
        sentence="A list of items that is sorted holds discontinued ones, too.",
        violates=("items.active-only",),
        seen_as=("wrong-value",),
        suffering="Shops that sort by description offer what is no longer made.",
        rule=ItemRules.is_listed,
        variant=_more_when_sorted,
        follows=("pagination.walk",),
    ),
    Fault(
        name="items.discontinued-since",
        sentence="With modifiedSince the list of items holds discontinued ones, too.",
        violates=("items.active-only",),
        seen_as=("wrong-value",),
        suffering="Shops that ask for changes offer what was discontinued lately.",
        rule=ItemRules.is_listed,
        variant=_more_since,
        follows=("pagination.modified-since",),
    ),
    Fault(
        name="categories.discontinued-when-sorted",
        sentence="A list of categories that is sorted holds discontinued ones, too.",
        violates=("categories.active-only",),
        seen_as=("wrong-value",),
        suffering="New items are put into categories that nobody uses any more.",
        rule=CategoryRules.is_listed,
        variant=_more_when_sorted,
    ),
    Fault(
        name="assets.discontinued-when-sorted",
        sentence="A list of assets that is sorted holds discontinued ones, too.",
        violates=("assets.active-only",),
        seen_as=("wrong-value",),
        suffering="A client counts forklifts that were scrapped years ago.",
        rule=AssetRules.is_listed,
        variant=_more_when_sorted,
    ),
    Fault(
        name="purchase-orders.closed-when-sorted",
        sentence="A list of purchase orders that is sorted holds closed ones, too.",
        violates=("purchase-orders.open-only",),
        seen_as=("wrong-value",),
        suffering="A client waits for goods that came long ago.",
        rule=OrderRules.is_purchase_order_listed,
        variant=_more_when_sorted,
    ),
    Fault(
        name="purchase-orders.period-lost-on-second-page",
        sentence="The second page of a list of purchase orders passes startDate and endDate over.",
        violates=("purchase-orders.end-date",),
        seen_as=("wrong-value",),
        suffering="A report on a month has orders of any time behind its first page.",
        rule=WireRules.query,
        variant=_lost_beside("page", "startDate", "endDate", value="2"),
        follows=("purchase-orders.start-date",),
        resources=("PurchaseOrder",),
    ),
    Fault(
        name="reports.sorted-for-all",
        sentence="The list of reports holds all of them where it is sorted.",
        violates=("authorization.report-list",),
        seen_as=("leaked",),
        suffering="The names of confidential reports are known to whoever sorts.",
        rule=ReportRules.is_listed,
        variant=_reports_sorted_for_all,
        resources=("Report",),
    ),
    Fault(
        name="webhooks.second-page-for-all",
        sentence="The second page of the list of subscriptions is one of those of all clients.",
        violates=("webhooks.own-only",),
        seen_as=("wrong-value",),
        suffering="Each client learns where the others receive their events.",
        rule=WebhookRules.is_listed,
        variant=_second_page_for_all,
    ),
    Fault(
        name="warehouse.second-page-of-lots-unfiltered",
        sentence="Behind its first page the list of lots shows all warehouses to everybody.",
        violates=("authorization.warehouse-lists",),
        seen_as=("leaked",),
        suffering="A logistics partner reads the stock of a competitor.",
        rule=WarehouseRules.is_shown,
        variant=_second_page_of_lots,
        follows=("pagination.walk",),
        resources=("Inventory", "Location"),
    ),
)
