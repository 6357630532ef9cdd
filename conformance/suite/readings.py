"""Which reading of the documentation the target takes, where the pages contradict each other or are silent."""

from __future__ import annotations

from conformance.target.recorder import observe

PREFIX = "reading."


def takes(reading: str, which: str) -> None:
    """Note that the target takes a reading of specs/readings.yaml: its id, and one of its readings or what was seen."""
    observe(PREFIX + reading, which)
