"""HTTPS exclusively: what is sent over plain HTTP is rejected (authentication, Security Notes)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from conformance.contract.outcomes import Reason
from conformance.errors import NotRun
from conformance.suite.marks import Phase, needs, requirement
from conformance.suite.matrix import State
from conformance.suite.stage import works
from conformance.suite.test_token import assert_no_token
from conformance.target.plain import PlainHttp
from conformance.target.recorder import observe
from conformance.target.session import BASIC, FORM, basic
from conformance.target.wire import Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.suite.exercises import Workshop
    from conformance.target.access import Access
    from conformance.target.session import Session

PHASE = Phase.TRANSPORT


@pytest.fixture(scope="session")
def plain(access: Access) -> Iterator[PlainHttp]:
    """The way to the target over plain HTTP."""
    with PlainHttp(access.wire, access.target.plain_http_url) as way:
        yield way


@pytest.fixture
def exposed(access: Access) -> Iterator[Session]:
    """An expendable client whose secret may be seen by anyone on the way: it is rotated afterwards."""
    access.administration.require("rotate")
    session = expendable(access)
    access.administration.require_rotation(session)
    yield session
    access.administration.rotate(session)
    session.forget_token()


def expendable(access: Access) -> Session:
    """An expendable client that works; raises NotRun where there is none."""
    for session in access.expendable:
        if session.unusable is None and session.probe_request is not None and works(session):
            return session
    raise NotRun(
        Reason.NEEDS_CLIENT,
        "what is sent over plain HTTP may be seen by others: add a client with expendable = true and some read permission",
    )


@requirement("transport.credentials", sends=4)
@needs("rotate")
@pytest.mark.parametrize("way", [FORM, BASIC])
def test_credentials_over_plain_http_give_no_token(plain: PlainHttp, request: pytest.FixtureRequest, way: str) -> None:
    """A refused connection, an error or a redirect reject; nothing is sent where no connection is to be had."""
    if not plain.listens():
        observe("transport.plain-http", "plain HTTP: no connection is to be had")
        return
    if not plain.answers():
        observe("transport.plain-http", "plain HTTP: connections are closed without an answer")
        return
    session: Session = request.getfixturevalue("exposed")

    credentials = {"client_id": session.client.client_id, "client_secret": session.secret}
    form = {"grant_type": "client_credentials"} | (credentials if way == FORM else {})
    headers = {} if way == FORM else {"Authorization": basic(session.client.client_id, session.secret)}
    answer = plain.send(Request("POST", "/Token", form=form, headers=headers), client=session.name)
    if answer is None:
        observe("transport.plain-http", "plain HTTP: the connection is closed without an answer")
        return
    observe("transport.plain-http", f"plain HTTP: is answered with {answer.code}")
    if answer.gives_token:
        assert answer.status not in range(200, 300)


@requirement("transport.bearer", sends=6)
def test_bearer_token_over_plain_http_is_not_honoured(plain: PlainHttp, access: Access) -> None:
    """What the token gives over HTTPS is not given over plain HTTP; a redirect is not followed."""
    if not plain.listens() or not plain.answers():
        return
    session = expendable(access)
    token = session.working_token()

    request = session.probe_or_not_run
    headers = {"Authorization": f"Bearer {token.value}"}
    answer = plain.send(Request("GET", request.path, params=request.params, headers=headers), client=session.name)
    if answer is not None and isinstance(answer.json, dict | list):
        assert answer.status not in range(200, 300)


@requirement("transport.bearer", sends=9)
@needs("limits.writes")
def test_write_over_plain_http_is_not_carried_out(plain: PlainHttp, access: Access, workshop: Workshop) -> None:
    """Who redirects what is read may carry out what is written all the same; read back over HTTPS, whatever the answer is."""
    if not plain.listens() or not plain.answers():
        return
    session = expendable(access)
    write = workshop.some_write(session)
    before = None if write.state is None else State(write.state())

    headers = {"Authorization": f"Bearer {session.working_token().value}"}
    answer = plain.send(replace(write.request, headers=headers), client=session.name)
    after = None if write.state is None else State(write.state())
    if before != after:
        write.undo()
    assert after == before
    if answer is not None and isinstance(answer.json, dict | list):
        assert answer.status not in range(200, 300)


@requirement("oauth.credentials-not-in-query", sends=3)
@needs("rotate")
def test_credentials_in_the_query_string_give_no_token(exposed: Session) -> None:
    """Sent over HTTPS with an empty form; the secret is rotated afterwards, because addresses are logged."""
    params = {
        "grant_type": "client_credentials",
        "client_id": exposed.client.client_id,
        "client_secret": exposed.secret,
    }
    answer = exposed.wire.send(Request("POST", "/Token", params=params, form={}), client=exposed.name, repeatable=True)
    assert_no_token(answer)
