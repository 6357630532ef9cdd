"""`conformance history`: many runs over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.commands.rendering import add_format, hand_over, terminal_options

if TYPE_CHECKING:
    import argparse

    from conformance.commands import Commands
    from conformance.report.history.history import Histories

TEXT = "show many runs over time: what is violated since when, what was last met when, what flaps"
EPILOG = "exit status: 0, or 2 where the folder holds no run that can be read"


def add_to(commands: Commands) -> None:
    """Add the command and its options."""
    parser = commands.add_parser("history", help=TEXT, description=TEXT, epilog=EPILOG, allow_abbrev=False)
    parser.set_defaults(command=run)
    parser.add_argument(
        "folder", nargs="?", default="reports", metavar="DIR", help="holds run folders (default: reports)"
    )
    add_format(parser)


def run(given: argparse.Namespace) -> int:
    """Read all runs of a folder and show them."""
    from conformance.report.history.history import read_histories

    histories = read_histories(given.folder)
    hand_over(_rendered(histories, given), given.output)
    return 0


def _rendered(histories: Histories, given: argparse.Namespace) -> str:
    from conformance.report.history import as_json as history_json
    from conformance.report.history import html as history_html
    from conformance.report.history import markdown as history_markdown
    from conformance.report.history import text as history_text

    match given.format:
        case "markdown":
            return history_markdown.render(histories)
        case "html":
            return history_html.render(histories)
        case "json":
            return history_json.render(histories)
        case _:
            return history_text.render(histories, **terminal_options(given))
