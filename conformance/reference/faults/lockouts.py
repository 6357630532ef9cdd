"""Faults in what disabling does that show on one operation, in one way in, with the second try, or for namesakes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.rules import BearerRules, LifecycleRules, TokenRules
from conformance.reference.rules.token import BASIC

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.reference.call import Call
    from conformance.reference.operation import Operation
    from conformance.reference.rules.token import Credentials
    from conformance.reference.store import Account, Status, Token

    Accounts = Mapping[str, Account]


def _disabled_ones_let_in_on(label: str) -> Any:
    def variant(site: Site, operation: Operation[Any] | None, call: Call) -> bool:
        if operation is not None and operation.label == label:
            rules, service = site.service.rules.bearer, site.service
            text = rules.presented(call.headers.get("authorization", ""))
            token = text and rules.token(text, service.key, service.store.tokens)
            if token and service.store.accounts[token.client_id].disabled is not None:
                return False
        return bool(site.original(operation, call))

    return variant


def _not_by_basic(site: Site, token: Token, account: Account, status: Status) -> bool:
    """Ask the cache by the key that tokens by form have."""
    return token.how != BASIC and bool(site.original(token, account, status))


def _on_second_try(site: Site, account: Account, presented: Credentials, now: datetime) -> bool:
    """Refuse a disabled account once, and find its refusal in the cache as an answer the next time."""
    if site.original(account, presented, now):
        return True
    tried = site.memory.get(account.client_id) == account.disabled
    site.memory[account.client_id] = account.disabled
    return tried


def _as_the_group(site: Site, token: Token) -> str:
    """Keep statuses by permission group."""
    rights = site.service.store.accounts[token.client_id].client.permissions
    return " ".join(sorted(rights))


def _while_reading_anew(site: Site, token: Token, account: Account, status: Status) -> bool:
    """Take every account for disabled while the list of the disabled ones is read anew."""
    now = site.service.clock.now()
    others = (other.disabled for other in site.service.store.accounts.values() if other is not account)
    is_reading = any(when is not None and now - when < timedelta(seconds=10) for when in others)
    return is_reading or bool(site.original(token, account, status))


def _until_another_is_enabled(site: Site, account: Account, accounts: Accounts, now: datetime) -> bool:
    """Empty the list of disabled accounts instead of taking one from it."""
    disabled = account.disabled
    is_undone = disabled is not None and any(
        other.enabled is not None and other.enabled > disabled for other in accounts.values() if other is not account
    )
    return not is_undone and bool(site.original(account, accounts, now))


def _for_two_hours(site: Site, account: Account, accounts: Accounts, now: datetime) -> bool:
    """Keep the list of disabled accounts in a cache whose entries last two hours."""
    disabled = account.disabled
    is_forgotten = disabled is not None and now - disabled >= timedelta(hours=2)
    return not is_forgotten and bool(site.original(account, accounts, now))


def _after_five_minutes(site: Site, account: Account, presented: Credentials, now: datetime) -> bool:
    """Lock the log-in as after too many wrong passwords."""
    is_over = account.disabled is not None and now - account.disabled >= timedelta(minutes=5)
    return is_over or bool(site.original(account, presented, now))


def _aged_ones_live_on(site: Site, token: Token, account: Account, status: Status) -> bool:
    """Write into the list of ended tokens those of the last half hour."""
    is_aged = account.disabled is not None and token.issued <= account.disabled - timedelta(minutes=30)
    return not is_aged and bool(site.original(token, account, status))


_LIVING_TOKENS = ("expiry.four-hours", "expiry.idle", "expiry.own-end", "rotation.old-tokens-live-on")

FAULTS = (
    Fault(
        name="disabling.disabled-ones-on-one-operation",
        sentence="A single item is shown to the tokens of a disabled account.",
        violates=("disabling.tokens-end",),
        seen_as=("too-late", "accepted"),
        suffering="Whoever is locked out reads the item master one by one.",
        rule=BearerRules.is_needed,
        variant=_disabled_ones_let_in_on("GET /Item/{partNo}"),
    ),
    Fault(
        name="disabling.basic-tokens-live-on",
        sentence="The tokens that a disabled account got by Basic work until they expire.",
        violates=("disabling.tokens-end",),
        seen_as=("too-late", "accepted"),
        suffering="Whoever is locked out goes on, if only the library uses Basic.",
        rule=LifecycleRules.is_stopped,
        variant=_not_by_basic,
    ),
    Fault(
        name="disabling.new-token-on-second-try",
        sentence="A disabled account that asks twice gets a token.",
        violates=("disabling.no-new-token",),
        seen_as=("accepted",),
        suffering="Clients that try again, as most do, are not locked out.",
        rule=TokenRules.may_have_token,
        variant=_on_second_try,
    ),
    Fault(
        name="disabling.undone-by-enabling-another",
        sentence="Enabling one account lets the tokens of all disabled accounts work again.",
        violates=("disabling.tokens-end",),
        seen_as=("too-late", "accepted"),
        suffering="Whoever was locked out is back as soon as another integration is let in again.",
        rule=LifecycleRules.is_disabled,
        variant=_until_another_is_enabled,
    ),
    Fault(
        name="disabling.status-of-group",
        sentence="What the cache holds of an account stands for all with the same permissions.",
        violates=("disabling.other-clients",),
        seen_as=("too-early", "refused"),
        suffering="Locking one integration out stops others for a minute, and a while later.",
        rule=LifecycleRules.status_key,
        variant=_as_the_group,
        follows=(
            "disabling.tokens-end",
            "disabling.enabling",
            *_LIVING_TOKENS,
            "rotation.other-clients",
            "rotation.new-secret",
            "expiry.renewal",
        ),
    ),
    Fault(
        name="disabling.refuses-all-while-reading",
        sentence="For ten seconds after one account was disabled the tokens of all others are refused.",
        violates=("disabling.other-clients",),
        seen_as=("too-early", "refused"),
        suffering="Locking one integration out stops all others for a moment.",
        rule=LifecycleRules.is_stopped,
        variant=_while_reading_anew,
        follows=(
            "disabling.enabling",
            *_LIVING_TOKENS,
            "rotation.other-clients",
            "rotation.new-secret",
            "expiry.renewal",
            "token.own-client",
        ),
    ),
    Fault(
        name="disabling.forgotten-after-two-hours",
        sentence="Two hours after an account was disabled its tokens work again.",
        violates=("disabling.tokens-end",),
        seen_as=("too-late", "accepted"),
        suffering="Whoever was locked out is back, and nobody looks any more.",
        rule=LifecycleRules.is_disabled,
        variant=_for_two_hours,
    ),
    Fault(
        name="disabling.new-tokens-after-five-minutes",
        sentence="Five minutes after an account was disabled it gets new tokens.",
        violates=("disabling.no-new-token",),
        seen_as=("accepted",),
        suffering="Clients that go on trying, as most do, are not locked out.",
        rule=TokenRules.may_have_token,
        variant=_after_five_minutes,
    ),
    Fault(
        name="disabling.aged-tokens-live-on",
        sentence="Disabling an account ends its tokens of the last half hour; older ones work until they expire.",
        violates=("disabling.tokens-end",),
        seen_as=("too-late", "accepted"),
        suffering="Whoever is locked out goes on for hours, if only the token is not new.",
        rule=LifecycleRules.is_stopped,
        variant=_aged_ones_live_on,
    ),
)
