"""How numbers, spans and lists read."""

from __future__ import annotations

import pytest

from conformance.report.wording import counted, listing, moment, shortened, span


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0042, "4 ms"),
        (1, "1 s"),
        (6.24, "6.2 s"),
        (59.97, "1 min"),
        (60, "1 min"),
        (200, "3 min 20 s"),
        (3599.7, "1 h"),
        (14400, "4 h"),
        (15000, "4 h 10 min"),
    ],
)
def test_span(seconds: float, text: str) -> None:
    """Two units at most, and never 60 of one."""
    assert span(seconds) == text


def test_counted() -> None:
    """One thing is singular."""
    assert (counted(1, "check"), counted(0, "check"), counted(2, "entry", "entries")) == (
        "1 check",
        "0 checks",
        "2 entries",
    )


def test_listing() -> None:
    """A long list says how much longer it is."""
    assert listing(["a", "b"], 2) == "a, b"
    assert listing(["a", "b", "c"], 2) == "a, b and 1 more"


def test_shortened() -> None:
    """What is cut is counted."""
    assert shortened("abcdef", 6) == "abcdef"
    assert shortened("abcdef", 2) == "ab... (4 more characters)"


def test_moment() -> None:
    """UTC to the minute; what is no such moment stays as it is."""
    assert moment("2026-11-23T16:00:07Z") == "2026-11-23 16:00 UTC"
    assert moment("2026-11-23T16:00:07+00:00") == "2026-11-23 16:00 UTC"
    assert moment("2026-11-23T16:00:07+05:00") == "2026-11-23T16:00:07+05:00"
    assert moment("") == ""
