"""Faults in the guards in front of the operations: with which status they refuse, where they fail, what they leave behind."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.reference.call import Reply
from conformance.reference.faults.fault import Fault, Site
from conformance.reference.problems import Problem, internal_error
from conformance.reference.rules import (
    BearerRules,
    PagingRules,
    PermissionRules,
    RefusalRules,
    ReportRules,
    TokenRules,
    WarehouseRules,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from conformance.reference.call import Call
    from conformance.reference.operation import Operation
    from conformance.reference.rules.token import Credentials
    from conformance.reference.store import Account
    from conformance.reference.world import Report

_MAXIMUM = 250


# --- without a token ------------------------------------------------------------------------------------------------


def _parameters_first(site: Site, operation: Operation[Any] | None, call: Call) -> bool:
    """Bind the parameters before the guard runs."""
    if operation is not None and operation.label == "GET /Location":
        paging = site.service.rules.paging
        paging.page_number(call.parameter("page"))
        paging.page_size(call.parameter("pageSize"), _MAXIMUM)
    return bool(site.original(operation, call))


def _challenge_of_basic(site: Site, why: str, text: str | None) -> Problem:
    """Copy the header from the token endpoint."""
    problem: Problem = site.original(why, text)
    names = [name for name, _ in problem.headers]
    return replace(problem, headers=tuple((name, 'Basic realm="InventoryPro"') for name in names))


# --- read-only clients ----------------------------------------------------------------------------------------------


def _method_not_allowed(site: Site, operation: Operation[Any], problem: Problem, reply: Reply) -> Reply:
    """Take the methods that write away from a read-only client, instead of the right to use them."""
    right: Reply = site.original(operation, problem, reply)
    if operation.label != "DELETE /Webhook/{id}" or "read-only" not in problem.message:
        return right
    body = right.body if isinstance(right.body, dict) else {}
    return Reply(405, {**body, "statusCode": 405}, right.headers)


def _token_is_a_write(site: Site, account: Account, presented: Credentials, now: datetime) -> bool:
    """Take every POST for a write, that to the token endpoint too."""
    return not account.client.read_only and bool(site.original(account, presented, now))


def _search_is_a_write(site: Site, operation: Operation[Any]) -> bool:
    """Keep what was searched for, so that searching is a write."""
    return operation.label == "GET /Item" or bool(site.original(operation))


# --- warehouses -----------------------------------------------------------------------------------------------------


def _answer_to_a_foreign_filter(make: Any) -> Any:
    """Answer in another way where a list of locations is limited to a foreign warehouse."""

    def variant(site: Site, operation: Operation[Any], problem: Problem, reply: Reply) -> Reply:
        right: Reply = site.original(operation, problem, reply)
        if operation.label != "GET /Location" or problem.status != 403 or "warehouse" not in problem.message:
            return right
        made: Reply = make(site)
        return made

    return variant


def _crash(site: Site) -> Reply:
    """Look the warehouse up among the client's own, and fail to find it."""
    problem = internal_error("Sequence contains no matching element.").problem
    return Reply(500, site.service.rules.wire.error_body(problem))


