"""What a run would do: which checks, how many requests, which clients and actions, what it changes, what it leaves out."""

from __future__ import annotations

import math
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from conformance.contract.catalogue import load_catalogue
from conformance.contract.outcomes import Outcome
from conformance.contract.specification import load_specification
from conformance.foresight import Foreseen, declared_warehouses, foresee, objects_of
from conformance.plan_text import plan_text
from conformance.plugin import ConformancePlugin, collect
from conformance.suite.cells import Kind
from conformance.suite.run import Run
from conformance.target.access import open_access
from conformance.target.administration import Administration
from conformance.target.control import open_control
from conformance.target.file import OperatorControlConfig, load_target
from conformance.target.operator import OperatorControl
from conformance.verdicts import conclude, gating_requirements

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from conformance.contract.catalogue import Catalogue
    from conformance.contract.specification import Specification
    from conformance.runner import Options
    from conformance.target.access import Access
    from conformance.target.file import Target
    from conformance.verdicts import Standing

__all__ = ["Changes", "LeftOut", "Plan", "PlannedClient", "PlannedRequirement", "plan", "plan_of", "plan_text"]

ALL_ACTIONS = frozenset({"describe", "advance", "rotate", "disable", "enable", "reset"})
"""What a configured URL or command is assumed to offer."""

# What a run sends besides its checks: the preflight, the search for what the target holds.
_PREFLIGHT = 3
_READ_PER_WAREHOUSE = 4
# What one write costs beside itself: it is prepared, and what it would change is read before and after it.
_BESIDE_A_REFUSED_WRITE = 1.3
_BESIDE_AN_ALLOWED_WRITE = 4
# A scenario on the timeline takes its client's account back, or proves it, besides what it asks.
_BESIDE_A_DISABLING = 4


@dataclass(frozen=True, slots=True)
class PlannedRequirement:
    """What would be asked about one requirement; `standing` is the best verdict that it can get, `lasts` in seconds."""

    id: str
    level: str
    gating: bool
    standing: Outcome
    checks: int
    asked: int
    requests: int
    clients: tuple[str, ...]
    actions: tuple[str, ...]
    lasts: float


@dataclass(frozen=True, slots=True)
class PlannedClient:
    """What one client would be used for; `cells` counts the requests of its own that the matrix asks about."""

    name: str
    cells: int
    rotated: bool
    disabled: bool


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What would not be asked, for one and the same reason."""

    outcome: Outcome
    reason: str
    message: str
    requirements: tuple[str, ...]
    checks: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What a run would change on the target, as far as the target behaves; all of it is put back but the stock."""

    items: int = 0
    holds: int = 0
    stock: tuple[tuple[str, int], ...] = ()
    rotating: int = 0
    disabling: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """A run before it starts.

    `longest_wait` and `waiting` (in all) are seconds that are really waited: 0 where the target's clock can be moved.
    """

    target: Target
    profiles: tuple[str, ...]
    patterns: tuple[str, ...]
    requirements: tuple[PlannedRequirement, ...]
    not_checkable: tuple[str, ...]
    clients: tuple[PlannedClient, ...]
    actions: tuple[tuple[str, int], ...]
    left_out: tuple[LeftOut, ...]
    changes: Changes
    checks: int
    asked: int
    requests: int
    longest_wait: float
    waiting: float
    moves_clock: bool
    best: Standing

    def as_json(self) -> dict[str, Any]:
        """Give the plan as a JSON object."""
        return {
            "schema": 1,
            "target": {"name": self.target.name, "base_url": self.target.base_url, "file": str(self.target.path)},
            "selection": {"profiles": list(self.profiles), "requirements": list(self.patterns)},
            "best": {"conclusion": str(self.best), "exit": self.best.exit},
            "checks": self.checks,
            "asked": self.asked,
            "requests": self.requests,
            "longest_wait": self.longest_wait,
            "waiting": self.waiting,
            "moves_clock": self.moves_clock,
            "requirements": [_json_of(entry) | {"standing": _word(entry.standing)} for entry in self.requirements],
            "not_checkable": list(self.not_checkable),
            "clients": [_json_of(client) for client in self.clients],
            "actions": dict(self.actions),
            "changes": _json_of(self.changes) | {"stock": dict(self.changes.stock)},
            "left_out": [_json_of(group) for group in self.left_out],
        }


def _json_of(value: Any) -> dict[str, Any]:
    fields = {name: getattr(value, name) for name in value.__slots__}
    return {name: list(content) if isinstance(content, tuple) else content for name, content in fields.items()}


def _word(standing: Outcome) -> str:
    return "asked" if standing is Outcome.PASS else str(standing)


