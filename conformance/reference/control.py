"""The control endpoint: time and administration, one JSON object in and one out."""

from __future__ import annotations

import hmac
import json
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from conformance.reference.call import Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.reference.call import Call
    from conformance.reference.service import Service
    from conformance.reference.store import Account

    Action = Callable[[Service, Mapping[str, Any]], dict[str, Any]]

_LAST_YEAR = datetime(9000, 1, 1, tzinfo=UTC)


class _RefusedError(Exception):
    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


def answer_control(service: Service, call: Call) -> Reply:
    """Carry out one administrative action; ``{"error": ...}`` tells why one is refused."""
    try:
        _check_token(service, call)
        question = _question(call)
        return Reply(200, _action(service, question)(service, question))
    except _RefusedError as error:
        return Reply(error.status, {"error": str(error)})


def _action(service: Service, question: Mapping[str, Any]) -> Action:
    action = _ACTIONS.get(str(question.get("action")))
    if action is None or (action is _reset and not service.dialect.offers_reset):
        raise _RefusedError(400, f"there is no action {question.get('action')!r}; describe lists them")
    return action


def _check_token(service: Service, call: Call) -> None:
    expected = f"Bearer {service.control_token}"
    if not hmac.compare_digest(call.headers.get("authorization", "").encode(), expected.encode()):
        raise _RefusedError(401, "the control token is missing or wrong")


def _question(call: Call) -> Mapping[str, Any]:
    try:
        question = json.loads(call.body)
    except (ValueError, RecursionError) as error:
        raise _RefusedError(400, "the question is not JSON") from error
    if not isinstance(question, dict):
        raise _RefusedError(400, "the question is not a JSON object")
    return question


def _account(service: Service, question: Mapping[str, Any]) -> Account:
    account = service.store.accounts.get(str(question.get("client_id")))
    if account is None:
        raise _RefusedError(404, f"there is no client {question.get('client_id')!r}")
    return account


def _now(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _describe(service: Service, _question: Mapping[str, Any]) -> dict[str, Any]:
    actions = [name for name, action in _ACTIONS.items() if service.dialect.offers_reset or action is not _reset]
    return {"actions": actions} | _told(service, service.clock.now())


def _told(service: Service, moment: datetime) -> dict[str, str]:
    return {"now": _now(moment)} if service.dialect.tells_now else {}


def _advance(service: Service, question: Mapping[str, Any]) -> dict[str, Any]:
    seconds = question.get("seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not seconds > 0:
        raise _RefusedError(400, "seconds is to be a positive number")
    if seconds > (_LAST_YEAR - service.clock.now()).total_seconds():
        raise _RefusedError(400, "the clock does not go further than the year 9000")
    return _told(service, service.clock.advance(seconds))


def _rotate(service: Service, question: Mapping[str, Any]) -> dict[str, Any]:
    account = _account(service, question)
    account.old_secrets.append(account.secret)
    account.secret = secrets.token_urlsafe(24)
    account.rotated = service.clock.now()
    return {"client_secret": account.secret}


def _disable(service: Service, question: Mapping[str, Any]) -> dict[str, Any]:
    account = _account(service, question)
    if account.disabled is not None and not service.dialect.disabling_again_restarts:
        return {}
    if account.disabled is not None:
        service.store.remember_enabled(account, service.clock.now())
    account.disabled = account.ever_disabled = service.clock.now()
    return {}


def _enable(service: Service, question: Mapping[str, Any]) -> dict[str, Any]:
    account = _account(service, question)
    if account.disabled is not None:
        account.disabled, account.enabled = None, service.clock.now()
    if service.rules.lifecycle.enabling_forgets_status():
        service.store.statuses.clear()
    return {}


def _reset(service: Service, _question: Mapping[str, Any]) -> dict[str, Any]:
    service.store.reset()
    if service.dialect.reset_ends_tokens:
        service.store.end_tokens()
    return {}


_ACTIONS: Mapping[str, Action] = {
    "describe": _describe,
    "advance": _advance,
    "rotate": _rotate,
    "disable": _disable,
    "enable": _enable,
    "reset": _reset,
}
