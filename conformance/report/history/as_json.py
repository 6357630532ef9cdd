"""A history of runs as one JSON object; docs/regression.md describes it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.report.history.history import Column, Course, Histories, History, Row

SCHEMA = 1


def render(histories: Histories) -> str:
    """Give the history as text: printable ASCII, so that it is safe on a terminal."""
    return json.dumps(told(histories), indent=2, ensure_ascii=True).replace("\x7f", "\\u007f") + "\n"


def told(histories: Histories) -> dict[str, object]:
    """Give the history as an object; runs are named by their number in `runs`, from 0."""
    return {
        "schema": SCHEMA,
        "kind": "history",
        "folder": str(histories.folder),
        "targets": [_target(history) for history in histories.targets],
        "unreadable": [{"folder": str(left.folder), "why": left.why} for left in histories.unreadable],
    }


def _target(history: History) -> dict[str, object]:
    return {
        "target": history.target,
        "runs": [_run(column) for column in history.columns],
        "requirements": [_row(row) for row in history.rows],
        "flapping_checks": [{"check": name, "turns": _turns(course)} for name, course in history.flapping],
    }


def _run(column: Column) -> dict[str, object]:
    return {
        "run": column.run,
        "folder": str(column.folder),
        "started": column.started,
        "suite": column.suite,
        "conclusion": column.word,
        "exit": column.exit,
        "numbers": asdict(column.numbers),
    }


def _row(row: Row) -> dict[str, object]:
    return {
        "requirement": row.requirement.id,
        "level": str(row.requirement.level),
        "required": row.required,
        "verdicts": list(row.verdicts),
        "first_violated": row.course.first_violated,
        "violated_since": row.course.violated_since,
        "last_good": row.course.last_pass,
        "flapping": row.course.flaps,
    }


def _turns(course: Course) -> list[dict[str, object]]:
    return [{"run": turn.column, "outcome": str(turn.outcome)} for turn in course.turns]
