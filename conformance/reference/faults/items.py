"""Faults in the item master."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from conformance.reference.call import Reply
from conformance.reference.faults.fault import Fault, Site
from conformance.reference.faults.shapes import failing
from conformance.reference.problems import bad_request, conflict
from conformance.reference.rules import ItemRules, WireRules

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from conformance.reference.operation import Operation
    from conformance.reference.world import Item

    Dates = Callable[[Any], str]

Row = dict[str, Any]

_IMPORTED = datetime(2025, 2, 1, 6, tzinfo=UTC)


def _is_new(site: Site, item: Item) -> bool:
    """Whether an item is none of those that the server has started with."""
    return item.part_no > len(site.service.world.items)


# --- what an item shows ---------------------------------------------------------------------------------------------


def _category_as_text(site: Site, item: Item, dates: Dates) -> Row:
    """Write numbers of a list of choices as texts."""
    row: Row = site.original(item, dates)
    return {**row, "category": str(item.category)}


def _put_up_missing(site: Site, item: Item, dates: Dates) -> Row:
    """Leave a field out where it is empty."""
    row: Row = site.original(item, dates)
    return {name: value for name, value in row.items() if name != "putUp" or value not in {"", "Box/100"}}


def _never_discontinued(site: Site, item: Item, dates: Dates) -> Row:
    """Forget to map the field."""
    row: Row = site.original(item, dates)
    return {**row, "discontinued": False}


def _number_by_size(site: Site, item: Item, dates: Dates) -> Row:
    """Give an extra large item the number of the ordinary one."""
    row: Row = site.original(item, dates)
    twin = next((it for it in site.service.store.items.values() if f"{it.short_id}-XL" == item.short_id), item)
    return {**row, "partNo": twin.part_no}


def _name_cut(site: Site, item: Item, dates: Dates) -> Row:
    """Cut the size off the ShortID of an item."""
    row: Row = site.original(item, dates)
    return {**row, "shortID": item.short_id.removesuffix("-XL")}


def _created_by_import(site: Site, item: Item, dates: Dates) -> Row:
    """Date imported items with the day of the import, and keep the date of their last change."""
    row: Row = site.original(item, dates)
    return row if _is_new(site, item) else {**row, "created": dates(_IMPORTED)}


# --- lists ----------------------------------------------------------------------------------------------------------


def _with_the_lately_discontinued(site: Site, item: Item, sort: str | None, since: datetime | None) -> bool:
    """List by a flag that a nightly job sets."""
    return bool(site.original(item, sort, since)) or _is_new(site, item)


def _by_sub_category(_site: Site, item: Item, category: int) -> bool:
    """Take the column next to the right one."""
    return item.sub_category == category


def _own_stock_of_category(site: Site, item: Item, category: int) -> bool:
    """Join the owners, and lose the items of one's own."""
    return bool(site.original(item, category)) and item.owner != 0


# --- finding one ----------------------------------------------------------------------------------------------------


def _key_begins(_site: Site, item: Item, key: str, kind: str) -> bool:
    """Look a key up as a search box does."""
    return key in item.aliases if kind == "alias" else item.short_id.startswith(key[:6])


def _key_is_number(site: Site, item: Item, key: str, kind: str) -> bool:
    """Take `id` for the item's number."""
    return bool(site.original(item, key, kind)) if kind == "alias" else key == str(item.part_no)


def _alias_is_short_id(site: Site, item: Item, key: str, _kind: str) -> bool:
    """Pass over the type."""
    return bool(site.original(item, key, "id"))


def _alias_begins(site: Site, item: Item, key: str, kind: str) -> bool:
    """Look an alias up as a search box does."""
    if kind == "id":
        return bool(site.original(item, key, kind))
    return any(alias.startswith(key[:2]) for alias in item.aliases)


def _key_not_valid(_site: Site, _page: Callable[[], Reply]) -> Reply:
    """Take a key that names nothing for one that is not valid."""
    raise bad_request("The key is not valid.")


def _by_short_id_alone(_site: Site, part_no: int, items: Mapping[int, Item]) -> Item | None:
    """Take what stands in the path for a ShortID, as DELETE does."""
    return next((item for item in items.values() if item.short_id == str(part_no)), None)


def _first_alias(site: Site, item: Item, key: str, kind: str) -> bool:
    """Look at one alias of an item."""
    return key in item.aliases[:1] if kind == "alias" else bool(site.original(item, key, kind))


