"""The assertions of the suite: an assertion that no fault ever made fail may be wrong without anybody's notice."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from conformance.plugin import SUITE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

EXCUSE = re.compile(r"#\s*toothless:\s*(.+)")
"""What stands behind, or in the line above, an assertion that no fault can make fail, and why that is so."""
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True, order=True)
class Assertion:
    """One assertion, known by its file, its function and its place among those of the function, from 1 on.

    Lines are those of today; `excuse` says why no fault makes it fail, where the code says so.
    """

    file: str
    function: str
    ordinal: int
    first_line: int
    last_line: int
    text: str
    excuse: str | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.first_line}: {self.function}, assertion {self.ordinal}: {self.text}"


@cache
def assertions(folder: Path = SUITE) -> tuple[Assertion, ...]:
    """Every assertion about the target: those of the check modules; elsewhere an assertion is about ourselves."""
    return tuple(found for path in sorted(folder.glob("test_*.py")) for found in _of_file(path))


def toothless(asserted: Collection[str], known: tuple[Assertion, ...] | None = None) -> tuple[Assertion, ...]:
    """The assertions that none of the lines (`file.py:12`) belongs to, with an excuse or without."""
    lines = {(file, int(number)) for file, _, number in (place.rpartition(":") for place in asserted if place)}
    return tuple(
        found
        for found in (assertions() if known is None else known)
        if not any((found.file, line) in lines for line in range(found.first_line, found.last_line + 1))
    )


def _of_file(path: Path) -> Iterator[Assertion]:
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    for function, statements in _functions(ast.parse(text), ""):
        for ordinal, statement in enumerate(statements, start=1):
            last = statement.end_lineno or statement.lineno
            excuse = EXCUSE.search(lines[last - 1]) or EXCUSE.search(lines[statement.lineno - 2])
            yield Assertion(
                file=path.name,
                function=function,
                ordinal=ordinal,
                first_line=statement.lineno,
                last_line=last,
                text=ast.unparse(statement),
                excuse=None if excuse is None else excuse[1].strip(),
            )


def _functions(node: ast.AST, name: str) -> Iterator[tuple[str, list[ast.Assert]]]:
    """Every function with the assertions that stand in it and in no function of its own."""
    own: list[ast.Assert] = []
    inner: list[tuple[str, ast.AST]] = []
    waiting = list(ast.iter_child_nodes(node))
    while waiting:
        child = waiting.pop(0)
        if isinstance(child, _SCOPES):
            inner.append((f"{name}.{child.name}".lstrip("."), child))
        elif isinstance(child, ast.Assert):
            own.append(child)
        else:
            waiting = [*ast.iter_child_nodes(child), *waiting]
    if own:
        yield name, own
    for inner_name, scope in inner:
        yield from _functions(scope, inner_name)
