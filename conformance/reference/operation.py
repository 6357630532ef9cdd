"""One documented operation: its path, the permission it needs, how it reads a request and what it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.reference.call import Call, Reply
    from conformance.reference.rules.authorization import Place
    from conformance.reference.service import Service
    from conformance.reference.store import Account

Wish = TypeVar("Wish")


@dataclass(frozen=True, slots=True)
class Operation(Generic[Wish]):
    """`read` makes a typed wish of a request or refuses it as malformed; `places` and `report` tell what rights the wish needs.

    `inferred` operations follow from others, but no page shows them. `find` refuses a request for what is not there; without it
    that is up to `perform`.
    """

    method: str
    path: str
    permission: str
    read: Callable[[Service, Call], Wish]
    perform: Callable[[Service, Account, Wish], Reply]
    places: Callable[[Service, Wish], tuple[Place, ...]] | None = None
    report: Callable[[Wish], int | None] | None = None
    inferred: bool = False
    find: Callable[[Service, Account, Wish], object] | None = None

    @property
    def label(self) -> str:
        """The name in messages and faults, e.g. ``POST /Item``."""
        return f"{self.method} {self.path}"
