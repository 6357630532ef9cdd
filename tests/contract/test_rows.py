"""What the documentation states of the rows of categories, partners, orders, webhooks and assets."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from conformance.contract.specification import load_specification

SPECIFICATION = load_specification()
ORDERS = ("GET /PurchaseOrder", "GET /ShippingOrder", "GET /WorkOrder")

CATEGORY = {
    "categoryID": 1,
    "name": "Nuts",
    "description": "what turns",
    "active": True,
    "created": "2024-01-02T03:04:05",
    "modified": "2024-01-02T03:04:05",
}
CUSTOMER = {
    **dict.fromkeys(
        ("address1", "address2", "city", "state", "zip", "country", "phone", "fax", "email", "contact"), ""
    ),
    "shortID": "NORTH",
    "name": "North Ltd",
    "active": True,
    "created": "2024-01-02T03:04:05",
    "modified": "2024-01-02T03:04:05",
}
PURCHASE_ORDER = {
    "poNo": "P-1",
    "vendor": "North Ltd",
    "orderDate": "2024-01-02T00:00:00Z",
    "expectedDate": "2024-01-09T00:00:00Z",
    "status": "Open",
    "totalLines": 1,
    "totalValue": 2.5,
}
SHIPPING_ORDER = {
    "soNo": "S-1",
    "customer": "North Ltd",
    "orderDate": "2024-01-02T00:00:00Z",
    "shipDate": "2024-01-09T00:00:00Z",
    "status": "Partial",
    "totalLines": 1,
}
WORK_ORDER = {
    "woNo": "W-1",
    "description": "Assemble",
    "status": "In Progress",
    "startDate": "2024-01-02T00:00:00Z",
    "dueDate": "2024-01-09T00:00:00Z",
    "assignee": "Shop",
    "totalLines": 1,
}
WEBHOOK = {
    "rec": 1,
    "name": "Mirror",
    "url": "https://mirror.invalid/",
    "events": "inventory.received",
    "payloadMode": 2,
    "active": True,
    "disableType": 0,
    "failureCount": 0,
    "failureDays": 0,
    "lastSuccess": "2024-01-02T03:04:05Z",
    "lastFailure": None,
    "lastError": None,
    "created": "2024-01-02T03:04:05Z",
    "modified": "2024-01-02T03:04:05Z",
}
ASSET = {
    "shortID": "TRUCK-1",
    "description": "a truck",
    "assetType": 1,
    "assetTypeName": "Trucks",
    "serial": "1",
    "warehouse": 1,
    "warehouseName": "North",
    "location": "Gate",
    "status": "Active",
    "created": "2024-01-02T03:04:05Z",
    "modified": "2024-01-02T03:04:05Z",
    "discontinued": None,
}
ROWS: dict[str, dict[str, Any]] = {
    "GET /Category": CATEGORY,
    "GET /Category/All": CATEGORY,
    "GET /Customer/All": CUSTOMER,
    "GET /Vendor/All": CUSTOMER,
    "GET /PurchaseOrder": PURCHASE_ORDER,
    "GET /ShippingOrder": SHIPPING_ORDER,
    "GET /WorkOrder": WORK_ORDER,
    "GET /Webhook": WEBHOOK,
    "GET /Asset": ASSET,
}
# Fields of the rows above that a row may do without: called optional, or seen in an example alone.
OPTIONAL = {"GET /Category": {"description"}, "GET /Category/All": {"description"}}
OPTIONAL["GET /Webhook"] = {"lastError", "created", "modified"}


def page(row: object) -> dict[str, Any]:
    """Put one row into an envelope."""
    return {"value": [row], "totalCount": 1, "page": 1, "pageSize": 25, "pageCount": 1, "hasMore": False}


def valid(label: str, body: object) -> bool:
    """Judge a body by what the operation documents for 200."""
    response = SPECIFICATION[label].response(200)
    assert response is not None
    assert response.schema is not None
    return jsonschema_rs.validator_for(response.schema).is_valid(body)


@pytest.mark.parametrize(("label", "name"), [(label, name) for label, row in ROWS.items() for name in row])
def test_a_row_lacks_no_field(label: str, name: str) -> None:
    """Each field of each resource's row is missed, but those that are not called obligatory anywhere."""
    row = {key: value for key, value in ROWS[label].items() if key != name}

    assert valid(label, page(ROWS[label]))
    assert valid(label, page(row)) == (name in OPTIONAL.get(label, set()))


