"""Every list: the envelope, its headers, page sizes, and that its pages together are the list (pagination)."""

from __future__ import annotations

import zlib
from functools import partial
from typing import TYPE_CHECKING

import pytest

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, NoAnswerError, NotApplicable, NotRun, Undecided
from conformance.suite.marks import Phase, each, needs, requirement
from conformance.suite.page_flaws import future_for, lasting_orders, offset_flaws, other_total, too_long, walk_flaws
from conformance.suite.pager import LARGEST_PAGE, REFUSED, Page, Pager, Pagers, envelope_flaws
from conformance.suite.paging import (
    NO_FLAWS,
    Probe,
    drawn_probes,
    pages_of,
    walks_for,
)
from conformance.suite.queries import narrowings
from conformance.suite.readings import takes
from conformance.suite.sorting import field_names
from conformance.target.answer import rows_of
from conformance.target.recorder import observe

if TYPE_CHECKING:
    from conformance.contract.specification import Operation
    from conformance.suite.run import Run
    from conformance.suite.sorting import Sortings
    from conformance.target.access import Access
    from conformance.target.answer import Answer

PHASE = Phase.READING


def is_list(operation: Operation) -> bool:
    """Whether an operation gives pages."""
    return operation.listing is not None


def is_of_reports(operation: Operation) -> bool:
    """Whether the page Reports describes a list: it gives results a maximum of their own, and the list of reports none."""
    return operation.source.page == "reports"


def is_of_orders(operation: Operation) -> bool:
    """Whether it is a list of orders: these take dates, and have a maximum of their own (pagination, Query parameters)."""
    return operation.listing is not None and operation.parameter("startDate") is not None


@pytest.fixture
def pager(operation: Operation, pagers: Pagers) -> Pager:
    """The list at hand, page by page; raises NotApplicable where the target says that it has none."""
    made = pagers[operation]
    made.require_available()
    return made


@pytest.fixture(scope="session")
def some_list(access: Access, pagers: Pagers) -> Pager:
    """The list of items, or the first that the target declares, for what is asked of one list alone."""
    lacking: Undecided = NotApplicable(Reason.NO_RESOURCE, "the target declares no list")
    for operation in sorted(filter(is_list, access.specification), key=lambda it: it.label != "GET /Item"):
        if operation.resource in access.target.resources:
            try:
                pagers[operation].require_available()
                pagers[operation].total  # noqa: B018 -- whether it can be read at all
            except Undecided as undecided:
                lacking = undecided
                continue
            return pagers[operation]
    raise lacking


FEW = 2
"""So many rows a page are asked for of a list that is narrowed, so that it takes several pages."""


@pytest.fixture
def narrowed(pager: Pager, access: Access) -> list[tuple[int, Page]]:
    """The first page of the list narrowed or ordered in each documented way, and the last one, behind their numbers.

    What is refused is left out: neither which columns there are is documented nor every form of a date.
    """
    found: list[tuple[int, Page]] = []
    for params in narrowings(pager.operation, access.world, rows_of(pager.first.answer.json)):
        page = pager.ask(page=1, pageSize=FEW, **params)
        if page.answer.code != 200:
            continue
        found.append((1, page))
        total = page.answer.member("totalCount")
        last = pages_of(total, FEW) if type(total) is int else 1
        if last > 1 and "sort" not in params:
            found.append((last, pager.ask(page=last, pageSize=FEW, **params)))
    return [(number, page) for number, page in found if page.answer.code == 200]


def sound(pages: list[tuple[int, Page]]) -> list[tuple[int, Page]]:
    """Those that are an envelope; that all are is another requirement's business."""
    return [(number, page) for number, page in pages if envelope_flaws(page.answer) == NO_FLAWS]


# --- the envelope ---


@requirement("pagination.envelope", sends=0, shares=2)
@each(is_list)
def test_page_is_an_envelope(pager: Pager, request: pytest.FixtureRequest) -> None:
    """Asked without any parameter, for the last page, and with each documented parameter that narrows or orders the list."""
    assert_envelope(pager.first.answer)
    assert_envelope(pager.probed[-1][1].answer)
    # How to narrow a list is told from its first page, which has to be one.
    narrowed: list[tuple[int, Page]] = request.getfixturevalue("narrowed")
    for _, page in narrowed:
        assert_envelope(page.answer)


def assert_envelope(answer: Answer) -> None:
    """A page is answered with 200, and has the members of the envelope."""
    assert answer.status == 200
    assert envelope_flaws(answer) == NO_FLAWS


