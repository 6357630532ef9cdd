"""What ends a run before it starts: exit status 2 or 3, and a message that says what, where and what next."""

from __future__ import annotations

import http.server
import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import trustme

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import Call, Called, TargetFile

    from conformance.reference.server import ReferenceServer

    Setting = Callable[..., Callable[[str], str]]

QUICK = ("--requirement", "token.form")


def assert_ended_before(called: Called, out: Path, status: int, *said: str) -> None:
    """Nothing green, no traceback, no verdict in the run's folder, and everything that had to be said."""
    assert called.exit == status, called
    assert called.out == ""
    assert "Traceback" not in called.err
    for words in said:
        assert words in called.told, called.err
    assert not (out / "run.jsonl").is_file() or (out / "run.jsonl").read_text() == ""
    assert not (out / "junit.xml").exists()


# --- the target cannot be reached ---


def test_closed_port(call: Call, target_file: TargetFile, setting: Setting, tmp_path: Path) -> None:
    """Nothing listens where base_url points to."""
    target = target_file(edit=setting(base_url=f'"https://127.0.0.1:{closed_port()}/api/v1"'))

    called = call("run", target, *QUICK, "--out", tmp_path / "out")

    assert_ended_before(called, tmp_path / "out", 3, "127.0.0.1", "cannot be reached", "refused", "check base_url")


def test_host_that_does_not_resolve(call: Call, target_file: TargetFile, setting: Setting, tmp_path: Path) -> None:
    """The host of base_url has no address."""
    target = target_file(edit=setting(base_url='"https://nowhere.invalid/api/v1"'))

    called = call("run", target, *QUICK, "--out", tmp_path / "out")

    assert_ended_before(called, tmp_path / "out", 3, "nowhere.invalid", "cannot be resolved", "check base_url")


def test_certificate_of_another_authority(
    call: Call, target_file: TargetFile, setting: Setting, tmp_path: Path
) -> None:
    """ca_file names an authority that did not sign the target's certificate."""
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))
    target = target_file(edit=setting(ca_file='"other.pem"'))

    called = call("run", target, *QUICK, "--out", tmp_path / "out")

    assert_ended_before(called, tmp_path / "out", 3, "certificate", "not trusted", "ca_file", "other.pem")


def test_certificate_of_an_unknown_authority(call: Call, target_file: TargetFile, tmp_path: Path) -> None:
    """No ca_file, and the system does not know the authority."""
    target = target_file(edit=lambda text: "\n".join(line for line in text.splitlines() if "ca_file" not in line))

    called = call("run", target, *QUICK, "--out", tmp_path / "out")

    assert_ended_before(called, tmp_path / "out", 3, "certificate", "not trusted", "name the authority's PEM file")


def test_https_to_a_port_that_speaks_plain_http(
    call: Call, target_file: TargetFile, setting: Setting, server: ReferenceServer, tmp_path: Path
) -> None:
    """base_url says https where plain HTTP is spoken."""
    target = target_file(edit=setting(base_url=f'"{server.plain_http_url.replace("http://", "https://")}"'))

    called = call("run", target, *QUICK, "--out", tmp_path / "out")

    assert_ended_before(called, tmp_path / "out", 3, "does not speak TLS", "check the port of base_url")


def test_no_client_gets_a_token(call: Call, target_file: TargetFile, tmp_path: Path) -> None:
    """Every secret is refused: nothing could be exercised, so nothing begins."""
    target = target_file(edit=lambda text: text.replace('client_secret = "', 'client_secret = "not-'))

    called = call("run", target, *QUICK, "--out", tmp_path / "out")

    assert_ended_before(called, tmp_path / "out", 3, "no client gets a token", "full", "read-only", "expendable-1")
    assert "client full gets no token, neither by form nor by HTTP Basic (<POST /Token as full -> " in called.told
    assert "not-" not in called.told


# --- the control cannot be used ---


def test_control_that_cannot_be_reached(call: Call, target_file: TargetFile, setting: Setting, tmp_path: Path) -> None:
    """control.url points to a closed port."""
    target = target_file(edit=setting(url=f'"https://127.0.0.1:{closed_port()}/control"'))

    called = call("run", target, *QUICK, "--out", tmp_path / "out")

    assert_ended_before(called, tmp_path / "out", 3, "control describe", "cannot be reached", "check control.url")


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (500, b'{"error": "the clock is broken"}', "the clock is broken"),
        (403, b"<html>", "check control.token"),
        (200, b"hello", "not JSON"),
        (200, b'{"actions": 7}', '"actions"'),
    ],
    ids=["error", "refused", "no JSON", "no actions"],
)
def test_control_that_does_not_describe_itself(
    call: Call, target_file: TargetFile, setting: Setting, tmp_path: Path, status: int, body: bytes, words: str
) -> None:
    """control.url is answered with something else than a description."""
    with answering(status, body) as url:
        target = target_file(edit=setting(url=f'"{url}/control"'))

        called = call("run", target, *QUICK, "--out", tmp_path / "out")

    assert_ended_before(called, tmp_path / "out", 3, "control", words)


