"""What is in stock is told the same way from the lots of every target that conforms in its own way."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, NotRun
from conformance.suite.movements import ISSUE, Movement
from conformance.suite.stock import Stock, Units, units_of
from conformance.target.wire import Request


def lot(number: int, units: object, **other: object) -> dict[str, Any]:
    """A lot in stock, but for what is said otherwise."""
    return {"recNo": number, "wID": 1, "spot": "A-1", "units": units, "shipped": None, "active": True} | other


def stock(*lots: dict[str, Any]) -> Stock:
    """The stock that some lots are."""
    return Stock.of("partNo 42 in warehouse 1", lots)


SHIPPED = {"shipped": "2025-01-15T09:30:00Z"}


@pytest.mark.parametrize(
    "after",
    [
        [lot(1, 10), lot(2, 5, **SHIPPED)],
        [lot(1, 10), lot(2, 5, active=False)],
        [lot(1, 10), lot(2, 0)],
        [lot(1, 10)],
        [lot(1, 10), lot(2, 0, **SHIPPED), lot(3, 5, **SHIPPED)],
    ],
    ids=["still listed", "inactive", "without units", "dropped", "split"],
)
def test_lot_that_has_left_is_not_in_stock(after: list[dict[str, Any]]) -> None:
    """However a target shows that a lot was issued."""
    before = stock(lot(1, 10), lot(2, 5))

    left = stock(*after)

    assert [float(before.units), float(left.units)] == [15, 10]


def test_new_lot_counts_as_received_whatever_its_state() -> None:
    """That a received lot is not shipped is a requirement of its own."""
    before = stock(lot(1, 10))
    after = stock(lot(1, 10), lot(2, 5, **SHIPPED))

    assert float(after.units) == 10
    assert float(after.units_since(before)) == 15


def test_stock_at_a_spot_leaves_out_what_is_elsewhere() -> None:
    """A lot keeps its number when it is moved, or a part of it gets another one; another warehouse has spots of its own."""
    moved = stock(lot(1, 9), lot(2, 1, spot="B-2"), lot(3, 7, spot="B-2", **SHIPPED), lot(4, 3, spot="B-2", wID=2))

    assert [float(moved.at("B-2", 1)), float(moved.at("B-2", 2))] == [1, 3]


def test_what_a_lot_has_gained_is_told_with_it() -> None:
    """A lot that was moved as a whole has gained all of its units where it is now."""
    before = stock(lot(1, 10), lot(2, 5))
    after = stock(lot(1, 12.5), lot(2, 5, spot="B-2"))

    gained = [(row["recNo"], units) for row, units in after.grown_since(before)]

    assert gained == [(1, 2.5), (2, 5)]


def test_binary_fractions_add_up() -> None:
    """Ten times a tenth is one, and not a little less."""
    assert float(stock(*(lot(number, 0.1) for number in range(10))).units) == 1


def test_units_in_a_text_count() -> None:
    """That decimals are JSON numbers is only shown by examples."""
    assert units_of(lot(1, "500.00")) == 500


def test_units_that_are_no_number_block() -> None:
    """Nothing is said about stock that cannot be added up; the fields of a lot are another requirement."""
    with pytest.raises(Blocked) as caught:
        units_of(lot(1, "plenty"))

    assert caught.value.cause == "inventory.fields"


def test_quantity_says_what_it_is_of() -> None:
    """A failed comparison shows it without more words."""
    assert repr(Units(2.5, "partNo 42 in warehouse 1")) == "2.5 units of partNo 42 in warehouse 1"


def movement(body: object) -> Movement:
    """A movement by an example, as it would be sent."""
    values = {"partNo": 42, "recNo": 7, "warehouse": 2, "to_warehouse": 1}
    return Movement(ISSUE, Request("POST", "/Inventory/Issue", json=body), values, frozenset({"recNo"}))


def test_quantity_is_replaced_wherever_it_stands() -> None:
    """Bodies of movements are not documented: they may hold objects and lists."""
    changed = movement({"lines": [{"recNo": 7, "units": 1}], "note": "units"}).with_units(0)

    assert changed.request.json == {"lines": [{"recNo": 7, "units": 0}], "note": "units"}


@pytest.mark.parametrize("body", [{"recNo": 7}, {"recNo": 7, "units": "1"}, {"recNo": 7, "quantity": 1}, [7]])
def test_example_without_units_cannot_be_changed(body: object) -> None:
    """Then the checks that need another quantity are not run, and say what is missing."""
    with pytest.raises(NotRun, match="no number under the name units") as caught:
        movement(body).with_units(0)

    assert caught.value.reason is Reason.NEEDS_EXAMPLE


@pytest.mark.parametrize(
    ("row", "concerned"),
    [({"partNo": 42}, True), ({"partNo": 43}, False), ({"shortID": "BOLT"}, False)],
)
def test_movement_concerns_the_lots_of_its_item(row: dict[str, Any], concerned: object) -> None:
    """Told by partNo, or by shortID where a lot does not show it."""
    assert movement({}).concerns(row) is concerned
    assert movement({}).warehouses == (1, 2)
