"""Schemathesis by its own command line: the specification, credentials, known data, several identities."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
from tools import HERE, Environment, run_program

if TYPE_CHECKING:
    from collections.abc import Sequence

    from subject import Subject

SPECIFICATION = HERE.parents[1] / "specs" / "openapi.yaml"
PEERS = ("full", "warehouse-1", "reports-some")
"""Full does what is asked; the others must not read what full alone may see."""

KNOWN: dict[str, list[str | int]] = {
    "parts": [2, 3, 61],
    "items": ["BOLT-M10-40", "BOLT-M12-30"],
    "warehouses": [1, 2, 3],
    "spots": ["A-01-01", "N-01-01", "H-01-01"],
    "categories": [1, 5, 8],
    "reports": [15, 16, 47],
    "vendors": ["EMBER-CABLES", "QUARRY-METALS"],
}

EVERYWHERE = {"path.wid": "warehouses", "query.wid": "warehouses", "path.spot": "spots", "query.id": "spots"}

OPERATIONS = (
    ("GET", "/Item/{item}", "path.item", "parts"),
    ("DELETE", "/Item/{item}", "path.item", "items"),
    ("GET", "/Category/{id}", "path.id", "categories"),
    ("GET", "/Report/{id}", "path.id", "reports"),
    ("GET", "/Vendor/{id}", "path.id", "vendors"),
)


class Schemathesis:
    """A finding is a failure or an error of an operation, or a warning that the command line prints of it."""

    name = "Schemathesis"
    what = "property-based tests from the OpenAPI document"
    settings = (
        "its own command line with the specification, all phases and all checks, a token, known ids as dictionaries, "
        "three identities for its object-level authorization check, all failures of a run, 8 examples an operation"
    )

    def __init__(self) -> None:
        self._environment = Environment("schemathesis")

    def version(self) -> str:
        """Set it up; its version."""
        return self._environment.ready()

    def findings(self, subject: Subject, related: Sequence[str], limit: float) -> frozenset[str]:  # noqa: ARG002
        """Run it once."""
        try:
            _configure(subject)
        except (httpx.HTTPError, KeyError, TypeError, ValueError) as refused:
            return frozenset({f"no token: {type(refused).__name__}"})
        report = subject.folder / "report.json"
        command = [self._environment.program("schemathesis"), "run", str(SPECIFICATION), "--no-color"]
        written = ["--report", "json", "--report-json-path", str(report)]
        done = run_program([*command, *written], subject.folder, limit)
        if not report.is_file():
            return frozenset({f"exit {done.returncode} without a report"})
        return frozenset(_findings(json.loads(report.read_text("utf-8"))))


def _findings(report: dict[str, Any]) -> set[str]:
    failures = {f"{found['code']} {label}" for found in report["failures"] for label in found["operations"]}
    errors = {
        f"error {found.get('operation') or found.get('label') or found.get('type')}" for found in report["errors"]
    }
    warnings = {f"warning {kind} {label}" for kind, labels in report["warnings"].items() for label in labels}
    return failures | errors | warnings


def _configure(subject: Subject) -> None:
    """Write schemathesis.toml, which it finds in the folder that it runs in."""
    identities = [_identity(name, subject.token(name)) for name in PEERS]
    (subject.folder / "identities.json").write_text(json.dumps({"auth": identities}), "utf-8")
    lines = [
        f"base-url = {json.dumps(subject.base_url)}",
        f"tls-verify = {json.dumps(subject.ca_file)}",
        "seed = 1",
        "continue-on-failure = true",
        "request-timeout = 10",
        "generation = { max-examples = 8, database = 'none', no-shrink = true }",
        "cache.enabled = false",
        f"auth.wfc = {{ path = {json.dumps(str(subject.folder / 'identities.json'))}, peers = {json.dumps(PEERS)} }}",
        "[dictionaries]",
        *(f"{name} = {{ values = {json.dumps(values)} }}" for name, values in KNOWN.items()),
        "[parameters]",
        *(f'"{name}" = {_drawn(known)}' for name, known in EVERYWHERE.items()),
    ]
    for method, path, name, known in OPERATIONS:
        lines += [
            "[[operations]]",
            f'include-name = "{method} {path}"',
            f'parameters = {{ "{name}" = {_drawn(known)} }}',
        ]
    (subject.folder / "schemathesis.toml").write_text("\n".join(lines) + "\n", "utf-8")


def _drawn(dictionary: str) -> str:
    return f'{{ dictionary = "{dictionary}", probability = 0.5 }}'


def _identity(name: str, token: str) -> dict[str, Any]:
    return {"name": name, "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {token}"}]}
