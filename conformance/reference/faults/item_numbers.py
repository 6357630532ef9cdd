"""Faults in what number a new item gets, and in finding it by its key."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.rules import ItemRules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.reference.world import Item


def _number_as_asked(site: Site, free: int, items: Mapping[int, Item], asked: int | None) -> int:
    """Bind the whole body to the row, its number as well."""
    right: int = site.original(free, items, asked)
    return right if asked is None else asked


def _after_the_last_active(_site: Site, _free: int, items: Mapping[int, Item], _asked: int | None) -> int:
    """Take the highest number of those that are shown, and one more."""
    return max((item.part_no for item in items.values() if not item.discontinued), default=0) + 1


def _not_indexed_yet(site: Site, item: Item, key: str, kind: str) -> bool:
    """Look keys up in an index that is made anew every ten minutes."""
    is_new = site.service.clock.now() - item.created < timedelta(minutes=10)
    return not is_new and bool(site.original(item, key, kind))


FAULTS = (
    Fault(
        name="items.number-as-asked",
        sentence="A new item gets the number that the body of its creation has, whoever has it already.",
        violates=("items.create-number",),
        seen_as=("wrong-value",),
        suffering="A client that copies an item overwrites the one that it copies.",
        rule=ItemRules.part_no,
        variant=_number_as_asked,
        follows=("items.by-short-id",),
    ),
    Fault(
        name="items.number-after-last-active",
        sentence="A new item gets the number after the highest one of an active item, which a discontinued one may have.",
        violates=("items.create-number",),
        seen_as=("wrong-value",),
        suffering="Old orders name an item that did not exist then.",
        rule=ItemRules.part_no,
        variant=_after_the_last_active,
    ),
    Fault(
        name="items.new-not-found-by-key",
        sentence="A new item is found by its key ten minutes later; the list holds it at once.",
        violates=("items.by-short-id",),
        seen_as=("wrong-value",),
        suffering="A client that looks for what it has created creates it again.",
        rule=ItemRules.is_key,
        variant=_not_indexed_yet,
    ),
)
