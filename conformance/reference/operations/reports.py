"""The report operations (reports)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.reference.operation import Operation
from conformance.reference.operations.lists import Listing, Paging, page_of, read_paging
from conformance.reference.world import QUIET_SINCE, ReportRow

if TYPE_CHECKING:
    from conformance.reference.call import Call, Reply
    from conformance.reference.service import Service
    from conformance.reference.store import Account
    from conformance.reference.world import Report

_COLUMNS = ("reportID", "reportName", "reportType")
_RESULT_COLUMNS = ("partNo", "shortID", "warehouse", "units", "unitCost", "totalValue")


@dataclass(frozen=True, slots=True)
class RunWish:
    """A run of one report."""

    report_id: int
    paging: Paging
    count: int | None


def _view(service: Service, report: Report) -> dict[str, Any]:
    return service.rules.report.fields(report)


def _result_view(service: Service, row: ReportRow) -> dict[str, Any]:
    return service.rules.report.result_fields(row, service.store.warehouses[row.wid])


LISTING: Listing[Report] = Listing(
    kind="reports",
    columns=lambda _service: _COLUMNS,
    view=_view,
    order=lambda service, report: service.rules.report.order(report),
    modified=lambda report: report.modified,
)
RESULT: Listing[ReportRow] = Listing(
    kind="report-result",
    columns=lambda _service: _RESULT_COLUMNS,
    view=_result_view,
    order=lambda _service, _row: 0,
    modified=lambda _row: QUIET_SINCE,
)


def _read_list(service: Service, call: Call) -> Paging:
    return read_paging(service, call, LISTING)


def _list(service: Service, account: Account, wish: Paging) -> Reply:
    def keep(report: Report) -> bool:
        return service.rules.report.is_listed(account, report, wish.sort)

    return page_of(service, LISTING, service.store.reports.values(), wish, keep=keep, view_of="reports")


def _read_run(service: Service, call: Call) -> RunWish:
    report_id = service.rules.wire.path_number("id", call.path["id"])
    count = service.rules.report.row_count(call.integer("count"), call.parameter("flags"))
    return RunWish(report_id, read_paging(service, call, RESULT), count)


def _run(service: Service, account: Account, wish: RunWish) -> Reply:
    report = service.store.reports.get(wish.report_id)
    if report is None:
        raise service.rules.report.missing()
    rows = report.rows if wish.count is None else report.rows[: wish.count]
    rights = service.rules.warehouse
    view_of = f"report {report.report_id}" if wish.count is None else None

    def shown(row: ReportRow) -> bool:
        return rights.is_shown(account, RUN, row.wid, wish.paging.page)

    return page_of(service, RESULT, rows, wish.paging, shown=shown, view_of=view_of)


RUN = Operation("GET", "/Report/{id}", "reports.read", _read_run, _run, report=lambda wish: wish.report_id)

REPORTS: tuple[Operation[Any], ...] = (
    Operation("GET", "/Report", "reports.read", _read_list, _list, report=lambda _wish: None),
    RUN,
)
