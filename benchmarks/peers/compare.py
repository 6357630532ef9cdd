"""Runs this suite and other tools side by side against the bundled server: without a fault, and with one at a time.

    .venv/bin/python benchmarks/peers/compare.py                      a sample of faults, every tool
    .venv/bin/python benchmarks/peers/compare.py --all                every fault: a night's work
    .venv/bin/python benchmarks/peers/compare.py --sample 60 --seed 2
    .venv/bin/python benchmarks/peers/compare.py --faults 'read-only.*' --tool overstep --out /tmp/part.json
    .venv/bin/python benchmarks/peers/compare.py --table              only make the tables of what was measured

Each tool is set up in an environment of its own beside this file (`.env-<tool>`, versions in pins/). The server begins
anew for each run. A fault is found where a tool reports anything that it reports in none of its runs without a fault.
"""

from __future__ import annotations

import argparse
import fnmatch
import os
import platform
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import results as outcome
import table
from authztrace_tool import AuthzTrace
from overstep_tool import Overstep
from own import Own
from results import RESULTS, SHOWN, Measured, Results, Trial
from sample import by_chapter, chapter_of, draw
from schemathesis_tool import Schemathesis
from subject import serving
from tools import OutOfTime, Tool, ToolMissing

from conformance import __version__
from conformance.reference.faults import FAULTS
from conformance.selftest.touched import related

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.reference.faults.fault import Fault

TOOLS: tuple[type[Own | Schemathesis | Overstep | AuthzTrace], ...] = (Own, Schemathesis, Overstep, AuthzTrace)
CONTROLS = 2
PATIENCE = 3
"""How many times the limit a run without a fault may take: it is the one that the others are judged by."""


def main() -> None:
    """Compare, write results.json, print the table."""
    given = _arguments().parse_args()
    if given.table:
        print(table.short(outcome.load(given.out)))
        return
    faults = _chosen(given)
    if not faults:
        sys.exit("no fault is called so; `conformance serve --fault x` lists similar names")
    # Read before it may be written.
    before = outcome.load(given.resume) if given.resume else {}
    measured = Results(
        date=datetime.now(UTC).date().isoformat(),
        machine=_machine(),
        python=platform.python_version(),
        suite=__version__,
        limit=given.limit,
        seed=given.seed,
        faults={name: len(members) for name, members in by_chapter(FAULTS.values()).items()},
        chapters={fault.name: chapter_of(fault) for fault in faults},
    )
    for kind in TOOLS:
        tool = kind()
        if not given.tool or tool.name.lower() in given.tool:
            for so_far in _measuring(tool, faults, given, before):
                replace(measured, tools=[*measured.tools, so_far]).save(given.out)
            measured.tools.append(so_far)
    print(table.short(outcome.load(given.out)))


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=60, metavar="N", help="so many faults (default: 60)")
    parser.add_argument("--seed", type=int, default=1, help="which sample is drawn (default: 1)")
    parser.add_argument("--all", action="store_true", help="all faults")
    parser.add_argument("--faults", action="append", metavar="GLOB", help="those that a glob matches; may be repeated")
    parser.add_argument(
        "--tool", action="append", type=str.lower, metavar="NAME", help="only this tool; may be repeated"
    )
    parser.add_argument("--whole", action="store_true", help="run this suite as a whole with each fault, too")
    parser.add_argument("--limit", type=float, default=120, metavar="SECONDS", help="of one run (default: 120)")
    parser.add_argument("--out", type=Path, default=RESULTS, metavar="FILE", help="default: results.json here")
    parser.add_argument("--resume", type=Path, metavar="FILE", help="keep what this earlier result holds already")
    parser.add_argument("--table", action="store_true", help="measure nothing; print the table of what was measured")
    return parser


def _chosen(given: argparse.Namespace) -> list[Fault]:
    faults = list(FAULTS.values())
    if given.faults:
        return [fault for fault in faults if any(fnmatch.fnmatchcase(fault.name, glob) for glob in given.faults)]
    return faults if given.all else draw(faults, given.sample, given.seed)


def _machine() -> str:
    return f"{os.cpu_count()} virtual cores ({platform.machine()}, {platform.system()}), used by other programs as well"


def _measuring(
    tool: Tool, faults: Sequence[Fault], given: argparse.Namespace, before: dict[str, Any]
) -> Iterator[Measured]:
    """Set one tool up and run it against everything; what is known of it after each run."""
    measured = Measured(tool.name, "", tool.what, tool.settings)
    try:
        measured.version = tool.version()
    except ToolMissing as missing:
        measured.unavailable = str(missing)
        yield measured
        return
    kept = outcome.earlier(before, tool.name, measured.version)
    if kept is None:
        _control(tool, measured, given.limit)
    else:
        measured = replace(kept, trials={})
    for number, fault in enumerate(faults, 1):
        known = kept.trials.get(fault.name) if kept else None
        trial = measured.trials[fault.name] = known or _trial(tool, fault, frozenset(measured.usual), given)
        verdict = "found" if trial.killed else "stopped" if trial.stopped else "not found"
        print(f"{tool.name} {number}/{len(faults)} {fault.name}: {verdict}, {trial.seconds:.1f} s", file=sys.stderr)
        yield measured


def _trial(tool: Tool, fault: Fault, usual: frozenset[str], given: argparse.Namespace) -> Trial:
    """Run it with one fault."""
    asked = () if given.whole else related(fault.violates)
    trial, found = _run(tool, [fault.name], asked, given.limit)
    trial.new = sorted(found - usual)[:SHOWN]
    trial.killed = bool(trial.new)
    return trial


def _control(tool: Tool, measured: Measured, limit: float) -> None:
    """Run it without a fault, several times: what it reports in any of them is no news later."""
    usual: frozenset[str] = frozenset()
    trials: list[Trial] = []
    for number in range(CONTROLS):
        trial, found = _run(tool, [], (), PATIENCE * limit)
        trials.append(trial)
        measured.restless += bool(number and found - usual)
        usual |= found
    measured.controls = len(trials)
    measured.usual = sorted(usual)
    measured.seconds = round(statistics.median(trial.seconds for trial in trials), 1)
    measured.processor = round(statistics.median(trial.processor for trial in trials), 1)
    measured.requests = round(statistics.median(trial.requests for trial in trials))
    print(f"{tool.name} without faults: {len(usual)} findings, {measured.seconds} s", file=sys.stderr)


def _run(tool: Tool, faults: Sequence[str], asked: Sequence[str], limit: float) -> tuple[Trial, frozenset[str]]:
    """Run it once against a server of its own."""
    trial = Trial(killed=False, seconds=0.0, processor=0.0, requests=0)
    found: frozenset[str] = frozenset()
    with tempfile.TemporaryDirectory(prefix="peers-") as folder, serving(faults, Path(folder)) as subject:
        began, computed = time.perf_counter(), _computed()
        try:
            found = tool.findings(subject, asked, limit)
        except OutOfTime:
            trial.stopped = True
        trial.seconds = round(time.perf_counter() - began, 1)
        trial.processor = round(_computed() - computed, 1)
        trial.requests = subject.count.requests
    return trial, found


def _computed() -> float:
    """Processor seconds of the programs that were run until now."""
    times = os.times()
    return times.children_user + times.children_system


if __name__ == "__main__":
    main()
