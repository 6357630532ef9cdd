"""Who may do what: permissions, warehouses, read-only clients, reports (authentication, Authorization)."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, Inconclusive, NotApplicable, NotRun
from conformance.suite.cells import Kind, foreign_warehouses
from conformance.suite.disclosure import NOTHING, disclosed
from conformance.suite.forgery import Forgery
from conformance.suite.marks import Phase, cells, needs, requirement
from conformance.suite.order_dates import LONG_AGO
from conformance.suite.paging import pages_of
from conformance.suite.queries import COUNTED, FIRST, SECOND, narrowings, other_queries, refusals_of_queries
from conformance.suite.rows import Foreign, Listed, foreign_rows, page_of, total_of, walk
from conformance.suite.settling import TRIES
from conformance.suite.subscriptions import is_owned
from conformance.suite.together import ask_together, distinguishing, request_tokens_together
from conformance.target.answer import ABSENT, rows_of
from conformance.target.recorder import observe
from conformance.target.session import FORM
from conformance.target.wire import Request

if TYPE_CHECKING:
    from conformance.contract.specification import Operation
    from conformance.suite.cells import Cell
    from conformance.suite.exercises import Workshop
    from conformance.suite.matrix import Matrix
    from conformance.suite.pager import Pagers
    from conformance.target.access import Access
    from conformance.target.answer import Answer
    from conformance.target.discovery import World
    from conformance.target.session import Session

PHASE = Phase.MATRIX
LARGEST: dict[str, object] = {"page": 1, "pageSize": 250}

DENIALS = (
    Kind.PERMISSION,
    Kind.READ_ONLY,
    Kind.FOREIGN_READ,
    Kind.FOREIGN_WRITE,
    Kind.FOREIGN_SOURCE,
    Kind.FOREIGN_DESTINATION,
)


@requirement("authorization.permission", sends=1)
@cells(Kind.PERMISSION)
def test_operation_without_its_permission_gets_403(cell: Cell, matrix: Matrix) -> None:
    """Asked by a client that lacks this permission and nothing else; a client that has it succeeds."""
    answer = matrix.answer(cell)
    assert answer.status == 403


@requirement("authorization.permission", sends=8)
@cells(Kind.OTHER_QUERY)
def test_no_query_makes_up_for_a_missing_permission(cell: Cell, access: Access, pagers: Pagers) -> None:
    """A list asked without parameters, for another page, a key, a category, dates; a client that may is answered."""
    pager = pagers[access.specification[cell.operation]]
    session = access.sessions[str(cell.client)]
    for answer in refusals_of_queries(pager, access.world, session.ask):
        require_recognized(session, answer)
        assert answer.status == 403


def require_recognized(session: Session, answer: Answer) -> None:
    """A 401 tells something about rights only where the target knows the client's tokens; else raises Blocked."""
    if answer.code != 401:
        return
    if not session.recognized and session.probe_request is not None:
        session.probe(session.token())
    if not session.recognized:
        message = f"no token of client {session.name} was ever accepted: {answer!r}"
        raise Blocked(Reason.CONTROL_REQUEST_REFUSED, message, cause=f"no-token:{session.name}")


@requirement("authorization.read-only", sends=1)
@cells(Kind.READ_ONLY)
def test_write_of_a_read_only_client_gets_403(cell: Cell, matrix: Matrix, access: Access) -> None:
    """Asked by a read-only client that has the permission; a client that is not read-only succeeds."""
    answer = matrix.answer(cell)
    if is_owned(access.specification[cell.operation]):
        # A read-only client can have no such object of its own, and that of another may be refused with 404.
        assert answer.status in {403, 404}
    else:
        assert answer.status == 403


@requirement("authorization.warehouse-read", sends=1)
@cells(Kind.FOREIGN_READ)
def test_reading_in_a_foreign_warehouse_gets_403(cell: Cell, matrix: Matrix) -> None:
    """Asked by a client that has the permission, about a warehouse that is not its own; one whose own it is succeeds."""
    answer = matrix.answer(cell)
    assert answer.status == 403


