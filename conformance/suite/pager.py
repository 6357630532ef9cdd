"""Asks one list for its pages as the client with the widest rights, each page once, and tells what its answers hold."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, Inconclusive, NotApplicable, NotRun
from conformance.suite.paging import (
    NO_FLAWS,
    Flaws,
    Probe,
    Row,
    Sequenced,
    canonical,
    has_changed,
    identity_of,
    probes_for,
)
from conformance.target.answer import ABSENT, Absent, Answer
from conformance.target.recorder import CURRENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.contract.specification import Operation
    from conformance.suite.lists import Lists, Whole
    from conformance.target.session import Session
    from conformance.target.wire import Request

STEADY_READINGS = 2
"""How often something amiss is found in a list that others change, while it stays the same, before it counts."""

MOST_PAGES = 40
"""No list is walked through further than this in pages of some size."""

MOST_READINGS = 3
"""How often a question about several answers is asked anew where data that others change get in its way."""

LARGEST_PAGE = 250
"""The largest page for every list that names no other maximum (pagination, Query parameters)."""

MOST_RECURRENCES = 5
"""How often a question is asked anew whose answer was amiss once, and then not, though nothing had changed."""

REFUSED = frozenset({400, 501})
"""How a list refuses a parameter that its own page leaves out: as bad input, or as not available (errors, codes)."""

TYPES: dict[str, tuple[type, str]] = {
    "value": (list, "an array"),
    "totalCount": (int, "an integer"),
    "page": (int, "an integer"),
    "pageSize": (int, "an integer"),
    "pageCount": (int, "an integer"),
    "hasMore": (bool, "true or false"),
}
"""The members of the envelope (pagination, Envelope)."""


def envelope_flaws(answer: Answer) -> Flaws:
    """What is wrong with the envelope of an answer, apart from its status."""
    body = answer.json
    if not isinstance(body, dict):
        return Flaws([f"{answer!r} is {_in_words(body)} and not an object"])
    found = [
        f"{name} is {_in_words(body.get(name, ABSENT))} and not {words}"
        for name, (kind, words) in TYPES.items()
        if type(body.get(name, ABSENT)) is not kind
    ]
    rows = body.get("value")
    if isinstance(rows, list):
        found += [
            f"row {number} of value is {_in_words(row)}" for number, row in enumerate(rows) if type(row) is not dict
        ]
    return Flaws(f"{answer!r}: {flaw}" for flaw in found)


def _in_words(value: Any) -> str:
    if isinstance(value, dict | list):
        return f"an {'object' if isinstance(value, dict) else 'array'} of {len(value)}"
    if value is ABSENT:
        return "absent"
    return "null" if value is None else repr(value)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A value with the answer that shows it; equal to a plain value of the same type."""

    name: str
    value: object
    answer: Answer

    def __eq__(self, other: object) -> bool:
        return type(self.value) is type(other) and self.value == other

    def __hash__(self) -> int:
        return hash(self.value)

    def __repr__(self) -> str:
        return f"{self.name} {self.value!r} of {self.answer!r}"


@dataclass(frozen=True, slots=True)
class Page:
    """An answer to a request for a page; what it holds is had only in its documented type, else Blocked is raised."""

    answer: Answer

    @property
    def rows(self) -> list[Row]:
        """The rows."""
        rows: list[Row] = self._told("value")
        if not all(isinstance(row, dict) for row in rows):
            raise self._blocked("value")
        return rows

    @property
    def total(self) -> int:
        """The totalCount."""
        return int(self._told("totalCount"))

    @property
    def count(self) -> int:
        """The pageCount."""
        return int(self._told("pageCount"))

    @property
    def number(self) -> int:
        """The page."""
        return int(self._told("page"))

    @property
    def size(self) -> int:
        """The pageSize."""
        return int(self._told("pageSize"))

    @property
    def more(self) -> bool:
        """The hasMore."""
        return bool(self._told("hasMore"))

    def seen(self, name: str) -> Seen:
        """A member of the envelope, to be compared."""
        return Seen(name, self._told(name), self.answer)

    def header(self, name: str) -> Seen | Absent:
        """A response header, to be compared."""
        told = self.answer.headers.get(name)
        return ABSENT if told is None else Seen(name, told.strip(), self.answer)

    def _told(self, name: str) -> Any:
        value = self.answer.member(name)
        if self.answer.code != 200 or type(value) is not TYPES[name][0]:
            raise self._blocked(name)
        return value

    def _blocked(self, name: str) -> Blocked:
        what = f"its {name} is {_in_words(self.answer.member(name))}" if self.answer.code == 200 else "it is no page"
        return Blocked(Reason.EARLIER_FAILURE, f"{self.answer!r}: {what}", cause="pagination.envelope")


@dataclass(frozen=True, slots=True)
class Walk:
    """A list as its hasMore leads through it; `complete` unless it is too long to be read whole."""

    rows: tuple[Row, ...]
    total: int
    pages: int
    complete: bool


