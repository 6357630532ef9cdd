"""Tells a waiting person how far a campaign is."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Self, TextIO

from conformance.report.wording import counted
from conformance.selftest.trials import Result

if TYPE_CHECKING:
    from types import TracebackType

    from conformance.selftest.trials import Trial

# Faults between two lines where nobody watches a terminal.
EVERY = 50


class Progress:
    """One line that is written over on a terminal; elsewhere a line now and then. What was not killed is said at once."""

    def __init__(self, total: int, *, quiet: bool = False, stream: TextIO = sys.stderr) -> None:
        self._total, self._quiet, self._stream = total, quiet, stream
        self._tried = self._killed = 0
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        if not self._quiet:
            self._say(f"{counted(self._total, 'fault')} to be tried on the bundled server")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._quiet and self._stream.isatty():
            self._stream.write("\r\x1b[K")

    def tried(self, trial: Trial) -> None:
        """Count one trial."""
        self._tried += 1
        self._killed += trial.result is Result.KILLED
        if self._quiet:
            return
        if trial.result is not Result.KILLED:
            self._say(f"{trial.fault}: {trial.result.sentence}")
        if self._stream.isatty():
            self._stream.write(f"\r\x1b[K{self._standing()}")
            self._stream.flush()
        elif self._tried % EVERY == 0 or self._tried == self._total:
            self._say(self._standing())

    def _standing(self) -> str:
        return f"{self._tried} of {self._total} tried, {self._killed} killed, {time.monotonic() - self._began:.0f} s"

    def _say(self, line: str) -> None:
        start = "\r\x1b[K" if self._stream.isatty() else ""
        print(f"{start}{line}", file=self._stream, flush=True)
