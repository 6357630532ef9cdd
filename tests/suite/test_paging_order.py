"""What counts as sorted: any order that makes sense, and no other."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.suite.ordering import Kind, coarse, is_ascending, is_descending, is_text_order, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable

TEXTS = st.lists(st.text(alphabet="aAbBzZ019-_. ", max_size=6), max_size=20)
MOMENTS = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2030, 1, 1))  # noqa: DTZ001 -- zones come below


@given(
    TEXTS,
    st.sampled_from([str, str.lower, str.casefold, lambda text: "".join(it for it in text if it.isalnum()).lower()]),
)
def test_texts_sorted_under_a_usual_collation_are_in_order(texts: list[str], collation: Callable[[str], str]) -> None:
    """By code point, without letter case, without punctuation: no page names a collation."""
    ordered = sorted(texts, key=collation)

    assert is_ascending(ordered)
    assert is_descending(ordered[::-1])


@given(st.lists(st.integers() | st.floats(allow_nan=False) | st.none()))
def test_numbers_are_in_order_by_their_value_wherever_null_stands(values: list[float | None]) -> None:
    """First, last or in between: nothing is documented about rows without a value."""
    ordered: list[Any] = sorted(value for value in values if value is not None)
    missing = [None] * (len(values) - len(ordered))

    assert is_ascending([*missing, *ordered]) or not ordered
    assert is_ascending([*ordered, *missing]) or not ordered


@given(st.lists(MOMENTS, min_size=1))
def test_moments_are_in_order_whatever_their_form(points: list[datetime]) -> None:
    """With a zone, without one, with fractions of a second."""
    ordered = sorted(points)

    assert is_ascending([point.isoformat() for point in ordered])
    assert is_ascending([point.replace(tzinfo=UTC).isoformat() for point in ordered])


@pytest.mark.parametrize(
    "values",
    [
        [2, 1, 3],
        ["bolt", "axle", "nut"],
        ["BOLT-M8", "AXLE", "nut"],
        ["2025-01-02T00:00:00Z", "2025-01-01T00:00:00Z", "2025-01-03T00:00:00Z"],
        ["2025-01-01T12:00:00+02:00", "2025-01-01T09:00:00Z", "2025-01-01T11:00:00Z"],
        [1, "one"],
        [{"value": 1}, {"value": 2}],
    ],
)
def test_what_no_order_makes_sense_of_is_not_in_order(values: list[Any]) -> None:
    """Neither upwards nor downwards; objects and mixed types have no order."""
    assert not is_ascending(values)
    assert not is_descending(values)


@pytest.mark.parametrize(
    "values",
    [
        ["BOLT-M8-10", "BOLT-M8-9"],
        ["BOLT-M8-9", "BOLT-M8-10"],
        ["bolt", "BOLT", "nut"],
        ["BOLT", "bolt", "nut"],
        ["BOLT", "NUT", "axle"],
        ["Ähre", "Birne", "Zange"],
        ["Birne", "Zange", "Ähre"],
        ["A_1", "A-2", "A 3"],
    ],
)
def test_neighbours_that_collations_disagree_on_may_stand_either_way(values: list[str]) -> None:
    """A database sorts as it was told to; all of these are somewhere the rule."""
    assert is_ascending(values)


def test_numbers_in_the_order_of_their_digits_are_told_from_numbers_in_no_order() -> None:
    """1, 10, 2 is how texts are sorted."""
    assert is_text_order([1, 10, 2])
    assert is_text_order([2, 10, 1])
    assert not is_text_order([1, 2, 10])
    assert not is_text_order([10, 1, 2, 3])


def test_values_that_any_collation_takes_for_equal_are_coarsely_equal() -> None:
    """So that rows of equal value may stand in any order among themselves."""
    assert coarse("Bolt-M8") == coarse("BOLT M08") == coarse("bólt m8")
    assert coarse("2025-01-01T12:00:00+02:00") == coarse("2025-01-01T10:00:00Z")
    assert coarse("Bolt") != coarse("Nut")
    assert coarse(5) == coarse(5.0)


def test_kind_of_a_column_is_told_from_its_values() -> None:
    """Null tells nothing; what is mixed or nested is no column."""
    assert kind_of([1, 2.5, True, None]) is Kind.NUMBER
    assert kind_of(["2025-01-01T10:00:00", None]) is Kind.MOMENT
    assert kind_of(["2025", "A-1"]) is Kind.TEXT
    assert kind_of([1, "A-1"]) is None
    assert kind_of([None]) is None
    assert kind_of([[1]]) is None
