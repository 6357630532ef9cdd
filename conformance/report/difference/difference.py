"""What changed between two runs: which requirements got worse, which better, which checks came and went."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from conformance.contract.outcomes import Outcome
from conformance.report.difference.circumstances import Circumstance, circumstances
from conformance.report.difference.timing import TimeShift, time_shifts
from conformance.report.earlier import DECIDED, Earlier
from conformance.report.findings import Findings, find
from conformance.verdicts import followed_failures

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.contract.catalogue import Requirement
    from conformance.report.run import Check, Run


class Change(StrEnum):
    """What became of one requirement from the earlier run to the later; the worst first."""

    sentence: str

    def __new__(cls, code: str, sentence: str) -> Change:
        """Make a member of its code and its sentence."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.sentence = sentence
        return member

    NEW = "newly_violated", "violated now, and not before"
    CHANGED = "violated_otherwise", "violated before too, but now in another way"
    WIDER = "violated_more_widely", "violated before too, but now by more checks"
    LOST = "no_longer_exercised", "decided before, and not any more"
    STILL = "still_violated", "violated before and now, in the same way"
    FIXED = "fixed", "violated before, and met now"
    GAINED = "newly_exercised", "not decided before, and met now"


WORSE = (Change.NEW, Change.CHANGED, Change.WIDER, Change.LOST)
"""What is a regression where the requirement is required."""


@dataclass(frozen=True, slots=True)
class Shift:
    """One requirement that changed, or is violated in both runs.

    `required` says that it gates in one of the runs; `new`, `known` and `gone` are failed checks: those of the later run
    that the earlier one did not have, those that it had, and those of the earlier run that no longer fail. `follows`
    names the requirement that its failure follows from where that one is listed elsewhere.
    """

    requirement: Requirement
    change: Change
    required: bool
    before: Outcome | None
    after: Outcome | None
    new: tuple[Check, ...] = ()
    known: tuple[Check, ...] = ()
    gone: tuple[Check, ...] = ()
    open: tuple[Check, ...] = ()
    follows: str | None = None
    following: tuple[Shift, ...] = ()

    @property
    def is_regression(self) -> bool:
        """Whether it makes the later run worse than the earlier one."""
        return self.required and self.change in WORSE

    @property
    def whole(self) -> tuple[Shift, ...]:
        """It with what is folded under it."""
        return (self, *self.following)


@dataclass(frozen=True, slots=True)
class ReadingChange:
    """A question that the documentation does not settle, and what the target was seen to do about it, in words."""

    id: str
    question: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckChanges:
    """Checks of requirements that both runs selected, by requirement (ids): only now, only before, no longer decided."""

    gained: Mapping[str, tuple[str, ...]]
    lost: Mapping[str, tuple[str, ...]]
    undecided: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Difference:
    """Two runs, held against each other when asked for."""

    before: Findings
    after: Findings

    @cached_property
    def shifts(self) -> tuple[Shift, ...]:
        """Every requirement that changed or stays violated, in the catalogue's order, those that follow folded away."""
        single = {name: shift for name in self.after.conclusion.results if (shift := self._shift(name)) is not None}
        return _folded(single, self._roots(single))

    def of(self, change: Change) -> tuple[Shift, ...]:
        """The shifts of one kind, required ones first; what is folded under them may be of another kind."""
        return tuple(sorted((it for it in self.shifts if it.change is change), key=lambda shift: not shift.required))

    @cached_property
    def regressions(self) -> tuple[Shift, ...]:
        """What makes the later run worse than the earlier one, those that follow too."""
        return tuple(part for shift in self.shifts for part in shift.whole if part.is_regression)

    @property
    def exit(self) -> int:
        """The exit status of `conformance diff`: 1 on a regression."""
        return 1 if self.regressions else 0

    @cached_property
    def only_before(self) -> tuple[str, ...]:
        """Requirements that the later run did not ask for, by its selection or its catalogue; they are not compared."""
        return tuple(name for name in self.before.conclusion.results if name not in self.after.conclusion.results)

    @cached_property
    def only_after(self) -> tuple[str, ...]:
        """Requirements that the earlier run did not ask for."""
        return tuple(name for name in self.after.conclusion.results if name not in self.before.conclusion.results)

    @cached_property
    def circumstances(self) -> tuple[Circumstance, ...]:
        """Why the runs may differ without any change of the target's behaviour."""
        return circumstances(self.before.run, self.after.run)

    @cached_property
    def time_shifts(self) -> tuple[TimeShift, ...]:
        """What takes much longer, or much shorter, than before; never a regression."""
        return time_shifts(self.before.run, self.after.run)

    @cached_property
    def readings(self) -> tuple[ReadingChange, ...]:
        """Where the documentation leaves a choice: what the target was seen to do before, and does otherwise now."""
        before = {taken.reading.id: (*taken.seen,) for taken in self.before.readings}
        pairs = [(taken, before.get(taken.reading.id, ()), (*taken.seen,)) for taken in self.after.readings]
        return tuple(
            ReadingChange(taken.reading.id, taken.reading.question, old, new)
            for taken, old, new in pairs
            if old and new and {*old} != {*new}
        )

    @cached_property
    def checks(self) -> CheckChanges:
        """Which checks came, went, or are no longer decided though their requirement is."""
        before, after = self._asked_in_both(self.before.run), self._asked_in_both(self.after.run)
        open_now = [
            check
            for name, check in after.items()
            if check.outcome not in DECIDED and name in before and before[name].outcome in DECIDED
        ]
        return CheckChanges(
            gained=_by_requirement(check for name, check in after.items() if name not in before),
            lost=_by_requirement(check for name, check in before.items() if name not in after),
            undecided=_by_requirement(open_now),
        )

    def _asked_in_both(self, run: Run) -> dict[str, Check]:
        earlier, later = self.before.conclusion.results, self.after.conclusion.results
        return {it.id: it for it in run.checks if it.requirement in earlier and it.requirement in later}

    @cached_property
    def _failures(self) -> tuple[Mapping[str, list[Check]], Mapping[str, list[Check]]]:
        return _failed(self.before.run), _failed(self.after.run)

    @cached_property
    def _earlier(self) -> Earlier:
        return Earlier(self.before.run.checks)

    def _shift(self, name: str) -> Shift | None:
        before, after = (found.conclusion.results.get(name) for found in (self.before, self.after))
        failed, fails = (failures.get(name, []) for failures in self._failures)
        new = tuple(check for check in fails if not self._earlier.knows(check))
        verdicts = (before.verdict if before else None, after.verdict if after else None)
        change = _change(*verdicts, failed, fails, new)
        if change is None:
            return None
        still = {check.id for check in fails}
        return Shift(
            requirement=self.after.requirements[name],
            change=change,
            required=name in self.after.conclusion.gating or name in self.before.conclusion.gating,
            before=verdicts[0],
            after=verdicts[1],
            new=new,
            known=tuple(check for check in fails if check not in new),
            gone=tuple(check for check in failed if check.id not in still),
            open=self._open(name) if change is Change.LOST else (),
        )

    def _open(self, name: str) -> tuple[Check, ...]:
        """List what is not decided now; what was not decided before either explains nothing."""
        found = tuple(it for it in self.after.run.checks if it.requirement == name and it.outcome not in DECIDED)
        before = {check.id for check in self.before.run.checks if check.outcome not in DECIDED}
        return tuple(it for it in found if it.id not in before) or found

    def _roots(self, shifts: Mapping[str, Shift]) -> Mapping[str, str]:
        """Map what follows from another requirement to that one: failures as each run folds them, and what they block."""
        then, now = self.before, self.after
        roots = dict(followed_failures(now.requirements.values(), now.run.checks, now.conclusion.gating))
        fixed = followed_failures(then.requirements.values(), then.run.checks, then.conclusion.gating)
        roots |= {name: root for name, root in fixed.items() if name in shifts and shifts[name].change is Change.FIXED}
        requirement_of = {check.id: check.requirement for check in now.run.checks}
        for name, shift in shifts.items():
            causes = {requirement_of.get(check.cause or "", check.cause or "") for check in shift.open}
            cause = causes.pop() if len(causes) == 1 else ""
            if shift.change is Change.LOST and cause in shifts and cause != name:
                roots[name] = roots.get(cause, cause)
        return MappingProxyType(roots)


