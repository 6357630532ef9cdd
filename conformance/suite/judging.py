"""What one answer to a generated request has against the requirements that it says something about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from conformance.contract.outcomes import Reason
from conformance.suite.samples import JSON, Sample
from conformance.suite.subscriptions import TEST, is_performed
from conformance.suite.survey import (
    CONTENT_TYPE,
    DOCUMENTED_STATUS,
    INVALID_INPUT,
    NO_SERVER_ERROR,
    RESPONSE_SCHEMA,
    Heard,
    Problem,
)
from conformance.target.answer import ABSENT, Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.contract.specification import Operation

CHECKED = (NO_SERVER_ERROR, DOCUMENTED_STATUS, CONTENT_TYPE, RESPONSE_SCHEMA)
LONGEST_VALUE = 120


def judge(operation: Operation, sample: Sample, answer: Answer, violates: Callable[[str], bool]) -> Heard:
    """Judge an answer; `violates` tells whether it breaks one of CHECKED."""
    return _Exchange(operation, sample, answer, violates).heard()


@dataclass(frozen=True, slots=True)
class _Exchange:
    """One sample with its answer."""

    operation: Operation
    sample: Sample
    answer: Answer
    violates: Callable[[str], bool]

    def heard(self) -> Heard:
        """Check the answer against every requirement that it says something about."""
        exercised = frozenset(self._exercised())
        broken = [requirement for requirement in CHECKED if requirement in exercised and self.violates(requirement)]
        problems = [self._told(requirement) for requirement in broken]
        if INVALID_INPUT in exercised and self.answer.accepted and not _holds(self.answer.json, self.sample.echo):
            problems.append(
                self._problem(INVALID_INPUT, Reason.ACCEPTED, "accepted", "a refusal (4xx)", "it is accepted")
            )
        return Heard(self.answer, exercised, tuple(problems))

    def _exercised(self) -> Iterator[str]:
        """Name the requirements that the answer says something about."""
        code = self.answer.code
        # Who is not let in learns nothing about the operation; 501 is documented for what is not available.
        if code in {401, 403, 429, 501}:
            return
        # A test event goes to an address where nobody listens; how a target tells that is not documented.
        if (
            self.operation.label == TEST
            and not (self.sample.negative or self.answer.accepted)
            and is_performed(TEST, self.answer)
        ):
            return
        yield NO_SERVER_ERROR
        if code >= 500:
            return
        if self.sample.refuse:
            yield INVALID_INPUT
        # Odd requests meet refusals that the documentation does not mention (405, 413, 415, 422): any 4xx will do.
        if not (self.sample.negative and 400 <= code < 500):
            yield DOCUMENTED_STATUS
        documented = self.operation.response(code)
        if documented is None or documented.schema is None:
            return
        if self.answer.content:
            yield CONTENT_TYPE
        if self.answer.accepted and not self.sample.loose:
            yield RESPONSE_SCHEMA

    def _told(self, requirement: str) -> Problem:
        code = str(self.answer.code)
        if requirement == NO_SERVER_ERROR:
            return self._problem(
                requirement, Reason.SERVER_ERROR, code, "no server error", f"the target fails with {code}"
            )
        if requirement == DOCUMENTED_STATUS:
            documented = ", ".join(status for status in self.operation.responses if not status.startswith("5"))
            what = f"{code} is not documented"
            return self._problem(requirement, Reason.WRONG_VALUE, code, f"one of {documented}", what)
        if requirement == RESPONSE_SCHEMA:
            return self._told_of_body()
        told = self.answer.headers.get("Content-Type")
        if told is None:
            return self._problem(requirement, Reason.MISSING, "none", JSON, "the answer has no Content-Type")
        return self._problem(requirement, Reason.WRONG_VALUE, told, JSON, f"the answer is of type {told}")

    def _told_of_body(self) -> Problem:
        """Tell the most particular of the deviations: that an alternative as a whole does not fit says little."""
        if self.answer.json is ABSENT:
            what = "the body is no JSON" if self.answer.content else "the answer has no body"
            return self._problem(RESPONSE_SCHEMA, Reason.WRONG_VALUE, what, "a JSON value", what)
        documented = self.operation.response(self.answer.code)
        assert documented is not None
        assert documented.schema is not None
        # Its own validator tells where; that of Schemathesis has conditions rewritten and tells only that they fail.
        errors = jsonschema_rs.validator_for(documented.schema).iter_errors(self.answer.json)
        found = max(errors, key=_particularity, default=None)
        if found is None:
            what = "the body is not as documented"
            return self._problem(RESPONSE_SCHEMA, Reason.WRONG_VALUE, what, "the documented fields and types", what)
        keyword = str(found.schema_path[-1])
        place = "".join("[]" if isinstance(step, int) else f".{step}" for step in found.instance_path).lstrip(".")
        reason = Reason.MISSING if keyword == "required" else Reason.WRONG_VALUE
        what = f"{place or 'the body'} is not as documented: {_shortened(found.message)}"
        return self._problem(RESPONSE_SCHEMA, reason, f"{place} {keyword}", "the documented fields and types", what)

    def _problem(self, requirement: str, reason: Reason, kind: str, expected: str, what: str) -> Problem:
        message = f"{self.operation.label}, {self.sample.words}: {what}"
        return Problem(requirement, reason, kind, message, expected, repr(self.answer), (self.answer.exchange,))


def _particularity(error: jsonschema_rs.ValidationError) -> tuple[bool, int]:
    keyword = error.schema_path[-1] if error.schema_path else ""
    return keyword not in {"anyOf", "oneOf", "allOf", "if", "then", "else"}, len(error.instance_path)


def _shortened(text: str) -> str:
    """The end of a violation says what is wrong; the value before it may be long."""
    return text if len(text) <= 2 * LONGEST_VALUE else f"{text[:LONGEST_VALUE]} ... {text[-LONGEST_VALUE:]}"


def _holds(body: Any, text: str | None) -> bool:
    """Whether a JSON value holds a text as one of its values: the target then takes it for a name of its own."""
    if isinstance(body, dict):
        return any(_holds(value, text) for value in body.values())
    if isinstance(body, list):
        return any(_holds(value, text) for value in body)
    return isinstance(body, str) and body == text
