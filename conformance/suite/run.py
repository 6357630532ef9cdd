"""What the suite knows of the run that it is part of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.contract.outcomes import Outcome, Reason
    from conformance.target.access import Access
    from conformance.target.timeline import Play


def silent(_name: str, _seconds: float) -> None:
    """Tell nobody what is waited for."""


@dataclass(slots=True)
class Run:
    """One run: its short identifier, its seed, whom to tell what is waited for."""

    access: Access
    identifier: str
    seed: int = 0
    announce: Callable[[str, float], None] = silent
    plays: dict[str, Play] = field(default_factory=dict)


RUN = pytest.StashKey[Run]()


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
