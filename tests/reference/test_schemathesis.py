"""A second opinion: Schemathesis by its own command line, with its own checks, finds nothing in the bundled server."""

from __future__ import annotations

import re
import ssl
import subprocess
import sys
from pathlib import Path

import httpx

from conformance.contract.specification import load_specification
from conformance.reference.server import ReferenceServer

SPECIFICATION = Path(__file__).parents[2] / "specs" / "openapi.yaml"
# A request that fits the document may be refused all the same: by which columns a list can be sorted is not documented,
# nor what the bodies of PUT, Receive, Move and Issue hold, nor which fields are required.
LEFT_OUT = "positive_data_acceptance"
SECONDS = 300


def token_of(server: ReferenceServer) -> str:
    """An access token of the client that may do everything."""
    account = server.service.store.accounts["ipc-full"]
    form = {
        "grant_type": "client_credentials",
        "client_id": account.client_id,
        "client_secret": account.secret,
    }
    with httpx.Client(verify=ssl.create_default_context(cadata=server.ca_pem.decode())) as client:
        return str(client.post(f"{server.base_url}/Token", data=form).json()["access_token"])


def test_schemathesis_finds_nothing(tmp_path: Path) -> None:
    """Every documented operation at every bound and at random: server errors, statuses, types, schemas, methods, auth."""
    authority = tmp_path / "ca.pem"
    program = Path(sys.executable).with_name("schemathesis")

    with ReferenceServer() as server:
        authority.write_bytes(server.ca_pem)
        done = subprocess.run(
            [
                program,
                "run",
                SPECIFICATION,
                *("--url", server.base_url, "--tls-verify", authority),
                *("--header", f"Authorization: Bearer {token_of(server)}"),
                *("--phases", "examples,coverage,fuzzing", "--max-examples", "5"),
                *("--exclude-checks", LEFT_OUT, "--continue-on-failure"),
                *("--seed", "1", "--generation-database", "none", "--no-color"),
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
    assert re.search(r"Tested: +(\d+)", done.stdout).group(1) == str(len(load_specification()))  # type: ignore[union-attr]
