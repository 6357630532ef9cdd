"""OpenAPI Overlay documents (version 1.0): a vendor's own operations and deviations, laid over the specification."""

from __future__ import annotations

import copy
import datetime as dt
import difflib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jsonpath
import jsonschema_rs
from jsonpath.exceptions import JSONPathError

from conformance.contract.resources import parse_yaml
from conformance.contract.specification import METHODS, parse_specification
from conformance.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from conformance.contract.specification import Operation, Schema, Specification

VERSION = re.compile(r"1\.0\.\d+")
DOCUMENT_KEYS = ("overlay", "info", "extends", "actions")
ACTION_KEYS = ("target", "description", "update", "remove")
PAGE = "overlay"
"""Stands as the page of an operation that names no source of its own."""

# The errors page states these for every endpoint.
ERRORS = {
    "400": "BadRequest",
    "401": "Unauthorized",
    "403": "Forbidden",
    "404": "NotFound",
    "409": "Conflict",
    "429": "RateLimited",
    "500": "InternalError",
    "501": "NotImplemented",
}
# The pagination page states these figures for every list that is none of orders.
LARGEST_PAGE, DEFAULT_PAGE = 250, 25
HEADERS = ("X-Total-Count", "X-Page-Size", "X-Page", "X-API-Version")

# What success looks like where the overlay does not say it: a page of rows for a list, else nothing in particular.
PAGE_OF_ROWS = {
    "200": {
        "description": "A page of rows",
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in HEADERS},
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Page"}}},
    }
}
DONE = {"2XX": {"$ref": "#/components/responses/Done"}}

# RFC 9535 to the letter: what another program would not understand is refused.
_PATHS = jsonpath.JSONPathEnvironment(strict=True)


@dataclass(frozen=True, slots=True)
class Action:
    """One change; `where` is its place in the overlay with its target, for messages."""

    where: str
    path: jsonpath.CompoundJSONPath | jsonpath.JSONPath
    update: Any
    remove: bool


def lay_over(specification: Specification, path: Path) -> Specification:
    """Apply an overlay file and read the result; raises UsageError with all problems at once, one in a line.

    Operations that the overlay adds may leave out what follows from the documentation (`_complete`).
    """
    actions = _read(path)
    document = copy.deepcopy(specification.document)
    problems = [f"{path.name}: {problem}" for action in actions for problem in _apply(document, action)]
    _raise(problems)
    _complete(document, specification.document)
    changed = parse_specification(document, path.name)
    known = specification.by_label
    _raise(
        f"{path.name}: {operation.label}: {problem}"
        for operation in changed
        if known.get(operation.label) != operation
        for problem in _schema_problems(operation)
    )
    return changed


def _raise(problems: Iterator[str] | Sequence[str]) -> None:
    lines = list(problems)
    if lines:
        raise UsageError("\n".join(lines))


# --- reading ---


def _read(path: Path) -> list[Action]:
    """Read the actions of an overlay, YAML or JSON."""
    content = _plain(_content(path))
    if not isinstance(content, dict):
        raise UsageError(f"{path.name}: holds no mapping; begin with overlay: 1.0.0, info: and actions:")
    problems = list(_document_problems(content))
    actions = []
    listed = content.get("actions")
    for number, raw in enumerate(listed if isinstance(listed, list) else []):
        found = list(_action_problems(raw))
        where = f"actions[{number}]"
        if isinstance(raw, dict) and isinstance(raw.get("target"), str):
            where += f" ({raw['target']})"
            try:
                compiled = _PATHS.compile(raw["target"])
            except JSONPathError as error:
                found.append(f"target is no JSONPath (RFC 9535): {str(error).splitlines()[0]}")
            else:
                actions.append(Action(where, compiled, raw.get("update"), raw.get("remove") is True))
        problems += [f"{where}: {problem}" for problem in found]
    _raise([f"{path.name}: {problem}" for problem in problems])
    return actions


