"""The summary of a run as one JSON object, as `run --json` prints it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from conformance.contract.outcomes import Outcome
from conformance.report.evidence import evidence, exchange_line
from conformance.report.findings import Findings, LeftOpen, Violation, find
from conformance.report.gate import gate_of, gate_sentence

if TYPE_CHECKING:
    from conformance.report.run import Check, Run

SCHEMA = 1


def render(run: Run) -> str:
    """Give the summary as text: printable ASCII, so that it is safe on a terminal."""
    text = json.dumps(summary(run), indent=2, ensure_ascii=True)
    return text.replace("\x7f", "\\u007f") + "\n"


def summary(run: Run) -> dict[str, object]:
    """Give the summary as an object; `exit` is null where the run is incomplete, `failures` gating ones first.

    `baseline`, `waived` and `gate_result` are there where these had a say in the exit status.
    """
    findings = find(run)
    conclusion = findings.conclusion
    return {
        "schema": SCHEMA,
        "run": run.id,
        "folder": str(run.folder),
        "complete": run.complete,
        "conclusion": str(findings.word),
        "exit": findings.exit,
        "started": run.started,
        "finished": run.end.finished if run.end else None,
        "seconds": run.end.seconds if run.end else None,
        "seed": run.seed,
        "suite": run.suite,
        "environment": dict(run.environment),
        "teeth": None if run.teeth is None else run.teeth.as_event(),
        "target": {"name": run.target.name, "base_url": run.target.base_url, "overlay": run.target.overlay},
        "gate": str(run.gate),
        "selection": {"profiles": list(run.profiles), "requirements": list(run.patterns)},
        "counts": {str(outcome): number for outcome, number in conclusion.counts.items()},
        "numbers": {"required": asdict(conclusion.numbers), "selected": asdict(conclusion.selected)},
        "requirements": {name: str(verdict) for name, verdict in conclusion.verdicts.items()},
        "results": {name: _result(findings, name) for name in conclusion.results},
        "suite_errors": [_suite_error(check) for check in findings.of_outcome(Outcome.SUITE_ERROR)],
        "failures": [_failure(run, *found) for found in _failures(findings)],
        "left_out": [_left_out(group) for group in findings.left_open],
        "not_applicable": {sentence: list(names) for sentence, names in findings.not_applicable.items()},
        "not_checkable": [entry.id for entry in findings.not_checkable],
        "readings": {taken.reading.id: list(taken.seen) for taken in findings.readings},
        "observations": {name: list(values) for name, values in findings.observations.items()},
        **_gate(run),
    }


def _result(findings: Findings, name: str) -> dict[str, object]:
    requirement, result = findings.requirements[name], findings.conclusion.results[name]
    return {
        "verdict": str(result.verdict),
        "level": str(requirement.level),
        "profile": requirement.profile,
        "gating": name in findings.gating,
        "passed": result.passed,
        "exercised": result.exercised,
        "checks": result.checks,
        "left_out": result.left_out,
        "reasons": dict(result.reasons),
    }


def _suite_error(check: Check) -> dict[str, object]:
    return {"check": check.id, "requirement": check.requirement, "where": check.where, "message": check.message}


def _gate(run: Run) -> dict[str, object]:
    gate = gate_of(run)
    if gate is None:
        return {}
    told = gate.as_event()
    return told | {"gate_result": {"sentence": gate_sentence(run), **told["gate_result"]}}


def _failures(findings: Findings) -> list[tuple[Violation, Check, str | None]]:
    """List every failed check with the violated requirement that its own follows from, if any."""
    found: list[tuple[Violation, Check, str | None]] = []
    for violation in (*findings.violations, *findings.deviations):
        found += [(violation, check, None) for check in violation.failures]
        for child in violation.following:
            found += [(child, check, violation.requirement.id) for check in child.failures]
    return found


def _failure(run: Run, violation: Violation, check: Check, follows: str | None) -> dict[str, object]:
    requirement, told = violation.requirement, evidence(run, check)
    return {
        "requirement": requirement.id,
        "statement": requirement.statement,
        "source": str(requirement.source),
        "level": str(requirement.level),
        "gating": violation.gating,
        "follows": follows,
        "check": check.id,
        "where": check.where,
        "question": check.question,
        "reason": check.reason,
        "message": check.message,
        "expected": check.expected,
        "observed": check.observed,
        "exchanges": list(check.exchanges),
        "requests": [exchange_line(run, run.exchanges[at]) for at in check.exchanges if at in run.exchanges],
        "curl": told.again.line if told.again else None,
    }


def _left_out(group: LeftOpen) -> dict[str, object]:
    return {
        "outcome": str(group.outcome),
        "reason": group.reason,
        "sentence": group.sentence,
        "cause": group.cause,
        "checks": group.checks,
        "requirements": list(group.requirements),
        "remedies": [asdict(remedy) for remedy in group.remedies],
    }
