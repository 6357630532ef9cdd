"""What the item operations show and change (quickstart, items)."""

# ruff: noqa: ARG002 -- a docstring states the rule as documented; a rule is given all that a faulty server looks at

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.reference.call import REQUIRED, Reply
from conformance.reference.choices import Bad, ItemBody, ItemNames, ItemNeeds, LookupShape, Miss, Update, UpdateKey
from conformance.reference.problems import ApiError, conflict, invalid, not_found
from conformance.reference.rules.paging import collated
from conformance.reference.rules.rule import Rules
from conformance.reference.world import Item

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

_NAMES = {
    ItemNames.ITEMS_PAGE: ("category", "uOM", "discontinued"),
    ItemNames.QUICKSTART: ("categoryID", "unit", "active"),
    ItemNames.MIXED: ("categoryID", "uOM", "discontinued"),
}
"""What an item calls its category, its unit and its state."""


def _columns(names: ItemNames) -> tuple[str, ...]:
    category, unit, state = _NAMES[names]
    return (
        "partNo", "shortID", "description", category, "subCategory", unit, "putUp", "units", "dfltOwner", "created",
        "modified", state,
    )  # fmt: skip


_BLANK: Mapping[str, Any] = {
    "description": "", "category": 0, "sub_category": 0, "unit": "EA", "put_up": "", "units": 1.0, "owner": 0,
}  # fmt: skip


