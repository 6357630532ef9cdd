"""Every requirement with its checks, chapter by chapter, in the order of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.contract.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.contract.catalogue import Requirement
    from conformance.report.findings import Findings
    from conformance.report.run import Check

NOT_CHECKABLE = "not_checkable"

WORDS = {
    Outcome.PASS: ("✓", "passed", "good"),
    Outcome.FAIL: ("✗", "violated", "bad"),
    Outcome.SUITE_ERROR: ("!", "suite error", "bad"),
    Outcome.PENDING: ("…", "pending", "open"),
    Outcome.INCONCLUSIVE: ("?", "inconclusive", "open"),
    Outcome.BLOCKED: ("?", "blocked", "open"),
    Outcome.NOT_RUN: ("?", "not run", "open"),
    Outcome.NOT_APPLICABLE: ("·", "not applicable", ""),
    NOT_CHECKABLE: ("·", "not checkable", ""),
}
"""How an outcome is shown: a symbol, a word, and how it is set off."""


@dataclass(frozen=True, slots=True)
class Line:
    """One check in one line."""

    outcome: str
    name: str
    told: str
    exchanges: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A requirement with its verdict; `required` says whether it decides the run's."""

    requirement: Requirement
    verdict: str
    required: bool
    passed: int
    checks: int
    lines: tuple[Line, ...]

    @property
    def kind(self) -> str:
        """The verdict as a style: a violation that decides nothing is another thing than one that does."""
        return "deviation" if self.verdict == Outcome.FAIL and not self.required else self.verdict


@dataclass(frozen=True, slots=True)
class Chapter:
    """The requirements whose ids begin alike."""

    name: str
    entries: tuple[Entry, ...]

    @property
    def title(self) -> str:
        """Its name in words."""
        return self.name.replace("-", " ").capitalize()

    @property
    def numbers(self) -> tuple[tuple[str, int], ...]:
        """How many requirements have which verdict, of those that occur: (word, number)."""
        found = {word: sum(WORDS[entry.verdict][1] == word for entry in self.entries) for _, word, _ in WORDS.values()}
        return tuple((word, number) for word, number in found.items() if number)


def chapters(findings: Findings) -> list[Chapter]:
    """Sort every requirement of a run into chapters."""
    checks: dict[str, list[Check]] = {}
    for check in findings.run.checks:
        checks.setdefault(check.requirement, []).append(check)
    sorted_in: dict[str, list[Entry]] = {}
    for entry in _entries(findings, checks):
        sorted_in.setdefault(entry.requirement.id.partition(".")[0], []).append(entry)
    return [Chapter(name, tuple(entries)) for name, entries in sorted_in.items()]


def _entries(findings: Findings, checks: dict[str, list[Check]]) -> Iterator[Entry]:
    conclusion = findings.conclusion
    known = {entry.id: entry for entry in findings.run.selection} | dict(findings.requirements)
    for name, requirement in known.items():
        result = conclusion.results.get(name)
        lines = tuple(map(_line, checks.get(name, ())))
        if result is None:
            yield Entry(requirement, NOT_CHECKABLE, required=False, passed=0, checks=0, lines=lines)
        else:
            required = name in conclusion.gating
            yield Entry(requirement, result.verdict, required, result.passed, result.checks, lines)


def _line(check: Check) -> Line:
    name = check.id.removeprefix(f"{check.requirement}/")
    told = "" if check.outcome is Outcome.PASS else check.message or check.outcome.sentence
    return Line(check.outcome, name, told[:300], _numbers(check.exchanges))


def _numbers(exchanges: tuple[int, ...]) -> str:
    if len(exchanges) > 4:
        return f"{', '.join(map(str, exchanges[:3]))} and {len(exchanges) - 3} more"
    return ", ".join(map(str, exchanges))
