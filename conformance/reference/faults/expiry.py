"""Faults in when a token ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.problems import Problem
from conformance.reference.rules import BearerRules, LifecycleRules
from conformance.reference.rules.lifecycle import LIFETIME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.reference.store import Account, Token


def _after(lifetime: timedelta) -> Any:
    def variant(_site: Site, _token: Token, start: datetime, now: datetime) -> bool:
        return now - start >= lifetime

    return variant


def _used_for_three_hours(site: Site, token: Token, start: datetime, now: datetime) -> bool:
    """Count three hours from the first use as well."""
    is_worn = token.first_used is not None and now - token.first_used >= timedelta(hours=3)
    return is_worn or bool(site.original(token, start, now))


def _remembered_as_expired(site: Site, token: Token, start: datetime, now: datetime) -> bool:
    """Remember for half a minute that a client's token was expired, and say so of its new one, too."""
    if site.original(token, start, now):
        site.memory[token.client_id] = now
        return True
    seen: datetime | None = site.memory.get(token.client_id)
    return seen is not None and timedelta() <= now - seen < timedelta(seconds=30)


def _session_start(_site: Site, token: Token, _account: Account, tokens: Sequence[Token]) -> datetime:
    """Count from the first token of a session of four hours."""
    start = tokens[0].issued if tokens else token.issued
    for later in tokens:
        if later.issued - start >= LIFETIME:
            start = later.issued
        if later is token:
            break
    return start


def _never_used(_site: Site, token: Token, now: datetime) -> bool:
    """Purge tokens that nobody has used within three hours."""
    return token.first_used is None and now - token.issued >= timedelta(hours=3)


def _expired_is_forbidden(site: Site, why: str, text: str | None) -> Problem:
    """Mistake an expired token for a missing permission."""
    refusal: Problem = site.original(why, text)
    return Problem(403, "forbidden", "The token has expired.") if why == "expired" else refusal


def _an_hour_after_the_next(_site: Site, token: Token, tokens: Sequence[Token], now: datetime) -> bool:
    """Purge a token once a later one has been in the table for an hour."""
    return any(later.number > token.number and now - later.issued >= timedelta(hours=1) for later in tokens)


_WHEREVER_A_TOKEN_ENDS = ("rotation.old-tokens-end", "expiry.own-end")
_WHEREVER_A_TOKEN_LIVES = ("rotation.old-tokens-live-on", "expiry.own-end")

FAULTS = (
    Fault(
        name="expiry.never",
        sentence="A token never expires.",
        violates=("expiry.ends",),
        seen_as=("too-late",),
        suffering="A leaked token works for ever.",
        rule=LifecycleRules.is_expired,
        variant=lambda _site, _token, _start, _now: False,
        follows=_WHEREVER_A_TOKEN_ENDS,
    ),
    Fault(
        name="expiry.five-minute-leeway",
        sentence="A token ends five minutes late: the leeway for skewed clocks of a common library.",
        violates=("expiry.ends",),
        seen_as=("too-late",),
        suffering="A leaked token works longer than anybody reckons with.",
        rule=LifecycleRules.is_expired,
        variant=_after(LIFETIME + timedelta(minutes=5)),
        follows=_WHEREVER_A_TOKEN_ENDS,
    ),
    Fault(
        name="expiry.sliding",
        sentence="Every use starts the four hours afresh.",
        violates=("expiry.ends",),
        seen_as=("too-late",),
        suffering="A leaked token that is used now and then works for ever.",
        rule=LifecycleRules.start,
        variant=lambda _site, token, _account, _tokens: token.last_used or token.issued,
        follows=_WHEREVER_A_TOKEN_ENDS,
    ),
    Fault(
        name="expiry.one-hour",
        sentence="A token ends after one hour: the default of a common library.",
        violates=("expiry.four-hours", "expiry.idle"),
        seen_as=("too-early",),
        suffering="Integrations that rely on four hours fail in the middle of their work.",
        rule=LifecycleRules.is_expired,
        variant=_after(timedelta(hours=1)),
        follows=_WHEREVER_A_TOKEN_LIVES,
    ),
    Fault(
        name="expiry.a-minute-early",
        sentence="A token ends a minute before its time.",
        violates=("expiry.four-hours", "expiry.idle"),
        seen_as=("too-early",),
        suffering="Integrations that renew just in time fail now and then.",
        rule=LifecycleRules.is_expired,
        variant=_after(LIFETIME - timedelta(minutes=1)),
        follows=_WHEREVER_A_TOKEN_LIVES,
    ),
    Fault(
        name="expiry.worn-by-use",
        sentence="A token ends three hours after its first use.",
        violates=("expiry.four-hours",),
        seen_as=("too-early",),
        suffering="Integrations fail in the middle of their work, and only busy ones.",
        rule=LifecycleRules.is_expired,
        variant=_used_for_three_hours,
        follows=_WHEREVER_A_TOKEN_LIVES,
    ),
    Fault(
        name="expiry.unused-purged",
        sentence="A token that was not used within three hours of its issue is purged.",
        violates=("expiry.idle",),
        seen_as=("too-early",),
        suffering="A job that gets its token early and works late fails.",
        rule=LifecycleRules.is_idle,
        variant=_never_used,
        follows=_WHEREVER_A_TOKEN_LIVES,
    ),
    Fault(
        name="expiry.status-403",
        sentence="An expired token gets 403.",
        violates=("expiry.ends",),
        seen_as=("wrong-refusal",),
        suffering="Clients look for a missing permission instead of renewing their token.",
        rule=BearerRules.refusal,
        variant=_expired_is_forbidden,
        follows=(*_WHEREVER_A_TOKEN_ENDS, "oauth.bearer-challenge"),
    ),
    Fault(
        name="expiry.renewal-remembered",
        sentence="For half a minute after an expired token was refused, its client's new token is refused as well.",
        violates=("expiry.renewal",),
        seen_as=("too-early", "refused"),
        suffering="Clients that renew on 401, as the documentation asks, fail all the same.",
        rule=LifecycleRules.is_expired,
        variant=_remembered_as_expired,
        follows=("expiry.own-end",),
    ),
    Fault(
        name="expiry.session",
        sentence="All tokens of a client end four hours after the first of them.",
        violates=("expiry.own-end",),
        seen_as=("too-early",),
        suffering="A token that was renewed early ends with the one that it replaced.",
        rule=LifecycleRules.start,
        variant=_session_start,
        follows=("expiry.four-hours", "expiry.idle", "rotation.old-tokens-live-on"),
    ),
    Fault(
        name="expiry.put-off-by-later-token",
        sentence="A later token prolongs the earlier ones of its client.",
        violates=("expiry.own-end",),
        seen_as=("too-late",),
        suffering="A leaked token lives as long as its client keeps renewing.",
        rule=LifecycleRules.start,
        variant=lambda _site, token, _account, tokens: tokens[-1].issued if tokens else token.issued,
        follows=("expiry.ends", "rotation.old-tokens-end"),
    ),
    Fault(
        name="expiry.brought-forward-by-later-token",
        sentence="A token ends an hour after its client has been given a later one.",
        violates=("expiry.own-end",),
        seen_as=("too-early",),
        suffering="A worker that shares its credentials with another fails an hour after the other has started.",
        rule=LifecycleRules.is_replaced,
        variant=_an_hour_after_the_next,
        follows=(
            "rotation.other-clients",
            "token.independent",
            "expiry.four-hours",
            "expiry.idle",
            "rotation.old-tokens-live-on",
        ),
    ),
)
