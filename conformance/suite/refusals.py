"""The refusals of every documented operation, each provoked once in a run and shared by all checks that look at them."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, NoAnswerError, NotRun, Undecided
from conformance.suite.provocations import CREATE_ITEM, Attempt, Provocation, Provocations
from conformance.suite.subscriptions import CREATE as CREATE_SUBSCRIPTION
from conformance.target.recorder import CURRENT, Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.contract.specification import Operation
    from conformance.suite.exercises import Workshop
    from conformance.target.answer import Answer
    from conformance.target.wire import Wire

# errors, Codes: which codes the body may have for an HTTP status.
CODES: Mapping[int, frozenset[str]] = MappingProxyType(
    {
        400: frozenset({"bad_request", "validation_error"}),
        401: frozenset({"unauthorized"}),
        403: frozenset({"forbidden"}),
        404: frozenset({"not_found"}),
        409: frozenset({"conflict"}),
        429: frozenset({"rate_limited"}),
        500: frozenset({"internal_error"}),
        501: frozenset({"not_implemented"}),
    }
)
KNOWN_CODES = frozenset().union(*CODES.values())


@dataclass(frozen=True, slots=True, repr=False)
class Refusal:
    """A failed request: what was wrong with it, and the answer."""

    provocation: Provocation
    answer: Answer

    def member(self, name: str) -> Any:
        """The member of this name in the body's object, or ABSENT."""
        return self.answer.member(name)

    @property
    def code(self) -> str | None:
        """The error in the body where it is one of the nine documented codes, else None."""
        return code_of(self.answer)

    def __repr__(self) -> str:
        return f"the answer to a request {self.provocation}: {self.answer!r}"


@dataclass(frozen=True, slots=True)
class Came:
    """What came of one attempt: the answer, or why there is none; `evidence` is what was sent for it."""

    answer: Answer | None
    error: Undecided | NoAnswerError | None
    evidence: Evidence


class Refusals:
    """Provokes the refusals of an operation when they are first looked at, and keeps what came of each attempt."""

    def __init__(self, workshop: Workshop, wire: Wire) -> None:
        self._workshop = workshop
        self._wire = wire
        self._provocations = Provocations(workshop)
        self._came: dict[str, dict[Provocation, Came]] = {}

    def of(self, operation: Operation) -> Iterator[Refusal]:
        """The refusals whose status the documentation names; the check at hand rests on each as it comes.

        Raises Blocked where there is none.
        """
        documented = [refusal for refusal in self._failures(operation) if refusal.answer.code in CODES]
        if not documented:
            raise self._want_of_refusals(operation)
        return _resting(documented)

    def all_of(self, operation: Operation) -> Iterator[Refusal]:
        """Every answer with an error status, also with one that is not documented; else the same."""
        failures = self._failures(operation)
        if not failures:
            raise self._want_of_refusals(operation)
        return _resting(failures)

    def answer(self, operation: Operation, provocation: Provocation) -> Answer:
        """The answer to one kind of request, whatever it is; raises what kept it from being asked or answered."""
        came = self._all(operation).get(provocation)
        if came is None:
            raise NotRun(Reason.NEEDS_CLIENT, f"no declared client may ask {operation.label} {provocation}")
        if came.answer is not None:
            _rest_on(came.answer.exchange)
            return came.answer
        assert came.error is not None
        _rest_on(*came.evidence.exchanges[-1:])
        raise came.error

    def _failures(self, operation: Operation) -> list[Refusal]:
        return [
            Refusal(provocation, came.answer)
            for provocation, came in self._all(operation).items()
            if came.answer is not None and came.answer.code >= 400
        ]

    def _want_of_refusals(self, operation: Operation) -> Undecided:
        errors = [came.error for came in self._all(operation).values()]
        lost = [error for error in errors if isinstance(error, Undecided) and error.reason is Reason.TARGET_LOST]
        message = f"no request to {operation.label} was refused with a documented status, not even one without a token"
        return lost[0] if lost else Blocked(Reason.EARLIER_FAILURE, message, cause="bearer.required")

    def _all(self, operation: Operation) -> Mapping[Provocation, Came]:
        if operation.label not in self._came:
            met = len(self._wire.limited)
            tried = ((provocation, self._try(provocation, operation)) for provocation in Provocation)
            self._came[operation.label] = {provocation: came for provocation, came in tried if came is not None}
            for answer in self._wire.limited[met : met + 1]:
                self._came[operation.label][Provocation.HASTE] = Came(answer, None, Evidence([answer.exchange]))
        return self._came[operation.label]

    def _try(self, provocation: Provocation, operation: Operation) -> Came | None:
        """Make one attempt, None where there is none of this kind; what it sends is no evidence of the check at hand."""
        evidence = Evidence()
        token = CURRENT.set(evidence)
        try:
            attempt = self._provocations.make(provocation, operation)
            return None if attempt is None else Came(self._ask(operation, attempt), None, evidence)
        except (Undecided, NoAnswerError) as error:
            return Came(None, error, evidence)
        finally:
            CURRENT.reset(token)

    def _ask(self, operation: Operation, attempt: Attempt) -> Answer:
        # What must be refused may be asked again where no answer came.
        if attempt.session is None:
            answer = self._wire.send(attempt.request, client=None, repeatable=True)
        else:
            answer = attempt.session.ask(attempt.request, repeatable=True)
        if answer.accepted:
            self._remember(operation, attempt, answer)
        return answer

    def _remember(self, operation: Operation, attempt: Attempt, answer: Answer) -> None:
        """Keep in mind for the end of the run what a request has made that was not refused."""
        if operation.label == CREATE_ITEM:
            names = (answer.member("shortID"), attempt.creates)
            self._workshop.created.extend(name for name in names if isinstance(name, str))
        elif operation.label == CREATE_SUBSCRIPTION:
            subscriptions = self._workshop.subscriptions
            subscriptions.made_by(attempt.session or subscriptions.owner, answer)


def code_of(answer: Answer) -> str | None:
    """The error in the body of an answer where it is one of the nine documented codes, else None."""
    told = answer.member("error")
    return told if isinstance(told, str) and told in KNOWN_CODES else None


def _resting(refusals: list[Refusal]) -> Iterator[Refusal]:
    """One after the other, so that of the evidence of a check that fails the last is the one that it fails on."""
    for refusal in refusals:
        _rest_on(refusal.answer.exchange)
        yield refusal


def _rest_on(*exchanges: int) -> None:
    evidence = CURRENT.get()
    if evidence is not None:
        evidence.rest_on(*exchanges)
