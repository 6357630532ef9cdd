"""How answers look on the wire, and what the plain HTTP address does (errors; authentication, Security Notes)."""

# ruff: noqa: ARG002 -- a docstring states the rule as documented; a rule is given all that a faulty server looks at

from __future__ import annotations

from datetime import UTC, timedelta, timezone
from functools import lru_cache
from http import HTTPStatus
from ssl import TLSVersion
from typing import TYPE_CHECKING, Any

from conformance.reference.call import whole_number
from conformance.reference.dialects import Dates, Names, PlainHttp
from conformance.reference.problems import ApiError, Problem, not_found
from conformance.reference.rules.rule import Rules

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from conformance.reference.call import Call, Reply
    from conformance.reference.dialects import Dialect
    from conformance.reference.operation import Operation

_ELSEWHERE = timezone(timedelta(hours=2))


class WireRules(Rules):
    """Bodies, headers and dates."""

    def __init__(self, dialect: Dialect) -> None:
        super().__init__(dialect)
        self._form, self._partner_form = dialect.dates.value, dialect.dates_of_partners.value
        # Almost every date is written many times.
        self._date = lru_cache(maxsize=4096)(self._written)

    # --- reading -----------------------------------------------------------------------------------------------------

    def json_object(self, call: Call) -> dict[str, Any]:
        """Malformed JSON is bad input; whether another media type is 400 or 415 is open."""
        if not call.is_json():
            raise ApiError(
                Problem(self.dialect.media_type_status, "bad_request", "The body is to be application/json.")
            )
        return call.json_object()

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

    def error_body(self, problem: Problem) -> dict[str, Any]:
        """Every failure has the same shape; details hold a value with validation_error alone."""
        message = HTTPStatus(problem.status).phrase if self.dialect.short_messages else problem.message
        body: dict[str, Any] = {"statusCode": problem.status, "error": problem.error, "message": message}
        if problem.details is not None or self.dialect.details_always:
            body["details"] = problem.details
        return body

    def date(self, moment: datetime) -> str:
        """Date-times are ISO 8601, with or without zone, in whole seconds or finer."""
        return self._date(moment, self._form)

    def partner_date(self, moment: datetime) -> str:
        """The examples of categories, customers and vendors show no zone."""
        return self._date(moment, self._partner_form)

    def _written(self, moment: datetime, form: str) -> str:
        timespec = "microseconds" if self.dialect.dates_with_fraction else "auto"
        if form == Dates.OFFSET.value:
            return moment.astimezone(_ELSEWHERE).isoformat(timespec=timespec)
        text = moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=timespec)
        return text + "Z" if form == Dates.ZULU.value else text

    def body(self, body: object) -> object:
        """A body is sent as documented; further members, their order and how whole decimals are written are open."""
        return _Dressing(self.dialect).dressed(body) if self._is_dressed() else body

    def _is_dressed(self) -> bool:
        dialect = self.dialect
        return dialect.more_members or dialect.sorted_members or dialect.whole_decimals

    def content_type(self, reply: Reply) -> str:
        """Bodies are JSON."""
        return "application/json; charset=utf-8" if self.dialect.charset else "application/json"

    def headers(self) -> Mapping[str, str]:
        """The API version is promised on paged responses; elsewhere it is open."""
        return {"X-API-Version": "v1"} if self.dialect.version_everywhere else {}

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

    def refusal(self, location: str) -> Problem:
        """What the rejection looks like is open; `location` is the same address over https."""
        if self.dialect.plain_http is PlainHttp.REDIRECTED:
            return Problem(308, "forbidden", "HTTPS is required.", headers=(("Location", location),))
        return Problem(403, "forbidden", "HTTPS is required.")
