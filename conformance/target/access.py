"""Everything through which one run reaches its target: opened once, closed once."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from conformance.contract.outcomes import Reason
from conformance.contract.permissions import expected
from conformance.contract.specification import Place
from conformance.errors import Blocked, ControlError, NoAnswerError, TargetUnreachableError, Undecided
from conformance.target.administration import Administration
from conformance.target.clock import Interval, TargetClock
from conformance.target.control import open_control
from conformance.target.discovery import World
from conformance.target.file import OperatorControlConfig
from conformance.target.recorder import Recorder, Wired
from conformance.target.redaction import Secrets
from conformance.target.secrets import SecretStore
from conformance.target.session import BASIC, FORM, Session
from conformance.target.wire import Limiter, Request, Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from conformance.contract.permissions import Rights
    from conformance.contract.specification import Specification
    from conformance.target.answer import Answer
    from conformance.target.asking import ControlExchange
    from conformance.target.control import Control
    from conformance.target.file import Target


@dataclass(frozen=True, slots=True)
class Access:
    """One target within reach."""

    target: Target
    specification: Specification
    wire: Wire
    secrets: Secrets
    store: SecretStore
    sessions: Mapping[str, Session]
    administration: Administration
    control: Control | None
    world: World

    def close(self) -> None:
        """Close all connections."""
        self.wire.close()

    @property
    def expendable(self) -> tuple[Session, ...]:
        """Clients whose secret may be rotated and whose account may be disabled."""
        return tuple(session for session in self.sessions.values() if session.client.expendable)


def open_access(target: Target, specification: Specification, sink: Callable[[Mapping[str, Any]], None]) -> Access:
    """Set up everything that needs no answer from the target yet."""
    secrets = Secrets()
    store = SecretStore(target)
    clock = TargetClock()
    wire = Wire(
        base_url=target.base_url,
        ca_file=None if target.ca_file is None else str(target.ca_file),
        concurrency=target.limits.concurrency,
        limiter=Limiter(target.limits.requests_per_second),
        clock=clock,
        recorder=Recorder(secrets, sink),
        secrets=secrets,
    )
    sessions = {client.name: _session(client, store, wire, specification, target, secrets) for client in target.clients}
    control = (
        None if target.control is None else open_control(target.control, target, wire.http, _recording(wire, target))
    )
    if target.control is not None and target.control.token is not None:
        secrets.register(target.control.token.value, "<control token>")
    return Access(
        target=target,
        specification=specification,
        wire=wire,
        secrets=secrets,
        store=store,
        sessions=sessions,
        administration=Administration(control, frozenset(), wire, store),
        control=control,
        world=World(target, specification, sessions),
    )


def _recording(wire: Wire, target: Target) -> Callable[[ControlExchange], None]:
    """Writes questions to the control into the transcript."""
    by_hand = isinstance(target.control, OperatorControlConfig)
    url = getattr(target.control, "url", "the operator" if by_hand else "the control command")

    def record(exchange: ControlExchange) -> None:
        now = wire.clock.now()
        answer = None if exchange.answer is None else json.dumps(exchange.answer).encode()
        wire.recorder.record(
            Wired(
                client=None,
                method="POST",
                url=url,
                request_headers=(("Content-Type", "application/json"),),
                request_body=json.dumps(exchange.question).encode(),
                asked=Interval(now - exchange.seconds, now),
                status=None if answer is None else 200,
                response_body=answer or b"",
                error=exchange.error,
            )
        )

    return record


def _session(
    client: Any, store: SecretStore, wire: Wire, specification: Specification, target: Target, secrets: Secrets
) -> Session:
    secret = store.current(client).value
    secrets.register(secret, f"<secret {client.name}#1>")
    secrets.register(client.declared_secret.value, f"<declared secret {client.name}>")
    secrets.register_basic(client.client_id, secret, f"<basic {client.name}>")
    return Session(client, secret, wire, choose_probe(client.rights, specification, target))


def choose_probe(rights: Rights, specification: Specification, target: Target) -> Request | None:
    """A documented GET that a client's rights allow, or None where they allow none."""
    for operation in specification:
        if operation.method != "GET" or operation.listing is None or operation.resource not in target.resources:
            continue
        if not expected(rights, operation).allowed or not operation.secured:
            continue
        params: dict[str, Any] = {"page": 1, "pageSize": 10}
        path = operation.path
        place = operation.warehouse
        if operation.warehouses and rights.warehouses.limited:
            own = sorted(rights.warehouses.names) if not rights.warehouses.all else []
            if place is None or not own or place.name is None:
                continue
            if place.place is Place.PATH:
                path = path.replace("{" + place.name + "}", str(own[0]))
            else:
                params[place.name] = own[0]
        if "{" in path or (operation.resource == "Report" and not (rights.reports.all or rights.reports.names)):
            continue
        return Request("GET", path, params=params)
    return None


