"""The server's only source of *now*."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """Real time, plus an offset that the control endpoint moves forward."""

    def __init__(self) -> None:
        self._offset = timedelta()

    def now(self) -> datetime:
        """Tell the moment, in UTC, exact to the microsecond."""
        return datetime.now(UTC) + self._offset

    def advance(self, seconds: float) -> datetime:
        """Move the clock that many seconds forward, and tell the new moment; it goes on running."""
        offset = self._offset + timedelta(seconds=seconds)
        moment = datetime.now(UTC) + offset
        self._offset = offset
        return moment
