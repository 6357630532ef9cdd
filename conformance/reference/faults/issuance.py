"""Faults of the token endpoint that show for some clients, in one way in, or not with the first token."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.rules import BearerRules, LifecycleRules, TokenRules
from conformance.reference.rules.lifecycle import LIFETIME
from conformance.reference.rules.token import BASIC, FORM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.reference.call import Call
    from conformance.reference.rules.token import Credentials, Form
    from conformance.reference.store import Account, Token


def _held(site: Site, call: Call) -> Sequence[Token]:
    """Give the tokens of the client that a token request names."""
    rules = site.service.rules.token
    presented = (
        *rules.form_credentials(rules.form(call)),
        *rules.basic_credentials(call.headers.get("authorization", "")),
    )
    return [token for one in presented[:1] for token in site.service.store.tokens_of(one.client_id)]


def _issued(site: Site, text: str) -> Token:
    return next(token for token in site.service.store.tokens.values() if token.text == text)


# --- who gets a token -----------------------------------------------------------------------------------------------


def _as_the_first_time(site: Site, account: Account, presented: Credentials) -> bool:
    """Register a client for Basic when it first uses it, and refuse its form from then on."""
    if not site.original(account, presented):
        return False
    if presented.how == BASIC:
        site.memory[account.client_id] = True
    return presented.how == BASIC or account.client_id not in site.memory


def _short_ids_alone(site: Site, account: Account, presented: Credentials) -> bool:
    """Hand the field to the database as a text of sixteen characters."""
    is_cut = presented.how == FORM and len(account.client_id) > 16
    return not is_cut and bool(site.original(account, presented))


def _fourth_needs_bearer(site: Site, call: Call) -> bool:
    """Take a client with three working tokens for a loop, and ask it for one of them."""
    now = site.service.clock.now()
    return sum(now - token.issued < LIFETIME for token in _held(site, call)) < 3


def _writer_needs_bearer(site: Site, call: Call) -> bool:
    """Ask a client that can do harm to prove by its token that it is still the same."""
    now, accounts = site.service.clock.now(), site.service.store.accounts
    held = [token for token in _held(site, call) if now - token.issued < LIFETIME]
    client = accounts[held[0].client_id].client if held else None
    return client is None or client.read_only or "items.write" not in client.permissions


def _after_the_end_needs_bearer(site: Site, call: Call) -> bool:
    """Ask for the old token as for a refresh token."""
    held, now = _held(site, call), site.service.clock.now()
    return not held or now - held[-1].issued < LIFETIME


# --- what the answer says -------------------------------------------------------------------------------------------


def _again_without_lifetime(site: Site, text: str, form: Form) -> Mapping[str, Any]:
    """Find the client in the table of sessions, and answer by another branch."""
    answer: Mapping[str, Any] = site.original(text, form)
    token = _issued(site, text)
    if site.service.store.tokens_of(token.client_id)[0] is token:
        return answer
    return {name: value for name, value in answer.items() if name != "expires_in"}


def _encoded_twice(site: Site, text: str, form: Form) -> object:
    """Let the serializer have what is a text already."""
    answer: Mapping[str, Any] = site.original(text, form)
    if "client_id" in form:
        return answer
    members = (
        f'"{name}":"{value}"' if isinstance(value, str) else f'"{name}":{value}' for name, value in answer.items()
    )
    return "{" + ",".join(members) + "}"


def _an_hour_by_basic(site: Site, text: str, form: Form) -> Mapping[str, Any]:
    """Leave the library's own hour where the form's handler is not reached."""
    answer: Mapping[str, Any] = site.original(text, form)
    return answer if "client_id" in form else {**answer, "expires_in": 3600}


def _moment_of_the_end(site: Site, text: str, form: Form) -> Mapping[str, Any]:
    """Give the claim exp in the place of a duration."""
    end = site.service.clock.now() + LIFETIME
    return {**site.original(text, form), "expires_in": int(end.timestamp())}


def _left_of_the_oldest(site: Site, text: str, form: Form) -> Mapping[str, Any]:
    """Look up when the client's session ends, which its oldest token has begun."""
    now = site.service.clock.now()
    tokens = site.service.store.tokens_of(_issued(site, text).client_id)
    oldest = next(token for token in tokens if now - token.issued < LIFETIME)
    left = (oldest.issued + LIFETIME - now).total_seconds()
    return {**site.original(text, form), "expires_in": min(int(left), 14399)}


