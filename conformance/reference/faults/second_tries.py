"""Faults in judging rights that remember an earlier decision wrongly: for another client, or for the next try."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.rules import PermissionRules, ReportRules, WarehouseRules

if TYPE_CHECKING:
    from conformance.reference.operation import Operation
    from conformance.reference.rules.authorization import Place
    from conformance.reference.store import Account
    from conformance.reference.world import Report


def _asked_before(site: Site, *what: object) -> bool:
    """Tell whether the same was refused before, and remember that it is now."""
    is_known = what in site.memory
    site.memory[what] = True
    return is_known


def _cached_by_operation(site: Site, account: Account, permission: str, operation: Operation[Any]) -> bool:
    """Remember for a second that an operation was granted, and not to whom."""
    now = site.service.clock.now()
    if site.original(account, permission, operation):
        site.memory[operation.label] = now
        return True
    granted: datetime | None = site.memory.get(operation.label)
    return granted is not None and timedelta() <= now - granted < timedelta(seconds=1)


def _permission_on_second_try(site: Site, account: Account, permission: str, operation: Operation[Any]) -> bool:
    """Find the refusal in the cache, and take what is in the cache for granted."""
    right = bool(site.original(account, permission, operation))
    return right or _asked_before(site, account.client_id, operation.label)


def _warehouse_on_second_try(site: Site, account: Account, operation: Operation[Any], place: Place) -> bool:
    """Find the refusal in the cache, and take what is in the cache for granted."""
    is_refused = bool(site.original(account, operation, place))
    if operation.method == "GET":
        return is_refused
    return is_refused and not _asked_before(site, account.client_id, operation.label, place.wid)


def _report_on_second_try(site: Site, account: Account, report_id: int, report: Report | None) -> bool:
    """Find the refusal in the cache, and take what is in the cache for granted."""
    return bool(site.original(account, report_id, report)) or _asked_before(site, account.client_id, report_id)


FAULTS = (
    Fault(
        name="permission.cached-by-operation",
        sentence="For a second after a client was granted an operation everybody is.",
        violates=("authorization.permission",),
        seen_as=("accepted",),
        suffering="On busy days, clients do what they may not do, and no audit can repeat it.",
        rule=PermissionRules.is_granted,
        variant=_cached_by_operation,
        follows=("authorization.refused-write", "authorization.concurrent", "token.own-client"),
    ),
    Fault(
        name="permission.granted-on-second-try",
        sentence="An operation that was refused for want of the permission is granted the second time.",
        violates=("authorization.permission",),
        seen_as=("accepted",),
        suffering="Whoever tries twice has every permission.",
        rule=PermissionRules.is_granted,
        variant=_permission_on_second_try,
        follows=(
            "authorization.refused-write",
            "authorization.refusal-discloses-nothing",
            "authorization.concurrent",
            "token.own-client",
        ),
    ),
    Fault(
        name="warehouse.written-on-second-try",
        sentence="A write in a foreign warehouse that was refused is done the second time.",
        violates=("authorization.warehouse-write",),
        seen_as=("accepted",),
        suffering="Whoever tries twice moves stock in every warehouse.",
        rule=WarehouseRules.is_refused,
        variant=_warehouse_on_second_try,
        follows=("authorization.refused-write",),
        resources=("Inventory", "Location"),
    ),
    Fault(
        name="reports.run-on-second-try",
        sentence="A report that was refused is run the second time.",
        violates=("authorization.report-run",),
        seen_as=("accepted",),
        suffering="Whoever tries twice runs every report.",
        rule=ReportRules.may_run,
        variant=_report_on_second_try,
        follows=("authorization.refusal-discloses-nothing",),
        resources=("Report",),
    ),
)
