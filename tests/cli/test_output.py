"""What the command line prints, where, and what around it must not matter."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Call, TargetFile

GOLDEN = Path(__file__).parents[2] / "fixtures" / "golden-run"
QUICK = ("--requirement", "token.form", "--requirement", "token.type-bearer")
HEAVY = ("pytest", "httpx", "schemathesis", "hypothesis", "starlette", "uvicorn", "sqlalchemy", "joserfc", "requests")


def test_json_is_exactly_one_object(call: Call, target_file: TargetFile, tmp_path: Path) -> None:
    """Nothing else stands on standard output, and the object says what the exit status says."""
    called = call("run", target_file(), *QUICK, "--json", "--out", tmp_path / "out")

    summary = json.loads(called.out)
    assert called.exit == 0
    assert summary["exit"] == 0
    assert summary["conclusion"] == "conformant"
    assert summary["requirements"] == {"token.form": "pass", "token.type-bearer": "pass"}
    assert called.err == ""


def test_quiet_is_exactly_one_line(call: Call, target_file: TargetFile, tmp_path: Path) -> None:
    """The conclusion and where the evidence is."""
    called = call("run", target_file(), *QUICK, "--quiet", "--out", tmp_path / "out")

    assert called.exit == 0
    assert len(called.out.splitlines()) == 1
    assert str(tmp_path / "out") in called.out
    assert called.err == ""


def test_run_leaves_what_it_promises(call: Call, target_file: TargetFile, tmp_path: Path) -> None:
    """The log, the exchanges and every rendering, and no secret in any of them."""
    target = target_file()
    secrets = [line.split('"')[1] for line in target.read_text().splitlines() if line.startswith("client_secret")]

    called = call("run", target, *QUICK, "--out", tmp_path / "out")

    written = {path.name: path.read_text("utf-8") for path in (tmp_path / "out").iterdir()}
    assert called.exit == 0
    assert {"run.jsonl", "exchanges.jsonl", "junit.xml", "summary.md"} <= written.keys()
    for name, text in {**written, "standard output": called.out}.items():
        assert not [secret for secret in secrets if secret in text], name


def test_check_rests_on_what_was_asked_for_several(call: Call, target_file: TargetFile, tmp_path: Path) -> None:
    """Also where an earlier check has asked it, so that nothing is sent for this one."""
    names = ("token.answer", "token.expires-in-integer", "oauth.no-store", "oauth.refusal-status", "oauth.refusal-body")
    options = [part for name in names for part in ("--requirement", name)]

    called = call("run", target_file(), *options, "--quiet", "--out", tmp_path / "out")

    lines = (tmp_path / "out" / "run.jsonl").read_text("utf-8").splitlines()
    checks = [event for event in map(json.loads, lines) if event["event"] == "check"]
    assert called.exit == 0
    assert {event["requirement"] for event in checks} == {*names}
    assert [event["id"] for event in checks if not event["exchanges"]] == []


def test_default_folder_is_below_reports(call: Call, target_file: TargetFile, tmp_path: Path) -> None:
    """Named after the time and the target, in the folder that the run is started from."""
    called = call("run", target_file(), *QUICK, cwd=tmp_path)

    (folder,) = (tmp_path / "reports").iterdir()
    assert called.exit == 0
    assert folder.name.endswith("the-bundled-reference-server")
    assert f"reports/{folder.name}" in called.told


def test_folder_of_the_run_may_be_any(program: Call, target_file: TargetFile, tmp_path: Path) -> None:
    """A stranger's pytest configuration, conftest, plugins and options in that folder reach nothing."""
    hostile = tmp_path / "hostile"
    hostile.mkdir()
    (hostile / "conftest.py").write_text("raise RuntimeError('a conftest of the folder was loaded')\n")
    (hostile / "evil.py").write_text("raise RuntimeError('a plugin of the environment was loaded')\n")
    (hostile / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\npython_functions = never_*\n")
    (hostile / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = ['--no-such-option']\n")
    (hostile / "test_token.py").write_text("def test_never(): assert False\n")
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(hostile),
        "PYTEST_ADDOPTS": "-k nothing --no-such-option",
        "PYTEST_PLUGINS": "evil",
        "HTTPS_PROXY": "http://127.0.0.1:1",
        "SSL_CERT_FILE": str(hostile / "none.pem"),
    }

    called = program("run", target_file(), *QUICK, "--json", "--out", "out", cwd=hostile, environment=environment)

    assert called.exit == 0, called.err
    assert json.loads(called.out)["counts"]["pass"] == 4
    assert (hostile / "out" / "run.jsonl").is_file()
    assert not (hostile / ".pytest_cache").exists()


def test_bundled_server_starts_in_any_folder(program: Call, tmp_path: Path) -> None:
    """Modules that lie in the folder and are named like the standard library's are not imported."""
    for name in ("json", "secrets", "tempfile", "conformance"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('a module of the folder was imported')\n")

    called = program("run", "--requirement", "token.no-bearer-needed", "--quiet", cwd=tmp_path)

    assert called.exit == 0, called.err
    assert "meets the one requirement" in called.out


@pytest.mark.parametrize("command", [["--help"], ["run", "--help"], ["--version"]], ids=" ".join)
def test_help_loads_nothing_heavy(command: list[str]) -> None:
    """The command line answers before anything is imported that only a run needs."""
    code = (
        "import sys\n"
        "from conformance.cli import main\n"
        f"try: main({command!r})\n"
        "except SystemExit as ended: assert not ended.code\n"
        f"loaded = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "assert not loaded, loaded\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_help_tells_every_exit_status(call: Call) -> None:
    """A script's author needs them, and the documentation may be far away."""
    called = call("--help")

    for status in ("0", "1", "2", "3", "4", "5", "6", "130"):
        assert f"{status} " in called.out


def test_no_command_is_wrong_usage(call: Call) -> None:
    """The help is shown, and a script that forgot the command does not pass."""
    called = call()

    assert called.exit == 2
    assert "commands:" in called.out


def test_reader_that_goes_away() -> None:
    """A closed pipe behind the program is no crash: `conformance list | head` shows no traceback."""
    listing = subprocess.Popen(
        [sys.executable, "-m", "conformance", "list"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert listing.stdout is not None
    listing.stdout.close()
    _, complaints = listing.communicate(timeout=60)

    assert "Traceback" not in (complaints or "")
    assert "BrokenPipe" not in (complaints or "")


def test_report_renders_a_run_again(call: Call, target_file: TargetFile, tmp_path: Path) -> None:
    """As often as is wanted, to standard output or to a file."""
    call("run", target_file(), *QUICK, "--out", tmp_path / "out")

    shown = call("report", tmp_path / "out", "--format", "junit")
    written = call("report", tmp_path / "out", "--format", "junit", "--output", tmp_path / "again.xml")

    assert shown.exit == written.exit == 0
    assert shown.out == (tmp_path / "again.xml").read_text("utf-8")
    assert shown.out == (tmp_path / "out" / "junit.xml").read_text("utf-8")
    assert written.out == ""


def test_report_without_the_exchanges_says_so(call: Call, tmp_path: Path) -> None:
    """Who was sent the log alone learns why no request is shown."""
    shutil.copy(GOLDEN / "run.jsonl", tmp_path)

    called = call("report", tmp_path)

    assert called.exit == 0
    assert called.out.startswith("# InventoryPro conformance: ")
    assert "exchanges.jsonl is missing: what is rendered shows no requests and answers" in called.err


def test_report_to_a_place_that_cannot_be_written(call: Call, target_file: TargetFile, tmp_path: Path) -> None:
    """The message names the place."""
    call("run", target_file(), *QUICK, "--out", tmp_path / "out")

    called = call("report", tmp_path / "out", "--output", tmp_path / "none" / "summary.md")

    assert called.exit == 2
    assert "none/summary.md" in called.told
    assert "--output" in called.told


def test_init_writes_a_target_file_once(call: Call, tmp_path: Path) -> None:
    """What is filled in is never overwritten."""
    first = call("init", tmp_path / "acme.toml")
    text = (tmp_path / "acme.toml").read_text("utf-8")
    second = call("init", tmp_path / "acme.toml")

    assert first.exit == 0
    assert "conformance doctor" in first.told
    assert second.exit == 2
    assert "exists already" in second.told
    assert (tmp_path / "acme.toml").read_text("utf-8") == text
