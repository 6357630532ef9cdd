"""What a run's gate made of its verdicts, with an earlier run or waivers at hand; how the reports say it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from conformance.report.wording import counted, listing
from conformance.verdicts import OPEN, Standing, gate_verdicts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.report.run import Check, Run
    from conformance.report.waivers.waivers import Waived

_NAMES = 4
_LISTS = ("counted", "known", "lost", "problems", "warnings")


@dataclass(frozen=True, slots=True)
class Gate:
    """What decided the exit status of a run; without a baseline and without waivers that is its conclusion alone.

    `counted` and `known` hold ids of failed checks of what is required: those that the gate counts, and those that the
    baseline (a run's id) had already; `lost` names required requirements that the baseline decided and this run did not.
    `problems` are of waivers and fail the gate; `warnings` do not. `waived` is None where no waivers were given.
    """

    exit: int
    baseline: str | None = None
    waived: tuple[Waived, ...] | None = None
    counted: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def ruled(self) -> bool:
        """Whether a baseline or waivers had a say."""
        return self.baseline is not None or self.waived is not None

    def as_event(self) -> dict[str, Any]:
        """Give what the end of the log holds of it; nothing where the conclusion alone decided."""
        if not self.ruled:
            return {}
        lists = {name: list(getattr(self, name)) for name in _LISTS}
        told: dict[str, Any] = {"gate_result": {"satisfied": not self.exit, **lists}}
        if self.baseline is not None:
            told["baseline"] = self.baseline
        if self.waived is not None:
            told["waived"] = [asdict(entry) | {"checks": list(entry.checks)} for entry in self.waived]
        return told


def gate_of(run: Run) -> Gate | None:
    """Give what a baseline or waivers made of a finished run; None where its conclusion alone decided."""
    gate = run.end.gate if run.end is not None else None
    return gate if gate is not None and gate.ruled else None


def gate_sentence(run: Run) -> str:
    """Say what the gate made of a run, in one sentence; empty where its conclusion alone decided."""
    gate = gate_of(run)
    if gate is None:
        return ""
    verdict = f"not satisfied (exit {gate.exit})" if gate.exit else "satisfied"
    return f"{verdict}: {'; '.join(_parts(gate, run))}"


def gate_clause(run: Run) -> str:
    """Give the same as a clause to hang on another sentence: `; gate satisfied: ...`."""
    sentence = gate_sentence(run)
    return f"; gate {sentence}" if sentence else ""


def _parts(gate: Gate, run: Run) -> Iterator[str]:
    new = _requirements(run, gate.counted)
    names = f" ({listing(new, _NAMES)})" if new else ""
    if gate.baseline is None:
        yield f"{counted(len(new), 'violation')} not waived{names}" if new else "no violation that is not waived"
    else:
        found = counted(len(new), "new violation") if new else "no new violation"
        known = _requirements(run, gate.known)
        yield f"against baseline {gate.baseline} {found}{names}" + (f", {len(known)} known" if known else "")
    if gate.waived:
        waived = dict.fromkeys(entry.requirement for entry in gate.waived)
        yield f"{counted(len(waived), 'requirement')} waived"
    if gate.problems:
        yield f"{counted(len(gate.problems), 'problem')} with waivers"
    if gate.lost:
        yield f"{counted(len(gate.lost), 'requirement')} decided there and not here ({listing(gate.lost, _NAMES)})"
    if gate.exit == Standing.INVALID.exit:
        yield "the run says nothing about the target"
    elif gate.exit and not new and not gate.problems:
        undecided = _left_open(gate, run)
        told = f" ({listing(undecided, _NAMES)})" if undecided else ""
        yield f"what is required was not all exercised and decided{told}, which neither a baseline nor a waiver excuses"


def _left_open(gate: Gate, run: Run) -> tuple[str, ...]:
    """Name what is required and not decided, also where an excused failure is all that was told of it."""
    excused = {*gate.known, *(check for entry in gate.waived or () for check in entry.checks)}
    verdicts = gate_verdicts(run.gating, run.checks, excused)
    return tuple(name for name, verdict in verdicts.items() if verdict in OPEN)


def _requirements(run: Run, checks: Iterable[str]) -> tuple[str, ...]:
    of = {check.id: check.requirement for check in run.checks}
    return tuple(dict.fromkeys(of.get(name, name) for name in checks))


def waiver_marks(run: Run, failures: Iterable[Check]) -> tuple[str, ...]:
    """Say of failed checks of one requirement until when and by whom they are waived; nothing where they are not."""
    gate = gate_of(run)
    ids = {check.id for check in failures}
    return tuple(_mark(entry, ids) for entry in (gate.waived if gate else None) or () if ids & {*entry.checks})


def _mark(entry: Waived, ids: set[str]) -> str:
    covered = len(ids & {*entry.checks})
    return entry.mark if covered == len(ids) else f"{covered} of {counted(len(ids), 'failed check')} {entry.mark}"


def known_mark(run: Run, failures: Iterable[Check]) -> str:
    """Say of failed checks of one requirement that the baseline had them; empty where the gate counts one of them."""
    gate = gate_of(run)
    ids = {check.id for check in failures}
    if gate is None or gate.baseline is None or not ids & {*gate.known} or ids & {*gate.counted}:
        return ""
    return f"violated in the baseline {gate.baseline} too, in the same way"


def gate_marks(run: Run, failures: Iterable[Check]) -> tuple[str, ...]:
    """Say what the gate made of failed checks of one requirement: waived, or known from the baseline."""
    failures = tuple(failures)
    known = known_mark(run, failures)
    return (*waiver_marks(run, failures), *([known] if known else []))
