"""How ``POST /Token`` judges credentials and what it answers (authentication, POST /Token)."""

# ruff: noqa: ARG002 -- a docstring states the rule as documented; a rule is given all that a faulty server looks at

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from conformance.reference.choices import BasicReading, RefusalShape
from conformance.reference.problems import Problem
from conformance.reference.rules.rule import Rules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from conformance.reference.call import Call
    from conformance.reference.store import Account

Form = dict[str, list[str]]

FORM = "form"
BASIC = "basic"

_OAUTH_WORDS = {
    "credentials": ("invalid_client", "The client credentials are wrong."),
    "disabled": ("invalid_client", "The client credentials are wrong."),
    "request": ("invalid_request", "The token request is malformed."),
    "grant": ("unsupported_grant_type", "The grant type is to be client_credentials."),
}


@dataclass(frozen=True, slots=True)
class Credentials:
    """A client ID and a secret as presented, and how: by `form` or `basic`."""

    client_id: str
    secret: str
    how: str


class TokenRules(Rules):
    """Who gets a token."""

    def is_open(self, call: Call) -> bool:
        """Every request except to the token endpoint needs a valid bearer token."""
        return True

    def form(self, call: Call) -> Form:
        """The fields stand in the body, never in the address (RFC 6749 section 2.3.1); whether JSON will do is open."""
        if self.dialect.token_takes_json and "content-type" in call.headers and call.is_json():
            return {name: [value] for name, value in call.json_object().items() if isinstance(value, str)}
        return call.form()

    def takes_both(self) -> bool:
        """Whether credentials may stand in the form and in the header is open."""
        return self.dialect.token_takes_both

    def form_credentials(self, form: Form) -> Sequence[Credentials]:
        """The form fields are client_id and client_secret."""
        names, secrets = form.get("client_id", []), form.get("client_secret", [])
        if len(names) != 1 or len(secrets) != 1:
            return ()
        return (Credentials(names[0], secrets[0], FORM),)

    def basic_credentials(self, header: str) -> Sequence[Credentials]:
        """HTTP Basic has the client ID as user and the secret as password, raw or percent-encoded (RFC 6749 section 2.3.1)."""
        scheme, _, encoded = header.partition(" ")
        if scheme.lower() != "basic":
            return ()
        try:
            text = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
        except (binascii.Error, ValueError):
            return ()
        name, colon, secret = text.partition(":")
        if not colon:
            return ()
        raw, decoded = Credentials(name, secret, BASIC), Credentials(unquote_plus(name), unquote_plus(secret), BASIC)
        return {
            BasicReading.EITHER: (raw, decoded),
            BasicReading.RAW: (raw,),
            BasicReading.ENCODED: (decoded,),
        }[self.dialect.basic_reading]

    def needs_grant(self, how: str) -> bool:
        """Whether grant_type may be left out is open; `how` is form or basic."""
        return self.dialect.basic_needs_grant if how == BASIC else self.dialect.form_needs_grant

    def is_grant(self, grants: Sequence[str]) -> bool:
        """The form holds grant_type=client_credentials, once."""
        return list(grants) == ["client_credentials"]

    def is_account(self, account: Account, presented: Credentials) -> bool:
        """A client ID names one client, letter for letter."""
        return account.client_id == presented.client_id

    def is_secret(self, account: Account, presented: Credentials) -> bool:
        """A client's secret is that text and no other."""
        return account.secret == presented.secret

    def may_have_token(self, account: Account, presented: Credentials, now: datetime) -> bool:
        """Account disabled: new tokens cannot be issued."""
        return account.disabled is None

    def token_client(self, account: Account, form: Form) -> str:
        """Each set of credentials maps to one integration user, whatever else the form names."""
        return account.client_id

    def answer(self, text: str, form: Form) -> Mapping[str, Any]:
        """The answer is JSON with access_token, token_type and expires_in."""
        return {"access_token": text, "token_type": self.dialect.token_type, "expires_in": self.dialect.expires_in}

    def answer_status(self) -> int:
        """The status of an issued token is open."""
        return self.dialect.token_status

    def answer_headers(self) -> Mapping[str, str]:
        """RFC 6749 section 5.1: the answer is not to be stored."""
        return {"Cache-Control": "no-store", "Pragma": "no-cache"}

    def refusal(self, why: str, how: str) -> Problem:
        """The status is open; RFC 6749 section 5.2 has 400, and for wrong Basic credentials 401 with a challenge.

        `why` is credentials, disabled, request or grant.
        """
        error, message = _OAUTH_WORDS[why]
        status = self._refusal_status(why, how)
        if self.dialect.token_refusal is RefusalShape.UNIFORM:
            error = {401: "unauthorized", 403: "forbidden"}.get(status, "bad_request")
        challenged = status == 401 and self.dialect.challenges
        headers = (("WWW-Authenticate", 'Basic realm="InventoryPro", charset="UTF-8"'),) if challenged else ()
        return Problem(status, error, message, headers=headers)

    def _refusal_status(self, why: str, how: str) -> int:
        if why not in {"credentials", "disabled"}:
            return 400
        if why == "disabled" and self.dialect.disabled_is_forbidden:
            return 403
        return self.dialect.basic_refusal_status if how == BASIC else self.dialect.form_refusal_status

    def refusal_body(self, problem: Problem, uniform: Mapping[str, Any]) -> Mapping[str, Any]:
        """The error shape holds for every endpoint; OAuth 2.0 has its own for this one."""
        if self.dialect.token_refusal is RefusalShape.UNIFORM:
            return uniform
        return {"error": problem.error, "error_description": problem.message}
