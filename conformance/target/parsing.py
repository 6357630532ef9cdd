"""Knows how to read a TOML table strictly: every problem is noted with its place, none ends the reading."""

from __future__ import annotations

import datetime as dt
import difflib
import json
import math
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?")
DURATION_HINT = 'write a duration such as "90s", "5m", "1h" or "2h30m"'


class Problems:
    """What is wrong with one file, in the order in which it was found."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, where: str, what: str) -> None:
        """Note one problem: `clients[2].client_secret`, `environment variable ACME_RO_SECRET is not set`."""
        self.lines.append(f"{where}: {what}")


class Table:
    """One TOML table under reading; `close` reports every key that nobody asked for."""

    def __init__(self, content: Mapping[str, Any], where: str, problems: Problems) -> None:
        self.where = where
        self.problems = problems
        self._content = content
        self._asked: dict[str, None] = {}

    def __contains__(self, key: str) -> bool:
        self._asked[key] = None
        return key in self._content

    def keys(self) -> tuple[str, ...]:
        """Give the keys of a table whose keys are the person's own, and accept them all."""
        self._asked.update(dict.fromkeys(self._content))
        return tuple(self._content)

    def at(self, key: str) -> str:
        """Give the place of a key, as in `limits.concurrency` or `examples."POST /Item"`."""
        name = key if BARE_KEY.fullmatch(key) else json.dumps(key, ensure_ascii=False)
        return f"{self.where}.{name}" if self.where else name

    def problem(self, key: str, what: str) -> None:
        """Note a problem of one key."""
        self.problems.add(self.at(key), what)

    def value(self, key: str) -> Any:
        """Give a value as it stands, None where there is none."""
        self._asked[key] = None
        return self._content.get(key)

    def required(self, key: str, what_to_do: str) -> bool:
        """Tell whether a key is there, and note a problem if not."""
        if key in self:
            return True
        self.problem(key, f"is missing; {what_to_do}")
        return False

    def text(self, key: str) -> str | None:
        """Give a string with something in it."""
        value = self.value(key)
        if value is None or (isinstance(value, str) and value.strip()):
            return value
        self.problem(key, "is empty" if isinstance(value, str) else f"must be a string, not {shown(value)}")
        return None

    def flag(self, key: str, *, default: bool) -> bool:
        """Give true or false."""
        value = self.value(key)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self.problem(key, f"must be true or false, without quotes, not {shown(value)}")
        return default

    def count(self, key: str, default: int) -> int:
        """Give an integer of at least 1."""
        value = self.value(key)
        if value is None:
            return default
        if _is_integer(value) and value >= 1:
            return int(value)
        self.problem(key, f"must be an integer of at least 1, not {shown(value)}")
        return default

    def positive(self, key: str) -> float | None:
        """Give a number above 0."""
        value = self.value(key)
        if value is None:
            return None
        if (_is_integer(value) or isinstance(value, float)) and value > 0 and math.isfinite(value):
            return float(value)
        self.problem(key, f"must be a number above 0, not {shown(value)}")
        return None

    def duration(self, key: str, default: float) -> float:
        """Give a duration in seconds."""
        value = self.value(key)
        if value is None:
            return default
        if not isinstance(value, str):
            self.problem(key, f"must be a string, not {shown(value)}; {DURATION_HINT}")
            return default
        try:
            return parse_duration(value)
        except ValueError as error:
            self.problem(key, str(error))
            return default

    def integers(self, key: str) -> tuple[int, ...]:
        """Give an array of integers without repetition."""
        return tuple(dict.fromkeys(self._items(key, int, "an array of integers such as [1, 2]")))

    def texts(self, key: str) -> tuple[str, ...]:
        """Give an array of strings without repetition."""
        return tuple(dict.fromkeys(self._items(key, str, "an array of strings")))

    def table(self, key: str) -> Table:
        """Give a table, an empty one where there is none."""
        value = self.value(key)
        if value is not None and not isinstance(value, dict):
            self.problem(key, f"must be a table, not {shown(value)}")
        return Table(value if isinstance(value, dict) else {}, self.at(key), self.problems)

    def tables(self, key: str) -> list[Table]:
        """Give an array of tables; their places count from 0."""
        value = self.value(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.problem(key, f"must be an array of tables: write each under a heading [[{key}]]")
            return []
        return [Table(item, f"{self.at(key)}[{number}]", self.problems) for number, item in enumerate(value)]

    def url(self, key: str, schemes: Sequence[str]) -> str | None:
        """Give an absolute URL of one of the schemes, without a trailing slash."""
        value = self.text(key)
        if value is None:
            return None
        try:
            return parse_url(value, schemes)
        except ValueError as error:
            self.problem(key, str(error))
            return None

    def close(self) -> None:
        """Report the keys that mean nothing here."""
        for key in self._content:
            if key not in self._asked:
                self.problem(key, f"unknown key; {suggestion(key, self._asked)}")

    def _items(self, key: str, kind: type, what: str) -> list[Any]:
        value = self.value(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.problem(key, f"must be {what}, not {shown(value)}")
            return []
        wrong = [item for item in value if not isinstance(item, kind) or isinstance(item, bool) or item == ""]
        if wrong:
            self.problem(key, f"must be {what}; {shown(wrong[0])} is none of its items")
        return [item for item in value if item not in wrong]


def parse_duration(text: str) -> float:
    """Read `90s`, `5m`, `1h` or `2h30m` into seconds; raises ValueError."""
    match = DURATION.fullmatch(text.strip())
    if match is None or not any(match.groups()):
        message = f"{json.dumps(text, ensure_ascii=False)} is no duration; {DURATION_HINT}"
        raise ValueError(message)
    hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds


def parse_url(text: str, schemes: Sequence[str]) -> str:
    """Check an absolute URL without user, query and fragment, and cut trailing slashes; raises ValueError."""
    scheme, separator, rest = text.strip().partition("://")
    if not separator or scheme.lower() not in schemes:
        found = f"{scheme.lower()}://" if separator else "without a scheme"
        message = f"must begin with {' or '.join(f'{name}://' for name in schemes)}, and begins {found}"
        raise ValueError(message)
    url = f"{scheme.lower()}://{rest.rstrip('/')}"
    try:
        parts = urlsplit(url)
        port_is_number = parts.port is None or parts.port > 0
    except ValueError as error:
        message = f"is no URL: {error}"
        raise ValueError(message) from error
    complaints = {
        "names no host": not parts.hostname,
        "has no usable port": not port_is_number,
        "must not hold a user name or password; credentials have their own keys": "@" in parts.netloc,
        "must not hold a query (from `?` on)": "?" in url,
        "must not hold a fragment (from `#` on)": "#" in url,
        "must not hold blanks": bool(re.search(r"\s", url)),
    }
    applying = [complaint for complaint, applies in complaints.items() if applies]
    if applying:
        raise ValueError("; ".join(applying))
    return url


def suggestion(name: str, known: Iterable[str]) -> str:
    """Say what may have been meant: the nearest names, else all of them."""
    names = list(dict.fromkeys(known))
    by_lower = {candidate.lower(): candidate for candidate in names}
    near = difflib.get_close_matches(name.lower(), by_lower, n=2, cutoff=0.6)
    if near:
        return f"did you mean {' or '.join(json.dumps(by_lower[match], ensure_ascii=False) for match in near)}?"
    return f"possible here: {', '.join(names)}" if names else "nothing is possible here"


def shown(value: object) -> str:
    """Show a TOML value and its type in a few words; never meant for secrets."""
    kinds: dict[type, str] = {bool: "a boolean", int: "an integer", float: "a number", str: "a string"}
    kind = kinds.get(type(value))
    if kind is not None:
        return f"{json.dumps(value, ensure_ascii=False)[:60]} ({kind})"
    if isinstance(value, (dt.date, dt.time)):
        return f"{value} (a date or time)"
    return "a table" if isinstance(value, dict) else "an array"


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
