"""Faults in judging warehouse scope."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.call import Reply
from conformance.reference.faults.fault import Fault, Site
from conformance.reference.rules import RefusalRules, StockRules, WarehouseRules
from conformance.reference.rules.authorization import Where

if TYPE_CHECKING:
    from conformance.reference.call import Call
    from conformance.reference.operation import Operation
    from conformance.reference.problems import Problem
    from conformance.reference.rules.authorization import Place
    from conformance.reference.store import Account


def _unchecked(label: str, *places: Where) -> Any:
    """Pass over a warehouse where one operation names it; anywhere, if no place is given."""

    def variant(site: Site, account: Account, operation: Operation[Any], place: Place) -> bool:
        passed_over = operation.label == label and (not places or place.where in places)
        return not passed_over and bool(site.original(account, operation, place))

    return variant


def _unfiltered(label: str) -> Any:
    def variant(site: Site, account: Account, operation: Operation[Any], wid: int, page: int) -> bool:
        return operation.label == label or bool(site.original(account, operation, wid, page))

    return variant


def _unjudged_when_sorted(site: Site, operation: Operation[Any], call: Call) -> bool:
    """Give the sorted list a handler of its own, and forget the check there."""
    is_sorted = operation.label == "GET /Inventory/{wid}" and call.parameter("sort") is not None
    return not is_sorted and bool(site.original(operation, call))


def _last_only(_site: Site, account: Account, wid: int) -> bool:
    """Overwrite the warehouse with each row that is read."""
    return account.client.warehouses is None or wid == max(account.client.warehouses)


def _first_only(_site: Site, account: Account, wid: int) -> bool:
    """Read the first row and no other."""
    return account.client.warehouses is None or wid == min(account.client.warehouses)


def _foreign_is_missing(site: Site, operation: Operation[Any], problem: Problem, reply: Reply) -> Reply:
    """Look a foreign warehouse up among one's own, and find none."""
    right: Reply = site.original(operation, problem, reply)
    is_foreign = problem.status == 403 and problem.message.startswith("The warehouse")
    if not is_foreign or operation.method != "GET" or not isinstance(right.body, dict):
        return right
    return Reply(404, {**right.body, "statusCode": 404, "error": "not_found"}, right.headers)


def _foreign_is_empty(site: Site, operation: Operation[Any], problem: Problem, reply: Reply) -> Reply:
    """Filter a foreign warehouse instead of refusing it."""
    right: Reply = site.original(operation, problem, reply)
    if problem.status != 403 or operation.label != "GET /Inventory/{wid}" or "warehouse" not in problem.message:
        return right
    page = {"value": [], "totalCount": 0, "page": 1, "pageSize": 25, "pageCount": 0, "hasMore": False}
    return Reply(200, page, site.service.rules.paging.headers(page))


