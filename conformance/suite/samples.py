"""Which generated requests may be sent, about which objects, and which of them the documentation says to refuse.

A read asks about objects that the target showed. A write is sent only where it does no harm even to a target that
accepts it: its body is no JSON object, or it creates an item under a name of this run, or it names an object that cannot
exist. What is left out and why stands beside the rules below.

Must be refused, and nothing else: a body that is no JSON ("malformed JSON", errors, HTTP status table); a body of another
JSON type than the documented object; a list or an object in a documented text field; a text for the number in a path that
is no warehouse's ("ID absent", same table). Everything else is sent to see whether the target keeps its feet, since a server
may read it leniently: paging out of range or no number, an unknown sort, a malformed date, a number or null where a text is
documented, a field that has another name on another page (the target may not read it), a missing or null body (no field is
called required), another Content-Type, an unknown warehouse (an empty list conforms).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from conformance.contract.specification import Place
from conformance.target.answer import ABSENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from conformance.contract.specification import Operation
    from conformance.target.wire import Request

# Requests to one operation, the valid one not counted.
MOST_SAMPLES = 20

JSON = "application/json"
EXTRA_MEMBER = "object_unexpected_properties"
CONTENT_TYPES = ("malformed_content_type", "unsupported_content_type")

# Creating operations, with the body field in which the new object's name stands and other names for documented fields.
NAMED_IN = {"POST /Item": "shortID"}
OTHER_NAMES = {"unit": "uOM", "categoryID": "category"}

# Query parameters that mean something only together.
TOGETHER = {"key": "type", "type": "key"}
# Query parameters of which only a value that the target showed is sensible.
IDENTIFYING = frozenset({"key", "type", "Category"})


@dataclass(frozen=True, slots=True)
class Sample:
    """One request as plain data: where its flaw is, if it has one, and what is known of the right answer.

    `place` and `parameter` say where the flaw is; `words` tell it to people. `refuse`: a 2xx breaks the documentation,
    unless the answer holds `echo` as a value. `loose`: what a 2xx looks like is open. `creates`: the name under which a
    target that accepts it has created something.
    """

    words: str
    negative: bool = False
    scenario: str = ""
    parameter: str | None = None
    place: Place | None = None
    path: Mapping[str, Any] = field(default_factory=dict, hash=False)
    query: Mapping[str, Any] = field(default_factory=dict, hash=False)
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    body: Any = field(default=ABSENT, hash=False)
    raw: bytes | None = None
    refuse: bool = False
    echo: str | None = None
    loose: bool = False
    creates: str | None = None

    @property
    def wire_form(self) -> str:
        """What tells it apart from other requests to the same operation."""
        body = None if self.body is ABSENT else self.body
        return json.dumps(
            [dict(self.path), dict(self.query), dict(self.headers), body, self.body is ABSENT, repr(self.raw)]
        )


@dataclass(frozen=True, slots=True)
class Known:
    """What a valid request to an operation names: identifiers in path and query, and its body (None: unknown)."""

    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None


def known_of(operation: Operation, request: Request, **also: Any) -> Known:
    """Read from a valid request what its operation's placeholders stand for; `also`: query values that fit as well."""
    names = re.findall(r"{(\w+)}", operation.path)
    pattern = "(.+)".join(map(re.escape, re.split(r"{\w+}", operation.path)))
    values = re.fullmatch(pattern, request.path)
    path = dict(zip(names, values.groups(), strict=True)) if values else {}
    body = request.json if isinstance(request.json, dict) else None
    return Known(path, also | dict(request.params or {}), body)


def valid(operation: Operation, request: Request) -> Sample:
    """The valid request itself."""
    body = ABSENT if request.json is None else request.json
    known = known_of(operation, request)
    return Sample("a valid request", path=known.path, query=dict(request.params or {}), body=body)


def harmless(
    operation: Operation, generated: Iterable[Sample], known: Known, unique: Callable[[], str], most: int = MOST_SAMPLES
) -> list[Sample]:
    """The requests to send, at most `most`, spread over all kinds of flaw; `unique` gives fresh names of this run."""
    if not operation.is_write:
        made = [sample for drawn in generated for sample in _read(operation, drawn, known)]
    elif operation.has_body:
        made = [*_malformed(operation, known, unique), *_bodies(operation, generated, known, unique)]
    else:
        made = _absent_object(operation, generated, unique)
    different = {sample.wire_form: sample for sample in reversed(made)}
    return _spread([sample for sample in made if different[sample.wire_form] is sample], most)


def _spread(samples: list[Sample], most: int) -> list[Sample]:
    """Take the first of each kind of flaw, then the second of each, until there are enough; the order stays."""
    ranks: dict[tuple[object, ...], int] = {}
    ranked = []
    for number, sample in enumerate(samples):
        kind = (sample.negative, sample.refuse, sample.scenario, sample.place, sample.parameter)
        ranks[kind] = ranks.get(kind, 0) + 1
        ranked.append((ranks[kind], number))
    return [samples[number] for number in sorted(number for _, number in sorted(ranked)[:most])]


# --- reads ---


def _read(operation: Operation, drawn: Sample, known: Known) -> Iterator[Sample]:
    """Ask with the drawn flaw alone, about objects that the target showed."""
    if drawn.scenario in (EXTRA_MEMBER, *CONTENT_TYPES) or drawn.place not in {None, Place.PATH, Place.QUERY}:
        return
    path = {**drawn.path, **known.path}
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
    return query if query or not drawn.query or drawn.place is not Place.QUERY else None


