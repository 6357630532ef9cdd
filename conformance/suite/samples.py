"""One generated request as plain data, what is known of the operation that it asks, and which to take of many."""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conformance.target.answer import ABSENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.contract.specification import Operation, Place
    from conformance.target.wire import Request

JSON = "application/json"
DRAWN = "drawn"
"""The scenario of what was drawn at random."""
EXAMPLE = "example"
"""The scenario of what the document gives as an example."""
LONGEST_TOLD = 80


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
    def kind(self) -> tuple[object, ...]:
        """What it has in common with other samples that are likely to be answered for the same reason."""
        return self.negative, self.refuse, self.scenario, self.place, self.parameter

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


def shortened(value: object) -> str:
    """A value for people, cut where it is long."""
    text = repr(value)
    return text if len(text) <= LONGEST_TOLD else f"{text[:LONGEST_TOLD]}..."


def spread(samples: list[Sample], most: int, turn: str = "") -> list[Sample]:
    """Take one of each kind of flaw, then another of each, until there are enough; the order stays.

    Which one of a kind comes first depends on `turn`: of two lists with the same parameters each meets another one.
    """
    kinds: dict[tuple[object, ...], list[int]] = {}
    for number, sample in enumerate(samples):
        kinds.setdefault(sample.kind, []).append(number)
    ranked = []
    for numbers in kinds.values():
        first = zlib.crc32(turn.encode()) % len(numbers) if turn else 0
        ranked += list(enumerate(numbers[first:] + numbers[:first]))
    return [samples[number] for number in sorted(number for _, number in sorted(ranked)[:most])]


def different(samples: list[Sample]) -> list[Sample]:
    """The samples without those that would be the same request as one before."""
    first = {sample.wire_form: sample for sample in reversed(samples)}
    return [sample for sample in samples if first[sample.wire_form] is sample]
