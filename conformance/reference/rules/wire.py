"""How answers look on the wire, and what the plain HTTP address does (errors; authentication, Security Notes)."""

# ruff: noqa: ARG002 -- a docstring states the rule as documented; a rule is given all that a faulty server looks at

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from conformance.reference.dialects import PlainHttp
from conformance.reference.problems import Problem
from conformance.reference.rules.rule import Rules

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from conformance.reference.call import Call, Reply
    from conformance.reference.operation import Operation


class WireRules(Rules):
    """Bodies, headers and dates."""

    def json_object(self, call: Call) -> dict[str, Any]:
        """Malformed JSON is bad input."""
        return call.json_object()

    def error_body(self, problem: Problem) -> dict[str, Any]:
        """Every failure has the same shape; details hold a value with validation_error alone."""
        body: dict[str, Any] = {"statusCode": problem.status, "error": problem.error, "message": problem.message}
        if problem.details is not None or self.dialect.details_always:
            body["details"] = problem.details
        return body

    def date(self, moment: datetime) -> str:
        """Date-times are ISO 8601, with or without zone, in whole seconds or finer."""
        text = moment.astimezone(UTC).replace(tzinfo=None).isoformat()
        return text + "Z" if self.dialect.zone else text

    def content_type(self, reply: Reply) -> str:
        """Bodies are JSON."""
        return "application/json; charset=utf-8" if self.dialect.charset else "application/json"

    def headers(self) -> Mapping[str, str]:
        """The API version is promised on paged responses; elsewhere it is open."""
        return {"X-API-Version": "v1"} if self.dialect.version_everywhere else {}

    def reply(self, operation: Operation[Any] | None, reply: Reply) -> Reply:
        """What an operation has answered is sent as it is."""
        return reply

    def wrong_method(self, allowed: str) -> Problem:
        """What an undocumented method is answered with is open."""
        if self.dialect.wrong_method_status == 405:
            return Problem(405, "bad_request", "The method is not allowed here.", headers=(("Allow", allowed),))
        return Problem(404, "not_found", "There is no such operation.")


class TransportRules(Rules):
    """Plain HTTP."""

    def is_listening(self) -> bool:
        """A refused connection rejects as well as an answer does."""
        return self.dialect.plain_http is not PlainHttp.CLOSED

    def is_served(self, call: Call, path: str) -> bool:
        """HTTPS exclusively: credentials sent over HTTP are rejected."""
        return False

    def refusal(self, location: str) -> Problem:
        """What the rejection looks like is open; `location` is the same address over https."""
        if self.dialect.plain_http is PlainHttp.REDIRECTED:
            return Problem(308, "forbidden", "HTTPS is required.", headers=(("Location", location),))
        return Problem(403, "forbidden", "HTTPS is required.")
