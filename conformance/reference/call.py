"""One request as the server reads it, and one reply."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import parse_qsl

from conformance.reference.problems import bad_request, invalid

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import tzinfo

LARGEST_BODY = 1_000_000
"""Bytes; more is malformed."""

LARGEST_AMOUNT = 1e12
"""Units; beyond it a float no longer tells neighbouring quantities apart."""

REQUIRED = "The field is required."

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_INTEGER = re.compile(r"[+-]?[0-9]+", re.ASCII)
_LOST_PLUS = re.compile(r"(T[0-9:.]+) ([0-9]{2}:?[0-9]{2})$")


@dataclass(frozen=True, slots=True)
class Reply:
    """A status, a JSON body or none, and headers beside those that every reply has."""

    status: int
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """A request: parts of the path by name, query and header fields as sent, the raw body, the path as written."""

    method: str
    path: Mapping[str, str]
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes
    written: str

    def parameter(self, name: str) -> str | None:
        """Read a query parameter; one that is repeated is malformed."""
        values = [value for key, value in self.query if key == name]
        if len(values) > 1:
            raise invalid(name, "The parameter is given more than once.")
        return values[0] if values else None

    def integer(self, name: str) -> int | None:
        """Read a whole number from the query."""
        text = self.parameter(name)
        return None if text is None else whole_number(name, text, digits=1000)

    def form(self) -> dict[str, list[str]]:
        """Read the body as form fields: name -> values in their order."""
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/x-www-form-urlencoded" or len(self.body) > LARGEST_BODY:
            raise bad_request("The body is to be application/x-www-form-urlencoded.")
        fields: dict[str, list[str]] = {}
        try:
            pairs = parse_qsl(self.body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=100)
        except ValueError as error:
            raise bad_request("The form cannot be read.") from error
        for name, value in pairs:
            fields.setdefault(name, []).append(value)
        return fields

    def is_json(self) -> bool:
        """Tell whether the body is declared as JSON, or as nothing."""
        kind = self.headers.get("content-type", "application/json")
        return kind.partition(";")[0].strip().lower() == "application/json"

    def json_object(self) -> dict[str, Any]:
        """Read the body as a JSON object."""
        if len(self.body) > LARGEST_BODY:
            raise bad_request("The body is too long.")
        try:
            value = json.loads(self.body.decode("utf-8"), parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise bad_request("The body is not valid JSON.") from error
        if not isinstance(value, dict):
            raise bad_request("The body is to be a JSON object.")
        return value


def whole_number(name: str, text: str, digits: int = 18) -> int:
    """Read a whole number from text of at most so many digits."""
    if len(text) > digits + 1 or not _INTEGER.fullmatch(text):
        raise invalid(name, "The value is not a whole number.")
    return int(text)


def moment_in(name: str, text: str, zone: tzinfo = UTC) -> datetime:
    """Read a date-time from text; one without zone is of the zone given."""
    # A plus sign that was not percent-encoded arrives as a blank.
    try:
        moment = datetime.fromisoformat(_LOST_PLUS.sub(r"\1+\2", text.upper()))
        return moment.replace(tzinfo=moment.tzinfo or zone).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise invalid(name, "The value is not a date-time.") from error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


class Fields:
    """The members of a JSON body, read with their types; what is wrong with them is collected."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        self._body = body
        self.problems: dict[str, list[str]] = {}

    def text(self, *names: str, required: bool = False) -> str | None:
        """Read a text under the first of the names that is there."""
        name, value = self._find(names, required=required)
        if value is None:
            return None
        if not isinstance(value, str) or len(value) > 4000 or _UNSTORABLE.search(value):
            self._refuse(name, "The value is to be a text of at most 4000 characters.")
            return None
        if required and not value.strip():
            self._refuse(name, "The value is not to be blank.")
            return None
        return value

    def integer(self, *names: str, required: bool = False) -> int | None:
        """Read a whole number of at most 18 digits."""
        name, value = self._find(names, required=required)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 10**18:
            self._refuse(name, "The value is to be a whole number.")
            return None
        return value

    def amount(self, *names: str, required: bool = False, positive: bool = False) -> float | None:
        """Read a quantity; `positive` excludes zero and less."""
        name, value = self._find(names, required=required)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._refuse(name, "The value is to be a number.")
            return None
        if not abs(value) <= LARGEST_AMOUNT:
            self._refuse(name, "The value is out of range.")
            return None
        if positive and value <= 0:
            self._refuse(name, "The value must exceed 0.")
            return None
        return round(float(value), 6)

    def flag(self, *names: str, required: bool = False) -> bool | None:
        """Read true or false."""
        name, value = self._find(names, required=required)
        if value is not None and not isinstance(value, bool):
            self._refuse(name, "The value is to be true or false.")
            return None
        return value

    def only(self, names: Collection[str]) -> None:
        """Refuse members of any other name."""
        for name in self._body:
            if name not in names:
                self._refuse(name, "There is no such field.")

    def refuse(self, name: str, message: str) -> None:
        """Report what is wrong with a field beyond its type."""
        self._refuse(name, message)

    def _find(self, names: tuple[str, ...], *, required: bool) -> tuple[str, Any]:
        name = next((name for name in names if name in self._body), names[0])
        if name not in self._body:
            if required:
                self._refuse(name, REQUIRED)
            return name, None
        if self._body[name] is None:
            self._refuse(name, "The value is not to be null.")
        return name, self._body[name]

    def _refuse(self, name: str, message: str) -> None:
        self.problems.setdefault(name, []).append(message)
