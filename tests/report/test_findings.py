"""How what a run found is sorted and counted for its readers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.contract.outcomes import Basis, Level, Outcome, Reason
from conformance.report import markdown, terminal
from conformance.report.findings import conclusion_sentence, deciding_sentence, find, total
from conformance.report.run import Check

if TYPE_CHECKING:
    from conftest import MakeRun


def test_what_is_not_required_does_not_count_among_what_is(make_run: MakeRun) -> None:
    """It stands under the violation that it follows from; the heading counts what the first line counts."""
    failed = Check("a.one/c", "a.one", Level.MUST, Outcome.FAIL, Reason.ACCEPTED)
    beyond = Check("a.two/c", "a.two", Level.SHOULD, Outcome.FAIL, Reason.ACCEPTED)
    run = make_run(failed, beyond)
    one, two = run.catalogue
    run = replace(run, catalogue=(one, replace(two, depends_on=("a.one",))))

    assert total(find(run).violations) == "1"
    assert "the target violates 1 requirement" in terminal.render(run)
    for text in (terminal.render(run), markdown.render(run).replace("`", "")):
        assert "a.two (should, not required): a.two holds." in text


def test_required_ones_that_follow_are_counted(make_run: MakeRun) -> None:
    """A count is no list of causes."""
    run = make_run(
        *(Check(f"{name}/c", name, Level.MUST, Outcome.FAIL, Reason.ACCEPTED) for name in ("a.one", "a.two"))
    )
    one, two = run.catalogue
    run = replace(run, catalogue=(one, replace(two, depends_on=("a.one",))))

    assert total(find(run).violations) == "2, 1 of which follows from another"


def test_many_blocked_checks_that_differ_in_an_answer_are_told_together(make_run: MakeRun) -> None:
    """One line instead of one for each client; a few are told one by one."""

    def blocked(number: int, what: str) -> Check:
        told = f"{what} was not refused: <PUT /Item as client-{number} -> 200, asked once>"
        name = f"a.one/{what}[{number}]"
        return Check(name, "a.one", Level.MUST, Outcome.BLOCKED, Reason.EARLIER_FAILURE, told, cause="not-refused")

    checks = [*(blocked(number, "the write") for number in range(5)), *(blocked(n, "the read") for n in range(2))]

    (group,) = find(make_run(*checks)).left_open

    assert [(remedy.message, remedy.checks) for remedy in group.remedies] == [
        ("the write was not refused: <PUT /Item as client-0 -> 200, asked once>, and 4 like it", 5),
        ("the read was not refused: <PUT /Item as client-0 -> 200, asked once>", 1),
        ("the read was not refused: <PUT /Item as client-1 -> 200, asked once>", 1),
    ]


def test_narrowed_run_says_what_it_asked_for(make_run: MakeRun) -> None:
    """Conformant is said of what was asked for, and of no more."""
    run = make_run(Check("a.one/c", "a.one", Level.MUST, Outcome.PASS))
    narrowed = replace(run, profiles=("authentication",), patterns=("a.*",))
    told = "profile authentication, requirement a.*: 1 requirement; decided by 1 requirement, every must of the selected profiles"

    assert f"Selection {told}" in " ".join(terminal.render(narrowed).split())
    assert f"Asked for {told}." in markdown.render(narrowed).replace("\\", "")
    assert "decided by" not in terminal.render(run) + markdown.render(run)


def test_what_adds_to_the_documentation_does_not_decide_beside_it(make_run: MakeRun) -> None:
    """Selected by id together with what is documented."""
    run = make_run(*(Check(f"{name}/c", name, Level.MUST, Outcome.PASS) for name in ("a.one", "a.two")))
    one, two = run.catalogue
    run = replace(run, patterns=("a.*",))
    mixed = replace(run, catalogue=(one, replace(two, basis=Basis.HARDENING)), gating=("a.one",))

    assert deciding_sentence(find(run)) == "2 requirements, every must of the selection"
    assert deciding_sentence(find(mixed)) == "1 requirement, every must of the documentation in the selection"


def test_target_that_was_lost_is_told_in_the_first_line(make_run: MakeRun) -> None:
    """It is why all the rest stayed undecided, and nothing in the target file helps against it."""
    lost = Check("a.one/c", "a.one", Level.MUST, Outcome.BLOCKED, Reason.TARGET_LOST, "connection refused")
    failed = Check("a.two/c", "a.two", Level.MUST, Outcome.FAIL, Reason.ACCEPTED)

    sentences = [conclusion_sentence(find(make_run(*checks))) for checks in ([lost], [lost, failed], [failed])]

    assert [sentence.endswith("; the target stopped answering during the run") for sentence in sentences] == [
        True,
        True,
        False,
    ]
