"""What generated writes leave behind on a target that accepts them, and how it is cleared away."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from conformance.errors import NoAnswerError, Undecided
from conformance.suite.samples import Known
from conformance.suite.subscriptions import CREATE

if TYPE_CHECKING:
    from conformance.contract.specification import Operation
    from conformance.suite.exercises import Workshop
    from conformance.suite.samples import Sample
    from conformance.target.answer import Answer

UPDATE_ITEM = "PUT /Item"


class Trail:
    """Follows the requests to one operation."""

    def __init__(self, workshop: Workshop, operation: Operation) -> None:
        self._workshop = workshop
        self._operation = operation
        self._scratch: int | None = None
        self._subscribing = operation.label == CREATE
        self._strangers = False

    def scratch(self) -> Known:
        """A subscription made for these requests alone, and a body that changes it; nothing where none can be made."""
        try:
            number = self._scratch = self._workshop.subscriptions.make()
            body = self._workshop.updates.body(number)
        except Undecided:
            return Known()
        return Known({"id": str(number)}, body=body if isinstance(body, dict) else None)

    def follow(self, sample: Sample, answer: Answer | None) -> None:
        """Remember what one request has made; a subscription is deleted at once."""
        if answer is not None and answer.accepted and sample.creates:
            self._workshop.created.append(sample.creates)
        if not self._subscribing:
            return
        if answer is not None and answer.accepted:
            subscriptions = self._workshop.subscriptions
            number = subscriptions.made_by(subscriptions.owner, answer)
            if number is not None:
                subscriptions.drop(number)
                return
        # What failed half-way, or without a word, may have been made all the same.
        self._strangers = self._strangers or answer is None or answer.accepted or answer.code >= 500

    def clear(self) -> None:
        """Clear away what is left, as far as the target lets us."""
        with contextlib.suppress(Undecided, NoAnswerError):
            if self._scratch is not None:
                self._workshop.subscriptions.drop(self._scratch)
        with contextlib.suppress(Undecided, NoAnswerError):
            if self._strangers:
                self._workshop.subscriptions.forget_strangers()
        if self._operation.label == UPDATE_ITEM:
            # The item may be in any state now: whoever changes one next takes another.
            self._workshop.renew("update")
