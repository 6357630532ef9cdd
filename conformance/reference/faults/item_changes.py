"""Faults in what a change of an item keeps: of the item as it was, of what was sent, and of other items."""

from __future__ import annotations

import html
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.rules import ItemRules

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from conformance.reference.world import Item


def _category_lost(site: Site, item: Item, fields: Mapping[str, Any], now: datetime) -> Item:
    """Bind what a form sends, which has no category, and save the whole."""
    changed: Item = site.original(item, fields, now)
    return replace(changed, category=0)


def _escaped(site: Site, item: Item, fields: Mapping[str, Any], now: datetime) -> Item:
    """Write what is saved as it is to be shown on a web page."""
    changed: Item = site.original(item, fields, now)
    return replace(changed, description=html.escape(changed.description))


def _those_that_begin_so(_site: Site, item: Item, items: Mapping[int, Item]) -> tuple[int, ...]:
    """Select by the ShortID as a search box does."""
    others = (other for other in items.values() if other.part_no != item.part_no)
    return tuple(other.part_no for other in others if other.short_id.startswith(item.short_id))


def _cached_until_the_minute_is_over(site: Site, part_no: int, items: Mapping[int, Item]) -> Item | None:
    """Cache the answer to a read for a minute, whatever is written meanwhile."""
    now: datetime = site.service.clock.now()
    read, kept = site.memory.get(part_no, (None, None))
    if read is not None and timedelta() <= now - read < timedelta(minutes=1):
        cached: Item | None = kept
        return cached
    found: Item | None = site.original(part_no, items)
    if found is not None:
        site.memory[part_no] = now, found
    return found


def _described_as_before(_site: Site, item: Item, before: Item | None) -> Item:
    """Make lists from the search index, which updates do not reach."""
    return item if before is None else replace(item, description=before.description)


def _the_one_before(_site: Site, item: Item, items: Mapping[int, Item]) -> tuple[int, ...]:
    """Take the number before as well, by a condition that is off by one."""
    numbers = (other.part_no for other in items.values() if other.part_no < item.part_no and not other.discontinued)
    return tuple(sorted(numbers)[-1:])


FAULTS = (
    Fault(
        name="items.category-lost-by-update",
        sentence="An update leaves the item without a category, even where it names one.",
        violates=("items.update",),
        seen_as=("wrong-value",),
        suffering="Whoever corrects a description takes the item out of its category.",
        rule=ItemRules.updated,
        variant=_category_lost,
    ),
    Fault(
        name="items.description-escaped",
        sentence="An update writes quotes and ampersands in the description as HTML does.",
        violates=("items.update",),
        seen_as=("wrong-value",),
        suffering="Labels show &quot; for inches.",
        rule=ItemRules.updated,
        variant=_escaped,
    ),
    Fault(
        name="items.discontinued-with-longer-names",
        sentence="Discontinuing an item discontinues those whose ShortID begins with its own, too.",
        violates=("items.discontinue",),
        seen_as=("wrong-value",),
        suffering="Giving one item up takes a whole family of items out of the master.",
        rule=ItemRules.also_discontinued,
        variant=_those_that_begin_so,
    ),
    Fault(
        name="items.update-behind-cache",
        sentence="An item that was read by its number is shown so for another minute, whatever is updated.",
        violates=("items.update",),
        seen_as=("wrong-value",),
        suffering="A client that reads back what it has changed finds the old item, and changes it again.",
        rule=ItemRules.numbered,
        variant=_cached_until_the_minute_is_over,
    ),
    Fault(
        name="items.update-not-in-lists",
        sentence="Lists show an item with the description that it had before its last update.",
        violates=("items.update",),
        seen_as=("wrong-value",),
        suffering="A copy that is made from the list has all mistakes that were corrected.",
        rule=ItemRules.listed,
        variant=_described_as_before,
    ),
    Fault(
        name="items.update-of-two",
        sentence="An update changes the active item with the number before, too.",
        violates=("items.update",),
        seen_as=("wrong-value",),
        suffering="Whoever corrects one item spoils another, and nobody knows how.",
        rule=ItemRules.also_updated,
        variant=_the_one_before,
    ),
)
