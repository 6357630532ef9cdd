"""The way to the target over plain HTTP, for the transport checks alone."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Self

import httpx

from conformance.target.answer import Answer
from conformance.target.clock import Interval
from conformance.target.wire import TIMEOUT, Request, wired

if TYPE_CHECKING:
    from conformance.target.wire import Wire

CONNECT_SECONDS = 5.0


class PlainHttp:
    """Sends requests in the clear; no redirect is followed, no connection is kept."""

    def __init__(self, wire: Wire, base_url: str) -> None:
        self._wire = wire
        self._base_url = base_url.rstrip("/")
        self._http = httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def listens(self) -> bool:
        """Whether a connection is to be had at all; sends nothing."""
        url = httpx.URL(self._base_url)
        try:
            socket.create_connection((url.host, url.port or 80), timeout=CONNECT_SECONDS).close()
        except OSError:
            return False
        return True

    def answers(self) -> bool:
        """Whether a request without any credentials gets an HTTP answer, be it a refusal."""
        return self.send(Request("GET", "/Item"), client=None) is not None

    def send(self, request: Request, *, client: str | None) -> Answer | None:
        """The answer to a request, or None where the connection ended without one."""
        built = self._http.build_request(
            request.method,
            self._base_url + request.path,
            params=request.params,
            data=dict(request.form) if request.form is not None else None,
            json=request.json,
            headers=dict(request.headers) if request.headers else None,
        )
        self._wire.limiter.wait()
        sent = self._wire.clock.now()
        try:
            response = self._http.send(built)
        except httpx.TransportError as error:
            self._wire.recorder.record(wired(built, client, Interval(sent, self._wire.clock.now()), error=error))
            return None
        asked = Interval(sent, self._wire.clock.now())
        self._wire.learn_secrets(response, client)
        number = self._wire.recorder.record(wired(built, client, asked, response=response))
        return Answer(
            request.method,
            str(built.url),
            client,
            response.status_code,
            response.headers,
            response.content,
            number,
            asked,
        )
