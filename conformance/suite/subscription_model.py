"""What a client should be shown of the webhook subscriptions that a walk has made, changed and deleted."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from conformance.errors import Blocked, NoAnswerError, Undecided
from conformance.suite.fields import Misfit
from conformance.suite.subscriptions import lasting, number_of
from conformance.suite.walks import AT_ONCE, refused, unless_lost
from conformance.target.answer import rows_of
from conformance.target.wire import Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.suite.exercises import Workshop
    from conformance.suite.walks import Step

ACTIONS = ("create", "update", "delete", "update", "create")

Row = dict[str, Any]


class SubscriptionModel:
    """The subscriptions of one walk, all of one client: by number, what lasts of each; None of a deleted one."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop
        self._subscriptions = workshop.subscriptions
        self._rows: dict[int, Row | None] = {}
        self._updatable = True

    # --- steps ---

    def take(self, step: Step) -> Iterable[Misfit]:
        """Take a step on the target and on the model; raises NotRun without an example, Blocked where it is refused."""
        there = [number for number, row in self._rows.items() if row is not None]
        if not there or (step.action == "create" and len(there) < AT_ONCE):
            return self._create()
        number = there[step.which % len(there)]
        return self._delete(number) if step.action == "delete" else self._update(number)

    def look_up(self) -> Iterable[Misfit]:
        """Compare the subscriptions that there are, and the last that was deleted, as read by their numbers."""
        gone = [number for number, row in self._rows.items() if row is None]
        looked_at = [number for number in self._rows if number not in gone] + gone[-1:]
        return [
            misfit for number in looked_at for misfit in self._judged(number, self._shown(number), "read by its number")
        ]

    def look_at_lists(self) -> Iterable[Misfit]:
        """Compare the list."""
        rows = {number_of(row): row for row in self._subscriptions.rows(self._subscriptions.owner)}
        return [misfit for number in self._rows for misfit in self._judged(number, rows.get(number), "in the list")]

    def clear(self) -> None:
        """Delete what is left, as far as the target lets us."""
        for number in self._rows:
            with contextlib.suppress(Undecided, NoAnswerError):
                self._subscriptions.drop(number)

    def _create(self) -> list[Misfit]:
        try:
            number = self._subscriptions.make()
        except Blocked as error:
            unless_lost(error)
            # How many a client may have is not documented: with some of them the walk goes on.
            if not self._rows:
                raise
            return []
        if self._rows.get(number) is not None:
            return [Misfit(_name(number), "its number is given to a new subscription, though it was not deleted")]
        row = self._shown(number)
        if row is None:
            return [Misfit(_name(number), "read by its number it is not there, though it was just created")]
        self._rows[number] = lasting(row)
        return []

    def _update(self, number: int) -> list[Misfit]:
        body = self._body(number)
        if body is None:
            return []
        owner = self._subscriptions.owner_of(number)
        answer = owner.ask(Request("PUT", f"/Webhook/{number}", json=body))
        if not answer.accepted:
            return refused(f"updating {_name(number)}", answer)
        after = self._shown(number)
        name = body.get("name") if isinstance(body, dict) else None
        if after is None or (name is not None and after.get("name") != name):
            return [Misfit(_name(number), f"its name is set to {name!r}, but it is shown as {after!r}")]
        self._rows[number] = lasting(after)
        return []

    def _body(self, number: int) -> Any:
        """A body that updates a subscription; None where none is known to work."""
        if not self._updatable:
            return None
        try:
            return self._workshop.updates.body(number)
        except Undecided as error:
            unless_lost(error)
            self._updatable = False
            return None

    def _delete(self, number: int) -> list[Misfit]:
        answer = self._subscriptions.remove(number)
        if not answer.accepted:
            return refused(f"deleting {_name(number)}", answer)
        # What was deleted last stands last.
        del self._rows[number]
        self._rows[number] = None
        return []

    # --- comparing ---

    def _shown(self, number: int) -> Row | None:
        answer = self._subscriptions.read(number)
        return next(iter(rows_of(answer.json)), None) if answer.accepted else None

    def _judged(self, number: int, shown: Row | None, where: str) -> Iterator[Misfit]:
        expected = self._rows[number]
        if expected is None:
            if shown is not None:
                yield Misfit(_name(number), f"{where} it is there, though it was deleted")
        elif shown is None:
            yield Misfit(_name(number), f"{where} it is not there, though it was never deleted")
        elif lasting(shown) != expected:
            yield Misfit(_name(number), f"{where} it is {lasting(shown)!r}, but was left as {expected!r}")


def _name(number: int) -> str:
    return f"subscription {number}"
