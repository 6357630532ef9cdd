"""Credentials rotated: the new secret counts, tokens live on until they expire (authentication, Token Lifecycle)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked
from conformance.suite.marks import Phase, needs, requirement, scenario
from conformance.suite.test_token import assert_no_token, assert_working_token
from conformance.target.session import BASIC, FORM
from conformance.target.token import LIFETIME

if TYPE_CHECKING:
    from collections.abc import Generator

    from conformance.suite.exercises import Workshop
    from conformance.suite.stage import Actor, Rotating, Stage
    from conformance.target.timeline import At

    Steps = Generator[float | At, None, None]
    from conformance.target.token import Token

PHASE = Phase.TIMELINE
MINUTE, HOUR = 60, 3600
A_LIFETIME = LIFETIME + 60
# Until the rotations of the scenarios that begin at the same time are over; seconds.
A_PAUSE = 30


@requirement("rotation.new-secret", sends=6)
@needs("rotate")
@pytest.mark.parametrize("way", [FORM, BASIC])
@scenario(lasts=0)
def test_new_secret_gives_a_working_token(rotating: Rotating, way: str) -> Steps:
    """Asked right after the rotation; the old secret gave one before."""
    rotating.require_way(way)
    rotating.rotate_secret()

    answer = rotating.request_token(way)
    assert_working_token(rotating.session, answer)
    yield 0


@requirement("rotation.new-secret", sends=6)
@needs("rotate")
@scenario(lasts=0)
def test_secret_of_a_second_rotation_gives_a_token(rotating: Rotating) -> Steps:
    """Rotated twice in a row; the newest secret is asked with."""
    rotating.rotate_secret()
    rotating.rotate_secret()

    answer = rotating.request_token(rotating.session.way)
    assert answer.status in range(200, 300)
    yield 0


@requirement("rotation.new-secret", sends=6)
@needs("rotate", "advance")
@scenario(lasts=2 * HOUR)
def test_new_secret_still_gives_a_token_later(rotating: Rotating) -> Steps:
    """Asked ten minutes and two hours after the rotation."""
    rotating.rotate_secret()

    for wait in (10 * MINUTE, 2 * HOUR - 10 * MINUTE):
        yield wait
        answer = rotating.request_token(rotating.session.way)
        assert answer.status in range(200, 300)


@requirement("rotation.old-secret", sends=4)
@needs("rotate")
@pytest.mark.parametrize("way", [FORM, BASIC])
@scenario(lasts=0)
def test_old_secret_gives_no_token(rotating: Rotating, way: str) -> Steps:
    """Asked right after the rotation; the new secret works meanwhile."""
    old = rotating.rotate_secret()

    answer = rotating.session.request_token(way, secret=old)
    rotating.unused_token()
    assert_no_token(answer)
    yield 0


@requirement("rotation.old-tokens-live-on", sends=9)
@needs("rotate", "advance")
@scenario(lasts=A_LIFETIME)
def test_token_issued_before_rotation_keeps_working(rotating: Rotating) -> Steps:
    """Asked right after the rotation, minutes and hours later, and shortly before the token's own end."""
    token = rotating.token()
    rotating.rotate_secret()

    answer = rotating.probe(token)
    assert answer.status == 200
    ages = (MINUTE, 5 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR)
    for moment in (*(rotating.at_age(token, age) for age in ages), rotating.shortly_before_end(token)):
        yield moment
        answer = rotating.probe_in_time(token, age=LIFETIME - 1)
        assert answer.status == 200


@requirement("rotation.old-tokens-live-on", sends=7)
@needs("rotate")
@scenario(lasts=0)
def test_token_works_right_after_rotation(rotating: Rotating) -> Steps:
    """Tokens that were in use, by form and by Basic, and one that was never used, all issued with the old secret."""
    tokens = (rotating.token(), rotating.token_preferably(BASIC), rotating.unused_token())
    rotating.rotate_secret()

    for token in tokens:
        answer = rotating.probe(token)
        assert answer.status == 200
    yield 0


