"""Faults in the headers of a page that show on one list, on an empty page, behind the first one, or to some clients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.call import Reply
from conformance.reference.faults.fault import Fault, Site
from conformance.reference.rules import PagingRules, WireRules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.reference.operation import Operation


def _header(name: str, value: Any) -> Any:
    """Compute a header in another way than the body; None leaves it out."""

    def variant(site: Site, envelope: Mapping[str, Any], matching: int | None = None) -> Mapping[str, str]:
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


def _with_what_is_hidden(site: Site, envelope: Mapping[str, Any], matching: int | None = None) -> Mapping[str, str]:
    """Count for the header before the rows are filtered by warehouse."""
    right: Mapping[str, str] = site.original(envelope, matching)
    return right if matching is None else {**right, "X-Total-Count": str(matching)}


FAULTS = (
    Fault(
        name="pagination.size-header-of-default",
        sentence="X-Page-Size is 25, whatever the size of the page.",
        violates=("pagination.size-header",),
        seen_as=("wrong-value",),
        suffering="Clients that reckon offsets with the header read rows twice or not at all.",
        rule=PagingRules.headers,
        variant=_header("X-Page-Size", lambda _envelope: 25),
    ),
    Fault(
        name="pagination.size-header-missing",
        sentence="The list of customers has no X-Page-Size.",
        violates=("pagination.size-header",),
        seen_as=("missing",),
        suffering="Clients that go by the header fail at one list.",
        rule=WireRules.reply,
        variant=_unheaded("X-Page-Size", "GET /Customer/All"),
        resources=("Customer",),
    ),
    Fault(
        name="pagination.page-header-of-next",
        sentence="X-Page is the number of the next page where one follows.",
        violates=("pagination.page-header",),
        seen_as=("wrong-value",),
        suffering="Clients that add one to the header read every other page.",
        rule=PagingRules.headers,
        variant=_header("X-Page", lambda envelope: envelope["page"] + envelope["hasMore"]),
    ),
    Fault(
        name="pagination.page-header-missing",
        sentence="The list of vendors has no X-Page.",
        violates=("pagination.page-header",),
        seen_as=("missing",),
        suffering="Clients that go by the header fail at one list.",
        rule=WireRules.reply,
        variant=_unheaded("X-Page", "GET /Vendor/All"),
        resources=("Vendor",),
    ),
    Fault(
        name="pagination.version-missing",
        sentence="The list of assets has no X-API-Version.",
        violates=("pagination.version-header",),
        seen_as=("missing",),
        suffering="Clients that check the version refuse to work with one list.",
        rule=WireRules.reply,
        variant=_unheaded("X-API-Version", "GET /Asset"),
        resources=("Asset",),
    ),
    Fault(
        name="pagination.version-not-on-empty-pages",
        sentence="X-API-Version is missing where there are no rows.",
        violates=("pagination.version-header",),
        seen_as=("missing",),
        suffering="Clients that check the version fail on the day that nothing has changed.",
        rule=PagingRules.headers,
        variant=_header("X-API-Version", lambda envelope: "v1" if envelope["value"] else None),
    ),
    Fault(
        name="pagination.total-header-unfiltered",
        sentence="X-Total-Count has the rows of all warehouses, also for a client that sees some of them alone.",
        violates=("pagination.total-header",),
        seen_as=("wrong-value",),
        suffering="Clients that go by the header wait for rows that never come.",
        rule=PagingRules.headers,
        variant=_with_what_is_hidden,
        resources=("Location",),
    ),
)
