"""One run from its start to its end: preflight, checks, log, reports, exit status."""

from __future__ import annotations

import secrets
import sys
import time
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.contract.catalogue import load_catalogue
from conformance.contract.outcomes import Level
from conformance.errors import ControlError, OutputError, TargetUnreachableError
from conformance.plugin import ConformancePlugin, run_pytest
from conformance.report.formats import WRITTEN, write_all
from conformance.report.judging import Terms, judge_gate, read_terms
from conformance.report.log import read_check, read_run
from conformance.report.withholding import Veil, hide_in, seal
from conformance.report.writer import RunLogWriter
from conformance.run_events import first_event, last_event
from conformance.suite.run import DEFAULT_EXAMPLES, Run
from conformance.target.access import Access, connect, open_access, prove_clients
from conformance.target.file import load_target
from conformance.verdicts import conclude, gating_requirements

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.contract.catalogue import Catalogue
    from conformance.narrator import Narrator
    from conformance.report.run import Check
    from conformance.report.run import Run as FinishedRun
    from conformance.target.file import Target

INTERRUPTED = 130
DEFAULT_SEED = 0
# Parts of an event that hold our own words only.
PLAIN = frozenset(
    {
        "event",
        "id",
        "requirement",
        "level",
        "statement",
        "question",
        "where",
        "outcome",
        "reason",
        "cause",
        "exchanges",
        "seconds",
        "cell",
    }
)
WHAT_TO_CHECK = (
    "check base_url and each client's client_id and client_secret; conformance doctor FILE looks at all of it"
)


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says about a run; `longest_wait` in seconds, None: as the target file says.

    `checks` narrows the selection to checks by their ids (none: all); `formats` are the reports that are written.
    `baseline` is the folder of an earlier run, `waivers` a file; both touch the exit status alone.
    """

    profiles: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    out: Path | None = None
    seed: int = DEFAULT_SEED
    examples: int = DEFAULT_EXAMPLES
    gate: Level = Level.MUST
    longest_wait: float | None = None
    checks: tuple[str, ...] = ()
    formats: tuple[str, ...] = WRITTEN
    baseline: Path | None = None
    waivers: Path | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """A run that came to an end: its exit status, and what it left (None where it was interrupted before)."""

    exit: int
    folder: Path
    run: FinishedRun | None = None
    trouble: tuple[str, ...] = ()


@dataclass(slots=True)
class _Log:
    """Writes the events of a run and keeps what the conclusion needs of each."""

    writer: RunLogWriter
    access: Access
    narrator: Narrator
    checks: list[Check] = field(default_factory=list)
    observations: dict[tuple[str, str], None] = field(default_factory=dict)

    def emit(self, event: Mapping[str, Any]) -> None:
        """Write a check event down, free of secrets."""
        clean = {name: value if name in PLAIN else self.clean(value) for name, value in event.items()}
        self.writer.event(clean)
        check = read_check(clean)
        self.checks.append(check)
        self.observations |= {(item.name, item.value): None for item in check.observations}
        self.narrator.finished(check.outcome)

    def clean(self, value: Any) -> Any:
        """Give a value of an event free of secrets."""
        if isinstance(value, str):
            return self.access.secrets.redact(value)
        if isinstance(value, list):
            return [self.clean(item) for item in value]
        if isinstance(value, dict):
            return {name: self.clean(item) for name, item in value.items()}
        return value


def run_suite(target_path: Path, options: Options, narrator: Narrator) -> Finished:
    """Run the suite against a target.

    Raises UsageError (selection, target file, waivers, baseline), RunLogError (baseline), OutputError (output folder),
    TargetUnreachableError (preflight); afterwards every trouble is an exit status.
    """
    target = _with_options(load_target(target_path), options)
    catalogue = load_catalogue()
    selection = catalogue.select(options.profiles, options.requirements)
    identifier = secrets.token_hex(2).upper()
    started = datetime.now(UTC)
    terms = read_terms(options.baseline, options.waivers, started.date())
    folder = options.out or Path("reports") / f"{started:%Y%m%dT%H%M%S.%f}Z-{_slug(target.name)}".replace(".", "-", 1)
    with RunLogWriter(folder) as writer:
        access = open_access(target, target.specification, writer.exchange)
        try:
            finished = _run(access, catalogue, selection, options, terms, writer, narrator, identifier, started)
            return _sealed(access, options, finished)
        except BaseException as error:
            withheld = seal(access.secrets, folder, options.formats, None)
            hide_in(error, access.secrets.redact)
            if withheld:
                error.args = ("\n".join((str(error), *withheld)),)
            raise
        finally:
            access.close()


def _sealed(access: Access, options: Options, finished: Finished) -> Finished:
    """Give the run on only if no secret is in what it left."""
    withheld = seal(access.secrets, finished.folder, options.formats, finished.run)
    if not withheld:
        return finished
    status = INTERRUPTED if finished.exit == INTERRUPTED else 4
    return Finished(status, finished.folder, None, (*finished.trouble, *withheld))


def _run(
    access: Access,
    catalogue: Catalogue,
    selection: Catalogue,
    options: Options,
    terms: Terms,
    writer: RunLogWriter,
    narrator: Narrator,
    identifier: str,
    started: datetime,
) -> Finished:
    gating = gating_requirements(selection, profiles=options.profiles, gate=options.gate)
    began = time.monotonic()
    preflight(access)
    writer.event(first_event(access, catalogue, options, gating, identifier, started))
    log = _Log(writer, access, narrator)
    run = Run(access, identifier, options.seed, options.examples, narrator.waiting)
    plugin = ConformancePlugin(
        run, catalogue, frozenset(entry.id for entry in selection), log.emit, narrator.started, narrator.total
    )
    plugin.only = frozenset(options.checks)
    trouble = _execute(plugin, narrator)
    _reset(access)
    if trouble is None:
        return Finished(INTERRUPTED, writer.folder)
    conclusion = conclude(selection, log.checks, gating, suite_failed=bool(trouble))
    try:
        gate = judge_gate(conclusion, log.checks, catalogue.ids, terms)
        writer.event(last_event(conclusion, log.observations, began, gate.exit) | log.clean(gate.as_event()))
        writer.close()
        finished = read_run(writer.folder)
        write_all(finished, options.formats)
    except OutputError as error:
        return Finished(4, writer.folder, None, (*trouble, str(error)))
    exit_status = 4 if trouble else gate.exit
    return Finished(exit_status, writer.folder, finished, tuple(trouble))


def _execute(plugin: ConformancePlugin, narrator: Narrator) -> list[str] | None:
    """Ask all checks; what went wrong with the suite itself, or None where the person interrupted the run."""
    redact = plugin.run.access.secrets.redact
    try:
        # pytest, and the libraries of a check, may print what they stumble over.
        with redirect_stdout(Veil(sys.stdout, redact)), redirect_stderr(Veil(sys.stderr, redact)):
            status = run_pytest(plugin)
    finally:
        narrator.over()
    trouble = [redact(told) for told in plugin.trouble]
    if plugin.output_error is not None:
        trouble.append(str(plugin.output_error))
    elif status == 2 and not trouble:
        return None
    elif status not in {0, 1, 5} and not trouble:
        trouble.append(f"pytest ended with status {status}")
    return trouble


def preflight(access: Access) -> None:
    """Reach the target and its control, put it back to its start where that is offered, prove every client.

    Raises TargetUnreachableError where the target is out of reach or no client gets a token.
    """
    connect(access)
    _reset(access)
    problems = prove_clients(access)
    if len(problems) == len(access.sessions):
        raise TargetUnreachableError("\n".join(("no client gets a token:", *problems, WHAT_TO_CHECK)))


def _reset(access: Access) -> None:
    """Put data, accounts and secrets back, where the target offers that; secrets kept from earlier are then void."""
    if access.control is None or "reset" not in access.administration.actions or access.wire.lost:
        return
    try:
        # That there is no room to write it down says whoever writes next.
        with suppress(OutputError):
            access.control.reset()
    except ControlError:
        return
    access.store.forget_all()
    for session in access.sessions.values():
        session.use_secret(access.store.current(session.client).value)


def _with_options(target: Target, options: Options) -> Target:
    if options.longest_wait is None:
        return target
    return replace(target, limits=replace(target.limits, longest_wait=options.longest_wait))


def _slug(name: str) -> str:
    kept = "".join(character if character.isalnum() else "-" for character in name.lower())
    return "-".join(part for part in kept.split("-") if part)[:40] or "target"
