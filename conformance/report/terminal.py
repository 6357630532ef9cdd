"""The summary of a run that a person reads at the end of it, for a terminal or a plain text file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.contract.outcomes import Outcome
from conformance.contract.readings import Silence
from conformance.report.escaping import printable, visible
from conformance.report.evidence import SHOWN_FAILURES, TELLING_APART, Evidence, evidence, observed
from conformance.report.findings import (
    NO_CHECK,
    Findings,
    LeftOpen,
    Remedy,
    Violation,
    conclusion_sentence,
    deciding_sentence,
    find,
    is_narrowed,
    named,
    selection_sentence,
    total,
)
from conformance.report.gate import gate_marks, gate_of, gate_sentence
from conformance.report.text_page import LABEL, WIDTH, TextPage
from conformance.report.wording import counted, listing, moment, shortened, span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.report.run import Run
    from conformance.verdicts import Numbers

# A page is for reading: beyond these numbers it counts, and summary.md goes on.
_VIOLATIONS_IN_FULL = 10
_DEVIATIONS = 15
_REMEDIES = 4
_NAMES = 6

_COLOURS = {"nonconformant": "red", "invalid": "red", "conformant": "green"}


def colour_wanted(environment: Mapping[str, str], *, tty: bool) -> bool:
    """Whether to colour: only on a terminal that can, and not where NO_COLOR (no-color.org) holds anything."""
    return tty and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


def render(
    run: Run, *, colour: bool = False, width: int = WIDTH, encoding: str = "utf-8", ca_file: str | None = None
) -> str:
    """Give the whole summary; `ca_file` goes into the curl lines where the log does not name one."""
    page = TextPage(colour=colour, width=width)
    findings = find(run)
    _head(page, findings)
    _waivers(page, findings)
    _suite_errors(page, findings)
    _violations(page, findings, ca_file)
    _deviations(page, findings)
    _left_open(page, findings)
    _not_applicable(page, findings)
    _readings(page, findings)
    _observations(page, findings)
    _foot(page, findings)
    return printable("\n".join(page.lines) + "\n", encoding)


def _head(page: TextPage, findings: Findings) -> None:
    run, conclusion = findings.run, findings.conclusion
    _conclusion_line(page, findings)
    page.text(f"Target     {run.target.name}, {run.target.base_url}", hanging=LABEL)
    if run.target.overlay:
        page.text(f"Overlay    {run.target.overlay}: judged by the documentation as it amends it", hanging=LABEL)
    if is_narrowed(run):
        chosen = f"{selection_sentence(findings)}; decided by {deciding_sentence(findings)}"
        page.text(f"Selection  {chosen}", hanging=LABEL)
    took = f", took {span(run.end.seconds)}" if run.end else ""
    page.text(f"Run        {run.id}, {moment(run.started)}{took}, {counted(len(run.checks), 'check')}", hanging=LABEL)
    page.lines.append("")
    _numbers(page, "Required   ", conclusion.numbers, "required")
    if conclusion.selected != conclusion.numbers:
        _numbers(page, "Everything ", conclusion.selected, "selected")
    _gate(page, findings)


def _numbers(page: TextPage, label: str, numbers: Numbers, whole: str) -> None:
    text = f"{numbers.passed} passed / {numbers.exercised} exercised / {numbers.required} {whole}"
    page.text(f"{label}{text}", style="bold" if whole == "required" else "")


def _conclusion_line(page: TextPage, findings: Findings) -> None:
    style = _COLOURS.get(findings.word, "yellow")
    page.text(f"{findings.word.upper()}: {conclusion_sentence(findings)}", style=style)


def _gate(page: TextPage, findings: Findings) -> None:
    """Say why the exit status is not the conclusion's, where a baseline or waivers had a say."""
    sentence = gate_sentence(findings.run)
    if sentence:
        page.text(f"Gate       {sentence}", hanging=LABEL, style="bold")


