"""How lists are cut into pages, sorted and filtered (pagination)."""

# ruff: noqa: ARG002 -- a docstring states the rule as documented; a rule is given all that a faulty server looks at

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from conformance.reference.call import moment_in, whole_number
from conformance.reference.choices import (
    Bad,
    Collation,
    DirectionCase,
    OverMaximum,
    PastEnd,
    SmallSize,
    SortColumns,
    Unshown,
)
from conformance.reference.problems import ApiError, invalid, not_found
from conformance.reference.rules.rule import Rules
from conformance.reference.rules.wire import LOCAL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

ORDER_LISTS = frozenset({"purchase-orders", "shipping-orders", "work-orders"})
REPORT_LISTS = frozenset({"reports", "report-result"})
WITHOUT_SINCE = ORDER_LISTS | REPORT_LISTS | {"assets", "lots", "locations", "levels", "deliveries"}
"""Lists whose own page leaves modifiedSince out, or shows no field of that name."""
LOWER_CASE_LISTS = ORDER_LISTS | {"assets"}
"""Lists whose own page writes asc and desc."""


class PagingRules(Rules):
    """Every list is paged the same way; `kind` is the name of the list, e.g. ``items`` or ``purchase-orders``."""

    def page_number(self, text: str | None) -> int:
        """`page` is a whole number from 1; default 1."""
        page = self._number("page", text)
        if page is None:
            return 1
        if page < 1 and self.dialect.page_below_one is Bad.REFUSED:
            raise invalid("page", "The value is to be at least 1.")
        return max(page, 1)

    def page_size(self, text: str | None, maximum: int) -> int:
        """`pageSize` is a whole number from 1; default 25; what is over the maximum is capped."""
        size = self._number("pageSize", text)
        if size is None:
            return 25
        if size < 1 and self.dialect.small_size is SmallSize.REFUSED:
            raise invalid("pageSize", "The value is to be at least 1.")
        if size < 1 and self.dialect.small_size is SmallSize.DEFAULT:
            return 25
        if size > maximum and self.dialect.over_maximum is OverMaximum.REFUSED:
            raise invalid("pageSize", f"The value is to be at most {maximum}.")
        return max(min(size, maximum), 1)

    def _number(self, name: str, text: str | None) -> int | None:
        try:
            return None if text is None else whole_number(name, text)
        except ApiError:
            if self.dialect.unreadable_number is Bad.REFUSED:
                raise
            return None

    def maximum(self, kind: str) -> int:
        """At most 250 rows a page; 50 of orders, and 1000 of a report's result."""
        if kind in ORDER_LISTS:
            return 50
        return 1000 if kind == "report-result" else 250

    def sort_column(self, text: str | None, columns: Sequence[str]) -> str | None:
        """`sort` is validated per endpoint; whether every field of the row is a column is open."""
        known = columns if self.dialect.sort_columns is SortColumns.ALL else columns[:1]
        if text is None or text in known:
            return text
        if self.dialect.unknown_sort is Bad.REFUSED:
            raise invalid("sort", f"The value is to be one of {', '.join(known)}.")
        return None

    def is_descending(self, text: str | None) -> bool | None:
        """`direction` is ASC or DESC, in any letter case; None where it is left to the list."""
        if text is None or text.upper() in {"ASC", "DESC"}:
            return None if text is None else text.upper() == "DESC"
        if self.dialect.bad_direction is Bad.REFUSED:
            raise invalid("direction", "The value is to be ASC or DESC.")
        return None

    def understood_direction(self, text: str | None, kind: str) -> str | None:
        """In which letter case the direction is understood is open."""
        if text is None or text.upper() not in {"ASC", "DESC"}:
            return text
        lower = kind in LOWER_CASE_LISTS
        wanted = {
            DirectionCase.BOTH: text,
            DirectionCase.UPPER: text.upper(),
            DirectionCase.PAGE: text.lower() if lower else text.upper(),
        }[self.dialect.direction_case]
        if text != wanted and self.dialect.bad_direction is Bad.REFUSED:
            raise invalid("direction", f"The value is to be {wanted}.")
        return text if text == wanted else None

    def is_sorted(self, kind: str, sort: str | None, direction: str | None) -> bool:
        """Whether the lists of reports are sorted as others are is open: their page leaves it out."""
        if kind not in REPORT_LISTS or (sort is None and direction is None):
            return True
        if self.dialect.reports_sort is Unshown.REFUSED:
            raise invalid("direction" if sort is None else "sort", "There is no such parameter.")
        return self.dialect.reports_sort is Unshown.UNDERSTOOD

    def since(self, text: str | None, kind: str) -> datetime | None:
        """Whether modifiedSince limits lists whose own page leaves it out is open."""
        if text is not None and kind in WITHOUT_SINCE:
            if self.dialect.since_unshown is Unshown.REFUSED:
                raise invalid("modifiedSince", "There is no such parameter.")
            if self.dialect.since_unshown is Unshown.IGNORED:
                return None
        return self.moment("modifiedSince", text)

    def sorts_descending_by_default(self, column: str) -> bool:
        """`direction` is ASC where a request that names a column does not say."""
        return False

    def moment(self, name: str, text: str | None) -> datetime | None:
        """`modifiedSince`, `startDate` and `endDate` are date-times; whether one without zone is UTC is open."""
        try:
            zone = LOCAL if self.dialect.naked_dates_are_local else UTC
            return None if text is None else moment_in(name, text, zone)
        except ApiError:
            if self.dialect.bad_moment is Bad.REFUSED:
                raise
            return None

    def is_since(self, modified: datetime, since: datetime) -> bool:
        """`modifiedSince` includes the moment itself."""
        return modified >= since

    def sort_value(self, value: Any) -> Any:
        """How a field's values are ordered: by number, date or letters; where rows without one stand is open."""
        if value is None:
            return (self.dialect.nulls_last, 0)
        return (not self.dialect.nulls_last, self.collated(value) if isinstance(value, str) else value)

    def collated(self, text: str) -> Any:
        """Which letters come first, and whether other signs count, is open."""
        return collated(text, self.dialect.collation)

    def ties_are_reversed(self) -> bool:
        """Whether rows of the same value turn round with the direction is open."""
        return self.dialect.ties_reversed

    def settled(self, rows: Sequence[Any], kind: str, column: str | None) -> Sequence[Any]:
        """Rows keep their order from page to page, whatever column they are sorted by."""
        return rows

    def cut(self, rows: Sequence[Any], page: int, size: int, asked: str | None) -> Sequence[Any]:
        """Paging is offset-based; the offset follows from the size of the pages, whatever size was asked for."""
        return rows[(page - 1) * size : page * size]

    def arranged(self, rows: Sequence[Any], kind: str, column: str | None, asked: str | None) -> Sequence[Any]:
        """A page is in the order of the list, whether a page size was asked for or not."""
        return rows

    def served_page(self, page: int, page_count: int) -> int:
        """What a page past the end shows is open, where it is not refused."""
        if self.dialect.page_past_end is PastEnd.NOTHING:
            return page
        return min(page, max(page_count, 1))

    def total_count(self, matching: int, on_page: int, older: int) -> int:
        """`totalCount` is the number of matching rows before paging; `older` ones, which modifiedSince left out, match not."""
        return matching

    def shown_page(self, page: int, asked: str | None, since: datetime | None) -> int:
        """`page` is the current page, whatever else is asked for."""
        return page

    def shown_size(self, asked: str | None, size: int, since: datetime | None) -> int:
        """`pageSize` is what was asked for, capped at the maximum, whatever else is."""
        return size

    def page_count(self, total: int, size: int) -> int:
        """Number of pages."""
        return -(-total // size) if total else self.dialect.empty_page_count

    def has_more(self, page: int, page_count: int) -> bool:
        """True when pages follow this one."""
        return page < page_count

    def check_end(self, page: int, page_count: int) -> None:
        """What a page past the end is answered with is open."""
        if page <= max(page_count, 1) or self.dialect.page_past_end_status == 200:
            return
        if self.dialect.page_past_end_status == 404:
            raise not_found(f"There is no page {page}.")
        raise invalid("page", f"There is no page {page}.")

    def body(self, envelope: Mapping[str, Any], kind: str) -> object:
        """Every list has the same envelope around its rows."""
        return envelope

    def headers(self, envelope: Mapping[str, Any], matching: int | None = None) -> Mapping[str, str]:
        """Paged responses have four headers; rows that a client may not see, which `matching` has, too, are in none."""
        return {
            "X-Total-Count": str(envelope["totalCount"]),
            "X-Page-Size": str(envelope["pageSize"]),
            "X-Page": str(envelope["page"]),
            "X-API-Version": "v1",
        }


def collated(text: str, collation: Collation) -> Any:
    """Give what a text is ordered by."""
    match collation:
        case Collation.ORDINAL:
            return text
        case Collation.CASELESS:
            return text.casefold()
        case Collation.WORDS:
            return ("".join(filter(str.isalnum, text)).casefold(), text)
