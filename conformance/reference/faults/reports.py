"""Faults in judging report rights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.rules import ReportRules

if TYPE_CHECKING:
    from conformance.reference.store import Account
    from conformance.reference.world import Report


def _by_kind(site: Site, account: Account, report_id: int, report: Report | None) -> bool:
    """Grant a report with every other of its kind."""
    reports = site.service.store.reports
    own = {reports[number].kind for number in account.client.reports or () if number in reports}
    return (report is not None and report.kind in own) or bool(site.original(account, report_id, report))


def _none_means_all(site: Site, account: Account, report_id: int, report: Report | None) -> bool:
    """Take an empty set of rights for an absent one."""
    return not account.client.reports or bool(site.original(account, report_id, report))


def _none_means_all_listed(site: Site, account: Account, report: Report, sort: str | None) -> bool:
    """Take an empty set of rights for an absent one."""
    return not account.client.reports or bool(site.original(account, report, sort))


def _last_one_lost(site: Site, account: Account, report: Report, sort: str | None) -> bool:
    """Stop one before the end of the rights."""
    is_last = account.client.reports is not None and report.report_id == max(account.client.reports, default=0)
    return not is_last and bool(site.original(account, report, sort))


def _first_one_refused(site: Site, account: Account, report_id: int, report: Report | None) -> bool:
    """Begin one behind the beginning of the rights."""
    is_first = account.client.reports is not None and report_id == min(account.client.reports, default=0)
    return not is_first and bool(site.original(account, report_id, report))


FAULTS = (
    Fault(
        name="reports.run-unchecked",
        sentence="Every report can be run by everybody; the list is filtered.",
        violates=("authorization.report-run",),
        seen_as=("accepted",),
        suffering="Counting up the report's number shows the valuation of the stock.",
        rule=ReportRules.may_run,
        variant=lambda _site, _account, _report_id, _report: True,
        resources=("Report",),
    ),
    Fault(
        name="reports.run-by-kind",
        sentence="The right to one report lets a client run all of the same report type.",
        violates=("authorization.report-run",),
        seen_as=("accepted",),
        suffering="A client sees figures that it was not meant to see.",
        rule=ReportRules.may_run,
        variant=_by_kind,
        resources=("Report",),
    ),
    Fault(
        name="reports.run-none-means-all",
        sentence="A client without rights to any report can run all of them.",
        violates=("authorization.report-run",),
        seen_as=("accepted",),
        suffering="Taking the last right away gives all of them.",
        rule=ReportRules.may_run,
        variant=_none_means_all,
        resources=("Report",),
    ),
    Fault(
        name="reports.run-counted-unchecked",
        sentence="A report that is run for its first rows alone is not checked.",
        violates=("authorization.report-run",),
        seen_as=("accepted",),
        suffering="The short form of a confidential report is there for all.",
        rule=ReportRules.is_judged,
        variant=lambda _site, call: not any(name == "count" for name, _ in call.query),
        resources=("Report",),
    ),
    Fault(
        name="reports.run-first-refused",
        sentence="The first of the reports that a client may run is refused.",
        violates=("authorization.granted",),
        seen_as=("refused",),
        suffering="A report that was granted cannot be run.",
        rule=ReportRules.may_run,
        variant=_first_one_refused,
        follows=("authorization.report-run",),
        resources=("Report",),
    ),
    Fault(
        name="reports.list-unfiltered",
        sentence="The list of reports shows all of them to everybody; running is checked.",
        violates=("authorization.report-list",),
        seen_as=("leaked",),
        suffering="The names of confidential reports are known to all.",
        rule=ReportRules.is_listed,
        variant=lambda _site, _account, _report, _sort: True,
        follows=("reports.runnable",),
        resources=("Report",),
    ),
    Fault(
        name="reports.list-none-means-all",
        sentence="A client without rights to any report sees the list of all of them.",
        violates=("authorization.report-list",),
        seen_as=("leaked",),
        suffering="The names of confidential reports are known to whoever has none.",
        rule=ReportRules.is_listed,
        variant=_none_means_all_listed,
        resources=("Report",),
    ),
    Fault(
        name="reports.list-last-lost",
        sentence="The last of the reports that a client may run is missing in its list.",
        violates=("authorization.report-list-complete",),
        seen_as=("wrong-value",),
        suffering="A report that was granted is not found.",
        rule=ReportRules.is_listed,
        variant=_last_one_lost,
        resources=("Report",),
    ),
)
