"""The control commands of docs/control-command.md, tried on the bundled server: the suite rotates, disables and waits through them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conformance.reference.server import ReferenceServer

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCS = Path(__file__).resolve().parents[1] / "docs"
EXAMPLES = DOCS / "examples"
PROGRAM = str(Path(sys.executable).with_name("conformance"))
COMMANDS = {"shell": ["./acme-control"], "python": [sys.executable, "./acme-control.py"]}
CLIENT = "ipc-expendable-1"
LONGEST = 120


@dataclass(frozen=True)
class System:
    """The bundled server, administered by `acme-admin`; target files in `folder` name one of the control commands."""

    folder: Path
    environment: dict[str, str]

    def ask(self, command: list[str], **question: Any) -> tuple[int, dict[str, Any]]:
        """Ask the command one question, and return its exit status and its answer."""
        done = self._call(command, json.dumps(question))
        return done.returncode, json.loads(done.stdout)

    def run(self, command: list[str], *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the suite with the command as its control."""
        bundled = (self.folder / "bundled.toml").read_text("utf-8")
        control = f"[control]\ncommand = {json.dumps(command)}\n\n"
        own = re.sub(r"\[control\]\n.*?\n\n", lambda _: control, bundled, flags=re.DOTALL)
        (self.folder / "acme.toml").write_text(own, "utf-8")
        return self._call([PROGRAM, *arguments])

    def _call(self, command: list[str], question: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            input=question,
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST,
        )


@contextmanager
def administered(folder: Path) -> Iterator[System]:
    """Start a server beside a copy of the examples."""
    shutil.copytree(EXAMPLES, folder, dirs_exist_ok=True)
    with ReferenceServer() as server:
        server.write_target(folder / "bundled.toml")
        variables = {"ACME_TARGET": str(folder / "bundled.toml"), "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
        yield System(folder, os.environ | variables)


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    """A system of its own for each test: secrets are rotated."""
    with administered(tmp_path) as started:
        yield started


@pytest.mark.parametrize("language", COMMANDS)
def test_command_reaches_a_real_system(system: System, language: str) -> None:
    """Each action is carried out, and a refusal is told in the system's own words."""
    command = COMMANDS[language]

    status, described = system.ask(command, action="describe")
    assert (status, set(described["actions"])) == (0, {"describe", "rotate", "disable", "enable"})
    assert system.ask(command, action="disable", client_id=CLIENT) == (0, {})
    assert system.ask(command, action="enable", client_id=CLIENT) == (0, {})
    assert len(system.ask(command, action="rotate", client_id=CLIENT)[1]["client_secret"]) >= 20
    refused = system.ask(command, action="disable", client_id="nobody-of-this-name")
    assert refused == (1, {"error": "there is no client 'nobody-of-this-name'"})


@pytest.mark.parametrize("language", COMMANDS)
def test_suite_asks_through_the_command(system: System, language: str) -> None:
    """As the page does: the doctor sees the actions, and a secret is rotated."""
    command = COMMANDS[language]

    seen = system.run(command, "doctor", "acme.toml")
    asked = system.run(command, "run", "acme.toml", "--requirement", "rotation.old-secret", "--gate", "should")

    assert "control: it does not offer advance; what needs that is listed below" in " ".join(seen.stdout.split())
    assert asked.returncode == 0, asked.stdout + asked.stderr
    assert "1 passed / 1 exercised / 1 required" in asked.stdout
    assert (system.folder / "acme.toml.secrets").exists()


def test_time_passes_through_the_command(system: System) -> None:
    """With the lines of the page for `advance`, what takes minutes and hours is decided at once."""
    page = (DOCS / "control-command.md").read_text("utf-8")
    (lines,) = re.findall(r"```python\n(def describe_with_clock.*?)```", page, re.DOTALL)
    program = system.folder / "acme-control.py"
    program.write_text(program.read_text("utf-8").replace("\ndef main", f"\n{lines}\n\ndef main"), "utf-8")

    wanted = ("--requirement", "rotation.new-secret", "--requirement", "disabling.no-new-token")
    asked = system.run(COMMANDS["python"], "run", "acme.toml", *wanted)

    assert asked.returncode == 0, asked.stdout + asked.stderr
    assert "2 passed / 2 exercised / 2 required" in asked.stdout


def test_page_shows_the_commands_as_they_are() -> None:
    """What it quotes of them stands in them."""
    page = (DOCS / "control-command.md").read_text("utf-8")
    shell, python = ((EXAMPLES / name).read_text("utf-8") for name in ("acme-control", "acme-control.py"))
    (heart,) = re.findall(r"```sh\n(case .*?)```", page, re.DOTALL)
    (rotate,) = re.findall(r"```python\n(def rotate.*?)```", page, re.DOTALL)

    assert heart in shell
    assert rotate in python
