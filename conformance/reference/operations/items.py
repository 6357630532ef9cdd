"""The item operations (quickstart, items)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from conformance.reference.call import Fields, Reply, whole_number
from conformance.reference.operation import Operation
from conformance.reference.operations.lists import Listing, Paging, page_of, read_paging
from conformance.reference.problems import conflict, invalid, invalid_fields, not_found
from conformance.reference.world import Item

if TYPE_CHECKING:
    from conformance.reference.call import Call
    from conformance.reference.service import Service
    from conformance.reference.store import Account


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


LISTING: Listing[Item] = Listing(
    view=_view,
    order=lambda item: item.short_id,
    modified=lambda item: item.modified,
)


def _read_list(service: Service, call: Call) -> ItemsWish:
    kind = call.parameter("type")
    if kind not in {None, "id", "alias"}:
        raise invalid("type", "The value is to be id or alias.")
    paging = read_paging(service, call, service.rules.item.columns())
    return ItemsWish(paging, call.integer("Category"), call.parameter("key"), kind or "id")


def _list(service: Service, _account: Account, wish: ItemsWish) -> Reply:
    rules = service.rules.item
    if wish.key is not None:
        return _lookup(service, wish, wish.key)
    rows = [item for item in service.store.items.values() if rules.is_listed(item)]
    if wish.category is not None:
        rows = [item for item in rows if rules.is_in_category(item, wish.category)]
    return page_of(service, LISTING, rows, wish.paging)


def _lookup(service: Service, wish: ItemsWish, key: str) -> Reply:
    rules = service.rules.item
    found = [item for item in service.store.items.values() if rules.is_key(item, key, wish.kind)]
    if not found:
        return rules.missed(lambda: page_of(service, LISTING, [], replace(wish.paging, page=1)))
    item = found[0]
    return rules.looked_up(
        _view(service, item), lambda: page_of(service, LISTING, [item], replace(wish.paging, page=1))
    )


def _read_all(service: Service, call: Call) -> ItemsWish:
    return ItemsWish(read_paging(service, call, service.rules.item.columns()))


def _list_all(service: Service, _account: Account, wish: ItemsWish) -> Reply:
    return page_of(service, LISTING, list(service.store.items.values()), wish.paging)


def _read_part_no(_service: Service, call: Call) -> int:
    return whole_number("partNo", call.path["partNo"])


def _get(service: Service, _account: Account, part_no: int) -> Reply:
    item = service.store.items.get(part_no)
    if item is None:
        raise not_found(f"There is no item {part_no}.")
    return Reply(200, _view(service, item))


def _read_new(service: Service, call: Call) -> ItemChange:
    return _read_change(service, call, short_id_required=True)


def _read_change(service: Service, call: Call, *, short_id_required: bool) -> ItemChange:
    """Read the field names of either page; what the server assigns itself is passed over."""
    fields = Fields(service.rules.wire.json_object(call))
    short_id = fields.text("shortID", required=short_id_required)
    part_no = fields.integer("partNo")
    changes = {
        "description": fields.text("description"),
        "category": fields.integer("category", "categoryID"),
        "sub_category": fields.integer("subCategory"),
        "unit": fields.text("uOM", "unit"),
        "put_up": fields.text("putUp"),
        "units": fields.amount("units"),
        "owner": fields.integer("dfltOwner"),
    }
    if not short_id_required and short_id is None and part_no is None and not fields.problems:
        fields.problems["shortID"] = ["The field is required."]
    if fields.problems:
        raise invalid_fields(fields.problems)
    return ItemChange(short_id, part_no, {name: value for name, value in changes.items() if value is not None})


def _create(service: Service, _account: Account, wish: ItemChange) -> Reply:
    store, now = service.store, service.clock.now()
    short_id = wish.short_id or ""
    if service.rules.item.is_taken(short_id, list(store.items.values())):
        raise conflict("There is an item with this ShortID already.")
    blank = Item(
        part_no=store.new_part_no(),
        short_id=short_id,
        description="",
        category=0,
        sub_category=0,
        unit="EA",
        put_up="",
        units=1.0,
        owner=0,
        created=now,
        modified=now,
        discontinued=False,
    )
    item = replace(blank, **wish.changes)
    store.items[item.part_no] = item
    return Reply(201, _view(service, item))


def _read_update(service: Service, call: Call) -> ItemChange:
    return _read_change(service, call, short_id_required=False)


def _update(service: Service, _account: Account, wish: ItemChange) -> Reply:
    store = service.store
    item = store.item_by_short_id(wish.short_id) if wish.short_id is not None else store.items.get(wish.part_no or 0)
    if item is None:
        raise not_found("There is no such item.")
    # "partNo" is assigned by the system and never changes (items).
    if wish.part_no not in {None, item.part_no}:
        raise invalid("partNo", "The part number of an item never changes.")
    changed = replace(item, **wish.changes, modified=service.clock.now())
    store.items[item.part_no] = changed
    return service.rules.item.updated(_view(service, changed))


def _read_short_id(_service: Service, call: Call) -> str:
    return call.path["shortID"]


def _delete(service: Service, _account: Account, short_id: str) -> Reply:
    item = service.store.item_by_short_id(short_id)
    if item is None:
        raise not_found("There is no such item.")
    if item.discontinued:
        return service.rules.item.deleted(_view(service, item), again=True)
    gone = replace(item, discontinued=True, modified=service.clock.now())
    service.store.items[item.part_no] = gone
    return service.rules.item.deleted(_view(service, gone), again=False)


ITEMS: tuple[Operation[Any], ...] = (
    Operation("GET", "/Item", "items.read", _read_list, _list),
    Operation("GET", "/Item/All", "items.read", _read_all, _list_all),
    Operation("GET", "/Item/{partNo}", "items.read", _read_part_no, _get),
    Operation("POST", "/Item", "items.write", _read_new, _create),
    Operation("PUT", "/Item", "items.write", _read_update, _update),
    Operation("DELETE", "/Item/{shortID}", "items.write", _read_short_id, _delete),
)
