"""What stands on the report's page: everything worked out here, the template only writes it down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.contract.outcomes import Outcome
from conformance.report.findings import (
    INCOMPLETE,
    NO_CHECK,
    conclusion_sentence,
    deciding_sentence,
    find,
    reason_sentence,
    selection_sentence,
    total,
)
from conformance.report.gate import gate_of, gate_sentence
from conformance.report.html.chapters import NOT_CHECKABLE, WORDS, chapters
from conformance.report.html.drawing import draw
from conformance.report.html.grids import SYMBOLS, grids
from conformance.report.html.lifecycles import lifecycles
from conformance.report.html.page import template
from conformance.report.html.violations import Showing
from conformance.report.markdown import READINGS
from conformance.report.wording import counted, moment, shortened, span
from conformance.verdicts import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from conformance.report.findings import Findings, LeftOpen, Taken
    from conformance.report.html.drawing import Drawing
    from conformance.report.html.violations import ShownViolation
    from conformance.report.run import Run

TONES: Mapping[str, str] = {
    Standing.CONFORMANT: "good",
    Standing.NONCONFORMANT: "bad",
    Standing.INVALID: "bad",
    Standing.PARTIAL: "open",
    Standing.PENDING: "open",
    INCOMPLETE: "open",
}
SIGNS: Mapping[str, str] = {"good": "✓", "bad": "✗", "open": "?"}
HEADINGS: Mapping[str, str] = {
    Standing.CONFORMANT: "Conformant",
    Standing.NONCONFORMANT: "Not conformant",
    Standing.PARTIAL: "Partial",
    Standing.PENDING: "Pending",
    Standing.INVALID: "Invalid",
    INCOMPLETE: "Incomplete",
}
REMEDIES = 50


def render(run: Run) -> str:
    """Give the page of a run."""
    findings = find(run)
    shown = Showing(run)
    violations, deviations = shown.violations(findings.violations), shown.violations(findings.deviations)
    tone = TONES[findings.word]
    return template("report.html").render(
        run=run,
        findings=findings,
        heading=HEADINGS[findings.word],
        tone=tone,
        sign=SIGNS[tone],
        sentence=conclusion_sentence(findings),
        facts=list(_facts(findings)),
        errors=list(findings.of_outcome(Outcome.SUITE_ERROR)),
        violations=violations,
        deviations=deviations,
        told_above=frozenset(_ids((*violations, *deviations))),
        gate=gate_of(run),
        gate_sentence=gate_sentence(run),
        open=[(group, _sentence(findings, group)) for group in findings.left_open],
        readings=[(heading, lead, taken) for heading, lead, taken in _readings(findings) if taken],
        chapters=chapters(findings),
        grids=grids(run),
        lifecycles=_drawings(run),
        words=WORDS,
        symbols=SYMBOLS,
        not_checkable=NOT_CHECKABLE,
        remedies=REMEDIES,
        total=total,
        number=_number,
        counted=counted,
        shortened=shortened,
        reason_sentence=reason_sentence,
    )


def _ids(violations: Iterable[ShownViolation]) -> Iterator[str]:
    for violation in violations:
        yield violation.requirement.id
        yield from _ids(violation.following)


def _number(found: Iterable[ShownViolation]) -> int:
    """Count violations, or deviations, with those that follow from them and are the same."""
    return sum(1 + sum(child.gating is shown.gating for child in shown.following) for shown in found)


def _facts(findings: Findings) -> Iterator[tuple[str, str]]:
    run = findings.run
    yield "Target", f"{run.target.name}, {run.target.base_url}"
    yield "Asked for", selection_sentence(findings)
    yield "Decided by", deciding_sentence(findings)
    if run.target.overlay:
        yield "Judged by", f"the documentation with the target's own overlay {run.target.overlay}"
    took = f", took {span(run.end.seconds)}" if run.end else ""
    yield "Run", f"{run.id}, {moment(run.started)}{took}, {counted(len(run.checks), 'check')}"
    yield "Suite", f"{run.suite}, seed {run.seed}"
    yield "Exit status", "none, the log is incomplete" if findings.exit is None else str(findings.exit)


def _sentence(findings: Findings, group: LeftOpen) -> str:
    if group.reason == NO_CHECK and not findings.run.complete:
        return "the run did not come to it"
    return group.sentence


def _readings(findings: Findings) -> Iterator[tuple[str, str, list[Taken]]]:
    for kind, heading, lead in READINGS:
        yield heading, lead, [taken for taken in findings.readings if taken.reading.kind is kind]


def _drawings(run: Run) -> dict[str, list[Drawing]]:
    return {chapter: [draw(shown) for shown in found] for chapter, found in lifecycles(run).items()}