def _waivers(page: TextPage, findings: Findings) -> None:
    gate = gate_of(findings.run)
    if gate is not None and gate.problems:
        page.heading(f"WAIVERS THAT FAIL THE GATE ({len(gate.problems)})", "red")
        for problem in gate.problems:
            page.text(f"- {problem}", 2, hanging=2)
    if gate is not None and gate.warnings:
        page.heading("WAIVERS ABOUT TO EXPIRE", "yellow")
        for warning in gate.warnings:
            page.text(f"- {warning}", 2, hanging=2)


def _suite_errors(page: TextPage, findings: Findings) -> None:
    errors = list(findings.of_outcome(Outcome.SUITE_ERROR))
    if not errors:
        return
    page.heading(f"ERRORS OF THE SUITE ITSELF ({len(errors)}): not the target's fault; please report them", "red")
    for check in errors[:_DEVIATIONS]:
        page.text(f"{check.id} in {check.where}" if check.where else check.id, 2, hanging=2)
        page.block(shortened(check.message, 1200), 4)
    _more(page, len(errors) - _DEVIATIONS)


def _violations(page: TextPage, findings: Findings, ca_file: str | None) -> None:
    if not findings.violations:
        return
    page.heading(f"VIOLATED ({total(findings.violations)})", "red")
    for number, violation in enumerate(findings.violations, start=1):
        if number <= _VIOLATIONS_IN_FULL:
            _violation(page, findings, number, violation, ca_file)
        else:
            _briefly(page, findings, violation)


def _violation(page: TextPage, findings: Findings, number: int, violation: Violation, ca_file: str | None) -> None:
    requirement, failures = violation.requirement, violation.failures
    page.lines.append("")
    page.text(f"{number}. {requirement.id}", style="bold")
    page.text(requirement.statement, 3)
    page.row("source", str(requirement.source), 3)
    if violation.result.checks > 1:
        page.row("extent", f"{len(failures)} of {counted(violation.result.checks, 'check')} failed", 3)
    for mark in gate_marks(findings.run, failures):
        page.row("gate", mark, 3)
    for check in failures[:SHOWN_FAILURES]:
        _failure(page, evidence(findings.run, check, ca_file=ca_file), in_full=check is failures[0])
    if len(failures) > SHOWN_FAILURES:
        page.text(f"and {counted(len(failures) - SHOWN_FAILURES, 'more check')} of this requirement", 5)
    for child in violation.following:
        page.row("follows", f"{named(child, violation)}: {child.requirement.statement}", 3)
        for mark in gate_marks(findings.run, child.failures):
            page.row("", mark, 3)


def _failure(page: TextPage, told: Evidence, *, in_full: bool) -> None:
    """Add one failed check; of those after the first only what tells them apart."""
    page.lines.append("")
    for label, text in told.rows:
        if in_full or label in TELLING_APART:
            page.row(label, text, 5)
    if told.again is None:
        return
    page.verbatim("try it", told.again.line, 5)
    if in_full:
        for name, meaning in told.again.variables:
            page.row("", f"where {name} is {meaning}", 5)


def _deviations(page: TextPage, findings: Findings) -> None:
    if not findings.deviations:
        return
    page.heading(f"DEVIATIONS ({total(findings.deviations)}): worth a look, but not required here", "yellow")
    for violation in findings.deviations[:_DEVIATIONS]:
        _briefly(page, findings, violation)
    _more(page, len(findings.deviations) - _DEVIATIONS)


def _briefly(page: TextPage, findings: Findings, violation: Violation) -> None:
    requirement, first = violation.requirement, violation.failures[0]
    profile = f", profile {requirement.profile}" if requirement.profile else ""
    page.text(f"- {requirement.id} ({requirement.level}{profile}): {requirement.statement}", 2, hanging=2)
    page.text(shortened(f"{_times(violation)}{observed(first)}", 400), 4)
    for mark in gate_marks(findings.run, violation.failures):
        page.text(mark, 4)
    for child in violation.following:
        page.text(f"from it follows {child.requirement.id}: {child.requirement.statement}", 4)


def _times(violation: Violation) -> str:
    return f"{len(violation.failures)} checks, first: " if len(violation.failures) > 1 else ""


