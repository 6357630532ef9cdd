"""What would become of each check of a run, told from declarations alone: nothing is sent to find out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.contract.outcomes import Outcome, Reason
from conformance.errors import NotApplicable, NotRun, Pending, Undecided
from conformance.marked import Effort, actions_of, effort_of, fixtures_of, lasts_of, needs_of, operations_of, roles_of
from conformance.plugin import cell_of, check_id, identifiers, mark_of, require_asked, want_of_client
from conformance.prerequisites import (
    declared_reports,
    declared_warehouses,
    example_for,
    may_list_reports,
    require_able,
    require_aliases,
    require_all_reports,
    require_expendable,
    require_owned,
    require_owner,
    require_reader,
    require_subscription,
    require_writable,
)
from conformance.suite.cells import Cell, Kind, foreign_warehouses, own_warehouses
from conformance.suite.marks import Asking
from conformance.suite.movements import (
    TELL_SPOT,
    TELL_WHERE,
    require_destination,
    require_scoped_receiver,
    require_told,
    require_units,
)
from conformance.suite.run import RUN, require_examples
from conformance.suite.subscriptions import CREATE, require_subscribers
from conformance.suite.together import declared_pairs
from conformance.suite.warehouses import LOCATIONS
from conformance.target.timeline import duration

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    import pytest

    from conformance.contract.catalogue import Catalogue
    from conformance.contract.specification import Operation
    from conformance.target.access import Access

# A refusal counts only beside the same request by a client that may; these cells are answered in other ways.
_WITHOUT_CONTROL = frozenset(
    {Kind.GRANTED, Kind.GRANTED_ELSEWHERE, Kind.WAREHOUSE_LIST, Kind.REPORT_LIST, Kind.REPORT_LIST_OWN}
)
ABROAD = frozenset(
    {Kind.FOREIGN_READ, Kind.FOREIGN_WRITE, Kind.FOREIGN_SOURCE, Kind.FOREIGN_DESTINATION, Kind.FOREIGN_FILTER}
)
"""The cells that are about a warehouse that is not the client's own."""
_WAITED_OUT = "advance"
"""The action that a longer wait can do without."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would become of one check: `outcome` is pass where it would be asked.

    Several that share an `item` are asked at once, for several requirements.
    `surely` is false where only the target can tell whether the check needs what is missing.
    """

    id: str
    requirement: str
    outcome: Outcome
    effort: Effort
    reason: str | None = None
    message: str = ""
    cause: str | None = None
    cell: Cell | None = None
    item: str = ""
    actions: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    surely: bool = True

    @property
    def kind(self) -> str | None:
        """The kind of matrix cell; None outside the matrix."""
        return None if self.cell is None else self.cell.declared_kind

    @property
    def asked(self) -> bool:
        """Whether the check would be asked."""
        return self.outcome is Outcome.PASS


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why a check would not be asked; not `surely` where the target may have what the target file does not declare."""

    error: Undecided
    surely: bool


def foresee(
    items: Iterable[pytest.Item], access: Access, catalogue: Catalogue, selected: Collection[str]
) -> Iterator[Foreseen]:
    """Yield one forecast for each check and each requirement that it asks for; `access` is used without the network."""
    for item in items:
        hindrance = _hindrance(item, access, catalogue)
        error = None if hindrance is None else hindrance.error
        effort, actions, roles = effort_of(item, access), actions_of(item), roles_of(item)
        for identifier in (name for name in identifiers(item) if name in selected):
            yield Foreseen(
                id=check_id(item, identifier),
                requirement=identifier,
                outcome=Outcome.PASS if error is None else error.outcome,
                reason=None if error is None else str(error.reason),
                message="" if error is None else str(error),
                cause=None if error is None else error.cause,
                cell=cell_of(item),
                item=item.nodeid,
                effort=effort,
                actions=actions,
                roles=roles,
                surely=hindrance is None or hindrance.surely,
            )


# --- what stands in the way ---


def _hindrance(item: pytest.Item, access: Access, catalogue: Catalogue) -> Hindrance | None:
    """Why a check would not be asked, None where nothing is known to stand in its way."""
    try:
        _require_declared(item, access, catalogue)
    except Undecided as undecided:
        # Where nobody listens at the plain port, nothing is sent there, and nobody needed to send it.
        return Hindrance(undecided, surely="plain" not in fixtures_of(item))
    try:
        _require_perhaps(item, access)
    except Undecided as undecided:
        return Hindrance(undecided, surely=False)
    return None


def _require_declared(item: pytest.Item, access: Access, catalogue: Catalogue) -> None:
    """Require all that a check cannot do without."""
    if "examples" in fixtures_of(item):
        require_examples(item.config.stash[RUN])
    _require_resource(item, access)
    if "cell" in fixtures_of(item):
        _require_cell(item, access)
    _require_needs(item, access, catalogue)
    _require_control(item, access)
    _require_time(item, access)


def _require_perhaps(item: pytest.Item, access: Access) -> None:
    """Require what a check can do without if the target holds, or answers, something that is not declared."""
    cell = cell_of(item)
    asked = [operation for operation, asking in operations_of(item, access) if asking is Asking.VALIDLY]
    for operation in [*asked, *([] if cell is None else [access.specification[cell.operation]])]:
        require_owned(operation, access)
    if "data.subscription" in needs_of(item):
        require_subscription(access)
    # Where the list is refused, nobody needs to be asked whose warehouses its rows are of.
    places = access.specification.by_label.get(LOCATIONS)
    if cell is not None and places is not None and cell.kind in {Kind.FOREIGN_FILTER, Kind.WAREHOUSE_LIST}:
        for warehouse in foreign_warehouses(access.target.client(str(cell.client)), declared_warehouses(access)):
            require_able(places, access, (warehouse,))


# --- the target's resources ---


def _require_resource(item: pytest.Item, access: Access) -> None:
    """Require that the target has, and may be asked, what a check is marked with, by a client that may."""
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    if isinstance(parameters.get("path"), str):
        resource = str(parameters["path"]).strip("/").split("/")[0]
        if resource not in access.target.resources:
            raise NotApplicable(Reason.NO_RESOURCE, f"the target does not declare the resource {resource}")
    require_asked(item, access)
    for operation, asking in operations_of(item, access):
        if asking is Asking.VALIDLY:
            require_writable(operation, access)
        if asking is not Asking.ANYHOW:
            report = next(iter(declared_reports(access)), None) if operation.report is not None else None
            require_able(operation, access, declared_warehouses(access), report)
            require_owner(operation, access)


# --- cells ---


def _require_cell(item: pytest.Item, access: Access) -> None:
    cell, mark = cell_of(item), mark_of(item, "cells")
    assert mark is not None
    if cell is None:
        raise want_of_client(mark.args, access.target.resources, access.specification)
    operation = access.specification[cell.operation]
    require_writable(operation, access)
    require_owner(operation, access)
    _require_places(cell, operation, access)


def _require_places(cell: Cell, operation: Operation, access: Access) -> None:
    """Require the warehouses or the report that a cell is about, as far as declared, and a client for its control."""
    warehouses = declared_warehouses(access)
    own, foreign = list(warehouses), list(warehouses)
    if cell.client is not None:
        client = access.target.client(cell.client)
        own, foreign = own_warehouses(client, warehouses), foreign_warehouses(client, warehouses)
    if cell.kind in ABROAD and access.target.data.warehouses and not foreign:
        raise NotRun(Reason.NEEDS_DATA, f"the target shows no warehouse that is not one of client {cell.client}'s")
    if cell.kind not in _WITHOUT_CONTROL | {Kind.FOREIGN_FILTER}:
        report = None if operation.report is None else _report_of(cell, access)
        require_able(operation, access, foreign[:1] if cell.kind in ABROAD else own[:1], report)


def _report_of(cell: Cell, access: Access) -> int | None:
    """The report that a cell is about, None where the target tells it; raises NotRun where there is none."""
    reports = declared_reports(access)
    if cell.kind == Kind.REPORT_RUN and cell.client is not None:
        rights = access.target.client(cell.client).rights
        reports = tuple(number for number in reports if not rights.covers_report(number))
        if not reports and not may_list_reports(access):
            raise NotRun(Reason.NEEDS_DATA, f"the target shows no report that client {cell.client} may not run")
    return next(iter(reports), None)


# --- clients, data, control and time ---


def _require_all_warehouses(item: pytest.Item, access: Access) -> None:
    for operation, _asking in operations_of(item, access):
        if operation.warehouses:
            access.world.able(operation)


def _require_all_reports(item: pytest.Item, access: Access) -> None:
    for operation, _asking in operations_of(item, access):
        if operation.report is not None:
            require_all_reports(operation, access)


def _require_writes(_item: pytest.Item, access: Access) -> None:
    if not access.target.limits.writes:
        raise NotRun(Reason.WRITES_OFF)


def _require_read_only(item: pytest.Item, access: Access) -> None:
    if "cell" not in fixtures_of(item):
        require_reader(access, read_only=True)


def _require_owner(_item: pytest.Item, access: Access) -> None:
    if CREATE in access.specification:
        access.world.able(access.specification[CREATE])


def _of_examples(require: Callable[[str, Any], None]) -> Callable[[pytest.Item, Access], None]:
    """Require something of each declared example that a check takes."""

    def required(item: pytest.Item, access: Access) -> None:
        for operation, _asking in operations_of(item, access):
            label = example_for(operation)
            if label is not None and label in access.target.examples:
                require(label, access.target.examples[label])

    return required


NEEDS: Mapping[str, Callable[[pytest.Item, Access], object]] = {
    "limits.writes": _require_writes,
    "client.reader": lambda _item, access: require_reader(access),
    "client.read-only": _require_read_only,
    "client.distinguishable": lambda _item, access: declared_pairs(access),
    "client.second-subscriber": lambda _item, access: require_subscribers(access),
    "client.expendable": lambda item, access: require_expendable(access, probing="guessed" not in fixtures_of(item)),
    "client.scoped-receiver": lambda _item, access: require_scoped_receiver(access),
    "client.all-warehouses": _require_all_warehouses,
    "client.all-reports": _require_all_reports,
    "data.aliases": lambda _item, access: require_aliases(access),
    "data.subscription": _require_owner,
    "example.place": _of_examples(lambda label, body: require_told(label, body, TELL_WHERE)),
    "example.spot": _of_examples(lambda label, body: require_told(label, body, TELL_SPOT)),
    "example.destination": _of_examples(require_destination),
    "example.units": _of_examples(require_units),
}
"""What to require for what a check, or a requirement, says that it needs; what else it names is told in other ways."""


def _require_needs(item: pytest.Item, access: Access, catalogue: Catalogue) -> None:
    needs = {need for identifier in identifiers(item) for need in catalogue[identifier].needs} | set(needs_of(item))
    for name, require in NEEDS.items():
        if name in needs:
            require(item, access)
    if "session" in fixtures_of(item):
        require_reader(access)
    if {"anyone", "bystander"} & set(roles_of(item)):
        require_reader(access, kept=True)


def _require_control(item: pytest.Item, access: Access) -> None:
    actions = actions_of(item)
    done = [action for action in actions if action != _WAITED_OUT]
    if done:
        access.administration.require(*done)
    if "rotate" in actions:
        for session in access.expendable:
            access.administration.require_rotation(session)


def _require_time(item: pytest.Item, access: Access) -> None:
    lasts, longest = lasts_of(item), access.target.limits.longest_wait
    if lasts > longest and not access.administration.movable:
        raise Pending(
            Reason.LONG_WAIT,
            f"needs to wait {duration(lasts)}; the target's clock cannot be moved, and this run waits"
            f" {duration(longest)} at most (--longest-wait)",
        )
