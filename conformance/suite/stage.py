"""Who plays in the scenarios: clients that stay as they are, clients that are leased to be rotated or disabled."""

from __future__ import annotations

import inspect
import math
import threading
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, Inconclusive, NoAnswerError, NotRun, Undecided
from conformance.target.recorder import CURRENT, Evidence, observe
from conformance.target.session import BASIC, FORM
from conformance.target.timeline import At, NoLease, Play, Timeline
from conformance.target.token import LIFETIME, Token

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from conformance.suite.exercises import Workshop
    from conformance.target.access import Access
    from conformance.target.answer import Answer
    from conformance.target.clock import Interval
    from conformance.target.session import Session
    from conformance.target.timeline import Lease

    Steps = Generator[float | At, None, None]

# Existing tokens of a disabled account may go on for this long (authentication, Token Lifecycle); seconds.
CACHE_WINDOW = 60
# How long a client may take to work again after it was enabled, before it is left alone; seconds.
RECOVERY = 65
# How often a token that works is asked with again, before it is taken to work everywhere.
ASKED_AGAIN = 4
SMALLEST_MARGIN = 5.0
# So many other clients are looked at to see whether one client's rotation or disabling leaves them alone.
MOST_BYSTANDERS = 40


class Actor:
    """A client on the stage."""

    def __init__(self, stage: Stage, session: Session) -> None:
        self.stage = stage
        self.session = session

    @property
    def name(self) -> str:
        """The client's name in the target file."""
        return self.session.name

    def token(self) -> Token:
        """A new token that was shown to work; raises Blocked."""
        return self.session.working_token()

    def token_preferably(self, way: str) -> Token:
        """A new token that was shown to work, by this way where it gives one, else by the usual; raises Blocked."""
        token = self.session.token_of(self.request_token(way))
        if token is None:
            return self.token()
        self.session.prove(token)
        return token

    def request_token(self, way: str) -> Answer:
        """Ask for a token with the present secret; judges nothing."""
        return self.session.request_token() if way == FORM else self.session.request_token_by_basic()

    def unused_token(self) -> Token:
        """A new token that has never been used; raises Blocked."""
        return self.session.new_token()

    def probe(self, token: Token) -> Answer:
        """Ask with a token for something that the client may read."""
        return self.session.probe(token)

    def probe_in_time(self, token: Token, *, age: float) -> Answer:
        """The same, where the answer says something only if it was asked before the token reached an age (seconds)."""
        answer = self.probe(token)
        if answer.asked.received > token.age_not_reached(age) and answer.code == 401:
            late = answer.asked.received - token.age_not_reached(age)
            raise Inconclusive(Reason.UNCERTAIN_TIME, f"asked {late:.1f} s too late to tell anything: {answer!r}")
        return answer

    def shortly_before_end(self, token: Token) -> At:
        """The moment to ask whether a token is still valid."""
        return At(token.age_not_reached(LIFETIME - self.stage.margin))

    def shortly_after_end(self, token: Token) -> At:
        """The moment to ask whether a token has expired."""
        return At(token.age_reached(LIFETIME + self.stage.margin))

    def at_age(self, token: Token, seconds: float) -> At:
        """The moment at which a token is so many seconds old."""
        return At(token.age_reached(seconds))


class Rotating(Actor):
    """An expendable client whose secret may be rotated."""

    def require_way(self, way: str) -> None:
        """Raise Blocked unless the client got a token this way before the first of its rotations."""
        answer = self._answers_before_rotation()[way]
        if not answer.accepted:
            raise Blocked(Reason.EARLIER_FAILURE, f"no token by {way}: {answer!r}", cause=f"token.{way}")

    def _answers_before_rotation(self) -> dict[str, Answer]:
        """What each way gave before anything was done to the client."""
        kept = self.stage.before_rotation
        if self.name not in kept:
            # Asked for all checks of the client, and evidence of none.
            asking = CURRENT.set(Evidence())
            try:
                kept[self.name] = {way: self.request_token(way) for way in (FORM, BASIC)}
                self.stage.note_bystanders()
            finally:
                CURRENT.reset(asking)
        return kept[self.name]

    def rotate_secret(self) -> str:
        """Rotate the secret and return the old one; raises Blocked."""
        self._answers_before_rotation()
        return self.stage.access.administration.rotate(self.session)

    def disable(self) -> Interval:
        """Disable the account and return when; raises Blocked."""
        return self.stage.access.administration.disable(self.session)

    def enable(self) -> None:
        """Enable the account again; raises Blocked."""
        self.stage.access.administration.enable(self.session)

    def window_over(self, disabled: Interval) -> At:
        """The moment from which no token of a disabled account may work."""
        return At(disabled.received + CACHE_WINDOW + self.stage.margin)

    def watch(self, token: Token, disabled: Interval, every: float) -> Generator[At, None, None]:
        """Use a token every so many seconds through the cache window, and note when it was first refused."""
        last, first = 0.0, None
        moment = disabled.received
        while moment < disabled.received + CACHE_WINDOW:
            answer = self.probe(token)
            if answer.code in {401, 403}:
                first = answer.asked.sent - disabled.sent if first is None else first
            elif answer.accepted and first is None:
                last = answer.asked.received - disabled.sent
            moment += every
            yield At(moment)
        ends = f"still works {last:.0f} s" if first is None else f"ends between {last:.0f} s and {first:.0f} s"
        observe("disabling.window", f"a token in use {ends} after its account is disabled")