@requirement("pagination.envelope", sends=1)
@each(lambda operation: is_list(operation) and operation.promises("modifiedSince"))
def test_page_without_rows_is_an_envelope_too(pager: Pager) -> None:
    """Asked for what was modified in the far future; whether that gives no rows is another requirement's."""
    answer = pager.ask(modifiedSince=future_for(pager)).answer

    if answer.accepted:
        assert_envelope(answer)
        if answer.member("totalCount") == 0:
            takes("empty-page-count", str(answer.member("pageCount")))


@requirement("pagination.envelope", sends=1)
@each(lambda operation: is_list(operation) and not operation.promises("sort"))
def test_page_is_an_envelope_whatever_the_list_makes_of_sort(pager: Pager) -> None:
    """Asked of the lists whose own page leaves sort out; it may be understood, passed over or refused."""
    names = [*field_names(pager.operation), *(name for row in pager.first.rows[:1] for name in row)]
    answer = pager.ask(sort=names[0] if names else "partNo").answer
    if answer.code in REFUSED:
        takes("report-sort", "refused")
        return

    assert_envelope(answer)
    takes("report-sort", "accepted")


@requirement("pagination.envelope", sends=5)
@needs("client.reader")
def test_list_goes_on_answering_after_odd_questions(some_list: Pager) -> None:
    """Page 0, page size 0 and a page past the end are open; the ordinary page comes after them as before."""
    beyond = pages_of(some_list.total, LARGEST_PAGE) + 2
    odd: dict[str, dict[str, object]] = {
        "page-zero": {"page": 0, "pageSize": 10},
        "size-zero": {"page": 1, "pageSize": 0},
        "past-the-end": {"page": beyond, "pageSize": LARGEST_PAGE},
    }
    for reading, params in odd.items():
        takes(reading, seen_for(some_list, params))

    assert_envelope(some_list.ask_anew().answer)


def seen_for(pager: Pager, params: dict[str, object]) -> str:
    """What an odd question gets, in few words."""
    try:
        answer = pager.ask(**params).answer
    except NoAnswerError:
        return "no answer"
    if not answer.accepted:
        return str(answer.code)
    shown = ", ".join(f"{name} {answer.member(name)!r}" for name in ("page", "pageSize", "hasMore"))
    rows = answer.member("value")
    return f"{answer.code} with {len(rows) if isinstance(rows, list) else 'no'} rows, {shown}"


# --- what a page tells of itself ---


@requirement("pagination.first-page", sends=0, shares=1)
@each(is_list)
def test_first_page_comes_unasked(pager: Pager) -> None:
    """Asked without any parameter, and for a page size alone."""
    for page in (pager.first, pager.ask(pageSize=FEW)):
        assert page.seen("page") == 1


@requirement("pagination.default-size", sends=0, shares=1)
# That results of reports have this default too is only inferred.
@each(lambda it: it.listing is not None and it.listing.default is not None and it.report is None)
def test_default_size_comes_unasked(pager: Pager) -> None:
    """Asked without any parameter, for page 1 alone, and sorted by what tells the rows apart, where that is a column."""
    pages = [pager.first, pager.ask(page=1)]
    if pager.operation.promises("sort"):
        pages += [page for page in [pager.ask(sort=pager.listing.key[0])] if page.answer.code == 200]
    for page in pages:
        assert page.seen("pageSize") == pager.listing.default


@requirement("pagination.echo", sends=0, shares=8)
@each(is_list)
def test_page_and_size_are_those_that_were_asked_for(pager: Pager, narrowed: list[tuple[int, Page]]) -> None:
    """Sizes from 1 to the maximum; the first page, one in the middle, the last one; also of the list narrowed."""
    for probe, page in pager.probed:
        if not page.answer.accepted:
            raise Blocked(Reason.EARLIER_FAILURE, f"this is no page: {page.answer!r}", cause="pagination.envelope")
        assert page.seen("page") == probe.page
        assert page.seen("pageSize") == probe.size
    # Where others make a list shorter, its last page may soon lie past the end.
    for page in [page for number, page in sound(narrowed) if number == 1]:
        assert page.seen("page") == 1
        assert page.seen("pageSize") == FEW


