"""The exceptions of the suite, and whose move each one is.

::

    ConformanceError
    ├── UsageError                 the person's move: command line or target file (exit status 2)
    │   └── TargetFileError        all problems of one target file at once
    ├── TargetUnreachableError     the target's move: no way to it, or no client gets a token (exit status 3)
    ├── ControlError               the target's move: an administrative action failed
    │   ├── ControlActionMissingError   ... is not offered
    │   └── ControlDoubtfulError        ... may have been done or not (target/asking.py)
    ├── NoAnswerError              the target's move: it dropped one request while it answered others
    ├── RunLogError                the person's move: a folder that holds no readable run
    ├── OutputError                the person's move: nowhere to write to (exit status 2 before the run, 4 within)
    └── Undecided                  not an error: a check that ends without a verdict of its own
        ├── Blocked                an earlier step failed
        ├── NotRun                 something is missing in the target file
        ├── NotApplicable          does not concern this target
        ├── Inconclusive           asked, but cannot be decided
        └── Pending                needs a longer wait
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.contract.outcomes import Outcome, Reason

if TYPE_CHECKING:
    from collections.abc import Sequence


class ConformanceError(Exception):
    """Everything that the suite raises on purpose."""


class UsageError(ConformanceError):
    """The command line or a file that it names cannot be used as it is."""


class TargetFileError(UsageError):
    """A target file has problems; `problems` holds one line for each, in the file's order."""

    def __init__(self, path: str, problems: Sequence[str]) -> None:
        self.path = path
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{path}: {problem}" for problem in self.problems))


class TargetUnreachableError(ConformanceError):
    """The target cannot be reached, or gives none of its clients a token."""


class ControlError(ConformanceError):
    """An administrative action on the target failed; the message carries the target's own words."""


class ControlActionMissingError(ControlError):
    """The target's control does not offer an action."""


class NoAnswerError(ConformanceError):
    """The target gave no answer to a request, twice where that could be tried, while it answered others."""


class RunLogError(ConformanceError):
    """A folder holds no run that can be read."""


class OutputError(ConformanceError):
    """A file or folder of the run cannot be written."""


class Undecided(ConformanceError):  # noqa: N818 -- an outcome, not an error
    """A check ends without a verdict of its own; `reason` is the code, the message the particulars."""

    outcome: Outcome

    def __init__(self, reason: Reason, message: str = "", *, cause: str | None = None) -> None:
        self.reason = reason
        self.cause = cause
        super().__init__(message or reason.sentence)


class Blocked(Undecided):
    """An earlier step or a control action failed or is missing."""

    outcome = Outcome.BLOCKED


class NotRun(Undecided):
    """Something that the check needs is missing in the target file, or left out by limits."""

    outcome = Outcome.NOT_RUN


class NotApplicable(Undecided):
    """The check does not concern this target."""

    outcome = Outcome.NOT_APPLICABLE


class Inconclusive(Undecided):
    """The target was asked, but its answers do not decide."""

    outcome = Outcome.INCONCLUSIVE


class Pending(Undecided):
    """The check needs a longer wait than this run allows."""

    outcome = Outcome.PENDING
