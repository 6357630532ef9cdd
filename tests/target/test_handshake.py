"""Handshakes tell which versions of TLS an address speaks."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import warnings
from typing import TYPE_CHECKING

import pytest
import trustme

from conformance.target.handshake import can_offer, version_spoken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OLD = ssl.TLSVersion.TLSv1


def serving(lowest: ssl.TLSVersion) -> ssl.SSLContext:
    """A server's context that speaks all versions from the lowest on."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = lowest
    return context


@pytest.fixture
def listening() -> Iterator[Callable[[ssl.TLSVersion], str]]:
    """Starts a server that only shakes hands, and gives its base URL."""
    with contextlib.ExitStack() as stack:

        def start(lowest: ssl.TLSVersion) -> str:
            context = serving(lowest)
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))

            def answer() -> None:
                connection, _ = listener.accept()
                with connection, contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as it:
                    it.recv(1)

            thread = threading.Thread(target=answer)
            thread.start()
            stack.callback(thread.join)
            return f"https://127.0.0.1:{listener.getsockname()[1]}/api/v1"

        yield start


@pytest.mark.skipif(not can_offer(OLD), reason="OpenSSL on this machine cannot offer TLS 1.0")
def test_old_version_is_seen_where_it_is_spoken(listening: Callable[[ssl.TLSVersion], str]) -> None:
    """By its name, as the handshake came to it."""
    assert version_spoken(listening(OLD), OLD) == "TLSv1"


def test_old_version_comes_to_nothing_where_it_is_not_spoken(listening: Callable[[ssl.TLSVersion], str]) -> None:
    """The server breaks off the handshake."""
    assert version_spoken(listening(ssl.TLSVersion.TLSv1_2), OLD) is None


def test_newest_version_is_offered_too(listening: Callable[[ssl.TLSVersion], str]) -> None:
    """Without it a server that speaks only TLS 1.3 would be taken for one that speaks none."""
    assert version_spoken(listening(ssl.TLSVersion.TLSv1_3), ssl.TLSVersion.TLSv1_3) == "TLSv1.3"


def test_closed_port_is_no_refusal() -> None:
    """It says nothing about versions."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(OSError, match="refused"):
        version_spoken(f"https://127.0.0.1:{port}", OLD)
