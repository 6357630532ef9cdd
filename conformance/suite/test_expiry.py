"""A token is valid for 4 hours from its creation, and no longer (authentication, Token Lifecycle)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked
from conformance.suite.marks import Phase, needs, requirement, scenario
from conformance.suite.sweep import ask_everything
from conformance.suite.test_token import assert_working_token, told_lifetime
from conformance.suite.together import distinguishing
from conformance.target.recorder import observe
from conformance.target.session import BASIC
from conformance.target.token import LIFETIME

if TYPE_CHECKING:
    from collections.abc import Generator

    from conformance.suite.exercises import Workshop
    from conformance.suite.stage import Actor, Stage
    from conformance.target.answer import Answer
    from conformance.target.timeline import At

    Steps = Generator[float | At, None, None]

PHASE = Phase.TIMELINE
MINUTE, HOUR = 60, 3600
A_LIFETIME = LIFETIME + 60
A_WHILE = 10 * MINUTE + 10


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


@requirement("expiry.four-hours", sends=7)
@needs("advance")
@scenario(lasts=A_LIFETIME)
def test_token_by_basic_in_use_is_valid_for_four_hours(anyone: Actor) -> Steps:
    """Asked for by Basic where that gives one; used every hour, the last time shortly before 4 hours have passed."""
    token = anyone.token_preferably(BASIC)

    for hours in (1, 2, 3):
        yield anyone.at_age(token, hours * HOUR + MINUTE)
        answer = anyone.probe(token)
        assert answer.status == 200

    yield anyone.shortly_before_end(token)
    answer = anyone.probe_in_time(token, age=LIFETIME - 1)
    assert answer.status == 200


@requirement("expiry.four-hours", sends=30)
@needs("advance")
@scenario(lasts=A_LIFETIME)
def test_tokens_of_clients_of_every_kind_are_valid_for_four_hours(anyone: Actor, stage: Stage) -> Steps:
    """One read-only, one limited to warehouses, one to reports, and so on; used every hour and shortly before the end."""
    tokens = [(actor, actor.token()) for actor in stage.one_of_each_kind()]
    oldest, youngest = tokens[0][1], tokens[-1][1]

    for hours in (1, 2, 3):
        yield anyone.at_age(youngest, hours * HOUR + MINUTE)
        for actor, token in tokens:
            answer = actor.probe(token)
            assert answer.status == 200

    yield anyone.shortly_before_end(oldest)
    for actor, token in tokens:
        answer = actor.probe_in_time(token, age=LIFETIME - 1)
        assert answer.status == 200


@requirement("expiry.four-hours", sends=1)
@scenario(lasts=0)
def test_no_token_of_this_run_ended_early(anyone: Actor, stage: Stage) -> Steps:
    """Those of the clients that are neither rotated nor disabled, however often each was used."""
    anyone.session.prove(anyone.session.token())
    for session in stage.access.sessions.values():
        if session.refused_early is not None:
            answer = session.refused_early
            assert answer.status == 200
    yield 0


@requirement("expiry.idle", sends=12)
@needs("advance")
@scenario(lasts=A_LIFETIME)
def test_unused_tokens_of_clients_of_every_kind_are_valid_shortly_before_four_hours(
    anyone: Actor, stage: Stage
) -> Steps:
    """One read-only, one limited to warehouses, one to reports, and so on, and one that has its token by Basic."""
    tokens = [(actor, actor.unused_token()) for actor in stage.one_of_each_kind()]
    tokens.append((anyone, anyone.token_preferably(BASIC)))

    yield anyone.shortly_before_end(tokens[0][1])
    for actor, token in tokens:
        answer = actor.probe_in_time(token, age=LIFETIME - 1)
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
    """Used every ten minutes to the end: use does not put off the end, whatever the target remembers of it.

    A little more than ten: a server that trusts what it found for ten minutes, or thirty, looks again in the last of them.
    """
    token = anyone.token()
    for age in range(A_WHILE, LIFETIME - A_WHILE // 2, A_WHILE):
        yield anyone.at_age(token, age)
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
    for pause in (0, 0, HOUR):
        yield pause
        answer = anyone.probe(token)
        assert answer.status == 401


@requirement("expiry.ends", sends=16)
@needs("advance")
@scenario(lasts=A_LIFETIME)
def test_tokens_of_clients_of_every_kind_expire(anyone: Actor, stage: Stage) -> Steps:
    """One read-only, one limited to warehouses, one to reports, and so on, and one that has its token by Basic."""
    tokens = [(actor, actor.token()) for actor in stage.one_of_each_kind()]
    youngest = anyone.token_preferably(BASIC)

    yield anyone.shortly_after_end(youngest)
    for actor, token in (*tokens, (anyone, youngest)):
        answer = actor.probe(token)
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


@requirement("errors.shape", sends=3)
@needs("advance")
@scenario(lasts=A_LIFETIME)
def test_refusal_of_an_expired_token_has_the_three_members(anyone: Actor) -> Steps:
    """The answer to a token shortly after 4 hours have passed, where it is refused."""
    token = anyone.token()

    yield anyone.shortly_after_end(token)
    assert_told_as_documented(anyone.probe(token))


@requirement("errors.code-fits-status", sends=3)
@needs("advance")
@scenario(lasts=A_LIFETIME)
def test_code_of_an_expired_token_is_that_of_its_status(anyone: Actor) -> Steps:
    """The table of codes has unauthorized for 401, and names the expired token there."""
    token = anyone.token()

    yield anyone.shortly_after_end(token)
    answer = anyone.probe(token)
    if answer.code != 401 or not isinstance(answer.member("error"), str):
        raise Blocked(Reason.EARLIER_FAILURE, f"no refusal with a code: {answer!r}", cause="expiry.ends")
    assert answer.member("error") == "unauthorized"


def assert_told_as_documented(answer: Answer) -> None:
    """A refusal is an object with statusCode, an integer, and error and message, texts; raises Blocked for a success."""
    if answer.accepted:
        raise Blocked(Reason.EARLIER_FAILURE, f"the token is not refused: {answer!r}", cause="expiry.ends")
    types = {name: type(answer.member(name)) for name in ("statusCode", "error", "message")}
    assert types == {"statusCode": int, "error": str, "message": str}


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


@requirement("expiry.renewal", sends=60)
@needs("advance")
@scenario(lasts=A_LIFETIME)
def test_after_the_end_a_new_token_works(anyone: Actor, stage: Stage) -> Steps:
    """Clients ask for a new one as their old one has expired, and use it; of some the last token may be a younger one."""
    tokens = [*stage.bystanders(), (anyone, anyone.token())]
    yield anyone.shortly_after_end(tokens[-1][1])
    for actor, token in tokens:
        actor.probe(token)

        answer = actor.session.request_token(actor.session.way)
        assert_working_token(actor.session, answer)


@requirement("token.expires-in", sends=2)
@scenario(lasts=0)
def test_expires_in_of_a_later_token_tells_four_hours_too(anyone: Actor) -> Steps:
    """Asked by a client that has a token already: an hour old where the clock can be moved, else a new one."""
    anyone.unused_token()
    if anyone.stage.access.administration.movable:
        yield HOUR

    answer = anyone.request_token(anyone.session.way)
    expires_in = told_lifetime(answer)
    assert expires_in >= 14_340
    assert expires_in <= 14_400


@requirement("token.own-client", sends=8)
@scenario(lasts=0)
def test_token_still_acts_for_its_own_client_later(stage: Stage) -> Steps:
    """Two clients of different rights; an hour later, where the clock can be moved, each gets a newer token in between."""
    pair = distinguishing(stage.access)
    tokens = {session.name: session.new_token() for session in (pair.allowed, pair.denied)}
    if stage.access.administration.movable:
        yield HOUR + MINUTE

    for session, other, due in ((pair.allowed, pair.denied, 200), (pair.denied, pair.allowed, 403)):
        other.new_token()
        answer = session.ask_with(tokens[session.name].value, pair.request)
        if answer.code == 401:
            raise Blocked(Reason.EARLIER_FAILURE, f"the token has ended: {answer!r}", cause="expiry.four-hours")
        assert answer.status == due
