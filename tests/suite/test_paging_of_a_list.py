"""What is judged of a list's pages: nothing where they are right in their own way, each defect by its own judge."""

from __future__ import annotations

import itertools
import json
import random
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.contract.outcomes import Reason
from conformance.contract.specification import load_specification
from conformance.errors import Blocked, Inconclusive, NotRun
from conformance.suite.lists import Lists
from conformance.suite.page_flaws import (
    exclusions,
    lasting_orders,
    offset_flaws,
    other_total,
    since_flaws,
    since_in,
    too_long,
    walk_flaws,
)
from conformance.suite.pager import Pager, envelope_flaws
from conformance.suite.paging import NO_FLAWS, Flaws, Probe, pages_of, walks_for
from conformance.suite.sorting import UPPER, Sorting
from conformance.target.answer import Answer
from conformance.target.clock import Interval
from conformance.target.wire import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conformance.suite.exercises import Workshop

Row = dict[str, Any]
NUMBERS = itertools.count(1)


def items(number: int) -> list[Row]:
    """So many items; several share a category and the moment of their last change."""
    return [
        {
            "partNo": 95 + position * 71 % number,
            "shortID": f"PART-{position * 73 % number:03}",
            "description": "Bolt" if position % 2 else "Nut",
            "category": position % 3,
            "modified": f"2025-03-{1 + position % 20:02}T{position % 24:02}:30:00Z",
            "discontinued": False,
        }
        for position in range(number)
    ]


def ordered(rows: list[Row], column: str | None, direction: str) -> list[Row]:
    """The rows in the order that is asked for; equal rows keep their places, null comes first."""
    if column is None:
        return rows
    return sorted(rows, key=lambda row: (row.get(column) is not None, row.get(column)), reverse=direction == "DESC")


def caseless(rows: list[Row], column: str | None, direction: str) -> list[Row]:
    """The same without regard to letter case, with equal rows turned round."""
    if column is None:
        return rows
    rising = sorted(rows, key=lambda row: row[column].casefold() if isinstance(row[column], str) else row[column])
    return rising[::-1] if direction == "DESC" else rising


def later(rows: list[Row], moment: str) -> list[Row]:
    """The rows of a moment and later."""
    return [row for row in rows if row["modified"] >= moment]


def part(rows: list[Row], page: int, size: int) -> list[Row]:
    """The rows of a page."""
    return rows[(page - 1) * size : page * size]


@dataclass
class Server:
    """A list of items without a network: each of its rules is a function, and a test puts another in its place."""

    rows: list[Row]
    maximum: int = 250
    columns: tuple[str, ...] = ("partNo", "shortID", "description", "category", "modified")
    refuses: tuple[str, ...] = ()
    order: Callable[[list[Row], str | None, str], list[Row]] = ordered
    since: Callable[[list[Row], str], list[Row]] = later
    cut: Callable[[list[Row], int, int], list[Row]] = part
    more: Callable[[int, int, int], bool] = lambda page, size, total: page * size < total
    total: Callable[[int, int, int], int] = lambda _page, _size, total: total
    direction: str = "ASC"
    before: Callable[[Server], None] = lambda _server: None
    asked: int = 0

    def answer(self, request: Request) -> Answer:
        """The answer to one request."""
        self.before(self)
        self.asked += 1
        params = dict(request.params or {})
        column = params.get("sort")
        if column in self.refuses:
            return answered({"statusCode": 400}, 400)
        page, size = int(params.get("page", 1)), min(int(params.get("pageSize", 25)), self.maximum)
        rows = self.since(self.rows, params["modifiedSince"]) if "modifiedSince" in params else self.rows
        rows = self.order(rows, column if column in self.columns else None, params.get("direction", self.direction))
        shown, more = self.cut(rows, page, size), self.more(page, size, len(rows))
        told = {"page": page, "pageSize": size, "pageCount": pages_of(len(rows), size), "hasMore": more}
        return answered({"value": shown, "totalCount": self.total(page, size, len(rows)), **told})


def clamping(server: Server, last: int | None = None) -> Server:
    """The same list, which answers a page past the end, or past the page named, with the last one."""
    plain = server.answer

    def answer(request: Request) -> Answer:
        params = dict(request.params or {})
        page, size = int(params.get("page", 1)), int(params.get("pageSize", 25))
        end = last or max(1, pages_of(len(server.rows) - (server.asked == 1), size))
        return plain(Request(request.method, request.path, params=params | {"page": min(page, end)}))

    server.answer = answer  # type: ignore[method-assign]
    return server


