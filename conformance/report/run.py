"""A run as frozen values: what its log says, nothing concluded yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from conformance.contract.catalogue import Requirement
    from conformance.contract.outcomes import Level, Outcome
    from conformance.contract.readings import Reading
    from conformance.report.gate import Gate
    from conformance.teeth import Teeth
    from conformance.verdicts import Standing

EMPTY: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True, order=True)
class Observation:
    """What the target was seen to do where the documentation leaves it open."""

    name: str
    value: str
    exchange: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Check:
    """One finished check; `question` is what was asked of the target, `where` the check's place in the suite."""

    id: str
    requirement: str
    level: Level
    outcome: Outcome
    reason: str | None = None
    message: str = ""
    exchanges: tuple[int, ...] = ()
    seconds: float = 0.0
    statement: str | None = None
    question: str | None = None
    where: str | None = None
    expected: str | None = None
    observed: str | None = None
    cause: str | None = None
    cell: Mapping[str, object] = field(default_factory=lambda: EMPTY)
    observations: tuple[Observation, ...] = ()

    @property
    def kind(self) -> str | None:
        """The kind of matrix cell; None outside the matrix."""
        kind = self.cell.get("kind")
        return kind if isinstance(kind, str) else None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, secrets replaced by tags; `status` is None where no answer came, `error` says why."""

    id: int
    client: str | None
    sent: str | None
    seconds: float
    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    status: int | None = None
    response_headers: tuple[tuple[str, str], ...] = ()
    response_body: str | None = None
    error: str | None = None
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class End:
    """The last line of a finished run: what the run itself concluded; `exit` is the exit status that its gate gave."""

    finished: str
    seconds: float
    standing: Standing
    exit: int
    passed: int
    exercised: int
    required: int
    verdicts: Mapping[str, Outcome]
    observations: tuple[Observation, ...] = ()
    gate: Gate | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """What the log says of the target: `ca_file` holds its own authority's certificate, `overlay` names its extensions.

    `overlay_hash` is the SHA-256 of what the overlay held, `resources` are those that the target declares, `file` is the
    target file as it lies below the folder that the run was started from.
    """

    name: str
    base_url: str
    ca_file: str | None = None
    overlay: str | None = None
    overlay_hash: str | None = None
    resources: tuple[str, ...] = ()
    file: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """Everything that a run left behind; without `end` it is incomplete."""

    folder: Path
    id: str
    started: str
    suite: str
    target: Target
    seed: int
    gate: Level
    profiles: tuple[str, ...]
    patterns: tuple[str, ...]
    gating: tuple[str, ...]
    catalogue: tuple[Requirement, ...]
    clients: tuple[Mapping[str, object], ...]
    environment: Mapping[str, object]
    checks: tuple[Check, ...]
    end: End | None
    exchanges: Mapping[int, Exchange]
    readings: tuple[Reading, ...] = ()
    examples: int | None = None
    teeth: Teeth | None = None

    @property
    def complete(self) -> bool:
        """Whether the run came to its own end."""
        return self.end is not None

    @property
    def selection(self) -> tuple[Requirement, ...]:
        """The requirements of the catalogue that this run selected, as `run --profile --requirement` says."""
        return tuple(
            entry
            for entry in self.catalogue
            if (not self.profiles or entry.profile in self.profiles)
            and (not self.patterns or any(fnmatchcase(entry.id, pattern) for pattern in self.patterns))
        )
