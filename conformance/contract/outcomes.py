"""The closed sets that every part speaks in: levels, bases, outcomes and reason codes."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """How binding a requirement is; it follows from the requirement's basis."""

    MUST = "must"
    SHOULD = "should"
    MAY = "may"


class Basis(StrEnum):
    """What a requirement rests on."""

    STATED = "stated"
    IMPLIED = "implied"
    EXAMPLE = "example"
    CONVENTION = "convention"
    RFC = "rfc"
    HARDENING = "hardening"


class Outcome(StrEnum):
    """What became of a check, and of a requirement; each member's `sentence` says what it means."""

    sentence: str

    def __new__(cls, code: str, sentence: str) -> Outcome:
        """Make a member of its code and its sentence."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.sentence = sentence
        return member

    SUITE_ERROR = "suite_error", "the suite itself failed"
    FAIL = "fail", "the target violates the requirement"
    PENDING = "pending", "needs to wait longer than this run may"
    INCONCLUSIVE = "inconclusive", "exercised, but cannot be decided"
    BLOCKED = "blocked", "could not be exercised: an earlier step or a control action failed or is missing"
    NOT_APPLICABLE = "not_applicable", "does not concern this target"
    NOT_RUN = "not_run", "left out by selection, limits or for want of something in the target file"
    PASS = "pass", "exercised and met"


class Reason(StrEnum):
    """Why a check did not pass; codes are stable, each member's `sentence` is for people."""

    sentence: str

    def __new__(cls, code: str, sentence: str) -> Reason:
        """Make a member of its code and its sentence."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.sentence = sentence
        return member

    # fail
    ACCEPTED = "accepted", "the target accepted what it must refuse"
    REFUSED = "refused", "the target refused what it must accept"
    WRONG_REFUSAL = "wrong-refusal", "the target refused with another status than the documented one"
    SERVER_ERROR = "server-error", "the target answered with a server error"
    NO_ANSWER = "no-answer", "the target gave no answer to this request while it answered others"
    WRONG_VALUE = "wrong-value", "the answer holds another value than the documented one"
    MISSING = "missing", "the answer lacks something documented"
    LEAKED = "leaked", "the answer shows data that this client may not see"
    CHANGED_DATA = "changed-data", "a refused request changed data all the same"
    TOO_EARLY = "too-early", "something ended before its time"
    TOO_LATE = "too-late", "something lasted beyond its time"

    # inconclusive
    RATE_LIMITED = "rate-limited", "the target kept refusing for its rate limit"
    UNCERTAIN_TIME = "uncertain-time", "the moment of asking could not be told exactly enough"
    DATA_CHANGED = "data-changed", "the data changed while it was being read"
    LOCKED_OUT = "locked-out", "the target stopped judging credentials: a rate limit or a lock-out"

    # blocked
    NO_CONTROL_ACTION = "no-control-action", "the target's control does not offer an action that is needed"
    CONTROL_FAILED = "control-failed", "a control action failed"
    NO_TOKEN = "no-token", "a client that is needed gets no token"
    CONTROL_REQUEST_REFUSED = "control-request-refused", "the request that must succeed for comparison was refused"
    EXAMPLE_REFUSED = "example-refused", "the target refused the example that its target file declares"
    PREPARATION_FAILED = "preparation-failed", "a step that prepares the question failed"
    TARGET_LOST = "target-lost", "the target no longer answers"
    EARLIER_FAILURE = "earlier-failure", "follows from a requirement that failed before"

    # not_run
    NEEDS_CLIENT = "needs-client", "the target file declares no client of the kind that is needed"
    NEEDS_EXAMPLE = "needs-example", "the target file gives no example body for this operation"
    NEEDS_DATA = "needs-data", "the target holds no data of the kind that is needed"
    NEEDS_SECRET_STORE = "needs-secret-store", "a rotated secret could not be kept anywhere"
    NEEDS_PLAIN_HTTP = "needs-plain-http", "the target file names no address for plain HTTP"
    NEEDS_CONTROL = "needs-control", "the target file declares no control"
    WRITES_OFF = "writes-off", "the target file allows no writes"
    DESELECTED = "deselected", "left out by the selection of this run"
    BUDGET = "budget", "left out by the limits of this run"

    # not_applicable
    NO_RESOURCE = "no-resource", "the target does not declare this resource"
    OPAQUE_TOKEN = "opaque-token", "the target's tokens are opaque"
    NOT_CHECKABLE = "not-checkable", "cannot be checked over the network"

    # pending
    LONG_WAIT = "long-wait", "needs a longer wait than this run allows"

    # suite_error
    SUITE_BUG = "suite-bug", "an error in the suite itself"
    SECRET_FOUND = "secret-found", "a secret was found in what the run wrote"
