"""What would become of each check of a run, told from declarations alone: nothing is sent to find out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.contract.outcomes import Outcome, Reason
from conformance.contract.specification import Role
from conformance.errors import NotApplicable, NotRun, Pending, Undecided
from conformance.plugin import cell_of, check_id, identifiers, want_of_client
from conformance.suite.cells import Cell, Kind, foreign_warehouses, own_warehouses
from conformance.suite.together import distinguishing
from conformance.target.timeline import duration

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    import pytest

    from conformance.contract.catalogue import Catalogue
    from conformance.contract.specification import Operation
    from conformance.target.access import Access

MADE_WITHOUT_EXAMPLE = frozenset(
    {"POST /Item", "PUT /Item", "DELETE /Item/{item}", "POST /Location/Hold", "POST /Location/Release"}
)
"""Writes that the suite knows how to ask for by itself; every other one needs an example of the target file."""

# A refusal counts only beside the same request by a client that may; these cells are answered in other ways.
_WITHOUT_CONTROL = frozenset({Kind.GRANTED, Kind.WAREHOUSE_LIST, Kind.REPORT_LIST, Kind.REPORT_LIST_OWN})
_ABROAD = frozenset(
    {Kind.FOREIGN_READ, Kind.FOREIGN_WRITE, Kind.FOREIGN_SOURCE, Kind.FOREIGN_DESTINATION, Kind.FOREIGN_FILTER}
)
_WAITED_OUT = "advance"
"""The action that a longer wait can do without."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would become of one check: `outcome` is pass where it would be asked; `lasts` in seconds, `sends` requests.

    Several that share an `item` are asked at once, for several requirements.
    `surely` is false where only the target can tell whether the check needs what is missing.
    """

    id: str
    requirement: str
    outcome: Outcome
    reason: str | None = None
    message: str = ""
    cause: str | None = None
    cell: Cell | None = None
    item: str = ""
    sends: int = 0
    actions: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    lasts: float = 0.0
    surely: bool = True

    @property
    def kind(self) -> str | None:
        """The kind of matrix cell; None outside the matrix."""
        return None if self.cell is None else self.cell.declared_kind

    @property
    def asked(self) -> bool:
        """Whether the check would be asked."""
        return self.outcome is Outcome.PASS


def foresee(
    items: Iterable[pytest.Item], access: Access, catalogue: Catalogue, selected: Collection[str]
) -> Iterator[Foreseen]:
    """Yield one forecast for each check and each requirement that it asks for; `access` is used without the network."""
    for item in items:
        hindrance = _hindrance(item, access, catalogue)
        for identifier in (name for name in identifiers(item) if name in selected):
            yield Foreseen(
                id=check_id(item, identifier),
                requirement=identifier,
                outcome=Outcome.PASS if hindrance is None else hindrance.outcome,
                reason=None if hindrance is None else str(hindrance.reason),
                message="" if hindrance is None else str(hindrance),
                cause=None if hindrance is None else hindrance.cause,
                cell=cell_of(item),
                item=item.nodeid,
                sends=_sends(item),
                actions=actions_of(item),
                roles=_roles(item),
                lasts=_lasts(item),
                surely="plain" not in _fixtures(item),
            )


def actions_of(item: pytest.Item) -> tuple[str, ...]:
    """The control actions that a check asks for."""
    return tuple(name for name in _needs(item) if "." not in name)


def _needs(item: pytest.Item) -> tuple[str, ...]:
    mark = item.get_closest_marker("needs")
    return () if mark is None else mark.args


def _sends(item: pytest.Item) -> int:
    mark = item.get_closest_marker("requirement")
    assert mark is not None
    return int(mark.kwargs.get("sends", 1))


def _lasts(item: pytest.Item) -> float:
    mark = item.get_closest_marker("scenario")
    return 0.0 if mark is None else float(mark.kwargs["lasts"])


def _roles(item: pytest.Item) -> tuple[str, ...]:
    """Who plays in a scenario, by the names that its generator gives them."""
    mark = item.get_closest_marker("scenario")
    return () if mark is None else tuple(mark.args[0].__code__.co_varnames[: mark.args[0].__code__.co_argcount])


def _fixtures(item: pytest.Item) -> tuple[str, ...]:
    return tuple(getattr(item, "fixturenames", ()))


def _hindrance(item: pytest.Item, access: Access, catalogue: Catalogue) -> Undecided | None:
    """Why a check would not be asked, None where nothing is known to stand in its way."""
    try:
        _require_resource(item, access)
        if "cell" in _fixtures(item):
            _require_cell(item, access)
        _require_clients(item, access, catalogue)
        _require_control(item, access)
        _require_time(item, access)
    except Undecided as undecided:
        return undecided
    return None


# --- the target's resources ---


def _require_resource(item: pytest.Item, access: Access) -> None:
    """Require that the target has, and may be asked, what a check names by a parameter `path` or `label`."""
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    label, path = parameters.get("label"), parameters.get("path")
    named = label if path is None else f"GET {path}"
    if not isinstance(named, str):
        return
    resource = named.partition(" /")[2].split("/")[0]
    if resource not in access.target.resources:
        raise NotApplicable(Reason.NO_RESOURCE, f"the target does not declare the resource {resource}")
    if label in access.specification:
        operation = access.specification[str(label)]
        _require_writable(operation, access)
        access.world.able(operation, declared_warehouses(access)[:1] if operation.warehouse else ())


def _require_writable(operation: Operation, access: Access) -> None:
    if operation.is_write and not access.target.limits.writes:
        raise NotRun(Reason.WRITES_OFF)
    if operation.is_write and operation.label not in MADE_WITHOUT_EXAMPLE | access.target.examples.keys():
        raise NotRun(
            Reason.NEEDS_EXAMPLE,
            f'the documentation gives no body for {operation.label}; give one as [examples."{operation.label}"]',
        )


# --- cells ---


def _require_cell(item: pytest.Item, access: Access) -> None:
    cell, mark = cell_of(item), item.get_closest_marker("cells")
    assert mark is not None
    if cell is None:
        raise want_of_client(mark.args, access.target.resources, access.specification.resources)
    operation = access.specification[cell.operation]
    _require_writable(operation, access)
    _require_places(cell, operation, access)


def _require_places(cell: Cell, operation: Operation, access: Access) -> None:
    """Require the warehouses that a cell is about, as far as they are declared, and a client for its control."""
    warehouses = declared_warehouses(access)
    own, foreign = list(warehouses), list(warehouses)
    if cell.client is not None:
        client = access.target.client(cell.client)
        own, foreign = own_warehouses(client, warehouses), foreign_warehouses(client, warehouses)
    if cell.kind in _ABROAD and access.target.data.warehouses and not foreign:
        raise NotRun(Reason.NEEDS_DATA, f"the target shows no warehouse that is not one of client {cell.client}'s")
    if cell.kind not in _WITHOUT_CONTROL:
        _require_able(operation, foreign[:1] if cell.kind in _ABROAD else own[:1], access)


def _require_able(operation: Operation, places: list[int], access: Access) -> None:
    reports = access.target.data.reports if operation.report is not None else ()
    report = reports[0] if reports else None
    if operation.warehouse is None:
        places = []
    access.world.able(operation, places, report)


def declared_warehouses(access: Access) -> tuple[int, ...]:
    """The warehouses that the target file names, under [data] or for its clients."""
    data = access.target.data.warehouses
    named = {number for client in access.target.clients for number in client.rights.warehouses.names}
    return data or tuple(sorted(named))


# --- clients ---


def _require_clients(item: pytest.Item, access: Access, catalogue: Catalogue) -> None:
    needs = {need for identifier in identifiers(item) for need in catalogue[identifier].needs} | set(_needs(item))
    if "limits.writes" in needs and not access.target.limits.writes:
        raise NotRun(Reason.WRITES_OFF)
    if "client.reader" in needs or "session" in _fixtures(item):
        _require_reader(access)
    if "client.read-only" in needs and "cell" not in _fixtures(item):
        _require_reader(access, read_only=True)
    if "client.distinguishable" in needs:
        distinguishing(access)
    if "client.expendable" in needs:
        _require_expendable(item, access)
    if {"anyone", "bystander"} & set(_roles(item)):
        _require_reader(access, kept=True)


def _require_expendable(item: pytest.Item, access: Access) -> None:
    probing = "guessed" not in _fixtures(item)
    for session in access.expendable:
        if session.probe_request is not None or not probing:
            return
    what = "expendable = true and some read permission" if probing else "expendable = true"
    raise NotRun(Reason.NEEDS_CLIENT, f"add a client with {what}, which the suite may rotate, disable and guess at")


def _require_reader(access: Access, *, kept: bool = False, read_only: bool = False) -> None:
    """Require a client that may read: `kept`, one that nobody rotates or disables; `read_only`, one that is read-only."""
    for session in access.sessions.values():
        fits = not (kept and session.client.expendable) and (session.rights.read_only or not read_only)
        if fits and session.probe_request is not None:
            return
    if read_only:
        raise NotRun(Reason.NEEDS_CLIENT, "add a client with read_only = true and some read permission")
    kind = "client that is not expendable" if kept else "usable client"
    raise NotRun(Reason.NEEDS_CLIENT, f"no {kind} may read anything: add one with some read permission")


# --- control and time ---


def _require_control(item: pytest.Item, access: Access) -> None:
    actions = actions_of(item)
    done = [action for action in actions if action != _WAITED_OUT]
    if done:
        access.administration.require(*done)
    if "rotate" in actions:
        for session in access.expendable:
            access.administration.require_rotation(session)


def _require_time(item: pytest.Item, access: Access) -> None:
    lasts, longest = _lasts(item), access.target.limits.longest_wait
    if lasts > longest and not access.administration.movable:
        raise Pending(
            Reason.LONG_WAIT,
            f"needs to wait {duration(lasts)}; the target's clock cannot be moved, and this run waits"
            f" {duration(longest)} at most (--longest-wait)",
        )


# --- how much is asked ---


def objects_of(cell: Cell, operation: Operation) -> tuple[str, str | None]:
    """What one control serves: an operation, and the client whose warehouse it is about where that differs."""
    scoped = operation.warehouse is not None and operation.warehouse.role is not Role.DESTINATION
    return cell.operation, cell.client if scoped and cell.kind in _ABROAD else None
