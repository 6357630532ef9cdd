"""Two faults at once: each is reported, or what it violates is blocked by a named cause; no third one is blamed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from conformance.contract.catalogue import load_catalogue
from conformance.contract.outcomes import Level, Outcome
from conformance.reference.faults import FAULTS
from conformance.reference.server import ReferenceServer
from conformance.selftest.trials import Asked, ask, asked_of, broken, violations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.reference.faults.fault import Fault
    from conformance.report.run import Check, Run

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PairTrial:
    """What a run against two faults found.

    `reported` holds, of each fault at work, what it violates and what failed; `explained` what was blocked instead, with
    the cause; `missed` what was neither; `idle` the faults that never got to decide.
    """

    pair: Pair
    reported: tuple[str, ...]
    explained: tuple[tuple[str, str], ...]
    missed: tuple[str, ...]
    blamed: tuple[str, ...]
    idle: tuple[str, ...]
    broken: tuple[str, ...]

    def __str__(self) -> str:
        told = [f"not noticed: {', '.join(self.missed)}"] if self.missed else []
        told += [f"blamed wrongly: {', '.join(self.blamed)}"] if self.blamed else []
        told += [f"the suite failed: {line.splitlines()[-1]}" for line in self.broken]
        return f"{' and '.join(self.pair)}: {'; '.join(told) or 'told apart'}"

    @property
    def holds(self) -> bool:
        """Whether nothing was missed, nobody blamed wrongly, and the suite did not fail."""
        return not (self.missed or self.blamed or self.broken)


def drawn_pairs(number: int, seed: int = 0) -> tuple[Pair, ...]:
    """Pairs of faults of different rules, drawn at random, half of them of one chapter, where they meet."""
    chance = random.Random(seed)  # noqa: S311 -- a sample, no secret
    pairs = [(a, b) for a, b in combinations(FAULTS.values(), 2) if a.rule is not b.rule]
    asked = {name: frozenset(asked_of(fault).patterns) for name, fault in FAULTS.items()}
    near = [(a, b) for a, b in pairs if not asked[a.name].isdisjoint(asked[b.name])]
    drawn = [*chance.sample(near, number // 2), *chance.sample(pairs, number - number // 2)]
    return tuple(dict.fromkeys((first.name, second.name) for first, second in drawn))


def try_pair(pair: Pair) -> PairTrial:
    """Run the suite against the reference server with two faults: what touches either."""
    faults = [FAULTS[name] for name in pair]
    asked = _both(*map(asked_of, faults))
    with ReferenceServer(faults=pair) as server:
        run, _, trouble = ask(server, asked)
        idle = tuple(name for name in pair if not server.fault_was_active(name))
    named = {requirement for fault in faults for requirement in fault.violates}
    excused = named | {requirement for fault in faults for requirement in fault.follows}
    musts = {entry.id for entry in run.catalogue if entry.level is Level.MUST}
    violated = violations(run, named)
    explained = {name: cause for name in named - set(violated) for cause in _causes(run, name)}
    return PairTrial(
        pair=pair,
        reported=tuple(sorted(named & set(violated))),
        explained=tuple(sorted(explained.items())),
        missed=tuple(sorted(_missed([it for it in faults if it.name not in idle], {*violated, *explained}))),
        blamed=tuple(sorted(set(violated) & musts - excused)),
        idle=idle,
        broken=broken(run, trouble),
    )


def _both(first: Asked, second: Asked) -> Asked:
    wanted = {*first.patterns, *second.patterns}
    resources = tuple(dict.fromkeys((*first.resources, *second.resources)))
    return Asked(tuple(name for name in load_catalogue().ids if name in wanted), resources)


def _missed(faults: list[Fault], told: set[str]) -> Iterator[str]:
    for fault in faults:
        yield from (name for name in fault.violates if name not in told)


def _causes(run: Run, requirement: str) -> Iterator[str]:
    """By what the checks of a requirement were blocked, if there was a failure at all that could have done it."""
    own: list[Check] = [check for check in run.checks if check.requirement == requirement]
    yield from (check.cause for check in own if check.outcome is Outcome.BLOCKED and check.cause is not None)
