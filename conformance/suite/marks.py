"""How a check says which requirement it asks for, in which phase of the run, over which cells."""

from __future__ import annotations

import functools
import inspect
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from conformance.contract.specification import Operation
    from conformance.target.timeline import At


# What a scenario may ask for by name; the stage casts it. Everything else is a parameter of the check.
ROLES = frozenset({"anyone", "bystander", "rotating", "disabling", "stage", "workshop", "world"})


class Phase(IntEnum):
    """The order of a run: what only looks comes first, what moves the clock or sends secrets in the clear last."""

    TOKENS = 1
    READING = 2
    MATRIX = 3
    WRITING = 4
    PROPERTIES = 5
    TIMELINE = 6
    TRANSPORT = 7


class Asking(StrEnum):
    """How a check asks its operations, and so what it needs to ask them."""

    VALIDLY = "with valid requests, by a client that may"
    FREELY = "with whatever it makes up, by a client that may"
    ANYHOW = "by whoever there is, be it nobody"


def requirement(identifier: str, *, sends: int | Callable[[int], int] = 2, shares: int = 0) -> pytest.MarkDecorator:
    """Say which requirement of the catalogue a check asks for, and about how many requests that takes.

    `sends` are those of its own; where they depend on how much the run draws at random (`--examples`), it tells them from
    that. `shares` are those that it has in common with all checks of its phase that ask the same operation, for each one.
    """
    return pytest.mark.requirement(identifier, sends=sends, shares=shares)


def requirements(*identifiers: str, sends: int | Callable[[int], int]) -> pytest.MarkDecorator:
    """Say which requirements a check asks for at once; it notes in the `ledger` what it found about each."""
    return pytest.mark.requirement(*identifiers, sends=sends)


def needs(*names: str) -> pytest.MarkDecorator:
    """Say which control actions a check needs, and what else beyond its requirement: `client.read-only`, `limits.writes`.

    `conformance plan` tells from it what would be left out; the check itself raises what is missing.
    """
    return pytest.mark.needs(*names)


def asks(*labels: str, makes: int | Callable[[int], int] = 1) -> pytest.MarkDecorator:
    """Say which documented operations a check asks with valid requests, such as `GET /Item`.

    It does not concern a target that does not declare the resource of one of them, and is left out where the target
    file allows no writes and one of them writes, or names no example for a write that the documentation gives no body
    for. `makes`: about how often each write among them succeeds.
    """
    return pytest.mark.asks(*labels, makes=makes)


def each(
    which: Callable[[Operation], bool],
    *,
    asking: Asking = Asking.VALIDLY,
    makes: Callable[[Operation, int], int] | None = None,
) -> pytest.MarkDecorator:
    """Ask a check once for each documented operation that fits, also those of a vendor's own: its `operation`.

    `makes`: about how often a write succeeds, told from the operation and from how much the run draws at random.
    """
    return pytest.mark.each.with_args(which, asking=asking, makes=makes)


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
