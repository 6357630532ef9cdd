"""One operation under many requests: asks them, remembers what was heard and says what it amounts to."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.contract.outcomes import Outcome, Reason
from conformance.errors import Blocked, NoAnswerError, NotApplicable, NotRun, Undecided
from conformance.suite.harmless import harmless
from conformance.suite.run import Finding
from conformance.suite.samples import Known, known_of, valid
from conformance.suite.subscriptions import UPDATE, is_owned
from conformance.suite.trail import Trail
from conformance.target.recorder import CURRENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.contract.specification import Operation
    from conformance.suite.exercises import Exercise, Workshop
    from conformance.suite.generated import Generator
    from conformance.suite.run import Ledger
    from conformance.suite.samples import Sample
    from conformance.target.answer import Answer
    from conformance.target.session import Session

NO_SERVER_ERROR = "property.no-server-error"
RESPONSE_SCHEMA = "property.response-schema"
INVALID_INPUT = "property.invalid-input"
DOCUMENTED_STATUS = "property.documented-status"
CONTENT_TYPE = "property.content-type"
ALL = (NO_SERVER_ERROR, RESPONSE_SCHEMA, INVALID_INPUT, DOCUMENTED_STATUS, CONTENT_TYPE)

# A target that leaves requests unanswered costs a time-out for each.
MOST_UNANSWERED = 3
MOST_EXCHANGES = 10


@dataclass(frozen=True, slots=True)
class Problem:
    """What one answer has against one requirement; problems of the same `kind` have one cause."""

    requirement: str
    reason: Reason
    kind: str
    message: str
    expected: str
    observed: str
    exchanges: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """One answer: the requirements that it says something about, and what is wrong with it."""

    answer: Answer
    exercised: frozenset[str]
    problems: tuple[Problem, ...] = ()


class Survey:
    """Asks one operation: a valid request, generated ones that do no harm, or both."""

    def __init__(self, operation: Operation, workshop: Workshop, generator: Generator) -> None:
        self.operation = operation
        self.workshop = workshop
        self.generator = generator
        self.exercise: Exercise | None = None
        self.lacking: Undecided | None = None
        self.exercised: dict[str, list[int]] = {requirement: [] for requirement in ALL}
        self.problems: list[Problem] = []
        self.asked = 0
        self.asked_validly = False
        self.complete = False

    # --- asking ---

    def prepare(self) -> None:
        """Find out what is known to ask about.

        A write that no valid request is known for goes on without one; for a read that raises, since nothing else is
        known to ask about.
        """
        try:
            self.exercise = self.workshop.make(self.operation)
        except Undecided as error:
            if not self.operation.is_write or error.reason is Reason.TARGET_LOST:
                raise
            self.lacking = error

    def ask_validly(self) -> None:
        """Ask what must succeed."""
        self.prepare()
        self.asked_validly = True
        if self.exercise is None:
            return
        answer = self._ask(valid(self.operation, self.exercise.request), self._session())
        if answer is None or not answer.accepted:
            self.lacking = self._refusal(answer)
        # What failed half-way, or without a word, may have been done all the same.
        if answer is None or answer.accepted or answer.code >= 500:
            with contextlib.suppress(Undecided):
                self.exercise.undo()

    def ask_generated(self) -> None:
        """Ask at every bound, beyond it and with every other type."""
        self._ask_all(self.generator.samples(self.operation.label))

    def ask_examples(self) -> None:
        """Ask with what the document gives as examples."""
        self._ask_all(self.generator.examples(self.operation.label))

    def ask_drawn(self, number: int) -> None:
        """Ask at random: up to `number` requests that are as documented, and as many that have a flaw."""
        right, flawed = self.generator.drawn(self.operation.label, number)
        self._ask_all(right, flawed, most=number)

    def _ask_all(self, *generated: list[Sample], most: int | None = None) -> None:
        """Ask what does no harm, until it is all asked or the target has left too much unanswered."""
        session, known, trail = self._session(), self._known(), Trail(self.workshop, self.operation)
        if known.body is not None and self.operation.label == UPDATE:
            known = trail.scratch()
        unanswered = 0
        try:
            for sample in (
                one for some in generated for one in harmless(self.operation, some, known, self.workshop.unique, most)
            ):
                answer = self._ask(sample, session)
                trail.follow(sample, answer)
                unanswered += answer is None
                if unanswered == MOST_UNANSWERED:
                    break
        finally:
            trail.clear()
        self.complete = True

    def _session(self) -> Session:
        if is_owned(self.operation):
            return self.workshop.subscriptions.owner
        warehouse = None if self.exercise is None else self.exercise.warehouse
        report = self.workshop.world.reports[0] if self.operation.report is not None and self.exercise else None
        return self.workshop.world.able(self.operation, () if warehouse is None else (warehouse,), report)

    def _known(self) -> Known:
        if self.exercise is None:
            return Known()
        also: dict[str, Any] = {}
        if self.operation.label == "GET /Item":
            world = self.workshop.world
            with contextlib.suppress(NotRun):
                also = {"key": world.item["shortID"], "type": "id", "Category": world.category}
        return known_of(self.operation, self.exercise.request, **also)

    def _ask(self, sample: Sample, session: Session) -> Answer | None:
        self.asked += 1
        try:
            heard = self.generator.ask(self.operation, sample, session)
        except NoAnswerError as error:
            self.problems.append(self._silence(sample, error))
            return None
        for requirement in heard.exercised:
            self.exercised[requirement].append(heard.answer.exchange)
        self.problems += heard.problems
        return heard.answer

    def _silence(self, sample: Sample, error: NoAnswerError) -> Problem:
        message = f"{self.operation.label}, {sample.words}: {error}"
        evidence = CURRENT.get()
        last = tuple(evidence.exchanges[-1:]) if evidence is not None else ()
        return Problem(NO_SERVER_ERROR, Reason.NO_ANSWER, "no answer", message, "an answer", "none", last)

    def _refusal(self, answer: Answer | None) -> Undecided:
        if answer is not None and answer.code == 501:
            return NotApplicable(
                Reason.NOT_CHECKABLE, f"the target says that this operation is not available: {answer!r}"
            )
        by_example = self.operation.label in self.workshop.world.target.examples
        reason = Reason.EXAMPLE_REFUSED if by_example else Reason.CONTROL_REQUEST_REFUSED
        said = "it got no answer" if answer is None else repr(answer)
        return Blocked(
            reason, f"a valid request to {self.operation.label} did not succeed: {said}", cause=self.operation.label
        )

    # --- telling ---

    def note(self, ledger: Ledger) -> None:
        """Write down what was found about each requirement; a survey that broke off tells its failures only."""
        for requirement in ALL:
            failures = list(self._failures(requirement))
            for finding in failures:
                ledger.note(finding)
            if not failures and self.complete:
                ledger.note(
                    self._passed(requirement) or self._beside_the_point(requirement) or self._unexercised(requirement)
                )

    def _failures(self, requirement: str) -> Iterator[Finding]:
        kinds: dict[tuple[str, str], list[Problem]] = {}
        for problem in self.problems:
            if problem.requirement == requirement:
                kinds.setdefault((problem.reason, problem.kind), []).append(problem)
        for alike in kinds.values():
            first = alike[0]
            more = f" ({len(alike)} requests show it)" if len(alike) > 1 else ""
            exchanges = tuple(number for problem in alike for number in problem.exchanges)[:MOST_EXCHANGES]
            yield Finding(
                requirement, Outcome.FAIL, first.message + more, first.reason, exchanges, first.expected, first.observed
            )

    def _passed(self, requirement: str) -> Finding | None:
        exchanges = tuple(self.exercised[requirement])
        return Finding(requirement, Outcome.PASS, exchanges=exchanges) if exchanges else None

    def _beside_the_point(self, requirement: str) -> Finding | None:
        """Say that requests at random have not met a requirement, where they were let in and met others."""
        if self.asked_validly or (self.asked and not any(self.exercised.values())):
            return None
        return _open(requirement, "no generated request of this kind says anything about it")

    def _unexercised(self, requirement: str) -> Finding:
        """Say why nothing was heard about a requirement."""
        if requirement == INVALID_INPUT:
            return _open(requirement, "the documentation names no input of the operation that must be refused")
        documented = any(
            it.schema is not None for status, it in self.operation.responses.items() if status.startswith("2")
        )
        if requirement == RESPONSE_SCHEMA and not documented:
            return _open(requirement, "the documentation gives no body for the success of the operation")
        if self.problems:
            message = "the answers that would tell are server errors or missing"
            return Finding(requirement, Outcome.BLOCKED, message, Reason.EARLIER_FAILURE)
        if self.lacking is not None:
            return Finding(requirement, self.lacking.outcome, str(self.lacking), self.lacking.reason)
        if requirement == CONTENT_TYPE:
            return _open(requirement, "the operation has given no answer for which the documentation names a body")
        message = f"no request to {self.operation.label} was let in"
        return Finding(requirement, Outcome.BLOCKED, message, Reason.CONTROL_REQUEST_REFUSED)


def _open(requirement: str, message: str) -> Finding:
    return Finding(requirement, Outcome.NOT_APPLICABLE, message, Reason.NOT_CHECKABLE)
