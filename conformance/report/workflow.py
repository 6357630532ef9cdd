"""A run as annotations of a GitHub workflow: one line a violation, which the page of the job shows at its top."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.contract.outcomes import Outcome
from conformance.report.escaping import visible, visible_lines
from conformance.report.evidence import evidence, observed
from conformance.report.findings import Findings, Violation, conclusion_sentence, find
from conformance.report.gate import gate_of, gate_sentence
from conformance.report.wording import counted, listing, shortened
from conformance.verdicts import Standing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.report.run import Check, Run

MOST = 10
"""How many errors, and how many warnings, GitHub shows of one step."""

_NAMES = 6
_LONGEST = 3000


def render(run: Run) -> str:
    """Give the lines.

    An error each for what fails the gate, a warning for what does not; nothing more than one notice where all is well.
    """
    findings = find(run)
    gate = gate_of(run)
    expired = [_line("error", "A waiver fails the gate", text) for text in (gate.problems if gate else ())]
    ending = [_line("warning", "A waiver is about to expire", text) for text in (gate.warnings if gate else ())]
    errors = [*_of_suite(findings), *expired, *_violations(findings), *_undecided(findings)]
    warnings = [*ending, *(_violation(findings, "warning", violation) for violation in _not_counted(findings))]
    room = MOST - 1 if _conclusion_kind(findings) == "error" else MOST
    lines = [*_first(errors, "error", room), *_first(warnings, "warning", MOST), _conclusion(findings)]
    return "\n".join(lines) + "\n"


def _first(lines: list[str], kind: str, room: int) -> list[str]:
    """Keep as many as there is room for; the last of them counts the rest."""
    if len(lines) <= room:
        return lines
    rest = f"and {counted(len(lines) - room + 1, 'more', 'more')}; the summary lists them"
    return [*lines[: room - 1], _line(kind, "More of the kind", rest)]


def _line(kind: str, title: str, text: str) -> str:
    """Give one workflow command; nothing in it can begin another."""
    told = "\n".join(visible_lines(shortened(text, _LONGEST)))
    name = _escaped(visible(title)).replace(":", "%3A").replace(",", "%2C")
    return f"::{kind} title={name}::{_escaped(told)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _conclusion_kind(findings: Findings) -> str:
    return "error" if findings.exit != 0 else "notice"


def _conclusion(findings: Findings) -> str:
    told = f"{findings.word}: {conclusion_sentence(findings)}"
    gate = gate_sentence(findings.run)
    title = f"InventoryPro conformance of {findings.run.target.name}"
    return _line(_conclusion_kind(findings), title, f"{told}{f'; gate {gate}' if gate else ''}")


def _of_suite(findings: Findings) -> Iterator[str]:
    for check in findings.of_outcome(Outcome.SUITE_ERROR):
        yield _line("error", f"The suite itself failed in {check.id}", check.message)
    if findings.run.complete and findings.conclusion.standing is Standing.INVALID:
        yield _line("error", "This run says nothing about the target", conclusion_sentence(findings))


def _violations(findings: Findings) -> Iterator[str]:
    excused = {violation.requirement.id for violation in _not_counted(findings)}
    for violation in findings.violations:
        if violation.requirement.id not in excused:
            yield _violation(findings, "error", violation)


def _not_counted(findings: Findings) -> list[Violation]:
    """Give the violations that do not fail the gate: deviations, and those that a baseline or a waiver excuses."""
    gate = gate_of(findings.run)
    excused = [] if gate is None else [it for it in findings.violations if not _ids(it) & {*gate.counted}]
    return [*excused, *findings.deviations]


def _ids(violation: Violation) -> set[str]:
    return {check.id for one in (violation, *violation.following) for check in one.failures}


def _violation(findings: Findings, kind: str, violation: Violation) -> str:
    requirement, first = violation.requirement, violation.failures[0]
    lines = [requirement.statement, f"source: {requirement.source}"]
    if violation.result.checks > 1:
        lines.append(f"{len(violation.failures)} of {counted(violation.result.checks, 'check')} failed, first:")
    lines += _told(findings.run, first)
    if violation.following:
        names = [child.requirement.id for child in violation.following]
        lines.append(f"from it follows: {listing(names, _NAMES)}")
    return _line(kind, requirement.id, "\n".join(lines))


def _told(run: Run, check: Check) -> list[str]:
    rows = {label: text for label, text in evidence(run, check).rows if label in {"expected", "request", "check"}}
    seen = observed(check)
    return [*(["observed: " + seen] if seen else []), *(f"{label}: {text}" for label, text in rows.items())]


def _undecided(findings: Findings) -> Iterator[str]:
    for group in findings.left_open:
        names = [name for name in group.requirements if findings.is_open(name)]
        if names:
            advice = [remedy.message for remedy in group.remedies if remedy.message][:3]
            text = "\n".join([f"{group.sentence}: {listing(names, _NAMES)}", *advice])
            yield _line("error", f"Required, but {group.outcome.replace('_', ' ')}", text)
