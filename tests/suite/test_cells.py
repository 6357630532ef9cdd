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
permissions = "all"
warehouses = {warehouses}
reports = "all"
"""


def granted_to(folder: Path, warehouses: str) -> set[str]:
    """The operations that the one declared client is expected not to be refused."""
    file = folder / "acme.toml"
    file.write_text(CLIENT.format(warehouses=warehouses), "utf-8")
    target = load_target(file, load_specification())
    return {cell.operation for cell in all_cells(load_specification(), target) if cell.kind == Kind.GRANTED}


@pytest.mark.parametrize("label", ["GET /PurchaseOrder", "GET /ShippingOrder", "GET /WorkOrder", "GET /Report/{id}"])
def test_what_may_span_warehouses_unseen_may_be_refused_to_a_client_of_some(tmp_path: Path, label: str) -> None:
    """The rows do not tell of which warehouse they are, so no answer of the target's is held against it."""
    assert label in granted_to(tmp_path, '"all"')
    assert label not in granted_to(tmp_path, "[1]")


@pytest.mark.parametrize("label", ["GET /Item", "GET /Customer/All", "GET /Inventory/{wid}"])
def test_a_client_of_some_warehouses_may_have_the_rest(tmp_path: Path, label: str) -> None:
    """Items and customers belong to no warehouse, and lots are asked for in its own."""
    assert label in granted_to(tmp_path, "[1]")
