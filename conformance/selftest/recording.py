"""Where a proof is kept: in the checkout for every report to state, or in a folder for people."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.contract.resources import PACKAGE
from conformance.errors import OutputError, UsageError
from conformance.selftest.campaign import Mode
from conformance.selftest.figures import table
from conformance.selftest.page import page
from conformance.selftest.proof import as_json, as_text
from conformance.selftest.telling import markdown
from conformance.teeth import PROOF, last_proof

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.selftest.campaign import Campaign
    from conformance.selftest.proof import Proof

BEGIN, END = "<!-- teeth: written by `conformance selftest --record` -->", "<!-- end of teeth -->"


def last_checks() -> Mapping[str, tuple[str, ...]]:
    """By which checks each fault was killed last time."""
    faults = (last_proof() or {}).get("faults", {})
    return {name: tuple(kill["check"] for kill in fault["kills"].values()) for name, fault in faults.items()}


def last_seconds() -> Mapping[str, float]:
    """How long each fault took last time."""
    return {name: fault["seconds"] for name, fault in (last_proof() or {}).get("faults", {}).items()}


def require_recordable(campaign: Campaign) -> None:
    """Require a checkout and a campaign whose proof can be kept; raises UsageError."""
    root = PACKAGE.parent
    if not (root / PROOF).parent.is_dir() or not (root / "README.md").is_file():
        raise UsageError("--record: this is no checkout, and an installed package keeps the proof that it came with")
    if not campaign.is_complete or campaign.mode is Mode.QUICK:
        raise UsageError("--record: only a proof of all faults is kept; leave out --fault, --chapter and --quick")


def record(proof: Proof) -> None:
    """Keep a proof in the checkout, and its table in the README."""
    root = PACKAGE.parent
    _write(root / PROOF, as_text(as_json(proof)))
    readme = root / "README.md"
    _write(readme, with_table(readme.read_text(encoding="utf-8"), table(as_json(proof))))


def with_table(text: str, new: str) -> str:
    """Put the table between its two marks; a text without them stays as it is."""
    return re.sub(f"{re.escape(BEGIN)}.*?{re.escape(END)}", lambda _: f"{BEGIN}\n\n{new}\n{END}", text, flags=re.DOTALL)


def make_folder(folder: str) -> None:
    """Make the folder for the reports, before minutes are spent on what they tell; raises UsageError."""
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be made ({error.strerror}); name another folder with --out") from error


def write_reports(proof: Proof, folder: str) -> None:
    """Write the proof for people and for programs; raises OutputError."""
    place = Path(folder)
    _write(place / "selftest.json", as_text(as_json(proof)))
    _write(place / "selftest.md", markdown(proof))
    _write(place / "selftest.html", page(proof))


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror}); make room or name another folder") from error
