"""`conformance list` and `conformance explain`: the catalogue, how it is checked, what breaks it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from conformance.contract.catalogue import load_catalogue
from conformance.reference.faults import FAULTS

if TYPE_CHECKING:
    from conftest import Call

CHECKED = "rotation.old-tokens-live-on"
NOT_CHECKABLE = "advice.rotation"


def test_list_holds_every_requirement(program: Call) -> None:
    """With its level and statement, what cannot be checked apart, and the totals."""
    called = program("list")

    assert called.exit == 0
    assert max(map(len, called.out.splitlines())) <= 100
    for requirement in load_catalogue():
        assert requirement.id in called.out
        assert " ".join(requirement.statement.split()) in called.told
    assert f"{len(load_catalogue())} requirements" in called.told
    checkable, others = called.out.split("CANNOT BE CHECKED")
    assert CHECKED in checkable
    assert NOT_CHECKABLE in others


def test_list_as_json_counts_checks_and_faults(program: Call) -> None:
    """An array with an object for each, in the order of the catalogue."""
    entries = {entry["id"]: entry for entry in json.loads(program("list", "--json").out)}

    assert tuple(entries) == load_catalogue().ids
    assert entries[CHECKED]["checks"] >= 4
    assert entries[CHECKED]["faults"] == sum(CHECKED in fault.violates for fault in FAULTS.values())
    assert entries[CHECKED]["source"]["rows"] == ["A12"]
    assert entries[NOT_CHECKABLE]["checks"] == 0
    assert entries[NOT_CHECKABLE]["reason"]


def test_every_checkable_requirement_has_a_check(program: Call) -> None:
    """One that no check asks for could never be met."""
    entries = json.loads(program("list", "--json").out)

    assert [entry["id"] for entry in entries if entry["checkable"] and not entry["checks"]] == []


def test_list_of_a_selection(program: Call) -> None:
    """Profile and pattern both narrow it."""
    entries = json.loads(program("list", "--profile", "oauth", "--requirement", "*.no-store", "--json").out)

    assert [entry["id"] for entry in entries] == ["oauth.no-store"]


def test_explain_tells_everything_about_one(program: Call) -> None:
    """Its source, why it is binding, what it needs, how it is checked and where, what breaks it and how to see that."""
    called = program("explain", CHECKED)

    breaking = [name for name, fault in FAULTS.items() if CHECKED in fault.violates]
    assert called.exit == 0
    assert max(map(len, called.out.splitlines())) <= 100
    for words in (
        load_catalogue()[CHECKED].statement,
        "authentication, Token Lifecycle (A12)",
        "must",
        "a [control] that offers rotate",
        "test_rotation.py:",
        "token issued before rotation keeps working",
        "shortly before the token's own end",
        FAULTS[breaking[0]].sentence,
        f"conformance serve --fault {breaking[0]}",
        f"--requirement {CHECKED}",
    ):
        assert words in called.told


def test_explain_says_why_something_cannot_be_checked(program: Call) -> None:
    """The reason of the catalogue."""
    called = program("explain", NOT_CHECKABLE)

    assert called.exit == 0
    assert "CANNOT BE CHECKED" in called.out
    assert str(load_catalogue()[NOT_CHECKABLE].reason) in called.told


@pytest.mark.parametrize(
    ("wrong", "words"),
    [("rotation.old-token-live-on", f"did you mean {CHECKED}"), ("rotation.*", "conformance list --requirement")],
)
def test_explain_of_what_does_not_exist(program: Call, wrong: str, words: str) -> None:
    """Names that are close, or how to list what a pattern matches."""
    called = program("explain", wrong)

    assert called.exit == 2
    assert called.out == ""
    assert wrong in called.told
    assert words in called.told