class ItemRules(Rules):
    """The item master."""

    def fields(self, item: Item, dates: Callable[[Any], str]) -> dict[str, Any]:
        """An item has twelve fields; quickstart calls three of them otherwise."""
        category, unit, state = _NAMES[self.dialect.item_names]
        row: dict[str, Any] = {
            "partNo": item.part_no,
            "shortID": item.short_id,
            "description": item.description,
            category: item.category,
            "subCategory": item.sub_category,
            unit: item.unit,
            "putUp": item.put_up,
            "units": item.units,
            "dfltOwner": item.owner,
            "created": dates(item.created),
            "modified": dates(item.modified),
        }
        row[state] = item.discontinued if state == "discontinued" else not item.discontinued
        return self._written(row)

    def columns(self) -> tuple[str, ...]:
        """A list can be sorted by every field of its rows."""
        return _columns(self.dialect.item_names)

    def order(self, item: Item) -> Any:
        """The list of active items is sorted by ShortID; which letters come first is open."""
        return collated(item.short_id, self.dialect.collation)

    # --- finding -----------------------------------------------------------------------------------------------------

    def is_listed(self, item: Item, sort: str | None, since: datetime | None) -> bool:
        """The list holds active items, in whatever order, and whatever moment it goes back to."""
        return not item.discontinued

    def is_listed_in_all(self, item: Item) -> bool:
        """The list of all items holds discontinued ones, too."""
        return True

    def is_in_category(self, item: Item, category: int) -> bool:
        """`Category` limits the list to the items of one category."""
        return item.category == category

    def unknown_category(self, category: int) -> None:
        """Whether a filter by what does not exist finds nothing or is 404 is open."""
        if self.dialect.unknown_filter is Miss.NOT_FOUND:
            raise not_found(f"There is no category {category}.")

    def is_key(self, item: Item, key: str, kind: str) -> bool:
        """`key` is a ShortID for type id, and an alias for type alias."""
        if item.discontinued and not self.dialect.lookup_finds_discontinued:
            return False
        return any(self.is_same(name, key) for name in (item.aliases if kind == "alias" else (item.short_id,)))

    def is_same(self, text: str, other: str) -> bool:
        """Whether letter case tells two ShortIDs apart is open."""
        return text == other or (self.dialect.keys_are_caseless and text.casefold() == other.casefold())

    def kind_of_key(self, key: str | None, kind: str | None) -> str:
        """What a key without type, or with an unknown one, does is open."""
        if kind not in {None, "id", "alias"} and self.dialect.unknown_key_type is Bad.REFUSED:
            raise invalid("type", "The value is to be id or alias.")
        if kind is None and key is not None and self.dialect.key_without_type is Bad.REFUSED:
            raise invalid("type", REQUIRED)
        return "alias" if kind == "alias" else "id"

    def has_number(self, item: Item) -> bool:
        """Whether its number finds a discontinued item is open."""
        return self.dialect.number_finds_discontinued or not item.discontinued

    def numbered(self, part_no: int, items: Mapping[int, Item]) -> Item | None:
        """The number in the path is the item's own."""
        return items.get(part_no)

    def shown(self, row: Mapping[str, Any]) -> Reply:
        """One item by its number is not wrapped in the paging envelope."""
        return Reply(200, row)

    def looked_up(self, row: Mapping[str, Any], page: Callable[[], Reply]) -> Reply:
        """Whether one item comes bare or as a page of one row is open."""
        return Reply(200, row) if self.dialect.lookup_shape is LookupShape.BARE else page()

    def missed(self, page: Callable[[], Reply]) -> Reply:
        """Whether a key without item is 404 or a page without rows is open."""
        if self.dialect.lookup_miss is Miss.NOT_FOUND:
            raise not_found("There is no item with this key.")
        return page()

    def missing(self, what: str) -> ApiError:
        """An unknown item is 404; `what` is get, update or delete."""
        return not_found("There is no such item.")

    # --- creating ----------------------------------------------------------------------------------------------------

    def body_names(self) -> Mapping[str, tuple[str, ...]]:
        """What a body calls the fields: either page's names, or those of one page alone."""
        category, unit = {
            ItemBody.EITHER: (("category", "categoryID"), ("uOM", "unit")),
            ItemBody.ITEMS_PAGE: (("category",), ("uOM",)),
            ItemBody.QUICKSTART: (("categoryID",), ("unit",)),
        }[self.dialect.item_body]
        return {"category": category, "unit": unit}

    def known_names(self) -> frozenset[str] | None:
        """Whether members that the server does not know are passed over or refused is open; None is passed over."""
        if self.dialect.item_body is ItemBody.EITHER:
            return None
        quickstart = self.dialect.item_body is ItemBody.QUICKSTART
        return frozenset(_columns(ItemNames.QUICKSTART if quickstart else ItemNames.ITEMS_PAGE))

    def needed(self) -> frozenset[str]:
        """What a new item needs is open."""
        return {
            ItemNeeds.NOTHING: frozenset[str](),
            ItemNeeds.SHORT_ID: frozenset({"short_id"}),
            ItemNeeds.EVERYTHING: frozenset({"short_id", "description", "category", "unit"}),
        }[self.dialect.item_needs]

    def made_up(self, part_no: int) -> str:
        """A ShortID for an item that came without one."""
        return f"AUTO-{part_no}"

    def number_step(self) -> int:
        """How far the numbers of items are apart is open."""
        return self.dialect.part_number_step

    def is_category_known(self, category: int, categories: Mapping[int, Any]) -> bool:
        """Whether an item may name a category that does not exist is open."""
        return category in categories or category == 0 or not self.dialect.item_needs_known_category

    def is_taken(self, short_id: str, items: Sequence[Item]) -> bool:
        """Two items never have the same ShortID; whether a discontinued one still has its own is open."""
        freed = self.dialect.discontinued_frees_short_id
        return any(self.is_same(item.short_id, short_id) and not (freed and item.discontinued) for item in items)

    def taken(self) -> ApiError:
        """A duplicate ShortID is a conflict."""
        return conflict("There is an item with this ShortID already.")

    def after_duplicate(self, holder: Item, fields: Mapping[str, Any], now: datetime) -> Item:
        """An item whose ShortID is asked for once more stays as it was."""
        return holder

    def is_created_anyway(self) -> bool:
        """What is refused as a duplicate is not made."""
        return False

    def part_no(self, free: int, items: Mapping[int, Item], asked: int | None) -> int:
        """The system assigns a number that no item has; `free` is the next, `asked` what the body has for it."""
        return free

    def created(self, part_no: int, short_id: str, fields: Mapping[str, Any], now: datetime) -> Item:
        """A new item is what was sent, and active."""
        named = {**_BLANK, **fields}
        return Item(part_no=part_no, short_id=short_id, created=now, modified=now, discontinued=False, **named)

    def kept(self, item: Item) -> Item | None:
        """What is created is there afterwards."""
        return item

    def created_reply(self, row: Mapping[str, Any]) -> Reply:
        """201 with the full item, which has six fields on this page and twelve on another."""
        if not self.dialect.created_item_is_short:
            return Reply(201, row)
        category, unit, state = (row[name] for name in _NAMES[self.dialect.item_names])
        short = {name: row[name] for name in ("partNo", "shortID", "description")}
        is_active = state == (self.dialect.item_names is ItemNames.QUICKSTART)
        return Reply(201, short | {"categoryID": category, "unit": unit, "active": is_active})

    # --- changing ----------------------------------------------------------------------------------------------------

    def update_key(self) -> UpdateKey:
        """Which member names the item to update is open."""
        return self.dialect.update_key

    def check_part_no(self, item: Item, part_no: int | None) -> None:
        """`partNo` never changes."""
        if part_no not in {None, item.part_no}:
            raise invalid("partNo", "The part number of an item never changes.")

    def check_update(self, item: Item) -> None:
        """Whether a discontinued item can be updated is open."""
        if item.discontinued and self.dialect.discontinued_update_status == 409:
            raise conflict("The item is discontinued.")

    def updated(self, item: Item, fields: Mapping[str, Any], now: datetime) -> Item:
        """An update changes what it names and `modified`, and neither `partNo` nor `created`."""
        named = dict(fields) if self.dialect.update is Update.PARTIAL else {**_BLANK, **fields}
        return replace(item, **named, modified=now)

    def also_updated(self, item: Item, items: Mapping[int, Item]) -> tuple[int, ...]:
        """Updating an item leaves all others as they are; what is given are the numbers of others that it is done to."""
        return ()

    def listed(self, item: Item, before: Item | None) -> Item:
        """A list shows an item as it is; `before` is the item as it was before its last update, if there was one."""
        return item

    def updated_reply(self, row: Mapping[str, Any]) -> Reply:
        """Whether an update answers with the item is open."""
        return self._answered(self.dialect.update_status, row)

    def discontinued(self, item: Item, now: datetime) -> Item | None:
        """A discontinued item stays in the list of all; None would delete it."""
        return replace(item, discontinued=True, modified=now)

    def also_discontinued(self, item: Item, items: Mapping[int, Item]) -> tuple[int, ...]:
        """Discontinuing an item leaves all others as they are; what is given are the numbers of others that it is done to."""
        return ()

    def deleted(self, row: Mapping[str, Any], *, again: bool) -> Reply:
        """What discontinuing answers with is open, the second time as well."""
        status = self.dialect.repeated_delete_status if again else self.dialect.delete_status
        if again and status == 404:
            raise not_found("The item is discontinued already.")
        if again and status == 409:
            raise conflict("The item is discontinued already.")
        return self._answered(self.dialect.delete_status, row)
