"""Faults in what rotating does to tokens and to other clients: by name, by group, by way in, late, or the second time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.rules import LifecycleRules, TokenRules
from conformance.reference.rules.token import BASIC

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.reference.rules.token import Credentials
    from conformance.reference.store import Account, Token

    Accounts = Mapping[str, Account]


def _is_older(token: Token, account: Account) -> bool:
    return account.rotated is not None and token.issued <= account.rotated


# --- the new secret -------------------------------------------------------------------------------------------------


def _old_one_for_basic(site: Site, account: Account, presented: Credentials) -> bool:
    """Check Basic against the password file, which is written at night."""
    if presented.how == BASIC and account.old_secrets:
        return presented.secret == account.old_secrets[-1]
    return bool(site.original(account, presented))


def _only_once(site: Site, account: Account, now: datetime) -> Sequence[str]:
    """Insert the new secret into a table that has room for one replacement."""
    if len(account.old_secrets) >= 2:
        return account.old_secrets[-1:]
    secrets: Sequence[str] = site.original(account, now)
    return secrets


def _new_ones_of_the_same_second(_site: Site, token: Token, account: Account, _all: Accounts, _now: datetime) -> bool:
    """Compare a token's whole seconds with the moment of the rotation, and take the token for an old one."""
    if account.rotated is None or token.issued <= account.rotated:
        return False
    return token.issued - account.rotated < timedelta(seconds=1)


# --- the old tokens -------------------------------------------------------------------------------------------------


def _of_basic(_site: Site, token: Token, account: Account, _accounts: Accounts, _now: datetime) -> bool:
    """Close the sessions that Basic has opened with the old password."""
    return token.how == BASIC and _is_older(token, account)


def _with_first_new_one(site: Site, token: Token, tokens: Sequence[Token], _now: datetime) -> bool:
    """Drop what the old secret has given as soon as the new one is in use."""
    account = site.service.store.accounts[token.client_id]
    return _is_older(token, account) and bool(tokens) and not _is_older(tokens[-1], account)


def _kept_for_good(site: Site, token: Token, start: datetime, now: datetime) -> bool:
    """Move the tokens of a replaced secret into a table that nobody sweeps."""
    is_old = _is_older(token, site.service.store.accounts[token.client_id])
    return not is_old and bool(site.original(token, start, now))


def _a_quarter_more(site: Site, token: Token, start: datetime, now: datetime) -> bool:
    """Grant a quarter of an hour for the change of secrets."""
    is_old = _is_older(token, site.service.store.accounts[token.client_id])
    return bool(site.original(token, start + timedelta(minutes=15) if is_old else start, now))


def _from_the_last_use(_site: Site, token: Token, account: Account, _tokens: Sequence[Token]) -> datetime:
    """Write an old token into the new table when it is used, with the moment of that."""
    used = token.last_used
    is_moved = used is not None and account.rotated is not None and _is_older(token, account) and used > account.rotated
    return used if is_moved and used is not None else token.issued


# --- the others -----------------------------------------------------------------------------------------------------


def _of_same_partition(_site: Site, token: Token, account: Account, accounts: Accounts, _now: datetime) -> bool:
    """Delete by the partition of the table, which is all that the index of the tokens knows of a client."""
    others = (other for other in accounts.values() if other is not account)
    return any(_is_older(token, other) for other in others if _partition(other) == _partition(account))


def _partition(account: Account) -> int:
    return sum(account.client_id.encode()) % 4


def _of_others_later(site: Site, token: Token, account: Account, accounts: Accounts, now: datetime) -> bool:
    """Purge an hour after each rotation whatever is older than it, but for the client's own."""
    purges: dict[tuple[str, datetime], None] = site.memory
    purges |= {(other.client_id, other.rotated): None for other in accounts.values() if other.rotated is not None}
    return any(
        name != account.client_id and token.issued <= rotated and now - rotated >= timedelta(hours=1)
        for name, rotated in purges
    )


def _whole_group(site: Site, account: Account, now: datetime) -> Sequence[str]:
    """Replace the secret of everybody with the same rights, and tell only one of them."""
    rights = account.client.permissions, account.client.warehouses, account.client.reports, account.client.read_only
    for other in site.service.store.accounts.values():
        client = other.client
        is_like = (client.permissions, client.warehouses, client.reports, client.read_only) == rights
        if is_like and other is not account and account.rotated is None and other.rotated is not None:
            return ()
    secrets: Sequence[str] = site.original(account, now)
    return secrets


_LIVING_TOKENS = ("expiry.four-hours", "expiry.idle", "expiry.own-end", "rotation.old-tokens-live-on")

