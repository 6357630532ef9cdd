"""The questions that the documentation does not settle."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from conformance.contract.readings import Silence, load_readings, parse_readings
from conformance.errors import UsageError

SUITE = Path(__file__).parents[2] / "conformance" / "suite"
GOOD = {"id": "page-zero", "question": "What then?", "kind": "open", "pages": ["pagination"], "rows": ["S54"]}


def test_both_kinds_are_there() -> None:
    """Contradictions between pages, and what no page speaks of."""
    kinds = {reading.kind for reading in load_readings()}

    assert kinds == set(Silence)


def test_every_reading_that_a_check_takes_is_declared() -> None:
    """A reading that nobody declared would be shown to nobody."""
    declared = {reading.id: reading for reading in load_readings()}

    for path in SUITE.glob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "takes":
                name = call.args[0]
                assert not isinstance(name, ast.Constant) or name.value in declared, f"{path.name}: {name.value}"


def test_every_declared_reading_is_taken_by_some_check() -> None:
    """A question that no check ever answers would stand unanswered in every report."""
    texts = {
        node.value
        for path in SUITE.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }

    unasked = [reading.id for reading in load_readings() if reading.id not in texts]
    assert unasked == []


def test_answer_is_told_with_its_meaning() -> None:
    """The short name of an answer means nothing to a reader."""
    [reading] = parse_readings([GOOD | {"readings": {"refused": "the request gets 400"}}])

    assert reading.words("refused") == "refused: the request gets 400"
    assert reading.words("200") == "200"


def test_all_problems_are_told_at_once() -> None:
    """A missing key, an unknown kind and a value that YAML took for a flag."""
    document = [{"id": "a"}, GOOD | {"kind": "odd", "readings": {}}, GOOD | {"readings": {True: "yes"}}]

    with pytest.raises(UsageError) as caught:
        parse_readings(document)

    told = str(caught.value)
    assert "a: readings is missing" in told
    assert "'odd' is not a valid Silence" in told
    assert "quotation marks" in told
