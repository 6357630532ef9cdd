"""A history of runs as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.contract.outcomes import Outcome
from conformance.report.escaping import markdown_code, markdown_text
from conformance.report.markdown import fitting
from conformance.report.wording import counted, moment, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.report.history.history import Course, Histories, History, Row

_MARKS = {Outcome.PASS: ".", Outcome.FAIL: "X", Outcome.NOT_APPLICABLE: "-", None: "_"}
_COLUMNS = 60


def render(histories: Histories) -> str:
    """Give the whole history, less than 1 MB; what does not fit is left out at the end, which then says so."""
    return "\n\n".join(fitting(_blocks(histories))) + "\n"


def _blocks(histories: Histories) -> Iterator[str]:
    yield "# InventoryPro conformance over time"
    for history in histories.targets:
        yield f"## {markdown_text(history.target)}: {counted(len(history.columns), 'run')}"
        yield from _requirements(history)
        yield from _flapping(history)
        yield from _runs(history)
    if histories.unreadable:
        yield "## Left out"
        yield "These run folders cannot be read."
        yield "\n".join(f"- {markdown_text(shortened(left.why, 400))}" for left in histories.unreadable)


def _requirements(history: History) -> Iterator[str]:
    if not history.telling:
        yield "No requirement was violated in any of them."
        return
    yield (
        "Each row has a mark for each run, the last one at the right: `.` met, `X` violated, `?` not decided,"
        " `-` does not concern the target, `_` not asked."
    )
    head = ["| requirement | runs | first violated | violated since | last met | |", "|---|---|---|---|---|---|"]
    yield "\n".join([*head, *(_row(history, row) for row in history.telling)])


def _row(history: History, row: Row) -> str:
    course = row.course
    drawn = "".join(_MARKS.get(verdict, "?") for verdict in row.verdicts[-_COLUMNS:])
    days = (course.first_violated, course.violated_since, course.last_pass)
    cells = [markdown_text(row.requirement.id), f"`{drawn}`", *(_day(history, day) for day in days), _note(row, course)]
    return f"| {' | '.join(cells)} |"


def _note(row: Row, course: Course) -> str:
    return ", ".join(word for word, holds in (("required", row.required), ("flapping", course.flaps)) if holds)


def _day(history: History, column: int | None) -> str:
    if column is None:
        return "never"
    return f"{markdown_text(history.columns[column].started[:10])} (run {column + 1})"


def _flapping(history: History) -> Iterator[str]:
    if history.flapping:
        yield "### Flapping checks"
        yield "\n".join(
            f"- {markdown_code(name)}: "
            + ", ".join(f"{turn.outcome} from run {turn.column + 1}" for turn in course.turns)
            for name, course in history.flapping
        )


def _runs(history: History) -> Iterator[str]:
    head = [
        "| run | started | conclusion | passed | exercised | required | suite |",
        "|---:|---|---|---:|---:|---:|---|",
    ]
    rows = [
        f"| {number} | {markdown_text(moment(it.started))} | {it.word} | {it.numbers.passed} | {it.numbers.exercised}"
        f" | {it.numbers.required} | {markdown_text(it.suite)} |"
        for number, it in enumerate(history.columns, start=1)
    ]
    yield "### Runs"
    yield "\n".join([*head, *rows])
