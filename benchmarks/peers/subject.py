"""The server under test: the bundled one with a fault, how a tool reaches it, and how many requests it was sent."""

from __future__ import annotations

import ssl
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from unittest.mock import patch

import httpx

from conformance.reference import application
from conformance.reference.server import ReferenceServer
from conformance.target.file import Target, load_target

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from starlette.types import ASGIApp, Receive, Scope, Send

    from conformance.reference.service import Service

SERVER = "conformance.reference.server"


@dataclass(slots=True)
class Count:
    """Requests that reached a server, those to its control endpoint left out."""

    requests: int = 0

    def around(self, served: ASGIApp) -> ASGIApp:
        """Count what an application is sent."""

        async def counting(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http" and scope["path"] != "/control":
                self.requests += 1
            await served(scope, receive, send)

        return counting


@dataclass(frozen=True, slots=True)
class Subject:
    """A running server; `folder` holds target.toml and the certificate authority, and takes what a tool leaves."""

    target: Target
    folder: Path
    count: Count

    @property
    def base_url(self) -> str:
        """The address of the API."""
        return self.target.base_url

    @property
    def ca_file(self) -> str:
        """The certificate authority, as PEM."""
        return str(self.target.ca_file)

    def secret(self, client: str) -> str:
        """The secret of a client."""
        return self.target.client(client).secret.value

    def token(self, client: str) -> str:
        """Ask for a token; raises httpx.HTTPError or KeyError where the server gives none."""
        asked = {
            "grant_type": "client_credentials",
            "client_id": self.target.client(client).client_id,
            "client_secret": self.secret(client),
        }
        trusted = ssl.create_default_context(cafile=self.ca_file)
        answer = httpx.post(f"{self.base_url}/Token", data=asked, verify=trusted, trust_env=False)
        return str(answer.raise_for_status().json()["access_token"])


@contextmanager
def serving(faults: Sequence[str], folder: Path) -> Iterator[Subject]:
    """Serve with these faults while the context lasts."""
    count = Count()

    def api(service: Service) -> ASGIApp:
        return count.around(application.api(service))

    def plain(service: Service, origin: str) -> ASGIApp:
        return count.around(application.plain(service, origin))

    with patch(f"{SERVER}.api", api), patch(f"{SERVER}.plain", plain), ReferenceServer(faults=faults) as server:
        yield Subject(load_target(server.write_target(folder / "target.toml")), folder, count)