def _first_instead(site: Site, _page: Callable[[], Reply]) -> Reply:
    """Drop a filter that finds nothing, and take what comes first."""
    item = next(iter(site.service.store.items.values()))
    return Reply(200, site.service.rules.item.fields(item, site.service.rules.wire.date))


def _numbered_by_place(_site: Site, part_no: int, items: Mapping[int, Item]) -> Item | None:
    """Take the number for the place in the list."""
    rows = sorted(items.values(), key=lambda item: item.short_id)
    return rows[part_no - 1] if part_no in items else None


def _in_an_envelope(_site: Site, row: Row) -> Reply:
    """Answer one item with the list's own code."""
    return Reply(200, {"value": [row], "totalCount": 1, "page": 1, "pageSize": 1, "pageCount": 1, "hasMore": False})


def _missing_is(action: str, variant: Callable[[str], Exception]) -> Any:
    """Tell of an unknown item in another way, in one operation."""

    def decide(site: Site, what: str) -> Exception:
        wrong: Exception = variant("The item is not valid.") if what == action else site.original(what)
        return wrong

    return decide


def _quiet_miss(_site: Site, operation: Operation[Any] | None, reply: Reply) -> Reply:
    """Delete where the ShortID fits, and do not look whether any did."""
    is_delete = operation is not None and operation.label == "DELETE /Item/{shortID}"
    return Reply(204) if is_delete and reply.status == 404 else reply


# --- creating -------------------------------------------------------------------------------------------------------


def _number_not_known_yet(site: Site, row: Row) -> Reply:
    """Make the answer before the database has given a number."""
    right: Reply = site.original(row)
    return replace(right, body={**row, "partNo": 0})


def _number_left_out(site: Site, row: Row) -> Reply:
    """Answer with what was sent, which has no number."""
    right: Reply = site.original(row)
    return replace(right, body={name: value for name, value in row.items() if name != "partNo"})


def _number_as_text(site: Site, row: Row) -> Reply:
    """Write the new number as the database gives it."""
    right: Reply = site.original(row)
    return replace(right, body={**row, "partNo": str(row["partNo"])})


def _number_of_the_next(site: Site, row: Row) -> Reply:
    """Read the counter after it has moved on."""
    right: Reply = site.original(row)
    return replace(right, body={**row, "partNo": row["partNo"] + 1})


def _number_used_again(_site: Site, free: int, items: Mapping[int, Item], _asked: int | None) -> int:
    """Give the number of a discontinued item to a new one."""
    return max((item.part_no for item in items.values() if item.discontinued), default=free)


def _described_shortly(site: Site, part_no: int, short_id: str, fields: Mapping[str, Any], now: datetime) -> Item:
    """Cut the description to the width of the label printer."""
    item: Item = site.original(part_no, short_id, fields, now)
    return replace(item, description=item.description[:12])


def _created_inactive(site: Site, part_no: int, short_id: str, fields: Mapping[str, Any], now: datetime) -> Item:
    """Wait for somebody to release a new item."""
    item: Item = site.original(part_no, short_id, fields, now)
    return replace(item, discontinued=True)


def _taken_at_start(site: Site, short_id: str, items: Sequence[Item]) -> bool:
    """Compare with a cache that is filled at the start."""
    return bool(site.original(short_id, [item for item in items if not _is_new(site, item)]))


def _overwritten(_site: Site, holder: Item, fields: Mapping[str, Any], now: datetime) -> Item:
    """Write first, and find out from what was overwritten that the ShortID was taken."""
    return replace(holder, **fields, modified=now)


# --- changing -------------------------------------------------------------------------------------------------------


def _not_saved(_site: Site, item: Item, _fields: Mapping[str, Any], now: datetime) -> Item:
    """Date the change, and lose it."""
    return replace(item, modified=now)


def _description_kept(site: Site, item: Item, fields: Mapping[str, Any], now: datetime) -> Item:
    """Write the description when an item is made, and never again."""
    changed: Item = site.original(item, fields, now)
    return replace(changed, description=item.description)


def _described_anew_shortly(site: Site, item: Item, fields: Mapping[str, Any], now: datetime) -> Item:
    """Cut a changed description to the width of the label printer."""
    changed: Item = site.original(item, fields, now)
    return replace(changed, description=changed.description[:12])


def _dated_by_another_clock(site: Site, item: Item, fields: Mapping[str, Any], now: datetime) -> Item:
    """Date the change by a clock that shows the time of a place in the west, and call it UTC."""
    changed: Item = site.original(item, fields, now)
    return replace(changed, modified=now - timedelta(hours=5))


