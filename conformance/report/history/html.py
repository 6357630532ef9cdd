"""A history of runs as one HTML file: a drawing of the numbers, a table of cells, the runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.contract.outcomes import Outcome
from conformance.report.escaping import visible
from conformance.report.html.page import template
from conformance.report.wording import counted, moment, shortened

if TYPE_CHECKING:
    from conformance.report.history.history import Column, Histories, History, Row

WIDTH, HEIGHT = 960.0, 200.0
LEFT, RIGHT, TOP, BOTTOM = 44.0, 16.0, 16.0, 30.0
MOST_CELLS = 120
"""How many runs the table of cells shows, the last ones; the drawing and the list of runs hold all."""

CELLS = {
    Outcome.PASS: ("good", "·"),
    Outcome.FAIL: ("bad", "✗"),
    Outcome.NOT_APPLICABLE: ("none", "-"),
    None: ("none", ""),
}
LEGEND = (
    ("·", "met"),
    ("✗", "violated"),
    ("?", "not decided"),
    ("-", "does not concern the target"),
    ("", "not asked"),
)


@dataclass(frozen=True, slots=True)
class Point:
    """One run in the drawing; `told` says what stands there."""

    x: float
    y: float
    told: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """How many requirements passed in each run, of how many required ones; `most` is the top of the scale."""

    points: tuple[Point, ...]
    line: str
    area: str
    whole: str
    most: int
    foot: float
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One requirement in one run."""

    tone: str
    sign: str
    told: str


def render(histories: Histories) -> str:
    """Give the whole page."""
    number = sum(len(history.columns) for history in histories.targets)
    return template("history.html").render(
        heading=f"{counted(number, 'run')} over time",
        folder=visible(str(histories.folder)),
        targets=[_target(history) for history in histories.targets],
        unreadable=[visible(shortened(left.why, 400)) for left in histories.unreadable],
        legend=LEGEND,
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=WIDTH - RIGHT,
        top=TOP,
    )


def _target(history: History) -> dict[str, object]:
    shown = history.columns[-MOST_CELLS:]
    first = len(history.columns) - len(shown)
    return {
        "name": visible(history.target),
        "number": counted(len(history.columns), "run"),
        "drawing": draw(history.columns),
        "numbers": [number for number, _ in enumerate(shown, start=first + 1)],
        "rows": [_row(history, row, first) for row in history.telling],
        "flapping": [
            (visible(name), ", ".join(f"{turn.outcome} from run {turn.column + 1}" for turn in course.turns))
            for name, course in history.flapping
        ],
        "runs": list(enumerate(map(_run, history.columns), start=1)),
        "left_out": first,
    }


def draw(columns: tuple[Column, ...]) -> Drawing:
    """Lay out the numbers of the runs."""
    most = max([1, *(it.numbers.required for it in columns)])
    foot = HEIGHT - BOTTOM
    step = (WIDTH - LEFT - RIGHT) / max(len(columns) - 1, 1)
    places = [(LEFT + at * step, it) for at, it in enumerate(columns)]
    points = tuple(Point(round(x, 1), _height(it.numbers.passed, most), _numbers(it)) for x, it in places)
    line = " ".join(f"{point.x},{point.y}" for point in points)
    return Drawing(
        points=points,
        line=line,
        area=f"{points[0].x},{foot} {line} {points[-1].x},{foot}",
        whole=" ".join(f"{x:.1f},{_height(it.numbers.required, most)}" for x, it in places),
        most=most,
        foot=foot,
        first=visible(moment(columns[0].started)),
        last=visible(moment(columns[-1].started)),
    )


def _height(number: int, most: int) -> float:
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - number / most), 1)


def _numbers(column: Column) -> str:
    of = column.numbers
    told = f"{of.passed} of {of.required} passed, {of.exercised} exercised"
    return visible(f"{moment(column.started)}: {column.word}, {told}")


def _row(history: History, row: Row, first: int) -> dict[str, object]:
    course = row.course
    return {
        "id": row.requirement.id,
        "statement": row.requirement.statement,
        "required": row.required,
        "cells": [_cell(history.columns[at], verdict) for at, verdict in enumerate(row.verdicts) if at >= first],
        "first": _day(history, course.first_violated),
        "since": _day(history, course.violated_since),
        "good": _day(history, course.last_pass),
        "flaps": course.flaps,
    }


def _cell(column: Column, verdict: Outcome | None) -> Cell:
    tone, sign = CELLS.get(verdict, ("open", "?"))
    word = "not asked" if verdict is None else verdict.replace("_", " ")
    return Cell(tone, sign, visible(f"{moment(column.started)}: {word}"))


def _day(history: History, column: int | None) -> str:
    return "" if column is None else visible(f"{history.columns[column].started[:10]} (run {column + 1})")


def _run(column: Column) -> dict[str, object]:
    return {
        "id": visible(column.run),
        "when": visible(moment(column.started)),
        "word": column.word,
        "numbers": column.numbers,
        "suite": visible(column.suite.rpartition(" ")[2]),
        "folder": visible(str(column.folder)),
    }
