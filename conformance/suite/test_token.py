"""POST /Token: who gets a token, what the answer holds (authentication, POST /Token)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, Inconclusive, NotRun
from conformance.suite.marks import Phase, needs, requirement
from conformance.suite.together import distinguishing
from conformance.target.answer import ABSENT, Answer
from conformance.target.recorder import observe
from conformance.target.session import BASIC, FORM, basic
from conformance.target.token import decode
from conformance.target.wire import Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.target.access import Access
    from conformance.target.session import Session
    from conformance.target.token import Token

PHASE = Phase.TOKENS


@pytest.fixture(scope="session")
def token_answer(session: Session) -> Answer:
    """The answer to a token request that must succeed, by the way that works."""
    return session.request_token() if session.way == FORM else session.request_token_by_basic()


@pytest.fixture(scope="session")
def guessed(access: Access) -> Session:
    """An expendable client, for requests with wrong secrets; it has just got a token with the right one.

    One whose secret has no colon, if there is one: what is put behind a colon tells more of that.
    """
    for session in sorted(access.expendable, key=lambda session: ":" in session.secret):
        if session.unusable is None:
            session.new_token()
            return session
    raise NotRun(Reason.NEEDS_CLIENT, "wrong secrets are only tried with a client that is expendable: add one")


# More than a server that counts the sessions of a client usually allows.
MANY_TOKENS = 12

# How right credentials are refused; what else may come of a request is no judgement of them.
REFUSALS = frozenset({400, 401, 403})


def assert_no_token(answer: Answer) -> None:
    """No token is given, whatever the refusal looks like; a server error is none."""
    if answer.gives_token:
        assert answer.status not in range(200, 300)
    assert answer.status < 500


def assert_working_token(session: Session, answer: Answer) -> None:
    """A token is given, and what the client may read is answered with it."""
    assert answer.status in range(200, 300)
    assert answer.member("access_token") is not ABSENT
    token = session.token_of(answer)
    if token is None:
        raise Blocked(Reason.EARLIER_FAILURE, f"no token in {answer!r}", cause="token.answer")

    probe = session.probe(token)
    assert probe.status == 200


@requirement("token.form")
def test_right_credentials_as_form_fields_give_a_token_that_works(session: Session) -> None:
    """Asked with grant_type, client_id and client_secret, as the documentation's example does; then used."""
    answer = session.request_token(FORM)
    assert_working_token(session, answer)


@requirement("token.form", sends=20)
def test_every_declared_client_gets_a_token(access: Access) -> None:
    """Every client of the target file, also a read-only one: reading needs a token. The first time that it asks, and later.

    An expendable one may have been enabled or rotated a moment ago, by a run that was broken off.
    """
    for session in access.sessions.values():
        if session.unusable is not None:
            continue
        first = session.refused_by_form
        judged = first is not None and first.code in REFUSALS and not session.client.expendable
        for answer in [first] if first is not None and judged else [session.request_token(FORM)]:
            assert answer.status in range(200, 300)


@requirement("token.basic", sends=3)
def test_right_credentials_as_http_basic_give_a_token_that_works(session: Session) -> None:
    """The client ID as user and the secret as password, with grant_type in the form; then used."""
    answer = session.request_token_by_basic()
    assert_working_token(session, answer)


@requirement("token.form", sends=2)
def test_form_goes_on_working_after_basic_was_used(session: Session) -> None:
    """A client that has just asked by Basic asks by form."""
    session.request_token_by_basic()

    answer = session.request_token(FORM)
    assert answer.status in range(200, 300)


def issued(session: Session, way: str) -> Answer:
    """The answer that carries a token; raises Blocked where none is issued this way."""
    answer = session.request_token() if way == FORM else session.request_token_by_basic()
    if not answer.accepted:
        raise Blocked(Reason.EARLIER_FAILURE, f"no token by {way}: {answer!r}", cause=f"token.{way}")
    return answer


def working(session: Session, way: str) -> Token:
    """A new token that was issued this way and shown to work; raises Blocked."""
    answer = issued(session, way)
    token = session.token_of(answer)
    if token is None:
        raise Blocked(Reason.EARLIER_FAILURE, f"no token in {answer!r}", cause=f"token.{way}")
    session.prove(token)
    return token


