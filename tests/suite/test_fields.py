"""What counts as a misfit of documented fields, what is let pass, and how it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.contract.specification import load_specification
from conformance.suite.fields import NOTHING, Fields, Misfit, Misfits, fields_of, note_dates, twins
from conformance.target.recorder import CURRENT, Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator

ITEM: dict[str, Any] = {
    "partNo": 42,
    "shortID": "BOLT-M8-30",
    "description": "Hex Bolt M8x30mm",
    "category": 5,
    "subCategory": 12,
    "uOM": "EA",
    "putUp": "Box/100",
    "units": 1.0,
    "dfltOwner": 0,
    "created": "2024-03-15T10:30:00Z",
    "modified": "2025-01-20T14:22:00Z",
    "discontinued": False,
}
QUICKSTART: dict[str, Any] = {
    "partNo": 1,
    "shortID": "BOLT-M8",
    "description": "Hex Bolt M8x30",
    "categoryID": 5,
    "unit": "EA",
}


def fields(name: str, label: str) -> Fields:
    """The fields of a schema of the specification, with the key of a list."""
    specification = load_specification()
    return fields_of(specification, name, specification[label])


@pytest.fixture
def item() -> Fields:
    """The fields of an item."""
    return fields("Item", "GET /Item")


@pytest.fixture
def evidence() -> Iterator[Evidence]:
    """What the code under test notes."""
    gathered = Evidence()
    token = CURRENT.set(gathered)
    yield gathered
    CURRENT.reset(token)


def without(row: dict[str, Any], *names: str) -> dict[str, Any]:
    """A row without some of its fields."""
    return {name: value for name, value in row.items() if name not in names}


@pytest.mark.parametrize(
    "row",
    [
        ITEM,
        QUICKSTART,
        QUICKSTART | {"active": True},
        without(ITEM, "category") | {"categoryID": 5},
        without(ITEM, "uOM", "discontinued") | {"unit": "EA", "active": True},
        ITEM | {"categoryID": 5, "unit": "EA", "active": True},
        ITEM | {"colour": "red"},
    ],
    ids=["items page", "quickstart", "created", "other category", "other unit and state", "both", "one field more"],
)
def test_item_is_accepted_by_the_names_of_either_page(item: Fields, row: dict[str, Any]) -> None:
    """By those of one of them, some of each, or both at once; more than is documented does no harm."""
    assert item.misfits([row]) == NOTHING


@pytest.mark.parametrize(
    "values",
    [
        {"description": None, "subCategory": None, "putUp": None, "dfltOwner": None, "units": None, "modified": None},
        {"units": "1.00"},
        {"units": 100, "dfltOwner": 7.0},
        {"created": "15.03.2024 10:30"},
    ],
    ids=["null", "decimal in a text", "whole decimal", "another spelling of a date"],
)
def test_what_the_documentation_does_not_settle_is_let_pass(item: Fields, values: dict[str, Any]) -> None:
    """Null where nothing is said of it, and what only examples show: a number for a decimal, ISO 8601 for a date."""
    assert item.misfits([ITEM | values]) == NOTHING


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"partNo": "42"}, "partNo is the text '42', not a whole number"),
        ({"partNo": None}, "partNo is null, not a whole number"),
        ({"partNo": 42.5}, "partNo is 42.5, not a whole number"),
        ({"shortID": 815}, "shortID is 815, not a text"),
        ({"category": {"id": 5}}, 'category is {"id": 5}, not a whole number'),
        ({"discontinued": 0}, "discontinued is 0, not true or false"),
        ({"discontinued": None}, "discontinued is null, not true or false"),
        ({"units": "few"}, "units is the text 'few', not a number"),
        ({"units": True}, "units is true, not a number"),
        ({"created": 1_710_498_600}, "created is 1710498600, not a text"),
    ],
)
def test_value_of_a_wrong_type_is_told_with_its_field(item: Fields, values: dict[str, Any], words: str) -> None:
    """The row is named by its key, and what it holds is told in the words of a reader who knows no schemas."""
    row = ITEM | values

    [misfit] = item.misfits([row])

    assert misfit == Misfit(f"partNo {row['partNo']!r}", words)


def test_missing_fields_are_told_after_wrong_values(item: Fields) -> None:
    """The first few, and how many more there are."""
    row = without(ITEM, "created", "modified", "putUp", "uOM") | {"units": "few"}

    [misfit] = item.misfits([row])

    assert misfit.words == "units is the text 'few', not a number; putUp is missing; created is missing; 2 more"


def test_fields_with_two_names_are_missing_under_both(item: Fields) -> None:
    """Neither of which is there."""
    [misfit] = item.misfits([without(ITEM, "uOM")])

    assert misfit.words == "neither uOM nor unit is there"


def test_fields_of_a_part_of_a_schema_are_judged_alike() -> None:
    """A vendor has the fields of a customer: null is let pass there too, a wrong type is not."""
    texts = ("name", "address1", "address2", "city", "state", "zip", "country", "phone", "fax", "email", "contact")
    vendor = {"shortID": "ACME", "active": True, "created": None, "modified": None} | dict.fromkeys(texts)
    vendors = fields("Vendor", "GET /Vendor/All")

    assert vendors.misfits([vendor]) == NOTHING
    assert repr(vendors.misfits([vendor | {"zip": 8000}])) == "shortID 'ACME': zip is 8000, not a text"


def test_closed_sets_and_nothing_are_told_plainly() -> None:
    """A status that there is not, and lines that belong to the single order."""
    order = {
        "poNo": "PO-1",
        "vendor": "Acme",
        "orderDate": None,
        "expectedDate": None,
        "totalLines": 1,
        "totalValue": 1,
    }
    orders = fields("PurchaseOrderRow", "GET /PurchaseOrder")

    [misfit] = orders.misfits([order | {"status": None, "lines": [{}]}])

    assert misfit.row == "poNo 'PO-1'"
    assert set(misfit.words.split("; ")) == {
        "status is null, none of 'Open', 'Partial', 'Closed'",
        "lines is not as documented: it has more than 0 items",
    }


def test_date_or_null_is_either_of_them() -> None:
    """The date of the end of an asset, null while it is active."""
    assets = fields("Asset", "GET /Asset")
    asset: dict[str, Any] = dict.fromkeys(load_specification().schemas["Asset"]["properties"]) | {
        "shortID": "FORKLIFT-001",
        "status": "Active",
    }

    assert assets.misfits([asset, asset | {"discontinued": "2025-01-01T00:00:00Z"}]) == NOTHING
    [misfit] = assets.misfits([asset | {"discontinued": False}])
    assert misfit.words == "discontinued is false, not a text"


def test_many_misfits_are_told_by_a_few_of_each_kind() -> None:
    """Those that differ in their words come first, and the number of all stands at the end."""
    alike = [Misfit(f"partNo {number}", "created is missing") for number in range(100)]
    misfits = Misfits([*alike, Misfit("partNo 7", "shortID is 7, not a text")])

    assert repr(misfits) == (
        "partNo 0: created is missing | partNo 7: shortID is 7, not a text | partNo 1: created is missing | 101 in all"
    )
    assert repr(Misfits(alike[:1])) == "partNo 0: created is missing"
    assert repr(NOTHING) == "nothing amiss"


def test_long_values_are_cut(item: Fields) -> None:
    """A value may be as long as a body."""
    [misfit] = item.misfits([ITEM | {"partNo": "x" * 10_000}])

    assert len(misfit.words) < 150
    assert len(misfit.row) < 100


def test_twins_are_objects_that_share_a_key() -> None:
    """Rows of one object, shown twice, are none; nor are those that have no key at all."""
    one, other = {"shortID": "A", "name": "One"}, {"shortID": "A", "name": "Other"}

    assert twins([one, one, {"shortID": None}, {"shortID": None, "name": "x"}, {}], "shortID") == NOTHING
    assert twins([one, other], "shortID") == [Misfit("shortID 'A'", "2 of them")]
    assert twins([one, other], "shortID", "shortID") == NOTHING
    assert twins([{"partNo": 1, "shortID": "A"}, {"partNo": 1, "shortID": "B"}], "partNo", "shortID") != NOTHING


@pytest.mark.parametrize(
    ("texts", "reading"),
    [
        (("2024-03-15T10:30:00Z", "2024-03-15T10:30:00.5+01:00"), "with zone"),
        (("2024-03-15T10:30:00", "2024-03-15 10:30"), "without zone"),
        (("2024-03-15T10:30:00Z", "2024-03-15T10:30:00"), "some"),
        (("2024-03-15", "Box/100"), None),
    ],
)
def test_zone_of_dates_is_noted(evidence: Evidence, texts: tuple[str, ...], reading: str | None) -> None:
    """Whichever field they are in."""
    note_dates([{"created": text, "partNo": 1} for text in texts])

    assert evidence.observations.get("reading.date-times") == reading
