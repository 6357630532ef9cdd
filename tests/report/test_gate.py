"""The gate of a run: a baseline and waivers touch the exit status, and every report says so."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from conformance.contract.outcomes import Level, Outcome
from conformance.errors import RunLogError, UsageError
from conformance.report import markdown, summary, terminal, workflow
from conformance.report.gate import Gate, gate_sentence
from conformance.report.judging import Terms, judge_gate, read_terms
from conformance.report.log import read_run
from conformance.report.run import Check
from conformance.report.waivers.waivers import Waiver
from conformance.verdicts import conclude

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeRun

    from conformance.report.run import Run

TODAY = date(2026, 11, 23)
KNOWN = ("a.one", "a.two")


def check(name: str, outcome: Outcome, reason: str | None = None, level: Level = Level.MUST) -> Check:
    """Make a check of the requirement before the stroke of its id."""
    return Check(name, name.partition("/")[0], level, outcome, reason, message=f"because of {reason}")


def failed(name: str, reason: str = "accepted") -> Check:
    """Make a failed check."""
    return check(name, Outcome.FAIL, reason)


def gated(run: Run, *, baseline: Run | None = None, waivers: tuple[Waiver, ...] | None = None) -> Gate:
    """Judge the gate of a run."""
    conclusion = conclude(run.selection, run.checks, run.gating)
    return judge_gate(conclusion, run.checks, KNOWN, Terms(TODAY, baseline, waivers))


def with_gate(run: Run, gate: Gate) -> Run:
    """Give a run as it is read again after its gate was recorded."""
    assert run.end is not None
    return replace(run, end=replace(run.end, gate=gate, exit=gate.exit))


WAIVER = Waiver("a.one", None, "accepted", "it stays", "Jane Doe", "ACME-12", date(2026, 12, 1), "w.toml:1: waiver 1")


# --- a baseline ---


@pytest.mark.parametrize(
    ("before", "now", "exit_status"),
    [
        ([check("a.one/x", Outcome.PASS)], [failed("a.one/x")], 1),
        ([failed("a.one/x")], [failed("a.one/x")], 0),
        ([failed("a.one/x")], [check("a.one/x", Outcome.PASS)], 0),
        # A changed reason counts as new.
        ([failed("a.one/x")], [failed("a.one/x", "leaked")], 1),
        # So does a check that passed before, whatever others of its requirement did.
        ([failed("a.one/x"), check("a.one/y", Outcome.PASS)], [failed("a.one/x"), failed("a.one/y")], 1),
        # A check that the baseline did not decide is held against its requirement and reason.
        ([failed("a.one/x")], [failed("a.one/x"), failed("a.one/y")], 0),
        ([failed("a.one/x"), check("a.one/y", Outcome.BLOCKED)], [failed("a.one/x"), failed("a.one/y")], 0),
        ([failed("a.one/x")], [failed("a.one/x"), failed("a.one/y", "leaked")], 1),
        ([failed("a.two/x")], [failed("a.one/x")], 1),
        # What was not exercised or decided is partial, also where it was violated before.
        ([failed("a.one/x")], [check("a.one/x", Outcome.BLOCKED)], 5),
        ([check("a.one/x", Outcome.PASS)], [check("a.one/x", Outcome.INCONCLUSIVE)], 5),
        ([check("a.one/x", Outcome.BLOCKED)], [check("a.one/x", Outcome.BLOCKED)], 5),
        ([check("a.one/x", Outcome.PASS)], [check("a.one/x", Outcome.NOT_APPLICABLE, "no-resource")], 5),
        ([check("a.one/x", Outcome.NOT_APPLICABLE)], [check("a.one/x", Outcome.NOT_APPLICABLE, "no-resource")], 0),
        ([failed("a.one/x")], [failed("a.one/x"), check("a.two/x", Outcome.NOT_RUN, "writes-off")], 5),
        ([failed("a.one/x")], [failed("a.one/x"), check("a.two/x", Outcome.PENDING)], 6),
        ([failed("a.one/x")], [failed("a.one/x"), check("a.two/x", Outcome.SUITE_ERROR)], 4),
    ],
)
def test_baseline_excuses_known_violations_alone(
    make_run: MakeRun, before: list[Check], now: list[Check], exit_status: int
) -> None:
    """The same requirement, check and reason; nothing that was not exercised."""
    assert gated(make_run(*now), baseline=make_run(*before)).exit == exit_status


def test_gate_without_terms_is_the_conclusion(make_run: MakeRun) -> None:
    """And leaves no trace in the log."""
    run = make_run(failed("a.one/x"))

    gate = gated(run)

    assert gate.exit == 1
    assert gate.as_event() == {}


def test_what_the_gate_counts_is_named(make_run: MakeRun) -> None:
    """New and known violations, and what is no longer decided."""
    before = make_run(failed("a.one/x"), check("a.two/x", Outcome.PASS))
    run = make_run(failed("a.one/x"), failed("a.one/y", "leaked"), check("a.two/x", Outcome.BLOCKED))

    gate = gated(run, baseline=before)

    assert (gate.counted, gate.known, gate.lost) == (("a.one/y",), ("a.one/x",), ("a.two",))


@pytest.mark.parametrize("checks", [[], [check("a.one/x", Outcome.SUITE_ERROR)]], ids=["incomplete", "invalid"])
def test_baseline_that_says_nothing_is_refused(make_run: MakeRun, tmp_path: Path, checks: list[Check]) -> None:
    """A run without its end, or one in which the suite failed."""
    write(make_run(*checks, complete=bool(checks)), tmp_path / "run")

    with pytest.raises(UsageError, match=r"--baseline .*run: "):
        read_terms(tmp_path / "run", None, TODAY)


def test_baseline_that_is_no_run_is_refused(tmp_path: Path) -> None:
    """The message names the folder."""
    with pytest.raises(RunLogError, match=r"holds no run\.jsonl"):
        read_terms(tmp_path, None, TODAY)


# --- waivers ---


@pytest.mark.parametrize(
    ("checks", "exit_status"),
    [
        ([failed("a.one/x")], 0),
        ([failed("a.one/x"), failed("a.two/x")], 1),
        ([failed("a.one/x"), failed("a.one/y", "leaked")], 1),
        ([failed("a.one/x"), check("a.one/y", Outcome.BLOCKED)], 5),
        ([failed("a.one/x"), check("a.two/x", Outcome.INCONCLUSIVE)], 5),
        ([failed("a.one/x"), check("a.two/x", Outcome.PENDING)], 6),
        ([failed("a.one/x"), check("a.two/x", Outcome.SUITE_ERROR)], 4),
        ([check("a.one/x", Outcome.PASS)], 1),
        ([check("a.one/x", Outcome.BLOCKED)], 5),
    ],
)
def test_waivers_excuse_their_failures_alone(make_run: MakeRun, checks: list[Check], exit_status: int) -> None:
    """A stale one fails the gate; what was not exercised stays so."""
    assert gated(make_run(*checks), waivers=(WAIVER,)).exit == exit_status


def test_suite_error_outranks_a_waiver_that_fails_the_gate(make_run: MakeRun) -> None:
    """A run that says nothing about the target says nothing about its waivers."""
    run = make_run(check("a.one/x", Outcome.PASS), check("a.two/x", Outcome.SUITE_ERROR))

    assert gated(run, waivers=(WAIVER,)).exit == 4


def test_baseline_and_waivers_add_up(make_run: MakeRun) -> None:
    """What is known and what is waived are excused side by side."""
    run = make_run(failed("a.one/x"), failed("a.two/x"))

    assert gated(run, baseline=make_run(failed("a.two/x")), waivers=(WAIVER,)).exit == 0


# --- the record, and the reports ---


def write(run: Run, folder: Path, gate: Gate | None = None) -> Run:
    """Write the log of a run with its gate, and read it again."""
    folder.mkdir()
    events: list[dict[str, object]] = [{"event": "run", "schema": 1, "run": run.id, "gating": list(run.gating)}]
    events += [
        {"event": "check", "id": it.id, "requirement": it.requirement, "level": it.level, "outcome": it.outcome}
        | {"reason": it.reason, "message": it.message}
        for it in run.checks
    ]
    if run.end is not None:
        end = {"conclusion": run.end.standing, "requirements": dict(run.end.verdicts), "exit": run.end.exit}
        events.append({"event": "end", **end, **(gate.as_event() if gate else {})})
    (folder / "run.jsonl").write_text("".join(json.dumps(event) + "\n" for event in events), encoding="utf-8")
    return read_run(folder)


def test_record_is_read_again(make_run: MakeRun, tmp_path: Path) -> None:
    """The baseline's id, every waiver in its words, and what the gate counted."""
    baseline = make_run(failed("a.two/x"))
    run = make_run(failed("a.one/x"), failed("a.two/x"))
    gate = gated(run, baseline=baseline, waivers=(WAIVER,))

    again = write(with_gate(run, gate), tmp_path / "run", gate)

    assert again.end is not None
    assert again.end.gate == gate
    assert again.end.exit == 0
    assert again.end.standing == "nonconformant"
    assert gate.as_event()["baseline"] == baseline.id
    assert gate.as_event()["waived"][0]["checks"] == ["a.one/x"]