@requirement("token.answer")
@pytest.mark.parametrize("way", [FORM, BASIC])
def test_answer_is_json_with_the_three_members(session: Session, way: str) -> None:
    """An object with access_token and token_type as texts, and expires_in."""
    answer = issued(session, way)

    body = answer.json
    assert isinstance(body, dict)
    for name in ("access_token", "token_type", "expires_in"):
        assert answer.member(name) is not ABSENT
    for name in ("access_token", "token_type"):
        assert isinstance(body[name], str)
    assert body["access_token"] != ""


@requirement("token.type-bearer", sends=1)
def test_token_type_is_bearer(token_answer: Answer) -> None:
    """Compared without regard to letter case (RFC 6749 section 5.1)."""
    told = token_answer.member("token_type")
    assert str(told).lower() == "bearer"
    observe("token.type", f"token_type is {told}")
    observe(
        "token.kind", "tokens are JWTs" if decode(str(token_answer.member("access_token"))) else "tokens are opaque"
    )


@requirement("token.expires-in", sends=1)
@pytest.mark.parametrize("way", [FORM, BASIC])
def test_expires_in_tells_four_hours(session: Session, way: str) -> None:
    """A number of seconds from 14340 to 14400: 4 hours, less what has passed since the creation."""
    expires_in = told_lifetime(issued(session, way))

    assert expires_in >= 14_340
    assert expires_in <= 14_400
    observe("token.expires-in", f"expires_in is {expires_in:g}")


def told_lifetime(answer: Answer) -> float:
    """The expires_in of an answer in seconds, also where it is a text; raises Blocked where it is no number."""
    told = answer.member("expires_in")
    try:
        return float(told)
    except (TypeError, ValueError) as error:
        raise Blocked(Reason.EARLIER_FAILURE, f"expires_in is {told!r}", cause="token.answer") from error


@requirement("token.expires-in-integer", sends=1)
def test_expires_in_is_an_integer(token_answer: Answer) -> None:
    """Neither a text nor a fraction."""
    expires_in = token_answer.member("expires_in")
    if expires_in is ABSENT:
        raise Blocked(Reason.EARLIER_FAILURE, f"no expires_in in {token_answer!r}", cause="token.answer")
    assert type(expires_in) is int


@requirement("token.no-bearer-needed", sends=2)
def test_token_request_needs_no_bearer_token(session: Session) -> None:
    """Sent with the credentials and without a bearer token, also by a client that has a valid token already."""
    for _ in range(2):
        answer = session.request_token() if session.way == FORM else session.request_token_by_basic()
        assert answer.status in range(200, 300)


WRONG_SECRETS: dict[str, Callable[[str, str], str]] = {
    "wrong": lambda right, _other: right[::-1] + "x",
    "cut": lambda right, _other: right[:-1],
    "made longer": lambda right, _other: right + "x",
    # Who cuts the credentials at each colon takes the part before this one for the secret.
    "made longer by a colon": lambda right, _other: right + ":x",
    "in the other letter case": lambda right, _other: right.swapcase(),
    "empty": lambda _right, _other: "",
    "another client's": lambda _right, other: other,
}


@requirement("token.right-secret-only", sends=3)
@pytest.mark.parametrize(
    ("kind", "way"),
    [
        ("wrong", FORM),
        ("made longer by a colon", BASIC),
        ("cut", FORM),
        ("made longer", FORM),
        ("in the other letter case", FORM),
        ("another client's", FORM),
        ("empty", FORM),
    ],
)
def test_wrong_secret_gives_no_token(access: Access, guessed: Session, kind: str, way: str) -> None:
    """Asked with the client's own ID and a secret that is not its own; the right one works before and after."""
    others = [session.secret for session in access.sessions.values() if session is not guessed]
    if kind == "another client's" and not others:
        raise NotRun(Reason.NEEDS_CLIENT, "another client's secret needs another client: add one")
    secret = WRONG_SECRETS[kind](guessed.secret, others[0] if others else "")
    if secret == guessed.secret:
        raise NotRun(Reason.NEEDS_CLIENT, f"the secret of client {guessed.name} has no letters")
    if len(secret) > 5:
        access.secrets.register(secret, f"<{kind} secret {guessed.name}>")

    answer = guessed.request_token(way, secret=secret)
    require_judged(answer)
    assert_no_token(answer)
    require_not_locked_out(guessed)