FAULTS = (
    Fault(
        name="warehouse.lots-unchecked",
        sentence="The lots of one warehouse are given to clients of another.",
        violates=("authorization.warehouse-read",),
        seen_as=("accepted",),
        suffering="A logistics partner reads the stock of a competitor.",
        rule=WarehouseRules.is_refused,
        variant=_unchecked("GET /Inventory/{wid}"),
        resources=("Inventory", "Location"),
    ),
    Fault(
        name="warehouse.sorted-lots-unchecked",
        sentence="The lots of one warehouse are given to clients of another who ask for them sorted.",
        violates=("authorization.warehouse-read",),
        seen_as=("accepted",),
        suffering="A logistics partner reads the stock of a competitor.",
        rule=WarehouseRules.is_judged,
        variant=_unjudged_when_sorted,
        resources=("Inventory", "Location"),
    ),
    Fault(
        name="warehouse.levels-unchecked",
        sentence="The stock levels of one warehouse are given to clients of another.",
        violates=("authorization.warehouse-read",),
        seen_as=("accepted",),
        suffering="A logistics partner reads the stock of a competitor.",
        rule=WarehouseRules.is_refused,
        variant=_unchecked("GET /Inventory/StockLevels/{wid}"),
        resources=("Inventory", "Location"),
    ),
    Fault(
        name="warehouse.spot-unchecked",
        sentence="One location is shown to clients of another warehouse.",
        violates=("authorization.warehouse-read",),
        seen_as=("accepted",),
        suffering="A logistics partner learns a competitor's layout, spot by spot.",
        rule=WarehouseRules.is_refused,
        variant=_unchecked("GET /Location/{spot}"),
        resources=("Location",),
    ),
    Fault(
        name="warehouse.query-unchecked",
        sentence="The scope is checked on paths and not on the wid of the list of locations.",
        violates=("authorization.warehouse-lists",),
        seen_as=("leaked",),
        suffering="A logistics partner lists a competitor's locations.",
        rule=WarehouseRules.is_refused,
        variant=_unchecked("GET /Location", Where.QUERY),
        follows=("authorization.warehouse-read",),
        resources=("Location",),
    ),
    Fault(
        name="warehouse.foreign-missing",
        sentence="Reading a foreign warehouse is answered with 404.",
        violates=("authorization.warehouse-read",),
        seen_as=("wrong-refusal",),
        suffering="Integrators look for a wrong number instead of a missing right.",
        rule=RefusalRules.answer,
        variant=_foreign_is_missing,
        follows=("authorization.warehouse-lists",),
        resources=("Location",),
    ),
    Fault(
        name="warehouse.foreign-empty",
        sentence="The lots of a foreign warehouse are answered with an empty page.",
        violates=("authorization.warehouse-read",),
        seen_as=("accepted",),
        suffering="An integration reports that a full warehouse is empty.",
        rule=RefusalRules.answer,
        variant=_foreign_is_empty,
        resources=("Inventory", "Location"),
    ),
    Fault(
        name="warehouse.hold-unchecked",
        sentence="A location is put on hold by clients of another warehouse.",
        violates=("authorization.warehouse-write",),
        seen_as=("accepted",),
        suffering="A logistics partner stops a competitor's work.",
        rule=WarehouseRules.is_refused,
        variant=_unchecked("POST /Location/Hold"),
        resources=("Location",),
    ),
    Fault(
        name="warehouse.release-unchecked",
        sentence="A location is released by clients of another warehouse; holding it is refused.",
        violates=("authorization.warehouse-write",),
        seen_as=("accepted",),
        suffering="Stock that was put on hold is shipped.",
        rule=WarehouseRules.is_refused,
        variant=_unchecked("POST /Location/Release"),
        resources=("Location",),
    ),
    Fault(
        name="warehouse.body-unchecked",
        sentence="The scope is checked on paths and not in the body that receives stock.",
        violates=("authorization.warehouse-write",),
        seen_as=("accepted",),
        suffering="Stock appears in a warehouse that its client has nothing to do with.",
        rule=WarehouseRules.is_refused,
        variant=_unchecked("POST /Inventory/Receive"),
        resources=("Inventory", "Location"),
    ),
    Fault(
        name="warehouse.destination-unchecked",
        sentence="A move checks the warehouse that stock leaves and not the one that it goes to.",
        violates=("authorization.warehouse-write",),
        seen_as=("accepted",),
        suffering="Stock appears in a warehouse that its client has nothing to do with.",
        rule=WarehouseRules.is_refused,
        variant=_unchecked("POST /Inventory/Move", Where.DESTINATION),
        resources=("Inventory", "Location"),
    ),
    Fault(
        name="warehouse.source-unchecked",
        sentence="A move checks the warehouse that stock goes to and not the one that it leaves.",
        violates=("authorization.warehouse-write",),
        seen_as=("accepted",),
        suffering="A client helps itself to the stock of another warehouse.",
        rule=WarehouseRules.is_refused,
        variant=_unchecked("POST /Inventory/Move", Where.SOURCE),
        resources=("Inventory", "Location"),
    ),
    Fault(
        name="warehouse.issue-unchecked",
        sentence="Stock is issued by clients of another warehouse.",
        violates=("authorization.warehouse-write",),
        seen_as=("accepted",),
        suffering="A client books the stock of another warehouse out.",
        rule=WarehouseRules.is_refused,
        variant=_unchecked("POST /Inventory/Issue"),
        resources=("Inventory", "Location"),
    ),
    Fault(
        name="warehouse.lot-list-unfiltered",
        sentence="The list of lots shows all warehouses to everybody.",
        violates=("authorization.warehouse-lists",),
        seen_as=("leaked",),
        suffering="A logistics partner reads the stock of a competitor.",
        rule=WarehouseRules.is_shown,
        variant=_unfiltered("GET /Inventory"),
        resources=("Inventory", "Location"),
    ),
    Fault(
        name="warehouse.location-list-unfiltered",
        sentence="The list of locations shows all warehouses to everybody.",
        violates=("authorization.warehouse-lists",),
        seen_as=("leaked",),
        suffering="A logistics partner learns a competitor's layout.",
        rule=WarehouseRules.is_shown,
        variant=_unfiltered("GET /Location"),
        resources=("Location",),
    ),
    Fault(
        name="warehouse.level-list-unfiltered",
        sentence="The stock levels show all warehouses to everybody.",
        violates=("authorization.warehouse-lists",),
        seen_as=("leaked",),
        suffering="A logistics partner reads the stock of a competitor.",
        rule=WarehouseRules.is_shown,
        variant=_unfiltered("GET /Inventory/StockLevels"),
        resources=("Inventory", "Location"),
    ),
    Fault(
        name="warehouse.counted-before-filtering",
        sentence="Lists are filtered by warehouse after their rows have been counted.",
        violates=("authorization.warehouse-lists",),
        seen_as=("wrong-value",),
        suffering="The count tells how much a competitor stores, and pages come out empty.",
        rule=WarehouseRules.counted,
        variant=lambda _site, rows, _shown: len(rows),
        resources=("Location",),
    ),
    Fault(
        name="warehouse.cut-before-filtering",
        sentence="Lists are filtered by warehouse after they have been cut into pages.",
        violates=("pagination.walk",),
        seen_as=("wrong-value",),
        suffering="A copy of the list lacks rows, of which a client that sees all warehouses has each.",
        rule=WarehouseRules.cut_from,
        variant=lambda _site, rows, _shown: rows,
        resources=("Location",),
    ),
    Fault(
        name="warehouse.last-one-only",
        sentence="Of a client's warehouses only the last counts.",
        violates=("authorization.granted",),
        seen_as=("refused",),
        suffering="A client that works in two warehouses is refused in one.",
        rule=WarehouseRules.is_own,
        variant=_last_only,
        resources=("Location",),
    ),
    Fault(
        name="warehouse.first-one-only",
        sentence="Of a client's warehouses only the first counts.",
        violates=("authorization.granted",),
        seen_as=("refused",),
        suffering="A client that works in two warehouses is refused in one.",
        rule=WarehouseRules.is_own,
        variant=_first_only,
        resources=("Location",),
    ),
    Fault(
        name="warehouse.receipt-goes-by-spot",
        sentence="A receipt checks the warehouse that is named, and stock goes to the one in which its spot lies.",
        violates=("authorization.warehouse-write",),
        seen_as=("accepted", "wrong-value"),
        suffering="Stock appears in a warehouse that its client has nothing to do with.",
        rule=StockRules.lies_in,
        variant=lambda _site, _location, _wid: True,
        resources=("Inventory", "Location"),
    ),
)