@pytest.fixture
def waived(make_run: MakeRun) -> Run:
    """Give a run with a waived violation and one that the baseline knows."""
    run = make_run(failed("a.one/x"), failed("a.two/x"))
    return with_gate(run, gated(run, baseline=make_run(failed("a.two/x")), waivers=(WAIVER,)))


def test_waived_violation_stays_one_in_every_report(waived: Run) -> None:
    """The verdict stands, marked with until when and by whom."""
    mark = "waived until 2026-12-01 by Jane Doe (ACME-12): it stays"
    text = " ".join(terminal.render(waived).split())

    assert "NONCONFORMANT: the target violates 2 requirements" in text
    assert "VIOLATED (2)" in text
    assert mark in text
    assert mark in markdown.render(waived)
    told = summary.summary(waived)
    assert (told["conclusion"], told["exit"]) == ("nonconformant", 0)
    assert told["waived"][0]["owner"] == "Jane Doe"  # type: ignore[index]


def test_gate_is_told_in_every_report(waived: Run) -> None:
    """Against which baseline, with what result."""
    sentence = "satisfied: against baseline 20261123T160000Z-1a2b no new violation, 1 known; 1 requirement waived"

    assert gate_sentence(waived) == sentence
    assert f"Gate {sentence}" in " ".join(terminal.render(waived).split())
    assert f"**Gate {sentence}.**" in markdown.render(waived)
    assert summary.summary(waived)["gate_result"]["sentence"] == sentence  # type: ignore[index]


