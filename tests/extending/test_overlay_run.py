"""A vendor's own operations, added by an overlay, are asked about like the documented ones."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.contract.outcomes import Outcome
from conformance.narrator import Narrator
from conformance.reference import application
from conformance.reference.operations import OPERATIONS
from conformance.reference.server import ReferenceServer
from conformance.runner import Options, run_suite

sys.path.insert(0, str(Path(__file__).parent))

import pallets

if TYPE_CHECKING:
    import pytest

    from conformance.report.run import Run

CHAPTERS = (
    "authorization.*",
    "bearer.required",
    "bearer.forged",
    "errors.shape",
    "pagination.envelope",
    "pagination.walk",
    "property.response-schema",
)


def run_with(folder: Path, monkeypatch: pytest.MonkeyPatch, *, scoped: bool) -> Run:
    """Run the suite against a server with pallets."""
    monkeypatch.setattr(application, "OPERATIONS", (*OPERATIONS, *pallets.operations(scoped=scoped)))
    with ReferenceServer(world=pallets.world()) as server:
        options = Options(requirements=CHAPTERS, out=folder / "run")
        finished = run_suite(pallets.write_target(server, folder), options, Narrator(io.StringIO(), quiet=True))
    assert finished.run is not None
    assert finished.trouble == ()
    return finished.run


def failed(run: Run) -> set[str]:
    """The requirements that some check of the run found violated."""
    return {check.requirement for check in run.checks if check.outcome is Outcome.FAIL}


def test_own_operations_join_every_chapter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are asked without a token, without the permission, by scoped clients, page by page and with generated requests."""
    run = run_with(tmp_path, monkeypatch, scoped=True)

    asked = {check.requirement for check in run.checks if "/Pallet" in check.id and check.outcome is Outcome.PASS}
    assert failed(run) == set()
    assert asked >= {
        "bearer.required",
        "bearer.forged",
        "authorization.permission",
        "authorization.read-only",
        "authorization.warehouse-lists",
        "authorization.warehouse-write",
        "pagination.envelope",
        "pagination.walk",
        "property.response-schema",
        "errors.shape",
    }
    assert run.target.overlay == "acme.overlay.yaml"


def test_fault_in_an_own_operation_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that forgets whose warehouse a pallet is in is blamed for that, on that operation."""
    run = run_with(tmp_path, monkeypatch, scoped=False)

    assert failed(run) == {"authorization.warehouse-lists", "authorization.warehouse-write"}
    blamed = [check.id for check in run.checks if check.outcome is Outcome.FAIL]
    assert all("/Pallet" in name for name in blamed)
