"""Items, lots, locations and reports do what their pages say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Api

ITEM_FIELDS = {
    "partNo", "shortID", "description", "category", "subCategory", "uOM", "putUp", "units", "dfltOwner", "created",
    "modified", "discontinued",
}  # fmt: skip
LOT_FIELDS = {
    "recNo", "partNo", "shortID", "description", "associate", "warehouse", "wID", "spot", "units", "received",
    "shipped", "serial", "serial2", "rFIDTag", "remark", "hold", "jobID", "jobName", "active",
}  # fmt: skip


def rows(server: Api, path: str) -> list[dict[str, Any]]:
    """Give the rows of a list, up to 250."""
    separator = "&" if "?" in path else "?"
    value: list[dict[str, Any]] = server.ask("GET", f"{path}{separator}pageSize=250").json()["value"]
    return value


# --- items --------------------------------------------------------------------------------------------------------


def test_item_list_holds_active_items_by_short_id(server: Api) -> None:
    """Discontinued items are in the list of all alone."""
    active, everything = rows(server, "/Item"), rows(server, "/Item/All")

    assert [row["shortID"] for row in active] == sorted(row["shortID"] for row in active)
    assert {row["discontinued"] for row in active} == {False}
    assert [row for row in everything if not row["discontinued"]] == active
    assert len(everything) > len(active)
    assert set(active[0]) == ITEM_FIELDS


def test_item_is_found_by_number_id_and_alias(server: Api) -> None:
    """All three ways give the same bare object."""
    by_number = server.ask("GET", "/Item/42")
    by_id = server.ask("GET", "/Item?key=BOLT-M8-30&type=id")
    by_alias = server.ask("GET", "/Item?key=OLD-BOLT&type=alias")

    assert by_number.json() == by_id.json() == by_alias.json()
    assert by_number.json()["shortID"] == "BOLT-M8-30"


@pytest.mark.parametrize("path", ["/Item/99999", "/Item?key=none&type=id", "/Item?key=BOLT-M8-30&type=alias"])
def test_unknown_item_is_not_found(server: Api, path: str) -> None:
    """An ID that does not exist gets 404."""
    answer = server.ask("GET", path)

    assert answer.status_code == 404
    assert answer.json()["error"] == "not_found"


def test_category_limits_the_list(server: Api) -> None:
    """All rows are of the category."""
    found = rows(server, "/Item?Category=5")

    assert {row["category"] for row in found} == {5}
    assert rows(server, "/Item?Category=99") == []


@pytest.mark.parametrize("body", [{"unit": "KG", "categoryID": 5}, {"uOM": "KG", "category": 5}])
def test_item_is_created_with_either_page_s_names(server: Api, body: dict[str, Any]) -> None:
    """The answer is the full item with a new part number, and the item is listed."""
    taken = {row["partNo"] for row in rows(server, "/Item/All")}
    answer = server.ask("POST", "/Item", json={"shortID": "NEW/1 ä", "description": "New", **body})

    item = answer.json()
    assert answer.status_code == 201
    assert item["partNo"] not in taken
    assert (item["uOM"], item["category"], item["discontinued"]) == ("KG", 5, False)
    assert item in rows(server, "/Item")
    assert server.ask("DELETE", "/Item/NEW%2F1%20%C3%A4").status_code == 200


def test_short_id_is_taken_once(server: Api) -> None:
    """A second item of a ShortID, that of a discontinued one included, gets 409."""
    answers = [server.ask("POST", "/Item", json={"shortID": short_id}) for short_id in ("BOLT-M8-30", "SCREW-3X50")]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert answers[0].json()["error"] == "conflict"


def test_item_is_updated(server: Api) -> None:
    """What the body names changes, `modified` advances, `partNo` and `created` stay."""
    before = server.ask("GET", "/Item/42").json()
    answer = server.ask("PUT", "/Item", json={"shortID": "BOLT-M8-30", "description": "Other"})
    after = server.ask("GET", "/Item/42").json()

    assert answer.status_code == 200
    assert answer.json() == after
    assert after.pop("modified") > before.pop("modified")
    assert after == before | {"description": "Other"}


def test_update_is_refused_for_what_is_not_there(server: Api) -> None:
    """An unknown item gets 404; another part number, or no item at all, 400."""
    bodies = [{"shortID": "none"}, {"partNo": 99999}, {"shortID": "BOLT-M8-30", "partNo": 1}, {"description": "x"}]

    assert [server.ask("PUT", "/Item", json=body).status_code for body in bodies] == [404, 404, 400, 400]


def test_item_is_discontinued(server: Api) -> None:
    """It leaves the list and stays in the list of all; a second time is answered like the first."""
    first, second = server.ask("DELETE", "/Item/BOLT-M8-30"), server.ask("DELETE", "/Item/BOLT-M8-30")

    assert (first.status_code, second.status_code) == (200, 200)
    assert 42 not in {row["partNo"] for row in rows(server, "/Item")}
    assert {row["partNo"]: row["discontinued"] for row in rows(server, "/Item/All")}[42] is True
    assert server.ask("DELETE", "/Item/none").status_code == 404


def test_discontinued_item_stays_discontinued(server: Api) -> None:
    """Neither an update nor a second item of its ShortID brings it back; it is found by its number and its ID."""
    found = server.ask("GET", "/Item?key=SCREW-3X50&type=id").json()
    update = {"shortID": "SCREW-3X50", "discontinued": False, "active": True}

    assert server.ask("PUT", "/Item", json=update).json()["discontinued"] is True
    assert server.ask("POST", "/Item", json={"shortID": "SCREW-3X50"}).status_code == 409
    assert server.ask("GET", f"/Item/{found['partNo']}").json()["discontinued"] is True


def test_created_item_is_found_in_every_way(server: Api) -> None:
    """By number, by ShortID, in the list, in the list of all and in its category; its dates are now."""
    item = server.ask("POST", "/Item", json={"shortID": "NEW", "description": "New", "categoryID": 5}).json()

    assert server.ask("GET", f"/Item/{item['partNo']}").json() == item
    assert server.ask("GET", "/Item?key=NEW&type=id").json() == item
    for path in ("/Item", "/Item/All", "/Item?Category=5"):
        assert item in rows(server, path)
    assert item["created"] == item["modified"]
    assert rows(server, f"/Item?modifiedSince={item['modified']}") == [item]


def test_identifiers_of_items_differ(server: Api) -> None:
    """Neither a number nor a ShortID comes twice, and nothing was modified before it was created."""
    found = rows(server, "/Item/All")

    assert len({row["partNo"] for row in found}) == len({row["shortID"] for row in found}) == len(found)
    assert all(row["created"] <= row["modified"] for row in found)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "shortID"),
        ({"description": "x"}, "shortID"),
        ({"shortID": 5}, "shortID"),
        ({"shortID": "N", "description": 5}, "description"),
        ({"shortID": "N", "categoryID": "5"}, "categoryID"),
        ({"shortID": "N", "unit": ["EA"]}, "unit"),
        ({"shortID": "N", "units": "1"}, "units"),
        ({"shortID": "N", "dfltOwner": 1.5}, "dfltOwner"),
    ],
)
def test_missing_and_mistyped_fields_are_named(server: Api, body: dict[str, Any], field: str) -> None:
    """They get 400, and the details hold the field with its messages; nothing is created."""
    answer = server.ask("POST", "/Item", json=body)

    error = answer.json()
    assert (answer.status_code, error["error"]) == (400, "validation_error")
    assert list(error["details"]) == [field]
    assert all(isinstance(message, str) for message in error["details"][field])
    assert server.ask("GET", "/Item?key=N&type=id").status_code == 404


# --- inventory ----------------------------------------------------------------------------------------------------


def test_lots_come_newest_first(server: Api) -> None:
    """A lot has nineteen fields; lots in stock have no shipping date."""
    lots = rows(server, "/Inventory")

    received = [lot["received"] for lot in lots]
    assert received == sorted(received, reverse=True)
    assert set(lots[0]) == LOT_FIELDS
    assert {lot["shipped"] for lot in lots} == {None}


def test_lots_of_a_warehouse_add_up(server: Api) -> None:
    """Every row is of the warehouse, and the warehouses together hold all lots."""
    counts = []
    for wid in (1, 2, 3):
        lots = rows(server, f"/Inventory/{wid}")
        assert {lot["wID"] for lot in lots} == {wid}
        counts.append(len(lots))

    assert sum(counts) == len(rows(server, "/Inventory"))
    assert server.ask("GET", "/Inventory/77").status_code == 404


def test_levels_are_the_sums_of_lots(server: Api) -> None:
    """The level of an item in a warehouse is the sum of its lots there."""
    levels = {(row["partNo"], row["wID"]): row["units"] for row in rows(server, "/Inventory/StockLevels")}
    lots = rows(server, "/Inventory")

    for (part_no, wid), units in levels.items():
        assert units == sum(lot["units"] for lot in lots if (lot["partNo"], lot["wID"]) == (part_no, wid))
    assert len(rows(server, "/Inventory/StockLevels/1")) == sum(1 for _, wid in levels if wid == 1)


def test_stock_is_received_moved_and_issued(server: Api) -> None:
    """Receiving raises the level, moving conserves it, issuing all of a lot ships it."""
    body = {"partNo": 42, "wID": 1, "spot": "A-01-01", "units": 5}
    received = server.ask("POST", "/Inventory/Receive", json=body)
    lot = received.json()
    moved = server.ask("POST", "/Inventory/Move", json={"recNo": lot["recNo"], "toSpot": "N-01-01", "units": 2}).json()
    issued = server.ask("POST", "/Inventory/Issue", json={"recNo": lot["recNo"], "units": 3}).json()

    assert received.status_code == 201
    assert (lot["units"], lot["spot"], lot["wID"]) == (5.0, "A-01-01", 1)
    assert (moved["units"], moved["wID"], moved["spot"]) == (2.0, 2, "N-01-01")
    assert moved["recNo"] != lot["recNo"]
    assert (issued["units"], issued["active"]) == (0.0, False)
    assert issued["shipped"] is not None


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("Receive", {"partNo": 42, "wID": 1, "spot": "A-01-01", "units": 0}, 400),
        ("Receive", {"partNo": 42, "wID": 1, "spot": "A-01-01", "units": True}, 400),
        ("Receive", {"partNo": 42, "wID": 2, "spot": "A-01-01", "units": 1}, 400),
        ("Receive", {"wID": 1, "spot": "A-01-01", "units": 1}, 400),
        ("Receive", {"partNo": 99999, "wID": 1, "spot": "A-01-01", "units": 1}, 404),
        ("Receive", {"partNo": 42, "wID": 77, "spot": "A-01-01", "units": 1}, 404),
        ("Receive", {"partNo": 42, "wID": 1, "spot": "none", "units": 1}, 404),
        ("Receive", {"partNo": 42, "wID": 3, "spot": "H-09-09", "units": 1}, 409),
        ("Move", {"recNo": 15003, "units": 1}, 400),
        ("Move", {"recNo": 1, "toSpot": "A-01-01", "units": 1}, 404),
        ("Move", {"recNo": 15003, "toSpot": "none", "units": 1}, 404),
        ("Move", {"recNo": 15003, "toSpot": "A-01-01", "units": 1e6}, 409),
        ("Issue", {"recNo": 15003, "units": -1}, 400),
        ("Issue", {"units": 1}, 400),
        ("Issue", {"recNo": 15003, "units": 1e6}, 409),
    ],
)
def test_impossible_stock_movements_are_refused(server: Api, path: str, body: dict[str, Any], status: int) -> None:
    """Missing and wrong fields get 400, unknown things 404, clashes with the present state 409."""
    answer = server.ask("POST", f"/Inventory/{path}", json=body)

    assert answer.status_code == status


def test_stock_at_a_held_location_stays(server: Api) -> None:
    """It can be neither moved nor issued until the release."""
    move, issue = {"recNo": 15003, "toSpot": "A-01-02", "units": 1}, {"recNo": 15003, "units": 1}
    assert server.ask("POST", "/Location/Hold?id=A-03-01").status_code == 204

    assert server.ask("POST", "/Inventory/Move", json=move).status_code == 409
    assert server.ask("POST", "/Inventory/Issue", json=issue).status_code == 409
    assert server.ask("POST", "/Location/Release?id=A-03-01").status_code == 204
    assert server.ask("POST", "/Inventory/Move", json=move).status_code == 200
    assert server.ask("POST", "/Inventory/Issue", json=issue).status_code == 200


@pytest.mark.parametrize("units", [0, -1, -0.5])
def test_units_must_exceed_zero(server: Api, units: float) -> None:
    """The details name `units`; nothing is received."""
    before = len(server.service.store.lots)
    body = {"partNo": 42, "wID": 1, "spot": "A-01-01", "units": units}
    answer = server.ask("POST", "/Inventory/Receive", json=body)

    assert (answer.status_code, answer.json()["error"]) == (400, "validation_error")
    assert list(answer.json()["details"]) == ["units"]
    assert len(server.service.store.lots) == before


def test_stock_is_conserved(server: Api) -> None:
    """Receiving adds to a part's stock, moving leaves it, issuing takes from it; other parts stay."""

    def stock() -> dict[int, float]:
        sums: dict[int, float] = {}
        for level in rows(server, "/Inventory/StockLevels"):
            sums[level["partNo"]] = sums.get(level["partNo"], 0) + level["units"]
        return sums

    before = stock()
    lot = server.ask(
        "POST", "/Inventory/Receive", json={"partNo": 42, "wID": 1, "spot": "A-01-01", "units": 7.5}
    ).json()
    assert stock() == before | {42: before.get(42, 0) + 7.5}
    server.ask("POST", "/Inventory/Move", json={"recNo": lot["recNo"], "toSpot": "N-01-01", "units": 2.5})
    server.ask("POST", "/Inventory/Move", json={"recNo": lot["recNo"], "toSpot": "A-01-02"})
    assert stock() == before | {42: before.get(42, 0) + 7.5}
    server.ask("POST", "/Inventory/Issue", json={"recNo": lot["recNo"], "units": 5})
    assert stock() == before | {42: before.get(42, 0) + 2.5}


