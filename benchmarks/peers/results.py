"""What was measured: one file, results.json, from which the tables are made."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).resolve().with_name("results.json")
SHOWN = 5
"""New findings that are kept of a trial, as evidence."""


@dataclass(slots=True)
class Trial:
    """One run of one tool against the server with one fault; `new` holds some findings that the right server does not get.

    `seconds` passed, `processor` seconds of them the tool was computing, without the server. `stopped`: out of time.
    """

    killed: bool
    seconds: float
    processor: float
    requests: int
    new: list[str] = field(default_factory=list)
    stopped: bool = False


@dataclass(slots=True)
class Measured:
    """What one tool did. `usual` is what it reports without a fault: false alarms, and lines that begin with "warning".

    `restless` of its `controls` runs without a fault reported something that the ones before had not.
    """

    name: str
    version: str
    what: str
    settings: str
    unavailable: str | None = None
    usual: list[str] = field(default_factory=list)
    controls: int = 0
    restless: int = 0
    seconds: float = 0.0
    processor: float = 0.0
    requests: int = 0
    trials: dict[str, Trial] = field(default_factory=dict)


@dataclass(slots=True)
class Results:
    """Everything; `chapters` names the chapter of each tried fault, `faults` counts all that there are in each."""

    date: str
    machine: str
    python: str
    suite: str
    limit: float
    seed: int
    faults: dict[str, int]
    chapters: dict[str, str]
    tools: list[Measured] = field(default_factory=list)

    def save(self, path: Path = RESULTS) -> None:
        """Write the file."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", "utf-8")


def load(path: Path = RESULTS) -> dict[str, Any]:
    """Read the file as it stands."""
    content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return content


def earlier(content: dict[str, Any], name: str, version: str) -> Measured | None:
    """What a file's content holds of a tool in this version, without stopped runs; None if it holds nothing."""
    for tool in content.get("tools", []):
        if tool["name"] == name and tool["version"] == version and tool["controls"]:
            trials = {fault: Trial(**trial) for fault, trial in tool["trials"].items() if not trial["stopped"]}
            return Measured(**{**tool, "trials": trials})
    return None