@requirement("pagination.page-length", sends=0, shares=8)
@each(is_list)
def test_page_holds_no_more_rows_than_its_size(pager: Pager, narrowed: list[tuple[int, Page]]) -> None:
    """The page that comes unasked, and the first, middle and last pages of several sizes; also of the list narrowed."""
    for page in (pager.first, *(page for _, page in (*pager.probed, *sound(narrowed)))):
        assert too_long(page) == NO_FLAWS


@requirement("pagination.page-count", sends=0, shares=8)
@each(is_list)
def test_page_count_is_the_total_by_the_size(pager: Pager, narrowed: list[tuple[int, Page]]) -> None:
    """The page that comes unasked, and pages of several sizes: one that divides the total, the total, one more.

    And pages of the list narrowed, where that leaves any row.
    """
    if pager.total == 0:
        takes("empty-page-count", str(pager.first.count))
        raise NotRun(Reason.NEEDS_DATA, f"{pager.operation.label} shows no rows; how many pages that makes is open")
    for size, _, page in (*asked_pages(pager), *((FEW, it, page) for it, page in sound(narrowed) if page.total)):
        # Where the page tells another size than was asked for, that is not this requirement's business.
        if page.count != pages_of(page.total, page.size):
            assert page.seen("pageCount") == pages_of(page.total, size)


@requirement("pagination.has-more", sends=0, shares=8)
@each(is_list)
def test_has_more_tells_whether_pages_follow(pager: Pager, narrowed: list[tuple[int, Page]]) -> None:
    """The first, middle and last pages of several sizes; the last one full, and with a single row; also of the list narrowed."""
    for size, number, page in (*asked_pages(pager), *((FEW, number, page) for number, page in sound(narrowed))):
        # By the total and by the number of pages; where these two disagree, has_more may go by either.
        follow = {number * size < page.total, number * page.size < page.total, number < page.count}
        if len(follow) == 1:
            assert page.seen("hasMore") == follow.pop()


def asked_pages(pager: Pager) -> list[tuple[int, int, Page]]:
    """The page that comes unasked and the telling ones, each behind the size and the number that were asked for.

    Where the one that comes unasked is not the first, that is another requirement's.
    """
    probed = [(probe.size, probe.page, page) for probe, page in pager.probed]
    unasked = [(pager.first.size, 1, pager.first)] if pager.first.number == 1 else []
    return [*unasked, *probed]


@requirement("pagination.total", sends=0, shares=8)
@each(is_list)
def test_total_is_the_same_on_every_page(pager: Pager) -> None:
    """The page that comes unasked against the first, middle and last pages of several sizes."""
    for probe, _ in pager.probed:
        assert pager.steadily(partial(other_total, pager, probe)) == NO_FLAWS


# --- maximum ---


@requirement("pagination.maximum", sends=1)
@each(lambda it: is_list(it) and not is_of_orders(it) and not is_of_reports(it))
@pytest.mark.parametrize("over", [1, 750, 99_750], ids=["by one", "by far", "by very far"])
def test_size_over_the_maximum_is_capped_or_refused(pager: Pager, over: int) -> None:
    """One more than the maximum, several times as many, very many."""
    assert_capped(pager, over)


@requirement("pagination.order-maximum", sends=1)
@each(is_of_orders)
@pytest.mark.parametrize("over", [1, 50, 200], ids=["by one", "by far", "as other lists"])
def test_size_over_the_maximum_of_orders_is_capped_or_refused(pager: Pager, over: int) -> None:
    """One more than the maximum, twice as many, the maximum of other lists."""
    assert_capped(pager, over)


@requirement("pagination.report-maximum", sends=1)
@each(lambda it: is_list(it) and it.report is not None)
@pytest.mark.parametrize("over", [1, 4_000], ids=["by one", "by far"])
def test_size_over_the_maximum_of_results_is_capped_or_refused(pager: Pager, over: int) -> None:
    """One more than the maximum, several times as many."""
    assert_capped(pager, over)


def assert_capped(pager: Pager, over: int) -> None:
    """The table gives a range, the envelope says capped: either conforms (pagination)."""
    page = pager.ask(page=1, pageSize=pager.maximum + over)
    assert page.answer.status in {200, 400}
    if page.answer.code == 400:
        takes("over-maximum", "refused")
        return
    assert page.seen("pageSize") == pager.maximum
    assert len(page.rows) <= pager.maximum
    takes("over-maximum", "capped")


# --- headers ---


