"""A running reference server: started and stopped as a context manager, any number at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self

from conformance.reference.application import BASE_PATH, api, plain
from conformance.reference.dialects import DIALECTS, Dialect
from conformance.reference.faults import install
from conformance.reference.listeners import Listeners, authority, bound_socket, tls_context
from conformance.reference.names import look_up
from conformance.reference.service import Service
from conformance.reference.target_file import RESOURCES, target_text, write_target
from conformance.reference.weather import CALM, SECONDS_BETWEEN_CHANGES, Others, Weather

if TYPE_CHECKING:
    import socket
    from collections.abc import Collection, Sequence
    from types import TracebackType

    from conformance.reference.world import World


class ReferenceServer:
    """The bundled server, with no, one or several faults, in a dialect and a weather; it serves between `start` and `stop`."""

    def __init__(
        self,
        *,
        world: World | None = None,
        faults: Sequence[str] = (),
        dialect: str | Dialect = "plain",
        weather: Weather = CALM,
        host: str = "127.0.0.1",
        port: int = 0,
        plain_port: int = 0,
    ) -> None:
        spoken = look_up(DIALECTS, dialect, "dialect") if isinstance(dialect, str) else dialect
        self.service = Service(world=world, dialect=spoken, weather=weather)
        self.faults = tuple(faults)
        self._activities = install(self.service, self.faults)
        self._host = host
        self._ports = (port, plain_port)
        self._listeners: Listeners | None = None
        self._name = "the bundled reference server"

    def start(self) -> Self:
        """Begin to serve."""
        secure, insecure = self._bound_sockets()
        self._ports = (secure.getsockname()[1], insecure.getsockname()[1])
        self._listeners = Listeners()
        self._listeners.serve(
            api(self.service), secure, tls_context(self._host, self.service.rules.transport.oldest_tls())
        )
        if self.service.rules.transport.is_listening():
            self._listeners.serve(plain(self.service, self._origin("https", self._ports[0])), insecure, None)
        else:
            insecure.close()
        if self.service.weather.others_write:
            self._listeners.repeat(Others(self.service).step, SECONDS_BETWEEN_CHANGES)
        return self

    def _bound_sockets(self) -> tuple[socket.socket, socket.socket]:
        secure = bound_socket(self._host, self._ports[0])
        try:
            return secure, bound_socket(self._host, self._ports[1])
        except OSError:
            secure.close()
            raise

    def stop(self) -> None:
        """Cut all connections; a server that does not run stays as it is."""
        if self._listeners is not None:
            self._listeners.stop()
            self._listeners = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        faults = f" with {', '.join(self.faults)}" if self.faults else ""
        return f"<reference server {self.base_url}{faults}>"

    def _origin(self, scheme: str, port: int) -> str:
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"{scheme}://{host}:{port}"

    @property
    def base_url(self) -> str:
        """The address of the API."""
        return self._origin("https", self._ports[0]) + BASE_PATH

    @property
    def plain_http_url(self) -> str:
        """Where plain HTTP would answer."""
        return self._origin("http", self._ports[1]) + BASE_PATH

    @property
    def control_url(self) -> str:
        """The address of the control endpoint."""
        return self._origin("https", self._ports[0]) + "/control"

    @property
    def control_token(self) -> str:
        """The bearer token of the control endpoint."""
        return self.service.control_token

    @property
    def ca_pem(self) -> bytes:
        """The certificate authority that the server's certificate comes from, as PEM."""
        pem: bytes = authority().cert_pem.bytes()
        return pem

    def write_target(self, path: str | Path, resources: Collection[str] = RESOURCES) -> Path:
        """Write a ready target file, and its certificate authority as ``<stem>-ca.pem`` beside it."""
        path = Path(path)
        secrets = {account.client_id: account.secret for account in self.service.store.accounts.values()}
        text = target_text(
            self.service.world,
            secrets,
            name=self._name,
            base_url=self.base_url,
            plain_http_url=self.plain_http_url,
            ca_name=f"{path.stem}-ca.pem",
            control=(self.control_url, self.control_token),
            resources=resources,
        )
        write_target(path, text, self.ca_pem)
        return path

    def fault_was_active(self, name: str) -> bool:
        """Tell whether a fault has ever decided otherwise than the rule that it replaces."""
        return self._activities[name].is_active
