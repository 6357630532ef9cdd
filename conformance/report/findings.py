"""What a run found, sorted for readers: violations, deviations, what stayed open and why, observations."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from conformance.contract.catalogue import Requirement, Source
from conformance.contract.outcomes import Basis, Level, Outcome, Reason
from conformance.report.wording import counted, listing
from conformance.verdicts import OPEN, Conclusion, Numbers, RequirementResult, Standing, conclude, followed_failures

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.contract.readings import Reading
    from conformance.report.run import Check, Observation, Run

INCOMPLETE = "incomplete"
READING = "reading."
"""What the names of observations begin with that answer a question of specs/readings.yaml."""
SHOWN = 3
"""How many exchanges are named as evidence of a reading."""
NO_CHECK = "no-check"
"""Stands for a reason code where no check of the run asked for a requirement at all."""

# How many chosen profiles and requirements are named.
_CHOSEN = 12
# Up to how many messages that differ in an answer alone are told one by one.
_ALIKE = 3
# How an answer is written in a message.
_ANSWER = re.compile(r"<[A-Z]+ \S+ as [^<>]*>")


@dataclass(frozen=True, slots=True)
class Violation:
    """A requirement that the target violates, by these checks; `following` are violated for the same cause."""

    requirement: Requirement
    result: RequirementResult
    gating: bool
    failures: tuple[Check, ...]
    following: tuple[Violation, ...] = ()


@dataclass(frozen=True, slots=True)
class Remedy:
    """What would exercise some checks, in the words of their events."""

    message: str
    requirements: tuple[str, ...]
    checks: int


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """Checks that decided nothing, by one outcome and reason (and, where blocked, one cause)."""

    outcome: Outcome
    reason: str
    sentence: str
    cause: str | None
    remedies: tuple[Remedy, ...]
    requirements: tuple[str, ...]
    checks: int


@dataclass(frozen=True, slots=True)
class Taken:
    """Which reading the target takes where the documentation does not settle a question.

    `seen` holds what it was seen to do, in words, each with the exchanges that show it; empty where no check came to it.
    """

    reading: Reading
    seen: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True)
class Findings:
    """A run with what it concludes; everything else is worked out of these two when asked for."""

    run: Run
    conclusion: Conclusion

    @property
    def word(self) -> str:
        """The conclusion in one word; a run without an end concludes nothing."""
        return self.conclusion.standing if self.run.complete else INCOMPLETE

    @property
    def exit(self) -> int | None:
        """The exit status that the run gave; None where it is incomplete."""
        return self.run.end.exit if self.run.end is not None else None

    @cached_property
    def gating(self) -> frozenset[str]:
        """The ids of the requirements that gate, to be looked up in."""
        return frozenset(self.conclusion.gating)

    @cached_property
    def requirements(self) -> Mapping[str, Requirement]:
        """The requirements of the run by id, also those that only a check names."""
        known = {entry.id: entry for entry in self.run.selection}
        return MappingProxyType({**{check.requirement: _unlisted(check) for check in self.run.checks}, **known})

    @cached_property
    def violations(self) -> tuple[Violation, ...]:
        """The violated requirements that gate, in the order of the catalogue."""
        return tuple(violation for violation in self._all_violations if violation.gating)

    @cached_property
    def deviations(self) -> tuple[Violation, ...]:
        """The violated requirements that do not gate, in the order of the catalogue."""
        return tuple(violation for violation in self._all_violations if not violation.gating)

    @cached_property
    def _all_violations(self) -> tuple[Violation, ...]:
        folded = followed_failures(self.requirements.values(), self.run.checks, self.conclusion.gating)
        single = {name: self._violation(name) for name in self.conclusion.results if name in self._failures}
        return tuple(
            replace(violation, following=tuple(single[child] for child, root in folded.items() if root == name))
            for name, violation in single.items()
            if name not in folded
        )

    @cached_property
    def _failures(self) -> Mapping[str, list[Check]]:
        found: dict[str, list[Check]] = {}
        for check in self.of_outcome(Outcome.FAIL):
            found.setdefault(check.requirement, []).append(check)
        return found

    def of_outcome(self, outcome: Outcome) -> Iterable[Check]:
        """Give the checks of an outcome."""
        return (check for check in self.run.checks if check.outcome is outcome)

    def _violation(self, name: str) -> Violation:
        gating = name in self.gating
        return Violation(self.requirements[name], self.conclusion.results[name], gating, tuple(self._failures[name]))

    @cached_property
    def left_open(self) -> tuple[LeftOpen, ...]:
        """What was not exercised or not decided, what gates and concerns most checks first."""
        groups: dict[tuple[Outcome, str, str | None], list[Check]] = {}
        for check in self.run.checks:
            if check.outcome in OPEN:
                groups.setdefault((check.outcome, check.reason or "", check.cause), []).append(check)
        found = [self._group(*key, checks) for key, checks in groups.items()]
        return tuple(sorted([*found, *self._unasked()], key=self._rank))

    def _group(self, outcome: Outcome, reason: str, cause: str | None, checks: list[Check]) -> LeftOpen:
        alike: dict[str, list[Check]] = {}
        for check in checks:
            alike.setdefault(_ANSWER.sub("", check.message), []).append(check)
        remedies = [remedy for own in alike.values() for remedy in _remedies(own)]
        sentence = reason_sentence(reason) or outcome.sentence
        names = tuple(dict.fromkeys(check.requirement for check in checks))
        return LeftOpen(outcome, reason, sentence, cause, tuple(sorted(remedies, key=_size)), names, len(checks))

    def _unasked(self) -> list[LeftOpen]:
        names = tuple(name for name, result in self.conclusion.results.items() if self._is_unasked(result))
        sentence = "no check of this run asked for it"
        return [LeftOpen(Outcome.NOT_RUN, NO_CHECK, sentence, None, (), names, 0)] if names else []

    def _is_unasked(self, result: RequirementResult) -> bool:
        return result.verdict is Outcome.NOT_RUN and not result.checks

    def _rank(self, group: LeftOpen) -> tuple[int, int]:
        required = [name for name in group.requirements if self.is_open(name)]
        return (-len(required), -group.checks)

    def is_open(self, requirement: str) -> bool:
        """Whether a requirement gates and was not decided, so that the run is not conformant."""
        gates = requirement in self.gating
        return gates and self.conclusion.results[requirement].verdict in OPEN

    @cached_property
    def not_applicable(self) -> Mapping[str, tuple[str, ...]]:
        """The requirements that do not concern the target, whole or in part, by the sentence of the reason."""
        found: dict[str, dict[str, None]] = {}
        for check in self.of_outcome(Outcome.NOT_APPLICABLE):
            sentence = check.message or reason_sentence(check.reason or "") or check.outcome.sentence
            found.setdefault(sentence, {})[check.requirement] = None
        return MappingProxyType({sentence: tuple(names) for sentence, names in found.items()})

    @cached_property
    def not_checkable(self) -> tuple[Requirement, ...]:
        """The requirements that no request can decide."""
        return tuple(entry for entry in self.run.selection if not entry.checkable)

    @cached_property
    def readings(self) -> tuple[Taken, ...]:
        """What the target was seen to do about each question that the documentation does not settle."""
        seen: dict[str, dict[str, dict[int, None]]] = {}
        for observation in self._observed():
            if observation.name.startswith(READING):
                values = seen.setdefault(observation.name.removeprefix(READING), {})
                shown = values.setdefault(observation.value, {})
                if observation.exchange is not None:
                    shown[observation.exchange] = None
        return tuple(Taken(reading, _in_words(reading, seen.get(reading.id, {}))) for reading in self.run.readings)

    @cached_property
    def observations(self) -> Mapping[str, tuple[str, ...]]:
        """Everything else observed: the different values by name, both in order of appearance."""
        known = {READING + reading.id for reading in self.run.readings}
        found: dict[str, dict[str, None]] = {}
        for observation in self._observed():
            if observation.name in known:
                continue
            found.setdefault(observation.name, {})[observation.value] = None
        return MappingProxyType({name: tuple(values) for name, values in found.items()})

    def _observed(self) -> Iterable[Observation]:
        for check in self.run.checks:
            yield from check.observations
        if self.run.end is not None:
            yield from self.run.end.observations


def _in_words(reading: Reading, seen: Mapping[str, Iterable[int]]) -> Mapping[str, tuple[int, ...]]:
    return MappingProxyType({reading.words(value): tuple(shown)[:SHOWN] for value, shown in seen.items()})


def find(run: Run) -> Findings:
    """Judge a run; where it recorded its own conclusion, that stands."""
    return Findings(run, _as_recorded(run, conclude(run.selection, run.checks, run.gating)))


def _as_recorded(run: Run, concluded: Conclusion) -> Conclusion:
    end = run.end
    if end is None:
        return concluded
    results = {
        name: replace(result, verdict=end.verdicts.get(name, result.verdict))
        for name, result in concluded.results.items()
    }
    numbers = Numbers(end.passed, end.exercised, end.required)
    return replace(concluded, standing=end.standing, results=MappingProxyType(results), numbers=numbers)


def conclusion_sentence(findings: Findings) -> str:
    """Say what the run concludes in one sentence with its most telling number."""
    numbers = findings.conclusion.numbers
    if not findings.run.complete:
        return "the run stopped before its end; what follows is what it had found until then"
    match findings.conclusion.standing:
        case Standing.NONCONFORMANT:
            return f"the target violates {counted(_failed(findings), 'requirement')}{_lost(findings)}"
        case Standing.PARTIAL | Standing.PENDING:
            missing = _undecided(findings)
            whole = counted(numbers.required, "requirement")
            return f"nothing required is violated, but {missing} of {whole} stayed undecided{_lost(findings)}"
        case Standing.CONFORMANT if numbers.required:
            return f"the target meets {_all(numbers.required)}{_deviating(findings)}"
        case Standing.CONFORMANT:
            return "nothing in this selection decides the verdict (see `--gate should`)"
        case Standing.INVALID:
            return _invalid_sentence(findings)


def selection_sentence(findings: Findings) -> str:
    """Say what a run asked for: `profile oauth: 10 requirements`."""
    run = findings.run
    chosen = [f"profile {name}" for name in run.profiles] + [f"requirement {name}" for name in run.patterns]
    return f"{listing(chosen, _CHOSEN) or 'everything'}: {counted(len(run.selection), 'requirement')}"


def deciding_sentence(findings: Findings) -> str:
    """Say what of it decides the verdict: `10 requirements, every must of the selected profiles`."""
    run, number = findings.run, len(findings.conclusion.gating)
    levels = "every must" if run.gate is Level.MUST else "every must and should"
    return f"{counted(number, 'requirement')}, {levels} of {_deciding(findings)}"


def _deciding(findings: Findings) -> str:
    run = findings.run
    if run.profiles:
        return "the selected profiles"
    if not run.patterns:
        return "the documentation"
    levels = {Level.MUST} if run.gate is Level.MUST else {Level.MUST, Level.SHOULD}
    able = {entry.id for entry in run.selection if entry.checkable and entry.level in levels}
    return "the selection" if able <= findings.gating else "the documentation in the selection"


def is_narrowed(run: Run) -> bool:
    """Whether a run asked for something else than everything, or let something else decide than the musts."""
    return bool(run.profiles or run.patterns) or run.gate is not Level.MUST


def named(violation: Violation, root: Violation) -> str:
    """Name a violation that follows from another; where it is not required and that one is, say so."""
    requirement = violation.requirement
    differs = violation.gating is not root.gating
    return f"{requirement.id} ({requirement.level}, not required)" if differs else requirement.id


def total(violations: Iterable[Violation]) -> str:
    """Count violations with those folded under them: `4, 1 of which follows from another`.

    What is not required and follows from what is does not count among it.
    """
    violations = tuple(violations)
    following = sum(child.gating is violation.gating for violation in violations for child in violation.following)
    if not following:
        return str(len(violations))
    return (
        f"{len(violations) + following}, {following} of which {'follows' if following == 1 else 'follow'} from another"
    )


def _all(number: int) -> str:
    return "the one requirement" if number == 1 else f"all {number} requirements"


def _deviating(findings: Findings) -> str:
    number = sum(result.verdict is Outcome.FAIL for result in findings.conclusion.results.values())
    return f"; {counted(number, 'deviation')} beyond what is required" if number else ""


def _lost(findings: Findings) -> str:
    gone = any(check.reason == Reason.TARGET_LOST for check in findings.of_outcome(Outcome.BLOCKED))
    return "; the target stopped answering during the run" if gone else ""


def _invalid_sentence(findings: Findings) -> str:
    if not findings.run.checks:
        return "not a single check ran; this run says nothing about the target"
    return Standing.INVALID.sentence


def _failed(findings: Findings) -> int:
    return _count(findings, {Outcome.FAIL})


def _undecided(findings: Findings) -> int:
    return _count(findings, OPEN)


def _count(findings: Findings, verdicts: Iterable[Outcome]) -> int:
    conclusion = findings.conclusion
    return sum(conclusion.results[name].verdict in verdicts for name in conclusion.gating)


def reason_sentence(code: str) -> str:
    """Give the sentence of a reason code; empty for one that this version does not know."""
    return next((reason.sentence for reason in Reason if reason == code), "")


def _remedies(checks: list[Check]) -> list[Remedy]:
    """Tell checks whose messages differ in the answers that they name: one by one where these are few."""
    saying: dict[str, list[Check]] = {}
    for check in checks:
        saying.setdefault(check.message, []).append(check)
    if len(saying) > _ALIKE:
        return [_remedy(f"{checks[0].message}, and {len(saying) - 1} like it", checks)]
    return [_remedy(message, own) for message, own in saying.items()]


def _remedy(message: str, checks: list[Check]) -> Remedy:
    return Remedy(message, tuple(dict.fromkeys(check.requirement for check in checks)), len(checks))


def _size(remedy: Remedy) -> int:
    return -remedy.checks


def _unlisted(check: Check) -> Requirement:
    """Stand in for a requirement that the log's catalogue does not hold."""
    statement = check.statement or "(not in the catalogue of this run)"
    return Requirement(check.requirement, statement, Source("unknown page", ""), Basis.STATED, check.level, "")
