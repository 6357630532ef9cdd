"""Clients that can be told apart by what they may do, and many of their requests at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.contract.outcomes import Reason
from conformance.contract.permissions import Denial, expected
from conformance.errors import Blocked, NotRun
from conformance.target.recorder import CURRENT, Evidence
from conformance.target.wire import Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.contract.specification import Operation
    from conformance.target.access import Access
    from conformance.target.answer import Answer
    from conformance.target.session import Session


@dataclass(frozen=True, slots=True)
class Pair:
    """A client that may read a list, one that may not, and the request; each was seen to get its due when alone."""

    allowed: Session
    denied: Session
    request: Request


def distinguishing(access: Access) -> Pair:
    """Find two clients that can be told apart; raises NotRun where none are declared, Blocked where none differ."""
    for pair in declared_pairs(access):
        if pair.allowed.ask(pair.request).code != 200:
            continue
        # Asked twice: a refusal that does not last tells nobody apart.
        if all(pair.denied.ask(pair.request).code == 403 for _ in range(2)):
            return pair
    raise Blocked(
        Reason.EARLIER_FAILURE,
        "no two clients are treated differently even when each asks alone",
        cause="authorization.permission",
    )


def declared_pairs(access: Access) -> list[Pair]:
    """The pairs of clients that should be told apart, by what they declare; raises NotRun where there is none."""
    found = [pair for operation in access.specification for pair in _pairs(access, operation)]
    if not found:
        raise NotRun(
            Reason.NEEDS_CLIENT,
            "no two clients can be told apart by a list that one may read and the other may not: add a client without items.read",
        )
    return found


def _pairs(access: Access, operation: Operation) -> list[Pair]:
    """The first pair of clients for an operation, if it is a plain list and there is one."""
    if not _plain_list(operation) or operation.resource not in access.target.resources:
        return []
    allowed = [session for session in access.sessions.values() if _may(session, operation)]
    denied = [
        session
        for session in access.sessions.values()
        if session.unusable is None and expected(session.rights, operation).reasons == (Denial.PERMISSION,)
    ]
    request = Request("GET", operation.path, params={"page": 1, "pageSize": 5})
    return [Pair(allowed[0], denied[0], request)] if allowed and denied else []


def _plain_list(operation: Operation) -> bool:
    return (
        operation.secured and operation.method == "GET" and operation.listing is not None and "{" not in operation.path
    )


def _may(session: Session, operation: Operation) -> bool:
    unlimited = not (operation.warehouses and session.rights.warehouses.limited)
    reports = operation.resource != "Report" or session.rights.reports.all
    return session.unusable is None and unlimited and reports and expected(session.rights, operation).allowed


def ask_together(access: Access, pair: Pair, rounds: int) -> tuple[list[Answer], list[Answer]]:
    """Let both clients ask at the same time, over and over; the answers to the allowed and to the denied one."""
    allowed, denied = pair.allowed.new_token(), pair.denied.new_token()
    tokens = {pair.allowed.name: allowed, pair.denied.name: denied}

    def ask(session: Session) -> Answer:
        return session.ask_with(tokens[session.name], pair.request)

    answers = _at_once(access, ask, [pair.allowed, pair.denied] * rounds)
    return answers[::2], answers[1::2]


def request_tokens_together(access: Access, pair: Pair, rounds: int) -> tuple[list[Answer], list[Answer]]:
    """Let both clients ask for tokens at the same time; what their requests with these tokens are answered."""

    def ask(session: Session) -> Answer:
        return session.request_token(session.way)

    issued = _at_once(access, ask, [pair.allowed, pair.denied] * rounds)
    answers = []
    for number, answer in enumerate(issued):
        session = (pair.allowed, pair.denied)[number % 2]
        token = session.token_of(answer)
        if token is not None:
            answers.append((number % 2, session.ask_with(token, pair.request)))
    return [answer for who, answer in answers if who == 0], [answer for who, answer in answers if who == 1]


def _at_once(access: Access, ask: Callable[[Session], Answer], sessions: list[Session]) -> list[Answer]:
    evidence = CURRENT.get()

    def alone(session: Session) -> Answer:
        CURRENT.set(Evidence())
        return ask(session)

    with ThreadPoolExecutor(access.target.limits.concurrency) as pool:
        answers = list(pool.map(alone, sessions))
    if evidence is not None:
        evidence.rest_on(*(answer.exchange for answer in _telling(answers)))
    return answers


def _telling(answers: list[Answer]) -> list[Answer]:
    """The first pair, and every answer that differs from it."""
    return answers[:2] + [
        answer for number, answer in enumerate(answers[2:]) if answer.code != answers[number % 2].code
    ]
