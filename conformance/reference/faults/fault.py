"""What a fault is, and how it takes the place of a rule."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conformance.reference.problems import ApiError, ConnectionDropped, Problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from conformance.reference.rules import Rules
    from conformance.reference.service import Service


@dataclass(frozen=True, slots=True)
class Fault:
    """One realistic mistake: `variant` decides in the place of the method `rule`.

    `resources` are those on which it shows, where that is not plain from its chapter.

    `violates` holds the ids of every requirement that the mistake violates as its statement reads; `follows` those
    whose checks cannot do without what the mistake breaks. `seen_as` are the reason codes of an honest report of it.
    A variant is called with its `Site` and the rule's arguments.
    """

    name: str
    sentence: str
    violates: tuple[str, ...]
    suffering: str
    rule: Callable[..., object]
    variant: Callable[..., object]
    seen_as: tuple[str, ...]
    follows: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()

    @property
    def chapter(self) -> str:
        """The class of rules that the replaced rule belongs to."""
        return self.rule.__qualname__.partition(".")[0]


@dataclass(slots=True)
class Activity:
    """Whether a variant has ever decided otherwise than its rule."""

    is_active: bool = False


@dataclass(slots=True)
class Site:
    """Where a variant stands: the server, the rule that it replaces, and what it remembers itself."""

    service: Service
    rules: Rules
    original: Callable[..., Any]
    memory: dict[Any, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Decision:
    """What a rule has decided: a value, a problem, or no answer at all."""

    value: object = None
    problem: Problem | None = None
    dropped: bool = False

    def deliver(self) -> Any:
        if self.dropped:
            raise ConnectionDropped
        if self.problem is not None:
            raise ApiError(self.problem)
        return self.value


def _decision(rule: Callable[..., object], *arguments: object, **named: object) -> _Decision:
    try:
        return _Decision(rule(*arguments, **named))
    except ApiError as error:
        return _Decision(problem=error.problem)
    except ConnectionDropped:
        return _Decision(dropped=True)


def _differ(wrong: _Decision, right: _Decision) -> bool:
    """Tell decisions apart as they are on the wire, where True is not 1."""
    if wrong != right or type(wrong.value) is not type(right.value):
        return True
    return isinstance(wrong.value, dict) and repr(wrong.value) != repr(right.value)


def replace_rule(service: Service, fault: Fault) -> Activity:
    """Put a fault's variant into the place of its rule on one server."""
    rules = service.rules.chapter(fault.chapter)
    name = fault.rule.__name__
    site, activity = Site(service, rules, getattr(rules, name)), Activity()
    replacing = _replacing_later if inspect.iscoroutinefunction(fault.rule) else _replacing
    setattr(rules, name, replacing(site, fault.variant, activity))
    return activity


def _replacing(site: Site, variant: Callable[..., object], activity: Activity) -> Callable[..., object]:
    def decide(*arguments: object, **named: object) -> object:
        right = _decision(site.original, *arguments, **named)
        wrong = _decision(variant, site, *arguments, **named)
        activity.is_active = activity.is_active or _differ(wrong, right)
        return wrong.deliver()

    return decide


def _replacing_later(
    site: Site, variant: Callable[..., object], activity: Activity
) -> Callable[..., Awaitable[object]]:
    async def decide(*arguments: object) -> object:
        right = await site.original(*arguments)
        wrong: Any = variant(site, *arguments)
        value = await wrong
        activity.is_active |= value != right
        return value

    return decide
