"""Random walks: the same for the same seed, every kind of step early, and a model that says where a target disagrees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.suite.fields import NOTHING, Misfit
from conformance.suite.hold_model import ACTIONS as HOLD_ACTIONS
from conformance.suite.item_model import ACTIONS as ITEM_ACTIONS
from conformance.suite.item_model import LIST, LIST_ALL, Made, _judged, _listed
from conformance.suite.subscription_model import ACTIONS as SUBSCRIPTION_ACTIONS
from conformance.suite.walks import AT_ONCE, Step, drawn_walk, walked

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

ALL_ACTIONS = {"items": ITEM_ACTIONS, "holds": HOLD_ACTIONS, "subscriptions": SUBSCRIPTION_ACTIONS}


@pytest.mark.parametrize("actions", ALL_ACTIONS.values(), ids=ALL_ACTIONS)
@pytest.mark.parametrize("seed", range(5))
def test_a_walk_takes_every_kind_of_step_early(actions: tuple[str, ...], seed: int) -> None:
    """It begins with the one that gives the others something to work on."""
    walk = drawn_walk(actions, 20, seed)

    assert len(walk) == 20
    assert walk[0].action == actions[0]
    assert {step.action for step in walk[: len(actions)]} == set(actions)


def test_a_walk_depends_on_its_seed_alone() -> None:
    """Twice the same, another seed another; a shorter one is a walk as well."""
    assert drawn_walk(ITEM_ACTIONS, 20, 1) == drawn_walk(ITEM_ACTIONS, 20, 1)
    assert drawn_walk(ITEM_ACTIONS, 20, 1) != drawn_walk(ITEM_ACTIONS, 20, 2)
    assert len(drawn_walk(ITEM_ACTIONS, 2, 1)) == 2


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hypothesis keeps its notes elsewhere."""
    monkeypatch.chdir(tmp_path)

    drawn_walk(HOLD_ACTIONS, 10, 3)

    assert list(tmp_path.iterdir()) == []


def test_most_walks_change_something_twice() -> None:
    """What goes wrong only the second time is within reach: few things are in hand at once."""
    met = 0
    for seed in range(20):
        changes: dict[int, int] = {}
        for step in drawn_walk(HOLD_ACTIONS, 20, seed):
            changes[step.which % AT_ONCE] = changes.get(step.which % AT_ONCE, 0) + 1
        met += max(changes.values()) > 1

    assert met == 20


# --- walking ---


class Counter:
    """A model that counts, and disagrees after so many steps, or only in its list."""

    def __init__(self, wrong_after: int = 1000, *, wrong_list: bool = False) -> None:
        self.steps = 0
        self.wrong_after = wrong_after
        self.wrong_list = wrong_list

    def take(self, _step: Step) -> Iterable[Misfit]:
        """Count."""
        self.steps += 1
        return []

    def look_up(self) -> Iterable[Misfit]:
        """Disagree from a certain step on."""
        return [Misfit("thing 1", "is gone")] if self.steps >= self.wrong_after else []

    def look_at_lists(self) -> Iterable[Misfit]:
        """Disagree always or never."""
        return [Misfit("thing 1", "is not listed")] if self.wrong_list else []


STEPS = (Step("create", 0, listing=False), Step("update", 0, listing=False), Step("end", 0, listing=True))


def test_a_walk_ends_where_the_target_first_disagrees() -> None:
    """And says how it came there."""
    model = Counter(wrong_after=2)

    found = walked(model, STEPS)

    assert repr(found) == "after create, update: thing 1: is gone"
    assert model.steps == 2


def test_lists_are_read_where_the_walk_says_so_and_at_its_end() -> None:
    """Not after every step: they may be long."""
    assert repr(walked(Counter(wrong_list=True), STEPS)) == "after create, update, end: thing 1: is not listed"
    assert repr(walked(Counter(wrong_list=True), STEPS[:2])) == "after create, update: thing 1: is not listed"


def test_a_target_that_agrees_is_told_nothing() -> None:
    """The whole walk is taken."""
    model = Counter()

    assert walked(model, STEPS) == NOTHING
    assert model.steps == 3


# --- items ---

ROW: dict[str, Any] = {"shortID": "A", "partNo": 7, "description": "old", "discontinued": False}
QUICK: dict[str, Any] = {"shortID": "A", "partNo": 7, "description": "old", "active": True}
ACTIVE = Made("A", 7, "old")
GONE = Made("A", 7, "old", active=False)


@pytest.mark.parametrize(
    ("made", "row"),
    [
        (ACTIVE, ROW),
        (ACTIVE, QUICK),
        (ACTIVE, {"shortID": "A", "description": "old"}),
        (Made("A", None, "old"), ROW),
        (Made("A", 7, None), ROW | {"description": "anything"}),
        (GONE, None),
        (GONE, ROW | {"discontinued": True, "description": "[ended] old"}),
        (GONE, QUICK | {"active": False}),
        (GONE, {"shortID": "A"}),
    ],
)
def test_an_item_as_it_was_left_agrees(made: Made, row: dict[str, Any] | None) -> None:
    """By either page's names; whether a discontinued item is found, and what it is called then, is open."""
    assert list(_judged(made, row, "here")) == []


@pytest.mark.parametrize(
    ("made", "row", "words"),
    [
        (ACTIVE, None, "not found"),
        (ACTIVE, ROW | {"discontinued": True}, "shown discontinued"),
        (ACTIVE, QUICK | {"active": False}, "shown discontinued"),
        (ACTIVE, ROW | {"partNo": 8}, "its partNo is 8"),
        (ACTIVE, ROW | {"description": "new"}, "'new', but was set to 'old'"),
        (GONE, ROW, "shown active"),
    ],
)
def test_an_item_that_is_shown_otherwise_disagrees(made: Made, row: dict[str, Any] | None, words: str) -> None:
    """The words say what is shown and what should be."""
    [found] = _judged(made, row, "here")

    assert words in found.words


def test_a_discontinued_item_is_in_the_list_of_all_alone() -> None:
    """The list of active items holds none, that of all items every one (items, Endpoints)."""
    ended = ROW | {"discontinued": True}

    assert [*_listed(GONE, None, LIST), *_listed(GONE, ended, LIST_ALL)] == []
    assert [it.words for it in _listed(GONE, ended, LIST)] == ["in GET /Item it is listed, though it was discontinued"]
    assert len(list(_listed(GONE, None, LIST_ALL))) == 1
    assert len(list(_listed(GONE, ROW, LIST_ALL))) == 1