def _content(path: Path) -> object:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path.name}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path.name}: is not UTF-8 at byte {error.start}; save it as such") from error
    if path.suffix != ".json":
        return parse_yaml(text, path.name)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise UsageError(f"{path.name}: not readable as JSON: {error}") from error


def _plain(value: object) -> Any:
    """Make JSON values of what YAML reads as more: a status such as 200 as a key, a date."""
    if isinstance(value, dict):
        return {_key(key): _plain(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, (dt.date, dt.time)) else value


def _key(key: object) -> str:
    return key if isinstance(key, str) else json.dumps(key, default=str)


def _document_problems(content: Mapping[str, Any]) -> Iterator[str]:
    version, info, actions = content.get("overlay"), content.get("info"), content.get("actions")
    if not isinstance(version, str) or not VERSION.fullmatch(version):
        yield "overlay: must be 1.0.0, the version of the Overlay Specification that the file follows"
    if not isinstance(info, dict) or not all(info.get(key) for key in ("title", "version")):
        yield "info: must be a mapping with title and version"
    if not isinstance(content.get("extends", ""), str):
        yield "extends: must be a string; nothing is read from there"
    if not isinstance(actions, list) or not actions:
        yield "actions: must be a list of at least one action, each with target, and update or remove: true"
    yield from _unknown_keys(content, DOCUMENT_KEYS)


def _action_problems(raw: object) -> Iterator[str]:
    if not isinstance(raw, dict):
        yield "must be a mapping with target, and update or remove: true"
        return
    if not isinstance(raw.get("target"), str):
        yield "target: must be a JSONPath in quotes, such as \"$.paths['/Item'].get\""
    if not isinstance(raw.get("remove", False), bool):
        yield "remove: must be true or false"
    elif not raw.get("remove") and "update" not in raw:
        yield "changes nothing; write update, or remove: true"
    yield from _unknown_keys(raw, ACTION_KEYS)


def _unknown_keys(raw: Mapping[str, Any], known: Sequence[str]) -> Iterator[str]:
    for key in raw:
        if key not in known and not key.startswith("x-"):
            near = difflib.get_close_matches(key, known, n=1)
            yield f"{key}: unknown key; " + (f'did you mean "{near[0]}"?' if near else f"known: {', '.join(known)}")


# --- applying ---


def _apply(document: Schema, action: Action) -> list[str]:
    """Apply one action to the document in place; return what is wrong with it."""
    matches = list(action.path.finditer(document))
    if not matches:
        # The Overlay Specification lets such an action pass. Here it would leave the wrong thing checked.
        return [f"{action.where}: selects nothing; compare it with specs/openapi.yaml and the actions before it"]
    places = dict.fromkeys(match.parts for match in matches)
    change = _remove(document, places) if action.remove else _update(document, places, action.update)
    return [f"{action.where}: {problem}" for problem in change]


def _remove(document: Schema, places: Mapping[tuple[int | str, ...], None]) -> Iterator[str]:
    """Remove what was selected, the deepest and the last of a list first, so that the other places stay true."""
    if () in places:
        yield "selects the whole document, which cannot be removed"
        return

    def late(parts: tuple[int | str, ...]) -> tuple[int, int]:
        last = parts[-1]
        return len(parts), last if isinstance(last, int) else 0

    for parts in sorted(places, key=late, reverse=True):
        del _at(document, parts[:-1])[parts[-1]]


def _update(document: Schema, places: Mapping[tuple[int | str, ...], None], update: Any) -> Iterator[str]:
    for parts in places:
        node, own = _at(document, parts), copy.deepcopy(update)
        if isinstance(node, dict) and isinstance(own, dict):
            yield from _merge(node, own, _pointer(parts))
        elif isinstance(node, list):
            # An entry to append, or several.
            node.extend(own if isinstance(own, list) else [own])
        elif isinstance(node, dict):
            yield f"{_pointer(parts)} is a mapping, and update is {_kind(own)}; write a mapping"
        else:
            yield f"{_pointer(parts)} is {_kind(node)}; select the mapping that holds it, and give the new value there"


def _merge(node: Schema, update: Schema, at: str) -> Iterator[str]:
    """Merge mappings member by member, put lists behind lists, replace everything else."""
    for key, new in update.items():
        old = node.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            yield from _merge(old, new, f"{at}.{key}")
        elif isinstance(old, list) and isinstance(new, list):
            old.extend(new)
        elif not isinstance(old, dict | list):
            node[key] = new
        elif new is not None:  # `components:` with nothing behind it has nothing to merge
            yield f"{at}.{key} is {_kind(old)}, and update has {_kind(new)} there; remove it in an action before this one"


def _at(document: Schema, parts: Sequence[int | str]) -> Any:
    node: Any = document
    for part in parts:
        node = node[part]
    return node


def _pointer(parts: Sequence[int | str]) -> str:
    return ".".join(["$", *map(str, parts)])


def _kind(value: object) -> str:
    return "a mapping" if isinstance(value, dict) else "a list" if isinstance(value, list) else "a single value"


# --- operations that the overlay adds ---


def _complete(document: Schema, plain: Schema) -> None:
    """Fill in what an added operation leaves out; what is no mapping is left for the reading of the specification."""
    paths = document.get("paths")
    for path, item in paths.items() if isinstance(paths, dict) else ():
        for method in METHODS:
            operation = item.get(method) if isinstance(item, dict) else None
            if isinstance(operation, dict) and method not in plain["paths"].get(path, {}):
                _fill_in(operation, f"{method.upper()} {path}")


def _fill_in(operation: Schema, label: str) -> None:
    operation.setdefault("operationId", label)
    operation.setdefault("x-source", {"page": PAGE, "section": label})
    listing, responses = operation.get("x-list"), operation.setdefault("responses", {})
    if isinstance(listing, dict):
        listing.setdefault("maximum", LARGEST_PAGE)
        listing.setdefault("default", DEFAULT_PAGE)
        _fill_in_paging(operation)
    if isinstance(responses, dict):
        _fill_in_statuses(responses, PAGE_OF_ROWS if isinstance(listing, dict) else DONE)


def _fill_in_paging(operation: Schema) -> None:
    parameters = operation.setdefault("parameters", [])
    if not isinstance(parameters, list):
        return
    given = {it.get("name") or str(it.get("$ref")).rpartition("/")[2] for it in parameters if isinstance(it, dict)}
    parameters += [{"$ref": f"#/components/parameters/{name}"} for name in ("page", "pageSize") if name not in given]


def _fill_in_statuses(responses: Schema, success: Schema) -> None:
    """Add success, where none is given, and the errors page's statuses, but those that the overlay speaks of itself."""
    if "default" in responses:
        return
    if not any(status.startswith("2") for status in responses):
        responses |= copy.deepcopy(success)
    for status, name in ERRORS.items():
        if f"{status[0]}XX" not in responses:
            responses.setdefault(status, {"$ref": f"#/components/responses/{name}"})


def _schema_problems(operation: Operation) -> Iterator[str]:
    """Find what is no JSON schema; nothing could be judged by it."""
    schemas = {f"parameter {it.name}": it.schema for it in operation.parameters}
    schemas |= {f"response {status}": it.schema for status, it in operation.responses.items() if it.schema is not None}
    if operation.body_schema is not None:
        schemas["request body"] = operation.body_schema
    for name, schema in schemas.items():
        try:
            jsonschema_rs.meta.validate(schema)
        except jsonschema_rs.ValidationError as error:
            place = "".join(f".{part}" for part in error.instance_path)
            yield f"the schema of {name} is no JSON Schema (2020-12){f', at {place[1:]}' if place else ''}: {error.message}"
