"""Which formats a run can be rendered in, and which of them every run leaves behind."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from conformance.errors import UsageError
from conformance.report import har, html, junit, markdown, sarif, summary, workflow
from conformance.report.log import read_run
from conformance.report.writer import write_private

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
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
        "html": Format("report.html", html.render),
        "json": Format("summary.json", summary.render, always=False),
        "sarif": Format("report.sarif", sarif.render, always=False),
        "har": Format("exchanges.har", har.render, always=False),
        "annotations": Format("annotations.txt", workflow.render, always=False),
    }
)
"""By the name that `conformance report --format` takes. A new format is one module and one line here."""

WRITTEN = tuple(name for name, form in FORMATS.items() if form.always)
"""What every run leaves behind."""


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


def write_all(run: Run, names: Collection[str] = WRITTEN) -> tuple[Path, ...]:
    """Write the named formats of a run that was read already."""
    chosen = [FORMATS[name] for name in names]
    rendered = {run.folder / form.file_name: form.render(run) for form in chosen}
    for path, text in rendered.items():
        write_private(path, text)
    return tuple(rendered)
