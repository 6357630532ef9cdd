"""Faults in sort, direction and modifiedSince that show with one kind of column, on one list, or the second time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.rules import PagingRules

if TYPE_CHECKING:
    from collections.abc import Sequence


def _whole_numbers(site: Site, value: Any) -> Any:
    """Compare quantities as whole numbers, as a comparer of integers does."""
    return site.original(int(value) if isinstance(value, float) else value)


def _modified_for_created(site: Site, text: str | None, columns: Sequence[str]) -> str | None:
    """Copy a line of the table of columns, and change one half of it."""
    column: str | None = site.original(text, columns)
    return "modified" if column == "created" and "modified" in columns else column


def _not_on_vendors(site: Site, text: str | None, kind: str) -> str | None:
    """Leave the parameter out of one handler."""
    right: str | None = site.original(text, kind)
    return None if kind == "vendors" else right


def _toggled(site: Site, text: str | None) -> bool | None:
    """Turn round with every request for the reverse order, as a click on a column's head does."""
    right: bool | None = site.original(text)
    if right:
        site.memory["turned"] = not site.memory.get("turned", False)
        return bool(site.memory["turned"])
    return right


def _as_last_time(site: Site, text: str | None) -> bool | None:
    """Keep the direction in the session."""
    right: bool | None = site.original(text)
    if right is None:
        right = site.memory.get("descending")
    site.memory["descending"] = right
    return right


def _largest_first(site: Site, column: str) -> bool:
    """Show numbers, largest first, where the request does not say."""
    return column in {"categoryID", "partNo", "recNo", "units", "reportID"} or bool(site.original(column))


def _later_by(step: timedelta, *kinds: str) -> Any:
    """Let the period begin a little later; on all lists, or on some."""

    def variant(site: Site, text: str | None, kind: str) -> datetime | None:
        since: datetime | None = site.original(text, kind)
        return since + step if since is not None and (not kinds or kind in kinds) else since

    return variant


FAULTS = (
    Fault(
        name="pagination.sorted-by-whole-numbers",
        sentence="Quantities are sorted by what stands before the decimal point.",
        violates=("pagination.sort",),
        seen_as=("wrong-value",),
        suffering="2.5 may come before 2.",
        rule=PagingRules.sort_value,
        variant=_whole_numbers,
        resources=("Inventory",),
    ),
    Fault(
        name="pagination.sorted-by-another-date",
        sentence="Sorted by created, a list comes in the order of modified.",
        violates=("pagination.sort",),
        seen_as=("wrong-value",),
        suffering="Clients that ask for the oldest show those that were not changed for long.",
        rule=PagingRules.sort_column,
        variant=_modified_for_created,
    ),
    Fault(
        name="pagination.vendors-never-descending",
        sentence="The parameter direction is passed over on one list.",
        violates=("pagination.direction",),
        seen_as=("wrong-value",),
        suffering="Clients that ask for the newest vendor show the oldest.",
        rule=PagingRules.understood_direction,
        variant=_not_on_vendors,
        follows=("pagination.direction-case",),
        resources=("Vendor",),
    ),
    Fault(
        name="pagination.descending-every-other-time",
        sentence="Every other request with direction DESC is answered in the order of ASC.",
        violates=("pagination.direction",),
        seen_as=("wrong-value",),
        suffering="Clients that read on in a descending list get rows of its other end.",
        rule=PagingRules.is_descending,
        variant=_toggled,
        follows=("pagination.direction-case", "pagination.offset", "pagination.walk", "pagination.repeatable"),
    ),
    Fault(
        name="pagination.direction-remembered",
        sentence="A request without direction has that of the request before it.",
        violates=("pagination.default-direction",),
        seen_as=("wrong-value",),
        suffering="Clients that do not say find what another client has asked for.",
        rule=PagingRules.is_descending,
        variant=_as_last_time,
        follows=("pagination.sort", "pagination.offset", "pagination.walk", "pagination.repeatable"),
    ),
    Fault(
        name="pagination.largest-first",
        sentence="A list that is sorted by a number descends where no direction is given.",
        violates=("pagination.default-direction",),
        seen_as=("wrong-value",),
        suffering="Clients that ask for the smallest show the largest.",
        rule=PagingRules.sorts_descending_by_default,
        variant=_largest_first,
    ),
    Fault(
        name="pagination.since-exclusive-on-vendors",
        sentence="On one list a row that was modified at the very moment of modifiedSince is left out.",
        violates=("pagination.modified-since-inclusive",),
        seen_as=("missing", "wrong-value"),
        suffering="Clients that ask from the last change on miss vendors of the same second.",
        rule=PagingRules.since,
        variant=_later_by(timedelta(microseconds=1), "vendors"),
        resources=("Vendor",),
    ),
    Fault(
        name="pagination.since-a-second-later",
        sentence="The period of modifiedSince begins a second later.",
        violates=("pagination.modified-since-inclusive",),
        seen_as=("missing", "wrong-value"),
        suffering="Clients that ask from the last change on miss others of the same second.",
        rule=PagingRules.since,
        variant=_later_by(timedelta(seconds=1)),
        follows=("pagination.modified-since",),
    ),
)
