"""The published schemas of the two logs: true of what runs write, no narrower than what the reader forgives, and quick."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from conformance.contract.catalogue import load_catalogue
from conformance.contract.outcomes import Basis, Level, Outcome
from conformance.contract.readings import Silence
from conformance.contract.resources import read_data
from conformance.report.log import read_run
from conformance.report.schema import EXCHANGE_SCHEMA, RUN_LOG_SCHEMA
from conformance.verdicts import Standing

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "fixtures" / "golden-run"
LONGEST_READING = 0.5


def schema(name: str) -> dict[str, Any]:
    """Read a schema as it is shipped."""
    parsed: dict[str, Any] = json.loads(read_data(name))
    return parsed


def wrong_lines(path: Path, name: str) -> list[str]:
    """Say which lines of a log its schema does not allow."""
    validator = jsonschema_rs.validator_for(schema(name))
    found = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        found += [f"{path.name}:{number}: {error.message}" for error in validator.iter_errors(json.loads(line))]
    return found


@pytest.mark.parametrize("name", [RUN_LOG_SCHEMA, EXCHANGE_SCHEMA])
def test_schema_is_one_of_its_draft(name: str) -> None:
    """Others validate with it, with tools of their own."""
    assert schema(name)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert jsonschema_rs.meta.is_valid(schema(name))


def test_golden_run_is_as_described() -> None:
    """It was written by the first version, so that an older log stays readable."""
    assert wrong_lines(GOLDEN / "run.jsonl", RUN_LOG_SCHEMA) == []
    assert wrong_lines(GOLDEN / "exchanges.jsonl", EXCHANGE_SCHEMA) == []


def test_run_of_today_is_as_described(real_run: Path) -> None:
    """What is written now is what is published."""
    assert wrong_lines(real_run / "run.jsonl", RUN_LOG_SCHEMA) == []
    assert wrong_lines(real_run / "exchanges.jsonl", EXCHANGE_SCHEMA) == []


def test_everything_that_is_written_is_described(real_run: Path) -> None:
    """Each key of each event of a run has its place in the schema; a new one is described where it is invented."""
    described = schema(RUN_LOG_SCHEMA)["$defs"]
    events = [json.loads(line) for line in (real_run / "run.jsonl").read_text("utf-8").splitlines()]

    undescribed = {
        f"{event['event']}.{key}"
        for event in events
        for key in event
        if key not in described[event["event"]]["properties"]
    }
    assert undescribed == set()


@pytest.mark.parametrize(
    ("name", "codes"),
    [("level", Level), ("outcome", Outcome), ("conclusion", Standing), ("basis", Basis), ("silence", Silence)],
)
def test_closed_sets_are_those_of_the_suite(name: str, codes: type[Level]) -> None:
    """The schema repeats them for readers that have nothing else."""
    assert schema(RUN_LOG_SCHEMA)["$defs"][name]["enum"] == [str(code) for code in codes]


def test_ten_thousand_checks_are_read_in_half_a_second(tmp_path: Path) -> None:
    """Each line is held against the schema, and nobody waits for that."""
    first, *_, end = (GOLDEN / "run.jsonl").read_text("utf-8").splitlines()
    entry = next(iter(load_catalogue()))
    check = {
        "event": "check",
        "requirement": entry.id,
        "level": str(entry.level),
        "statement": entry.statement,
        "question": "What was asked. " * 10,
        "where": "test_items.py:40",
        "outcome": "pass",
        "reason": None,
        "message": "",
        "exchanges": [1, 2, 3],
        "seconds": 0.004,
        "cell": {"kind": "permission", "question": "without permission", "operation": "GET /Item", "client": "full"},
        "observations": [{"name": "margin", "value": "5 s", "exchange": 3}],
    }
    lines = [json.dumps({**check, "id": f"{entry.id}/asked[{number}]"}) for number in range(10_000)]
    (tmp_path / "run.jsonl").write_text("\n".join([first, *lines, end]) + "\n", encoding="utf-8")

    began = time.process_time()
    parsed = [json.loads(line) for line in lines]
    # A machine that is busy is slow at both.
    allowed = max(LONGEST_READING, 5 * (time.process_time() - began))

    assert len(parsed) == 10_000
    assert min(_seconds(tmp_path) for _ in range(3)) < allowed


def _seconds(folder: Path) -> float:
    began = time.process_time()
    assert len(read_run(folder).checks) == 10_000
    return time.process_time() - began
