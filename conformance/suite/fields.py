"""Whether the rows that a target shows have the fields that the documentation names, each of its type."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from conformance.suite.readings import takes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.contract.specification import Operation, Schema, Specification

# How many rows are named of those that do not fit, and how much is told of one value; lists may be long.
SHOWN_ROWS = 3
SHOWN_WORDS = 3
LONGEST = 60

# How values are spelled that are no plain text.
DECIMAL = r"^\s*[+-]?(\d+([.,]\d*)?|[.,]\d+)\s*$"
DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?(Z|[+-]\d{2}(:?\d{2})?)?", re.IGNORECASE)

TYPES = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
}
"""The types of JSON in words; the order is the one that they are told in."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """What is wrong with one row: `row` tells which row it is, `words` what is wrong and name the field."""

    row: str
    words: str

    def __repr__(self) -> str:
        return f"{self.row}: {self.words}"


class Misfits(list[Misfit]):
    """All that was found; as text the first few of each kind, and how many there are."""

    def __repr__(self) -> str:
        if not self:
            return "nothing amiss"
        told = " | ".join(map(repr, self._various()))
        return told if len(self) <= SHOWN_ROWS else f"{told} | {len(self)} in all"

    def _various(self) -> list[Misfit]:
        """The first few that differ in their words, then others."""
        first = {misfit.words: misfit for misfit in reversed(self)}
        ordered = [*reversed(first.values()), *self]
        return list(dict.fromkeys(ordered))[:SHOWN_ROWS]


NOTHING = Misfits()
"""What a check finds in rows that are right."""


class Fields:
    """The documented fields of one kind of object, as strictly as the documentation is about them.

    Null is let pass where the documentation does not speak of it: that a value may be missing is said nowhere, nor that
    it may not. What tells rows apart, flags and values of a closed set are never null. How a date and time is spelled,
    and that a decimal is a JSON number, only examples show: any text, and a decimal in a text, are let pass here.
    """

    def __init__(self, schema: Schema, key: Iterable[str]) -> None:
        self._key = tuple(key)
        self._validator = jsonschema_rs.validator_for(_tolerant(schema, frozenset(self._key)), mask="it")

    def misfits(self, rows: Iterable[Mapping[str, Any]]) -> Misfits:
        """What is wrong with the rows, in one misfit for each row that has something wrong."""
        return Misfits(Misfit(self.name(row), self._words(row)) for row in rows if not self._validator.is_valid(row))

    def name(self, row: Mapping[str, Any]) -> str:
        """A row by its key, as in `partNo 42`."""
        return named(row, *self._key)

    def _words(self, row: Mapping[str, Any]) -> str:
        """All that is wrong with one row: wrong values first, one thing of each, then what is missing."""
        errors = sorted(self._validator.iter_errors(row), key=lambda error: not error.instance_path)
        words = {
            str(error.instance_path) if error.instance_path else _in_words(error): _in_words(error) for error in errors
        }
        told = list(words.values())
        more = [f"{len(told) - SHOWN_WORDS} more"] if len(told) > SHOWN_WORDS else []
        return "; ".join(told[:SHOWN_WORDS] + more)


def named(row: Mapping[str, Any], *names: str) -> str:
    """A row by some of its fields, as in `partNo 42, shortID 'BOLT'`."""
    return ", ".join(f"{name} {_cut(repr(row.get(name)))}" for name in names) or "a row"


def fields_of(specification: Specification, name: str, operation: Operation) -> Fields:
    """The fields of a named schema of the specification, told apart by the key of a list operation."""
    return Fields(specification.schemas[name], operation.listing.key if operation.listing else ())


def note_dates(rows: Iterable[Mapping[str, Any]]) -> None:
    """Note whether the dates and times of the rows have a zone, which the pages show in both ways."""
    texts = (value for row in rows for value in row.values() if isinstance(value, str))
    zoned = {match[3] is not None for text in texts if (match := DATE_TIME.fullmatch(text.strip()))}
    if zoned:
        takes("date-times", "some" if len(zoned) == 2 else "with zone" if zoned == {True} else "without zone")


def twins(rows: Iterable[Mapping[str, Any]], key: str, apart: str | None = None) -> Misfits:
    """The values of a field that several objects share.

    `apart` names the field that tells two objects apart: rows that agree in it are one object, shown twice. Without it
    rows that are wholly equal are one: a page may repeat a row, which is a matter of paging.
    """
    different = {
        (repr(row[key]), repr(row.get(apart) if apart else sorted(row.items()))): row for row in rows if key in row
    }
    times = Counter(repr(row[key]) for row in different.values() if row[key] is not None)
    return Misfits(Misfit(f"{key} {value}", f"{number} of them") for value, number in times.items() if number > 1)


# --- the schema as far as it is stated --------------------------------------------------------------------------------


def _tolerant(schema: Schema, key: frozenset[str]) -> Schema:
    """The schema of an object, with its own properties and those of its parts loosened."""
    loosened = dict(schema)
    for keyword in ("allOf", "anyOf", "oneOf"):
        if keyword in schema:
            loosened[keyword] = [_tolerant(part, key) for part in schema[keyword]]
    for keyword in ("then", "else"):
        if keyword in schema:
            loosened[keyword] = _tolerant(schema[keyword], key)
    if "properties" in schema:
        own = schema["properties"]
        loosened["properties"] = {name: value if name in key else _loosened(value) for name, value in own.items()}
    return loosened


def _loosened(schema: Schema) -> Schema:
    """The schema of one value, with null beside what is neither a flag nor of a closed set."""
    if {"enum", "const"} & schema.keys() or schema.get("type") == "boolean":
        return schema
    loosened = {
        name: value for name, value in _tolerant(schema, frozenset()).items() if name not in {"pattern", "format"}
    }
    choice = [_loosened(part) for keyword in ("oneOf", "anyOf") for part in loosened.pop(keyword, [])]
    if choice:
        loosened["anyOf"] = choice
    if "items" in schema:
        loosened["items"] = _tolerant(schema["items"], frozenset())
    told = schema.get("type")
    if told is None:
        return loosened
    types = {*([told] if isinstance(told, str) else told), "null"}
    if "number" in types:
        return loosened | {"type": sorted(types | {"string"}), "pattern": DECIMAL}
    return loosened | {"type": sorted(types)}


# --- words ------------------------------------------------------------------------------------------------------------


def _in_words(error: jsonschema_rs.ValidationError) -> str:
    """What one error is about, for a reader who knows no schemas."""
    kind, place = error.kind, ".".join(str(step) for step in error.instance_path)
    name, facts = kind.name, kind.as_dict()
    if name == "required":
        return f"{'.'.join(filter(None, (place, facts['property'])))} is missing"
    if name == "type":
        return f"{place or 'the row'} is {_short(error.instance)}, not {_types(facts['types'])}"
    if name == "enum":
        return f"{place} is {_short(error.instance)}, none of {', '.join(map(repr, facts['options']))}"
    if name == "pattern":
        return f"{place} is {_short(error.instance)}, not a number"
    if name in {"anyOf", "oneOf"}:
        return _choice(error, place)
    return f"{place or 'the row'} is not as documented: {error.message}"


def _choice(error: jsonschema_rs.ValidationError, place: str) -> str:
    """What is said of a choice: the names of which one is missing, or the value that fits none."""
    branches = [branch[0] for branch in error.kind.as_dict()["context"] if branch]
    if branches and all(branch.kind.name == "required" for branch in branches):
        return f"neither {' nor '.join(branch.kind.as_dict()['property'] for branch in branches)} is there"
    types = [name for branch in branches if branch.kind.name == "type" for name in branch.kind.as_dict()["types"]]
    return f"{place or 'the row'} is {_short(error.instance)}, not {_types(types)}"


def _types(names: Iterable[str]) -> str:
    """Types in words; of what is only let pass beside them, null and a decimal in a text, nothing is said."""
    stated = set(names) - {"null"}
    stated -= {"string"} if "number" in stated else set()
    return " or ".join(word for name, word in TYPES.items() if name in stated) or "null"


def _short(value: object) -> str:
    """A value as JSON shows it, cut where it is long."""
    return f"the text {_cut(repr(value))}" if isinstance(value, str) else _cut(json.dumps(value))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
