"""The world is large and varied enough for every question that is asked of it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from conformance.reference.world import PERMISSIONS, World, load_world, world_folder

if TYPE_CHECKING:
    from pathlib import Path


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


def test_clients_are_of_every_kind(world: World) -> None:
    """Every permission is missing once and alone once; scope, report rights, read-only and expendable ones are there."""
    clients = {client.name: client for client in world.clients}

    for permission in PERMISSIONS:
        name = permission.replace(".", "-")
        assert clients[f"without-{name}"].permissions == PERMISSIONS - {permission}
        assert clients[f"only-{name}"].permissions == {permission}
    assert clients["warehouse-1"].warehouses == frozenset({1})
    assert clients["warehouses-2-3"].warehouses == frozenset({2, 3})
    assert clients["reports-none"].reports == frozenset()
    assert clients["read-only"].read_only
    assert sum(client.expendable for client in world.clients) == 3
    assert len({client.secret for client in world.clients}) == len(world.clients)
