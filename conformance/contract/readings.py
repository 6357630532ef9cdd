"""Where the documentation contradicts itself or is silent, and how a target may read it: specs/readings.yaml."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from conformance.contract.resources import load_yaml
from conformance.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "specs/readings.yaml"


class Silence(StrEnum):
    """Why there is more than one reading."""

    CONTRADICTION = "contradiction"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Reading:
    """A question that the documentation does not settle; `readings` maps short names of its answers to words.

    Every answer conforms. `rows` are statements (S36) and contradictions or gaps (C13) of the documentation by number.
    """

    id: str
    question: str
    kind: Silence
    pages: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    readings: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def words(self, which: str) -> str:
        """What one answer means; the answer itself where nothing more is said of it."""
        meaning = self.readings.get(which)
        return which if meaning in {None, which} else f"{which}: {meaning}"


@cache
def load_readings() -> tuple[Reading, ...]:
    """Read specs/readings.yaml, once; raises UsageError with all problems at once."""
    return parse_readings(load_yaml(FILE))


def parse_readings(document: object) -> tuple[Reading, ...]:
    """Make readings of the parsed file; raises UsageError with all problems at once."""
    if not isinstance(document, list):
        raise UsageError(f"{FILE}: holds no list of readings")
    problems: list[str] = []
    found: dict[str, Reading] = {}
    for position, raw in enumerate(document, start=1):
        where = f"{FILE}: {raw.get('id', f'entry {position}') if isinstance(raw, dict) else f'entry {position}'}"
        try:
            reading = _reading(raw)
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            problems.append(f"{where}: {f'{error.args[0]} is missing' if isinstance(error, KeyError) else error}")
            continue
        if reading.id in found:
            problems.append(f"{where}: the id is given twice")
        found[reading.id] = reading
    if problems:
        raise UsageError("\n".join(problems))
    return tuple(found.values())


def _reading(raw: Mapping[str, object]) -> Reading:
    readings = raw["readings"]
    if not isinstance(readings, dict) or not all(isinstance(text, str) for pair in readings.items() for text in pair):
        raise ValueError("readings is no mapping of names to words; put yes, no and numbers in quotation marks")
    return Reading(
        id=str(raw["id"]),
        question=str(raw["question"]),
        kind=Silence(str(raw["kind"])),
        pages=_texts(raw["pages"]),
        rows=_texts(raw["rows"]),
        readings=MappingProxyType(dict(readings)),
    )


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"{value!r} is no list of texts")
    return tuple(value)
