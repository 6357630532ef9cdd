"""Faults in when a token ends that show in one way in, for one kind of client, by rounding, or with one use more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.rules import BearerRules, LifecycleRules, TokenRules
from conformance.reference.rules.lifecycle import LIFETIME
from conformance.reference.rules.token import BASIC

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.reference.call import Call
    from conformance.reference.operation import Operation
    from conformance.reference.rules.token import Credentials, Form
    from conformance.reference.store import Account, Token

HOUR = timedelta(hours=1)


# --- how long -------------------------------------------------------------------------------------------------------


def _nearest_hour(_site: Site, _token: Token, start: datetime, now: datetime) -> bool:
    """Round a token's age to hours."""
    return round((now - start) / HOUR) >= 4


def _more_than_four_whole_hours(_site: Site, _token: Token, start: datetime, now: datetime) -> bool:
    """Reckon a token's age in whole hours, and end it when they exceed four."""
    return (now - start) // HOUR > 4


def _an_hour_by_basic(site: Site, token: Token, start: datetime, now: datetime) -> bool:
    """Leave the library's own hour where the form's handler is not reached."""
    return (token.how == BASIC and now - start >= HOUR) or bool(site.original(token, start, now))


def _an_hour_for_read_only(site: Site, token: Token, start: datetime, now: datetime) -> bool:
    """Give dashboards the lifetime of a log-in at a screen."""
    account = site.service.store.accounts[token.client_id]
    return (account.client.read_only and now - start >= HOUR) or bool(site.original(token, start, now))


def _a_day_by_basic(site: Site, token: Token, start: datetime, now: datetime) -> bool:
    """Leave the library's own day where the form's handler is not reached."""
    is_over = bool(site.original(token, start, now))
    return now - start >= timedelta(days=1) if token.how == BASIC else is_over


def _never_for_read_only(site: Site, token: Token, start: datetime, now: datetime) -> bool:
    """Let dashboards, which nobody logs in at, run on."""
    account = site.service.store.accounts[token.client_id]
    return not account.client.read_only and bool(site.original(token, start, now))


def _noted_first(site: Site, token: Token, start: datetime, now: datetime) -> bool:
    """Let the request that finds a token expired note that, and pass."""
    if not site.original(token, start, now):
        return False
    is_noted = token.serial in site.memory
    site.memory[token.serial] = True
    return is_noted


def _not_while_busy(site: Site, token: Token, start: datetime, now: datetime) -> bool:
    """Spare a token that is in the middle of its work."""
    is_busy = token.last_used is not None and now - token.last_used < timedelta(minutes=1)
    return not is_busy and bool(site.original(token, start, now))


def _two_hours_without_use(_site: Site, token: Token, now: datetime) -> bool:
    """Close sessions that have begun and stand still."""
    return token.last_used is not None and now - token.last_used >= timedelta(hours=2)


def _two_at_most(_site: Site, token: Token, tokens: Sequence[Token], _now: datetime) -> bool:
    """Keep two rows a client in the table of tokens."""
    return token not in tokens[-2:]


def _expired_ones_let_in_on(label: str) -> Any:
    def variant(site: Site, operation: Operation[Any] | None, call: Call) -> bool:
        if operation is not None and operation.label == label:
            rules, service = site.service.rules, site.service
            text = rules.bearer.presented(call.headers.get("authorization", ""))
            token = text and rules.bearer.token(text, service.key, service.store.tokens)
            if token and service.clock.now() - token.issued >= LIFETIME:
                return False
        return bool(site.original(operation, call))

    return variant


# --- the next token -------------------------------------------------------------------------------------------------


def _old_one_again(site: Site, text: str, form: Form) -> Mapping[str, Any]:
    """Keep a client's token in a cache for five minutes longer than it works."""
    answer: Mapping[str, Any] = site.original(text, form)
    now = site.service.clock.now()
    token = next(token for token in site.service.store.tokens.values() if token.text == text)
    kept: Token = site.memory.setdefault(token.client_id, token)
    if LIFETIME <= now - kept.issued < LIFETIME + timedelta(minutes=5):
        return {**answer, "access_token": kept.text}
    site.memory[token.client_id] = token
    return answer


