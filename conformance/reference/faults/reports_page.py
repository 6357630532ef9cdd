"""Faults in listing and running reports; who may run what is judged elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.faults.shapes import changing, missing_is
from conformance.reference.problems import internal_error
from conformance.reference.rules import PagingRules, ReportRules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.reference.world import ReportRow, Warehouse


def _divided(site: Site, row: ReportRow, warehouse: Warehouse) -> dict[str, Any]:
    """Work out the cost of one unit from the value."""
    if row.units == 0:
        raise internal_error("Attempted to divide by zero.")
    fields: dict[str, Any] = site.original(row, warehouse)
    return fields


def _without_cost(site: Site, row: ReportRow, warehouse: Warehouse) -> dict[str, Any]:
    """Leave out what has no value."""
    fields: dict[str, Any] = site.original(row, warehouse)
    return {name: value for name, value in fields.items() if value or name != "totalValue"}


def _without_envelope(site: Site, envelope: Mapping[str, Any], kind: str) -> object:
    """Send the rows of a report by themselves."""
    return envelope["value"] if kind == "report-result" else site.original(envelope, kind)


def _rows_as_lists(site: Site, envelope: Mapping[str, Any], kind: str) -> object:
    """Send the columns once, and rows without them."""
    if kind != "report-result" or not envelope["value"]:
        return site.original(envelope, kind)
    rows = envelope["value"]
    return {**envelope, "columns": list(rows[0]), "value": [list(row.values()) for row in rows]}


def _rows_by_number(site: Site, envelope: Mapping[str, Any], kind: str) -> object:
    """Leave rows out of an array, which is then written as an object."""
    if kind != "report-result":
        return site.original(envelope, kind)
    return {**envelope, "value": {str(number): row for number, row in enumerate(envelope["value"])}}


FAULTS = (
    Fault(
        name="report-page.type-by-name",
        sentence="The type of a report is a word.",
        violates=("reports.fields",),
        seen_as=("wrong-value",),
        suffering="Typed clients fail to read the list of reports.",
        rule=ReportRules.fields,
        variant=changing("reportType", lambda kind: {1: "Stock", 2: "Items"}.get(kind, "Other")),
    ),
    Fault(
        name="report-page.crash-on-nothing",
        sentence="A report crashes where one of its rows has no units.",
        violates=("reports.runnable",),
        seen_as=("server-error",),
        suffering="A report that ran yesterday fails as soon as something is sold out.",
        rule=ReportRules.result_fields,
        variant=_divided,
        follows=("pagination.envelope",),
    ),
    Fault(
        name="report-page.result-without-page",
        sentence="The rows of a report come as a bare array.",
        violates=("reports.result", "pagination.envelope"),
        seen_as=("wrong-value",),
        suffering="A client does not learn that there are more rows.",
        rule=PagingRules.body,
        variant=_without_envelope,
        resources=("Report",),
    ),
    Fault(
        name="report-page.rows-by-number",
        sentence="The rows of a report come as an object with their numbers for names.",
        violates=("reports.result", "pagination.envelope"),
        seen_as=("wrong-value",),
        suffering="Typed clients fail to read the rows.",
        rule=PagingRules.body,
        variant=_rows_by_number,
        resources=("Report",),
    ),
    Fault(
        name="report-page.rows-as-lists",
        sentence="The rows of a report are lists of values.",
        violates=("reports.result",),
        seen_as=("wrong-value",),
        suffering="A client finds no column by its name.",
        rule=PagingRules.body,
        variant=_rows_as_lists,
        follows=("pagination.envelope",),
    ),
    Fault(
        name="report-page.empty-columns-left-out",
        sentence="A row of a report is without the column in which it has nothing.",
        violates=("reports.columns",),
        seen_as=("wrong-value",),
        suffering="A table that takes its columns from the first row loses values, or shifts them.",
        rule=ReportRules.result_fields,
        variant=_without_cost,
    ),
    Fault(
        name="report-page.unknown-is-nothing",
        sentence="A report that does not exist is answered with 204.",
        violates=("reports.unknown",),
        seen_as=("accepted",),
        suffering="A client takes a mistyped number for a report without rows.",
        rule=ReportRules.missing,
        variant=missing_is(204, "not_found", "Nothing here."),
    ),
)
