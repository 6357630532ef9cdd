"""Faults in categories, customers and vendors."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from conformance.reference.call import Reply
from conformance.reference.faults.fault import Fault, Site
from conformance.reference.problems import bad_request
from conformance.reference.rules import CategoryRules, PartnerRules, WireRules

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.reference.operation import Operation
    from conformance.reference.world import Category, Partner

    Dates = Callable[[Any], str]

Row = dict[str, Any]


def _active_as_letter(site: Site, category: Category, dates: Dates) -> Row:
    """Serialise booleans as the database has them."""
    row: Row = site.original(category, dates)
    return {**row, "active": "Y" if category.active else "N"}


def _unchanged_without_date(site: Site, category: Category, dates: Dates) -> Row:
    """Leave the date of change out of the model."""
    row: Row = site.original(category, dates)
    return {name: value for name, value in row.items() if name != "modified"}


def _number_given_up(site: Site, category: Category, dates: Dates) -> Row:
    """Take a category's number away when it is discontinued."""
    row: Row = site.original(category, dates)
    return row if category.active else {**row, "categoryID": 0}


def _on_first_page(_site: Site, category_id: int, categories: Mapping[int, Category]) -> Category | None:
    """Look a category up among the first page of the list."""
    return categories[category_id] if category_id in sorted(categories)[:25] else None


def _next_after(_site: Site, category_id: int, categories: Mapping[int, Category]) -> Category | None:
    """Search the sorted numbers, and stop one place behind the right one."""
    numbers = sorted(categories)
    place = bisect_right(numbers, category_id)
    return categories[numbers[place]] if category_id in categories and place < len(numbers) else None


def _in_an_envelope(_site: Site, row: Mapping[str, Any]) -> Reply:
    """Answer one category with the list's own code."""
    return Reply(200, {"value": [row], "totalCount": 1, "page": 1, "pageSize": 1, "pageCount": 1, "hasMore": False})


def _nothing_found(label: str) -> Any:
    """Answer a miss with an object that has nothing in it."""

    def variant(_site: Site, operation: Operation[Any] | None, reply: Reply) -> Reply:
        missed = operation is not None and operation.label == label and reply.status == 404
        return Reply(200, {}) if missed else reply

    return variant


def _zip_as_number(site: Site, kind: str, partner: Partner, dates: Dates) -> Row:
    """Write a postal code that looks like a number as one."""
    row: Row = site.original(kind, partner, dates)
    is_number = kind == "customers" and partner.zip_code.isdigit()
    return {**row, "zip": int(partner.zip_code)} if is_number else row


def _lacking(kind: str, field: str) -> Any:
    """Forget a field of the one kind."""

    def variant(site: Site, of: str, partner: Partner, dates: Dates) -> Row:
        row: Row = site.original(of, partner, dates)
        return {name: value for name, value in row.items() if of != kind or name != field}

    return variant


def _named_alike(kind: str) -> Any:
    """Give the last customer, or vendor, the ShortID of the one before."""

    def variant(site: Site, of: str, partner: Partner, dates: Dates) -> Row:
        row: Row = site.original(of, partner, dates)
        store = site.service.store
        names = sorted(store.customers if kind == "customers" else store.vendors)
        return {**row, "shortID": names[-2]} if of == kind and partner.short_id == names[-1] else row

    return variant


def _among_customers(site: Site, kind: str, short_id: str, _partners: Mapping[str, Partner]) -> Partner | None:
    """Copy the code of customers and forget to change the table."""
    found: Partner | None = site.original(kind, short_id, site.service.store.customers)
    return found


def _among_first(_site: Site, _kind: str, short_id: str, partners: Mapping[str, Partner]) -> Partner | None:
    """Look a vendor up among the first page of the list."""
    return partners[short_id] if short_id in sorted(partners)[:25] else None


def _first_of_the_cache(site: Site, kind: str, row: Mapping[str, Any]) -> Reply:
    """Keep the answer under the name of the operation, without the ShortID."""
    reply: Reply = site.original(kind, site.memory.setdefault(kind, dict(row)))
    return reply


