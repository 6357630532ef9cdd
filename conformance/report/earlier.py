"""What an earlier run knew: which failures of a later run it had already, and which are new."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.contract.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.report.run import Check

DECIDED = frozenset({Outcome.PASS, Outcome.FAIL})
"""The outcomes with which a run says what the target does."""


class Earlier:
    """The checks of an earlier run, to hold those of a later one against.

    A failed check is known where it failed before with the same reason code. Where the earlier run did not decide that
    check (it had none of this id, or could not exercise it), the failure is known if any other check of the same
    requirement failed with that reason.
    """

    def __init__(self, checks: Iterable[Check]) -> None:
        checks = tuple(checks)
        self._decided = {check.id: check for check in checks if check.outcome in DECIDED}
        self._pairs = {(check.requirement, check.reason) for check in checks if check.outcome is Outcome.FAIL}

    def knows(self, failed: Check) -> bool:
        """Whether this failure was there before."""
        before = self._decided.get(failed.id)
        if before is None:
            return (failed.requirement, failed.reason) in self._pairs
        return before.outcome is Outcome.FAIL and before.reason == failed.reason
