"""From what became of checks to the verdict on a requirement and on a run; nothing else decides any of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from conformance.contract.outcomes import Basis, Level, Outcome, Reason

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from conformance.contract.catalogue import Requirement

# decisions.md, "Requirement verdict, worst first".
WORST_FIRST = (Outcome.SUITE_ERROR, Outcome.FAIL, Outcome.PENDING, Outcome.INCONCLUSIVE, Outcome.BLOCKED)

EXERCISED = frozenset({Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE})
"""What says that the question was put to the target."""

OPEN = frozenset({Outcome.PENDING, Outcome.INCONCLUSIVE, Outcome.BLOCKED, Outcome.NOT_RUN})
"""What leaves a requirement neither met nor violated."""

ONLY_WHERE_ASKED_FOR = frozenset({"oauth", "hardening"})
"""Profiles that gate only where they are asked for: they add to the documentation."""

# Everything else that leaves a check out (writes-off, budget, deselected) is this run's own choice.
_FOR_WANT_OF = "needs-"


_CUT_SHORT = frozenset({Reason.REFUSED, Reason.TOO_EARLY})


class CheckFacts(Protocol):
    """What a verdict depends on of one check."""

    @property
    def id(self) -> str:
        """The check's id, unique in a run."""

    @property
    def requirement(self) -> str:
        """The id of the requirement that it asks for."""

    @property
    def outcome(self) -> Outcome:
        """What became of it."""

    @property
    def reason(self) -> str | None:
        """The reason code; None where it passed."""

    @property
    def cause(self) -> str | None:
        """Another check or requirement that it follows from, or a word for what blocked it."""

    @property
    def kind(self) -> str | None:
        """The kind of matrix cell; None outside the matrix."""


class Standing(StrEnum):
    """What a run concludes; each member knows its exit status and a sentence."""

    exit: int
    sentence: str

    def __new__(cls, code: str, exit_status: int, sentence: str) -> Standing:
        """Make a member of its code, its exit status and its sentence."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.exit = exit_status
        member.sentence = sentence
        return member

    INVALID = "invalid", 4, "the suite itself failed; this run says nothing about the target"
    NONCONFORMANT = "nonconformant", 1, "the target violates what is required"
    PENDING = "pending", 6, "nothing required is violated so far, but something needs a longer wait"
    PARTIAL = "partial", 5, "nothing required is violated, but not all of it could be exercised and decided"
    CONFORMANT = "conformant", 0, "the target meets everything that is required"


@dataclass(frozen=True, slots=True)
class RequirementResult:
    """What a run found about one requirement.

    `checks` counts those that concern the target (all but the not applicable ones), `left_out` those among them that
    were not exercised; `reasons` holds (reason code, number of checks) of everything that did not pass, by code.
    """

    requirement: str
    verdict: Outcome
    passed: int = 0
    exercised: int = 0
    checks: int = 0
    left_out: int = 0
    reasons: tuple[tuple[str, int], ...] = ()

    @property
    def share(self) -> str:
        """How much of it passed, such as `3 of 4 cells`; empty where that is everything."""
        return f"{self.passed} of {self.checks} cells" if self.passed != self.checks else ""


@dataclass(frozen=True, slots=True)
class Numbers:
    """The three numbers, in requirements: those that do not apply and those not checkable are outside `required`."""

    passed: int
    exercised: int
    required: int


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The judgement on a run.

    `results` holds every selected checkable requirement, in the order of the catalogue; `counts` is checks per outcome;
    `numbers` is about the gating requirements, `selected` about the whole selection.
    """

    standing: Standing
    results: Mapping[str, RequirementResult]
    gating: tuple[str, ...]
    counts: Mapping[Outcome, int]
    numbers: Numbers
    selected: Numbers

    @property
    def exit(self) -> int:
        """The exit status of `conformance run`."""
        return self.standing.exit

    @property
    def verdicts(self) -> Mapping[str, Outcome]:
        """Verdict by requirement id, as `end` holds it."""
        return {name: result.verdict for name, result in self.results.items()}


def requirement_verdict(outcomes: Iterable[Outcome]) -> Outcome:
    """Take the worst; else not applicable if all are, not run if none passed, pass if any did."""
    met = set(outcomes)
    for outcome in WORST_FIRST:
        if outcome in met:
            return outcome
    if met == {Outcome.NOT_APPLICABLE}:
        return Outcome.NOT_APPLICABLE
    return Outcome.PASS if Outcome.PASS in met else Outcome.NOT_RUN


