"""Every statement of the documentation is accounted for."""

from __future__ import annotations

import re

from conformance.contract.catalogue import Requirement, Source, load_catalogue
from conformance.contract.outcomes import Basis, Level
from conformance.contract.readings import load_readings
from conformance.contract.statements import STATEMENTS, coverage


def test_no_statement_is_missing() -> None:
    """Each of the 184 is a requirement, a reading, or listed with the reason why it cannot be checked."""
    found = coverage()

    assert found.missing == ()
    assert len(found.checked) + len(found.read) + len(found.not_checkable) == len(STATEMENTS) == 184


def test_every_row_exists() -> None:
    """A row of the source document, a statement, or a contradiction or gap; nothing else."""
    rows = [row for entry in load_catalogue() for row in entry.source.rows]
    rows += [row for reading in load_readings() for row in reading.rows]

    strangers = {row for row in rows if not re.fullmatch(r"A([1-9]|1\d|2[0-2])|C([1-9]|[1-4]\d|5[0-8])|S\d+", row)}
    assert strangers == set()
    assert {row for row in rows if row.startswith("S")} <= set(STATEMENTS)


def test_missing_statement_is_named() -> None:
    """An empty catalogue accounts for one statement, its own."""
    one = Requirement("a.one", "One.", Source("errors", "Codes", ("S5",)), Basis.STATED, Level.MUST, "errors")

    found = coverage([one], [])

    assert found.checked == ("S5",)
    assert found.entries["S5"] == ("a.one",)
    assert len(found.missing) == 183
