"""TLS handshakes with the target's address, for which versions of the protocol it speaks; nothing is sent over them."""

from __future__ import annotations

import socket
import ssl
import warnings
from urllib.parse import urlsplit

CONNECT_SECONDS = 10.0
HTTPS_PORT = 443


def version_spoken(base_url: str, highest: ssl.TLSVersion) -> str | None:
    """The version that a handshake comes to which offers none above `highest`, None where it comes to none.

    Raises OSError where there is not even a connection.
    """
    url = urlsplit(base_url)
    assert url.hostname is not None
    with socket.create_connection((url.hostname, url.port or HTTPS_PORT), timeout=CONNECT_SECONDS) as connection:
        try:
            with offering(highest).wrap_socket(connection, server_hostname=url.hostname) as secured:
                return secured.version()
        except OSError:
            # An alert, a connection closed or reset, silence until the time-out: the target does not take what is offered.
            return None


def can_offer(highest: ssl.TLSVersion) -> bool:
    """Whether this machine's OpenSSL offers a version at all; begins a handshake with nobody to see."""
    try:
        offering(highest).wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO()).do_handshake()
    except ssl.SSLWantReadError:
        return True
    except (ssl.SSLError, ValueError):
        return False
    return True


def offering(highest: ssl.TLSVersion) -> ssl.SSLContext:
    """A context for handshakes up to a version; whose certificate it is does not matter to the question."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    # OpenSSL offers the old versions only where it is told to take weak keys and digests.
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = min(highest, ssl.TLSVersion.TLSv1_2)
        context.maximum_version = highest
    return context