def requirement_result(requirement: str, checks: Sequence[CheckFacts]) -> RequirementResult:
    """Judge one requirement by its checks; without any it is not run."""
    counts = Counter(check.outcome for check in checks)
    concerned = len(checks) - counts[Outcome.NOT_APPLICABLE]
    exercised = sum(counts[outcome] for outcome in EXERCISED)
    verdict = requirement_verdict(counts)
    if verdict is Outcome.PASS and not _covers_enough(checks):
        verdict = Outcome.NOT_RUN
    return RequirementResult(
        requirement=requirement,
        verdict=verdict,
        passed=counts[Outcome.PASS],
        exercised=exercised,
        checks=concerned,
        left_out=concerned - exercised,
        reasons=_reasons(checks),
    )


def _covers_enough(checks: Iterable[CheckFacts]) -> bool:
    # decisions.md: "A matrix requirement with cells left out for want of a client but at least one pass of each
    # declared kind passes [...]; left out by limits or selection: partial."
    left_out = [check for check in checks if check.outcome is Outcome.NOT_RUN]
    if not all(is_for_want(check) for check in left_out):
        return False
    kinds = {check.kind for check in left_out if check.kind is not None}
    return kinds <= {check.kind for check in checks if check.outcome is Outcome.PASS}


def is_for_want(check: CheckFacts) -> bool:
    """Whether a check was left out for want of something in the target file, not by the choice of this run."""
    return check.outcome is Outcome.NOT_RUN and (check.reason or "").startswith(_FOR_WANT_OF)


def _reasons(checks: Iterable[CheckFacts]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(check.reason for check in checks if check.reason is not None).items()))


def gating_requirements(
    selection: Iterable[Requirement], *, profiles: Collection[str] = (), gate: Level = Level.MUST
) -> tuple[str, ...]:
    """Say which requirements of a selection decide the exit status.

    By default those are the musts of the documentation; with `profiles` the musts of these; with gate `should` also the
    shoulds. A selection of nothing but what adds to the documentation (`--requirement 'oauth.*'`) asks for it: it gates.
    """
    checkable = [entry for entry in selection if entry.checkable]
    if profiles:
        return _ids_at(gate, (entry for entry in checkable if entry.profile in profiles))
    return _ids_at(gate, [entry for entry in checkable if _is_documented(entry)] or checkable)


def _is_documented(entry: Requirement) -> bool:
    return entry.profile not in ONLY_WHERE_ASKED_FOR and entry.basis not in {Basis.RFC, Basis.HARDENING}


def _ids_at(gate: Level, entries: Iterable[Requirement]) -> tuple[str, ...]:
    levels = {Level.MUST} if gate is Level.MUST else {Level.MUST, Level.SHOULD}
    return tuple(entry.id for entry in entries if entry.level in levels)


def conclude(
    selection: Iterable[Requirement],
    checks: Iterable[CheckFacts],
    gating: Collection[str],
    *,
    suite_failed: bool = False,
) -> Conclusion:
    """Judge a whole run; `suite_failed` says that the suite failed outside any check."""
    checks = tuple(checks)
    results = _results(selection, checks)
    required = tuple(name for name in results if name in gating)
    broken = suite_failed or not checks or any(check.outcome is Outcome.SUITE_ERROR for check in checks)
    return Conclusion(
        standing=standing((results[name].verdict for name in required), suite_failed=broken),
        results=MappingProxyType(results),
        gating=required,
        counts=MappingProxyType(_outcome_counts(checks)),
        numbers=_numbers(results[name].verdict for name in required),
        selected=_numbers(result.verdict for result in results.values()),
    )


def _results(selection: Iterable[Requirement], checks: Iterable[CheckFacts]) -> dict[str, RequirementResult]:
    """Judge every checkable requirement of the selection, and after them any other that a check names."""
    asked: dict[str, list[CheckFacts]] = {entry.id: [] for entry in selection if entry.checkable}
    for check in checks:
        asked.setdefault(check.requirement, []).append(check)
    return {name: requirement_result(name, own) for name, own in asked.items()}


def _outcome_counts(checks: Iterable[CheckFacts]) -> dict[Outcome, int]:
    counts = Counter(check.outcome for check in checks)
    return {outcome: counts[outcome] for outcome in Outcome}


def _numbers(verdicts: Iterable[Outcome]) -> Numbers:
    counts = Counter(verdicts)
    return Numbers(
        passed=counts[Outcome.PASS],
        exercised=sum(counts[outcome] for outcome in EXERCISED),
        required=counts.total() - counts[Outcome.NOT_APPLICABLE],
    )


