"""One trial: the suite against the reference server with no, one or several faults, and what it found."""

from __future__ import annotations

import io
import tempfile
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.contract.outcomes import Level, Outcome
from conformance.narrator import Narrator
from conformance.reference.server import ReferenceServer
from conformance.reference.target_file import RESOURCES
from conformance.runner import Options, run_suite
from conformance.selftest.touched import concerned, related
from conformance.suite.run import DEFAULT_EXAMPLES
from conformance.verdicts import followed_failures

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from conformance.reference.dialects import Dialect
    from conformance.reference.faults.fault import Fault
    from conformance.report.run import Check, Run


class Result(StrEnum):
    """What a trial proves; each member's `sentence` says what it means."""

    sentence: str

    def __new__(cls, code: str, sentence: str) -> Result:
        """Make a member of its code and its sentence."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.sentence = sentence
        return member

    KILLED = "killed", "every requirement that the fault violates failed for the expected reason, and no other must did"
    SURVIVED = "survived", "a requirement that the fault violates did not fail"
    WRONG_REASON = "wrong-reason", "a requirement failed, but for another reason than the expected one"
    WRONG_BLAME = "wrong-blame", "a must-requirement failed that the fault does not violate"
    INACTIVE = "inactive", "the faulty rule never decided otherwise than the right one"
    BROKEN = "broken", "the suite itself failed, so that nothing is proved"


@dataclass(frozen=True, slots=True)
class Violation:
    """How a violated requirement showed: reason codes, checks that failed, the lines of the suite that asked."""

    reasons: tuple[str, ...]
    checks: tuple[str, ...]
    asserted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked in a trial: requirements (none: all), resources, if not all which checks, and how much at random."""

    patterns: tuple[str, ...] = ()
    resources: tuple[str, ...] = tuple(RESOURCES)
    checks: tuple[str, ...] = ()
    examples: int = DEFAULT_EXAMPLES


@dataclass(frozen=True, slots=True)
class Trial:
    """What a run against one fault found; `violated` holds only what does not follow from something else."""

    fault: str
    named: tuple[str, ...]
    expected: tuple[str, ...]
    exit: int
    active: bool
    violated: Mapping[str, Violation]
    follows: tuple[str, ...]
    musts: frozenset[str]
    broken: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def survived(self) -> tuple[str, ...]:
        """Requirements that the fault violates and that did not fail."""
        return tuple(name for name in self.named if name not in self.violated)

    @property
    def unexpected(self) -> dict[str, tuple[str, ...]]:
        """Requirements that failed without one of the expected reason codes, and the codes that came instead."""
        named = {name: self.violated[name].reasons for name in self.named if name in self.violated}
        return {name: reasons for name, reasons in named.items() if not set(reasons) & set(self.expected)}

    @property
    def blamed(self) -> tuple[str, ...]:
        """Must-requirements that failed and that the fault does not violate."""
        excused = {*self.named, *self.follows}
        return tuple(name for name in self.violated if name in self.musts and name not in excused)

    @property
    def result(self) -> Result:
        """What the trial proves: the worst that can be said of it."""
        if self.broken:
            return Result.BROKEN
        if not self.active:
            return Result.INACTIVE
        if self.survived:
            return Result.SURVIVED
        if self.unexpected:
            return Result.WRONG_REASON
        return Result.WRONG_BLAME if self.blamed else Result.KILLED


def asked_of(fault: Fault) -> Asked:
    """What is asked where the ordinary matrix tries a fault: what touches its chapter."""
    return Asked(related(fault.violates), concerned(fault))


def try_fault(fault: Fault, asked: Asked | None = None) -> Trial:
    """Run the suite against the reference server with one fault; None asks what touches the fault."""
    began = time.monotonic()
    asked = asked or asked_of(fault)
    with ReferenceServer(faults=(fault.name,)) as server:
        run, exit_status, trouble = ask(server, asked)
        active = server.fault_was_active(fault.name)
    return Trial(
        fault=fault.name,
        named=fault.violates,
        expected=fault.seen_as,
        exit=exit_status,
        active=active,
        follows=fault.follows,
        violated=violations(run, fault.violates),
        musts=frozenset(entry.id for entry in run.catalogue if entry.level is Level.MUST),
        broken=broken(run, trouble),
        seconds=time.monotonic() - began,
    )


def try_control(asked: Asked) -> tuple[str, ...]:
    """Run the same against the faultless server; what did not pass, which must be nothing."""
    with ReferenceServer() as server:
        run, _, trouble = ask(server, asked)
    wrong = [check for check in run.checks if check.outcome in NO_PASS]
    return (*trouble, *(f"{check.id}: {check.outcome}: {check.message}" for check in wrong))


NO_PASS = {Outcome.FAIL, Outcome.INCONCLUSIVE, Outcome.BLOCKED, Outcome.PENDING, Outcome.SUITE_ERROR}


def try_dialect(dialect: str | Dialect, patterns: tuple[str, ...] = ()) -> tuple[Run, int, tuple[str, ...]]:
    """Run the suite against the faultless reference server in a dialect."""
    with ReferenceServer(dialect=dialect) as server:
        return run_against(server, patterns)


def run_against(
    server: ReferenceServer, patterns: tuple[str, ...], resources: Collection[str] = RESOURCES
) -> tuple[Run, int, tuple[str, ...]]:
    """Ask a running reference server some requirements, as globs, over some resources; see `ask`."""
    return ask(server, Asked(patterns, tuple(resources)))


def ask(server: ReferenceServer, asked: Asked) -> tuple[Run, int, tuple[str, ...]]:
    """Run the suite against a running reference server; the finished run, its exit status, trouble of the suite's own."""
    with tempfile.TemporaryDirectory(prefix="conformance-") as folder:
        target = server.write_target(Path(folder) / "reference.toml", asked.resources)
        options = Options(
            requirements=asked.patterns,
            out=Path(folder) / "run",
            examples=asked.examples,
            checks=asked.checks,
            formats=(),
        )
        finished = run_suite(target, options, Narrator(io.StringIO(), quiet=True))
        if finished.run is None:
            raise RuntimeError(f"the run ended with {finished.exit}: {'; '.join(finished.trouble)}")
        # What the run's folder holds is read before the folder goes.
        len(finished.run.exchanges)
        return finished.run, finished.exit, finished.trouble


def violations(run: Run, named: Collection[str]) -> dict[str, Violation]:
    """What failed, by requirement, without what follows from other failures; what is named never follows."""
    follows = followed_failures(run.selection, run.checks, run.gating)
    failed: dict[str, list[Check]] = {}
    for check in run.checks:
        if check.outcome is Outcome.FAIL and (check.requirement in named or check.requirement not in follows):
            failed.setdefault(check.requirement, []).append(check)
    return {
        name: Violation(
            reasons=_different(str(check.reason) for check in checks),
            checks=_different(check.id for check in checks),
            asserted=_different(check.where or "" for check in checks),
        )
        for name, checks in failed.items()
    }


def _different(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(texts)))


def broken(run: Run, trouble: tuple[str, ...]) -> tuple[str, ...]:
    """What went wrong with the suite itself."""
    return trouble + tuple(check.id for check in run.checks if check.outcome is Outcome.SUITE_ERROR)