class Pager:
    """One list and the answers that it gave so far, shared by all checks that ask it."""

    def __init__(self, lists: Lists, operation: Operation) -> None:
        assert operation.listing is not None
        self.operation = operation
        self.listing = operation.listing
        self.maximum = operation.listing.maximum or LARGEST_PAGE
        self._lists = lists
        self._kept: dict[tuple[tuple[str, object], ...], Answer] = {}
        self._whole: Whole | None = None
        self._asked: list[int] = []

    # --- asking ---

    def ask(self, **params: object) -> Page:
        """The page for these query parameters and no others, asked for once."""
        kept = self._kept.get(_key(params))
        if kept is None:
            return self.ask_anew(**params)
        self._rest_on(kept)
        return Page(kept)

    def ask_anew(self, **params: object) -> Page:
        """The same, asked for at this moment."""
        answer = self._session.ask(self.request(**params))
        self._kept[_key(params)] = answer
        self._rest_on(answer)
        return Page(answer)

    def request(self, **params: object) -> Request:
        """The request for these query parameters, and for one warehouse where the client may not see all."""
        return replace(self._request, params=self._narrowing | params or None)

    @cached_property
    def _session(self) -> Session:
        return self._lists.session(self.operation)

    @cached_property
    def _request(self) -> Request:
        return self._lists.request(self.operation)

    @cached_property
    def _narrowing(self) -> dict[str, Any]:
        return self._lists.narrowing(self.operation)

    def probe(self, probe: Probe) -> Page:
        """The page that a probe asks for."""
        return self.ask(**probe.params)

    def _rest_on(self, answer: Answer) -> None:
        self._asked.append(answer.exchange)
        evidence = CURRENT.get()
        if evidence is not None:
            evidence.rest_on(answer.exchange)

    def require_available(self) -> None:
        """Raise NotApplicable where the target says that it does not have the list (errors, codes: not_implemented)."""
        answer = self.ask().answer
        if answer.code == 501:
            raise NotApplicable(Reason.NOT_CHECKABLE, f"the target says that this list is not available: {answer!r}")

    # --- the list as a whole ---

    @property
    def first(self) -> Page:
        """The page that is asked for without any parameter."""
        return self.ask()

    @property
    def total(self) -> int:
        """How many rows the list is said to have."""
        return self.first.total

    @property
    def probes(self) -> list[Probe]:
        """Pages of telling sizes."""
        return probes_for(self.total, self.maximum)

    @property
    def probed(self) -> list[tuple[Probe, Page]]:
        """Pages of telling sizes, none past the end; asked anew where the list has become shorter meanwhile.

        Raises Inconclusive where it does each time.
        """
        for _ in range(MOST_READINGS):
            total, found = self.total, [(probe, self.probe(probe)) for probe in self.probes]
            if not any(map(_is_elsewhere, found)) or self.ask_anew().total >= total:
                return found
            self._renewed()
        raise Inconclusive(
            Reason.DATA_CHANGED,
            f"{self.operation.label} became shorter each of {MOST_READINGS} times while it was read",
        )

    @property
    def whole(self) -> Whole:
        """The list read with large pages; raises Blocked where it does not hold as many rows as it says."""
        if self._whole is None:
            self._whole = self._lists.whole(self.operation, None, **self._narrowing)
            self._keep_pages(self._whole)
        if self._whole.complete and len(self._whole.rows) != self._whole.total:
            raise Blocked(
                Reason.EARLIER_FAILURE,
                f"{self.operation.label} says {self._whole.total} rows and gives {len(self._whole.rows)}",
                cause="pagination.walk",
            )
        return self._whole

    def rows_or_not_run(self, least: int = 1) -> tuple[Row, ...]:
        """The rows of the list; raises NotRun where there are too few to ask about."""
        rows = self.whole.rows
        if len(rows) < least:
            wanted = f"{self.operation.label} shows {len(rows)} rows; the question needs {least} or more"
            raise NotRun(Reason.NEEDS_DATA, wanted)
        return rows

    @property
    def sequence(self) -> Sequenced:
        """The list in its own order."""
        whole = self.whole
        return Sequenced(whole.rows, identity_of(whole.rows, self.listing.key), whole.complete)

    def sequence_in(self, order: dict[str, str]) -> Sequenced:
        """The list in an order that is asked for; only of a list that fits on one page, unless `order` is empty."""
        if not order:
            return self.sequence
        rows = self.ask(page=1, pageSize=self.maximum, **order).rows
        return Sequenced(rows, identity_of(rows, self.listing.key))

    @property
    def fits_on_one_page(self) -> bool:
        """Whether the largest page holds all rows."""
        return self.total <= self.maximum

    def walk(self, size: int, **order: object) -> Walk:
        """Raise page until hasMore is false, or as far as is reasonable."""
        rows: list[Row] = []
        total = self.ask(page=1, pageSize=size, **order).total
        for number in range(1, MOST_PAGES + 1):
            page = self.ask(page=number, pageSize=size, **order)
            if number > 1 and page.answer.code != 200:
                return Walk(tuple(rows), total, number - 1, complete=True)
            rows += page.rows
            if not page.more or not page.rows:
                return Walk(tuple(rows), total, number, complete=True)
        return Walk(tuple(rows), total, MOST_PAGES, complete=False)

    @cached_property
    def disorder(self) -> Flaws:
        """Where the same large page, asked for twice, shows other rows or another order; raises Inconclusive."""
        return self.steadily(self._reordered)

    def _reordered(self) -> Flaws:
        size = min(self.maximum, LARGEST_PAGE)
        one = self.ask(page=1, pageSize=size).rows
        return differing(one, self.ask_anew(page=1, pageSize=size).rows)

    # --- data that others change ---

    def steadily(self, judge: Callable[[], Flaws]) -> Flaws:
        """What a judge of several answers finds amiss while the data stay as they are.

        Asked anew where there is something: the flaw stands if the list is the same before and after. On a list that was
        seen to change it is to be so twice: a row that came and went in between leaves no trace. A flaw that is gone while
        the list is the same may come again: then one of several servers is wrong. Raises Inconclusive where the list
        changes each time.
        """
        flaws, earlier, steady = judge(), self._whole, 0
        if not flaws:
            return NO_FLAWS
        needed = 1
        for _ in range(MOST_READINGS):
            before = self._renewed()
            self._asked.clear()
            flaws = judge()
            asked = tuple(self._asked)
            if not flaws:
                quiet = earlier is not None and not has_changed(earlier, before, self.listing.key)
                return self._recurring(judge) if quiet and not steady else NO_FLAWS
            after = self._read_now()
            changed = has_changed(before, after, self.listing.key)
            if changed or (earlier is not None and has_changed(earlier, before, self.listing.key)):
                needed = STEADY_READINGS
            earlier, steady = after, steady + (not changed)
            if steady >= needed:
                _put_last(asked)
                return flaws
        raise Inconclusive(
            Reason.DATA_CHANGED,
            f"{self.operation.label} changed nearly each of {MOST_READINGS} times while it was read: {flaws!r}",
        )

    def _recurring(self, judge: Callable[[], Flaws]) -> Flaws:
        """A flaw that was there once and gone the next time, if it comes twice more while the list stays as it is."""
        times = 0
        for _ in range(MOST_RECURRENCES):
            before = self._renewed()
            self._asked.clear()
            flaws = judge()
            asked = tuple(self._asked)
            if has_changed(before, self._read_now(), self.listing.key):
                return NO_FLAWS
            times += bool(flaws)
            if times == STEADY_READINGS:
                _put_last(asked)
                return flaws
        return NO_FLAWS

    def _renewed(self) -> Whole:
        """Forget all answers and read the list again."""
        self._kept.clear()
        self._whole = self._read_now()
        self._keep_pages(self._whole)
        return self._whole

    def _read_now(self) -> Whole:
        return self._lists.whole_now(self.operation, None, **self._narrowing)

    def _keep_pages(self, whole: Whole) -> None:
        size = min(self.maximum, LARGEST_PAGE)
        for number, answer in enumerate(whole.answers, 1):
            self._kept.setdefault(_key({"page": number, "pageSize": size}), answer)


