"""Categories, customers, vendors and assets are shown as their pages say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Api

CATEGORY_FIELDS = {"categoryID", "name", "description", "active", "created", "modified"}
PARTNER_FIELDS = {
    "shortID", "name", "address1", "address2", "city", "state", "zip", "country", "phone", "fax", "email", "contact",
    "active", "created", "modified",
}  # fmt: skip
ASSET_FIELDS = {
    "shortID", "description", "assetType", "assetTypeName", "serial", "warehouse", "warehouseName", "location",
    "status", "created", "modified", "discontinued",
}  # fmt: skip


def rows(server: Api, path: str) -> list[dict[str, Any]]:
    """Give the rows of a list, up to 250."""
    value: list[dict[str, Any]] = server.ask("GET", f"{path}?pageSize=250").json()["value"]
    return value


def test_category_list_holds_active_ones(server: Api) -> None:
    """Discontinued categories are in the list of all alone, where the others look the same."""
    active, everything = rows(server, "/Category"), rows(server, "/Category/All")

    assert {row["active"] for row in active} == {True}
    assert [row for row in everything if row["active"]] == active
    assert len(everything) > len(active)
    assert {frozenset(row) for row in everything} == {frozenset(CATEGORY_FIELDS)}
    assert len({row["categoryID"] for row in everything}) == len(everything)


def test_one_category_comes_bare(server: Api) -> None:
    """It is what the list shows, discontinued or not."""
    for row in (rows(server, "/Category")[0], next(row for row in rows(server, "/Category/All") if not row["active"])):
        assert server.ask("GET", f"/Category/{row['categoryID']}").json() == row


@pytest.mark.parametrize("kind", ["Customer", "Vendor"])
def test_partner_list_holds_all(server: Api, kind: str) -> None:
    """Inactive customers and vendors are listed; no ShortID comes twice; a missing text is empty."""
    found = rows(server, f"/{kind}/All")

    assert {row["active"] for row in found} == {True, False}
    assert {frozenset(row) for row in found} == {frozenset(PARTNER_FIELDS)}
    assert len({row["shortID"] for row in found}) == len(found)
    assert all(isinstance(row[field], str) for row in found for field in PARTNER_FIELDS - {"active"})
    assert all(server.ask("GET", f"/{kind}/{row['shortID']}").json() == row for row in found[:3])


@pytest.mark.parametrize(
    "path",
    ["/Category/9999", "/Category/99999999999999", "/Customer/none", "/Vendor/none", "/Vendor/a%2Fb", "/Customer/all"],
)
def test_what_is_unknown_is_not_found(server: Api, path: str) -> None:
    """An ID that does not exist gets 404 with the uniform error."""
    answer = server.ask("GET", path)

    assert answer.status_code == 404
    assert answer.json() == {
        "statusCode": 404,
        "error": "not_found",
        "message": answer.json()["message"],
        "details": None,
    }


def test_asset_list_holds_active_ones(server: Api) -> None:
    """Their status is Active and they have no date of being discontinued; the warehouse is a number."""
    found, world = rows(server, "/Asset"), server.service.world

    assert {(row["status"], row["discontinued"]) for row in found} == {("Active", None)}
    assert len(found) == sum(asset.discontinued is None for asset in world.assets) < len(world.assets)
    assert {frozenset(row) for row in found} == {frozenset(ASSET_FIELDS)}
    names = {warehouse.wid: warehouse.name for warehouse in world.warehouses}
    assert all(row["warehouseName"] == names[row["warehouse"]] for row in found)
    assert len({row["shortID"] for row in found}) == len(found)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "path", ["/Category", "/Category/5", "/Customer/All", "/Vendor/ACME-FASTENERS", "/Asset", "/WorkOrder"]
)
def test_master_data_is_read_only(server: Api, method: str, path: str) -> None:
    """No other method is offered; the refusal is the uniform error and names those that are."""
    answer = server.ask(method, path, json={})

    assert answer.status_code == answer.json()["statusCode"] == 405
    assert answer.headers["allow"] == "GET, HEAD"
