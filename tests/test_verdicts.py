"""What becomes of checks, requirements and runs: the order of decisions.md, by table and by property."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.contract.catalogue import Requirement, Source
from conformance.contract.outcomes import Basis, Level, Outcome, Reason
from conformance.verdicts import (
    Numbers,
    Standing,
    conclude,
    exit_status,
    followed_failures,
    gating_requirements,
    requirement_result,
    requirement_verdict,
    standing,
)

if TYPE_CHECKING:
    from random import Random

OUTCOMES = st.sampled_from(list(Outcome))
ORDER = ["suite_error", "fail", "pending", "inconclusive", "blocked"]
WANT = Reason.NEEDS_CLIENT
LIMITS = [Reason.WRITES_OFF, Reason.BUDGET, Reason.DESELECTED]


@dataclass(frozen=True)
class Fact:
    """A check, as far as a verdict depends on it."""

    outcome: Outcome
    requirement: str = "a.one"
    id: str = "a.one[1]"
    reason: str | None = None
    cause: str | None = None
    kind: str | None = None


def entry(
    name: str,
    *,
    level: Level = Level.MUST,
    basis: Basis = Basis.STATED,
    profile: str = "authentication",
    checkable: bool = True,
    depends_on: tuple[str, ...] = (),
) -> Requirement:
    """Make a requirement of the catalogue."""
    source = Source("authentication", "Token Lifecycle")
    return Requirement(name, "It holds.", source, basis, level, profile, depends_on=depends_on, checkable=checkable)


FACTS = st.builds(
    Fact,
    outcome=OUTCOMES,
    requirement=st.sampled_from(["a.one", "a.two", "a.three"]),
    reason=st.sampled_from([None, *Reason]),
    kind=st.sampled_from([None, "permission", "warehouse"]),
)
CATALOGUE = [entry("a.one"), entry("a.two"), entry("a.three", level=Level.SHOULD, basis=Basis.IMPLIED)]


@pytest.mark.parametrize(
    ("outcomes", "verdict"),
    [
        ("", "not_run"),
        ("pass", "pass"),
        ("pass not_run", "pass"),
        ("pass not_applicable", "pass"),
        ("not_applicable", "not_applicable"),
        ("not_applicable not_run", "not_run"),
        ("not_run", "not_run"),
        ("pass blocked", "blocked"),
        ("blocked inconclusive", "inconclusive"),
        ("inconclusive pending", "pending"),
        ("pending fail", "fail"),
        ("fail suite_error", "suite_error"),
    ],
)
def test_verdict_of_outcomes(outcomes: str, verdict: str) -> None:
    """The table of decisions.md, "Requirement verdict"."""
    assert requirement_verdict(Outcome[word.upper()] for word in outcomes.split()) == verdict


@given(st.lists(OUTCOMES), st.randoms())
def test_verdict_knows_no_order(outcomes: list[Outcome], random: Random) -> None:
    """The order and the number of the same outcomes change nothing."""
    shuffled = [*outcomes, *outcomes]
    random.shuffle(shuffled)

    assert requirement_verdict(shuffled) == requirement_verdict(outcomes)


@given(st.lists(OUTCOMES))
def test_worst_outcome_wins(outcomes: list[Outcome]) -> None:
    """Whatever else happened, the first of the order that occurs is the verdict."""
    worst = [word for word in ORDER if word in outcomes]

    verdict = requirement_verdict(outcomes)

    assert verdict == worst[0] if worst else verdict in {"pass", "not_applicable", "not_run"}


@given(st.lists(OUTCOMES))
def test_nothing_unexercised_counts_as_passed(outcomes: list[Outcome]) -> None:
    """Without a single pass there is no pass."""
    verdict = requirement_verdict(outcomes)

    assert verdict is not Outcome.PASS or Outcome.PASS in outcomes


def test_cells_left_out_for_want_leave_a_pass() -> None:
    """One pass of each declared kind is enough, shown as n of m cells."""
    result = requirement_result(
        "a.one",
        [
            Fact(Outcome.PASS, kind="permission"),
            Fact(Outcome.NOT_RUN, kind="permission", reason=WANT),
            Fact(Outcome.PASS, kind="warehouse"),
            Fact(Outcome.NOT_APPLICABLE, kind="report", reason=Reason.NO_RESOURCE),
        ],
    )

    assert (result.verdict, result.share, result.left_out) == (Outcome.PASS, "2 of 3 cells", 1)
    assert result.reasons == (("needs-client", 1), ("no-resource", 1))


def test_check_beside_the_cells_may_be_left_out_for_want() -> None:
    """It is of no declared kind; that any check passed is enough."""
    checks = [Fact(Outcome.PASS, kind="warehouse"), Fact(Outcome.NOT_RUN, reason=WANT)]

    assert requirement_result("a.one", checks).verdict is Outcome.PASS


def test_kind_without_any_pass_leaves_no_pass() -> None:
    """A kind of cells that was declared and never passed leaves the requirement not run."""
    cells = [Fact(Outcome.PASS, kind="permission"), Fact(Outcome.NOT_RUN, kind="warehouse", reason=WANT)]

    assert requirement_result("a.one", cells).verdict is Outcome.NOT_RUN


@pytest.mark.parametrize("reason", [*LIMITS, None, "of-a-later-version"])
def test_cells_left_out_by_limits_leave_no_pass(reason: str | None) -> None:
    """What this run itself left out makes it partial, also for a reason that nobody knows."""
    cells = [Fact(Outcome.PASS), Fact(Outcome.PASS), Fact(Outcome.NOT_RUN, reason=reason)]

    assert requirement_result("a.one", cells).verdict is Outcome.NOT_RUN


@given(st.lists(FACTS))
def test_cells_add_up(facts: list[Fact]) -> None:
    """Passed cells are exercised ones, and what concerns the target was exercised or left out."""
    result = requirement_result("a.one", facts)

    assert result.passed <= result.exercised <= result.checks
    assert result.exercised + result.left_out == result.checks


@pytest.mark.parametrize(
    ("verdicts", "word", "status"),
    [
        ("", "conformant", 0),
        ("pass not_applicable", "conformant", 0),
        ("pass not_run", "partial", 5),
        ("pass blocked", "partial", 5),
        ("pass inconclusive", "partial", 5),
        ("blocked pending", "pending", 6),
        ("pending fail blocked", "nonconformant", 1),
        ("fail suite_error", "invalid", 4),
    ],
)
def test_run_concludes(verdicts: str, word: str, status: int) -> None:
    """The first that applies of 4, 1, 6, 5, 0."""
    met = [Outcome[word.upper()] for word in verdicts.split()]

    assert standing(met) == word
    assert exit_status(met) == status


def test_suite_failure_outside_any_check_is_invalid() -> None:
    """A secret that is found in what the run wrote fails the suite, whatever the verdicts are."""
    conclusion = conclude([entry("a.one")], [Fact(Outcome.PASS)], ["a.one"], suite_failed=True)

    assert conclusion.exit == 4


def test_zero_checks_are_invalid() -> None:
    """A run that asked nothing must not be green."""
    assert conclude([], [], []).standing is Standing.INVALID


def test_suite_error_counts_wherever_it_happens() -> None:
    """A suite error in a check that does not gate makes the run invalid, too."""
    facts = [Fact(Outcome.PASS), Fact(Outcome.SUITE_ERROR, "a.two")]

    assert conclude([entry("a.one"), entry("a.two")], facts, ["a.one"]).exit == 4


def test_requirement_without_check_is_not_run() -> None:
    """A checkable requirement that no check asked for makes the run partial."""
    conclusion = conclude([entry("a.one"), entry("a.two")], [Fact(Outcome.PASS)], ["a.one", "a.two"])

    assert conclusion.verdicts == {"a.one": "pass", "a.two": "not_run"}
    assert (conclusion.standing, conclusion.numbers) == (Standing.PARTIAL, Numbers(1, 1, 2))


def test_not_checkable_and_not_applicable_stand_outside_required() -> None:
    """Neither can be passed, so neither is asked for."""
    catalogue = [entry("a.one"), entry("a.two"), entry("a.three", checkable=False)]
    facts = [Fact(Outcome.PASS), Fact(Outcome.NOT_APPLICABLE, "a.two")]

    conclusion = conclude(catalogue, facts, ["a.one", "a.two", "a.three"])

    assert (conclusion.standing, conclusion.numbers) == (Standing.CONFORMANT, Numbers(1, 1, 1))


def test_what_does_not_gate_changes_no_exit_status() -> None:
    """A violated requirement outside the gate shows in the numbers of the selection alone."""
    facts = [Fact(Outcome.PASS), Fact(Outcome.FAIL, "a.two")]

    conclusion = conclude([entry("a.one"), entry("a.two")], facts, ["a.one"])

    assert (conclusion.exit, conclusion.numbers, conclusion.selected) == (0, Numbers(1, 1, 1), Numbers(1, 2, 2))


@given(st.lists(FACTS))
def test_conclusion_is_no_greener_than_its_parts(facts: list[Fact]) -> None:
    """Conformant means: every gating requirement passed or does not apply, and nothing went wrong in the suite."""
    conclusion = conclude(CATALOGUE, facts, ["a.one", "a.two"])

    numbers = conclusion.numbers
    assert numbers.passed <= numbers.exercised <= numbers.required
    if conclusion.standing is Standing.CONFORMANT:
        assert {conclusion.verdicts[name] for name in conclusion.gating} <= {"pass", "not_applicable"}
        assert conclusion.counts[Outcome.SUITE_ERROR] == 0


@given(st.lists(FACTS, min_size=1))
def test_one_more_failure_never_helps(facts: list[Fact]) -> None:
    """A failure of a gating requirement makes a run nonconformant, unless the suite itself failed."""
    conclusion = conclude(CATALOGUE, [*facts, Fact(Outcome.FAIL)], ["a.one", "a.two"])

    assert conclusion.standing in {Standing.NONCONFORMANT, Standing.INVALID}


MIXED = [
    entry("token.form"),
    entry("token.type-bearer", level=Level.SHOULD, basis=Basis.EXAMPLE),
    entry("property.content-type", level=Level.MAY, basis=Basis.CONVENTION),
    entry("advice.rotation", checkable=False),
    entry("oauth.no-store", basis=Basis.RFC, profile="oauth"),
    entry("oauth.error-uri", basis=Basis.RFC, profile="oauth", level=Level.SHOULD),
    entry("hardening.headers", basis=Basis.HARDENING, profile="hardening"),
]


@pytest.mark.parametrize(
    ("profiles", "gate", "gating"),
    [
        ((), Level.MUST, ("token.form",)),
        ((), Level.SHOULD, ("token.form", "token.type-bearer")),
        (("oauth",), Level.MUST, ("oauth.no-store",)),
        (("oauth",), Level.SHOULD, ("oauth.no-store", "oauth.error-uri")),
        (("authentication", "hardening"), Level.MUST, ("token.form", "hardening.headers")),
    ],
)
def test_what_gates(profiles: tuple[str, ...], gate: Level, gating: tuple[str, ...]) -> None:
    """The documentation's musts by default, a profile's musts where it is named, the shoulds where they are asked for."""
    assert gating_requirements(MIXED, profiles=profiles, gate=gate) == gating


def test_selection_of_nothing_documented_asks_for_it() -> None:
    """`--requirement 'oauth.*'` would otherwise be a run that nothing can fail."""
    selection = [requirement for requirement in MIXED if requirement.profile == "oauth"]

    assert gating_requirements(selection) == ("oauth.no-store",)


def test_failure_is_folded_under_what_it_depends_on() -> None:
    """The failure that another one depends on is the one to read, over any distance."""
    catalogue = [entry("a.one"), entry("a.two", depends_on=("a.one",)), entry("a.three", depends_on=("a.two",))]
    facts = [Fact(Outcome.FAIL, name, f"{name}[1]") for name in ("a.one", "a.two", "a.three")]

    folded = followed_failures(catalogue, facts, ["a.one", "a.two", "a.three"])

    assert folded == {"a.two": "a.one", "a.three": "a.one"}


def test_failure_is_folded_under_its_cause() -> None:
    """A cause may name a check or a requirement; all failures of the requirement must name it."""
    catalogue = [entry("a.one"), entry("a.two"), entry("a.three")]
    facts = [
        Fact(Outcome.FAIL),
        Fact(Outcome.FAIL, "a.two", "a.two[1]", cause="a.one[1]"),
        Fact(Outcome.FAIL, "a.three", "a.three[1]", cause="a.one"),
        Fact(Outcome.FAIL, "a.three", "a.three[2]"),
    ]

    assert followed_failures(catalogue, facts, ["a.one", "a.two", "a.three"]) == {"a.two": "a.one"}


def test_failure_stands_alone_where_its_ground_holds() -> None:
    """What depends on a requirement that passed is a finding of its own."""
    catalogue = [entry("a.one"), entry("a.two", depends_on=("a.one",))]
    facts = [Fact(Outcome.PASS), Fact(Outcome.FAIL, "a.two", "a.two[1]")]

    assert followed_failures(catalogue, facts, ["a.one", "a.two"]) == {}


def test_gating_failure_is_never_hidden_under_a_deviation() -> None:
    """What decides the exit status is read first."""
    catalogue = [entry("a.one"), entry("a.two", depends_on=("a.one",))]
    facts = [Fact(Outcome.FAIL), Fact(Outcome.FAIL, "a.two", "a.two[1]")]

    assert followed_failures(catalogue, facts, ["a.two"]) == {}


@pytest.mark.parametrize(
    ("reasons", "folded"),
    [
        ([Reason.TOO_LATE, Reason.TOO_LATE], True),
        ([Reason.TOO_LATE, Reason.REFUSED], False),
        ([Reason.TOO_LATE, Reason.TOO_EARLY], False),
        ([Reason.TOO_EARLY, Reason.REFUSED], True),
    ],
)
def test_what_is_refused_does_not_follow_from_what_lasts_too_long(reasons: list[Reason], *, folded: bool) -> None:
    """With two defects at once the second would stand under the first, of which it is no consequence."""
    catalogue = [entry("a.one"), entry("a.two", depends_on=("a.one",))]
    facts = [Fact(Outcome.FAIL, reason=reasons[0]), Fact(Outcome.FAIL, "a.two", "a.two[1]", reasons[1])]

    assert followed_failures(catalogue, facts, ["a.one", "a.two"]) == ({"a.two": "a.one"} if folded else {})


def test_failures_that_follow_from_each_other_keep_a_root() -> None:
    """A circle of dependencies hides nothing."""
    catalogue = [entry("a.one", depends_on=("a.two",)), entry("a.two", depends_on=("a.one",))]
    facts = [Fact(Outcome.FAIL), Fact(Outcome.FAIL, "a.two", "a.two[1]")]

    assert followed_failures(catalogue, facts, ["a.one", "a.two"]) == {"a.two": "a.one"}
