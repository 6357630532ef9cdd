"""About how many requests a run sends, and what it changes on the target; told from what is foreseen of its checks."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.contract.permissions import expected
from conformance.contract.specification import Role
from conformance.foresight import ABROAD, Foreseen
from conformance.prerequisites import declared_warehouses
from conformance.suite.cells import Cell, Kind
from conformance.suite.holds import HOLD, RELEASE
from conformance.suite.items import CREATE as CREATE_ITEM
from conformance.suite.items import DELETE as DISCONTINUE_ITEM
from conformance.suite.items import UPDATE as UPDATE_ITEM
from conformance.suite.movements import ISSUE, MOVE, RECEIVE
from conformance.suite.subscriptions import CREATE as SUBSCRIBE
from conformance.suite.subscriptions import REMOVE as UNSUBSCRIBE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.contract.specification import Operation
    from conformance.marked import Effort
    from conformance.target.access import Access

# What a run sends besides its checks: the preflight, the search for what the target holds.
_PREFLIGHT = 3
_READ_PER_WAREHOUSE = 4
# What one write costs beside itself: it is prepared, and what it would change is read before and after it.
_BESIDE_A_REFUSED_WRITE = 1.3
_BESIDE_AN_ALLOWED_WRITE = 4
# A scenario on the timeline takes its client's account back, or proves it, besides what it asks.
_BESIDE_A_DISABLING = 4
# Of the requests of a check that also reads about as many as this write.
_WRITING = 0.5
STOCK = (RECEIVE, MOVE, ISSUE)


@dataclass(frozen=True, slots=True)
class Changes:
    """What a run would change on the target, as far as the target behaves; all of it is put back but part of the stock.

    `stock` and `others` count the writes by declared examples, by label; of the latter none is undone.
    """

    items: int = 0
    subscriptions: int = 0
    holds: int = 0
    stock: tuple[tuple[str, int], ...] = ()
    others: tuple[tuple[str, int], ...] = ()
    rotating: int = 0
    disabling: int = 0


def times(foreseen: Iterable[Foreseen], action: str) -> int:
    """How many of the checks that would be asked need a control action."""
    return sum(check.asked and action in check.actions for check in foreseen)


# --- requests ---


def requests_of(foreseen: Iterable[Foreseen], access: Access) -> float:
    """About how many requests the asked ones of these checks take; a cell is asked once, whoever asks about it."""
    asked = [check for check in foreseen if check.asked]
    own, shared = _own(asked), _shared(asked)
    disabling = _BESIDE_A_DISABLING * times(asked, "disable")
    return sum(own.values()) + sum(shared.values()) + disabling + _of_cells(asked, access)


def writes_of(foreseen: Iterable[Foreseen], access: Access) -> float:
    """About how many of these requests ask for a change, those that are to be refused too."""
    asked = [check for check in foreseen if check.asked]
    operations, own = access.specification, _own(asked)
    efforts = {check.item: check.effort for check in asked if check.item in own}
    direct = sum(own[item] * _writing(effort, access) for item, effort in efforts.items())
    shared = sum(number for (_, label), number in _shared(asked).items() if label and operations[label].is_write)
    cells = [cell for cell in _cells(asked) if operations[cell.operation].is_write]
    controls = _controls(cells, access) / (1 + _BESIDE_AN_ALLOWED_WRITE)
    return direct + shared + len(cells) + controls


def _writing(effort: Effort, access: Access) -> float:
    """Which part of the requests of a check are writes."""
    writes = [access.specification[label].is_write for label in effort.operations]
    return (1 if all(writes) else _WRITING) if any(writes) else 0


def beside_checks(access: Access) -> int:
    """About how many requests a run takes besides its checks."""
    warehouses = len(declared_warehouses(access)) or 1
    return _PREFLIGHT + 2 * len(access.target.clients) + _READ_PER_WAREHOUSE * warehouses


def _own(asked: Iterable[Foreseen]) -> dict[str, int]:
    """The requests that each check sends by itself, by its item; those of cells are told from the cells."""
    return {check.item: check.effort.sends for check in asked if check.cell is None or check.effort.sends > 2}


def _shared(asked: Iterable[Foreseen]) -> Mapping[tuple[int, str], int]:
    """The requests that all checks of a phase have in common that ask the same operation, by phase and operation."""
    shared: defaultdict[tuple[int, str], int] = defaultdict(int)
    for effort in {check.item: check.effort for check in asked}.values():
        for label in effort.operations or ("",):
            shared[effort.phase, label] = max(shared[effort.phase, label], effort.shares)
    return shared


# --- cells ---


def _cells(asked: Iterable[Foreseen]) -> set[Cell]:
    return {check.cell for check in asked if check.cell is not None}


def _of_cells(asked: Iterable[Foreseen], access: Access) -> float:
    """About how many requests the cells take that these checks look at, and their controls."""
    cells = _cells(asked)
    writes = {cell for cell in cells if access.specification[cell.operation].is_write}
    allowed = {cell for cell in writes if cell.kind == Kind.GRANTED}
    refused = (len(writes) - len(allowed)) * (1 + _BESIDE_A_REFUSED_WRITE)
    return len(cells - writes) + refused + len(allowed) * (1 + _BESIDE_AN_ALLOWED_WRITE) + _controls(cells, access)


def _controls(cells: Iterable[Cell], access: Access) -> float:
    """About how many requests the controls of these cells take, one for each operation and object."""
    operations = access.specification
    objects = {_object(cell, operations[cell.operation]) for cell in cells if cell.kind != Kind.GRANTED}
    return sum(1 + _BESIDE_AN_ALLOWED_WRITE * operations[label].is_write for label, _ in objects)


def _object(cell: Cell, operation: Operation) -> tuple[str, str | None]:
    """What one control serves: an operation, and the client whose warehouse it is about where that differs."""
    scoped = operation.warehouse is not None and operation.warehouse.role is not Role.DESTINATION
    return cell.operation, cell.client if scoped and cell.kind in ABROAD else None


# --- changes ---


def changes_of(foreseen: Sequence[Foreseen], access: Access) -> Changes:
    """About what the asked ones of these checks change."""
    asked = [check for check in foreseen if check.asked]
    cells, checks = _allowed_writes(asked, access), _made(asked)
    by_example = {label: cells[label] + checks[label] for label in access.target.examples}
    undone = {"Item", "Webhook"}
    return Changes(
        items=_items(cells, asked, access) + checks[CREATE_ITEM],
        subscriptions=_subscriptions(cells) + checks[SUBSCRIBE] if SUBSCRIBE in access.target.examples else 0,
        holds=cells[HOLD] + cells[RELEASE] + checks[HOLD],
        stock=tuple((label, by_example[label]) for label in STOCK if by_example.get(label)),
        others=tuple(
            (label, number)
            for label, number in by_example.items()
            if number and label not in STOCK and access.specification[label].resource not in undone
        ),
        rotating=times(asked, "rotate"),
        disabling=times(asked, "disable"),
    )


def _made(asked: Iterable[Foreseen]) -> Counter[str]:
    """How often each write of checks outside the matrix succeeds: once at least where one takes what another has made."""
    made: Counter[str] = Counter()
    for effort in {check.item: check.effort for check in asked}.values():
        for label, number in effort.makes:
            made[label] += number
    return Counter({label: max(number, 1) for label, number in made.items()})


def _allowed_writes(asked: Iterable[Foreseen], access: Access) -> Counter[str]:
    """How many cells of each operation would succeed in writing: of clients that may, and the controls of the others."""
    writes = {cell for cell in _cells(asked) if access.specification[cell.operation].is_write}
    objects = {_object(cell, access.specification[cell.operation]) for cell in writes if cell.kind != Kind.GRANTED}
    return Counter([label for label, _ in objects] + [cell.operation for cell in writes if cell.kind == Kind.GRANTED])


def _items(writes: Mapping[str, int], asked: Iterable[Foreseen], access: Access) -> int:
    """Those created to be created, two to be changed, one to be discontinued each time."""
    sweeping = any("workshop" in check.roles for check in asked) and _may_create_items(access)
    created = writes[CREATE_ITEM] + 1 if writes[CREATE_ITEM] or sweeping else 0
    changed = 2 if writes[UPDATE_ITEM] or sweeping else 0
    return created + changed + writes[DISCONTINUE_ITEM] + sweeping


def _may_create_items(access: Access) -> bool:
    """Whether checks that ask all operations with one token create items for that."""
    operation = access.specification.by_label.get(CREATE_ITEM)
    if operation is None or operation.resource not in access.target.resources or not access.target.limits.writes:
        return False
    return any(expected(client.rights, operation).allowed for client in access.target.clients)


def _subscriptions(writes: Mapping[str, int]) -> int:
    """Those created to be created, two to find out whether two may have one URL, one to be deleted each time, one more."""
    own = [label for label in writes if label.partition(" ")[2].startswith("/Webhook")]
    return writes[SUBSCRIBE] + writes[UNSUBSCRIBE] + 3 if own else 0
