"""Requests need a valid bearer token, and 401 comes first."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest

from conformance.reference.operations import OPERATIONS

if TYPE_CHECKING:
    from conftest import Api

OPERATION_LABELS = [operation.label for operation in OPERATIONS]


def _encoded(part: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def _concrete(label: str) -> tuple[str, str]:
    method, path = label.split(" ")
    for name, value in {
        "{partNo}": "99999",
        "{shortID}": "none",
        "{wid}": "77",
        "{spot}": "none",
        "{id}": "77",
    }.items():
        path = path.replace(name, value)
    return method, path


@pytest.mark.parametrize("label", OPERATION_LABELS)
@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer x", "Basic aXBjLWZ1bGw6eA==", "Token {token}", "{token}"]
)
def test_without_a_valid_token_every_operation_answers_401(server: Api, label: str, header: str | None) -> None:
    """The refusal comes before everything else that is wrong with the request, with a challenge and the uniform error."""
    method, path = _concrete(label)
    headers = {} if header is None else {"Authorization": header.format(token=server.held("full"))}
    answer = server.ask(method, path, client=None, headers=headers, content=b"{")

    assert answer.status_code == 401
    assert answer.json()["error"] == "unauthorized"
    assert answer.headers["www-authenticate"].startswith("Bearer ")


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_scheme_has_no_case(server: Api, scheme: str) -> None:
    """RFC 9110 section 11.1: schemes are compared without case."""
    answer = server.ask("GET", "/Item", client=None, headers={"Authorization": f"{scheme} {server.held('full')}"})

    assert answer.status_code == 200


def test_changed_tokens_are_refused(server: Api) -> None:
    """Another signature, algorithm or claim makes another token."""
    header, payload, signature = server.held("full").split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    unsigned = _encoded({"typ": "JWT", "alg": "none"})
    changed = [
        f"{header}.{payload}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}",
        f"{header}.{payload}.",
        f"{unsigned}.{payload}.",
        f"{unsigned}.{payload}.{signature}",
        f"{header}.{_encoded({**claims, 'sub': 'ipc-none'})}.{signature}",
        f"{_encoded({'alg': 'HS512'})}.{payload}.{signature}",
        "..",
        "a.b.c",
    ]

    assert [server.probe(token) for token in changed] == [401] * len(changed)


def test_token_elsewhere_is_not_looked_at(server: Api) -> None:
    """A token in the query or in the body is none."""
    token = server.held("full")
    answers = [
        server.ask("GET", f"/Item?access_token={token}", client=None),
        server.ask("POST", "/Item", client=None, json={"access_token": token, "shortID": "X"}),
        server.ask("POST", "/Location/Hold?id=A-01-01", client=None, data={"access_token": token}),
    ]

    assert [answer.status_code for answer in answers] == [401, 401, 401]


def test_token_acts_for_its_own_client(server: Api) -> None:
    """Two clients at the same time are each judged by their own rights."""
    requests = [server.request("GET", "/Item", server.held(name)) for name in ("full", "none") * 5]

    assert [answer.status_code for answer in server.together(requests)] == [200, 403] * 5


def test_undocumented_paths_and_methods(server: Api) -> None:
    """They are refused without a token; with one, a path is not found and a method not allowed."""
    asked = [("GET", "/Nothing"), ("PATCH", "/Item"), ("GET", "/Token"), ("DELETE", "/Inventory/1"), ("GET", "/Item/")]

    assert [server.ask(method, path, client=None).status_code for method, path in asked] == [401] * 5
    assert [server.ask(method, path).status_code for method, path in asked] == [404, 405, 405, 405, 404]
    assert server.ask("PATCH", "/Item").headers["allow"] == "GET, HEAD, POST, PUT"
    assert server.ask("PATCH", "/Item/42").json()["error"] == "bad_request"
