"""`conformance list` and `conformance explain`: the catalogue, how it is checked, what breaks it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from conformance.contract.catalogue import load_catalogue
from conformance.contract.statements import STATEMENTS
from conformance.explaining import NEEDS as WORDS
from conformance.foresight import NEEDS as FORESEEN
from conformance.reference.faults import FAULTS

if TYPE_CHECKING:
    from conftest import Call

TELL_NEEDS = (
    "from conformance.check_functions import check_functions\n"
    "print(*(need for check in check_functions() for need in check.needs))"
)
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
    assert entries[CHECKED]["source"]["rows"] == list(load_catalogue()[CHECKED].source.rows)
    assert entries[NOT_CHECKABLE]["checks"] == 0
    assert entries[NOT_CHECKABLE]["reason"]


def test_every_checkable_requirement_has_a_check(program: Call) -> None:
    """One that no check asks for could never be met."""
    entries = json.loads(program("list", "--json").out)

    assert [entry["id"] for entry in entries if entry["checkable"] and not entry["checks"]] == []


def test_list_ends_with_the_coverage(program: Call) -> None:
    """A row for each profile, and how many of the documentation's statements are accounted for."""
    called = program("list")

    table = called.out.split("COVERAGE by profile")[1]
    for profile in {requirement.profile for requirement in load_catalogue()}:
        assert f"\n  {profile} " in table
    assert f"Of the {len(STATEMENTS)} statements" in called.told
    assert "0 are not accounted for" in called.told


def test_list_of_statements_says_where_they_stand(program: Call) -> None:
    """Each by its number, with page and section, and the entries that account for it."""
    called = program("list", "--statements")

    assert called.exit == 0
    assert max(map(len, called.out.splitlines())) <= 100
    assert "S14 authentication, Token Lifecycle rotation.old-tokens-live-on" in called.told
    assert "not accounted for" not in called.out


def test_list_of_a_selection(program: Call) -> None:
    """Profile and pattern both narrow it."""
    entries = json.loads(program("list", "--profile", "oauth", "--requirement", "*.no-store", "--json").out)

    assert [entry["id"] for entry in entries] == ["oauth.no-store"]


def test_list_as_a_page_tells_all_about_each(program: Call) -> None:
    """Its place by id, statement, level, basis and source; why it is stated, what it needs, why it cannot be checked."""
    selection = ("--requirement", "rotation.other-clients", "--requirement", NOT_CHECKABLE)
    page = program("list", "--format", "markdown", *selection).out

    told, advice = load_catalogue()["rotation.other-clients"], load_catalogue()[NOT_CHECKABLE]
    row, other = (line for line in page.splitlines() if line.startswith("| <a id="))
    for words in ('<a id="rotation.other-clients">', told.statement, str(told.derivation), "*Needs*", str(told.source)):
        assert words in row
    assert "| must | stated |" in row
    assert f"*Cannot be checked:* {advice.reason}" in other.replace("\\", "")


def test_list_in_two_ways_to_say_json(program: Call) -> None:
    """The option of the first versions goes on working."""
    selection = ("--requirement", CHECKED)

    assert program("list", "--json", *selection).out == program("list", "--format", "json", *selection).out


def test_list_of_statements_is_no_page(program: Call) -> None:
    """What cannot be combined is said, and nothing printed."""
    called = program("list", "--statements", "--format", "markdown")

    assert (called.exit, called.out) == (2, "")
    assert "--statements is a list of its own" in called.told


def test_explain_tells_everything_about_one(program: Call) -> None:
    """Its source, why it is binding, what it needs, how it is checked and where, what breaks it and how to see that."""
    called = program("explain", CHECKED)

    breaking = [name for name, fault in FAULTS.items() if CHECKED in fault.violates]
    assert called.exit == 0
    assert max(map(len, called.out.splitlines())) <= 100
    for words in (
        load_catalogue()[CHECKED].statement,
        "authentication, Token Lifecycle (A12, S14)",
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


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "webhooks.foreign",
            'needs two clients with the permission webhooks.admin that are not read-only, [examples."POST',
        ),
        ("inventory.move", "asks POST /Inventory/Move, GET /Inventory/{wid}"),
        (
            "pagination.page-count",
            "once for each operation that fits; about 8 requests for each, shared with other checks",
        ),
        ("shipping-orders.start-date", "asks GET /ShippingOrder"),
    ],
)
def test_explain_says_what_a_check_asks_and_takes(program: Call, name: str, words: str) -> None:
    """Its operations, its requests and those that it shares, what has to be declared for it."""
    called = program("explain", name)

    assert called.exit == 0
    assert max(map(len, called.out.splitlines())) <= 100
    assert words in called.told


def test_every_need_has_words() -> None:
    """What a requirement or a check names as its need is told to people, and foreseen by the plan or told by cells."""
    actions = {"advance", "rotate", "disable", "enable"}
    declared = {need for requirement in load_catalogue() for need in requirement.needs}
    # In a process of its own: pytest at work here does not know the marks of the suite.
    told = subprocess.run([sys.executable, "-c", TELL_NEEDS], capture_output=True, text=True, check=True).stdout
    marked = set(told.split()) - actions
    by_cells = {"client.without-permission", "client.warehouse-scoped", "client.report-limited"}

    assert declared | marked <= set(WORDS)
    assert marked | set(FORESEEN) <= set(WORDS)
    assert {name for name in declared | marked if not name.startswith("control.")} <= {*FORESEEN, *by_cells}


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
