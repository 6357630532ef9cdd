"""Account disabled: no new tokens, existing ones for up to 60 seconds (authentication, Token Lifecycle)."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, NotApplicable
from conformance.suite.marks import Phase, needs, requirement, scenario
from conformance.suite.sweep import ask_everything
from conformance.suite.test_expiry import assert_told_as_documented
from conformance.suite.test_rotation import assert_left_alone
from conformance.suite.test_token import assert_no_token, assert_working_token
from conformance.target.recorder import observe
from conformance.target.session import BASIC, FORM

if TYPE_CHECKING:
    from collections.abc import Generator

    from conformance.suite.exercises import Workshop
    from conformance.suite.stage import Actor, Rotating, Stage
    from conformance.target.timeline import At
    from conformance.target.token import Token

    Steps = Generator[float | At, None, None]

PHASE = Phase.TIMELINE
# The longest a disabling scenario lasts: the window of 60 seconds, what comes after it, the recovery; seconds.
A_WINDOW = 90
MINUTE, HOUR = 60, 3600
# How the refusal of a disabled account's token looks is nowhere documented; both statuses refuse.
REFUSED = (401, 403)


def hours_later(disabling: Rotating) -> tuple[float, ...]:
    """Pauses of some hours in all where the clock can be moved; elsewhere nobody may wait for a leased client so long."""
    return (10 * MINUTE, 2 * HOUR) if disabling.stage.access.administration.movable else ()


# First, because a client that does not recover is lost for all checks after it.
@requirement("disabling.enabling", sends=8)
@needs("disable", "enable")
@scenario(lasts=A_WINDOW + 70)
def test_enabled_account_gets_a_token_that_works(disabling: Rotating) -> Steps:
    """Asked after the enabling, for up to 65 seconds, until a new token is issued and accepted."""
    token = disabling.token()
    disabled = disabling.disable()
    yield disabling.window_over(disabled)
    disabling.probe(token)
    disabling.enable()

    for _ in range(13):
        answer = disabling.session.request_token(disabling.session.way)
        if answer.accepted and (new := disabling.session.token_of(answer)) and disabling.probe(new).code == 200:
            break
        yield 5
    answer = disabling.session.request_token(disabling.session.way)
    assert_working_token(disabling.session, answer)
    old = disabling.probe(token)
    observe(
        "disabling.old-token",
        "works again after the account is enabled" if old.accepted else "stays dead after the account is enabled",
    )


# Early, while a client of the widest rights is free.
@requirement("disabling.tokens-end", sends=40)
@needs("disable", "enable")
@scenario(lasts=A_WINDOW)
def test_token_ends_on_every_operation(disabling: Rotating, workshop: Workshop) -> Steps:
    """Once the 60 seconds are over every documented operation is asked with it."""
    token = disabling.token()
    disabled = disabling.disable()

    yield disabling.window_over(disabled)
    for answer in ask_everything(disabling, token, workshop):
        assert answer.status in REFUSED


@requirement("disabling.no-new-token", sends=6)
@needs("disable", "enable")
@pytest.mark.parametrize("way", [FORM, BASIC])
@scenario(lasts=A_WINDOW)
def test_disabled_account_gets_no_new_token(disabling: Rotating, way: str) -> Steps:
    """Asked with the right secret right after the disabling, once the 60 seconds are over, and hours later where that costs nothing."""
    disabling.token()
    disabled = disabling.disable()

    moments: list[float | At] = [0, disabling.window_over(disabled), *hours_later(disabling)]
    for moment in moments:
        yield moment
        answer = disabling.session.request_token(way)
        assert_no_token(answer)


@requirement("disabling.tokens-end", sends=25)
@needs("disable", "enable")
@scenario(lasts=A_WINDOW)
def test_token_in_constant_use_ends(disabling: Rotating) -> Steps:
    """Used every five seconds from before the disabling on: use must not keep a token alive."""
    token = disabling.token()
    disabled = disabling.disable()

    yield from disabling.watch(token, disabled, every=5)
    yield disabling.window_over(disabled)
    answer = disabling.probe(token)
    assert answer.status in REFUSED


@requirement("disabling.tokens-end", sends=12)
@needs("disable", "enable")
@scenario(lasts=A_WINDOW)
def test_token_in_occasional_use_ends(disabling: Rotating) -> Steps:
    """Used every twenty seconds, just often enough for a cache whose age restarts with each use."""
    token = disabling.token()
    disabled = disabling.disable()

    yield from disabling.watch(token, disabled, every=20)
    yield disabling.window_over(disabled)
    answer = disabling.probe(token)
    assert answer.status in REFUSED


@requirement("disabling.tokens-end", sends=6)
@needs("disable", "enable")
@scenario(lasts=A_WINDOW)
def test_idle_tokens_end(disabling: Rotating) -> Steps:
    """Two tokens that were used before the disabling, the younger one by Basic, and neither until the 60 seconds are over."""
    older, younger = disabling.token(), disabling.token_preferably(BASIC)
    disabled = disabling.disable()

    yield disabling.window_over(disabled)
    answer = disabling.probe(older)
    assert answer.status in REFUSED
    answer = disabling.probe(younger)
    assert answer.status in REFUSED


@requirement("disabling.tokens-end", sends=5)
@needs("disable", "enable")
@scenario(lasts=A_WINDOW)
def test_token_that_was_never_used_ends(disabling: Rotating) -> Steps:
    """Issued right before the disabling and not used until the 60 seconds are over."""
    token = disabling.unused_token()
    disabled = disabling.disable()

    yield disabling.window_over(disabled)
    answer = disabling.probe(token)
    assert answer.status in REFUSED


@requirement("disabling.tokens-end", sends=8)
@needs("disable", "enable")
@scenario(lasts=A_WINDOW)
def test_older_of_two_tokens_ends(disabling: Rotating) -> Steps:
    """The younger one is used all the time, the older one, by an hour where that costs nothing, not until the 60 seconds are over."""
    older = disabling.unused_token()
    if disabling.stage.access.administration.movable:
        yield HOUR
    younger = disabling.token()
    disabled = disabling.disable()

    yield from disabling.watch(younger, disabled, every=15)
    yield disabling.window_over(disabled)
    answer = disabling.probe(older)
    assert answer.status in REFUSED


@requirement("disabling.tokens-end", sends=12)
@needs("disable", "enable")
@scenario(lasts=A_WINDOW + 2 * MINUTE)
def test_refused_token_stays_refused(disabling: Rotating) -> Steps:
    """Asked over and over in the two minutes after the 60 seconds, and hours later where that costs nothing."""
    token = disabling.token()
    disabled = disabling.disable()

    moments: list[float | At] = [disabling.window_over(disabled), 40, 40, 40, *hours_later(disabling)]
    for moment in moments:
        yield moment
        answer = disabling.probe(token)
        assert answer.status in REFUSED


@requirement("disabling.tokens-end", sends=10)
@needs("disable", "enable", "rotate")
@scenario(lasts=A_WINDOW)
def test_tokens_end_although_the_secret_was_rotated_before(disabling: Rotating) -> Steps:
    """One token of the old secret and one of the new one; then the account is disabled."""
    disabling.stage.access.administration.require_rotation(disabling.session)
    old = disabling.token()
    disabling.rotate_secret()
    new = disabling.token()
    disabled = disabling.disable()

    yield disabling.window_over(disabled)
    for token in (old, new):
        answer = disabling.probe(token)
        assert answer.status in REFUSED


@requirement("disabling.no-new-token", sends=6)
@needs("disable", "enable", "rotate")
@scenario(lasts=A_WINDOW)
def test_new_secret_of_a_disabled_account_gets_no_token(disabling: Rotating) -> Steps:
    """Its secret is rotated while the account is disabled; asked with the new one, at once and when the 60 seconds are over."""
    disabling.stage.access.administration.require_rotation(disabling.session)
    disabling.require_way(disabling.session.way)
    disabled = disabling.disable()
    try:
        disabling.rotate_secret()
    except Blocked as refusal:
        message = f"the secret of a disabled account is not rotated: {refusal}"
        raise NotApplicable(Reason.NOT_CHECKABLE, message) from refusal

    for moment in (0, disabling.window_over(disabled)):
        yield moment
        answer = disabling.session.request_token(disabling.session.way)
        assert_no_token(answer)


@requirement("errors.shape", sends=4)
@needs("disable", "enable")
@scenario(lasts=A_WINDOW)
def test_refusal_of_a_disabled_account_has_the_three_members(disabling: Rotating) -> Steps:
    """The answer to its token once the 60 seconds are over, where it is refused."""
    token = disabling.token()
    disabled = disabling.disable()

    yield disabling.window_over(disabled)
    assert_told_as_documented(disabling.probe(token))


def tokens_of_all(
    disabling: Rotating, bystander: Actor, stage: Stage
) -> Generator[float | At, None, tuple[Token, list[tuple[Actor, Token]]]]:
    """A token of the client to be disabled and of each other one; asked for again where an account was just disabled."""
    for pause in (15, 15, 15, 15):
        with suppress(Blocked):
            return disabling.token(), [(bystander, bystander.token()), *stage.bystanders()]
        yield pause
    return disabling.token(), [(bystander, bystander.token()), *stage.bystanders()]


@requirement("disabling.other-clients", sends=150)
@needs("disable", "enable")
@scenario(lasts=A_WINDOW)
def test_disabling_leaves_another_client_alone(disabling: Rotating, bystander: Actor, stage: Stage) -> Steps:
    """Every other client's token works right after the disabling and once the 60 seconds are over, and so does its secret."""
    own, tokens = yield from tokens_of_all(disabling, bystander, stage)
    disabled = disabling.disable()

    assert_left_alone(*tokens[0])
    yield disabling.window_over(disabled)
    # A server that remembers what it reads of an account reads the disabled one now.
    disabling.probe(own)
    for actor, token in tokens:
        assert_left_alone(actor, token)
