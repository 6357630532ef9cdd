"""The comparison of two runs as one HTML file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.report.difference.difference import WORSE, Change
from conformance.report.difference.words import (
    TITLES,
    amount,
    check_lines,
    extent,
    headline,
    not_compared,
    time_line,
    turn,
    word,
)
from conformance.report.escaping import visible, visible_lines
from conformance.report.evidence import evidence
from conformance.report.findings import conclusion_sentence
from conformance.report.gate import waiver_marks
from conformance.report.html.page import template
from conformance.report.wording import moment, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.report.difference.difference import Difference, Shift
    from conformance.report.findings import Findings
    from conformance.report.run import Run

TONES = dict.fromkeys(WORSE, "bad") | {Change.FIXED: "good", Change.GAINED: "good", Change.STILL: "open"}
SIGNS = {"bad": "✗", "good": "✓", "open": "?"}
_NAMES = 50
_SHOWN = frozenset({"asked", "expected", "observed", "request", "answer", "check"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One requirement that changed, as the page shows it; `rows` are (label, text, whether it is code)."""

    shift: Shift
    turn: str
    rows: tuple[tuple[str, str, bool], ...]
    following: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """All that changed in one way."""

    change: Change
    title: str
    amount: str
    tone: str
    sign: str
    entries: tuple[Entry, ...]


def render(difference: Difference) -> str:
    """Give the whole page."""
    return template("diff.html").render(
        heading=word(difference).capitalize(),
        sentence=headline(difference),
        tone="bad" if difference.exit else "good",
        sign=SIGNS["bad" if difference.exit else "good"],
        exit=difference.exit,
        runs=[_told("Before", difference.before), _told("After", difference.after)],
        circumstances=[
            (it.name, visible(shortened(it.before, 300)), visible(shortened(it.after, 300)), it.effect)
            for it in difference.circumstances
        ],
        sections=list(_sections(difference)),
        lists=[(title, [visible(line) for line in lines]) for title, lines in _lists(difference) if lines],
    )


def _told(label: str, findings: Findings) -> dict[str, object]:
    run = findings.run
    return {
        "label": label,
        "run": visible(run.id),
        "when": visible(moment(run.started)),
        "target": visible(run.target.name),
        "word": findings.word,
        "sentence": conclusion_sentence(findings),
        "numbers": findings.conclusion.numbers,
        "folder": visible(str(run.folder)),
        "suite": visible(run.suite),
    }


def _sections(difference: Difference) -> Iterator[Section]:
    for change, title in TITLES.items():
        shifts = difference.of(change)
        if shifts:
            tone = TONES[change]
            entries = tuple(_entry(difference.after.run, shift) for shift in shifts)
            yield Section(change, title, amount(shifts), tone, SIGNS[tone], entries)


def _entry(run: Run, shift: Shift) -> Entry:
    return Entry(shift, turn(shift), tuple(_rows(run, shift)), tuple(_entry(run, child) for child in shift.following))


def _rows(run: Run, shift: Shift) -> Iterator[tuple[str, str, bool]]:
    for label, text in extent(shift):
        yield label, visible(text), False
    for mark in waiver_marks(run, (*shift.new, *shift.known)):
        yield "gate", visible(mark), False
    for message in dict.fromkeys(check.message for check in shift.open[:2] if check.message):
        yield "why", visible(shortened(message, 300)), False
    if shift.new and shift.change in WORSE:
        told = [(label, text) for label, text in evidence(run, shift.new[0]).rows if label in _SHOWN]
        yield from ((label, "\n".join(visible_lines(text)), label != "asked") for label, text in told)


def _lists(difference: Difference) -> Iterator[tuple[str, Sequence[str]]]:
    readings = [f"{it.question} {'; '.join(it.before)} before, {'; '.join(it.after)} now" for it in difference.readings]
    yield "Much slower or faster (never a regression)", [time_line(it) for it in difference.time_shifts]
    yield "Takes another reading, which conforms too", readings
    yield "Checks that came and went", check_lines(difference, _NAMES)
    yield "Not compared", not_compared(difference, _NAMES)
