"""How the gate of a run is decided where an earlier run or waivers have a say in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.contract.outcomes import Outcome
from conformance.errors import UsageError
from conformance.report.earlier import DECIDED, Earlier
from conformance.report.gate import Gate
from conformance.report.log import read_run
from conformance.report.waivers.judged import Judged, ending_soon, file_problems, judge_waivers
from conformance.report.waivers.waivers import Waiver, read_waivers
from conformance.verdicts import Conclusion, Standing, gate_standing

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date
    from pathlib import Path

    from conformance.report.run import Check, Run


@dataclass(frozen=True, slots=True)
class Terms:
    """What the gate of a run takes into account beside its verdicts; `waivers` is None where no file was named."""

    today: date
    baseline: Run | None = None
    waivers: tuple[Waiver, ...] | None = None


def read_terms(baseline: Path | str | None, waivers: Path | str | None, today: date) -> Terms:
    """Read the earlier run and the waivers file; raises UsageError or RunLogError for one that cannot be used."""
    return Terms(
        today,
        None if baseline is None else _baseline(baseline),
        None if waivers is None else read_waivers(waivers),
    )


def foresee_waivers(
    baseline: Path | str | None, waivers: Path | str | None, known: Collection[str], today: date
) -> dict[str, tuple[str, ...]]:
    """Say before a run which waivers will fail its gate whatever the target does, and which expire soon.

    Empty where no waivers are named; raises as `read_terms` does.
    """
    terms = read_terms(baseline, waivers, today)
    if terms.waivers is None:
        return {}
    return {
        "waiver_problems": file_problems(terms.waivers, known, today),
        "waiver_warnings": ending_soon(terms.waivers, today),
    }


def _baseline(place: Path | str) -> Run:
    run = read_run(place)
    if run.end is None:
        raise UsageError(f"--baseline {place}: that run is incomplete; name one that came to its end")
    if run.end.standing is Standing.INVALID:
        raise UsageError(f"--baseline {place}: in that run {Standing.INVALID.sentence}; name another one")
    return run


def judge_gate(conclusion: Conclusion, checks: Sequence[Check], known: Collection[str], terms: Terms) -> Gate:
    """Decide on the exit status of a run; `known` holds the ids of all requirements of the catalogue."""
    judged = Judged() if terms.waivers is None else judge_waivers(terms.waivers, conclusion, checks, known, terms.today)
    failed = [check for check in checks if check.outcome is Outcome.FAIL and check.requirement in conclusion.gating]
    left = [check for check in failed if check.id not in judged.excused]
    earlier = Earlier(terms.baseline.checks if terms.baseline is not None else ())
    had = tuple(check.id for check in left if earlier.knows(check))
    lost = _lost(conclusion, terms.baseline)
    standing = gate_standing(conclusion, checks, {*judged.excused, *had})
    # What the target no longer declares concerns it no longer; but the baseline is there to notice just that.
    if lost and standing is Standing.CONFORMANT:
        standing = Standing.PARTIAL
    if judged.problems and standing is not Standing.INVALID:
        standing = Standing.NONCONFORMANT
    return Gate(
        exit=standing.exit,
        baseline=terms.baseline.id if terms.baseline is not None else None,
        waived=judged.waived if terms.waivers is not None else None,
        counted=tuple(check.id for check in left if check.id not in had),
        known=had,
        lost=lost,
        problems=judged.problems,
        warnings=judged.warnings,
    )


def _lost(conclusion: Conclusion, baseline: Run | None) -> tuple[str, ...]:
    """Name what is required and was decided in the baseline, but not now."""
    if baseline is None or baseline.end is None:
        return ()
    before = baseline.end.verdicts
    return tuple(
        name
        for name in conclusion.gating
        if before.get(name) in DECIDED and conclusion.results[name].verdict not in DECIDED
    )
