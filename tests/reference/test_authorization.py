"""Permissions, read-only mode, warehouse scope and report rights are judged as the page "Authentication" says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.reference.operations import OPERATIONS

if TYPE_CHECKING:
    from conftest import Api

BODIES: dict[str, Any] = {
    "POST /Item": {"shortID": "NEW-1"},
    "PUT /Item": {"shortID": "BOLT-M8-30", "description": "Changed"},
    "POST /Inventory/Receive": {"partNo": 42, "wID": 1, "spot": "A-01-01", "units": 1},
    "POST /Inventory/Move": {"recNo": 15003, "toSpot": "A-01-02", "units": 1},
    "POST /Inventory/Issue": {"recNo": 15003, "units": 1},
    "POST /Webhook": {"url": "https://here.invalid/hook", "events": "inventory.received"},
    "PUT /Webhook/{id}": {"name": "Changed"},
}
ALONE = {
    "categories.read": "only-master-data-read",
    "assets.read": "only-master-data-read",
    "customers.read": "only-partners-read",
    "vendors.read": "only-partners-read",
    "purchase-orders.read": "only-orders-read",
    "shipping-orders.read": "only-orders-read",
    "work-orders.read": "only-orders-read",
}
PLACES = {
    "{partNo}": "42",
    "/Item/{shortID}": "/Item/BOLT-M8-30",
    "/Customer/{shortID}": "/Customer/ACME-CORP",
    "/Vendor/{shortID}": "/Vendor/ACME-FASTENERS",
    "{wid}": "1",
    "{spot}": "A-01-01",
    "/Category/{id}": "/Category/5",
    "{id}": "15",
    "{poNo}": "PO-2025-0001",
    "{soNo}": "SO-2025-0001",
    "{woNo}": "WO-2025-0001",
}
LABELS = [operation.label for operation in OPERATIONS]
PERMISSIONS = {operation.label: operation.permission for operation in OPERATIONS}
WRITES = [label for label in LABELS if not label.startswith("GET ")]


def own_webhook(server: Api, client: str) -> None:
    """Let webhook 15 be the client's own."""
    webhook = server.service.world.webhooks[0]
    server.service.store.webhooks[15] = replace(webhook, rec=15, owner=f"ipc-{client}")


def ask(server: Api, client: str, label: str) -> int:
    """Tell the status of a request that concerns warehouse 1 and report 15."""
    method, path = label.split(" ")
    own_webhook(server, client)
    for name, value in PLACES.items():
        path = path.replace(name, value)
    path += "?id=A-01-01" if path.endswith(("Hold", "Release")) else ""
    return server.ask(method, path, client=client, **({"json": BODIES[label]} if label in BODIES else {})).status_code


@pytest.mark.parametrize("label", LABELS)
def test_permission_decides(server: Api, label: str) -> None:
    """A client without the permission gets 403; one with nothing else does not."""
    name = PERMISSIONS[label].replace(".", "-")

    assert ask(server, "none", label) == 403
    assert ask(server, f"without-{name}", label) == 403
    assert ask(server, ALONE.get(PERMISSIONS[label], f"only-{name}"), label) in {200, 201, 202, 204}
    assert ask(server, "full", label) in {200, 201, 202, 204, 409}


@pytest.mark.parametrize("label", LABELS)
def test_read_only_client_reads_alone(server: Api, label: str) -> None:
    """POST, PUT and DELETE get 403, GET does not."""
    assert ask(server, "read-only", label) == (403 if label in WRITES else 200)


