"""What a run would do: which checks, how many requests, which clients and actions, what it changes, what it leaves out."""

from __future__ import annotations

import gc
import math
import sys
from collections import Counter, defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from conformance.contract.catalogue import load_catalogue
from conformance.contract.outcomes import Outcome
from conformance.estimates import Changes, beside_checks, changes_of, requests_of, times, writes_of
from conformance.foresight import Foreseen, foresee
from conformance.plan_text import plan_text
from conformance.plugin import ConformancePlugin, collect
from conformance.suite.run import Run
from conformance.target.access import open_access
from conformance.target.administration import Administration
from conformance.target.control import open_control
from conformance.target.file import OperatorControlConfig, load_target
from conformance.target.operator import OperatorControl
from conformance.verdicts import conclude, gating_requirements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from conformance.contract.catalogue import Catalogue
    from conformance.runner import Options
    from conformance.target.access import Access
    from conformance.target.file import Target
    from conformance.verdicts import Standing

__all__ = ["Changes", "LeftOut", "Plan", "PlannedClient", "PlannedRequirement", "plan", "plan_of", "plan_text"]

ALL_ACTIONS = frozenset({"describe", "advance", "rotate", "disable", "enable", "reset"})
"""What a configured URL or command is assumed to offer."""


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
    """What would not be asked, for one and the same reason; `surely` as of `Foreseen`."""

    outcome: Outcome
    reason: str
    message: str
    requirements: tuple[str, ...]
    checks: int
    surely: bool = True


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
    writes: int
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
            "writes": self.writes,
            "longest_wait": self.longest_wait,
            "waiting": self.waiting,
            "moves_clock": self.moves_clock,
            "requirements": [_json_of(entry) | {"standing": _word(entry.standing)} for entry in self.requirements],
            "not_checkable": list(self.not_checkable),
            "clients": [_json_of(client) for client in self.clients],
            "actions": dict(self.actions),
            "changes": _json_of(self.changes)
            | {"stock": dict(self.changes.stock), "others": dict(self.changes.others)},
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
    target = load_target(target_path)
    if options.longest_wait is not None:
        target = replace(target, limits=replace(target.limits, longest_wait=options.longest_wait))
    access = _closed_access(target)
    try:
        return plan_of(access, options)
    finally:
        access.close()


def _closed_access(target: Target) -> Access:
    """Everything but the way to the target; of a configured control every action is assumed to exist."""
    access = open_access(replace(target, control=None), target.specification, lambda _exchange: None)
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
    plugin = ConformancePlugin(Run(access, "plan", examples=options.examples), catalogue, selected, lambda _event: None)
    with _keeping_everything():
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
        changes=changes_of(foreseen, access),
        checks=len(foreseen),
        asked=sum(check.asked for check in foreseen),
        requests=_rounded(requests_of(foreseen, access) + beside_checks(access)) if foreseen else 0,
        writes=_rounded(writes_of(foreseen, access)),
        longest_wait=longest,
        waiting=max(longest, _waiting_in_turn(foreseen, access)),
        moves_clock=access.administration.movable,
        best=conclude(selection, uncertain, gating).standing,
    )


@contextmanager
def _keeping_everything() -> Iterator[None]:
    """Look for no garbage among thousands of checks that are made and kept: that takes a sixth of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


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
            requests=math.ceil(requests_of(asked, access)),
            clients=tuple(dict.fromkeys(str(check.cell.client) for check in asked if check.cell and check.cell.client)),
            actions=tuple(dict.fromkeys(action for check in asked for action in check.actions)),
            lasts=max((check.effort.lasts for check in asked), default=0.0),
        )


def _clients(foreseen: Sequence[Foreseen], access: Access) -> Iterable[PlannedClient]:
    cells = Counter(cell.client for cell in {check.cell for check in foreseen if check.asked and check.cell})
    rotating, disabling = times(foreseen, "rotate"), times(foreseen, "disable")
    for client in access.target.clients:
        yield PlannedClient(
            name=client.name,
            cells=cells[client.name],
            rotated=client.expendable and rotating > 0,
            disabled=client.expendable and disabling > 0,
        )


def _actions(foreseen: Iterable[Foreseen]) -> tuple[tuple[str, int], ...]:
    """How many checks ask for each control action, those left out for want of it too."""
    return tuple(Counter(action for check in foreseen for action in check.actions).items())


def _left_out(foreseen: Iterable[Foreseen]) -> Iterable[LeftOut]:
    groups: dict[tuple[Outcome, str, str, bool], list[Foreseen]] = defaultdict(list)
    for check in foreseen:
        if not check.asked:
            groups[check.outcome, check.reason or "", check.message, check.surely].append(check)
    for (outcome, reason, message, surely), checks in groups.items():
        names = tuple(dict.fromkeys(check.requirement for check in checks))
        yield LeftOut(outcome, reason, message, names, len(checks), surely)


def _without_checks(selection: Catalogue, foreseen: Iterable[Foreseen]) -> Iterable[LeftOut]:
    asked_for = {check.requirement for check in foreseen}
    names = tuple(entry.id for entry in selection if entry.checkable and entry.id not in asked_for)
    if names:
        yield LeftOut(Outcome.NOT_RUN, "no-check", "this version of the suite has no check for it", names, 0)


def _longest_wait(foreseen: Iterable[Foreseen], access: Access) -> float:
    if access.administration.movable:
        return 0.0
    return max((check.effort.lasts for check in foreseen if check.asked), default=0.0)


def _waiting_in_turn(foreseen: Iterable[Foreseen], access: Access) -> float:
    """How long the checks wait that each need an expendable client for themselves; one client is kept for rotations."""
    if access.administration.movable:
        return 0.0
    clients = max(len(access.expendable) - 1, 1)
    return sum(check.effort.lasts for check in foreseen if check.asked and "disabling" in check.roles) / clients


def _rounded(number: float) -> int:
    """Two digits are as much as an estimate is good for."""
    if number < 100:
        return math.ceil(number)
    step = int(10 ** (int(math.log10(number)) - 1))
    return math.ceil(number / step) * step
