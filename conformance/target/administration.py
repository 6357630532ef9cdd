"""Administrative changes to the target, as checks ask for them: every refusal blocks the check that asked."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, ControlActionMissingError, ControlError, NotRun, OutputError
from conformance.target.clock import Interval

if TYPE_CHECKING:
    from collections.abc import Generator

    from conformance.target.clock import TargetClock
    from conformance.target.control import Control
    from conformance.target.secrets import SecretStore
    from conformance.target.session import Session
    from conformance.target.wire import Wire


class Administration:
    """Moves the target's clock, rotates secrets, disables and enables accounts; safe to use from several threads."""

    def __init__(self, control: Control | None, actions: frozenset[str], wire: Wire, store: SecretStore) -> None:
        self._control = control
        self.actions = actions
        self._wire = wire
        self._store = store
        self._lock = threading.Lock()

    @property
    def clock(self) -> TargetClock:
        """The target's time."""
        return self._wire.clock

    @property
    def movable(self) -> bool:
        """Whether the target's clock can be moved."""
        return "advance" in self.actions

    def require(self, *actions: str) -> None:
        """Raise NotRun where the target file declares no control, Blocked where an action is not offered."""
        if self._control is None:
            raise NotRun(
                Reason.NEEDS_CONTROL,
                "the target file declares no [control], which this check needs to " + " and ".join(actions),
            )
        missing = [action for action in actions if action not in self.actions]
        if missing:
            raise Blocked(
                Reason.NO_CONTROL_ACTION,
                f"the target's control does not offer {' and '.join(missing)}",
                cause=f"no-control-action:{missing[0]}",
            )

    def require_rotation(self, session: Session) -> None:
        """Raise unless a client's secret can be rotated and the new one kept."""
        self.require("rotate")
        if not self._store.writable(session.client):
            raise NotRun(
                Reason.NEEDS_SECRET_STORE,
                f"a new secret of client {session.name} could not be written anywhere; make the target file's folder writable",
            )

    def advance(self, seconds: float) -> None:
        """Move the target's clock."""
        with self._acting("advance") as control:
            self.clock.advance(seconds, control.advance(seconds))

    def rotate(self, session: Session) -> str:
        """Give a client a new secret and return the old one; the new one is kept before anything else is sent."""
        with self._acting("rotate") as control:
            new, old = control.rotate(session.client.client_id), session.secret
            session.use_secret(new)
            try:
                self._store.keep(session.client, new)
            except OutputError as error:
                raise Blocked(
                    Reason.PREPARATION_FAILED, f"a rotated secret could not be kept: {error}", cause="secret-store"
                ) from error
            return old

    def disable(self, session: Session) -> Interval:
        """Disable a client's account and return when that happened."""
        with self._acting("disable") as control:
            sent = self.clock.now()
            control.disable(session.client.client_id)
            return Interval(sent, self.clock.now())

    def enable(self, session: Session) -> None:
        """Enable a client's account again."""
        with self._acting("enable") as control:
            control.enable(session.client.client_id)

    @contextmanager
    def _acting(self, action: str) -> Generator[Control, None, None]:
        self.require(action)
        assert self._control is not None
        try:
            with self._lock:
                yield self._control
        except ControlActionMissingError as error:
            raise Blocked(Reason.NO_CONTROL_ACTION, str(error), cause=f"no-control-action:{action}") from error
        except ControlError as error:
            raise Blocked(Reason.CONTROL_FAILED, str(error), cause=f"control-failed:{action}") from error
