"""The section of a report that tells how the target reads what the documentation leaves open."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from conformance.contract.outcomes import Level, Outcome
from conformance.contract.readings import Reading, Silence
from conformance.report import markdown, summary, terminal
from conformance.report.findings import find
from conformance.report.run import Check, Observation

if TYPE_CHECKING:
    from conftest import MakeRun

    from conformance.report.run import Run

OVER = Reading(
    "over-maximum",
    "What becomes of a page size over the maximum?",
    Silence.CONTRADICTION,
    ("pagination",),
    ("C14",),
    MappingProxyType({"capped": "the maximum takes its place"}),
)
ZERO = Reading("page-zero", "What does page 0 get?", Silence.OPEN, ("pagination",))


@pytest.fixture
def run(make_run: MakeRun) -> Run:
    """A run in which one contradiction was answered, one open question was not."""
    seen = (Observation("reading.over-maximum", "capped", 17), Observation("token.kind", "opaque"))
    check = Check("a.one/x", "a.one", Level.MUST, Outcome.PASS, observations=seen)
    return replace(make_run(check), readings=(OVER, ZERO))


def test_answer_stands_with_its_meaning_and_evidence(run: Run) -> None:
    """The reader learns which reading the target takes and which exchange shows it."""
    text = markdown.render(run)

    assert "## Where the documentation contradicts itself" in text
    assert "**capped: the maximum takes its place** (exchange 17)" in text


def test_unanswered_question_says_so(run: Run) -> None:
    """What no check came to is no reading of the target's."""
    [_, zero] = find(run).readings

    assert not zero.seen
    assert "not seen in this run" in markdown.render(run)


def test_reading_is_no_other_observation(run: Run) -> None:
    """It stands in its own section and nowhere else."""
    assert list(find(run).observations) == ["token.kind"]
    assert summary.summary(run)["readings"] == {
        "over-maximum": ["capped: the maximum takes its place"],
        "page-zero": [],
    }


def test_terminal_tells_contradictions(run: Run) -> None:
    """The short report holds what two pages disagree about."""
    assert "What becomes of a page size over the maximum? capped" in " ".join(terminal.render(run).split())
