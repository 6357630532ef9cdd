"""Customers and vendors: their fields, their keys, how a vendor is read (customers; vendors)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, NotRun
from conformance.suite.alike import unlike
from conformance.suite.fields import NOTHING, fields_of, note_dates, twins
from conformance.suite.marks import Phase, asks, requirement
from conformance.suite.settling import settled
from conformance.target.answer import rows_of
from conformance.target.wire import Request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.suite.exercises import Workshop
    from conformance.suite.lists import Lists
    from conformance.target.access import Access
    from conformance.target.answer import Answer

    Row = dict[str, Any]

PHASE = Phase.READING

CUSTOMERS, VENDORS, VENDOR = "GET /Customer/All", "GET /Vendor/All", "GET /Vendor/{id}"


def rows_in(access: Access, lists: Lists, label: str) -> Sequence[Row]:
    """The rows of a list, as far as it is read; raises NotRun where there are none."""
    rows = lists.whole(access.specification[label]).rows
    if not rows:
        raise NotRun(Reason.NEEDS_DATA, f"{label} shows nobody")
    return rows


def vendor(access: Access, short_id: str) -> Answer:
    """The answer to a request for the vendor of a ShortID."""
    path = f"/Vendor/{quote(short_id, safe='')}"
    return access.world.able(access.specification[VENDOR]).ask(Request("GET", path))


def telling(rows: Sequence[Row]) -> list[str]:
    """ShortIDs of several vendors; raises Blocked where none shows one, NotRun where none fits into a path.

    None with a slash: how one is written into a path is not said, and many servers refuse any way.
    """
    known = [row["shortID"] for row in rows if isinstance(row.get("shortID"), str)]
    usable = [text for text in known if text.strip(". ") and not {"/", "\\"} & set(text)]
    if not known:
        raise Blocked(Reason.EARLIER_FAILURE, "no vendor shows a shortID", cause="vendors.fields")
    if not usable:
        raise NotRun(Reason.NEEDS_DATA, "no vendor shows a shortID that fits into a path")
    signs = {char: text for text in usable for char in text if not char.isalnum() or not char.isascii()}
    digits = [text for text in usable if text.isdigit()]
    return list(dict.fromkeys([usable[0], usable[len(usable) // 2], usable[-1], *digits[:1], *signs.values()]))[:8]


# --- customers ---


@requirement("customers.fields", sends=0, shares=1)
@asks(CUSTOMERS)
def test_every_listed_customer_has_the_documented_fields(access: Access, lists: Lists) -> None:
    """Each of its type."""
    rows = rows_in(access, lists, CUSTOMERS)

    misfits = fields_of(access.specification, "Customer", access.specification[CUSTOMERS]).misfits(rows)
    assert misfits == NOTHING
    note_dates(rows)


@requirement("customers.short-id-unique", sends=0, shares=1)
@asks(CUSTOMERS)
def test_no_two_customers_have_the_same_short_id(access: Access, lists: Lists) -> None:
    """Compared letter by letter; rows that are wholly equal are one customer, shown twice."""
    rows_in(access, lists, CUSTOMERS)

    misfits = settled(lists, lambda read: twins(read.whole(access.specification[CUSTOMERS]).rows, "shortID"))
    assert misfits == NOTHING


# --- vendors ---


@requirement("vendors.fields", sends=0, shares=1)
@asks(VENDORS)
def test_every_listed_vendor_has_the_documented_fields(access: Access, lists: Lists) -> None:
    """Each of its type."""
    rows = rows_in(access, lists, VENDORS)

    misfits = fields_of(access.specification, "Vendor", access.specification[VENDORS]).misfits(rows)
    assert misfits == NOTHING
    note_dates(rows)


@requirement("vendors.short-id-unique", sends=0, shares=1)
@asks(VENDORS)
def test_no_two_vendors_have_the_same_short_id(access: Access, lists: Lists) -> None:
    """Compared letter by letter; rows that are wholly equal are one vendor, shown twice."""
    rows_in(access, lists, VENDORS)

    misfits = settled(lists, lambda read: twins(read.whole(access.specification[VENDORS]).rows, "shortID"))
    assert misfits == NOTHING


@requirement("vendors.by-short-id", sends=4, shares=1)
@asks(VENDORS, VENDOR)
def test_vendor_is_read_by_its_short_id(access: Access, lists: Lists) -> None:
    """For several of the list, such as those whose ShortID has signs or digits alone; by itself or in a page."""
    for short_id in telling(rows_in(access, lists, VENDORS)):
        answer = vendor(access, short_id)
        assert answer.status == 200
        found = [row.get("shortID") for row in rows_of(answer.json)]
        assert found == [short_id]
    rows = [
        row for row in rows_in(access, lists, VENDORS) if row.get("shortID") in telling(rows_in(access, lists, VENDORS))
    ]
    for row in rows[:3]:
        misfits = unlike(lists, access.specification[VENDORS], row, partial(vendor, access, row["shortID"]))
        assert misfits == NOTHING


@requirement("vendors.unknown-short-id", sends=1)
@asks(VENDOR)
def test_vendor_that_does_not_exist_gets_404(access: Access, workshop: Workshop) -> None:
    """By a ShortID made up for this run."""
    answer = vendor(access, workshop.unique())

    assert answer.status == 404