def connect(access: Access) -> None:
    """Reach the target, learn its time and its control actions; raises TargetUnreachableError."""
    answer = reach(access)
    with contextlib.suppress(ValueError):
        access.wire.clock.set(parsedate_to_datetime(answer.headers.get("Date", "")))
    learn_control(access)


def reach(access: Access) -> Answer:
    """The target's answer to a request without a token; raises TargetUnreachableError where none comes."""
    try:
        return access.wire.send(Request("GET", "/Item", params={"page": 1, "pageSize": 1}), client=None)
    except (NoAnswerError, Undecided) as error:
        raise TargetUnreachableError(_unreachable(access, str(error))) from error


def learn_control(access: Access) -> None:
    """Learn which control actions there are, and the target's time; raises TargetUnreachableError."""
    if access.control is None:
        return
    try:
        description = access.control.describe()
    except ControlError as error:
        raise TargetUnreachableError(f"the target's control does not describe itself: {error}") from error
    access.administration.actions = description.actions
    if description.now is not None:
        access.wire.clock.set(description.now)


def _unreachable(access: Access, said: str) -> str:
    said = said.removeprefix("the target no longer answers (").removesuffix(")")
    hint = "check base_url and that the server is up"
    if "CERTIFICATE_VERIFY_FAILED" in said or "certificate" in said.lower():
        hint = _distrust(access.target.ca_file, said)
    elif "WRONG_VERSION_NUMBER" in said or "SSL" in said:
        hint = "it does not speak TLS there: check the port of base_url"
    elif "Name or service not known" in said or "nodename" in said or "getaddrinfo" in said:
        hint = "its host name cannot be resolved: check base_url"
    return f"{access.target.base_url} cannot be reached: {said}; {hint}"


def _distrust(ca_file: Path | None, said: str) -> str:
    """What to do about a certificate that is not accepted."""
    if "mismatch" in said or "not valid for" in said:
        return "its certificate is for another name: check the host of base_url"
    if "expired" in said:
        return "its certificate has expired: renew it"
    if ca_file is not None:
        return f"its certificate is not trusted: the authority in ca_file, {ca_file}, did not sign it"
    return "its certificate is not trusted: name the authority's PEM file as ca_file in the target file"


def prove_clients(access: Access) -> list[str]:
    """Find for each client a way to a token; those that get none become unusable and are named, with the reason."""
    problems = []
    for session in access.sessions.values():
        problem = _way_in(session)
        if problem is not None:
            session.unusable = problem
            problems.append(problem)
    return problems


def _way_in(session: Session) -> str | None:
    said = []
    for way in (FORM, BASIC):
        session.way = way
        try:
            session.token()
        except (Blocked, NoAnswerError) as error:
            said.append(str(error))
            continue
        except Undecided as error:
            return f"client {session.name}: {error}"
        if way == BASIC:
            session.refused_by_form = session.last_refusal
        return None
    session.way = FORM
    reason = said[0].removeprefix(f"client {session.name} gets no token: ") if said else Reason.NO_TOKEN.sentence
    return f"client {session.name} gets no token, neither by form nor by HTTP Basic ({reason})"
