"""Faults against the standards that the documentation names: RFC 6749, 6750, 7617 and 9110."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.reference.call import LARGEST_BODY
from conformance.reference.faults.fault import Fault, Site
from conformance.reference.problems import ApiError, Problem
from conformance.reference.rules import BearerRules, TokenRules
from conformance.reference.rules.token import FORM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.reference.call import Call
    from conformance.reference.rules.token import Form


def _form_or_query(site: Site, call: Call) -> Form:
    """Read parameters from wherever they stand, as some frameworks do."""
    try:
        fields: Form = site.original(call)
    except ApiError:
        if len(call.body) > LARGEST_BODY:
            raise
        fields = {}
    for name, value in call.query:
        fields.setdefault(name, [value])
    return fields


def _refusal_with(status: int) -> Any:
    def variant(site: Site, why: str, how: str) -> Problem:
        problem: Problem = site.original(why, how)
        return replace(problem, status=status) if why == "credentials" and how == FORM else problem

    return variant


def _refusal_without_headers(site: Site, why: str, how: str) -> Problem:
    """Forget the challenge."""
    problem: Problem = site.original(why, how)
    return replace(problem, headers=())


def _bearer_refusal_without_headers(site: Site, why: str, text: str | None) -> Problem:
    """Forget the challenge."""
    problem: Problem = site.original(why, text)
    return replace(problem, headers=())


def _refusal_without_error(_site: Site, problem: Problem, _uniform: Mapping[str, Any]) -> Mapping[str, Any]:
    """Answer with a text for people."""
    return {"message": problem.message}


def _error_as_number(site: Site, problem: Problem, uniform: Mapping[str, Any]) -> Mapping[str, Any]:
    """Number the errors."""
    return {**site.original(problem, uniform), "error": problem.status}


FAULTS = (
    Fault(
        name="oauth.error-as-number",
        sentence="A refused token request has the status as its error member.",
        violates=("oauth.refusal-body",),
        seen_as=("wrong-value",),
        suffering="OAuth libraries cannot tell a wrong secret from a malformed request.",
        rule=TokenRules.refusal_body,
        variant=_error_as_number,
    ),
    Fault(
        name="oauth.kept-by-browsers",
        sentence="The answer that carries a token may be stored by the one who asked.",
        violates=("oauth.no-store",),
        seen_as=("wrong-value",),
        suffering="Tokens lie about in caches on disk.",
        rule=TokenRules.answer_headers,
        variant=lambda _site: {"Cache-Control": "private"},
    ),
    Fault(
        name="oauth.grant-type-optional",
        sentence="A token request without grant_type gets a token.",
        violates=("oauth.grant-type-required",),
        seen_as=("accepted",),
        suffering="Clients are built that no conforming server accepts.",
        rule=TokenRules.is_grant,
        variant=lambda site, grants: not grants or site.original(grants),
    ),
    Fault(
        name="oauth.grant-type-any",
        sentence="Any grant_type gets a token.",
        violates=("oauth.grant-type-known",),
        seen_as=("accepted",),
        suffering="Clients are built that no conforming server accepts.",
        rule=TokenRules.is_grant,
        variant=lambda _site, grants: len(grants) == 1,
    ),
    Fault(
        name="oauth.grant-type-repeated",
        sentence="A repeated grant_type is read once.",
        violates=("oauth.grant-type-once",),
        seen_as=("accepted",),
        suffering="A proxy in front may check another value than the server uses.",
        rule=TokenRules.is_grant,
        variant=lambda _site, grants: "client_credentials" in grants,
    ),
    Fault(
        name="oauth.credentials-in-query",
        sentence="Credentials in the query string get a token.",
        violates=("oauth.credentials-not-in-query",),
        seen_as=("accepted",),
        suffering="Secrets end up in the logs of every proxy.",
        rule=TokenRules.form,
        variant=_form_or_query,
    ),
    Fault(
        name="oauth.refusal-403",
        sentence="Wrong credentials in the form are answered with 403.",
        violates=("oauth.refusal-status",),
        seen_as=("wrong-refusal",),
        suffering="OAuth libraries report a missing permission instead of a wrong secret.",
        rule=TokenRules.refusal,
        variant=_refusal_with(403),
    ),
    Fault(
        name="oauth.refusal-200",
        sentence="Wrong credentials in the form are answered with 200 and an error in the body.",
        violates=("oauth.refusal-status",),
        seen_as=("accepted",),
        suffering="OAuth libraries look for a token in the answer and fail later, elsewhere.",
        rule=TokenRules.refusal,
        variant=_refusal_with(200),
        follows=("oauth.refusal-body",),
    ),
    Fault(
        name="oauth.refusal-without-error",
        sentence="A refused token request is answered with a message and no error member.",
        violates=("oauth.refusal-body",),
        seen_as=("missing",),
        suffering="OAuth libraries cannot tell a wrong secret from a malformed request.",
        rule=TokenRules.refusal_body,
        variant=_refusal_without_error,
    ),
    Fault(
        name="oauth.basic-without-challenge",
        sentence="Wrong Basic credentials get 401 without WWW-Authenticate.",
        violates=("oauth.basic-challenge",),
        seen_as=("missing",),
        suffering="HTTP libraries that wait for the challenge never send their credentials.",
        rule=TokenRules.refusal,
        variant=_refusal_without_headers,
    ),
    Fault(
        name="oauth.token-answer-cacheable",
        sentence="The answer that carries a token may be stored by caches.",
        violates=("oauth.no-store",),
        seen_as=("missing",),
        suffering="A proxy hands one client's token to another.",
        rule=TokenRules.answer_headers,
        variant=lambda _site: {},
    ),
    Fault(
        name="oauth.scheme-with-case",
        sentence="Only the spelling Bearer is accepted.",
        violates=("oauth.scheme-case",),
        seen_as=("refused",),
        suffering="Clients that repeat the token_type as the scheme are refused.",
        rule=BearerRules.is_scheme,
        variant=lambda _site, scheme: scheme == "Bearer",
    ),
    Fault(
        name="oauth.bearer-without-challenge",
        sentence="A 401 has no WWW-Authenticate header.",
        violates=("oauth.bearer-challenge",),
        seen_as=("missing",),
        suffering="HTTP libraries do not recognise that they are to renew their token.",
        rule=BearerRules.refusal,
        variant=_bearer_refusal_without_headers,
    ),
)
