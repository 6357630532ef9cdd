"""A server starts and stops quickly, serves over TLS, and describes itself in a target file."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import tomllib
from typing import TYPE_CHECKING

import httpx
import pytest

from conformance.reference.command import serve
from conformance.reference.listeners import tls_context
from conformance.reference.names import UnknownFaultError
from conformance.reference.server import ReferenceServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def server() -> Iterator[ReferenceServer]:
    """Give a running server."""
    with ReferenceServer() as running:
        yield running


@pytest.fixture(scope="module")
def client(server: ReferenceServer) -> Iterator[httpx.Client]:
    """Give an HTTP client that trusts the server."""
    context = ssl.create_default_context(cadata=server.ca_pem.decode())
    with httpx.Client(verify=context) as client:
        yield client


def _token(server: ReferenceServer, client: httpx.Client, name: str = "full") -> str:
    account = server.service.store.accounts[f"ipc-{name}"]
    form = {"grant_type": "client_credentials", "client_id": account.client_id, "client_secret": account.secret}
    answer = client.post(f"{server.base_url}/Token", data=form)
    assert answer.status_code == 200
    return str(answer.json()["access_token"])


def test_server_answers_over_tls(server: ReferenceServer, client: httpx.Client) -> None:
    """Credentials get a token, and the token a page of items."""
    headers = {"Authorization": f"Bearer {_token(server, client)}"}
    answer = client.get(f"{server.base_url}/Item?page=1&pageSize=10", headers=headers)

    assert answer.status_code == 200
    assert len(answer.json()["value"]) == 10
    assert "date" in answer.headers


def test_plain_address_refuses_everything(server: ReferenceServer, client: httpx.Client) -> None:
    """Neither credentials nor a token get anything but 403."""
    account = server.service.store.accounts["ipc-full"]
    form = {"grant_type": "client_credentials", "client_id": "ipc-full", "client_secret": account.secret}
    headers = {"Authorization": f"Bearer {_token(server, client)}"}
    answers = [
        client.post(f"{server.plain_http_url}/Token", data=form),
        client.get(f"{server.plain_http_url}/Item", headers=headers),
        client.post(server.plain_http_url.replace("/api/v1", "/control"), json={"action": "describe"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert "access_token" not in answers[0].text


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_newer_tls_is_spoken(server: ReferenceServer, version: ssl.TLSVersion) -> None:
    """Versions 1.2 and 1.3 are spoken; what the server asks for goes out over TLS alone."""
    context = ssl.create_default_context(cadata=server.ca_pem.decode())
    context.minimum_version = context.maximum_version = version
    answer = httpx.get(f"{server.base_url}/Item", verify=context)
    plain = httpx.get(f"{server.plain_http_url}/Item")

    assert answer.headers["strict-transport-security"]
    assert "strict-transport-security" not in plain.headers


def test_older_tls_is_not_spoken(server: ReferenceServer) -> None:
    """A client that can do no better than version 1.1 gets no connection; a server that allows it gives one."""
    host, port = server.base_url.removeprefix("https://").removesuffix("/api/v1").split(":")
    context = ssl.create_default_context(cadata=server.ca_pem.decode())
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1

    with socket.create_connection((host, int(port))) as raw, pytest.raises(ssl.SSLError):
        context.wrap_socket(raw, server_hostname=host)
    assert tls_context(host, ssl.TLSVersion.TLSv1).minimum_version is ssl.TLSVersion.TLSv1


def test_target_file_is_ready(server: ReferenceServer, client: httpx.Client, tmp_path: Path) -> None:
    """It is TOML, names the certificate authority beside it, and holds every client's working secret."""
    path = server.write_target(tmp_path / "bundled.toml")
    target = tomllib.loads(path.read_text(encoding="utf-8"))

    assert target["target"]["base_url"] == server.base_url
    assert (tmp_path / target["target"]["ca_file"]).read_bytes() == server.ca_pem
    assert target["target"]["ca_file"] == "bundled-ca.pem"
    assert target["control"] == {"url": server.control_url, "token": server.control_token}
    assert set(target["examples"]) == {
        "POST /Inventory/Receive",
        "POST /Inventory/Move",
        "POST /Inventory/Issue",
        "POST /Webhook",
        "PUT /Webhook/{id}",
    }
    assert len(target["target"]["resources"]) == 12
    assert target["data"]["aliases"]["OLD-BOLT"] == "BOLT-M8-30"
    assert path.stat().st_mode & 0o777 == 0o600
    for declared in target["clients"]:
        form = {"grant_type": "client_credentials"}
        auth = (declared["client_id"].encode(), declared["client_secret"].encode())
        assert client.post(f"{server.base_url}/Token", data=form, auth=auth).status_code == 200


