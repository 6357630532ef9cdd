"""AuthzTrace: contracts of actors, requests and who may send them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from asks import ASKS, FILTERED, OWNER, Ask, Filtered, clients
from tools import Environment, run_program

if TYPE_CHECKING:
    from collections.abc import Sequence

    from subject import Subject

ANONYMOUS = "anonymous"
FOUND = {"fail", "warn", "error"}


class AuthzTrace:
    """A finding is a failed check, a warning or an error of one; a run that it gives up is one, too."""

    name = "AuthzTrace"
    what = "authorization tests from contracts"
    settings = (
        "four contracts with the same clients and requests (403 or the data; 401 without a token; own subscriptions "
        "with 403 or 404; texts that filtered lists must not hold), writes included, strict, tokens by its own login"
    )

    def __init__(self) -> None:
        self._environment = Environment("authztrace")

    def version(self) -> str:
        """Set it up; its version."""
        return self._environment.ready()

    def findings(self, subject: Subject, related: Sequence[str], limit: float) -> frozenset[str]:  # noqa: ARG002
        """Run all contracts once."""
        found: set[str] = set()
        for name, contract in contracts(subject).items():
            (subject.folder / f"{name}.yaml").write_text(json.dumps(contract, indent=1), "utf-8")
            report = subject.folder / f"{name}.json"
            options = ["-c", f"{name}.yaml", "--json", str(report), "--strict", "--include-unsafe", "--no-color"]
            command = [self._environment.program("authztrace"), "run", *options]
            done = run_program(command, subject.folder, limit, {"REQUESTS_CA_BUNDLE": subject.ca_file})
            if not report.is_file():
                found.add(f"{name}: exit {done.returncode} without a report")
                continue
            results = json.loads(report.read_text("utf-8"))["results"]
            found |= {f"{name}: {one['category']} {one['name']}" for one in results if one["outcome"] in FOUND}
        return frozenset(found)


def contracts(subject: Subject) -> dict[str, dict[str, Any]]:
    """What a refusal looks like is said once a contract: so there are several. Each needs a resource with an owner."""
    users = clients(subject.target)
    actors = {user.name: {"auth": _login(user.client_id, subject.secret(user.name))} for user in users}
    nobody = {ANONYMOUS: {"auth": {"type": "none"}}}
    shared, owned = [ask for ask in ASKS if ask.owner is None], [ask for ask in ASKS if ask.owner is not None]
    category = next(ask for ask in shared if ask.name == "category")
    readers = [user.name for user in users if category.is_allowed(user, subject.target)]
    return {
        "matrix": _contract(
            subject,
            actors,
            _resource("GET /Category/{id}", {"full": 1}, readers),
            [_check(ask, user.name, ask.is_allowed(user, subject.target)) for ask in shared for user in users],
            {"deny_status": [403]},
        ),
        "owned": _contract(
            subject,
            actors,
            _resource("GET /Webhook/{id}", {OWNER: 3}, ["owner"]),
            [_check(ask, user.name, ask.is_allowed(user, subject.target)) for ask in owned for user in users],
            {"deny_status": [403, 404]},
        ),
        "anonymous": _contract(
            subject,
            nobody,
            _resource("GET /Webhook/{id}", {OWNER: 3}, ["owner"]),
            [_check(ask, ANONYMOUS, allowed=False) for ask in ASKS],
            {"deny_status": [401]},
        ),
        # Here a list is "refused" with 200, and a text of another warehouse in it is a leak.
        "lists": _contract(
            subject,
            actors,
            _resource("GET /Category/{id}", {OWNER: 1}, ["nobody"]),
            [_absent(filtered) for filtered in FILTERED],
            {"deny_status": [200, 403], "allow_status": [299]},
        ),
    }


def _contract(
    subject: Subject,
    actors: dict[str, Any],
    resource: dict[str, Any],
    checks: list[dict[str, Any]],
    policy: dict[str, Any],
) -> dict[str, Any]:
    return {
        "base_url": subject.base_url,
        "actors": actors,
        "resources": {"object": resource},
        "policy": policy,
        "contracts": checks,
    }


def _resource(request: str, ids: dict[str, int], allow: list[str]) -> dict[str, Any]:
    return {"ids": ids, "endpoints": [{"request": request, "allow": allow}]}


def _login(client_id: str, secret: str) -> dict[str, Any]:
    return {
        "type": "login",
        "request": "POST /Token",
        "data": {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret},
        "extract": {"from": "json", "path": "access_token"},
        "credential": {"type": "bearer"},
    }


def _check(ask: Ask, actor: str, allowed: bool) -> dict[str, Any]:  # noqa: FBT001
    request: dict[str, Any] = {"request": f"{ask.method} {ask.path}"}
    if ask.body is not None:
        request["json"] = ask.body
    check: dict[str, Any] = {
        "name": f"{ask.name} as {actor}",
        "as": actor,
        "request": request,
        "expect": "allow" if allowed else "deny",
    }
    if ask.data is not None and not allowed:
        check["assertions"] = {"deny_not_contains": [ask.data]}
    return check


def _absent(filtered: Filtered) -> dict[str, Any]:
    return {
        "name": filtered.name,
        "as": filtered.client,
        "request": f"GET {filtered.path}",
        "expect": "deny",
        "assertions": {"deny_not_contains": list(filtered.texts)},
    }
