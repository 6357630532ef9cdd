"""What every list does: read the paging parameters, filter, sort, cut, and tell the counts (pagination)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from conformance.reference.call import Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from conformance.reference.call import Call
    from conformance.reference.service import Service

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Paging:
    """The paging parameters of one request; `descending` is None where it does not say.

    `asked` is the page size as written, `asked_page` the page.
    """

    page: int = 1
    size: int = 25
    sort: str | None = None
    descending: bool | None = None
    since: datetime | None = None
    asked: str | None = None
    asked_page: str | None = None


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    """How one kind of row is listed: its fields, its own order and when it was changed.

    `kind` is what the paging rules know the list by; `columns` are the fields that it can be sorted by.
    """

    kind: str
    columns: Callable[[Service], Sequence[str]]
    view: Callable[[Service, Row], dict[str, Any]]
    order: Callable[[Service, Row], Any]
    modified: Callable[[Row], datetime]
    newest_first: Callable[[Service], bool] = lambda _service: False


def read_paging(service: Service, call: Call, listing: Listing[Any]) -> Paging:
    """Read `page`, `pageSize`, `sort`, `direction` and `modifiedSince`."""
    rules, asked, kind = service.rules.paging, call.parameter("pageSize"), listing.kind
    sort, direction = call.parameter("sort"), rules.understood_direction(call.parameter("direction"), kind)
    if not rules.is_sorted(kind, sort, direction):
        sort = direction = None
    return Paging(
        page=rules.page_number(call.parameter("page")),
        size=rules.page_size(asked, rules.maximum(kind)),
        sort=rules.sort_column(sort, listing.columns(service)),
        descending=rules.is_descending(direction),
        since=rules.since(call.parameter("modifiedSince"), kind),
        asked=asked,
        asked_page=call.parameter("page"),
    )


def page_of(
    service: Service,
    listing: Listing[Row],
    rows: Iterable[Row],
    paging: Paging,
    *,
    keep: Callable[[Row], bool] | None = None,
    shown: Callable[[Row], bool] | None = None,
    view_of: str | None = None,
) -> Reply:
    """Answer with one page of the rows that `keep` matches and `shown` lets the client see.

    Where the rows are a whole table, or follow from the tables alone, `view_of` names them, and they are sorted once until a
    table changes.
    """
    rules, since = service.rules.paging, paging.since
    name = (view_of, paging.sort, paging.descending)
    if view_of is None:
        ordered: Sequence[Row] = _ordered(service, listing, rows, paging)
    else:
        ordered = service.store.views.get(name, lambda: _ordered(service, listing, rows, paging))
    matching = ordered if keep is None else [row for row in ordered if keep(row)]
    everything = len(matching)
    if since is not None:
        matching = [row for row in matching if rules.is_since(listing.modified(row), since)]
    return _page(service, listing, matching, shown, paging, older=everything - len(matching))


def _page(
    service: Service,
    listing: Listing[Row],
    matching: Sequence[Row],
    shown: Callable[[Row], bool] | None,
    paging: Paging,
    *,
    older: int,
) -> Reply:
    rules = service.rules.paging
    visible = matching if shown is None else [row for row in matching if shown(row)]
    count = service.rules.warehouse.counted(matching, visible)
    page_count = rules.page_count(count, paging.size)
    rules.check_end(paging.page, page_count)
    page = rules.served_page(paging.page, page_count)
    whole = service.rules.warehouse.cut_from(matching, visible)
    cut = rules.cut(rules.settled(whole, listing.kind, paging.sort), page, paging.size, paging.asked)
    if shown is not None and whole is not visible:
        cut = [row for row in cut if shown(row)]
    cut = rules.arranged(cut, listing.kind, paging.sort, paging.asked)
    envelope = {
        "value": [listing.view(service, row) for row in cut],
        "totalCount": rules.total_count(count, len(cut), older),
        "page": rules.shown_page(page, paging.asked_page, paging.since),
        "pageSize": rules.shown_size(paging.asked, paging.size, paging.since),
        "pageCount": page_count,
        "hasMore": rules.has_more(page, page_count),
    }
    return Reply(200, rules.body(envelope, listing.kind), rules.headers(envelope, len(matching)))


def _ordered(service: Service, listing: Listing[Row], rows: Iterable[Row], paging: Paging) -> Sequence[Row]:
    rules, column = service.rules.paging, paging.sort
    if column is None:
        newest_first = listing.newest_first(service) if paging.descending is None else paging.descending
        return sorted(rows, key=lambda row: listing.order(service, row), reverse=newest_first)
    descending = rules.sorts_descending_by_default(column) if paging.descending is None else paging.descending
    turned = descending and rules.ties_are_reversed()
    ordered = sorted(rows, key=lambda row: listing.order(service, row), reverse=turned)
    return sorted(ordered, key=lambda row: rules.sort_value(listing.view(service, row).get(column)), reverse=descending)
