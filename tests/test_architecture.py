"""The directions between the parts of the package, read from its own import statements."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "conformance"

RANKS = {
    "": 0,  # conformance/__init__.py
    "errors": 0,
    "contract": 0,
    "target": 1,
    "suite": 2,
    "reasons": 3,
    "teeth": 3,
    "verdicts": 4,
    "report": 5,
    "plugin": 6,
    "narrator": 6,
    "marked": 7,
    "prerequisites": 7,
    "foresight": 7,
    "estimates": 7,
    "plan_text": 7,
    "planning": 7,
    "check_functions": 7,
    "explaining": 7,
    "listing": 7,
    "catalogue_page": 7,
    "doctor": 7,
    "run_events": 7,
    "runner": 7,
    "selftest": 8,
    "commands": 9,
    "cli": 10,
    "__main__": 11,
}
"""A part imports parts of its own rank or below; `reference` stands apart."""

MAY_START_REFERENCE = {"cli", "commands", "selftest"}
NETWORK = {"httpx", "requests", "socket", "ssl", "urllib.request", "http.client", "http.server", "asyncio"}
IMPURE = NETWORK | {"pytest", "time"}
HEAVY = ("pytest", "httpx", "schemathesis", "hypothesis", "starlette", "uvicorn", "sqlalchemy", "joserfc", "requests")


def module_name(path: Path) -> str:
    """Name a file's module, such as `conformance.contract.catalogue`."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py")) if "_data" not in path.parts}
"""Every module of the package by its name."""


@cache
def tree(module: str) -> ast.Module:
    """Parse a module."""
    return ast.parse(SOURCES[module].read_text(encoding="utf-8"))


@cache
def imports(module: str) -> frozenset[str]:
    """List what a module imports anywhere in it, for type checking too, as dotted names."""
    found: set[str] = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{'.' * node.level}{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def part(name: str) -> str:
    """Name the part that a dotted name belongs to, empty for the package's own `__init__`."""
    parts = name.split(".")
    known = len(parts) > 1 and any(it.split(".")[1:2] == [parts[1]] for it in SOURCES)
    return parts[1] if known else ""


def own_imports(module: str) -> set[str]:
    """List what a module imports of the package."""
    return {name for name in imports(module) if name.split(".")[0] == "conformance"}


def test_every_part_has_its_place() -> None:
    """A new part of the package is given a rank here before anything imports it."""
    parts = {part(module) for module in SOURCES}

    assert parts <= RANKS.keys() | {"reference"}


def test_imports_are_absolute() -> None:
    """Relative imports would hide their direction."""
    relative = {module: name for module in SOURCES for name in imports(module) if name.startswith(".")}

    assert not relative


@pytest.mark.parametrize("module", [module for module in SOURCES if part(module) in RANKS])
def test_imports_go_one_way(module: str) -> None:
    """contract, target, suite, verdicts, report: what comes later sees what comes before, never the reverse."""
    upwards = {name for name in own_imports(module) if RANKS.get(part(name), 0) > RANKS[part(module)]}

    assert not upwards


def test_errors_and_outcomes_stand_at_the_bottom() -> None:
    """The closed sets import nothing of the package, the exceptions only the closed sets."""
    assert not own_imports("conformance.contract.outcomes")
    assert all(name.startswith("conformance.contract.outcomes.") for name in own_imports("conformance.errors"))


def test_the_reference_server_shares_no_code() -> None:
    """A bug in shared code would hide itself twice: suite and server meet over HTTP only."""
    shared = {
        module: name
        for module in SOURCES
        for name in own_imports(module)
        if part(module) == "reference" and part(name) != "reference"
    }

    assert not shared


def test_only_the_command_line_and_the_selftest_start_the_reference_server() -> None:
    """Nothing else of the package imports it."""
    importers = {
        part(module)
        for module in SOURCES
        for name in own_imports(module)
        if part(name) == "reference" and part(module) != "reference"
    }

    assert importers <= MAY_START_REFERENCE


def test_one_module_holds_every_import_of_schemathesis() -> None:
    """Its internals change often, so one adapter knows them."""
    importers = [module for module in SOURCES if any(name.split(".")[0] == "schemathesis" for name in imports(module))]

    assert len(importers) <= 1


@pytest.mark.parametrize("pure", ["contract", "verdicts", "report"])
def test_pure_parts_know_no_network_no_clock_and_no_pytest(pure: str) -> None:
    """What is required and how a run is told are functions of their input alone."""
    impure = {
        module: name
        for module in SOURCES
        if part(module) == pure
        for name in imports(module)
        if any(f"{name}.".startswith(f"{foreign}.") for foreign in IMPURE)
    }

    assert not impure


def test_one_module_knows_the_hooks_of_pytest() -> None:
    """Functions that pytest calls by their names stand in the plugin alone."""
    hooks = {
        f"{module}.{node.name}"
        for module in SOURCES
        for node in ast.walk(tree(module))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("pytest_")
    }

    assert {name.rsplit(".", 1)[0] for name in hooks} <= {"conformance.plugin"}


def test_light_parts_import_nothing_heavy() -> None:
    """The command line, the contract and the reports load before a command needs pytest, a client or the server."""
    light = [module for module in SOURCES if part(module) in {"", "errors", "contract", "verdicts", "report", "cli"}]
    program = (
        "import importlib, sys\n"
        f"for name in {light!r}:\n"
        "    importlib.import_module(name)\n"
        f"    loaded = [heavy for heavy in {HEAVY!r} if heavy in sys.modules]\n"
        "    assert not loaded, f'{name} imports {loaded}'\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
