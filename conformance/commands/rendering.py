"""How a command hands over what it has rendered: in which format, to standard output or to a file."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.errors import UsageError

if TYPE_CHECKING:
    import argparse

FORMATS = ("terminal", "markdown", "html", "json")


def add_format(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how and where to render."""
    parser.add_argument("--format", choices=FORMATS, default="terminal", help="how to show it (default: terminal)")
    parser.add_argument("--output", metavar="FILE", help="write to a file instead of standard output")


def terminal_options(given: argparse.Namespace) -> dict[str, Any]:
    """Say what the output can show: colour only on a terminal, UTF-8 in a file."""
    from conformance.report.terminal import colour_wanted

    if given.output is not None:
        return {}
    colour = colour_wanted(os.environ, tty=sys.stdout.isatty())
    return {"colour": colour, "encoding": sys.stdout.encoding or "utf-8"}


def hand_over(text: str, output: str | None) -> None:
    """Print a text, or write it to a file; raises UsageError where that cannot be written."""
    if output is None:
        print(text, end="")
        return
    try:
        Path(output).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"{output}: cannot be written ({error.strerror}); name another file with --output") from error
