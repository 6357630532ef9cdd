"""The one way to the target: sends a request, obeys rate limits, tells a dropped request from a dead target."""

from __future__ import annotations

import contextlib
import functools
import json
import ssl
import threading
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import httpx

from conformance import __version__
from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, Inconclusive, NoAnswerError
from conformance.target.answer import Answer
from conformance.target.clock import Interval
from conformance.target.recorder import Wired

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.target.clock import TargetClock
    from conformance.target.recorder import Recorder
    from conformance.target.redaction import Secrets

TIMEOUT = httpx.Timeout(30.0, connect=10.0, pool=None)
HEADERS = {"User-Agent": f"inventorypro-conformance/{__version__}", "Accept": "application/json"}
# Idle connections are dropped well before servers do: the shortest common time-out of theirs is 5 seconds.
KEPT_ALIVE = 2.0
MOST_TRIES_WHEN_LIMITED = 6
LONGEST_RETRY_AFTER = 30.0
# How long to pause before each request that asks whether the target still answers at all; seconds.
SIGNS_OF_LIFE = (0.0, 0.5, 1.5)
# Answers that may hold a secret that was not known before it came.
TELLING_MEMBERS = ("access_token", "client_secret")


@dataclass(frozen=True, slots=True)
class Request:
    """One request, told in the documentation's terms; `path` is relative to the base URL unless it is a whole URL."""

    method: str
    path: str
    params: Mapping[str, Any] | None = None
    json: Any = None
    form: Mapping[str, Any] | None = None
    content: bytes | None = None
    headers: Mapping[str, str] | None = None

    @property
    def is_write(self) -> bool:
        """Whether the documentation counts the method as writing (authentication, Authorization)."""
        return self.method in {"POST", "PUT", "DELETE", "PATCH"}


