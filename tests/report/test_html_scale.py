"""The report of large runs: written quickly, never a file that nobody can open, and nothing to pay for other commands."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from conformance.contract.outcomes import Level, Outcome, Reason
from conformance.report.html import render
from conformance.report.run import Check, Exchange

if TYPE_CHECKING:
    from conftest import MakeRun

    from conformance.report.run import Run

BODY = '{"value": [' + ", ".join('{"shortID": "BOLT-M8-30"}' for _ in range(700)) + "]}"
MOST_BYTES = 15_000_000


def large(make_run: MakeRun, checks: int, failing: int) -> Run:
    """Make a run of so many checks over 200 requirements, every `failing`th violated with three long exchanges."""
    made = []
    for number in range(checks):
        fails = number % failing == 0
        cell = MappingProxyType(
            {
                "kind": "allowed",
                "question": "allowed",
                "operation": f"GET /R{number % 36}",
                "client": f"c{number // 36 % 30}",
            }
        )
        made.append(
            Check(
                f"ch{number % 20}.r{number % 200}/asked-in-some-way[{number} GET /Item as somebody]",
                f"ch{number % 20}.r{number % 200}",
                Level.MUST,
                Outcome.FAIL if fails else Outcome.PASS,
                reason=Reason.ACCEPTED if fails else None,
                message="assert 200 == 403" if fails else "",
                observed="x" * 400 if fails else None,
                where=f"test_a.py:{number % 50}",
                exchanges=(3 * number, 3 * number + 1, 3 * number + 2),
                cell=cell,
            )
        )
    return make_run(*made, exchanges=[_exchange(number) for number in range(3 * checks)])


def _exchange(number: int) -> Exchange:
    return Exchange(
        number, "full", None, 0.004, "GET", "https://acme.example/api/v1/Item", status=200, response_body=BODY
    )


def spent(run: Run) -> float:
    """Measure the least processor time of five renderings, in seconds; the machine has other things to do, too."""
    times = []
    for _ in range(5):
        began = time.process_time()
        render(run)
        times.append(time.process_time() - began)
    return min(times)


def test_three_thousand_checks_are_written_in_a_moment(make_run: MakeRun) -> None:
    """Nobody waits for the report after the run."""
    assert spent(large(make_run, 3000, failing=100)) < 0.3


def test_ten_thousand_checks_fit(make_run: MakeRun) -> None:
    """Even where every other one fails with answers as long as the transcript keeps them."""
    text = render(large(make_run, 10_000, failing=2))

    assert len(text.encode()) < MOST_BYTES
    assert "in exchanges.jsonl" in text.replace("<code>", "").replace("</code>", "")
    assert max(len(line) for line in text.splitlines()) < 1_000_000


def test_small_run_costs_next_to_nothing(make_run: MakeRun) -> None:
    """The kill matrix renders thousands of them in one process."""
    checks = [Check(f"a.r{number}/c", f"a.r{number}", Level.MUST, Outcome.PASS) for number in range(10)]

    assert spent(replace(make_run(*checks))) < 0.01


def test_other_commands_do_without_it() -> None:
    """Importing the formats imports no template engine."""
    code = "import sys, conformance.report.formats; print('jinja2' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"
