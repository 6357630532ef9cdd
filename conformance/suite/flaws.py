"""Draws at random what breaks a request to an operation, or is hard to take: with Hypothesis, by the documented types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from hypothesis import strategies as st

from conformance.contract.specification import Place
from conformance.suite.samples import DRAWN, Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import SearchStrategy

    from conformance.contract.specification import Operation, Parameter

LONGEST_TEXT = 20

NUMBERS = (
    "0",
    "-1",
    "1.5",
    "1e3",
    "0x10",
    "1,000",
    "+1",
    " 1",
    "٣",
    "NaN",
    "Infinity",
    "2147483648",
    "9223372036854775808",
    "100000000000000000000000000000",
)
"""What is no whole number, is out of range, or is one in a spelling that not everybody reads."""
MOMENTS = (
    "2025-02-30T00:00:00Z",
    "2025-13-01T00:00:00Z",
    "2025-06-15T24:61:61Z",
    "2025-06-15T10:00:00+99:99",
    "0000-00-00",
    "9999-12-31T23:59:59.9999999Z",
    "15/06/2025",
    "1750000000",
    "2025-06-15T10:00:00",
    "2025-06-15",
    "-0001-01-01T00:00:00Z",
)
TEXTS = (
    "'",
    '"',
    "%",
    "\\",
    "{}",
    "[]",
    "null",
    "undefined",
    "<b>",
    ";",
    "--",
    "${x}",
    "ß",
    "\U0001f600",
    "\u202e",
    "A" * 1000,
)
"""Texts that trip who builds commands, patterns or pages of them, and do no harm there."""

# Scripts of Europe, of the Near and the Far East, symbols and emoji: every server that takes a text can show it again.
# They are named by their ranges, since Hypothesis works out for half a second what is printable in all of Unicode.
ALPHABET = "".join(
    chr(code)
    for first, last in ((0x20, 0x7E), (0xA1, 0xFF), (0x391, 0x3A1), (0x410, 0x44F), (0x5D0, 0x5EA), (0x4E00, 0x4E30))
    for code in range(first, last + 1)
)
PRINTABLE = st.text(ALPHABET + "\u20ac\u2192\U0001f600\U0001f69a", min_size=1, max_size=LONGEST_TEXT)
ANY_TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=LONGEST_TEXT) | st.sampled_from(TEXTS)
SIMPLE = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | PRINTABLE
VALUES: SearchStrategy[Any] = SIMPLE | st.lists(SIMPLE, max_size=3) | st.dictionaries(PRINTABLE, SIMPLE, max_size=3)
"""JSON values of every type."""


def flaws(operation: Operation) -> SearchStrategy[Sample] | None:
    """Requests with one flaw each; None where the operation takes nothing that could have one."""
    found = [*_of_parameters(operation), *_of_bodies(operation)]
    return st.one_of(found) if found else None


def texts(operation: Operation) -> SearchStrategy[Sample] | None:
    """Texts to put into a valid body; None where the operation takes no body."""
    if not operation.has_body:
        return None
    return PRINTABLE.map(lambda text: Sample("", scenario=DRAWN, place=Place.BODY, body=text))


# --- parameters ---


def _of_parameters(operation: Operation) -> Iterator[SearchStrategy[Sample]]:
    asking = [it for it in operation.parameters if it.place in {Place.PATH, Place.QUERY}]
    # Of a write with a body it is the body that is broken: whom it is about must stay sure.
    for parameter in () if operation.is_write and operation.has_body else asking:
        if operation.is_write:
            yield ANY_TEXT.map(lambda text: Sample("", negative=True, scenario=DRAWN, body=text))
        else:
            yield _wrong(parameter).map(lambda text, parameter=parameter: _asking(parameter, text))  # type: ignore[misc]


def _asking(parameter: Parameter, text: str) -> Sample:
    there = {parameter.name: quote(text, safe="") if parameter.place is Place.PATH else text}
    return Sample(
        "",
        negative=True,
        scenario=DRAWN,
        parameter=parameter.name,
        place=parameter.place,
        path=there if parameter.place is Place.PATH else {},
        query=there if parameter.place is Place.QUERY else {},
    )


def _wrong(parameter: Parameter) -> SearchStrategy[str]:
    """Values that break the documented type of a parameter; for a text, any text."""
    schema = parameter.schema
    if schema.get("type") in {"integer", "number"}:
        found = st.sampled_from(NUMBERS) | st.integers(max_value=0).map(str) | ANY_TEXT
    elif "enum" in schema:
        found = ANY_TEXT.filter(lambda text: text not in schema["enum"])
    elif schema.get("format") in {"date-time", "date"}:
        found = st.sampled_from(MOMENTS) | ANY_TEXT
    else:
        found = ANY_TEXT
    # A path ends at one dot or two, whatever stands before them.
    return found.filter(lambda text: text not in {".", ".."}) if parameter.place is Place.PATH else found


# --- bodies ---


def _of_bodies(operation: Operation) -> Iterator[SearchStrategy[Sample]]:
    if not operation.has_body:
        return
    yield PRINTABLE.map(
        lambda text: Sample("", negative=True, scenario=DRAWN, place=Place.BODY, raw=text.encode(), refuse=True)
    )
    yield VALUES.map(_with_body)
    names = sorted((operation.body_schema or {}).get("properties", {}))
    if names:
        fields = st.dictionaries(st.sampled_from(names), VALUES, min_size=1, max_size=1).map(_with_body)
        yield from (fields, fields)


def _with_body(body: Any) -> Sample:
    return Sample("", negative=True, scenario=DRAWN, place=Place.BODY, body=body)
