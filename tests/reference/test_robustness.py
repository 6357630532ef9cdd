"""Whatever is sent, the answer is a documented status and never a server error."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from conformance.reference.operations import OPERATIONS

if TYPE_CHECKING:
    from conftest import Api

CODES = {
    400: {"bad_request", "validation_error"},
    401: {"unauthorized"},
    403: {"forbidden"},
    404: {"not_found"},
    409: {"conflict"},
}
BODIES = [
    b"", b"{", b"null", b"[]", b'"x"', b"1", b"\xff\xfe", b'{"shortID": NaN}', b'{"units": Infinity}', b"[" * 100_000,
    b'{"shortID": "\\ud800"}', b'{"shortID": "a\\u0000b"}', b'{"shortID": 5}', b'{"shortID": null}', b'{"shortID": ""}',
    b'{"shortID": "A", "category": true}', b'{"shortID": "A", "units": 1e999}', b'{"shortID": "A", "category": 1.5}',
    b'{"shortID": "A", "category": ' + b"9" * 5000 + b"}", b'{"shortID": "A", "units": ' + b"9" * 400 + b"}",
    b'{"recNo": 1e3, "toSpot": "\\ud83d", "units": -0.0}', b'{"recNo": 15003, "toSpot": {}, "units": []}',
    b'{"url": "https://[x", "events": ["a"]}', b'{"url": "http://a.example", "events": "inventory.received"}',
    b'{"url": "https://a:99999999/", "events": ","}', b'{"payloadMode": 3, "active": 1, "disableType": -1}',
    b'{"name": null, "active": "true"}', b'{"partNo": 42, "wID": 1e400, "spot": "A-01-01", "units": 1}', b"x" * 1_000_001,
]  # fmt: skip
TEXTS = [
    "%00",
    "%FF%FE",
    "-1",
    "0",
    "1.5",
    "99999999999999999999999",
    "a%2Fb",
    "%F0%9F%92%A9",
    "'%20OR%201=1--",
    "." * 3000,
    "%0A",
    "%25",
]


def assert_documented(answer: httpx.Response) -> None:
    """Judge an answer: a success, or a uniform error whose parts agree."""
    if answer.status_code in {200, 201, 202, 204}:
        return
    error = answer.json()
    assert error["statusCode"] == answer.status_code
    assert error["error"] in CODES[answer.status_code]
    assert (error["details"] is not None) == (error["error"] == "validation_error")


@pytest.mark.parametrize("label", [operation.label for operation in OPERATIONS if operation.method in {"POST", "PUT"}])
def test_any_body_is_answered(server: Api, label: str) -> None:
    """Malformed, mistyped, huge and undecodable bodies are bad input."""
    method, path = label.replace("{id}", "3").split(" ")
    for body in BODIES:
        for kind in ("application/json", "application/json; charset=utf-8", "text/plain", "\xff/x"):
            headers = {"Content-Type": kind.encode("latin-1")}
            assert_documented(server.ask(method, path, client="only-webhooks-admin", content=body, headers=headers))
            assert_documented(server.ask(method, path, content=body, headers=headers))


@pytest.mark.parametrize("label", [operation.label for operation in OPERATIONS])
def test_any_parameter_is_answered(server: Api, label: str) -> None:
    """Texts that are no numbers, no UTF-8, or hold a null byte are bad input or unknown names."""
    method, template = label.split(" ")
    for text in TEXTS:
        path = template
        for name in ("{partNo}", "{shortID}", "{wid}", "{spot}", "{id}", "{poNo}", "{soNo}", "{woNo}"):
            path = path.replace(name, text)
        names = ("page", "id", "wid", "key", "Category", "sort", "count", "startDate", "endDate", "modifiedSince")
        query = "&".join(f"{name}={text}" for name in names)
        assert_documented(server.ask(method, path))
        assert_documented(server.ask(method, f"{path}?{query}"))
        assert_documented(server.ask(method, f"{path}?id={text}&key={text}&id={text}&&=&%"))


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "application/json", "", "multipart/form-data; boundary=x"]
)
def test_any_token_request_is_answered(server: Api, kind: str) -> None:
    """It is refused with 400 or 401 and the uniform error."""
    bodies = [*BODIES, b"grant_type=client_credentials&client_id=%FF&client_secret=%00", b"&" * 5000, b"a=b&" * 500]
    for body in bodies:
        for header in ({}, {"Authorization": "Basic eDp5"}, {"Authorization": b"\xff\xff"}):
            answer = server.ask("POST", "/Token", client=None, content=body, headers={"Content-Type": kind, **header})
            assert answer.status_code in {400, 401}
            assert_documented(answer)


def test_any_authorization_header_is_answered(server: Api) -> None:
    """Undecodable and huge tokens are no tokens."""
    deep = "eyJhbGciOiJIUzI1NiJ9." + "W" * 5000 + "." + "A" * 43
    for header in (
        b"Bearer \xff\xfe",
        b"Bearer " + b"." * 2000,
        b"Bearer a.b",
        deep.encode(),
        b"Bearer " + deep.encode(),
    ):
        answer = server.ask("GET", "/Item", client=None, headers={"Authorization": header})
        assert answer.status_code == 401


@pytest.mark.parametrize(
    "question", [b"", b"[]", b"{", b"\xff", b'{"action": []}', b'{"action": "advance", "seconds": NaN}']
)
def test_any_control_question_is_answered(server: Api, question: bytes) -> None:
    """It is refused with the reason."""
    headers = {"Authorization": f"Bearer {server.service.control_token}"}
    answer = server.send(httpx.Request("POST", "https://server/control", content=question, headers=headers))

    assert answer.status_code == 400
    assert answer.json()["error"]


def test_text_that_json_cannot_hold_is_not_stored(server: Api) -> None:
    """Everything that was stored can be listed."""
    for text in ("a\u2028b", "tab\tnew\nline", "\U0001f4a9", "x" * 4000, "\x7f", "../..", "a b"):
        body = json.dumps({"shortID": text, "description": text}).encode()
        answer = server.ask("POST", "/Item", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code == 201
        assert answer.json()["description"] == text

    assert server.ask("GET", "/Item?pageSize=250").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "content", "status"),
    [
        ("GET", "/Nothing", {}, 404),
        ("GET", "/", {}, 404),
        ("GET", "/Item/1/2/3", {}, 400),
        ("PATCH", "/Item", {}, 405),
        ("TRACE", "/Webhook/3/log", {}, 405),
        ("BREW", "/Location/Hold", {}, 405),
        ("POST", "/Item", {"content": b"{"}, 400),
        ("POST", "/Item", {"content": b"", "headers": {"Content-Type": "application/json"}}, 400),
        ("POST", "/Item", {"content": b"<item/>", "headers": {"Content-Type": "application/xml"}}, 400),
        ("POST", "/Webhook", {"content": b"[" * 50_000}, 400),
        ("GET", "/Category/%00", {}, 400),
        ("GET", "/Vendor/%00", {}, 404),
        ("GET", "/PurchaseOrder/%ED%A0%80", {}, 404),
        ("GET", "/Item?Category=1e9", {}, 400),
    ],
)
def test_every_failure_has_the_uniform_body(
    server: Api, method: str, path: str, content: dict[str, Any], status: int
) -> None:
    """It is JSON with the four members, and `details` hold something with validation_error alone."""
    answer = server.ask(method, path, **content)

    error = answer.json()
    assert answer.status_code == error["statusCode"] == status
    assert answer.headers["content-type"] == "application/json"
    assert set(error) == {"statusCode", "error", "message", "details"}
    assert (error["details"] is not None) == (error["error"] == "validation_error")
