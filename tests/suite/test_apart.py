"""Fields that have a requirement of their own are judged there and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.contract.specification import load_specification
from conformance.errors import Blocked, NotRun
from conformance.suite.apart import fields_apart_from, outside, rows_with
from conformance.suite.fields import NOTHING

ORDER: dict[str, Any] = {
    "poNo": "PO-1",
    "vendor": "Acme",
    "orderDate": "2025-05-15T00:00:00Z",
    "expectedDate": None,
    "status": "Overdue",
    "totalLines": 3,
    "totalValue": 4250.0,
    "lines": [{"lineNo": 1}],
}


def test_a_field_judged_apart_may_hold_anything_but_must_be_there() -> None:
    """The status and the lines of an order are no matter of its other fields."""
    specification = load_specification()
    fields = fields_apart_from(
        specification, "PurchaseOrderRow", specification["GET /PurchaseOrder"], "status", "lines"
    )

    assert fields.misfits([ORDER]) == NOTHING
    assert len(fields.misfits([{name: value for name, value in ORDER.items() if name != "status"}])) == 1
    assert len(fields.misfits([ORDER | {"totalLines": "3"}])) == 1


def test_values_of_a_set_are_told_apart_by_their_type() -> None:
    """The text 1 and true are not the number 1."""
    rows = [{"rec": number, "payloadMode": mode} for number, mode in enumerate([1, 2, "1", True, 3, None])]

    found = outside(rows, "rec", "payloadMode", [1, 2])

    assert [misfit.row for misfit in found] == ["rec 2", "rec 3", "rec 4", "rec 5"]


def test_without_rows_or_without_the_field_nothing_is_judged() -> None:
    """An empty list asks for data; rows without the field follow from another failure."""
    with pytest.raises(NotRun, match="lists nothing"):
        rows_with([], "status", "GET /PurchaseOrder", "purchase-orders.fields")
    with pytest.raises(Blocked, match="no row of GET /PurchaseOrder has the field status"):
        rows_with([{"poNo": "1"}], "status", "GET /PurchaseOrder", "purchase-orders.fields")
