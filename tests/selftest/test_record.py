"""The proof that is kept, its table, and what a run says of it."""

from __future__ import annotations

import json
import re
from pathlib import Path

from conformance.contract.resources import read_data
from conformance.selftest.figures import table
from conformance.selftest.recording import BEGIN, END, with_table
from conformance.teeth import PROOF, Teeth, fingerprint, teeth

README = Path(__file__).parents[2] / "README.md"


def test_readme_carries_the_table_of_the_packaged_proof() -> None:
    """It is written by `conformance selftest --record`, and by nobody else."""
    text = README.read_text(encoding="utf-8")

    assert BEGIN in text
    assert END in text
    assert with_table(text, table(json.loads(read_data(PROOF)))) == text


def test_a_table_takes_the_place_of_the_one_before() -> None:
    """What stands around the marks stays."""
    text = f"before\n{BEGIN}\n\nold\n{END}\nafter\n"

    assert with_table(text, "new\n") == f"before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"


def test_a_proof_of_another_state_is_told_as_such() -> None:
    """The reader is told what to do about it."""
    current = Teeth(faults=3, killed=3, unproven=(), toothless=0, suite="1.0", proved="2026-01-01", current=True)
    stale = Teeth(
        faults=3, killed=2, unproven=("token.form",), toothless=0, suite="1.0", proved="2026-01-01", current=False
    )

    assert str(current) == "3 of 3 single defects of the bundled server are found for the right reason"
    assert "another state of the suite (1.0), prove it again: conformance selftest" in str(stale)
    assert "unproven: token.form" in str(stale)


def test_the_packaged_proof_has_a_digest() -> None:
    """Every run states it."""
    digest = teeth()

    assert digest is not None
    assert digest.faults >= digest.killed > 0
    assert re.fullmatch(r"[0-9a-f]{16}", fingerprint())
