"""How a check says which requirement it asks for, in which phase of the run, over which cells."""

from __future__ import annotations

import functools
import inspect
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from conformance.target.timeline import At


# What a scenario may ask for by name; the stage casts it. Everything else is a parameter of the check.
ROLES = frozenset({"anyone", "bystander", "rotating", "disabling", "stage", "workshop", "world"})


class Phase(IntEnum):
    """The order of a run: what only looks comes first, what moves the clock or sends secrets in the clear last."""

    TOKENS = 1
    MATRIX = 2
    PROPERTIES = 3
    TIMELINE = 4
    TRANSPORT = 5


def requirement(identifier: str, *, sends: int = 2) -> pytest.MarkDecorator:
    """Say which requirement of the catalogue a check asks for, and about how many requests that takes."""
    return pytest.mark.requirement(identifier, sends=sends)


def requirements(*identifiers: str, sends: int) -> pytest.MarkDecorator:
    """Say which requirements a check asks for at once; it notes in the `ledger` what it found about each."""
    return pytest.mark.requirement(*identifiers, sends=sends)


def needs(*names: str) -> pytest.MarkDecorator:
    """Say which control actions a check needs, and what else beyond its requirement: `client.read-only`, `limits.writes`.

    `conformance plan` tells from it what would be left out; the check itself raises what is missing.
    """
    return pytest.mark.needs(*names)


def cells(*kinds: str, writes: bool = False) -> pytest.MarkDecorator:
    """Ask a check once for each cell of these kinds that the declared clients allow; `writes`: for writes alone."""
    return pytest.mark.cells(*kinds, writes=writes)


def scenario(*, lasts: float) -> Callable[[Callable[..., Generator[float | At, None, None]]], Callable[..., None]]:
    """Make a check of a generator that yields its waits; `lasts`: the seconds from its first request to its last.

    pytest sees a plain function: the timeline plays the generator, the item delivers what came of it.
    """

    def decorate(steps: Callable[..., Generator[float | At, None, None]]) -> Callable[..., None]:
        def deliver(timeline_outcome: Callable[[], None], **_parameters: object) -> None:
            timeline_outcome()

        functools.update_wrapper(deliver, steps)
        # Without this pytest would look through the wrapper and take the generator for the test.
        del deliver.__wrapped__  # type: ignore[attr-defined]
        known = [part for part in inspect.signature(steps).parameters.values() if part.name not in ROLES]
        first = inspect.Parameter("timeline_outcome", inspect.Parameter.POSITIONAL_OR_KEYWORD)
        deliver.__signature__ = inspect.Signature([first, *known])  # type: ignore[attr-defined]
        marked: Any = pytest.mark.scenario(steps, lasts=lasts)(deliver)
        return marked  # type: ignore[no-any-return]

    return decorate
