"""What ``conformance serve`` does: serve until told to stop."""

from __future__ import annotations

import signal
import sys
import threading
from typing import TYPE_CHECKING

from conformance.reference.dialects import DIALECTS
from conformance.reference.freedoms import with_settings
from conformance.reference.names import look_up
from conformance.reference.server import ReferenceServer
from conformance.reference.weather import CALM

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

STOPPED = 0
CANNOT_SERVE = 2


def serve(
    *,
    faults: Sequence[str] = (),
    dialect: str = "plain",
    freedoms: Sequence[str] = (),
    weather: Sequence[str] = (),
    write_target: str | Path | None = None,
    port: int = 0,
    host: str = "127.0.0.1",
    plain_port: int = 0,
) -> int:
    """Serve until SIGINT or SIGTERM, and tell the exit status; an unknown name raises UnknownFaultError.

    `freedoms` and `weather` are switches beside those of the dialect, each as ``NAME=VALUE``.
    """
    server = ReferenceServer(
        faults=faults,
        dialect=with_settings(look_up(DIALECTS, dialect, "dialect"), freedoms),
        weather=with_settings(CALM, weather, "weather"),
        host=host,
        port=port,
        plain_port=plain_port,
    )
    stopping = threading.Event()
    before = {number: signal.signal(number, lambda *_: stopping.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with server:
            _announce(server, write_target, [*freedoms, *weather])
            stopping.wait()
    except OSError as error:
        sys.stderr.write(f"serve: {host}:{port}: {error.strerror or error}; choose another address or port\n")
        return CANNOT_SERVE
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return STOPPED


def _announce(server: ReferenceServer, write_target: str | Path | None, settings: Sequence[str]) -> None:
    lines = [f"serving {server.base_url}", f"plain HTTP {server.plain_http_url}", f"control {server.control_url}"]
    lines += [f"fault {name}" for name in server.faults]
    lines += [f"switch {setting}" for setting in settings]
    if write_target is not None:
        lines.append(f"target file {server.write_target(write_target)}")
    sys.stdout.write("\n".join([*lines, "stop with Ctrl-C", ""]))
    sys.stdout.flush()
