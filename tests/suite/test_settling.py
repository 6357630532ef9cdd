"""What counts as found in lists that may change while they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import httpx
import pytest

from conformance.contract.specification import load_specification
from conformance.errors import Blocked, Inconclusive, NotRun
from conformance.suite.fields import NOTHING, Misfit, Misfits
from conformance.suite.lists import Lists, Whole
from conformance.suite.settling import Reader, settled
from conformance.target.answer import Answer
from conformance.target.clock import Interval

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ITEMS = load_specification()["GET /Item"]


class Scripted:
    """A list that shows other numbers each time that it is read anew; the last ones stay."""

    def __init__(self, *readings: Sequence[int], total: int | None = None, complete: bool = True) -> None:
        self._readings = list(readings)
        self._total = total
        self._complete = complete
        self.read = 0

    def whole(self, *_: object, **__: object) -> Whole:
        """The first reading."""
        return self._whole(self._readings[0])

    def whole_now(self, *_: object, **__: object) -> Whole:
        """The next reading."""
        self.read += 1
        return self._whole(self._readings[min(self.read, len(self._readings) - 1)])

    def _whole(self, numbers: Sequence[int]) -> Whole:
        rows = tuple({"partNo": number} for number in numbers)
        told = b'{"totalCount": %d}' % (len(rows) if self._total is None else self._total)
        answer = Answer("GET", "/Item", "full", 200, httpx.Headers(), told, 1, Interval(0, 0))
        return Whole(rows, (answer,), self._complete)


def judged(scripted: Scripted) -> Misfits:
    """What is found where every odd number is wrong."""

    def judge(read: Reader) -> Misfits:
        rows = read.whole(ITEMS).rows
        return Misfits(Misfit(str(row["partNo"]), "is odd") for row in rows if row["partNo"] % 2)

    return settled(cast("Lists", scripted), judge)


def test_nothing_is_read_twice_where_nothing_is_found() -> None:
    """The list as it was read for all checks is enough."""
    scripted = Scripted([2, 4])

    assert judged(scripted) == NOTHING
    assert scripted.read == 0


def test_what_stays_counts() -> None:
    """On quiet data, and among what comes and goes."""
    assert judged(Scripted([1, 2])) == [Misfit("1", "is odd")]
    assert judged(Scripted([1, 3], [3, 5], [2, 3])) == [Misfit("3", "is odd")]


def test_what_goes_away_does_not_count() -> None:
    """It came of a change between two answers."""
    assert judged(Scripted([1, 2], [2, 4])) == NOTHING


def test_something_else_each_time_is_inconclusive_where_the_data_changed() -> None:
    """No finding stays, and no reading is like the others."""
    with pytest.raises(Inconclusive, match="the data changed each time"):
        judged(Scripted([1], [3], [5]))


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: Scripted([1, 2], complete=False), NotRun),
        (lambda: Scripted([1, 2], total=3), Blocked),
    ],
    ids=["too long", "pages do not add up"],
)
def test_list_that_cannot_be_read_to_its_end_is_not_judged(make: Callable[[], Scripted], expected: type[Any]) -> None:
    """By whatever needs all of its rows."""
    with pytest.raises(expected):
        Reader(cast("Lists", make())).full(ITEMS)


def test_list_is_read_again_until_its_pages_add_up() -> None:
    """A row that was added while it was read is no reason to doubt."""
    scripted = Scripted([1], [1, 2], total=2)

    whole = Reader(cast("Lists", scripted), anew=False).full(ITEMS)

    assert len(whole.rows) == 2