class Pagers:
    """The pagers of a run, one a list."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._made: dict[str, Pager] = {}

    def __getitem__(self, operation: Operation) -> Pager:
        """The pager of a list operation."""
        return self._made.setdefault(operation.label, Pager(self._lists, operation))


def _is_elsewhere(probed: tuple[Probe, Page]) -> bool:
    """Whether the answer is not the page that was asked for, as it may be where that page is there no more."""
    probe, page = probed
    return probe.page > 1 and (page.answer.code != 200 or page.answer.member("page") != probe.page)


def differing(one: list[Row], other: list[Row]) -> Flaws:
    """Where two readings of the same page differ first."""
    if len(one) != len(other):
        return Flaws([f"{len(one)} rows, then {len(other)}"])
    return Flaws(
        f"row {number}, then another one: {canonical(first)[:80]}, {canonical(second)[:80]}"
        for number, (first, second) in enumerate(zip(one, other, strict=True), 1)
        if first != second
    )


def _key(params: dict[str, object]) -> tuple[tuple[str, object], ...]:
    return tuple(sorted(params.items()))


def _put_last(exchanges: tuple[int, ...]) -> None:
    """Put the exchanges that show a flaw behind the others, where reports look first."""
    evidence = CURRENT.get()
    if evidence is not None:
        for number in dict.fromkeys(exchanges):
            with suppress(ValueError):
                evidence.exchanges.remove(number)
            evidence.exchanges.append(number)