# --- wrong usage ---


def test_all_mistakes_of_a_target_file_are_told_at_once(
    call: Call, target_file: TargetFile, setting: Setting, tmp_path: Path
) -> None:
    """Five mistakes, five messages, each with its place."""
    target = target_file(
        edit=lambda text: (
            setting(
                base_url='"http://acme.example/api/v1"',
                concurrency='"many"',
                client_secret='{ env = "ACME_NOT_SET" }',
                read_only='"no"',
            )(text)
            + 'colour = "red"\n'
        )
    )

    called = call("run", target, *QUICK, "--out", tmp_path / "out")

    places = (
        "target.base_url",
        "limits.concurrency",
        "clients[0].client_secret: environment variable ACME_NOT_SET is not set",
        "clients[0].read_only",
        "colour",
    )
    assert_ended_before(called, tmp_path / "out", 2, *places)
    assert len(called.err.splitlines()) == 5
    assert not (tmp_path / "out").exists()


def test_target_file_that_does_not_exist(call: Call, tmp_path: Path) -> None:
    """The message says how to get one."""
    called = call("run", tmp_path / "acme.toml", "--out", tmp_path / "out")

    assert_ended_before(called, tmp_path / "out", 2, "acme.toml", "does not exist", "conformance init")


@pytest.mark.parametrize("command", ["run", "plan", "list"])
@pytest.mark.parametrize(
    ("option", "wrong", "close"),
    [("--requirement", "rotation.old-token-live-on", "rotation.old-tokens-live-on"), ("--profile", "oauht", "oauth")],
)
def test_name_that_does_not_exist(
    call: Call, target_file: TargetFile, tmp_path: Path, command: str, option: str, wrong: str, close: str
) -> None:
    """Neither a requirement nor a profile that does not exist quietly selects nothing."""
    arguments = () if command == "list" else (target_file(),)

    called = call(command, *arguments, option, wrong)

    assert_ended_before(called, tmp_path / "out", 2, wrong, f"did you mean {close}")


def test_output_folder_below_a_file(call: Call, target_file: TargetFile, tmp_path: Path) -> None:
    """A folder that cannot be made is told before anything is sent."""
    (tmp_path / "file").write_text("")

    called = call("run", target_file(), *QUICK, "--out", tmp_path / "file" / "out")

    assert_ended_before(called, tmp_path / "none", 2, "cannot be written", "name another folder with --out")


def test_output_folder_that_cannot_be_written(call: Call, target_file: TargetFile, tmp_path: Path) -> None:
    """Root may write nearly everywhere, but not there."""
    called = call("run", target_file(), *QUICK, "--out", "/proc/conformance")

    assert_ended_before(called, tmp_path / "none", 2, "/proc/conformance", "cannot be written", "--out")


def test_output_folder_that_holds_a_run_keeps_it(call: Call, target_file: TargetFile, tmp_path: Path) -> None:
    """An earlier run is never overwritten or added to."""
    first = call("run", target_file(), *QUICK, "--out", tmp_path / "out")
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}

    second = call("run", target_file(), *QUICK, "--out", tmp_path / "out")

    assert first.exit == 0
    assert second.exit == 2
    assert "holds a run already" in second.told
    assert "--out" in second.told
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


@pytest.mark.parametrize("command", ["run", "plan"])
def test_duration_that_is_none(call: Call, target_file: TargetFile, tmp_path: Path, command: str) -> None:
    """--longest-wait takes what the target file takes."""
    called = call(command, target_file(), "--longest-wait", "soon", "--out", tmp_path / "out")

    assert_ended_before(called, tmp_path / "out", 2, "--longest-wait", "5m")


def test_option_that_does_not_exist(call: Call) -> None:
    """Options are not guessed from their beginning either."""
    called = call("run", "--require", "token.form")

    assert called.exit == 2
    assert "--require" in called.err


def test_report_of_a_folder_without_a_run(call: Call, tmp_path: Path) -> None:
    """Another folder than a run's is told apart from a run that is incomplete."""
    called = call("report", tmp_path)

    assert_ended_before(called, tmp_path, 2, "holds no run.jsonl", "name the folder")


def test_report_in_a_format_that_does_not_exist(call: Call, target_file: TargetFile, tmp_path: Path) -> None:
    """The message names those that there are."""
    call("run", target_file(), *QUICK, "--out", tmp_path / "out")

    called = call("report", tmp_path / "out", "--format", "pdf")

    assert called.exit == 2
    assert called.out == ""
    assert "junit" in called.told


# --- what these tests ask at ---


def closed_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def answering(status: int, body: bytes) -> Iterator[str]:
    """A server that answers every POST the same; gives its address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Stay silent."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.server_port}"
        finally:
            listening.shutdown()
            thread.join()
