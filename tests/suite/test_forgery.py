"""Forged tokens are what their names say, and never a valid token by accident."""

from __future__ import annotations

import pytest

from conformance.errors import NotApplicable
from conformance.suite.forgery import Forgery, Material, forge
from conformance.target.clock import Interval
from conformance.target.token import Token, decode, encode
from conformance.target.wire import Request

MOMENT = Interval(0.0, 0.0)
JWT = encode({"alg": "HS256", "typ": "JWT"}, {"sub": "ipc-full", "exp": 14_400}, "c2lnbmF0dXJlLW9mLWZ1bGw")
OTHER = encode({"alg": "HS256", "typ": "JWT"}, {"sub": "ipc-none", "exp": 14_400}, "c2lnbmF0dXJlLW9mLW5vbmU")
REQUEST = Request("POST", "/Item", json={"shortID": "X"})


def material(value: str, other: str = OTHER) -> Material:
    """What forgeries are made of."""
    return Material(Token(value, "full", MOMENT, 1), Token(other, "none", MOMENT, 2), "ipc-full", "secret", "ipc-none")


def forged(kind: Forgery, value: str = JWT) -> str:
    """The token that stands after the word Bearer."""
    request, _ = forge(kind, REQUEST, material(value))
    return str((request.headers or {})["Authorization"]).removeprefix("Bearer ")


@pytest.mark.parametrize("kind", list(Forgery))
@pytest.mark.parametrize("value", [JWT, "Opaque-Token-0123456789"])
def test_no_forgery_is_the_valid_token(kind: Forgery, value: str) -> None:
    """Sent as it is after the word Bearer, the valid token would rightly be accepted."""
    try:
        request, _ = forge(kind, REQUEST, material(value))
    except NotApplicable:
        return

    assert (request.headers or {}).get("Authorization") != f"Bearer {value}"


def test_unsigned_token_keeps_its_claims() -> None:
    """`alg: none` with an empty signature, and everything else as it was."""
    header, claims = decode(forged(Forgery.ALG_NONE)) or ({}, {})

    assert header["alg"] == "none"
    assert claims == {"sub": "ipc-full", "exp": 14_400}
    assert forged(Forgery.ALG_NONE).endswith(".")


def test_other_client_is_claimed_under_the_old_signature() -> None:
    """The claim that held the client's own ID holds the other's."""
    forged_token = forged(Forgery.OTHER_CLIENT)

    assert (decode(forged_token) or ({}, {}))[1]["sub"] == "ipc-none"
    assert forged_token.rpartition(".")[2] == JWT.rpartition(".")[2]


def test_token_of_the_same_second_forges_nothing() -> None:
    """Two tokens may be the same to the letter; then there is no other signature."""
    with pytest.raises(NotApplicable):
        forge(Forgery.OTHER_SIGNATURE, REQUEST, material(JWT, other=JWT))


def test_opaque_token_has_no_claims_to_change() -> None:
    """A target whose tokens are opaque is not asked about JWTs."""
    with pytest.raises(NotApplicable):
        forged(Forgery.LATER_END, "opaque")


def test_single_case_tokens_are_not_swapped() -> None:
    """Hexadecimal tokens may be read without regard to case."""
    with pytest.raises(NotApplicable):
        forged(Forgery.OTHER_CASE, "0123456789abcdef")


def test_body_and_query_carry_the_valid_token() -> None:
    """Where it does not count."""
    in_body, _ = forge(Forgery.BODY, REQUEST, material(JWT))
    in_query, _ = forge(Forgery.QUERY, REQUEST, material(JWT))

    assert in_body.json == {"shortID": "X", "access_token": JWT}
    assert in_query.params == {"access_token": JWT}
    assert in_body.headers is None
