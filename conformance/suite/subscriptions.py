"""The webhook subscriptions that the suite makes: from the example that the target file declares, deleted at the end."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from conformance.contract.outcomes import Reason
from conformance.contract.permissions import expected
from conformance.errors import Blocked, NoAnswerError, NotRun, Undecided
from conformance.suite.subscription_bodies import is_https, replaced, texts_of
from conformance.target.answer import rows_of
from conformance.target.examples import fill, placeholders
from conformance.target.wire import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from conformance.contract.specification import Operation
    from conformance.target.access import Access
    from conformance.target.answer import Answer
    from conformance.target.discovery import World
    from conformance.target.session import Session

LIST = "GET /Webhook"
CREATE = "POST /Webhook"
READ = "GET /Webhook/{id}"
UPDATE = "PUT /Webhook/{id}"
REMOVE = "DELETE /Webhook/{id}"
TEST = "POST /Webhook/{id}/test"
LOG = "GET /Webhook/{id}/log"
NO_EXAMPLE = f'the documentation gives no body for {CREATE}; give one as [examples."{CREATE}"]'
MOST_PAGES = 40
PAGE = 250

# What is read of a subscription to tell whether somebody has changed it: nothing that deliveries change by themselves.
LASTING = ("name", "url", "events", "payloadMode")

Row = dict[str, Any]
"""A subscription as the target shows it."""


class Subscriptions:
    """Makes subscriptions and remembers whose they are; a client sees and manages only its own."""

    def __init__(self, world: World, unique: Callable[[], str], prefix: str) -> None:
        self._world = world
        self._unique = unique
        self._prefix = prefix
        self._owner: Session | None = None
        self._made: dict[int, Session] = {}
        self._subject: int | None = None
        self._before: dict[str, frozenset[int]] = {}
        self._distinct: bool | None = None

    @property
    def owner(self) -> Session:
        """The client that makes them where no other is asked for; raises NotRun where none may."""
        if self._owner is None:
            self._owner = self._world.able(self._world.specification[CREATE])
        return self._owner

    # --- bodies ---

    def body(self) -> Any:
        """The body of a new subscription, each time with fresh texts; raises NotRun where no example is declared."""
        if self._distinct is None:
            self._distinct = False
            self._distinct = self._must_be_distinct()
        return self._filled()

    def _filled(self) -> Any:
        if not self._world.target.limits.writes:
            raise NotRun(Reason.WRITES_OFF)
        example = self._world.target.examples.get(CREATE)
        if example is None:
            raise NotRun(Reason.NEEDS_EXAMPLE, NO_EXAMPLE)
        body = fill(example, {"unique": self._unique()})
        if not self._distinct:
            return body
        return replaced(body, is_https, lambda url: f"{url.rstrip('/')}/{self._unique()}")

    def _must_be_distinct(self) -> bool:
        """Find out whether a client may subscribe twice with one URL; elsewhere each subscription gets its own."""
        filled = self._filled()
        for session in self._holders():
            self._remember(session)
        first = self.send(self.owner, filled)
        second = self.send(self.owner, self._filled())
        self._forget_strangers(self.owner)
        return first.accepted and second.code == 409

    @property
    def _marked(self) -> bool:
        """Whether a subscription shows by its texts which run has made it."""
        return "unique" in placeholders(self._world.target.examples.get(CREATE)) or self._distinct is True

    # --- making ---

    def make(self, owner: Session | None = None) -> int:
        """Make a subscription and return its number; raises Blocked where that fails."""
        owner = owner or self.owner
        answer = self.send(owner, self.body())
        if not answer.accepted:
            raise Blocked(
                Reason.EXAMPLE_REFUSED, f"no subscription could be made of the example: {answer!r}", cause=CREATE
            )
        number = self.made_by(owner, answer)
        if number is None:
            raise Blocked(
                Reason.PREPARATION_FAILED,
                f"neither the answer nor the list tells the number of the subscription that was made: {answer!r}",
                cause=CREATE,
            )
        return number

    def send(self, owner: Session, body: Any) -> Answer:
        """Ask for a subscription with a body and return the answer, whatever it is; `made_by` tells what came of it."""
        return owner.ask(Request("POST", "/Webhook", json=body))

    def _remember(self, session: Session) -> None:
        """Note which subscriptions a client had before the suite made any for it."""
        if session.name not in self._before:
            own = frozenset(filter(None, map(number_of, self.rows(session))))
            self._before[session.name] = own - self._made.keys()

    def try_out(self, body: Any) -> tuple[Answer, list[int]]:
        """Ask for a subscription that is to be refused: the answer, and the numbers of what came of it; that is deleted."""
        before = set(self._own(self.owner))
        answer = self.send(self.owner, body)
        told = self.made_by(self.owner, answer)
        left = sorted((set(self._own(self.owner)) - before) | ({told} if told is not None else set()))
        for number in left:
            self.gone(number)
            self.owner.ask(Request("DELETE", f"/Webhook/{number}"))
        return answer, left

    def made_by(self, owner: Session, answer: Answer) -> int | None:
        """The number of a subscription just made: as the answer tells it, else the new one in the list; None if refused.

        It is deleted at the end of the run. What the client had before is never taken for it.
        """
        if not answer.accepted:
            return None
        others = self._before.get(owner.name, frozenset()) | self._made.keys()
        told = number_of(next(iter(rows_of(answer.json)), {}))
        if told in others:
            told = None
        if told is None and owner.name in self._before:
            new = [number for row in self.rows(owner) if (number := number_of(row)) is not None]
            told = max((number for number in new if number not in others), default=None)
        if told is not None:
            self._made[told] = owner
        return told

    def subject(self) -> int:
        """The number of a subscription to try things on; it stays the same until it was deleted."""
        if self._subject is None or self._subject not in self._made:
            self._subject = self.make()
        return self._subject

    def readable(self) -> int:
        """The number of a subscription to read: one made by the suite, else one that its owner has anyway."""
        try:
            return self.subject()
        except NotRun:
            found = next((number for row in self.rows(self.owner) if (number := number_of(row)) is not None), None)
            if found is None:
                raise
            return found

    # --- reading ---

    def rows(self, session: Session) -> list[Row]:
        """All subscriptions that a client is shown; none where it is refused the list."""
        found: list[Row] = []
        for page in range(1, MOST_PAGES + 1):
            answer = session.ask(Request("GET", "/Webhook", params={"page": page, "pageSize": PAGE}))
            rows = rows_of(answer.json) if answer.accepted else []
            found += rows
            if answer.member("hasMore") is not True or not rows:
                break
        return found

    def count(self, session: Session) -> tuple[Answer, int | None]:
        """The first page of a client's list, and the totalCount that it tells."""
        answer = session.ask(Request("GET", "/Webhook", params={"page": 1, "pageSize": PAGE}))
        told = answer.member("totalCount")
        return answer, told if type(told) is int else None

    def read(self, number: int, session: Session | None = None) -> Answer:
        """The answer to reading a subscription, as its owner where no other client is named."""
        reader = session or self.owner_of(number)
        return reader.ask(Request("GET", f"/Webhook/{number}"))

    def owner_of(self, number: int) -> Session:
        """The client that made a subscription."""
        return self._made.get(number) or self.owner

    def row(self, number: int) -> Row:
        """A subscription as its owner is shown it; raises Blocked where it cannot be read."""
        answer = self.read(number)
        row = next(iter(rows_of(answer.json)), None) if answer.accepted else None
        if row is None:
            raise Blocked(
                Reason.PREPARATION_FAILED,
                f"a subscription cannot be read by its owner: {answer!r}",
                cause="webhooks.by-number",
            )
        return row

    def shown(self, number: int) -> str:
        """A subscription as its owner is shown it, without what time changes by itself."""
        return repr(lasting(self.row(number)))

    def is_there(self, number: int) -> bool:
        """Whether its owner can read a subscription."""
        return self.read(number).accepted

    def census(self) -> list[tuple[str, list[int]]]:
        """The numbers of the run's own subscriptions, by the clients for whom a refused request might have made some."""
        held = [session for session in self._holders() if session is self.owner or session.rights.read_only]
        return [(session.name, sorted(self._own(session))) for session in held]

    def _own(self, session: Session) -> Iterator[int]:
        """The subscriptions of a client that this run has made."""
        before = self._before.get(session.name, frozenset())
        for row in self.rows(session):
            number = number_of(row)
            if number is not None and (number in self._made or (number not in before and self._is_ours(row))):
                yield number

    def _is_ours(self, row: Row) -> bool:
        """Whether a subscription has this run's mark; without a mark in the example, whether it has its URL."""
        texts = [text for text in row.values() if isinstance(text, str)]
        if self._marked:
            return any(self._prefix.lower() in text.lower() for text in texts)
        return row.get("url") in texts_of(self._world.target.examples.get(CREATE))

    def _holders(self) -> list[Session]:
        """The usable clients that may list subscriptions of their own, whether or not they may make any."""
        return _allowed(self._world, LIST)

    # --- ending ---

    def gone(self, number: int) -> None:
        """Forget a subscription that was deleted."""
        self._made.pop(number, None)

    def drop(self, number: int) -> None:
        """Delete a subscription that the suite has made, as its owner, unless that was done."""
        if number in self._made:
            self.remove(number)

    def remove(self, number: int) -> Answer:
        """The answer to the deletion of a subscription by its owner."""
        owner = self.owner_of(number)
        self.gone(number)
        return owner.ask(Request("DELETE", f"/Webhook/{number}"))

    def forget_strangers(self) -> None:
        """Delete the run's subscriptions that requests have left behind whose answers nobody looked at."""
        for session in self._holders():
            self._forget_strangers(session)

    def _forget_strangers(self, session: Session) -> None:
        for number in list(self._own(session)):
            if number not in self._made:
                session.ask(Request("DELETE", f"/Webhook/{number}"))

    def restore(self) -> None:
        """Delete all that the suite has made, as far as the target lets us."""
        for number in list(self._made):
            with contextlib.suppress(Undecided, NoAnswerError):
                self.drop(number)
        if self._distinct is not None:
            with contextlib.suppress(Undecided, NoAnswerError):
                self.forget_strangers()


