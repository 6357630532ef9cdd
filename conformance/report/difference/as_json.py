"""The comparison of two runs as one JSON object; docs/regression.md describes it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from conformance.report.difference.words import headline
from conformance.report.evidence import observed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.report.difference.difference import Difference, Shift
    from conformance.report.findings import Findings
    from conformance.report.run import Check

SCHEMA = 1


def render(difference: Difference) -> str:
    """Give the comparison as text: printable ASCII, so that it is safe on a terminal."""
    text = json.dumps(told(difference), indent=2, ensure_ascii=True)
    return text.replace("\x7f", "\\u007f") + "\n"


def told(difference: Difference) -> dict[str, object]:
    """Give the comparison as an object; `changes` are flat, with `follows` naming what each follows from."""
    checks = difference.checks
    return {
        "schema": SCHEMA,
        "kind": "diff",
        "exit": difference.exit,
        "regression": bool(difference.regressions),
        "sentence": headline(difference),
        "before": _run(difference.before),
        "after": _run(difference.after),
        "changes": [_shift(part) for shift in difference.shifts for part in shift.whole],
        "circumstances": [asdict(it) for it in difference.circumstances],
        "checks": {
            "gained": {name: list(ids) for name, ids in checks.gained.items()},
            "lost": {name: list(ids) for name, ids in checks.lost.items()},
            "undecided": {name: list(ids) for name, ids in checks.undecided.items()},
        },
        "time": [asdict(it) | {"factor": round(it.factor, 2)} for it in difference.time_shifts],
        "readings": [
            {"id": it.id, "question": it.question, "before": list(it.before), "after": list(it.after)}
            for it in difference.readings
        ],
        "only_before": list(difference.only_before),
        "only_after": list(difference.only_after),
    }


def _run(findings: Findings) -> dict[str, object]:
    run, numbers = findings.run, findings.conclusion.numbers
    return {
        "run": run.id,
        "folder": str(run.folder),
        "started": run.started,
        "complete": run.complete,
        "conclusion": str(findings.word),
        "exit": findings.exit,
        "suite": run.suite,
        "target": {"name": run.target.name, "base_url": run.target.base_url, "overlay": run.target.overlay},
        "numbers": asdict(numbers),
    }


def _shift(shift: Shift) -> dict[str, object]:
    return {
        "requirement": shift.requirement.id,
        "statement": shift.requirement.statement,
        "source": str(shift.requirement.source),
        "level": str(shift.requirement.level),
        "required": shift.required,
        "change": str(shift.change),
        "regression": shift.is_regression,
        "before": shift.before,
        "after": shift.after,
        "follows": shift.follows,
        "new": _checks(shift.new),
        "known": _checks(shift.known),
        "gone": _checks(shift.gone),
        "open": _checks(shift.open),
    }


def _checks(checks: Sequence[Check]) -> list[dict[str, object]]:
    return [
        {"check": it.id, "outcome": str(it.outcome), "reason": it.reason, "observed": observed(it)} for it in checks
    ]