def test_waiver_that_fails_the_gate_is_told(make_run: MakeRun) -> None:
    """In words of its own, and in the exit status."""
    run = make_run(check("a.one/x", Outcome.PASS))
    text = terminal.render(with_gate(run, gated(run, waivers=(WAIVER,))))

    assert "CONFORMANT: the target meets the one requirement" in text
    assert "WAIVERS THAT FAIL THE GATE (1)" in text
    assert "w.toml:1: waiver 1 (a.one) is no longer needed" in text
    assert "Exit       1" in text


def test_waivers_are_annotated(make_run: MakeRun) -> None:
    """What fails the gate as an error, what is about to expire as a warning, each in its own words."""
    met, violated = (make_run(check("a.one/x", Outcome.PASS)), make_run(failed("a.one/x")))
    lines = [workflow.render(with_gate(run, gated(run, waivers=(WAIVER,)))).splitlines() for run in (met, violated)]

    assert lines[0][0].startswith(
        "::error title=A waiver fails the gate::w.toml:1: waiver 1 (a.one) is no longer needed"
    )
    assert lines[1][0].startswith(
        "::warning title=A waiver is about to expire::w.toml:1: waiver 1 (a.one) expires in 8"
    )


def test_what_neither_excuses_is_named(make_run: MakeRun) -> None:
    """Also where the same requirement is violated and that is waived; but an error of the suite is none of it."""
    run = make_run(failed("a.one/x"), check("a.one/y", Outcome.BLOCKED), check("a.two/x", Outcome.PASS))
    broken = make_run(failed("a.one/x"), check("a.two/x", Outcome.SUITE_ERROR))

    sentences = [gate_sentence(with_gate(it, gated(it, waivers=(WAIVER,)))) for it in (run, broken)]

    assert sentences[0].startswith("not satisfied (exit 5): ")
    assert "was not all exercised and decided (a.one), which neither" in sentences[0]
    assert sentences[1].startswith("not satisfied (exit 4): ")
    assert sentences[1].endswith("the run says nothing about the target")


def test_waiver_about_to_expire_is_told(make_run: MakeRun) -> None:
    """It warns and does not fail."""
    run = make_run(failed("a.one/x"))
    text = terminal.render(with_gate(run, gated(run, waivers=(WAIVER,))))

    assert "WAIVERS ABOUT TO EXPIRE" in text
    assert "expires in 8 days, on 2026-12-01; ask Jane Doe about ACME-12" in " ".join(text.split())
    assert "Exit       0" in text


def test_violation_waived_in_part_says_so(make_run: MakeRun) -> None:
    """Of several failed checks some are waived."""
    run = make_run(failed("a.one/x"), failed("a.one/y", "leaked"))
    text = " ".join(terminal.render(with_gate(run, gated(run, waivers=(WAIVER,)))).split())

    assert "1 of 2 failed checks waived until 2026-12-01" in text
    assert "1 violation not waived (a.one)" in text
