"""Whether a thing that is read by itself shows what its list shows of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.suite.fields import NOTHING, Misfit, Misfits
from conformance.suite.ordering import moment
from conformance.suite.settling import TRIES
from conformance.target.answer import rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from conformance.contract.specification import Operation
    from conformance.suite.lists import Lists
    from conformance.target.answer import Answer

    Row = Mapping[str, Any]


def unlike(
    lists: Lists,
    operation: Operation,
    listed: Row,
    read: Callable[[], Answer],
    *,
    warehouse: int | None = None,
    **params: object,
) -> Misfits:
    """The documented fields that a row of a list shows otherwise than the answer to reading the same thing by itself.

    Both are read again where they differ: others may have changed the thing in between. Whether it can be read by
    itself at all, and is the right one, is not judged here.
    """
    assert operation.listing is not None
    key = operation.listing.key
    found = NOTHING
    for attempt in range(TRIES):
        if attempt:
            rows = lists.whole_now(operation, warehouse, **params).rows
            listed = next((row for row in rows if _same(row, listed, key)), {})
        answer = read()
        alone = next((row for row in rows_of(answer.json) if _same(row, listed, key)), {}) if answer.accepted else {}
        words = list(_differences(listed, alone, _names(operation)))
        found = Misfits(Misfit(repr(answer), text) for text in words)
        if not found:
            return NOTHING
    return found


def _names(operation: Operation) -> list[str]:
    from conformance.suite.sorting import field_names  # noqa: PLC0415 -- it knows pagers, which know lists

    return field_names(operation)


def _same(row: Row, other: Row, key: Iterable[str]) -> bool:
    return all(row.get(name) == other.get(name) for name in key)


def _differences(listed: Row, alone: Row, names: Iterable[str]) -> Iterator[str]:
    """Flags, numbers and texts that differ; how dates are written, and where a long text ends in a list, is open."""
    for name in names:
        one, other = listed.get(name), alone.get(name)
        if _are_numbers(one, other) and one != other:
            yield f"{name} is {other!r}, in the list it is {one!r}"
        if _are_texts(one, other) and not _begins_alike(str(one), str(other)):
            yield f"{name} is {other!r}, in the list it is {one!r}"


def _are_numbers(one: object, other: object) -> bool:
    both_flags = isinstance(one, bool) and isinstance(other, bool)
    return both_flags or all(isinstance(it, int | float) and not isinstance(it, bool) for it in (one, other))


def _are_texts(one: object, other: object) -> bool:
    return all(isinstance(it, str) and it != "" and moment(it) is None for it in (one, other))


def _begins_alike(one: str, other: str) -> bool:
    short, long = sorted((one.rstrip(" .\N{HORIZONTAL ELLIPSIS}"), other.rstrip(" .\N{HORIZONTAL ELLIPSIS}")), key=len)
    return long.startswith(short)
