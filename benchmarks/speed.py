"""Measures what a user waits for: a whole run, the bare replay of its requests, and the start of the program.

    .venv/bin/python benchmarks/speed.py [ROUNDS]

Suite and server run in processes of their own, as in `conformance run`. The replay sends the same requests again, one
after the other, with one httpx client and nothing else. Figures are medians; each round measures all of them.
"""

from __future__ import annotations

import io
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from conformance.cli import SECONDS_BETWEEN_THREADS
from conformance.narrator import Narrator
from conformance.runner import Options, run_suite
from conformance.target.recorder import Recorder, Wired
from conformance.target.wire import trusting

if TYPE_CHECKING:
    from collections.abc import Iterator


def main() -> None:
    """Print the figures as one JSON object."""
    sys.setswitchinterval(SECONDS_BETWEEN_THREADS)
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    measured = [one_round() for _ in range(rounds)]
    figures = {name: round(statistics.median(found[name] for found in measured), 3) for name in measured[0]}
    figures["run over replay"] = round(figures["run, s"] / figures["replay, s"], 2)
    machine = {"python": platform.python_version(), "cores": os.cpu_count(), "machine": platform.machine()}
    print(json.dumps({"rounds": rounds, "machine": machine, "figures": figures}, indent=2))


def one_round() -> dict[str, float]:
    """Seconds of one run, of its replay and of `conformance --help`; requests and checks of the run."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = subprocess.Popen(
            [sys.executable, "-m", "conformance", "serve", "--write-target", str(folder / "target.toml")],
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert server.stdout is not None
            next(line for line in server.stdout if (folder / "target.toml").exists())
            return measure(folder)
        finally:
            server.terminate()
            server.wait()


def measure(folder: Path) -> dict[str, float]:
    """Run, replay, start."""
    sent: list[Wired] = []
    record = Recorder.record

    def remembering(self: Recorder, wired: Wired) -> int:
        sent.append(wired)
        return record(self, wired)

    Recorder.record = remembering  # type: ignore[method-assign]
    try:
        began = time.perf_counter()
        finished = run_suite(folder / "target.toml", Options(out=folder / "run"), Narrator(io.StringIO(), quiet=True))
        run = time.perf_counter() - began
    finally:
        Recorder.record = record  # type: ignore[method-assign]
    assert finished.run is not None
    assert finished.exit == 0
    over_tls = [wired for wired in sent if wired.url.startswith("https://") and "/control" not in wired.url]
    return {
        "run, s": run,
        "replay, s": replay(over_tls, str(folder / "target-ca.pem")),
        "help, s": timed("--help"),
        "requests": len(sent),
        "checks": len(finished.run.checks),
    }


def replay(sent: list[Wired], ca_file: str) -> float:
    """Seconds that the same requests take with one client; tokens may have ended, the server works all the same."""
    with httpx.Client(verify=trusting(ca_file), trust_env=False) as client:
        began = time.perf_counter()
        for arguments in prepared(sent):
            client.request(**arguments)
        return time.perf_counter() - began


def prepared(sent: list[Wired]) -> Iterator[dict[str, Any]]:
    """What httpx needs to send each request again."""
    own = {"host", "content-length", "connection", "accept-encoding"}
    for wired in sent:
        headers = [(name, value) for name, value in wired.request_headers if name.lower() not in own]
        yield {"method": wired.method, "url": wired.url, "headers": headers, "content": wired.request_body or None}


def timed(*arguments: str) -> float:
    """Seconds of one command."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "conformance", *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
