"""What an update asks for of a subscription's documented members, and whether a subscription shows that afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from conformance.suite.fields import Misfit, Misfits, named
from conformance.suite.subscription_bodies import is_https, member_of, with_member
from conformance.suite.subscriptions import LASTING
from conformance.target.answer import ABSENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MODES = (1, 2)


def not_shown(body: Any, before: Mapping[str, Any], after: Mapping[str, Any]) -> Misfits:
    """The members that a body names as the page does, and that are not shown afterwards as they were sent.

    That a payloadMode is shown at all as 1 or 2 is asked elsewhere.
    """
    sent = {name: value for name in LASTING if (value := member_of(body, name)) is not ABSENT}
    if before.get("payloadMode") not in MODES:
        sent.pop("payloadMode", None)
    return Misfits(
        Misfit(named(after, name), f"not {value!r} as it was sent")
        for name, value in sent.items()
        if not _is_shown(name, value, after.get(name))
    )


def _is_shown(name: str, sent: Any, shown: Any) -> bool:
    """Whether a member is shown as it was sent, as far as its form is documented; what is in another form is let pass."""
    if name == "payloadMode":
        return sent not in MODES or type(sent) is not int or shown == sent
    if name == "events":
        return "*" in repr(sent) or _names(sent) == _names(shown)
    if not isinstance(sent, str):
        return True
    return _address(sent) == _address(shown) if name == "url" else sent.strip() == str(shown).strip()


def _address(text: Any) -> tuple[str, ...]:
    """An address, however its host, the lack of a path and signs of it are written."""
    parts = urlsplit(str(text).strip())
    return parts.scheme.lower(), parts.netloc.lower(), unquote(parts.path) or "/", unquote(parts.query)


def spelled(events: Any) -> list[str]:
    """The events that a member names, in a list or between commas."""
    told = events if isinstance(events, list) else events.split(",") if isinstance(events, str) else []
    return [name for event in told if (name := str(event).strip())]


def _names(events: Any) -> set[str]:
    return {name.lower() for name in spelled(events)}


def varied(body: Any, member: str, row: Mapping[str, Any], known: Iterable[str], unique: str) -> Any:
    """A body that asks for another value of one member than a subscription shows.

    Other events are taken from those that are `known`. ABSENT where the body has no such member in the documented form,
    or no other value is known.
    """
    own = member_of(body, member)
    value = _another(member, own, row.get(member), known, unique)
    return ABSENT if own is ABSENT or value is ABSENT else with_member(body, member, value)


def _another(member: str, own: Any, shown: Any, known: Iterable[str], unique: str) -> Any:
    if member == "payloadMode":
        return 3 - shown if type(own) is int and type(shown) is int and shown in MODES else ABSENT
    if member == "events":
        names = list(dict.fromkeys(known))
        other = next((choice for choice in (names[:1], names) if choice and _names(choice) != _names(shown)), None)
        if other is None or not isinstance(own, str | list):
            return ABSENT
        return other if isinstance(own, list) else ",".join(other)
    if not isinstance(own, str) or (member == "url" and not is_https(own)):
        return ABSENT
    return f"{own.rstrip('/')}/{unique}" if member == "url" else unique


def disabling(body: Any) -> Iterable[Any]:
    """Bodies that may disable a subscription: by `active`, and where that is not enough by `disableType` too."""
    if not isinstance(body, dict):
        return
    if member_of(body, "disableType") is ABSENT:
        yield _with(body, active=False)
    yield _with(body, active=False, disableType=2)


def _with(body: dict[str, Any], **members: Any) -> Any:
    for name, value in members.items():
        body = with_member(body, name, value) if member_of(body, name) is not ABSENT else body | {name: value}
    return body
