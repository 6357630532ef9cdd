"""Which faults are tried: some of each chapter, and more of authorization than its share."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.reference.faults.fault import Fault


FIRST = "authorization"


def chapter_of(fault: Fault) -> str:
    """The first part of the id of the requirement that a fault violates."""
    return fault.violates[0].partition(".")[0]


def by_chapter(faults: Iterable[Fault]) -> dict[str, list[Fault]]:
    """Faults by chapter, in order of their names."""
    found: dict[str, list[Fault]] = {}
    for fault in sorted(faults, key=lambda fault: (chapter_of(fault), fault.name)):
        found.setdefault(chapter_of(fault), []).append(fault)
    return found


def draw(faults: Iterable[Fault], size: int, seed: int) -> list[Fault]:
    """Draw so many faults; the same seed draws the same of the same faults."""
    chapters = by_chapter(faults)
    shares = allot({name: len(members) for name, members in chapters.items()}, size)
    chance = random.Random(seed)  # noqa: S311 - a sample that anybody can draw again
    drawn = {name: chance.sample(members, shares[name]) for name, members in chapters.items()}
    return [fault for members in drawn.values() for fault in members]


def allot(counts: Mapping[str, int], size: int) -> dict[str, int]:
    """Give each chapter its part: one each, a third to authorization, the rest to who is furthest below its share.

    Two of the tools test nothing but authorization: a sample by shares would hardly show what they can do.
    """
    total = sum(counts.values())
    size = min(size, total)
    largest_first = sorted(counts, key=lambda name: (-counts[name], name))
    given = {name: int(number < size) for number, name in enumerate(largest_first)}
    while sum(given.values()) < size:
        room = [name for name in largest_first if given[name] < counts[name]]
        if FIRST in room and given[FIRST] < size // 3:
            given[FIRST] += 1
        else:
            given[max(room, key=lambda name: counts[name] * size / total - given[name])] += 1
    return given
