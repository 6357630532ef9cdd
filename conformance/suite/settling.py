"""Judges what several answers say together, on data that may change between two of them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, Inconclusive, NotRun
from conformance.suite.fields import NOTHING, Misfits

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.contract.specification import Operation
    from conformance.suite.lists import Lists, Whole

MOST_RECURRENCES, TWICE = 5, 2
"""How often what was found once and then no more is looked for again, and how often it has to be there."""

TRIES = 3
"""How often something is read before what is found there counts."""


class Reader:
    """Reads lists for one judgement: as they were read for all checks, or `anew`; remembers what they held."""

    def __init__(self, lists: Lists, *, anew: bool = True) -> None:
        self._lists = lists
        self._anew = anew
        self.held: Counter[str] = Counter()

    def whole(self, operation: Operation, warehouse: int | None = None, **params: object) -> Whole:
        """A list as far as it is read, of one warehouse where one is named; see Lists.whole."""
        read = self._lists.whole_now if self._anew else self._lists.whole
        whole = read(operation, warehouse, **params)
        self.held.update(map(repr, whole.rows))
        return whole

    def full(self, operation: Operation, warehouse: int | None = None, **params: object) -> Whole:
        """A list with all of its rows, as many as its totalCount tells.

        Raises NotRun where it is too long, Blocked where its pages do not add up each time that it is read.
        """
        for attempt in range(TRIES):
            if attempt:
                self._anew = True
            whole = self.whole(operation, warehouse, **params)
            if not whole.complete:
                raise NotRun(
                    Reason.BUDGET,
                    f"{operation.label} has more rows than the {len(whole.rows)} that a run reads; limits.rows lets it read more",
                )
            if whole.total in {None, len(whole.rows)}:
                return whole
        raise Blocked(
            Reason.EARLIER_FAILURE,
            f"reading {operation.label} page by page gave {len(whole.rows)} rows where totalCount is {whole.total}",
            cause="pagination.walk",
        )


def _recurring(lists: Lists, judge: Callable[[Reader], Misfits], first: Reader, misfits: Misfits) -> Misfits:
    """What was found at first and then no more, if it is found twice again in lists that hold just the same as at first.

    Data that change do not come back to that; one of several servers that is wrong does.
    """
    times = 0
    for _ in range(MOST_RECURRENCES):
        reader = Reader(lists)
        times += judge(reader) == misfits and reader.held == first.held
        if times == TWICE:
            return misfits
    return NOTHING


def settled(lists: Lists, judge: Callable[[Reader], Misfits]) -> Misfits:
    """What `judge` finds in the lists that it reads, if it still finds it in lists that are read anew.

    What is found each time counts, and what comes and goes while nothing else changes. Raises Inconclusive where something else is found each time, in lists that hold
    something else each time.
    """
    readers = [Reader(lists, anew=False)]
    found = [judge(readers[0])]
    while found[-1] and len(found) < TRIES:
        readers.append(Reader(lists))
        found.append(judge(readers[-1]))
    if not found[-1]:
        return _recurring(lists, judge, readers[0], found[0]) if len(found) > 1 else NOTHING
    lasting = Misfits(misfit for misfit in found[-1] if all(misfit in earlier for earlier in found))
    if not lasting and any(reader.held != readers[-1].held for reader in readers):
        raise Inconclusive(
            Reason.DATA_CHANGED, f"the data changed each time that it was read; the last time: {found[-1]!r}"
        )
    return lasting or found[-1]
