"""A list that others change is judged by a reading in which nothing is amiss, be it the last one."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any, cast

import pytest

from conformance.errors import Inconclusive
from conformance.suite.pager import MOST_READINGS, Pager
from conformance.suite.paging import NO_FLAWS, Flaws


def restless() -> Pager:
    """A pager of a list that holds one row more each time that it is read."""
    totals = itertools.count()
    pager = SimpleNamespace(
        _renewed=lambda: SimpleNamespace(total=next(totals)),
        _read_now=lambda: SimpleNamespace(total=next(totals)),
        _asked=[],
        _whole=None,
        listing=SimpleNamespace(key=("partNo",)),
        operation=SimpleNamespace(label="GET /Item"),
    )
    return cast("Pager", pager)


def with_totals(*totals: int) -> Pager:
    """A pager of a list that holds so many rows, before and after each reading."""
    told = iter(totals)
    pager = restless()
    pager._renewed = pager._read_now = lambda: whole(next(told))  # type: ignore[method-assign]
    return pager


def whole(total: int) -> Any:
    """A list of so many rows."""
    rows = [{"partNo": number} for number in range(total)]
    return SimpleNamespace(total=total, rows=rows, answers=[])


def judge(readings: list[Flaws]) -> Flaws:
    """What the next reading shows."""
    return readings.pop(0)


@pytest.mark.parametrize("amiss", range(MOST_READINGS + 1))
def test_reading_in_which_nothing_is_amiss_counts(amiss: int) -> None:
    """After none, one or several in which something was."""
    readings = [cast("Any", ["a flaw"])] * amiss + [NO_FLAWS]

    assert Pager.steadily(restless(), lambda: judge(readings)) == NO_FLAWS


def test_something_amiss_in_every_reading_decides_nothing() -> None:
    """As long as the list changes, it may be the change."""
    readings = [cast("Any", ["a flaw"])] * (MOST_READINGS + 1)

    with pytest.raises(Inconclusive, match="changed nearly each of"):
        Pager.steadily(restless(), lambda: judge(readings))


def test_row_that_comes_and_goes_once_is_no_flaw() -> None:
    """In a list that was seen to change it leaves no trace; nothing is amiss in the next reading."""
    readings = [cast("Any", ["a flaw"])] * 3 + [NO_FLAWS]

    assert Pager.steadily(with_totals(4, 5, 5, 5, 5), lambda: judge(readings)) == NO_FLAWS


def test_flaw_in_two_steady_readings_stands() -> None:
    """Even though the list was seen to change before."""
    readings = [cast("Any", ["a flaw"])] * 4

    assert Pager.steadily(with_totals(4, 5, 5, 5, 5, 5), lambda: judge(readings))


def test_flaw_in_a_list_that_never_changes_stands_at_once() -> None:
    """What depends on the request before it may not be seen again."""
    readings = [cast("Any", ["a flaw"])] * 2 + [NO_FLAWS]

    assert Pager.steadily(with_totals(5, 5), lambda: judge(readings))