# --- side by side ---------------------------------------------------------------------------------------------------


def _later_of_the_same_second(_site: Site, token: Token, tokens: Sequence[Token], _now: datetime) -> bool:
    """Keep tokens by client and second of issue."""
    second = timedelta(seconds=1)
    return any(later.number > token.number and later.issued - token.issued < second for later in tokens)


def _later_in_use(_site: Site, token: Token, tokens: Sequence[Token], _now: datetime) -> bool:
    """Take the use of a later token for a sign that the earlier ones have been given up."""
    return any(later.number > token.number and later.first_used is not None for later in tokens)


def _basic_in_place_of_form(_site: Site, token: Token, tokens: Sequence[Token], _now: datetime) -> bool:
    """Let the newer log-in of the same client take over the session of the form."""
    return token.how == FORM and any(later.number > token.number and later.how == BASIC for later in tokens)


# --- whose token it is ----------------------------------------------------------------------------------------------


async def _of_last_form_client(site: Site, token: Token) -> str:
    """Forget to set the client in the handler of Basic."""
    earlier = [
        other for other in site.service.store.tokens.values() if other.how == FORM and other.number < token.number
    ]
    return earlier[-1].client_id if token.how == BASIC and earlier else token.client_id


async def _of_latest_after_an_hour(site: Site, token: Token) -> str:
    """Let the client of a token drop out of the cache, and find the one that stands in its place."""
    if site.service.clock.now() - token.issued < timedelta(hours=1):
        return token.client_id
    return [*site.service.store.tokens.values()][-1].client_id


_ANOTHER_CLIENTS_RIGHTS = (
    "authorization.permission",
    "authorization.granted",
    "authorization.read-only",
    "authorization.warehouse-read",
    "authorization.warehouse-write",
    "authorization.warehouse-lists",
    "authorization.report-run",
    "authorization.report-list",
    "authorization.report-list-complete",
    "authorization.refused-write",
    "authorization.refusal-discloses-nothing",
    "authorization.concurrent",
    "disabling.tokens-end",
    "disabling.other-clients",
    "disabling.enabling",
)
_WHEREVER_A_TOKEN_IS_ASKED_FOR = (
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
)
_WHEREVER_TWO_TOKENS_ARE_HELD = (
    "expiry.own-end",
    "expiry.four-hours",
    "expiry.idle",
    "expiry.renewal",
    "rotation.old-tokens-live-on",
    "rotation.other-clients",
    "disabling.other-clients",
    "authorization.concurrent",
)