def standing(verdicts: Iterable[Outcome], *, suite_failed: bool = False) -> Standing:
    """Conclude from the verdicts of the gating requirements: the first that applies of 4, 1, 6, 5, 0."""
    met = set(verdicts)
    if suite_failed or Outcome.SUITE_ERROR in met:
        return Standing.INVALID
    if Outcome.FAIL in met:
        return Standing.NONCONFORMANT
    if Outcome.PENDING in met:
        return Standing.PENDING
    return Standing.PARTIAL if met & OPEN else Standing.CONFORMANT


@dataclass(frozen=True, slots=True)
class _Excused:
    """A failed check as the gate sees it where its failure is excused."""

    id: str
    requirement: str
    kind: str | None
    outcome: Outcome = Outcome.PASS
    reason: None = None
    cause: None = None


def gate_standing(conclusion: Conclusion, checks: Iterable[CheckFacts], excused: Collection[str]) -> Standing:
    """Conclude for the exit status alone, where failures of some checks (by id) are excused: those count as met.

    What was not exercised or not decided is never excused, nor is a run that says nothing about the target.
    """
    if not excused or conclusion.standing is Standing.INVALID:
        return conclusion.standing
    return standing(gate_verdicts(conclusion.gating, checks, excused).values())


def gate_verdicts(
    gating: Iterable[str], checks: Iterable[CheckFacts], excused: Collection[str]
) -> Mapping[str, Outcome]:
    """Judge what decides the exit status as if the failures of some checks (by id) were passes."""
    own: dict[str, list[CheckFacts]] = {name: [] for name in gating}
    for check in checks:
        if check.requirement in own:
            own[check.requirement].append(_excused(check) if check.id in excused else check)
    return {name: requirement_result(name, asked).verdict for name, asked in own.items()}


def _excused(check: CheckFacts) -> CheckFacts:
    fails = check.outcome is Outcome.FAIL
    return _Excused(check.id, check.requirement, check.kind) if fails else check


def exit_status(verdicts: Iterable[Outcome], *, suite_failed: bool = False) -> int:
    """Give the exit status of a run that started, from the verdicts of its gating requirements."""
    return standing(verdicts, suite_failed=suite_failed).exit


def followed_failures(
    selection: Iterable[Requirement], checks: Sequence[CheckFacts], gating: Collection[str]
) -> Mapping[str, str]:
    """Map each violated requirement that follows from another violated one to the one that it is folded under.

    What follows is told by `depends_on`, or by a `cause` that all failures of the requirement name. A gating failure is
    never folded under one that does not gate.
    """
    failures = _failures(checks)
    requirement_of = {check.id: name for name, own in failures.items() for check in own}
    parents = {
        entry.id: parent
        for entry in selection
        if entry.id in failures
        for parent in _parents(entry, failures, requirement_of)
        if parent in gating or entry.id not in gating
    }
    roots = {name: _root(name, parents) for name in parents}
    return {name: root for name, root in roots.items() if name != root}


def _failures(checks: Iterable[CheckFacts]) -> dict[str, list[CheckFacts]]:
    failures: dict[str, list[CheckFacts]] = {}
    for check in checks:
        if check.outcome is Outcome.FAIL:
            failures.setdefault(check.requirement, []).append(check)
    return failures


def _parents(
    entry: Requirement, failures: Mapping[str, Sequence[CheckFacts]], requirement_of: Mapping[str, str]
) -> list[str]:
    """Name the violated requirements that this one follows from, the one that counts last."""
    causes = {check.cause for check in failures[entry.id]}
    named = [requirement_of.get(cause, cause) for cause in causes if cause is not None] if len(causes) == 1 else []
    able = [name for name in reversed(entry.depends_on) if name in failures and _may_follow(failures, entry.id, name)]
    return [name for name in (*named, *able) if name in failures and name != entry.id]


def _may_follow(failures: Mapping[str, Sequence[CheckFacts]], name: str, parent: str) -> bool:
    """Whether a failure may follow from another one: nothing is refused because something lasts too long."""
    own, others = ({check.reason for check in failures[it]} for it in (name, parent))
    return not (others == {Reason.TOO_LATE} and own <= _CUT_SHORT)


def _root(name: str, parents: Mapping[str, str]) -> str:
    """Follow the parents to the end; of requirements that follow from each other the first by name is the root."""
    seen = [name]
    while (parent := parents.get(seen[-1])) is not None:
        if parent in seen:
            return min(seen[seen.index(parent) :])
        seen.append(parent)
    return seen[-1]
