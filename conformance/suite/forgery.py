"""The ways to come without a valid bearer token; each makes a request of a valid one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from conformance.contract.outcomes import Reason
from conformance.errors import NotApplicable
from conformance.target import token as tokens
from conformance.target.session import basic

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.contract.specification import Operation
    from conformance.target.token import Token
    from conformance.target.wire import Request

TEN_YEARS = 315_360_000


class Forgery(StrEnum):
    """What stands where the valid token should be."""

    NO_HEADER = "no header"
    EMPTY_HEADER = "empty header"
    SCHEME_ALONE = "Bearer alone"
    SCHEME_TOKEN = "scheme Token"  # noqa: S105 -- a kind of question
    SCHEME_BASIC = "scheme Basic"
    CREDENTIALS = "client credentials instead"
    NO_SCHEME = "no scheme"
    GARBAGE = "garbage"
    WORD_NULL = "the word null"
    TRUNCATED = "truncated"
    HALVED = "halved"
    EXTENDED = "extended"
    OTHER_CASE = "in the other letter case"
    CHANGED_SIGNATURE = "changed signature"
    OTHER_SIGNATURE = "signature of another token"
    ALG_NONE = "alg none"
    ALG_NONE_MIXED = "alg nOnE"
    ALG_NONE_SIGNED = "alg none, signature kept"
    LATER_END = "later end claimed"
    OTHER_CLIENT = "other client claimed"
    QUERY = "in the query string"
    BODY = "in the body"

    def fits(self, operation: Operation) -> bool:
        """Whether the question can be put to an operation."""
        return self is not Forgery.BODY or operation.has_body


MADE_OF_TOKEN = frozenset(Forgery) - {
    Forgery.GARBAGE,
    Forgery.WORD_NULL,
    Forgery.EMPTY_HEADER,
    Forgery.SCHEME_ALONE,
    Forgery.CREDENTIALS,
}


@dataclass(frozen=True, slots=True)
class Material:
    """What forgeries are made of: a valid token, one of another client, the client's credentials, the other's ID."""

    token: Token
    other: Token
    client_id: str
    secret: str
    other_client_id: str


def forge(kind: Forgery, request: Request, material: Material) -> tuple[Request, str | None]:
    """The request with what `kind` says instead of the valid token, and what was made of that token, if anything."""
    if kind is Forgery.NO_HEADER:
        return request, None
    if kind is Forgery.QUERY:
        return replace(request, params={**(request.params or {}), "access_token": material.token.value}), None
    if kind is Forgery.BODY:
        body = request.json if isinstance(request.json, dict) else {}
        return replace(request, json=body | {"access_token": material.token.value}), None
    value = _HEADERS[kind](material)
    if value == f"Bearer {material.token.value}":
        # Two tokens of one second may be the same to the letter, and so may the claims of a client known by one name.
        raise NotApplicable(Reason.OPAQUE_TOKEN, f"{kind}: the change leaves the target's token as it is")
    return replace(request, headers={**(request.headers or {}), "Authorization": value}), value.rpartition(" ")[
        2
    ] if kind in MADE_OF_TOKEN else None


def _jwt(material: Material) -> tuple[dict[str, Any], dict[str, Any], str]:
    decoded = tokens.decode(material.token.value)
    if decoded is None:
        raise NotApplicable(Reason.OPAQUE_TOKEN)
    return (*decoded, material.token.value.rpartition(".")[2])


def _without_algorithm(name: str, *, keep: bool) -> Callable[[Material], str]:
    def make(material: Material) -> str:
        header, claims, signature = _jwt(material)
        return "Bearer " + tokens.encode(header | {"alg": name}, claims, signature if keep else "")

    return make


def _other_signature(material: Material) -> str:
    _jwt(material)
    other = tokens.decode(material.other.value)
    if other is None:
        raise NotApplicable(Reason.OPAQUE_TOKEN)
    head = material.token.value.rpartition(".")[0]
    return f"Bearer {head}.{material.other.value.rpartition('.')[2]}"


def _beginning(material: Material, length: int) -> str:
    """So much of the token, at least one character: a token may be short."""
    return material.token.value[: max(1, length)]


def _other_case(material: Material) -> str:
    """The token with upper and lower case swapped, where it has both and the case so means something."""
    value = material.token.value
    if value in {value.lower(), value.upper()}:
        raise NotApplicable(Reason.OPAQUE_TOKEN, "the target's tokens have letters of one case only")
    return f"Bearer {value.swapcase()}"


def _later_end(material: Material) -> str:
    header, claims, signature = _jwt(material)
    end = claims.get("exp")
    later = int(end) + TEN_YEARS if isinstance(end, int | float) else TEN_YEARS
    return "Bearer " + tokens.encode(header, claims | {"exp": later}, signature)


def _other_client(material: Material) -> str:
    header, claims, signature = _jwt(material)
    swapped = {
        name: material.other_client_id if value == material.client_id else value for name, value in claims.items()
    }
    if swapped == claims:
        swapped |= {"sub": material.other_client_id, "client_id": material.other_client_id}
    return "Bearer " + tokens.encode(header, swapped, signature)


_HEADERS: dict[Forgery, Callable[[Material], str]] = {
    # An Authorization header without a scheme and token; `Bearer` and a blank alone cannot be sent by httpx.
    Forgery.EMPTY_HEADER: lambda _: "",
    Forgery.SCHEME_ALONE: lambda _: "Bearer",
    Forgery.SCHEME_TOKEN: lambda material: f"Token {material.token.value}",
    Forgery.SCHEME_BASIC: lambda material: f"Basic {material.token.value}",
    Forgery.CREDENTIALS: lambda material: basic(material.client_id, material.secret),
    Forgery.NO_SCHEME: lambda material: material.token.value,
    Forgery.GARBAGE: lambda _: "Bearer garbage.that-was.never-issued",
    Forgery.WORD_NULL: lambda _: "Bearer null",
    Forgery.TRUNCATED: lambda material: f"Bearer {_beginning(material, len(material.token.value) - 8)}",
    Forgery.HALVED: lambda material: f"Bearer {_beginning(material, len(material.token.value) // 2)}",
    Forgery.EXTENDED: lambda material: f"Bearer {material.token.value}AAAAAAAA",
    Forgery.OTHER_CASE: _other_case,
    Forgery.CHANGED_SIGNATURE: lambda material: f"Bearer {tokens.with_other_signature(material.token.value)}",
    Forgery.OTHER_SIGNATURE: _other_signature,
    Forgery.ALG_NONE: _without_algorithm("none", keep=False),
    Forgery.ALG_NONE_MIXED: _without_algorithm("nOnE", keep=False),
    Forgery.ALG_NONE_SIGNED: _without_algorithm("none", keep=True),
    Forgery.LATER_END: _later_end,
    Forgery.OTHER_CLIENT: _other_client,
}
