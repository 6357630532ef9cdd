"""A run as SARIF 2.1.0, for code scanning: a rule for each requirement, a result for each violated one."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from conformance.contract.outcomes import Level, Outcome
from conformance.report.decisive import decisive
from conformance.report.escaping import markdown_text, visible, visible_lines
from conformance.report.evidence import evidence
from conformance.report.findings import Findings, Violation, conclusion_sentence, find
from conformance.report.gate import gate_of, known_mark, waiver_marks
from conformance.report.wording import counted, listing, shortened
from conformance.verdicts import Standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.contract.catalogue import Requirement
    from conformance.report.run import Check, Exchange, Run

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
UNNAMED_FILE = "target.toml"
"""Stands for the target file where the log does not name it: what `conformance init` calls it."""

_LEVELS = {Level.MUST: "error", Level.SHOULD: "warning", Level.MAY: "note"}
_SEVERITIES = {Level.MUST: "error", Level.SHOULD: "warning", Level.MAY: "recommendation"}
# GitHub refuses longer descriptions of a rule, and shows no more of a message.
_LONGEST_DESCRIPTION = 1024
_SHOWN_CHECKS = 10
_LONGEST_BODY = 2000


def render(run: Run) -> str:
    """Give the document.

    Results lie in the target file, the one file that the user's repository has of all this. What was not decided is no
    result but a notification, so that nothing is an alert that is not violated.
    """
    findings = find(run)
    rules = list(findings.requirements.values())
    places = {rule.id: place for place, rule in enumerate(rules)}
    name, _, version = run.suite.partition(" ")
    driver = {"name": name or "conformance", "version": version or "0", "rules": [_rule(rule) for rule in rules]}
    document = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "automationDetails": {"id": f"inventorypro-conformance/{_slug(run.target.name)}/{run.id}"},
                "invocations": [_invocation(findings)],
                "results": [_result(findings, places, *found) for found in _violations(findings)],
                "columnKind": "unicodeCodePoints",
                "properties": _numbers(findings),
            }
        ],
    }
    # ASCII, so that nothing in it means anything to a terminal.
    return json.dumps(document, indent=1).replace("\x7f", "\\u007f") + "\n"


def _slug(name: str) -> str:
    kept = "".join(character if character.isascii() and character.isalnum() else "-" for character in name.lower())
    return "-".join(part for part in kept.split("-") if part) or "target"


def _numbers(findings: Findings) -> dict[str, Any]:
    numbers = findings.conclusion.numbers
    return {
        "conclusion": str(findings.word),
        "target": findings.run.target.name,
        "baseUrl": findings.run.target.base_url,
        "passed": numbers.passed,
        "exercised": numbers.exercised,
        "required": numbers.required,
    }


def _rule(requirement: Requirement) -> dict[str, Any]:
    source = f"{requirement.source}"
    why = f" {requirement.derivation}" if requirement.derivation else ""
    tags = (requirement.profile, str(requirement.basis), str(requirement.level))
    return {
        "id": requirement.id,
        "name": requirement.id,
        "shortDescription": {"text": shortened(requirement.statement, _LONGEST_DESCRIPTION - 40)},
        "fullDescription": {"text": shortened(f"{requirement.statement}{why}", _LONGEST_DESCRIPTION - 40)},
        "help": {
            "text": f"{requirement.statement}\nSource: {source}.\nconformance explain {requirement.id} says more.",
            "markdown": f"{markdown_text(requirement.statement)}\n\nSource: {markdown_text(source)}.\n\n"
            f"`conformance explain {requirement.id}` says more.",
        },
        "defaultConfiguration": {"level": _LEVELS[requirement.level]},
        "properties": {
            "tags": list(dict.fromkeys(tag for tag in tags if tag)),
            "precision": "very-high",
            "problem.severity": _SEVERITIES[requirement.level],
        },
    }


def _violations(findings: Findings) -> Iterator[tuple[Violation, str | None]]:
    """Give every violated requirement, with the one that it follows from, if any."""
    for violation in (*findings.violations, *findings.deviations):
        yield violation, None
        yield from ((child, violation.requirement.id) for child in violation.following)


def _result(findings: Findings, places: Mapping[str, int], violation: Violation, follows: str | None) -> dict[str, Any]:
    requirement = violation.requirement
    return {
        "ruleId": requirement.id,
        "ruleIndex": places[requirement.id],
        "level": _level(violation),
        "message": {"text": _message(findings.run, violation, follows)},
        "locations": [_location(findings.run, violation)],
        "partialFingerprints": _fingerprints(requirement.id),
        "occurrenceCount": len(violation.failures),
        **_gate(findings.run, violation),
        **_evidence(findings.run, violation.failures[0]),
        "properties": {"gating": violation.gating, "checks": [check.id for check in violation.failures]},
    }


def _level(violation: Violation) -> str:
    """Give `error` to what fails the run, and less to any deviation."""
    if violation.gating:
        return "error"
    return "note" if violation.requirement.level is Level.MAY else "warning"


def _message(run: Run, violation: Violation, follows: str | None) -> str:
    requirement, first = violation.requirement, violation.failures[0]
    lines = [requirement.statement]
    if violation.result.checks > 1:
        lines.append(f"{len(violation.failures)} of {counted(violation.result.checks, 'check')} failed.")
    if follows:
        lines.append(f"It follows from {follows}: repair that first.")
    told = evidence(run, first)
    lines += [f"{label}: {text}" for label, text in told.rows]
    lines += [f"try it: {told.again.line}"] if told.again else []
    if len(violation.failures) > 1:
        others = [check.id for check in violation.failures[1:]]
        lines.append(f"also failed: {listing(others, _SHOWN_CHECKS)}")
    # A bracket before a parenthesis would be a link.
    return "\n".join(visible_lines("\n".join(lines))).replace("](", "] (")


def _location(run: Run, violation: Violation) -> dict[str, Any]:
    operations = {check.cell.get("operation"): None for check in violation.failures}
    named = [{"fullyQualifiedName": name, "kind": "resource"} for name in operations if isinstance(name, str)]
    place = {
        "artifactLocation": {"uri": quote(run.target.file or UNNAMED_FILE)},
        "region": {"startLine": 1},
    }
    return {"physicalLocation": place, **({"logicalLocations": named} if named else {})}


def _fingerprints(requirement: str) -> dict[str, str]:
    """Make what tells that two runs found the same: the requirement alone, however many checks of it fail.

    GitHub reads the first one.
    """
    digest = hashlib.sha256(requirement.encode()).hexdigest()
    return {"primaryLocationLineHash": f"{digest[:16]}:1", "conformanceRequirement/v1": digest}


def _gate(run: Run, violation: Violation) -> dict[str, Any]:
    """Say what a baseline or waivers made of it: a waived violation is suppressed, one of the baseline is not new."""
    gate, told = gate_of(run), {}
    if gate is None or not violation.gating:
        return {}
    marks = waiver_marks(run, violation.failures)
    counted_ones = {check.id for check in violation.failures} & {*gate.counted}
    if marks and not counted_ones:
        told["suppressions"] = [{"kind": "external", "justification": visible(mark)} for mark in marks]
    if gate.baseline is not None:
        known = known_mark(run, violation.failures)
        return {**told, "baselineState": "unchanged" if known else "new"}
    return dict(told)


def _evidence(run: Run, check: Check) -> dict[str, Any]:
    """Give the exchange that shows the violation."""
    exchange = decisive(run, check)
    if exchange is None:
        return {}
    request = {"protocol": "HTTP", "target": exchange.url, "method": exchange.method, "headers": dict(exchange.headers)}
    return {"webRequest": {**request, **_body(exchange.body)}, "webResponse": _response(exchange)}


def _response(exchange: Exchange) -> dict[str, Any]:
    if exchange.status is None:
        return {"noResponseReceived": True}
    headers = dict(exchange.response_headers)
    return {"statusCode": exchange.status, "headers": headers, **_body(exchange.response_body)}


def _body(text: str | None) -> dict[str, Any]:
    return {} if text is None else {"body": {"text": shortened(text, _LONGEST_BODY)}}


def _invocation(findings: Findings) -> dict[str, Any]:
    run = findings.run
    told: dict[str, Any] = {
        "executionSuccessful": run.complete and findings.conclusion.standing is not Standing.INVALID,
        "toolExecutionNotifications": list(_notifications(findings)),
    }
    if findings.exit is not None:
        told["exitCode"] = findings.exit
    if run.started.endswith("Z"):
        told["startTimeUtc"] = run.started
    if run.end is not None and run.end.finished.endswith("Z"):
        told["endTimeUtc"] = run.end.finished
    return told


def _notifications(findings: Findings) -> Iterator[dict[str, Any]]:
    """Say what keeps the run from a verdict: that it is incomplete, errors of the suite, what stayed undecided."""
    broken = not findings.run.complete or findings.conclusion.standing is Standing.INVALID
    level = "error" if broken else "note"
    yield {"level": level, "message": {"text": f"{findings.word}: {conclusion_sentence(findings)}"}}
    for check in findings.of_outcome(Outcome.SUITE_ERROR):
        text = "\n".join(visible_lines(f"{check.id}: {shortened(check.message, _LONGEST_BODY)}"))
        yield {"level": "error", "message": {"text": text}}
    for group in findings.left_open:
        names = [name for name in group.requirements if findings.is_open(name)]
        if names:
            told = f"{group.outcome.replace('_', ' ')}: {group.sentence}: {listing(names, _SHOWN_CHECKS)}"
            yield {"level": "warning", "message": {"text": visible(told)}}
