"""How answers look on the wire, and what the plain HTTP address does (errors; authentication, Security Notes)."""

# ruff: noqa: ARG002 -- a docstring states the rule as documented; a rule is given all that a faulty server looks at

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, timedelta, timezone
from functools import lru_cache
from http import HTTPStatus
from ssl import TLSVersion
from typing import TYPE_CHECKING, Any

from conformance.reference.call import REQUIRED, whole_number
from conformance.reference.choices import (
    Bad,
    Code,
    Dates,
    Fraction,
    MediaType,
    Messages,
    Names,
    PlainHttp,
)
from conformance.reference.problems import ApiError, ConnectionDropped, Problem, invalid, not_found
from conformance.reference.rules.rule import Rules

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from conformance.reference.call import Call, Reply
    from conformance.reference.dialects import Dialect
    from conformance.reference.operation import Operation

LOCAL = timezone(timedelta(hours=2))
"""The zone of a server that keeps local time."""
_TIMESPEC = {
    Fraction.AS_IT_IS: "auto",
    Fraction.NONE: "seconds",
    Fraction.MILLISECONDS: "milliseconds",
    Fraction.MICROSECONDS: "microseconds",
    Fraction.TICKS: "microseconds",
}
_ZONES = {Dates.ZULU: "Z", Dates.UTC: "+00:00", Dates.OFFSET: "+02:00", Dates.NAKED: ""}
_PAGING = frozenset({"page", "pageSize", "sort", "direction", "modifiedSince"})
_PERIOD = _PAGING | {"startDate", "endDate"}
_PARAMETERS: Mapping[str, frozenset[str]] = {
    "GET /Item": _PAGING | {"key", "type", "Category"},
    "GET /Item/All": _PAGING,
    "GET /Inventory": _PAGING,
    "GET /Inventory/{wid}": _PAGING,
    "GET /Inventory/StockLevels": _PAGING,
    "GET /Inventory/StockLevels/{wid}": _PAGING,
    "GET /Location": _PAGING | {"wid"},
    "POST /Location/Hold": frozenset({"id"}),
    "POST /Location/Release": frozenset({"id"}),
    "GET /Category": _PAGING,
    "GET /Category/All": _PAGING,
    "GET /Customer/All": _PAGING,
    "GET /Vendor/All": _PAGING,
    "GET /PurchaseOrder": _PERIOD,
    "GET /ShippingOrder": _PERIOD,
    "GET /WorkOrder": _PERIOD,
    "GET /Report": _PAGING,
    "GET /Report/{id}": _PAGING | {"count", "flags"},
    "GET /Webhook": _PAGING,
    "GET /Webhook/{id}/log": _PAGING,
    "GET /Asset": _PAGING,
}
"""The query parameters that the documentation names, by operation."""
_KNOWN = {name.lower(): name for names in _PARAMETERS.values() for name in names}
_MORE_HEADERS = {
    "Server": "Kestrel",
    "Vary": "Accept-Encoding, Origin",
    "Access-Control-Allow-Origin": "*",
    "Cache-Control": "private, max-age=0",
    "Set-Cookie": "affinity=7f3a; Path=/; Secure; HttpOnly",
    "X-Request-Id": "00000000-0000-4000-8000-000000000000",
    "X-RateLimit-Limit": "100000",
}
_IN_ANOTHER_LANGUAGE = "Die Anfrage ist ungültig oder nicht zulässig, bitte prüfen."