@requirement("authorization.warehouse-read", sends=4)
@cells(Kind.FOREIGN_READ)
def test_no_query_opens_a_foreign_warehouse(cell: Cell, access: Access, workshop: Workshop, matrix: Matrix) -> None:
    """A list of a foreign warehouse asked for another page, sorted, from a moment on, where it is refused without that."""
    operation = access.specification[cell.operation]
    if operation.listing is None:
        raise NotApplicable(Reason.NOT_CHECKABLE, f"{cell.operation} is no list: it takes no other query")
    refusal = matrix.answer(cell)
    if refusal.accepted:
        raise Blocked(Reason.EARLIER_FAILURE, f"it is not refused: {refusal!r}", cause="authorization.warehouse-read")
    request = workshop.make(operation, *matrix.asked(cell).place).request
    for params in other_queries(operation, access.world):
        answer = access.sessions[str(cell.client)].ask(replace(request, params=params or None))
        if answer.accepted:
            assert answer.status == 403


@requirement("authorization.warehouse-write", sends=1)
@cells(Kind.FOREIGN_WRITE, Kind.FOREIGN_SOURCE, Kind.FOREIGN_DESTINATION)
def test_writing_in_a_foreign_warehouse_gets_403(cell: Cell, matrix: Matrix) -> None:
    """The warehouse stands in the body or behind a spot; in a move it is the source or the destination."""
    answer = matrix.answer(cell)
    assert answer.status == 403


@requirement("authorization.warehouse-lists", sends=1)
@cells(Kind.FOREIGN_FILTER)
def test_list_of_a_foreign_warehouse_is_refused_or_empty(
    cell: Cell, matrix: Matrix, access: Access, workshop: Workshop
) -> None:
    """A list that is narrowed to a foreign warehouse: 403, or no row of it and a count that does not tell.

    Sorted and from a moment on as well.
    """
    request = workshop.make(access.specification[cell.operation], *matrix.asked(cell).place).request
    answer = matrix.granted(cell)
    assert answer.status in {200, 403}
    others = asked_otherwise(access, cell, request)
    if answer.code == 403 and not others:
        return
    matrix.control(cell)

    foreign = Foreign(tuple(str(row)[:80] for one in (answer, *others) for row in rows_of(one.json)))
    assert foreign == Foreign()
    total = answer.member("totalCount")
    assert total in {0, ABSENT}
    observe(f"{cell.operation} of a foreign warehouse", "is answered with an empty list")


def asked_otherwise(access: Access, cell: Cell, request: Request) -> list[Answer]:
    """The answers to a request for a list of a cell that is narrowed or ordered otherwise, too, as far as it succeeds."""
    session, operation = access.sessions[str(cell.client)], access.specification[cell.operation]
    asked = [
        replace(request, params={**params, **(request.params or {})}) for params in narrowings(operation, access.world)
    ]
    return [answer for answer in map(session.ask, asked) if answer.accepted]


@requirement("authorization.warehouse-lists", sends=11)
@cells(Kind.WAREHOUSE_LIST)
def test_list_over_all_warehouses_shows_none_of_a_foreign_one(cell: Cell, access: Access, world: World) -> None:
    """Refused with 403, or every row is of an own warehouse, on another page too, and totalCount counts those rows alone."""
    operation = access.specification[cell.operation]
    session = access.sessions[str(cell.client)]
    if not foreign_warehouses(session.client, world.warehouses):
        raise NotRun(Reason.NEEDS_DATA, f"the target shows no warehouse that is not one of client {session.name}'s")

    page = walk(session, operation)
    answer = page.first
    assert answer.status in {200, 403}
    if answer.code == 403:
        observe(f"{cell.operation} over all warehouses", "is refused to a client with some of them")
        return

    observe(f"{cell.operation} over all warehouses", "is filtered for a client with some of them")
    others: list[Answer] = []
    if operation.listing:
        largest = LARGEST | {"pageSize": operation.list_maximum or 250}
        others = asked_otherwise(access, cell, Request("GET", operation.path, params=largest))
        second = session.ask(Request("GET", operation.path, params=SECOND))
        others += [second] if second.accepted else []
    rows = [*page.rows, *(row for other in others for row in rows_of(other.json))]
    foreign = foreign_rows(rows, session.rights, world)
    assert foreign == Foreign()
    if page.total is not None and page.complete:
        again = walk(session, operation)
        if again.total != page.total:
            raise Inconclusive(
                Reason.DATA_CHANGED, f"totalCount went from {page.total} to {again.total} while it was read"
            )
        counted = len(page.rows)
        assert page.total == counted