def _still_cleaning_up(site: Site, account: Account, presented: Credentials, now: datetime) -> bool:
    """Lock a client's row while its expired session is cleaned up."""
    tokens = site.service.store.tokens_of(account.client_id)
    is_locked = bool(tokens) and LIFETIME <= now - tokens[-1].issued < LIFETIME + timedelta(minutes=1)
    return not is_locked and bool(site.original(account, presented, now))


_USES = 20


def _worn_out(_site: Site, token: Token, _now: datetime) -> bool:
    """Hand a token out for so many requests."""
    return token.uses >= _USES


def _ten_at_most(_site: Site, token: Token, tokens: Sequence[Token], _now: datetime) -> bool:
    """Keep ten rows a client in the table of tokens, and overwrite the oldest."""
    return token not in tokens[-10:]


def _remembered_for_ten_minutes(site: Site, token: Token, start: datetime, now: datetime) -> bool:
    """Keep what a check has found for ten minutes."""
    checked: datetime | None = site.memory.get(token.serial)
    if checked is not None and timedelta() <= now - checked < timedelta(minutes=10):
        return False
    is_expired = bool(site.original(token, start, now))
    if not is_expired:
        site.memory[token.serial] = now
    return is_expired


_WHEREVER_A_TOKEN_ENDS = ("rotation.old-tokens-end", "expiry.own-end")
_WHEREVER_A_TOKEN_LIVES = ("rotation.old-tokens-live-on", "expiry.own-end")

