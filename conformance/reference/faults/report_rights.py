"""Faults in whom the list of reports shows what: by kind, by what others have been shown, for one kind of client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.rules import ReportRules

if TYPE_CHECKING:
    from conformance.reference.store import Account
    from conformance.reference.world import Report


def _by_kind(site: Site, account: Account, report: Report, sort: str | None) -> bool:
    """Show the folder of a report that may be run, with all that is in it."""
    reports = site.service.store.reports
    kinds = {reports[number].kind for number in account.client.reports or () if number in reports}
    return report.kind in kinds or bool(site.original(account, report, sort))


def _once_shown(site: Site, account: Account, report: Report, sort: str | None) -> bool:
    """Keep the list of reports in a cache that forgets for whom it was made."""
    if site.original(account, report, sort):
        site.memory[report.report_id] = True
    return report.report_id in site.memory


def _all_to_scoped(site: Site, account: Account, report: Report, sort: str | None) -> bool:
    """Put the condition on warehouses in the place of the one on reports."""
    return account.client.warehouses is not None or bool(site.original(account, report, sort))


FAULTS = (
    Fault(
        name="reports.list-by-kind",
        sentence="The list shows all reports of the same report type as one that the client may run.",
        violates=("authorization.report-list",),
        seen_as=("leaked",),
        suffering="The names of confidential reports are known to whoever may run another.",
        rule=ReportRules.is_listed,
        variant=_by_kind,
        follows=("reports.runnable",),
        resources=("Report",),
    ),
    Fault(
        name="reports.list-once-shown",
        sentence="A report that has been listed for one client is listed for all.",
        violates=("authorization.report-list",),
        seen_as=("leaked",),
        suffering="The names of confidential reports are known to all, once the right client has looked.",
        rule=ReportRules.is_listed,
        variant=_once_shown,
        follows=("reports.runnable",),
        resources=("Report",),
    ),
    Fault(
        name="reports.list-unfiltered-for-scoped",
        sentence="The list shows all reports to a client that is limited to warehouses.",
        violates=("authorization.report-list",),
        seen_as=("leaked",),
        suffering="The client with the fewest rights knows the names of all confidential reports.",
        rule=ReportRules.is_listed,
        variant=_all_to_scoped,
        resources=("Report",),
    ),
)
