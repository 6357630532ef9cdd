"""Why a check failed, told from the comparison that failed and not typed by hand at each assertion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.contract.outcomes import Reason
from conformance.errors import NoAnswerError
from conformance.suite.disclosure import Disclosure
from conformance.suite.matrix import State
from conformance.suite.rows import Foreign
from conformance.target.answer import ABSENT, Answer, Status

if TYPE_CHECKING:
    from conformance.target.recorder import Evidence

Comparison = tuple[object, str, object]

SOON = 5.0
"""A token that is asked with sooner after it has come (seconds) has not outlived anything: it works or it does not."""


def reason_of(error: BaseException, evidence: Evidence) -> Reason:
    """The reason code of a failed check."""
    if isinstance(error, NoAnswerError):
        return Reason.NO_ANSWER
    if evidence.compared is None:
        return Reason.WRONG_VALUE
    left, operator, right = evidence.compared
    if isinstance(left, Status):
        age = left.answer.token_age
        return _of_status(left, operator, right, later=evidence.later and age is not None and age >= SOON)
    if isinstance(left, State):
        return Reason.CHANGED_DATA
    if isinstance(left, Disclosure | Foreign):
        return Reason.LEAKED
    return Reason.MISSING if left is ABSENT else Reason.WRONG_VALUE


def _of_status(status: Status, operator: str, right: object, *, later: bool) -> Reason:
    if status >= 500:
        return Reason.SERVER_ERROR
    is_success = 200 <= status < 300
    if _wants_success(operator, right):
        if is_success:
            return Reason.WRONG_VALUE
        if operator == "in" and any(code >= 400 for code in _codes(right)):
            return Reason.WRONG_REFUSAL
        return Reason.TOO_EARLY if later else Reason.REFUSED
    if is_success:
        return Reason.TOO_LATE if later else Reason.ACCEPTED
    return Reason.WRONG_REFUSAL


def _wants_success(operator: str, right: object) -> bool:
    success = any(200 <= code < 300 for code in _codes(right))
    return success if operator in {"==", "in"} else not success


def _codes(right: object) -> list[int]:
    wanted = list(right) if isinstance(right, tuple | list | set | frozenset | range) else [right]
    return [value for value in wanted if isinstance(value, int)]


def expectation(compared: Comparison | None) -> tuple[str | None, str | None]:
    """What was expected and what was observed, for people; None where no comparison failed."""
    if compared is None:
        return None, None
    left, operator, right = compared
    if isinstance(left, Status):
        answer: Answer = left.answer
        return f"status {_words(operator)}{right!r}", repr(answer)
    if isinstance(left, State):
        return f"unchanged: {right!r}", f"changed: {left!r}"
    return f"{_words(operator)}{right!r}", repr(left)


def _words(operator: str) -> str:
    words = {"==": "", "!=": "other than ", "in": "one of ", "not in": "none of ", "<=": "at most ", ">=": "at least "}
    return words.get(operator, f"{operator} ")
