"""Draws examples with Hypothesis outside its tests: the same ones for the same seed, nothing written, nothing local."""

from __future__ import annotations

import contextlib
import gzip
import json
import sys
import tempfile
import zlib
from typing import TYPE_CHECKING, TypeVar

import hypothesis
import hypothesis.configuration
from hypothesis.internal import charmap
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from hypothesis.strategies import SearchStrategy

T = TypeVar("T")

# The folder that Hypothesis writes to at the moment, where it is not its own.
_AWAY: list[str] = []

QUIETLY = hypothesis.settings(
    database=None,
    deadline=None,
    phases=(hypothesis.Phase.generate,),
    suppress_health_check=tuple(hypothesis.HealthCheck),
)
"""Generated examples alone: none is replayed, and none is shrunk on a target whose data may change meanwhile."""


def drawn(strategy: SearchStrategy[T], number: int, *, seed: int) -> list[T]:
    """Up to `number` different examples of a strategy; fewer where it has fewer."""
    found: list[T] = []

    def keep(example: T) -> None:
        found.append(example)

    examples = hypothesis.settings(QUIETLY, max_examples=number)
    with away_from_home(), without_local_constants():
        hypothesis.seed(seed)(examples(hypothesis.given(strategy)(keep)))()
    return list(dict.fromkeys(found))[:number]


@contextlib.contextmanager
def without_local_constants() -> Iterator[None]:
    """Keep the texts and numbers of local modules out of what Hypothesis draws: a secret may be among them.

    It collects them from every imported module outside site-packages and has no switch for it. Without this, what is
    drawn would also depend on which modules happen to be there.
    """
    nothing = Constants()
    with instead(providers, "_get_local_constants", lambda: nothing):
        yield


@contextlib.contextmanager
def instead(module: ModuleType, name: str, value: object) -> Iterator[None]:
    """Put a value in the place of one that a module keeps to itself, if it still does."""
    original = getattr(module, name, None)
    if original is None:
        yield
        return
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, original)


def seed_of(seed: int, *words: object) -> int:
    """A seed of its own for each thing that is drawn in a run, whatever else is drawn in it."""
    return zlib.crc32(":".join(map(str, (seed, *words))).encode())


@contextlib.contextmanager
def away_from_home() -> Iterator[None]:
    """Let Hypothesis write what it keeps beside a run to a folder that is gone afterwards; within another, to its folder."""
    if _AWAY:
        yield
        return
    with tempfile.TemporaryDirectory() as home:
        hypothesis.configuration.set_hypothesis_home_dir(home)
        _AWAY.append(home)
        _spare_a_search()
        try:
            yield
        finally:
            _AWAY.clear()
            hypothesis.configuration.set_hypothesis_home_dir(None)


def _spare_a_search() -> None:
    """Put a table into the folder of Hypothesis that it would otherwise work out for seconds.

    Which characters UTF-8 can write is known: all but the surrogates. Should Hypothesis come to look for the table
    under another name, this one would be useless but do no harm.
    """
    table = charmap.charmap_file("codec-v2-utf-8")
    table.parent.mkdir(parents=True, exist_ok=True)
    encodable = [(0, 0xD7FF), (0xE000, sys.maxunicode)]
    table.write_bytes(gzip.compress(json.dumps([encodable, []]).encode()))
