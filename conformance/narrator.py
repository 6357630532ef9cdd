"""Keeps a person company while a run goes on: one line on a terminal, nothing elsewhere."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, TextIO

from conformance.contract.outcomes import Outcome
from conformance.report.live import Progress, Wait, estimate, progress_line

if TYPE_CHECKING:
    from collections.abc import Callable

BETWEEN_LINES = 0.1
UNDECIDED = {Outcome.BLOCKED, Outcome.INCONCLUSIVE, Outcome.PENDING, Outcome.SUITE_ERROR}


class Narrator:
    """Writes progress to a stream: redrawn in place on a terminal; elsewhere only long waits, one line each."""

    def __init__(self, stream: TextIO, *, quiet: bool = False, now: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._live = not quiet and stream.isatty()
        self._quiet = quiet
        self._now = now
        self._began = now()
        self._drawn = 0.0
        self._lock = threading.Lock()
        self._total = self._done = self._failed = self._undecided = 0
        self._running = ""

    def total(self, number: int) -> None:
        """Note how many checks there are."""
        self._total = number

    def started(self, name: str) -> None:
        """Note which check is asked now."""
        self._running = name
        self._draw(None)

    def finished(self, outcome: Outcome) -> None:
        """Note what became of a check."""
        self._done += 1
        self._failed += outcome is Outcome.FAIL
        self._undecided += outcome in UNDECIDED

    def waiting(self, name: str, seconds: float) -> None:
        """Note that the timeline waits in real time, and for which check."""
        wait = Wait(name.rpartition("::")[2], seconds)
        if self._live:
            self._draw(wait)
        elif not self._quiet and seconds >= 5:
            print(progress_line(self._progress(wait)), file=self._stream, flush=True)

    def over(self) -> None:
        """Wipe the line."""
        if self._live:
            print("\r\x1b[K", end="", file=self._stream, flush=True)

    def _progress(self, wait: Wait | None) -> Progress:
        left = estimate(self._done, self._total, self._now() - self._began, wait=wait.seconds if wait else 0.0)
        return Progress(self._done, self._total, self._failed, self._undecided, self._running, wait, left)

    def _draw(self, wait: Wait | None) -> None:
        if not self._live or (wait is None and self._now() - self._drawn < BETWEEN_LINES):
            return
        with self._lock:
            self._drawn = self._now()
            print("\r" + progress_line(self._progress(wait)) + "\x1b[K", end="", file=self._stream, flush=True)