class WireRules(Rules):
    """Bodies, headers and dates."""

    def __init__(self, dialect: Dialect) -> None:
        super().__init__(dialect)
        # Almost every date is written many times.
        self._date = lru_cache(maxsize=4096)(self._moment)
        self._encoder = json.JSONEncoder(
            allow_nan=False, ensure_ascii=dialect.letters_escaped, indent=2 if dialect.indented else None
        )

    # --- reading -----------------------------------------------------------------------------------------------------

    def json_object(self, call: Call) -> dict[str, Any]:
        """Malformed JSON is bad input; what another media type gets is open."""
        if not call.is_json() and self.dialect.other_media_type is not MediaType.PASSED_OVER:
            status = 415 if self.dialect.other_media_type is MediaType.UNSUPPORTED else 400
            raise ApiError(Problem(status, "bad_request", "The body is to be application/json."))
        try:
            return call.json_object()
        except ApiError as error:
            if self.dialect.malformed_body_code is Code.BAD_REQUEST:
                raise
            raise invalid("body", error.problem.message) from error

    def query(self, pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        """Whether the letter case of a parameter's name counts is open."""
        if self.dialect.parameter_case_counts:
            return pairs
        return tuple((_KNOWN.get(name.lower(), name), value) for name, value in pairs)

    def check_parameters(self, operation: Operation[Any], call: Call) -> None:
        """Whether a query parameter that no page names is passed over or refused is open."""
        if self.dialect.unknown_parameters is Bad.IGNORED:
            return
        known = _PARAMETERS.get(operation.label, frozenset())
        for name, _ in call.query:
            if name not in known:
                raise invalid(name, "There is no such parameter.")

    def path_number(self, name: str, text: str) -> int:
        """A number in the path that is none is bad input, or else names nothing."""
        try:
            return whole_number(name, text, digits=1000)
        except ApiError as error:
            if self.dialect.malformed_id_status == 400:
                raise
            raise not_found("There is nothing of this number.") from error

    def stamp(self, now: datetime) -> datetime:
        """How finely moments are kept is open."""
        return now.replace(microsecond=0) if self.dialect.whole_seconds else now

    # --- answering ---------------------------------------------------------------------------------------------------

    def coded(self, problem: Problem, call: Call) -> Problem:
        """Which code goes with 400 is open for what is missing, and for a parameter that cannot be used."""
        if problem.error != "validation_error" or problem.details is None:
            return problem
        code = Code.VALIDATION_ERROR
        if all(message == REQUIRED for messages in problem.details.values() for message in messages):
            code = self.dialect.missing_field_code
        elif set(problem.details) <= {*dict(call.query), *call.path}:
            code = self.dialect.parameter_code
        return problem if code is Code.VALIDATION_ERROR else replace(problem, error="bad_request", details=None)

    def encoded(self, body: object) -> bytes:
        """A body is JSON in UTF-8; how it is laid out is open."""
        return self._encoder.encode(body).encode()

    def error_body(self, problem: Problem) -> dict[str, Any]:
        """Every failure has the same shape; details hold a value with validation_error alone."""
        body: dict[str, Any] = {
            "statusCode": problem.status,
            "error": problem.error,
            "message": self._message(problem),
        }
        if problem.details is not None or self.dialect.details_always:
            body["details"] = problem.details
        return body

    def _message(self, problem: Problem) -> str:
        match self.dialect.messages:
            case Messages.FULL:
                return problem.message
            case Messages.SHORT:
                return HTTPStatus(problem.status).phrase
            case Messages.TRANSLATED:
                return _IN_ANOTHER_LANGUAGE

    def date(self, moment: datetime) -> str:
        """Date-times are ISO 8601, with or without zone, in whole seconds or finer."""
        return self._date(moment, self.dialect.dates.value)

    def partner_date(self, moment: datetime) -> str:
        """The examples of categories, customers and vendors show no zone."""
        return self._date(moment, self.dialect.dates_of_partners.value)

    def _moment(self, moment: datetime, example: str) -> str:
        form, fraction = Dates(example), self.dialect.fraction
        is_local = form is Dates.OFFSET or (form is Dates.NAKED and self.dialect.naked_dates_are_local)
        shown = moment.astimezone(LOCAL if is_local else UTC).replace(tzinfo=None)
        tick = "0" if fraction is Fraction.TICKS else ""
        return shown.isoformat(timespec=_TIMESPEC[fraction]) + tick + _ZONES[form]

    def body(self, body: object) -> object:
        """A body is sent as documented; further members, their order and how whole decimals are written are open."""
        return _Dressing(self.dialect).dressed(body) if self._is_dressed() else body

    def _is_dressed(self) -> bool:
        dialect = self.dialect
        return dialect.more_members or dialect.sorted_members or dialect.whole_decimals

    def content_type(self, reply: Reply) -> str:
        """Bodies are JSON; how they are declared is open."""
        if reply.status >= 400 and self.dialect.problem_type:
            return "application/problem+json"
        return self.dialect.content_type.value

    def headers(self) -> Mapping[str, str]:
        """The API version is promised on paged responses; elsewhere it is open, and so are further headers."""
        version = {"X-API-Version": "v1"} if self.dialect.version_everywhere else {}
        return _MORE_HEADERS | version if self.dialect.more_headers else version

    def tells_date(self) -> bool:
        """Whether answers have the header Date is open."""
        return self.dialect.date_header

    def protective_headers(self, status: int) -> Mapping[str, str]:
        """Answers of every status over TLS ask for TLS in future, and not to guess at their type (OWASP REST Security Cheat Sheet)."""
        if not self.dialect.protective_headers:
            return {}
        return {"Strict-Transport-Security": "max-age=31536000", "X-Content-Type-Options": "nosniff"}

    def header_names(self) -> Names:
        """The letter case of header names is open."""
        return self.dialect.header_names

    def reply(self, operation: Operation[Any] | None, reply: Reply) -> Reply:
        """What an operation has answered is sent as it is."""
        return reply

    # --- what is not documented --------------------------------------------------------------------------------------

    def is_offered(self, operation: Operation[Any]) -> bool:
        """Whether there are operations that only follow from others is open."""
        return self.dialect.inferred_operations or not operation.inferred

    def wrong_method(self, allowed: str, method: str, path: str) -> Problem:
        """What an undocumented method is answered with is open."""
        match self.dialect.wrong_method_status:
            case 405:
                return Problem(405, "bad_request", "The method is not allowed here.", headers=(("Allow", allowed),))
            case 501:
                return Problem(501, "not_implemented", "The operation is not available.")
            case _:
                return self.unknown_path()

    def needs_token(self) -> bool:
        """Whether what is not documented asks for a token first is open."""
        return self.dialect.unknown_paths_need_token

    def unknown_path(self) -> Problem:
        """What is not there is 404."""
        return Problem(404, "not_found", "There is no such operation.")


class _Dressing:
    """Rewrites bodies where a dialect writes them in its own way."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect

    def dressed(self, value: object) -> object:
        """Rewrite a body and everything in it."""
        if isinstance(value, dict):
            return self._object(value)
        if isinstance(value, list):
            return [self.dressed(item) for item in value]
        if self._dialect.whole_decimals and isinstance(value, float) and value.is_integer():
            return int(value)
        return value

    def _object(self, value: dict[str, object]) -> dict[str, object]:
        # The members of `details` are the names of fields: nothing is to be added there.
        new = {name: item if name == "details" else self.dressed(item) for name, item in value.items()}
        if self._dialect.more_members:
            new["_links"] = []
        return dict(sorted(new.items())) if self._dialect.sorted_members else new


class TransportRules(Rules):
    """Plain HTTP."""

    def is_listening(self) -> bool:
        """A refused connection rejects as well as an answer does."""
        return self.dialect.plain_http is not PlainHttp.CLOSED

    def oldest_tls(self) -> TLSVersion:
        """TLS 1.0 and 1.1 are not spoken (RFC 9325 section 3.1.1)."""
        return TLSVersion.TLSv1_2

    def is_served(self, call: Call, path: str) -> bool:
        """HTTPS exclusively: credentials sent over HTTP are rejected."""
        return False

    def is_done_anyway(self, call: Call) -> bool:
        """What is rejected is not done."""
        return False

    def refusal(self, location: str, method: str) -> Problem:
        """What the rejection looks like is open; `location` is the same address over https."""
        elsewhere, message = (("Location", location),), "HTTPS is required."
        match self.dialect.plain_http:
            case PlainHttp.REDIRECTED:
                return Problem(308, "forbidden", message, headers=elsewhere)
            case PlainHttp.MOVED:
                return Problem(301, "forbidden", message, headers=elsewhere)
            case PlainHttp.BAD_REQUEST:
                return Problem(400, "bad_request", message)
            case PlainHttp.UPGRADE:
                return Problem(426, "bad_request", message, headers=(("Upgrade", "TLS/1.2, HTTP/1.1"),))
            case PlainHttp.DROPPED:
                raise ConnectionDropped
            case _:
                return Problem(403, "forbidden", message)
