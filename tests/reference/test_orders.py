"""Purchase, shipping and work orders are shown as their pages say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Api

LISTS = {
    "/PurchaseOrder": {"poNo", "vendor", "orderDate", "expectedDate", "status", "totalLines", "totalValue"},
    "/ShippingOrder": {"soNo", "customer", "orderDate", "shipDate", "status", "totalLines"},
    "/WorkOrder": {"woNo", "description", "status", "startDate", "dueDate", "assignee", "totalLines"},
}
LINES = {
    "/PurchaseOrder": {"unitsReceived", "unitPrice"},
    "/ShippingOrder": set(),
    "/WorkOrder": {"unitsCompleted"},
}
LINE = {"lineNo", "shortID", "description", "units", "warehouse", "warehouseName"}


def rows(server: Api, path: str, client: str = "full") -> list[dict[str, Any]]:
    """Give all rows of a list, page by page."""
    found: list[dict[str, Any]] = []
    number, separator = 1, "&" if "?" in path else "?"
    while True:
        page = server.ask("GET", f"{path}{separator}pageSize=50&page={number}", client=client).json()
        found += page["value"]
        if not page["hasMore"]:
            return found
        number += 1


def number_of(row: dict[str, Any]) -> str:
    """Tell the number of an order."""
    return str(row.get("poNo") or row.get("soNo") or row.get("woNo"))


@pytest.mark.parametrize("path", LISTS)
def test_rows_are_heads(server: Api, path: str) -> None:
    """They have the documented fields, without lines and notes; no number comes twice."""
    found = rows(server, path)

    assert {frozenset(row) for row in found} == {frozenset(LISTS[path])}
    assert len({number_of(row) for row in found}) == len(found)


@pytest.mark.parametrize(
    ("path", "statuses"),
    [
        ("/PurchaseOrder", {"Open", "Partial"}),
        ("/ShippingOrder", {"Open", "Partial", "Closed"}),
        ("/WorkOrder", {"Open", "In Progress", "Closed"}),
    ],
)
def test_status_is_a_documented_one(server: Api, path: str, statuses: set[str]) -> None:
    """Closed purchase orders are not listed."""
    assert {row["status"] for row in rows(server, path)} == statuses


@pytest.mark.parametrize("path", LISTS)
def test_detail_adds_lines(server: Api, path: str) -> None:
    """It has as many as the list says; their numbers differ, their warehouse is a number."""
    for row in rows(server, path)[:10]:
        detail = server.ask("GET", f"{path}/{number_of(row)}").json()
        lines = detail.pop("lines")
        notes = detail.pop("notes", [])

        assert detail == row
        assert len(lines) == len({line["lineNo"] for line in lines}) == row["totalLines"]
        assert all(set(line) == LINE | LINES[path] for line in lines)
        assert all(isinstance(line["warehouse"], int) for line in lines)
        assert all(set(note) == {"noteDate", "author", "note"} for note in notes)
    assert server.ask("GET", f"{path}/none").status_code == 404


@pytest.mark.parametrize("path", ["/PurchaseOrder", "/ShippingOrder"])
def test_period_bounds_the_order_date(server: Api, path: str) -> None:
    """Both ends belong to it, each works alone, and a period that ends before it begins is empty."""
    everything = rows(server, path)
    dates = sorted(row["orderDate"] for row in everything)
    start, end = dates[20], dates[40]

    def numbers(query: str) -> list[str]:
        return [number_of(row) for row in rows(server, f"{path}?{query}")]

    assert numbers(f"startDate={start}") == [number_of(row) for row in everything if row["orderDate"] >= start]
    assert numbers(f"endDate={end}") == [number_of(row) for row in everything if row["orderDate"] <= end]
    both = [number_of(row) for row in everything if start <= row["orderDate"] <= end]
    assert numbers(f"startDate={start}&endDate={end}") == both
    assert numbers(f"startDate={end}&endDate={start}") == []


def test_period_bounds_start_and_due_date_of_work_orders(server: Api) -> None:
    """`startDate` is compared with the one and `endDate` with the other."""
    everything = rows(server, "/WorkOrder")
    start = sorted(row["startDate"] for row in everything)[30]
    end = sorted(row["dueDate"] for row in everything)[50]

    found = rows(server, f"/WorkOrder?startDate={start}&endDate={end}")
    assert found == [row for row in everything if row["startDate"] >= start and row["dueDate"] <= end]
    assert found


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("query", ["startDate=x", "endDate=2025-13-01", "startDate=", "endDate=1"])
def test_period_is_of_date_times(server: Api, path: str, query: str) -> None:
    """Anything else is bad input."""
    answer = server.ask("GET", f"{path}?{query}")

    assert answer.status_code == 400
    assert set(answer.json()["details"]) == {query.partition("=")[0]}


@pytest.mark.parametrize("path", LISTS)
def test_scoped_client_sees_orders_of_its_warehouses(server: Api, path: str) -> None:
    """Orders with a line in another warehouse are not listed, and refused with 403."""
    own = {number_of(row) for row in rows(server, path, client="warehouse-1")}

    assert own
    for row in rows(server, path)[:20]:
        warehouses = {line["warehouse"] for line in server.ask("GET", f"{path}/{number_of(row)}").json()["lines"]}
        assert (number_of(row) in own) is (warehouses == {1})
        status = server.ask("GET", f"{path}/{number_of(row)}", client="warehouse-1").status_code
        assert status == (200 if warehouses == {1} else 403)