@requirement("token.right-secret-only", sends=2)
def test_missing_secret_gives_no_token(guessed: Session) -> None:
    """Asked with the client's own ID and no client_secret at all."""
    form = {"grant_type": "client_credentials", "client_id": guessed.client.client_id}
    answer = guessed.wire.send(Request("POST", "/Token", form=form), client=guessed.name, repeatable=True)
    require_judged(answer)
    assert_no_token(answer)
    require_not_locked_out(guessed)


@pytest.fixture(scope="session")
def unknown_by_form(guessed: Session) -> Answer:
    """The answer to a client ID that was never given out, as form fields."""
    return guessed.request_token(FORM, client_id=f"{guessed.client.client_id}-unknown")


@pytest.fixture(scope="session")
def unknown_by_basic(guessed: Session) -> Answer:
    """The answer to a client ID that was never given out, as HTTP Basic."""
    return guessed.request_token(BASIC, client_id=f"{guessed.client.client_id}-unknown")


@requirement("token.known-client-only", sends=1)
@needs("client.expendable")
@pytest.mark.parametrize("way", [FORM, BASIC])
def test_unknown_client_gets_no_token(guessed: Session, way: str, request: pytest.FixtureRequest) -> None:
    """Asked with a client ID that was never given out, and the secret of a client that was."""
    answer: Answer = request.getfixturevalue(f"unknown_by_{way}")
    require_judged(answer)
    assert_no_token(answer)
    require_not_locked_out(guessed)


@requirement("token.known-client-only", sends=2)
@needs("client.expendable")
def test_part_of_a_client_id_gives_no_token(access: Access, guessed: Session) -> None:
    """Asked with a client ID that was cut by a letter, and the secret of the whole one."""
    part = guessed.client.client_id[:-1]
    if not part or any(session.client.client_id == part for session in access.sessions.values()):
        raise NotRun(Reason.NEEDS_CLIENT, f"the client ID of {guessed.name}, cut by a letter, is another client's")

    answer = guessed.request_token(guessed.way, client_id=part)
    require_judged(answer)
    assert_no_token(answer)
    require_not_locked_out(guessed)


def require_judged(answer: Answer) -> None:
    """Raise Inconclusive where the refusal is a rate limit and not a judgement."""
    if answer.code == 423:
        raise Inconclusive(Reason.LOCKED_OUT, f"the target has locked the client out: {answer!r}")


def require_not_locked_out(session: Session) -> None:
    """Raise Inconclusive where the right secret no longer works either."""
    answer = session.request_token() if session.way == FORM else session.request_token_by_basic()
    if not answer.accepted:
        raise Inconclusive(Reason.LOCKED_OUT, f"after wrong secrets the right one is refused too: {answer!r}")


@requirement("token.independent", sends=6)
def test_two_tokens_of_one_client_work_side_by_side(session: Session) -> None:
    """The older one is used before and after the younger one was asked for and used."""
    older = session.working_token()
    younger = session.working_token()

    for token in (older, younger, older):
        answer = session.probe(token)
        assert answer.status == 200


@requirement("token.independent", sends=15)
def test_first_of_many_tokens_of_one_client_still_works(session: Session) -> None:
    """So many are asked for after it that a server that remembers a few of each client would have dropped it."""
    first = session.working_token()
    for _ in range(MANY_TOKENS):
        session.new_token()

    answer = session.probe(first)
    assert answer.status == 200


@requirement("token.independent", sends=8)
def test_tokens_of_both_ways_work_side_by_side(session: Session) -> None:
    """One by form, one by Basic, one by form again; each is used after the next has been."""
    by_form = working(session, FORM)
    by_basic = working(session, BASIC)

    answers = [session.probe(by_form)]
    working(session, FORM)
    answers += [session.probe(by_basic), session.probe(by_form)]
    for answer in answers:
        assert answer.status == 200