def _left_open(page: TextPage, findings: Findings) -> None:
    groups = findings.left_open
    if not groups:
        return
    page.heading("NOT EXERCISED OR NOT DECIDED, and what would change that", "yellow")
    for group in groups:
        page.text(f"- {_cause(findings, group)}", 2, hanging=2)
        for remedy in group.remedies[:_REMEDIES]:
            _remedy(page, findings, group, remedy)
        _more(page, len(group.remedies) - _REMEDIES, 6)
        if not group.remedies:
            page.text(_names(findings, group.requirements), 6)
    if any(findings.is_open(name) for group in groups for name in group.requirements):
        page.text("* is required: while it is open, the run is not conformant", 2, style="dim")


def _cause(findings: Findings, group: LeftOpen) -> str:
    if group.reason == NO_CHECK:
        return "not run: " + (group.sentence if findings.run.complete else "the run did not come to it")
    because = f", because of {group.cause}" if group.cause and group.cause != group.reason else ""
    code = f" [{group.reason}]" if group.reason else ""
    return f"{group.outcome.replace('_', ' ')}: {group.sentence}{because}{code}"


def _remedy(page: TextPage, findings: Findings, group: LeftOpen, remedy: Remedy) -> None:
    if remedy.message and remedy.message != group.sentence:
        page.text(shortened(remedy.message, 400), 4, hanging=2)
    page.text(f"{_names(findings, remedy.requirements)} ({counted(remedy.checks, 'check')})", 6)


def _names(findings: Findings, names: tuple[str, ...]) -> str:
    ordered = sorted(names, key=lambda name: not findings.is_open(name))
    return listing([_marked(findings, name) for name in ordered], _NAMES)


def _marked(findings: Findings, name: str) -> str:
    """Mark what keeps the run from being conformant, and say how much was met of what passed all the same."""
    result = findings.conclusion.results[name]
    if result.verdict is Outcome.PASS:
        return f"{name} [passed on {result.share}]"
    return f"*{name}" if findings.is_open(name) else name


def _not_applicable(page: TextPage, findings: Findings) -> None:
    if findings.not_applicable:
        page.heading("DOES NOT CONCERN THIS TARGET")
    for sentence, names in findings.not_applicable.items():
        page.text(f"- {shortened(sentence, 200)}: {listing(names, _NAMES)}", 2, hanging=2)
    if findings.not_checkable:
        page.heading("CANNOT BE CHECKED over the network (`conformance explain ID` says why)")
        page.text(listing([entry.id for entry in findings.not_checkable], _NAMES), 2)


def _readings(page: TextPage, findings: Findings) -> None:
    seen = [taken for taken in findings.readings if taken.seen]
    contradictions = [taken for taken in seen if taken.reading.kind is Silence.CONTRADICTION]
    if contradictions:
        page.heading("READINGS: what the target does where the documentation contradicts itself; each conforms")
    for taken in contradictions:
        page.text(f"{taken.reading.question} {shortened('; '.join(taken.seen), 300)}", 2, hanging=2)
    others = len(seen) - len(contradictions)
    if others:
        page.text(f"And {others} where it is silent; summary.md lists them, with evidence.", 2)


def _observations(page: TextPage, findings: Findings) -> None:
    if not findings.observations:
        return
    page.heading("OBSERVED: what else the target does where several ways conform")
    column = min(max(len(visible(name)) for name in findings.observations) + 2, 40)
    for name, values in findings.observations.items():
        page.text(f"{visible(name):<{column - 2}}  {shortened('; '.join(values), 300)}", 2, hanging=column)


def _foot(page: TextPage, findings: Findings) -> None:
    page.lines.append("")
    page.text(f"Evidence   {findings.run.folder}", hanging=LABEL)
    if findings.run.teeth is not None:
        page.text(f"Suite      {visible(str(findings.run.teeth))}", hanging=LABEL)
    _gate(page, findings)
    if findings.exit is not None:
        page.text(f"Exit       {findings.exit}")
    _conclusion_line(page, findings)


def _more(page: TextPage, number: int, indent: int = 2) -> None:
    if number > 0:
        page.text(f"and {number} more; summary.md lists them", indent)
