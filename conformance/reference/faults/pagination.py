"""Faults in how lists are cut into pages, sorted and filtered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from conformance.reference.call import Reply
from conformance.reference.faults.fault import Fault, Site
from conformance.reference.problems import ApiError, invalid
from conformance.reference.rules import PagingRules, WireRules
from conformance.reference.rules.paging import ORDER_LISTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from conformance.reference.operation import Operation

Envelope = dict[str, Any]


# --- the envelope ---------------------------------------------------------------------------------------------------


def _bare_array(site: Site, envelope: Envelope, kind: str) -> object:
    """Return the rows of a short list as they are."""
    return envelope["value"] if kind == "categories" else site.original(envelope, kind)


def _null_for_nothing(_site: Site, envelope: Envelope, _kind: str) -> Envelope:
    """Leave the rows unset where there are none."""
    return {**envelope, "value": envelope["value"] or None}


def _false_left_out(_site: Site, envelope: Envelope, _kind: str) -> Envelope:
    """Leave members out that have their default value."""
    return {name: value for name, value in envelope.items() if value is not False}


def _as_many_as_rows(_site: Site, envelope: Envelope, _kind: str) -> Envelope:
    """Tell how many rows the page holds."""
    return {**envelope, "pageSize": len(envelope["value"])}


def _more_after_full(_site: Site, envelope: Envelope, _kind: str) -> Envelope:
    """Take a full page for one that others follow."""
    return {**envelope, "hasMore": len(envelope["value"]) == envelope["pageSize"]}


def _counted_so_far(_site: Site, envelope: Envelope, _kind: str) -> Envelope:
    """Count no further than one row beyond the page."""
    return {**envelope, "totalCount": min(envelope["totalCount"], envelope["page"] * envelope["pageSize"] + 1)}


# --- page and size --------------------------------------------------------------------------------------------------


def _from_zero(site: Site, text: str | None) -> int:
    """Start with page 0 where none is asked for."""
    return 0 if text is None else int(site.original(text))


def _orders_by_fifty(site: Site, text: str | None, maximum: int) -> int:
    """Take the maximum of orders for their default."""
    return 50 if text is None and maximum == 50 else int(site.original(text, maximum))


def _offered_sizes(site: Site, text: str | None, maximum: int) -> int:
    """Take the next of the sizes that the desktop application offers."""
    right: int = site.original(text, maximum)
    return next((size for size in (10, 25, 50, 100, 250) if size >= right), right)


def _maximum(size: int, *kinds: str) -> Any:
    """Have another maximum on some lists."""

    def variant(site: Site, kind: str) -> int:
        return size if kind in kinds else int(site.original(kind))

    return variant


def _size_as_asked(_site: Site, asked: str | None, size: int, _since: datetime | None) -> int:
    """Repeat what was asked for, and cap the rows alone."""
    return int(asked) if asked is not None and asked.isdigit() else size


# --- headers --------------------------------------------------------------------------------------------------------


def _header(name: str, value: Any) -> Any:
    """Compute a header in another way than the body; None leaves it out."""

    def variant(site: Site, envelope: Envelope, matching: int | None = None) -> Mapping[str, str]:
        right: Mapping[str, str] = site.original(envelope, matching)
        told = value(envelope)
        kept = {other: text for other, text in right.items() if other != name}
        return kept if told is None else {**kept, name: str(told)}

    return variant


def _unheaded(name: str, label: str) -> Any:
    """Build the answer of one list by hand."""

    def variant(_site: Site, operation: Operation[Any] | None, reply: Reply) -> Reply:
        if operation is None or operation.label != label:
            return reply
        return Reply(reply.status, reply.body, {other: text for other, text in reply.headers.items() if other != name})

    return variant


# --- which rows -----------------------------------------------------------------------------------------------------


def _one_too_many(_site: Site, rows: Sequence[Any], page: int, size: int, _asked: str | None) -> Sequence[Any]:
    """Read one row more to learn whether pages follow, and send it too."""
    return rows[(page - 1) * size : page * size + 1]


def _cap_means_all(site: Site, rows: Sequence[Any], page: int, size: int, asked: str | None) -> Sequence[Any]:
    """Take the largest size that orders have for no limit."""
    return rows if size == 50 and page == 1 else site.original(rows, page, size, asked)


def _row_skipped(_site: Site, rows: Sequence[Any], page: int, size: int, _asked: str | None) -> Sequence[Any]:
    """Begin every page but the first one row too late."""
    start = (page - 1) * size + (page > 1)
    return rows[start : start + size]


def _last_row_lost(_site: Site, rows: Sequence[Any], page: int, size: int, _asked: str | None) -> Sequence[Any]:
    """Stop one row before the end."""
    return rows[(page - 1) * size : min(page * size, len(rows) - 1)] if len(rows) > size else rows[:size]


def _offset_by_default_size(
    _site: Site, rows: Sequence[Any], page: int, size: int, _asked: str | None
) -> Sequence[Any]:
    """Reckon the offset with 25 rows a page."""
    return rows[(page - 1) * 25 : (page - 1) * 25 + size]


def _dealt_out(_site: Site, rows: Sequence[Any], page: int, size: int, _asked: str | None) -> Sequence[Any]:
    """Deal the rows out to the pages like cards."""
    pages = -(-len(rows) // size)
    return rows[page - 1 :: max(pages, 1)]


def _sorted_after_cutting(site: Site, rows: Sequence[Any], page: int, size: int, asked: str | None) -> Sequence[Any]:
    """Cut the page out of the list as the database has it, and sort what is on it."""
    place = {id(row): number for number, row in enumerate(rows)}
    plain = sorted(rows, key=lambda row: row.category_id)
    return sorted(site.original(plain, page, size, asked), key=lambda row: place[id(row)])


def _turned_after_cutting(site: Site, rows: Sequence[Any], page: int, size: int, asked: str | None) -> Sequence[Any]:
    """Cut the page out of the list upwards, and turn it round."""
    is_turned = len(rows) > 1 and rows[0].category_id > rows[-1].category_id
    cut: Sequence[Any] = site.original(rows[::-1] if is_turned else rows, page, size, asked)
    return cut[::-1] if is_turned else cut


def _in_any_order(site: Site, rows: Sequence[Any], kind: str, column: str | None) -> Sequence[Any]:
    """Rely on the order in which the database happens to read."""
    if column is not None:
        return rows
    turn = site.memory[kind] = site.memory.get(kind, 0) + 7
    start = turn % max(len(rows), 1)
    return [*rows[start:], *rows[:start]]


def _equal_ones_in_any_order(site: Site, rows: Sequence[Any], kind: str, column: str | None) -> Sequence[Any]:
    """Sort by the column alone, so that rows of the same value come in any order."""
    if kind != "categories" or column not in {"active", "description"}:
        return rows
    site.memory[kind] = not site.memory.get(kind, False)
    if not site.memory[kind]:
        return rows
    first: dict[Any, int] = {}
    for number, row in enumerate(rows):
        first.setdefault(getattr(row, column), number)
    turned = [*reversed(rows)]
    return sorted(turned, key=lambda row: first[getattr(row, column)])


# --- sort and direction ---------------------------------------------------------------------------------------------


def _not_sorted(site: Site, text: str | None, columns: Sequence[str]) -> str | None:
    """Check the column and pass it over."""
    site.original(text, columns)
    return None


def _numbers_as_texts(site: Site, value: Any) -> Any:
    """Sort everything as text: 10 comes before 9."""
    return site.original(value if value is None or isinstance(value, str | bool) else str(value))


def _upper_case_alone(site: Site, text: str | None) -> bool | None:
    if text is not None and text not in {"ASC", "DESC"}:
        raise invalid("direction", "The value is to be ASC or DESC.")
    right: bool | None = site.original(text)
    return right


def _desc_in_upper_case(site: Site, text: str | None) -> bool | None:
    """Compare with DESC to the letter, and take everything else for ASC."""
    right: bool | None = site.original(text)
    return right if right is None else text == "DESC"


def _newest_first(site: Site, column: str) -> bool:
    """Show dates, newest first, where the request does not say."""
    return column in {"created", "modified"} or bool(site.original(column))


def _any_column(site: Site, text: str | None, columns: Sequence[str]) -> str | None:
    """Pass over columns that the list does not have."""
    return site.original(text, columns) if text in columns else None


# --- modifiedSince --------------------------------------------------------------------------------------------------


def _zone_cut_off(site: Site, name: str, text: str | None) -> datetime | None:
    """Read the first nineteen characters."""
    cut = None if text is None else re.sub(r"(?<=:\d\d)(\.\d+)?(Z|[+ -]\d\d:?\d\d)$", "", text)
    moment: datetime | None = site.original(name, cut)
    return moment


def _malformed_passed_over(site: Site, name: str, text: str | None) -> datetime | None:
    """Take a date that cannot be read for none."""
    try:
        moment: datetime | None = site.original(name, text)
    except ApiError:
        return None
    return moment


FAULTS = (
    Fault(
        name="pagination.bare-array",
        sentence="The lists of categories are bare arrays.",
        violates=("pagination.envelope",),
        seen_as=("wrong-value",),
        suffering="Clients that read all lists alike fail at this one.",
        rule=PagingRules.body,
        variant=_bare_array,
    ),
    Fault(
        name="pagination.null-for-nothing",
        sentence="The value of a page without rows is null.",
        violates=("pagination.envelope",),
        seen_as=("wrong-value",),
        suffering="Clients fail on the day that nothing has changed.",
        rule=PagingRules.body,
        variant=_null_for_nothing,
    ),
    Fault(
        name="pagination.false-left-out",
        sentence="The last page has no hasMore.",
        violates=("pagination.envelope",),
        seen_as=("wrong-value",),
        suffering="Clients that read until hasMore is false fail at the end.",
        rule=PagingRules.body,
        variant=_false_left_out,
    ),
    Fault(
        name="pagination.from-zero",
        sentence="A list that is asked for no page answers with page 0.",
        violates=("pagination.first-page",),
        seen_as=("wrong-value",),
        suffering="Clients that ask for nothing in particular see nothing.",
        rule=PagingRules.page_number,
        variant=_from_zero,
    ),
    Fault(
        name="pagination.shown-from-zero",
        sentence="The page of an answer is counted from 0, that of a request from 1.",
        violates=("pagination.first-page", "pagination.echo"),
        seen_as=("wrong-value",),
        suffering="Clients that ask for page + 1 read the same page for ever.",
        rule=PagingRules.shown_page,
        variant=lambda _site, page, _asked, _since: page - 1,
    ),
    Fault(
        name="pagination.order-default-50",
        sentence="The default page size of orders is their maximum.",
        violates=("pagination.default-size",),
        seen_as=("wrong-value",),
        suffering="Clients that rely on the default skip orders.",
        rule=PagingRules.page_size,
        variant=_orders_by_fifty,
        resources=("ShippingOrder",),
    ),
    Fault(
        name="pagination.offered-sizes",
        sentence="A page size is rounded up to 10, 25, 50, 100 or 250.",
        violates=("pagination.echo",),
        seen_as=("wrong-value",),
        suffering="Clients that reckon offsets with their own size read rows twice.",
        rule=PagingRules.page_size,
        variant=_offered_sizes,
    ),
    Fault(
        name="pagination.size-of-page",
        sentence="The pageSize of an answer is the number of its rows.",
        violates=("pagination.echo", "pagination.size-header"),
        seen_as=("wrong-value",),
        suffering="Clients reckon with a size that changes on the last page.",
        rule=PagingRules.body,
        variant=_as_many_as_rows,
    ),
    Fault(
        name="pagination.one-too-many",
        sentence="A page holds one row more than its pageSize, if there is one.",
        violates=("pagination.page-length", "pagination.walk"),
        seen_as=("wrong-value",),
        suffering="Rows are read twice.",
        rule=PagingRules.cut,
        variant=_one_too_many,
    ),
    Fault(
        name="pagination.page-count-rounded-down",
        sentence="The pageCount is rounded down.",
        violates=("pagination.page-count",),
        seen_as=("wrong-value",),
        suffering="Clients that show page numbers never show the last.",
        rule=PagingRules.page_count,
        variant=lambda _site, total, size: total // size,
    ),
    Fault(
        name="pagination.page-count-one-more",
        sentence="The pageCount is one too high where the totalCount is a multiple of the pageSize.",
        violates=("pagination.page-count",),
        seen_as=("wrong-value",),
        suffering="Clients show a last page without rows.",
        rule=PagingRules.page_count,
        variant=lambda _site, total, size: total // size + 1,
    ),
    Fault(
        name="pagination.has-more-on-last",
        sentence="The hasMore of the last page is true.",
        violates=("pagination.has-more",),
        seen_as=("wrong-value",),
        suffering="Clients ask for a page that is not there.",
        rule=PagingRules.has_more,
        variant=lambda _site, page, page_count: page <= page_count,
    ),
    Fault(
        name="pagination.has-more-for-ever",
        sentence="The hasMore is always true.",
        violates=("pagination.has-more",),
        seen_as=("wrong-value",),
        suffering="Clients that read until hasMore is false never end.",
        rule=PagingRules.has_more,
        variant=lambda _site, _page, _page_count: True,
    ),
    Fault(
        name="pagination.has-more-after-full",
        sentence="The hasMore is true on the last page, too, where it is full.",
        violates=("pagination.has-more",),
        seen_as=("wrong-value",),
        suffering="Clients ask for a page that is not there.",
        rule=PagingRules.body,
        variant=_more_after_full,
    ),
    Fault(
        name="pagination.maximum-of-customers",
        sentence="The maximum of customers is 500.",
        violates=("pagination.maximum",),
        seen_as=("wrong-value",),
        suffering="Clients that rely on the maximum have other pages on one list.",
        rule=PagingRules.maximum,
        variant=_maximum(500, "customers"),
        resources=("Customer",),
    ),
    Fault(
        name="pagination.size-as-asked",
        sentence="The pageSize of an answer is what was asked for, even where the rows are capped.",
        violates=("pagination.maximum",),
        seen_as=("wrong-value",),
        suffering="Clients that reckon offsets with it skip rows.",
        rule=PagingRules.shown_size,
        variant=_size_as_asked,
    ),
    Fault(
        name="pagination.orders-like-others",
        sentence="The maximum of orders is 250, as on other lists.",
        violates=("pagination.order-maximum",),
        seen_as=("wrong-value",),
        suffering="Large orders make one request take minutes.",
        rule=PagingRules.maximum,
        variant=_maximum(250, *ORDER_LISTS),
        resources=("PurchaseOrder",),
    ),
    Fault(
        name="pagination.cap-means-all",
        sentence="The first page of the maximum size holds all orders.",
        violates=("pagination.order-maximum", "pagination.page-length"),
        seen_as=("wrong-value",),
        suffering="Large orders make one request take minutes.",
        rule=PagingRules.cut,
        variant=_cap_means_all,
        resources=("ShippingOrder",),
    ),
    Fault(
        name="pagination.reports-like-others",
        sentence="The maximum of a report's result is 250, as on other lists.",
        violates=("pagination.report-maximum", "pagination.echo"),
        seen_as=("wrong-value",),
        suffering="Exports take four times as many requests, or miss rows.",
        rule=PagingRules.maximum,
        variant=_maximum(250, "report-result"),
        resources=("Report",),
    ),
    Fault(
        name="pagination.no-report-maximum",
        sentence="A page of a report's result may have as many rows as are asked for.",
        violates=("pagination.report-maximum",),
        seen_as=("wrong-value",),
        suffering="One request brings the server down.",
        rule=PagingRules.maximum,
        variant=_maximum(1_000_000, "report-result"),
        resources=("Report",),
    ),
    Fault(
        name="pagination.total-header-of-page",
        sentence="X-Total-Count is the number of rows on the page.",
        violates=("pagination.total-header",),
        seen_as=("wrong-value",),
        suffering="Clients that go by the header stop after one page.",
        rule=PagingRules.headers,
        variant=_header("X-Total-Count", lambda envelope: len(envelope["value"])),
    ),
    Fault(
        name="pagination.total-header-missing",
        sentence="The list of all categories has no X-Total-Count.",
        violates=("pagination.total-header",),
        seen_as=("missing",),
        suffering="Clients that go by the header fail at one list.",
        rule=WireRules.reply,
        variant=_unheaded("X-Total-Count", "GET /Category/All"),
    ),
    Fault(
        name="pagination.size-header-of-page",
        sentence="X-Page-Size is the number of rows on the page.",
        violates=("pagination.size-header",),
        seen_as=("wrong-value",),
        suffering="Clients reckon with a size that changes on the last page.",
        rule=PagingRules.headers,
        variant=_header("X-Page-Size", lambda envelope: len(envelope["value"])),
    ),
    Fault(
        name="pagination.page-header-from-zero",
        sentence="X-Page is counted from 0.",
        violates=("pagination.page-header",),
        seen_as=("wrong-value",),
        suffering="Clients that go by the header read a page twice.",
        rule=PagingRules.headers,
        variant=_header("X-Page", lambda envelope: envelope["page"] - 1),
    ),
    Fault(
        name="pagination.page-header-of-first",
        sentence="X-Page is 1 on every page.",
        violates=("pagination.page-header",),
        seen_as=("wrong-value",),
        suffering="Clients that go by the header read the second page for ever.",
        rule=PagingRules.headers,
        variant=_header("X-Page", lambda _envelope: 1),
    ),
    Fault(
        name="pagination.version-number",
        sentence="X-API-Version is 1.0.",
        violates=("pagination.version-header",),
        seen_as=("wrong-value",),
        suffering="Clients that check the version refuse to work.",
        rule=PagingRules.headers,
        variant=_header("X-API-Version", lambda _envelope: "1.0"),
    ),
    Fault(
        name="pagination.version-on-first-alone",
        sentence="X-API-Version is missing on every page but the first.",
        violates=("pagination.version-header",),
        seen_as=("missing",),
        suffering="Clients that check the version stop in the middle.",
        rule=PagingRules.headers,
        variant=_header("X-API-Version", lambda envelope: "v1" if envelope["page"] == 1 else None),
    ),
    Fault(
        name="pagination.row-skipped",
        sentence="Every page but the first begins one row too late.",
        violates=("pagination.walk", "pagination.offset"),
        seen_as=("wrong-value",),
        suffering="A copy of the list lacks rows.",
        rule=PagingRules.cut,
        variant=_row_skipped,
    ),
    Fault(
        name="pagination.last-row-lost",
        sentence="The last row of a list that takes several pages is on none.",
        violates=("pagination.walk",),
        seen_as=("wrong-value",),
        suffering="A copy of the list lacks its last row.",
        rule=PagingRules.cut,
        variant=_last_row_lost,
    ),
    Fault(
        name="pagination.equal-ones-in-any-order",
        sentence="Sorted by a column, rows of the same value change places from page to page.",
        violates=("pagination.walk",),
        seen_as=("wrong-value",),
        suffering="A sorted copy of the list has rows twice, and lacks others.",
        rule=PagingRules.settled,
        variant=_equal_ones_in_any_order,
    ),
    Fault(
        name="pagination.in-any-order",
        sentence="Unsorted, the rows come in another order each time.",
        violates=("pagination.walk", "pagination.repeatable"),
        seen_as=("wrong-value",),
        suffering="A copy of the list has rows twice, and lacks others.",
        rule=PagingRules.settled,
        variant=_in_any_order,
    ),
    Fault(
        name="pagination.offset-by-default",
        sentence="The offset of a page is reckoned with 25 rows a page, whatever the size.",
        violates=("pagination.walk", "pagination.offset"),
        seen_as=("wrong-value",),
        suffering="Clients with another size read rows twice or not at all.",
        rule=PagingRules.cut,
        variant=_offset_by_default_size,
    ),
    Fault(
        name="pagination.dealt-out",
        sentence="Rows that stand together in the list are dealt out to different pages.",
        violates=("pagination.offset",),
        seen_as=("wrong-value",),
        suffering="A page shows no part of the list that anybody can name.",
        rule=PagingRules.cut,
        variant=_dealt_out,
    ),
    Fault(
        name="pagination.total-of-page",
        sentence="The totalCount is the number of rows on the page.",
        violates=("pagination.total", "pagination.page-count"),
        seen_as=("wrong-value",),
        suffering="Clients stop after one page.",
        rule=PagingRules.total_count,
        variant=lambda _site, _matching, on_page, _older: on_page,
    ),
    Fault(
        name="pagination.counted-so-far",
        sentence="The totalCount goes no further than one row beyond the page.",
        violates=("pagination.total", "pagination.total-header"),
        seen_as=("wrong-value",),
        suffering="Clients show a number of rows that grows while they read.",
        rule=PagingRules.body,
        variant=_counted_so_far,
        follows=("pagination.page-count",),
    ),
    Fault(
        name="pagination.not-sorted",
        sentence="The parameter sort is checked and passed over.",
        violates=("pagination.sort",),
        seen_as=("wrong-value",),
        suffering="Clients that ask for the cheapest show any.",
        rule=PagingRules.sort_column,
        variant=_not_sorted,
    ),
    Fault(
        name="pagination.numbers-as-texts",
        sentence="Numbers are sorted as texts.",
        violates=("pagination.sort",),
        seen_as=("wrong-value",),
        suffering="10 comes before 9.",
        rule=PagingRules.sort_value,
        variant=_numbers_as_texts,
    ),
    Fault(
        name="pagination.sorted-after-cutting",
        sentence="The rows of each page are sorted, and not the list.",
        violates=("pagination.offset",),
        seen_as=("wrong-value",),
        suffering="The cheapest of a page is shown for the cheapest of all.",
        rule=PagingRules.cut,
        variant=_sorted_after_cutting,
    ),
    Fault(
        name="pagination.never-descending",
        sentence="The parameter direction is passed over.",
        violates=("pagination.direction",),
        seen_as=("wrong-value",),
        suffering="Clients that ask for the newest show the oldest.",
        rule=PagingRules.is_descending,
        variant=lambda site, text: None if site.original(text) is None else False,
    ),
    Fault(
        name="pagination.turned-after-cutting",
        sentence="With DESC the rows of each page are turned round, and not the list.",
        violates=("pagination.offset",),
        seen_as=("wrong-value",),
        suffering="Clients that ask for the newest get the newest of the oldest.",
        rule=PagingRules.cut,
        variant=_turned_after_cutting,
    ),
    Fault(
        name="pagination.upper-case-alone",
        sentence="A direction in lower case gets 400.",
        violates=("pagination.direction-case",),
        seen_as=("wrong-value",),
        suffering="Clients that were written for orders fail at other lists.",
        rule=PagingRules.is_descending,
        variant=_upper_case_alone,
    ),
    Fault(
        name="pagination.desc-in-upper-case",
        sentence="The direction desc is taken for asc.",
        violates=("pagination.direction-case",),
        seen_as=("wrong-value",),
        suffering="Clients that ask for the newest show the oldest.",
        rule=PagingRules.is_descending,
        variant=_desc_in_upper_case,
    ),
    Fault(
        name="pagination.newest-first",
        sentence="A list that is sorted by a date descends where no direction is given.",
        violates=("pagination.default-direction",),
        seen_as=("wrong-value",),
        suffering="Clients that ask for the oldest show the newest.",
        rule=PagingRules.sorts_descending_by_default,
        variant=_newest_first,
    ),
    Fault(
        name="pagination.any-column",
        sentence="A sort column that the list does not have is passed over.",
        violates=("pagination.unknown-sort",),
        seen_as=("accepted",),
        suffering="A mistyped column goes unnoticed for years.",
        rule=PagingRules.sort_column,
        variant=_any_column,
    ),
    Fault(
        name="pagination.since-ignored",
        sentence="The parameter modifiedSince is passed over.",
        violates=("pagination.modified-since",),
        seen_as=("wrong-value",),
        suffering="Clients that ask for what has changed get everything each time.",
        rule=PagingRules.is_since,
        variant=lambda _site, _modified, _since: True,
    ),
    Fault(
        name="pagination.since-not-counted",
        sentence="The totalCount is that of the list without modifiedSince.",
        violates=("pagination.modified-since",),
        seen_as=("wrong-value",),
        suffering="Clients reckon with changes that there are not.",
        rule=PagingRules.total_count,
        variant=lambda _site, matching, _on_page, older: matching + older,
    ),
    Fault(
        name="pagination.since-without-zone",
        sentence="The zone of modifiedSince is cut off.",
        violates=("pagination.modified-since",),
        seen_as=("wrong-value",),
        suffering="Clients in another zone miss the changes of some hours.",
        rule=PagingRules.moment,
        variant=_zone_cut_off,
        resources=("Item",),
    ),
    Fault(
        name="pagination.since-exclusive",
        sentence="A row that was modified at the very moment of modifiedSince is left out.",
        violates=("pagination.modified-since-inclusive",),
        seen_as=("wrong-value",),
        suffering="Clients that ask from the last change on miss others of the same second.",
        rule=PagingRules.is_since,
        variant=lambda _site, modified, since: modified > since,
    ),
    Fault(
        name="pagination.malformed-passed-over",
        sentence="A modifiedSince that is no moment is passed over.",
        violates=("pagination.malformed-moment",),
        seen_as=("accepted",),
        suffering="A mistyped date brings everything instead of the changes.",
        rule=PagingRules.moment,
        variant=_malformed_passed_over,
    ),
)
