"""Faults in what a refusal does and tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.rules import RefusalRules

if TYPE_CHECKING:
    from conformance.reference.operation import Operation
    from conformance.reference.problems import Problem


def _when(label: str, status: int) -> Any:
    def variant(_site: Site, operation: Operation[Any], problem: Problem) -> bool:
        return operation.label == label and problem.status == status

    return variant


def _read_only_update(_site: Site, operation: Operation[Any], problem: Problem) -> bool:
    """Save first and ask for the user's mode in the same transaction, which is not rolled back."""
    return operation.label == "PUT /Item" and "read-only" in problem.message


def _foreign_hold(_site: Site, operation: Operation[Any], problem: Problem) -> bool:
    """Set the flag and then look whose warehouse it is."""
    return operation.label == "POST /Location/Hold" and "warehouse" in problem.message


def _foreign_report(_site: Site, operation: Operation[Any], problem: Problem) -> bool:
    """Run the report, and look then who asked for it."""
    return operation.label == "GET /Report/{id}" and "run this report" in problem.message


FAULTS = (
    Fault(
        name="refusal.create-done",
        sentence="An item is created although the client lacks the permission and gets 403.",
        violates=("authorization.refused-write",),
        seen_as=("changed-data",),
        suffering="Items appear that nobody was allowed to create.",
        rule=RefusalRules.is_done_anyway,
        variant=_when("POST /Item", 403),
        resources=("Item",),
    ),
    Fault(
        name="refusal.delete-done",
        sentence="An item is discontinued although the answer is 403.",
        violates=("authorization.refused-write",),
        seen_as=("changed-data",),
        suffering="Items disappear at the hands of clients that may not touch them.",
        rule=RefusalRules.is_done_anyway,
        variant=_when("DELETE /Item/{shortID}", 403),
        resources=("Item",),
    ),
    Fault(
        name="refusal.read-only-update-done",
        sentence="An item is updated although the client is read-only and gets 403.",
        violates=("authorization.refused-write",),
        seen_as=("changed-data",),
        suffering="A dashboard's credentials change the item master, and the log says that they were refused.",
        rule=RefusalRules.is_done_anyway,
        variant=_read_only_update,
        resources=("Item",),
    ),
    Fault(
        name="refusal.foreign-hold-done",
        sentence="A location of a foreign warehouse is put on hold although the answer is 403.",
        violates=("authorization.refused-write",),
        seen_as=("changed-data",),
        suffering="A logistics partner stops a competitor's work.",
        rule=RefusalRules.is_done_anyway,
        variant=_foreign_hold,
        resources=("Location",),
    ),
    Fault(
        name="refusal.receive-done",
        sentence="Stock is received although the answer is 403.",
        violates=("authorization.refused-write",),
        seen_as=("changed-data",),
        suffering="Stock appears that nobody was allowed to book.",
        rule=RefusalRules.is_done_anyway,
        variant=_when("POST /Inventory/Receive", 403),
        resources=("Inventory", "Location"),
    ),
    Fault(
        name="refusal.unauthorized-create-done",
        sentence="An item is created although the request has no valid token and gets 401.",
        violates=("authorization.refused-write",),
        seen_as=("changed-data",),
        suffering="Anybody fills the item master with rubbish.",
        rule=RefusalRules.is_done_anyway,
        variant=_when("POST /Item", 401),
        resources=("Item",),
    ),
    Fault(
        name="refusal.item-shown",
        sentence="The 403 for an item has the item in it.",
        violates=("authorization.refusal-discloses-nothing",),
        seen_as=("leaked",),
        suffering="Whoever reads the body of the refusal has what was refused.",
        rule=RefusalRules.is_shown_anyway,
        variant=_when("GET /Item/{partNo}", 403),
        resources=("Item",),
    ),
    Fault(
        name="refusal.lots-shown",
        sentence="The 403 for a foreign warehouse's lots has the lots in it.",
        violates=("authorization.refusal-discloses-nothing",),
        seen_as=("leaked",),
        suffering="Whoever reads the body of the refusal has what was refused.",
        rule=RefusalRules.is_shown_anyway,
        variant=_when("GET /Inventory/{wid}", 403),
        resources=("Inventory", "Location"),
    ),
    Fault(
        name="refusal.report-shown",
        sentence="The 403 for a report has its rows in it.",
        violates=("authorization.refusal-discloses-nothing",),
        seen_as=("leaked",),
        suffering="Whoever reads the body of the refusal has what was refused.",
        rule=RefusalRules.is_shown_anyway,
        variant=_when("GET /Report/{id}", 403),
        resources=("Report",),
    ),
    Fault(
        name="refusal.foreign-report-shown",
        sentence="The 403 for a report that the client's group may not run has its rows in it.",
        violates=("authorization.refusal-discloses-nothing",),
        seen_as=("leaked",),
        suffering="Whoever reads the body of the refusal has what was refused.",
        rule=RefusalRules.is_shown_anyway,
        variant=_foreign_report,
        resources=("Report",),
    ),
    Fault(
        name="refusal.items-shown-without-token",
        sentence="The 401 for the list of items has the items in it.",
        violates=("authorization.refusal-discloses-nothing",),
        seen_as=("leaked",),
        suffering="Anybody reads the item master.",
        rule=RefusalRules.is_shown_anyway,
        variant=_when("GET /Item", 401),
        resources=("Item",),
    ),
)
