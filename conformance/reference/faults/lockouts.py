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


def _undone_by_rotation(site: Site, account: Account, presented: Credentials, now: datetime) -> bool:
    """Let a new secret reset the account's state."""
    is_rotated = account.disabled is not None and account.rotated is not None and account.rotated >= account.disabled
    return is_rotated or bool(site.original(account, presented, now))


def _stem(_site: Site, token: Token) -> str:
    """Keep statuses by client ID, without the number behind it."""
    return token.client_id.rpartition("-")[0]


def _while_flushing(site: Site, account: Account, accounts: Accounts, now: datetime) -> bool:
    """Take every account for disabled while the list of the disabled ones is read anew."""
    others = (other.disabled for other in accounts.values() if other is not account)
    is_flushing = any(when is not None and now - when < timedelta(seconds=10) for when in others)
    return is_flushing or bool(site.original(account, accounts, now))


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
        name="disabling.undone-by-rotation",
        sentence="A disabled account whose credentials are rotated gets new tokens.",
        violates=("disabling.no-new-token",),
        seen_as=("accepted",),
        suffering="Whoever is locked out and asks for a new secret is let in again.",
        rule=TokenRules.may_have_token,
        variant=_undone_by_rotation,
    ),
    Fault(
        name="disabling.status-of-namesakes",
        sentence="What the cache holds of an account stands for all whose client ID differs in its last part alone.",
        violates=("disabling.other-clients",),
        seen_as=("too-early", "refused"),
        suffering="Locking one site out stops the other sites of the same integration for a minute.",
        rule=LifecycleRules.status_key,
        variant=_stem,
        follows=(
            "disabling.tokens-end",
            *_LIVING_TOKENS,
            "rotation.other-clients",
            "rotation.new-secret",
            "expiry.renewal",
        ),
    ),
    Fault(
        name="disabling.refuses-all-while-flushing",
        sentence="For ten seconds after one account was disabled the tokens of all others are refused.",
        violates=("disabling.other-clients",),
        seen_as=("too-early", "refused"),
        suffering="Locking one integration out stops all others for a moment.",
        rule=LifecycleRules.is_disabled,
        variant=_while_flushing,
        follows=(*_LIVING_TOKENS, "rotation.other-clients", "rotation.new-secret", "expiry.renewal"),
    ),
)
