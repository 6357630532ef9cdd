"""The world is large and varied enough for every question that is asked of it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from conformance.reference.world import PERMISSIONS, World
from conformance.reference.world_files import load_world, world_folder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from conformance.reference.world import Order, WorkOrder


@pytest.fixture
def world() -> World:
    """Give the world of the repository."""
    return load_world()


def test_world_is_found_in_the_package_first(tmp_path: Path, world: World) -> None:
    """An installed wheel brings its own copy; a checkout has it beside the package."""
    package = tmp_path / "conformance"
    beside, within = tmp_path / "fixtures" / "world", package / "_data" / "fixtures" / "world"
    shutil.copytree(world_folder(), beside)
    assert world_folder(package) == beside

    shutil.copytree(beside, within)
    assert world_folder(package) == within
    assert load_world(within) == world


def test_world_is_large_enough(world: World) -> None:
    """Lists have several pages, and every warehouse has something in it."""
    assert len(world.warehouses) >= 3
    assert len(world.items) >= 60
    assert len(world.lots) >= 120
    assert len(world.locations) >= 30
    assert len(world.reports) >= 8
    assert {lot.wid for lot in world.lots} == {location.wid for location in world.locations} == {1, 2, 3}
    assert any(item.discontinued for item in world.items)
    assert sum(category.active for category in world.categories) > 25
    assert not all(category.active for category in world.categories)
    for partners in (world.customers, world.vendors):
        assert len(partners) > 25
        assert not all(partner.active for partner in partners)
    assert sum(order.status != "Closed" for order in world.purchase_orders) > 50
    for orders in (world.purchase_orders, world.shipping_orders, world.work_orders):
        assert len(orders) > 50
        assert len({order.status for order in orders}) == 3
    assert sum(asset.discontinued is None for asset in world.assets) > 25
    assert {asset.wid for asset in world.assets if asset.discontinued is None} == {1, 2, 3}
    assert any(location.hold for location in world.locations)
    assert world.aliases["OLD-BOLT"] == "BOLT-M8-30"


def test_world_fits_together(world: World) -> None:
    """Keys are unique, and lots lie at locations of their own warehouse."""
    spots = {location.spot: location.wid for location in world.locations}
    parts = {item.part_no for item in world.items}

    assert len(spots) == len(world.locations)
    assert len(parts) == len({item.short_id for item in world.items}) == len(world.items)
    assert len({lot.rec_no for lot in world.lots}) == len(world.lots)
    assert all(spots[lot.spot] == lot.wid and lot.part_no in parts for lot in world.lots)
    assert all(item.created <= item.modified for item in world.items)
    assert all(lot.active == (lot.shipped is None) for lot in world.lots)
    assert {item.category for item in world.items} <= {category.category_id for category in world.categories}
    assert {order.partner for order in world.purchase_orders} <= {vendor.name for vendor in world.vendors}
    assert {order.partner for order in world.shipping_orders} <= {customer.name for customer in world.customers}
    assert {webhook.owner for webhook in world.webhooks} <= {client.client_id for client in world.clients}


def test_moments_tie(world: World) -> None:
    """Several rows of every table were changed, or ordered, at the same moment: a stable order is worth something."""
    tables: tuple[Sequence[Any], ...] = (
        world.items, world.lots, world.categories, world.customers, world.vendors, world.purchase_orders,
        world.shipping_orders, world.work_orders, world.assets,
    )  # fmt: skip

    for rows in tables:
        assert len({row.modified for row in rows}) < len(rows)
    for orders in (world.purchase_orders, world.shipping_orders):
        assert len({order.ordered for order in orders}) < len(orders)
    assert len({lot.received for lot in world.lots}) < len(world.lots)


def test_progress_of_orders_fits_their_status(world: World) -> None:
    """Nothing of an open order is done, something of one in part, and all of a closed one."""
    orders: tuple[Order | WorkOrder, ...] = (*world.purchase_orders, *world.work_orders)
    for order in orders:
        done = [line.done for line in order.lines]
        assert all(0 <= line.done <= line.units for line in order.lines)
        assert [line.number for line in order.lines] == list(range(1, len(order.lines) + 1))
        if order.status == "Open":
            assert not any(done)
        if order.status == "Partial":
            assert any(done)
        if order.status == "Closed":
            assert done == [line.units for line in order.lines]


def test_clients_are_of_every_kind(world: World) -> None:
    """Every permission is missing once and alone once; scope, report rights, read-only and expendable ones are there."""
    clients = {client.name: client for client in world.clients}

    for permission in PERMISSIONS:
        name = permission.replace(".", "-")
        assert clients[f"without-{name}"].permissions == PERMISSIONS - {permission}
        assert any(permission in client.permissions for client in world.clients if client.name.startswith("only-"))
    for name, client in clients.items():
        assert not name.startswith("only-") or len(client.permissions) <= 3
    assert clients["warehouse-1"].warehouses == frozenset({1})
    assert clients["warehouses-2-3"].warehouses == frozenset({2, 3})
    assert clients["reports-none"].reports == frozenset()
    assert clients["read-only"].read_only
    assert sum(client.expendable for client in world.clients) == 3
    assert len({client.secret for client in world.clients}) == len(world.clients)
