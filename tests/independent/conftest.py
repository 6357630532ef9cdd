"""Starts the independent server: written by others, in another language, from the documents alone."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trustme

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SERVER = Path(__file__).parent / "server.mjs"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate authority (ca.pem) and a certificate for the loopback address (leaf.pem, leaf.key)."""
    folder = tmp_path_factory.mktemp("certificate")
    authority = trustme.CA()
    leaf = authority.issue_cert("127.0.0.1", "localhost")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    leaf.private_key_pem.write_to_path(folder / "leaf.key")
    for number, part in enumerate(leaf.cert_chain_pems):
        part.write_to_path(folder / "leaf.pem", append=number > 0)
    return folder


@pytest.fixture
def serve(certificate: Path, tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Starts the server with a configuration and faults, and gives its target file."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed; the independent server needs it (Debian, Ubuntu: apt-get install nodejs)")
    running: list[subprocess.Popen[str]] = []

    def start(config: dict[str, object], *faults: str) -> Path:
        target = tmp_path / "target.toml"
        files = ["--cert", "leaf.pem", "--key", "leaf.key", "--ca-file", str(certificate / "ca.pem")]
        options = ["--port", "0", "--write-target", str(target), "--config", json.dumps(config)]
        chosen = [word for fault in faults for word in ("--fault", fault)]
        server = subprocess.Popen(
            [node, str(SERVER), *files, *options, *chosen], stdout=subprocess.PIPE, text=True, cwd=certificate
        )
        running.append(server)
        assert server.stdout is not None
        assert server.stdout.readline().startswith("listening ")
        return target

    yield start
    for server in running:
        server.terminate()
        server.wait(timeout=10)
        assert server.stdout is not None
        server.stdout.close()
