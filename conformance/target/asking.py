"""Knows the control protocol's questions and answers, whatever way they travel."""

from __future__ import annotations

import json
import math
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from conformance.errors import ControlActionMissingError, ControlError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LONGEST_ANSWER = 60.0
"""Seconds that an action may take; interfaces.md section 2."""

SURE_FROM = 10.0
"""A clock that was moved by fewer seconds than this cannot be told from one that was not."""

NEW_SECRET = "<new secret>"  # noqa: S105 -- what stands for one

Question = dict[str, Any]


class ControlDoubtfulError(ControlError):
    """An action got no usable answer: the target may have carried it out or not."""


@dataclass(frozen=True, slots=True)
class Description:
    """What a target's control offers, and the target's time if it tells it."""

    actions: frozenset[str]
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class ControlExchange:
    """One question and its answer, for the transcript; a new secret is left out of it. `seconds` is how long it took."""

    question: Mapping[str, Any]
    answer: Mapping[str, Any] | None
    error: str | None
    seconds: float


class AskedControl(ABC):
    """The actions as questions and answers (interfaces.md section 3); how these travel is for those below."""

    def __init__(self, record: Callable[[ControlExchange], None] | None) -> None:
        self._record = record
        self._actions: frozenset[str] | None = None
        self._told: tuple[datetime, float] | None = None

    @abstractmethod
    def carry(self, question: Question, told: str) -> Mapping[str, Any]:
        """Carry a question to the target and its answer back; `told` names the action in messages."""

    @property
    def actions(self) -> frozenset[str]:
        """What `describe` lists; asks once if that has not been asked."""
        return self.describe().actions if self._actions is None else self._actions

    def describe(self) -> Description:
        """Ask which actions there are."""
        answer = self._ask({"action": "describe"})
        actions = answer.get("actions")
        if not isinstance(actions, list) or not all(isinstance(action, str) for action in actions):
            message = 'control describe: the answer has no list of names in "actions"'
            raise ControlError(message)
        self._actions = frozenset(actions)
        return Description(self._actions, self._now(answer, "describe"))

    def advance(self, seconds: float) -> datetime | None:
        """Move the target's clock and return its time, if told; never asked twice, doubts are settled by `describe`."""
        if not (seconds > 0 and math.isfinite(seconds)):
            message = f"a clock is moved by a positive number of seconds, not {seconds}"
            raise ValueError(message)
        self._require("advance")
        before = self._told
        try:
            whole = int(seconds) if float(seconds).is_integer() else seconds
            return self._now(self._ask({"action": "advance", "seconds": whole}), "advance")
        except ControlDoubtfulError as doubt:
            return self._settled(doubt, before, seconds)

    def rotate(self, client_id: str) -> str:
        """Give a client a new secret and return it; whoever asks must register it at once."""
        self._require("rotate")
        answer = self._ask({"action": "rotate", "client_id": client_id})
        secret = answer.get("client_secret")
        if isinstance(secret, str) and secret:
            return secret
        wrong = "has no client_secret" if secret is None else "has a client_secret that is empty or no string"
        members = ", ".join(answer) or "nothing"
        message = f"control rotate {client_id}: the answer {wrong} (it holds {members}); its secret may have changed"
        raise ControlDoubtfulError(message)

    def disable(self, client_id: str) -> None:
        """Disable a client's account."""
        self._require("disable")
        self._ask({"action": "disable", "client_id": client_id})

    def enable(self, client_id: str) -> None:
        """Enable a client's account again."""
        self._require("enable")
        self._ask({"action": "enable", "client_id": client_id})

    def reset(self) -> None:
        """Restore data, accounts and secrets as at the start."""
        self._require("reset")
        self._ask({"action": "reset"})

    def _require(self, action: str) -> None:
        if action not in self.actions:
            offered = ", ".join(sorted(self.actions)) or "nothing"
            message = f"the target's control does not offer {action} (it offers {offered})"
            raise ControlActionMissingError(message)

    def _ask(self, question: Question) -> Mapping[str, Any]:
        told = f"control {' '.join(str(value) for value in question.values())}"
        started = time.monotonic()
        answer, complaint = None, None
        try:
            answer = self.carry(question, told)
        except ControlError as error:
            complaint = str(error)
            raise
        else:
            return answer
        finally:
            if self._record is not None:
                self._record(ControlExchange(question, _shown(answer), complaint, time.monotonic() - started))

    def _now(self, answer: Mapping[str, Any], action: str) -> datetime | None:
        text = answer.get("now")
        if text is None:
            return None
        try:
            now = datetime.fromisoformat(text)
        except (TypeError, ValueError):
            now = None
        if now is None or now.tzinfo is None:
            message = f'control {action}: "now" must be a time with its offset such as "2026-11-23T16:00:00Z"'
            raise ControlDoubtfulError(message)
        self._told = (now, time.monotonic())
        return now

    def _settled(
        self, doubt: ControlDoubtfulError, before: tuple[datetime, float] | None, seconds: float
    ) -> datetime | None:
        """Find out by the target's own time whether its clock was moved; raises the doubt if that cannot be told."""
        if before is None or seconds < SURE_FROM:
            raise doubt
        try:
            now = self.describe().now
        except ControlError as error:
            raise doubt from error
        if now is None:
            raise doubt
        moved = (now - before[0]).total_seconds() - (time.monotonic() - before[1])
        if abs(moved - seconds) < abs(moved):
            return now
        message = f"{doubt}; the target's clock has not moved"
        raise ControlError(message) from doubt


def object_of(text: str, question: Question, told: str) -> Mapping[str, Any]:
    """Read an answer that must be one JSON object; raises ControlDoubtfulError."""
    try:
        answer = json.loads(text)
    except ValueError as error:
        message = f"{told} something that is not JSON: {excerpt(text, question)}"
        raise ControlDoubtfulError(message) from error
    if not isinstance(answer, dict):
        message = f"{told} JSON that is no object: {excerpt(text, question)}"
        raise ControlDoubtfulError(message)
    return answer


def error_of(text: str) -> str | None:
    """Give the target's own words, None if there are none."""
    try:
        answer = json.loads(text)
    except ValueError:
        return None
    said = answer.get("error") if isinstance(answer, dict) else None
    return said if isinstance(said, str) and said else None


def excerpt(text: str, question: Question) -> str:
    """Give the beginning of a useless answer, but for a rotation: the new secret may stand in it."""
    if question["action"] == "rotate":
        return f"{len(text)} characters, not shown for the secret that they may hold"
    return json.dumps(text.strip()[:200], ensure_ascii=False)


def _shown(answer: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    if answer is None or "client_secret" not in answer:
        return answer
    return {**answer, "client_secret": NEW_SECRET}