def _path_sample(operation: Operation, sample: Sample) -> Sample:
    """A text for the number in a path names no object, unless the target takes the text for a name of its own."""
    text = str(sample.path.get(str(sample.parameter)))
    warehouse = any(place.name == sample.parameter for place in operation.warehouses)
    return replace(sample, refuse=not warehouse and not _is_number(text), echo=text)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _told(drawn: Sample, query: Mapping[str, Any]) -> str:
    values = drawn.path if drawn.place is Place.PATH else query
    if drawn.negative and drawn.parameter is not None and drawn.parameter in values:
        return f"{drawn.parameter} = {values[drawn.parameter]!r}"
    return "with " + ", ".join(f"{name} = {value!r}" for name, value in query.items()) if query else drawn.words


# --- writes ---


def _absent_object(operation: Operation, generated: Iterable[Sample], unique: Callable[[], str]) -> list[Sample]:
    """Name an object of this run that was never made.

    Leaving the identifier out is not tried: a target that then takes every object would change them all.
    """
    drawn = next((sample for sample in generated if not sample.negative), None)
    names = [parameter for parameter in operation.parameters if parameter.required]
    if drawn is None or not names:
        return []
    values = {place: {it.name: unique() for it in names if it.place is place} for place in (Place.PATH, Place.QUERY)}
    pinned = replace(
        drawn, path=values[Place.PATH], query=values[Place.QUERY], loose=True, words="an object that does not exist"
    )
    return [replace(pinned, negative=True)]


def _malformed(operation: Operation, known: Known, unique: Callable[[], str]) -> Iterator[Sample]:
    """Bodies that break off, which the generator cannot make."""
    path = {parameter.name: unique() for parameter in operation.parameters if parameter.place is Place.PATH}
    name = unique()
    named = NAMED_IN.get(operation.label)
    start = f'{{"{named}": "{name}", "description": ' if named else f'{{"description": "{name}"'
    for text in ("{", start):
        yield Sample(
            f"the body {text} is no JSON",
            negative=True,
            scenario="malformed_json",
            place=Place.BODY,
            path=path,
            headers={"Content-Type": JSON},
            raw=text.encode(),
            refuse=True,
            creates=name if named and known.body is not None and text == start else None,
        )


def _bodies(
    operation: Operation, generated: Iterable[Sample], known: Known, unique: Callable[[], str]
) -> Iterator[Sample]:
    """Bodies of the wrong type; for an operation that creates something also a valid body with one wrong field."""
    path = {parameter.name: unique() for parameter in operation.parameters if parameter.place is Place.PATH}
    named = NAMED_IN.get(operation.label)
    creating = named if known.body is not None and named in known.body else None
    for drawn in generated:
        if not drawn.negative or drawn.scenario == EXTRA_MEMBER:
            continue
        sample = replace(drawn, path=path, query={})
        if drawn.place is Place.BODY and not isinstance(drawn.body, dict):
            yield _no_object(operation, sample)
        elif creating and drawn.place is Place.BODY:
            yield from _with_wrong_field(operation, sample, known, creating, unique)
        elif creating and drawn.scenario in CONTENT_TYPES:
            name = unique()
            told = f"a valid body sent as {sample.headers.get('Content-Type')}"
            yield replace(sample, body={**(known.body or {}), creating: name}, words=told, creates=name, loose=True)


def _no_object(operation: Operation, sample: Sample) -> Sample:
    if sample.body is ABSENT:
        return replace(sample, words="no body")
    fields = bool((operation.body_schema or {}).get("properties"))
    refuse = isinstance(sample.body, str | int | float) or (isinstance(sample.body, list) and fields)
    return replace(sample, words=f"the body {json.dumps(sample.body)}", refuse=refuse)


def _with_wrong_field(
    operation: Operation, sample: Sample, known: Known, creating: str, unique: Callable[[], str]
) -> Iterator[Sample]:
    """A valid body with the drawn wrong value in the field that the target is known to read."""
    documented = (operation.body_schema or {}).get("properties", {})
    body = known.body or {}
    for name, value in sample.body.items():
        if name not in documented or fits(value, documented[name].get("type")):
            continue
        read = name if name in body else OTHER_NAMES.get(name, name)
        if read not in body:
            continue
        new = unique()
        if read == creating:
            # What a lenient target makes of it must still begin like a name of this run; null and numbers cannot.
            if not isinstance(value, list | dict):
                continue
            value = [new] if isinstance(value, list) else {"name": new}  # noqa: PLW2901 -- the drawn value says which
        changed = {**body, creating: new, read: value}
        refuse = isinstance(value, list | dict) and name not in OTHER_NAMES
        yield replace(
            sample,
            body=changed,
            parameter=read,
            refuse=refuse,
            creates=new,
            words=f"the body field {read} = {json.dumps(value)}",
        )


def fits(value: Any, kind: object) -> bool:
    """Whether a JSON value is of a documented simple type; what is no simple type fits everything."""
    kinds: dict[object, tuple[type, ...]] = {
        "string": (str,),
        "integer": (int,),
        "number": (int, float),
        "boolean": (bool,),
    }
    if isinstance(value, bool):
        return kind == "boolean" or kind not in kinds
    return kind not in kinds or isinstance(value, kinds[kind])
