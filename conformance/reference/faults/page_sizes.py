"""Faults in page numbers, page sizes and counts that show on one list, at a boundary, or with the second request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.problems import internal_error
from conformance.reference.rules import PagingRules

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

Envelope = dict[str, Any]


def _where_the_last_one_was(site: Site, text: str | None) -> int:
    """Keep the page in the session."""
    page = int(site.memory.get("page", 1) if text is None else site.original(text))
    site.memory["page"] = page
    return page


def _vendors_from_zero(site: Site, envelope: Envelope, kind: str) -> object:
    """Hand on what the older service of one list answers, which counts from 0."""
    told = {**envelope, "page": envelope["page"] - 1} if kind == "vendors" else envelope
    return site.original(told, kind)


def _as_large_as_the_last(site: Site, text: str | None, maximum: int) -> int:
    """Keep the page size in the session."""
    size = int(min(site.memory.get("size", 25), maximum) if text is None else site.original(text, maximum))
    site.memory["size"] = size
    return size


def _four_digits_uncapped(site: Site, text: str | None, maximum: int) -> int:
    """Cap what the pattern of three digits matches."""
    is_long = text is not None and text.isascii() and text.isdigit() and 4 <= len(text) <= 18
    return int(text or 0) if is_long and maximum == 250 else int(site.original(text, maximum))


def _one_more(*maxima: int) -> Any:
    """Let the first size over the maximum through."""

    def variant(site: Site, kind: str) -> int:
        right: int = site.original(kind)
        return right + 1 if right in maxima else right

    return variant


def _work_orders_like_others(site: Site, kind: str) -> int:
    """Forget one of the three kinds of orders."""
    return 250 if kind == "work-orders" else int(site.original(kind))


def _orphans_kept(site: Site, rows: Sequence[Any], page: int, size: int, asked: str | None) -> Sequence[Any]:
    """Put three rows or fewer, which would stand on a last page alone, on the page before."""
    is_last = 0 < len(rows) - page * size <= 3
    return rows[(page - 1) * size :] if is_last else site.original(rows, page, size, asked)


def _two_for_one(site: Site, rows: Sequence[Any], page: int, size: int, asked: str | None) -> Sequence[Any]:
    """Select the rows between two numbers, of which the first is not to exceed the second."""
    return rows[page - 1 : page + 1] if size == 1 else site.original(rows, page, size, asked)


def _twenty_by_default(site: Site, text: str | None, maximum: int) -> int:
    """Leave the library's own default in place."""
    return 20 if text is None else int(site.original(text, maximum))


def _full_pages(site: Site, envelope: Envelope, kind: str) -> object:
    """Reckon the rows from the pages."""
    return site.original({**envelope, "totalCount": envelope["pageCount"] * envelope["pageSize"]}, kind)


def _left_from_here(site: Site, envelope: Envelope, kind: str) -> object:
    """Count the rows from the page on."""
    left = max(envelope["totalCount"] - (envelope["page"] - 1) * envelope["pageSize"], 0)
    return site.original({**envelope, "totalCount": left}, kind)


def _beyond_16_bits(site: Site, text: str | None, maximum: int) -> int:
    """Reserve room for as many rows as are asked for, before the size is capped."""
    if maximum == 250 and text is not None and text.isdigit() and int(text) > 4_000:
        raise internal_error("Arithmetic operation resulted in an overflow.")
    return int(site.original(text, maximum))


def _beyond_32_bits(site: Site, text: str | None, kind: str) -> datetime | None:
    """Count the seconds since 1970 in 32 bits."""
    since: datetime | None = site.original(text, kind)
    if kind == "items" and since is not None and since.year > 2037:
        raise internal_error("Arithmetic operation resulted in an overflow.")
    return since


def _column_missing(site: Site, text: str | None, kind: str) -> datetime | None:
    """Select by a column that one table does not have."""
    if kind == "locations" and text is not None:
        raise internal_error("Invalid column name 'modified'.")
    since: datetime | None = site.original(text, kind)
    return since


def _from_the_size_asked_for(site: Site, rows: Sequence[Any], page: int, size: int, asked: str | None) -> Sequence[Any]:
    """Reckon the offset before the size is capped."""
    wanted = int(asked) if asked is not None and asked.isascii() and asked.isdigit() else size
    start = (page - 1) * wanted
    return rows[start : start + size] if wanted > size else site.original(rows, page, size, asked)


