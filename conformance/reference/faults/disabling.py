"""Faults in what disabling and enabling an account does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.rules import LifecycleRules, TokenRules
from conformance.reference.rules.token import BASIC, FORM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.reference.rules.token import Credentials
    from conformance.reference.store import Account, Status, Token

    Accounts = Mapping[str, Account]


def _new_tokens_by(how: str) -> Any:
    def variant(site: Site, account: Account, presented: Credentials, now: datetime) -> bool:
        return presented.how == how or bool(site.original(account, presented, now))

    return variant


def _new_tokens_for_a_minute(_site: Site, account: Account, _presented: Credentials, now: datetime) -> bool:
    """Judge new tokens by the cache, too."""
    return account.disabled is None or now - account.disabled < timedelta(seconds=60)


def _never_again(_site: Site, account: Account, _presented: Credentials, _now: datetime) -> bool:
    """Keep the mark of having been disabled."""
    return account.ever_disabled is None


def _for_two_minutes(_site: Site, account: Account, _accounts: Accounts, now: datetime) -> bool:
    """Keep disabled accounts on a list whose entries fall off after two minutes."""
    return account.disabled is not None and now - account.disabled < timedelta(minutes=2)


def _used_tokens_only(site: Site, token: Token, account: Account, status: Status) -> bool:
    """Strike the tokens out that are in memory; one that was never used is not."""
    was_seen = account.disabled is None or (token.first_used is not None and token.first_used < account.disabled)
    return was_seen and bool(site.original(token, account, status))


def _first_time_only(site: Site, account: Account, accounts: Accounts, now: datetime) -> bool:
    """Find the account on the list of changes already, and pass over it."""
    return account.enabled is None and bool(site.original(account, accounts, now))


def _whole_group(_site: Site, account: Account, accounts: Accounts, _now: datetime) -> bool:
    """Disable the permission group instead of the user."""
    rights = account.client.permissions
    return any(other.disabled is not None for other in accounts.values() if other.client.permissions == rights)


def _no_token_for_group(site: Site, account: Account, presented: Credentials, now: datetime) -> bool:
    """Lock the permission group instead of the user."""
    rights = account.client.permissions
    accounts = site.service.store.accounts.values()
    is_locked = any(other.disabled is not None for other in accounts if other.client.permissions == rights)
    return not is_locked and bool(site.original(account, presented, now))


def _within(seconds: float) -> Any:
    def variant(_site: Site, status: Status, now: datetime) -> bool:
        return (now - status.read).total_seconds() < seconds

    return variant


def _since_use(site: Site, status: Status, now: datetime) -> bool:
    """Let the age of an entry begin with its last use."""
    return (now - status.used).total_seconds() < site.rules.dialect.disabled_window


_LIVING_TOKENS = ("expiry.four-hours", "expiry.idle", "expiry.own-end", "rotation.old-tokens-live-on")

FAULTS = (
    Fault(
        name="disabling.tokens-live-on",
        sentence="The tokens of a disabled account work until they expire.",
        violates=("disabling.tokens-end",),
        seen_as=("too-late",),
        suffering="Whoever is locked out goes on for four hours.",
        rule=LifecycleRules.is_disabled,
        variant=lambda _site, _account, _accounts, _now: False,
    ),
    Fault(
        name="disabling.five-minutes",
        sentence="The cache window is five minutes.",
        violates=("disabling.tokens-end",),
        seen_as=("too-late",),
        suffering="Whoever is locked out goes on five times as long as promised.",
        rule=LifecycleRules.is_fresh,
        variant=_within(300),
    ),
    Fault(
        name="disabling.window-restarted-by-use",
        sentence="Every use of a token keeps its cache entry for another minute.",
        violates=("disabling.tokens-end",),
        seen_as=("too-late",),
        suffering="Whoever is locked out goes on for as long as they are busy.",
        rule=LifecycleRules.is_fresh,
        variant=_since_use,
    ),
    Fault(
        name="disabling.used-tokens-only",
        sentence="A token that was never used before its account was disabled goes on working.",
        violates=("disabling.tokens-end",),
        seen_as=("too-late",),
        suffering="A token kept in reserve survives the disabling.",
        rule=LifecycleRules.is_stopped,
        variant=_used_tokens_only,
    ),
    Fault(
        name="disabling.revives-after-two-minutes",
        sentence="Two minutes after an account was disabled its tokens work again.",
        violates=("disabling.tokens-end",),
        seen_as=("too-late",),
        suffering="Whoever was locked out is back, and nobody looks any more.",
        rule=LifecycleRules.is_disabled,
        variant=_for_two_minutes,
    ),
    Fault(
        name="disabling.first-time-only",
        sentence="Disabling an account that has been enabled again does not stop its tokens.",
        violates=("disabling.tokens-end",),
        seen_as=("too-late",),
        suffering="The second lock-out of a client does nothing.",
        rule=LifecycleRules.is_disabled,
        variant=_first_time_only,
    ),
    Fault(
        name="disabling.new-tokens",
        sentence="A disabled account gets new tokens, which do not work.",
        violates=("disabling.no-new-token",),
        seen_as=("accepted",),
        suffering="A locked-out client sees a log-in that succeeds and requests that fail.",
        rule=TokenRules.may_have_token,
        variant=lambda _site, _account, _presented, _now: True,
    ),
    Fault(
        name="disabling.new-tokens-by-basic",
        sentence="A disabled account gets new tokens by HTTP Basic.",
        violates=("disabling.no-new-token",),
        seen_as=("accepted",),
        suffering="The lock does not hold for clients that use Basic.",
        rule=TokenRules.may_have_token,
        variant=_new_tokens_by(BASIC),
    ),
    Fault(
        name="disabling.new-tokens-by-form",
        sentence="A disabled account gets new tokens by form.",
        violates=("disabling.no-new-token",),
        seen_as=("accepted",),
        suffering="The lock does not hold for clients that use the form.",
        rule=TokenRules.may_have_token,
        variant=_new_tokens_by(FORM),
    ),
    Fault(
        name="disabling.new-tokens-for-a-minute",
        sentence="A disabled account gets new tokens for another minute.",
        violates=("disabling.no-new-token",),
        seen_as=("accepted",),
        suffering="A locked-out client fetches a token in time.",
        rule=TokenRules.may_have_token,
        variant=_new_tokens_for_a_minute,
    ),
    Fault(
        name="disabling.ends-tokens-of-group",
        sentence="Disabling one account stops the tokens of all clients with the same permissions.",
        violates=("disabling.other-clients",),
        seen_as=("too-early", "refused"),
        suffering="Locking one integration out stops the others.",
        rule=LifecycleRules.is_disabled,
        variant=_whole_group,
        follows=(*_LIVING_TOKENS, "rotation.other-clients", "rotation.new-secret", "expiry.renewal"),
    ),
    Fault(
        name="disabling.no-tokens-for-group",
        sentence="While one account is disabled, clients with the same permissions get no new token.",
        violates=("disabling.other-clients",),
        seen_as=("refused",),
        suffering="Locking one integration out stops the others when they renew their tokens.",
        rule=TokenRules.may_have_token,
        variant=_no_token_for_group,
        follows=("rotation.other-clients", "rotation.new-secret", "expiry.renewal"),
    ),
    Fault(
        name="disabling.enabled-gets-no-token",
        sentence="An account that was disabled once never gets a token again.",
        violates=("disabling.enabling",),
        seen_as=("refused",),
        suffering="Locking an integration out by mistake cannot be undone.",
        rule=TokenRules.may_have_token,
        variant=_never_again,
    ),
    Fault(
        name="disabling.enabled-tokens-dead",
        sentence="An account that was disabled once gets tokens, but they do not work.",
        violates=("disabling.enabling",),
        seen_as=("refused",),
        suffering="Locking an integration out by mistake cannot be undone.",
        rule=LifecycleRules.is_dead,
        variant=lambda _site, _token, account: account.ever_disabled is not None and account.disabled is None,
    ),
)
