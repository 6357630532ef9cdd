"""The lists of the target, each read once from its first row to its last, for all checks that look at what they hold."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, NoAnswerError
from conformance.target.answer import Answer, rows_of
from conformance.target.recorder import CURRENT, Evidence

if TYPE_CHECKING:
    from conformance.contract.specification import Operation
    from conformance.suite.exercises import Workshop
    from conformance.target.session import Session
    from conformance.target.wire import Request


@dataclass(frozen=True, slots=True)
class Whole:
    """A list as read page by page: its rows, its answers in order, and whether its end was reached."""

    rows: tuple[dict[str, Any], ...]
    answers: tuple[Answer, ...]
    complete: bool

    @property
    def total(self) -> int | None:
        """The totalCount of the first page, None where that is no number."""
        told = self.answers[0].member("totalCount")
        return told if type(told) is int else None


class Lists:
    """Asks for pages of lists as the client with the widest rights, and reads whole lists, each once.

    A list of more than `most_rows` is not read to its end.
    """

    def __init__(self, workshop: Workshop, most_rows: int) -> None:
        self._workshop = workshop
        self._most_rows = most_rows
        self._read: dict[tuple[object, ...], tuple[Whole, Evidence]] = {}
        self._lock = threading.RLock()

    def session(self, operation: Operation, warehouse: int | None = None) -> Session:
        """The client that reads a list, of one warehouse where one is named; raises NotRun where none may."""
        exercise = self._workshop.make(operation, warehouse)
        places = () if exercise.warehouse is None else (exercise.warehouse,)
        report = self._workshop.world.reports[0] if operation.report is not None else None
        return self._workshop.world.able(operation, places, report)

    def narrowing(self, operation: Operation) -> dict[str, Any]:
        """The parameter that narrows a list to one warehouse, where its client may not see all; else none."""
        place = operation.warehouse
        if place is None or not place.filters or not self.session(operation).rights.warehouses.limited:
            return {}
        return {str(place.name): self._workshop.make(operation).warehouse}

    def request(self, operation: Operation, warehouse: int | None = None, **params: object) -> Request:
        """A request for a list with these query parameters and no others."""
        return replace(self._workshop.make(operation, warehouse).request, params=params or None)

    def page(self, operation: Operation, warehouse: int | None = None, **params: object) -> Answer:
        """The answer to a request for a list with these query parameters, whatever it is."""
        return self.session(operation, warehouse).ask(self.request(operation, warehouse, **params))

    def whole(self, operation: Operation, warehouse: int | None = None, **params: object) -> Whole:
        """All rows of a list, read once in a run with the largest page; the check at hand rests on the exchanges.

        Raises Blocked where a page is refused, NotRun where nobody may read the list.
        """
        key = (operation.label, warehouse, tuple(sorted(params.items())))
        with self._lock:
            if key not in self._read:
                evidence = Evidence()
                token = CURRENT.set(evidence)
                try:
                    self._read[key] = self.whole_now(operation, warehouse, **params), evidence
                finally:
                    CURRENT.reset(token)
            whole, evidence = self._read[key]
        here = CURRENT.get()
        if here is not None:
            here.rest_on(*evidence.exchanges)
        return whole

    def whole_now(self, operation: Operation, warehouse: int | None = None, **params: object) -> Whole:
        """The same, read anew."""
        told = params.pop("pageSize", None)
        size = told if isinstance(told, int) else min(operation.list_maximum or 250, 250)
        rows: list[dict[str, Any]] = []
        answers: list[Answer] = []
        for number in range(1, -(-self._most_rows // size) + 1):
            answer = self._page(operation, warehouse, page=number, pageSize=size, **params)
            found = rows_of(answer.json)
            answers.append(answer)
            rows += found
            if answer.member("hasMore") is not True or not found:
                return Whole(tuple(rows), tuple(answers), complete=True)
        return Whole(tuple(rows), tuple(answers), complete=False)

    def _page(self, operation: Operation, warehouse: int | None, **params: object) -> Answer:
        cause = f"reading {operation.label}"
        try:
            answer = self.page(operation, warehouse, **params)
        except NoAnswerError as error:
            raise Blocked(Reason.PREPARATION_FAILED, str(error), cause=cause) from error
        if not answer.accepted:
            raise Blocked(Reason.PREPARATION_FAILED, f"a list could not be read: {answer!r}", cause=cause)
        return answer
