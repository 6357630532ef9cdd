"""Provoked refusals: every operation has some, they do no harm, and what was not refused is remembered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from conformance.contract.specification import load_specification
from conformance.errors import Blocked
from conformance.reference.server import ReferenceServer
from conformance.suite.exercises import Workshop
from conformance.suite.provocations import CREATE_ITEM, MALFORMED, Provocation, Provocations
from conformance.suite.refusals import Refusals
from conformance.target.access import connect, open_access
from conformance.target.file import load_target
from conformance.target.recorder import CURRENT, Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.contract.specification import Operation
    from conformance.reference.call import Call
    from conformance.target.access import Access

SPECIFICATION = load_specification()
SECURED = [operation for operation in SPECIFICATION if operation.secured]
WRITES = [operation for operation in SECURED if operation.is_write]


@pytest.fixture(scope="module")
def access(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Access]:
    """The bundled server within reach."""
    with ReferenceServer() as server:
        file: Path = server.write_target(tmp_path_factory.mktemp("server") / "target.toml")
        made = open_access(load_target(file), SPECIFICATION, lambda _exchange: None)
        connect(made)
        yield made
        made.close()


@pytest.fixture(scope="module")
def workshop(access: Access) -> Workshop:
    """Where valid requests are made."""
    return Workshop(access.world, "REF1")


@pytest.fixture(scope="module")
def refusals(workshop: Workshop, access: Access) -> Refusals:
    """The refusals of the bundled server."""
    return Refusals(workshop, access.wire)


@pytest.mark.parametrize("operation", SECURED, ids=str)
def test_every_operation_refuses_something(operation: Operation, refusals: Refusals) -> None:
    """Without a token, with garbage for one, and to a client that lacks the permission."""
    found = {refusal.provocation: refusal.answer.code for refusal in refusals.of(operation)}

    assert found[Provocation.NO_TOKEN] == 401
    assert found[Provocation.GARBAGE] == 401
    assert found[Provocation.NO_PERMISSION] == 403


def test_item_is_refused_in_all_ways(refusals: Refusals) -> None:
    """Also as a duplicate and with values of a wrong type."""
    found = {refusal.answer.code for refusal in refusals.of(SPECIFICATION[CREATE_ITEM])}

    assert found == {400, 401, 403, 409}


@pytest.mark.parametrize("flaw", MALFORMED)
@pytest.mark.parametrize("label", [CREATE_ITEM, "PUT /Item", "POST /Inventory/Move", "PUT /Webhook/{id}"])
def test_malformed_body_is_no_json(workshop: Workshop, label: str, flaw: Provocation) -> None:
    """By the strict grammar; what the target would make of the body otherwise is an item at most."""
    attempt = Provocations(workshop).make(flaw, SPECIFICATION[label])

    assert attempt is not None
    assert attempt.request.content is not None
    with pytest.raises(ValueError, match="column"):
        json.loads(attempt.request.content)


@pytest.mark.parametrize("operation", WRITES, ids=str)
def test_writes_name_nothing_that_is_there(operation: Operation, workshop: Workshop, access: Access) -> None:
    """A target that takes a write which must be refused has changed nothing but what the suite made itself."""
    spots = {spot for warehouse in access.world.warehouses for spot in access.world.spots(warehouse)}
    items = {str(row["shortID"]) for row in access.world.items} | {str(row["partNo"]) for row in access.world.items}

    for provocation in Provocation:
        attempt = Provocations(workshop).make(provocation, operation)
        if attempt is not None and provocation is not Provocation.DUPLICATE:
            named = {attempt.request.path.rpartition("/")[2], str((attempt.request.params or {}).get("id"))}
            assert named & (spots | items) == set()


def test_release_is_never_asked_without_a_spot(refusals: Refusals) -> None:
    """A target that then released every spot would do harm; only for Hold the documentation calls it required."""
    told = {refusal.provocation for refusal in refusals.of(SPECIFICATION["POST /Location/Release"])}
    held = {refusal.provocation for refusal in refusals.of(SPECIFICATION["POST /Location/Hold"])}

    assert Provocation.NO_PARAMETER not in told
    assert Provocation.NO_PARAMETER in held


def test_check_rests_on_what_it_looked_at_last(refusals: Refusals) -> None:
    """Not on all that was sent when the operation was first asked."""
    evidence = Evidence()
    token = CURRENT.set(evidence)
    try:
        first = next(refusals.of(SPECIFICATION["GET /Asset"]))
    finally:
        CURRENT.reset(token)

    assert evidence.exchanges == [first.answer.exchange]


def test_item_that_was_not_refused_is_remembered(
    access: Access, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that passes over what follows the JSON has made an item; it is discontinued at the end of the run."""

    def lenient(_rules: object, call: Call) -> object:
        return json.JSONDecoder().raw_decode(call.body.decode())[0]

    monkeypatch.setattr("conformance.reference.rules.WireRules.json_object", lenient)

    answer = Refusals(workshop, access.wire).answer(SPECIFICATION[CREATE_ITEM], Provocation.TRAILING)

    assert answer.code == 201
    assert answer.member("shortID") in workshop.created


def test_operation_that_refuses_nothing_blocks(refusals: Refusals, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then another requirement is violated, and nothing can be said of this one."""
    monkeypatch.setattr(Refusals, "_all", lambda *_: {})

    with pytest.raises(Blocked, match="not even one without a token"):
        refusals.of(SPECIFICATION["GET /Asset"])