def test_lots_lie_at_existing_locations(server: Api) -> None:
    """Warehouse, spot and the warehouse's name of a lot are those of a location; no number comes twice."""
    places = {(row["spot"], row["warehouseID"], row["warehouseName"]) for row in rows(server, "/Location")}
    lots = rows(server, "/Inventory")

    assert {(lot["spot"], lot["wID"], lot["warehouse"]) for lot in lots} <= places
    assert len({lot["recNo"] for lot in lots}) == len(lots)


def test_hold_leaves_quantities(server: Api) -> None:
    """Levels and lots are the same under a hold; a held location goes on being listed."""
    before = rows(server, "/Inventory"), rows(server, "/Inventory/StockLevels")
    server.ask("POST", "/Location/Hold?id=A-03-01")

    assert (rows(server, "/Inventory"), rows(server, "/Inventory/StockLevels")) == before
    assert "A-03-01" in {row["spot"] for row in rows(server, "/Location") if row["hold"]}


# --- locations ----------------------------------------------------------------------------------------------------


def test_location_is_held_and_released(server: Api) -> None:
    """Both answer 204 with an empty body, and the flag follows."""
    held = server.ask("POST", "/Location/Hold?id=A-01-01")

    assert (held.status_code, held.content) == (204, b"")
    assert server.ask("GET", "/Location/A-01-01").json()["hold"] is True
    assert server.ask("POST", "/Location/Release?id=A-01-01").status_code == 204
    assert server.ask("GET", "/Location/A-01-01").json() == {
        "spot": "A-01-01",
        "warehouseID": 1,
        "warehouseName": "Main",
        "description": "Aisle A, Row 1, Bin 1",
        "hold": False,
        "active": True,
    }


