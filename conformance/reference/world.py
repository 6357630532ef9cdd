"""The data that a reference server starts with: warehouses, items, lots, locations, reports and clients."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
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
    clients: tuple[Client, ...]

    @property
    def aliases(self) -> dict[str, str]:
        """Item alias -> shortID, of the items that are not discontinued."""
        return {alias: item.short_id for item in self.items if not item.discontinued for alias in item.aliases}


QUIET_SINCE = datetime.fromisoformat("2024-01-02T08:00:00+00:00")
"""When what has no date of its own was last changed."""


PACKAGE = Path(__file__).resolve().parent.parent


def world_folder(package: Path = PACKAGE) -> Path:
    """Find the world's files: in the installed package, else in the checkout that the package stands in."""
    packaged = package / "_data" / "fixtures" / "world"
    return packaged if packaged.is_dir() else package.parent / "fixtures" / "world"


@cache
def load_world(folder: Path | None = None) -> World:
    """Read a world from a folder of JSON files, once per process."""
    source = folder or world_folder()

    def rows(name: str) -> list[dict[str, Any]]:
        loaded: list[dict[str, Any]] = json.loads((source / f"{name}.json").read_text(encoding="utf-8"))
        return loaded

    return World(
        warehouses=tuple(Warehouse(row["id"], row["name"]) for row in rows("warehouses")),
        items=tuple(map(_item, rows("items"))),
        lots=tuple(map(_lot, rows("lots"))),
        locations=tuple(map(_location, rows("locations"))),
        reports=tuple(map(_report, rows("reports"))),
        clients=tuple(map(_client, rows("clients"))),
    )


def _item(row: dict[str, Any]) -> Item:
    return Item(
        part_no=row["partNo"],
        short_id=row["shortID"],
        description=row["description"],
        category=row["category"],
        sub_category=row["subCategory"],
        unit=row["uOM"],
        put_up=row["putUp"],
        units=row["units"],
        owner=row["dfltOwner"],
        created=datetime.fromisoformat(row["created"]),
        modified=datetime.fromisoformat(row["modified"]),
        discontinued=row["discontinued"],
        aliases=tuple(row["aliases"]),
    )


def _lot(row: dict[str, Any]) -> Lot:
    return Lot(
        rec_no=row["recNo"],
        part_no=row["partNo"],
        wid=row["wID"],
        spot=row["spot"],
        units=row["units"],
        received=datetime.fromisoformat(row["received"]),
        modified=datetime.fromisoformat(row["modified"]),
        shipped=datetime.fromisoformat(row["shipped"]) if row["shipped"] else None,
        associate=row["associate"],
        serial=row["serial"],
        serial2=row["serial2"],
        rfid_tag=row["rFIDTag"],
        remark=row["remark"],
        hold=row["hold"],
        job_id=row["jobID"],
        job_name=row["jobName"],
        active=row["active"],
    )


def _location(row: dict[str, Any]) -> Location:
    return Location(row["spot"], row["warehouseID"], row["description"], row["hold"], row["active"], QUIET_SINCE)


def _report(row: dict[str, Any]) -> Report:
    lines = tuple(ReportRow(*line) for line in row["rows"])
    return Report(row["reportID"], row["reportName"], row["reportType"], lines, QUIET_SINCE)


def _client(row: dict[str, Any]) -> Client:
    return Client(
        name=row["name"],
        client_id=row["client_id"],
        secret=row["secret"],
        permissions=_granted(row["permissions"]),
        warehouses=None if row["warehouses"] == "all" else frozenset(row["warehouses"]),
        reports=_runnable(row["reports"]),
        read_only=row["read_only"],
        expendable=row["expendable"],
        declared=row,
    )


def _granted(declared: Any) -> frozenset[str]:
    match declared:
        case "all":
            return PERMISSIONS
        case "none":
            return frozenset()
        case {"except": missing}:
            return PERMISSIONS - frozenset(missing)
        case _:
            return frozenset(declared)


def _runnable(declared: Any) -> frozenset[int] | None:
    match declared:
        case "all":
            return None
        case "none":
            return frozenset()
        case _:
            return frozenset(declared)
