"""The target's time: what a moved clock, a running clock and a network make of a moment."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# A clock that tells whole seconds, and the way of its answer to us, stay below this; more is another time.
TOLERANCE = 2.5


@dataclass(frozen=True, slots=True)
class Interval:
    """A moment that is known to lie between two others; seconds of the target's time since the epoch."""

    sent: float
    received: float

    def __repr__(self) -> str:
        return f"[{iso(self.sent)}, +{self.received - self.sent:.3f} s]"


def iso(moment: float) -> str:
    """A moment as ISO 8601 in UTC with milliseconds."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class TargetClock:
    """Tells the target's time: our own running clock plus what the target is ahead of it."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic, wall: Callable[[], float] = time.time) -> None:
        self._monotonic = monotonic
        self._ahead = wall() - monotonic()
        self._lock = threading.Lock()
        self.moved = 0.0

    def now(self) -> float:
        """The target's time in seconds since the epoch."""
        return self._monotonic() + self._ahead

    def set(self, told: datetime) -> None:
        """Take over the time that the target tells, unless it agrees with ours but for rounding and the way."""
        with self._lock:
            difference = told.timestamp() - self.now()
            if abs(difference) > TOLERANCE:
                self._ahead += difference

    def advance(self, seconds: float, told: datetime | None) -> None:
        """Note that the target's clock was moved by `seconds` and then told its time, if it did."""
        with self._lock:
            self._ahead += seconds
            self.moved += seconds
        if told is not None:
            self.set(told)
