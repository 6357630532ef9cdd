"""The search for secrets: it finds what it has to, says so without telling the secret, and lets nothing through."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

from conformance.contract.outcomes import Level, Outcome
from conformance.report.canary import encodings, hatch
from conformance.report.formats import FORMATS, WRITTEN, render_all
from conformance.report.log import read_run
from conformance.report.run import Check
from conformance.report.withholding import Veil, blindness, found, hide_in, seal
from conformance.target.redaction import Secrets

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import MakeRun

SECRET = "Zq3v_kk-LmN0pQ.rs~TuV*wX"
RUN = {"event": "run", "schema": 1, "run": "1a2b", "target": {"name": "Acme", "base_url": "https://acme.example"}}
CHECK = {"event": "check", "id": "a.one", "requirement": "a.one", "outcome": "pass", "message": ""}
END = {"event": "end", "conclusion": "conformant", "exit": 0}


def known(*values: str) -> Secrets:
    """Make a registry that knows these values as secrets of client full."""
    registry = Secrets()
    for value in values:
        registry.register(value, "<secret full#1>")
    return registry


def write(folder: Path, *, message: str = "", exchange: str = "") -> Path:
    """Write a run with all its renderings; `message` stands in its check, `exchange` in the answer of its exchange."""
    events = (RUN, {**CHECK, "message": message}, END)
    (folder / "run.jsonl").write_text("".join(f"{json.dumps(event)}\n" for event in events))
    sent = {"id": 1, "request": {"method": "GET", "url": "/"}, "response": {"status": 200, "body": exchange}}
    (folder / "exchanges.jsonl").write_text(f"{json.dumps(sent)}\n")
    render_all(folder)
    return folder


def left(folder: Path) -> set[str]:
    """Name the files of a folder."""
    return {path.name for path in folder.iterdir()}


def test_run_without_secrets_is_let_be(tmp_path: Path) -> None:
    """Nothing is said and nothing removed."""
    folder = write(tmp_path)
    before = left(folder)

    assert seal(known(SECRET), folder, WRITTEN, read_run(folder)) == []
    assert left(folder) == before


@pytest.mark.parametrize("name", sorted({FORMATS[name].file_name for name in WRITTEN}))
def test_artifact_with_a_secret_is_removed(tmp_path: Path, name: str) -> None:
    """The message names file, line and tag, not the value; the rest says that the run is invalid."""
    folder = write(tmp_path)
    with (folder / name).open("a") as file:
        file.write(f"\nsome more\nit is {SECRET}!\n")
    line = (folder / name).read_text().splitlines().index(f"it is {SECRET}!") + 1

    (told,) = seal(known(SECRET), folder, WRITTEN, read_run(folder))

    assert f"{name}:{line}: held <secret full#1>" in told
    assert "it was removed" in told
    assert SECRET not in told
    assert name not in left(folder)
    assert {"run.jsonl", "exchanges.jsonl"} <= left(folder)
    assert read_run(folder).end is not None
    assert (
        "invalid"
        in "".join(path.read_text() for path in folder.glob("summary.md")) + (folder / "run.jsonl").read_text()
    )


def test_rest_of_the_run_concludes_nothing(tmp_path: Path) -> None:
    """A list of tests that stayed green would let the pipeline go on."""
    folder = write(tmp_path, exchange=f"it is {SECRET}")

    seal(known(SECRET), folder, WRITTEN, None)

    assert "exchanges.jsonl" not in left(folder)
    assert 'type="invalid"' in (folder / "junit.xml").read_text()
    end = json.loads((folder / "run.jsonl").read_text().splitlines()[-1])
    assert (end["event"], end["conclusion"], end["exit"]) == ("end", "invalid", 4)


def test_log_with_a_secret_goes_with_all_that_was_rendered_from_it(tmp_path: Path) -> None:
    """What a renderer made of the secret need not look like it."""
    folder = write(tmp_path, message=f"it is {SECRET}")

    told = seal(known(SECRET), folder, WRITTEN, None)

    assert left(folder) == {"exchanges.jsonl"}
    assert SECRET not in "".join(told)


def test_files_of_others_are_let_be(tmp_path: Path) -> None:
    """The folder may be one that holds the target file too."""
    folder = write(tmp_path)
    (folder / "acme.toml").write_text(f'client_secret = "{SECRET}"')

    assert seal(known(SECRET), folder, WRITTEN, None) == []
    assert "acme.toml" in left(folder)


def test_secret_in_what_is_printed_is_told(make_run: MakeRun, tmp_path: Path) -> None:
    """The summary on the terminal is searched as well, lines as they were before they were wrapped."""
    run = make_run(Check("a.one", "a.one", Level.MUST, Outcome.FAIL, "leaked", observed=f"it said {SECRET}"))

    told = seal(known(SECRET), tmp_path, (), run)

    assert len(told) == 2
    assert all("it is not printed" in line and SECRET not in line for line in told)


def test_search_sees_in_every_encoding_and_format() -> None:
    """The canary is found wherever it hides; every format that there is counts."""
    assert blindness(Secrets(), FORMATS) == []


@pytest.mark.parametrize("client", sorted(hatch()))
def test_search_sees_declared_secrets_in_every_encoding(client: str) -> None:
    """One by one, and with the tag of the secret."""
    value = hatch()[client]
    registry = known(value)
    registry.register_basic(client, value, "<basic full>")

    assert [name for name, text in encodings(client, value) if not found(registry, text, name)] == []


class Blind(Secrets):
    """A search that does not look into base64."""

    def find(self, text: str) -> list[str]:
        """See only what is there in so many letters."""
        return ["<canary>"] if any(value in text for value in self.values) else []

    def register(self, value: str, tag: str) -> None:
        """Keep the value itself."""
        super().register(value, tag)
        self.values.append(value)

    def __init__(self) -> None:
        super().__init__()
        self.values: list[str] = []


def test_search_that_misses_the_canary_fails_the_run(tmp_path: Path) -> None:
    """It says where it is blind, and the run concludes nothing."""
    folder = write(tmp_path)

    told = seal(Blind(), folder, WRITTEN, None)

    assert any("base64 from byte 1" in line for line in told)
    assert any("a form" in line for line in told)
    assert not any("plain text" in line for line in told)
    assert read_run(folder).end is not None
    assert json.loads((folder / "run.jsonl").read_text().splitlines()[-1])["conclusion"] == "invalid"


def test_secrets_leave_an_exception_and_all_that_it_came_from() -> None:
    """Whoever prints the traceback prints no secret."""
    inner = ValueError(f"no {SECRET}")
    outer = RuntimeError("it failed")
    outer.__cause__ = inner
    outer.add_note(f"while sending {SECRET}")

    hide_in(outer, known(SECRET).redact)

    assert str(inner) == "no <secret full#1>"
    assert outer.__notes__ == ["while sending <secret full#1>"]


def test_veil_hides_secrets_in_a_stream() -> None:
    """What a library prints by itself goes through it."""
    stream = io.StringIO()

    print(f"sent {SECRET}", file=Veil(stream, known(SECRET).redact))

    assert stream.getvalue() == "sent <secret full#1>\n"
