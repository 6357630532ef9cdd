"""No false alarm: servers that conform in different ways are blamed for nothing."""

from __future__ import annotations

import pytest

from conformance.contract.outcomes import Level, Outcome
from conformance.reference.dialects import DIALECTS
from conformance.selftest import try_dialect

SELDOM = {"plain", "quickstart"}
"""Dialects whose every choice the combinations of freedoms hold, too: the whole suite is run against them in the full proof."""


@pytest.mark.parametrize(
    "dialect", [pytest.param(name, marks=pytest.mark.thorough if name in SELDOM else ()) for name in DIALECTS]
)
def test_dialect_passes_the_whole_suite(dialect: str) -> None:
    """Nothing that is required fails, stays undecided or is left out."""
    run, exit_status, trouble = try_dialect(dialect)

    blamed = [
        f"{check.id}: {check.message}" for check in run.checks if check.outcome is Outcome.FAIL and is_must(check.level)
    ]
    documented = [line for line in blamed if not line.startswith("oauth.")]
    assert documented == []
    undecided = {check.id: check.message for check in run.checks if check.outcome in UNDECIDED}
    assert undecided == {}
    assert trouble == ()
    assert exit_status == 0


UNDECIDED = {Outcome.SUITE_ERROR, Outcome.INCONCLUSIVE, Outcome.BLOCKED, Outcome.PENDING}


def is_must(level: Level) -> bool:
    """Whether a requirement gates by default."""
    return level is Level.MUST
