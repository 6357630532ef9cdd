"""The report operations (reports)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.reference.call import Reply, whole_number
from conformance.reference.operation import Operation
from conformance.reference.operations.lists import Listing, Paging, page_of, read_paging
from conformance.reference.problems import not_found
from conformance.reference.world import QUIET_SINCE, ReportRow

if TYPE_CHECKING:
    from conformance.reference.call import Call
    from conformance.reference.service import Service
    from conformance.reference.store import Account
    from conformance.reference.world import Report

LARGEST_RESULT_PAGE = 1000
_COLUMNS = ("reportID", "reportName", "reportType")
_RESULT_COLUMNS = ("partNo", "shortID", "warehouse", "units", "unitCost", "totalValue")


@dataclass(frozen=True, slots=True)
class RunWish:
    """A run of one report."""

    report_id: int
    paging: Paging


def _view(_service: Service, report: Report) -> dict[str, Any]:
    return {"reportID": report.report_id, "reportName": report.name, "reportType": report.kind}


def _result_view(service: Service, row: ReportRow) -> dict[str, Any]:
    return {
        "partNo": row.part_no,
        "shortID": row.short_id,
        "warehouse": service.store.warehouses[row.wid].name,
        "units": row.units,
        "unitCost": row.unit_cost,
        "totalValue": round(row.units * row.unit_cost, 2),
    }


LISTING: Listing[Report] = Listing(
    view=_view,
    order=lambda report: report.report_id,
    modified=lambda report: report.modified,
)
RESULT: Listing[ReportRow] = Listing(
    view=_result_view,
    order=lambda _row: 0,
    modified=lambda _row: QUIET_SINCE,
)


def _read_list(service: Service, call: Call) -> Paging:
    return read_paging(service, call, _COLUMNS)


def _list(service: Service, account: Account, wish: Paging) -> Reply:
    rows = [report for report in service.store.reports.values() if service.rules.report.is_listed(account, report)]
    return page_of(service, LISTING, rows, wish)


def _read_run(service: Service, call: Call) -> RunWish:
    report_id = whole_number("id", call.path["id"])
    call.integer("count")
    call.parameter("flags")
    return RunWish(report_id, read_paging(service, call, _RESULT_COLUMNS, LARGEST_RESULT_PAGE))


def _run(service: Service, account: Account, wish: RunWish) -> Reply:
    report = service.store.reports.get(wish.report_id)
    if report is None:
        raise not_found(f"There is no report {wish.report_id}.")
    rules = service.rules.warehouse
    return page_of(service, RESULT, report.rows, wish.paging, shown=lambda row: rules.is_shown(account, RUN, row.wid))


RUN = Operation("GET", "/Report/{id}", "reports.read", _read_run, _run, report=lambda wish: wish.report_id)

REPORTS: tuple[Operation[Any], ...] = (
    Operation("GET", "/Report", "reports.read", _read_list, _list, report=lambda _wish: None),
    RUN,
)
