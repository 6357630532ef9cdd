"""Which entries account for each statement of the documentation, and which statements none accounts for."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.contract.catalogue import load_catalogue
from conformance.contract.readings import load_readings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.contract.catalogue import Requirement
    from conformance.contract.readings import Reading

STATEMENTS = tuple(f"S{number}" for number in range(1, 185))
"""The machine-checkable statements that the documentation makes or suggests, by number."""
POINTS = tuple(f"A{number}" for number in range(1, 23))
"""What the page Authentication says, point by point from its top to its end."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Statements by how they are accounted for: `entries` maps each number, and each point, to the ids of requirements and readings.

    A statement in several entries counts where it is checked the most: as a requirement, a reading, or not at all.
    """

    entries: Mapping[str, tuple[str, ...]]
    checked: tuple[str, ...]
    read: tuple[str, ...]
    not_checkable: tuple[str, ...]
    missing: tuple[str, ...]


def coverage(catalogue: Iterable[Requirement] | None = None, readings: Iterable[Reading] | None = None) -> Coverage:
    """Account for every statement, by the catalogue and the readings of the package unless others are given."""
    entries: defaultdict[str, list[str]] = defaultdict(list)
    checked, read, unchecked = set[str](), set[str](), set[str]()
    for requirement in load_catalogue() if catalogue is None else catalogue:
        for row in requirement.source.rows:
            entries[row].append(requirement.id)
            (checked if requirement.checkable else unchecked).add(row)
    for reading in load_readings() if readings is None else readings:
        for row in reading.rows:
            entries[row].append(f"reading {reading.id}")
            read.add(row)
    return Coverage(
        entries={row: tuple(entries[row]) for row in (*POINTS, *STATEMENTS)},
        checked=tuple(row for row in STATEMENTS if row in checked),
        read=tuple(row for row in STATEMENTS if row in read - checked),
        not_checkable=tuple(row for row in STATEMENTS if row in unchecked - checked - read),
        missing=tuple(row for row in STATEMENTS if row not in checked | read | unchecked),
    )