@pytest.mark.parametrize(
    ("label", "name", "value"),
    [
        ("GET /Category", "categoryID", "1"),
        ("GET /Category", "active", 1),
        ("GET /Customer/All", "address2", None),
        ("GET /Vendor/All", "zip", 12345),
        ("GET /PurchaseOrder", "poNo", 1),
        ("GET /PurchaseOrder", "status", "In Progress"),
        ("GET /PurchaseOrder", "totalValue", "2.50"),
        ("GET /ShippingOrder", "shipDate", "tomorrow"),
        ("GET /WorkOrder", "status", "Partial"),
        ("GET /Webhook", "events", ["inventory.received"]),
        ("GET /Webhook", "payloadMode", 3),
        ("GET /Webhook", "disableType", 3),
        ("GET /Asset", "warehouse", "North"),
        ("GET /Asset", "status", "Retired"),
        ("GET /Asset", "discontinued", False),
    ],
)
def test_a_row_has_the_documented_types(label: str, name: str, value: object) -> None:
    """A number where a string is documented, a word that is none of those listed, a null that no page shows."""
    assert not valid(label, page(ROWS[label] | {name: value}))


@pytest.mark.parametrize(
    ("label", "name", "value"),
    [
        ("GET /Category", "description", None),
        ("GET /Category", "created", "2024-01-02T03:04:05Z"),
        ("GET /Webhook", "lastSuccess", None),
        ("GET /Webhook", "lastError", "timed out"),
        ("GET /Asset", "discontinued", "2024-01-02T03:04:05Z"),
        ("GET /PurchaseOrder", "totalValue", 2),
    ],
)
def test_what_is_left_open_is_accepted(label: str, name: str, value: object) -> None:
    """A date with a zone or without, a whole number for a decimal, a null where there may be nothing to show."""
    assert valid(label, page(ROWS[label] | {name: value}))


@pytest.mark.parametrize("label", ORDERS)
def test_lines_stand_in_the_single_order_alone(label: str) -> None:
    """A list leaves them out; null and an empty list say no more."""
    assert valid(label, page(ROWS[label] | {"lines": None}))
    assert valid(label, page(ROWS[label] | {"lines": []}))
    assert not valid(label, page(ROWS[label] | {"lines": [{}]}))


def test_the_single_order_is_there_for_overlays() -> None:
    """No page shows the operation that gives one, but its lines and notes are documented."""
    line = {"lineNo": 1, "shortID": "NUT-7", "description": "a nut", "units": 1, "warehouse": 1}
    line |= {"warehouseName": "North", "unitsCompleted": 0}
    note = {"noteDate": "2024-01-02T03:04:05Z", "author": "Ann", "note": "done"}
    judge = jsonschema_rs.validator_for(SPECIFICATION.schemas["WorkOrder"])

    assert judge.is_valid(WORK_ORDER | {"lines": [line], "notes": [note]})
    assert not judge.is_valid(WORK_ORDER)
    assert not judge.is_valid(WORK_ORDER | {"lines": [line | {"warehouse": "North"}], "notes": []})


@pytest.mark.parametrize(
    ("label", "row"),
    [("GET /Category/{id}", CATEGORY), ("GET /Vendor/{id}", CUSTOMER), ("GET /Webhook/{id}", WEBHOOK)],
)
def test_a_single_object_is_not_wrapped(label: str, row: dict[str, object]) -> None:
    """It is shaped like a row."""
    assert valid(label, row)
    assert not valid(label, page(row))
