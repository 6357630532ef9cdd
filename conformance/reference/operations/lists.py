"""What every list does: read the paging parameters, filter, sort, cut, and tell the counts (pagination)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from conformance.reference.call import Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from conformance.reference.call import Call
    from conformance.reference.service import Service

MAXIMUM = 250
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Paging:
    """The paging parameters of one request; `descending` is None where the list's own direction holds."""

    page: int = 1
    size: int = 25
    sort: str | None = None
    descending: bool | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    """How one kind of row is listed: its fields, its own order and when it was changed."""

    view: Callable[[Service, Row], dict[str, Any]]
    order: Callable[[Row], Any]
    modified: Callable[[Row], datetime]
    newest_first: bool = False


def read_paging(service: Service, call: Call, columns: Sequence[str], maximum: int = MAXIMUM) -> Paging:
    """Read `page`, `pageSize`, `sort`, `direction` and `modifiedSince`."""
    rules = service.rules.paging
    return Paging(
        page=rules.page_number(call.parameter("page")),
        size=rules.page_size(call.parameter("pageSize"), maximum),
        sort=rules.sort_column(call.parameter("sort"), columns),
        descending=rules.is_descending(call.parameter("direction")),
        since=call.moment("modifiedSince"),
    )


def page_of(
    service: Service,
    listing: Listing[Row],
    rows: Sequence[Row],
    paging: Paging,
    *,
    shown: Callable[[Row], bool] | None = None,
) -> Reply:
    """Answer with one page of the rows that `shown` lets through."""
    rules = service.rules.paging
    since = paging.since
    if since is not None:
        rows = [row for row in rows if rules.is_since(listing.modified(row), since)]
    visible = rows if shown is None else [row for row in rows if shown(row)]
    total = service.rules.warehouse.counted(rows, visible)
    page_count = rules.page_count(total, paging.size)
    rules.check_end(paging.page, page_count)
    cut = rules.cut(_sorted(service, listing, visible, paging), paging.page, paging.size)
    envelope = {
        "value": [listing.view(service, row) for row in cut],
        "totalCount": total,
        "page": paging.page,
        "pageSize": paging.size,
        "pageCount": page_count,
        "hasMore": rules.has_more(paging.page, page_count),
    }
    return Reply(200, envelope, rules.headers(envelope))


def _sorted(service: Service, listing: Listing[Row], rows: Sequence[Row], paging: Paging) -> Sequence[Row]:
    column = paging.sort
    if column is None:
        newest_first = listing.newest_first if paging.descending is None else paging.descending
        return sorted(rows, key=listing.order, reverse=newest_first)

    def value(row: Row) -> tuple[bool, Any]:
        found = listing.view(service, row)[column]
        return (found is not None, found if found is not None else 0)

    ordered = sorted(rows, key=listing.order)
    return sorted(ordered, key=value, reverse=bool(paging.descending))
