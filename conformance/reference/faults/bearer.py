"""Faults in judging bearer tokens."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.problems import ApiError, ConnectionDropped, Problem, internal_error, not_found
from conformance.reference.rules import BearerRules
from conformance.reference.store import Token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.reference.call import Call
    from conformance.reference.operation import Operation
    from conformance.reference.rules.bearer import SigningKey


def _part(text: str, index: int) -> dict[str, Any]:
    """Read one part of a JSON Web Token without asking for its signature."""
    try:
        part = text.split(".")[index]
        value = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, ValueError, binascii.Error, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _is_unsigned(text: str) -> bool:
    return str(_part(text, 0).get("alg", "")).lower() == "none"


def _signature_unchecked(_site: Site, text: str, _key: SigningKey) -> Mapping[str, Any] | None:
    """Decode instead of verify."""
    return _part(text, 1) or None


def _unsigned_accepted(site: Site, text: str, key: SigningKey) -> Mapping[str, Any] | None:
    """Let the token choose its algorithm."""
    return _part(text, 1) if _is_unsigned(text) else site.original(text, key)


def _unsigned_drops(site: Site, text: str, key: SigningKey) -> Any:
    """Crash the worker on an unknown algorithm."""
    if _is_unsigned(text):
        raise ConnectionDropped
    return site.original(text, key)


def _claims_trusted(site: Site, text: str, key: SigningKey, tokens: Mapping[str, Token]) -> Token | None:
    """Believe the claims of a token that cannot be verified."""
    token: Token | None = site.original(text, key, tokens)
    claims = _part(text, 1)
    client_id = str(claims.get("sub"))
    if token is not None or client_id not in site.service.store.accounts:
        return token
    return Token(text, "", client_id, site.service.clock.now(), "form", 0)


def _cached_by_payload(site: Site, text: str, key: SigningKey) -> Any:
    """Remember verified tokens by header and payload, without the signature."""
    claims = site.original(text, key)
    payload = text.rpartition(".")[0]
    if claims is not None:
        site.memory[payload] = claims
    return site.memory.get(payload)


def _not_a_jwt_crashes(site: Site, text: str, key: SigningKey, tokens: Mapping[str, Token]) -> Any:
    """Split at the dots and take the third part."""
    if text.count(".") != 2 and text not in tokens:
        raise internal_error("Index was outside the bounds of the array.")
    return site.original(text, key, tokens)


def _open_without_header(label: str) -> Any:
    def variant(site: Site, operation: Operation[Any] | None, call: Call) -> bool:
        is_open = operation is not None and operation.label == label and "authorization" not in call.headers
        return not is_open and bool(site.original(operation, call))

    return variant


def _open_lookup(site: Site, operation: Operation[Any] | None, call: Call) -> bool:
    """Let a scanner on the wall look up labels."""
    is_lookup = (
        operation is not None and operation.label == "GET /Item" and any(name == "key" for name, _ in call.query)
    )
    return not (is_lookup and "authorization" not in call.headers) and bool(site.original(operation, call))


def _open_with_header(label: str) -> Any:
    def variant(site: Site, operation: Operation[Any] | None, call: Call) -> bool:
        scheme = call.headers.get("authorization", "").partition(" ")[0].lower()
        is_open = operation is not None and operation.label == label and scheme == "bearer"
        return not is_open and bool(site.original(operation, call))

    return variant


def _unknown_item_first(site: Site, operation: Operation[Any] | None, call: Call) -> bool:
    """Load the object before the guard runs."""
    if operation is not None and operation.label == "GET /Item/{partNo}":
        part_no = call.path["partNo"]
        if not (part_no.isascii() and part_no.isdigit()) or int(part_no[:18]) not in site.service.store.items:
            raise not_found("There is no such item.")
    return bool(site.original(operation, call))


def _malformed_body_first(site: Site, operation: Operation[Any] | None, call: Call) -> bool:
    """Bind the model before the guard runs."""
    if operation is not None and operation.label == "POST /Item":
        site.service.rules.wire.json_object(call)
    return bool(site.original(operation, call))


def _put_refused(site: Site, operation: Operation[Any] | None, call: Call) -> bool:
    """Strip the header from PUT requests in the gateway."""
    if operation is not None and operation.method == "PUT" and "authorization" in call.headers:
        raise ApiError(site.service.rules.bearer.refusal("missing", None))
    return bool(site.original(operation, call))


def _example_refused(site: Site, operation: Operation[Any] | None, call: Call) -> bool:
    """Lose the header in a proxy that rewrites addresses with an ampersand."""
    is_list = operation is not None and operation.label == "GET /Item"
    if is_list and len(call.query) > 1 and "authorization" in call.headers:
        raise ApiError(site.service.rules.bearer.refusal("missing", None))
    return bool(site.original(operation, call))


def _in_query(_site: Site, call: Call) -> str | None:
    """Read the token from the address (RFC 6750 section 2.3 advises against it)."""
    return next((value for name, value in call.query if name in {"access_token", "token"}), None)


def _in_body(_site: Site, call: Call) -> str | None:
    """Read the token from a JSON or form body."""
    text = call.body.decode("utf-8", "replace")
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        fields = dict(pair.partition("=")[::2] for pair in text.split("&"))
        return fields.get("access_token") or None
    token = body.get("access_token") if isinstance(body, dict) else None
    return token if isinstance(token, str) else None


def _bare(site: Site, header: str) -> str | None:
    """Take a header of one word for the token."""
    text: str | None = site.original(header)
    return text if " " in header else header or None


def _refused_with(why_refused: str, problem: Problem) -> Any:
    def variant(site: Site, why: str, text: str | None) -> Problem:
        refusal: Problem = site.original(why, text)
        return replace(problem, headers=(*problem.headers, *refusal.headers)) if why == why_refused else refusal

    return variant


_FORBIDDEN = Problem(403, "forbidden", "Access denied.")
_LOGIN = Problem(302, "forbidden", "Please log in.", headers=(("Location", "/login"),))

FAULTS = (
    Fault(
        name="bearer.open-read",
        sentence="The stock levels of one warehouse are given without any token.",
        violates=("bearer.required",),
        seen_as=("accepted",),
        suffering="Anybody reads the stock.",
        rule=BearerRules.is_needed,
        variant=_open_without_header("GET /Inventory/StockLevels/{wid}"),
        follows=("bearer.first", "bearer.header-only"),
        resources=("Inventory", "Location"),
    ),
    Fault(
        name="bearer.open-lookup",
        sentence="An item that is looked up by its key is shown without any token; the list asks for one.",
        violates=("bearer.required",),
        seen_as=("accepted",),
        suffering="Whoever counts labels up reads the item master.",
        rule=BearerRules.is_needed,
        variant=_open_lookup,
    ),
    Fault(
        name="bearer.open-write",
        sentence="Locations are released without any token.",
        violates=("bearer.required",),
        seen_as=("accepted",),
        suffering="Anybody releases stock that was put on hold.",
        rule=BearerRules.is_needed,
        variant=_open_without_header("POST /Location/Release"),
        follows=("bearer.first", "bearer.header-only", "authorization.refused-write"),
        resources=("Location",),
    ),
    Fault(
        name="bearer.any-text-on-one-operation",
        sentence="Running a report accepts anything behind the word Bearer.",
        violates=("bearer.invalid",),
        seen_as=("accepted",),
        suffering="Anybody runs every report.",
        rule=BearerRules.is_needed,
        variant=_open_with_header("GET /Report/{id}"),
        follows=(
            "bearer.first",
            "bearer.required",
            "bearer.forged",
            "expiry.ends",
            "authorization.permission",
            "authorization.report-run",
            "disabling.tokens-end",
        ),
        resources=("Report",),
    ),
    Fault(
        name="bearer.missing-403",
        sentence="A request without token gets 403.",
        violates=("bearer.required",),
        seen_as=("wrong-refusal",),
        suffering="Clients look for a missing permission instead of logging in.",
        rule=BearerRules.refusal,
        variant=_refused_with("missing", _FORBIDDEN),
        follows=("bearer.first", "bearer.scheme", "bearer.header-only", "oauth.bearer-challenge"),
    ),
    Fault(
        name="bearer.missing-redirects",
        sentence="A request without token is redirected to a page to log in.",
        violates=("bearer.required",),
        seen_as=("wrong-refusal",),
        suffering="Programs follow to a web page and try to read it as data.",
        rule=BearerRules.refusal,
        variant=_refused_with("missing", _LOGIN),
        follows=("bearer.first", "bearer.scheme", "bearer.header-only", "oauth.bearer-challenge"),
    ),
    Fault(
        name="bearer.any-scheme",
        sentence="The scheme in front of the token is not looked at.",
        violates=("bearer.scheme",),
        seen_as=("accepted",),
        suffering="Clients are built that break with the next release.",
        rule=BearerRules.is_scheme,
        variant=lambda _site, _scheme: True,
    ),
    Fault(
        name="bearer.scheme-token",
        sentence="The scheme Token is accepted beside Bearer.",
        violates=("bearer.scheme",),
        seen_as=("accepted",),
        suffering="Clients are built that break with the next release.",
        rule=BearerRules.is_scheme,
        variant=lambda site, scheme: scheme.lower() == "token" or site.original(scheme),
    ),
    Fault(
        name="bearer.bare-token",
        sentence="A token is accepted without any word in front of it.",
        violates=("bearer.bare-token",),
        seen_as=("accepted",),
        suffering="Clients are built that no conforming server accepts.",
        rule=BearerRules.presented,
        variant=_bare,
    ),
    Fault(
        name="bearer.in-query",
        sentence="A token in the query string is accepted.",
        violates=("bearer.header-only",),
        seen_as=("accepted",),
        suffering="Tokens end up in logs, bookmarks and referrers.",
        rule=BearerRules.elsewhere,
        variant=_in_query,
    ),
    Fault(
        name="bearer.in-body",
        sentence="A token in the body is accepted.",
        violates=("bearer.header-only",),
        seen_as=("accepted",),
        suffering="Pages of other sites can send requests with a token by a plain form.",
        rule=BearerRules.elsewhere,
        variant=_in_body,
    ),
    Fault(
        name="bearer.signature-unchecked",
        sentence="A token's signature is not verified.",
        violates=("bearer.forged",),
        seen_as=("accepted",),
        suffering="A token can be altered by whoever holds one.",
        rule=BearerRules.claims,
        variant=_signature_unchecked,
        follows=("bearer.invalid",),
    ),
    Fault(
        name="bearer.unsigned-accepted",
        sentence="A token that says alg none is accepted without signature.",
        violates=("bearer.forged",),
        seen_as=("accepted",),
        suffering="A token can be altered by whoever holds one.",
        rule=BearerRules.claims,
        variant=_unsigned_accepted,
    ),
    Fault(
        name="bearer.unsigned-drops-connection",
        sentence="A token that says alg none crashes the worker: the connection ends without an answer.",
        violates=("bearer.forged",),
        seen_as=("no-answer",),
        suffering="A handful of requests take the service down.",
        rule=BearerRules.claims,
        variant=_unsigned_drops,
    ),
    Fault(
        name="bearer.claims-trusted",
        sentence="Where a token cannot be verified, its claims are believed all the same.",
        violates=("bearer.forged",),
        seen_as=("accepted", "wrong-refusal"),
        suffering="Anybody writes themselves a token for any client.",
        rule=BearerRules.token,
        variant=_claims_trusted,
        follows=("bearer.invalid", "token.own-client"),
    ),
    Fault(
        name="bearer.signature-cached-away",
        sentence="Once a token has been used, the same token with another signature is accepted.",
        violates=("bearer.forged",),
        seen_as=("accepted",),
        suffering="A signature that was stripped from a log does not protect the token.",
        rule=BearerRules.claims,
        variant=_cached_by_payload,
        follows=("bearer.invalid",),
    ),
    Fault(
        name="bearer.garbage-crashes",
        sentence="A token that is no JSON Web Token is answered with a server error.",
        violates=("bearer.invalid",),
        seen_as=("server-error",),
        suffering="A client with a truncated token retries for hours instead of asking for a new one.",
        rule=BearerRules.token,
        variant=_not_a_jwt_crashes,
        follows=("bearer.first", "bearer.forged", "property.no-server-error", "oauth.bearer-challenge"),
    ),
    Fault(
        name="bearer.invalid-403",
        sentence="A token that was never issued gets 403.",
        violates=("bearer.invalid", "bearer.forged"),
        seen_as=("wrong-refusal",),
        suffering="Clients look for a missing permission instead of asking for a new token.",
        rule=BearerRules.refusal,
        variant=_refused_with("invalid", _FORBIDDEN),
        follows=("bearer.first", "oauth.bearer-challenge"),
    ),
    Fault(
        name="bearer.not-accepted-for-put",
        sentence="The gateway strips the Authorization header from PUT requests.",
        violates=("bearer.accepted",),
        seen_as=("refused",),
        suffering="No item can be updated.",
        rule=BearerRules.is_needed,
        variant=_put_refused,
        follows=(
            "authorization.permission",
            "authorization.granted",
            "authorization.read-only",
            "authorization.refused-write",
        ),
    ),
    Fault(
        name="bearer.lost-with-two-parameters",
        sentence="The list of items loses the Authorization header when it is asked with two parameters.",
        violates=("bearer.accepted",),
        seen_as=("refused",),
        suffering="The documentation's own example is refused.",
        rule=BearerRules.is_needed,
        variant=_example_refused,
        follows=(
            "token.form",
            "token.basic",
            "authorization.granted",
            "authorization.permission",
            "items.by-alias",
            "pagination.envelope",
            "expiry.idle",
        ),
    ),
    Fault(
        name="bearer.unknown-item-first",
        sentence="Without a token, an unknown part number gets 404 instead of 401.",
        violates=("bearer.first",),
        seen_as=("wrong-refusal",),
        suffering="Anybody finds out which part numbers exist.",
        rule=BearerRules.is_needed,
        variant=_unknown_item_first,
        follows=("bearer.required", "authorization.permission"),
    ),
    Fault(
        name="bearer.malformed-body-first",
        sentence="Without a token, creating an item from a malformed body gets 400 instead of 401.",
        violates=("bearer.first",),
        seen_as=("wrong-refusal",),
        suffering="Anybody learns the shape of requests by trying.",
        rule=BearerRules.is_needed,
        variant=_malformed_body_first,
        follows=("bearer.required", "authorization.refused-write"),
    ),
)
