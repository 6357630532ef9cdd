"""How a webhook subscription is updated: the documentation names the operation and gives no body for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, NotRun
from conformance.suite.subscription_bodies import member_of
from conformance.suite.subscription_members import disabling, spelled, varied
from conformance.suite.subscriptions import CREATE, LASTING, UPDATE, Row
from conformance.target.answer import ABSENT, rows_of
from conformance.target.examples import fill, placeholders
from conformance.target.wire import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.suite.subscriptions import Subscriptions
    from conformance.target.answer import Answer
    from conformance.target.discovery import World

# How a body is refused that is not understood.
BODY_REFUSED = frozenset({400, 409, 415, 422})
# What an update is seen by: `active` may end by itself, but not of a subscription that nothing was ever sent to.
SETTABLE = (*LASTING, "active")
EXAMPLE = "the declared example"
NO_EXAMPLE = (
    f"the documentation gives no body for {UPDATE} and none of the likely ones changed a subscription; "
    f'give one as [examples."{UPDATE}"]'
)

Way = tuple[str, "Callable[[Row, str], Any]"]
"""What a body is made of, and how it is made of the subscription as shown and a fresh text."""


@dataclass(frozen=True, slots=True)
class Update:
    """One update of a subscription: the body and its answer, the subscription before, and the answer to reading it after."""

    way: Way
    body: Any
    answer: Answer
    before: Row
    reading: Answer

    @property
    def after(self) -> Row:
        """The subscription as read afterwards; empty where it cannot be read."""
        return next(iter(rows_of(self.reading.json)), {}) if self.reading.accepted else {}

    @property
    def changed(self) -> bool:
        """Whether another subscription is read afterwards than before."""
        return self.reading.accepted and any(self.after.get(name) != self.before.get(name) for name in SETTABLE)


class Updates:
    """Updates subscriptions, and finds out first with which body that can be done."""

    def __init__(self, world: World, subscriptions: Subscriptions, unique: Callable[[], str]) -> None:
        self._world = world
        self._subscriptions = subscriptions
        self._unique = unique
        self._way: Way | None = None

    def body(self, number: int) -> Any:
        """A body that updates a subscription; raises NotRun where none is known, Blocked where the example is refused."""
        return self._known_way()[1](self._subscriptions.row(number), self._unique())

    def varied(self, number: int, member: str) -> Any:
        """A body that asks for another value of one documented member; raises NotRun where none is known to."""
        examples = self._world.target.examples
        known = [name for label in (CREATE, UPDATE) for name in spelled(member_of(examples.get(label), "events"))]
        row = self._subscriptions.row(number)
        # Where no body is declared, those members are known to be written as they are shown that a new one is made with.
        telling = examples.get(UPDATE, examples.get(CREATE))
        body = varied(self.body(number), member, row, known, self._unique())
        if body is ABSENT or member_of(telling, member) is ABSENT:
            message = f"the body of {UPDATE} has no {member} that could be changed"
            raise NotRun(Reason.NEEDS_EXAMPLE, message)
        return body

    def disabled(self, number: int) -> Row:
        """A subscription as it is shown after it was disabled by hand; raises NotRun where none is known to be."""
        owner = self._subscriptions.owner_of(number)
        for body in disabling(self.body(number)):
            owner.ask(Request("PUT", f"/Webhook/{number}", json=body))
            row = self._subscriptions.row(number)
            if row.get("active") is False or row.get("disableType") != 0:
                return row
        raise NotRun(Reason.NEEDS_EXAMPLE, f"no body of {UPDATE} is known that disables a subscription")

    def _known_way(self) -> Way:
        if self._way is None:
            scratch = self._subscriptions.make()
            try:
                update = self.attempt(scratch)
            finally:
                self._subscriptions.drop(scratch)
            if update.answer.code >= 500:
                message = f"no subscription can be updated: {update.answer!r}"
                raise Blocked(Reason.EARLIER_FAILURE, message, cause="webhooks.update")
            self._way = update.way
        return self._way

    def attempt(self, number: int) -> Update:
        """Update a subscription, by the first way that changes what is read of it.

        Where none does, the update that is to be judged for it; raises NotRun where nothing shows that the target
        should have understood a body, Blocked where it does not understand the declared example.
        """
        made: list[Update] = []
        for way in self._ways():
            update = self._made(number, way)
            if update.changed:
                return update
            made.append(update)
        telling = next((update for update in made if self._is_telling(update)), None)
        if telling is not None:
            return telling
        if made[0].way[0] == EXAMPLE:
            raise Blocked(
                Reason.EXAMPLE_REFUSED, f"the example for {UPDATE} was refused: {made[0].answer!r}", cause=UPDATE
            )
        raise NotRun(Reason.NEEDS_EXAMPLE, NO_EXAMPLE)

    def _made(self, number: int, way: Way) -> Update:
        before = self._subscriptions.row(number)
        body = way[1](before, self._unique())
        owner = self._subscriptions.owner_of(number)
        answer = owner.ask(Request("PUT", f"/Webhook/{number}", json=body))
        return Update(way, body, answer, before, self._subscriptions.read(number))

    def _is_telling(self, update: Update) -> bool:
        """Whether it is the target's fault that nothing changed, and not that of a body which it may not understand."""
        if not update.answer.accepted:
            return update.answer.code not in BODY_REFUSED
        if not update.reading.accepted:
            return True
        if update.way[0] == EXAMPLE:
            return self._asks_for_a_change(update)
        example = self._world.target.examples.get(CREATE)
        # Where subscriptions are made with the member `name`, it is by this member that one is renamed.
        return isinstance(example, dict) and "name" in example

    def _asks_for_a_change(self, update: Update) -> bool:
        """Whether the declared example asks for something that differs from what was there."""
        body = update.body if isinstance(update.body, dict) else {}
        known = [name for name in SETTABLE if name in body]
        if known:
            return any(body[name] != update.before.get(name) for name in known)
        return "unique" in placeholders(self._world.target.examples.get(UPDATE))

    def _ways(self) -> Iterator[Way]:
        example = self._world.target.examples.get(UPDATE)
        if example is not None:
            yield EXAMPLE, lambda _row, text: fill(example, {"unique": text})
            return
        yield "the subscription as it is shown, renamed", lambda row, text: {**row, "name": text}
        yield (
            "what of it can be set, renamed",
            lambda row, text: {**{name: row.get(name) for name in LASTING}, "name": text},
        )
        first = self._world.target.examples.get(CREATE)
        if "unique" in placeholders(first):
            yield "the example of a new one", lambda _row, text: fill(first, {"unique": text})
        yield "the new name alone", lambda _row, text: {"name": text}
