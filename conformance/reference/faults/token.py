"""Faults of the token endpoint."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.problems import Problem, internal_error
from conformance.reference.rules import BearerRules, LifecycleRules, TokenRules
from conformance.reference.rules.token import BASIC

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.reference.call import Call
    from conformance.reference.rules.bearer import SigningKey
    from conformance.reference.rules.token import Credentials, Form
    from conformance.reference.store import Account, Token


def _secret_of_any_client(site: Site, _account: Account, presented: Credentials) -> bool:
    """Look the secret up among those of all clients."""
    return any(account.secret == presented.secret for account in site.service.store.accounts.values())


def _secret_unchecked_by_basic(site: Site, account: Account, presented: Credentials) -> bool:
    """Take the user name of HTTP Basic for proof enough."""
    return presented.how == BASIC or bool(site.original(account, presented))


def _wrong_credentials_crash(site: Site, why: str, how: str) -> Problem:
    """Fail on a client that the database does not find."""
    if why == "credentials":
        return internal_error("Object reference not set to an instance of an object.").problem
    refusal: Problem = site.original(why, how)
    return refusal


def _previous_client(site: Site, account: Account, _form: Form) -> str:
    """Keep the client in a field of the endpoint that is set after the first token only."""
    seen: dict[str, str] = site.memory
    client_id = seen["last"] if account.client_id in seen else account.client_id
    seen[account.client_id] = seen["last"] = account.client_id
    return client_id


def _basic_answer_in_camel_case(site: Site, text: str, form: Form) -> Mapping[str, Any]:
    """Give the answer to a Basic request by another serializer."""
    answer: Mapping[str, Any] = site.original(text, form)
    if "client_id" in form:
        return answer
    return {"accessToken": text, "tokenType": answer["token_type"], "expiresIn": answer["expires_in"]}


def _without(name: str) -> Any:
    def variant(site: Site, text: str, form: Form) -> Mapping[str, Any]:
        return {key: value for key, value in site.original(text, form).items() if key != name}

    return variant


def _with(name: str, value: object) -> Any:
    def variant(site: Site, text: str, form: Form) -> Mapping[str, Any]:
        return {**site.original(text, form), name: value}

    return variant


def _basic_token_unknown(site: Site, text: str, key: SigningKey, tokens: Mapping[str, Token]) -> Token | None:
    """Keep tokens that were asked for by Basic in another table."""
    token: Token | None = site.original(text, key, tokens)
    return None if token is None or token.how == BASIC else token


def _form_needs_bearer(_site: Site, call: Call) -> bool:
    """Guard the endpoint like any other; Basic is let through by the guard of its own."""
    return call.headers.get("authorization", "").lower().startswith("basic ")


def _renewal_needs_bearer(site: Site, call: Call) -> bool:
    """Ask a client that holds a token of the last hour to show it when it wants another."""
    form = site.service.rules.token.form(call)
    header = call.headers.get("authorization", "")
    presented = (
        *site.service.rules.token.form_credentials(form),
        *site.service.rules.token.basic_credentials(header),
    )
    now = site.service.clock.now()
    held = [token for one in presented for token in site.service.store.tokens_of(one.client_id)]
    return not any(now - token.issued < timedelta(hours=1) for token in held)


def _only_latest(_site: Site, token: Token, tokens: Sequence[Token], _now: datetime) -> bool:
    """Store one token a client."""
    return any(later.number > token.number for later in tokens)


def _empty_by_basic(site: Site, text: str, form: Form) -> Mapping[str, Any]:
    """Fill the answer in before the token is made."""
    answer: Mapping[str, Any] = site.original(text, form)
    return answer if "client_id" in form else {**answer, "access_token": ""}


FAULTS = (
    Fault(
        name="token.basic-answer-without-content",
        sentence="The access_token in the answer to a Basic request is empty.",
        violates=("token.answer",),
        seen_as=("wrong-value",),
        suffering="Integrations log in and then fail on the first request.",
        rule=TokenRules.answer,
        variant=_empty_by_basic,
        follows=("token.basic",),
    ),
    Fault(
        name="token.type-null",
        sentence="The token_type is null.",
        violates=("token.answer", "token.type-bearer"),
        seen_as=("wrong-value",),
        suffering="OAuth libraries do not know how to send the token.",
        rule=TokenRules.answer,
        variant=_with("token_type", None),
    ),
    Fault(
        name="token.secret-without-case",
        sentence="The secret is compared without regard to letter case.",
        violates=("token.right-secret-only",),
        seen_as=("accepted",),
        suffering="A guesser of secrets needs millions of times fewer guesses.",
        rule=TokenRules.is_secret,
        variant=lambda _site, account, presented: presented.secret.lower() == account.secret.lower(),
    ),
    Fault(
        name="token.secret-prefix",
        sentence="Only the first eight characters of the secret are compared.",
        violates=("token.right-secret-only",),
        seen_as=("accepted",),
        suffering="Whoever has seen the beginning of a secret in a log has the secret.",
        rule=TokenRules.is_secret,
        variant=lambda _site, account, presented: presented.secret[:8] == account.secret[:8],
    ),
    Fault(
        name="token.secret-with-more",
        sentence="A secret is accepted with anything behind it.",
        violates=("token.right-secret-only",),
        seen_as=("accepted",),
        suffering="A secret that was pasted together with other text works, and nobody notices the leak.",
        rule=TokenRules.is_secret,
        variant=lambda _site, account, presented: presented.secret.startswith(account.secret),
    ),
    Fault(
        name="token.empty-secret",
        sentence="An empty secret is accepted for every client.",
        violates=("token.right-secret-only",),
        seen_as=("accepted",),
        suffering="Knowing a client ID is enough to act as the client.",
        rule=TokenRules.is_secret,
        variant=lambda site, account, presented: not presented.secret or site.original(account, presented),
        follows=("oauth.refusal-status",),
    ),
    Fault(
        name="token.secret-unchecked-by-basic",
        sentence="HTTP Basic is accepted with any password.",
        violates=("token.right-secret-only",),
        seen_as=("accepted",),
        suffering="Knowing a client ID is enough to act as the client.",
        rule=TokenRules.is_secret,
        variant=_secret_unchecked_by_basic,
        follows=("oauth.basic-challenge", "oauth.refusal-status", "rotation.old-secret"),
    ),
    Fault(
        name="token.secret-of-any-client",
        sentence="The secret of any client is accepted for every client ID.",
        violates=("token.right-secret-only",),
        seen_as=("accepted",),
        suffering="One leaked secret opens all accounts, those with more rights included.",
        rule=TokenRules.is_secret,
        variant=_secret_of_any_client,
    ),
    Fault(
        name="token.client-id-with-more",
        sentence="A client ID is accepted with anything behind it.",
        violates=("token.known-client-only",),
        seen_as=("accepted",),
        suffering="Logs name clients that do not exist, and blocking one by its ID does not help.",
        rule=TokenRules.is_account,
        variant=lambda _site, account, presented: presented.client_id.startswith(account.client_id),
        follows=("oauth.refusal-status",),
    ),
    Fault(
        name="token.client-id-unchecked",
        sentence="The client is found by its secret alone, whatever client ID is sent.",
        violates=("token.known-client-only",),
        seen_as=("accepted",),
        suffering="Secrets can be tried against all accounts at once.",
        rule=TokenRules.is_account,
        variant=lambda _site, _account, _presented: True,
        follows=(
            "token.right-secret-only",
            "rotation.old-secret",
            "oauth.refusal-status",
        ),
    ),
    Fault(
        name="token.wrong-credentials-crash",
        sentence="Wrong credentials are answered with a server error.",
        violates=("token.right-secret-only", "token.known-client-only", "oauth.refusal-status"),
        seen_as=("server-error",),
        suffering="A mistyped secret looks like an outage, and is retried for hours.",
        rule=TokenRules.refusal,
        variant=_wrong_credentials_crash,
        follows=("oauth.basic-challenge", "oauth.refusal-body", "rotation.old-secret", "property.no-server-error"),
    ),
    Fault(
        name="token.form-needs-bearer",
        sentence="A token request by form needs a bearer token like any other request.",
        violates=("token.form",),
        seen_as=("refused",),
        suffering="Nobody can get a first token as the documentation says.",
        rule=TokenRules.is_open,
        variant=_form_needs_bearer,
        follows=(
            "token.no-bearer-needed",
            "token.answer",
            "oauth.refusal-status",
            "oauth.refusal-body",
            "oauth.no-store",
            "rotation.new-secret",
            "expiry.renewal",
            "disabling.enabling",
        ),
    ),
    Fault(
        name="token.renewal-needs-bearer",
        sentence="A client that holds a token needs a bearer token to get another.",
        violates=("token.no-bearer-needed",),
        seen_as=("refused",),
        suffering="A client that has lost its token waits an hour for the next.",
        rule=TokenRules.is_open,
        variant=_renewal_needs_bearer,
        follows=(
            "token.form",
            "token.basic",
            "token.independent",
            "token.own-client",
            "expiry.own-end",
            "expiry.renewal",
            "rotation.new-secret",
            "rotation.other-clients",
            "disabling.other-clients",
            "disabling.enabling",
            "oauth.no-store",
        ),
    ),
    Fault(
        name="token.basic-refused",
        sentence="HTTP Basic is not understood at the token endpoint.",
        violates=("token.basic",),
        seen_as=("refused",),
        suffering="Standard OAuth libraries, which prefer Basic, get no token.",
        rule=TokenRules.basic_credentials,
        variant=lambda _site, _header: (),
    ),
    Fault(
        name="token.basic-token-dead",
        sentence="Basic gets a token, but the token is refused everywhere.",
        violates=("token.basic",),
        seen_as=("refused",),
        suffering="Integrations log in and then fail on the first request.",
        rule=BearerRules.token,
        variant=_basic_token_unknown,
        follows=("rotation.new-secret",),
    ),
    Fault(
        name="token.basic-answer-in-camel-case",
        sentence="The answer to a Basic request says accessToken instead of access_token.",
        violates=("token.basic",),
        seen_as=("missing",),
        suffering="OAuth libraries find no token in the answer.",
        rule=TokenRules.answer,
        variant=_basic_answer_in_camel_case,
        follows=("token.answer",),
    ),
    Fault(
        name="token.no-expires-in",
        sentence="The answer lacks expires_in.",
        violates=("token.answer",),
        seen_as=("missing",),
        suffering="Clients cannot tell when to ask for a new token.",
        rule=TokenRules.answer,
        variant=_without("expires_in"),
        follows=("token.expires-in", "token.expires-in-integer"),
    ),
    Fault(
        name="token.no-token-type",
        sentence="The answer lacks token_type.",
        violates=("token.answer",),
        seen_as=("missing",),
        suffering="OAuth libraries, which need the type, reject the answer.",
        rule=TokenRules.answer,
        variant=_without("token_type"),
        follows=("token.type-bearer",),
    ),
    Fault(
        name="token.type-jwt",
        sentence="The token_type is JWT.",
        violates=("token.type-bearer",),
        seen_as=("wrong-value",),
        suffering="Libraries that put the type in front of the token send a scheme that is refused.",
        rule=TokenRules.answer,
        variant=_with("token_type", "JWT"),
    ),
    Fault(
        name="token.expires-in-minutes",
        sentence="The expires_in is told in minutes.",
        violates=("token.expires-in",),
        seen_as=("wrong-value",),
        suffering="Clients ask for a new token sixty times as often as needed.",
        rule=TokenRules.answer,
        variant=_with("expires_in", 240),
    ),
    Fault(
        name="token.expires-in-text",
        sentence="The expires_in is a text.",
        violates=("token.expires-in-integer",),
        seen_as=("wrong-value",),
        suffering="Typed clients fail to read the answer.",
        rule=TokenRules.answer,
        variant=_with("expires_in", "14399"),
        follows=("token.expires-in",),
    ),
    Fault(
        name="token.one-per-client",
        sentence="A new token ends all earlier ones of its client at once.",
        violates=("token.independent",),
        seen_as=("refused",),
        suffering="Two workers of one integration throw each other out for ever.",
        rule=LifecycleRules.is_replaced,
        variant=_only_latest,
        follows=(
            "expiry.own-end",
            "expiry.four-hours",
            "expiry.idle",
            "expiry.renewal",
            "rotation.old-tokens-live-on",
            "rotation.other-clients",
            "disabling.other-clients",
            "authorization.concurrent",
        ),
    ),
    Fault(
        name="token.of-previous-client",
        sentence="From a client's second token on, the token acts for whichever client got the token before it.",
        violates=("token.own-client",),
        seen_as=("accepted",),
        suffering="An integration suddenly works with the rights of another.",
        rule=TokenRules.token_client,
        variant=_previous_client,
        follows=(
            "authorization.permission",
            "authorization.granted",
            "authorization.read-only",
            "authorization.warehouse-read",
            "authorization.warehouse-write",
            "authorization.warehouse-lists",
            "authorization.report-run",
            "authorization.report-list",
            "authorization.report-list-complete",
            "authorization.concurrent",
            "disabling.tokens-end",
            "disabling.other-clients",
            "disabling.enabling",
        ),
    ),
)