class Limiter:
    """Spaces requests so that no more than `per_second` of them start in a second; None: no limit."""

    def __init__(self, per_second: float | None) -> None:
        self._gap = 1.0 / per_second if per_second else 0.0
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Sleep until the next request may start."""
        if not self._gap:
            return
        with self._lock:
            start = max(self._next, time.monotonic())
            self._next = start + self._gap
        pause = start - time.monotonic()
        if pause > 0:
            time.sleep(pause)


@functools.lru_cache(maxsize=512)
def _url(text: str) -> httpx.URL:
    """Reading an address takes as long as a tenth of a request, and most are asked often."""
    return httpx.URL(text)


class Wire:
    """Sends requests to one target over shared connections; safe to use from several threads."""

    def __init__(
        self,
        *,
        base_url: str,
        ca_file: str | None,
        concurrency: int,
        limiter: Limiter,
        clock: TargetClock,
        recorder: Recorder,
        secrets: Secrets,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.clock = clock
        self.recorder = recorder
        self.secrets = secrets
        self.limiter = limiter
        self.ssl_context = trusting(ca_file)
        self.lost: str | None = None
        self.limited: list[Answer] = []
        self._token_numbers: dict[str, int] = {}
        self._lock = threading.Lock()
        places = concurrency + 4
        # Transports and not clients: redirects, cookies and authentication of httpx's own have no place here, and what
        # the environment says of proxies and credentials (.netrc) must not reach the target.
        kept = httpx.Limits(max_connections=places, max_keepalive_connections=places, keepalive_expiry=KEPT_ALIVE)
        self._kept = httpx.HTTPTransport(verify=self.ssl_context, limits=kept, trust_env=False)
        # A kept connection may close just as a request goes out; one that must not be repeated takes a new one.
        fresh = httpx.Limits(max_connections=places, max_keepalive_connections=0)
        self._fresh = httpx.HTTPTransport(verify=self.ssl_context, limits=fresh, trust_env=False)
        self._base_path = httpx.URL(self.base_url).path.rstrip("/")
        # The control's questions are such requests, too.
        self.http = httpx.Client(transport=self._fresh, timeout=TIMEOUT, trust_env=False)

    def close(self) -> None:
        """Close all connections."""
        self.http.close()
        self._kept.close()

    def send(self, request: Request, *, client: str | None, repeatable: bool | None = None) -> Answer:
        """Send a request and return the answer; a 429 is obeyed and asked again.

        `repeatable` says whether it may be sent again when no answer comes (default: all but POST). Raises
        NoAnswerError (only this request got none), Blocked (the target is gone), Inconclusive (429 without end).
        """
        repeatable = request.method != "POST" if repeatable is None else repeatable
        for tries in range(1, MOST_TRIES_WHEN_LIMITED + 1):
            answer = self._send_surely(request, client, repeatable=repeatable, tries=tries)
            if answer.code != 429:
                return answer
            self.limited.append(answer)
            time.sleep(retry_after(answer))
        raise Inconclusive(
            Reason.RATE_LIMITED, f"{request.method} {request.path} was answered 429 {tries} times in a row"
        )

    def require_target(self) -> None:
        """Raise Blocked where the target was lost before."""
        if self.lost is not None:
            raise Blocked(Reason.TARGET_LOST, self.lost, cause="target-lost")

    def _send_surely(self, request: Request, client: str | None, *, repeatable: bool, tries: int) -> Answer:
        problem = ""
        for way in (self._kept, self._fresh) if repeatable else (self._fresh,):
            self.require_target()
            self.limiter.wait()
            try:
                return self._send_once(way, request, client, tries)
            except httpx.LocalProtocolError:
                # On a fresh connection it is our request that cannot be sent, and nothing that the target did.
                if way is self._fresh:
                    raise
            except httpx.TransportError as error:
                problem = f"{type(error).__name__}: {error}"
        self.require_alive(problem)
        raise NoAnswerError(f"{request.method} {request.path} got no answer ({problem}), while other requests do")

    def _send_once(self, way: httpx.BaseTransport, request: Request, client: str | None, tries: int) -> Answer:
        built = self.built(request)
        sent = self.clock.now()
        try:
            response = way.handle_request(built)
            try:
                response.read()
            finally:
                response.close()
        except httpx.TransportError as error:
            self.recorder.record(wired(built, client, Interval(sent, self.clock.now()), error=error))
            raise
        asked = Interval(sent, self.clock.now())
        self.learn_secrets(response, client)
        number = self.recorder.record(wired(built, client, asked, response=response))
        shown = built.url.raw_path.decode("ascii", "replace").removeprefix(self._base_path)
        return Answer(
            request.method,
            self.secrets.redact(shown) if "?" in shown else shown,
            client,
            response.status_code,
            response.headers,
            response.content,
            number,
            asked,
            tries,
        )

    def built(self, request: Request) -> httpx.Request:
        """The request as it goes over the wire."""
        return httpx.Request(
            request.method,
            _url(request.path if "://" in request.path else self.base_url + request.path),
            params=request.params,
            json=request.json,
            data=dict(request.form) if request.form is not None else None,
            content=request.content,
            headers={**HEADERS, **(request.headers or {})},
            extensions={"timeout": TIMEOUT.as_dict()},
        )

    def require_alive(self, problem: str) -> None:
        """Raise Blocked, now and from now on, unless the target answers anything at all."""
        for pause in SIGNS_OF_LIFE:
            time.sleep(pause)
            with contextlib.suppress(httpx.TransportError):
                self._fresh.handle_request(self.built(Request("GET", "/Item"))).close()
                return
        self.lost = f"the target no longer answers ({problem})"
        self.require_target()

    def learn_secrets(self, response: httpx.Response, client: str | None) -> None:
        """Register the tokens and secrets that an answer holds."""
        if not any(name.encode() in response.content for name in TELLING_MEMBERS):
            return
        with contextlib.suppress(ValueError, RecursionError):
            for name, value in told_secrets(response.json()):
                self.secrets.register(value, self.next_tag(name, client))

    def next_tag(self, name: str, client: str | None) -> str:
        """A fresh tag for a new token or secret of a client, such as `<token full#3>`."""
        kind = "token" if name == "access_token" else "secret"
        with self._lock:
            key = f"{kind} {client or 'nobody'}"
            self._token_numbers[key] = self._token_numbers.get(key, 0 if kind == "token" else 1) + 1
            return f"<{key}#{self._token_numbers[key]}>"


def told_secrets(body: object) -> Iterator[tuple[str, str]]:
    """The members of a JSON value that hold a secret, with their names, at any depth, also of JSON that stands in a text."""
    if isinstance(body, str) and body[:1] in {"{", "[", '"'}:
        with contextlib.suppress(ValueError):
            yield from told_secrets(json.loads(body))
    if isinstance(body, list):
        for item in body:
            yield from told_secrets(item)
    if isinstance(body, dict):
        for name, value in body.items():
            if name in TELLING_MEMBERS and isinstance(value, str) and value:
                yield name, value
            yield from told_secrets(value)


def trusting(ca_file: str | None) -> ssl.SSLContext:
    """A verifying TLS context that trusts the system's authorities, or those of a PEM file besides."""
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(cafile=ca_file)
    return context


def retry_after(answer: Answer) -> float:
    """How many seconds a 429 asks to wait; 1 where it does not say."""
    told = answer.headers.get("Retry-After", "1")
    with contextlib.suppress(ValueError):
        return min(max(float(told), 0.0), LONGEST_RETRY_AFTER)
    with contextlib.suppress(ValueError):
        until = parsedate_to_datetime(told)
        now = parsedate_to_datetime(answer.headers.get("Date", ""))
        return min(max((until - now).total_seconds(), 0.0), LONGEST_RETRY_AFTER)
    return 1.0


def wired(
    built: httpx.Request,
    client: str | None,
    asked: Interval,
    *,
    response: httpx.Response | None = None,
    error: Exception | None = None,
) -> Wired:
    """One exchange as the recorder takes it: with its response, or with the error that came instead."""
    return Wired(
        client=client,
        method=built.method,
        url=str(built.url),
        request_headers=built.headers.multi_items(),
        request_body=built.content,
        asked=asked,
        status=None if response is None else response.status_code,
        response_headers=() if response is None else response.headers.multi_items(),
        response_body=b"" if response is None else response.content,
        error=None if error is None else f"{type(error).__name__}: {error}",
    )
