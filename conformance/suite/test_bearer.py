"""The bearer token: every documented operation, asked with it and in every way without it (authentication)."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, NotApplicable, NotRun
from conformance.suite.forgery import Forgery
from conformance.suite.marks import Phase, cells, each, needs, requirement
from conformance.suite.queries import refusals_of_queries
from conformance.target.answer import ABSENT
from conformance.target.session import basic
from conformance.target.wire import Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.contract.specification import Operation
    from conformance.suite.cells import Cell
    from conformance.suite.matrix import Matrix
    from conformance.suite.pager import Pagers
    from conformance.target.access import Access
    from conformance.target.session import Session

PHASE = Phase.MATRIX


@requirement("bearer.accepted", sends=20)
@needs("client.reader")
def test_bearer_token_in_the_authorization_header_is_accepted(access: Access) -> None:
    """Every client that may read something asks for it with its own token."""
    asked = 0
    for session in access.sessions.values():
        if session.unusable is None and session.probe_request is not None:
            answer = session.probe(session.token())
            assert answer.status == 200
            asked += 1
    if not asked:
        raise NotRun(Reason.NEEDS_CLIENT, "no client may read anything: add one with some read permission")


@requirement("bearer.accepted", sends=1)
@cells(Forgery.NO_HEADER)
def test_bearer_token_is_accepted_on_every_operation(cell: Cell, matrix: Matrix) -> None:
    """Asked by a client that has the permission; whatever the answer is, it is not 401."""
    answer = matrix.control_answer(cell)
    assert answer.status != 401


@requirement("bearer.required", sends=1)
@cells(Forgery.NO_HEADER, Forgery.EMPTY_HEADER, Forgery.SCHEME_ALONE, Forgery.CREDENTIALS)
def test_request_without_a_token_gets_401(cell: Cell, matrix: Matrix) -> None:
    """No Authorization header, an empty one, the word Bearer alone, client ID and secret; with a token it succeeds."""
    answer = matrix.answer(cell)
    assert answer.status == 401


@requirement("bearer.required", sends=8)
@each(lambda operation: operation.listing is not None and operation.secured)
def test_no_query_makes_up_for_a_missing_token(operation: Operation, access: Access, pagers: Pagers) -> None:
    """A list asked without parameters, for another page, a key, a category, dates; with a token it answers."""
    for answer in refusals_of_queries(pagers[operation], access.world, partial(access.wire.send, client=None)):
        assert answer.status == 401


@requirement("bearer.required", sends=4)
@each(lambda operation: operation.listing is not None and operation.secured and "{" not in operation.path)
def test_no_spelling_of_the_path_makes_up_for_a_missing_token(operation: Operation, access: Access) -> None:
    """In lower case, with a slash behind or two before, percent-encoded: whatever that is, it shows no rows of the list."""
    for path in spellings_of(operation.path):
        answer = access.wire.send(Request("GET", path, params={"page": 1, "pageSize": 5}), client=None)
        if answer.accepted and isinstance(answer.member("value"), list):
            assert answer.status == 401


def spellings_of(path: str) -> Iterator[str]:
    """A path as some servers take it for the same."""
    if path != path.lower():
        yield path.lower()
    yield f"{path}/"
    yield f"/{path}"
    yield f"/%{ord(path[1]):02X}{path[2:]}"


@requirement("bearer.scheme", sends=1)
@cells(Forgery.SCHEME_TOKEN, Forgery.SCHEME_BASIC)
def test_valid_token_under_another_scheme_gets_401(cell: Cell, matrix: Matrix) -> None:
    """A valid token after the word Token or after the word Basic; after Bearer it succeeds."""
    answer = matrix.answer(cell)
    assert answer.status == 401


@requirement("bearer.scheme", sends=3)
@pytest.mark.parametrize("disguise", ["scheme that begins with Bearer", "password of Basic", "user of Basic"])
def test_valid_token_in_the_guise_of_another_scheme_gets_401(session: Session, disguise: str) -> None:
    """A valid token after the word BearerToken, and in the credentials of HTTP Basic, as code hosts take it."""
    token = session.working_token()
    name = session.client.client_id
    user, password = (name, token.value) if disguise == "password of Basic" else (token.value, "")
    session.wire.secrets.register_basic(user, password, f"<basic {session.name}>")
    guise = f"BearerToken {token.value}" if disguise.startswith("scheme") else basic(user, password)

    request = replace(session.probe_or_not_run, headers={"Authorization": guise})
    answer = session.wire.send(request, client=session.name, repeatable=True)
    assert answer.status == 401


@requirement("bearer.bare-token", sends=1)
@cells(Forgery.NO_SCHEME)
def test_valid_token_without_a_scheme_gets_401(cell: Cell, matrix: Matrix) -> None:
    """A valid token alone in the Authorization header; after Bearer it succeeds."""
    answer = matrix.answer(cell)
    assert answer.status == 401


@requirement("bearer.invalid", sends=1)
@cells(Forgery.GARBAGE, Forgery.WORD_NULL, Forgery.TRUNCATED, Forgery.HALVED, Forgery.EXTENDED, Forgery.OTHER_CASE)
def test_token_that_was_never_issued_gets_401(cell: Cell, matrix: Matrix) -> None:
    """Garbage, the word null, a valid token cut short, made longer, in other letters; the valid one succeeds."""
    answer = matrix.answer(cell)
    assert answer.status == 401


@requirement("bearer.forged", sends=1)
@cells(
    Forgery.CHANGED_SIGNATURE,
    Forgery.OTHER_SIGNATURE,
    Forgery.ALG_NONE,
    Forgery.ALG_NONE_MIXED,
    Forgery.ALG_NONE_SIGNED,
    Forgery.LATER_END,
    Forgery.OTHER_CLIENT,
)
def test_forged_token_gets_401(cell: Cell, matrix: Matrix) -> None:
    """A valid token whose signature, algorithm or claims were changed; the valid one itself succeeds."""
    answer = matrix.answer(cell)
    assert answer.status == 401


@requirement("bearer.header-only", sends=1)
@cells(Forgery.QUERY, Forgery.BODY)
def test_token_outside_the_header_is_not_accepted(cell: Cell, matrix: Matrix) -> None:
    """A valid token as access_token in the query string or in the body; in the header it succeeds."""
    answer = matrix.answer(cell)
    assert answer.status == 401


# Where frameworks look for a token that is not in the Authorization header.
OTHER_NAMES = {
    "query string": ("token", "auth_token", "bearer_token", "jwt", "api_key"),
    "other headers": ("X-Access-Token", "X-Auth-Token", "X-Api-Key", "Token"),
    "cookie": ("access_token", "token", "jwt"),
}


@requirement("bearer.header-only", sends=3)
@pytest.mark.parametrize("place", OTHER_NAMES)
def test_token_under_another_name_is_not_accepted(session: Session, place: str) -> None:
    """A valid token under names that frameworks look for, all those of a place at once; in the header it succeeds."""
    named = dict.fromkeys(OTHER_NAMES[place], session.working_token().value)
    request = session.probe_or_not_run
    if place == "query string":
        request = replace(request, params={**(request.params or {}), **named})
    else:
        cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in named.items())}
        request = replace(request, headers=cookies if place == "cookie" else named)

    answer = session.wire.send(request, client=session.name, repeatable=True)
    assert answer.status not in range(200, 300)


@requirement("bearer.header-only", sends=3)
def test_cookie_does_not_make_up_for_the_token(session: Session) -> None:
    """What the target sets as cookies when it answers a request with a token, sent back without the token."""
    welcome = session.prove(session.new_token())
    cookies = [cookie.partition(";")[0] for cookie in welcome.headers.get_list("Set-Cookie")]
    if not cookies:
        raise NotApplicable(Reason.NOT_CHECKABLE, f"the target sets no cookies: {welcome!r}")

    request = replace(session.probe_or_not_run, headers={"Cookie": "; ".join(cookies)})
    answer = session.wire.send(request, client=session.name, repeatable=True)
    assert answer.status not in range(200, 300)


@requirement("bearer.first", sends=2)
@pytest.mark.parametrize(
    "path", ["/Item/999999999", "/Location/no-such-spot", "/Inventory/999999999", "/Report/999999999"]
)
def test_401_comes_before_404(access: Access, path: str) -> None:
    """An object that does not exist, asked for without a token and with garbage for one."""
    require_resource(access, path)
    for headers in ({}, {"Authorization": "Bearer garbage"}):
        answer = access.wire.send(Request("GET", path, headers=headers), client=None)
        assert answer.status == 401


@requirement("bearer.first", sends=2)
@pytest.mark.parametrize("path", ["/Item", "/Inventory", "/Location", "/Report"])
def test_401_comes_before_400_for_parameters(access: Access, path: str) -> None:
    """Paging parameters that are no numbers, without a token and with garbage for one."""
    require_resource(access, path)
    for headers in ({}, {"Authorization": "Bearer garbage"}):
        answer = access.wire.send(
            Request("GET", path, params={"page": "x", "pageSize": "y"}, headers=headers), client=None
        )
        assert answer.status == 401


@requirement("bearer.first", sends=2)
@needs("limits.writes")
@pytest.mark.parametrize("path", ["/Item", "/Inventory/Receive", "/Inventory/Move", "/Inventory/Issue"])
def test_401_comes_before_400_for_bodies(access: Access, path: str) -> None:
    """A body that is no JSON, without a token and with garbage for one."""
    require_resource(access, path)
    if not access.target.limits.writes:
        raise NotRun(Reason.WRITES_OFF)
    for headers in ({}, {"Authorization": "Bearer garbage"}):
        request = Request("POST", path, content=b"{", headers={"Content-Type": "application/json"} | headers)
        answer = access.wire.send(request, client=None, repeatable=True)
        assert answer.status == 401


def require_resource(access: Access, path: str) -> None:
    """Raise NotApplicable where the target does not implement the resource of a path."""
    resource = path.split("/")[1]
    if resource not in access.target.resources:
        raise NotApplicable(Reason.NO_RESOURCE, f"the target does not declare the resource {resource}")


@requirement("oauth.scheme-case", sends=2)
@pytest.mark.parametrize("scheme", ["bearer", "BEARER"])
def test_scheme_is_accepted_in_any_letter_case(session: Session, scheme: str) -> None:
    """A valid token after the scheme in other letters (RFC 9110 section 11.1)."""
    token = session.working_token()

    request = session.probe_or_not_run
    headers = {"Authorization": f"{scheme} {token.value}"}
    answer = session.wire.send(
        Request("GET", request.path, params=request.params, headers=headers), client=session.name
    )
    assert answer.status == 200


@requirement("oauth.bearer-challenge", sends=1)
@cells(Forgery.NO_HEADER)
def test_refusal_without_token_names_the_scheme(cell: Cell, matrix: Matrix) -> None:
    """The 401 has a WWW-Authenticate header that begins with Bearer (RFC 6750 section 3)."""
    answer = matrix.answer(cell)
    if answer.code != 401:
        raise Blocked(Reason.EARLIER_FAILURE, f"this is no 401: {answer!r}", cause="bearer.required")
    challenge = answer.headers.get("WWW-Authenticate", ABSENT)
    assert challenge is not ABSENT
    assert str(challenge).lower().startswith("bearer")
