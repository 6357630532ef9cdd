"""The ASGI applications of one server: the API with its control endpoint, and what stands at the plain HTTP address."""

from __future__ import annotations

import json
from dataclasses import replace
from email.utils import format_datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import Response

from conformance.reference.call import Call, Reply
from conformance.reference.choices import Names
from conformance.reference.control import answer_control
from conformance.reference.operations import OPERATIONS
from conformance.reference.problems import ApiError, ConnectionDropped
from conformance.reference.routing import Directory
from conformance.reference.token_endpoint import answer_token
from conformance.reference.weather import exposed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from conformance.reference.operation import Operation
    from conformance.reference.problems import Problem
    from conformance.reference.service import Service

    Endpoint = Callable[[Request], Awaitable[Response]]
    Handler = Callable[[Request, Exception], Awaitable[Response]]

BASE_PATH = "/api/v1"
_TEXTS = frozenset({"partNo", "shortID", "spot", "poNo", "soNo", "woNo"})
"""Parameters in the path that may hold a slash."""


def api(service: Service) -> ASGIApp:
    """Make the application of the HTTPS listener."""
    dialect = service.dialect
    directory = Directory(
        _TEXTS,
        caseless=not dialect.path_case_counts,
        trailing_slash=dialect.trailing_slash,
        answers_head=dialect.answers_head,
    )
    directory.add("POST", "/control", _control_endpoint(service))
    directory.add("POST", f"{BASE_PATH}/Token", _token_endpoint(service))
    for operation in OPERATIONS:
        if service.rules.wire.is_offered(operation):
            directory.add(operation.method, BASE_PATH + operation.path, _endpoint(service, operation))
    handlers: dict[Any, Handler] = {ApiError: _refuse(service), HTTPException: _unknown(service)}
    application = Starlette(routes=[directory], exception_handlers=handlers)
    application.router.redirect_slashes = False
    return exposed(_cutting(application), service, partial(_refusal, service))


def plain(service: Service, https_origin: str) -> ASGIApp:
    """Make the application of the plain HTTP listener, which serves nothing."""
    secure, rules = api(service), service.rules.transport

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and rules.is_served(_call_of(scope), scope["path"]):
            await secure(scope, receive, send)
            return
        if scope["type"] == "http" and rules.is_done_anyway(_call_of(scope)):
            await secure(scope, receive, _unheard)
        target = scope.get("raw_path") or scope["path"].encode()
        query = b"?" + scope["query_string"] if scope["query_string"] else b""
        problem = rules.refusal(https_origin + (target + query).decode("latin-1"), scope.get("method", ""))
        await _refusal(service, problem, secure=False)(scope, receive, send)

    return exposed(_cutting(application), service, partial(_refusal, service, secure=False))


async def _unheard(_message: Message) -> None:
    """Send an answer to nobody."""


def _cutting(application: ASGIApp) -> ASGIApp:
    async def outermost(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await application(scope, receive, send)
        except ConnectionDropped:
            _cut(send)

    return outermost


def _cut(send: Send) -> None:
    """Cut the connection that an answer was to go to; in process there is none."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionResetError
    transport.abort()


def _refuse(service: Service) -> Handler:
    """Answer what an endpoint raises with the uniform error."""

    async def handler(_request: Request, error: Exception) -> Response:
        if not isinstance(error, ApiError):
            raise error
        return _refusal(service, error.problem)

    return handler


def _unknown(service: Service) -> Handler:
    """Answer what no operation is documented for: 401 first there, too."""

    async def handler(request: Request, error: Exception) -> Response:
        try:
            if service.rules.wire.needs_token():
                await service.account(None, _call_of(request.scope))
        except ApiError as refusal:
            return _refusal(service, refusal.problem)
        rules, allowed = service.rules.wire, (getattr(error, "headers", None) or {}).get("Allow")
        return _refusal(
            service,
            rules.unknown_path()
            if allowed is None
            else rules.wrong_method(allowed, request.method, request.scope["path"]),
        )

    return handler


def _endpoint(service: Service, operation: Operation[Any]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        call = await _read(request, service)
        return _response(service, operation, await service.answer(operation, call))

    return endpoint


def _token_endpoint(service: Service) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        return _response(service, None, await answer_token(service, await _read(request, service)))

    return endpoint


def _control_endpoint(service: Service) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        reply = answer_control(service, await _read(request, service))
        headers = {**_date(service), "Content-Type": "application/json"}
        return Response(json.dumps(reply.body), reply.status, headers)

    return endpoint


def _call_of(scope: Scope, body: bytes = b"") -> Call:
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        headers.setdefault(name.decode("latin-1"), value.decode("latin-1"))
    return Call(
        method=scope["method"],
        path=scope.get("path_params", {}),
        query=_query(scope["query_string"]),
        headers=headers,
        body=body,
        written=(scope.get("raw_path") or scope["path"].encode()).decode("latin-1"),
    )


def _query(raw: bytes) -> tuple[tuple[str, str], ...]:
    pairs = []
    for part in raw.replace(b"+", b" ").split(b"&"):
        name, _, value = part.partition(b"=")
        if part:
            pairs.append(tuple(unquote_to_bytes(text).decode("utf-8", "replace") for text in (name, value)))
    return tuple((name, value) for name, value in pairs)


async def _read(request: Request, service: Service) -> Call:
    call = _call_of(request.scope, await request.body())
    return replace(call, query=service.rules.wire.query(call.query)) if call.query else call


def _date(service: Service) -> dict[str, str]:
    told = service.rules.wire.tells_date()
    return {"Date": format_datetime(service.clock.now(), usegmt=True)} if told else {}


def _refusal(service: Service, problem: Problem, *, secure: bool = True) -> Response:
    body = None if problem.status in range(300, 400) else service.rules.wire.error_body(problem)
    return _response(service, None, Reply(problem.status, body, dict(problem.headers)), secure=secure)


def _response(service: Service, operation: Operation[Any] | None, reply: Reply, *, secure: bool = True) -> Response:
    wire = service.rules.wire
    reply = wire.reply(operation, reply)
    headers = {
        **_date(service),
        **wire.headers(),
        **(wire.protective_headers(reply.status) if secure else {}),
        **reply.headers,
    }
    if reply.body is None:
        return _named(wire.header_names(), Response(status_code=reply.status, headers=headers))
    response = Response(
        wire.encoded(wire.body(reply.body)), reply.status, headers | {"Content-Type": wire.content_type(reply)}
    )
    return _named(wire.header_names(), response)


def _named(names: Names, response: Response) -> Response:
    """Write the names of a response's header fields in the letter case that a dialect has."""
    if names is not Names.LOWER:
        change = bytes.upper if names is Names.UPPER else bytes.title
        response.raw_headers = [(change(name), value) for name, value in response.raw_headers]
    return response
