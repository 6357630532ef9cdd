"""Faults in how failures are told, and in what bad input gets."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.problems import ApiError, Problem, bad_request, internal_error
from conformance.reference.rules import ItemRules, LocationRules, WireRules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.reference.call import Call, Reply
    from conformance.reference.operation import Operation

Body = dict[str, Any]
_CODES = (
    "bad_request", "validation_error", "unauthorized", "forbidden", "not_found", "conflict", "rate_limited",
    "not_implemented", "internal_error",
)  # fmt: skip


def _with(status: int, **members: Any) -> Any:
    """Tell something else in refusals of one status."""

    def variant(site: Site, problem: Problem) -> Body:
        right: Body = site.original(problem)
        return right | members if problem.status == status else right

    return variant


# --- the shape ------------------------------------------------------------------------------------------------------


def _status_as_text(site: Site, problem: Problem) -> Body:
    """Put the status into a template of texts."""
    return {**site.original(problem), "statusCode": str(problem.status)}


def _gateway_refusal(site: Site, problem: Problem) -> Body:
    """Let the gateway that checks tokens answer for itself."""
    return {"message": "Unauthorized"} if problem.status == 401 else site.original(problem)


def _nothing_for_forbidden(site: Site, problem: Problem) -> Body | None:
    """Leave the body to a filter that only sets the status."""
    return None if problem.status == 403 else site.original(problem)


def _problem_details(_site: Site, operation: Operation[Any] | None, reply: Reply) -> Reply:
    """Have the framework answer where the part number is bound (RFC 9457)."""
    if operation is None or operation.label != "GET /Item/{partNo}" or reply.status != 404:
        return reply
    return replace(reply, body={"type": "about:blank", "title": "Not Found", "status": 404})


def _code_as_number(site: Site, problem: Problem) -> Body:
    """Serialise the enumeration of codes as its numbers."""
    return {**site.original(problem), "error": sorted(_CODES).index(problem.error)}


def _messages_of_the_model(site: Site, problem: Problem) -> Body:
    """Hand on what the framework says of bad input, which is a list."""
    right: Body = site.original(problem)
    return right if problem.details is None else {**right, "message": [right["message"]]}


# --- the status in the body and the code ----------------------------------------------------------------------------


def _status_of_read_only(site: Site, problem: Problem) -> Body:
    """Change the answer to a read-only user from 405 to 403, and forget the body."""
    right: Body = site.original(problem)
    return right | {"statusCode": 405} if "read-only" in problem.message else right


def _code_in_capitals(site: Site, problem: Problem) -> Body:
    """Write the name of the enumeration's member."""
    return {**site.original(problem), "error": problem.error.upper()}


# --- details --------------------------------------------------------------------------------------------------------


def _one_text_a_field(site: Site, problem: Problem) -> Body:
    """Keep the last message of each field."""
    right: Body = site.original(problem)
    if problem.details is None:
        return right
    return {**right, "details": {name: texts[-1] for name, texts in problem.details.items()}}


def _details_of_bodies_alone(_site: Site, operation: Operation[Any] | None, reply: Reply) -> Reply:
    """Fill the details from the body's model, which a GET does not have."""
    if operation is None or operation.method != "GET" or not isinstance(reply.body, dict):
        return reply
    if reply.body.get("error") != "validation_error":
        return reply
    return replace(reply, body={**reply.body, "details": None})


def _empty_details(site: Site, problem: Problem) -> Body:
    """Make an empty object where there are no details."""
    return {**site.original(problem), "details": problem.details or {}}


def _conflicting_field(_site: Site) -> ApiError:
    """Tell which field clashes."""
    details = {"shortID": ["The ShortID is in use."]}
    return ApiError(Problem(409, "conflict", "There is an item with this ShortID already.", details))


# --- bad input ------------------------------------------------------------------------------------------------------


def _first_value(site: Site, call: Call) -> Body:
    """Stop reading where the first JSON value ends."""
    try:
        body: Body = site.original(call)
    except ApiError:
        try:
            value, _ = json.JSONDecoder().raw_decode(call.body.decode("utf-8", "replace"))
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise
        return value
    return body


def _malformed_update_crashes(site: Site, call: Call) -> Body:
    """Guard the body of POST, and not that of PUT."""
    try:
        body: Body = site.original(call)
    except ApiError as error:
        raise (internal_error("Unexpected end of JSON input.") if call.method == "PUT" else error) from error
    return body


def _refused_with(label: str, problem: Problem) -> Any:
    """Tell bad input to one operation in another way."""

    def variant(site: Site, operation: Operation[Any] | None, reply: Reply) -> Reply:
        if operation is None or operation.label != label or reply.status != 400:
            return reply
        return replace(reply, status=problem.status, body=site.service.rules.wire.error_body(problem))

    return variant


