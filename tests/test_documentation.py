"""Executes the commands of the README and the documentation, and compares what they show of the output.

The convention: blocks marked ``console``; a line that begins with ``$ `` is a command, the lines below it are of its output, in their order, with numbers
as they come; a line of ``...`` stands for lines that are left out. What is shown of a command that prints nothing is what it says on standard error. A
command is to exit with 0, or with what ``$ echo $?`` after it shows. ``acme.toml`` is a target file of the bundled server; a command that ends with ``&``
serves until ``kill %1`` (for the first of the document) or the document ends; ``make`` says what it would do.

Beside that the pages are held against what they tell of: the catalogue, the reason codes, the report, the code that they quote.
"""

from __future__ import annotations

import itertools
import os
import re
import shlex
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance.contract.catalogue import load_catalogue
from conformance.contract.outcomes import Outcome, Reason
from conformance.reference.server import ReferenceServer

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")])
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]*)(?:#([^)\s]*))?\)")
QUOTED = re.compile(r"^```(?:yaml|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROGRAM = str(Path(sys.executable).with_name("conformance"))
LONGEST = 120


@dataclass(frozen=True)
class Step:
    """One command of a block, the lines shown of its output, and the exit status that it is to have."""

    command: str
    shown: tuple[str, ...]
    exit: int = 0


def blocks(path: Path) -> list[list[Step]]:
    """The console blocks of a document."""
    return [list(_steps(match[1])) for match in BLOCK.finditer(path.read_text("utf-8"))]


def _steps(block: str) -> Iterator[Step]:
    commands = [part.splitlines() for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]
    for (command, *shown), following in zip(commands, [*commands[1:], [""]], strict=True):
        if command != "echo $?":
            status = int(following[1]) if following[0] == "echo $?" else 0
            yield Step(command, tuple(shown), status)


@pytest.fixture(scope="module")
def server() -> Iterator[ReferenceServer]:
    """The server behind acme.toml."""
    with ReferenceServer() as running:
        yield running


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if blocks(path)], ids=lambda path: path.stem)
def test_commands_do_what_the_document_shows(path: Path, tmp_path: Path, server: ReferenceServer) -> None:
    """Every command, in the document's order, in one folder."""
    jobs: list[subprocess.Popen[str]] = []
    with ExitStack() as serving:
        for step in itertools.chain.from_iterable(blocks(path)):
            if step.command.startswith("make "):
                would_make(step.command)
            elif step.command.startswith("kill %"):
                stop(jobs[int(step.command.removeprefix("kill %")) - 1])
            elif step.command.endswith("&"):
                jobs.append(serve(step.command, tmp_path))
                serving.callback(stop, jobs[-1])
            else:
                execute(step, tmp_path, server)


