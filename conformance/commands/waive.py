"""`conformance waive`: drafts a waivers file from what a run found violated."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from conformance.commands import Commands

TEXT = "draft waivers for what a run found violated, to be filled in and given to run --waivers"


def add_to(commands: Commands) -> None:
    """Add the command and its options."""
    parser = commands.add_parser("waive", help=TEXT, description=TEXT, allow_abbrev=False)
    parser.set_defaults(command=run)
    parser.add_argument("run", metavar="RUN", help="the run's folder")
    parser.add_argument("--output", metavar="FILE", help="write to a new file instead of standard output")


def run(given: argparse.Namespace) -> int:
    """Draft the entries and hand them over."""
    from conformance.commands.rendering import show
    from conformance.report.log import read_run
    from conformance.report.waivers.draft import draft

    text = draft(read_run(given.run), datetime.now(UTC).date())
    if given.output is None:
        show(text)
        return 0
    _write_new(Path(given.output), text)
    print(f"wrote {given.output}; fill it in, then run: conformance run TARGET.toml --waivers {given.output}")
    return 0


def _write_new(path: Path, text: str) -> None:
    """Write a file that does not exist yet: what somebody has filled in is never overwritten."""
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError as error:
        raise UsageError(f"{path}: exists already; name another file with --output") from error
    except OSError as error:
        with suppress(OSError):  # half a draft would be in the way of the next one
            if path.is_file():
                path.unlink()
        raise UsageError(f"{path}: cannot be written ({error.strerror}); name another file with --output") from error