def plan(target_path: Path, options: Options) -> Plan:
    """Plan a run against a target, which need not be up: nothing is sent and no name is resolved.

    Raises UsageError (selection, target file).
    """
    specification = load_specification()
    target = load_target(target_path, specification)
    if options.longest_wait is not None:
        target = replace(target, limits=replace(target.limits, longest_wait=options.longest_wait))
    access = _closed_access(target, specification)
    try:
        return plan_of(access, options)
    finally:
        access.close()


def _closed_access(target: Target, specification: Specification) -> Access:
    """Everything but the way to the target; of a configured control every action is assumed to exist."""
    access = open_access(replace(target, control=None), specification, lambda _exchange: None)
    config = target.control
    if config is None:
        return access
    asked_by_hand = isinstance(config, OperatorControlConfig)
    actions = OperatorControl.OFFERED if asked_by_hand else ALL_ACTIONS
    control = (
        OperatorControl(sys.stdin, sys.stderr) if asked_by_hand else open_control(config, target, access.wire.http)
    )
    administration = Administration(control, actions, access.wire, access.store)
    return replace(access, target=target, control=control, administration=administration)


def plan_of(access: Access, options: Options) -> Plan:
    """Plan a run by what is declared and by the control actions that are known; asks nothing.

    Raises UsageError (selection).
    """
    catalogue = load_catalogue()
    selection = catalogue.select(options.profiles, options.requirements)
    selected = frozenset(selection.ids)
    plugin = ConformancePlugin(Run(access, "plan"), catalogue, selected, lambda _event: None)
    foreseen = tuple(foresee(collect(plugin), access, catalogue, selected))
    gating = gating_requirements(selection, profiles=options.profiles, gate=options.gate)
    longest = _longest_wait(foreseen, access)
    uncertain = [replace(check, outcome=Outcome.PASS, reason=None) if not check.surely else check for check in foreseen]
    return Plan(
        target=access.target,
        profiles=options.profiles,
        patterns=options.requirements,
        requirements=tuple(_requirements(selection, foreseen, gating, access)),
        not_checkable=tuple(entry.id for entry in selection if not entry.checkable),
        clients=tuple(_clients(foreseen, access)),
        actions=_actions(foreseen),
        left_out=(*_left_out(foreseen), *_without_checks(selection, foreseen)),
        changes=_changes(foreseen, access),
        checks=len(foreseen),
        asked=sum(check.asked for check in foreseen),
        requests=_rounded(_requests(foreseen, access) + _besides(access)) if foreseen else 0,
        longest_wait=longest,
        waiting=max(longest, _waiting_in_turn(foreseen, access)),
        moves_clock=access.administration.movable,
        best=conclude(selection, uncertain, gating).standing,
    )


# --- the parts ---


def _requirements(
    selection: Catalogue, foreseen: Sequence[Foreseen], gating: Sequence[str], access: Access
) -> Iterable[PlannedRequirement]:
    results = conclude(selection, foreseen, gating).results
    own: dict[str, list[Foreseen]] = defaultdict(list)
    for check in foreseen:
        own[check.requirement].append(check)
    for name, result in results.items():
        asked = [check for check in own[name] if check.asked]
        yield PlannedRequirement(
            id=name,
            level=str(selection[name].level),
            gating=name in gating,
            standing=result.verdict,
            checks=result.checks,
            asked=len(asked),
            requests=math.ceil(_requests(asked, access)),
            clients=tuple(dict.fromkeys(str(check.cell.client) for check in asked if check.cell and check.cell.client)),
            actions=tuple(dict.fromkeys(action for check in asked for action in check.actions)),
            lasts=max((check.lasts for check in asked), default=0.0),
        )


def _clients(foreseen: Sequence[Foreseen], access: Access) -> Iterable[PlannedClient]:
    cells = Counter(cell.client for cell in {check.cell for check in foreseen if check.asked and check.cell})
    rotating, disabling = _times(foreseen, "rotate"), _times(foreseen, "disable")
    for client in access.target.clients:
        yield PlannedClient(
            name=client.name,
            cells=cells[client.name],
            rotated=client.expendable and rotating > 0,
            disabled=client.expendable and disabling > 0,
        )


def _times(foreseen: Iterable[Foreseen], action: str) -> int:
    return sum(check.asked and action in check.actions for check in foreseen)


def _actions(foreseen: Iterable[Foreseen]) -> tuple[tuple[str, int], ...]:
    """How many checks ask for each control action, those left out for want of it too."""
    return tuple(Counter(action for check in foreseen for action in check.actions).items())


