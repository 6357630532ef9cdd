"""Which questions about rights a target with these clients is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.contract.specification import load_specification
from conformance.suite.cells import Kind, all_cells
from conformance.target.file import load_target

if TYPE_CHECKING:
    from pathlib import Path

CLIENT = """
[target]
name = "Acme"
base_url = "https://acme.example/api/v1"

[[clients]]
name = "someone"
client_id = "ipc-someone"
client_secret = "s3cret"
permissions = {permissions}
warehouses = {warehouses}
reports = {reports}
"""


def asked(
    folder: Path, kind: Kind, *, permissions: str = '"all"', warehouses: str = '"all"', reports: str = '"all"'
) -> set[str]:
    """The operations that are asked this way on behalf of the one declared client."""
    file = folder / "acme.toml"
    file.write_text(CLIENT.format(permissions=permissions, warehouses=warehouses, reports=reports), "utf-8")
    target = load_target(file, load_specification())
    return {cell.operation for cell in all_cells(load_specification(), target) if cell.kind == kind}


def granted_to(folder: Path, warehouses: str) -> set[str]:
    """The operations that the one declared client is expected not to be refused."""
    return asked(folder, Kind.GRANTED, warehouses=warehouses)


@pytest.mark.parametrize("label", ["GET /PurchaseOrder", "GET /ShippingOrder", "GET /WorkOrder", "GET /Report/{id}"])
def test_what_may_span_warehouses_unseen_may_be_refused_to_a_client_of_some(tmp_path: Path, label: str) -> None:
    """The rows do not tell of which warehouse they are, so no answer of the target's is held against it."""
    assert label in granted_to(tmp_path, '"all"')
    assert label not in granted_to(tmp_path, "[1]")


@pytest.mark.parametrize("label", ["GET /Item", "GET /Customer/All", "GET /Inventory/{wid}"])
def test_a_client_of_some_warehouses_may_have_the_rest(tmp_path: Path, label: str) -> None:
    """Items and customers belong to no warehouse, and lots are asked for in its own."""
    assert label in granted_to(tmp_path, "[1]")


def test_a_client_of_several_warehouses_is_asked_about_another_one(tmp_path: Path) -> None:
    """A server that keeps one of a client's warehouses refuses the rest; what names no warehouse tells nothing of that."""
    elsewhere = asked(tmp_path, Kind.GRANTED_ELSEWHERE, warehouses="[1, 2]")

    assert elsewhere == {
        "GET /Inventory/{wid}",
        "GET /Inventory/StockLevels/{wid}",
        "GET /Location",
        "GET /Location/{spot}",
    }


@pytest.mark.parametrize("warehouses", ['"all"', "[1]"])
def test_a_client_of_one_warehouse_or_of_all_has_no_other_one(tmp_path: Path, warehouses: str) -> None:
    """There is none, or none whose number is declared."""
    assert asked(tmp_path, Kind.GRANTED_ELSEWHERE, warehouses=warehouses) == set()


def test_another_query_is_asked_of_every_list_without_permission(tmp_path: Path) -> None:
    """And of nothing else: what is no list has few ways to be asked."""
    lists = {operation.label for operation in load_specification() if operation.listing is not None}

    assert asked(tmp_path, Kind.OTHER_QUERY, permissions='"none"') == lists
    assert asked(tmp_path, Kind.OTHER_QUERY, permissions='{ except = ["items.read"] }') == {
        "GET /Item",
        "GET /Item/All",
    }
    assert asked(tmp_path, Kind.OTHER_QUERY) == set()


def test_another_query_has_one_reason_to_be_refused(tmp_path: Path) -> None:
    """A client of some warehouses, or of some reports, may be refused for what it asks about."""
    scoped = asked(tmp_path, Kind.OTHER_QUERY, permissions='"none"', warehouses="[1]", reports="[15]")

    assert "GET /Item" in scoped
    assert scoped & {"GET /Inventory", "GET /Inventory/{wid}", "GET /Location", "GET /Report/{id}"} == set()


def test_an_allowed_read_is_asked_by_someone_without_each_other_permission(tmp_path: Path) -> None:
    """A list that asks for the wrong permission refuses those alone who lack that one."""
    lacking = ("vendors.read", "purchase-orders.read", "assets.read")
    clients = [
        f'\n[[clients]]\nname = "{name}"\nclient_id = "ipc-{name}"\nclient_secret = "s3cret-{name}"\n'
        f'permissions = {{ except = ["{name}"] }}\nwarehouses = "all"\nreports = "all"\n'
        for name in lacking
    ]
    file = tmp_path / "acme.toml"
    file.write_text(CLIENT.format(permissions='"all"', warehouses='"all"', reports='"all"') + "".join(clients), "utf-8")

    target = load_target(file, load_specification())

    asked_by = {
        cell.client
        for cell in all_cells(load_specification(), target)
        if cell.kind == Kind.GRANTED and cell.operation == "GET /ShippingOrder"
    }
    assert set(lacking) <= asked_by