@requirement("pagination.walk", sends=7)
@cells(Kind.WAREHOUSE_LIST, Kind.REPORT_LIST)
def test_limited_list_is_read_to_its_end_in_several_pages(cell: Cell, access: Access) -> None:
    """By a client that is shown a part of the list: in three pages or more, or its first, middle and last page if it is long."""
    operation = access.specification[cell.operation]
    session = access.sessions[str(cell.client)]
    if operation.listing is None:
        raise NotApplicable(Reason.NOT_CHECKABLE, f"{cell.operation} has no pages")
    totals = set()
    for _ in range(TRIES):
        whole = whole_part(session, operation)
        size = min(pages_of(whole.total or 0, 3), operation.listing.maximum)
        parts = walk(session, operation, size) if whole.complete else some_pages(session, operation)
        totals.add(parts.total)
        if len(parts.rows) == parts.total:
            return
    if len(totals) > 1:
        raise Inconclusive(Reason.DATA_CHANGED, f"totalCount changed while {operation.label} was read: {totals}")
    require_walkable(access, operation, size)
    read = len(parts.rows)
    assert read == parts.total


@requirement("pagination.total-header", sends=1)
@cells(Kind.WAREHOUSE_LIST, Kind.REPORT_LIST)
def test_total_of_a_limited_list_stands_in_a_header(cell: Cell, access: Access) -> None:
    """X-Total-Count against totalCount, for a client that is shown a part of the list."""
    operation = access.specification[cell.operation]
    if operation.listing is None:
        raise NotApplicable(Reason.NOT_CHECKABLE, f"{cell.operation} has no pages")
    answer = access.sessions[str(cell.client)].ask(Request("GET", operation.path, params=FIRST))
    if not answer.accepted:
        raise NotApplicable(Reason.NOT_CHECKABLE, f"client {cell.client} is refused the list: {answer!r}")

    told = answer.headers.get("X-Total-Count", ABSENT)
    assert told == str(answer.member("totalCount"))


def whole_part(session: Session, operation: Operation) -> Listed:
    """A list as a client is shown it, with the largest pages; raises Undecided where that cannot be cut, or is wrong."""
    page = walk(session, operation)
    if not page.first.accepted or (page.total or 0) < 2:
        raise NotApplicable(Reason.NOT_CHECKABLE, f"client {session.name} is not shown two rows: {page.first!r}")
    if page.complete and len(page.rows) != page.total:
        message = f"{len(page.rows)} rows, totalCount is {page.total}: {page.first!r}"
        raise Blocked(Reason.EARLIER_FAILURE, message, cause="authorization.warehouse-lists")
    return page


