"""Reason codes are told from the comparison that failed."""

from __future__ import annotations

import httpx
import pytest

from conformance.contract.outcomes import Reason
from conformance.errors import NoAnswerError
from conformance.reasons import reason_of
from conformance.suite.disclosure import Disclosure
from conformance.suite.matrix import State
from conformance.suite.rows import Foreign
from conformance.target.answer import ABSENT, Answer, Status
from conformance.target.clock import Interval
from conformance.target.recorder import Evidence


def status(code: int, *, token_age: float | None = None) -> Status:
    """A status with an answer behind it."""
    return Answer("GET", "/Item", "full", code, httpx.Headers(), b"", 1, Interval(0, 0), token_age=token_age).status


@pytest.mark.parametrize(
    ("left", "operator", "right", "later", "reason"),
    [
        (status(200), "==", 401, False, Reason.ACCEPTED),
        (status(200, token_age=14_401), "==", 401, True, Reason.TOO_LATE),
        (status(200, token_age=14_401), "==", 401, False, Reason.ACCEPTED),
        (status(200), "==", 201, False, Reason.WRONG_VALUE),
        (status(204), "in", (401, 403), False, Reason.ACCEPTED),
        (status(401), "==", 200, False, Reason.REFUSED),
        (status(401, token_age=3_600), "==", 200, True, Reason.TOO_EARLY),
        (status(401, token_age=0.2), "==", 200, True, Reason.REFUSED),
        (status(401), "==", 200, True, Reason.REFUSED),
        (status(403), "!=", 403, False, Reason.REFUSED),
        (status(404), "==", 403, False, Reason.WRONG_REFUSAL),
        (status(404), "in", {200, 403}, False, Reason.WRONG_REFUSAL),
        (status(500), "==", 401, True, Reason.SERVER_ERROR),
        (status(200), "not in", range(200, 300), False, Reason.ACCEPTED),
        (State(1), "==", State(2), False, Reason.CHANGED_DATA),
        (Disclosure(("secret plan",)), "==", Disclosure(), False, Reason.LEAKED),
        (Foreign(("lot 7 of warehouse 3",)), "==", Foreign(), False, Reason.LEAKED),
        (ABSENT, "is not", ABSENT, False, Reason.MISSING),
        (86_400, "<=", 14_400, False, Reason.WRONG_VALUE),
    ],
)
def test_reason_follows_from_the_comparison(
    left: object,
    operator: str,
    right: object,
    later: bool,  # noqa: FBT001 -- a column of the table
    reason: Reason,
) -> None:
    """What was compared, how, with what, and whether time had passed."""
    evidence = Evidence(later=later, compared=(left, operator, right))

    assert reason_of(AssertionError(), evidence) is reason


def test_silence_has_a_reason_of_its_own() -> None:
    """A target that drops a request has not answered wrongly, but not at all."""
    assert reason_of(NoAnswerError(), Evidence()) is Reason.NO_ANSWER
