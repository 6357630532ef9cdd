"""Runs compared over time, and the gate with a baseline and waivers, from the command line and against a real server."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from freezegun import freeze_time

from conformance.cli import main
from conformance.reference.server import ReferenceServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Call, TargetFile

ROOT, FOLLOWING = "token.independent", "token.own-client"
QUICK = ("--requirement", ROOT, "--requirement", FOLLOWING, "--quiet")
FAULT = "token.one-per-client"
FORMATS = ("terminal", "markdown", "html", "json")


class Runs(NamedTuple):
    """Two runs against the same server: without and with the fault."""

    folder: Path
    good: Path
    faulty: Path


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """Make the two runs once."""
    folder = tmp_path_factory.mktemp("reports")
    for name, faults in (("good", ()), ("faulty", (FAULT,))):
        with ReferenceServer(faults=faults) as server:
            target = server.write_target(folder / f"{name}.toml")
            main(["run", str(target), *QUICK, "--out", str(folder / name)])
    return Runs(folder, folder / "good", folder / "faulty")


@pytest.fixture(scope="module")
def faulty_server() -> Iterator[ReferenceServer]:
    """Serve with the fault."""
    with ReferenceServer(faults=(FAULT,)) as running:
        yield running


@pytest.fixture
def faulty(faulty_server: ReferenceServer, target_of: Callable[[ReferenceServer], TargetFile]) -> Path:
    """Write a target file of the faulty server that declares all its clients."""
    clients = ("full", "none", "read-only", "warehouse-1", "reports-some", "expendable-1")
    return target_of(faulty_server)(clients=clients)


def first_event(folder: Path) -> dict[str, Any]:
    """Give the beginning of a run's log."""
    event: dict[str, Any] = json.loads((folder / "run.jsonl").read_text("utf-8").splitlines()[0])
    return event


def last_event(folder: Path) -> dict[str, Any]:
    """Give the end of a run's log."""
    event: dict[str, Any] = json.loads((folder / "run.jsonl").read_text("utf-8").splitlines()[-1])
    return event


# --- diff ---


def test_fault_gives_exactly_its_requirement(call: Call, runs: Runs) -> None:
    """The root cause, and under it what follows."""
    called = call("diff", runs.good, runs.faulty, "--format", "json")

    told = json.loads(called.out)
    changes = [(it["requirement"], it["change"], it["follows"]) for it in told["changes"]]
    assert called.exit == 1
    assert changes == [(ROOT, "newly_violated", None), (FOLLOWING, "newly_violated", ROOT)]


def test_diff_the_other_way_round(call: Call, runs: Runs) -> None:
    """What was repaired is no regression, and the order is noticed."""
    called = call("diff", runs.faulty, runs.good)

    assert called.exit == 0
    assert "NO REGRESSION: 2 requirements fixed, 1 of which follows from another" in called.out
    assert "swap them?" in called.told


def test_diff_of_a_run_with_itself(call: Call, runs: Runs) -> None:
    """Nothing to tell."""
    called = call("diff", runs.faulty, runs.faulty)

    assert called.exit == 0
    assert "NEWLY" not in called.out
    assert "2 required requirements still violated, in the same way" in called.out


@pytest.mark.parametrize("name", FORMATS)
def test_diff_is_written_to_a_file(call: Call, runs: Runs, tmp_path: Path, name: str) -> None:
    """The same as on standard output."""
    shown = call("diff", runs.good, runs.faulty, "--format", name)
    written = call("diff", runs.good, runs.faulty, "--format", name, "--output", tmp_path / "diff")

    assert shown.exit == written.exit == 1
    assert written.out == ""
    assert (tmp_path / "diff").read_text("utf-8") == shown.out
    assert ROOT in shown.out


def test_diff_with_an_incomplete_run(call: Call, runs: Runs, tmp_path: Path) -> None:
    """It is said, and what the later run did not come to is a regression."""
    cut = Path(shutil.copytree(runs.good, tmp_path / "cut"))
    lines = (cut / "run.jsonl").read_text("utf-8").splitlines(keepends=True)
    (cut / "run.jsonl").write_text(lines[0] + lines[1][:40], encoding="utf-8")

    called = call("diff", runs.good, cut)

    assert called.exit == 1
    assert "the later run stopped before its end" in called.told
    assert "2 requirements no longer exercised or decided" in called.out


@pytest.mark.parametrize(
    "arguments", [("none", "good"), ("good", "none"), ("good",), ("good", "good", "--format", "x")]
)
def test_diff_of_what_is_no_run_is_wrong_usage(call: Call, runs: Runs, arguments: tuple[str, ...]) -> None:
    """Exit status 2, no traceback."""
    called = call("diff", *arguments, cwd=runs.folder)

    assert called.exit == 2
    assert called.out == ""
    assert "Traceback" not in called.err


# --- history ---


