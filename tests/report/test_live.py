"""The line that keeps company during a run."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from conformance.report.live import Progress, Wait, estimate, progress_line


def test_line_says_how_far_and_what_runs() -> None:
    """Counts first, troubles next, then the check at hand."""
    progress = Progress(done=42, total=120, failed=1, undecided=3, running="token.form", left=95)

    assert progress_line(progress) == "42/120 checks, about 1 min 35 s left, 1 failed, 3 undecided, token.form"


def test_line_says_what_is_waited_for_and_how_long() -> None:
    """A person who sees nothing move knows why, and until when."""
    progress = Progress(done=118, total=120, wait=Wait("tokens to expire", 14400), left=14400)

    assert progress_line(progress) == "118/120 checks, about 4 h left, waiting 4 h more for tokens to expire"


@given(st.text(), st.integers(min_value=3, max_value=200))
def test_line_is_one_line_of_the_width(running: str, width: int) -> None:
    """Names of checks hold names of operations, and those may come from a vendor's file."""
    line = progress_line(Progress(done=1, total=2, running=running), width=width)

    assert len(line) <= width
    assert len(line.splitlines()) == 1


def test_estimate_waits_until_it_can_tell() -> None:
    """Before a twentieth is done there is none; then it is in proportion, and never less than the wait at hand."""
    assert estimate(0, 100, 3.0) is None
    assert estimate(4, 100, 3.0) is None
    assert estimate(4, 100, 3.0, wait=60.0) == 60.0
    assert estimate(50, 100, 3.0) == 3.0
    assert estimate(50, 100, 3.0, wait=60.0) == 60.0
