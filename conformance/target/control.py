"""Knows the ways to a target's administration: a URL, a command or the person at the terminal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TextIO

import httpx

from conformance.errors import ControlError
from conformance.target.asking import (
    LONGEST_ANSWER,
    AskedControl,
    ControlDoubtfulError,
    ControlExchange,
    Description,
    error_of,
    excerpt,
    object_of,
)
from conformance.target.command import CommandControl
from conformance.target.file import CommandControlConfig, HttpControlConfig
from conformance.target.operator import OperatorControl

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from conformance.target.asking import Question
    from conformance.target.file import ControlConfig, Target

__all__ = [
    "CommandControl",
    "Control",
    "ControlDoubtfulError",
    "ControlExchange",
    "Description",
    "HttpControl",
    "OperatorControl",
    "open_control",
]

TERMINAL = Path("/dev/tty")


class Control(Protocol):
    """The target's administration. Every action raises ControlError, with the target's own words, if it fails."""

    @property
    def actions(self) -> frozenset[str]:
        """What `describe` lists; asks once if that has not been asked."""

    def describe(self) -> Description:
        """Ask which actions there are."""

    def advance(self, seconds: float) -> datetime | None:
        """Move the target's clock and return its time, if told."""

    def rotate(self, client_id: str) -> str:
        """Give a client a new secret and return it; whoever asks must register it at once."""

    def disable(self, client_id: str) -> None:
        """Disable a client's account."""

    def enable(self, client_id: str) -> None:
        """Enable a client's account again."""

    def reset(self) -> None:
        """Restore data, accounts and secrets as at the start."""


def open_control(
    config: ControlConfig, target: Target, client: httpx.Client, record: Callable[[ControlExchange], None] | None = None
) -> Control:
    """Make the control that a target file declares; nothing is asked yet."""
    if isinstance(config, HttpControlConfig):
        return HttpControl(config, client, record)
    if isinstance(config, CommandControlConfig):
        return CommandControl(config, record)
    return OperatorControl(*_terminal(), target.name, record=record)


def _terminal() -> tuple[TextIO, TextIO]:
    """Open the terminal itself: standard input and error may be redirected, or captured by pytest."""
    try:
        return TERMINAL.open(encoding="utf-8"), TERMINAL.open("w", encoding="utf-8")
    except OSError:
        return sys.stdin, sys.stderr


class HttpControl(AskedControl):
    """Asks at a URL, with the bearer token of the target file."""

    def __init__(
        self,
        config: HttpControlConfig,
        client: httpx.Client,
        record: Callable[[ControlExchange], None] | None = None,
    ) -> None:
        super().__init__(record)
        self._config = config
        self._client = client

    def __repr__(self) -> str:
        return f"<control at {self._config.url}>"

    def carry(self, question: Question, told: str) -> Mapping[str, Any]:
        """Post the question, read the answer; a redirect is not followed, it would take the token along."""
        url, token = self._config.url, self._config.token
        headers = {"Authorization": f"Bearer {token.value}"} if token is not None else {}
        try:
            response = self._client.post(
                url, json=question, headers=headers, follow_redirects=False, timeout=LONGEST_ANSWER
            )
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            message = f"{told}: {url} cannot be reached: {error}; check control.url and that the control runs"
            raise ControlError(message) from error
        except httpx.TimeoutException as error:
            message = f"{told}: {url} gave no answer within {LONGEST_ANSWER:g} s"
            raise ControlDoubtfulError(message) from error
        except httpx.HTTPError as error:
            message = f"{told}: {url} gave no answer ({type(error).__name__}: {error})"
            raise ControlDoubtfulError(message) from error
        return _http_answer(response, question, f"{told}: {url}")


def _http_answer(response: httpx.Response, question: Question, told: str) -> Mapping[str, Any]:
    status = response.status_code
    if response.is_redirect:
        where = response.headers.get("Location", "nowhere")
        message = f"{told} answered {status} to {where}; put the final address into control.url"
        raise ControlError(message)
    said = error_of(response.text)
    if said is not None:
        message = f"{told} answered {status}: {said}"
        raise ControlError(message)
    if not response.is_success:
        hint = "; check control.token" if status in (401, 403) else ""
        message = f'{told} answered {status} without an "error" member: {excerpt(response.text, question)}{hint}'
        raise ControlDoubtfulError(message) if status >= 500 else ControlError(message)
    return object_of(response.text, question, f"{told} answered {status} with")
