"""What the marks of a check say: what it asks and how, what it needs, what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.plugin import asked_operations, mark_of
from conformance.suite.marks import Asking
from conformance.suite.movements import ISSUE, MOVE, RECEIVE
from conformance.suite.run import RUN

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from conformance.contract.specification import Operation
    from conformance.target.access import Access

# What checks on stock movements do to take a movement back.
_WAY_BACK = {RECEIVE: ISSUE, ISSUE: RECEIVE, MOVE: MOVE}


@dataclass(frozen=True, slots=True)
class Effort:
    """What a check costs: `sends` requests of its own, `shares` in common with others about the same `operations`.

    `makes`: how often each of its writes succeeds, by label. `lasts` in seconds.
    """

    phase: int = 0
    operations: tuple[str, ...] = ()
    sends: int = 0
    shares: int = 0
    makes: tuple[tuple[str, int], ...] = ()
    lasts: float = 0.0


def actions_of(item: pytest.Item) -> tuple[str, ...]:
    """The control actions that a check asks for."""
    return tuple(name for name in needs_of(item) if "." not in name)


def needs_of(item: pytest.Item) -> tuple[str, ...]:
    """What a check says that it needs, beyond its requirement: control actions, and names with a dot."""
    mark = mark_of(item, "needs")
    return () if mark is None else mark.args


def effort_of(item: pytest.Item, access: Access) -> Effort:
    """What a check costs in the run at hand."""
    mark = mark_of(item, "requirement")
    assert mark is not None
    sends = mark.kwargs.get("sends", 1)
    return Effort(
        phase=int(item.module.PHASE),  # type: ignore[attr-defined]
        operations=asked_operations(item),
        sends=int(sends(item.config.stash[RUN].examples) if callable(sends) else sends),
        shares=mark.kwargs.get("shares", 0),
        makes=tuple(_makes(item, access)),
        lasts=lasts_of(item),
    )


def _makes(item: pytest.Item, access: Access) -> Iterator[tuple[str, int]]:
    """About how often each write of a check succeeds, by label; stock that a check has moved is moved back."""
    examples = item.config.stash[RUN].examples
    asks, each = mark_of(item, "asks"), mark_of(item, "each")
    if asks is not None:
        makes = asks.kwargs["makes"]
        number = makes(examples) if callable(makes) else makes
        for label in asks.args:
            if label in access.specification and access.specification[label].is_write:
                yield label, number
                if label in _WAY_BACK:
                    yield _WAY_BACK[label], number
    if each is not None and each.kwargs["makes"] is not None:
        for label in asked_operations(item)[:1]:
            yield label, each.kwargs["makes"](access.specification[label], examples)


def lasts_of(item: pytest.Item) -> float:
    """How many seconds a scenario takes from its first request to its last; 0 for every other check."""
    mark = mark_of(item, "scenario")
    return 0.0 if mark is None else float(mark.kwargs["lasts"])


def roles_of(item: pytest.Item) -> tuple[str, ...]:
    """Who plays in a scenario, by the names that its generator gives them."""
    mark = mark_of(item, "scenario")
    return () if mark is None else tuple(mark.args[0].__code__.co_varnames[: mark.args[0].__code__.co_argcount])


def fixtures_of(item: pytest.Item) -> tuple[str, ...]:
    """The fixtures that a check asks for, by name."""
    return tuple(getattr(item, "fixturenames", ()))


def operations_of(item: pytest.Item, access: Access) -> Iterator[tuple[Operation, Asking]]:
    """The operations that a check asks, and how."""
    mark = mark_of(item, "each")
    asking = Asking.VALIDLY if mark is None else mark.kwargs["asking"]
    own = getattr(item, "callspec", None) is not None and "operation" in item.callspec.params  # type: ignore[attr-defined]
    for number, label in enumerate(asked_operations(item)):
        # A check that is asked once for each operation has that as its first.
        yield access.specification[label], asking if own and number == 0 else Asking.VALIDLY
