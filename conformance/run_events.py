"""The first and the last event of a run's log: what was asked of whom, and what the run concluded."""

from __future__ import annotations

import hashlib
import platform
import time
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance import __version__
from conformance.contract.readings import load_readings
from conformance.teeth import teeth

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.contract.catalogue import Catalogue, Requirement
    from conformance.contract.readings import Reading
    from conformance.runner import Options
    from conformance.target.access import Access
    from conformance.verdicts import Conclusion


def first_event(
    access: Access, catalogue: Catalogue, options: Options, gating: Sequence[str], identifier: str, started: datetime
) -> dict[str, Any]:
    """Say who is asked, for what and with what."""
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
            "file": _place(target.path),
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
        "teeth": None if (proved := teeth()) is None else proved.as_event(),
        "environment": {
            "python": platform.python_version(),
            "platform": platform.platform(terse=True),
            "httpx": version("httpx"),
            "pytest": version("pytest"),
            "schemathesis": version("schemathesis"),
        },
    }


def _place(path: Path) -> str:
    """Where the target file lies, as the user's repository knows it; of one elsewhere its name alone."""
    with suppress(ValueError):
        return path.resolve().relative_to(Path.cwd().resolve()).as_posix()
    return path.name


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


def last_event(
    conclusion: Conclusion, observations: Iterable[tuple[str, str]], began: float, exit_status: int
) -> dict[str, Any]:
    """Say what the run concluded; `began` is a reading of the monotonic clock, the exit status is its gate's."""
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
        "exit": exit_status,
        "observations": [{"name": name, "value": value} for name, value in observations],
    }
