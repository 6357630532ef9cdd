"""Which categories the filter of the list of items is tried with."""

from __future__ import annotations

from typing import Any

from conformance.suite.item_rows import telling_categories


def items(*categories: int) -> list[dict[str, Any]]:
    """Items of these categories."""
    return [{"partNo": number, "category": category} for number, category in enumerate(categories, start=1)]


def test_item_without_category_is_not_looked_for() -> None:
    """A target may well know no category 0, and refuse it."""
    assert 0 not in telling_categories(items(0, 0, 0, 5, 5, 7))


def test_items_without_any_category_tell_nothing() -> None:
    """There is no category to ask for."""
    assert telling_categories(items(0, 0)) == []


def test_categories_that_tell_most_come_first() -> None:
    """The largest, then the smallest number, then one that begins another: a filter by text would show both."""
    assert telling_categories(items(1, 12, 12, 12, 7))[:2] == [12, 1]
