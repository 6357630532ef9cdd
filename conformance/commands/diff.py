"""`conformance diff`: what changed between two runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.commands.rendering import add_format, hand_over, terminal_options

if TYPE_CHECKING:
    import argparse

    from conformance.commands import Commands
    from conformance.report.difference.difference import Difference

TEXT = "say what changed between two runs: newly violated, fixed, no longer exercised"
EPILOG = "exit status: 0 nothing required got worse, 1 a regression, 2 wrong usage or a run that cannot be read"


def add_to(commands: Commands) -> None:
    """Add the command and its options."""
    parser = commands.add_parser("diff", help=TEXT, description=TEXT, epilog=EPILOG, allow_abbrev=False)
    parser.set_defaults(command=run)
    parser.add_argument("before", metavar="RUN_A", help="the folder of the earlier run")
    parser.add_argument("after", metavar="RUN_B", help="the folder of the later run")
    add_format(parser)


def run(given: argparse.Namespace) -> int:
    """Compare two runs and say it."""
    from conformance.report.difference.difference import compare
    from conformance.report.log import read_run

    difference = compare(read_run(given.before), read_run(given.after))
    hand_over(_rendered(difference, given), given.output)
    return difference.exit


def _rendered(difference: Difference, given: argparse.Namespace) -> str:
    from conformance.report.difference import as_json as difference_json
    from conformance.report.difference import html as difference_html
    from conformance.report.difference import markdown as difference_markdown
    from conformance.report.difference import text as difference_text

    match given.format:
        case "markdown":
            return difference_markdown.render(difference)
        case "html":
            return difference_html.render(difference)
        case "json":
            return difference_json.render(difference)
        case _:
            return difference_text.render(difference, **terminal_options(given))
