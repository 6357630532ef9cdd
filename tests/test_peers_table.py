"""The comparison with other tools: its sample, and the tables that the documents show of it."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conformance.reference.faults import FAULTS

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[1]
PEERS = ROOT / "benchmarks" / "peers"


def script(name: str) -> ModuleType:
    """A module of the comparison, which is no package."""
    specification = importlib.util.spec_from_file_location(f"peers_{name}", PEERS / f"{name}.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    # A dataclass looks its module up.
    sys.modules[specification.name] = module
    specification.loader.exec_module(module)
    return module


table, sample = script("table"), script("sample")


@pytest.fixture
def recorded() -> dict[str, Any]:
    """What was measured."""
    content: dict[str, Any] = json.loads((PEERS / "results.json").read_text("utf-8"))
    return content


def tool(name: str, killed: dict[str, bool], **facts: Any) -> dict[str, Any]:
    """A tool of a made-up comparison."""
    trials = {fault: {"killed": found} for fault, found in killed.items()}
    usual = {"version": "1.0", "unavailable": None, "usual": [], "seconds": 2.4, "processor": 1.6, "requests": 1234}
    return {"name": name, "trials": trials, **usual, **facts}


@pytest.fixture
def made_up() -> dict[str, Any]:
    """Two tools, one of which could not be installed, and three faults of two chapters."""
    return {
        "date": "2026-01-02",
        "machine": "one core",
        "faults": {"authorization": 4, "items": 2},
        "chapters": {"a": "authorization", "b": "authorization", "c": "items"},
        "tools": [
            tool("able", {"a": True, "b": False, "c": True}, usual=["x", "warning of little"]),
            tool("absent", {}, version="", unavailable="could not be installed: no such package"),
        ],
    }


def test_short_table_has_a_row_for_each_tool(made_up: dict[str, Any]) -> None:
    """What could not be installed is said in its row, without figures."""
    lines = table.short(made_up).splitlines()

    assert "| able 1.0 | 2 of 3 | 1 of 2 | 1 | 2 s | 1,234 |" in lines
    assert "| absent | could not be installed: no such package | | | | |" in lines
    assert "(3 of 6, " in lines[-1]


def test_chapters_add_up(made_up: dict[str, Any]) -> None:
    """One row a chapter, and one of all."""
    lines = table.by_chapter(made_up).splitlines()

    assert lines[2:] == ["| authorization | 2 of 4 | 1 |", "| items | 1 of 2 | 1 |", "| together | 3 of 6 | 2 |"]


def test_table_is_put_between_its_markers(made_up: dict[str, Any]) -> None:
    """Whether the place is still empty or holds an older one; a text without markers stays as it is."""
    empty = f"Before.\n\n{table.BEGIN}\n{table.END}\n\nAfter.\n"

    once = table.filled(empty, made_up)

    assert table.block(once) == table.short(made_up)
    assert table.filled(once, made_up) == once
    assert table.filled("No markers.\n", made_up) == "No markers.\n"


@pytest.mark.parametrize("document", ["README.md", "benchmarks/README.md"])
def test_documents_show_the_recorded_tables(document: str, recorded: dict[str, Any]) -> None:
    """Where a document marks the place of a table, it shows that of results.json; table.py --write puts it there."""
    text = (ROOT / document).read_text("utf-8")

    assert table.filled(text, recorded) == text


def test_every_recorded_tool_was_tried_with_every_recorded_fault(recorded: dict[str, Any]) -> None:
    """Else the figures of two tools would not be of the same faults."""
    tools = [measured for measured in recorded["tools"] if not measured["unavailable"]]

    assert tools
    for measured in tools:
        assert set(measured["trials"]) == set(recorded["chapters"])


def test_sample_holds_every_chapter_and_a_third_of_authorization() -> None:
    """And it is the same for the same seed."""
    drawn = sample.draw(FAULTS.values(), 60, 1)

    chapters = [sample.chapter_of(fault) for fault in drawn]
    assert len(set(drawn)) == 60
    assert set(chapters) == {sample.chapter_of(fault) for fault in FAULTS.values()}
    assert chapters.count("authorization") == 20
    assert drawn == sample.draw(FAULTS.values(), 60, 1)


def test_sample_of_more_than_all_is_all() -> None:
    """Nobody has to know how many faults there are."""
    drawn = sample.draw(FAULTS.values(), 10_000, 1)

    assert {fault.name for fault in drawn} == set(FAULTS)
