"""The arithmetic of pages: for every list and every page size it adds up to the list."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.suite.lists import Whole
from conformance.suite.paging import (
    NO_FLAWS,
    Identity,
    Probe,
    Sequenced,
    differences,
    drawn_probes,
    has_changed,
    identity_of,
    pages_of,
    probes_for,
    repeated,
    sizes_for,
    walks_for,
)
from conformance.suite.since import since_of
from conformance.target.answer import Answer
from conformance.target.clock import Interval

TOTALS = st.integers(1, 3000)
MAXIMA = st.sampled_from([1, 50, 250, 1000])


def rows_of(number: int) -> list[dict[str, Any]]:
    """So many rows with a number each."""
    return [{"recNo": position, "spot": f"A-{position % 3}"} for position in range(number)]


def whole(rows: list[dict[str, Any]], total: int | None = None) -> Whole:
    """A list as it was read on one page."""
    body = json.dumps({"value": rows, "totalCount": len(rows) if total is None else total}).encode()
    answer = Answer("GET", "/Inventory", "full", 200, httpx.Headers(), body, 1, Interval(0, 0))
    return Whole(tuple(rows), (answer,), complete=True)


@given(TOTALS, st.integers(1, 300))
def test_pages_together_are_the_list(total: int, size: int) -> None:
    """Whatever the size, the pages hold every row once and in order, and none of them is empty."""
    rows = range(total)

    pages = [rows[Probe(size, page).rows] for page in range(1, pages_of(total, size) + 1)]

    assert [row for page in pages for row in page] == list(rows)
    assert all(pages)


@given(TOTALS, MAXIMA)
def test_probes_lie_within_the_list_and_the_maximum(total: int, maximum: int) -> None:
    """No page past the end is asked for, no size over the maximum; the ends of the list are among them."""
    probes = probes_for(total, maximum)

    assert all(1 <= probe.size <= maximum and 1 <= probe.page <= pages_of(total, probe.size) for probe in probes)
    assert {Probe(maximum, 1), Probe(1, total)} <= set(probes)


@given(TOTALS, MAXIMA)
def test_a_size_that_fills_the_last_page_is_asked_for(total: int, maximum: int) -> None:
    """On a full last page a server that looks at the number of rows alone goes wrong."""
    assert any(total % size == 0 for size in sizes_for(total, maximum))


def test_a_list_without_rows_is_asked_for_its_first_page_alone() -> None:
    """Everything else lies past its end."""
    assert {probe.page for probe in probes_for(0, 250)} == {1}


@given(TOTALS, MAXIMA)
def test_walks_are_short(total: int, maximum: int) -> None:
    """Thirty pages at most, unless the maximum itself makes more."""
    for size in walks_for(total, maximum):
        assert pages_of(total, size) <= max(30, pages_of(total, maximum))


@pytest.mark.parametrize("total", [1, 2, 7, 60, 2340])
@pytest.mark.parametrize("seed", [0, 1])
def test_drawn_pages_lie_within_the_list_and_are_the_same_for_a_seed(total: int, seed: int) -> None:
    """A run is repeated by its seed."""
    orders = [(), (("direction", "DESC"), ("sort", "recNo"))]

    drawn = drawn_probes(total, 50, orders, seed)

    assert drawn
    assert len(drawn) <= 10
    assert all(1 <= probe.size <= 50 and 1 <= probe.page <= pages_of(total, probe.size) for probe in drawn)
    assert drawn == drawn_probes(total, 50, orders, seed)


@given(st.lists(st.integers(0, 9)), st.randoms(use_true_random=False))
def test_the_same_rows_in_any_order_differ_in_nothing(numbers: list[int], random: Any) -> None:
    """Also where some of them are equal."""
    rows = [{"recNo": number} for number in numbers]
    shuffled = rows[:]
    random.shuffle(shuffled)

    assert differences(shuffled, rows, Identity()) == NO_FLAWS


@given(st.lists(st.integers(0, 9), unique=True, min_size=1), st.data())
def test_a_row_that_is_lost_or_doubled_is_found(numbers: list[int], data: st.DataObject) -> None:
    """A row in another one's place is both."""
    rows = [{"recNo": number} for number in numbers]
    place = data.draw(st.integers(0, len(rows) - 1))

    assert differences(rows[:place] + rows[place + 1 :], rows, Identity(("recNo",)))
    assert differences([*rows, rows[place]], rows, Identity(("recNo",)))
    assert repeated([*rows, rows[place]], Identity())


def test_a_key_tells_rows_apart_only_where_it_does() -> None:
    """Results of reports have none; that a documented key is unique is for others to judge."""
    rows = rows_of(4)

    assert identity_of(rows, ("recNo",)).key == ("recNo",)
    assert identity_of(rows, ("spot",)).key == ()
    assert identity_of(rows, ("missing",)).key == ()
    assert identity_of(rows, ()).key == ()


@given(st.integers(2, 80), st.integers(1, 30))
def test_rows_at_their_offset_are_in_place_and_shifted_ones_are_not(total: int, size: int) -> None:
    """A page that begins a row late shows it, wherever it stands."""
    rows = rows_of(total)
    sequence = Sequenced(rows, Identity(("recNo",)))
    for page in range(1, pages_of(total, size) + 1):
        probe = Probe(size, page)
        late = rows[probe.rows.start + 1 : probe.rows.stop + 1]

        assert sequence.displaced(probe, rows[probe.rows]) == NO_FLAWS
        assert sequence.displaced(probe, late)