def answered(body: object, code: int = 200) -> Answer:
    """An answer with a body."""
    content = json.dumps(body).encode()
    return Answer("GET", "/Item", "full", code, httpx.Headers(), content, next(NUMBERS), Interval(0, 0))


class Workbench:
    """As much of a workshop as reading a list takes."""

    def __init__(self, server: Server) -> None:
        rights = SimpleNamespace(warehouses=SimpleNamespace(limited=False))
        session = SimpleNamespace(ask=server.answer, rights=rights)
        self.world = SimpleNamespace(reports=(15,), able=lambda *_: session)

    def make(self, *_: Any) -> Any:
        """A request for the list."""
        return SimpleNamespace(request=Request("GET", "/Item"), warehouse=None)


def pager_of(server: Server, label: str = "GET /Item") -> Pager:
    """The list of a server, page by page."""
    return Pager(Lists(cast("Workshop", Workbench(server)), 10_000), load_specification()[label])


# --- judges, each by the name of its requirement ---


def first_flaws(judged: Iterable[Flaws]) -> Flaws:
    """What the first judge finds that finds anything."""
    return next(filter(None, judged), NO_FLAWS)


def walk(pager: Pager) -> Flaws:
    """Walks of every size."""
    sizes = walks_for(pager.total, pager.maximum)
    return first_flaws(pager.steadily(partial(walk_flaws, pager, size)) for size in sizes)


def tied_walk(pager: Pager) -> Flaws:
    """A walk in a column with equal values."""
    return pager.steadily(partial(walk_flaws, pager, pages_of(pager.total, 4), sort="category"))


def offset(pager: Pager) -> Flaws:
    """Every page of some sizes, in every order."""
    orders = [(), *lasting_orders(Sorting(pager))]
    sizes = [size for size in (1, 4, 7, 33) if size <= pager.maximum]
    probes = [
        Probe(size, page, order)
        for size in sizes
        for page in range(1, pages_of(pager.total, size) + 1)
        for order in orders
    ]
    return first_flaws(pager.steadily(partial(offset_flaws, pager, probe, lasting=True)) for probe in probes)


def total(pager: Pager) -> Flaws:
    """Totals of every probe."""
    return first_flaws(other_total(pager, probe) for probe in pager.probes)


def page_length(pager: Pager) -> Flaws:
    """Lengths of every probe."""
    return first_flaws(too_long(pager.probe(probe)) for probe in pager.probes)


def sort(pager: Pager) -> Flaws:
    """What sort does."""
    return Sorting(pager).flaws


def direction(pager: Pager) -> Flaws:
    """What DESC does."""
    sorting = Sorting(pager)
    return first_flaws(sorting.direction_flaws(column, UPPER) for column in sorting.working)


def default_direction(pager: Pager) -> Flaws:
    """What a sort without direction does."""
    sorting = Sorting(pager)
    return sorting.default_flaws(sorting.working[0], "ASC")


def modified_since(pager: Pager) -> Flaws:
    """Lists from telling moments on."""
    return first_flaws(since_flaws(pager, text) for text in since_in(pager).moments())


def inclusive(pager: Pager) -> Flaws:
    """Rows of telling moments."""
    return first_flaws(exclusions(pager, text) for text in since_in(pager).moments())


JUDGES = (walk, tied_walk, offset, total, page_length, sort, direction, default_direction, modified_since, inclusive)


@settings(max_examples=25, deadline=None)
@given(
    number=st.integers(4, 70),
    maximum=st.sampled_from([7, 50, 250]),
    seed=st.integers(0, 9),
    columns=st.sampled_from([("shortID", "category"), ("partNo", "shortID", "description", "category", "modified")]),
    order=st.sampled_from([ordered, caseless]),
    strict=st.booleans(),
)
def test_a_list_that_is_right_in_its_own_way_has_no_flaws(
    *, number: int, maximum: int, seed: int, columns: tuple[str, ...], order: Any, strict: bool
) -> None:
    """Whatever its length, its own order, its columns, its collation; columns that it has not it refuses or passes over."""
    rows = items(number)
    random.Random(seed).shuffle(rows)  # noqa: S311 -- an order and no secret
    unknown = ("noSuchColumn", *(set(rows[0]) - set(columns))) if strict else ()
    pager = pager_of(Server(rows, maximum, columns, unknown, order))
    pager.maximum = maximum

    for judge in JUDGES:
        assert judge(pager) == NO_FLAWS
    assert pager.disorder == NO_FLAWS
    assert envelope_flaws(pager.first.answer) == NO_FLAWS


