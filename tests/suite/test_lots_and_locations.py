"""How the lists of lots and of locations are judged, on rows alone."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from conformance.contract.specification import load_specification
from conformance.suite.holds import Shown, is_plain
from conformance.suite.lists import Whole
from conformance.suite.lots import fields_of_lots, is_elsewhere, misspelt, out_of_order, same_numbers, same_spots
from conformance.target.answer import Answer
from conformance.target.clock import Interval

LOT: dict[str, Any] = {
    "recNo": 15234,
    "partNo": 42,
    "shortID": "BOLT",
    "description": "",
    "associate": "",
    "warehouse": "Main",
    "wID": 1,
    "spot": "A-1",
    "units": 500.0,
    "received": "2025-01-15T09:30:00Z",
    "shipped": None,
    "serial": "",
    "remark": "",
    "hold": False,
    "jobID": 0,
    "active": True,
}


def lots(*pairs: tuple[int, str]) -> list[dict[str, Any]]:
    """Lots by number and the day on which they were received."""
    return [LOT | {"recNo": number, "received": f"2025-01-{day}T00:00:00Z"} for number, day in pairs]


def whole(*pages: list[dict[str, Any]]) -> Whole:
    """A list as it was read page by page."""
    answers = [
        Answer("GET", "/Location", "full", 200, httpx.Headers(), b"", 1, Interval(0, 0), _parsed=[{"value": page}])
        for page in pages
    ]
    return Whole(tuple(row for page in pages for row in page), tuple(answers), complete=True)


@pytest.mark.parametrize("other", [{}, {"serial2": None, "rFIDTag": None, "jobName": None}, {"extra": 1}])
def test_lot_may_leave_out_what_it_does_not_have(other: dict[str, Any]) -> None:
    """The examples show serial2, rFIDTag and jobName as null."""
    row = LOT | other

    assert fields_of_lots(load_specification()).misfits([row]) == []
    assert misspelt([row]) == []


@pytest.mark.parametrize(
    "other", [{"shipped": 0}, {"hold": 0}, {"active": "true"}, {"wID": "1"}, {"recNo": None}, {"warehouse": 1}]
)
def test_value_of_another_type_is_a_misfit(other: dict[str, Any]) -> None:
    """Each of the documented types; what tells lots apart is never null."""
    assert len(fields_of_lots(load_specification()).misfits([LOT | other])) == 1


def test_lot_without_shipped_is_a_misfit() -> None:
    """Null says that it is in stock; nothing says nothing."""
    row = {name: value for name, value in LOT.items() if name != "shipped"}

    assert len(fields_of_lots(load_specification()).misfits([row])) == 1


def test_field_in_another_letter_case_is_not_left_out() -> None:
    """A target that shows the tag under another name has not left it out."""
    assert repr(misspelt([LOT | {"rfidTag": None}])) == "recNo 15234: rFIDTag is written rfidTag"


@pytest.mark.parametrize(
    "rows",
    [
        lots((3, "20"), (2, "20"), (9, "10")),
        lots((9, "10"), (3, "20"), (2, "15")),
        lots((1, "20"), (2, "20"), (3, "10")),
    ],
    ids=["by both", "by recNo", "by received with ties"],
)
def test_most_recent_first_by_either_column(rows: list[dict[str, Any]]) -> None:
    """Which of them makes a lot recent is not said."""
    assert out_of_order(rows) == []


def test_lot_after_an_older_one_is_out_of_order() -> None:
    """Neither column descends; the message tells which lot comes too late."""
    misfits = out_of_order(lots((3, "20"), (1, "10"), (2, "15")))

    assert repr(misfits) == (
        "recNo 2, received '2025-01-15T00:00:00Z': comes after recNo 1, received '2025-01-10T00:00:00Z'"
    )


def test_lot_that_is_on_two_pages_is_one_lot() -> None:
    """It may have been moved while the list was read; that pages do not overlap is another requirement."""
    moved = LOT | {"spot": "B-2", "wID": 2, "units": 1}

    assert same_numbers(whole([LOT], [moved])) == []


@pytest.mark.parametrize("pages", [[[LOT, LOT]], [[LOT], [LOT | {"partNo": 43}]]], ids=["one page", "two pages"])
def test_two_lots_of_one_number_are_told(pages: list[list[dict[str, Any]]]) -> None:
    """The same number twice on a page, or of another item on the next page."""
    assert repr(same_numbers(whole(*pages))) == "recNo 15234: 2 lots"


def place(spot: str, warehouse: object = 1, description: str = "") -> dict[str, Any]:
    """A location."""
    return {"spot": spot, "warehouseID": warehouse, "description": description}


def test_spot_may_be_in_two_warehouses_and_a_row_on_two_pages() -> None:
    """Whether a spot is unique over all warehouses is not said; a row that comes again is a matter of paging."""
    assert same_spots(whole([place("A-1"), place("A-1", 2)], [place("A-1")])) == []


@pytest.mark.parametrize(
    "pages",
    [[[place("A-1"), place("A-1")]], [[place("A-1")], [place("A-1", description="Dock")]]],
    ids=["on one page", "on two pages"],
)
def test_two_locations_of_one_spot_are_told(pages: list[list[dict[str, Any]]]) -> None:
    """The same row twice on a page, or another one on the next page."""
    assert repr(same_spots(whole(*pages))) == "warehouseID 1, spot 'A-1': 2 locations"


def test_warehouse_of_a_location_is_compared_whatever_its_type() -> None:
    """That it is a whole number is a requirement of its own."""
    told = [is_elsewhere(place("A-1", number), "warehouseID", 1) for number in (1, "1", None, 2, "12")]

    assert told == [False, False, False, True, True]


def test_spots_with_signs_of_their_own_are_not_read_by_path() -> None:
    """Some servers cannot be asked for them; and two spots would be taken for operations."""
    spots = ["A-01-03", "R1.10", "DOCK 1", "A/1", "..", "Ä1", "", "Hold", "release", 7]

    assert [spot for spot in spots if is_plain(spot)] == ["A-01-03", "R1.10"]


def test_location_says_how_it_is_shown() -> None:
    """A failed comparison shows the spot with it."""
    told = [repr(Shown("A-1", hold)) for hold in (True, False, "Y")]

    assert told == ["<spot A-1: on hold>", "<spot A-1: free>", "<spot A-1: hold is 'Y'>"]