class RotationLease:
    """The client that all rotation scenarios share; its secret is used by one step at a time."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.guard: AbstractContextManager[object] = stage.rotation_guard

    def acquire(self) -> bool:
        """Take a share once no scenario needs the client for itself."""
        if self._stage.rotating is None:
            self._stage.rotating = self._stage.take_for_rotation()
            if self._stage.rotating is None:
                return False
        self._stage.rotation_shares += 1
        return True

    def release(self) -> Steps:
        """Give the share back."""
        self._stage.rotation_shares -= 1
        if self._stage.rotation_shares == 0 and self._stage.rotating is not None:
            self._stage.set_free(self._stage.rotating)
            self._stage.rotating = None
        yield from ()


class ExclusiveLease:
    """An expendable client for one scenario alone; `widest`: for one that asks for more than its probe."""

    guard: AbstractContextManager[object] = nullcontext()

    def __init__(self, stage: Stage, *, widest: bool) -> None:
        self._stage = stage
        self._widest = widest
        self.session: Session | None = None

    def acquire(self) -> bool:
        """Take a client that nobody has."""
        self.session = self._stage.take_exclusively(widest=self._widest)
        if self.session is not None:
            self.session.leased = True
        return self.session is not None

    def release(self) -> Steps:
        """Enable the account and wait until a new token works; a client that does not recover is used no more."""
        session = self.session
        assert session is not None
        try:
            self._stage.access.administration.enable(session)
            yield from self._recover(session)
        except (Undecided, NoAnswerError) as error:
            session.unusable = f"client {session.name} did not work again after it was enabled: {error}"
        session.leased = False
        if session.unusable is None:
            self._stage.set_free(session)

    def _recover(self, session: Session) -> Steps:
        session.forget_token()
        started = session.moment().sent
        # Several servers may answer in turn, each with a cache of its own: where it costs nothing all of them are waited for.
        if "advance" in self._stage.access.administration.actions:
            yield CACHE_WINDOW
        while not works(session):
            if session.moment().sent > started + RECOVERY:
                session.unusable = f"client {session.name} did not work again within {RECOVERY} s after it was enabled"
                return
            yield 5.0


def works(session: Session) -> bool:
    """Whether a client gets a token and the token works, each time that it is asked with.

    Several servers may answer in turn, each with a memory of its own: what one of them says does not hold for the next.
    """
    try:
        token = session.working_token()
        for _ in range(ASKED_AGAIN):
            session.prove(token)
    except Blocked as blocked:
        if blocked.reason is Reason.TARGET_LOST:
            raise
        return False
    return True


@dataclass(frozen=True, slots=True)
class Scenario:
    """A check that waits: its generator, how many seconds it lasts, its parameters other than roles."""

    steps: Callable[..., Steps]
    lasts: float
    parameters: dict[str, Any]


class Stage:
    """The scenarios of one run and the clients that play in them."""

    def __init__(self, access: Access, workshop: Workshop) -> None:
        self.access = access
        self.workshop = workshop
        self.rotating: Session | None = None
        self.rotation_shares = 0
        self.rotation_guard = threading.RLock()
        self.before_rotation: dict[str, dict[str, Answer]] = {}
        self.before_first_rotation: list[Actor] = []
        # Those of the widest rights first: with their tokens the most can be asked.
        self.free = [
            session
            for session in access.world.by_width
            if session.client.expendable and session.unusable is None and session.probe_request is not None
        ]
        self._steps_due = 1
        self._reserved = 0
        self._turn = 0

    @property
    def margin(self) -> float:
        """How far from a moment to ask, in seconds: the greater of 5 s and what the round trips may take.

        Steps due at once are asked as many at a time as the target allows, so their delays add up in that measure.
        """
        queue = math.ceil(self._steps_due / self.access.target.limits.concurrency)
        return max(SMALLEST_MARGIN, 4 * self.access.wire.recorder.slowest_round_trip() * queue)

    # --- clients ---

    def take_exclusively(self, *, widest: bool) -> Session | None:
        """A client for one scenario alone; with two or more, one stays free for the rotation scenarios."""
        reserved = 0 if self.rotating is not None else self._reserved
        return self.free.pop(0 if widest else -1) if len(self.free) > reserved else None

    def take_for_rotation(self) -> Session | None:
        """The client of the rotation scenarios."""
        return self.free.pop(0) if self.free else None

    def set_free(self, session: Session) -> None:
        """Have a client taken by another scenario."""
        self.free.append(session)
        self.free.sort(key=self.access.world.by_width.index)

    def anyone(self) -> Session:
        """A client that no scenario rotates or disables; in turn, so that scenarios disturb each other little."""
        usable = self._untouched()
        self._turn += 1
        return usable[self._turn % len(usable)]

    def bystanders(self) -> list[tuple[Actor, Token]]:
        """The clients that no scenario rotates or disables, each with a new token that was shown to work."""
        found = []
        for session in self._untouched()[:MOST_BYSTANDERS]:
            with suppress(Blocked):
                found.append((Actor(self, session), session.working_token()))
        if not found:
            raise Blocked(Reason.NO_TOKEN, "no other client gets a token that works", cause="no-bystander")
        return found

    def note_bystanders(self) -> None:
        """Keep which other clients got a token before the first rotation of the run."""
        if not self.before_first_rotation:
            with suppress(Undecided):
                self.before_first_rotation = [bystander for bystander, _ in self.bystanders()]

    def one_of_each_kind(self) -> list[Actor]:
        """A client that no scenario rotates or disables, for each way in which clients may be limited."""
        kinds: dict[tuple[bool, ...], Session] = {}
        for session in self._untouched():
            rights = session.rights
            kind = (rights.read_only, rights.permissions.limited, rights.warehouses.limited, rights.reports.limited)
            kinds.setdefault(kind, session)
        return [Actor(self, session) for session in kinds.values()]

    def _untouched(self) -> list[Session]:
        """The clients that may read something and are not expendable; raises NotRun where there is none."""
        usable = [
            session
            for session in self.access.world.by_width
            if not session.client.expendable and session.unusable is None and session.probe_request is not None
        ]
        if not usable:
            raise NotRun(
                Reason.NEEDS_CLIENT,
                "no client that is not expendable may read anything: add one with some read permission",
            )
        return usable

    # --- scenarios ---

    def plays(self, scenarios: dict[str, Scenario]) -> dict[str, Play]:
        """A play for each scenario by its name; those whose parts cannot be cast end before they begin."""
        self._steps_due = max(len(scenarios), 1)
        rotates = any("rotating" in inspect.signature(scenario.steps).parameters for scenario in scenarios.values())
        self._reserved = 1 if rotates and len(self.free) > 1 else 0
        made = {}
        for name, scenario in scenarios.items():
            try:
                made[name] = self._cast(name, scenario)
            except Undecided as undecided:
                made[name] = Play(name, scenario.steps, scenario.lasts, error=undecided, done=True)
        return made

    def perform(self, plays: Iterable[Play], announce: Callable[[str, float], None]) -> None:
        """Play all that can be played."""
        limits = self.access.target.limits
        timeline = Timeline(
            self.access.administration,
            concurrency=limits.concurrency,
            longest_wait=limits.longest_wait,
            announce=announce,
        )
        timeline.play(play for play in plays if not play.done)

    def _cast(self, name: str, scenario: Scenario) -> Play:
        """Resolve a scenario's arguments by their names; what needs a lease gets its client when it starts."""
        lease: Lease = NoLease()
        parts: dict[str, Callable[[], Any]] = {}
        parameters = inspect.signature(scenario.steps).parameters
        for part in parameters:
            if part in scenario.parameters:
                continue
            if part == "rotating":
                self._require_for_rotation()
                lease = RotationLease(self)
                parts[part] = lambda: Rotating(self, _certain(self.rotating))
            elif part == "disabling":
                self._require_for_disabling()
                exclusive = lease = ExclusiveLease(self, widest="workshop" in parameters)
                parts[part] = partial(self._leased, exclusive)
            else:
                value = self._part(part)
                parts[part] = partial(_same, value)

        def steps() -> Steps:
            return scenario.steps(**{part: make() for part, make in parts.items()}, **scenario.parameters)

        return Play(name, steps, scenario.lasts, lease)

    def _leased(self, lease: ExclusiveLease) -> Rotating:
        return Rotating(self, _certain(lease.session))

    def _part(self, part: str) -> object:
        if part in {"anyone", "bystander"}:
            return Actor(self, self.anyone())
        known = {"stage": self, "workshop": self.workshop, "world": self.access.world}
        return known[part]

    def _require_for_rotation(self) -> None:
        self.access.administration.require("rotate")
        self._require_expendable()
        for session in self.free:
            self.access.administration.require_rotation(session)

    def _require_for_disabling(self) -> None:
        self.access.administration.require("disable", "enable")
        self._require_expendable()

    def _require_expendable(self) -> None:
        if not self.free:
            self.access.wire.require_target()
            raise NotRun(
                Reason.NEEDS_CLIENT,
                "no usable client with expendable = true and some read permission: add one that the suite may rotate and disable",
            )


def note(evidence_of: Play) -> None:
    """Let the check at hand rest on what its play gathered."""
    evidence = CURRENT.get()
    if evidence is not None:
        evidence.rest_on(*evidence_of.evidence.exchanges)
        evidence.observations |= evidence_of.evidence.observations
        evidence.later = evidence_of.evidence.later
        evidence.compared = evidence_of.evidence.compared


def _same(value: object) -> object:
    return value


def _certain(session: Session | None) -> Session:
    assert session is not None
    return session