def _nothing_of_many(site: Site) -> Reply:
    """Count what is there, and then leave out what the client may not see."""
    total = len(site.service.store.locations)
    page = {"value": [], "totalCount": total, "page": 1, "pageSize": 25, "pageCount": -(-total // 25), "hasMore": False}
    return Reply(200, page, site.service.rules.paging.headers(page))


def _scope_of_assets_fails(site: Site, account: Account, operation: Operation[Any], wid: int, page: int) -> bool:
    """Filter by a column that the table of assets does not have."""
    if operation.label == "GET /Asset" and account.client.warehouses is not None:
        raise internal_error("Invalid column name 'WID'.")
    return bool(site.original(account, operation, wid, page))


# --- reports --------------------------------------------------------------------------------------------------------


def _rights_not_loaded(site: Site, account: Account, report: Report, sort: str | None) -> bool:
    """Read the rights of a group that nobody has fetched."""
    if account.client.reports is not None:
        raise internal_error("Object reference not set to an instance of an object.")
    return bool(site.original(account, report, sort))


def _all_counted(site: Site, envelope: Mapping[str, Any], kind: str) -> object:
    """Count the reports before those are left out that the client may not run."""
    right: object = site.original(envelope, kind)
    return {**envelope, "totalCount": len(site.service.store.reports)} if kind == "reports" else right


# --- what a refusal leaves behind -----------------------------------------------------------------------------------


def _refused_client_left(site: Site, account: Account, permission: str, operation: Operation[Any]) -> bool:
    """Set the current client aside after a request, but not after one that was refused."""
    granted = bool(site.original(account, permission, operation))
    if permission != "items.read":
        return granted
    left: Account | None = site.memory.pop("left", None)
    if not granted:
        site.memory["left"] = account
    return granted if left is None else bool(site.original(left, permission, operation))


FAULTS = (
    Fault(
        name="guards.parameters-first",
        sentence="Without a token, a list of locations whose page is no number gets 400 instead of 401.",
        violates=("bearer.first",),
        seen_as=("wrong-refusal",),
        suffering="Anybody learns the parameters of requests by trying.",
        rule=BearerRules.is_needed,
        variant=_parameters_first,
        resources=("Location",),
    ),
    Fault(
        name="guards.challenge-of-basic",
        sentence="The challenge of a 401 names the scheme Basic.",
        violates=("oauth.bearer-challenge",),
        seen_as=("wrong-value",),
        suffering="Browsers ask for a name and a password, and libraries send the secret with every request.",
        rule=BearerRules.refusal,
        variant=_challenge_of_basic,
    ),
    Fault(
        name="guards.read-only-method-not-allowed",
        sentence="A read-only client that deletes a subscription gets 405.",
        violates=("authorization.read-only",),
        seen_as=("wrong-refusal",),
        suffering="Integrators look for a wrong address instead of a missing right.",
        rule=RefusalRules.answer,
        variant=_method_not_allowed,
        resources=("Webhook",),
    ),
    Fault(
        name="guards.token-is-a-write",
        sentence="A read-only client gets no token, because asking for one is a POST.",
        violates=("authorization.granted",),
        seen_as=("refused",),
        suffering="A client that may only read cannot read.",
        rule=TokenRules.may_have_token,
        variant=_token_is_a_write,
        resources=("Item",),
    ),
    Fault(
        name="guards.search-is-a-write",
        sentence="A read-only client may not list items, because what was searched for is kept.",
        violates=("authorization.granted",),
        seen_as=("refused",),
        suffering="A client that may only read cannot read.",
        rule=PermissionRules.is_write,
        variant=_search_is_a_write,
        follows=(
            "bearer.accepted",
            "expiry.idle",
        ),
        resources=("Item",),
    ),
    Fault(
        name="guards.foreign-filter-crashes",
        sentence="A list of locations that is limited to a foreign warehouse fails with a server error.",
        violates=("authorization.warehouse-lists",),
        seen_as=("server-error",),
        suffering="A client's mistake looks like an outage, and is retried for hours.",
        rule=RefusalRules.answer,
        variant=_answer_to_a_foreign_filter(_crash),
        resources=("Location",),
    ),
    Fault(
        name="guards.foreign-filter-counted",
        sentence="A list of locations that is limited to a foreign warehouse is empty, and its count is that of all.",
        violates=("authorization.warehouse-lists",),
        seen_as=("wrong-value",),
        suffering="The count tells how much there is in warehouses of others.",
        rule=RefusalRules.answer,
        variant=_answer_to_a_foreign_filter(_nothing_of_many),
        resources=("Location",),
    ),
    Fault(
        name="guards.scope-of-assets-fails",
        sentence="The list of assets fails with a server error for clients that have some of the warehouses.",
        violates=("authorization.warehouse-lists",),
        seen_as=("server-error",),
        suffering="Whoever is responsible for one warehouse sees none of its assets.",
        rule=WarehouseRules.is_shown,
        variant=_scope_of_assets_fails,
        resources=("Asset",),
    ),
    Fault(
        name="guards.report-rights-not-loaded",
        sentence="The list of reports fails with a server error for clients that may run some of them.",
        violates=("authorization.report-list", "authorization.report-list-complete"),
        seen_as=("server-error",),
        suffering="Whoever has rights to some reports finds none.",
        rule=ReportRules.is_listed,
        variant=_rights_not_loaded,
        follows=("bearer.accepted",),
        resources=("Report",),
    ),
    Fault(
        name="guards.all-reports-counted",
        sentence="The count of the list of reports is that of all reports, whoever asks.",
        violates=("authorization.report-list",),
        seen_as=("wrong-value",),
        suffering="A client asks for more pages, and finds nothing on them.",
        rule=PagingRules.body,
        variant=_all_counted,
        resources=("Report",),
    ),
    Fault(
        name="guards.refused-client-left",
        sentence="A refused request for items leaves its client behind, by whose rights the next one is judged.",
        violates=("token.own-client", "authorization.granted", "authorization.concurrent"),
        seen_as=("refused",),
        suffering="Clients are refused now and then what they may do, and nobody can tell why.",
        rule=PermissionRules.is_granted,
        variant=_refused_client_left,
        resources=("Item",),
    ),
)