FAULTS = (
    Fault(
        name="rotation.new-secret-not-by-basic",
        sentence="After a rotation Basic goes on with the old secret and refuses the new one.",
        violates=("rotation.new-secret",),
        seen_as=("refused",),
        suffering="Standard OAuth libraries are locked out by a rotation.",
        rule=TokenRules.is_secret,
        variant=_old_one_for_basic,
        follows=("rotation.old-secret", "token.basic", "token.right-secret-only"),
    ),
    Fault(
        name="rotation.new-secret-only-once",
        sentence="From a client's second rotation on its new secret is refused and the one before it works.",
        violates=("rotation.new-secret",),
        seen_as=("refused",),
        suffering="The rehearsal goes well and the real rotation locks the client out.",
        rule=LifecycleRules.secrets,
        variant=_only_once,
        follows=("rotation.old-secret", "token.right-secret-only"),
    ),
    Fault(
        name="rotation.new-token-of-the-same-second",
        sentence="A token that the new secret gets within a second of the rotation does not work.",
        violates=("rotation.new-secret",),
        seen_as=("refused",),
        suffering="A deployment that rotates and starts at once fails, and works when it is tried by hand.",
        rule=LifecycleRules.is_rotated_away,
        variant=_new_ones_of_the_same_second,
        follows=("transport.credentials", "rotation.old-tokens-live-on"),
    ),
    Fault(
        name="rotation.ends-basic-tokens",
        sentence="Rotating a client's credentials ends the tokens that it got by Basic.",
        violates=("rotation.old-tokens-live-on",),
        seen_as=("too-early", "refused"),
        suffering="A rotation stops the jobs of standard OAuth libraries, and no others.",
        rule=LifecycleRules.is_rotated_away,
        variant=_of_basic,
    ),
    Fault(
        name="rotation.ends-old-tokens-with-first-new",
        sentence="The first token that the new secret gets ends the tokens of the old one.",
        violates=("rotation.old-tokens-live-on",),
        seen_as=("too-early", "refused"),
        suffering="The first program with the new secret stops all that still work with the old one.",
        rule=LifecycleRules.is_replaced,
        variant=_with_first_new_one,
    ),
    Fault(
        name="rotation.keeps-old-tokens-for-good",
        sentence="A token that was issued before a rotation never ends.",
        violates=("rotation.old-tokens-end",),
        seen_as=("too-late",),
        suffering="Rotating after a leak makes the leaked token last for ever.",
        rule=LifecycleRules.is_expired,
        variant=_kept_for_good,
    ),
    Fault(
        name="rotation.grants-a-quarter-more",
        sentence="A token that was issued before a rotation works for a quarter of an hour longer.",
        violates=("rotation.old-tokens-end",),
        seen_as=("too-late",),
        suffering="Rotating after a leak gives the thief more time.",
        rule=LifecycleRules.is_expired,
        variant=_a_quarter_more,
    ),
    Fault(
        name="rotation.prolongs-by-use",
        sentence="After a rotation every use of an older token starts its four hours afresh.",
        violates=("rotation.old-tokens-end",),
        seen_as=("too-late",),
        suffering="Rotating after a leak does not help for as long as the thief is busy.",
        rule=LifecycleRules.start,
        variant=_from_the_last_use,
    ),
    Fault(
        name="rotation.ends-tokens-of-same-partition",
        sentence="Rotating one client's credentials ends the tokens of the clients that fall into the same of four partitions.",
        violates=("rotation.other-clients",),
        seen_as=("too-early", "refused"),
        suffering="Rotating the secret of one integration stops some of the others.",
        rule=LifecycleRules.is_rotated_away,
        variant=_of_same_partition,
        follows=("disabling.other-clients", *_LIVING_TOKENS, "token.independent"),
    ),
    Fault(
        name="rotation.ends-tokens-of-others-later",
        sentence="An hour after one client's rotation the older tokens of all other clients end.",
        violates=("rotation.other-clients",),
        seen_as=("too-early", "refused"),
        suffering="Integrations fail an hour after the rotation of another, when nobody thinks of it any more.",
        rule=LifecycleRules.is_rotated_away,
        variant=_of_others_later,
        follows=("disabling.other-clients", *_LIVING_TOKENS, "token.independent"),
    ),
    Fault(
        name="rotation.locks-group-out",
        sentence="Rotating one client's credentials locks the clients with the same rights out.",
        violates=("rotation.other-clients",),
        seen_as=("refused",),
        suffering="Rotating one integration's secret locks others out for good.",
        rule=LifecycleRules.secrets,
        variant=_whole_group,
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
)
