"""The comparison of two runs for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.report.difference.difference import Change
from conformance.report.difference.words import (
    TITLES,
    amount,
    by_cause,
    check_lines,
    extent,
    headline,
    not_compared,
    numbers,
    run_line,
    time_line,
    turn,
    word,
)
from conformance.report.escaping import printable
from conformance.report.evidence import evidence
from conformance.report.gate import waiver_marks
from conformance.report.text_page import LABEL, WIDTH, TextPage
from conformance.report.wording import counted, listing, shortened

if TYPE_CHECKING:
    from conformance.report.difference.difference import Difference, Shift
    from conformance.report.run import Run

_TOLD = frozenset({"asked", "expected", "observed", "request", "check"})
_IN_FULL = frozenset({Change.NEW, Change.CHANGED, Change.WIDER})
_STYLES = {Change.FIXED: "green", Change.GAINED: "green", Change.STILL: "yellow"}
_MOST = 10
_NAMES = 6


def render(difference: Difference, *, colour: bool = False, width: int = WIDTH, encoding: str = "utf-8") -> str:
    """Give the whole comparison."""
    page = TextPage(colour=colour, width=width)
    _headline(page, difference)
    for label, findings in (("Before", difference.before), ("After", difference.after)):
        page.text(f"{label:<{LABEL}}{run_line(findings)}", hanging=LABEL)
        page.text(f"{'':<{LABEL}}{numbers(findings)}", hanging=LABEL)
    _circumstances(page, difference)
    for change, title in TITLES.items():
        _section(page, difference, change, title)
    _lines(page, "MUCH SLOWER OR FASTER (never a regression)", [time_line(shift) for shift in difference.time_shifts])
    readings = [f"{it.question} {'; '.join(it.before)} -> {'; '.join(it.after)}" for it in difference.readings]
    _lines(page, "TAKES ANOTHER READING, which conforms too", readings)
    _lines(page, "CHECKS THAT CAME AND WENT", check_lines(difference, _NAMES))
    _lines(page, "NOT COMPARED", not_compared(difference, _NAMES))
    page.lines.append("")
    page.text(f"Exit       {difference.exit}")
    _headline(page, difference)
    return printable("\n".join(page.lines) + "\n", encoding)


def _headline(page: TextPage, difference: Difference) -> None:
    page.text(f"{word(difference).upper()}: {headline(difference)}", style="red" if difference.exit else "green")


def _circumstances(page: TextPage, difference: Difference) -> None:
    if difference.circumstances:
        page.heading("WHAT ELSE IS NOT THE SAME, and may be why they differ", "yellow")
    for it in difference.circumstances:
        effect = f" ({it.effect})" if it.effect else ""
        page.text(f"- {it.name}: {shortened(it.before, 300)} -> {shortened(it.after, 300)}{effect}", 2, hanging=4)


def _section(page: TextPage, difference: Difference, change: Change, title: str) -> None:
    shifts = difference.of(change)
    if not shifts:
        return
    page.heading(f"{title.upper()} ({amount(shifts)})", _STYLES.get(change, "red"))
    if change is Change.LOST and len(shifts) > _MOST:
        _grouped(page, shifts)
        return
    for number, shift in enumerate(shifts, start=1):
        if change in _IN_FULL and number <= _MOST:
            _in_full(page, difference.after.run, number, shift)
        else:
            _briefly(page, difference.after.run, shift)


def _in_full(page: TextPage, run: Run, number: int, shift: Shift) -> None:
    page.lines.append("")
    page.text(f"{number}. {shift.requirement.id}", style="bold")
    page.text(shift.requirement.statement, 3)
    page.row("source", str(shift.requirement.source), 3)
    page.row("verdict", turn(shift), 3)
    for label, text in extent(shift):
        page.row(label, text, 3)
    for mark in waiver_marks(run, (*shift.new, *shift.known)):
        page.row("gate", mark, 3)
    if shift.follows:
        page.row("follows", f"from {shift.follows}, listed elsewhere here", 3)
    page.lines.append("")
    for label, text in evidence(run, shift.new[0]).rows:
        if label in _TOLD:
            page.row(label, text, 5)
    for child in shift.following:
        page.row("follows", f"{child.requirement.id} ({turn(child)}): {child.requirement.statement}", 3)


def _grouped(page: TextPage, shifts: tuple[Shift, ...]) -> None:
    for cause, own in by_cause(shifts).items():
        page.text(f"- {shortened(cause, 300)}", 2, hanging=2)
        names = [f"{'*' if shift.required else ''}{shift.requirement.id}" for shift in own]
        page.text(f"{listing(names, _NAMES)} ({counted(len(own), 'requirement')})", 6)
    if any(shift.required for shift in shifts):
        page.text("* is required", 2, style="dim")


def _briefly(page: TextPage, run: Run, shift: Shift) -> None:
    follows = f"; follows from {shift.follows}" if shift.follows else ""
    page.text(f"- {shift.requirement.id} ({turn(shift)}{follows}): {shift.requirement.statement}", 2, hanging=2)
    for label, text in extent(shift):
        page.text(f"{label}: {text}", 4, hanging=2)
    for message in dict.fromkeys(check.message for check in shift.open[:2] if check.message):
        page.text(shortened(message, 300), 4, hanging=2)
    for mark in waiver_marks(run, (*shift.new, *shift.known)):
        page.text(mark, 4, hanging=2)
    for child in shift.following:
        page.text(f"with it {child.requirement.id} ({turn(child)}): {child.requirement.statement}", 4, hanging=2)


def _lines(page: TextPage, title: str, lines: list[str] | tuple[str, ...]) -> None:
    if lines:
        page.heading(title)
    for line in lines[:_MOST]:
        page.text(f"- {shortened(line, 600)}", 2, hanging=2)
    if len(lines) > _MOST:
        page.text(f"and {counted(len(lines) - _MOST, 'more line')}; --format json has all of them", 2)
