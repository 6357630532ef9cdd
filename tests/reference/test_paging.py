"""Every list is paged as the page "Pagination" says."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Api

LISTS = [
    "/Item",
    "/Item/All",
    "/Inventory",
    "/Inventory/1",
    "/Inventory/StockLevels",
    "/Location",
    "/Report",
    "/Report/15",
    "/Category",
    "/Category/All",
    "/Customer/All",
    "/Vendor/All",
    "/PurchaseOrder",
    "/ShippingOrder",
    "/WorkOrder",
    "/Asset",
]
TWO_PAGES = [path for path in LISTS if path != "/Report"]


@pytest.mark.parametrize("path", LISTS)
def test_first_page_has_25_rows(server: Api, path: str) -> None:
    """Page 1 of 25 rows is the default; counts and headers agree."""
    answer = server.ask("GET", path)

    page = answer.json()
    assert (page["page"], page["pageSize"]) == (1, 25)
    assert len(page["value"]) == min(25, page["totalCount"])
    assert page["pageCount"] == math.ceil(page["totalCount"] / 25)
    assert page["hasMore"] is (page["totalCount"] > 25)
    assert answer.headers["x-total-count"] == str(page["totalCount"])
    assert (answer.headers["x-page"], answer.headers["x-page-size"], answer.headers["x-api-version"]) == (
        "1",
        "25",
        "v1",
    )


@pytest.mark.parametrize("path", TWO_PAGES)
def test_there_is_more_than_one_page(server: Api, path: str) -> None:
    """Every list of the world but the reports goes over at least two pages."""
    assert server.ask("GET", path).json()["hasMore"] is True


@pytest.mark.parametrize("path", LISTS)
def test_walking_yields_every_row_once(server: Api, path: str) -> None:
    """The pages together are the one page that holds all; of orders, a page holds at most 50."""
    whole = server.ask("GET", f"{path}?pageSize=250").json()
    for number in range(2, whole["pageCount"] + 1):
        whole["value"] += server.ask("GET", f"{path}?pageSize=250&page={number}").json()["value"]
    walked, number, has_more = [], 1, True
    while has_more:
        page = server.ask("GET", f"{path}?pageSize=7&page={number}").json()
        walked += page["value"]
        number, has_more = number + 1, page["hasMore"]

    assert walked == whole["value"]
    assert len(walked) == whole["totalCount"]


@pytest.mark.parametrize(
    ("path", "largest"),
    [
        ("/Item", 250),
        ("/Inventory", 250),
        ("/Report", 250),
        ("/Report/15", 1000),
        ("/Asset", 250),
        ("/PurchaseOrder", 50),
        ("/ShippingOrder", 50),
        ("/WorkOrder", 50),
    ],
)
def test_page_size_is_capped(server: Api, path: str, largest: int) -> None:
    """More than the maximum is the maximum."""
    assert server.ask("GET", f"{path}?pageSize={largest + 1}").json()["pageSize"] == largest


def test_page_past_the_end_is_empty(server: Api) -> None:
    """It is answered with 200, no rows and no more."""
    page = server.ask("GET", "/Item?page=1000").json()

    assert (page["value"], page["page"], page["hasMore"]) == ([], 1000, False)


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=-1", "page=x", "page=", "page=1.5", "page=1&page=2", "page=%00", "page=99999999999999999999", "page=\N{ARABIC-INDIC DIGIT ONE}",
     "pageSize=0", "pageSize=-5", "pageSize=1e3", "sort=nothing", "sort=", "direction=up", "modifiedSince=yesterday",
     "modifiedSince=0001-01-01T00:00:00%2B14:00", "modifiedSince=2025-13-01", "Category=x", "type=barcode"],
)  # fmt: skip
def test_bad_parameters_are_refused(server: Api, query: str) -> None:
    """They get 400 with the parameter's name in the details."""
    answer = server.ask("GET", f"/Item?{query}")

    assert answer.status_code == 400
    assert answer.json()["error"] == "validation_error"
    assert list(answer.json()["details"]) == [query.partition("=")[0]]


