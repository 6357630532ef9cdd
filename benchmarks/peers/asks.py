"""The authorization matrix that both authorization testers get: what is asked, and which client may ask it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.contract.permissions import expected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.target.file import Client, Target

OWNER = "only-webhooks-admin"
"""The client whose subscription number 3 is."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: `warehouses` are those that it touches, `data` is a text of what it must not show when refused.

    `owner` is the one client that may ask it. `taken` says that asking twice may be answered with 409.
    """

    name: str
    operation: str
    path: str
    body: dict[str, Any] | None = None
    warehouses: tuple[int, ...] = ()
    report: int | None = None
    data: str | None = None
    owner: str | None = None
    taken: bool = False

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.operation.partition(" ")[0]

    def is_allowed(self, client: Client, target: Target) -> bool:
        """Tell whether a client may ask this, by what it is declared to be allowed."""
        if self.owner is not None:
            return client.name == self.owner
        operation = target.specification[self.operation]
        return expected(client.rights, operation, self.warehouses or None, self.report).allowed


@dataclass(frozen=True, slots=True)
class Filtered:
    """A list that shows a client no row of these warehouses or reports; `key` is the field that holds their numbers."""

    name: str
    operation: str
    client: str
    key: str
    hidden: tuple[int, ...]

    @property
    def path(self) -> str:
        """The largest page of the list."""
        return self.operation.partition(" ")[2] + "?pageSize=250"

    @property
    def texts(self) -> tuple[str, ...]:
        """What stands in an answer that shows such a row."""
        return tuple(f'"{self.key}": {number}' for number in self.hidden)

    def is_shown(self, client: Client, target: Target) -> bool:
        """Tell whether a client may see such a row."""
        rights = client.rights
        covers = rights.covers_report if self.key == "reportID" else rights.covers_warehouse
        return expected(rights, target.specification[self.operation]).allowed and any(map(covers, self.hidden))


def _reads() -> Iterator[Ask]:
    yield Ask("items", "GET /Item", "/Item", data='"shortID"')
    yield Ask("all-items", "GET /Item/All", "/Item/All", data='"shortID"')
    yield Ask("item", "GET /Item/{item}", "/Item/2", data="Hex Bolt")
    yield Ask("lots", "GET /Inventory", "/Inventory", data='"recNo"')
    yield Ask("levels", "GET /Inventory/StockLevels", "/Inventory/StockLevels", data='"partNo"')
    yield Ask("locations", "GET /Location", "/Location", data='"spot"')
    of, north, levels = "of-warehouse-2", (2,), "/Inventory/StockLevels"
    yield Ask(f"lots-{of}", "GET /Inventory/{wid}", "/Inventory/2", warehouses=north, data='"recNo"')
    yield Ask(f"levels-{of}", f"GET {levels}/{{wid}}", f"{levels}/2", warehouses=north, data='"partNo"')
    yield Ask(f"locations-{of}", "GET /Location", "/Location?wid=2", warehouses=north, data='"spot"')
    yield Ask(f"location-{of}", "GET /Location/{spot}", "/Location/N-01-01", warehouses=north, data='"spot"')
    yield Ask("categories", "GET /Category", "/Category", data='"categoryID"')
    yield Ask("all-categories", "GET /Category/All", "/Category/All", data='"categoryID"')
    yield Ask("category", "GET /Category/{id}", "/Category/1", data="Adhesives")
    yield Ask("customers", "GET /Customer/All", "/Customer/All", data='"shortID"')
    yield Ask("vendors", "GET /Vendor/All", "/Vendor/All", data='"shortID"')
    yield Ask("vendor", "GET /Vendor/{id}", "/Vendor/EMBER-CABLES", data="Ember Cables")
    yield Ask("purchase-orders", "GET /PurchaseOrder", "/PurchaseOrder", data='"poNo"')
    yield Ask("shipping-orders", "GET /ShippingOrder", "/ShippingOrder", data='"soNo"')
    yield Ask("work-orders", "GET /WorkOrder", "/WorkOrder", data='"woNo"')
    yield Ask("assets", "GET /Asset", "/Asset", data='"serial"')
    yield Ask("reports", "GET /Report", "/Report", data='"reportName"')
    for number in (16, 47):
        yield Ask(f"report-{number}", "GET /Report/{id}", f"/Report/{number}", report=number, data='"value"')
    yield Ask("subscriptions", "GET /Webhook", "/Webhook")


def _writes() -> Iterator[Ask]:
    item = {"description": "Asked by a peer", "uOM": "EA"}
    yield Ask("create-item", "POST /Item", "/Item", {"shortID": "PEER-{actor}", **item}, taken=True)
    yield Ask("update-item", "PUT /Item", "/Item", {"shortID": "BOLT-M10-40", "description": "Hex Bolt M10x40mm"})
    yield Ask("discontinue-item", "DELETE /Item/{item}", "/Item/WASHER-12")
    of, north, move = "in-warehouse-2", (2,), ("POST /Inventory/Move", "/Inventory/Move")
    yield Ask(f"hold-{of}", "POST /Location/Hold", "/Location/Hold?id=N-01-02", warehouses=north)
    yield Ask(f"release-{of}", "POST /Location/Release", "/Location/Release?id=N-01-02", warehouses=north)
    stock = {"partNo": 2, "wID": 2, "spot": "N-01-02", "units": 1}
    yield Ask(f"receive-{of}", "POST /Inventory/Receive", "/Inventory/Receive", stock, north)
    yield Ask(f"issue-{of}", "POST /Inventory/Issue", "/Inventory/Issue", {"recNo": 15019, "units": 1}, north)
    yield Ask(f"move-{of}", *move, {"recNo": 15019, "units": 1, "toSpot": "N-01-02"}, north)
    yield Ask("move-out-of-warehouse-1", *move, {"recNo": 15003, "units": 1, "toSpot": "N-01-02"}, (1, 2))
    yield Ask("move-out-of-warehouse-2", *move, {"recNo": 15019, "units": 1, "toSpot": "A-01-02"}, (1, 2))
    hook = {"name": "PEER", "url": "https://peers.invalid/hook", "events": "inventory.received", "payloadMode": 1}
    yield Ask("subscribe", "POST /Webhook", "/Webhook", hook)
    yield Ask("update-subscription", "PUT /Webhook/{id}", "/Webhook/3", hook, owner=OWNER)
    yield Ask("test-subscription", "POST /Webhook/{id}/test", "/Webhook/3/test", owner=OWNER)
    yield Ask("subscription", "GET /Webhook/{id}", "/Webhook/3", owner=OWNER, data='"rec"')
    yield Ask("subscription-log", "GET /Webhook/{id}/log", "/Webhook/3/log", owner=OWNER)


ASKS = (*_reads(), *_writes())

FILTERED = tuple(
    Filtered(f"{operation} as {client}", operation, client, key, hidden)
    for operation, key in (
        ("GET /Inventory", "wID"),
        ("GET /Inventory/StockLevels", "wID"),
        ("GET /Location", "warehouseID"),
        ("GET /Asset", "warehouse"),
    )
    for client, hidden in (("warehouse-1", (2, 3)), ("warehouses-2-3", (1,)))
) + tuple(
    Filtered(f"GET /Report as {client}", "GET /Report", client, "reportID", hidden)
    for client, hidden in (("reports-some", (16, 23, 31, 52)), ("reports-none", (15, 16, 47)))
)

CLIENTS = (
    "full",
    "none",
    "read-only",
    "without-items-read",
    "without-items-write",
    "without-inventory-read",
    "without-inventory-write",
    "without-locations-read",
    "without-locations-write",
    "without-reports-read",
    "without-purchase-orders-read",
    "without-shipping-orders-read",
    "without-webhooks-admin",
    OWNER,
    "warehouse-1",
    "warehouses-2-3",
    "reports-some",
    "reports-none",
)
"""A client for each way of being refused; what those without one more permission would ask, "none" asks, too."""


def clients(target: Target) -> list[Client]:
    """The clients of the matrix."""
    return [target.client(name) for name in CLIENTS]
