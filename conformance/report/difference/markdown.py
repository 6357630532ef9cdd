"""The comparison of two runs as Markdown, for a merge request or the page of a CI job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.report.difference.difference import Change
from conformance.report.difference.words import (
    TITLES,
    amount,
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
from conformance.report.escaping import markdown_code, markdown_text
from conformance.report.evidence import evidence
from conformance.report.gate import waiver_marks
from conformance.report.markdown import fitting
from conformance.report.wording import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.report.difference.difference import Difference, Shift
    from conformance.report.run import Run

_CODE = frozenset({"expected", "observed", "request", "check"})
_NAMES = 50


def render(difference: Difference) -> str:
    """Give the whole comparison, less than 1 MB; what does not fit is left out at the end, which then says so."""
    blocks = (block for part in (_head, _circumstances, _changes, _rest) for block in part(difference))
    return "\n\n".join(fitting(blocks)) + "\n"


def _head(difference: Difference) -> Iterator[str]:
    yield f"# InventoryPro conformance: {word(difference)}"
    sentence = headline(difference)
    yield f"**{markdown_text(sentence[0].upper() + sentence[1:])}.**"
    pairs = (("before", difference.before), ("after", difference.after))
    lines = [f"- {label}: {markdown_text(run_line(it))} <br>{markdown_text(numbers(it))}" for label, it in pairs]
    yield "\n".join(lines)


def _circumstances(difference: Difference) -> Iterator[str]:
    if not difference.circumstances:
        return
    yield "## What else is not the same"
    yield "It may be why they differ."
    yield "\n".join(
        f"- {markdown_text(it.name)}: {markdown_code(shortened(it.before, 300))} to"
        f" {markdown_code(shortened(it.after, 300))}{f' ({markdown_text(it.effect)})' if it.effect else ''}"
        for it in difference.circumstances
    )


def _changes(difference: Difference) -> Iterator[str]:
    for change, title in TITLES.items():
        shifts = difference.of(change)
        if shifts:
            yield f"## {title} ({amount(shifts)})"
        for shift in shifts:
            yield "\n".join(_shift(difference.after.run, shift))


def _shift(run: Run, shift: Shift) -> Iterator[str]:
    requirement = shift.requirement
    yield (
        f"- {markdown_code(requirement.id)} ({turn(shift)}): {markdown_text(requirement.statement)}"
        f" <br>Source: {markdown_text(str(requirement.source))}"
    )
    for label, text in extent(shift):
        yield f"  - {label}: {markdown_text(text)}"
    if shift.new and shift.change in {Change.NEW, Change.CHANGED, Change.WIDER}:
        told = [(label, text) for label, text in evidence(run, shift.new[0]).rows if label in _CODE]
        yield from (f"  - {label}: {markdown_code(text)}" for label, text in told)
    for message in dict.fromkeys(check.message for check in shift.open[:2] if check.message):
        yield f"  - {markdown_text(shortened(message, 300))}"
    for mark in waiver_marks(run, (*shift.new, *shift.known)):
        yield f"  - {markdown_text(mark)}"
    if shift.follows:
        yield f"  - follows from {markdown_code(shift.follows)}"
    for child in shift.following:
        yield f"  - from it follows {markdown_code(child.requirement.id)} ({turn(child)})"


def _rest(difference: Difference) -> Iterator[str]:
    readings = [f"{it.question} {'; '.join(it.before)} before, {'; '.join(it.after)} now" for it in difference.readings]
    yield from _lines("Much slower or faster (never a regression)", [time_line(it) for it in difference.time_shifts])
    yield from _lines("Takes another reading, which conforms too", readings)
    yield from _lines("Checks that came and went", check_lines(difference, _NAMES))
    yield from _lines("Not compared", not_compared(difference, _NAMES))


def _lines(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield f"## {title}"
        yield "\n".join(f"- {markdown_text(shortened(line, 2000))}" for line in lines)
