"""Which formats a run can be rendered in, and which of them every run leaves behind."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from conformance.errors import OutputError, UsageError
from conformance.report import junit, markdown, summary
from conformance.report.log import read_run

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from conformance.report.run import Run


class Format(NamedTuple):
    """One format: the name of its file in the run folder, what renders it, whether every run writes it."""

    file_name: str
    render: Callable[[Run], str]
    always: bool = True


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "markdown": Format("summary.md", markdown.render),
        "junit": Format("junit.xml", junit.render),
        "json": Format("summary.json", summary.render, always=False),
    }
)
"""By the name that `conformance report --format` takes. A new format is one module and one line here."""


def render(run: Run, name: str) -> str:
    """Render a run in one format; raises UsageError for a name that is none."""
    if name not in FORMATS:
        raise UsageError(f"--format {name}: there is no such format; choose one of {', '.join(FORMATS)}")
    return FORMATS[name].render(run)


def render_all(folder: Path | str) -> tuple[Path, ...]:
    """Write every file that a run leaves behind beside its log, and return their paths.

    Raises RunLogError where the folder holds no readable run, OutputError where a file cannot be written.
    """
    return write_all(read_run(folder))


def write_all(run: Run) -> tuple[Path, ...]:
    """Do the same for a run that was read already."""
    rendered = {run.folder / form.file_name: form.render(run) for form in FORMATS.values() if form.always}
    for path, text in rendered.items():
        _write(path, text)
    return tuple(rendered)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror}); make room or free the file") from error
