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
        listing=SimpleNamespace(key=("partNo",)),
        operation=SimpleNamespace(label="GET /Item"),
    )
    return cast("Any", pager)


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

    with pytest.raises(Inconclusive, match="changed each of"):
        Pager.steadily(restless(), lambda: judge(readings))
