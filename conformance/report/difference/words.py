"""How a comparison of two runs is put into words; every rendering says the same."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from conformance.report.difference.difference import Change
from conformance.report.findings import conclusion_sentence, reason_sentence
from conformance.report.wording import counted, listing, moment, span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.contract.outcomes import Outcome
    from conformance.report.difference.difference import Difference, Shift
    from conformance.report.difference.timing import TimeShift
    from conformance.report.findings import Findings
    from conformance.report.run import Check

TITLES: Mapping[Change, str] = MappingProxyType(
    {
        Change.NEW: "Newly violated",
        Change.CHANGED: "Violated in another way",
        Change.WIDER: "Violated by more checks",
        Change.LOST: "No longer exercised or decided",
        Change.FIXED: "Fixed",
        Change.STILL: "Still violated, in the same way",
        Change.GAINED: "Exercised now, and met",
    }
)
"""The sections of a comparison, in their order."""

EXERCISED_STILL = "their requirement is decided all the same"


def word(difference: Difference) -> str:
    """Give the outcome in a word or two."""
    return "regression" if difference.exit else "no regression"


def headline(difference: Difference) -> str:
    """Say in one sentence what changed in what is required."""
    if difference.regressions:
        return "; ".join(_regressions(difference))
    better = [part for shift in difference.of(Change.FIXED) for part in shift.whole]
    still = [part for shift in difference.of(Change.STILL) for part in shift.whole if part.required]
    said = []
    if better:
        said.append(f"{counted(len(better), 'requirement')} fixed{_of_which(better)}")
    if still:
        said.append(f"{counted(len(still), 'required requirement')} still violated, in the same way")
    return "; ".join(said) or "nothing that is required got worse"


def _of_which(shifts: Sequence[Shift]) -> str:
    """Say how many of these follow from another one; a count is no list of causes."""
    number = sum(shift.follows is not None for shift in shifts)
    return f", {number} of which {'follows' if number == 1 else 'follow'} from another" if number else ""


def _regressions(difference: Difference) -> list[str]:
    phrases = {
        Change.NEW: "newly violated",
        Change.CHANGED: "violated in another way",
        Change.WIDER: "violated by more checks",
        Change.LOST: "no longer exercised or decided",
    }
    worse = {kind: [it for it in difference.regressions if it.change is kind] for kind in phrases}
    return [f"{counted(len(own), 'requirement')} {phrases[kind]}{_of_which(own)}" for kind, own in worse.items() if own]


def amount(shifts: Sequence[Shift]) -> str:
    """Count what a section holds: `10, and 3 that follow; 2 not required`. The headline counts what is required."""
    parts = [part for shift in shifts for part in shift.whole]
    folded, beyond = len(parts) - len(shifts), sum(not part.required for part in parts)
    following = f", and {folded} that {'follows' if folded == 1 else 'follow'}" if folded else ""
    return f"{len(shifts)}{following}{f'; {beyond} not required' if beyond else ''}"


def run_line(findings: Findings) -> str:
    """Tell one of the two runs: id, moment, what it concluded."""
    run = findings.run
    said = conclusion_sentence(findings)
    return f"{run.id}, {moment(run.started)}: {findings.word}; {said} ({run.folder})"


def numbers(findings: Findings) -> str:
    """Give the three numbers of what is required."""
    of = findings.conclusion.numbers
    return f"{of.passed} passed / {of.exercised} exercised / {of.required} required"


def verdict(outcome: Outcome | None) -> str:
    """Name a verdict; a requirement that a run did not ask for has none."""
    return "not asked" if outcome is None else outcome.replace("_", " ")


def turn(shift: Shift) -> str:
    """Say what the verdict was and is, and whether it is required: `pass -> fail, required`."""
    required = "required" if shift.required else f"{shift.requirement.level}, not required"
    return f"{verdict(shift.before)} -> {verdict(shift.after)}, {required}"


def reasons(checks: Sequence[Check]) -> str:
    """Name the reason codes of checks, with their sentences: `accepted (the target accepted what it must refuse)`."""
    found: dict[str, int] = {}
    for check in checks:
        found[check.reason or "none"] = found.get(check.reason or "none", 0) + 1
    several = len(found) > 1
    return "; ".join(f"{f'{number} ' if several else ''}{code}{_meaning(code)}" for code, number in found.items())


def _meaning(code: str) -> str:
    sentence = reason_sentence(code)
    return f" ({sentence})" if sentence else ""


def extent(shift: Shift) -> tuple[tuple[str, str], ...]:
    """Tell which failed checks are new, were known, and are gone, as rows of (label, text)."""
    rows = (("new", shift.new), ("as before", shift.known), ("gone", shift.gone), ("open", shift.open))
    return tuple((label, f"{counted(len(checks), 'check')}: {reasons(checks)}") for label, checks in rows if checks)


def by_cause(shifts: Sequence[Shift]) -> dict[str, list[Shift]]:
    """Group what is no longer exercised by what keeps it from that, in the words of the first open check of each."""
    groups: dict[str, list[Shift]] = {}
    for shift in shifts:
        first = shift.open[0] if shift.open else None
        said = (
            first.message or reason_sentence(first.reason or "") if first else "no check of the later run asked for it"
        )
        code = f" [{first.reason}]" if first and first.reason else ""
        groups.setdefault(f"{verdict(shift.after)}: {said}{code}", []).append(shift)
    return dict(sorted(groups.items(), key=lambda item: -len(item[1])))


def time_line(shift: TimeShift) -> str:
    """Tell a shift in time: `items took 1.2 s and takes 6 s now, 5 times as long (over 30 checks)`."""
    change = f"{shift.factor:.1f} times as long" if shift.factor >= 1 else f"{1 / shift.factor:.1f} times as fast"
    over = counted(shift.checks, "check")
    return f"{shift.name} took {span(shift.before)} and takes {span(shift.after)} now: {change} (over {over})"


def not_compared(difference: Difference, most: int) -> tuple[str, ...]:
    """Say what only one of the runs asked for."""
    pairs = (("the later", difference.only_before), ("the earlier", difference.only_after))
    return tuple(
        f"{counted(len(names), 'requirement')} that {which} run did not ask for: {listing(names, most)}"
        for which, names in pairs
        if names
    )


def check_lines(difference: Difference, most: int) -> tuple[str, ...]:
    """Say which checks came, went, or are no longer decided."""
    changes = difference.checks
    lost = {shift.requirement.id for kind in difference.shifts for shift in kind.whole if shift.change is Change.LOST}
    undecided = {name: ids for name, ids in changes.undecided.items() if name not in lost}
    told = (
        ("only in the later run", changes.gained),
        ("only in the earlier run", changes.lost),
        (f"no longer decided ({EXERCISED_STILL})", undecided),
    )
    return tuple(
        f"{counted(sum(map(len, found.values())), 'check')} {what}: "
        + listing([f"{name} ({len(ids)})" for name, ids in found.items()], most)
        for what, found in told
        if found
    )
