"""How lists are cut into pages, sorted and filtered (pagination)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.call import whole_number
from conformance.reference.dialects import OverMaximum
from conformance.reference.problems import invalid, not_found
from conformance.reference.rules.rule import Rules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime


class PagingRules(Rules):
    """Every list is paged the same way."""

    def page_number(self, text: str | None) -> int:
        """`page` is a whole number from 1; default 1."""
        page = 1 if text is None else whole_number("page", text)
        if page < 1:
            raise invalid("page", "The value is to be at least 1.")
        return page

    def page_size(self, text: str | None, maximum: int) -> int:
        """`pageSize` is a whole number from 1; default 25; what is over the maximum is capped."""
        size = 25 if text is None else whole_number("pageSize", text)
        if size < 1:
            raise invalid("pageSize", "The value is to be at least 1.")
        if size > maximum and self.dialect.over_maximum is OverMaximum.REFUSED:
            raise invalid("pageSize", f"The value is to be at most {maximum}.")
        return min(size, maximum)

    def sort_column(self, text: str | None, columns: Sequence[str]) -> str | None:
        """`sort` is validated per endpoint; here every field of the row is a column."""
        if text is not None and text not in columns:
            raise invalid("sort", f"The value is to be one of {', '.join(columns)}.")
        return text

    def is_descending(self, text: str | None) -> bool | None:
        """`direction` is ASC or DESC, in any letter case; None where it is left to the list."""
        if text is not None and text.upper() not in {"ASC", "DESC"}:
            raise invalid("direction", "The value is to be ASC or DESC.")
        return None if text is None else text.upper() == "DESC"

    def is_since(self, modified: datetime, since: datetime) -> bool:
        """`modifiedSince` includes the moment itself."""
        return modified >= since

    def cut(self, rows: Sequence[Any], page: int, size: int) -> Sequence[Any]:
        """Paging is offset-based."""
        return rows[(page - 1) * size : page * size]

    def page_count(self, total: int, size: int) -> int:
        """Number of pages."""
        return -(-total // size) if total else self.dialect.empty_page_count

    def has_more(self, page: int, page_count: int) -> bool:
        """True when pages follow this one."""
        return page < page_count

    def check_end(self, page: int, page_count: int) -> None:
        """What a page past the end is answered with is open."""
        if page > max(page_count, 1) and self.dialect.page_past_end_status == 404:
            raise not_found(f"There is no page {page}.")

    def headers(self, envelope: Mapping[str, Any]) -> Mapping[str, str]:
        """Paged responses have four headers."""
        return {
            "X-Total-Count": str(envelope["totalCount"]),
            "X-Page-Size": str(envelope["pageSize"]),
            "X-Page": str(envelope["page"]),
            "X-API-Version": "v1",
        }