def would_make(command: str) -> None:
    """Let make say what it would do: the test that reads this is part of `make test`."""
    done = subprocess.run([*shlex.split(command), "--dry-run"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def serve(command: str, folder: Path) -> subprocess.Popen[str]:
    """Start a server and wait until it serves."""
    arguments = shlex.split(command.removesuffix("&"))
    assert arguments[:2] == ["conformance", "serve"]
    serving = subprocess.Popen([PROGRAM, *arguments[1:]], cwd=folder, stdout=subprocess.PIPE, text=True)
    assert serving.stdout is not None
    for line in serving.stdout:
        if "Ctrl-C" in line:
            return serving
    raise AssertionError(f"{command}: ended with {serving.wait()}")


def stop(serving: subprocess.Popen[str]) -> None:
    """End a server, if it has not ended yet."""
    if serving.poll() is None:
        serving.terminate()
        serving.communicate(timeout=LONGEST)


def execute(step: Step, folder: Path, server: ReferenceServer) -> None:
    """Execute one command of the program and compare what it prints."""
    arguments = shlex.split(step.command)
    assert arguments[0] == "conformance", f"{step.command}: no command of this project"
    if "acme.toml" in arguments:
        (folder / "acme.toml").unlink(missing_ok=True)
        if arguments[1] != "init":
            server.write_target(folder / "acme.toml")
    done = subprocess.run(
        [PROGRAM, *arguments[1:]], cwd=folder, capture_output=True, text=True, check=False, timeout=LONGEST, env=plain()
    )
    assert done.returncode == step.exit, f"{step.command}: {done.stderr}{done.stdout}"
    assert_shown(step, done.stdout or done.stderr)


def plain() -> dict[str, str]:
    """The environment without what would change the output."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "CONFORMANCE"))}


def assert_shown(step: Step, output: str) -> None:
    """Every line shown is a line of the output, in this order; without `...` between them one follows the other."""
    lines = [alike(line) for line in output.splitlines()]
    at, anywhere = 0, False
    for line in step.shown:
        if line == "...":
            anywhere = True
            continue
        wanted = alike(line)
        found = next((n for n in range(at, len(lines)) if fits(lines[n], wanted)), None)
        assert found is not None, f"{step.command}: does not print {line!r} any more:\n{output}"
        assert anywhere or found == at, f"{step.command}: prints {lines[at]!r} before {line!r}"
        at, anywhere = found + 1, False


def alike(line: str) -> str:
    """A line without what differs from run to run: numbers, and the blanks that go with them."""
    line = re.sub(r"\b[0-9A-F]{4}\b|\d+(\.\d+)?", "#", line)
    line = re.sub(r"# (ms|s|min|h)\b", "# s", line)
    return " ".join(line.split())


def fits(line: str, wanted: str) -> bool:
    """Whether a line is the one that is wanted; `...` at the end stands for any rest."""
    return line.startswith(wanted.removesuffix("...").rstrip()) if wanted.endswith("...") else line == wanted


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_links_lead_somewhere(path: Path) -> None:
    """Every link into the repository points to a file of it, and to a place that the file has."""
    links = [(file, place) for file, place in LINK.findall(path.read_text("utf-8")) if "://" not in file]

    assert [file for file, _ in links if not (path.parent / file).exists()] == []
    assert [
        f"{file}#{place}"
        for file, place in links
        if place and place not in places(path.parent / file if file else path)
    ] == []


def places(path: Path) -> set[str]:
    """What a link into a document can name: its headings as GitHub makes anchors of them, and explicit anchors."""
    text = path.read_text("utf-8")
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    named = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return named | set(re.findall(r'<a id="([^"]+)">', text))


def test_index_names_every_page_and_example() -> None:
    """A page that no reader is led to is not read."""
    index, docs = (ROOT / "docs" / "index.md").read_text("utf-8"), ROOT / "docs"
    pages = sorted(path.name for path in docs.glob("*.md") if path.name != "index.md")
    assert [name for name in pages if f"({name})" not in index] == []

    told = "".join(path.read_text("utf-8") for path in DOCUMENTS)
    examples = sorted(str(path.relative_to(docs)) for path in (docs / "examples").rglob("*") if path.is_file())
    assert [name for name in examples if f"({name})" not in told] == []


def test_page_of_requirements_is_what_the_program_writes() -> None:
    """Else renew it: conformance list --format markdown > docs/requirements.md."""
    listing = [PROGRAM, "list", "--format", "markdown"]
    done = subprocess.run(listing, capture_output=True, text=True, check=True, timeout=LONGEST, env=plain())

    page = (ROOT / "docs" / "requirements.md").read_text("utf-8")
    assert page == done.stdout, "renew the page: conformance list --format markdown > docs/requirements.md"


def test_every_requirement_has_a_place_on_the_page() -> None:
    """Named by its id, so that reports and tickets can lead there."""
    assert set(load_catalogue().ids) <= places(ROOT / "docs" / "requirements.md")


def test_adding_a_requirement_quotes_the_code_as_it_stands() -> None:
    """Entry, check, rule and fault of the page are those of the repository, but for their indentation."""
    page = (ROOT / "docs" / "adding-a-requirement.md").read_text("utf-8")
    folders = (ROOT / "specs" / "requirements", ROOT / "conformance" / "suite", ROOT / "conformance" / "reference")
    files = [
        bare(file.read_text("utf-8"))
        for folder in folders
        for file in folder.rglob("*")
        if file.suffix in {".py", ".yaml"}
    ]
    quotes = QUOTED.findall(page)

    assert len(quotes) == 4
    assert [quote for quote in quotes if not any(bare(quote) in text for text in files)] == []


def bare(text: str) -> str:
    """The lines of a text without the blanks around them and the comma that ends one."""
    return "\n".join(line.strip().removesuffix(",") for line in text.strip().splitlines())


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_documents_name_no_machine(path: Path) -> None:
    """No path of somebody's machine, no host but documentation's and one's own."""
    text = path.read_text("utf-8")

    assert re.findall(r"(?<![\w.])/(?:home|root|Users|work|tmp)/\S*", text) == []
    hosts = set(re.findall(r"https?://([^/\s:\")`>\]]+)", text))
    assert {host for host in hosts if not host.endswith((".example", ".invalid", ".example.com", "127.0.0.1"))} <= {
        "toml.io",
        "your-host",
    }


def test_readme_tells_every_exit_status() -> None:
    """The table of the README holds what the program can exit with."""
    table = re.findall(r"^\| (\d+) \|", (ROOT / "README.md").read_text("utf-8"), flags=re.MULTILINE)

    assert table == ["0", "1", "2", "3", "4", "5", "6", "130"]


def test_readme_names_every_profile() -> None:
    """A profile that the README does not name is not found."""
    text = (ROOT / "README.md").read_text("utf-8")
    assert [name for name in load_catalogue().profiles if f"`{name}`" not in text] == []


def test_reading_a_run_tells_every_outcome() -> None:
    """The table of outcomes is the closed set."""
    table = re.findall(
        r"^\| `([a-z_]+)` \|", (ROOT / "docs" / "reading-a-run.md").read_text("utf-8"), flags=re.MULTILINE
    )
    assert set(table) == set(Outcome)


def test_reading_a_run_tells_every_reason() -> None:
    """The table of reason codes is the closed set, in its own words."""
    page = (ROOT / "docs" / "reading-a-run.md").read_text("utf-8")
    table = re.findall(r"^\| `[a-z_]+` \| `([a-z-]+)` \| (.*) \|$", page, flags=re.MULTILINE)

    assert table == [(str(reason), reason.sentence) for reason in Reason]


def test_reading_a_run_tells_every_part_of_the_report() -> None:
    """Every heading of report.html stands in the page's table, in the report's order."""
    template = (ROOT / "conformance" / "report" / "templates" / "report.html").read_text("utf-8")
    headings = [re.sub(r"\s*<.*", "", heading) for heading in re.findall(r"<h2[^>]*>(.*?)</h2>", template)]
    page = (ROOT / "docs" / "reading-a-run.md").read_text("utf-8").partition("## report.html")[2]

    assert headings
    assert [name for name in re.findall(r"^\| ([^|]+) \|", page, flags=re.MULTILINE) if name in headings] == headings
