"""The token endpoint answers as the page "Authentication" says."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote_plus

import pytest

if TYPE_CHECKING:
    from conftest import Api


@pytest.mark.parametrize("how", ["form", "basic"])
def test_right_credentials_get_a_working_token(server: Api, how: str) -> None:
    """Form fields and HTTP Basic both give a token that works."""
    answer = server.token_answer("full", how=how)

    assert answer.status_code == 200
    body = answer.json()
    assert body["token_type"] == "bearer"
    assert body["expires_in"] == 14399
    assert body["access_token"].startswith("eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1Ni")
    assert answer.headers["cache-control"] == "no-store"
    assert server.probe(body["access_token"]) == 200


def test_basic_is_understood_raw_and_encoded(server: Api) -> None:
    """A secret with reserved characters is accepted as it is and percent-encoded."""
    raw = server.token_answer("expendable-1", how="basic")
    encoded = server.token_answer("expendable-1", secret=_quoted(server.secret("expendable-1")), how="basic")

    assert raw.status_code == 200
    assert encoded.status_code == 200


def _quoted(text: str) -> str:
    return quote_plus(text)


@pytest.mark.parametrize("how", ["form", "basic"])
@pytest.mark.parametrize("secret", ["", "wrong", "ESCWJKN8P79TXUPAQKPQXB4DV6XWUUB5", "eSCwjkn8"])
def test_wrong_secret_gets_no_token(server: Api, how: str, secret: str) -> None:
    """Neither an empty, a wrong, a differently cased nor a shortened secret is accepted."""
    answer = server.token_answer("full", secret=secret, how=how)

    assert answer.status_code == 401
    assert answer.json()["error"] == "unauthorized"
    assert answer.headers["www-authenticate"].startswith("Basic ")


def test_secret_of_another_client_gets_no_token(server: Api) -> None:
    """A secret is its own client's alone."""
    answer = server.token_answer("full", secret=server.secret("none"))

    assert answer.status_code == 401


def test_unknown_client_gets_no_token(server: Api) -> None:
    """A client ID that is unknown, or known with more behind it, is refused."""
    secret = server.secret("full")
    answers = [
        server.token_answer("full", client_id=name, secret=secret) for name in ("nobody", "ipc-full2", "IPC-FULL")
    ]

    assert [answer.status_code for answer in answers] == [401, 401, 401]


@pytest.mark.parametrize("grant", [None, "", "password", ["client_credentials", "client_credentials"]])
def test_only_client_credentials_are_granted(server: Api, grant: str | list[str] | None) -> None:
    """A missing, unknown or repeated grant_type gets 400."""
    form = {"client_id": "ipc-full", "client_secret": server.secret("full")}
    data = form if grant is None else {**form, "grant_type": grant}
    answer = server.ask("POST", "/Token", client=None, data=data)

    assert answer.status_code == 400


def test_credentials_in_the_address_get_no_token(server: Api) -> None:
    """Query parameters are no form fields."""
    query = f"/Token?grant_type=client_credentials&client_id=ipc-full&client_secret={server.secret('full')}"
    answers = [
        server.ask("POST", query, client=None),
        server.ask("POST", query, client=None, data={"grant_type": "client_credentials"}),
    ]

    assert [answer.status_code for answer in answers] == [400, 400]


def test_basic_and_form_together_get_no_token(server: Api) -> None:
    """RFC 6749 section 2.3 allows one way in one request."""
    answer = server.token_answer("full", how="basic", client_secret="other")

    assert answer.status_code == 401


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Basic aXBj", "Basic //8=", "Digest x", ""])
def test_malformed_basic_is_refused(server: Api, header: str) -> None:
    """A header that holds no user and password is wrong credentials."""
    form = {"grant_type": "client_credentials"}
    answer = server.ask("POST", "/Token", client=None, data=form, headers={"Authorization": header})

    assert answer.status_code == 401


def test_tokens_are_independent(server: Api) -> None:
    """A second token leaves the first as it is."""
    first, second = server.token("full"), server.token("full", how="basic")

    assert first != second
    assert server.probe(first) == 200
    assert server.probe(second) == 200
