"""Reading a run folder: what it holds, what is forgiven, and what the errors say."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from conformance.contract.outcomes import Level, Outcome
from conformance.errors import RunLogError
from conformance.report.findings import find
from conformance.report.log import read_run

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.report.run import Run

RUN = {
    "event": "run",
    "schema": 1,
    "run": "1a2b",
    "started": "2026-11-23T16:00:00Z",
    "suite": {"name": "inventorypro-conformance", "version": "0.1.0"},
    "target": {"name": "Acme", "base_url": "https://acme.example/api/v1"},
    "gating": ["token.form"],
    "catalogue": [{"id": "token.form", "statement": "It works.", "source": {"page": "authentication", "section": "x"}}],
}
CHECK = {"event": "check", "id": "token.form", "requirement": "token.form", "outcome": "pass"}
END = {
    "event": "end",
    "conclusion": "conformant",
    "exit": 0,
    "passed": 1,
    "exercised": 1,
    "required": 1,
    "requirements": {"token.form": "pass"},
}
EXCHANGE = {
    "id": 1,
    "client": None,
    "request": {
        "method": "GET",
        "url": "https://acme.example/api/v1/Item",
        "headers": [["Accept", "*/*"]],
        "body": None,
    },
    "response": {"status": 401, "headers": [], "body": "{}"},
}


def write(folder: Path, *events: object, exchanges: tuple[object, ...] = (), tail: str = "") -> Path:
    """Write a run folder; `tail` is what stands behind the last whole line."""
    (folder / "run.jsonl").write_text("".join(f"{json.dumps(event)}\n" for event in events) + tail)
    (folder / "exchanges.jsonl").write_text("".join(f"{json.dumps(exchange)}\n" for exchange in exchanges))
    return folder


def test_golden_run_is_read_whole(golden: Run) -> None:
    """Every part of the log arrives in the frozen value."""
    failed = [check for check in golden.checks if check.outcome is Outcome.FAIL]

    assert (golden.complete, golden.target.name, golden.gate) == (True, "Acme InventoryPro 2026.2", Level.MUST)
    assert len(golden.checks) == 77
    assert failed[0].exchanges[-1] in golden.exchanges
    assert golden.exchanges[1].headers[0] == ("Host", "inventory.acme.example")
    assert {check.kind for check in golden.checks} == {None, "no-token", "permission", "read-only"}


def test_recorded_conclusion_follows_from_the_recorded_checks(golden: Run) -> None:
    """The golden run's own end is what its checks come to."""
    recorded, without_end = find(golden).conclusion, find(_without_end(golden)).conclusion

    assert recorded == without_end


def _without_end(run: Run) -> Run:
    return replace(run, end=None)


def test_run_without_end_is_incomplete(tmp_path: Path) -> None:
    """A run that was interrupted can still be read."""
    run = read_run(write(tmp_path, RUN, CHECK))

    assert not run.complete
    assert len(run.checks) == 1


def test_torn_last_line_is_forgiven(tmp_path: Path) -> None:
    """A run that was killed in the middle of a line loses that line alone, in both files."""
    write(tmp_path, RUN, CHECK, exchanges=(EXCHANGE,), tail='{"event":"check","id":"token.ba')
    with (tmp_path / "exchanges.jsonl").open("a") as file:
        file.write('{"id":2,"request":{"met')

    run = read_run(tmp_path)

    assert [check.id for check in run.checks] == ["token.form"]
    assert list(run.exchanges) == [1]


def test_last_line_without_line_feed_counts_if_it_is_whole(tmp_path: Path) -> None:
    """A line feed that is missing loses nothing."""
    assert read_run(write(tmp_path, RUN, CHECK, tail=json.dumps(END))).complete


def test_unknown_events_keys_and_reasons_are_let_be(tmp_path: Path) -> None:
    """A log of a later version that only adds things stays readable."""
    check = {**CHECK, "outcome": "fail", "reason": "of-a-later-version", "mood": {"is": "new"}}

    run = read_run(write(tmp_path, {**RUN, "weather": "fine"}, {"event": "weather"}, check, {"no": "event"}))

    assert run.checks[0].reason == "of-a-later-version"


def test_later_event_of_a_check_counts(tmp_path: Path) -> None:
    """A resumed run appends: the pending check is superseded, and the first end is no longer the end."""
    run = read_run(write(tmp_path, RUN, {**CHECK, "outcome": "pending"}, END, CHECK))

    assert [check.outcome for check in run.checks] == [Outcome.PASS]
    assert not run.complete


def test_folder_may_be_named_by_its_log(tmp_path: Path) -> None:
    """Who names run.jsonl itself means its folder."""
    write(tmp_path, RUN, END)

    assert read_run(tmp_path / "run.jsonl").folder == tmp_path


