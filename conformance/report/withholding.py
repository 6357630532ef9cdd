"""What is done so that no secret leaves a run: every artifact is searched, and one that holds a secret is withheld."""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING, Any, Protocol, TextIO

from conformance.contract.outcomes import Reason
from conformance.errors import OutputError, RunLogError
from conformance.report import summary, terminal
from conformance.report.canary import TAG, encodings, hatch, sample_run
from conformance.report.formats import FORMATS, write_all
from conformance.report.log import EXCHANGE_LOG, RUN_LOG, read_run
from conformance.report.writer import append_event
from conformance.verdicts import Standing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from conformance.report.run import Run

# Characters.
SEARCHED_AT_ONCE = 1_000_000
UNWRAPPED = 1_000_000
LOGS = (RUN_LOG, EXCHANGE_LOG)
# What Markdown puts before a character or behind it so that it means nothing but itself.
MARKDOWN_ESCAPE = re.compile(r"\\(?=[!-/:-@[-`{-~])|(?<=\d)\\(?=[.)])|<!-- -->")
AS_READ: Mapping[str, Callable[[str], str]] = {
    ".md": lambda text: MARKDOWN_ESCAPE.sub("", text),
    ".txt": lambda text: text.replace("%25", "%"),
}
"""What a reader makes of a format that escapes in a way of its own, by the end of the name of its file."""
PRINTED: Mapping[str, Callable[[Run], str]] = {
    "terminal": lambda run: terminal.render(run, width=UNWRAPPED),
    "json": summary.render,
}
"""What the command line shows of a run, lines as they are before they are wrapped."""


class Registry(Protocol):
    """Knows the secrets of a run."""

    def register(self, value: str, tag: str) -> None:
        """Know one more."""

    def register_basic(self, client_id: str, secret: str, tag: str) -> None:
        """Know what HTTP Basic makes of a client's credentials."""

    def find(self, text: str) -> list[str]:
        """Name the tags of the secrets that a text shows."""

    def redact(self, text: str) -> str:
        """Replace the secrets in a text by their tags."""


def seal(registry: Registry, folder: Path, formats: Iterable[str], run: Run | None) -> list[str]:
    """Search all that a run left, remove what holds a secret, and say so; nothing: the run can be handed on.

    Otherwise the run's conclusion becomes `invalid`, in its log and in what is rendered from it again. `run` is what
    the command line is going to print, if anything.
    """
    formats = tuple(formats)
    blind = blindness(registry, formats)
    withheld = {path.name: told for path in _artifacts(folder) if (told := _withhold(registry, path))}
    trouble = [*blind, *withheld.values(), *_in_print(registry, run)]
    if trouble:
        kept = [name for name in formats if FORMATS[name].file_name not in withheld]
        trouble += _invalidate(folder, kept, log_is_gone=RUN_LOG in withheld)
    return trouble


def blindness(registry: Registry, formats: Iterable[str]) -> list[str]:
    """Say where the search would miss a secret.

    A search that finds nothing proves something only if it would have found one. So in each run a canary, a random value
    that is nobody's secret, is made known like a secret and hidden in every way that secrets were found hidden in, and
    put through every format that is written or printed.
    """
    canaries = hatch()
    for client, value in canaries.items():
        registry.register(value, TAG)
        registry.register_basic(client, value, TAG)
    renderers = {**{FORMATS[name].file_name: FORMATS[name].render for name in formats}, **PRINTED}
    texts = [pair for client, value in canaries.items() for pair in encodings(client, value)]
    texts += [(name, render(sample_run(value))) for name, render in renderers.items() for value in canaries.values()]
    missed = {name for name, text in texts if TAG not in found(registry, text, name)}
    return [
        f"the search for secrets would miss one here: {name}; do not hand this run on, and report it"
        for name in sorted(missed)
    ]


def found(registry: Registry, text: str, name: str) -> list[str]:
    """Name the tags of the secrets that a text shows, as it stands in a file of this name and as it is read there."""
    tags = registry.find(text)
    for suffix, as_read in AS_READ.items():
        if name.endswith(suffix):
            tags = list(dict.fromkeys([*tags, *registry.find(as_read(text))]))
    return tags


