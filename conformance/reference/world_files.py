"""Where the files of the world are, and how they are read."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.reference.world import (
    PERMISSIONS,
    QUIET_SINCE,
    Asset,
    Category,
    Client,
    Item,
    Location,
    Lot,
    Note,
    Order,
    OrderLine,
    Partner,
    Report,
    ReportRow,
    Warehouse,
    Webhook,
    WorkOrder,
    World,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    Rows = list[dict[str, Any]]

PACKAGE = Path(__file__).resolve().parent.parent


def world_folder(package: Path = PACKAGE) -> Path:
    """Find the world's files: in the installed package, else in the checkout that the package stands in."""
    packaged = package / "_data" / "fixtures" / "world"
    return packaged if packaged.is_dir() else package.parent / "fixtures" / "world"


@cache
def load_world(folder: Path | None = None) -> World:
    """Read a world from a folder of JSON files, once per process."""
    source = folder or world_folder()

    def rows(name: str) -> Rows:
        loaded: Rows = json.loads((source / f"{name}.json").read_text(encoding="utf-8"))
        return loaded

    items = tuple(map(_item, rows("items")))
    line = _lines_of({item.short_id: item.description for item in items})

    return World(
        warehouses=tuple(Warehouse(row["id"], row["name"]) for row in rows("warehouses")),
        items=items,
        lots=tuple(map(_lot, rows("lots"))),
        locations=tuple(map(_location, rows("locations"))),
        reports=tuple(map(_report, rows("reports"))),
        categories=tuple(map(_category, rows("categories"))),
        customers=tuple(map(_partner, rows("customers"))),
        vendors=tuple(map(_partner, rows("vendors"))),
        purchase_orders=tuple(_purchase_order(row, line) for row in rows("purchase-orders")),
        shipping_orders=tuple(_shipping_order(row, line) for row in rows("shipping-orders")),
        work_orders=tuple(_work_order(row, line) for row in rows("work-orders")),
        assets=tuple(map(_asset, rows("assets"))),
        webhooks=tuple(map(_webhook, rows("webhooks"))),
        clients=tuple(map(_client, rows("clients"))),
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _moment_or_none(text: str | None) -> datetime | None:
    return None if text is None else _moment(text)


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
        created=_moment(row["created"]),
        modified=_moment(row["modified"]),
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
        received=_moment(row["received"]),
        modified=_moment(row["modified"]),
        shipped=_moment_or_none(row["shipped"]),
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


def _category(row: dict[str, Any]) -> Category:
    return Category(
        category_id=row["categoryID"],
        name=row["name"],
        description=row["description"],
        active=row["active"],
        created=_moment(row["created"]),
        modified=_moment(row["modified"]),
    )


def _partner(row: dict[str, Any]) -> Partner:
    same = {
        name: row[name]
        for name in (
            "name", "address1", "address2", "city", "state", "country", "phone", "fax", "email", "contact", "active",
        )
    }  # fmt: skip
    return Partner(
        short_id=row["shortID"],
        zip_code=row["zip"],
        created=_moment(row["created"]),
        modified=_moment(row["modified"]),
        **same,
    )


def _lines_of(descriptions: dict[str, str]) -> Callable[..., OrderLine]:
    """Make lines whose description is the item's."""

    def line(number: int, short_id: str, units: float, done: float, price: float, wid: int) -> OrderLine:
        return OrderLine(number, short_id, descriptions[short_id], units, done, price, wid)

    return line


def _wids(row: dict[str, Any]) -> frozenset[int]:
    """Collect the warehouses of an order's lines, where they stand last."""
    return frozenset(line[-1] for line in row["lines"])


def _purchase_order(row: dict[str, Any], line: Callable[..., OrderLine]) -> Order:
    return Order(
        number=row["poNo"],
        partner=row["vendor"],
        ordered=_moment(row["orderDate"]),
        due=_moment(row["expectedDate"]),
        status=row["status"],
        lines=tuple(line(*parts) for parts in row["lines"]),
        wids=_wids(row),
        modified=_moment(row["modified"]),
    )


def _shipping_order(row: dict[str, Any], line: Callable[..., OrderLine]) -> Order:
    return Order(
        number=row["soNo"],
        partner=row["customer"],
        ordered=_moment(row["orderDate"]),
        due=_moment(row["shipDate"]),
        status=row["status"],
        lines=tuple(line(number, item, units, 0.0, 0.0, wid) for number, item, units, wid in row["lines"]),
        wids=_wids(row),
        modified=_moment(row["modified"]),
    )


def _work_order(row: dict[str, Any], line: Callable[..., OrderLine]) -> WorkOrder:
    return WorkOrder(
        number=row["woNo"],
        description=row["description"],
        status=row["status"],
        start=_moment(row["startDate"]),
        due=_moment(row["dueDate"]),
        assignee=row["assignee"],
        lines=tuple(line(number, item, units, done, 0.0, wid) for number, item, units, done, wid in row["lines"]),
        wids=_wids(row),
        notes=tuple(Note(_moment(date), author, text) for date, author, text in row["notes"]),
        created=_moment(row["created"]),
        modified=_moment(row["modified"]),
    )


def _asset(row: dict[str, Any]) -> Asset:
    return Asset(
        short_id=row["shortID"],
        description=row["description"],
        kind=row["assetType"],
        kind_name=row["assetTypeName"],
        serial=row["serial"],
        wid=row["warehouse"],
        location=row["location"],
        created=_moment(row["created"]),
        modified=_moment(row["modified"]),
        discontinued=_moment_or_none(row["discontinued"]),
    )


def _webhook(row: dict[str, Any]) -> Webhook:
    return Webhook(
        rec=row["rec"],
        owner=row["client"],
        name=row["name"],
        url=row["url"],
        events=row["events"],
        payload_mode=row["payloadMode"],
        disable_type=row["disableType"],
        failure_count=row["failureCount"],
        last_success=_moment_or_none(row["lastSuccess"]),
        last_failure=_moment_or_none(row["lastFailure"]),
        last_error=row["lastError"],
        created=_moment(row["created"]),
        modified=_moment(row["modified"]),
    )


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
