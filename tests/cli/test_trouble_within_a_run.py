"""What goes wrong while a run is going on: nothing recorded is lost, nothing unexercised is green."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from conformance.reference import control as reference_control
from conformance.reference.server import ReferenceServer
from conformance.report.writer import RunLogWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from conftest import Call, TargetFile

    Setting = Callable[..., Callable[[str], str]]

ROOM = 150_000
"""Bytes that a file may have on the full disk of these tests: the log's first line fits, not every exchange."""


def events(folder: Path) -> list[dict[str, Any]]:
    """The events that a run wrote down."""
    return [json.loads(line) for line in (folder / "run.jsonl").read_text("utf-8").splitlines()]


def outcomes(folder: Path) -> dict[str, tuple[str, str | None]]:
    """Outcome and reason of each check by its id."""
    return {event["id"]: (event["outcome"], event["reason"]) for event in events(folder) if event["event"] == "check"}


# --- a part of the target is out of use ---


def test_client_that_gets_no_token_blocks_its_own_checks_alone(
    call: Call, target_file: TargetFile, tmp_path: Path
) -> None:
    """One of several secrets is wrong: the run goes on, and is partial."""
    target = target_file(edit=lambda text: wrong_secret(text, "read-only"))

    called = call("run", target, "--requirement", "authorization.*", "--out", tmp_path / "out")

    assert called.exit == 5
    assert "client read-only gets no token" in called.told
    found = outcomes(tmp_path / "out")
    assert {found[name] for name in found if "as read-only" in name} == {("blocked", "no-token")}
    assert ("pass", None) in {found[name] for name in found if "as read-only" not in name}


