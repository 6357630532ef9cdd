"""One run from its start to its end: preflight, checks, log, reports, exit status."""

from __future__ import annotations

import hashlib
import platform
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance import __version__
from conformance.contract.catalogue import load_catalogue
from conformance.contract.outcomes import Level, Reason
from conformance.contract.readings import load_readings
from conformance.errors import ControlError, OutputError, TargetUnreachableError
from conformance.plugin import ConformancePlugin, run_pytest
from conformance.report.formats import FORMATS, write_all
from conformance.report.log import read_check, read_run
from conformance.report.writer import RunLogWriter
from conformance.suite.run import DEFAULT_EXAMPLES, Run
from conformance.target.access import Access, connect, open_access, prove_clients
from conformance.target.file import load_target
from conformance.verdicts import Conclusion, conclude, gating_requirements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.contract.catalogue import Catalogue, Requirement
    from conformance.contract.readings import Reading
    from conformance.narrator import Narrator
    from conformance.report.run import Check
    from conformance.report.run import Run as FinishedRun
    from conformance.target.file import Target

INTERRUPTED = 130
# Characters.
SEARCHED_AT_ONCE = 1_000_000
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
ARTIFACTS = ("run.jsonl", "exchanges.jsonl", *(form.file_name for form in FORMATS.values()))


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says about a run; `longest_wait` in seconds, None: as the target file says."""

    profiles: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    out: Path | None = None
    seed: int = DEFAULT_SEED
    examples: int = DEFAULT_EXAMPLES
    gate: Level = Level.MUST
    longest_wait: float | None = None


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
        clean = {name: value if name in PLAIN else self._clean(value) for name, value in event.items()}
        self.writer.event(clean)
        check = read_check(clean)
        self.checks.append(check)
        self.observations |= {(item.name, item.value): None for item in check.observations}
        self.narrator.finished(check.outcome)

    def _clean(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.access.secrets.redact(value)
        if isinstance(value, list):
            return [self._clean(item) for item in value]
        if isinstance(value, dict):
            return {name: self._clean(item) for name, item in value.items()}
        return value


def run_suite(target_path: Path, options: Options, narrator: Narrator) -> Finished:
    """Run the suite against a target.

    Raises UsageError (selection, target file, output folder), TargetUnreachableError (preflight); afterwards every
    trouble is an exit status.
    """
    target = _with_options(load_target(target_path), options)
    catalogue = load_catalogue()
    selection = catalogue.select(options.profiles, options.requirements)
    identifier = secrets.token_hex(2).upper()
    started = datetime.now(UTC)
    folder = options.out or Path("reports") / f"{started:%Y%m%dT%H%M%S.%f}Z-{_slug(target.name)}".replace(".", "-", 1)
    with RunLogWriter(folder) as writer:
        access = open_access(target, target.specification, writer.exchange)
        try:
            return _run(access, catalogue, selection, options, writer, narrator, identifier, started)
        finally:
            access.close()


def _run(
    access: Access,
    catalogue: Catalogue,
    selection: Catalogue,
    options: Options,
    writer: RunLogWriter,
    narrator: Narrator,
    identifier: str,
    started: datetime,
) -> Finished:
    gating = gating_requirements(selection, profiles=options.profiles, gate=options.gate)
    began = time.monotonic()
    preflight(access)
    writer.event(_first_event(access, catalogue, options, gating, identifier, started))
    log = _Log(writer, access, narrator)
    run = Run(access, identifier, options.seed, options.examples, narrator.waiting)
    plugin = ConformancePlugin(
        run, catalogue, frozenset(entry.id for entry in selection), log.emit, narrator.started, narrator.total
    )
    trouble = _execute(plugin, narrator)
    _reset(access)
    if trouble is None:
        return Finished(INTERRUPTED, writer.folder)
    conclusion = conclude(selection, log.checks, gating, suite_failed=bool(trouble))
    try:
        writer.event(_last_event(conclusion, log, began))
        writer.close()
        finished = read_run(writer.folder)
        write_all(finished)
        trouble += _search_for_secrets(access, writer.folder)
    except OutputError as error:
        return Finished(4, writer.folder, None, (*trouble, str(error)))
    exit_status = 4 if trouble else conclusion.exit
    return Finished(exit_status, writer.folder, finished, tuple(trouble))


def _execute(plugin: ConformancePlugin, narrator: Narrator) -> list[str] | None:
    """Ask all checks; what went wrong with the suite itself, or None where the person interrupted the run."""
    try:
        status = run_pytest(plugin)
    finally:
        narrator.over()
    trouble = list(plugin.trouble)
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


def _first_event(
    access: Access, catalogue: Catalogue, options: Options, gating: Sequence[str], identifier: str, started: datetime
) -> dict[str, Any]:
    target = access.target
    return {
        "event": "run",
        "schema": 1,
        "run": f"{started:%Y%m%dT%H%M%SZ}-{identifier}",
        "started": started.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "suite": {"name": "inventorypro-conformance", "version": __version__},
        "target": {
            "name": target.name,
            "base_url": target.base_url,
            "ca_file": None if target.ca_file is None else str(target.ca_file),
            "resources": list(target.resources),
            "overlay": None if target.overlay is None else _overlay(target.overlay),
        },
        "seed": options.seed,
        "examples": options.examples,
        "gate": str(options.gate),
        "selection": {"profiles": list(options.profiles), "requirements": list(options.requirements)},
        "gating": list(gating),
        "catalogue": [_entry(requirement) for requirement in catalogue],
        "readings": [_reading(reading) for reading in load_readings()],
        "clients": [_client(client) for client in target.clients],
        "environment": {
            "python": platform.python_version(),
            "platform": platform.platform(terse=True),
            "httpx": version("httpx"),
            "pytest": version("pytest"),
            "schemathesis": version("schemathesis"),
        },
    }


def _overlay(path: Path) -> dict[str, str]:
    """What a run says of the overlay that it was judged with: its name, and a hash of what it held."""
    return {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def _entry(requirement: Requirement) -> dict[str, Any]:
    return {
        "id": requirement.id,
        "statement": requirement.statement,
        "level": str(requirement.level),
        "basis": str(requirement.basis),
        "profile": requirement.profile,
        "source": {
            "page": requirement.source.page,
            "section": requirement.source.section,
            "rows": list(requirement.source.rows),
        },
        "needs": list(requirement.needs),
        "depends_on": list(requirement.depends_on),
        "checkable": requirement.checkable,
        "reason": requirement.reason,
        "derivation": requirement.derivation,
    }


def _reading(reading: Reading) -> dict[str, Any]:
    return {
        "id": reading.id,
        "question": reading.question,
        "kind": str(reading.kind),
        "pages": list(reading.pages),
        "rows": list(reading.rows),
        "readings": dict(reading.readings),
    }


def _client(client: Any) -> dict[str, Any]:
    rights = client.rights
    return {
        "name": client.name,
        "client_id": client.client_id,
        "permissions": repr(rights.permissions),
        "warehouses": repr(rights.warehouses),
        "reports": repr(rights.reports),
        "read_only": rights.read_only,
        "expendable": client.expendable,
    }


def _last_event(conclusion: Conclusion, log: _Log, began: float) -> dict[str, Any]:
    return {
        "event": "end",
        "finished": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "seconds": round(time.monotonic() - began, 3),
        "counts": {str(outcome): number for outcome, number in conclusion.counts.items()},
        "requirements": {name: str(verdict) for name, verdict in conclusion.verdicts.items()},
        "conclusion": str(conclusion.standing),
        "passed": conclusion.numbers.passed,
        "exercised": conclusion.numbers.exercised,
        "required": conclusion.numbers.required,
        "exit": conclusion.exit,
        "observations": [{"name": name, "value": value} for name, value in log.observations],
    }


def _search_for_secrets(access: Access, folder: Path) -> list[str]:
    """Search every file of the run for every known secret; what is found is a failure of the suite."""
    found = []
    for name in ARTIFACTS:
        path = folder / name
        if path.is_file():
            tags = [tag for block in _blocks(path) for tag in access.secrets.find(block)]
            found += [f"{path}: holds the secret {tag} ({Reason.SECRET_FOUND})" for tag in sorted(set(tags))]
    return found


def _blocks(path: Path) -> Iterator[str]:
    """The lines of a file, about a megabyte at a time: no secret goes over the end of a line."""
    with path.open(encoding="utf-8") as file:
        while lines := file.readlines(SEARCHED_AT_ONCE):
            yield "".join(lines)
