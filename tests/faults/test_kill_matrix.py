"""The kill matrix: every fault is reported against the requirements that it violates and against no other."""

from __future__ import annotations

import pytest

from conformance.contract.catalogue import load_catalogue
from conformance.reference.faults import FAULTS
from conformance.selftest import try_fault


@pytest.mark.parametrize("name", FAULTS)
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
