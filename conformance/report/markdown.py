"""The summary of a run as Markdown: for a step summary of a CI service, or to read beside the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.contract.outcomes import Outcome
from conformance.contract.readings import Silence
from conformance.report.escaping import markdown_block, markdown_code, markdown_text
from conformance.report.evidence import SHOWN_FAILURES, TELLING_APART, Evidence, evidence, observed
from conformance.report.findings import (
    NO_CHECK,
    Findings,
    LeftOpen,
    Remedy,
    Taken,
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
from conformance.report.wording import counted, moment, shortened, span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.report.run import Run
    from conformance.verdicts import Numbers

# GitHub drops a step summary of more than 1 MiB altogether.
MOST_BYTES = 900_000
_CODE = frozenset({"expected", "observed", "finding", "request", "answer", "check"})
_REMEDIES = 50
READINGS = (
    (
        Silence.CONTRADICTION,
        "Where the documentation contradicts itself",
        "Each reading conforms; this is the one that the target takes.",
    ),
    (Silence.OPEN, "Where the documentation is silent", "Each answer conforms; this is the one that the target gives."),
)


def render(run: Run) -> str:
    """Give the whole summary, less than 1 MB; what does not fit is left out at the end, which then says so."""
    findings = find(run)
    sections = (
        _head,
        _suite_errors,
        _violations,
        _deviations,
        _left_open,
        _not_applicable,
        _readings,
        _observations,
        _table,
    )
    blocks = (block for section in sections for block in section(findings))
    return "\n\n".join([*fitting(blocks), _foot(findings)]) + "\n"


def fitting(blocks: Iterable[str]) -> Iterator[str]:
    """Give the blocks that fit into less than 1 MB, and a last one that says so where some do not."""
    left = MOST_BYTES
    for block in blocks:
        left -= len(block.encode()) + 2
        if left < 0:
            yield "**This summary is cut here: it would be too large.** The log beside it, `run.jsonl`, is whole."
            return
        yield block


def _head(findings: Findings) -> Iterator[str]:
    run, conclusion = findings.run, findings.conclusion
    yield f"# InventoryPro conformance: {findings.word}"
    sentence = conclusion_sentence(findings)
    yield f"**{markdown_text(sentence[0].upper() + sentence[1:])}.**"
    took = f", took {span(run.end.seconds)}" if run.end else ""
    yield (
        f"{markdown_text(run.target.name)} at {markdown_code(run.target.base_url)}, run {markdown_code(run.id)},"
        f" {markdown_text(moment(run.started))}{took}, {counted(len(run.checks), 'check')}."
    )
    if is_narrowed(run):
        yield f"Asked for {markdown_text(selection_sentence(findings))}; decided by {deciding_sentence(findings)}."
    if run.target.overlay:
        yield f"Judged by the documentation with the target's own overlay {markdown_code(run.target.overlay)}."
    rows = [
        _numbers("required of the target", conclusion.numbers),
        _numbers("the whole selection", conclusion.selected),
    ]
    yield "\n".join(["| requirements | passed | exercised | of |", "|---|---:|---:|---:|", *rows])
    yield from _gate(findings.run)


def _gate(run: Run) -> Iterator[str]:
    """Say why the exit status is not the conclusion's, where a baseline or waivers had a say."""
    gate = gate_of(run)
    if gate is None:
        return
    yield f"**Gate {markdown_text(gate_sentence(run))}.**"
    if gate.problems:
        yield "Waivers that fail the gate:"
        yield "\n".join(f"- {markdown_text(problem)}" for problem in gate.problems)
    if gate.warnings:
        yield "Waivers about to expire:"
        yield "\n".join(f"- {markdown_text(warning)}" for warning in gate.warnings)


def _numbers(label: str, numbers: Numbers) -> str:
    return f"| {label} | {numbers.passed} | {numbers.exercised} | {numbers.required} |"


def _suite_errors(findings: Findings) -> Iterator[str]:
    errors = list(findings.of_outcome(Outcome.SUITE_ERROR))
    if errors:
        yield f"## Errors of the suite itself ({len(errors)})"
        yield "Not the target's fault; please report them."
    for check in errors:
        yield f"- {markdown_code(check.id)}"
        yield markdown_block(shortened(check.message, 4000))


def _violations(findings: Findings) -> Iterator[str]:
    if findings.violations:
        yield f"## Violated ({total(findings.violations)})"
    for violation in findings.violations:
        yield from _violation(findings.run, violation)


def _violation(run: Run, violation: Violation) -> Iterator[str]:
    requirement, failures = violation.requirement, violation.failures
    yield f"### {markdown_code(requirement.id)}"
    yield f"{markdown_text(requirement.statement)} <br>Source: {markdown_text(str(requirement.source))}"
    if violation.result.checks > 1:
        yield f"{len(failures)} of {counted(violation.result.checks, 'check')} failed."
    for mark in gate_marks(run, failures):
        yield f"Gate: {markdown_text(mark)}"
    for check in failures[:SHOWN_FAILURES]:
        yield from _failure(evidence(run, check), in_full=check is failures[0])
    if len(failures) > SHOWN_FAILURES:
        yield f"And {counted(len(failures) - SHOWN_FAILURES, 'more check')} of this requirement."
    for child in violation.following:
        yield f"From it follows {_following(child, violation)}{_marks(run, child)}"


def _failure(told: Evidence, *, in_full: bool) -> Iterator[str]:
    """Give one failed check; of those after the first only what tells them apart."""
    rows = [(label, text) for label, text in told.rows if in_full or label in TELLING_APART]
    yield "\n".join(f"- {label}: {_shown(label, text)}" for label, text in rows)
    if told.again is None:
        return
    yield markdown_block(told.again.line, "sh")
    meanings = [f"{markdown_code(name)} is {markdown_text(meaning)}" for name, meaning in told.again.variables]
    if in_full and meanings:
        yield f"where {', '.join(meanings)}"


