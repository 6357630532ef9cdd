"""Which requirement has it that a cell of the matrix is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.suite.cells import Kind
from conformance.suite.forgery import Forgery

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.suite.cells import Cell

BY_KIND: Mapping[str, str] = {
    Kind.PERMISSION: "authorization.permission",
    Kind.OTHER_QUERY: "authorization.permission",
    Kind.READ_ONLY: "authorization.read-only",
    Kind.FOREIGN_READ: "authorization.warehouse-read",
    Kind.FOREIGN_WRITE: "authorization.warehouse-write",
    Kind.FOREIGN_SOURCE: "authorization.warehouse-write",
    Kind.FOREIGN_DESTINATION: "authorization.warehouse-write",
    Kind.FOREIGN_FILTER: "authorization.warehouse-lists",
    Kind.WAREHOUSE_LIST: "authorization.warehouse-lists",
    Kind.REPORT_RUN: "authorization.report-run",
    Kind.REPORT_LIST: "authorization.report-list",
    Forgery.NO_HEADER: "bearer.required",
    Forgery.EMPTY_HEADER: "bearer.required",
    Forgery.SCHEME_ALONE: "bearer.required",
    Forgery.CREDENTIALS: "bearer.required",
    Forgery.SCHEME_TOKEN: "bearer.scheme",
    Forgery.SCHEME_BASIC: "bearer.scheme",
    Forgery.NO_SCHEME: "bearer.bare-token",
    Forgery.QUERY: "bearer.header-only",
    Forgery.BODY: "bearer.header-only",
    Forgery.CHANGED_SIGNATURE: "bearer.forged",
    Forgery.OTHER_SIGNATURE: "bearer.forged",
    Forgery.ALG_NONE: "bearer.forged",
    Forgery.ALG_NONE_MIXED: "bearer.forged",
    Forgery.ALG_NONE_SIGNED: "bearer.forged",
    Forgery.LATER_END: "bearer.forged",
    Forgery.OTHER_CLIENT: "bearer.forged",
}
"""By what a cell asks; every other kind stands for a token that was never issued."""


def denied_by(cell: Cell) -> str:
    """The id of the requirement that a cell which is not refused violates."""
    return BY_KIND.get(cell.kind, "bearer.invalid")