@pytest.mark.parametrize("column", ["shortID", "created", "units", "discontinued", "partNo"])
def test_direction_reverses_the_order(server: Api, column: str) -> None:
    """Rows are sorted by the column; ascending is the default, in any letter case."""

    def values(direction: str) -> list[Any]:
        found = server.ask("GET", f"/Item/All?pageSize=250&sort={column}{direction}").json()["value"]
        return [row[column] for row in found]

    assert values("") == values("&direction=asc") == values("&direction=ASC") == sorted(values(""))
    assert values("&direction=DESC") == values("")[::-1]


def test_columns_with_empty_fields_can_be_sorted_by(server: Api) -> None:
    """Rows without a value come first."""
    found = server.ask("GET", "/Inventory?pageSize=250&sort=serial2").json()["value"]

    serials = [row["serial2"] for row in found]
    assert serials == sorted(serials, key=lambda serial: (serial is not None, serial or ""))


def test_modified_since_includes_the_moment(server: Api) -> None:
    """Rows changed at the moment or later are there, in either spelling of the zone."""
    everything = server.ask("GET", "/Item?pageSize=250").json()["value"]
    moment = sorted(row["modified"] for row in everything)[30]
    expected = [row for row in everything if row["modified"] >= moment]

    for spelling in (moment, moment.replace("Z", "%2B00:00"), moment.replace("Z", "+00:00"), moment.replace("Z", "")):
        assert server.ask("GET", f"/Item?pageSize=250&modifiedSince={spelling}").json()["value"] == expected


@pytest.mark.parametrize("path", LISTS)
def test_nothing_is_modified_in_the_future(server: Api, path: str) -> None:
    """The filter holds on every list."""
    page = server.ask("GET", f"{path}?modifiedSince=2999-01-01T00:00:00Z").json()

    assert (page["value"], page["totalCount"], page["hasMore"]) == ([], 0, False)


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("direction", ["ASC", "desc"])
def test_every_column_sorts(server: Api, path: str, direction: str) -> None:
    """Each field of a row is a column that the list can be sorted by, in either direction."""
    columns = server.ask("GET", f"{path}?pageSize=1").json()["value"][0]

    for column in columns:
        found = server.ask("GET", f"{path}?pageSize=50&sort={column}&direction={direction}").json()["value"]
        keys = [(row[column] is not None, row[column] if row[column] is not None else 0) for row in found]
        assert keys == sorted(keys, reverse=direction == "desc")


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    "query", ["page=abc", "pageSize=0", "sort=nothing", "direction=foo", "modifiedSince=x", "page=1&page=2"]
)
def test_every_list_refuses_bad_parameters(server: Api, path: str, query: str) -> None:
    """What cannot be used is bad input; what is unknown is passed over."""
    assert server.ask("GET", f"{path}?{query}").status_code == 400
    assert server.ask("GET", f"{path}?unknown=1&Page=abc").status_code == 200


@pytest.mark.parametrize(
    "path", ["/Item", "/Item/All", "/Category", "/Category/All", "/Customer/All", "/Vendor/All", "/Asset"]
)
def test_modified_since_holds_where_the_field_is_shown(server: Api, path: str) -> None:
    """The row with the date itself is there, and none that is older."""
    rows = server.ask("GET", f"{path}?pageSize=50").json()["value"]
    moment = sorted(row["modified"] for row in rows)[len(rows) // 2]

    found = server.ask("GET", f"{path}?pageSize=50&modifiedSince={moment}").json()["value"]
    assert moment in {row["modified"] for row in found}
    assert min(row["modified"] for row in found) == moment


def test_changes_show_in_sorted_lists(server: Api) -> None:
    """A list that was asked for before a change shows the change, also in fields that come from another table."""
    path = "/Inventory?sort=description&direction=DESC&pageSize=1"
    server.ask("GET", path)
    part_no = server.ask("GET", "/Inventory?pageSize=1").json()["value"][0]["partNo"]
    server.ask("PUT", "/Item", json={"partNo": part_no, "description": "zzz"})

    assert server.ask("GET", path).json()["value"][0]["description"] == "zzz"
