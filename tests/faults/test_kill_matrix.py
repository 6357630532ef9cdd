"""What the kill matrix rests on; `conformance selftest`, which is part of `make test`, carries it out."""

from __future__ import annotations

import json

import pytest

from conformance.contract.catalogue import load_catalogue
from conformance.contract.outcomes import Level, Reason
from conformance.contract.resources import read_data
from conformance.reference.faults import FAULTS
from conformance.selftest import try_fault
from conformance.selftest.trials import Asked, Result
from conformance.teeth import PROOF

OF_A_FAILURE = frozenset(list(Reason)[: list(Reason).index(Reason.TOO_LATE) + 1])
CROWDED = ("expiry", "rotation", "disabling", "authorization", "pagination")
"""Chapters in which mistakes are of many kinds: one fault proves little there."""


def named() -> dict[str, list[str]]:
    """The faults that violate each requirement."""
    found: dict[str, list[str]] = {}
    for name, fault in FAULTS.items():
        for requirement in fault.violates:
            found.setdefault(requirement, []).append(name)
    return found


def test_every_checkable_requirement_has_a_fault() -> None:
    """A requirement without a killing fault is unproven."""
    breaking = named()

    unproven = [entry.id for entry in load_catalogue() if entry.checkable and entry.id not in breaking]
    assert unproven == []


def test_musts_of_the_crowded_chapters_have_several_faults() -> None:
    """At once, late, under use, on one operation only: each is another mistake."""
    breaking = named()

    musts = [entry.id for entry in load_catalogue() if entry.checkable and entry.level is Level.MUST]
    thin = [name for name in musts if name.startswith(CROWDED) and len(breaking[name]) < 2]
    assert thin == []


def test_every_fault_names_requirements_of_the_catalogue() -> None:
    """A fault that names what does not exist would prove nothing."""
    known = set(load_catalogue().ids)

    strangers = {name: set(fault.violates) - known for name, fault in FAULTS.items() if set(fault.violates) - known}
    assert strangers == {}


def test_every_fault_says_how_it_is_to_be_reported() -> None:
    """By reason codes of failures, and of nothing else."""
    wrong = {name: fault.seen_as for name, fault in FAULTS.items() if not set(fault.seen_as) <= OF_A_FAILURE}

    assert wrong == {}
    assert all(fault.seen_as for fault in FAULTS.values())


@pytest.mark.parametrize("name", ["token.secret-prefix", "items.duplicate-created", "expiry.five-minute-leeway"])
def test_a_fault_is_killed_for_the_right_reason(name: str) -> None:
    """The requirement that it violates fails for the expected reason, no other must does, and it was at work."""
    trial = try_fault(FAULTS[name])

    assert trial.result is Result.KILLED
    assert trial.exit == 1


def test_a_fault_that_nobody_asks_about_survives() -> None:
    """The matrix itself can fail: what is not asked cannot be found."""
    trial = try_fault(FAULTS["token.secret-prefix"], Asked(("bearer.accepted",), ("Item",)))

    assert trial.survived == ("token.right-secret-only",)
    assert trial.result is not Result.KILLED


def test_the_packaged_proof_is_of_these_faults() -> None:
    """A fault that was added is proved before it is delivered: conformance selftest --record."""
    proof = json.loads(read_data(PROOF))

    assert sorted(proof["faults"]) == sorted(FAULTS)
    assert proof["proven"]
