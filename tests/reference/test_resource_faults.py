"""Every fault in stock, locations, orders, reports, webhooks and assets decides otherwise than the rule that it replaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.reference.faults import FAULTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Api, Workshop

RECEIVE = {"partNo": 42, "wID": 1, "spot": "A-01-01", "units": 4}
HOOK = {
    "name": "Hook",
    "url": "https://hook.invalid/",
    "events": "inventory.received,inventory.issued",
    "payloadMode": 1,
}


def exercise_inventory(api: Api) -> None:
    """Read lots and levels; receive, move and issue stock, at a held location, too."""
    for path in ("", "/1", "/2", "/77", "/StockLevels", "/StockLevels/1"):
        api.ask("GET", f"/Inventory{path}")
    number = api.ask("POST", "/Inventory/Receive", json=RECEIVE).json()["recNo"]
    api.ask("POST", "/Inventory/Receive", json={**RECEIVE, "units": 0})
    for action, more in (
        ("Issue", {"units": 1}),
        ("Issue", {"units": 99}),
        ("Move", {"units": 1, "toSpot": "A-01-02"}),
        ("Move", {"units": 1, "toSpot": "N-01-01"}),
    ):
        api.ask("POST", f"/Inventory/{action}", json={"recNo": number, **more})
    for change in ("Hold", "Hold", "Release", "Release"):
        api.ask("POST", f"/Location/{change}?id=A-01-01")
        api.ask("GET", "/Inventory/1")
        api.ask("POST", "/Inventory/Issue", json={"recNo": number, "units": 1})
        for spot in ("A-01-02", "N-01-01"):
            api.ask("POST", "/Inventory/Move", json={"recNo": number, "units": 1, "toSpot": spot})


def exercise_locations(api: Api) -> None:
    """Read, hold and release locations, known and unknown ones."""
    for path in ("", "?wid=1", "?wid=1&sort=spot", "?wid=3", "/B-01-01", "/B-01", "/nowhere"):
        api.ask("GET", f"/Location{path}")
    for change in ("Hold", "Release"):
        for query in ("?id=B-01-01", "?id=B-01-01", "?id=nowhere", ""):
            api.ask("POST", f"/Location/{change}{query}")
        api.ask("GET", "/Location/B-01-01")


def exercise_orders(api: Api) -> None:
    """Read the lists of orders, whole and from or until moments at which there are orders."""
    for name in ("PurchaseOrder", "ShippingOrder", "WorkOrder"):
        api.ask("GET", f"/{name}")
        for moment in ("2025-01-06T09:00:00Z", "2025-01-10T00:00:00Z", "2025-01-29T00:00:00Z"):
            api.ask("GET", f"/{name}?startDate={moment}")
            api.ask("GET", f"/{name}?endDate={moment}")
        api.ask("GET", f"/{name}?startDate=2079-01-01T00:00:00Z")
        api.ask("GET", f"/{name}?endDate=1901-01-01T00:00:00Z")
    for query in ("sort=poNo", "page=2"):
        api.ask("GET", f"/PurchaseOrder?endDate=2025-01-10T00:00:00Z&{query}")


def exercise_reports(api: Api) -> None:
    """List and run reports, known and unknown ones, with all rows on a page."""
    for path in ("", "/15?pageSize=1000", "/9999"):
        api.ask("GET", f"/Report{path}")


def exercise_webhooks(api: Api) -> None:
    """Make, read, change, test and delete a subscription, as its owner and as another."""
    for wrong in (
        {"url": "http://hook.invalid/"},
        {"url": "http://hook.invalid/https"},
        {"payloadMode": 3},
        {"events": "nothing.happened"},
    ):
        api.ask("POST", "/Webhook", json=HOOK | wrong)
    number = api.ask("POST", "/Webhook", json=HOOK).json()["rec"]
    for client in ("only-webhooks-admin", "full"):
        for query in ("", "?sort=rec", "?page=2"):
            api.ask("GET", f"/Webhook{query}", client=client)
        api.ask("GET", f"/Webhook/{number}", client=client)
        for change in ({"name": "Other"}, {"url": "http://hook.invalid/"}, {"name": "Third"}):
            api.ask("PUT", f"/Webhook/{number}", client=client, json=change)
        for method, path in (("GET", ""), ("POST", "/test"), ("GET", "/log"), ("DELETE", "")):
            api.ask(method, f"/Webhook/{number}{path}", client=client)
    api.ask("GET", f"/Webhook/{number}")


def exercise_assets(api: Api) -> None:
    """Read the list of assets, sorted as well."""
    for query in ("", "?sort=shortID"):
        api.ask("GET", f"/Asset{query}")


def exercise_resource_rights(api: Api) -> None:
    """Ask clients without the permission, of another warehouse or read-only."""
    for client in ("none", "read-only", "without-shipping-orders-read", "warehouse-1"):
        for path in ("/Webhook", "/Webhook/3/log", "/Vendor/NOBODY", "/PurchaseOrder", "/ShippingOrder", "/Asset"):
            api.ask("GET", path, client=client)
        api.ask("POST", "/Webhook", client=client, json=HOOK)
        api.ask("POST", "/Webhook/3/test", client=client)


SCENARIOS: dict[str, Callable[[Api], None]] = {
    "inventory": exercise_inventory,
    "holds": exercise_inventory,
    "locations": exercise_locations,
    "purchase-orders": exercise_orders,
    "shipping-orders": exercise_orders,
    "work-orders": exercise_orders,
    "report-page": exercise_reports,
    "webhooks": exercise_webhooks,
    "assets": exercise_assets,
    "resource-rights": exercise_resource_rights,
}
"""By what the names of faults begin with."""


ASKED_BY_THE_SUITE = frozenset(
    {
        "inventory.move-within-one-warehouse",
        "webhooks.all-of-the-client",
        "webhooks.created-without-number",
        "webhooks.disabled-by-hand-active",
        "webhooks.events-kept",
        "webhooks.mode-kept",
        "webhooks.url-change-crashes",
        "webhooks.url-kept",
    }
)
"""What takes more than these scenarios do to be at work; that it is when the suite asks, `conformance selftest` proves."""


@pytest.mark.parametrize(
    "name", [name for name in FAULTS if name.partition(".")[0] in SCENARIOS and name not in ASKED_BY_THE_SUITE]
)
def test_fault_becomes_active(workshop: Workshop, name: str) -> None:
    """The scenario of its chapter meets a decision that differs from the rule's."""
    api = workshop.make(name)

    SCENARIOS[name.partition(".")[0]](api)

    assert api.activities[name].is_active