def test_missing_control_action_blocks_what_needs_it(
    call: Call, target_file: TargetFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The report names the action."""
    described = {"actions": ["describe", "advance", "disable", "enable"]}
    monkeypatch.setitem(reference_control._ACTIONS, "describe", lambda _service, _question: described)

    called = call("run", target_file(), "--requirement", "rotation.new-secret", "--out", tmp_path / "out")

    assert called.exit == 5
    assert "does not offer rotate" in called.told
    assert set(outcomes(tmp_path / "out").values()) == {("blocked", "no-control-action")}


def test_target_that_dies_midway(
    call: Call, target_of: Callable[[ReferenceServer], TargetFile], tmp_path: Path
) -> None:
    """The rest is blocked, the end is written, and the run is partial."""
    with ReferenceServer() as server:
        target, out = target_of(server)(), tmp_path / "out"

        def kill() -> None:
            wait_for_lines(out / "exchanges.jsonl", 60)
            server.stop()

        assassin = threading.Thread(target=kill)
        assassin.start()
        called = call("run", target, "--profile", "authentication", "--requirement", "bearer.*", "--out", out)
        assassin.join()

    assert called.exit == 5
    assert "no longer answers" in called.told
    assert events(out)[-1]["event"] == "end"
    assert events(out)[-1]["conclusion"] == "partial"
    assert ("blocked", "target-lost") in outcomes(out).values()
    assert "fail" not in {outcome for outcome, _ in outcomes(out).values()}


# --- nothing is exercised ---


@pytest.mark.parametrize(
    ("clients", "pattern"),
    [
        (("full",), "authorization.read-only"),
        (("full", "read-only"), "rotation.*"),
        (("full",), "authorization.warehouse-*"),
    ],
)
def test_selection_that_cannot_be_exercised_is_no_pass(
    call: Call, target_file: TargetFile, tmp_path: Path, clients: tuple[str, ...], pattern: str
) -> None:
    """For want of a client nothing is asked: partial, and the message says which client to add."""
    called = call("run", target_file(clients=clients), "--requirement", pattern, "--out", tmp_path / "out")

    assert called.exit == 5
    assert "add" in called.told
    assert "0 passed / 0 exercised" in called.told
    assert "CONFORMANT" not in called.out.split()


def test_selection_of_what_cannot_be_checked_is_no_pass(call: Call, target_file: TargetFile, tmp_path: Path) -> None:
    """Not one check is collected."""
    called = call("run", target_file(), "--requirement", "advice.*", "--out", tmp_path / "out")

    assert called.exit == 4
    assert "not a single check ran" in called.told


def test_long_wait_is_pending_and_no_pass(
    call: Call, target_file: TargetFile, without: Callable[[str], Callable[[str], str]], tmp_path: Path
) -> None:
    """Without a control four hours would have to be waited for."""
    target = target_file(edit=without("control"))

    called = call("run", target, "--requirement", "expiry.ends", "--out", tmp_path / "out")

    assert called.exit == 6
    assert "--longest-wait" in called.told
    assert {outcome for outcome, _ in outcomes(tmp_path / "out").values()} == {"pending"}


def test_clients_without_any_right_leave_the_run_partial(call: Call, target_file: TargetFile, tmp_path: Path) -> None:
    """A client that may nothing gets a token, and that is all that can be shown."""
    called = call("run", target_file(clients=("none",)), "--requirement", "token.*", "--out", tmp_path / "out")

    assert called.exit == 5
    assert "suite_error" not in {outcome for outcome, _ in outcomes(tmp_path / "out").values()}


# --- the disk ---


def test_full_disk_keeps_what_was_recorded(target_file: TargetFile, tmp_path: Path) -> None:
    """Exit status 4, the place that cannot be written, and every event that was written before."""
    target, out = target_file(), tmp_path / "out"

    done = subprocess.run(
        [sys.executable, "-m", "conformance", "run", target, "--requirement", "[bt]*.*", "--out", out],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, ROOM)),
        timeout=60,
    )

    assert done.returncode == 4, done.stderr
    assert "cannot be written" in done.stderr
    assert "make room" in done.stderr
    assert "Traceback" not in done.stderr
    assert "CONFORMANT" not in done.stdout
    recorded = (out / "exchanges.jsonl").read_bytes()
    assert len(recorded) > ROOM // 2
    assert json.loads(recorded.splitlines()[0])["id"] == 1


def test_log_that_cannot_be_written_ends_the_run(
    call: Call, target_file: TargetFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The third check event meets a full disk: no further check is asked, and the run is no run."""
    write = RunLogWriter.event
    written: list[Mapping[str, object]] = []

    def until_full(writer: RunLogWriter, event: Mapping[str, object]) -> None:
        written.append(event)
        if len(written) > 3:
            raise writer._trouble(str(writer.folder / "run.jsonl"), OSError(28, "No space left on device"))
        write(writer, event)

    monkeypatch.setattr(RunLogWriter, "event", until_full)

    called = call("run", target_file(), "--requirement", "token.*", "--out", tmp_path / "out")

    assert called.exit == 4
    assert "No space left on device" in called.told
    assert "CONFORMANT" not in called.out.split()
    assert [event["event"] for event in events(tmp_path / "out")] == ["run", "check", "check"]


# --- the person at the terminal ---


def test_interrupted_run_has_no_end(
    call: Call, target_of: Callable[[ReferenceServer], TargetFile], tmp_path: Path
) -> None:
    """Ctrl-C: exit status 130; what was recorded can be rendered, and says that it is incomplete."""
    with ReferenceServer() as server:
        target, out = target_of(server)(), tmp_path / "out"
        running = subprocess.Popen(
            [sys.executable, "-m", "conformance", "run", target, "--out", out],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        wait_for_lines(out / "run.jsonl", 12)
        running.send_signal(signal.SIGINT)
        said, complaints = running.communicate(timeout=60)

    assert running.returncode == 130
    assert said == ""
    assert "interrupted" in complaints
    assert f"conformance report {out}" in complaints
    assert "Traceback" not in complaints
    assert len(events(out)) >= 12
    assert {event["event"] for event in events(out)} == {"run", "check"}

    rendered = call("report", out)
    assert rendered.exit == 0
    assert "incomplete" in rendered.out.lower()


def wrong_secret(text: str, name: str) -> str:
    """Give one client of a target file another secret."""
    head, begin, rest = text.partition(f'name = "{name}"')
    return head + begin + rest.replace('client_secret = "', 'client_secret = "not-', 1)


def wait_for_lines(path: Path, number: int) -> None:
    """Wait until a file has so many lines."""
    limit = time.monotonic() + 40
    while time.monotonic() < limit:
        if path.is_file() and path.read_bytes().count(b"\n") >= number:
            return
        time.sleep(0.01)
    raise AssertionError(f"{os.fspath(path)} did not get {number} lines in time")
