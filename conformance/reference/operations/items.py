"""The item operations (quickstart, items)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from conformance.reference.call import Fields
from conformance.reference.choices import UpdateKey
from conformance.reference.operation import Operation
from conformance.reference.operations.lists import Listing, Paging, page_of, read_paging
from conformance.reference.problems import invalid_fields

if TYPE_CHECKING:
    from conformance.reference.call import Call, Reply
    from conformance.reference.service import Service
    from conformance.reference.store import Account
    from conformance.reference.world import Item


@dataclass(frozen=True, slots=True)
class ItemsWish:
    """A list of items, or the one item with a key."""

    paging: Paging
    category: int | None = None
    key: str | None = None
    kind: str = "id"


@dataclass(frozen=True, slots=True)
class ItemChange:
    """The members of a body that creates or updates an item; None where it does not name a field."""

    short_id: str | None
    part_no: int | None
    changes: dict[str, Any]


def _view(service: Service, item: Item) -> dict[str, Any]:
    return service.rules.item.fields(item, service.rules.wire.date)


def _list_view(service: Service, item: Item) -> dict[str, Any]:
    return _view(service, service.rules.item.listed(item, service.store.items_before.get(item.part_no)))


LISTING: Listing[Item] = Listing(
    kind="items",
    columns=lambda service: service.rules.item.columns(),
    view=_list_view,
    order=lambda service, item: service.rules.item.order(item),
    modified=lambda item: item.modified,
)


def _read_list(service: Service, call: Call) -> ItemsWish:
    key = call.parameter("key")
    kind = service.rules.item.kind_of_key(key, call.parameter("type"))
    paging = read_paging(service, call, LISTING)
    return ItemsWish(paging, call.integer("Category"), key, kind)


def _list(service: Service, _account: Account, wish: ItemsWish) -> Reply:
    rules, category = service.rules.item, wish.category
    if wish.key is not None:
        return _lookup(service, wish, wish.key)
    if category is not None and category not in service.store.categories:
        rules.unknown_category(category)

    def keep(item: Item) -> bool:
        return rules.is_listed(item, wish.paging.sort, wish.paging.since) and (
            category is None or rules.is_in_category(item, category)
        )

    return page_of(service, LISTING, service.store.items.values(), wish.paging, keep=keep, view_of="items")


def _lookup(service: Service, wish: ItemsWish, key: str) -> Reply:
    rules = service.rules.item
    item = next((item for item in service.store.items.values() if rules.is_key(item, key, wish.kind)), None)
    first = replace(wish.paging, page=1, since=None)
    if item is None:
        return rules.missed(lambda: page_of(service, LISTING, (), first))
    return rules.looked_up(_view(service, item), lambda: page_of(service, LISTING, (item,), first))


def _read_all(service: Service, call: Call) -> ItemsWish:
    return ItemsWish(read_paging(service, call, LISTING))


def _list_all(service: Service, _account: Account, wish: ItemsWish) -> Reply:
    keep = service.rules.item.is_listed_in_all
    return page_of(service, LISTING, service.store.items.values(), wish.paging, keep=keep, view_of="items")


def _read_part_no(service: Service, call: Call) -> int:
    return service.rules.wire.path_number("partNo", call.path["partNo"])


def _get(service: Service, _account: Account, part_no: int) -> Reply:
    rules = service.rules.item
    item = rules.numbered(part_no, service.store.items)
    if item is None or not rules.has_number(item):
        raise rules.missing("get")
    return rules.shown(_view(service, item))


# --- changing -------------------------------------------------------------------------------------------------------


def _read_change(service: Service, call: Call, needed: frozenset[str]) -> tuple[Fields, ItemChange]:
    """Read the field names of either page; what the server assigns itself is passed over."""
    rules = service.rules.item
    fields, names = Fields(service.rules.wire.json_object(call)), rules.body_names()
    known = rules.known_names()
    if known is not None:
        fields.only(known)
    short_id = fields.text("shortID", required="short_id" in needed)
    changes = {
        "description": fields.text("description", required="description" in needed),
        "category": fields.integer(*names["category"], required="category" in needed),
        "sub_category": fields.integer("subCategory"),
        "unit": fields.text(*names["unit"], required="unit" in needed),
        "put_up": fields.text("putUp"),
        "units": fields.amount("units"),
        "owner": fields.integer("dfltOwner"),
    }
    if short_id is not None and not short_id.strip() and "short_id" not in needed:
        fields.refuse("shortID", "The value is not to be blank.")
    category = changes["category"]
    if isinstance(category, int) and not rules.is_category_known(category, service.store.categories):
        fields.refuse(names["category"][0], "There is no such category.")
    named = {name: value for name, value in changes.items() if value is not None}
    return fields, ItemChange(short_id, fields.integer("partNo"), named)


def _read_new(service: Service, call: Call) -> ItemChange:
    fields, wish = _read_change(service, call, service.rules.item.needed())
    if fields.problems:
        raise invalid_fields(fields.problems)
    return wish


def _create(service: Service, _account: Account, wish: ItemChange) -> Reply:
    store, rules = service.store, service.rules.item
    if wish.short_id is not None and rules.is_taken(wish.short_id, list(store.items.values())):
        _refuse_duplicate(service, wish, wish.short_id)
    return rules.created_reply(_view(service, _made(service, wish)))


def _refuse_duplicate(service: Service, wish: ItemChange, short_id: str) -> None:
    """Refuse a ShortID that another item has; that item stays as it was, and no other is made."""
    store, rules = service.store, service.rules.item
    holder = store.item_by_short_id(short_id)
    if holder is not None:
        kept = rules.after_duplicate(holder, wish.changes, service.stamp())
        if kept is not holder:
            store.items[kept.part_no] = kept
    if rules.is_created_anyway():
        _made(service, wish)
    raise rules.taken()


def _made(service: Service, wish: ItemChange) -> Item:
    """Make an item as it was asked for."""
    store, rules = service.store, service.rules.item
    part_no = rules.part_no(store.new_part_no(rules.number_step()), store.items, wish.part_no)
    short_id = rules.made_up(part_no) if wish.short_id is None else wish.short_id
    item = rules.created(part_no, short_id, wish.changes, service.stamp())
    kept = rules.kept(item)
    if kept is not None:
        store.items[kept.part_no] = kept
    return item


def _read_update(service: Service, call: Call) -> ItemChange:
    fields, wish = _read_change(service, call, frozenset())
    key = service.rules.item.update_key()
    if wish.part_no is None and (wish.short_id is None or key is UpdateKey.PART_NO):
        fields.refuse("partNo" if key is UpdateKey.PART_NO else "shortID", "The field is required.")
    elif key is UpdateKey.SHORT_ID and wish.short_id is None:
        fields.refuse("shortID", "The field is required.")
    if fields.problems:
        raise invalid_fields(fields.problems)
    return wish


def _named(service: Service, wish: ItemChange) -> Item | None:
    """Find the item that a body names."""
    store, key = service.store, service.rules.item.update_key()
    if wish.short_id is None or key is UpdateKey.PART_NO:
        return store.items.get(wish.part_no or 0)
    return store.item_by_short_id(wish.short_id)


def _update(service: Service, _account: Account, wish: ItemChange) -> Reply:
    store, rules = service.store, service.rules.item
    item = _named(service, wish)
    if item is None:
        raise rules.missing("update")
    if rules.update_key() is not UpdateKey.SHORT_ID:
        rules.check_part_no(item, wish.part_no)
    rules.check_update(item)
    changes = dict(wish.changes)
    if wish.short_id is not None and not rules.is_same(wish.short_id, item.short_id):
        if rules.is_taken(wish.short_id, list(store.items.values())):
            raise rules.taken()
        changes["short_id"] = wish.short_id
    changed = rules.updated(item, changes, service.stamp())
    if changed.part_no != item.part_no:
        del store.items[item.part_no]
    store.items[changed.part_no] = changed
    store.items_before[changed.part_no] = item
    for number in rules.also_updated(item, store.items):
        store.items[number] = rules.updated(store.items[number], wish.changes, service.stamp())
    return rules.updated_reply(_view(service, changed))


def _read_short_id(_service: Service, call: Call) -> str:
    return call.path["shortID"]


def _delete(service: Service, _account: Account, short_id: str) -> Reply:
    store, rules = service.store, service.rules.item
    item = store.item_by_short_id(short_id)
    if item is None:
        raise rules.missing("delete")
    if item.discontinued:
        return rules.deleted(_view(service, item), again=True)
    gone = rules.discontinued(item, service.stamp())
    if gone is None:
        del store.items[item.part_no]
    else:
        store.items[item.part_no] = gone
    for number in rules.also_discontinued(item, store.items):
        store.items[number] = rules.discontinued(store.items[number], service.stamp()) or store.items[number]
    return rules.deleted(_view(service, gone or item), again=False)


ITEMS: tuple[Operation[Any], ...] = (
    Operation("GET", "/Item", "items.read", _read_list, _list),
    Operation("GET", "/Item/All", "items.read", _read_all, _list_all),
    Operation("GET", "/Item/{partNo}", "items.read", _read_part_no, _get),
    Operation("POST", "/Item", "items.write", _read_new, _create),
    Operation("PUT", "/Item", "items.write", _read_update, _update),
    Operation("DELETE", "/Item/{shortID}", "items.write", _read_short_id, _delete),
)