@pytest.mark.parametrize("name", FORMATS)
def test_history_of_a_folder(call: Call, runs: Runs, tmp_path: Path, name: str) -> None:
    """Both runs, whatever else lies there; a damaged one is named."""
    place = Path(shutil.copytree(runs.folder, tmp_path / "reports"))
    (place / "damaged").mkdir()
    (place / "damaged" / "run.jsonl").write_text("{}\n{\n{}\n", encoding="utf-8")

    called = call("history", place, "--format", name)

    assert called.exit == 0
    assert ROOT in called.out
    assert "damaged" in called.out
    if name == "json":
        (target,) = json.loads(called.out)["targets"]
        assert [run["conclusion"] for run in target["runs"]] == ["conformant", "nonconformant"]


def test_history_of_an_empty_folder(call: Call, tmp_path: Path) -> None:
    """Wrong usage, and which folder is wanted."""
    called = call("history", tmp_path)

    assert called.exit == 2
    assert "holds no run that can be read" in called.told


def test_history_of_a_single_run_points_to_the_folder_above(call: Call, runs: Runs) -> None:
    """The mistake that is easily made after `report`."""
    called = call("history", runs.good)

    assert called.exit == 2
    assert "is the folder of one run; name the one that it lies in" in called.told


# --- run --baseline ---


def test_known_violation_passes_the_gate(call: Call, runs: Runs, faulty: Path, tmp_path: Path) -> None:
    """The verdict stays as it is, in the log and on the terminal."""
    called = call("run", faulty, "--requirement", ROOT, "--out", tmp_path / "out", "--baseline", runs.faulty, "--quiet")

    end = last_event(tmp_path / "out")
    assert called.exit == 0, called.told
    assert "the target violates 1 requirement; gate satisfied: against baseline" in called.out
    assert (end["conclusion"], end["exit"]) == ("nonconformant", 0)
    assert end["requirements"] == {ROOT: "fail"}
    assert end["baseline"] == first_event(runs.faulty)["run"]


def test_new_violation_fails_the_gate(call: Call, runs: Runs, faulty: Path, tmp_path: Path) -> None:
    """And is named."""
    called = call("run", faulty, *QUICK, "--out", tmp_path / "out", "--baseline", runs.good)

    assert called.exit == 1
    assert f"2 new violations ({ROOT}, {FOLLOWING})" in called.out
    assert "against baseline" in (tmp_path / "out" / "summary.md").read_text("utf-8")


@pytest.mark.parametrize("option", ["--baseline", "--waivers"])
def test_gate_that_cannot_be_read_ends_before_the_run(
    call: Call, target_file: TargetFile, tmp_path: Path, option: str
) -> None:
    """Nothing is sent, and no run folder is left."""
    called = call("run", target_file(), *QUICK, "--out", tmp_path / "out", option, tmp_path / "nowhere")

    assert called.exit == 2
    assert "nowhere" in called.told
    assert not (tmp_path / "out").exists()


# --- run --waivers, waive, plan ---


def drafted(call: Call, run: Path, path: Path, *, expires: int = 30) -> Path:
    """Draft waivers for a run and fill them in; `expires` in days from today."""
    assert call("waive", run, "--output", path).exit == 0
    text = path.read_text("utf-8")
    for old, new in (("<why", "why"), ("<who", "who"), ("<where", "where"), ('>"', '"')):
        text = text.replace(old, new)
    today = datetime.now(UTC).date()
    text = text.replace(str(today + timedelta(days=30)), str(today + timedelta(days=expires)))
    path.write_text(text, encoding="utf-8")
    return path


def test_waived_violations_pass_the_gate(call: Call, runs: Runs, faulty: Path, tmp_path: Path) -> None:
    """They stay violations in the log and in every report of it, and are marked."""
    waivers = drafted(call, runs.faulty, tmp_path / "waivers.toml")

    called = call("run", faulty, "--requirement", ROOT, "--quiet", "--out", tmp_path / "out", "--waivers", waivers)

    end = last_event(tmp_path / "out")
    assert called.exit == 0, called.told
    assert "gate satisfied: no violation that is not waived; 1 requirement waived" in called.out
    assert (end["conclusion"], end["exit"]) == ("nonconformant", 0)
    assert [entry["requirement"] for entry in end["waived"]] == [ROOT]
    told = json.loads(call("report", tmp_path / "out", "--format", "json").out)
    assert (told["conclusion"], told["exit"], len(told["waived"])) == ("nonconformant", 0, 1)
    assert "waived until" in call("diff", runs.good, tmp_path / "out").out


def test_expired_waiver_fails_the_gate(call: Call, runs: Runs, faulty: Path, tmp_path: Path) -> None:
    """It excuses nothing, and says so in its own words."""
    waivers = drafted(call, runs.faulty, tmp_path / "waivers.toml", expires=-1)

    called = call("run", faulty, *QUICK, "--out", tmp_path / "out", "--waivers", waivers)

    assert called.exit == 1
    assert "problems with waivers" in called.out
    assert "expired on" in (tmp_path / "out" / "summary.md").read_text("utf-8")


