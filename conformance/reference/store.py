"""The server's changing state: tables in memory, restored from the world by `reset`.

Plain dictionaries of frozen rows stand here instead of SQLite. The rules run on one event loop and never wait between a check and
the change that follows from it, so that no transaction could add anything; a server starts with shallow copies (a tenth of
a millisecond, against 8 milliseconds for creating and filling tables), and `reset` makes the same copies.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from conformance.reference.world import (
        Asset,
        Category,
        Client,
        Item,
        Location,
        Lot,
        Order,
        Partner,
        Report,
        Warehouse,
        Webhook,
        WorkOrder,
        World,
    )

Key = TypeVar("Key")
Row = TypeVar("Row")
View = TypeVar("View")


@dataclass(slots=True)
class Account:
    """An integration user as it stands now; the moments are the server's."""

    client: Client
    secret: str
    old_secrets: list[str] = field(default_factory=list)
    rotated: datetime | None = None
    disabled: datetime | None = None
    enabled: datetime | None = None
    ever_disabled: datetime | None = None

    @property
    def client_id(self) -> str:
        """The name that the account signs in with."""
        return self.client.client_id


@dataclass(slots=True)
class Token:
    """An issued token, and what has happened to it."""

    text: str
    serial: str
    client_id: str
    issued: datetime
    how: str
    number: int
    first_used: datetime | None = None
    last_used: datetime | None = None
    uses: int = 0


@dataclass(slots=True)
class Status:
    """What the cache remembers of an account: whether it was disabled when it was read."""

    disabled: bool
    read: datetime
    used: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """One attempt to send an event to the URL of a webhook; `error` is None where it arrived."""

    number: int
    rec: int
    event: str
    sent: datetime
    error: str | None


class Views:
    """What has been computed from the tables, such as a sorted list; forgotten when any table changes."""

    def __init__(self) -> None:
        self._made: dict[object, Any] = {}

    def get(self, name: object, make: Callable[[], View]) -> View:
        """Give what is kept under a name, or make and keep it."""
        if name not in self._made:
            self._made[name] = make()
        view: View = self._made[name]
        return view

    def forget(self) -> None:
        """Start anew."""
        self._made.clear()


class Table(dict[Key, Row], Generic[Key, Row]):
    """Rows by their key; a change makes the views forget."""

    def __init__(self, views: Views, rows: Iterable[tuple[Key, Row]]) -> None:
        self._views = views
        super().__init__(rows)

    def __setitem__(self, key: Key, row: Row) -> None:
        self._views.forget()
        super().__setitem__(key, row)

    def __delitem__(self, key: Key) -> None:
        self._views.forget()
        super().__delitem__(key)


class Store:
    """All tables of one server."""

    def __init__(self, world: World, *, caseless: bool = False) -> None:
        self.world = world
        self._caseless = caseless
        self.views = Views()
        self.tokens: dict[str, Token] = {}
        self._tokens_of: dict[str, list[Token]] = {}
        self.reset()

    def reset(self) -> None:
        """Restore data, accounts and secrets; issued tokens live on."""
        world = self.world
        views = self.views
        views.forget()
        self.warehouses: dict[int, Warehouse] = {row.wid: row for row in world.warehouses}
        self.items: Table[int, Item] = Table(views, ((row.part_no, row) for row in world.items))
        self.items_before: dict[int, Item] = {}
        self.lots: Table[int, Lot] = Table(views, ((row.rec_no, row) for row in world.lots))
        self.locations: Table[str, Location] = Table(views, _by_spot(world.locations))
        self.reports: Table[int, Report] = Table(views, ((row.report_id, row) for row in world.reports))
        self.categories: Table[int, Category] = Table(views, ((row.category_id, row) for row in world.categories))
        self.customers: Table[str, Partner] = Table(views, ((row.short_id, row) for row in world.customers))
        self.vendors: Table[str, Partner] = Table(views, ((row.short_id, row) for row in world.vendors))
        self.purchase_orders: Table[str, Order] = Table(views, ((row.number, row) for row in world.purchase_orders))
        self.shipping_orders: Table[str, Order] = Table(views, ((row.number, row) for row in world.shipping_orders))
        self.work_orders: Table[str, WorkOrder] = Table(views, ((row.number, row) for row in world.work_orders))
        self.assets: Table[str, Asset] = Table(views, ((row.short_id, row) for row in world.assets))
        self.webhooks: Table[int, Webhook] = Table(views, ((row.rec, row) for row in world.webhooks))
        self.deliveries: Table[int, Delivery] = Table(views, ())
        self.accounts: dict[str, Account] = {row.client_id: Account(row, row.secret) for row in world.clients}
        self.statuses: dict[str, Status] = {}
        self._next_part_no = max(self.items, default=0) + 1
        self._next_rec_no = max(self.lots, default=0) + 1
        self._next_webhook = max(self.webhooks, default=0) + 1

    def new_webhook_rec(self) -> int:
        """Give a number that no webhook has had."""
        self._next_webhook += 1
        return self._next_webhook - 1

    def new_part_no(self, step: int = 1) -> int:
        """Give a part number that no item has had, so much greater than the last."""
        self._next_part_no += step
        return self._next_part_no - 1

    def new_rec_no(self) -> int:
        """Give a record number that no lot has had."""
        self._next_rec_no += 1
        return self._next_rec_no - 1

    def item_by_short_id(self, short_id: str) -> Item | None:
        """Find an item, discontinued or not; an active one where there are both."""
        found = [item for item in self.items.values() if self.is_same(item.short_id, short_id)]
        return min(found, key=lambda item: item.discontinued, default=None)

    def is_same(self, text: str, other: str) -> bool:
        """Tell whether two texts name the same thing; letter case may not count."""
        return text == other or (self._caseless and text.casefold() == other.casefold())

    def spot_key(self, spot: str, wid: int | None = None) -> str:
        """Tell the key of a location in the table; where two have the same spot, the one in the warehouse."""
        if spot in self.locations and wid in {None, self.locations[spot].wid}:
            return spot
        named = [key for key, row in self.locations.items() if self.is_same(row.spot, spot)]
        there = [key for key in named if self.locations[key].wid == wid]
        return next(iter(there or named), spot)

    def location(self, spot: str, wid: int | None = None) -> Location | None:
        """Find a location by its spot; where two have the same, the one in the warehouse."""
        return self.locations.get(self.spot_key(spot, wid))

    def add_token(self, token: Token) -> None:
        """Keep a new token."""
        self.tokens[token.serial] = token
        self._tokens_of.setdefault(token.client_id, []).append(token)

    def end_tokens(self) -> None:
        """Forget all tokens."""
        self.tokens.clear()
        self._tokens_of.clear()

    def remember_enabled(self, account: Account, now: datetime) -> None:
        """Let the cache hold that an account is enabled, as if that had just been read."""
        for key in self.statuses:
            if key.partition(" ")[0] == account.client_id:
                self.statuses[key] = Status(disabled=False, read=now, used=now)

    def tokens_of(self, client_id: str) -> Sequence[Token]:
        """Give the tokens of one client, oldest first."""
        return self._tokens_of.get(client_id, ())


def _by_spot(locations: Iterable[Location]) -> Iterable[tuple[str, Location]]:
    """Give locations their keys: the spot, and for one that another warehouse has, too, the warehouse with it."""
    seen: set[str] = set()
    for row in locations:
        yield (row.spot if row.spot not in seen else f"{row.wid}\0{row.spot}"), row
        seen.add(row.spot)