@pytest.fixture
def headed(pager: Pager, narrowed: list[tuple[int, Page]]) -> list[Page]:
    """The page that comes unasked, the last page; larger than the maximum and without rows where these are not refused.

    And pages of the list narrowed.
    """
    _, last = max(pager.probed, key=lambda probed: (probed[0].page, probed[0].size))
    larger = [] if is_of_reports(pager.operation) else [pager.ask(page=1, pageSize=pager.maximum + 1)]
    empty = [pager.ask(modifiedSince=future_for(pager))] if pager.operation.promises("modifiedSince") else []
    others = [page for page in (*larger, *empty) if page.answer.code == 200]
    return [pager.first, last, *others, *(page for _, page in sound(narrowed))]


@requirement("pagination.total-header", sends=0, shares=3)
@each(is_list)
def test_total_stands_in_a_header(headed: list[Page]) -> None:
    """X-Total-Count against totalCount."""
    for page in headed:
        assert page.header("X-Total-Count") == str(page.total)


@requirement("pagination.size-header", sends=0, shares=3)
@each(is_list)
def test_size_stands_in_a_header(headed: list[Page]) -> None:
    """X-Page-Size against pageSize."""
    for page in headed:
        assert page.header("X-Page-Size") == str(page.size)


@requirement("pagination.page-header", sends=0, shares=3)
@each(is_list)
def test_page_stands_in_a_header(headed: list[Page]) -> None:
    """X-Page against page."""
    for page in headed:
        assert page.header("X-Page") == str(page.number)


@requirement("pagination.version-header", sends=0, shares=3)
@each(is_list)
def test_version_stands_in_a_header(headed: list[Page]) -> None:
    """X-API-Version on pages; whether other answers have it is open."""
    for page in headed:
        assert page.header("X-API-Version") == "v1"


# --- the pages together ---


@requirement("pagination.walk", sends=9)
@each(is_list)
def test_walk_reads_every_row_once(pager: Pager) -> None:
    """Page after page until hasMore is false: with large pages, and in several; row by row if there are few."""
    for size in walks_for(pager.total, pager.maximum):
        assert pager.steadily(partial(walk_flaws, pager, size)) == NO_FLAWS


@requirement("pagination.walk", sends=10)
@each(lambda operation: is_list(operation) and operation.promises("sort"))
def test_walk_in_a_column_with_equal_values_reads_every_row_once(pager: Pager, sortings: Sortings) -> None:
    """In four pages, sorted by a column in which many rows are equal: none may change its place between two pages."""
    pager.rows_or_not_run(least=2)
    tied = [column for column in sortings[pager.operation].working if not column.distinct]
    if not tied:
        raise NotRun(Reason.NEEDS_DATA, f"{pager.operation.label} sorts by no column in which rows are equal")
    column = min(tied, key=lambda it: it.values)
    size = min(pager.maximum, pages_of(pager.total, 4))

    assert pager.steadily(partial(walk_flaws, pager, size, sort=column.name)) == NO_FLAWS


@requirement("pagination.offset", sends=10)
@each(is_list)
def test_page_holds_the_rows_at_its_offset(pager: Pager, sortings: Sortings, run: Run) -> None:
    """Pages of drawn sizes, unsorted and sorted by what tells rows apart, against the list as read once.

    And the second page of one that is asked for more rows than a page may have: it begins where the first one ends.
    """
    pager.rows_or_not_run()
    seed = run.seed + zlib.crc32(pager.operation.label.encode())
    lasting = pager.disorder == NO_FLAWS
    orders = [(), *(lasting_orders(sortings[pager.operation]) if lasting else ())]
    if not lasting:
        observe(f"pagination.offset {pager.operation.label}", "the order changes from one reading to the next")

    for probe in drawn_probes(len(pager.whole.rows), pager.maximum, orders, seed):
        assert pager.steadily(partial(offset_flaws, pager, probe, lasting=lasting)) == NO_FLAWS

    capped = Probe(pager.maximum, page=2, over=1)
    if pager.total <= pager.maximum or pager.probe(capped).answer.code != 200:
        return
    if pager.probe(capped).size == pager.maximum:
        assert pager.steadily(partial(offset_flaws, pager, capped, lasting=lasting)) == NO_FLAWS


@requirement("pagination.repeatable", sends=0, shares=2)
@each(is_list)
def test_same_page_shows_the_same_rows_again(pager: Pager) -> None:
    """The largest page, asked for twice."""
    pager.rows_or_not_run(least=2)

    assert pager.disorder == NO_FLAWS
