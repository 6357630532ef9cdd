"""A proof in figures, chapter by chapter of the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.contract.catalogue import load_catalogue
from conformance.contract.outcomes import Level
from conformance.selftest.proof import as_json
from conformance.selftest.trials import Result

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.selftest.proof import Proof

COLUMNS = ("requirements", "of them musts", "proven", "faults", "killed")

Figures = tuple[int, ...]


def by_chapter(proof: Proof) -> dict[str, Figures]:
    """The figures of COLUMNS of each chapter."""
    return chapters(as_json(proof))


def chapters(proof: Mapping[str, Any]) -> dict[str, Figures]:
    """The same from a proof as JSON; a chapter without a fault in question is left out."""
    faults = proof["faults"].values()
    proven = {name for fault in faults if fault["result"] == Result.KILLED for name in fault["kills"]}
    checkable = [entry for entry in load_catalogue() if entry.checkable]
    found: dict[str, Figures] = {}
    for chapter in dict.fromkeys(entry.id.partition(".")[0] for entry in checkable):
        own = [entry for entry in checkable if entry.id.startswith(f"{chapter}.")]
        tried = [fault for fault in faults if fault["chapter"] == chapter]
        if tried:
            found[chapter] = (
                len(own),
                sum(entry.level is Level.MUST for entry in own),
                sum(entry.id in proven for entry in own),
                len(tried),
                sum(fault["result"] == Result.KILLED for fault in tried),
            )
    return found


def totals(figures: Mapping[str, Figures]) -> Figures:
    """The sums over all chapters."""
    return tuple(map(sum, zip(*figures.values(), strict=True))) if figures else (0,) * len(COLUMNS)


def table(proof: Mapping[str, Any]) -> str:
    """The figures of a proof as JSON, as the Markdown table of the README."""
    figures = chapters(proof)
    rows = [f"| chapter | {' | '.join(COLUMNS)} |", f"|---|{'---:|' * len(COLUMNS)}"]
    rows += [f"| {name} | {' | '.join(map(str, row))} |" for name, row in figures.items()]
    return "\n".join([*rows, f"| **all** | {' | '.join(f'**{it}**' for it in totals(figures))} |"]) + "\n"