def _first_location(site: Site, spot: str | None) -> str:
    """Look for the first location of this spot, whatever it is where there is none."""
    return spot or min(site.service.store.locations)


def _category_or_none(site: Site, call: Call) -> Body:
    """Take a category that is no number for none."""
    body: Body = site.original(call)
    return {name: 0 if "category" in name and not _is_number(value) else value for name, value in body.items()}


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _any_media_type(site: Site, call: Call) -> Body:
    """Read every body as JSON, whatever it says it is."""
    headers: Mapping[str, str] = {**call.headers, "content-type": "application/json"}
    body: Body = site.original(replace(call, headers=headers))
    return body


FAULTS = (
    Fault(
        name="errors.status-as-text",
        sentence="The statusCode of a refusal is a text.",
        violates=("errors.shape",),
        seen_as=("wrong-value",),
        suffering="Typed clients fail to read refusals.",
        rule=WireRules.error_body,
        variant=_status_as_text,
        resources=("Vendor",),
    ),
    Fault(
        name="errors.gateway-answers",
        sentence="A request without a valid token gets a body of another form, with the message alone.",
        violates=("errors.shape",),
        seen_as=("missing",),
        suffering="Clients report an unreadable answer instead of an expired token.",
        rule=WireRules.error_body,
        variant=_gateway_refusal,
        resources=("Vendor",),
    ),
    Fault(
        name="errors.forbidden-without-body",
        sentence="A 403 has no body.",
        violates=("errors.shape",),
        seen_as=("missing",),
        suffering="Clients report an unreadable answer instead of a missing right.",
        rule=WireRules.error_body,
        variant=_nothing_for_forbidden,
        resources=("Vendor",),
    ),
    Fault(
        name="errors.code-as-number",
        sentence="The error of a refusal is a number.",
        violates=("errors.shape",),
        seen_as=("wrong-value",),
        suffering="Clients that compare codes recognise none.",
        rule=WireRules.error_body,
        variant=_code_as_number,
        resources=("Vendor",),
    ),
    Fault(
        name="errors.messages-in-a-list",
        sentence="The message of a validation error is a list of texts.",
        violates=("errors.shape",),
        seen_as=("wrong-value",),
        suffering="Typed clients fail to read just those refusals that say what to mend.",
        rule=WireRules.error_body,
        variant=_messages_of_the_model,
        resources=("Vendor",),
    ),
    Fault(
        name="errors.problem-details",
        sentence="An unknown part number gets a body as RFC 9457 has it, like no other refusal.",
        violates=("errors.shape",),
        seen_as=("missing",),
        suffering="Clients that read the code of a refusal find none.",
        rule=WireRules.reply,
        variant=_problem_details,
        resources=("Item",),
    ),
    Fault(
        name="errors.success-in-body",
        sentence="The body of a 404 says statusCode 200.",
        violates=("errors.status-code",),
        seen_as=("wrong-value",),
        suffering="Clients that go by the body take what is missing for found.",
        rule=WireRules.error_body,
        variant=_with(404, statusCode=200),
        resources=("Vendor",),
    ),
    Fault(
        name="errors.read-only-status",
        sentence="The 403 for a read-only user says statusCode 405.",
        violates=("errors.status-code",),
        seen_as=("wrong-value",),
        suffering="Logs that are kept of the body tell of a wrong method.",
        rule=WireRules.error_body,
        variant=_status_of_read_only,
        resources=("Item",),
    ),
    Fault(
        name="errors.code-in-capitals",
        sentence="The codes of refusals are written in capitals.",
        violates=("errors.code-known",),
        seen_as=("wrong-value",),
        suffering="Clients that compare codes recognise none.",
        rule=WireRules.error_body,
        variant=_code_in_capitals,
        resources=("Vendor",),
    ),
    Fault(
        name="errors.code-of-duplicates",
        sentence="A duplicate ShortID has a code of its own, duplicate_short_id.",
        violates=("errors.code-known",),
        seen_as=("wrong-value",),
        suffering="Clients that pass over a conflict stop at a duplicate.",
        rule=ItemRules.taken,
        variant=lambda _site: ApiError(Problem(409, "duplicate_short_id", "This ShortID is in use.")),
        resources=("Item",),
    ),
    Fault(
        name="errors.forbidden-as-unauthorized",
        sentence="The code of a 403 is unauthorized.",
        violates=("errors.code-fits-status",),
        seen_as=("wrong-value",),
        suffering="Clients renew their token for ever instead of asking for a right.",
        rule=WireRules.error_body,
        variant=_with(403, error="unauthorized"),
        resources=("Vendor",),
    ),
    Fault(
        name="errors.spot-as-bad-request",
        sentence="The 404 for an unknown spot has the code bad_request.",
        violates=("errors.code-fits-status",),
        seen_as=("wrong-value",),
        suffering="Clients look for a mistake in their request instead of a spot that is gone.",
        rule=LocationRules.missing,
        variant=lambda _site, _action: ApiError(Problem(404, "bad_request", "There is no such location.")),
        resources=("Location",),
    ),
    Fault(
        name="errors.one-text-a-field",
        sentence="The details of a validation error hold a text for each field instead of a list.",
        violates=("errors.details-by-field",),
        seen_as=("wrong-value",),
        suffering="Clients that show each message of a field show each of its letters.",
        rule=WireRules.error_body,
        variant=_one_text_a_field,
        resources=("Vendor",),
    ),
    Fault(
        name="errors.details-of-bodies-alone",
        sentence="A validation error about a query parameter has no details.",
        violates=("errors.details-by-field",),
        seen_as=("wrong-value",),
        suffering="Nobody learns which parameter was wrong.",
        rule=WireRules.reply,
        variant=_details_of_bodies_alone,
        resources=("Vendor",),
    ),
    Fault(
        name="errors.empty-details",
        sentence="Refusals without details have an empty object there.",
        violates=("errors.details-only-with-validation",),
        seen_as=("wrong-value",),
        suffering="Clients that look for details show an empty list of mistakes.",
        rule=WireRules.error_body,
        variant=_empty_details,
        resources=("Vendor",),
    ),
    Fault(
        name="errors.conflict-with-details",
        sentence="The 409 for a duplicate ShortID has details.",
        violates=("errors.details-only-with-validation",),
        seen_as=("wrong-value",),
        suffering="Clients take the clash for a mistake in a field.",
        rule=ItemRules.taken,
        variant=_conflicting_field,
        resources=("Item",),
    ),
    Fault(
        name="errors.rest-of-body-ignored",
        sentence="What follows the first JSON value of a body is passed over.",
        violates=("errors.malformed-json",),
        seen_as=("accepted",),
        suffering="Half of a broken request is carried out.",
        rule=WireRules.json_object,
        variant=_first_value,
        resources=("Item",),
    ),
    Fault(
        name="errors.malformed-update-crashes",
        sentence="Malformed JSON gets 500 from PUT, and 400 from POST.",
        violates=("errors.malformed-json",),
        seen_as=("server-error",),
        suffering="A client's mistake looks like an outage, and is retried for hours.",
        rule=WireRules.json_object,
        variant=_malformed_update_crashes,
        resources=("Item",),
    ),
    Fault(
        name="errors.any-location-held",
        sentence="Holding without an id holds the first location.",
        violates=("errors.missing-field",),
        seen_as=("accepted",),
        suffering="A bug in a client stops work at a spot that nobody named.",
        rule=LocationRules.named,
        variant=_first_location,
        resources=("Location",),
    ),
    Fault(
        name="errors.missing-part-conflicts",
        sentence="Receiving stock without saying which gets 409.",
        violates=("errors.missing-field",),
        seen_as=("wrong-refusal",),
        suffering="Clients wait for a clash to pass that never does.",
        rule=WireRules.reply,
        variant=_refused_with("POST /Inventory/Receive", Problem(409, "conflict", "The stock cannot be received.")),
        resources=("Inventory",),
        follows=("errors.malformed-json",),
    ),
    Fault(
        name="errors.category-or-none",
        sentence="A category that is no number is taken for none.",
        violates=("errors.wrong-type",),
        seen_as=("accepted",),
        suffering="Items end up without a category, and nobody is told.",
        rule=WireRules.json_object,
        variant=_category_or_none,
        resources=("Item",),
    ),
    Fault(
        name="errors.declared-as-html",
        sentence="Refusals are declared as text/html.",
        violates=("errors.content-type",),
        seen_as=("wrong-value",),
        suffering="HTTP libraries hand the body over as text.",
        rule=WireRules.content_type,
        variant=lambda site, reply: "text/html" if reply.status >= 400 else site.original(reply),
        resources=("Vendor",),
    ),
    Fault(
        name="errors.unknown-path-as-bad-request",
        sentence="An undocumented path gets 400.",
        violates=("errors.unknown-path",),
        seen_as=("wrong-refusal",),
        suffering="Integrators look for a mistake in their parameters instead of the address.",
        rule=WireRules.unknown_path,
        variant=lambda _site: bad_request("No controller is registered for this address.").problem,
        resources=("Item",),
    ),
    Fault(
        name="errors.any-media-type",
        sentence="A body that is declared as text is read as JSON.",
        violates=("errors.media-type",),
        seen_as=("accepted",),
        suffering="Pages in a browser can send what only programs should.",
        rule=WireRules.json_object,
        variant=_any_media_type,
        resources=("Item",),
    ),
)