def _shown(label: str, text: str) -> str:
    return markdown_code(text) if label in _CODE else markdown_text(text)


def _deviations(findings: Findings) -> Iterator[str]:
    if findings.deviations:
        yield f"## Deviations ({total(findings.deviations)})"
        yield "Worth a look, but not required here."
        yield "\n".join(_briefly(findings.run, violation) for violation in findings.deviations)


def _marks(run: Run, violation: Violation) -> str:
    return "".join(f" <br>{markdown_text(mark)}" for mark in gate_marks(run, violation.failures))


def _briefly(run: Run, violation: Violation) -> str:
    requirement, first = violation.requirement, violation.failures[0]
    times = f"{len(violation.failures)} checks, first: " if len(violation.failures) > 1 else ""
    follows = "".join(f" <br>From it follows {_following(child, violation)}" for child in violation.following)
    return (
        f"- {markdown_code(requirement.id)} ({requirement.level}): {markdown_text(requirement.statement)}"
        f" <br>{times}{markdown_code(shortened(observed(first), 400))}{_marks(run, violation)}{follows}"
    )


def _following(child: Violation, root: Violation) -> str:
    return f"{markdown_code(named(child, root))}: {markdown_text(child.requirement.statement)}"


def _left_open(findings: Findings) -> Iterator[str]:
    if not findings.left_open:
        return
    yield "## Not exercised or not decided"
    yield "And what would change that. Requirements in bold keep the run from being conformant."
    for group in findings.left_open:
        yield _group(findings, group)


def _group(findings: Findings, group: LeftOpen) -> str:
    because = f", because of {markdown_code(group.cause)}" if group.cause and group.cause != group.reason else ""
    sentence = group.sentence
    if group.reason == NO_CHECK and not findings.run.complete:
        sentence = "the run did not come to it"
    lines = [f"- {group.outcome.replace('_', ' ')}: {markdown_text(sentence)}{because}"]
    lines += [f"  - {_remedy(findings, remedy)}" for remedy in group.remedies[:_REMEDIES]]
    if len(group.remedies) > _REMEDIES:
        lines.append(f"  - and {len(group.remedies) - _REMEDIES} more")
    if not group.remedies:
        lines.append(f"  - {_names(findings, group.requirements)}")
    return "\n".join(lines)


def _remedy(findings: Findings, remedy: Remedy) -> str:
    said = f"{markdown_text(shortened(remedy.message, 400))} <br>" if remedy.message else ""
    return f"{said}{_names(findings, remedy.requirements)} ({counted(remedy.checks, 'check')})"


def _names(findings: Findings, names: Iterable[str]) -> str:
    return ", ".join(f"**{markdown_code(name)}**" if findings.is_open(name) else markdown_code(name) for name in names)


def _not_applicable(findings: Findings) -> Iterator[str]:
    if findings.not_applicable:
        yield "## Does not concern this target"
        yield "\n".join(
            f"- {markdown_text(shortened(sentence, 400))}: {_names(findings, names)}"
            for sentence, names in findings.not_applicable.items()
        )
    if findings.not_checkable:
        yield "## Cannot be checked over the network"
        yield "\n".join(
            f"- {markdown_code(entry.id)}: {markdown_text(entry.reason or entry.statement)}"
            for entry in findings.not_checkable
        )


def _readings(findings: Findings) -> Iterator[str]:
    for kind, heading, sentence in READINGS:
        asked = [taken for taken in findings.readings if taken.reading.kind is kind]
        if asked:
            yield f"## {heading}"
            yield sentence
            yield "\n".join(_taken(taken) for taken in asked)


def _taken(taken: Taken) -> str:
    reading = taken.reading
    answers = [f"**{markdown_text(shortened(words, 300))}**{_shown_by(at)}" for words, at in taken.seen.items()]
    pages = f" (pages {', '.join(map(markdown_text, reading.pages))})" if reading.pages else ""
    return f"- {markdown_text(reading.question)}{pages} <br>{'; '.join(answers) or 'not seen in this run'}"


def _shown_by(exchanges: tuple[int, ...]) -> str:
    return f" (exchange {', '.join(map(str, exchanges))})" if exchanges else ""


def _observations(findings: Findings) -> Iterator[str]:
    if findings.observations:
        yield "## Observed"
        yield "What else this target was seen to do where several ways conform."
        yield "\n".join(
            f"- {markdown_code(name)}: {markdown_code(shortened('; '.join(values), 400))}"
            for name, values in findings.observations.items()
        )


def _table(findings: Findings) -> Iterator[str]:
    """Give every requirement with its verdict, folded away."""
    rows = [_row(findings, name) for name in findings.conclusion.results]
    head = ["| requirement | level | verdict | checks passed |", "|---|---|---|---:|"]
    yield "\n".join(["<details><summary>All requirements</summary>", "", *head, *rows, "", "</details>"])


def _row(findings: Findings, name: str) -> str:
    result = findings.conclusion.results[name]
    level = findings.requirements[name].level
    gates = " (required)" if name in findings.conclusion.gating else ""
    verdict = result.verdict.replace("_", " ")
    return f"| {markdown_text(name)} | {level}{gates} | {verdict} | {result.passed} of {result.checks} |"


def _foot(findings: Findings) -> str:
    proved = "" if findings.run.teeth is None else f" {markdown_text(str(findings.run.teeth))}."
    return f"{markdown_text(findings.run.suite)}, seed {findings.run.seed}.{proved}"
