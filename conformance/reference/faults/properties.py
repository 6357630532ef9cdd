"""Faults that generated requests find."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.call import Reply
from conformance.reference.faults.fault import Fault, Site
from conformance.reference.problems import ApiError, internal_error
from conformance.reference.rules import ItemRules, PagingRules, WireRules

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.reference.call import Call
    from conformance.reference.operation import Operation
    from conformance.reference.world import Item


def _text_page_crashes(site: Site, text: str | None) -> int:
    """Convert without a guard."""
    try:
        page: int = site.original(text)
    except ApiError as error:
        raise internal_error("Input string was not in a correct format.") from error
    return page


def _malformed_body_crashes(site: Site, call: Call) -> dict[str, Any]:
    """Parse without a guard."""
    try:
        body: dict[str, Any] = site.original(call)
    except ApiError as error:
        raise internal_error("Unexpected character encountered while parsing value.") from error
    return body


def _anything_is_text(site: Site, call: Call) -> dict[str, Any]:
    """Turn whatever stands where a text belongs into one."""
    body: dict[str, Any] = site.original(call)
    texts = {name: str(body[name]) for name in ("shortID", "description") if isinstance(body.get(name), list | dict)}
    return body | texts


def _part_no_as_text(site: Site, item: Item, dates: Callable[[Any], str]) -> dict[str, Any]:
    """Serialise identifiers as texts."""
    row: dict[str, Any] = site.original(item, dates)
    return {**row, "partNo": str(row["partNo"])}


def _dates_for_people(site: Site, item: Item, dates: Callable[[Any], str]) -> dict[str, Any]:
    """Serialise dates by the server's locale."""
    row: dict[str, Any] = site.original(item, dates)
    return {**row, "created": item.created.strftime("%d/%m/%Y %H:%M")}


def _has_more_as_number(site: Site, page: int, page_count: int) -> int:
    """Serialise booleans as the database has them."""
    return 1 if site.original(page, page_count) else 0


def _accepted_instead_of_created(site: Site, operation: Operation[Any] | None, reply: Reply) -> Reply:
    """Hand the work to a queue."""
    right: Reply = site.original(operation, reply)
    if operation is None or operation.label != "POST /Location/Hold" or right.status != 204:
        return right
    return Reply(202, None, right.headers)


def _item_cached_by_number(site: Site, part_no: int, items: Mapping[int, Item]) -> Item | None:
    """Cache an item when it is first read, and never let go of it."""
    found: Item | None = site.memory.get(part_no) or site.original(part_no, items)
    if found is not None:
        site.memory[part_no] = found
    return found


FAULTS = (
    Fault(
        name="property.item-by-number-cached",
        sentence="An item read by its number is shown as it was when it was first read so.",
        violates=("property.item-life", "items.update"),
        seen_as=("wrong-value",),
        suffering="A client that reads back what it has changed finds the old item, and changes it again.",
        rule=ItemRules.numbered,
        variant=_item_cached_by_number,
    ),
    Fault(
        name="property.text-page-crashes",
        sentence="A page that is no number is answered with a server error.",
        violates=("property.no-server-error",),
        seen_as=("server-error",),
        suffering="A mistyped address looks like an outage.",
        rule=PagingRules.page_number,
        variant=_text_page_crashes,
    ),
    Fault(
        name="property.malformed-body-crashes",
        sentence="A malformed body is answered with a server error.",
        violates=("property.no-server-error", "errors.malformed-json"),
        seen_as=("server-error",),
        suffering="A client's mistake looks like an outage, and is retried for hours.",
        rule=WireRules.json_object,
        variant=_malformed_body_crashes,
    ),
    Fault(
        name="property.part-no-as-text",
        sentence="The part number of an item is a text.",
        violates=("property.response-schema", "items.fields"),
        follows=("items.create-number",),
        seen_as=("wrong-value",),
        suffering="Typed clients fail to read items.",
        rule=ItemRules.fields,
        variant=_part_no_as_text,
    ),
    Fault(
        name="property.dates-for-people",
        sentence="The creation date of an item is written as people of one country write it.",
        violates=("property.response-schema",),
        seen_as=("wrong-value",),
        suffering="Clients mistake the third of April for the fourth of March.",
        rule=ItemRules.fields,
        variant=_dates_for_people,
    ),
    Fault(
        name="property.has-more-as-number",
        sentence="The hasMore of a page is 0 or 1.",
        violates=("property.response-schema",),
        seen_as=("wrong-value",),
        suffering="Typed clients fail to read lists.",
        rule=PagingRules.has_more,
        variant=_has_more_as_number,
        follows=("items.category-filter", "pagination.envelope"),
    ),
    Fault(
        name="property.anything-is-text",
        sentence="A list or an object where a text belongs is taken for its printed form.",
        violates=("property.invalid-input",),
        seen_as=("accepted",),
        suffering="A client's mistake ends up in the item master as gibberish.",
        rule=WireRules.json_object,
        variant=_anything_is_text,
    ),
    Fault(
        name="property.hold-accepted",
        sentence="Holding a location is answered with 202.",
        violates=("property.documented-status",),
        seen_as=("wrong-value",),
        suffering="Clients that wait for the documented 204 take success for failure.",
        rule=WireRules.reply,
        variant=_accepted_instead_of_created,
        follows=("locations.hold-status",),
        resources=("Location",),
    ),
    Fault(
        name="property.json-as-text",
        sentence="JSON is sent as text/plain.",
        violates=("property.content-type",),
        seen_as=("wrong-value",),
        suffering="HTTP libraries hand the body over as text.",
        rule=WireRules.content_type,
        variant=lambda _site, _reply: "text/plain; charset=utf-8",
        follows=("token.answer",),
    ),
)
