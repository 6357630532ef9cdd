"""Knows how to ask the person at the terminal for administrative changes."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING, TextIO

from conformance.errors import ControlActionMissingError, ControlError
from conformance.target.asking import Description

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


class OperatorControl:
    """Asks the person at the terminal, who has the target's administration open beside it."""

    OFFERED = frozenset({"describe", "rotate", "disable", "enable"})

    def __init__(
        self,
        keyboard: TextIO,
        screen: TextIO,
        target: str = "the target",
        hidden: Callable[[str], str] = getpass.getpass,
    ) -> None:
        self._keyboard = keyboard
        self._screen = screen
        self._target = target
        self._hidden = hidden

    @property
    def actions(self) -> frozenset[str]:
        """What a person is asked for: the clock cannot be moved by hand."""
        return self.OFFERED

    def describe(self) -> Description:
        """Check that there is a person to ask."""
        self._require_person()
        return Description(self.OFFERED)

    def advance(self, seconds: float) -> datetime | None:
        """Refuse: no person moves the target's clock."""
        message = f"the operator is not asked to move the target's clock (by {seconds:g} s)"
        raise ControlActionMissingError(message)

    def rotate(self, client_id: str) -> str:
        """Ask for a new secret; it is typed without being shown."""
        self._require_person()
        self._say(f"\n[{self._target}] Please rotate the secret of client {client_id}, then type the new secret here.")
        try:
            secret = self._hidden("New secret (not shown; nothing if it cannot be done): ").strip()
        except EOFError as error:
            message = f"control rotate {client_id}: the input ended"
            raise ControlError(message) from error
        if not secret:
            message = f"control rotate {client_id}: the operator gave no secret"
            raise ControlError(message)
        return secret

    def disable(self, client_id: str) -> None:
        """Ask for a client's account to be disabled."""
        self._ask(f"Please disable the account of client {client_id}.", f"disable {client_id}")

    def enable(self, client_id: str) -> None:
        """Ask for a client's account to be enabled again."""
        self._ask(f"Please enable the account of client {client_id} again.", f"enable {client_id}")

    def reset(self) -> None:
        """Refuse: a person is not asked to restore a whole installation."""
        message = "the operator is not asked to reset the target"
        raise ControlActionMissingError(message)

    def __repr__(self) -> str:
        return "<control by the operator>"

    def _ask(self, request: str, told: str) -> None:
        self._require_person()
        self._say(f"\n[{self._target}] {request}")
        self._say("Press Enter right after it is done, or type why it cannot be done: ", end="")
        answer = self._keyboard.readline()
        if not answer:
            message = f"control {told}: the input ended"
            raise ControlError(message)
        if answer.strip():
            message = f"control {told}: the operator says: {answer.strip()}"
            raise ControlError(message)

    def _say(self, text: str, end: str = "\n") -> None:
        self._screen.write(text + end)
        self._screen.flush()

    def _require_person(self) -> None:
        if not (self._keyboard.isatty() and self._screen.isatty()):
            message = "control.operator asks a person, and there is no terminal; run in one, or declare control.url or command"
            raise ControlError(message)
