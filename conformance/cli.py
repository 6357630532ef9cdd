"""The command line: parses, hands on, turns errors into messages and exit statuses. It holds no logic of its own."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from conformance import __version__
from conformance.commands import diff, history, selftest, waive
from conformance.contract.outcomes import Level
from conformance.errors import ConformanceError, TargetUnreachableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.runner import Options

DESCRIPTION = "Tells which documented requirements an implementation of the InventoryPro REST API meets, and which not."
EPILOG = """\
exit status of run: 0 gate satisfied, 1 a requirement is violated, 2 wrong usage or target file, 3 target unreachable,
4 the suite itself failed, 5 something required was not exercised, 6 something needs a longer wait, 130 interrupted
"""
USAGE, UNREACHABLE, BROKEN, INTERRUPTED = 2, 3, 4, 130
SECONDS_BETWEEN_THREADS = 0.05


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status of the process."""
    parser = _parser()
    given = parser.parse_args(arguments)
    command: Callable[[argparse.Namespace], int] | None = getattr(given, "command", None)
    if command is None:
        parser.print_help()
        return USAGE
    try:
        return command(given)
    except KeyboardInterrupt:
        _say("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN
    except TargetUnreachableError as error:
        _say(str(error))
        return UNREACHABLE
    except UsageError as error:
        _say(str(error))
        return USAGE
    except ConformanceError as error:
        _say(str(error))
        return USAGE
    except Exception as error:  # noqa: BLE001 -- the last line of defence: nobody is shown a traceback
        return _broken(error)


def _say(message: str) -> None:
    from conformance.report.escaping import visible_lines

    for line in visible_lines(message):
        print(f"conformance: {line}", file=sys.stderr)


def _broken(error: Exception) -> int:
    import traceback

    if os.environ.get("CONFORMANCE_DEBUG"):
        traceback.print_exception(error)
    where = traceback.extract_tb(error.__traceback__)[-1]
    _say(f"the suite itself failed: {type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})")
    _say("this says nothing about the target; set CONFORMANCE_DEBUG=1 to see all of it, and report it")
    return BROKEN


# --- run ---


def _run(given: argparse.Namespace) -> int:
    with ExitStack() as stack:
        target = given.target or stack.enter_context(_bundled_target())
        return _run_against(Path(target), _options(given), given)


def _options(given: argparse.Namespace) -> Options:
    from conformance.runner import Options

    return Options(
        profiles=tuple(given.profile),
        requirements=tuple(given.requirement),
        out=given.out,
        seed=given.seed,
        examples=given.examples,
        gate=Level(given.gate),
        longest_wait=None if given.longest_wait is None else _seconds(given.longest_wait),
        baseline=given.baseline,
        waivers=given.waivers,
    )


def _seconds(duration: str) -> float:
    from conformance.target.parsing import parse_duration

    try:
        return parse_duration(duration)
    except ValueError as error:
        raise UsageError(f"--longest-wait: {error}") from error


def _run_against(target: Path, options: Options, given: argparse.Namespace) -> int:
    from conformance.narrator import Narrator
    from conformance.report import summary, terminal
    from conformance.runner import run_suite

    # The threads that ask wait for the network most of the time; fewer forced changes between them save a sixth of a run.
    sys.setswitchinterval(SECONDS_BETWEEN_THREADS)
    finished = run_suite(target, options, Narrator(sys.stderr, quiet=given.quiet))
    for line in finished.trouble:
        _say(line)
    if finished.run is None:
        if finished.exit == INTERRUPTED:
            _say(
                f"interrupted; what was recorded stands in {finished.folder}, and can be read with:"
                f" conformance report {finished.folder}"
            )
        return finished.exit
    if given.json:
        print(summary.render(finished.run), end="")
    elif given.quiet:
        from conformance.report.findings import conclusion_sentence, find
        from conformance.report.gate import gate_clause

        print(f"{conclusion_sentence(find(finished.run))}{gate_clause(finished.run)} ({finished.folder})")
    else:
        colour = terminal.colour_wanted(os.environ, tty=sys.stdout.isatty())
        print(terminal.render(finished.run, colour=colour, encoding=sys.stdout.encoding or "utf-8"), end="")
    return finished.exit


class _bundled_target:  # noqa: N801 -- reads as what it gives
    """The target file of the bundled reference server, which serves as long as the context lasts.

    It runs in a process of its own, so that suite and server share no interpreter. Raises UsageError where it does not
    start.
    """

    def __enter__(self) -> Path:
        import subprocess

        self._stack = ExitStack()
        folder = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="conformance-"))
        target = Path(folder) / "reference.toml"
        # -P: modules in the folder that the run is started from are none of the server's.
        # A session of its own: Ctrl-C is for the run, which then ends the server by itself.
        self._server = subprocess.Popen(  # noqa: S603 -- this program itself
            [sys.executable, "-P", "-m", "conformance", "serve", "--write-target", str(target)],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._stack.callback(self._stop)
        # What a run needs is imported while the server starts.
        import conformance.runner  # noqa: F401

        assert self._server.stdout is not None
        for _ in self._server.stdout:
            if target.exists():
                return target
        self._stack.close()
        raise UsageError("the bundled reference server did not start; try: conformance serve")

    def _stop(self) -> None:
        self._server.terminate()
        self._server.wait(timeout=10)
        if self._server.stdout is not None:
            self._server.stdout.close()

    def __exit__(self, *_: object) -> None:
        self._stack.close()


# --- the other commands ---


def _plan(given: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from conformance.contract.catalogue import load_catalogue
    from conformance.plan_text import waivers_text
    from conformance.planning import plan, plan_text
    from conformance.report.judging import foresee_waivers

    waivers = foresee_waivers(given.baseline, given.waivers, load_catalogue().ids, datetime.now(UTC).date())
    with ExitStack() as stack:
        target = given.target or stack.enter_context(_bundled_target())
        planned = plan(Path(target), _options(given))
        if given.json:
            print(json.dumps(planned.as_json() | waivers, indent=2))
        else:
            print("\n".join([plan_text(planned), *waivers_text(waivers)]))
    return 0


def _doctor(given: argparse.Namespace) -> int:
    from conformance.doctor import diagnose

    problems, report = diagnose(Path(given.target))
    print(report)
    return UNREACHABLE if problems else 0


def _init(given: argparse.Namespace) -> int:
    from conformance.target.template import write_template

    path = Path(given.target)
    write_template(path)
    print(f"wrote {path}; fill it in, then run: conformance doctor {path}")
    return 0


def _serve(given: argparse.Namespace) -> int:
    from conformance.reference.command import serve
    from conformance.reference.faults import FAULTS
    from conformance.reference.freedoms_page import freedoms_text
    from conformance.reference.names import UnknownFaultError

    if given.list_faults:
        for fault in FAULTS.values():
            print(f"{fault.name}\n    {fault.sentence}\n    violates {', '.join(fault.violates)}")
        return 0
    if given.list_freedoms:
        print(freedoms_text(), end="")
        return 0
    try:
        return serve(
            faults=tuple(given.fault),
            dialect=given.dialect,
            freedoms=tuple(given.freedom),
            weather=tuple(given.weather),
            write_target=None if given.write_target is None else Path(given.write_target),
            port=given.port,
            plain_port=given.plain_port,
        )
    except UnknownFaultError as error:
        raise UsageError(str(error)) from error
    except OSError as error:
        raise UsageError(
            f"the server cannot start: {error.strerror or error}; choose another --port or folder"
        ) from error


def _list(given: argparse.Namespace) -> int:
    from conformance.listing import coverage_text, list_text, listed, statements_text
    from conformance.reference.faults import FAULTS
    from conformance.teeth import survivors

    if given.statements:
        if given.format == "markdown":
            raise UsageError("--statements is a list of its own, and no page; leave out --format markdown")
        print(statements_text())
        return 0
    breaking = {name: fault.violates for name, fault in FAULTS.items() if name not in survivors()}
    entries = listed(tuple(given.profile), tuple(given.requirement), breaking)
    if given.format == "json":
        print(json.dumps(entries, indent=2))
        return 0
    if given.format == "markdown":
        from conformance.catalogue_page import catalogue_page

        print(catalogue_page(entries), end="")
        return 0
    print(list_text(entries))
    if not given.profile and not given.requirement:
        print(f"\n{coverage_text(entries)}")
    return 0


def _explain(given: argparse.Namespace) -> int:
    from conformance.explaining import explain
    from conformance.reference.faults import FAULTS

    print(explain(given.id, {name: (fault.violates, fault.sentence) for name, fault in FAULTS.items()}))
    return 0


def _report(given: argparse.Namespace) -> int:
    from conformance.commands.rendering import hand_over
    from conformance.report.formats import render
    from conformance.report.log import EXCHANGE_LOG, read_run

    run = read_run(given.run)
    if not (run.folder / EXCHANGE_LOG).exists():
        _say(f"{run.folder / EXCHANGE_LOG} is missing: what is rendered shows no requests and answers")
    hand_over(render(run, given.format), given.output)
    return 0


# --- the parser ---


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="conformance",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"conformance {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    _add_run(commands)
    _add_looking(commands)
    _add_serve(commands)
    for command in (diff, history, waive, selftest):
        command.add_to(commands)
    return parser


if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def _command(
    commands: Commands, name: str, function: Callable[[argparse.Namespace], int], text: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
    parser.set_defaults(command=function)
    return parser


def _add_selection(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--profile", action="append", default=[], metavar="NAME", help="only this profile; may be repeated"
    )
    parser.add_argument(
        "--requirement",
        action="append",
        default=[],
        metavar="ID",
        help="only this requirement, or those a glob matches; may be repeated",
    )


def _add_run(commands: Commands) -> None:
    for name, function, text in (
        ("run", _run, "run the suite against a target; without one, against the bundled reference server"),
        ("plan", _plan, "say what a run would do, and send nothing"),
    ):
        parser = _command(commands, name, function, text)
        parser.add_argument(
            "target", nargs="?", metavar="TARGET.toml", help="the target file (conformance init writes one)"
        )
        _add_selection(parser)
        parser.add_argument(
            "--out", type=Path, metavar="DIR", help="the run's folder (default: reports/<UTC time>-<target name>)"
        )
        parser.add_argument(
            "--seed", type=int, default=0, metavar="N", help="the seed of generated requests (default: 0)"
        )
        parser.add_argument(
            "--examples",
            type=_not_negative,
            default=10,
            metavar="N",
            help="requests at random to each operation, N right ones and N flawed ones; 0: none (default: 10)",
        )
        parser.add_argument(
            "--gate",
            choices=["must", "should"],
            default="must",
            help="which level decides the exit status (default: must)",
        )
        parser.add_argument(
            "--longest-wait", metavar="DURATION", help="how long a check may really wait, such as 90s, 5m or 5h"
        )
        parser.add_argument(
            "--baseline",
            type=Path,
            metavar="RUN",
            help="the folder of an earlier run: exit with 1 only if something is violated that was not violated there",
        )
        parser.add_argument(
            "--waivers",
            type=Path,
            metavar="FILE",
            help="known violations that do not fail the gate until a date (conformance waive drafts the file)",
        )
        parser.add_argument("--quiet", action="store_true", help="no progress; one line at the end")
        parser.add_argument("--json", action="store_true", help="the summary as one JSON object on standard output")


def _not_negative(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("must be 0 or more")
    return number


def _add_looking(commands: Commands) -> None:
    doctor = _command(commands, "doctor", _doctor, "check a target file and all that it names, in a minute")
    doctor.add_argument("target", metavar="TARGET.toml")
    init = _command(commands, "init", _init, "write a commented target file to fill in")
    init.add_argument("target", nargs="?", default="target.toml", metavar="TARGET.toml")
    listing = _command(commands, "list", _list, "list the requirement catalogue")
    _add_selection(listing)
    listing.add_argument(
        "--format",
        choices=["text", "json", "markdown"],
        default="text",
        help="text, json (an array with an object for each) or markdown (the page docs/requirements.md; default: text)",
    )
    listing.add_argument("--json", action="store_const", const="json", dest="format", help="the same as --format json")
    listing.add_argument(
        "--statements", action="store_true", help="the statements of the documentation, and what accounts for each"
    )
    explain = _command(
        commands, "explain", _explain, "explain one requirement: its source, how it is checked, what breaks it"
    )
    explain.add_argument("id", metavar="ID")
    report = _command(commands, "report", _report, "render a finished run again")
    report.add_argument("run", metavar="RUN", help="the run's folder")
    report.add_argument(
        "--format",
        default="markdown",
        metavar="FORMAT",
        help="markdown, junit, html, json, sarif (code scanning), har (the exchanges) or annotations (of a GitHub"
        " workflow; default: markdown)",
    )
    report.add_argument("--output", metavar="FILE", help="write to a file instead of standard output")


def _add_serve(commands: Commands) -> None:
    serve = _command(commands, "serve", _serve, "serve the bundled reference server until interrupted")
    serve.add_argument(
        "--fault", action="append", default=[], metavar="NAME", help="switch a single defect on; may be repeated"
    )
    serve.add_argument("--list-faults", action="store_true", help="list the defects that can be switched on")
    serve.add_argument(
        "--dialect", default="plain", metavar="NAME", help="conform in another way where the documentation is silent"
    )
    serve.add_argument(
        "--freedom",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="set one thing that the documentation leaves open, beside the dialect; may be repeated",
    )
    serve.add_argument(
        "--weather",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="set one kind of bad weather; may be repeated",
    )
    serve.add_argument(
        "--list-freedoms", action="store_true", help="list the freedoms and the weather, with their values"
    )
    serve.add_argument("--write-target", metavar="PATH", help="write a ready target file for the server")
    serve.add_argument("--port", type=int, default=0, metavar="N", help="the HTTPS port (default: any free one)")
    serve.add_argument(
        "--plain-port", type=int, default=0, metavar="N", help="the plain HTTP port (default: any free one)"
    )


if __name__ == "__main__":
    raise SystemExit(main())
