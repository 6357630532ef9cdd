"""A history of runs for a terminal: a table of the runs, and a picture with a row for each requirement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.contract.outcomes import Outcome
from conformance.report.escaping import printable, visible
from conformance.report.text_page import WIDTH, TextPage
from conformance.report.wording import counted, moment, shortened

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.report.history.history import Column, Course, Histories, History

_RUNS = 12
_ROWS = 60
_FLAPPING = 15

_PLAIN = {Outcome.PASS: ".", Outcome.FAIL: "X", Outcome.NOT_APPLICABLE: "-", None: " "}
_PICTURE = {Outcome.PASS: "·", Outcome.FAIL: "█", Outcome.NOT_APPLICABLE: "-", None: " "}
_OPEN = "?"
_PASSED = "passed of required"
_STEPS, _PLAIN_STEPS = "▁▂▃▄▅▆▇█", "0123456789"


def render(histories: Histories, *, colour: bool = False, width: int = WIDTH, encoding: str = "utf-8") -> str:
    """Give the whole history; what an output of this encoding cannot show is drawn in ASCII."""
    page = TextPage(colour=colour, width=width)
    marks = _PICTURE if _can(encoding) else _PLAIN
    for history in histories.targets:
        _history(page, history, marks, width)
    if histories.unreadable:
        page.heading("LEFT OUT: run folders that cannot be read", "yellow")
    for left in histories.unreadable:
        page.text(f"- {shortened(left.why, 300)}", 2, hanging=2)
    return printable("\n".join(page.lines).lstrip("\n") + "\n", encoding)


def _can(encoding: str) -> bool:
    try:
        "█▁·".encode(encoding)
    except (LookupError, UnicodeEncodeError):
        return False
    return True


def _history(page: TextPage, history: History, marks: Mapping[Outcome | None, str], width: int) -> None:
    page.heading(f"{history.target}: {counted(len(history.columns), 'run')}")
    left_out = len(history.columns) - _RUNS
    if left_out > 0:
        page.text(f"the last {_RUNS} of them; --format json has all", 2, style="dim")
    for number, column in list(enumerate(history.columns, start=1))[-_RUNS:]:
        page.text(_run_line(number, column), 2, hanging=4)
    _picture(page, history, marks, width)
    _flapping(page, history)


def _run_line(number: int, column: Column) -> str:
    of = column.numbers
    told = f"{of.passed}/{of.exercised}/{of.required}"
    return f"{number:>3}  {moment(column.started)}  {column.word:<13} {told:<12} suite {column.suite.rpartition(' ')[2]:<8} {column.run}"


def _picture(page: TextPage, history: History, marks: Mapping[Outcome | None, str], width: int) -> None:
    """Draw a row for each requirement that was ever violated, a column for each run, the last one at the right."""
    rows = history.telling
    if not rows:
        page.text("no requirement was violated in any of them", 2, style="green")
        return
    names = min(max(len(visible(row.requirement.id)) for row in rows), 44)
    names = max(names, len(_PASSED))
    room = max(width - names - 30, 8)
    shown = min(len(history.columns), room)
    legend = f"{marks[Outcome.PASS]} met, {marks[Outcome.FAIL]} violated, {_OPEN} not decided, {marks[Outcome.NOT_APPLICABLE]} does not concern it"
    since = "" if shown == len(history.columns) else f"; the last {shown} runs"
    page.heading(f"REQUIREMENTS THAT WERE VIOLATED ({legend}{since})")
    page.lines.append(f"  {_PASSED:<{names}}  {_shares(history, marks)[-shown:]}")
    for row in rows[:_ROWS]:
        drawn = "".join(marks.get(verdict, _OPEN) for verdict in row.verdicts[-shown:])
        line = f"  {shortened(visible(row.requirement.id), 40):<{names}}  {drawn}  {_told(history, row.course)}"
        page.lines.append(page.styled(line, "red" if row.course.violated_since is not None else ""))
    if len(rows) > _ROWS:
        page.text(f"and {len(rows) - _ROWS} more; --format json has all of them", 2)


def _shares(history: History, marks: Mapping[Outcome | None, str]) -> str:
    steps = _STEPS if marks is _PICTURE else _PLAIN_STEPS
    shares = [it.numbers.passed / it.numbers.required if it.numbers.required else 0.0 for it in history.columns]
    return "".join(steps[min(int(share * len(steps)), len(steps) - 1)] for share in shares)


def _told(history: History, course: Course) -> str:
    """Say since when it is violated, or when it was last."""
    if course.violated_since is not None:
        since = f"since {_day(history, course.violated_since)}"
        good = f"last met {_day(history, course.last_pass)}" if course.last_pass is not None else "never met"
        return f"{since}, {good}{', flapping' if course.flaps else ''}"
    first = course.first_violated or 0
    return f"first {_day(history, first)}, met since{', flapping' if course.flaps else ''}"


def _day(history: History, column: int) -> str:
    return f"{history.columns[column].started[:10]} (run {column + 1})"


def _flapping(page: TextPage, history: History) -> None:
    if history.flapping:
        page.heading("FLAPPING CHECKS: violated, met, and violated again", "yellow")
    for name, course in history.flapping[:_FLAPPING]:
        turns = ", ".join(f"{turn.outcome} from run {turn.column + 1}" for turn in course.turns[-6:])
        page.text(f"- {name}: {counted(len(course.turns) - 1, 'turn')} ({turns})", 2, hanging=2)
    if len(history.flapping) > _FLAPPING:
        page.text(f"and {len(history.flapping) - _FLAPPING} more; --format json has all of them", 2)
