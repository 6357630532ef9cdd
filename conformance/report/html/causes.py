"""What usually lies behind a reason code, for whoever starts looking: a closed table, a guess and no finding."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from conformance.contract.outcomes import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

USUAL: Mapping[str, str] = MappingProxyType(
    {
        Reason.ACCEPTED: "A rule is missing on this path, or it is enforced on some operations and forgotten on others.",
        Reason.REFUSED: "A rule is stricter than the documented one, or it looks at another property than it should.",
        Reason.WRONG_REFUSAL: "The refusal comes from another layer, such as routing, a gateway or input validation, before"
        " the rule itself is asked; or its error is mapped to the wrong status.",
        Reason.SERVER_ERROR: "An input that nobody expected reaches code that cannot handle it; the target's own log has the"
        " stack trace.",
        Reason.NO_ANSWER: "The process or the worker that handled this request died, or a proxy in front of it gave up.",
        Reason.WRONG_VALUE: "The value is computed, converted or serialised in another way than documented.",
        Reason.MISSING: "The serialiser leaves out what is empty, or the answer is built from an older model.",
        Reason.LEAKED: "The filter is applied after the data was read, or to the rows and not to counts and messages.",
        Reason.CHANGED_DATA: "The rights are checked after the change is made, or the change is not rolled back.",
        Reason.TOO_EARLY: "Something other than the documented lifetime ends it: a session, a cache, a cascade.",
        Reason.TOO_LATE: "The decision is remembered somewhere, such as in a cache or a signed token, and not made again in time.",
    }
)
"""By reason code."""

OF_CHAPTER: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        (
            "expiry",
            Reason.TOO_LATE,
        ): "A leeway is added when the end is compared, use puts the end off, or a cache still answers for the token.",
        (
            "expiry",
            Reason.TOO_EARLY,
        ): "The lifetime is shorter than documented, or tokens that are not used are cleaned up before their end.",
        (
            "rotation",
            Reason.REFUSED,
        ): "The rotation removes or revokes the tokens that were issued with the old secret.",
        (
            "rotation",
            Reason.TOO_EARLY,
        ): "The rotation removes or revokes the tokens that were issued with the old secret.",
        ("rotation", Reason.ACCEPTED): "The old secret stays valid beside the new one.",
        (
            "rotation",
            Reason.TOO_LATE,
        ): "The end of older tokens is put off, counted from the rotation and not from their issue.",
        (
            "disabling",
            Reason.TOO_LATE,
        ): "The account's state is cached for longer than the documented window, or every use starts that window anew.",
        ("disabling", Reason.ACCEPTED): "The token endpoint does not look at the account's state.",
        (
            "authorization",
            Reason.ACCEPTED,
        ): "The right is not checked on this operation, or a check of another right stands in for it.",
        ("authorization", Reason.LEAKED): "The list is not filtered by what the client may see, or only its rows are.",
        (
            "bearer",
            Reason.ACCEPTED,
        ): "Some operations lie outside what the authentication covers, or the token is read without being verified.",
    }
)
"""By chapter and reason code, where more can be said than the code alone tells."""


def usual_cause(requirement: str, reason: str | None) -> str:
    """Say what usually lies behind a failure; empty where nothing is usual."""
    chapter = requirement.partition(".")[0]
    return OF_CHAPTER.get((chapter, reason or "")) or USUAL.get(reason or "", "")
