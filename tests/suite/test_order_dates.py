"""Which orders count as wrongly listed under startDate and endDate."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import httpx
import pytest

from conformance.contract.specification import load_specification
from conformance.errors import NotRun
from conformance.suite.fields import NOTHING
from conformance.suite.lists import Lists, Whole
from conformance.suite.order_dates import END, FAR_AHEAD, LONG_AGO, START, Bound, bounds, instant, narrowing, selection
from conformance.suite.settling import Reader
from conformance.target.answer import Answer
from conformance.target.clock import Interval

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.suite.fields import Misfits

Row = dict[str, Any]

ORDERS = load_specification()["GET /PurchaseOrder"]
EARLY, MIDDLE, LATE = "2025-05-01T00:00:00Z", "2025-05-15T14:30:00Z", "2025-06-01T00:00:00Z"
ROWS: tuple[Row, ...] = (
    {"poNo": "1", "orderDate": EARLY, "hidden": 9},
    {"poNo": "2", "orderDate": MIDDLE, "hidden": 5},
    {"poNo": "3", "orderDate": MIDDLE, "hidden": 7},
    {"poNo": "4", "orderDate": LATE, "hidden": 1},
)


def reader(lets_through: Callable[[Row, dict[str, Any]], bool], told: int | None = None) -> Reader:
    """Reads a list that lets rows through by its own rule, and may tell another total than it has rows."""

    class Filtering:
        def whole(self, _operation: object, _warehouse: object = None, **params: Any) -> Whole:
            rows = tuple(row for row in ROWS if not params or lets_through(row, params))
            total = len(rows) if told is None or not params else told
            answer = Answer("GET", "", "full", 200, httpx.Headers(), b'{"totalCount": %d}' % total, 1, Interval(0, 0))
            return Whole(rows, (answer,), complete=True)

    return Reader(cast("Lists", Filtering()), anew=False)


def rightly(row: Row, params: dict[str, Any]) -> bool:
    """The documented rule."""
    return bool(params.get(START, "") <= row["orderDate"] <= params.get(END, "9"))


class TestBounds:
    """The moments to ask with."""

    def test_they_are_the_first_the_last_and_one_between(self) -> None:
        """In the target's own spelling, each once."""
        found = bounds(END, "orderDate", ROWS)

        assert [bound.text for bound in found] == [EARLY, MIDDLE, LATE]

    def test_a_start_date_comes_soon_after_an_order_of_the_same_day(self) -> None:
        """Were its time of day dropped, that order would be listed."""
        found = bounds(START, "orderDate", ROWS)

        assert [bound.text for bound in found] == [EARLY, MIDDLE, LATE, "2025-05-15T14:31:00Z"]

    def test_an_end_date_with_a_time_of_day_is_among_them(self) -> None:
        """Were it dropped, the order of that very moment would be left out."""
        days = ["2025-05-01T00:00:00Z", "2025-05-02T08:00:00Z", "2025-05-03T00:00:00Z", "2025-05-04T00:00:00Z"]
        found = bounds(END, "orderDate", [{"poNo": day, "orderDate": day} for day in days])

        assert [bound.text for bound in found] == [days[0], days[2], days[3], days[1]]

    def test_rows_without_dates_give_none(self) -> None:
        """That is said, and how to go on is the target's own matter."""
        with pytest.raises(NotRun, match="no order shows orderDate"):
            bounds(START, "orderDate", [{"poNo": "1", "orderDate": None}])

    def test_moments_are_compared_whatever_their_zone(self) -> None:
        """14:30 two hours east of Greenwich is 12:30 there; without a zone it is taken as it stands."""
        assert instant("2025-05-15T14:30:00+02:00") == instant("2025-05-15T12:30:00Z")
        assert instant("2025-05-15T12:30:00") == instant("2025-05-15T12:30:00Z")


class TestSelection:
    """Exactly the orders within the bounds."""

    @pytest.mark.parametrize("bound", [Bound(START, "orderDate", MIDDLE), Bound(END, "orderDate", MIDDLE)], ids=repr)
    def test_the_documented_rule_is_found_right(self, bound: Bound) -> None:
        """The bound itself belongs to it."""
        assert selection(ORDERS, bound)(reader(rightly)) == NOTHING

    @pytest.mark.parametrize(
        ("wrongly", "words"),
        [
            (lambda row, params: row["orderDate"] > params[START], "not listed with"),
            (lambda _row, _params: True, "listed with"),
            (lambda row, params: rightly(row, params) or row["poNo"] == "1", "listed with"),
        ],
        ids=["without the moment itself", "not at all", "with one more"],
    )
    def test_another_rule_is_found_wrong(self, wrongly: Callable[[Row, dict[str, Any]], bool], words: str) -> None:
        """Each row that is wrong is named, with its date."""
        found = selection(ORDERS, Bound(START, "orderDate", MIDDLE))(reader(wrongly))

        assert found
        assert all(misfit.words.startswith(words) for misfit in found)
        assert "orderDate 2025-05-" in found[0].row

    def test_a_total_that_counts_all_rows_is_found_wrong(self) -> None:
        """It is to count what matches the query."""
        found = selection(ORDERS, Bound(START, "orderDate", MIDDLE))(reader(rightly, told=4))

        assert [misfit.row for misfit in found] == ["totalCount"]

    def test_a_bound_may_leave_out_its_own_moment(self) -> None:
        """That is what an exclusive rule looks like."""
        bound = replace(Bound(END, "orderDate", MIDDLE), inclusive=False)

        assert selection(ORDERS, bound)(reader(lambda row, params: row["orderDate"] < params[END])) == NOTHING


class TestNarrowing:
    """Tighter bounds leave no order that a looser one leaves out, whatever date they are about."""

    def judged(self, rule: Callable[[Row, dict[str, Any]], bool]) -> Misfits:
        """What is found of a rule for startDate."""
        tighter = [Bound(START, "orderDate", text) for text in (EARLY, MIDDLE, LATE)]
        return narrowing(ORDERS, Bound(START, "orderDate", LONG_AGO), *tighter)(reader(rule))

    @pytest.mark.parametrize("hidden", [False, True])
    def test_either_reading_passes(self, hidden: bool) -> None:  # noqa: FBT001 -- a parameter of pytest's
        """The date that is shown, or one that no row shows."""
        steps = {LONG_AGO: 0, EARLY: 2, MIDDLE: 6, LATE: 8, FAR_AHEAD: 10}

        found = self.judged(
            lambda row, params: row["hidden"] >= steps[params[START]] if hidden else rightly(row, params)
        )

        assert found == NOTHING

    def test_a_tighter_bound_that_lists_more_is_found_wrong(self) -> None:
        """Turned round, startDate bounds from above."""
        found = self.judged(lambda row, params: row["orderDate"] <= params[START])

        assert found

    def test_the_loosest_bound_leaves_out_nothing(self) -> None:
        """All orders have some date behind the year 1901."""
        found = self.judged(lambda _row, _params: False)

        assert len(found) == len(ROWS)