def test_fault_activity_is_told() -> None:
    """A fault is active once it has decided otherwise."""
    with ReferenceServer(faults=["bearer.any-scheme"]) as server:
        context = ssl.create_default_context(cadata=server.ca_pem.decode())
        with httpx.Client(verify=context) as client:
            token = _token(server, client)
            before = server.fault_was_active("bearer.any-scheme")
            status = client.get(f"{server.base_url}/Item", headers={"Authorization": f"Token {token}"}).status_code

        assert (before, status) == (False, 200)
        assert server.fault_was_active("bearer.any-scheme")


def test_connection_can_be_dropped() -> None:
    """One fault answers a forged token with a closed connection, and the server goes on."""
    with ReferenceServer(faults=["bearer.unsigned-drops-connection"]) as server:
        context = ssl.create_default_context(cadata=server.ca_pem.decode())
        with httpx.Client(verify=context) as client:
            token = _token(server, client)
            unsigned = "eyJhbGciOiJub25lIn0." + token.split(".")[1] + "."
            with pytest.raises(httpx.TransportError):
                client.get(f"{server.base_url}/Item", headers={"Authorization": f"Bearer {unsigned}"})

            answer = client.get(f"{server.base_url}/Item", headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 200


def test_closed_plain_address_refuses_connections() -> None:
    """In a dialect without plain HTTP nobody listens there."""
    with ReferenceServer(dialect="terse") as server, pytest.raises(httpx.ConnectError):
        httpx.get(f"{server.plain_http_url}/Item")


def test_many_servers_start_and_stop_quickly(server: ReferenceServer) -> None:
    """Ten servers at once take less than 40 ms each to start, and stop under live connections."""
    context = ssl.create_default_context(cadata=server.ca_pem.decode())
    began = time.perf_counter()
    servers = [ReferenceServer().start() for _ in range(10)]
    started = time.perf_counter()
    with httpx.Client(verify=context) as client:
        for one in servers:
            assert client.get(f"{one.base_url}/Item").status_code == 401
        stopping = time.perf_counter()
        for one in servers:
            one.stop()
            one.stop()
    stopped = time.perf_counter()

    assert (started - began) / 10 < 0.04
    assert (stopped - stopping) / 10 < 0.04
    assert len({one.base_url for one in servers}) == 10


def test_stopping_does_not_wait_for_slow_requests() -> None:
    """A client in the middle of a request does not keep the server alive."""
    with ReferenceServer() as server:
        host, port = server.base_url.removeprefix("https://").removesuffix("/api/v1").split(":")
        context = ssl.create_default_context(cadata=server.ca_pem.decode())
        with context.wrap_socket(socket.create_connection((host, int(port))), server_hostname=host) as connection:
            connection.sendall(b"POST /api/v1/Token HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
            time.sleep(0.05)
            began = time.perf_counter()
            server.stop()

    assert time.perf_counter() - began < 1
    assert not any(thread.name == "reference-server" and not thread.daemon for thread in threading.enumerate())


def test_taken_port_is_told(server: ReferenceServer, capsys: pytest.CaptureFixture[str]) -> None:
    """The command says which address it cannot have, and ends with status 2."""
    port = int(server.base_url.removesuffix("/api/v1").rpartition(":")[2])

    assert serve(port=port) == 2
    assert f"127.0.0.1:{port}" in capsys.readouterr().err


def test_unknown_names_are_refused() -> None:
    """Neither a fault nor a dialect is guessed."""
    with pytest.raises(UnknownFaultError, match="did you mean expiry"):
        ReferenceServer(faults=["expiry.neverr"])
    with pytest.raises(UnknownFaultError, match="known are plain"):
        ReferenceServer(dialect="zzz")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_command_serves_until_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    """It prints its address and the target file's path, and ends with status 0."""
    path = tmp_path / "served.toml"
    code = f"from conformance.reference.command import serve; raise SystemExit(serve(write_target={str(path)!r}))"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=os.environ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().strip() for _ in range(4)]
        process.send_signal(number)
        process.stdout.read()
        status = process.wait(10)

    assert lines[0].startswith("serving https://127.0.0.1:")
    assert lines[3] == f"target file {path}"
    assert status == 0
