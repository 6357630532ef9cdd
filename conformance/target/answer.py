"""What a target answered to one request, as a frozen value that explains itself in one line."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

    from conformance.target.clock import Interval


# Parsed, a body takes ten times its room. Small ones stay parsed; of the others the last few, since checks look at one
# answer several times in a row.
SMALL = 2_000
MOST_KEPT = 32
_kept: deque[list[Any]] = deque()


class Absent:
    """Stands for a member or a body that is not there; unequal to every value."""

    def __repr__(self) -> str:
        return "absent"


ABSENT = Absent()


class Status(int):
    """An HTTP status that carries the answer that it came with, so that a failed comparison can show it."""

    answer: Answer

    def __new__(cls, value: int, answer: Answer) -> Status:
        """Make the status `value` of `answer`."""
        status = super().__new__(cls, value)
        status.answer = answer
        return status

    def __repr__(self) -> str:
        return str(int(self))


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """One response.

    `asked` is when it was asked: [sent, received] in seconds of the target's time. `exchange` is its id in the
    transcript, `client` the name of the client whose rights were used (None: nobody's). `token_age` is how long before
    the token had come that was put to the test, in seconds of the target's time; None where it was not about a token.
    """

    method: str
    url: str
    client: str | None
    code: int
    headers: httpx.Headers
    content: bytes
    exchange: int
    asked: Interval
    times_asked: int = 1
    token_age: float | None = field(default=None, compare=False)
    _parsed: list[Any] = field(default_factory=list, compare=False)

    @property
    def status(self) -> Status:
        """The HTTP status."""
        return Status(self.code, self)

    @property
    def text(self) -> str:
        """The body as text; what is not UTF-8 is replaced."""
        return self.content.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        """The body parsed as JSON, or ABSENT where it is no JSON."""
        # Another thread may let go of it at any moment.
        for kept in self._parsed[:1]:
            return kept
        try:
            value = json.loads(self.content)
        except (ValueError, RecursionError):
            value = ABSENT
        self._parsed.append(value)
        if len(self.content) > SMALL:
            _keep(self._parsed)
        return value

    def member(self, name: str) -> Any:
        """The member `name` of the JSON object in the body, or ABSENT."""
        body = self.json
        return body.get(name, ABSENT) if isinstance(body, dict) else ABSENT

    @property
    def gives_token(self) -> bool:
        """Whether it is a success that carries an access token."""
        value = self.member("access_token")
        return self.accepted and isinstance(value, str) and value != ""

    @property
    def accepted(self) -> bool:
        """Whether the status is a success (2xx)."""
        return 200 <= self.code < 300

    def __repr__(self) -> str:
        who = f"as {self.client}" if self.client else "as nobody"
        error = self.member("error")
        said = f" {error}" if isinstance(error, str) and len(error) < 40 and self.code >= 400 else ""
        times = "once" if self.times_asked == 1 else f"{self.times_asked} times"
        return f"<{self.method} {self.url} {who} -> {self.code}{said}, asked {times}>"


def _keep(parsed: list[Any]) -> None:
    """Keep a large body parsed until enough others have been."""
    _kept.append(parsed)
    while len(_kept) > MOST_KEPT:
        _kept.popleft().clear()


def rows_of(body: Any) -> list[dict[str, Any]]:
    """The rows of a paged envelope, of a bare array or of a bare object; an empty list for anything else."""
    if isinstance(body, dict):
        value = body.get("value", ABSENT)
        if isinstance(value, list):
            return [row for row in value if isinstance(row, dict)]
        return [body] if body and "statusCode" not in body else []
    if isinstance(body, list):
        return [row for row in body if isinstance(row, dict)]
    return []
