"""Faults of the plain HTTP address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.rules import TransportRules

if TYPE_CHECKING:
    from conformance.reference.call import Call


def _scheme(call: Call) -> str:
    return call.headers.get("authorization", "").partition(" ")[0].lower()


def _token_by_basic(_site: Site, call: Call, path: str) -> bool:
    """Let Basic through, which the proxy's rule for forms does not see."""
    return path.endswith("/Token") and _scheme(call) == "basic"


def _bearer(_site: Site, call: Call, path: str) -> bool:
    """Close the token endpoint alone."""
    return not path.endswith("/Token") and _scheme(call) == "bearer"


FAULTS = (
    Fault(
        name="transport.tokens-over-http",
        sentence="The token endpoint answers over plain HTTP.",
        violates=("transport.credentials",),
        seen_as=("accepted",),
        suffering="Secrets cross the network in the clear, and nobody notices.",
        rule=TransportRules.is_served,
        variant=lambda _site, _call, path: path.endswith("/Token"),
    ),
    Fault(
        name="transport.tokens-over-http-by-basic",
        sentence="The token endpoint answers Basic over plain HTTP, and refuses the form.",
        violates=("transport.credentials",),
        seen_as=("accepted",),
        suffering="Secrets cross the network in the clear, and nobody notices.",
        rule=TransportRules.is_served,
        variant=_token_by_basic,
    ),
    Fault(
        name="transport.bearer-over-http",
        sentence="Bearer tokens are honoured over plain HTTP.",
        violates=("transport.bearer",),
        seen_as=("accepted",),
        suffering="Tokens cross the network in the clear, and nobody notices.",
        rule=TransportRules.is_served,
        variant=_bearer,
    ),
)
