"""Many runs over time: when each requirement was first seen violated and last met, and which checks come and go."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.contract.outcomes import Outcome
from conformance.errors import RunLogError, UsageError
from conformance.report.earlier import DECIDED
from conformance.report.findings import find
from conformance.report.log import RUN_LOG, read_run

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.contract.catalogue import Requirement
    from conformance.report.findings import Findings
    from conformance.verdicts import Numbers

FLAPPING = 2
"""How often something must have begun to be violated to flap: once may be a defect that was repaired."""


@dataclass(frozen=True, slots=True)
class Column:
    """One run of a history, with no more than a history needs of it."""

    run: str
    folder: Path
    started: str
    suite: str
    word: str
    exit: int | None
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class Turn:
    """The number (from 0) of the run in which something was met or violated anew, and which of the two."""

    column: int
    outcome: Outcome


@dataclass(slots=True)
class Course:
    """What one requirement, or one check, went through: the turns among the runs that decided it."""

    turns: list[Turn] = field(default_factory=list)
    last_pass: int | None = None

    def add(self, column: int, outcome: Outcome) -> None:
        """Note what a run found; what it did not decide is no turn."""
        if outcome is Outcome.PASS:
            self.last_pass = column
        if outcome in DECIDED and (not self.turns or self.turns[-1].outcome is not outcome):
            self.turns.append(Turn(column, outcome))

    @property
    def flaps(self) -> bool:
        """Whether it goes to and fro: it was violated, met, and violated again."""
        return sum(turn.outcome is Outcome.FAIL for turn in self.turns) >= FLAPPING

    @property
    def first_violated(self) -> int | None:
        """The first run that found it violated."""
        return next((turn.column for turn in self.turns if turn.outcome is Outcome.FAIL), None)

    @property
    def violated_since(self) -> int | None:
        """The run since which it is violated, if that is what the last run that decided it found."""
        return self.turns[-1].column if self.turns and self.turns[-1].outcome is Outcome.FAIL else None


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement over all runs; `verdicts` has None for a run that did not ask for it."""

    requirement: Requirement
    required: bool
    verdicts: tuple[Outcome | None, ...]
    course: Course

    @property
    def is_telling(self) -> bool:
        """Whether a reader wants to see it: it was violated at least once."""
        return self.course.first_violated is not None


@dataclass(frozen=True, slots=True)
class History:
    """The runs against one target, by its name, in the order in which they started; `flapping` holds checks by id."""

    target: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    flapping: tuple[tuple[str, Course], ...]

    @property
    def telling(self) -> tuple[Row, ...]:
        """The rows to show: violated now first, then those that were; required ones first."""
        shown = [row for row in self.rows if row.is_telling]
        return tuple(sorted(shown, key=lambda row: (row.course.violated_since is None, not row.required)))


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A run folder that was left out, and why."""

    folder: Path
    why: str


@dataclass(frozen=True, slots=True)
class Histories:
    """What a folder of runs holds: one history for each target, and what could not be read."""

    folder: Path
    targets: tuple[History, ...]
    unreadable: tuple[Unreadable, ...]


@dataclass(slots=True)
class _Gathered:
    """A history under construction: runs are let go of as soon as they are noted."""

    columns: list[Column] = field(default_factory=list)
    requirements: dict[str, Requirement] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    verdicts: list[dict[str, Outcome]] = field(default_factory=list)
    checks: dict[str, Course] = field(default_factory=dict)

    def add(self, findings: Findings) -> None:
        run, at = findings.run, len(self.columns)
        self.columns.append(
            Column(
                run.id, run.folder, run.started, run.suite, findings.word, findings.exit, findings.conclusion.numbers
            )
        )
        self.verdicts.append(dict(findings.conclusion.verdicts))
        self.requirements |= {name: findings.requirements[name] for name in findings.conclusion.results}
        self.required = self.required - findings.conclusion.results.keys() | {*findings.conclusion.gating}
        for check in run.checks:
            if check.outcome in DECIDED:
                self.checks.setdefault(check.id, Course()).add(at, check.outcome)

    def history(self, target: str) -> History:
        flapping = [(name, course) for name, course in self.checks.items() if course.flaps]
        return History(target, tuple(self.columns), tuple(map(self._row, self.requirements)), tuple(flapping))

    def _row(self, name: str) -> Row:
        verdicts = tuple(found.get(name) for found in self.verdicts)
        course = Course()
        for column, outcome in enumerate(verdicts):
            if outcome is not None:
                course.add(column, outcome)
        return Row(self.requirements[name], name in self.required, verdicts, course)


def read_histories(folder: Path | str) -> Histories:
    """Read all runs in a folder of run folders, the oldest first.

    A run that cannot be read is left out and named. Raises UsageError where there is no folder, or no run to read.
    """
    place = Path(folder)
    if not place.is_dir():
        raise UsageError(f"{place}: is no folder; name the one that holds the run folders, such as reports")
    gathered: dict[str, _Gathered] = {}
    unreadable = []
    for run_folder in _in_order(place):
        try:
            run = read_run(run_folder)
        except RunLogError as error:
            unreadable.append(Unreadable(run_folder, str(error)))
        else:
            gathered.setdefault(run.target.name, _Gathered()).add(find(run))
    if not gathered:
        if (place / RUN_LOG).is_file():
            raise UsageError(f"{place}: is the folder of one run; name the one that it lies in")
        told = "".join(f"\n{left.why}" for left in unreadable)
        raise UsageError(f"{place}: holds no run that can be read; name the folder that holds the run folders{told}")
    return Histories(place, tuple(found.history(name) for name, found in gathered.items()), tuple(unreadable))


def _in_order(place: Path) -> Iterable[Path]:
    """Give the run folders by the start of their runs; one that does not say it comes first."""
    try:
        found = [child for child in place.iterdir() if (child / RUN_LOG).is_file()]
    except OSError as error:
        raise UsageError(f"{place}: cannot be read ({error.strerror}); check who may read it") from error
    return sorted(found, key=lambda child: (_started(child / RUN_LOG), child.name))


def _started(log: Path) -> str:
    try:
        with log.open("rb") as file:
            first = json.loads(file.readline())
    except (OSError, ValueError, RecursionError):
        return ""
    return str(first.get("started", "")) if isinstance(first, dict) else ""
