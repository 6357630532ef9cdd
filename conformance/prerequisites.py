"""What checks need of a target file: clients, examples, data; each told from declarations alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.contract.outcomes import Reason
from conformance.errors import NotRun
from conformance.suite.subscriptions import CREATE, NO_EXAMPLE, is_owned
from conformance.target.discovery import NO_ALIASES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.contract.specification import Operation
    from conformance.target.access import Access

MADE_WITHOUT_EXAMPLE = frozenset(
    {"POST /Item", "PUT /Item", "DELETE /Item/{item}", "POST /Location/Hold", "POST /Location/Release"}
)
"""Writes that the suite knows how to ask for by itself; every other one needs an example of the target file."""


def example_for(operation: Operation) -> str | None:
    """Whose example a valid request to an operation takes; None where it takes none."""
    if not operation.is_write or operation.label in MADE_WITHOUT_EXAMPLE:
        return None
    # Whatever is done to a subscription is done to one that the suite has made.
    return CREATE if operation.resource == "Webhook" else operation.label


def declared_warehouses(access: Access) -> tuple[int, ...]:
    """The warehouses that the target file names, under [data] or for its clients."""
    data = access.target.data.warehouses
    named = {number for client in access.target.clients for number in client.rights.warehouses.names}
    return data or tuple(sorted(named))


def declared_reports(access: Access) -> tuple[int, ...]:
    """The reports that the target file names, under [data] or for its clients."""
    data = access.target.data.reports
    named = {number for client in access.target.clients for number in client.rights.reports.names}
    return data or tuple(sorted(named))


def may_list_reports(access: Access) -> bool:
    """Whether the numbers of the reports are found by reading: by a client that may run them all, unless declared."""
    operation = access.specification.by_label.get("GET /Report")
    if operation is None or access.target.data.reports:
        return False
    sessions = access.sessions.values()
    return any(it.rights.contains(operation.permission) and not it.rights.reports.limited for it in sessions)


# --- requests ---


def require_writable(operation: Operation, access: Access) -> None:
    """Require what a valid request to an operation needs of the target file, if it writes."""
    if operation.is_write and not access.target.limits.writes:
        raise NotRun(Reason.WRITES_OFF)
    needed = example_for(operation)
    if needed is not None and needed not in access.target.examples:
        raise NotRun(
            Reason.NEEDS_EXAMPLE, f'the documentation gives no body for {needed}; give one as [examples."{needed}"]'
        )


def require_able(operation: Operation, access: Access, places: Iterable[int], report: int | None = None) -> None:
    """Require a client that may perform an operation in one of some warehouses, where it has one."""
    refusal: NotRun | None = None
    for place in places if operation.warehouse is not None else ():
        try:
            access.world.able(operation, (place,), report)
        except NotRun as undecided:
            refusal = refusal or undecided
        else:
            return
    if refusal is not None:
        raise refusal
    access.world.able(operation, (), report)


def require_owner(operation: Operation, access: Access) -> None:
    """Require a client that may make what an operation is about, where that belongs to one client."""
    if is_owned(operation) and CREATE in access.specification:
        access.world.able(access.specification[CREATE])


def require_owned(operation: Operation, access: Access) -> None:
    """Require that the suite may make what an operation is about, where that belongs to one client."""
    if is_owned(operation):
        require_subscription(access)


def require_subscription(access: Access) -> None:
    """Require that the suite may make a subscription."""
    if not access.target.limits.writes:
        raise NotRun(Reason.WRITES_OFF)
    if CREATE not in access.target.examples:
        raise NotRun(Reason.NEEDS_EXAMPLE, NO_EXAMPLE)


# --- clients and data ---


def require_reader(access: Access, *, kept: bool = False, read_only: bool = False) -> None:
    """Require a client that may read: `kept`, one that nobody rotates or disables; `read_only`, one that is read-only."""
    for session in access.sessions.values():
        fits = not (kept and session.client.expendable) and (session.rights.read_only or not read_only)
        if fits and session.probe_request is not None:
            return
    if read_only:
        raise NotRun(Reason.NEEDS_CLIENT, "add a client with read_only = true and some read permission")
    kind = "client that is not expendable" if kept else "usable client"
    raise NotRun(Reason.NEEDS_CLIENT, f"no {kind} may read anything: add one with some read permission")


def require_expendable(access: Access, *, probing: bool) -> None:
    """Require a client that may be rotated, disabled and guessed at; `probing`, one that may also read."""
    for session in access.expendable:
        if session.probe_request is not None or not probing:
            return
    what = "expendable = true and some read permission" if probing else "expendable = true"
    raise NotRun(Reason.NEEDS_CLIENT, f"add a client with {what}, which the suite may rotate, disable and guess at")


def require_aliases(access: Access) -> None:
    """Require an alias of an item."""
    if not access.target.data.aliases:
        raise NotRun(Reason.NEEDS_DATA, NO_ALIASES)


def require_all_reports(operation: Operation, access: Access) -> None:
    """Require a client that may run reports of any number, also of one that the target file does not name."""
    access.world.able(operation, report=max(declared_reports(access), default=0) + 1)
