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
        show(text)
        return
    try:
        Path(output).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"{output}: cannot be written ({error.strerror}); name another file with --output") from error


def show(text: str) -> None:
    """Print a text to the letter; what the output's encoding cannot say is written as UTF-8, as into a file.

    Raises UsageError where it cannot be written, such as on a full disk.
    """
    try:
        _print(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise  # whoever read it has seen enough
    except OSError as error:
        _discard_output()
        raise UsageError(
            f"standard output cannot be written ({error.strerror}); make room, or name a file with --output"
        ) from error


def _print(text: str) -> None:
    try:
        text.encode(sys.stdout.encoding or "utf-8", sys.stdout.errors or "strict")
    except UnicodeEncodeError:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8"))
    else:
        sys.stdout.write(text)


def _discard_output() -> None:
    """Let nothing that is still kept for standard output be tried again when the program ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
