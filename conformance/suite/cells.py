"""The cells of the matrices: which question is put to which operation, and on whose behalf. Pure, from declarations."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from conformance.contract.permissions import Denial, expected
from conformance.contract.specification import Place, Role
from conformance.suite.forgery import Forgery
from conformance.suite.subscriptions import is_owned
from conformance.target.vocabulary import PERMISSIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.contract.permissions import Rights
    from conformance.contract.specification import Operation, Specification
    from conformance.target.file import Client, Target


class Kind(StrEnum):
    """What a cell asks; bearer kinds are named in `Forgery`."""

    PERMISSION = "without permission"
    READ_ONLY = "read-only"
    FOREIGN_READ = "foreign warehouse"
    FOREIGN_WRITE = "write to a foreign warehouse"
    FOREIGN_SOURCE = "foreign source"
    FOREIGN_DESTINATION = "foreign destination"
    FOREIGN_FILTER = "list of a foreign warehouse"
    WAREHOUSE_LIST = "list over all warehouses"
    REPORT_RUN = "foreign report"
    REPORT_LIST = "list of reports"
    REPORT_LIST_OWN = "own reports listed"
    GRANTED = "allowed"
    GRANTED_ELSEWHERE = "allowed in another warehouse"
    OTHER_QUERY = "another query without permission"


_SCOPED = frozenset(
    {
        Kind.FOREIGN_READ,
        Kind.FOREIGN_WRITE,
        Kind.FOREIGN_SOURCE,
        Kind.FOREIGN_DESTINATION,
        Kind.FOREIGN_FILTER,
        Kind.WAREHOUSE_LIST,
        Kind.REPORT_RUN,
        Kind.REPORT_LIST,
        Kind.REPORT_LIST_OWN,
    }
)
_DECLARED_AS: dict[str, Kind] = {
    Kind.FOREIGN_SOURCE: Kind.FOREIGN_WRITE,
    Kind.FOREIGN_DESTINATION: Kind.FOREIGN_WRITE,
    Kind.OTHER_QUERY: Kind.PERMISSION,
    Kind.GRANTED_ELSEWHERE: Kind.GRANTED,
}
# What is asked about an operation once, whoever does it.
_ONCE = frozenset({Kind.GRANTED, Kind.GRANTED_ELSEWHERE})
MOST_ALIKE = 2
"""How many clients whose rights look alike from an operation are asked about it."""

MOST_MORE = 6
"""How many more clients are asked about one operation, so that whatever permission is wrongly asked for tells."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One question; `client` is None where the request has no valid token."""

    kind: str
    operation: str
    client: str | None = None

    @property
    def declared_kind(self) -> str:
        """What the target file must declare for it: ends of a move and ways without a token need no more than the others."""
        return "no valid token" if self.kind in set(Forgery) else _DECLARED_AS.get(self.kind, self.kind)

    def __repr__(self) -> str:
        whose = "" if self.client is None else f" as {self.client}"
        return f"{self.kind} {self.operation}{whose}"

    __str__ = __repr__


def all_cells(specification: Specification, target: Target) -> list[Cell]:
    """Every cell that the declared clients and resources allow."""
    operations = [
        operation for operation in specification if operation.secured and operation.resource in target.resources
    ]
    found = [Cell(kind, operation.label) for operation in operations for kind in Forgery if kind.fits(operation)]
    for number, operation in enumerate(operations):
        own = [
            Cell(kind, operation.label, client.name)
            for client in target.clients
            for kind in _kinds(operation, client.rights)
        ]
        found += _spread(own, operation, target, number)
    return found


def _spread(cells: list[Cell], operation: Operation, target: Target, number: int) -> list[Cell]:
    """Of each kind the cells of at most two clients whose rights look alike from the operation: more ask the same again.

    Which two differs from operation to operation, so that every client is asked about something.
    """
    rights = {client.name: client.rights for client in target.clients}
    alike: dict[tuple[object, ...], list[Cell]] = {}
    for cell in cells:
        own = rights[str(cell.client)]
        scopes = (own.warehouses, own.reports) if cell.kind in _SCOPED else ()
        outlook = () if cell.kind == Kind.OTHER_QUERY else _outlook(own, operation)
        alike.setdefault((cell.kind, outlook, *scopes), []).append(cell)
    kept: list[Cell] = []
    for (kind, *_), group in alike.items():
        most = MOST_ALIKE if kind not in _ONCE else 1
        first = number % len(group)
        kept += (group[first:] + group[:first])[:most]
    kept += _of_other_holds([cell for cell in cells if cell.kind == Kind.PERMISSION], kept, target)
    if not operation.is_write:
        return kept + _of_other_lacks([cell for cell in cells if cell.kind == Kind.GRANTED], kept, target)
    denied = [cell for cell in kept if cell.kind != Kind.GRANTED]
    return denied + _few_allowed_writes([cell for cell in cells if cell.kind == Kind.GRANTED], target)


def _outlook(rights: Rights, operation: Operation) -> tuple[object, ...]:
    """What of a client's rights may matter for an operation, beside the right to it itself."""
    resource = (operation.permission or "").partition(".")[0]
    twins = frozenset(f"{resource}.{deed}" for deed in ("read", "write")) - {operation.permission}
    return (
        rights.permissions.all,
        bool(rights.permissions.names),
        any(rights.contains(twin) for twin in twins),
        rights.read_only,
        rights.warehouses.limited,
        rights.reports.limited,
    )