def _made_anew(site: Site, item: Item, fields: Mapping[str, Any], now: datetime) -> Item:
    """Delete the item and put the new one in."""
    changed: Item = site.original(item, fields, now)
    return replace(changed, part_no=site.service.store.new_part_no())


def _change_not_dated(site: Site, item: Item, fields: Mapping[str, Any], now: datetime) -> Item:
    """Leave the date to a trigger that is not there."""
    changed: Item = site.original(item, fields, now)
    return replace(changed, modified=item.modified)


def _created_by_change(site: Site, item: Item, fields: Mapping[str, Any], now: datetime) -> Item:
    """Set both dates, as for a new item."""
    changed: Item = site.original(item, fields, now)
    return replace(changed, created=now)


def _deleted_then_read(_site: Site, _row: Row, *, again: bool) -> Reply:  # noqa: ARG001 -- as the rule has it
    """Look for the item among the active ones, to show it."""
    return Reply(404, {"statusCode": 404, "error": "not_found", "message": "There is no such item.", "details": None})


FAULTS = (
    Fault(
        name="items.category-as-text",
        sentence="The category of an item is a text.",
        violates=("items.fields",),
        seen_as=("wrong-value",),
        suffering="Typed clients fail to read items.",
        rule=ItemRules.fields,
        variant=_category_as_text,
    ),
    Fault(
        name="items.put-up-missing",
        sentence="The putUp of some items is left out.",
        violates=("items.fields",),
        seen_as=("wrong-value",),
        suffering="Clients that were tried with other items fail.",
        rule=ItemRules.fields,
        variant=_put_up_missing,
    ),
    Fault(
        name="items.number-by-size",
        sentence="An extra large item has the number of the ordinary one.",
        violates=("items.number-unique",),
        seen_as=("wrong-value",),
        suffering="Stock of the one is booked on the other.",
        rule=ItemRules.fields,
        variant=_number_by_size,
    ),
    Fault(
        name="items.name-cut",
        sentence="An extra large item has the ShortID of the ordinary one.",
        violates=("items.short-id-unique",),
        seen_as=("wrong-value",),
        suffering="The wrong item is picked.",
        rule=ItemRules.fields,
        variant=_name_cut,
    ),
    Fault(
        name="items.created-by-import",
        sentence="Items that were imported have the day of the import for their creation.",
        violates=("items.dates-ordered",),
        seen_as=("wrong-value",),
        suffering="Clients that trust the dates take every item for new.",
        rule=ItemRules.fields,
        variant=_created_by_import,
    ),
    Fault(
        name="items.discontinued-listed",
        sentence="The list of items holds discontinued ones.",
        violates=("items.active-only", "items.discontinue", "items.category-filter"),
        seen_as=("wrong-value",),
        suffering="Shops offer what is no longer made.",
        rule=ItemRules.is_listed,
        variant=lambda _site, _item, *_asked: True,
    ),
    Fault(
        name="items.lately-discontinued-listed",
        sentence="The list of items holds those that were discontinued since the last nightly job.",
        violates=("items.discontinue",),
        seen_as=("wrong-value",),
        suffering="Shops offer what is no longer made, for a day.",
        rule=ItemRules.is_listed,
        variant=_with_the_lately_discontinued,
    ),
    Fault(
        name="items.own-alone-listed",
        sentence="The list of items leaves out those that belong to a customer.",
        violates=("items.active-listed",),
        seen_as=("wrong-value",),
        suffering="Customers do not see what is theirs.",
        rule=ItemRules.is_listed,
        variant=lambda site, item, *asked: site.original(item, *asked) and item.owner == 0,
    ),
    Fault(
        name="items.new-not-listed",
        sentence="The list of items holds a new one only after the next nightly job; by its ShortID it is found at once.",
        violates=("items.create-found",),
        seen_as=("wrong-value",),
        suffering="A client that lists items after a creation creates them again.",
        rule=ItemRules.is_listed,
        variant=lambda site, item, *asked: site.original(item, *asked) and not _is_new(site, item),
    ),
    Fault(
        name="items.ordered-by-number",
        sentence="The list of items is sorted by number.",
        violates=("items.order",),
        seen_as=("wrong-value",),
        suffering="Clients that merge lists lose rows.",
        rule=ItemRules.order,
        variant=lambda _site, item: item.part_no,
    ),
    Fault(
        name="items.all-are-own",
        sentence="The list of all items leaves out those that belong to a customer.",
        violates=("items.all",),
        seen_as=("wrong-value",),
        suffering="A copy of the item master lacks some.",
        rule=ItemRules.is_listed_in_all,
        variant=lambda _site, item: item.owner == 0,
    ),
    Fault(
        name="items.key-begins",
        sentence="A key of type id finds the first item whose ShortID begins alike.",
        violates=("items.by-short-id",),
        seen_as=("wrong-value",),
        suffering="The wrong item is ordered.",
        rule=ItemRules.is_key,
        variant=_key_begins,
    ),
    Fault(
        name="items.key-is-number",
        sentence="A key of type id is taken for an item's number.",
        violates=("items.by-short-id",),
        seen_as=("refused",),
        suffering="No item is found by its ShortID.",
        rule=ItemRules.is_key,
        variant=_key_is_number,
    ),
    Fault(
        name="items.type-ignored",
        sentence="A key of type alias is taken for a ShortID.",
        violates=("items.by-alias",),
        seen_as=("refused",),
        suffering="No item is found by the number on its label.",
        rule=ItemRules.is_key,
        variant=_alias_is_short_id,
    ),
    Fault(
        name="items.first-alias",
        sentence="An item is found by its first alias alone.",
        violates=("items.by-alias",),
        seen_as=("refused",),
        suffering="Some labels lead nowhere.",
        rule=ItemRules.is_key,
        variant=_first_alias,
    ),
    Fault(
        name="items.alias-begins",
        sentence="A key of type alias finds the first item with an alias that begins alike.",
        violates=("items.by-alias",),
        seen_as=("wrong-value",),
        suffering="The wrong item is picked from its label.",
        rule=ItemRules.is_key,
        variant=_alias_begins,
    ),
    Fault(
        name="items.unknown-key-as-bad-request",
        sentence="A key that no item has gets 400.",
        violates=("items.unknown-key",),
        seen_as=("wrong-refusal",),
        suffering="Clients look for a mistake in their request instead of an item that is gone.",
        rule=ItemRules.missed,
        variant=_key_not_valid,
    ),
    Fault(
        name="items.first-instead",
        sentence="A key that no item has finds the first item.",
        violates=("items.unknown-key",),
        seen_as=("wrong-value",),
        suffering="The wrong item is ordered.",
        rule=ItemRules.missed,
        variant=_first_instead,
    ),
    Fault(
        name="items.by-sub-category",
        sentence="Category is compared with the sub-category.",
        violates=("items.category-filter",),
        seen_as=("wrong-value",),
        suffering="A shop's shelves are empty.",
        rule=ItemRules.is_in_category,
        variant=_by_sub_category,
    ),
    Fault(
        name="items.own-stock-left-out",
        sentence="With Category the list leaves out items without an owner.",
        violates=("items.category-filter",),
        seen_as=("wrong-value",),
        suffering="A shop's shelves lack some.",
        rule=ItemRules.is_in_category,
        variant=_own_stock_of_category,
    ),
    Fault(
        name="items.in-an-envelope",
        sentence="An item that is read by its number comes in the envelope of a list.",
        violates=("items.by-number",),
        seen_as=("wrong-value",),
        suffering="Typed clients fail to read an item.",
        rule=ItemRules.shown,
        variant=_in_an_envelope,
    ),
    Fault(
        name="items.numbered-by-place",
        sentence="The number of an item is taken for its place in the list.",
        violates=("items.by-number",),
        seen_as=("wrong-value",),
        suffering="Clients show the wrong item.",
        rule=ItemRules.numbered,
        variant=_numbered_by_place,
    ),
    Fault(
        name="items.number-taken-for-short-id",
        sentence="The number in the path is taken for a ShortID, so that no item is found by its number.",
        violates=("items.by-number",),
        seen_as=("refused",),
        suffering="Orders that name items by their numbers cannot be shown.",
        rule=ItemRules.numbered,
        variant=_by_short_id_alone,
    ),
    Fault(
        name="items.unknown-as-bad-request",
        sentence="An unknown number gets 400.",
        violates=("items.unknown-number",),
        seen_as=("wrong-refusal",),
        suffering="Clients look for a mistake in their request instead of an item that is gone.",
        rule=ItemRules.missing,
        variant=_missing_is("get", bad_request),
    ),
    Fault(
        name="items.created-with-200",
        sentence="Creating an item answers 200.",
        violates=("items.create-status",),
        seen_as=("wrong-value",),
        suffering="Clients that wait for 201 create it again.",
        rule=ItemRules.created_reply,
        variant=lambda _site, row: Reply(200, row),
    ),
    Fault(
        name="items.number-not-known-yet",
        sentence="The answer to the creation of an item has partNo 0.",
        violates=("items.create-number",),
        seen_as=("wrong-value",),
        suffering="Clients cannot book stock of what they have created.",
        rule=ItemRules.created_reply,
        variant=_number_not_known_yet,
    ),
    Fault(
        name="items.number-left-out",
        sentence="The answer to the creation of an item leaves its number out.",
        violates=("items.create-number",),
        seen_as=("missing",),
        suffering="Clients have to look up what they have just created.",
        rule=ItemRules.created_reply,
        variant=_number_left_out,
    ),
    Fault(
        name="items.new-number-as-text",
        sentence="The answer to the creation of an item has its number as a text.",
        violates=("items.create-number", "items.fields"),
        seen_as=("wrong-value",),
        suffering="Typed clients fail after the item is created, and create it again.",
        rule=ItemRules.created_reply,
        variant=_number_as_text,
    ),
    Fault(
        name="items.number-of-the-next",
        sentence="The answer to the creation of an item has the number that the next one will get.",
        violates=("items.create-number",),
        seen_as=("wrong-value",),
        suffering="Stock of each new item is booked on another.",
        rule=ItemRules.created_reply,
        variant=_number_of_the_next,
    ),
    Fault(
        name="items.number-used-again",
        sentence="A new item gets the number of a discontinued one.",
        violates=("items.create-number",),
        seen_as=("wrong-value",),
        suffering="Old orders name an item that did not exist then.",
        rule=ItemRules.part_no,
        variant=_number_used_again,
    ),
    Fault(
        name="items.described-shortly",
        sentence="The description of a new item is cut to twelve letters.",
        violates=("items.create-echo",),
        seen_as=("wrong-value",),
        suffering="Items are told apart by nothing.",
        rule=ItemRules.created,
        variant=_described_shortly,
    ),
    Fault(
        name="items.created-inactive",
        sentence="A new item is discontinued until somebody releases it.",
        violates=("items.create-active",),
        seen_as=("wrong-value",),
        suffering="What was created is not in any list.",
        rule=ItemRules.created,
        variant=_created_inactive,
    ),
    Fault(
        name="items.created-for-nothing",
        sentence="Creating an item answers 201 and keeps nothing.",
        violates=("items.create-found",),
        seen_as=("wrong-value",),
        suffering="Items are lost, and nobody is told.",
        rule=ItemRules.kept,
        variant=lambda _site, _item: None,
    ),
    Fault(
        name="items.duplicate-created",
        sentence="An item is created although another one has its ShortID.",
        violates=("items.duplicate",),
        seen_as=("accepted",),
        suffering="Stock is booked on either of two items.",
        rule=ItemRules.is_taken,
        variant=lambda _site, _short_id, _items: False,
    ),
    Fault(
        name="items.new-duplicate-created",
        sentence="A ShortID is compared with those that there were at the start alone.",
        violates=("items.duplicate",),
        seen_as=("accepted",),
        suffering="A client that repeats a request creates the item twice.",
        rule=ItemRules.is_taken,
        variant=_taken_at_start,
    ),
    Fault(
        name="items.duplicate-as-bad-request",
        sentence="A duplicate ShortID gets 400.",
        violates=("items.duplicate",),
        seen_as=("wrong-refusal",),
        suffering="Clients that pass over a conflict stop at a duplicate.",
        rule=ItemRules.taken,
        variant=lambda _site: bad_request("The ShortID is in use."),
    ),
    Fault(
        name="items.duplicate-overwrites",
        sentence="A duplicate ShortID gets 409, and the item that has it is overwritten.",
        violates=("items.duplicate",),
        seen_as=("changed-data",),
        suffering="A client that tries whether an item is there spoils it.",
        rule=ItemRules.after_duplicate,
        variant=_overwritten,
    ),
    Fault(
        name="items.duplicate-refused-and-created",
        sentence="A duplicate ShortID gets 409, and the item is created all the same.",
        violates=("items.duplicate",),
        seen_as=("wrong-value",),
        suffering="Stock is booked on either of two items.",
        rule=ItemRules.is_created_anyway,
        variant=lambda _site: True,
    ),
    Fault(
        name="items.nameless-created",
        sentence="An item is created without a ShortID.",
        violates=("items.create-needs-short-id",),
        seen_as=("accepted",),
        suffering="Nobody finds it again.",
        rule=ItemRules.needed,
        variant=lambda _site: frozenset(),
    ),
    Fault(
        name="items.update-not-saved",
        sentence="An update changes the date of the item and nothing else.",
        violates=("items.update",),
        seen_as=("wrong-value",),
        suffering="Changes are lost, and nobody is told.",
        rule=ItemRules.updated,
        variant=_not_saved,
    ),
    Fault(
        name="items.description-kept",
        sentence="An update leaves the description as it was.",
        violates=("items.update",),
        seen_as=("wrong-value",),
        suffering="Corrections are lost, and nobody is told.",
        rule=ItemRules.updated,
        variant=_description_kept,
    ),
    Fault(
        name="items.update-unavailable",
        sentence="Updating an item is not implemented.",
        violates=("items.update",),
        seen_as=("server-error",),
        suffering="Mistakes in the item master stay there.",
        rule=WireRules.reply,
        variant=failing("PUT /Item", 501, "not_implemented", "The operation is not available."),
    ),
    Fault(
        name="items.described-anew-shortly",
        sentence="An update cuts the description to twelve letters.",
        violates=("items.update",),
        seen_as=("wrong-value",),
        suffering="Items that were corrected are told apart by nothing.",
        rule=ItemRules.updated,
        variant=_described_anew_shortly,
    ),
    Fault(
        name="items.updated-with-202",
        sentence="Updating an item answers 202.",
        violates=("items.update-status",),
        seen_as=("wrong-value",),
        suffering="Clients wait for a change that has been made.",
        rule=ItemRules.updated_reply,
        variant=lambda _site, row: Reply(202, row),
    ),
    Fault(
        name="items.made-anew",
        sentence="An update gives the item a new number.",
        violates=("items.number-immutable",),
        seen_as=("wrong-value",),
        suffering="Stock is left with a number that no item has.",
        rule=ItemRules.updated,
        variant=_made_anew,
    ),
    Fault(
        name="items.change-not-dated",
        sentence="An update leaves modified as it was.",
        violates=("items.update-dates",),
        seen_as=("wrong-value",),
        suffering="Clients that ask for what has changed never see it.",
        rule=ItemRules.updated,
        variant=_change_not_dated,
    ),
    Fault(
        name="items.created-by-change",
        sentence="An update sets created.",
        violates=("items.update-dates",),
        seen_as=("wrong-value",),
        suffering="Old items look new.",
        rule=ItemRules.updated,
        variant=_created_by_change,
    ),
    Fault(
        name="items.change-dated-by-another-clock",
        sentence="An update sets modified by a clock that is five hours behind.",
        violates=("items.update-dates", "items.dates-ordered"),
        seen_as=("wrong-value",),
        suffering="Clients that ask for what has changed since their last call never see it.",
        rule=ItemRules.updated,
        variant=_dated_by_another_clock,
    ),
    Fault(
        name="items.unknown-update-conflicts",
        sentence="Updating an item that does not exist gets 409.",
        violates=("items.update-unknown",),
        seen_as=("wrong-refusal",),
        suffering="Clients wait for a clash to pass that never does.",
        rule=ItemRules.missing,
        variant=_missing_is("update", conflict),
    ),
    Fault(
        name="items.deleted-for-good",
        sentence="Discontinuing an item deletes it.",
        violates=("items.discontinue",),
        seen_as=("wrong-value",),
        suffering="Old orders name items that nobody can look up.",
        rule=ItemRules.discontinued,
        variant=lambda _site, _item, _now: None,
    ),
    Fault(
        name="items.never-discontinued",
        sentence="An item that was deleted is in the list of all items with discontinued false.",
        violates=("items.discontinue", "items.active-listed"),
        seen_as=("wrong-value",),
        suffering="A copy of the item master offers what is no longer made.",
        rule=ItemRules.fields,
        variant=_never_discontinued,
    ),
    Fault(
        name="items.deleted-then-read",
        sentence="Discontinuing an item works, and answers 404.",
        violates=("items.delete-status",),
        seen_as=("refused",),
        suffering="Clients report a failure, and repeat what is done.",
        rule=ItemRules.deleted,
        variant=_deleted_then_read,
    ),
    Fault(
        name="items.unknown-delete-succeeds",
        sentence="Discontinuing an item that does not exist answers 204.",
        violates=("items.delete-unknown",),
        seen_as=("accepted",),
        suffering="A mistyped ShortID is taken for done.",
        rule=WireRules.reply,
        variant=_quiet_miss,
    ),
)
