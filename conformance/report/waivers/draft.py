"""A waivers file to fill in, drafted from what a run found violated."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

from conformance.report.escaping import visible
from conformance.report.evidence import observed
from conformance.report.findings import find
from conformance.report.gate import gate_of
from conformance.report.waivers.waivers import PLACEHOLDERS
from conformance.report.wording import counted, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.report.findings import Findings, Violation
    from conformance.report.run import Check, Run

LASTS = timedelta(days=30)
"""How long a drafted waiver holds, unless whoever fills it in decides otherwise."""


def draft(run: Run, today: date) -> str:
    """Draft an entry for each required requirement that a run violated, and each reason code; waived ones are left out.

    The placeholders in it are refused by `read_waivers` until a person has filled them in.
    """
    findings = find(run)
    entries = list(_entries(findings, today + LASTS))
    return "\n".join([*_head(findings, len(entries)), *entries]) + "\n"


def _head(findings: Findings, number: int) -> Iterator[str]:
    run = findings.run
    yield f"# Drafted from the run {_comment(run.id)} of {_comment(run.target.name)}."
    if not run.complete:
        yield "# That run is incomplete: there may be more."
    if not number:
        yield "# Nothing that it requires is violated, or all of it is waived: there is nothing to waive."
        return
    yield "# Fill in why, owner and ticket, choose a date, and take out what is to be repaired at once."
    yield "# A waiver touches the exit status alone: every report goes on to show the violation."


def _entries(findings: Findings, expires: date) -> Iterator[str]:
    gate = gate_of(findings.run)
    waived = {name for entry in (gate.waived if gate else None) or () for name in entry.checks}
    for violation in findings.violations:
        for part in (violation, *violation.following):
            root = None if part is violation else violation.requirement.id
            by_reason: dict[str, list[Check]] = {}
            for check in part.failures:
                if check.id not in waived and part.gating:
                    by_reason.setdefault(check.reason or "", []).append(check)
            yield from ("\n".join(_entry(part, root, *item, expires)) for item in by_reason.items())


def _entry(violation: Violation, root: str | None, reason: str, checks: list[Check], expires: date) -> Iterator[str]:
    requirement = violation.requirement
    yield ""
    yield f"# {_comment(requirement.statement)}"
    yield f"# {counted(len(checks), 'failed check')}, the first: {_comment(observed(checks[0]))}"
    if root is not None:
        yield f"# It follows from {root}."
    yield "[[waiver]]"
    yield f"requirement = {json.dumps(requirement.id)}"
    yield f"reason = {json.dumps(reason)}"
    yield from (f'{key} = "{placeholder}"' for key, placeholder in PLACEHOLDERS.items())
    yield f"expires = {expires.isoformat()}"


def _comment(text: str) -> str:
    """Give foreign text as it may stand in a comment: one short line without control characters."""
    return visible(shortened(" ".join(text.split()), 200))