def test_stale_waiver_fails_the_gate(call: Call, runs: Runs, target_file: TargetFile, tmp_path: Path) -> None:
    """The target was repaired: the entry has to go."""
    waivers = drafted(call, runs.faulty, tmp_path / "waivers.toml")
    clients = ("full", "none", "read-only")

    called = call("run", target_file(clients=clients), *QUICK, "--out", tmp_path / "out", "--waivers", waivers)

    assert called.exit == 1
    assert last_event(tmp_path / "out")["conclusion"] == "conformant"
    assert "no longer needed" in (tmp_path / "out" / "summary.md").read_text("utf-8")


def test_draft_as_it_is_is_refused(call: Call, runs: Runs, target_file: TargetFile, tmp_path: Path) -> None:
    """Before anything is sent: a person has to fill it in."""
    call("waive", runs.faulty, "--output", tmp_path / "waivers.toml")

    called = call("run", target_file(), *QUICK, "--out", tmp_path / "out", "--waivers", tmp_path / "waivers.toml")

    assert called.exit == 2
    assert called.told.count("still holds the placeholder") == 9
    assert not (tmp_path / "out").exists()


def test_waive_never_overwrites(call: Call, runs: Runs, tmp_path: Path) -> None:
    """What somebody has filled in stays."""
    (tmp_path / "waivers.toml").write_text("# mine\n", encoding="utf-8")

    called = call("waive", runs.faulty, "--output", tmp_path / "waivers.toml")

    assert called.exit == 2
    assert "exists already" in called.told
    assert (tmp_path / "waivers.toml").read_text("utf-8") == "# mine\n"


def test_drafted_waivers_hold_for_thirty_days(call: Call, runs: Runs) -> None:
    """From the day on which they are drafted."""
    with freeze_time("2026-12-01T12:00:00Z"):
        called = call("waive", runs.faulty)

    assert called.exit == 0
    assert called.out.count("expires = 2026-12-31") == 3


def test_plan_looks_at_the_waivers(call: Call, runs: Runs, faulty: Path, tmp_path: Path) -> None:
    """What will fail the gate whatever the target does is told before the run."""
    good = drafted(call, runs.faulty, tmp_path / "waivers.toml")
    expired = drafted(call, runs.faulty, tmp_path / "expired.toml", expires=-1)
    asked = ("plan", faulty, "--requirement", ROOT)

    fine = call(*asked, "--waivers", good)
    told = call(*asked, "--waivers", expired, "--json")
    malformed = call(*asked, "--waivers", faulty)

    assert "every one of them holds today" in fine.out
    assert len(json.loads(told.out)["waiver_problems"]) == 3
    assert (fine.exit, told.exit, malformed.exit) == (0, 0, 2)


# --- where it is written to ---

SHOWING = (("diff", "good", "faulty"), ("history", "."), ("waive", "faulty"), ("report", "faulty"))


@pytest.mark.parametrize("arguments", SHOWING, ids=lambda arguments: arguments[0])
def test_full_output_is_nobody_elses_fault(runs: Runs, arguments: tuple[str, ...]) -> None:
    """Standard output goes to a full disk: no error of the suite, and what to do."""
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "conformance", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            cwd=runs.folder,
            timeout=60,
        )

    assert done.returncode == 2, done.stderr
    assert done.stderr == (
        "conformance: standard output cannot be written (No space left on device); make room, or name a file with --output\n"
    )


@pytest.mark.parametrize(
    "arguments",
    [(*SHOWING[0], "--format", "html"), (*SHOWING[1], "--format", "html"), (*SHOWING[3], "--format", "html")],
)
def test_page_is_the_same_whatever_the_output_can_say(runs: Runs, arguments: tuple[str, ...]) -> None:
    """A terminal that knows ASCII alone: what is redirected from it is the file that --output writes."""
    done = subprocess.run(
        [sys.executable, "-m", "conformance", *arguments],
        capture_output=True,
        check=False,
        cwd=runs.folder,
        env=os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        timeout=60,
    )

    assert done.stderr == b""
    assert "\N{BALLOT X}".encode() in done.stdout


def test_draft_that_does_not_fit_is_not_left_behind(runs: Runs, tmp_path: Path) -> None:
    """Half a draft would be in the way of the next one, which never overwrites."""
    done = subprocess.run(
        [sys.executable, "-m", "conformance", "waive", "faulty", "--output", tmp_path / "waivers.toml"],
        capture_output=True,
        text=True,
        check=False,
        cwd=runs.folder,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)),
        timeout=60,
    )

    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert not (tmp_path / "waivers.toml").exists()
