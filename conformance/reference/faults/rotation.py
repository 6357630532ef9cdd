"""Faults in what rotating a client's credentials does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.problems import ApiError
from conformance.reference.rules import BearerRules, LifecycleRules, TokenRules
from conformance.reference.rules.token import BASIC

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.reference.call import Call
    from conformance.reference.operation import Operation
    from conformance.reference.rules.token import Credentials
    from conformance.reference.store import Account, Token

    Accounts = Mapping[str, Account]


def _is_older(token: Token, account: Account) -> bool:
    """Tell whether a token was issued before its client's credentials were rotated."""
    return account.rotated is not None and token.issued <= account.rotated


def _an_hour_later(_site: Site, token: Token, account: Account, _accounts: Accounts, now: datetime) -> bool:
    """Purge the tokens of replaced secrets by a job that runs later."""
    rotated = account.rotated
    return rotated is not None and token.issued <= rotated and now - rotated >= timedelta(hours=1)


def _of_others(_site: Site, token: Token, account: Account, accounts: Accounts, _now: datetime) -> bool:
    """Empty the table of tokens, but for the client's own."""
    return any(_is_older(token, other) for other in accounts.values() if other is not account)


def _second_time(_site: Site, token: Token, account: Account, _accounts: Accounts, _now: datetime) -> bool:
    """Keep one old secret's tokens, and forget them when the next old secret takes its place."""
    return len(account.old_secrets) >= 2 and _is_older(token, account)


def _after_use(_site: Site, token: Token, account: Account, _accounts: Accounts, _now: datetime) -> bool:
    """Keep a used token's secret beside it in the cache, and find that it is another now."""
    return token.uses > 1 and _is_older(token, account)


def _prolonged(_site: Site, token: Token, account: Account, _tokens: Sequence[Token]) -> datetime:
    """Issue a client's tokens anew under the new secret."""
    return account.rotated if account.rotated is not None and _is_older(token, account) else token.issued


def _new_after_a_minute(site: Site, account: Account, now: datetime) -> Sequence[str]:
    """Read the secrets once a minute."""
    if account.rotated is not None and now - account.rotated < timedelta(minutes=1):
        return account.old_secrets[-1:]
    secrets: Sequence[str] = site.original(account, now)
    return secrets


def _old_for_a_day(_site: Site, account: Account, now: datetime) -> Sequence[str]:
    """Grant a day to deploy the new secret."""
    if account.rotated is not None and now - account.rotated < timedelta(days=1):
        return (account.secret, *account.old_secrets[-1:])
    return (account.secret,)


def _old_by_basic(site: Site, account: Account, presented: Credentials) -> bool:
    """Check Basic against a copy of the secrets that keeps the old ones."""
    is_old = presented.how == BASIC and presented.secret in account.old_secrets
    return is_old or bool(site.original(account, presented))


def _while_reloading(site: Site, account: Account, now: datetime) -> Sequence[str]:
    """Empty the table of secrets and fill it again, which takes ten seconds; the rotated one is there first."""
    for other in site.service.store.accounts.values():
        if other is not account and other.rotated is not None and now - other.rotated < timedelta(seconds=10):
            return ()
    secrets: Sequence[str] = site.original(account, now)
    return secrets


def _aged_ones(_site: Site, token: Token, account: Account, _accounts: Accounts, _now: datetime) -> bool:
    """End what is older than half an hour, so that jobs that have just begun go on."""
    return account.rotated is not None and token.issued <= account.rotated - timedelta(minutes=30)


def _writes_need_a_new_one(site: Site, operation: Operation[Any] | None, call: Call) -> bool:
    """Ask for a token of the present secret where something is changed."""
    if operation is not None and operation.method != "GET":
        rules, service = site.service.rules.bearer, site.service
        text = rules.presented(call.headers.get("authorization", ""))
        token = text and rules.token(text, service.key, service.store.tokens)
        if token and _is_older(token, service.store.accounts[token.client_id]):
            raise ApiError(rules.refusal("invalid", text))
    return bool(site.original(operation, call))