def some_pages(session: Session, operation: Operation) -> Listed:
    """The first, the middle and the last page of a long list; the total is what these pages have to hold."""
    size = operation.list_maximum or 250
    first = page_of(session, operation, 1, size)
    last = pages_of(total_of(first) or 0, size)
    answers = {number: page_of(session, operation, number, size) for number in (1, (last + 1) // 2, last)}
    rows = [row for answer in answers.values() for row in rows_of(answer.json)]
    due = sum(max(0, min(size, (total_of(answer) or 0) - (number - 1) * size)) for number, answer in answers.items())
    return Listed(first, tuple(rows), due, complete=False)


def require_walkable(access: Access, operation: Operation, size: int) -> None:
    """Require that a client with wider rights reads as many rows as it is told with such pages; raises Blocked."""
    wide = walk(access.world.able(operation), operation, size)
    if wide.complete and len(wide.rows) != wide.total:
        message = f"{len(wide.rows)} rows, totalCount is {wide.total}: {wide.first!r}"
        raise Blocked(Reason.EARLIER_FAILURE, message, cause="pagination.walk")


@requirement("authorization.report-run", sends=18)
@cells(Kind.REPORT_RUN)
def test_running_a_foreign_report_gets_403(cell: Cell, access: Access, world: World, workshop: Workshop) -> None:
    """Asked by a client that may use reports, but not this one; a client that may run it succeeds."""
    operation = access.specification[cell.operation]
    session = access.sessions[str(cell.client)]
    for number, query in product(foreign_reports(session, world), (FIRST, SECOND, COUNTED)):
        request = replace(workshop.report_request(operation, number), params=query)
        answer = session.ask(request)
        if not answer.accepted and answer.code < 500:
            control = world.able(operation, report=number).ask(request)
            if not control.accepted and query is not FIRST:
                continue  # a report may have one row alone, and what count takes is not documented
            if not control.accepted:
                raise Blocked(
                    Reason.CONTROL_REQUEST_REFUSED,
                    f"report {number} cannot be run by a client that may: {control!r}",
                    cause=f"control of {operation.label}",
                )
        assert answer.status == 403


def foreign_reports(session: Session, world: World) -> list[int]:
    """Some reports that a client may not run; raises NotRun where there are none."""
    foreign = [number for number in world.reports if not session.rights.covers_report(number)]
    if not foreign:
        raise NotRun(Reason.NEEDS_DATA, f"the target shows no report that client {session.name} may not run")
    return foreign[:6]


@requirement("authorization.report-list", sends=4)
@cells(Kind.REPORT_LIST)
def test_list_of_reports_shows_none_that_is_foreign(cell: Cell, access: Access) -> None:
    """Every listed report is one that the client's group may run, however it is asked for; 403 is as good where it may run none."""
    session = access.sessions[str(cell.client)]
    listed = walk(session, access.specification[cell.operation])
    may_run_none = not session.rights.reports.all and not session.rights.reports.names
    answer = listed.first
    assert answer.status in ({200, 403} if may_run_none else {200})
    if answer.code == 403:
        return

    # Whether the list of reports can be sorted or narrowed is left open; where it can, its rights hold all the same.
    others = [
        session.ask(Request("GET", "/Report", params=params))
        for params in (SECOND, LARGEST | {"sort": "reportID"}, LARGEST | {"modifiedSince": LONG_AGO})
    ]
    rows = [*listed.rows, *(row for other in others if other.accepted for row in rows_of(other.json))]
    foreign = Foreign(
        tuple(str(row.get("reportID")) for row in rows if not session.rights.covers_report(row.get("reportID", -1)))
    )
    assert foreign == Foreign()
    if listed.total is not None and listed.complete:
        counted = len(listed.rows)
        assert listed.total == counted


@requirement("authorization.report-list-complete", sends=2)
@cells(Kind.REPORT_LIST_OWN)
def test_list_of_reports_shows_all_own_ones(cell: Cell, access: Access, world: World) -> None:
    """Every report that the client's group may run, and that the target holds, is listed."""
    session = access.sessions[str(cell.client)]
    own = {number for number in world.reports if session.rights.covers_report(number)}
    listed = walk(session, access.specification[cell.operation])
    if not own:
        raise NotRun(Reason.NEEDS_DATA, f"the target holds no report of client {session.name}")
    assert listed.first.status == 200

    missing = own - {row.get("reportID") for row in listed.rows}
    assert missing == set()


@requirement("authorization.granted", sends=1)
@cells(Kind.GRANTED, Kind.GRANTED_ELSEWHERE)
def test_allowed_operation_is_not_refused(cell: Cell, matrix: Matrix) -> None:
    """Asked by a client that has the permission, in a warehouse of its own, for a report that it may run."""
    answer = matrix.granted(cell)
    assert answer.status not in {401, 403}


@requirement("authorization.refused-write", sends=2)
@cells(*DENIALS, Forgery.NO_HEADER, Forgery.GARBAGE, Forgery.CHANGED_SIGNATURE, writes=True)
def test_refused_write_changes_nothing(cell: Cell, matrix: Matrix) -> None:
    """What the write would change is read before and after it; the same write changes it for a client that may."""
    before, after = matrix.states(cell)
    assert after == before


@requirement("authorization.refusal-discloses-nothing", sends=1)
@cells(*DENIALS, Forgery.NO_HEADER, Forgery.GARBAGE)
def test_refusal_shows_nothing_of_what_it_protects(cell: Cell, matrix: Matrix) -> None:
    """None of the texts that the allowed answer holds stands in the refusal, but for those that were asked with."""
    shown = matrix.disclosure(cell)
    assert shown == NOTHING


@requirement("authorization.refusal-discloses-nothing", sends=12)
@cells(Kind.REPORT_RUN)
def test_refusal_of_a_foreign_report_shows_nothing_of_it(
    cell: Cell, access: Access, world: World, workshop: Workshop
) -> None:
    """None of the texts in the rows that a client is given that may run it stands in the refusal."""
    operation = access.specification[cell.operation]
    session = access.sessions[str(cell.client)]
    for number in foreign_reports(session, world):
        request = workshop.report_request(operation, number)
        answer = session.ask(request)
        if answer.accepted or answer.code >= 500:
            message = f"the report was not refused: {answer!r}"
            raise Blocked(Reason.EARLIER_FAILURE, message, cause="authorization.report-run")
        control = world.able(operation, report=number).ask(request)
        if not control.accepted:
            message = f"the same request by a client that may was refused: {control!r}"
            raise Blocked(Reason.CONTROL_REQUEST_REFUSED, message, cause=f"control of {cell.operation}")
        shown = disclosed(answer.text, control.json, f"{answer.method} {answer.url}")
        assert shown == NOTHING


@requirement("token.own-client", sends=14)
def test_token_acts_for_its_own_client_alone(access: Access) -> None:
    """Two clients of different rights ask in turn, each with new tokens: one may, the other may not."""
    pair = distinguishing(access)
    first, other, second = pair.allowed.new_token(), pair.denied.new_token(), pair.allowed.new_token()

    for token in (first, second, first):
        answer = pair.denied.ask_with(other, pair.request)
        assert answer.status == 403
        answer = pair.allowed.ask_with(token, pair.request)
        assert answer.status == 200


@requirement("token.own-client", sends=60)
def test_tokens_requested_at_once_act_each_for_its_own_client(access: Access) -> None:
    """Two clients of different rights ask for tokens at the same time, again and again, and then use each of them."""
    pair = distinguishing(access)
    allowed, denied = request_tokens_together(access, pair, rounds=12)

    for answer in denied:
        assert answer.status == 403
    for answer in allowed:
        assert answer.status == 200


@requirement("authorization.concurrent", sends=124)
def test_decisions_hold_when_clients_ask_at_once(access: Access) -> None:
    """Clients of different rights ask at the same time on shared connections; each gets what it gets alone."""
    pair = distinguishing(access)
    allowed, denied = ask_together(access, pair, rounds=60)

    for answer in denied:
        assert answer.status == 403
    for answer in allowed:
        assert answer.status == 200


@requirement("authorization.granted", sends=3)
@needs("client.read-only")
def test_read_only_client_gets_a_token_and_may_read(access: Access) -> None:
    """POST /Token is no write; what the client may read is answered."""
    found = [
        session
        for session in access.sessions.values()
        if session.rights.read_only and session.probe_request is not None
    ]
    if not found:
        raise NotRun(Reason.NEEDS_CLIENT, "add a client with read_only = true and some read permission")
    for session in found:
        answer = session.request_token() if session.way == FORM else session.request_token_by_basic()
        assert answer.status in range(200, 300)
        answer = session.probe(session.token())
        assert answer.status == 200
