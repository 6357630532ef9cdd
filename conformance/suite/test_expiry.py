"""A token is valid for 4 hours from its creation, and no longer (authentication, Token Lifecycle)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.suite.marks import Phase, needs, requirement, scenario
from conformance.suite.sweep import ask_everything
from conformance.target.recorder import observe
from conformance.target.token import LIFETIME

if TYPE_CHECKING:
    from collections.abc import Generator

    from conformance.suite.exercises import Workshop
    from conformance.suite.stage import Actor
    from conformance.target.timeline import At

    Steps = Generator[float | At, None, None]

PHASE = Phase.TIMELINE
HOUR = 3600
A_LIFETIME = LIFETIME + 60


@requirement("expiry.four-hours", sends=30)
@needs("advance")
@scenario(lasts=A_LIFETIME)
def test_token_in_use_is_valid_for_four_hours(anyone: Actor) -> Steps:
    """Used every ten minutes, the last time shortly before 4 hours have passed."""
    token = anyone.token()

    for minutes in range(10, 240, 10):
        yield anyone.at_age(token, minutes * 60)
        answer = anyone.probe(token)
        assert answer.status == 200

    yield anyone.shortly_before_end(token)
    answer = anyone.probe_in_time(token, age=LIFETIME - 1)
    assert answer.status == 200


@requirement("expiry.idle", sends=3)
@needs("advance")
@scenario(lasts=A_LIFETIME)
def test_token_that_was_never_used_is_valid_shortly_before_four_hours(anyone: Actor) -> Steps:
    """Its first use comes shortly before 4 hours have passed."""
    token = anyone.unused_token()

    yield anyone.shortly_before_end(token)
    answer = anyone.probe_in_time(token, age=LIFETIME - 1)
    assert answer.status == 200


@requirement("expiry.idle", sends=4)
@needs("advance")
@scenario(lasts=A_LIFETIME)
def test_token_that_was_used_once_is_valid_shortly_before_four_hours(anyone: Actor) -> Steps:
    """Used right after it was issued, and then not until shortly before 4 hours have passed."""
    token = anyone.token()

    yield anyone.shortly_before_end(token)
    answer = anyone.probe_in_time(token, age=LIFETIME - 1)
    assert answer.status == 200


@requirement("expiry.ends", sends=30)
@needs("advance")
@scenario(lasts=A_LIFETIME)
def test_token_in_use_expires(anyone: Actor) -> Steps:
    """Used every ten minutes to the end: use does not put off the end. Asked again an hour and a day later."""
    token = anyone.token()
    for minutes in range(10, 240, 10):
        yield anyone.at_age(token, minutes * 60)
        anyone.probe(token)
    yield anyone.shortly_before_end(token)
    before = anyone.probe(token)

    yield anyone.shortly_after_end(token)
    answer = anyone.probe(token)
    assert answer.status == 401
    if before.code == 200:
        observe(
            "expiry.lifetime",
            lifetime(before.asked.sent - token.issued.sent, answer.asked.received - token.issued.sent),
        )


def lifetime(accepted: float, refused: float) -> str:
    """What was observed of a token's lifetime."""
    return f"a token ends between {accepted:.0f} s and {refused:.0f} s after it was requested"


@requirement("expiry.ends", sends=3)
@needs("advance")
@scenario(lasts=A_LIFETIME)
def test_token_that_was_never_used_expires(anyone: Actor) -> Steps:
    """Its first use comes shortly after 4 hours have passed."""
    token = anyone.unused_token()

    yield anyone.shortly_after_end(token)
    answer = anyone.probe(token)
    assert answer.status == 401


@requirement("expiry.ends", sends=4)
@needs("advance")
@scenario(lasts=A_LIFETIME + 2 * HOUR)
def test_expired_token_stays_expired(anyone: Actor) -> Steps:
    """Asked shortly after the end, twice in a row, and an hour later; a newer token of the client works meanwhile."""
    token = anyone.token()
    yield anyone.shortly_after_end(token)
    anyone.token()
    answer = anyone.probe(token)
    assert answer.status == 401
    answer = anyone.probe(token)
    assert answer.status == 401

    yield HOUR
    answer = anyone.probe(token)
    assert answer.status == 401


@requirement("expiry.ends", sends=40)
@needs("advance")
@scenario(lasts=A_LIFETIME)
def test_expired_token_gets_401_on_every_operation(anyone: Actor, workshop: Workshop) -> Steps:
    """Every documented operation is asked with it, shortly after 4 hours have passed."""
    token = anyone.token()

    yield anyone.shortly_after_end(token)
    for answer in ask_everything(anyone, token, workshop):
        assert answer.status == 401


@requirement("expiry.own-end", sends=12)
@needs("advance")
@scenario(lasts=A_LIFETIME + 2 * HOUR)
def test_tokens_end_each_at_its_own_time(anyone: Actor) -> Steps:
    """A second one is issued an hour after the first, a third another hour later; each is asked around its own end."""
    first = anyone.token()
    yield HOUR
    second = anyone.token()
    yield HOUR
    third = anyone.token()

    for ending, lasting in ((first, second), (second, third)):
        yield anyone.shortly_before_end(ending)
        answer = anyone.probe_in_time(ending, age=LIFETIME - 1)
        assert answer.status == 200
        yield anyone.shortly_after_end(ending)
        answer = anyone.probe(ending)
        assert answer.status == 401
        answer = anyone.probe(lasting)
        assert answer.status == 200


@requirement("expiry.own-end", sends=6)
@needs("advance")
@scenario(lasts=A_LIFETIME)
def test_new_token_does_not_extend_an_older_one(anyone: Actor) -> Steps:
    """A new one is issued shortly before the older one's end; the older one ends all the same."""
    older = anyone.token()
    yield anyone.shortly_before_end(older)
    anyone.token()

    yield anyone.shortly_after_end(older)
    answer = anyone.probe(older)
    assert answer.status == 401


@requirement("expiry.renewal", sends=5)
@needs("advance")
@scenario(lasts=A_LIFETIME)
def test_after_the_end_a_new_token_works(anyone: Actor) -> Steps:
    """The client asks for a new one as its old one has expired, and uses it."""
    token = anyone.token()
    yield anyone.shortly_after_end(token)
    anyone.probe(token)

    answer = anyone.session.request_token(anyone.session.way)
    assert answer.status in range(200, 300)
    new = anyone.session.token_of(answer)
    assert new is not None
    answer = anyone.probe(new)
    assert answer.status == 200
