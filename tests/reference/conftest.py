"""What the reference server's own tests share: a server in process, and a way to ask it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from conformance.reference.application import BASE_PATH, api, plain
from conformance.reference.dialects import Dialect
from conformance.reference.faults import install
from conformance.reference.service import Service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.reference.faults.fault import Activity

ORIGIN = "https://server"


class Api:
    """One server without sockets, and its clients; `ask` gives an answer, `token` an access token."""

    def __init__(self, loop: asyncio.AbstractEventLoop, service: Service) -> None:
        self.service = service
        self._loop = loop
        self._secure = httpx.ASGITransport(api(service))
        self._plain = httpx.ASGITransport(plain(service, ORIGIN))
        self.tokens: dict[str, str] = {}
        self.activities: dict[str, Activity] = {}

    def send(self, request: httpx.Request) -> httpx.Response:
        """Send one request, to the plain listener if its address says http."""
        transport = self._secure if request.url.scheme == "https" else self._plain

        async def exchange() -> httpx.Response:
            async with httpx.AsyncClient(transport=transport) as client:
                return await client.send(request)

        return self._loop.run_until_complete(exchange())

    def together(self, requests: list[httpx.Request]) -> list[httpx.Response]:
        """Send several requests at the same time."""

        async def exchange() -> list[httpx.Response]:
            async with httpx.AsyncClient(transport=self._secure) as client:
                return await asyncio.gather(*map(client.send, requests))

        return self._loop.run_until_complete(exchange())

    def request(self, method: str, path: str, token: str | None = None, **content: Any) -> httpx.Request:
        """Build a request for the API's part of the address."""
        headers = dict(content.pop("headers", {}))
        if token is not None:
            headers.setdefault("Authorization", f"Bearer {token}")
        return httpx.Request(method, f"{ORIGIN}{BASE_PATH}{path}", headers=headers, **content)

    def ask(self, method: str, path: str, *, client: str | None = "full", **content: Any) -> httpx.Response:
        """Ask as one client of the world, or as nobody."""
        token = content.pop("token", None) or (self.held(client) if client else None)
        return self.send(self.request(method, path, token, **content))

    def held(self, client: str) -> str:
        """Give the token that is kept for a client."""
        if client not in self.tokens:
            self.tokens[client] = self.token(client)
        return self.tokens[client]

    def secret(self, client: str) -> str:
        """Tell a client's present secret."""
        return self.service.store.accounts[f"ipc-{client}"].secret

    def token_answer(
        self, client: str, *, secret: str | None = None, how: str = "form", **fields: Any
    ) -> httpx.Response:
        """Ask for a token by form or by Basic; `fields` replace or add form fields."""
        secret = self.secret(client) if secret is None else secret
        form: dict[str, Any] = {"grant_type": "client_credentials"}
        headers = {}
        if how == "form":
            form |= {"client_id": f"ipc-{client}", "client_secret": secret}
        else:
            basic = httpx.BasicAuth(f"ipc-{client}", secret)
            headers = {"Authorization": next(basic.auth_flow(httpx.Request("POST", ORIGIN))).headers["Authorization"]}
        form |= fields
        return self.ask("POST", "/Token", client=None, data=form, headers=headers)

    def token(self, client: str, *, how: str = "form") -> str:
        """Ask for a new token, which is given."""
        answer = self.token_answer(client, how=how)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        return str(body.get("access_token") or body["accessToken"])

    def probe(self, token: str, path: str = "/Item?pageSize=1") -> int:
        """Tell the status that a token gets."""
        return self.ask("GET", path, token=token).status_code

    def control(self, action: str, **question: Any) -> dict[str, Any]:
        """Take an administrative action, which succeeds."""
        answer = self.control_answer(self.service.control_token, action=action, **question)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def control_answer(self, control_token: str, **question: Any) -> httpx.Response:
        """Ask the control endpoint."""
        headers = {"Authorization": f"Bearer {control_token}"}
        return self.send(httpx.Request("POST", f"{ORIGIN}/control", json=question, headers=headers))

    def advance(self, seconds: float) -> None:
        """Move the server's clock."""
        self.control("advance", seconds=seconds)


class Workshop:
    """Makes servers."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def make(self, *faults: str, dialect: Dialect | None = None) -> Api:
        """Make a server with faults, in a dialect."""
        service = Service(dialect=dialect or Dialect())
        activities = install(service, faults)
        made = Api(self._loop, service)
        made.activities = activities
        return made


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """Give one event loop to all tests of a process."""
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture(scope="session")
def workshop(loop: asyncio.AbstractEventLoop) -> Workshop:
    """Give a way to make servers."""
    return Workshop(loop)


@pytest.fixture
def server(workshop: Workshop) -> Api:
    """Give a conforming server."""
    return workshop.make()