FAULTS = (
    Fault(
        name="token.form-not-after-basic",
        sentence="A client that has used Basic once gets no token by form any more.",
        violates=("token.form",),
        suffering="Trying another library out locks the old one out.",
        rule=TokenRules.is_secret,
        variant=_as_the_first_time,
        seen_as=("refused",),
        follows=(
            "token.no-bearer-needed",
            "rotation.new-secret",
            "expiry.renewal",
            "disabling.enabling",
            "oauth.no-store",
        ),
    ),
    Fault(
        name="token.long-id-refused-by-form",
        sentence="A client ID of more than sixteen characters gets no token by form.",
        violates=("token.form",),
        suffering="Clients with long names fail, and nobody sees what they have in common.",
        rule=TokenRules.is_account,
        variant=_short_ids_alone,
        seen_as=("refused",),
    ),
    Fault(
        name="token.fourth-needs-bearer",
        sentence="A client that holds three working tokens needs one of them to get another.",
        violates=("token.no-bearer-needed",),
        suffering="Of several workers of one integration, the fourth cannot start.",
        rule=TokenRules.is_open,
        variant=_fourth_needs_bearer,
        seen_as=("refused",),
        follows=_WHEREVER_A_TOKEN_IS_ASKED_FOR,
    ),
    Fault(
        name="token.writer-needs-bearer",
        sentence="A client that may write needs its working token to get another.",
        violates=("token.no-bearer-needed",),
        suffering="Integrations that write and have lost their token wait four hours; those that read do not.",
        rule=TokenRules.is_open,
        variant=_writer_needs_bearer,
        seen_as=("refused",),
        follows=(*_WHEREVER_A_TOKEN_IS_ASKED_FOR, "oauth.no-store"),
    ),
    Fault(
        name="token.renewal-after-end-needs-bearer",
        sentence="A client whose last token has expired needs that token to get another.",
        violates=("expiry.renewal",),
        suffering="A client that was switched off overnight does not come back.",
        rule=TokenRules.is_open,
        variant=_after_the_end_needs_bearer,
        seen_as=("refused",),
        follows=("token.no-bearer-needed", "rotation.new-secret", "disabling.enabling"),
    ),
    Fault(
        name="token.answer-again-without-lifetime",
        sentence="From a client's second token on, the answer lacks expires_in.",
        violates=("token.answer",),
        suffering="Clients cannot tell when to ask for the next token but one.",
        rule=TokenRules.answer,
        variant=_again_without_lifetime,
        seen_as=("missing",),
        follows=("token.expires-in", "token.expires-in-integer"),
    ),
    Fault(
        name="token.basic-answer-encoded-twice",
        sentence="The answer to a Basic request is a JSON text that holds the JSON object.",
        violates=("token.answer", "token.basic"),
        suffering="OAuth libraries find no token in the answer.",
        rule=TokenRules.answer,
        variant=_encoded_twice,
        seen_as=("wrong-value", "missing"),
        follows=("rotation.new-secret",),
    ),
    Fault(
        name="token.expires-in-an-hour-by-basic",
        sentence="The expires_in of a token that Basic got says one hour.",
        violates=("token.expires-in",),
        suffering="Clients that use Basic ask for new tokens four times as often as needed.",
        rule=TokenRules.answer,
        variant=_an_hour_by_basic,
        seen_as=("wrong-value",),
    ),
    Fault(
        name="token.expires-in-moment",
        sentence="The expires_in is the moment of the end, in seconds since 1970.",
        violates=("token.expires-in",),
        suffering="Clients keep their tokens for fifty years, and fail after four hours.",
        rule=TokenRules.answer,
        variant=_moment_of_the_end,
        seen_as=("wrong-value",),
    ),
    Fault(
        name="token.expires-in-of-oldest",
        sentence="The expires_in of a new token tells what is left of the client's oldest one.",
        violates=("token.expires-in",),
        suffering="A client that renews early is told that the new token ends with the old one.",
        rule=TokenRules.answer,
        variant=_left_of_the_oldest,
        seen_as=("wrong-value", "too-early"),
    ),
    Fault(
        name="token.one-per-second",
        sentence="Of the tokens that a client gets within one second only the last one works.",
        violates=("token.independent",),
        suffering="Workers that start together throw each other out, now and then.",
        rule=LifecycleRules.is_replaced,
        variant=_later_of_the_same_second,
        seen_as=("refused", "too-early"),
        follows=_WHEREVER_TWO_TOKENS_ARE_HELD,
    ),
    Fault(
        name="token.ended-by-use-of-a-later-one",
        sentence="The first use of a token ends the earlier tokens of its client.",
        violates=("token.independent",),
        suffering="The old worker is thrown out as soon as the new one has something to do.",
        rule=LifecycleRules.is_replaced,
        variant=_later_in_use,
        seen_as=("refused", "too-early"),
        follows=_WHEREVER_TWO_TOKENS_ARE_HELD,
    ),
    Fault(
        name="token.basic-ends-those-by-form",
        sentence="A token by Basic ends the tokens that the client got by form.",
        violates=("token.independent",),
        suffering="Two programs with the same credentials throw each other out, and only those two.",
        rule=LifecycleRules.is_replaced,
        variant=_basic_in_place_of_form,
        seen_as=("refused", "too-early"),
        follows=_WHEREVER_TWO_TOKENS_ARE_HELD,
    ),
    Fault(
        name="token.by-basic-of-last-form-client",
        sentence="A token by Basic acts for the client that got the last token by form.",
        violates=("token.own-client",),
        suffering="An integration that uses Basic works with the rights of whoever logged in before it.",
        rule=BearerRules.client,
        variant=_of_last_form_client,
        seen_as=("accepted", "refused", "wrong-value", "leaked"),
        follows=("token.basic", *_ANOTHER_CLIENTS_RIGHTS),
    ),
    Fault(
        name="token.of-latest-client-after-an-hour",
        sentence="An hour after its issue a token acts for the client that got the latest token.",
        violates=("token.own-client",),
        suffering="Long jobs end with the rights of another integration.",
        rule=BearerRules.client,
        variant=_of_latest_after_an_hour,
        seen_as=("accepted", "refused", "wrong-value", "leaked"),
        follows=(*_ANOTHER_CLIENTS_RIGHTS, "expiry.four-hours", "expiry.idle", "rotation.old-tokens-live-on"),
    ),
)
