"""A run repeats exactly: the same seed asks the same questions, whatever else is selected."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from conformance.narrator import Narrator
from conformance.reference.server import ReferenceServer
from conformance.runner import Options, run_suite

if TYPE_CHECKING:
    from pathlib import Path

    Question = tuple[str, str, str | None]


def asked(folder: Path, *patterns: str, seed: int, examples: int = 4) -> list[Question]:
    """What a run asks a fresh server about locations, without the name of the run and its numbers."""
    folder.mkdir()
    with ReferenceServer() as server:
        target = server.write_target(folder / "reference.toml", ("Location",))
        options = Options(requirements=patterns, out=folder / "run", seed=seed, examples=examples)
        finished = run_suite(target, options, Narrator(io.StringIO(), quiet=True))
    assert finished.run is not None
    lines = (folder / "run" / "exchanges.jsonl").read_text("utf-8").splitlines()
    requests = [json.loads(line)["request"] for line in lines]
    return [
        (request["method"], plain(request["url"]), request["body"])
        for request in requests
        if "/Location" in request["url"]
    ]


def plain(url: str) -> str:
    """An address without what is another one in each run: host, run and the numbers that it has given away."""
    return re.sub(r"CT[0-9A-F]{4}-\d+", "CT", unquote(url.partition("/api/v1")[2]))


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> list[Question]:
    """The questions of one run."""
    return asked(tmp_path_factory.mktemp("first") / "run", "property.*", seed=5)


def test_the_same_seed_asks_the_same(first: list[Question], tmp_path: Path) -> None:
    """Every request, in the same order."""
    assert asked(tmp_path / "run", "property.*", seed=5) == first


def steps(questions: list[Question]) -> str:
    """The holds and releases among some questions, in their order: which locations are free differs by what was before."""
    return "".join(path.removeprefix("/Location/")[0] for method, path, _ in questions if method == "POST")


def test_a_selection_asks_the_same_of_what_it_selects(first: list[Question], tmp_path: Path) -> None:
    """The walk alone takes the same steps as among everything else."""
    alone = steps(asked(tmp_path / "run", "property.location-holds", seed=5))[:8]

    assert len(alone) == 8
    assert alone in steps(first)


def test_another_seed_asks_otherwise(first: list[Question], tmp_path: Path) -> None:
    """But no more than it may."""
    other = asked(tmp_path / "run", "property.*", seed=6)

    assert other != first
    assert abs(len(other) - len(first)) < 20


def test_nothing_is_drawn_where_nobody_wants_it(first: list[Question], tmp_path: Path) -> None:
    """With --examples 0 only every bound remains, the same for every seed."""
    bounds = asked(tmp_path / "one", "property.*", seed=5, examples=0)

    assert bounds == asked(tmp_path / "two", "property.*", seed=6, examples=0)
    assert len(bounds) < len(first) / 2
