"""The list of assets (assets)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.contract.outcomes import Reason
from conformance.errors import NotRun
from conformance.suite.apart import fields_apart_from, outside, rows_with, unfit
from conformance.suite.fields import NOTHING, note_dates, twins
from conformance.suite.marks import Phase, asks, requirement
from conformance.suite.queries import narrowed
from conformance.suite.settling import settled

if TYPE_CHECKING:
    from conformance.contract.specification import Operation
    from conformance.suite.lists import Lists, Whole
    from conformance.suite.pager import Pagers
    from conformance.target.access import Access

PHASE = Phase.READING

ASSETS = "GET /Asset"


@pytest.fixture(scope="module")
def operation(access: Access) -> Operation:
    """The list of assets."""
    return access.specification[ASSETS]


@pytest.fixture(scope="module")
def assets(lists: Lists, operation: Operation) -> Whole:
    """The assets that are listed; raises NotRun where there are none."""
    whole = lists.whole(operation)
    if not whole.rows:
        raise NotRun(Reason.NEEDS_DATA, f"{ASSETS} lists nothing")
    return whole


@requirement("assets.fields", sends=0, shares=1)
@asks(ASSETS)
def test_rows_have_the_documented_fields(access: Access, operation: Operation, assets: Whole) -> None:
    """Every asset of the list; what its status may be is asked apart."""
    fields = fields_apart_from(access.specification, "Asset", operation, "status")

    misfits = fields.misfits(assets.rows)
    note_dates(assets.rows)
    assert misfits == NOTHING


@requirement("assets.short-id-unique", sends=0, shares=1)
@asks(ASSETS)
def test_no_two_assets_share_a_short_id(lists: Lists, operation: Operation) -> None:
    """Every asset of the list, compared to the letter."""
    rows_with(lists.whole(operation).rows, "shortID", ASSETS, "assets.fields")

    misfits = settled(lists, lambda reader: twins(reader.whole(operation).rows, "shortID"))
    assert misfits == NOTHING


@requirement("assets.active-only", sends=2, shares=1)
@asks(ASSETS)
def test_listed_assets_are_active(access: Access, operation: Operation, assets: Whole, pagers: Pagers) -> None:
    """Every asset of the list has the status Active, and no date of having been discontinued; also where it is sorted."""
    rows_with(assets.rows, "status", ASSETS, "assets.fields")
    rows = [*assets.rows, *narrowed(pagers[operation], access.world)]

    misfits = outside([row for row in rows if row.get("status") is not None], "shortID", "status", ["Active"])
    assert misfits == NOTHING
    misfits = unfit(rows, "shortID", "discontinued", lambda row: row.get("discontinued") is None)
    assert misfits == NOTHING
