"""The timeline: plays wait together, the clock jumps where it can, leases are had by one play at a time."""

from __future__ import annotations

import time
from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, NotRun, Pending
from conformance.target.clock import TargetClock
from conformance.target.timeline import At, Play, Timeline, duration

if TYPE_CHECKING:
    from collections.abc import Generator
    from contextlib import AbstractContextManager

    Steps = Generator[float | At, None, None]

HOUR = 3600.0


class Machine:
    """A target whose clock can be moved, or not."""

    def __init__(self, *, movable: bool = True, broken: bool = False) -> None:
        self.clock = TargetClock()
        self.movable = movable
        self.broken = broken
        self.moves: list[float] = []

    def advance(self, seconds: float) -> None:
        """Move the clock, or fail to."""
        if self.broken:
            raise Blocked(Reason.CONTROL_FAILED, "the control is out of order")
        self.moves.append(seconds)
        self.clock.advance(seconds, None)


class OnlyOne:
    """A lease of which there is one."""

    guard: AbstractContextManager[object] = nullcontext()
    taken = 0
    most = 0

    def acquire(self) -> bool:
        """Take it if nobody has it."""
        if OnlyOne.taken:
            return False
        OnlyOne.taken += 1
        OnlyOne.most = max(OnlyOne.most, OnlyOne.taken)
        return True

    def release(self) -> Steps:
        """Give it back a minute later."""
        yield 60
        OnlyOne.taken -= 1


def play(machine: Machine, *plays: Play, longest_wait: float = 1.0) -> None:
    """Play all to their end."""
    Timeline(machine, concurrency=4, longest_wait=longest_wait).play(plays)


def test_clock_jumps_to_each_moment_in_order() -> None:
    """Hours pass in no time, and whoever waits for less goes on first."""
    machine, seen = Machine(), []

    def steps(name: str, *waits: float) -> Steps:
        for wait in waits:
            yield wait
            seen.append(name)

    began = time.perf_counter()
    play(
        machine,
        Play("slow", lambda: steps("slow", 2 * HOUR, 2 * HOUR), 4 * HOUR),
        Play("quick", lambda: steps("quick", HOUR, 2 * HOUR), 3 * HOUR),
    )

    assert seen == ["quick", "slow", "quick", "slow"]
    assert sum(machine.moves) == pytest.approx(4 * HOUR, abs=2)
    assert time.perf_counter() - began < 2


def test_moment_of_its_own_is_met() -> None:
    """`At` names a moment of the target's time, whatever other plays wait for."""
    machine = Machine()
    met = []

    def steps() -> Steps:
        wanted = machine.clock.now() + 100
        yield At(wanted)
        met.append(machine.clock.now() - wanted)

    play(machine, Play("at", steps, 100))

    assert 0 <= met[0] < 1.5


def test_long_wait_stays_pending_where_the_clock_stands() -> None:
    """A play that lasts longer than may be waited for is not even begun."""
    machine = Machine(movable=False)
    begun = []

    def steps() -> Steps:
        begun.append(1)
        yield 0.01

    long, short = Play("long", steps, 4 * HOUR), Play("short", steps, 0.5)
    play(machine, long, short)

    assert isinstance(long.error, Pending)
    assert short.error is None
    assert begun == [1]


def test_error_of_a_play_is_kept_and_disturbs_no_other() -> None:
    """What a play raises is its own; its lease is given back all the same."""
    machine = Machine()
    OnlyOne.taken = OnlyOne.most = 0

    def failing() -> Steps:
        yield 10
        raise AssertionError

    def working() -> Steps:
        yield 10

    first, second = Play("first", failing, 10, OnlyOne()), Play("second", working, 10, OnlyOne())
    play(machine, first, second)

    assert isinstance(first.error, AssertionError)
    assert second.error is None
    assert second.done
    assert OnlyOne.most == 1
    assert OnlyOne.taken == 0


def test_clock_that_cannot_be_moved_blocks_who_waits_for_it() -> None:
    """A control that fails is nobody's failure."""
    machine = Machine(broken=True)

    def steps() -> Steps:
        yield HOUR

    waiting = Play("waiting", steps, HOUR)
    play(machine, waiting)

    assert isinstance(waiting.error, Blocked)


def test_lease_that_cannot_be_had_at_all_ends_the_play() -> None:
    """A play whose lease raises does not wait for it."""

    class Refused(OnlyOne):
        def acquire(self) -> bool:
            raise NotRun(Reason.NEEDS_CLIENT)

    def steps() -> Steps:
        yield 1

    refused = Play("refused", steps, 1, Refused())
    play(Machine(), refused)

    assert isinstance(refused.error, NotRun)


@pytest.mark.parametrize(
    ("seconds", "words"), [(45, "45 s"), (90, "90 s"), (300, "5 min"), (14_400, "4 h"), (15_000, "4 h 10 min")]
)
def test_durations_are_told_as_people_tell_them(seconds: float, words: str) -> None:
    """In the report nobody has to divide by sixty."""
    assert duration(seconds) == words
