"""The kill matrix: every fault is reported against the requirements that it violates and against no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.contract.catalogue import load_catalogue
from conformance.reference.faults import FAULTS
from conformance.selftest import try_fault

if TYPE_CHECKING:
    from _pytest.mark import ParameterSet


def proofs() -> frozenset[str]:
    """The faults that prove the catalogue: the first that breaks each requirement; the others prove it more often."""
    first: dict[str, str] = {}
    for name, fault in FAULTS.items():
        for requirement in fault.violates:
            first.setdefault(requirement, name)
    return frozenset(first.values())


def all_faults() -> list[ParameterSet]:
    """Every fault; those that prove nothing new are marked as thorough."""
    proving = proofs()
    return [pytest.param(name, marks=[] if name in proving else [pytest.mark.thorough]) for name in FAULTS]


@pytest.mark.parametrize("name", all_faults())
def test_fault_is_killed_for_the_right_reason(name: str) -> None:
    """The requirements that the fault names fail, no other must-requirement fails, and the fault was at work."""
    trial = try_fault(FAULTS[name])

    assert trial.broken == ()
    assert trial.survived == ()
    assert trial.blamed == ()
    assert trial.active


def test_every_checkable_requirement_has_a_fault() -> None:
    """A requirement without a killing fault is unproven."""
    named = {requirement for fault in FAULTS.values() for requirement in fault.violates}

    unproven = [entry.id for entry in load_catalogue() if entry.checkable and entry.id not in named]
    assert unproven == []


def test_every_fault_names_requirements_of_the_catalogue() -> None:
    """A fault that names what does not exist would prove nothing."""
    known = set(load_catalogue().ids)

    strangers = {name: set(fault.violates) - known for name, fault in FAULTS.items() if set(fault.violates) - known}
    assert strangers == {}