@pytest.mark.parametrize("label", WRITES)
def test_refused_write_changes_nothing(server: Api, label: str) -> None:
    """After 401 and 403 all tables are as before."""
    store = server.service.store
    own_webhook(server, "read-only")
    before = [dict(table) for table in (store.items, store.lots, store.locations, store.webhooks)]

    assert ask(server, "read-only", label) == 403
    assert [store.items, store.lots, store.locations, store.webhooks] == before
    assert ask(server, "none", label) == 403
    assert (
        server.ask(label.split(" ", maxsplit=1)[0], "/Item", client=None, json=BODIES["POST /Item"]).status_code == 401
    )
    assert [store.items, store.lots, store.locations] == before[:3]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/Inventory/1", None),
        ("GET", "/Inventory/StockLevels/1", None),
        ("GET", "/Inventory/77", None),
        ("GET", "/Location?wid=1", None),
        ("GET", "/PurchaseOrder/PO-2025-0001", None),
        ("GET", "/PurchaseOrder/PO-2025-0005", None),
        ("GET", "/Location/A-01-01", None),
        ("POST", "/Location/Hold?id=A-01-01", None),
        ("POST", "/Location/Release?id=A-01-01", None),
        ("POST", "/Inventory/Receive", {"partNo": 42, "wID": 1, "spot": "N-01-01", "units": 1}),
        ("POST", "/Inventory/Receive", {"partNo": 42, "wID": 2, "spot": "A-01-01", "units": 1}),
        ("POST", "/Inventory/Receive", {"partNo": 42, "spot": "A-01-01", "units": 1}),
        ("POST", "/Inventory/Move", {"recNo": 15003, "toSpot": "N-01-01", "units": 1}),
        ("POST", "/Inventory/Move", {"recNo": 15009, "toSpot": "A-01-01", "units": 1}),
        ("POST", "/Inventory/Issue", {"recNo": 15003, "units": 1}),
    ],
)
def test_foreign_warehouse_is_refused(server: Api, method: str, path: str, body: Any) -> None:
    """Wherever the request names it: in the path, the query, by spot, by lot or in the body, as source and as destination."""
    content = {} if body is None else {"json": body}

    answer = server.ask(method, path, client="warehouses-2-3", **content)

    assert answer.status_code == 403
    assert set(answer.json()) == {"statusCode", "error", "message", "details"}


def test_own_warehouses_are_not_refused(server: Api) -> None:
    """A client of two warehouses reads and moves between both."""
    move = {"recNo": 15009, "toSpot": "H-01-01", "units": 1}

    assert server.ask("GET", "/Inventory/2", client="warehouses-2-3").status_code == 200
    assert server.ask("GET", "/Inventory/3", client="warehouses-2-3").status_code == 200
    assert server.ask("POST", "/Inventory/Move", client="warehouses-2-3", json=move).status_code == 200


@pytest.mark.parametrize(
    ("path", "field"),
    [("/Inventory", "wID"), ("/Inventory/StockLevels", "wID"), ("/Location", "warehouseID"), ("/Asset", "warehouse")],
)
def test_lists_over_all_warehouses_are_filtered(server: Api, path: str, field: str) -> None:
    """They show and count the rows of the client's own warehouses."""
    everything = server.ask("GET", f"{path}?pageSize=250").json()
    own = server.ask("GET", f"{path}?pageSize=250", client="warehouse-1").json()

    expected = [row for row in everything["value"] if row[field] == 1]
    assert own["value"] == expected
    assert own["totalCount"] == len(expected)
    assert 0 < own["totalCount"] < everything["totalCount"]


def test_report_shows_own_warehouses(server: Api) -> None:
    """The result of a report is limited to the client's warehouses, too."""
    rows = server.ask("GET", "/Report/15?pageSize=1000", client="warehouse-1").json()["value"]

    assert {row["warehouse"] for row in rows} == {"Main"}


def test_report_rights_decide(server: Api) -> None:
    """A client runs and lists the reports that its group may run; unknown ones are not told apart."""
    run = {
        report: server.ask("GET", f"/Report/{report}", client="reports-some").status_code
        for report in (15, 16, 47, 999)
    }
    listed = server.ask("GET", "/Report", client="reports-some").json()

    assert run == {15: 200, 16: 403, 47: 200, 999: 403}
    assert [row["reportID"] for row in listed["value"]] == [15, 22, 47]
    assert listed["totalCount"] == 3
    assert server.ask("GET", "/Report", client="reports-none").json()["value"] == []
    assert server.ask("GET", "/Report/15", client="reports-none").status_code == 403
    assert server.ask("GET", "/Report/999").status_code == 404


def test_permission_comes_before_input(server: Api) -> None:
    """Without the permission the answer is 403, whatever is wrong with the input."""
    assert server.ask("GET", "/Item?page=x", client="none").status_code == 403
    assert server.ask("POST", "/Item", client="read-only", content=b"{").status_code == 403
    assert server.ask("GET", "/Item/99999", client="none").status_code == 403
