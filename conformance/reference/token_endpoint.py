"""``POST /Token``: credentials in, access token out (authentication, POST /Token)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.call import Reply
from conformance.reference.problems import ApiError
from conformance.reference.rules.token import BASIC, FORM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.reference.call import Call
    from conformance.reference.rules.token import Credentials, Form
    from conformance.reference.service import Service
    from conformance.reference.store import Account


async def answer_token(service: Service, call: Call) -> Reply:
    """Issue a token, or refuse it in the endpoint's own shape."""
    rules = service.rules.token
    try:
        if not rules.is_open(call):
            await service.account(None, call)
        return _issue(service, call)
    except ApiError as error:
        body = rules.refusal_body(error.problem, service.rules.wire.error_body(error.problem))
        return Reply(error.problem.status, body, dict(error.problem.headers))


def _issue(service: Service, call: Call) -> Reply:
    rules = service.rules.token
    how = BASIC if "authorization" in call.headers else FORM
    form = _form(service, call, how)
    grants = form.get("grant_type", [])
    if (grants or rules.needs_grant(how)) and not rules.is_grant(grants):
        why = "grant" if len(grants) == 1 else "request"
        raise ApiError(rules.refusal(why, how))
    presented = _presented(service, call, form)
    if not presented:
        raise ApiError(rules.refusal("credentials" if how == BASIC else "request", how))
    account, accepted = _account(service, presented)
    if not rules.may_have_token(account, accepted, service.clock.now()):
        raise ApiError(rules.refusal("disabled", how))
    token = service.issue(rules.token_client(account, form), accepted.how)
    return Reply(rules.answer_status(), rules.answer(token.text, form), rules.answer_headers())


def _form(service: Service, call: Call, how: str) -> Form:
    try:
        return service.rules.token.form(call)
    except ApiError as error:
        raise ApiError(service.rules.token.refusal("request", how)) from error


def _presented(service: Service, call: Call, form: Form) -> Sequence[Credentials]:
    """Collect the credentials; RFC 6749 section 2.3: not more than one way in one request."""
    rules = service.rules.token
    header = call.headers.get("authorization")
    if header is None:
        return rules.form_credentials(form)
    if "client_secret" in form and not rules.takes_both():
        return ()
    return rules.basic_credentials(header)


def _account(service: Service, presented: Sequence[Credentials]) -> tuple[Account, Credentials]:
    """Find the account whose client ID and secret were presented."""
    rules, now = service.rules.token, service.clock.now()
    for credentials in presented:
        for account in service.store.accounts.values():
            if not rules.is_account(account, credentials):
                continue
            for secret in service.rules.lifecycle.secrets(account, now):
                if rules.is_secret(replace(account, secret=secret), credentials):
                    return account, credentials
    raise ApiError(rules.refusal("credentials", presented[0].how))