def compare(before: Run, after: Run) -> Difference:
    """Compare two runs; either may be incomplete."""
    return Difference(find(before), find(after))


def _failed(run: Run) -> Mapping[str, list[Check]]:
    failures: dict[str, list[Check]] = {}
    for check in run.checks:
        if check.outcome is Outcome.FAIL:
            failures.setdefault(check.requirement, []).append(check)
    return failures


def _change(
    before: Outcome | None, after: Outcome | None, failed: list[Check], fails: list[Check], new: tuple[Check, ...]
) -> Change | None:
    """Name what changed; None where nothing is worth telling."""
    if fails and not failed:
        return Change.NEW
    if fails and new:
        return Change.CHANGED if _differs(failed, new) else Change.WIDER
    if fails:
        return Change.STILL
    if before in DECIDED and after not in DECIDED:
        return Change.LOST
    if failed and after is Outcome.PASS:
        return Change.FIXED
    was_open = before is not None and before not in DECIDED
    return Change.GAINED if after is Outcome.PASS and was_open else None


def _differs(failed: list[Check], new: tuple[Check, ...]) -> bool:
    """Whether a failure has a reason code that the requirement, or that check, did not have before."""
    reasons, by_id = {check.reason for check in failed}, {check.id: check.reason for check in failed}
    return any(check.reason not in reasons or by_id.get(check.id, check.reason) != check.reason for check in new)


def _folded(single: Mapping[str, Shift], roots: Mapping[str, str]) -> tuple[Shift, ...]:
    """Fold what follows under what it follows from, where both got worse or both better; else only name that one."""
    under: dict[str, list[Shift]] = {}
    for name, shift in single.items():
        root = single.get(roots.get(name, ""))
        if root is not None and _belong_together(root, shift):
            under.setdefault(root.requirement.id, []).append(replace(shift, follows=root.requirement.id))
    folded = {part.requirement.id for parts in under.values() for part in parts}
    return tuple(
        replace(shift, following=tuple(under.get(name, ())), follows=roots.get(name))
        for name, shift in single.items()
        if name not in folded
    )


def _belong_together(root: Shift, shift: Shift) -> bool:
    return root.change is shift.change or (root.change in WORSE and shift.change in WORSE)


def _by_requirement(checks: Iterable[Check]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for check in checks:
        found.setdefault(check.requirement, []).append(check.id)
    return MappingProxyType({name: tuple(ids) for name, ids in found.items()})
