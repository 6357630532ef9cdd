"""Plays the checks that wait, all on one line of time: the clock jumps where it can be moved, else all wait together.

A check that waits is a generator, a *play*. It yields how many seconds later it wants to go on, or an `At` for a moment
of its own. Plays that are due at the same moment are taken on concurrently; a play never runs in two threads at once.
"""

from __future__ import annotations

import heapq
import itertools
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, Pending, Undecided
from conformance.target.recorder import CURRENT, Evidence

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from conformance.target.clock import TargetClock

# Plays that are due within this many seconds of each other are taken on together, at the latest of their moments.
SAME_MOMENT = 1.0


@dataclass(frozen=True, slots=True)
class At:
    """A moment of the target's time at which a play wants to go on."""

    moment: float


class Lease(Protocol):
    """What a play needs for itself while it runs; every step is taken under its `guard`."""

    guard: AbstractContextManager[object]

    def acquire(self) -> bool:
        """Take it if it is free now."""

    def release(self) -> Generator[float | At, None, None]:
        """Put everything back as it was, which may take time; the lease is free when the generator ends."""


class NoLease:
    """The lease of a play that needs nothing for itself."""

    guard: AbstractContextManager[object] = nullcontext()

    def acquire(self) -> bool:
        """Take nothing."""
        return True

    def release(self) -> Generator[float | At, None, None]:
        """Give nothing back."""
        yield from ()


@dataclass(slots=True, eq=False)
class Play:
    """One check on the timeline: what to play, how long it lasts at most (seconds), what it needs, what became of it."""

    name: str
    steps: Callable[[], Generator[float | At, None, None]]
    lasts: float
    lease: Lease = field(default_factory=NoLease)
    evidence: Evidence = field(default_factory=Evidence)
    error: BaseException | None = None
    seconds: float = 0.0
    started: float | None = None
    due: float = 0.0
    _running: Generator[float | At, None, None] | None = None
    _releasing: bool = False
    done: bool = False

    def take_on(self, now: float) -> None:
        """Play up to the next wait; notes the next moment in `due`, or that the play is done."""
        # What it takes to put a client back in order is no evidence of the check.
        CURRENT.set(Evidence() if self._releasing else self.evidence)
        began = time.perf_counter()
        try:
            if self._running is None:
                self.started = now
                self._running = self.steps()
            with self.lease.guard:
                self.due = self._moment(next(self._running), now)
        except StopIteration:
            self._end()
        except BaseException as error:  # noqa: BLE001 -- kept, and raised again where the check reports
            if not self._releasing:
                self.error = error
            self._end()
        finally:
            self.seconds += time.perf_counter() - began
            CURRENT.set(None)

    def _moment(self, wish: float | At, now: float) -> float:
        self.evidence.later = True
        return wish.moment if isinstance(wish, At) else now + wish

    def _end(self) -> None:
        if self._releasing:
            self.done = True
            return
        if self._running is not None:
            self._running.close()
        self._releasing = True
        self._running = self.lease.release()
        self.due = 0.0


class Clockwork(Protocol):
    """How the timeline gets from one moment to a later one."""

    @property
    def clock(self) -> TargetClock:
        """The target's time."""

    @property
    def movable(self) -> bool:
        """Whether the target's clock can be moved."""

    def advance(self, seconds: float) -> None:
        """Move the target's clock."""


class Timeline:
    """Plays plays; `longest_wait` (seconds) bounds what may be waited for in real time."""

    def __init__(
        self,
        clockwork: Clockwork,
        *,
        concurrency: int,
        longest_wait: float,
        announce: Callable[[str, float], None] = lambda _name, _seconds: None,
    ) -> None:
        self._clockwork = clockwork
        self._concurrency = concurrency
        self._longest_wait = longest_wait
        self._announce = announce
        self._order = itertools.count()

    @property
    def now(self) -> float:
        """The target's time."""
        return self._clockwork.clock.now()

    def play(self, plays: Iterable[Play]) -> None:
        """Play everything to its end; what became of each stands in the play."""
        waiting: deque[Play] = deque()
        for play in plays:
            if not self._clockwork.movable and play.lasts > self._longest_wait:
                self._put_off(play)
            else:
                waiting.append(play)
        agenda: list[tuple[float, int, Play]] = []
        with ThreadPoolExecutor(max_workers=self._concurrency) as pool:
            while waiting or agenda:
                self._admit(waiting, agenda)
                if not agenda:
                    self._give_up(waiting)
                    continue
                due = self._take_due(agenda)
                now = self.now
                wait([pool.submit(play.take_on, now) for play in due])
                for play in due:
                    if not play.done:
                        heapq.heappush(agenda, (play.due, next(self._order), play))

    def _put_off(self, play: Play) -> None:
        play.error = Pending(
            Reason.LONG_WAIT,
            f"needs to wait {duration(play.lasts)}; the target's clock cannot be moved, and this run waits"
            f" {duration(self._longest_wait)} at most (--longest-wait)",
        )
        play.done = True

    def _admit(self, waiting: deque[Play], agenda: list[tuple[float, int, Play]]) -> None:
        """Start every waiting play whose lease is free; one whose lease cannot be had at all ends here."""
        for _ in range(len(waiting)):
            play = waiting.popleft()
            try:
                free = play.lease.acquire()
            except Undecided as undecided:
                play.error = undecided
                play.done = True
                continue
            if free:
                heapq.heappush(agenda, (self.now, next(self._order), play))
            else:
                waiting.append(play)

    def _give_up(self, waiting: deque[Play]) -> None:
        while waiting:
            play = waiting.popleft()
            play.error = Blocked(
                Reason.PREPARATION_FAILED, "every client that this check could lease is out of use", cause="no-lease"
            )
            play.done = True

    def _take_due(self, agenda: list[tuple[float, int, Play]]) -> list[Play]:
        """Go to the earliest moment that anyone waits for and return those who wait for it."""
        due: list[Play] = []
        latest = max(agenda[0][0], self.now) + SAME_MOMENT
        moment = agenda[0][0]
        while agenda and agenda[0][0] <= latest:
            moment, _, play = heapq.heappop(agenda)
            due.append(play)
        self._go_to(moment, due)
        return due

    def _go_to(self, moment: float, due: list[Play]) -> None:
        ahead = moment - self.now
        if ahead <= 0:
            return
        if not self._clockwork.movable:
            self._announce(due[0].name, ahead)
            time.sleep(ahead)
            return
        try:
            self._clockwork.advance(ahead)
        except Undecided as undecided:
            for play in due:
                play.error = undecided
                play.steps = _nothing
                play._end()  # noqa: SLF001 -- the timeline owns its plays


def _nothing() -> Generator[float | At, None, None]:
    yield from ()


def duration(seconds: float) -> str:
    """Seconds as people say them: 45 s, 5 min, 4 h 10 min."""
    whole = round(seconds)
    if whole < 120:
        return f"{whole} s"
    hours, minutes = divmod(round(whole / 60), 60)
    parts = [f"{hours} h" if hours else "", f"{minutes} min" if minutes else ""]
    return " ".join(part for part in parts if part)
