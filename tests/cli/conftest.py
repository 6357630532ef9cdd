"""A bundled server, target files that point to it, and two ways to call the command line: in this process and beside it."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from conformance.cli import main
from conformance.reference.server import ReferenceServer
from conformance.target import wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

FEW = ("full", "read-only", "expendable-1")
TOO_LONG = 60


@dataclass(frozen=True)
class Called:
    """What one call of the command line did; `lines` are those of standard error."""

    exit: int
    out: str
    err: str

    @property
    def told(self) -> str:
        """Everything that was said, on one line, for messages that are wrapped."""
        return " ".join(f"{self.out} {self.err}".split())


class Call(Protocol):
    """Calls the command line."""

    def __call__(
        self, *arguments: object, cwd: Path | None = None, environment: Mapping[str, str] | None = None
    ) -> Called:
        """Call it and wait for its end."""


class TargetFile(Protocol):
    """Writes a target file for the bundled server."""

    def __call__(self, *, clients: tuple[str, ...] = FEW, edit: Callable[[str], str] = str) -> Path:
        """Write one that declares these clients, with its text changed by `edit`."""


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask a dead target for signs of life without pausing in between."""
    monkeypatch.setattr(wire, "SIGNS_OF_LIFE", (0.0, 0.01))


@pytest.fixture(scope="session")
def server() -> Iterator[ReferenceServer]:
    """The bundled server, for tests that leave it as it was."""
    with ReferenceServer() as running:
        yield running


@pytest.fixture
def target_file(server: ReferenceServer, tmp_path: Path) -> TargetFile:
    """Write a target file for the shared server."""
    return writing(server, tmp_path)


def writing(server: ReferenceServer, folder: Path) -> TargetFile:
    """Write target files for a server into a folder."""

    def write(*, clients: tuple[str, ...] = FEW, edit: Callable[[str], str] = str) -> Path:
        path = server.write_target(folder / "acme.toml")
        path.write_text(edit(with_clients(path.read_text("utf-8"), clients)), encoding="utf-8")
        return path

    return write


@pytest.fixture
def target_of(tmp_path: Path) -> Callable[[ReferenceServer], TargetFile]:
    """Write a target file for a server of the test's own."""
    return lambda server: writing(server, tmp_path)


def with_clients(text: str, names: tuple[str, ...]) -> str:
    """Keep the clients of these names."""
    head, *clients = text.split("[[clients]]")
    kept = [client for client in clients if client.split('name = "')[1].split('"')[0] in names]
    return "[[clients]]".join([head, *kept])


@pytest.fixture
def without() -> Callable[[str], Callable[[str], str]]:
    """Give an edit that removes a table, or every table under it, from a target file."""
    return lambda table: lambda text: re.sub(rf"(?ms)^\[{re.escape(table)}[\].].*?(?=^\[)", "", text)


@pytest.fixture
def setting() -> Callable[..., Callable[[str], str]]:
    """Give an edit that sets the first line of each key to a TOML value."""

    def edit(**values: str) -> Callable[[str], str]:
        def change(text: str) -> str:
            for key, value in values.items():
                line = f"{key} = {value}".replace("\\", r"\\")
                text, number = re.subn(rf"(?m)^{key} = .*$", line, text, count=1)
                assert number == 1, f"the target file has no {key}"
            return text

        return change

    return edit


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Call the command line in this process: quick, and monkeypatches reach it."""

    def run(*arguments: object, cwd: Path | None = None, environment: Mapping[str, str] | None = None) -> Called:
        for name, value in (environment or {}).items():
            monkeypatch.setenv(name, value)
        if cwd is not None:
            monkeypatch.chdir(cwd)
        capsys.readouterr()
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as ended:  # argparse's own way to end
            status = ended.code if isinstance(ended.code, int) else 1
        said = capsys.readouterr()
        return Called(status, said.out, said.err)

    return run


@pytest.fixture
def program() -> Call:
    """Call the command line as a program of its own."""

    def run(*arguments: object, cwd: Path | None = None, environment: Mapping[str, str] | None = None) -> Called:
        done = subprocess.run(
            [Path(sys.executable).with_name("conformance"), *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            cwd=cwd,
            env=environment,
            timeout=TOO_LONG,
        )
        return Called(done.returncode, done.stdout, done.stderr)

    return run