FAULTS = (
    Fault(
        name="rotation.ends-old-tokens",
        sentence="Rotating a client's credentials ends its tokens at once.",
        violates=("rotation.old-tokens-live-on",),
        seen_as=("refused", "too-early"),
        suffering="A rotation stops every job that is running.",
        rule=LifecycleRules.is_rotated_away,
        variant=lambda _site, token, account, _accounts, _now: _is_older(token, account),
    ),
    Fault(
        name="rotation.ends-old-tokens-later",
        sentence="Rotating a client's credentials ends its tokens an hour later.",
        violates=("rotation.old-tokens-live-on",),
        seen_as=("too-early",),
        suffering="Jobs fail an hour after a rotation, when nobody thinks of it any more.",
        rule=LifecycleRules.is_rotated_away,
        variant=_an_hour_later,
    ),
    Fault(
        name="rotation.ends-old-tokens-second-time",
        sentence="The second rotation of a client ends its tokens.",
        violates=("rotation.old-tokens-live-on",),
        seen_as=("refused", "too-early"),
        suffering="The rehearsal goes well and the real rotation stops every job.",
        rule=LifecycleRules.is_rotated_away,
        variant=_second_time,
    ),
    Fault(
        name="rotation.ends-used-tokens",
        sentence="Rotating a client's credentials ends the tokens that have been used more than once.",
        violates=("rotation.old-tokens-live-on",),
        seen_as=("too-early",),
        suffering="A rotation stops the jobs that are running, and no test with a fresh token shows it.",
        rule=LifecycleRules.is_rotated_away,
        variant=_after_use,
    ),
    Fault(
        name="rotation.prolongs-old-tokens",
        sentence="Rotating a client's credentials starts the four hours of its tokens afresh.",
        violates=("rotation.old-tokens-end",),
        seen_as=("too-late",),
        suffering="Rotating after a leak gives the thief more time.",
        rule=LifecycleRules.start,
        variant=_prolonged,
    ),
    Fault(
        name="rotation.ends-tokens-of-others",
        sentence="Rotating one client's credentials ends the tokens of all other clients.",
        violates=("rotation.other-clients",),
        seen_as=("refused", "too-early"),
        suffering="Rotating one integration's secret stops all the others.",
        rule=LifecycleRules.is_rotated_away,
        variant=_of_others,
        follows=(
            "disabling.other-clients",
            "expiry.four-hours",
            "expiry.idle",
            "expiry.own-end",
            "rotation.old-tokens-live-on",
            "token.independent",
        ),
    ),
    Fault(
        name="rotation.locks-others-out",
        sentence="For ten seconds after a rotation all other clients get no token with their own secrets.",
        violates=("rotation.other-clients",),
        seen_as=("refused",),
        suffering="Rotating one integration's secret locks the others out.",
        rule=LifecycleRules.secrets,
        variant=_while_reloading,
        follows=(
            "rotation.new-secret",
            "rotation.old-tokens-live-on",
            "rotation.old-tokens-end",
            "disabling.other-clients",
            "disabling.enabling",
            "expiry.renewal",
            "transport.credentials",
        ),
    ),
    Fault(
        name="rotation.old-secret-lives-on",
        sentence="Every secret that a client ever had gets a token.",
        violates=("rotation.old-secret",),
        seen_as=("accepted",),
        suffering="Rotating after a leak does not help.",
        rule=LifecycleRules.secrets,
        variant=lambda _site, account, _now: (account.secret, *account.old_secrets),
        follows=("token.right-secret-only",),
    ),
    Fault(
        name="rotation.old-secret-for-a-day",
        sentence="The old secret gets tokens for another day.",
        violates=("rotation.old-secret",),
        seen_as=("accepted",),
        suffering="Rotating after a leak helps a day later.",
        rule=LifecycleRules.secrets,
        variant=_old_for_a_day,
        follows=("token.right-secret-only",),
    ),
    Fault(
        name="rotation.old-secret-by-basic",
        sentence="The old secret gets tokens by HTTP Basic.",
        violates=("rotation.old-secret",),
        seen_as=("accepted",),
        suffering="Rotating after a leak does not help against whoever uses Basic.",
        rule=TokenRules.is_secret,
        variant=_old_by_basic,
        follows=("token.right-secret-only",),
    ),
    Fault(
        name="rotation.new-secret-late",
        sentence="For a minute after a rotation the old secret works and the new one does not.",
        violates=("rotation.new-secret",),
        seen_as=("refused",),
        suffering="Whoever deploys the new secret at once is locked out.",
        rule=LifecycleRules.secrets,
        variant=_new_after_a_minute,
        follows=("rotation.old-secret", "token.right-secret-only"),
    ),
    Fault(
        name="rotation.ends-aged-tokens",
        sentence="Rotating a client's credentials ends those of its tokens that are older than half an hour.",
        violates=("rotation.old-tokens-live-on",),
        seen_as=("refused", "too-early"),
        suffering="A rotation stops the jobs that have run longest.",
        rule=LifecycleRules.is_rotated_away,
        variant=_aged_ones,
    ),
    Fault(
        name="rotation.ends-writing",
        sentence="Tokens that were issued before a rotation read on, and their writes are refused.",
        violates=("rotation.old-tokens-live-on",),
        seen_as=("refused", "too-early"),
        suffering="A rotation stops every job in the middle of its work.",
        rule=BearerRules.is_needed,
        variant=_writes_need_a_new_one,
    ),
)
