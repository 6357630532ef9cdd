"""Judges fields that have a requirement of their own, such as a status, apart from the other fields of an object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, NotRun
from conformance.suite.fields import Fields, Misfit, Misfits, named

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from conformance.contract.specification import Operation, Schema, Specification

    Row = Mapping[str, Any]


def fields_apart_from(specification: Specification, name: str, operation: Operation, *own: str) -> Fields:
    """The fields of a named schema; of those in `own` only that they are there, for what they hold is asked elsewhere."""
    key = operation.listing.key if operation.listing else ()
    return Fields(_without(specification.schemas[name], own), key)


def _without(schema: Schema, own: Collection[str]) -> Schema:
    opened = dict(schema)
    if "allOf" in schema:
        opened["allOf"] = [_without(part, own) for part in schema["allOf"]]
    if "properties" in schema:
        opened["properties"] = {
            name: {} if name in own else property_ for name, property_ in schema["properties"].items()
        }
    return opened


def rows_with(rows: Sequence[Row], name: str, label: str, cause: str) -> list[Row]:
    """The rows that have a field; raises NotRun where there is no row at all, Blocked where no row has it."""
    if not rows:
        raise NotRun(Reason.NEEDS_DATA, f"{label} lists nothing")
    found = [row for row in rows if name in row]
    if not found:
        raise Blocked(Reason.EARLIER_FAILURE, f"no row of {label} has the field {name}", cause=cause)
    return found


def outside(rows: Iterable[Row], key: str, name: str, allowed: Sequence[object]) -> Misfits:
    """The rows whose field `name` holds none of the allowed values, each of which is a value of its own JSON type."""
    return unfit(rows, key, name, lambda row: any(_same(row[name], value) for value in allowed))


def unfit(rows: Iterable[Row], key: str, name: str, fits: Callable[[Row], bool]) -> Misfits:
    """The rows that do not fit, each told by its key and by what it shows as `name`."""
    return Misfits(Misfit(named(row, key), named(row, name)) for row in rows if not fits(row))


def _same(one: object, other: object) -> bool:
    return type(one) is type(other) and one == other
