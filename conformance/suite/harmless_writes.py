"""Which generated writes do no harm even to a target that accepts them.

Its body is no JSON object, or it creates something under a name of this run, or it changes what the suite has made
itself, or it names an object that cannot exist. Stock is never moved by a generated request, and nothing is deleted.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from conformance.contract.specification import Place
from conformance.suite.samples import DRAWN, EXAMPLE, JSON, Known, Sample, shortened
from conformance.suite.subscriptions import CREATE, UPDATE
from conformance.target.answer import ABSENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from conformance.contract.specification import Operation

    Unique = Callable[[], str]

EXTRA_MEMBER = "object_unexpected_properties"
CONTENT_TYPES = ("malformed_content_type", "unsupported_content_type")
WRONG_MEMBER = "wrong_member"

# Creating operations, with the body field in which the new object's name stands and other names for documented fields.
NAMED_IN = {"POST /Item": "shortID"}
OTHER_NAMES = {"unit": "uOM", "categoryID": "category"}

# Writes whose valid body makes or changes nothing but what is the suite's own; no field of theirs is documented.
OWN = frozenset({"PUT /Item", CREATE, UPDATE})
# Those of them whose path names the suite's own object.
OWN_PATH = frozenset({UPDATE})
# Of an item a text alone may be wrong that the suite has made up: the rest may be what the target knows it by.
MADE_UP_ALONE = frozenset({"PUT /Item"})
NAMES = frozenset({"shortID"})
WRONG: tuple[Any, ...] = (None, 0, "AAA", [None], {})

# What some server may take for a way to another path.
NOT_IN_A_NAME = str.maketrans("", "", "/\\.")


def writes(operation: Operation, generated: Iterable[Sample], known: Known, unique: Unique) -> Iterator[Sample]:
    """The harmless ones of some generated requests, and those that the generator does not make."""
    generated = list(generated)
    if not generated:
        return
    if not operation.has_body:
        yield from _absent_objects(operation, generated, unique)
        return
    drawn = [sample for sample in generated if sample.scenario in {DRAWN, EXAMPLE}]
    if not drawn:
        yield from _malformed(operation, known, unique)
        yield from _bodies(operation, generated, known, unique)
        if operation.label in OWN and known.body is not None:
            members = [Sample("", negative=True, scenario=WRONG_MEMBER, body=value) for value in WRONG]
            yield from _own_bodies(members, operation, known, unique)
        return
    for sample in drawn:
        yield from _drawn(operation, sample, known, unique)


def _drawn(operation: Operation, sample: Sample, known: Known, unique: Unique) -> Iterator[Sample]:
    """What becomes of a body that was drawn at random, or that the document gives as an example."""
    if sample.scenario == EXAMPLE:
        yield from _with_example(operation, sample, known, unique)
    elif sample.raw is not None:
        yield _broken_off(operation, sample, known, unique)
    elif not sample.negative:
        yield from _with_other_texts(operation, sample, known, unique)
    else:
        yield from _bodies(operation, [sample], known, unique)
        if operation.label in OWN and known.body is not None:
            found = list(_own_bodies([sample], operation, known, unique))
            yield from found[len(repr(sample.body)) % len(found) :][:1] if found else ()


# --- objects that do not exist ---


def _absent_objects(operation: Operation, generated: list[Sample], unique: Unique) -> Iterator[Sample]:
    """Name an object of this run that was never made.

    Leaving the identifier out is not tried: a target that then takes every object would change them all.
    """
    names = [parameter for parameter in operation.parameters if parameter.required]
    positive = next((sample for sample in generated if not sample.negative and sample.scenario != DRAWN), None)
    flawed = [sample for sample in generated if sample.negative and sample.scenario == DRAWN]
    for drawn in ([] if positive is None else [positive]) + flawed:
        values: dict[Place, dict[str, Any]] = {Place.PATH: {}, Place.QUERY: {}}
        for parameter in names:
            flaw = str(drawn.body).translate(NOT_IN_A_NAME) if drawn.negative else ""
            text = f"{unique()}{flaw}"
            values[parameter.place][parameter.name] = quote(text, safe="") if parameter.place is Place.PATH else text
        if names:
            yield replace(
                drawn,
                negative=True,
                body=ABSENT,
                path=values[Place.PATH],
                query=values[Place.QUERY],
                loose=True,
                words=f"an object that does not exist{f' ({shortened(flaw)} behind its name)' if drawn.negative else ''}",
            )


def _path(operation: Operation, known: Known, unique: Unique) -> dict[str, Any]:
    if operation.label in OWN_PATH and known.path:
        return dict(known.path)
    return {parameter.name: unique() for parameter in operation.parameters if parameter.place is Place.PATH}


# --- bodies that are no object ---


def _malformed(operation: Operation, known: Known, unique: Unique) -> Iterator[Sample]:
    """Bodies that break off, which the generator cannot make."""
    path = _path(operation, known, unique)
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


def _bodies(operation: Operation, generated: Iterable[Sample], known: Known, unique: Unique) -> Iterator[Sample]:
    """Bodies of the wrong type; for an operation that creates something also a valid body with one wrong field."""
    path = _path(operation, known, unique)
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
    return replace(sample, words=f"the body {_json(sample.body)}", refuse=refuse)


def _broken_off(operation: Operation, sample: Sample, known: Known, unique: Unique) -> Sample:
    """A body with a drawn text that breaks off near its end."""
    named, name = NAMED_IN.get(operation.label), unique()
    text = (sample.raw or b"").decode()
    whole = json.dumps({named or "name": name, "description": text})
    raw = whole[: -1 - len(text) % 3]
    return replace(
        sample,
        words=f"the body {shortened(raw)} is no JSON",
        path=_path(operation, known, unique),
        headers={"Content-Type": JSON},
        raw=raw.encode(),
        refuse=True,
        creates=name if named and known.body is not None else None,
    )


# --- objects with a wrong field ---


def _with_wrong_field(
    operation: Operation, sample: Sample, known: Known, creating: str, unique: Unique
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
            words=f"the body field {read} = {_json(value)}",
        )


def _own_bodies(generated: Iterable[Sample], operation: Operation, known: Known, unique: Unique) -> Iterator[Sample]:
    """A valid body about an object of the suite's own with one wrong field; which fields there are is not documented."""
    body, path = known.body or {}, _path(operation, known, unique)
    mark = mark_of(unique)
    for sample in generated:
        for name, right in body.items():
            if operation.label in MADE_UP_ALONE and not is_made_up(name, right, mark):
                continue
            # Where a text stands for an address, another text might be the address of somebody else.
            if type(sample.body) is type(right) or (isinstance(sample.body, str) and is_address(right)):
                continue
            yield replace(
                sample,
                path=path,
                place=Place.BODY,
                parameter=name,
                body={**body, name: sample.body},
                loose=True,
                words=f"the body field {name} = {_json(sample.body)}",
            )


