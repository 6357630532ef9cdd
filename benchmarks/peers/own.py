"""This project's own suite, run by its command line as its users run it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from tools import run_program

from conformance import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from subject import Subject


class Own:
    """A finding is a requirement that a check found violated, whatever its level."""

    name = "this suite"
    what = "conformance suite of the InventoryPro REST API"
    settings = (
        "`conformance run target.toml` as it comes; with a fault only the requirements that its chapter touches are "
        "asked, as in `conformance selftest`, which finds at most what a whole run finds"
    )

    def version(self) -> str:
        """The version; nothing is to be set up."""
        return __version__

    def findings(self, subject: Subject, related: Sequence[str], limit: float) -> frozenset[str]:
        """Run it and name the violated requirements."""
        asked = [word for glob in related for word in ("--requirement", glob)]
        out = subject.folder / "run"
        command = [sys.executable, "-m", "conformance", "run", str(subject.target.path), "--quiet", "--out", str(out)]
        done = run_program([*command, *asked], subject.folder, limit)
        if not (out / "run.jsonl").is_file():
            raise RuntimeError(f"the suite ended with {done.returncode} and left no run: {done.stderr.strip()}")
        events = [json.loads(line) for line in (out / "run.jsonl").read_text("utf-8").splitlines()]
        return frozenset(str(event["requirement"]) for event in events if event.get("outcome") == "fail")
