"""Which requirement a cell that is not refused violates."""

from __future__ import annotations

import ast
from collections import defaultdict

import pytest

from conformance.plugin import SUITE
from conformance.suite.cells import Cell, Kind
from conformance.suite.denials import BY_KIND, denied_by
from conformance.suite.forgery import Forgery

KINDS = {"Kind": Kind, "Forgery": Forgery}


def asked_for() -> dict[str, set[str]]:
    """The requirements of all checks that look at cells of a kind, by kind, as their decorators say."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for name in ("test_authorization.py", "test_bearer.py"):
        for check in ast.parse((SUITE / name).read_text("utf-8")).body:
            calls = [it for it in getattr(check, "decorator_list", ()) if isinstance(it, ast.Call)]
            marks = {ast.unparse(call.func): call.args for call in calls}
            identifiers = {it.value for it in marks.get("requirement", ()) if isinstance(it, ast.Constant)}
            for kind in marks.get("cells", ()):
                if isinstance(kind, ast.Attribute):
                    found[KINDS[ast.unparse(kind.value)][kind.attr]] |= identifiers
    return dict(found)


@pytest.mark.parametrize("kind", [*BY_KIND, *Forgery])
def test_a_check_asks_cells_of_the_kind_for_the_requirement(kind: str) -> None:
    """What is blocked by a cell that is not refused names a requirement that failed for it."""
    assert denied_by(Cell(kind, "GET /Item")) in asked_for()[kind]
