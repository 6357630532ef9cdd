"""Random walks: steps that Hypothesis draws are taken on the target and on a small model of it, and the two must agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from conformance.contract.outcomes import Reason
from conformance.suite.fields import Misfit, Misfits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hypothesis import strategies as st

    from conformance.errors import Undecided
    from conformance.target.answer import Answer

T = TypeVar("T")

# Things that a walk has in hand at one time: few, so that the same one is met again.
AT_ONCE = 3
MOST_THINGS = 60
# How many walks are drawn, of which the last is taken: the first is the simplest, and much like it are its neighbours.
DRAWN_WALKS = 5
TOLD_STEPS = 8


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a walk: what is done, to which of the things in hand, and whether the lists are read afterwards.

    The things in hand are counted round and round.
    """

    action: str
    which: int
    listing: bool


class Model(Protocol):
    """What a target should hold by now, as far as the walk itself has made or changed it."""

    def take(self, step: Step) -> Iterable[Misfit]:
        """Take a step on the target and on the model; tells what keeps the target from it."""

    def look_up(self) -> Iterable[Misfit]:
        """Compare everything that the model knows of, one by one."""

    def look_at_lists(self) -> Iterable[Misfit]:
        """Compare the lists."""


def drawn_walk(actions: tuple[str, ...], number: int, seed: int) -> tuple[Step, ...]:
    """A walk of so many steps that begins with the first action and takes each of the others before any again."""
    from hypothesis import strategies as st  # noqa: PLC0415 -- slow to load

    from conformance.suite.drawing import drawn  # noqa: PLC0415

    def some(values: st.SearchStrategy[T]) -> st.SearchStrategy[list[T]]:
        return st.lists(values, min_size=number, max_size=number)

    parts = st.tuples(
        st.permutations(actions[1:]),
        some(st.sampled_from(actions)),
        some(st.integers(0, MOST_THINGS - 1)),
        some(st.sampled_from((False, False, True))),
    )
    first, rest, things, listings = drawn(parts.map(_hashable), DRAWN_WALKS, seed=seed)[-1]
    return tuple(
        Step(action, which, listing)
        for action, which, listing in zip((actions[0], *first, *rest), things, listings, strict=False)
    )


def _hashable(parts: tuple[list[Any], ...]) -> tuple[tuple[Any, ...], ...]:
    return tuple(map(tuple, parts))


def walked(model: Model, steps: Iterable[Step]) -> Misfits:
    """Take a walk; what disagrees after the first step after which anything does, told with the way there."""
    way: list[str] = []
    for step in steps:
        way.append(step.action)
        found = list(model.take(step)) or list(model.look_up())
        if step.listing and not found:
            found = list(model.look_at_lists())
        if found:
            return _told(found, way)
    return _told(list(model.look_at_lists()), way)


def _told(found: list[Misfit], way: list[str]) -> Misfits:
    before = "... " if len(way) > TOLD_STEPS else ""
    after = f"after {before}{', '.join(way[-TOLD_STEPS:])}"
    return Misfits(Misfit(f"{after}: {misfit.row}", misfit.words) for misfit in found)


def refused(what: str, answer: Answer) -> list[Misfit]:
    """What to say of a target that refuses what was possible before."""
    return [Misfit(what, f"it is refused: {answer!r}")]


def unless_lost(error: Undecided) -> None:
    """Raise an error again that says that the target is gone."""
    if error.reason is Reason.TARGET_LOST:
        raise error