FAULTS = (
    Fault(
        name="categories.active-as-letter",
        sentence="The active of a category is Y or N.",
        violates=("categories.fields",),
        seen_as=("wrong-value",),
        suffering="Typed clients fail to read categories.",
        rule=CategoryRules.fields,
        variant=_active_as_letter,
    ),
    Fault(
        name="categories.modified-missing",
        sentence="A category has no modified.",
        violates=("categories.fields",),
        seen_as=("wrong-value",),
        suffering="Nobody can tell which categories have changed.",
        rule=CategoryRules.fields,
        variant=_unchanged_without_date,
    ),
    Fault(
        name="categories.number-given-up",
        sentence="A discontinued category has the number 0.",
        violates=("categories.number-unique",),
        seen_as=("wrong-value",),
        suffering="Old items are counted among the wrong category.",
        rule=CategoryRules.fields,
        variant=_number_given_up,
    ),
    Fault(
        name="categories.discontinued-listed",
        sentence="The list of categories holds discontinued ones.",
        violates=("categories.active-only",),
        seen_as=("wrong-value",),
        suffering="New items are put into categories that nobody uses any more.",
        rule=CategoryRules.is_listed,
        variant=lambda _site, _category, _sort: True,
    ),
    Fault(
        name="categories.described-alone-listed",
        sentence="The list of categories leaves out those without a description.",
        violates=("categories.active-listed",),
        seen_as=("wrong-value",),
        suffering="Some categories cannot be chosen for new items.",
        rule=CategoryRules.is_listed,
        variant=lambda site, category, sort: site.original(category, sort) and bool(category.description),
    ),
    Fault(
        name="categories.all-are-described",
        sentence="The list of all categories leaves out those without a description.",
        violates=("categories.all",),
        seen_as=("wrong-value",),
        suffering="Reports by category miss some.",
        rule=CategoryRules.is_listed_in_all,
        variant=lambda _site, category, _sort: bool(category.description),
    ),
    Fault(
        name="categories.found-on-first-page",
        sentence="A category is looked up among the first 25 alone.",
        violates=("categories.by-number",),
        seen_as=("refused",),
        suffering="Clients fail at categories that the list shows.",
        rule=CategoryRules.numbered,
        variant=_on_first_page,
    ),
    Fault(
        name="categories.next-after",
        sentence="A category that is read by its number is the one after it.",
        violates=("categories.by-number",),
        seen_as=("wrong-value", "refused"),
        suffering="Items are booked under the wrong category.",
        rule=CategoryRules.numbered,
        variant=_next_after,
    ),
    Fault(
        name="categories.in-an-envelope",
        sentence="A category that is read by its number comes in the envelope of a list.",
        violates=("categories.by-number-bare",),
        seen_as=("wrong-value",),
        suffering="Typed clients fail to read a category.",
        rule=CategoryRules.shown,
        variant=_in_an_envelope,
    ),
    Fault(
        name="categories.nothing-found",
        sentence="An unknown category number gets 200 and an empty object.",
        violates=("categories.unknown-number",),
        seen_as=("accepted",),
        suffering="Clients take nothing for a category, and fail later.",
        rule=WireRules.reply,
        variant=_nothing_found("GET /Category/{id}"),
    ),
    Fault(
        name="categories.unknown-as-bad-request",
        sentence="An unknown category number gets 400.",
        violates=("categories.unknown-number",),
        seen_as=("wrong-refusal",),
        suffering="Clients look for a mistake in their request instead of a category that is gone.",
        rule=CategoryRules.missing,
        variant=lambda _site: bad_request("The category is not valid."),
    ),
    Fault(
        name="customers.zip-as-number",
        sentence="A customer's postal code that looks like a number is one.",
        violates=("customers.fields",),
        seen_as=("wrong-value",),
        suffering="Letters to places whose code begins with 0 go astray.",
        rule=PartnerRules.fields,
        variant=_zip_as_number,
    ),
    Fault(
        name="customers.named-alike",
        sentence="Two customers have the same ShortID.",
        violates=("customers.short-id-unique",),
        seen_as=("wrong-value",),
        suffering="Shipments go to the wrong one.",
        rule=PartnerRules.fields,
        variant=_named_alike("customers"),
    ),
    Fault(
        name="vendors.phone-missing",
        sentence="A vendor has no phone, although a customer has one.",
        violates=("vendors.fields",),
        seen_as=("wrong-value",),
        suffering="Typed clients that read both alike fail at vendors.",
        rule=PartnerRules.fields,
        variant=_lacking("vendors", "phone"),
    ),
    Fault(
        name="vendors.named-alike",
        sentence="Two vendors have the same ShortID.",
        violates=("vendors.short-id-unique",),
        seen_as=("wrong-value",),
        suffering="Orders go to the wrong one.",
        rule=PartnerRules.fields,
        variant=_named_alike("vendors"),
    ),
    Fault(
        name="vendors.among-customers",
        sentence="A vendor is looked up among the customers.",
        violates=("vendors.by-short-id",),
        seen_as=("refused",),
        suffering="Orders go to a customer of the same name.",
        rule=PartnerRules.named,
        variant=_among_customers,
    ),
    Fault(
        name="vendors.found-on-first-page",
        sentence="A vendor is looked up among the first 25 alone.",
        violates=("vendors.by-short-id",),
        seen_as=("refused",),
        suffering="Clients fail at vendors that the list shows.",
        rule=PartnerRules.named,
        variant=_among_first,
    ),
    Fault(
        name="vendors.first-of-the-cache",
        sentence="Whatever vendor is asked for, the one is answered that was read first.",
        violates=("vendors.by-short-id",),
        seen_as=("wrong-value",),
        suffering="Orders go to the wrong one.",
        rule=PartnerRules.shown,
        variant=_first_of_the_cache,
    ),
    Fault(
        name="vendors.nothing-found",
        sentence="An unknown vendor gets 200 and an empty object.",
        violates=("vendors.unknown-short-id",),
        seen_as=("accepted",),
        suffering="Clients take nothing for a vendor, and fail later.",
        rule=WireRules.reply,
        variant=_nothing_found("GET /Vendor/{shortID}"),
    ),
)
