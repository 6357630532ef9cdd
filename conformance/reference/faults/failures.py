"""Faults in how failures are told that show where few look: with an expired token, or on one resource alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.problems import ApiError, internal_error
from conformance.reference.rules import BearerRules, WireRules

if TYPE_CHECKING:
    from conformance.reference.call import Call
    from conformance.reference.problems import Problem


def _code_of_expired_tokens(site: Site, why: str, text: str | None) -> Problem:
    """Tell clients by the code when to renew."""
    refusal: Problem = site.original(why, text)
    return replace(refusal, error="token_expired") if why == "expired" else refusal


def _malformed_update_of_one_crashes(site: Site, call: Call) -> dict[str, Any]:
    """Read the body by hand where the path has a number, too."""
    try:
        body: dict[str, Any] = site.original(call)
    except ApiError as error:
        is_meant = call.method == "PUT" and "id" in call.path
        raise (internal_error("Unexpected end of JSON input.") if is_meant else error) from error
    return body


FAULTS = (
    Fault(
        name="errors.code-of-expired-tokens",
        sentence="An expired token has a code of its own, token_expired.",
        violates=("errors.code-fits-status",),
        seen_as=("wrong-value",),
        suffering="Clients that renew their token on unauthorized do not.",
        rule=BearerRules.refusal,
        variant=_code_of_expired_tokens,
        resources=("Item",),
    ),
    Fault(
        name="errors.malformed-subscription-crashes",
        sentence="Malformed JSON gets 500 where a subscription is updated, and 400 elsewhere.",
        violates=("errors.malformed-json",),
        seen_as=("server-error",),
        suffering="A client's mistake looks like an outage, and is retried for hours.",
        rule=WireRules.json_object,
        variant=_malformed_update_of_one_crashes,
        resources=("Webhook",),
    ),
)
