"""Which locations should be on hold, of those that a walk puts on hold and releases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, NotRun
from conformance.suite.fields import Misfit
from conformance.suite.holds import HOLD, RELEASE
from conformance.suite.walks import refused, unless_lost
from conformance.target.answer import ABSENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from conformance.suite.holds import Holds, Shown, Spot
    from conformance.suite.walks import Step

ACTIONS = ("hold", "release", "hold")
LABELS = {"hold": HOLD, "release": RELEASE}


class HoldModel:
    """Two free locations of one warehouse, or the one that there is; raises NotRun where there is none."""

    def __init__(self, holds: Holds) -> None:
        try:
            spots = holds.free_spots(2)
        except NotRun:
            spots = holds.free_spots(1)
        self._held = dict.fromkeys(spots, False)
        # What is not shown in one of two places from the start is the business of others.
        self._alone = {spot for spot in spots if _hold(spot.shown_alone) is not ABSENT}
        self._listed = {spot for spot in spots if _hold(spot.shown_in_list) is not ABSENT}
        self._done: set[str] = set()

    def take(self, step: Step) -> Iterable[Misfit]:
        """Take a step on the target and on the model; raises Blocked where the target lets none be taken."""
        return self._set(list(self._held)[step.which % len(self._held)], step.action)

    def look_up(self) -> Iterable[Misfit]:
        """Compare both locations as they are read by their spots."""
        return [misfit for spot in self._held for misfit in self._look_up(spot)]

    def look_at_lists(self) -> Iterable[Misfit]:
        """Compare the list of their warehouse."""
        return [
            misfit
            for spot in self._held
            if spot in self._listed
            for misfit in self._judged(spot, _hold(spot.shown_in_list), "in the list")
        ]

    def leave_free(self) -> None:
        """Release what is on hold, as far as the target lets us."""
        for spot in self._held:
            spot.leave_free()

    def _set(self, spot: Spot, action: str) -> list[Misfit]:
        wanted = action == "hold"
        answer = spot.ask(LABELS[action])
        if answer.accepted:
            self._held[spot] = wanted
            self._done.add(action)
        elif answer.code >= 500 or self._held[spot] is not wanted:
            if action in self._done:
                return refused(f"{action} of {spot!r}", answer)
            raise Blocked(Reason.PREPARATION_FAILED, f"{action} of {spot!r}: {answer!r}", cause=LABELS[action])
        # What the answer to a second hold, or to the release of a free location is, is not documented.
        return []

    def _look_up(self, spot: Spot) -> list[Misfit]:
        if spot not in self._alone:
            return list(self._judged(spot, spot.hold_shown(), "read"))
        return list(self._judged(spot, _hold(spot.shown_alone), "read by its spot"))

    def _judged(self, spot: Spot, shown: object, where: str) -> Iterator[Misfit]:
        held = self._held[spot]
        if shown is not held:
            yield Misfit(repr(spot), f"{where} its hold is {shown!r}, but it is {'on hold' if held else 'free'}")


def _hold(shown: Callable[[], Shown]) -> object:
    """What a location is shown as in one place; ABSENT where it is not shown there."""
    try:
        return shown().hold
    except Blocked as error:
        unless_lost(error)
        return ABSENT
