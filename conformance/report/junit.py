"""A run as JUnit XML, for Jenkins, GitLab and Azure: a suite for each group of requirements, a case for each check."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from conformance.contract.outcomes import Outcome
from conformance.report.escaping import xml_text
from conformance.report.evidence import TELLING_APART, evidence
from conformance.report.findings import Findings, conclusion_sentence, find, reason_sentence
from conformance.report.gate import gate_marks, gate_of, gate_sentence
from conformance.report.wording import counted, shortened
from conformance.verdicts import Standing, is_for_want

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.report.run import Check, Run

# Services refuse files of tens of megabytes: beyond this number of failed checks of one requirement only what tells them
# apart is told.
_TOLD_IN_FULL = 20
_UNDECIDED = frozenset({Outcome.PENDING, Outcome.INCONCLUSIVE, Outcome.BLOCKED})


def render(run: Run) -> str:
    """Give the XML document.

    A check that is required and was neither met nor left out for want of something is a failure, never skipped. A
    deviation that decides nothing, and a failure that a baseline or a waiver excuses, is skipped with its message, so
    that these results and the exit status agree. The last suite, `run`, holds one case: that everything required was
    decided.
    """
    findings = find(run)
    root = Element("testsuites", name=f"InventoryPro conformance of {xml_text(run.target.name)}")
    for group, checks in _groups(run.checks).items():
        _suite(root, findings, group, checks)
    _run_suite(root, findings)
    _count(root)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _groups(checks: Iterable[Check]) -> dict[str, list[Check]]:
    groups: dict[str, list[Check]] = {}
    for check in checks:
        groups.setdefault(check.requirement.partition(".")[0], []).append(check)
    return groups


def _suite(root: Element, findings: Findings, group: str, checks: list[Check]) -> None:
    suite = SubElement(root, "testsuite", name=xml_text(group), timestamp=xml_text(findings.run.started[:19]))
    failed: Counter[str] = Counter()
    for check in checks:
        case = _case(suite, findings.run, check.requirement, check.id, check.seconds)
        if check.outcome is not Outcome.PASS:
            failed[check.requirement] += 1
            _mark(case, findings, check, in_full=failed[check.requirement] <= _TOLD_IN_FULL)


def _case(suite: Element, run: Run, classname: str, name: str, seconds: float) -> Element:
    case = SubElement(suite, "testcase", classname=xml_text(classname), name=xml_text(name), time=f"{seconds:.3f}")
    if run.target.file:
        # GitLab makes a link of it; the target file is what the user's repository has of a check.
        case.set("file", xml_text(run.target.file))
    return case


def _mark(case: Element, findings: Findings, check: Check, *, in_full: bool) -> None:
    """Say of a check that did not pass what these readers can say: error, failure or skipped."""
    said = check.message or reason_sentence(check.reason or "") or check.outcome.sentence
    message = f"{check.outcome.replace('_', ' ')}: {said}"
    excuse = _excuse(findings, check)
    if check.outcome is Outcome.SUITE_ERROR:
        _add(case, "error", message, check, check.message)
    elif check.requirement in findings.gating and _counts_against(check) and excuse is None:
        _add(case, "failure", message, check, _told(findings, check, in_full=in_full))
    elif check.outcome is Outcome.FAIL:
        _add(case, "skipped", f"{excuse or 'deviation, not required here'}: {said}", check, "")
        SubElement(case, "system-out").text = xml_text(_told(findings, check, in_full=in_full))
    else:
        _add(case, "skipped", message, check, "")


def _excuse(findings: Findings, check: Check) -> str | None:
    """Say why a failed check does not fail the gate, where a baseline or a waiver excuses it."""
    gate = gate_of(findings.run)
    if gate is None or check.outcome is not Outcome.FAIL or check.id in gate.counted:
        return None
    return "; ".join(gate_marks(findings.run, [check])) or None


def _counts_against(check: Check) -> bool:
    if check.outcome is Outcome.NOT_RUN:
        return not is_for_want(check)
    return check.outcome is Outcome.FAIL or check.outcome in _UNDECIDED


def _add(case: Element, name: str, message: str, check: Check, text: str) -> None:
    element = SubElement(case, name, message=xml_text(shortened(message, 1000)))
    if name != "skipped":
        element.set("type", xml_text(check.reason or check.outcome))
    element.text = xml_text(text) or None


def _told(findings: Findings, check: Check, *, in_full: bool) -> str:
    requirement = findings.requirements[check.requirement]
    told = evidence(findings.run, check)
    rows = [row for row in told.rows if in_full or row[0] in TELLING_APART]
    if in_full:
        rows = [("required", requirement.statement), ("source", str(requirement.source)), *rows]
        rows += [("try it", told.again.line)] if told.again else []
    return "\n".join(f"{label}: {text}" for label, text in rows)


def _run_suite(root: Element, findings: Findings) -> None:
    suite = SubElement(root, "testsuite", name="run", timestamp=xml_text(findings.run.started[:19]))
    _properties(suite, findings)
    case = _case(suite, findings.run, "run", "everything required was decided", 0.0)
    undecided = [name for name in findings.conclusion.gating if findings.is_open(name)]
    gate = gate_of(findings.run)
    if not findings.run.complete or findings.conclusion.standing is Standing.INVALID:
        message = f"{findings.word}: {conclusion_sentence(findings)}"
        SubElement(case, "error", message=xml_text(message), type=findings.word)
    elif undecided:
        message = f"{len(undecided)} of {counted(findings.conclusion.numbers.required, 'requirement')} stayed undecided"
        failure = SubElement(case, "failure", message=message, type="undecided")
        failure.text = xml_text("\n".join(f"{name}: {findings.conclusion.verdicts[name]}" for name in undecided))
    elif gate is not None and gate.problems:
        failure = SubElement(case, "failure", message=xml_text(gate_sentence(findings.run)), type="waivers")
        failure.text = xml_text("\n".join(gate.problems))
    elif gate is not None and gate.lost:
        failure = SubElement(case, "failure", message=xml_text(gate_sentence(findings.run)), type="undecided")
        failure.text = xml_text("\n".join(gate.lost))


def _properties(suite: Element, findings: Findings) -> None:
    run = findings.run
    told = {
        "run": run.id,
        "suite": run.suite,
        "target": run.target.name,
        "base_url": run.target.base_url,
        "gate": run.gate,
        "seed": str(run.seed),
        "conclusion": findings.word,
        "exit": "" if findings.exit is None else str(findings.exit),
    }
    holder = SubElement(suite, "properties")
    for name, value in told.items():
        SubElement(holder, "property", name=name, value=xml_text(value))


def _count(root: Element) -> None:
    """Set the counts that readers expect on every suite and on the whole."""
    for element in (*root.findall("testsuite"), root):
        element.set("tests", str(len(list(element.iter("testcase")))))
        element.set("failures", str(len(list(element.iter("failure")))))
        element.set("errors", str(len(list(element.iter("error")))))
        element.set("skipped", str(len(list(element.iter("skipped")))))
        element.set("time", f"{sum(float(case.get('time', '0')) for case in element.iter('testcase')):.3f}")
