"""What a line of run.jsonl and of exchanges.jsonl may hold: specs/run-log.schema.json and specs/exchanges.schema.json."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from conformance.contract.resources import read_data
from conformance.errors import RunLogError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

RUN_LOG_SCHEMA = "specs/run-log.schema.json"
EXCHANGE_SCHEMA = "specs/exchanges.schema.json"
EVENTS = frozenset({"run", "check", "end"})
"""The events that the schema describes; any other one is let be."""

_TYPES = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "object": "an object",
    "array": "a list",
    "boolean": "true or false",
}
_DAMAGED = "the log is damaged, run the suite again"


def require_event(event: Mapping[str, object], where: str) -> None:
    """Require that an event of run.jsonl is of its shape.

    Raises RunLogError that begins with `where`, names what is wrong and says what to do.
    """
    kind = event.get("event")
    if isinstance(kind, str) and kind in EVENTS:
        _require(_event_validator(kind), event, where)


def require_exchange(exchange: Mapping[str, object], where: str) -> None:
    """Require the same of a line of exchanges.jsonl."""
    _require(_exchange_validator(), exchange, where)


@cache
def _event_validator(kind: str) -> jsonschema_rs.Validator:
    definitions = json.loads(read_data(RUN_LOG_SCHEMA))["$defs"]
    return jsonschema_rs.validator_for({**definitions[kind], "$defs": definitions})


@cache
def _exchange_validator() -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(json.loads(read_data(EXCHANGE_SCHEMA)))


def _require(validator: jsonschema_rs.Validator, value: Mapping[str, object], where: str) -> None:
    # Nearly every line is right, and whether it is costs two microseconds; what is wrong is worked out afterwards.
    try:
        if validator.is_valid(value):
            return
        error = next(iter(validator.iter_errors(value)))
    except UnicodeEncodeError:
        raise RunLogError(f"{where}: holds a key that is no text; {_DAMAGED}") from None
    raise RunLogError(_in_words(error, where))


def _in_words(error: jsonschema_rs.ValidationError, where: str) -> str:
    place = f"{where}{_path(error.instance_path)}"
    kind: Any = error.kind
    match kind.name:
        case "required":
            return f"{place}: {kind.value} is missing; {_DAMAGED}"
        case "type":
            wanted = " or ".join(_TYPES[name] for name in kind.value if name != "null")
            return f"{place} is not {wanted}; {_DAMAGED}"
        case "enum":
            known = ", ".join(map(str, kind.value))
            return (
                f"{place}: {error.instance!r} is none of {known}; if a newer version wrote this log, use that version"
            )
        case "minItems" | "maxItems":
            return f"{place} is not a name with its value; {_DAMAGED}"
        case _:
            return f"{place}: {error.message}; {_DAMAGED}"


def _path(steps: Iterable[str | int]) -> str:
    """Give a place within an event: `: request: headers[2]`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f": {step}" for step in steps)
