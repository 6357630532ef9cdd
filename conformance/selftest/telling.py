"""A proof in words: for the terminal, and as a Markdown document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reference.faults import FAULTS
from conformance.selftest.figures import table
from conformance.selftest.proof import as_json
from conformance.selftest.trials import Result

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.selftest.proof import Proof
    from conformance.selftest.trials import Trial


def text(proof: Proof) -> str:
    """The proof for a terminal: the answer, the chapters, and last what is wrong, where a log is looked at first."""
    wrong = list(_wrong(proof))
    end = ["", *wrong, headline(proof)] if wrong else []
    return "\n".join((headline(proof), "", *_chapters(proof), "", *_rest(proof), *end)) + "\n"


def headline(proof: Proof) -> str:
    """The answer in one sentence."""
    said = f"{proof.killed} of {len(proof.trials)} faults killed for the right reason"
    if proof.is_proven:
        return f"PROVEN: {said}, no wrong blame{', no unproven requirement, no toothless assertion' if proof.complete else ''}"
    return f"NOT PROVEN: {said}"


def details(trial: Trial) -> Iterator[str]:
    """What is wrong about a trial, a line each."""
    for name in trial.survived:
        yield f"not noticed: {name}"
    for name, reasons in trial.unexpected.items():
        yield f"noticed for another reason: {name}: {', '.join(reasons)} instead of {', '.join(trial.expected)}"
    for name in trial.blamed:
        found = trial.violated[name]
        yield f"blamed wrongly: {name}: {', '.join(found.reasons)} ({found.checks[0]})"
    for line in trial.broken:
        yield f"the suite failed: {line.splitlines()[-1] if line.strip() else line}"
    if not trial.active:
        yield "the faulty rule never decided otherwise than the right one"


def _wrong(proof: Proof) -> Iterator[str]:
    for result in Result:
        trials = () if result is Result.KILLED else proof.of(result)
        if trials:
            yield f"{result.upper()} ({len(trials)}): {result.sentence}"
        for trial in trials:
            yield f"  {trial.fault}: {FAULTS[trial.fault].sentence}"
            yield from (f"      {line}" for line in details(trial))
            yield ""
    for title, lines in (
        ("FAULTLESS SERVER: what did not pass there", proof.troubles),
        ("UNPROVEN: requirements that no killed fault violates", proof.unproven),
        ("TOOTHLESS: assertions that no fault made fail", tuple(map(str, proof.toothless))),
        ("PAIRS: of two faults at once, one hides the other or a third is blamed", tuple(map(str, proof.lost_pairs))),
    ):
        if lines:
            yield f"{title} ({len(lines)})"
            yield from (f"  {line}" for line in lines)
            yield ""


def _chapters(proof: Proof) -> Iterator[str]:
    yield f"{'chapter':<18}{'faults':>8}{'killed':>8}{'requirements':>14}{'seconds':>9}"
    for chapter, trials in proof.by_chapter.items():
        killed = [trial for trial in trials if trial.result is Result.KILLED]
        proved = {name for trial in killed for name in trial.named if name.startswith(f"{chapter}.")}
        seconds = sum(trial.seconds for trial in trials)
        yield f"{chapter:<18}{len(trials):>8}{len(killed):>8}{len(proved):>14}{seconds:>9.1f}"


def _rest(proof: Proof) -> Iterator[str]:
    yield f"{proof.mode}, {proof.seconds:.0f} s"
    if proof.pairs:
        yield f"{len(proof.pairs) - len(proof.lost_pairs)} of {len(proof.pairs)} pairs of faults told apart"
    if proof.excused:
        yield f"{len(proof.excused)} of {proof.asserted} assertions no fault can make fail; the code says why"


# --- Markdown ---


def markdown(proof: Proof) -> str:
    """The proof as a document: the answer, the chapters, what is wrong, and every fault with what noticed it."""
    lines = [f"# {headline(proof)}", "", table(as_json(proof)), *_problems(proof)]
    for chapter, trials in proof.by_chapter.items():
        lines += [
            f"## {chapter}",
            "",
            "| fault | | violates | noticed as |",
            "|---|---|---|---|",
            *map(_row, trials),
            "",
        ]
    return "\n".join(lines) + "\n"


def _problems(proof: Proof) -> Iterator[str]:
    wrong = list(_wrong(proof))
    if wrong:
        yield from ("## What is wrong", "", "```", *wrong, "```", "")


def _row(trial: Trial) -> str:
    fault = FAULTS[trial.fault]
    noticed = ", ".join(
        dict.fromkeys(it for name in trial.named if name in trial.violated for it in trial.violated[name].reasons)
    )
    return f"| `{fault.name}` | {_cell(fault.sentence)} | {', '.join(f'`{it}`' for it in fault.violates)} | {trial.result}: {noticed} |"


def _cell(words: str) -> str:
    return words.replace("|", "\\|")