def test_rows_that_are_equal_in_the_order_of_the_list_may_change_places() -> None:
    """Which of them comes first may depend on the size of the page."""
    rows = [{"soNo": f"SO-{number}", "orderDate": f"2025-05-{10 + number // 2}T00:00:00Z"} for number in range(8)]
    sequence = Sequenced(rows, Identity(("soNo",)))
    swapped = [rows[1], rows[0], rows[2], rows[3]]

    assert sequence.displaced(Probe(4, 1), swapped) == NO_FLAWS
    assert sequence.displaced(Probe(4, 1), [rows[2], rows[1], rows[0], rows[3]])


def test_where_the_order_does_not_last_rows_must_at_least_be_of_the_list() -> None:
    """And as many as the page has room for."""
    rows = rows_of(6)
    sequence = Sequenced(rows, Identity(("recNo",)))

    assert sequence.strangers(Probe(4, 2), [rows[0], rows[5]]) == NO_FLAWS
    assert sequence.strangers(Probe(4, 2), [rows[0]])
    assert sequence.strangers(Probe(4, 2), [rows[0], {"recNo": 99}])


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        (whole(rows_of(5)), whole(rows_of(5)), False),
        (whole(rows_of(5)), whole(rows_of(5)[::-1]), False),
        (whole(rows_of(5)), whole(rows_of(6)), True),
        (whole(rows_of(5)), whole([*rows_of(4), {"recNo": 4, "spot": "B"}]), True),
        (whole(rows_of(5)), whole([*rows_of(4), {"recNo": 9, "spot": "B"}]), True),
        # Rows twice and others not at all: the pages do not fit together, the data need not have changed.
        (whole(rows_of(5)), whole([*rows_of(4), rows_of(1)[0]], total=5), False),
    ],
)
def test_changed_data_are_told_from_pages_that_do_not_fit_together(
    before: Whole,
    after: Whole,
    changed: bool,  # noqa: FBT001 -- a column of the table
) -> None:
    """A flaw must not be excused by what it does to the reading that is compared."""
    assert has_changed(before, after, ("recNo",)) is changed


MOMENTS = st.integers(0, 40)


@given(st.lists(MOMENTS, min_size=1, max_size=30), st.data())
def test_rows_since_a_moment_are_judged_exactly(days: list[int], data: st.DataObject) -> None:
    """The rows of later moments must all be there and the earlier ones not; those of the very moment are another matter."""
    rows = [
        {"recNo": number, "modified": f"2025-{1 + day // 28:02}-{1 + day % 28:02}T10:00:00Z"}
        for number, day in enumerate(days)
    ]
    since = since_of(rows, "modified", Identity(("recNo",)))
    text = data.draw(st.sampled_from(since.moments()))
    later, very = since.later(text), since.at(text)

    assert since.flaws(text, later + very, len(later + very), complete=True) == NO_FLAWS
    assert since.exclusions(text, later + very) == NO_FLAWS
    assert since.flaws(text, later, len(later), complete=True) == NO_FLAWS
    assert bool(since.exclusions(text, later)) is bool(very)
    if len(later + very) < len(rows):
        assert since.flaws(text, rows, len(rows), complete=True)
    if later:
        assert since.flaws(text, later[1:], len(later) - 1, complete=True)


def test_rows_without_a_moment_may_be_there_or_not() -> None:
    """Null, or a moment of another form than the others': nothing is documented about it."""
    rows: list[dict[str, Any]] = [
        {"recNo": 1, "modified": "2025-01-01T10:00:00Z"},
        {"recNo": 2, "modified": None},
        {"recNo": 3, "modified": "2025-01-01T09:00:00"},
    ]
    since = since_of(rows, "modified", Identity(("recNo",)))
    text = since.middle

    assert since.flaws(text, rows[:1], 1, complete=True) == NO_FLAWS
    assert since.flaws(text, rows, 3, complete=True) == NO_FLAWS


def test_moments_compare_across_zones() -> None:
    """The same moment told in another zone is the same moment."""
    rows = [{"recNo": 1, "modified": "2025-01-01T10:00:00Z"}, {"recNo": 2, "modified": "2025-01-01T12:30:00+02:00"}]
    since = since_of(rows, "modified", Identity(("recNo",)))

    assert since.has_zone
    assert since.at("2025-01-01T12:00:00+02:00") == [rows[0]]
    assert since.later("2025-01-01T10:00:00Z") == [rows[1]]
    assert since.elsewhere() == "2025-01-01T12:29:59+02:00"


@pytest.mark.parametrize(
    ("shown", "asked"),
    [
        ("2025-01-01T10:00:00Z", ["2025-01-01T10:00:00Z", "2025-01-01T10:01:00Z"]),
        ("2025-01-01T10:00:07.25", ["2025-01-01T10:00:07.25", "2025-01-01T10:01:07"]),
        ("2025-01-01T10:00:00+02:00", ["2025-01-01T10:00:00+02:00", "2025-01-01T10:01:00+02:00"]),
        # The time of day is perhaps not shown, and the next minute is another day.
        ("2025-01-01T00:00:00Z", ["2025-01-01T00:00:00Z"]),
        ("2025-01-01T23:59:30Z", ["2025-01-01T23:59:30Z"]),
    ],
)
def test_a_moment_soon_after_a_row_is_asked_for_too(shown: str, asked: list[str]) -> None:
    """In the row's own form; a list that looks at days alone holds the row all the same."""
    since = since_of([{"recNo": 1, "modified": shown}], "modified", Identity(("recNo",)))

    assert since.moments() == asked
