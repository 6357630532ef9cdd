"""Faults in judging permissions and read-only users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.call import Reply
from conformance.reference.faults.fault import Fault, Site
from conformance.reference.rules import PermissionRules, RefusalRules

if TYPE_CHECKING:
    from conformance.reference.call import Call
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


def _unneeded(label: str, parameter: str) -> Any:
    def variant(site: Site, operation: Operation[Any], call: Call) -> bool:
        given = any(name == parameter for name, _ in call.query)
        return not (operation.label == label and given) and bool(site.original(operation, call))

    return variant


def _write_includes_read(site: Site, account: Account, permission: str, operation: Operation[Any]) -> bool:
    """Take the permission to write for the permission to read."""
    includes = permission.replace(".read", ".write") in account.client.permissions
    return includes or bool(site.original(account, permission, operation))


def _read_includes_delete(site: Site, account: Account, permission: str, operation: Operation[Any]) -> bool:
    """Ask for the permission to see an item when one is discontinued."""
    includes = operation.method == "DELETE" and "items.read" in account.client.permissions
    return includes or bool(site.original(account, permission, operation))


def _any_report_reader(site: Site, account: Account, permission: str, operation: Operation[Any]) -> bool:
    """Take rights to reports for the permission to use the Reports endpoint."""
    has_reports = permission == "reports.read" and account.client.reports != frozenset()
    return has_reports or bool(site.original(account, permission, operation))


def _no_write(*labels: str) -> Any:
    def variant(site: Site, operation: Operation[Any]) -> bool:
        return operation.label not in labels and bool(site.original(operation))

    return variant


def _is_permission_problem(problem: Problem) -> bool:
    return problem.status == 403 and "permission" in problem.message


def _answered_with(status: int, error: str) -> Any:
    def variant(site: Site, operation: Operation[Any], problem: Problem, reply: Reply) -> Reply:
        right: Reply = site.original(operation, problem, reply)
        if not _is_permission_problem(problem) or not isinstance(right.body, dict):
            return right
        return Reply(status, {**right.body, "statusCode": status, "error": error}, right.headers)

    return variant


def _empty_page(site: Site, operation: Operation[Any], problem: Problem, reply: Reply) -> Reply:
    """Show a client that may not read an empty list."""
    right: Reply = site.original(operation, problem, reply)
    if not _is_permission_problem(problem) or operation.label != "GET /Inventory":
        return right
    page = {"value": [], "totalCount": 0, "page": 1, "pageSize": 25, "pageCount": 0, "hasMore": False}
    return Reply(200, page, site.service.rules.paging.headers(page))


FAULTS = (
    Fault(
        name="permission.unchecked-on-put",
        sentence="Updating an item asks for no permission.",
        violates=("authorization.permission",),
        seen_as=("accepted",),
        suffering="Every client can change the item master.",
        rule=PermissionRules.is_granted,
        variant=_unchecked("PUT /Item"),
        resources=("Item",),
    ),
    Fault(
        name="permission.unchecked-on-issue",
        sentence="Issuing stock asks for no permission.",
        violates=("authorization.permission",),
        seen_as=("accepted",),
        suffering="Every client can book stock out.",
        rule=PermissionRules.is_granted,
        variant=_unchecked("POST /Inventory/Issue"),
        resources=("Inventory", "Location"),
    ),
    Fault(
        name="permission.unchecked-on-levels",
        sentence="The stock levels ask for no permission.",
        violates=("authorization.permission",),
        seen_as=("accepted",),
        suffering="Every client can read the stock.",
        rule=PermissionRules.is_granted,
        variant=_unchecked("GET /Inventory/StockLevels"),
        resources=("Inventory", "Location"),
    ),
    Fault(
        name="permission.unchecked-on-location",
        sentence="One location is shown without any permission; the list of locations asks for it.",
        violates=("authorization.permission",),
        seen_as=("accepted",),
        suffering="Every client can read the warehouse's layout, spot by spot.",
        rule=PermissionRules.is_granted,
        variant=_unchecked("GET /Location/{spot}"),
        resources=("Location",),
    ),
    Fault(
        name="permission.unneeded-by-key",
        sentence="An item that is looked up by its key is shown without any permission; the list asks for it.",
        violates=("authorization.permission",),
        seen_as=("accepted",),
        suffering="Whoever scans a label, or counts labels up, reads the item master.",
        rule=PermissionRules.is_needed,
        variant=_unneeded("GET /Item", "key"),
        resources=("Item",),
    ),
    Fault(
        name="permission.unneeded-by-date",
        sentence="Orders of some days are listed without any permission; the list of all asks for it.",
        violates=("authorization.permission",),
        seen_as=("accepted",),
        suffering="Every client can read what is bought, and where.",
        rule=PermissionRules.is_needed,
        variant=_unneeded("GET /PurchaseOrder", "startDate"),
        resources=("PurchaseOrder",),
    ),
    Fault(
        name="permission.write-includes-read",
        sentence="The permission to write lets a client read as well.",
        violates=("authorization.permission",),
        seen_as=("accepted",),
        suffering="A client that only drops data in can read all of it.",
        rule=PermissionRules.is_granted,
        variant=_write_includes_read,
        resources=("Item",),
    ),
    Fault(
        name="permission.read-includes-delete",
        sentence="The permission to read items lets a client discontinue them.",
        violates=("authorization.permission",),
        seen_as=("accepted",),
        suffering="A dashboard's credentials can empty the item master.",
        rule=PermissionRules.is_granted,
        variant=_read_includes_delete,
        resources=("Item",),
    ),
    Fault(
        name="permission.report-rights-suffice",
        sentence="The Reports endpoint asks for the report rights alone and not for its permission.",
        violates=("authorization.permission",),
        seen_as=("accepted",),
        suffering="Taking the permission for reports away does nothing.",
        rule=PermissionRules.is_granted,
        variant=_any_report_reader,
        resources=("Report",),
    ),
    Fault(
        name="permission.another-than-its-own",
        sentence="Holding a location asks for the permission to write the inventory instead of the locations.",
        violates=("authorization.permission", "authorization.granted"),
        seen_as=("accepted", "refused"),
        suffering="The wrong clients can put locations on hold, and the right ones cannot.",
        rule=PermissionRules.needed,
        variant=_needs("POST /Location/Hold", "inventory.write"),
        resources=("Location",),
    ),
    Fault(
        name="permission.too-much-asked",
        sentence="The list of all items asks for the permission to write items.",
        violates=("authorization.granted",),
        seen_as=("refused",),
        suffering="A client that may read is refused.",
        rule=PermissionRules.needed,
        variant=_needs("GET /Item/All", "items.write"),
        follows=("authorization.permission",),
        resources=("Item",),
    ),
    Fault(
        name="permission.answered-with-404",
        sentence="A missing permission is answered with 404.",
        violates=("authorization.permission",),
        seen_as=("wrong-refusal",),
        suffering="Integrators look for a wrong address instead of a missing permission.",
        rule=RefusalRules.answer,
        variant=_answered_with(404, "not_found"),
        resources=("Item",),
    ),
    Fault(
        name="permission.answered-with-401",
        sentence="A missing permission is answered with 401.",
        violates=("authorization.permission",),
        seen_as=("wrong-refusal",),
        suffering="Clients renew their token for ever.",
        rule=RefusalRules.answer,
        variant=_answered_with(401, "unauthorized"),
        follows=("oauth.bearer-challenge",),
        resources=("Item",),
    ),
    Fault(
        name="permission.answered-with-empty-page",
        sentence="A client that may not read the inventory sees an empty one.",
        violates=("authorization.permission",),
        seen_as=("accepted",),
        suffering="An integration reports that everything is sold out.",
        rule=RefusalRules.answer,
        variant=_empty_page,
        resources=("Inventory", "Location"),
    ),
    Fault(
        name="read-only.put-allowed",
        sentence="A read-only client may update items.",
        violates=("authorization.read-only",),
        seen_as=("accepted",),
        suffering="A dashboard's credentials can change the item master.",
        rule=PermissionRules.is_write,
        variant=_no_write("PUT /Item"),
        resources=("Item",),
    ),
    Fault(
        name="read-only.delete-allowed",
        sentence="A read-only client may discontinue items.",
        violates=("authorization.read-only",),
        seen_as=("accepted",),
        suffering="A dashboard's credentials can empty the item master.",
        rule=PermissionRules.is_write,
        variant=_no_write("DELETE /Item/{shortID}"),
        resources=("Item",),
    ),
    Fault(
        name="read-only.hold-allowed",
        sentence="A read-only client may hold and release locations, because these requests have no body.",
        violates=("authorization.read-only",),
        seen_as=("accepted",),
        suffering="A dashboard's credentials can stop a warehouse.",
        rule=PermissionRules.is_write,
        variant=_no_write("POST /Location/Hold", "POST /Location/Release"),
        resources=("Location",),
    ),
    Fault(
        name="read-only.stock-moves-allowed",
        sentence="Read-only mode covers master data and not the movement of stock.",
        violates=("authorization.read-only",),
        seen_as=("accepted",),
        suffering="A dashboard's credentials can book stock in and out.",
        rule=PermissionRules.is_write,
        variant=_no_write("POST /Inventory/Receive", "POST /Inventory/Move", "POST /Inventory/Issue"),
        resources=("Inventory", "Location"),
    ),
    Fault(
        name="read-only.reports-refused",
        sentence="A read-only client may not run reports, which are taken for writes.",
        violates=("authorization.granted",),
        seen_as=("refused",),
        suffering="A client that may only read cannot read.",
        rule=PermissionRules.is_write,
        variant=lambda site, operation: operation.label == "GET /Report/{id}" or site.original(operation),
        resources=("Report",),
    ),
)
