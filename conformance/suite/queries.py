"""Other documented ways to ask a list: without parameters, another page, a key, a category, dates, a count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.contract.outcomes import Reason
from conformance.contract.specification import Place
from conformance.errors import NotRun
from conformance.suite.order_dates import FAR_AHEAD, LONG_AGO
from conformance.target.answer import rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from conformance.contract.specification import Operation
    from conformance.suite.pager import Pager
    from conformance.target.answer import Answer
    from conformance.target.discovery import World
    from conformance.target.wire import Request

FIRST: dict[str, object] = {"page": 1, "pageSize": 10}
SECOND: dict[str, object] = {"page": 2, "pageSize": 1}
COUNTED: dict[str, object] = FIRST | {"count": 5}


def narrowings(
    operation: Operation, world: World, rows: Sequence[Mapping[str, Any]] = ()
) -> Iterator[dict[str, object]]:
    """The documented parameters that choose or order the rows of a list, each with a value that leaves some where it can.

    `rows` are some of the list, from whose dates those of orders are taken.
    """
    assert operation.listing is not None
    dates = sorted(str(row["orderDate"]) for row in rows if row.get("orderDate"))
    if operation.promises("modifiedSince"):
        yield {"modifiedSince": LONG_AGO}
    if operation.promises("sort"):
        yield {"sort": operation.listing.key[0]}
    if operation.promises("Category"):
        yield {"Category": world.category}
    place = operation.warehouse
    if place is not None and place.filters and place.name is not None:
        for number in world.warehouses[:1]:
            yield {place.name: number}
    if operation.promises("startDate"):
        yield {"startDate": dates[len(dates) // 2] if dates else LONG_AGO}
    if operation.promises("endDate"):
        yield {"endDate": dates[len(dates) // 2] if dates else FAR_AHEAD}


def narrowed(pager: Pager, world: World) -> list[dict[str, Any]]:
    """The rows of a list that is narrowed or ordered otherwise, of the first page each time, as far as it is answered."""
    whole = {"page": 1, "pageSize": pager.maximum}
    answers = [pager.ask(**params | whole).answer for params in narrowings(pager.operation, world)]
    return [row for answer in answers if answer.accepted for row in rows_of(answer.json)]


def other_queries(operation: Operation, world: World) -> Iterator[dict[str, object]]:
    """The parameters of valid requests to a list beside the plain one for its first page.

    Raises NotRun where the target holds nothing to ask about.
    """
    names = {it.name for it in operation.parameters if it.place is Place.QUERY and it.basis is None}
    yield {}
    yield SECOND
    if "modifiedSince" in names:
        yield FIRST | {"modifiedSince": LONG_AGO}
    if {"key", "type"} <= names:
        yield {"key": world.item["shortID"], "type": "id"}
        for alias in list(world.target.data.aliases)[:1]:
            yield {"key": alias, "type": "alias"}
    if "Category" in names:
        yield FIRST | {"Category": world.category}
    if {"startDate", "endDate"} <= names:
        yield FIRST | {"startDate": LONG_AGO, "endDate": FAR_AHEAD}
    if "count" in names:
        yield COUNTED
    if "sort" in names and operation.listing is not None:
        yield FIRST | {"sort": operation.listing.key[0]}
    place = operation.warehouse
    if place is not None and place.filters and place.name is not None:
        for number in world.warehouses[:1]:
            yield FIRST | {place.name: number}


def refusals_of_queries(pager: Pager, world: World, ask: Callable[[Request], Answer]) -> Iterator[Answer]:
    """The answers to those queries that a client that may is answered; raises NotRun where it is answered none.

    What a page past the end gets, or a date in another form than the target's own, is not documented.
    """
    told = False
    for params in other_queries(pager.operation, world):
        answer = ask(pager.request(**params))
        if answer.accepted or answer.code >= 500 or pager.ask(**params).answer.accepted:
            told = True
            yield answer
    if not told:
        raise NotRun(Reason.NEEDS_DATA, f"a client that may ask {pager.operation.label} is answered none of it")