FAULTS = (
    Fault(
        name="expiry.nearest-hour",
        sentence="A token's age is rounded to hours, so that it ends after three and a half.",
        violates=("expiry.four-hours", "expiry.idle"),
        seen_as=("too-early",),
        suffering="Integrations that renew just in time fail.",
        rule=LifecycleRules.is_expired,
        variant=_nearest_hour,
        follows=_WHEREVER_A_TOKEN_LIVES,
    ),
    Fault(
        name="expiry.more-than-four-whole-hours",
        sentence="A token's age is reckoned in whole hours, so that it ends after five.",
        violates=("expiry.ends",),
        seen_as=("too-late",),
        suffering="A leaked token works for an hour longer than anybody reckons with.",
        rule=LifecycleRules.is_expired,
        variant=_more_than_four_whole_hours,
        follows=_WHEREVER_A_TOKEN_ENDS,
    ),
    Fault(
        name="expiry.an-hour-by-basic",
        sentence="A token that was asked for by Basic ends after one hour.",
        violates=("expiry.four-hours", "expiry.idle"),
        seen_as=("too-early",),
        suffering="Standard OAuth libraries fail in the middle of their work, and no other client.",
        rule=LifecycleRules.is_expired,
        variant=_an_hour_by_basic,
        follows=_WHEREVER_A_TOKEN_LIVES,
    ),
    Fault(
        name="expiry.an-hour-for-read-only",
        sentence="A read-only client's token ends after one hour.",
        violates=("expiry.four-hours", "expiry.idle"),
        seen_as=("too-early",),
        suffering="Dashboards go blank every hour.",
        rule=LifecycleRules.is_expired,
        variant=_an_hour_for_read_only,
        follows=_WHEREVER_A_TOKEN_LIVES,
    ),
    Fault(
        name="expiry.a-day-by-basic",
        sentence="A token that was asked for by Basic ends after a day.",
        violates=("expiry.ends",),
        seen_as=("too-late",),
        suffering="A token leaked by a standard OAuth library works for a day.",
        rule=LifecycleRules.is_expired,
        variant=_a_day_by_basic,
        follows=_WHEREVER_A_TOKEN_ENDS,
    ),
    Fault(
        name="expiry.never-for-read-only",
        sentence="A read-only client's token never expires.",
        violates=("expiry.ends",),
        seen_as=("too-late",),
        suffering="A token leaked from a dashboard works for ever.",
        rule=LifecycleRules.is_expired,
        variant=_never_for_read_only,
        follows=_WHEREVER_A_TOKEN_ENDS,
    ),
    Fault(
        name="expiry.noted-first",
        sentence="The first request with an expired token is served.",
        violates=("expiry.ends",),
        seen_as=("too-late", "accepted"),
        suffering="A token that was found in an old backup works once.",
        rule=LifecycleRules.is_expired,
        variant=_noted_first,
        follows=(*_WHEREVER_A_TOKEN_ENDS, "expiry.renewal"),
    ),
    Fault(
        name="expiry.not-while-busy",
        sentence="A token that is used at least once a minute does not end.",
        violates=("expiry.ends",),
        seen_as=("too-late",),
        suffering="A leaked token works for as long as the thief is busy.",
        rule=LifecycleRules.is_expired,
        variant=_not_while_busy,
        follows=_WHEREVER_A_TOKEN_ENDS,
    ),
    Fault(
        name="expiry.expired-ones-on-one-operation",
        sentence="A single item is shown to an expired token.",
        violates=("expiry.ends",),
        seen_as=("too-late", "accepted"),
        suffering="Whoever has found an old token reads the item master one by one.",
        rule=BearerRules.is_needed,
        variant=_expired_ones_let_in_on("GET /Item/{partNo}"),
        follows=_WHEREVER_A_TOKEN_ENDS,
    ),
    Fault(
        name="expiry.idle-between-uses",
        sentence="A token that has been used ends after two hours without use.",
        violates=("expiry.idle",),
        seen_as=("too-early",),
        suffering="A job that works in the morning and at noon fails at noon.",
        rule=LifecycleRules.is_idle,
        variant=_two_hours_without_use,
        follows=("expiry.four-hours", *_WHEREVER_A_TOKEN_LIVES),
    ),
    Fault(
        name="expiry.two-at-most",
        sentence="A client has two tokens at most: the third ends the first.",
        violates=("expiry.own-end",),
        seen_as=("too-early", "refused"),
        suffering="The third worker of an integration throws the first one out.",
        rule=LifecycleRules.is_replaced,
        variant=_two_at_most,
        follows=(
            "token.independent",
            "token.own-client",
            "expiry.four-hours",
            "expiry.idle",
            "rotation.old-tokens-live-on",
            "rotation.other-clients",
            "disabling.other-clients",
            "authorization.concurrent",
        ),
    ),
    Fault(
        name="expiry.old-one-again",
        sentence="For five minutes after its token has expired a client gets the same token again.",
        violates=("expiry.renewal",),
        seen_as=("refused",),
        suffering="Clients that renew on 401, as the documentation asks, fail all the same.",
        rule=TokenRules.answer,
        variant=_old_one_again,
        follows=("expiry.own-end", "rotation.new-secret", "disabling.enabling"),
    ),
    Fault(
        name="expiry.still-cleaning-up",
        sentence="For a minute after its last token has expired a client gets no other.",
        violates=("expiry.renewal",),
        seen_as=("refused",),
        suffering="Clients that renew on 401, as the documentation asks, fail all the same.",
        rule=TokenRules.may_have_token,
        variant=_still_cleaning_up,
        follows=("token.form", "rotation.new-secret", "rotation.other-clients", "disabling.other-clients"),
    ),
    Fault(
        name="expiry.worn-out",
        sentence="A token ends with its twentieth use.",
        violates=("expiry.four-hours",),
        seen_as=("too-early", "refused"),
        suffering="Integrations fail in the middle of their work, and only busy ones.",
        rule=LifecycleRules.is_idle,
        variant=_worn_out,
        follows=("authorization.concurrent",),
    ),
    Fault(
        name="expiry.ten-at-most",
        sentence="A client has ten tokens at most: the eleventh ends the first.",
        violates=("token.independent",),
        seen_as=("too-early", "refused"),
        suffering="The eleventh worker of an integration throws the first one out.",
        rule=LifecycleRules.is_replaced,
        variant=_ten_at_most,
        follows=(
            "expiry.own-end",
            "expiry.four-hours",
            "expiry.idle",
            "rotation.other-clients",
            "disabling.other-clients",
        ),
    ),
    Fault(
        name="expiry.remembered-for-ten-minutes",
        sentence="A token that was found valid is taken for valid for ten minutes.",
        violates=("expiry.ends",),
        seen_as=("too-late",),
        suffering="A leaked token works longer than anybody reckons with.",
        rule=LifecycleRules.is_expired,
        variant=_remembered_for_ten_minutes,
        follows=_WHEREVER_A_TOKEN_ENDS,
    ),
)
