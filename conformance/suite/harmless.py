"""Which generated requests may be sent, about which objects, and which of them the documentation says to refuse.

A read asks about objects that the target showed, or about none. A write is sent only where it does no harm even to a
target that accepts it (harmless_writes.py).

Must be refused, and nothing else: a body that is no JSON ("malformed JSON", errors, HTTP status table); a body of another
JSON type than the documented object; a list or an object in a documented text field; a text for the number in a path that
is no warehouse's ("ID absent", same table). Everything else is sent to see whether the target keeps its feet, since a server
may read it leniently: paging out of range or no number, an unknown sort, a malformed date, a number or null where a text is
documented, a field that has another name on another page (the target may not read it), a missing or null body (no field is
called required), another Content-Type, an unknown warehouse (an empty list conforms).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from conformance.contract.specification import Place
from conformance.suite.harmless_writes import writes
from conformance.suite.samples import DRAWN, Sample, different, shortened, spread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from conformance.contract.specification import Operation
    from conformance.suite.samples import Known

# Requests to one operation, the valid one not counted.
MOST_SAMPLES = 20

EXTRA_MEMBER = "object_unexpected_properties"
CONTENT_TYPES = ("malformed_content_type", "unsupported_content_type")

# Query parameters that mean something only together.
TOGETHER = {"key": "type", "type": "key"}
# Query parameters of which only a value that the target showed is sensible.
IDENTIFYING = frozenset({"key", "type", "Category"})
# Numbers of rows that nothing is said to cap: a target that takes them at their word would have much to do.
LARGEST = {"count": 1000}
# Pages that most lists have; beyond their end there is nothing to judge.
SENSIBLE = {"page": 4, "pageSize": 260}


def harmless(
    operation: Operation,
    generated: Iterable[Sample],
    known: Known,
    unique: Callable[[], str],
    most: int | None = None,
) -> list[Sample]:
    """The requests to send, spread over all kinds of flaw; `unique` gives fresh names of this run.

    There are at most `most`; where that is None, at most MOST_SAMPLES, of a read just one of each kind: the lists have
    most of their parameters in common, and each list meets another of the values that break them.
    """
    if operation.is_write:
        return spread(
            different(list(writes(operation, generated, known, unique))), MOST_SAMPLES if most is None else most
        )
    made = different([sample for drawn in generated for sample in _read(operation, drawn, known)])
    if most is None:
        most = min(MOST_SAMPLES, len({sample.kind for sample in made}))
    return spread(made, most, operation.label)


# --- reads ---


def _read(operation: Operation, drawn: Sample, known: Known) -> Iterator[Sample]:
    """Ask with the drawn flaw alone, about objects that the target showed."""
    if drawn.scenario in (EXTRA_MEMBER, *CONTENT_TYPES) or drawn.place not in {None, Place.PATH, Place.QUERY}:
        return
    path = {**drawn.path, **known.path}
    if not {it.name for it in operation.parameters if it.place is Place.PATH} <= path.keys():
        return
    if drawn.place is Place.PATH and drawn.negative and drawn.parameter is not None:
        path[drawn.parameter] = drawn.path[drawn.parameter]
    query = _query(operation, drawn, known)
    if query is None:
        return
    sample = replace(drawn, path=path, query=query, words=_told(drawn, query))
    if drawn.negative and drawn.place is Place.PATH:
        yield _path_sample(operation, sample)
    else:
        # What a search for nothing looks like is not documented.
        yield replace(sample, loose=drawn.negative and drawn.parameter in TOGETHER)


def _query(operation: Operation, drawn: Sample, known: Known) -> dict[str, Any] | None:
    """The parameters in question and those that are required; None where no sensible value is known."""
    required = {parameter.name for parameter in operation.parameters if parameter.required}
    flawed = drawn.parameter if drawn.negative and drawn.place is Place.QUERY else None
    names = {drawn.parameter} if drawn.place is Place.QUERY and drawn.parameter else set()
    if not names and not drawn.negative:
        names = set(drawn.query)
    # How a search for one goes with paging or filters is not documented.
    if not names <= TOGETHER.keys():
        names -= TOGETHER.keys()
    names |= {TOGETHER[name] for name in names & TOGETHER.keys()}
    query = {name: value for name, value in drawn.query.items() if name in names | required}
    # Which columns there are to sort by is not documented, so no value is known to be right.
    if flawed != "sort":
        query.pop("sort", None)
    for name in (names | required) & known.query.keys() - {flawed, "page", "pageSize"}:
        query[name] = known.query[name]
    for name in IDENTIFYING - known.query.keys() - {flawed}:
        query.pop(name, None)
    return _tempered(query, drawn) if query or not drawn.query or drawn.place is not Place.QUERY else None


def _tempered(query: dict[str, Any], drawn: Sample) -> dict[str, Any]:
    """Bring numbers that are right into a range in which a list shows something."""
    largest = LARGEST | (SENSIBLE if drawn.scenario == DRAWN and not drawn.negative else {})
    return {
        name: value % largest[name] + 1 if name in largest and isinstance(value, int) else value
        for name, value in query.items()
    }


def _path_sample(operation: Operation, sample: Sample) -> Sample:
    """A text for the number in a path names no object, unless the target takes the text for a name of its own."""
    text = unquote(str(sample.path.get(str(sample.parameter))))
    documented = operation.parameter(str(sample.parameter))
    numbered = documented is not None and documented.schema.get("type") == "integer"
    warehouse = any(place.name == sample.parameter for place in operation.warehouses)
    return replace(sample, refuse=numbered and not warehouse and not _may_be_read_as_number(text), echo=text)


def _may_be_read_as_number(text: str) -> bool:
    """Whether somebody might find a number in a text: one with a digit, or a word that computers have for numbers."""
    if any(character.isnumeric() for character in text):
        return True
    try:
        float(text)
    except ValueError:
        return False
    return True


def _told(drawn: Sample, query: Mapping[str, Any]) -> str:
    values = drawn.path if drawn.place is Place.PATH else query
    if drawn.negative and drawn.parameter is not None and drawn.parameter in values:
        return f"{drawn.parameter} = {shortened(values[drawn.parameter])}"
    return (
        "with " + ", ".join(f"{name} = {shortened(value)}" for name, value in query.items())
        if query
        else "a valid request"
    )
