"""What the item operations show and change (quickstart, items)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.call import Reply
from conformance.reference.dialects import ItemNames, LookupShape, Miss
from conformance.reference.problems import ApiError, Problem, not_found
from conformance.reference.rules.rule import Rules

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from conformance.reference.world import Item


_ITEMS_PAGE_COLUMNS = (
    "partNo", "shortID", "description", "category", "subCategory", "uOM", "putUp", "units", "dfltOwner", "created",
    "modified", "discontinued",
)  # fmt: skip
_QUICKSTART_COLUMNS = (
    "partNo", "shortID", "description", "categoryID", "subCategory", "unit", "putUp", "units", "dfltOwner", "created",
    "modified", "active",
)  # fmt: skip


class ItemRules(Rules):
    """The item master."""

    def fields(self, item: Item, dates: Callable[[Any], str]) -> dict[str, Any]:
        """An item has twelve fields; quickstart calls three of them otherwise."""
        quickstart = self.dialect.item_names is ItemNames.QUICKSTART
        row: dict[str, Any] = {
            "partNo": item.part_no,
            "shortID": item.short_id,
            "description": item.description,
            "categoryID" if quickstart else "category": item.category,
            "subCategory": item.sub_category,
            "unit" if quickstart else "uOM": item.unit,
            "putUp": item.put_up,
            "units": item.units,
            "dfltOwner": item.owner,
            "created": dates(item.created),
            "modified": dates(item.modified),
        }
        state = {"active": not item.discontinued} if quickstart else {"discontinued": item.discontinued}
        return row | state

    def columns(self) -> tuple[str, ...]:
        """A list can be sorted by every field of its rows."""
        quickstart = self.dialect.item_names is ItemNames.QUICKSTART
        return _QUICKSTART_COLUMNS if quickstart else _ITEMS_PAGE_COLUMNS

    def is_listed(self, item: Item) -> bool:
        """The list holds active items."""
        return not item.discontinued

    def is_in_category(self, item: Item, category: int) -> bool:
        """`Category` limits the list to the items of one category."""
        return item.category == category

    def is_key(self, item: Item, key: str, kind: str) -> bool:
        """`key` is a ShortID for type id, and an alias for type alias."""
        return key in item.aliases if kind == "alias" else item.short_id == key

    def looked_up(self, row: Mapping[str, Any], page: Callable[[], Reply]) -> Reply:
        """Whether one item comes bare or as a page of one row is open."""
        return Reply(200, row) if self.dialect.lookup_shape is LookupShape.BARE else page()

    def missed(self, page: Callable[[], Reply]) -> Reply:
        """Whether a key without item is 404 or a page without rows is open."""
        if self.dialect.lookup_miss is Miss.NOT_FOUND:
            raise not_found("There is no item with this key.")
        return page()

    def is_taken(self, short_id: str, items: Sequence[Item]) -> bool:
        """Two items never have the same ShortID."""
        return any(item.short_id == short_id for item in items)

    def updated(self, row: Mapping[str, Any]) -> Reply:
        """Whether an update answers with the item is open."""
        return Reply(200, row) if self.dialect.update_status == 200 else Reply(204)

    def deleted(self, row: Mapping[str, Any], *, again: bool) -> Reply:
        """What discontinuing answers with is open, the second time as well."""
        status = self.dialect.repeated_delete_status if again else self.dialect.delete_status
        if again and status == 404:
            raise not_found("The item is discontinued already.")
        if again and status == 409:
            raise ApiError(Problem(409, "conflict", "The item is discontinued already."))
        return Reply(204) if self.dialect.delete_status == 204 else Reply(200, row)
