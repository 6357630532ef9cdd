"""Faults in sort, direction and modifiedSince that show with one kind of column, on one list, or the second time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.rules import PagingRules

if TYPE_CHECKING:
    from collections.abc import Sequence


def _modified_for_created(site: Site, text: str | None, columns: Sequence[str]) -> str | None:
    """Copy a line of the table of columns, and change one half of it."""
    column: str | None = site.original(text, columns)
    return "modified" if column == "created" and "modified" in columns else column


def _not_on_vendors(site: Site, text: str | None, kind: str) -> str | None:
    """Leave the parameter out of one handler."""
    right: str | None = site.original(text, kind)
    return None if kind == "vendors" else right


def _not_texts_downwards(site: Site, kind: str, sort: str | None, direction: str | None) -> bool:
    """Turn numbers round by their sign, and have none for texts."""
    is_lost = sort in {"name", "description", "shortID"} and str(direction).upper() == "DESC"
    return not is_lost and bool(site.original(kind, sort, direction))


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


def _in_the_index(site: Site, modified: datetime, since: datetime) -> bool:
    """Select by an index that is built at night: it does not know what was modified after that."""
    built = site.memory.setdefault("built", max(item.modified for item in site.service.world.items))
    return modified <= built and bool(site.original(modified, since))


FAULTS = (
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
        name="pagination.texts-never-descending",
        sentence="A list that is to be sorted downwards by a text comes unsorted.",
        violates=("pagination.direction",),
        seen_as=("wrong-value",),
        suffering="Clients that ask for the names from the end show any.",
        rule=PagingRules.is_sorted,
        variant=_not_texts_downwards,
        follows=("pagination.direction-case", "pagination.offset"),
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
        name="pagination.since-of-last-night",
        sentence="A list with modifiedSince holds what was modified until last night.",
        violates=("pagination.modified-since",),
        seen_as=("missing", "wrong-value"),
        suffering="Clients that ask for what has changed learn of it a day later, or never.",
        rule=PagingRules.is_since,
        variant=_in_the_index,
        resources=("Item",),
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