def _with_other_texts(operation: Operation, sample: Sample, known: Known, unique: Unique) -> Iterator[Sample]:
    """A valid body with a drawn text behind every text that the suite made up; what is made or changed is its own."""
    body = dict(known.body or {})
    named = NAMED_IN.get(operation.label)
    if operation.label not in OWN and not (named and named in body):
        return
    name, mark = unique(), mark_of(unique)
    texts = {field: f"{name} {sample.body}" for field, value in body.items() if is_made_up(field, value, mark)}
    if not texts:
        return
    new = {named: name} if named else {}
    yield replace(
        sample,
        path=_path(operation, known, unique),
        body=body | texts | new,
        creates=name if named else None,
        words=f"with the text {shortened(sample.body)}",
    )


def _with_example(operation: Operation, sample: Sample, known: Known, unique: Unique) -> Iterator[Sample]:
    """The body that the document shows, under a name of this run; what creates nothing else is not sent."""
    named, name = NAMED_IN.get(operation.label), unique()
    if named is None or known.body is None or not isinstance(sample.body, dict):
        return
    yield replace(
        sample, path={}, query={}, body={**sample.body, named: name}, creates=name, words="the example of the document"
    )


def is_made_up(field: str, value: object, mark: str) -> bool:
    """Whether a field holds a text that the suite made up, and that neither names an object nor is an address."""
    return isinstance(value, str) and mark in value and field not in NAMES and not is_address(value)


def is_address(value: object) -> bool:
    """Whether a value of an example is the address that events are sent to."""
    return isinstance(value, str) and "://" in value


def mark_of(unique: Unique) -> str:
    """What all names of this run begin with."""
    return unique().split("-")[0]


def _json(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 2 * 80 else f"{text[:160]}..."


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
