"""Writing a run folder: every event at once, readable by nobody else, and what happens when the disk refuses."""

from __future__ import annotations

import json
import resource
import threading
from pathlib import Path

import pytest

from conformance.errors import OutputError
from conformance.report.writer import RunLogWriter, write_private

FULL = Path("/dev/full")


def test_every_event_is_on_the_disk_at_once(tmp_path: Path) -> None:
    """A run that is killed the next moment has lost nothing."""
    with RunLogWriter(tmp_path / "run") as writer:
        writer.event({"event": "run", "text": "\u202e\ud800\n"})
        written = (tmp_path / "run" / "run.jsonl").read_text(encoding="ascii")
        writer.exchange({"id": 1})
        exchanged = (tmp_path / "run" / "exchanges.jsonl").read_text(encoding="ascii")

    assert json.loads(written) == {"event": "run", "text": "\u202e\ud800\n"}
    assert written.count("\n") == 1
    assert exchanged == '{"id":1}\n'


def test_folder_is_nobody_elses_business(tmp_path: Path) -> None:
    """Evidence holds what the clients of the target may see."""
    with RunLogWriter(tmp_path / "reports" / "run") as writer:
        folder = writer.folder

    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "run.jsonl").stat().st_mode & 0o777 == 0o600
    assert (folder / "exchanges.jsonl").stat().st_mode & 0o777 == 0o600


def test_threads_do_not_mix_their_lines(tmp_path: Path) -> None:
    """The matrix is asked by several threads at once."""
    with RunLogWriter(tmp_path) as writer:
        lines = [{"id": number, "body": "x" * 5000} for number in range(40)]
        threads = [threading.Thread(target=writer.exchange, args=(line,)) for line in lines]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    written = [json.loads(line) for line in (tmp_path / "exchanges.jsonl").read_text().splitlines()]
    assert sorted(line["id"] for line in written) == list(range(40))


def test_run_is_never_written_over_another(tmp_path: Path) -> None:
    """Evidence is not replaced; the message names the option that helps."""
    with RunLogWriter(tmp_path) as writer:
        writer.event({"event": "run"})

    with pytest.raises(OutputError, match="holds a run already; name another with --out"):
        RunLogWriter(tmp_path)

    assert (tmp_path / "run.jsonl").read_text() == '{"event":"run"}\n'


def test_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "file").write_text("")

    with pytest.raises(OutputError, match=r"file/run: cannot be written \(File exists\); make room or name"):
        RunLogWriter(tmp_path / "file" / "run")


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a device that is always full")
def test_full_disk_is_an_output_error(tmp_path: Path) -> None:
    """The event that does not fit is not lost in silence, and told once."""
    writer = RunLogWriter(tmp_path)
    writer._events.close()
    writer._events = FULL.open("w")

    with pytest.raises(OutputError, match=r"run\.jsonl: cannot be written \(No space left on device\)"):
        writer.event({"event": "run"})

    writer.close()
    assert writer._events.closed
    assert writer._exchanges.closed


def test_page_that_does_not_fit_is_not_left_in_half(tmp_path: Path) -> None:
    """Its beginning would tell an answer, and not that there is more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(OutputError, match=r"report\.html: cannot be written \(File too large\); make room"):
            write_private(tmp_path / "report.html", "x" * 50_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert list(tmp_path.iterdir()) == []
