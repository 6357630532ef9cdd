"""overstep: an authorization matrix of subjects, resources and policy."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from asks import ASKS, FILTERED, Ask, Filtered, clients
from tools import Environment, run_program

if TYPE_CHECKING:
    from collections.abc import Sequence

    from subject import Subject

ANONYMOUS = "anonymous"
NEVER = 599
"""A status that no answer has: what is allowed is then decided by the body alone."""


class Overstep:
    """A finding is one of its report; a run that it calls inconclusive or gives up is one, too."""

    name = "overstep"
    what = "authorization tests from a matrix"
    settings = (
        "its matrix with 18 clients and one without a token, each request asked twice: may it be sent, and, if not, is "
        "the answer 403 without the data; filtered lists by patterns in the body; tokens by its own login"
    )

    def __init__(self) -> None:
        self._environment = Environment("overstep")

    def version(self) -> str:
        """Set it up; its version."""
        return self._environment.ready()

    def findings(self, subject: Subject, related: Sequence[str], limit: float) -> frozenset[str]:  # noqa: ARG002
        """Run it once."""
        (subject.folder / "matrix.yaml").write_text(json.dumps(matrix(subject), indent=1), "utf-8")
        command = [self._environment.program("overstep"), "run", "matrix.yaml", "--out", "out", "--fail-on", "any"]
        done = run_program(command, subject.folder, limit, {"SSL_CERT_FILE": subject.ca_file})
        report = subject.folder / "out" / "findings.json"
        given_up = {f"exit {done.returncode}"} if done.returncode not in {0, 1} else set()
        if not report.is_file():
            return frozenset(given_up or {"no report"})
        listed = json.loads(report.read_text("utf-8"))["findings"]
        return frozenset(given_up | {f"{found['vuln_class']} {found['test_id']}" for found in listed})


def matrix(subject: Subject) -> dict[str, Any]:
    """The matrix file; every client is a role of its own."""
    users = clients(subject.target)
    everybody = [user.name for user in users]
    resources: list[dict[str, Any]] = []
    policy: dict[str, list[str]] = {}
    for ask in ASKS:
        allowed = [user.name for user in users if ask.is_allowed(user, subject.target)]
        resources.append(_resource(ask.name, ask, _accepted(ask)))
        policy[ask.name] = allowed
        if ask.owner is None:
            resources.append(_resource(f"{ask.name}-with-403", ask, _anything_but_403(ask)))
            policy[f"{ask.name}-with-403"] = [*allowed, ANONYMOUS]
    for filtered in FILTERED:
        resources.append(_list(filtered))
        policy[filtered.name] = [user.name for user in users if filtered.is_shown(user, subject.target)]
    return {
        "roles": [ANONYMOUS, *everybody],
        "modules": {"rest": {"base_url": subject.base_url}},
        "auth": {"providers": [_login(subject)]},
        "subjects": [
            {"name": ANONYMOUS, "role": ANONYMOUS},
            *(_subject(user.name, user.client_id, subject.secret(user.name)) for user in users),
        ],
        "resources": resources,
        "policy": {name: {"allow": [{"role": role} for role in roles]} for name, roles in policy.items()},
    }


def _login(subject: Subject) -> dict[str, Any]:
    return {
        "name": "token",
        "type": "oauth2_client_credentials",
        "token_url": f"{subject.base_url}/Token",
        "client_id": "{{client_id}}",
        "client_secret": "{{client_secret}}",
    }


def _subject(name: str, client_id: str, secret: str) -> dict[str, Any]:
    variables = {"client_id": client_id, "client_secret": secret}
    return {"name": name, "role": name, "auth": {"provider": "token", "vars": variables}}


def _resource(name: str, ask: Ask, access: dict[str, Any]) -> dict[str, Any]:
    request: dict[str, Any] = {"method": ask.method, "path": ask.path}
    if ask.body is not None:
        request["body"] = ask.body
    return {"name": name, "type": "function", "request": request, "access": access}


def _accepted(ask: Ask) -> dict[str, Any]:
    return {"allow_status": ["2xx", 409] if ask.taken else ["2xx"]}


def _anything_but_403(ask: Ask) -> dict[str, Any]:
    """Refused is only what is answered with 403 and shows nothing of the data."""
    access: dict[str, Any] = {"allow_status": ["100-402", "404-599"], "treat_redirect_as": "status"}
    return access if ask.data is None else {**access, "allow_body_regex": re.escape(ask.data)}


def _list(filtered: Filtered) -> dict[str, Any]:
    """Allowed is who is shown such a row; the status says nothing."""
    hidden = "|".join(rf"{re.escape(text)}\b" for text in filtered.texts)
    return {
        "name": filtered.name,
        "type": "function",
        "request": {"method": "GET", "path": filtered.path},
        "access": {"allow_status": [NEVER], "allow_body_regex": hidden},
    }
