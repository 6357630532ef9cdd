"""What a campaign asks, and what its proof says."""

from __future__ import annotations

import json

import pytest

from conformance.errors import UsageError
from conformance.reference.faults import FAULTS
from conformance.selftest.campaign import Campaign, Mode, Outcomes, chapter_of, chosen, planned
from conformance.selftest.proof import Proof, as_json, as_text, proven
from conformance.selftest.telling import headline, markdown, text
from conformance.selftest.trials import Asked, Result, Trial, Violation

NAME = "token.secret-prefix"
OWN = "token.right-secret-only"


def trial(**changed: object) -> Trial:
    """The trial of a fault that was killed, or what is changed about it."""
    seen = Violation(("accepted",), (f"{OWN}/wrong-secret[form]",), ("test_token.py:12",))
    facts: dict[str, object] = {
        "fault": NAME,
        "named": FAULTS[NAME].violates,
        "expected": ("accepted",),
        "exit": 1,
        "active": True,
        "violated": {OWN: seen},
        "follows": (),
        "musts": frozenset({OWN, "token.form"}),
    }
    return Trial(**(facts | changed))  # type: ignore[arg-type]


def proof_of(*trials: Trial, troubles: tuple[str, ...] = ()) -> Proof:
    """The proof of a campaign of one fault."""
    campaign = planned([FAULTS[NAME]], Mode.ORDINARY, {})
    return proven(campaign, Outcomes({it.fault: it for it in trials}, troubles=list(troubles)))


def seen_as(*reasons: str) -> Violation:
    """A violation with these reason codes."""
    return Violation(reasons, ("some/check",), ("test_token.py:12",))


@pytest.mark.parametrize(
    ("changed", "result"),
    [
        ({}, Result.KILLED),
        ({"violated": {}}, Result.SURVIVED),
        ({"violated": {OWN: seen_as("server-error")}}, Result.WRONG_REASON),
        ({"violated": {OWN: seen_as("accepted"), "token.form": seen_as("refused")}}, Result.WRONG_BLAME),
        ({"active": False}, Result.INACTIVE),
        ({"broken": ("Traceback",)}, Result.BROKEN),
    ],
)
def test_only_the_right_failure_is_a_kill(changed: dict[str, object], result: Result) -> None:
    """A crash, an idle fault, another reason or another requirement proves nothing."""
    proof = proof_of(trial(**changed))

    assert proof.trials[0].result is result
    assert proof.is_proven is (result is Result.KILLED)
    assert proof.is_broken is (result is Result.BROKEN)


def test_a_failure_of_what_does_not_gate_is_no_wrong_blame() -> None:
    """Only musts decide about a target."""
    proof = proof_of(trial(violated={OWN: seen_as("accepted"), "oauth.refusal-status": seen_as("wrong-refusal")}))

    assert proof.is_proven


def test_trouble_on_the_faultless_server_proves_nothing() -> None:
    """What fails there as well was not killed by the fault."""
    proof = proof_of(trial(), troubles=("token.form/issued: fail",))

    assert not proof.is_proven
    assert "FAULTLESS SERVER" in text(proof)


def test_a_requirement_without_a_kill_is_unproven() -> None:
    """It is told for what the campaign could have proved."""
    proof = proof_of(trial(violated={}))

    assert proof.unproven == (OWN,)
    assert headline(proof) == "NOT PROVEN: 0 of 1 faults killed for the right reason"
    assert f"not noticed: {OWN}" in text(proof)


def test_assertions_are_counted_where_everything_was_asked() -> None:
    """A part of the faults says nothing about the others' assertions."""
    everything = Campaign(Mode.ORDINARY, dict.fromkeys(FAULTS, Asked()), ())

    assert proof_of(trial()).toothless == ()
    assert proven(everything, Outcomes({NAME: trial()})).toothless


def test_the_proof_is_one_json_object_with_a_line_for_each_fault() -> None:
    """It holds what a quick campaign and a comparison need."""
    told = as_text(as_json(proof_of(trial())))

    read = json.loads(told)
    assert read["digest"] == {"faults": 1, "killed": 1, "unproven": 0, "toothless": 0}
    assert read["faults"][NAME]["kills"][OWN] == {"reasons": ["accepted"], "check": f"{OWN}/wrong-secret[form]"}
    assert sum(line.startswith(f'    "{NAME}"') for line in told.splitlines()) == 1


def test_markdown_shows_every_fault() -> None:
    """With its sentence, what it violates and what noticed it."""
    told = markdown(proof_of(trial()))

    assert f"| `{NAME}` | {FAULTS[NAME].sentence} | `{OWN}` | killed: accepted |" in told


def test_faults_are_chosen_by_glob_and_chapter() -> None:
    """Both together narrow the choice."""
    names = [fault.name for fault in chosen(["token.secret-*"], ["token"])]

    assert names
    assert all(name.startswith("token.secret-") and chapter_of(FAULTS[name]) == "token" for name in names)


def test_all_mistakes_of_a_choice_are_told_at_once() -> None:
    """Each with what to do next."""
    with pytest.raises(UsageError) as raised:
        chosen(["no.such-fault", "nor.this"], ["nowhere"])

    assert str(raised.value).count("--list-faults") == 2
    assert "--chapter nowhere: there is none; choose of " in str(raised.value)


def test_a_choice_of_nothing_is_refused() -> None:
    """Nothing tried is nothing proven."""
    with pytest.raises(UsageError, match="no fault is in one of the chapters"):
        chosen(["token.secret-prefix"], ["transport"])


def test_the_quick_way_asks_what_killed_a_fault_last_time() -> None:
    """A fault that was not killed for all that it violates is asked as usual."""
    check = f"{OWN}/wrong-secret[form]"

    known = planned([FAULTS[NAME]], Mode.QUICK, {NAME: (check,)})
    unknown = planned([FAULTS[NAME]], Mode.QUICK, {})

    assert known.faults[NAME].checks == (check,)
    assert known.controls[0].checks == (check,)
    assert unknown.faults[NAME].checks == ()


def test_the_faultless_server_is_asked_the_same() -> None:
    """Once for each set of resources, all that is asked of any fault there."""
    campaign = planned(list(FAULTS.values()), Mode.ORDINARY, {})

    asked = {control.resources: set(control.patterns) for control in campaign.controls}
    assert all(set(one.patterns) <= asked[one.resources] for one in campaign.faults.values())
    assert len(campaign.controls) == len(asked)
