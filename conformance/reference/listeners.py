"""Listening: a TLS and a plain socket on one event loop in a daemon thread."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import threading
import warnings
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import trustme
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp

STOPPING_TAKES_AT_MOST = 5.0
"""Seconds."""


@cache
def authority() -> trustme.CA:
    """Make the certificate authority of this process."""
    return trustme.CA(organization_name="InventoryPro reference server")


@cache
def tls_context(host: str, oldest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2) -> ssl.SSLContext:
    """Make the TLS settings with a certificate for a host, once per process; `oldest` is the oldest version spoken."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if oldest < ssl.TLSVersion.TLSv1_2:
        # OpenSSL speaks the old versions at its lowest security level alone, and Python warns of them.
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = oldest
    else:
        context.minimum_version = oldest
    authority().issue_cert(*dict.fromkeys((host, "127.0.0.1", "localhost"))).configure_cert(context)
    return context


def bound_socket(host: str, port: int) -> socket.socket:
    """Bind a socket; port 0 means any that is free."""
    # The protocol is named because asyncio switches Nagle's algorithm off on such sockets only: 44 ms a request.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError:
        listening.close()
        raise
    listening.listen(512)
    return listening


class Listeners:
    """The thread that serves; `serve` names the applications, which may depend on the sockets' ports."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="reference-server", daemon=True)
        self._states: list[ServerState] = []
        self._servers: list[asyncio.Server] = []
        self._tasks: list[asyncio.Future[None]] = []
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def serve(self, application: ASGIApp, listening: socket.socket, tls: ssl.SSLContext | None) -> None:
        """Answer on a bound socket from now on."""
        asyncio.run_coroutine_threadsafe(self._serve(application, listening, tls), self._loop).result()

    async def _serve(self, application: ASGIApp, listening: socket.socket, tls: ssl.SSLContext | None) -> None:
        state = ServerState()
        self._states.append(state)
        protocol = _protocol(application, state)
        self._servers.append(await self._loop.create_server(protocol, sock=listening, ssl=tls, backlog=512))

    def repeat(self, action: Callable[[], None], seconds: float) -> None:
        """Do something every so many seconds, between two requests, until the end."""
        asyncio.run_coroutine_threadsafe(self._start(action, seconds), self._loop).result()

    async def _start(self, action: Callable[[], None], seconds: float) -> None:
        self._tasks.append(asyncio.ensure_future(_repeated(action, seconds)))

    def stop(self) -> None:
        """Cut all connections and end the thread."""
        if self._loop.is_closed():
            return
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(STOPPING_TAKES_AT_MOST)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(STOPPING_TAKES_AT_MOST)
        self._loop.close()

    async def _stop(self) -> None:
        for server in self._servers:
            server.close()
        # A polite end waits for the other side of every TLS connection, up to half a minute.
        for state in self._states:
            for connection in list(state.connections):
                connection.transport.abort()
        here = asyncio.current_task()
        tasks = [task for task in asyncio.all_tasks() if task is not here]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _repeated(action: Callable[[], None], seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds)
        action()


class _InOnePiece:
    """A transport that sends head and body of an answer together: one TLS record and one system call instead of two."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._pieces: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send with what else is written in this step of the loop."""
        if not self._pieces:
            self._loop.call_soon(self._flush)
        self._pieces.append(data)

    def close(self) -> None:
        """Send what is left, then close."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        pieces, self._pieces = self._pieces, []
        if pieces and not self._transport.is_closing():
            self._transport.write(b"".join(pieces))


class _Protocol(H11Protocol):
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(cast("asyncio.Transport", _InOnePiece(transport, self.loop)))


def _protocol(application: ASGIApp, state: ServerState) -> Callable[[], asyncio.Protocol]:
    """Make uvicorn's protocol. The date header comes from the server's own clock, hence not from uvicorn."""
    # What uvicorn says about malformed requests goes to its own loggers; nobody reads them here.
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
    config = uvicorn.Config(
        application,
        lifespan="off",
        log_config=None,
        access_log=False,
        date_header=False,
        server_header=False,
        timeout_keep_alive=3600,
        h11_max_incomplete_event_size=1 << 20,
        ws="none",
        http=H11Protocol,
        interface="asgi3",
        proxy_headers=False,
    )
    config.load()
    return lambda: _Protocol(config, state, {})
