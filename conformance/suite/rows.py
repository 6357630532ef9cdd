"""Reads lists to their end, and tells from a row which warehouse it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.target.answer import Answer, rows_of
from conformance.target.wire import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from conformance.contract.permissions import Rights
    from conformance.contract.specification import Operation
    from conformance.target.discovery import World
    from conformance.target.session import Session

MOST_PAGES = 12
# Fields that hold the number of a warehouse, on one documented page or another (api-facts 19.3).
NUMBER_FIELDS = ("wID", "warehouseID", "warehouse", "wid")
NAME_FIELDS = ("warehouse", "warehouseName")


@dataclass(frozen=True, slots=True)
class Listed:
    """The rows of a list: its first answer, the total that it told, whether all pages were read."""

    first: Answer
    rows: tuple[dict[str, Any], ...]
    total: int | None
    complete: bool


@dataclass(frozen=True, slots=True)
class Foreign:
    """Rows that a client may not see, each named by what shows it."""

    rows: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"foreign rows: {', '.join(self.rows[:5])}" if self.rows else "no foreign row"


def walk(session: Session, operation: Operation, size: int | None = None) -> Listed:
    """Read a list page by page, with the largest pages unless told otherwise, until its end or as far as is reasonable."""
    size = size or operation.list_maximum or 250
    rows: list[dict[str, Any]] = []
    first: Answer | None = None
    for page in range(1, MOST_PAGES + 1):
        answer = page_of(session, operation, page, size)
        first = first or answer
        found = rows_of(answer.json) if answer.accepted else []
        rows += found
        if answer.member("hasMore") is not True or not found:
            return Listed(first, tuple(rows), total_of(first), complete=True)
    assert first is not None
    return Listed(first, tuple(rows), total_of(first), complete=False)


def page_of(session: Session, operation: Operation, page: int, size: int) -> Answer:
    """One page of a list, or all of it where it has no pages."""
    params = {"page": page, "pageSize": size} if operation.listing else None
    return session.ask(Request("GET", operation.path, params=params))


def total_of(answer: Answer) -> int | None:
    """The totalCount of a page, None where that is no number."""
    told = answer.member("totalCount")
    return told if type(told) is int else None


def foreign_rows(rows: Iterable[dict[str, Any]], rights: Rights, world: World) -> Foreign:
    """The rows that are recognisably of a warehouse that is not the client's."""
    return _outside(rows, rights.covers_warehouse, world)


def rows_elsewhere(rows: Iterable[dict[str, Any]], warehouse: int, world: World) -> Foreign:
    """The rows that are recognisably of another warehouse than this one."""
    return _outside(rows, warehouse.__eq__, world)


def _outside(rows: Iterable[dict[str, Any]], covers: Callable[[int], bool], world: World) -> Foreign:
    names = world.warehouse_names
    return Foreign(tuple(shown for row in rows if (shown := _foreign(row, covers, names)) is not None))


def _foreign(row: dict[str, Any], covers: Callable[[int], bool], names: dict[str, int]) -> str | None:
    for field in NUMBER_FIELDS:
        number = row.get(field)
        if type(number) is int:
            return None if covers(number) else f"{field} {number}"
    for field in NAME_FIELDS:
        name = row.get(field)
        if isinstance(name, str) and name in names:
            return None if covers(names[name]) else f"{field} {name}"
    return None