def test_run_without_exchanges_is_read(tmp_path: Path) -> None:
    """The evidence may have been left behind."""
    write(tmp_path, RUN, CHECK, END)
    (tmp_path / "exchanges.jsonl").unlink()

    assert read_run(tmp_path).exchanges == {}


def test_selection_leaves_out_what_it_does_not_name(tmp_path: Path) -> None:
    """Of a catalogue that is whole, profile and patterns select."""
    entries = [{**RUN["catalogue"][0], "id": name, "profile": "p"} for name in ("a.one", "b.one")]  # type: ignore[index]
    selection = {"profiles": ["p"], "requirements": ["a.*"]}

    run = read_run(write(tmp_path, {**RUN, "catalogue": entries, "selection": selection}))

    assert [entry.id for entry in run.selection] == ["a.one"]


@pytest.mark.parametrize(
    ("events", "complaint"),
    [
        ([], "run.jsonl: holds no event"),
        ([CHECK], "run.jsonl:1: is no run event"),
        ([{**RUN, "schema": 2}], "run.jsonl:1: schema 2 is newer than this version reads"),
        ([RUN, {**CHECK, "outcome": "splendid"}], "run.jsonl:2: outcome: 'splendid' is none of suite_error, fail"),
        ([RUN, {"event": "check", "id": "x", "outcome": "pass"}], "run.jsonl:2: requirement is missing"),
        ([RUN, {**CHECK, "exchanges": "12"}], "run.jsonl:2: exchanges is not a list"),
        ([RUN, {**CHECK, "exchanges": [True]}], "run.jsonl:2: exchanges[0] is not a whole number"),
        ([RUN, {**END, "conclusion": "fine"}], "run.jsonl:2: conclusion: 'fine' is none of"),
        ([RUN, {**CHECK, "cell": {"\ud800": 1}}], "run.jsonl:2: holds a key that is no text"),
        ([{**RUN, "target": "Acme"}], "run.jsonl:1: target is not an object"),
        ([{**RUN, "schema": None}], "run.jsonl:1: schema is not a whole number"),
    ],
)
def test_damage_is_named_by_its_line(tmp_path: Path, events: list[object], complaint: str) -> None:
    """An error says which file, which line, what about it and what to do."""
    with pytest.raises(RunLogError) as caught:
        read_run(write(tmp_path, *events))

    assert complaint in str(caught.value)
    assert "; " in str(caught.value)


def test_damage_in_the_middle_is_no_torn_line(tmp_path: Path) -> None:
    """Only the last line can have been torn by a crash."""
    write(tmp_path, RUN, CHECK)
    (tmp_path / "run.jsonl").write_text(f"{json.dumps(RUN)}\n\x00garbage\n{json.dumps(CHECK)}\n")

    with pytest.raises(RunLogError, match=r"run\.jsonl:2: is no JSON object"):
        read_run(tmp_path)


def test_damaged_exchanges_are_named_too(tmp_path: Path) -> None:
    """The second file is read as strictly, when somebody looks at it."""
    broken = {**EXCHANGE, "request": {"method": "GET", "url": "/", "headers": [["one"]]}}
    run = read_run(write(tmp_path, RUN, exchanges=(broken,)))

    with pytest.raises(RunLogError, match=r"exchanges\.jsonl:1: request: headers\[0\] is not a name"):
        len(run.exchanges)


def test_one_exchange_is_read_without_the_others(tmp_path: Path) -> None:
    """Reports look at few of many thousands; a damaged one is told with its line when it is looked at."""
    broken = {**EXCHANGE, "id": 2, "request": {"method": "GET", "url": "/", "headers": [["one"]]}}
    run = read_run(write(tmp_path, RUN, exchanges=(EXCHANGE, broken)))

    assert run.exchanges[1].status == 401
    assert 3 not in run.exchanges
    with pytest.raises(RunLogError, match=r"exchanges\.jsonl:2: request: headers"):
        run.exchanges.get(2)


def test_exchanges_written_by_another_hand_are_read(tmp_path: Path) -> None:
    """The number may stand anywhere in a line."""
    turned = dict(reversed(EXCHANGE.items()))

    run = read_run(write(tmp_path, RUN, exchanges=(turned,)))

    assert run.exchanges[1].status == 401


def test_folder_without_run_says_which_one_to_name(tmp_path: Path) -> None:
    """Somebody who names the wrong folder is told what a right one is."""
    with pytest.raises(RunLogError, match=r"holds no run\.jsonl; name the folder"):
        read_run(tmp_path)
