"""Looks into the example of a webhook subscription, and varies it: whatever shape it has, for none is documented."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.target.answer import ABSENT

if TYPE_CHECKING:
    from collections.abc import Callable


def is_https(text: str) -> bool:
    """Whether a text of an example is an HTTPS address."""
    return text.lower().startswith("https://")


def replaced(body: Any, which: Callable[[str], bool], make: Callable[[str], str]) -> Any:
    """A copy of a body in which every text of a kind is replaced, at any depth."""
    if isinstance(body, dict):
        return {name: replaced(value, which, make) for name, value in body.items()}
    if isinstance(body, list):
        return [replaced(value, which, make) for value in body]
    return make(body) if isinstance(body, str) and which(body) else body


def with_scheme(body: Any, scheme: str) -> Any:
    """A copy of a body in which every HTTPS address has another scheme."""
    return replaced(body, is_https, lambda url: f"{scheme}://{url.partition('://')[2]}")


def with_https_behind(body: Any) -> Any:
    """A copy of a body in which every HTTPS address has the scheme http, and itself as a query."""
    return replaced(body, is_https, lambda url: f"http://{url.partition('://')[2]}?next={url}")


def with_member(body: Any, name: str, value: Any) -> Any:
    """A copy of a body in which every member of a name has a value, at any depth."""
    if isinstance(body, dict):
        return {own: value if own == name else with_member(inner, name, value) for own, inner in body.items()}
    return [with_member(inner, name, value) for inner in body] if isinstance(body, list) else body


def member_of(body: Any, name: str) -> Any:
    """What the first member of a name holds, at any depth; ABSENT where there is none."""
    if isinstance(body, dict) and name in body:
        return body[name]
    inner = body.values() if isinstance(body, dict) else body if isinstance(body, list) else ()
    return next((found for value in inner if (found := member_of(value, name)) is not ABSENT), ABSENT)


def event_names(example: Any) -> list[str]:
    """The events that an example names as the page does, in lower case; without those that are part of another's name."""
    told = member_of(example, "events")
    texts = told if isinstance(told, list) else told.split(",") if isinstance(told, str) else []
    names = list(dict.fromkeys(str(text).strip().lower() for text in texts))
    return [name for name in names if name and not any(name in other for other in names if other != name)]


def texts_of(body: Any) -> list[str]:
    """All texts of a body, at any depth."""
    if isinstance(body, dict):
        return [text for value in body.values() for text in texts_of(value)]
    if isinstance(body, list):
        return [text for value in body for text in texts_of(value)]
    return [body] if isinstance(body, str) else []