def _of_other_lacks(cells: list[Cell], kept: list[Cell], target: Target) -> list[Cell]:
    """More cells of what is allowed, until each permission that some client does without was lacked by one who asked.

    An operation that asks for another permission than its own refuses only who lacks that one.
    """
    rights = {client.name: client.rights for client in target.clients}
    return _covering(
        {
            cell: frozenset(name for name in PERMISSIONS if not rights[str(cell.client)].contains(name))
            for cell in cells
        },
        kept,
    )


def _of_other_holds(cells: list[Cell], kept: list[Cell], target: Target) -> list[Cell]:
    """More cells of what is denied, until each permission that some client has was held by one who asked.

    An operation that takes another permission than its own lets in only who has that one.
    """
    rights = {client.name: client.rights for client in target.clients}
    return _covering(
        {cell: frozenset(name for name in PERMISSIONS if rights[str(cell.client)].contains(name)) for cell in cells},
        kept,
    )


def _covering(telling: dict[Cell, frozenset[str]], kept: list[Cell]) -> list[Cell]:
    """The fewest cells to add to those that are kept, so that all that any of them tells is told."""
    open_ = {name for names in telling.values() for name in names}
    open_ -= {name for cell in kept for name in telling.get(cell, ())}
    added: list[Cell] = []
    while open_ and len(added) < MOST_MORE:
        best = max(telling, key=lambda cell: len(telling[cell] & open_))
        added.append(best)
        open_ -= telling[best]
    return added


def _few_allowed_writes(cells: list[Cell], target: Target) -> list[Cell]:
    """The denials, and of the writes that are allowed two by the clients with the fewest rights: each one leaves traces."""
    widths = {client.name: _width(client.rights) for client in target.clients}
    allowed = sorted((cell for cell in cells if cell.kind == Kind.GRANTED), key=lambda cell: widths[str(cell.client)])
    return [cell for cell in cells if cell.kind != Kind.GRANTED] + allowed[:2]


def _width(rights: Rights) -> tuple[bool, int, bool]:
    return rights.permissions.all, len(rights.permissions.names), not rights.warehouses.limited


def _kinds(operation: Operation, rights: Rights) -> Iterator[Kind]:
    decision = expected(rights, operation)
    # A cell has exactly one reason for its denial.
    if decision.reasons == (Denial.PERMISSION,) and _reaches(operation, rights):
        yield Kind.PERMISSION
        if operation.listing is not None and _is_unlimited(operation, rights):
            yield Kind.OTHER_QUERY
    elif decision.reasons == (Denial.READ_ONLY,) and _reaches(operation, rights):
        yield Kind.READ_ONLY
    elif decision.allowed:
        yield from _scoped_kinds(operation, rights)
        # What belongs to one client is not there for another, so who else may ask for it tells nothing.
        owed = (
            _reaches(operation, rights)
            and _lists_something(operation, rights)
            and _is_own_throughout(operation, rights)
        )
        if owed and not is_owned(operation):
            yield Kind.GRANTED


def _reaches(operation: Operation, rights: Rights) -> bool:
    """Whether neither warehouse nor report is a reason to refuse the client this operation."""
    if operation.over_all_warehouses and rights.warehouses.limited:
        return False
    if operation.warehouse is not None and not (rights.warehouses.all or rights.warehouses.names):
        return False
    return operation.report is None or rights.reports.all or bool(rights.reports.names)


def _is_unlimited(operation: Operation, rights: Rights) -> bool:
    """Whether neither warehouse nor report can be a reason to refuse the client this operation, whatever it asks for."""
    return not (operation.warehouses and rights.warehouses.limited) and not (
        operation.report is not None and rights.reports.limited
    )


def _is_own_throughout(operation: Operation, rights: Rights) -> bool:
    """Whether nothing of a foreign warehouse may be in the answer; else the documentation leaves open who is refused it."""
    return not (operation.spans_warehouses and rights.warehouses.limited)


def _lists_something(operation: Operation, rights: Rights) -> bool:
    """Whether the list of reports holds anything for the client; an empty one may as well be refused (decisions)."""
    return operation.label != "GET /Report" or rights.reports.all or bool(rights.reports.names)


def _scoped_kinds(operation: Operation, rights: Rights) -> Iterator[Kind]:
    if rights.warehouses.limited:
        for place in operation.warehouses:
            if place.place is Place.ROWS:
                yield Kind.WAREHOUSE_LIST
                continue
            if not operation.is_write and len(rights.warehouses.names) > 1:
                yield Kind.GRANTED_ELSEWHERE
            if place.filters:
                yield Kind.FOREIGN_FILTER
            elif len(operation.warehouses) == 1:
                yield Kind.FOREIGN_WRITE if operation.is_write else Kind.FOREIGN_READ
            else:
                yield Kind.FOREIGN_DESTINATION if place.role is Role.DESTINATION else Kind.FOREIGN_SOURCE
    if operation.report is not None and rights.reports.limited:
        yield Kind.REPORT_RUN
    if operation.label == "GET /Report" and rights.reports.limited:
        yield Kind.REPORT_LIST
        if rights.reports.all or rights.reports.names:
            yield Kind.REPORT_LIST_OWN


def own_warehouses(client: Client, warehouses: Sequence[int]) -> list[int]:
    """The client's warehouses among the target's."""
    return [number for number in warehouses if client.rights.covers_warehouse(number)]


def foreign_warehouses(client: Client, warehouses: Sequence[int]) -> list[int]:
    """The target's warehouses that are not the client's."""
    return [number for number in warehouses if not client.rights.covers_warehouse(number)]