@requirement("token.own-client", sends=12)
def test_token_by_basic_acts_for_its_own_client_alone(access: Access) -> None:
    """Of two clients of different rights one asks by form and then the other by Basic, and the other way round."""
    pair = distinguishing(access)
    for by_form, by_basic in ((pair.allowed, pair.denied), (pair.denied, pair.allowed)):
        issued(by_form, FORM)
        answer = issued(by_basic, BASIC)
        token = by_basic.token_of(answer)
        if token is None:
            raise Blocked(Reason.EARLIER_FAILURE, f"no token in {answer!r}", cause="token.basic")
        answer = by_basic.ask_with(token, pair.request)
        if answer.code == 401:
            raise Blocked(Reason.EARLIER_FAILURE, f"a token by Basic does not work: {answer!r}", cause="token.basic")
        due = 200 if by_basic is pair.allowed else 403
        assert answer.status == due


@requirement("token.right-secret-only", sends=5)
def test_basic_of_one_client_gives_no_token_of_the_one_in_the_form(access: Access) -> None:
    """One that may not read a list asks by Basic, with the client_id of one that may in the form and no secret of that one."""
    pair = distinguishing(access)
    asking, named = pair.denied, pair.allowed.client.client_id
    # The token is not to be that of whoever asked last.
    asking.new_token()
    asking.wire.secrets.register_basic(asking.client.client_id, asking.secret, f"<basic {asking.name}>")
    form = {"grant_type": "client_credentials", "client_id": named}
    headers = {"Authorization": basic(asking.client.client_id, asking.secret)}

    answer = asking.wire.send(
        Request("POST", "/Token", form=form, headers=headers), client=asking.name, repeatable=True
    )
    token = asking.token_of(answer)
    if token is not None:
        answer = asking.ask_with(token, pair.request)
        assert answer.status not in range(200, 300)


@requirement("oauth.refusal-status", sends=1)
def test_refused_token_request_gets_400_or_401(unknown_by_form: Answer) -> None:
    """Asked with an unknown client ID as form fields."""
    answer = unknown_by_form
    assert answer.status in {400, 401}


@requirement("oauth.refusal-body", sends=1)
def test_refused_token_request_tells_the_error(unknown_by_form: Answer) -> None:
    """The JSON object of the answer has a text as its error member."""
    answer = unknown_by_form
    if answer.accepted:
        raise Inconclusive(Reason.PREPARATION_FAILED, f"the request was not refused: {answer!r}")
    error = answer.member("error")
    assert error is not ABSENT
    assert isinstance(error, str)


@requirement("oauth.basic-challenge", sends=1)
def test_refused_basic_credentials_are_challenged(unknown_by_basic: Answer) -> None:
    """Asked with an unknown client ID as HTTP Basic."""
    answer = unknown_by_basic
    if answer.code != 401:
        raise Blocked(Reason.EARLIER_FAILURE, f"this is no 401: {answer!r}", cause="oauth.refusal-status")
    challenge = answer.headers.get("WWW-Authenticate", ABSENT)
    assert challenge is not ABSENT


@requirement("oauth.grant-type-required", sends=1)
def test_token_request_without_grant_type_gives_no_token(session: Session) -> None:
    """Right credentials, no grant_type."""
    answer = session.request_token(grant_type=None)
    assert_no_token(answer)


@requirement("oauth.grant-type-known", sends=1)
@pytest.mark.parametrize("grant_type", ["password", "refresh_token", "unheard_of"])
def test_unknown_grant_type_gives_no_token(session: Session, grant_type: str) -> None:
    """Right credentials, another grant_type."""
    answer = session.request_token(grant_type=grant_type)
    assert_no_token(answer)


@requirement("oauth.grant-type-once", sends=1)
def test_repeated_grant_type_gives_no_token(session: Session) -> None:
    """Right credentials, grant_type given twice."""
    form = {
        "grant_type": ["client_credentials", "client_credentials"],
        "client_id": session.client.client_id,
        "client_secret": session.secret,
    }
    answer = session.wire.send(Request("POST", "/Token", form=form), client=session.name, repeatable=True)
    assert_no_token(answer)


@requirement("oauth.no-store", sends=1)
def test_token_answer_is_not_to_be_stored(token_answer: Answer) -> None:
    """Cache-Control holds no-store."""
    told = token_answer.headers.get("Cache-Control", ABSENT)
    assert told is not ABSENT
    assert "no-store" in str(told).lower()