# --- what is told from a row and from an answer ---


def number_of(row: Mapping[str, Any]) -> int | None:
    """The `rec` of a subscription, also where it is written as a text; None where there is none."""
    told = row.get("rec")
    if isinstance(told, str) and told.isascii() and told.isdigit():
        return int(told)
    return told if type(told) is int else None


def lasting(row: Mapping[str, Any]) -> dict[str, Any]:
    """What of a subscription stays as it is until somebody changes it."""
    return {name: row.get(name) for name in LASTING}


def is_performed(label: str, answer: Answer) -> bool:
    """Whether an answer is that of an operation that was let in and done.

    A test event goes to a URL at which nobody listens. A target may report that with a status of its own, which the
    documentation leaves open: it then tells that it has tried.
    """
    if label != TEST or answer.accepted:
        return answer.accepted
    return answer.code in {502, 504} or (400 <= answer.code < 500 and answer.code not in {401, 403, 404, 405})


# --- who ---


def is_owned(operation: Operation) -> bool:
    """Whether an operation is about one object that belongs to one client."""
    return operation.resource == "Webhook" and "{" in operation.path


def subscribers(world: World) -> list[Session]:
    """The usable clients that may make subscriptions, those with the widest rights first."""
    return _allowed(world, CREATE)


def _allowed(world: World, label: str) -> list[Session]:
    operation = world.specification.by_label.get(label)
    return [
        session
        for session in world.by_width
        if operation is not None and session.unusable is None and expected(session.rights, operation).allowed
    ]


def require_subscribers(access: Access) -> tuple[Session, Session]:
    """Two clients that may make subscriptions; raises NotRun where the target file declares fewer."""
    found = subscribers(access.world)
    if len(found) < 2:
        raise NotRun(
            Reason.NEEDS_CLIENT, "add a second client with the permission webhooks.admin that is not read-only"
        )
    return found[0], found[1]


def strangers(access: Access, owner: Session) -> list[Session]:
    """Clients that may make subscriptions but have not made the owner's: one of equal rights, one of others.

    Raises NotRun where there is none.
    """
    require_subscribers(access)
    others = [session for session in subscribers(access.world) if session is not owner]
    alike = [session for session in others if session.rights == owner.rights]
    unlike = [session for session in others if session.rights != owner.rights]
    return alike[:1] + unlike[:1]
