"""What a compared tool is: how it is set up in an environment of its own, run, and what its findings are."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from subject import Subject

HERE = Path(__file__).resolve().parent


class ToolMissing(RuntimeError):  # noqa: N818 - says what is the case
    """The tool cannot be installed on this machine; the message says why."""


class OutOfTime(RuntimeError):  # noqa: N818
    """A run took longer than it may; what it found until then is not known."""


class Tool(Protocol):
    """One of the compared tools."""

    name: str
    what: str
    settings: str

    def version(self) -> str:
        """Set the tool up where it is not; raises ToolMissing."""

    def findings(self, subject: Subject, related: Sequence[str], limit: float) -> frozenset[str]:
        """Run it once and name what it reports; raises OutOfTime after `limit` seconds.

        `related` are globs of requirements that the fault may touch, for a tool that can use them; empty: everything.
        """


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment that holds one tool, with the versions of pins/<package>.txt."""

    package: str

    @property
    def folder(self) -> Path:
        """Where it stands; git ignores it."""
        return HERE / f".env-{self.package}"

    @property
    def pins(self) -> Path:
        """The file that names the versions."""
        return HERE / "pins" / f"{self.package}.txt"

    def program(self, name: str) -> str:
        """The path of one of its programs."""
        return str(self.folder / ("Scripts" if os.name == "nt" else "bin") / name)

    def ready(self) -> str:
        """Make it where it is missing or its pins have changed; the tool's version."""
        made = self.folder / "pins.txt"
        if not made.is_file() or made.read_text("utf-8") != self.pins.read_text("utf-8"):
            self._make()
            made.write_text(self.pins.read_text("utf-8"), "utf-8")
        versions = (line.partition("==") for line in self.pins.read_text("utf-8").splitlines())
        return next(version for name, _, version in versions if name == self.package)

    def _make(self) -> None:
        print(f"setting up {self.package} in {self.folder.name}", file=sys.stderr)
        for command in (
            [sys.executable, "-m", "venv", "--clear", str(self.folder)],
            [self.program("python"), "-m", "pip", "install", "--quiet", "--no-deps", "-r", str(self.pins)],
        ):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                complaint = (done.stderr.strip() or done.stdout.strip()).splitlines()
                raise ToolMissing(f"could not be installed: {complaint[-1] if complaint else done.returncode}")


def run_program(
    command: Sequence[str], folder: Path, limit: float, variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a tool's program in a folder, at low priority; raises OutOfTime."""
    quietly = ["nice", "-n", "10", *command] if os.name == "posix" else list(command)
    environment = {**os.environ, "NO_COLOR": "1", "OVERSTEP_NO_HINTS": "1", **(variables or {})}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        return subprocess.run(
            quietly, cwd=folder, env=environment, capture_output=True, text=True, timeout=limit, check=False
        )
    except subprocess.TimeoutExpired as late:
        raise OutOfTime(f"stopped after {limit:.0f} s") from late
