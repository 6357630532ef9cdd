"""How long a token works: its own end, rotation and disabling (authentication, Token Lifecycle)."""

# ruff: noqa: ARG002 -- a docstring states the rule as documented; a rule is given all that a faulty server looks at

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING

from conformance.reference.choices import Cache
from conformance.reference.rules.rule import Rules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from conformance.reference.freedoms import Dialect
    from conformance.reference.store import Account, Status, Token

LIFETIME = timedelta(hours=4)


class LifecycleRules(Rules):
    """When a token stops."""

    def __init__(self, dialect: Dialect) -> None:
        super().__init__(dialect)
        self._turn = count()

    def start(self, token: Token, account: Account, tokens: Sequence[Token]) -> datetime:
        """Token issued: valid for 4 hours from creation. `tokens` are all of its client's, oldest first."""
        return token.issued

    def is_expired(self, token: Token, start: datetime, now: datetime) -> bool:
        """Token expired: the API returns 401."""
        return now - start >= LIFETIME

    def is_idle(self, token: Token, now: datetime) -> bool:
        """A token does not end for want of use."""
        return False

    def is_replaced(self, token: Token, tokens: Sequence[Token], now: datetime) -> bool:
        """A later token of the same client leaves the earlier ones as they are."""
        return False

    def secrets(self, account: Account, now: datetime) -> Sequence[str]:
        """After a rotation the new secret is the client's secret, at once, and the old one is not."""
        return (account.secret,)

    def is_rotated_away(self, token: Token, account: Account, accounts: Mapping[str, Account], now: datetime) -> bool:
        """Credentials rotated: existing tokens issued with the old credentials continue working until they expire."""
        return False

    def is_fresh(self, status: Status, now: datetime) -> bool:
        """Account disabled: existing tokens may continue for up to 60 seconds (cache window)."""
        if self.dialect.disabled_cache is Cache.DELAY:
            return False
        return (now - status.read).total_seconds() < self.dialect.disabled_window

    def status_key(self, token: Token) -> str:
        """The cache holds one status for each account; several servers may answer in turn, each with its own cache."""
        if self.dialect.disabled_cache is Cache.NODES:
            return f"{token.client_id} at {next(self._turn) % 2}"
        return token.client_id

    def is_disabled(self, account: Account, accounts: Mapping[str, Account], now: datetime) -> bool:
        """A disabled account is disabled until it is enabled."""
        if account.disabled is None or self.dialect.disabled_cache is not Cache.DELAY:
            return account.disabled is not None
        return (now - account.disabled).total_seconds() >= self.dialect.disabled_window

    def is_stopped(self, token: Token, account: Account, status: Status) -> bool:
        """Account disabled: the cached status holds for all of its tokens."""
        return status.disabled

    def is_dead(self, token: Token, account: Account) -> bool:
        """Whether tokens of a disabled account work again after enabling is open."""
        if self.dialect.tokens_revive or account.ever_disabled is None:
            return False
        return account.disabled is None and token.issued <= account.ever_disabled

    def enabling_forgets_status(self) -> bool:
        """An enabled account is served at once, or within the cache window."""
        return not self.dialect.enabling_is_cached