def reversed_pages(rows: list[Row], page: int, size: int) -> list[Row]:
    """The rows of a page, the wrong way round where there are several pages."""
    return part(rows, page, size)[:: -1 if size < len(rows) else 1]


def as_text(rows: list[Row], column: str | None, direction: str) -> list[Row]:
    """Numbers sorted as texts."""
    return rows if column is None else sorted(rows, key=lambda row: str(row[column]), reverse=direction == "DESC")


def merged(rows: list[Row], column: str | None, direction: str) -> list[Row]:
    """Of the rows that are equal in the column one is left."""
    found = ordered(rows, column, direction)
    return found if column is None else list({row[column]: row for row in found}.values())


def exclusive(rows: list[Row], moment: str) -> list[Row]:
    """The rows of later moments alone."""
    return [row for row in rows if row["modified"] > moment]


OTHER = {"ASC": "DESC", "DESC": "ASC"}
DEFECTS: dict[str, tuple[dict[str, Any], Callable[[Pager], Flaws]]] = {
    "each page begins a row too early": (
        {"cut": lambda rows, page, size: rows[max(0, (page - 1) * (size - 1)) :][:size]},
        walk,
    ),
    "the last row of all is lost": ({"cut": lambda rows, page, size: part(rows[:-1], page, size)}, walk),
    "every page is the first": ({"cut": lambda rows, _page, size: rows[:size]}, offset),
    "pages are turned round": ({"cut": reversed_pages}, offset),
    "a page holds a row too many": (
        {"cut": lambda rows, page, size: rows[(page - 1) * size : page * size + 1]},
        page_length,
    ),
    "hasMore ends a page too early": ({"more": lambda page, size, total: (page + 1) * size < total}, walk),
    "totalCount counts what came so far": ({"total": lambda page, size, total: min(total, page * size)}, total),
    "totalCount is one too many": ({"total": lambda _page, _size, total: total + 1}, walk),
    "sort is passed over": ({"order": lambda rows, _column, _direction: rows}, sort),
    "sort is passed over for a column that is known": (
        {"columns": ("shortID",), "refuses": ("noSuchColumn",)},
        sort,
    ),
    "numbers are sorted as texts": ({"order": as_text}, sort),
    "equal rows are merged": ({"order": merged}, tied_walk),
    "DESC is taken for ASC": ({"order": lambda rows, column, _direction: ordered(rows, column, "ASC")}, direction),
    "ASC and DESC are exchanged": (
        {"order": lambda rows, column, direction: ordered(rows, column, OTHER[direction])},
        direction,
    ),
    "a sort goes downwards unless told otherwise": ({"direction": "DESC"}, default_direction),
    "modifiedSince is passed over": ({"since": lambda rows, _moment: rows}, modified_since),
    "modifiedSince leaves the moment out": ({"since": exclusive}, inclusive),
    "modifiedSince looks at the day alone": (
        {"since": lambda rows, moment: [row for row in rows if row["modified"][:10] >= moment[:10]]},
        modified_since,
    ),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_each_defect_is_found_by_its_judge(defect: str) -> None:
    """Each of these servers is wrong in one thing."""
    rules, judge = DEFECTS[defect]

    assert judge(pager_of(Server(items(60), **rules))) != NO_FLAWS


def test_a_row_of_the_very_moment_is_the_business_of_one_judge_alone() -> None:
    """Whether modifiedSince includes the moment itself is a requirement of its own."""
    pager = pager_of(Server(items(60), since=exclusive))

    assert modified_since(pager) == NO_FLAWS


def test_a_list_in_another_order_each_time_is_told_and_not_excused() -> None:
    """Rows are read twice and others never: the data did not change, so this is no excuse."""
    server = Server(items(60))
    server.before = lambda server: random.shuffle(server.rows)
    pager = pager_of(server)

    assert pager.disorder != NO_FLAWS
    assert walk(pager) != NO_FLAWS


def test_data_that_change_once_are_read_again() -> None:
    """Another client adds a row while the list is walked: that is no flaw."""
    server = Server(items(60))
    pager = pager_of(server)
    assert pager.total == 60

    def add_one(server: Server) -> None:
        if server.asked == 4:
            server.rows = [*items(61)]

    server.before = add_one

    assert walk(pager) == NO_FLAWS
    assert server.asked > 4


def test_data_that_change_all_the_time_decide_nothing() -> None:
    """Where a row comes with each request, pages cannot fit together."""
    server = Server(items(60))

    def add_one(server: Server) -> None:
        server.rows = [
            {**server.rows[0], "partNo": 5000 + server.asked, "shortID": f"NEW-{server.asked}"},
            *server.rows,
        ]

    server.before = add_one

    with pytest.raises(Inconclusive) as caught:
        walk(pager_of(server))
    assert caught.value.reason is Reason.DATA_CHANGED


def test_what_an_envelope_lacks_blocks_the_other_questions() -> None:
    """That a member is missing is told once."""
    server = Server(items(5))
    pager = pager_of(server)
    pager.first.answer.json.clear()

    assert len(envelope_flaws(pager.first.answer)) == 6
    with pytest.raises(Blocked, match="totalCount is absent"):
        walk(pager)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("totalCount", "5"),
        ("totalCount", 5.0),
        ("page", True),
        ("hasMore", 0),
        ("hasMore", "false"),
        ("pageCount", None),
        ("value", {"0": {}}),
        ("value", ["A-1"]),
    ],
)
def test_members_of_another_type_are_told(member: str, value: object) -> None:
    """Numbers are numbers and no texts, true is no number, rows are objects."""
    good = {"value": [{}], "totalCount": 1, "page": 1, "pageSize": 25, "pageCount": 1, "hasMore": False}

    assert envelope_flaws(answered(good)) == NO_FLAWS
    [flaw] = envelope_flaws(answered(good | {member: value}))
    assert member in flaw