@requirement("rotation.old-tokens-live-on", sends=6)
@needs("rotate", "limits.writes")
@scenario(lasts=0)
def test_token_still_writes_after_rotation(rotating: Rotating, workshop: Workshop) -> Steps:
    """A write that the client may do, with a token of the old secret; where it is refused, a new token tells whether it would be, too."""
    write = workshop.some_write(rotating.session)
    token = rotating.token()
    rotating.rotate_secret()

    answer = rotating.session.ask_with(token, write.request)
    if answer.accepted:
        write.undo()
    elif (
        answer.code in {401, 403}
        and rotating.session.ask_with(rotating.unused_token(), write.request).code == answer.code
    ):
        raise Blocked(
            Reason.CONTROL_REQUEST_REFUSED, f"it is refused anyway: {answer!r}", cause="authorization.granted"
        )
    assert answer.status not in {401, 403}
    yield 0


@requirement("rotation.old-tokens-live-on", sends=5)
@needs("rotate", "advance")
@scenario(lasts=A_LIFETIME)
def test_token_that_is_not_used_outlives_rotation(rotating: Rotating) -> Steps:
    """Never used before the rotation and not after it, until shortly before its own end."""
    token = rotating.unused_token()
    rotating.rotate_secret()

    yield rotating.shortly_before_end(token)
    answer = rotating.probe_in_time(token, age=LIFETIME - 1)
    assert answer.status == 200


@requirement("rotation.old-tokens-live-on", sends=9)
@needs("rotate", "advance")
@scenario(lasts=A_LIFETIME)
def test_tokens_of_two_earlier_secrets_keep_working(rotating: Rotating) -> Steps:
    """One issued an hour before the first rotation, one between the first and the second; new tokens are issued meanwhile."""
    first = rotating.token()
    yield rotating.at_age(first, HOUR)
    rotating.rotate_secret()
    second = rotating.token()
    rotating.rotate_secret()
    rotating.token()

    for age in (0, 10 * MINUTE, 2 * HOUR):
        yield rotating.at_age(second, age)
        for token in (first, second):
            answer = rotating.probe(token)
            assert answer.status == 200


@requirement("rotation.old-tokens-end", sends=5)
@needs("rotate", "advance")
@scenario(lasts=A_LIFETIME)
def test_token_issued_before_rotation_ends_at_its_own_time(rotating: Rotating) -> Steps:
    """Rotated when the token is two hours old, and used since: it ends 4 hours after its creation all the same."""
    token = rotating.token()
    yield rotating.at_age(token, 2 * HOUR)
    rotating.rotate_secret()
    rotating.probe(token)
    yield rotating.at_age(token, 3 * HOUR)
    rotating.probe(token)

    yield rotating.shortly_after_end(token)
    answer = rotating.probe(token)
    assert answer.status == 401


@requirement("rotation.old-tokens-end", sends=5)
@needs("rotate", "advance")
@scenario(lasts=A_LIFETIME)
def test_token_ends_although_its_secret_was_rotated_right_away(rotating: Rotating) -> Steps:
    """Rotated right after the token was issued."""
    token = rotating.token()
    rotating.rotate_secret()

    yield rotating.shortly_after_end(token)
    answer = rotating.probe(token)
    assert answer.status == 401


@requirement("rotation.other-clients", sends=140)
@needs("rotate")
@scenario(lasts=A_PAUSE)
def test_rotation_leaves_another_client_alone(rotating: Rotating, bystander: Actor, stage: Stage) -> Steps:
    """Every other client that got a token before the first rotation: the token works, its secret still gives a new one."""
    rotating.require_way(rotating.session.way)
    yield A_PAUSE
    tokens = [(bystander, bystander.token()), *stage.bystanders()]
    rotating.rotate_secret()

    for actor, token in tokens:
        answer = actor.probe(token)
        assert answer.status == 200
    for actor in stage.before_first_rotation or [bystander]:
        answer = actor.request_token(actor.session.way)
        assert answer.status in range(200, 300)


@requirement("rotation.other-clients", sends=7)
@needs("rotate", "advance")
@scenario(lasts=3 * HOUR)
def test_rotation_leaves_another_client_alone_hours_later(rotating: Rotating, bystander: Actor) -> Steps:
    """Another client's token works minutes and hours after the rotation, and its secret still gives a new one."""
    token = bystander.token()
    rotating.rotate_secret()

    for age in (10 * MINUTE, 3 * HOUR):
        yield bystander.at_age(token, age)
        assert_left_alone(bystander, token)


def assert_left_alone(actor: Actor, token: Token) -> None:
    """A client's token works, and its secret gives a new one."""
    answer = actor.probe(token)
    assert answer.status == 200
    answer = actor.request_token(actor.session.way)
    assert answer.status in range(200, 300)
