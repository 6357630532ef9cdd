"""The data that a reference server starts with, as typed rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

PERMISSIONS = frozenset(
    {
        "items.read",
        "items.write",
        "inventory.read",
        "inventory.write",
        "locations.read",
        "locations.write",
        "reports.read",
        "categories.read",
        "customers.read",
        "vendors.read",
        "purchase-orders.read",
        "shipping-orders.read",
        "work-orders.read",
        "webhooks.admin",
        "assets.read",
    }
)
"""Every permission that an operation of this server asks for."""


@dataclass(frozen=True, slots=True)
class Warehouse:
    """A place that holds stock."""

    wid: int
    name: str


@dataclass(frozen=True, slots=True)
class Item:
    """A stock item, with the names of the page "Items" in Python's spelling."""

    part_no: int
    short_id: str
    description: str
    category: int
    sub_category: int
    unit: str
    put_up: str
    units: float
    owner: int
    created: datetime
    modified: datetime
    discontinued: bool
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lot:
    """A receive record: one quantity of one item at one spot; shipped once nothing is left."""

    rec_no: int
    part_no: int
    wid: int
    spot: str
    units: float
    received: datetime
    modified: datetime
    shipped: datetime | None = None
    associate: str = ""
    serial: str = ""
    serial2: str | None = None
    rfid_tag: str | None = None
    remark: str = ""
    hold: bool = False
    job_id: int = 0
    job_name: str | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class Location:
    """A spot in a warehouse; spots are unique over all warehouses."""

    spot: str
    wid: int
    description: str
    hold: bool
    active: bool
    modified: datetime


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One row of a report's result."""

    part_no: int
    short_id: str
    wid: int
    units: float
    unit_cost: float


@dataclass(frozen=True, slots=True)
class Report:
    """A report with its result, which is the same each time."""

    report_id: int
    name: str
    kind: int
    rows: tuple[ReportRow, ...]
    modified: datetime


@dataclass(frozen=True, slots=True)
class Category:
    """A category of items."""

    category_id: int
    name: str
    description: str | None
    active: bool
    created: datetime
    modified: datetime


@dataclass(frozen=True, slots=True)
class Partner:
    """A customer or a vendor; an empty text where there is nothing."""

    short_id: str
    name: str
    address1: str
    address2: str
    city: str
    state: str
    zip_code: str
    country: str
    phone: str
    fax: str
    email: str
    contact: str
    active: bool
    created: datetime
    modified: datetime


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One item of an order; `done` is what has been received or completed of its units."""

    number: int
    short_id: str
    description: str
    units: float
    done: float
    price: float
    wid: int


@dataclass(frozen=True, slots=True)
class Order:
    """A purchase or a shipping order; `partner` is the name of its vendor or customer, `wids` the warehouses of its lines."""

    number: str
    partner: str
    ordered: datetime
    due: datetime
    status: str
    lines: tuple[OrderLine, ...]
    wids: frozenset[int]
    modified: datetime


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody has written on a work order."""

    date: datetime
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """Work to be done on items; `wids` are the warehouses of its lines."""

    number: str
    description: str
    status: str
    start: datetime
    due: datetime
    assignee: str
    lines: tuple[OrderLine, ...]
    wids: frozenset[int]
    notes: tuple[Note, ...]
    created: datetime
    modified: datetime


@dataclass(frozen=True, slots=True)
class Asset:
    """A thing that the company uses itself."""

    short_id: str
    description: str
    kind: int
    kind_name: str
    serial: str
    wid: int
    location: str
    created: datetime
    modified: datetime
    discontinued: datetime | None


@dataclass(frozen=True, slots=True)
class Webhook:
    """A subscription of the client `owner` to events, whose names `events` separates by commas."""

    rec: int
    owner: str
    name: str
    url: str
    events: str
    payload_mode: int
    disable_type: int
    created: datetime
    modified: datetime
    failure_count: int = 0
    last_success: datetime | None = None
    last_failure: datetime | None = None
    last_error: str | None = None


@dataclass(frozen=True, slots=True)
class Client:
    """An integration user: credentials and rights; `None` for warehouses or reports means all of them."""

    name: str
    client_id: str
    secret: str
    permissions: frozenset[str]
    warehouses: frozenset[int] | None
    reports: frozenset[int] | None
    read_only: bool
    expendable: bool
    declared: dict[str, Any]


@dataclass(frozen=True, slots=True)
class World:
    """Everything at the start."""

    warehouses: tuple[Warehouse, ...]
    items: tuple[Item, ...]
    lots: tuple[Lot, ...]
    locations: tuple[Location, ...]
    reports: tuple[Report, ...]
    categories: tuple[Category, ...]
    customers: tuple[Partner, ...]
    vendors: tuple[Partner, ...]
    purchase_orders: tuple[Order, ...]
    shipping_orders: tuple[Order, ...]
    work_orders: tuple[WorkOrder, ...]
    assets: tuple[Asset, ...]
    webhooks: tuple[Webhook, ...]
    clients: tuple[Client, ...]

    @property
    def aliases(self) -> dict[str, str]:
        """Item alias -> shortID, of the items that are not discontinued."""
        return {alias: item.short_id for item in self.items if not item.discontinued for alias in item.aliases}


QUIET_SINCE = datetime.fromisoformat("2024-01-02T08:00:00+00:00")
"""When what has no date of its own was last changed."""


ODD_NAMES = ('#1 "Nut" 50%/2 + 3?', "42", "All", "StockLevels", "Größe 10; a&b=c", "x/../y")


def with_odd_names(world: World) -> World:
    """Add items and locations whose names hold signs that mean something in an address."""
    last, part_no = world.items[-1], max(item.part_no for item in world.items)
    items = (
        replace(last, part_no=part_no + number, short_id=name, aliases=(), discontinued=False)
        for number, name in enumerate(ODD_NAMES, start=1)
    )
    spots = (replace(world.locations[0], spot=name) for name in ODD_NAMES if name != "All")
    return replace(world, items=(*world.items, *items), locations=(*world.locations, *spots))


def with_repeated_spot(world: World) -> World:
    """Give a second warehouse an empty location whose spot another warehouse has, too."""
    first = world.locations[0]
    other = next(row.wid for row in world.warehouses if row.wid != first.wid)
    twin = replace(first, wid=other, hold=False)
    return replace(world, locations=(*world.locations, twin))
