"""Knows the example bodies of a target file and the placeholders in them."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

from conformance.contract.outcomes import Reason
from conformance.errors import NotRun
from conformance.target.parsing import shown, suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.contract.specification import Specification
    from conformance.target.parsing import Table

PLACEHOLDERS = ("warehouse", "partNo", "recNo", "shortID", "spot", "to_warehouse", "to_spot", "unique")
"""What the suite can fill in; interfaces.md section 2."""

PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")

Body = Any
"""A JSON value."""


def fill(body: Body, values: Mapping[str, object]) -> Body:
    """Copy a body with every string that is exactly a placeholder replaced by its value, in the value's own type.

    Raises NotRun (needs-data) naming the placeholders without a value.
    """
    missing = [name for name in placeholders(body) if values.get(name) is None]
    if missing:
        names = ", ".join(f"{{{name}}}" for name in missing)
        raise NotRun(Reason.NEEDS_DATA, f"the target shows no data to fill in {names} of the example body")
    return _filled(body, values)


def placeholders(body: Body) -> tuple[str, ...]:
    """Name the known placeholders of a body, each once."""
    found = (PLACEHOLDER.fullmatch(text) for text in _strings(body))
    return tuple(dict.fromkeys(match[1] for match in found if match and match[1] in PLACEHOLDERS))


def read_examples(table: Table, specification: Specification | None) -> dict[str, Body]:
    """Read the tables under `[examples]`: bodies by operation label; without a specification no label is judged."""
    bodies = {}
    for label in table.keys():  # noqa: SIM118 -- a table under reading, no mapping
        example = table.table(label)
        if specification is not None and label not in specification:
            table.problem(label, f"no such operation; {suggestion(label, _labels_with_body(specification))}")
        elif specification is not None and not specification[label].has_body:
            table.problem(label, "this operation takes no body; remove the example")
        if example.required("body", "write body = { … }, a body that the target accepts"):
            bodies[label] = example.value("body")
            for problem in _body_problems(bodies[label]):
                example.problem("body", problem)
        example.close()
    return bodies


def _labels_with_body(specification: Specification) -> list[str]:
    return [operation.label for operation in specification.operations if operation.has_body and operation.secured]


def _filled(body: Body, values: Mapping[str, object]) -> Body:
    if isinstance(body, dict):
        return {key: _filled(value, values) for key, value in body.items()}
    if isinstance(body, list):
        return [_filled(item, values) for item in body]
    match = PLACEHOLDER.fullmatch(body) if isinstance(body, str) else None
    return values[match[1]] if match and match[1] in PLACEHOLDERS else body


def _strings(body: Body) -> list[str]:
    return [leaf for leaf in _leaves(body) if isinstance(leaf, str)]


def _leaves(body: Body) -> list[Body]:
    if isinstance(body, dict):
        return [leaf for value in body.values() for leaf in _leaves(value)]
    if isinstance(body, list):
        return [leaf for item in body for leaf in _leaves(item)]
    return [body]


def _body_problems(body: Body) -> list[str]:
    problems = [_text_problem(leaf) if isinstance(leaf, str) else _leaf_problem(leaf) for leaf in _leaves(body)]
    return [problem for problem in problems if problem]


def _text_problem(text: str) -> str | None:
    whole = PLACEHOLDER.fullmatch(text)
    if whole:
        if whole[1] in PLACEHOLDERS:
            return None
        return f"unknown placeholder {text}; {suggestion(whole[1], PLACEHOLDERS)}"
    within = [match[0] for match in PLACEHOLDER.finditer(text) if match[1] in PLACEHOLDERS]
    if within:
        return f"{json.dumps(text, ensure_ascii=False)}: {within[0]} is replaced only where it is the whole string"
    return None


def _leaf_problem(leaf: object) -> str | None:
    if isinstance(leaf, float) and not math.isfinite(leaf):
        return f"{leaf} is no JSON number"
    if leaf is None or isinstance(leaf, (bool, int, float)):
        return None
    return f"{shown(leaf)} does not exist in JSON; write it as a string"