def _left_out(foreseen: Iterable[Foreseen]) -> Iterable[LeftOut]:
    groups: dict[tuple[Outcome, str, str], list[Foreseen]] = defaultdict(list)
    for check in foreseen:
        if not check.asked:
            groups[check.outcome, check.reason or "", check.message].append(check)
    for (outcome, reason, message), checks in groups.items():
        names = tuple(dict.fromkeys(check.requirement for check in checks))
        yield LeftOut(outcome, reason, message, names, len(checks))


def _without_checks(selection: Catalogue, foreseen: Iterable[Foreseen]) -> Iterable[LeftOut]:
    asked_for = {check.requirement for check in foreseen}
    names = tuple(entry.id for entry in selection if entry.checkable and entry.id not in asked_for)
    if names:
        yield LeftOut(Outcome.NOT_RUN, "no-check", "this version of the suite has no check for it", names, 0)


def _longest_wait(foreseen: Iterable[Foreseen], access: Access) -> float:
    if access.administration.movable:
        return 0.0
    return max((check.lasts for check in foreseen if check.asked), default=0.0)


def _waiting_in_turn(foreseen: Iterable[Foreseen], access: Access) -> float:
    """How long the checks wait that each need an expendable client for themselves; one client is kept for rotations."""
    if access.administration.movable:
        return 0.0
    clients = max(len(access.expendable) - 1, 1)
    return sum(check.lasts for check in foreseen if check.asked and "disabling" in check.roles) / clients


# --- estimates ---


def _requests(foreseen: Iterable[Foreseen], access: Access) -> float:
    """About how many requests the asked ones of these checks take; a cell is asked once, whoever asks about it."""
    asked = [check for check in foreseen if check.asked]
    direct = sum({check.item: check.sends for check in asked if check.cell is None or check.sends > 2}.values())
    disabling = _BESIDE_A_DISABLING * _times(asked, "disable")
    cells = {check.cell for check in asked if check.cell is not None}
    writes = {cell for cell in cells if access.specification[cell.operation].is_write}
    allowed = {cell for cell in writes if cell.kind == Kind.GRANTED}
    controls = _controls(cells, access)
    writing = (len(writes) - len(allowed)) * (1 + _BESIDE_A_REFUSED_WRITE) + len(allowed) * (
        1 + _BESIDE_AN_ALLOWED_WRITE
    )
    return direct + disabling + len(cells - writes) + writing + controls


def _controls(cells: Iterable[Any], access: Access) -> float:
    """About how many requests the controls of these cells take, one for each operation and object."""
    operations = access.specification
    objects = {objects_of(cell, operations[cell.operation]) for cell in cells if cell.kind != Kind.GRANTED}
    return sum(1 + _BESIDE_AN_ALLOWED_WRITE * operations[label].is_write for label, _ in objects)


def _besides(access: Access) -> int:
    warehouses = len(declared_warehouses(access)) or 1
    return _PREFLIGHT + 2 * len(access.target.clients) + _READ_PER_WAREHOUSE * warehouses


def _rounded(number: float) -> int:
    """Two digits are as much as an estimate is good for."""
    if number < 100:
        return math.ceil(number)
    step = int(10 ** (int(math.log10(number)) - 1))
    return math.ceil(number / step) * step


def _changes(foreseen: Sequence[Foreseen], access: Access) -> Changes:
    writes = _allowed_writes(foreseen, access)
    return Changes(
        items=_items(writes, foreseen),
        holds=writes.get("POST /Location/Hold", 0) + writes.get("POST /Location/Release", 0),
        stock=tuple((label, number) for label, number in writes.items() if label in access.target.examples),
        rotating=_times(foreseen, "rotate"),
        disabling=_times(foreseen, "disable"),
    )


def _allowed_writes(foreseen: Iterable[Foreseen], access: Access) -> Mapping[str, int]:
    """How many writes of each operation would succeed: those of clients that may, and the controls of the others."""
    cells = {check.cell for check in foreseen if check.asked and check.cell is not None}
    writes = {cell for cell in cells if access.specification[cell.operation].is_write}
    objects = {objects_of(cell, access.specification[cell.operation]) for cell in writes if cell.kind != Kind.GRANTED}
    granted = [cell.operation for cell in writes if cell.kind == Kind.GRANTED]
    numbers = Counter([label for label, _ in objects] + granted)
    return {label: numbers[label] for label in access.specification.labels if numbers[label]}


def _items(writes: Mapping[str, int], foreseen: Iterable[Foreseen]) -> int:
    """Those created to be created, two to be changed, one to be discontinued each time."""
    sweeping = any(check.asked and "workshop" in check.roles for check in foreseen)
    created = writes.get("POST /Item", 0) + 1 if "POST /Item" in writes or sweeping else 0
    changed = 2 if "PUT /Item" in writes or sweeping else 0
    return created + changed + writes.get("DELETE /Item/{item}", 0) + sweeping
