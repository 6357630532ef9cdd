"""What a client may do: permissions, warehouses, reports, and what a refusal may not do (authentication, Authorization)."""

# ruff: noqa: ARG002 -- a docstring states the rule as documented; a rule is given all that a faulty server looks at

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from conformance.reference.choices import Foreign, ListOrder
from conformance.reference.problems import ApiError, not_found
from conformance.reference.rules.rule import Rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.reference.call import Call, Reply
    from conformance.reference.operation import Operation
    from conformance.reference.problems import Problem
    from conformance.reference.store import Account
    from conformance.reference.world import Report, ReportRow, Warehouse


class Where(Enum):
    """Where a request names a warehouse."""

    PATH = "the warehouse in the path"
    QUERY = "the warehouse that a list is limited to"
    SPOT = "the spot in the path or the query"
    BODY = "the warehouse in the body"
    BODY_SPOT = "the spot in the body"
    SOURCE = "the lot that stock is taken from"
    DESTINATION = "the spot that stock is brought to"
    ORDER = "a line of the order in the path"
    ALL = "a list over all warehouses"


@dataclass(frozen=True, slots=True)
class Place:
    """A warehouse that a request concerns; `wid` is None for a list over all."""

    where: Where
    wid: int | None


class PermissionRules(Rules):
    """Action permissions and read-only mode."""

    def needed(self, operation: Operation[Any]) -> str:
        """Each endpoint requires a specific security permission."""
        return operation.permission

    def is_granted(self, account: Account, permission: str, operation: Operation[Any]) -> bool:
        """If the group does not grant it: 403."""
        return permission in account.client.permissions

    def is_needed(self, operation: Operation[Any], call: Call) -> bool:
        """Each endpoint requires its permission, whatever is asked of it."""
        return True

    def is_write(self, operation: Operation[Any]) -> bool:
        """All POST, PUT and DELETE requests are writes."""
        return operation.method in {"POST", "PUT", "DELETE"}

    def is_read_only(self, account: Account) -> bool:
        """For a read-only user all writes return 403."""
        return account.client.read_only

    def input_comes_first(self) -> bool:
        """Whether 400 or 403 comes first is open."""
        return self.dialect.input_before_rights

    def absence_comes_first(self) -> bool:
        """Whether 404 comes before the 403 of read-only mode and of a foreign warehouse is open."""
        return self.dialect.absence_before_scope


class WarehouseRules(Rules):
    """Warehouse scope."""

    def is_own(self, account: Account, wid: int) -> bool:
        """Operations are limited to the integration user's warehouses."""
        return account.client.warehouses is None or wid in account.client.warehouses

    def is_judged(self, operation: Operation[Any], call: Call) -> bool:
        """Warehouse scope is respected, whatever of a list is asked for."""
        return True

    def is_refused(self, account: Account, operation: Operation[Any], place: Place) -> bool:
        """Reading or writing data in other warehouses: 403. A list that covers them may be filtered instead."""
        if place.wid is None:
            levels = operation.path.startswith("/Inventory/StockLevels")
            shown = self.dialect.overall_levels if levels else self.dialect.overall_lists
            return account.client.warehouses is not None and shown is Foreign.REFUSED
        if place.where is Where.QUERY and self.dialect.foreign_filter is Foreign.FILTERED:
            return False
        return not self.is_own(account, place.wid)

    def is_shown(self, account: Account, operation: Operation[Any], wid: int, page: int = 1) -> bool:
        """A list shows a client the rows of its own warehouses, on every page."""
        return self.is_own(account, wid)

    def is_shown_alone(self, account: Account, operation: Operation[Any], wid: int, page: int) -> bool:
        """A list limited to a foreign warehouse is refused as a whole, or else shows nothing of it."""
        return self.dialect.foreign_filter is Foreign.REFUSED or self.is_own(account, wid)

    def counted(self, rows: Sequence[Any], shown: Sequence[Any]) -> int:
        """What a client may not see is not counted either."""
        return len(shown)

    def cut_from(self, rows: Sequence[Any], shown: Sequence[Any]) -> Sequence[Any]:
        """A list is cut into pages after what a client may not see was left out."""
        return shown


class ReportRules(Rules):
    """Report access."""

    def may_run(self, account: Account, report_id: int, report: Report | None) -> bool:
        """The Reports endpoint respects the report-level permissions of the user's group."""
        if report is None and not self.dialect.unknown_reports_are_forbidden:
            return True
        return account.client.reports is None or report_id in account.client.reports

    def is_judged(self, call: Call) -> bool:
        """Report-level permissions are respected, whatever of the report is asked for."""
        return True

    def is_listed(self, account: Account, report: Report, sort: str | None) -> bool:
        """The list shows the reports that the group may run, in whatever order."""
        return account.client.reports is None or report.report_id in account.client.reports

    def list_is_refused(self, account: Account) -> bool:
        """A client without any report gets an empty list or 403."""
        return account.client.reports == frozenset() and self.dialect.no_reports is Foreign.REFUSED

    def fields(self, report: Report) -> dict[str, Any]:
        """A report has a number, a name and a type."""
        return {"reportID": report.report_id, "reportName": report.name, "reportType": report.kind}

    def order(self, report: Report) -> Any:
        """The order of the list is open."""
        return (report.name, report.report_id) if self.dialect.list_order is ListOrder.NAME else report.report_id

    def result_fields(self, row: ReportRow, warehouse: Warehouse) -> dict[str, Any]:
        """The columns are the report's own, and the same in all rows."""
        return {
            "partNo": row.part_no,
            "shortID": row.short_id,
            "warehouse": warehouse.name,
            "units": row.units,
            "unitCost": row.unit_cost,
            "totalValue": round(row.units * row.unit_cost, 2),
        }

    def row_count(self, count: int | None, flags: str | None) -> int | None:
        """`count` and `flags` are optional; what they do is open. None is all rows."""
        return count if count is not None and count > 0 and self.dialect.count_limits_result else None

    def missing(self) -> ApiError:
        """An unknown report is 404 for those who may run all."""
        return not_found("There is no such report.")


class RefusalRules(Rules):
    """What is refused is neither done nor given."""

    def answer(self, operation: Operation[Any], problem: Problem, reply: Reply) -> Reply:
        """A refusal is answered with its own status and the uniform error."""
        return reply

    def is_done_anyway(self, operation: Operation[Any], problem: Problem) -> bool:
        """A refused write changes nothing."""
        return False

    def is_shown_anyway(self, operation: Operation[Any], problem: Problem) -> bool:
        """A refused read gives nothing."""
        return False
