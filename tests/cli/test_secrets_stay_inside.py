"""What a run says and leaves when the suite's own care fails: no secret, and no verdict either."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from conformance import runner
from conformance.target.redaction import Secrets

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Call, Called, TargetFile

    from conformance.plugin import ConformancePlugin

QUICK = ("--requirement", "token.form", "--requirement", "token.type-bearer")


def secrets_of(target: Path) -> list[str]:
    """Read the secrets that a target file declares."""
    return [line.split('"')[1] for line in target.read_text().splitlines() if line.startswith("client_secret")]


def told_or_left(called: Called, folder: Path, target: Path) -> list[str]:
    """Name the places where a secret of the target file can be read."""
    texts = {path.name: path.read_text("utf-8") for path in folder.iterdir()}
    texts |= {"standard output": called.out, "standard error": called.err}
    return [name for name, text in texts.items() if any(secret in text for secret in secrets_of(target))]


def test_transcript_with_secrets_is_withheld(
    call: Call, target_file: TargetFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing hides secrets any more: the search finds them, and the run is none."""
    monkeypatch.setattr(Secrets, "redact", lambda _, text: text)
    target = target_file()

    called = call("run", target, *QUICK, "--out", tmp_path / "out")

    assert called.exit == 4
    assert "exchanges.jsonl" in called.told
    assert "secret-found" in called.told
    assert "CONFORMANT" not in called.out
    assert not (tmp_path / "out" / "exchanges.jsonl").exists()
    assert told_or_left(called, tmp_path / "out", target) == []


def test_search_that_finds_nothing_at_all_fails_the_run(
    call: Call, target_file: TargetFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The canary of each run tells a search that works from one that does not."""
    monkeypatch.setattr(Secrets, "find", lambda *_: [])

    called = call("run", target_file(), *QUICK, "--out", tmp_path / "out")

    assert called.exit == 4
    assert "the search for secrets would miss one here" in called.told
    assert "CONFORMANT" not in called.out
    assert 'type="invalid"' in (tmp_path / "out" / "junit.xml").read_text()


@pytest.mark.parametrize("way", ["prints", "breaks", "raises"])
def test_tracebacks_and_prints_of_a_run_hold_no_secret(
    call: Call, target_file: TargetFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """Whatever pytest or a library says while the checks are asked goes through the same hands."""
    target = target_file()
    leak = f"sent {secrets_of(target)[0]}"

    def asked(plugin: ConformancePlugin) -> int:
        sys.stdout.write(f"{leak}\n")
        sys.stderr.write(f"{leak}\n")
        if way == "breaks":
            plugin.trouble.append(f"Traceback: {leak}")
        if way == "raises":
            raise RuntimeError(leak)
        return 0

    monkeypatch.setattr(runner, "run_pytest", asked)

    called = call("run", target, *QUICK, "--out", tmp_path / "out")

    assert called.exit == 4
    assert "sent <secret full#1>" in called.err
    assert told_or_left(called, tmp_path / "out", target) == []


def test_every_file_of_a_run_is_its_owners_alone(call: Call, target_file: TargetFile, tmp_path: Path) -> None:
    """Evidence holds what the clients of the target may see."""
    call("run", target_file(), *QUICK, "--out", tmp_path / "reports" / "out")

    folder = tmp_path / "reports" / "out"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.name: oct(path.stat().st_mode & 0o777) for path in folder.iterdir()} == {
        path.name: "0o600" for path in folder.iterdir()
    }


def test_reports_of_a_finished_run_need_no_secret(call: Call, target_file: TargetFile, tmp_path: Path) -> None:
    """Its log is clean, so that every format is, whoever renders it."""
    target = target_file()
    call("run", target, "--requirement", "token.*", "--out", tmp_path / "out")

    for name in ("json", "html", "sarif", "har", "annotations"):
        called = call("report", tmp_path / "out", "--format", name)
        assert called.exit == 0
        assert told_or_left(called, tmp_path / "out", target) == [], name


def test_help_lists_every_format(call: Call) -> None:
    """The list is written down for a quick start of the program, and is the one that there is."""
    from conformance.report.formats import FORMATS  # noqa: PLC0415 -- of this test alone

    told = call("report", "--help").told.partition("--format FORMAT")[2]

    assert [name for name in FORMATS if name not in told] == []


def test_unknown_format_is_refused_with_the_list(call: Call, target_file: TargetFile, tmp_path: Path) -> None:
    """A typo is answered with the choice."""
    call("run", target_file(), *QUICK, "--out", tmp_path / "out")

    called = call("report", tmp_path / "out", "--format", "pdf")

    assert called.exit == 2
    assert "choose one of markdown, junit, html, json, sarif, har, annotations" in called.told
