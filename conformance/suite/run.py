"""What the suite knows of the run that it is part of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from conformance.contract.outcomes import Reason
from conformance.errors import NotRun

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.contract.outcomes import Outcome
    from conformance.target.access import Access
    from conformance.target.timeline import Play


DEFAULT_EXAMPLES = 10
"""Requests drawn at random, for each operation and of each kind, and steps of each walk, where nobody says how many."""


def silent(_name: str, _seconds: float) -> None:
    """Tell nobody what is waited for."""


@dataclass(slots=True)
class Run:
    """One run: its short identifier, its seed, how much is drawn at random, whom to tell what is waited for."""

    access: Access
    identifier: str
    seed: int = 0
    examples: int = DEFAULT_EXAMPLES
    announce: Callable[[str, float], None] = silent
    plays: dict[str, Play] = field(default_factory=dict)


RUN = pytest.StashKey[Run]()


def require_examples(run: Run) -> int:
    """How much is drawn at random; raises NotRun where that is nothing."""
    if run.examples == 0:
        raise NotRun(Reason.BUDGET, "--examples 0 leaves out what is drawn at random")
    return run.examples


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found about one of several requirements that it asks for."""

    requirement: str
    outcome: Outcome
    message: str = ""
    reason: Reason | None = None
    exchanges: tuple[int, ...] = ()
    expected: str | None = None
    observed: str | None = None


@dataclass(slots=True)
class Ledger:
    """Where a check that asks for several requirements at once writes what it found about each."""

    findings: list[Finding] = field(default_factory=list)

    def note(self, finding: Finding) -> None:
        """Write one finding down; a requirement may have several, the worst counts first."""
        self.findings.append(finding)
