"""A proof as a page: the answer, what is wrong, and the matrix of faults and requirements, chapter by chapter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance import __version__
from conformance.reference.faults import FAULTS
from conformance.report.html.page import template
from conformance.selftest.figures import COLUMNS, by_chapter, totals
from conformance.selftest.telling import details, headline
from conformance.selftest.trials import Result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.selftest.proof import Proof
    from conformance.selftest.trials import Trial


def page(proof: Proof) -> str:
    """Render the proof as one self-contained HTML file."""
    figures = by_chapter(proof)
    return template("selftest.html").render(
        headline=headline(proof),
        figures=_figures(proof),
        problems=list(_problems(proof)),
        columns=COLUMNS,
        rows=[{"name": name, "figures": row} for name, row in figures.items()],
        total=totals(figures),
        chapters=[_chapter(name, trials) for name, trials in proof.by_chapter.items()],
        foot=f"suite {__version__}, {proof.mode}, {proof.seconds:.0f} s, {proof.proved}",
    )


def _figures(proof: Proof) -> list[tuple[str, str]]:
    return [
        ("faults killed", f"{proof.killed} of {len(proof.trials)}"),
        ("wrong blames", str(proof.counts[Result.WRONG_BLAME])),
        ("unproven requirements", str(len(proof.unproven))),
        ("assertions without teeth", str(len(proof.toothless)) if proof.complete else "not asked"),
    ]


def _problems(proof: Proof) -> Iterator[dict[str, Any]]:
    for result in Result:
        if result is not Result.KILLED and proof.of(result):
            entries = [
                {"name": it.fault, "sentence": FAULTS[it.fault].sentence, "lines": list(details(it))}
                for it in proof.of(result)
            ]
            yield {
                "title": result.replace("-", " ").capitalize(),
                "sentence": f"{result.sentence[0].upper()}{result.sentence[1:]}.",
                "entries": entries,
            }
    for title, sentence, names in (
        ("The faultless server", "This did not pass there, so that its failure proves nothing.", proof.troubles),
        ("Unproven", "No killed fault violates these requirements.", proof.unproven),
        ("Toothless", "No fault made these assertions fail.", tuple(map(str, proof.toothless))),
        ("Pairs", "Of two faults at once, one hides the other.", tuple(map(str, proof.lost_pairs))),
    ):
        if names:
            yield {
                "title": title,
                "sentence": sentence,
                "entries": [{"name": name, "sentence": "", "lines": []} for name in names],
            }


def _chapter(name: str, trials: tuple[Trial, ...]) -> dict[str, Any]:
    requirements = list(dict.fromkeys(it for trial in trials for it in (*trial.named, *trial.blamed)))
    killed = sum(trial.result is Result.KILLED for trial in trials)
    return {
        "name": name,
        "killed": killed,
        "wrong": killed < len(trials),
        "requirements": requirements,
        "rows": [
            {
                "name": trial.fault,
                "sentence": FAULTS[trial.fault].sentence,
                "cells": [_cell(trial, it) for it in requirements],
            }
            for trial in trials
        ],
    }


def _cell(trial: Trial, requirement: str) -> dict[str, str] | None:
    found = trial.violated.get(requirement)
    if requirement in trial.blamed and found is not None:
        return {"tone": "bad", "word": f"! {', '.join(found.reasons)}"}
    if requirement not in trial.named:
        return None
    if found is None:
        return {"tone": "bad", "word": "✕ not noticed"}
    expected = requirement not in trial.unexpected
    return {"tone": "good" if expected else "open", "word": f"{'✓' if expected else '≠'} {', '.join(found.reasons)}"}
