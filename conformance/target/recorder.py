"""The transcript: every request and response gets a number, loses its secrets and goes to the run's folder."""

from __future__ import annotations

import itertools
import threading
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conformance.target.clock import Interval, iso

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from conformance.target.redaction import Secrets

# How much of a body the transcript keeps, in characters; the check itself always sees all of it.
LONGEST_BODY = 20_000
# Stands between the texts of an exchange while they are searched for secrets; in none of them, for HTTP forbids it in
# headers and addresses, and bodies are rid of it.
BETWEEN = "\x00"


@dataclass(slots=True)
class Evidence:
    """What one check gathers while it runs: the exchanges that it rests on and what it observed on the way."""

    exchanges: list[int] = field(default_factory=list)
    observations: dict[str, str] = field(default_factory=dict)
    observed_at: dict[str, int] = field(default_factory=dict)
    later: bool = False
    compared: tuple[object, str, object] | None = None

    def rest_on(self, *exchanges: int) -> None:
        """Count exchanges among the evidence, each once."""
        self.exchanges.extend(number for number in exchanges if number not in self.exchanges)


# The check that the code at hand runs for; None while something is prepared for many.
CURRENT: ContextVar[Evidence | None] = ContextVar("CURRENT", default=None)


def observe(name: str, value: str) -> None:
    """Note what the target was seen to do where the documentation leaves it open; the last exchange shows it."""
    evidence = CURRENT.get()
    if evidence is not None:
        evidence.observations[name] = value
        if evidence.exchanges:
            evidence.observed_at[name] = evidence.exchanges[-1]


@dataclass(frozen=True, slots=True)
class Wired:
    """One exchange as it went over the wire; `status` is None where no answer came, `error` then says why."""

    client: str | None
    method: str
    url: str
    request_headers: Iterable[tuple[str, str]]
    request_body: bytes
    asked: Interval
    status: int | None = None
    response_headers: Iterable[tuple[str, str]] = ()
    response_body: bytes = b""
    error: str | None = None


class Recorder:
    """Numbers exchanges and hands them on, redacted, as the JSON objects of exchanges.jsonl."""

    def __init__(self, secrets: Secrets, sink: Callable[[Mapping[str, Any]], None]) -> None:
        self._secrets = secrets
        self._sink = sink
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self.round_trips: list[float] = []

    def record(self, wired: Wired) -> int:
        """Write one exchange down and return its number; it joins the evidence of the check at hand."""
        with self._lock:
            number = next(self._numbers)
            self._sink(self._as_json(number, wired))
            if wired.status is not None and len(self.round_trips) < 20_000:
                self.round_trips.append(wired.asked.received - wired.asked.sent)
        evidence = CURRENT.get()
        if evidence is not None:
            evidence.rest_on(number)
        return number

    def slowest_round_trip(self) -> float:
        """The 99th percentile of the round trips so far, in seconds; 0.05 before there are ten."""
        times = sorted(self.round_trips)
        return times[int(len(times) * 0.99)] if len(times) >= 10 else 0.05

    def _as_json(self, number: int, wired: Wired) -> dict[str, Any]:
        asked, answered = list(wired.request_headers), list(wired.response_headers)
        # One search for all short texts of the exchange, one for the answer's body, which mostly holds no secret. A
        # secret that a cut would halve must be replaced before the cut.
        texts = [wired.url, wired.error or "", _text(wired.request_body)]
        texts += [value for _, value in (*asked, *answered)]
        url, error, request_body, *values = self._secrets.redact(BETWEEN.join(texts)).split(BETWEEN)
        response_body = self._secrets.redact(_text(wired.response_body))
        response = None
        if wired.status is not None:
            response = {
                "status": wired.status,
                "headers": _headers(answered, values[len(asked) :]),
                "body": response_body[:LONGEST_BODY] or None,
            }
        return {
            "id": number,
            "client": wired.client,
            "sent": iso(wired.asked.sent),
            "seconds": round(wired.asked.received - wired.asked.sent, 6),
            "request": {
                "method": wired.method,
                "url": url,
                "headers": _headers(asked, values),
                "body": request_body[:LONGEST_BODY] or None,
            },
            "response": response,
            "error": error or None,
            "truncated": max(len(wired.request_body), len(wired.response_body)) > LONGEST_BODY,
        }


def _text(body: bytes) -> str:
    return body.decode("utf-8", "replace").replace(BETWEEN, "\ufffd")


def _headers(headers: list[tuple[str, str]], values: list[str]) -> list[list[str]]:
    return [[name, value] for (name, _), value in zip(headers, values, strict=False)]
