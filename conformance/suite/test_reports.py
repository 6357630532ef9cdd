"""The list of reports, and what running one gives (reports)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, NotRun
from conformance.suite.fields import NOTHING, Misfit, Misfits, fields_of
from conformance.suite.marks import Phase, asks, needs, requirement
from conformance.suite.rows import walk
from conformance.target.answer import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.contract.specification import Operation
    from conformance.suite.exercises import Workshop
    from conformance.suite.lists import Lists
    from conformance.target.access import Access
    from conformance.target.answer import Answer
    from conformance.target.discovery import World
    from conformance.target.session import Session

PHASE = Phase.READING

LIST, RUN = "GET /Report", "GET /Report/{id}"
# There may be hundreds of reports, and some may take long.
MOST_REPORTS = 25
MOST_CLIENTS = 5
PAGE = 250
# A number that a server takes for one, and that no report has.
UNKNOWN = 1_999_999_973


@requirement("reports.fields", sends=0, shares=1)
@asks(LIST)
def test_rows_have_the_documented_fields(access: Access, lists: Lists) -> None:
    """Every report that the client with the widest rights is shown."""
    operation = access.specification[LIST]
    rows = lists.whole(operation).rows
    if not rows:
        raise NotRun(Reason.NEEDS_DATA, f"{LIST} lists nothing")

    misfits = fields_of(access.specification, "Report", operation).misfits(rows)
    assert misfits == NOTHING


@requirement("reports.runnable", sends=30, shares=1)
@asks(LIST, RUN)
def test_every_listed_report_can_be_run(access: Access, world: World, workshop: Workshop) -> None:
    """By clients of all kinds of rights, each as far as it is shown reports, at most 25 of them."""
    asked = 0
    for session in clients(world, access.specification[LIST]):
        for number in listed(session, access.specification[LIST]):
            answer = session.ask(workshop.report_request(access.specification[RUN], number))
            assert answer.status == 200
            asked += 1
    if not asked:
        raise NotRun(Reason.NEEDS_DATA, "no client is shown a report")


def clients(world: World, operation: Operation) -> Iterator[Session]:
    """A client of each kind of rights that may list reports, those with the widest rights first."""
    kinds = set()
    for session in world.by_width:
        rights = session.rights
        kind = (rights.reports, rights.read_only, rights.warehouses)
        if session.unusable is None and rights.contains(operation.permission) and kind not in kinds:
            kinds.add(kind)
            if len(kinds) > MOST_CLIENTS:
                return
            yield session


def listed(session: Session, operation: Operation) -> list[int]:
    """The numbers of the reports that a client is shown, as far as they are all run; none where it is refused the list."""
    rows = walk(session, operation).rows
    numbers = [row["reportID"] for row in rows if type(row.get("reportID")) is int]
    if rows and not numbers:
        raise Blocked(Reason.EARLIER_FAILURE, "no listed report has a number", cause="reports.fields")
    return numbers[:MOST_REPORTS]


@pytest.fixture(scope="module")
def results(access: Access, world: World, workshop: Workshop) -> list[Answer]:
    """The results of the reports that some client may run, as far as they are answered."""
    operation = access.specification[RUN]
    found = []
    lacking = NotRun(Reason.NEEDS_DATA, "the target holds no report that can be run; name some under [data] reports")
    for number in world.reports[:MOST_REPORTS]:
        request = replace(workshop.report_request(operation, number), params={"page": 1, "pageSize": PAGE})
        try:
            answer = world.able(operation, report=number).ask(request)
        except NotRun as refusal:
            lacking = refusal
            continue
        if answer.accepted:
            found.append(answer)
    if not found:
        raise lacking
    return found


@requirement("reports.result", sends=0, shares=10)
@asks(RUN)
def test_result_is_a_page_of_objects(results: list[Answer]) -> None:
    """Each report's first page: an object whose value is a list, and every row of it an object."""
    for answer in results:
        body = answer.json
        assert isinstance(body, dict), f"the body of {answer!r}"
        value = answer.member("value")
        assert isinstance(value, list), f"value in {answer!r}"
        misfits = Misfits(Misfit(repr(answer), f"a row is {row!r:.60}") for row in value if not isinstance(row, dict))
        assert misfits == NOTHING


@requirement("reports.columns", sends=0, shares=10)
@asks(RUN)
def test_all_rows_of_a_result_have_the_same_columns(results: list[Answer]) -> None:
    """Each report's first page: the rows have members of the same names, in whatever order."""
    pages = [(answer, rows_of(answer.json)) for answer in results]
    if not any(len(rows) > 1 for _, rows in pages):
        raise NotRun(Reason.NEEDS_DATA, "no report gives more than one row")

    for answer, rows in pages:
        misfits = Misfits(
            Misfit(repr(answer), difference(rows[0], row)) for row in rows if row.keys() != rows[0].keys()
        )
        assert misfits == NOTHING


def difference(first: dict[str, Any], other: dict[str, Any]) -> str:
    """Which columns a row lacks and has beyond the first one, in words."""
    lacks, more = sorted(first.keys() - other.keys()), sorted(other.keys() - first.keys())
    said = [f"lacks {', '.join(lacks)}"] if lacks else []
    return "a row " + " and ".join(said + ([f"has {', '.join(more)} beyond the first"] if more else []))


@requirement("reports.unknown", sends=1)
@asks(RUN)
@needs("client.all-reports")
def test_unknown_report_gets_404(access: Access, world: World, workshop: Workshop) -> None:
    """Asked with a number that no report has, by the client with the widest rights."""
    operation = access.specification[RUN]
    answer = world.able(operation, report=UNKNOWN).ask(workshop.report_request(operation, UNKNOWN))
    assert answer.status == 404