def test_locations_of_a_warehouse(server: Api) -> None:
    """`wid` limits the list; one that is unknown leaves nothing."""
    assert {row["warehouseID"] for row in rows(server, "/Location?wid=2")} == {2}
    assert rows(server, "/Location?wid=77") == []


@pytest.mark.parametrize("action", ["Hold", "Release"])
def test_hold_and_release_need_a_known_location(server: Api, action: str) -> None:
    """A missing `id` gets 400, an unknown spot 404."""
    assert server.ask("POST", f"/Location/{action}").status_code == 400
    assert server.ask("POST", f"/Location/{action}?id=").status_code == 400
    assert server.ask("POST", f"/Location/{action}?id=none").status_code == 404
    assert server.ask("GET", "/Location/none").status_code == 404


# --- reports ------------------------------------------------------------------------------------------------------


def test_report_is_run(server: Api) -> None:
    """Its rows are objects of the same keys; the value is the product of quantity and cost."""
    found = server.ask("GET", "/Report/15?pageSize=1001&count=5&flags=x").json()

    assert found["pageSize"] == 1000
    assert len(found["value"]) == found["totalCount"]
    for row in found["value"]:
        assert row["totalValue"] == pytest.approx(row["units"] * row["unitCost"], abs=0.01)


def test_reports_are_listed(server: Api) -> None:
    """A report has a number, a name and a type."""
    found = rows(server, "/Report")

    assert found[0] == {"reportID": 15, "reportName": "Stock Valuation", "reportType": 1}
    assert all(server.ask("GET", f"/Report/{row['reportID']}").status_code == 200 for row in found)