FAULTS = (
    Fault(
        name="pagination.huge-size-crashes",
        sentence="A page size of some thousands is answered with a server error.",
        violates=("pagination.maximum",),
        seen_as=("server-error",),
        suffering="Integrations that ask for everything at once get nothing.",
        rule=PagingRules.page_size,
        variant=_beyond_16_bits,
    ),
    Fault(
        name="pagination.since-beyond-32-bits",
        sentence="The list of items fails with a server error for a modifiedSince after 2037.",
        violates=("pagination.modified-since",),
        seen_as=("server-error",),
        suffering="Integrations with a wrong clock get a server error instead of nothing new.",
        rule=PagingRules.since,
        variant=_beyond_32_bits,
        resources=("Item",),
    ),
    Fault(
        name="pagination.since-without-column",
        sentence="The list of locations, which shows no moment, fails with a server error where modifiedSince is given.",
        violates=("pagination.envelope",),
        seen_as=("server-error",),
        suffering="What works on every other list fails on one.",
        rule=PagingRules.since,
        variant=_column_missing,
        resources=("Location",),
    ),
    Fault(
        name="pagination.page-remembered",
        sentence="A list that is asked for no page answers with the page that was asked for last.",
        violates=("pagination.first-page",),
        seen_as=("wrong-value",),
        suffering="Clients that ask for nothing in particular see another part each time.",
        rule=PagingRules.page_number,
        variant=_where_the_last_one_was,
    ),
    Fault(
        name="pagination.vendors-from-zero",
        sentence="The page in the answers of one list is counted from 0.",
        violates=("pagination.first-page", "pagination.echo", "pagination.page-header"),
        seen_as=("wrong-value",),
        suffering="Clients that ask for page + 1 read the same page of one list for ever.",
        rule=PagingRules.body,
        variant=_vendors_from_zero,
        resources=("Vendor",),
    ),
    Fault(
        name="pagination.size-remembered",
        sentence="The default page size is the size that was asked for last.",
        violates=("pagination.default-size",),
        seen_as=("wrong-value",),
        suffering="Clients that rely on the default skip rows.",
        rule=PagingRules.page_size,
        variant=_as_large_as_the_last,
    ),
    Fault(
        name="pagination.twenty-by-default",
        sentence="The default page size is 20.",
        violates=("pagination.default-size",),
        seen_as=("wrong-value",),
        suffering="Clients that rely on the default skip rows.",
        rule=PagingRules.page_size,
        variant=_twenty_by_default,
    ),
    Fault(
        name="pagination.one-over-the-maximum",
        sentence="The maximum page size is 251.",
        violates=("pagination.maximum",),
        seen_as=("wrong-value", "accepted"),
        suffering="Clients that reckon offsets with the maximum read a row twice.",
        rule=PagingRules.maximum,
        variant=_one_more(250),
    ),
    Fault(
        name="pagination.four-digits-uncapped",
        sentence="A page size of four digits or more is not capped.",
        violates=("pagination.maximum",),
        seen_as=("wrong-value", "accepted"),
        suffering="One request brings the server down.",
        rule=PagingRules.page_size,
        variant=_four_digits_uncapped,
    ),
    Fault(
        name="pagination.one-over-the-order-maximum",
        sentence="The maximum of orders is 51.",
        violates=("pagination.order-maximum",),
        seen_as=("wrong-value", "accepted"),
        suffering="Clients that reckon offsets with the maximum read an order twice.",
        rule=PagingRules.maximum,
        variant=_one_more(50),
        resources=("PurchaseOrder",),
    ),
    Fault(
        name="pagination.work-orders-like-others",
        sentence="The maximum of work orders is 250, that of other orders 50.",
        violates=("pagination.order-maximum",),
        seen_as=("wrong-value", "accepted"),
        suffering="Work orders with many lines make one request take minutes.",
        rule=PagingRules.maximum,
        variant=_work_orders_like_others,
        resources=("PurchaseOrder", "WorkOrder"),
    ),
    Fault(
        name="pagination.one-over-the-report-maximum",
        sentence="The maximum of a report's result is 1001.",
        violates=("pagination.report-maximum",),
        seen_as=("wrong-value", "accepted"),
        suffering="Clients that reckon offsets with the maximum read a row twice.",
        rule=PagingRules.maximum,
        variant=_one_more(1000),
        resources=("Report",),
    ),
    Fault(
        name="pagination.orphans-kept",
        sentence="Where three rows or fewer would stand on the last page, they stand on the page before as well.",
        violates=("pagination.page-length", "pagination.walk"),
        seen_as=("wrong-value",),
        suffering="Rows at the end of some lists are read twice.",
        rule=PagingRules.cut,
        variant=_orphans_kept,
    ),
    Fault(
        name="pagination.two-for-one",
        sentence="A page of one row holds two.",
        violates=("pagination.page-length",),
        seen_as=("wrong-value",),
        suffering="Clients that ask for the newest row alone find another beside it.",
        rule=PagingRules.cut,
        variant=_two_for_one,
        follows=("pagination.walk", "pagination.offset"),
    ),
    Fault(
        name="pagination.total-left-from-here",
        sentence="The totalCount is the number of rows from the page on; X-Total-Count counts all.",
        violates=("pagination.total", "pagination.total-header"),
        seen_as=("wrong-value",),
        suffering="Clients show a number of rows that falls while they read.",
        rule=PagingRules.body,
        variant=_left_from_here,
        follows=("pagination.page-count", "pagination.walk"),
    ),
    Fault(
        name="pagination.total-of-full-pages",
        sentence="The totalCount is the number of rows that so many full pages would hold; X-Total-Count counts them.",
        violates=("pagination.total", "pagination.total-header"),
        seen_as=("wrong-value",),
        suffering="Clients show another number of rows with every page size.",
        rule=PagingRules.body,
        variant=_full_pages,
        follows=("pagination.page-count", "pagination.walk"),
    ),
    Fault(
        name="pagination.offset-of-size-asked-for",
        sentence="The offset of a page is reckoned with the size that was asked for, the page cut with the capped one.",
        violates=("pagination.offset",),
        seen_as=("wrong-value",),
        suffering="Clients that ask for large pages lose rows between them.",
        rule=PagingRules.cut,
        variant=_from_the_size_asked_for,
        resources=("PurchaseOrder",),
    ),
)