def test_lists_too_short_to_tell_are_not_judged() -> None:
    """A single row is in any order, and no row was modified at any moment."""
    with pytest.raises(NotRun):
        sort(pager_of(Server(items(1))))
    with pytest.raises(NotRun):
        modified_since(pager_of(Server([])))


def test_columns_that_are_all_refused_decide_nothing() -> None:
    """No page says what a list is sorted by."""
    server = Server(items(9), refuses=tuple(items(1)[0]))

    with pytest.raises(NotRun):
        sort(pager_of(server))


def test_a_page_is_asked_for_once_until_it_is_read_again() -> None:
    """The checks of a list share its answers."""
    server = Server(items(9))
    pager = pager_of(server)

    pages = [pager.probe(Probe(4, 2)) for _ in range(3)]

    assert server.asked == 1
    assert pages[0].rows == server.rows[4:8]


def test_a_page_that_is_gone_meanwhile_is_not_held_against_the_list() -> None:
    """A row leaves after the list was counted, and a page past the end is answered with the last one, or with 404."""

    def part_of_shorter_list(server: Server) -> None:
        if server.asked == 1:
            server.rows.pop()

    server = Server(items(9), before=part_of_shorter_list)
    pager = pager_of(clamping(server))

    assert {probe.page for probe, _ in pager.probed if probe.size == 1} == {1, 4, 8}
    assert all(page.number == probe.page for probe, page in pager.probed)


def test_a_page_of_another_number_is_shown_while_the_list_stays() -> None:
    """A list that forgets which page was asked for is not excused by one that has become shorter."""
    pager = pager_of(clamping(Server(items(9)), last=1))

    assert {page.number for _, page in pager.probed} == {1}


def test_no_row_is_missed_past_the_end_of_a_list_that_has_become_shorter() -> None:
    """What a page past the end gets is not documented."""
    pager = pager_of(clamping(Server(items(9))))

    assert pager.steadily(partial(offset_flaws, pager, Probe(1, 10), lasting=True)) == NO_FLAWS


def test_a_list_that_is_too_long_to_be_read_is_judged_by_its_beginning() -> None:
    """Ten thousand rows at most, some of them several times; what cannot be told of the rest is left open."""
    rows = [{"partNo": number, "shortID": f"PART-{number:05}", "category": number // 4000} for number in range(11_000)]
    server = Server(rows, columns=("partNo", "shortID", "category"))
    pager = pager_of(server)

    assert pager.steadily(partial(walk_flaws, pager, pager.maximum)) == NO_FLAWS
    assert sort(pager) == direction(pager) == default_direction(pager) == NO_FLAWS
    assert offset_flaws(pager, Probe(100, 7), lasting=True) == NO_FLAWS
    assert offset_flaws(pager, Probe(100, 110), lasting=True) == NO_FLAWS
    with pytest.raises(NotRun):
        since_in(pager)
    assert server.asked < 100
