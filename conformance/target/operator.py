"""Knows how to ask the person at the terminal for administrative changes."""

from __future__ import annotations

import getpass
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from conformance.errors import ControlActionMissingError, ControlError
from conformance.target.asking import NEW_SECRET, ControlExchange, Description

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
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
        record: Callable[[ControlExchange], None] | None = None,
    ) -> None:
        self._keyboard = keyboard
        self._screen = screen
        self._target = target
        self._hidden = hidden
        self._record = record

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
        with self._recorded("rotate", client_id, {"client_secret": NEW_SECRET}):
            return self._new_secret(client_id)

    def _new_secret(self, client_id: str) -> str:
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
        self._ask(f"Please disable the account of client {client_id}.", "disable", client_id)

    def enable(self, client_id: str) -> None:
        """Ask for a client's account to be enabled again."""
        self._ask(f"Please enable the account of client {client_id} again.", "enable", client_id)

    def reset(self) -> None:
        """Refuse: a person is not asked to restore a whole installation."""
        message = "the operator is not asked to reset the target"
        raise ControlActionMissingError(message)

    def __repr__(self) -> str:
        return "<control by the operator>"

    def _ask(self, request: str, action: str, client_id: str) -> None:
        with self._recorded(action, client_id, {}):
            self._require_person()
            self._say(f"\n[{self._target}] {request}")
            self._say("Press Enter right after it is done, or type why it cannot be done: ", end="")
            answer = self._keyboard.readline()
            if not answer:
                message = f"control {action} {client_id}: the input ended"
                raise ControlError(message)
            if answer.strip():
                message = f"control {action} {client_id}: the operator says: {answer.strip()}"
                raise ControlError(message)

    @contextmanager
    def _recorded(self, action: str, client_id: str, answer: dict[str, str]) -> Generator[None, None, None]:
        """Write the question into the transcript, with the answer or the complaint: it was carried out at its end."""
        began = time.monotonic()

        def record(told: dict[str, str] | None, complaint: str | None) -> None:
            if self._record is not None:
                question = {"action": action, "client_id": client_id}
                self._record(ControlExchange(question, told, complaint, time.monotonic() - began))

        try:
            yield
        except ControlError as error:
            record(None, str(error))
            raise
        record(answer, None)

    def _say(self, text: str, end: str = "\n") -> None:
        self._screen.write(text + end)
        self._screen.flush()

    def _require_person(self) -> None:
        if not (self._keyboard.isatty() and self._screen.isatty()):
            message = "control.operator asks a person, and there is no terminal; run in one, or declare control.url or command"
            raise ControlError(message)