def _artifacts(folder: Path) -> Iterator[Path]:
    """Give the files of a run that are there; whatever else lies in the folder is none of its business."""
    names = (*LOGS, *(form.file_name for form in FORMATS.values()))
    return (folder / name for name in names if (folder / name).is_file())


def _withhold(registry: Registry, path: Path) -> str | None:
    """Remove a file that holds a secret, and say which secret and where, without its value."""
    for number, line in _suspects(registry, path):
        tags = found(registry, line, path.name)
        if tags:
            told = f"{path}:{number}: held {', '.join(tags)} ({Reason.SECRET_FOUND})"
            return f"{told}; it was {_removed(path)}. Please report what the suite did not hide, without the secret"
    return None


def _suspects(registry: Registry, path: Path) -> Iterator[tuple[int, str]]:
    """Give the lines, with their numbers, of those blocks of a file that show a secret: a megabyte is searched at once.

    No secret goes over the end of a line.
    """
    number = 1
    with path.open(encoding="utf-8", errors="surrogateescape") as file:
        while lines := file.readlines(SEARCHED_AT_ONCE):
            if found(registry, "".join(lines), path.name):
                yield from enumerate(lines, start=number)
            number += len(lines)


def _removed(path: Path) -> str:
    try:
        path.unlink()
    except OSError as error:
        return f"not removed ({error.strerror}): delete it yourself"
    return "removed"


def _in_print(registry: Registry, run: Run | None) -> list[str]:
    """Search what the command line is about to print."""
    if run is None:
        return []
    shown = {name: found(registry, render(run), name) for name, render in PRINTED.items()}
    return [
        f"{run.folder}: the summary for {name} would show {', '.join(tags)} ({Reason.SECRET_FOUND}); it is not printed"
        for name, tags in shown.items()
        if tags
    ]


def _invalidate(folder: Path, formats: Iterable[str], *, log_is_gone: bool) -> list[str]:
    """Conclude anew that the run says nothing; without a log, what was rendered from it goes as well."""
    if log_is_gone:
        rest = [path for path in _artifacts(folder) if path.name not in LOGS]
        return [f"{path}: was rendered from {RUN_LOG} and {_removed(path)} with it" for path in rest]
    try:
        if read_run(folder).complete:
            append_event(folder, _ended_invalid(folder))
            write_all(read_run(folder), tuple(formats))
    except RunLogError:
        return []  # it ended before its first event
    except OutputError as error:
        return [str(error)]
    return []


def _ended_invalid(folder: Path) -> dict[str, Any]:
    lines = (folder / RUN_LOG).read_text(encoding="utf-8").splitlines()
    end = next(event for event in map(json.loads, reversed(lines)) if event.get("event") == "end")
    return {**end, "conclusion": str(Standing.INVALID), "exit": Standing.INVALID.exit}


def hide_in(error: BaseException, redact: Callable[[str], str]) -> None:
    """Hide secrets in the texts of an exception, its notes, and all those that it came from."""
    known: set[int] = set()
    pending: list[BaseException | None] = [error]
    while pending:
        one = pending.pop()
        if one is None or id(one) in known:
            continue
        known.add(id(one))
        one.args = tuple(redact(part) if isinstance(part, str) else part for part in one.args)
        if getattr(one, "__notes__", None):
            one.__notes__ = [redact(note) for note in one.__notes__]
        pending += [one.__cause__, one.__context__, *getattr(one, "exceptions", ())]


class Veil(io.TextIOBase):
    """A stream that hides secrets in what is written through it: what pytest or a library prints on its own account."""

    def __init__(self, stream: TextIO, redact: Callable[[str], str]) -> None:
        self._stream = stream
        self._redact = redact

    def write(self, text: str, /) -> int:
        """Write a text without its secrets; returns its own length."""
        self._stream.write(self._redact(text))
        return len(text)

    @property
    def encoding(self) -> str:  # type: ignore[override]  # known here
        """What the stream behind it can show."""
        return self._stream.encoding or "utf-8"

    def flush(self) -> None:
        """Flush the stream behind it."""
        self._stream.flush()

    def isatty(self) -> bool:
        """Whether a person reads it."""
        return self._stream.isatty()
