"""Knows the target file that `conformance init` writes: a commented one to fill in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.errors import OutputError, UsageError

if TYPE_CHECKING:
    from pathlib import Path


def write_template(path: Path) -> None:
    """Write the template to a file that does not exist yet; raises UsageError if it does, OutputError if it cannot."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(TEMPLATE)
    except FileExistsError as error:
        message = f"{path}: exists already; give another name, nothing was overwritten"
        raise UsageError(message) from error
    except OSError as error:
        message = f"{path}: cannot be written: {error.strerror}"
        raise OutputError(message) from error


TEMPLATE = """\
# The target file of the InventoryPro conformance suite: how your implementation is reached, which clients the suite
# may use and what it may do. Lines that begin with "# " explain; lines that begin with "#" alone are settings to take
# up by removing the "#". `conformance doctor FILE` then checks everything in a minute, and `conformance plan FILE`
# shows what would be tested, and what would be left out and why, before anything is sent.

[target]
name = "Acme InventoryPro 2026.2"                  # for reports
base_url = "https://inventory.example.com/api/v1"  # up to and with /api/v1; https only

# The PEM file of the authority that signed the server's certificate, unless the system trusts it anyway.
#ca_file = "acme-ca.pem"

# Where plain HTTP would answer. Left out, the suite tries base_url's own host and port over http.
#plain_http_url = "http://inventory.example.com/api/v1"

# First path segments that you implement. Left out, everything in the documentation counts as implemented.
# They are Item, Inventory, Location, Category, Customer, Vendor, PurchaseOrder, ShippingOrder, WorkOrder, Report,
# Webhook and Asset.
#resources = ["Item", "Inventory", "Location", "Report"]

# An OpenAPI Overlay with operations of your own, and with deviations that you do not want reported: docs/extending.md.
#overlay = "acme.overlay.yaml"


[limits]
# How many requests may be under way at once, and how many may start in a second (left out: no limit).
concurrency = 8
#requests_per_second = 50

# Checks that must really wait longer than this are left pending. Where the control below offers "advance", nothing has
# to wait. Else: expiry takes a little over 4 hours, a disabled account a good minute.
longest_wait = "5m"

# false: send no request that could change data if the server were faulty. What read-only users may not do, and what a
# missing write permission forbids, then stays unchecked, so that a run is partial at best.
writes = true

# No list is read further than so many rows; what needs the whole of a longer one stays unchecked.
#rows = 10000


# Administrative changes that no API offers: rotate a secret, disable and enable an account, move the clock. Without
# them nothing is said about rotated secrets and disabled accounts. Choose one way; docs/control-protocol.md describes
# it and holds examples.
#[control]
#url = "https://127.0.0.1:9443/control"
#token = { env = "ACME_CONTROL_TOKEN" }
# ... or a program of yours, started in this file's folder for each action:
# command = ["./acme-control"]
# ... or the person at the terminal, who is asked to rotate, disable and enable by hand:
# operator = true


# Existing data that the suite may rely on; the rest it finds by reading. Without aliases nothing is said about items
# that are looked up by an alias.
#[data]
#warehouses = [1, 2, 3]
#reports = [15, 22, 47]
#aliases = { "OLD-BOLT" = "BOLT-M8-30" }


# Bodies that your server accepts, for operations whose body the documentation leaves open. Without an example such an
# operation is not run. A string that is exactly a placeholder is replaced: {warehouse} {partNo} {recNo} {shortID}
# {spot} {to_warehouse} {to_spot} {unique}.
#[examples."POST /Inventory/Receive"]
#body = { partNo = "{partNo}", wID = "{warehouse}", spot = "{spot}", units = 1 }
#[examples."POST /Inventory/Move"]
#body = { recNo = "{recNo}", toSpot = "{to_spot}", units = 1 }
#[examples."POST /Inventory/Issue"]
#body = { recNo = "{recNo}", units = 1 }
#[examples."POST /Webhook"]
#body = { name = "{unique}", url = "https://example.invalid/hook", events = "inventory.received", payloadMode = 1 }


# The clients. Each is one integration user with its own client ID. What you declare here is what the suite expects the
# server to grant and to refuse, so declare each truthfully:
#
#   client_secret   { env = "NAME" }, { file = "PATH" } or the secret itself
#   permissions     "all", "none", ["items.read", ...] or { except = ["items.write"] }; the names are <resource>.read
#                   and <resource>.write of items, inventory, locations, categories, customers, vendors,
#                   purchase-orders, shipping-orders, work-orders, reports and assets; webhooks.admin; and those of
#                   your overlay, which "all" holds too
#   warehouses      "all" (also when left out) or the numbers of its own: [1, 2]
#   reports         "all" (also when left out), "none" or [15, 22]
#   read_only       true for a read-only user; false when left out
#   expendable      true: the suite may rotate its secret and disable it; false when left out

# A client that may do everything. Its requests prove that what others are refused does exist and work.
[[clients]]
name = "full"
client_id = "ipc-full"
client_secret = { env = "ACME_FULL_SECRET" }
permissions = "all"
warehouses = "all"
reports = "all"
read_only = false
expendable = false

# A client without any permission. Without one, only those operations are checked for the permission they need that
# some other client may not use.
#[[clients]]
#name = "nobody"
#client_id = "ipc-nobody"
#client_secret = { env = "ACME_NOBODY_SECRET" }
#permissions = "none"

# A client that may read but has no write permission. Without one, nothing shows that reading and writing are two
# permissions. (That is not a read-only user: that one is next.)
#[[clients]]
#name = "reader"
#client_id = "ipc-reader"
#client_secret = { env = "ACME_READER_SECRET" }
#permissions = ["items.read", "inventory.read", "locations.read", "reports.read"]

# A read-only user whose permissions would allow writing. Without one, read-only mode is not checked.
#[[clients]]
#name = "read-only"
#client_id = "ipc-read-only"
#client_secret = { env = "ACME_READ_ONLY_SECRET" }
#permissions = "all"
#read_only = true

# A client that is limited to some of several warehouses. Without one, warehouse scope is not checked.
#[[clients]]
#name = "one-warehouse"
#client_id = "ipc-one-warehouse"
#client_secret = { env = "ACME_ONE_WAREHOUSE_SECRET" }
#permissions = "all"
#warehouses = [1]

# A client whose group may run some of the reports. Without one, report rights are not checked.
#[[clients]]
#name = "some-reports"
#client_id = "ipc-some-reports"
#client_secret = { env = "ACME_SOME_REPORTS_SECRET" }
#permissions = "all"
#reports = [15]

# Clients that nobody else uses: their secrets are rotated and their accounts disabled through the control. Without one,
# nothing is said about rotation, disabling and wrong secrets. One is enough; where the clock cannot be moved, three let
# these checks wait side by side. A rotated secret is kept in the file that it came from, else beside this file in
# <this file>.secrets, unless the control offers "reset".
#[[clients]]
#name = "expendable-1"
#client_id = "ipc-expendable-1"
#client_secret = { env = "ACME_EXPENDABLE_1_SECRET" }
#permissions = "all"
#expendable = true
"""
