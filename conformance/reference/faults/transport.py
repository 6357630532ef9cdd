"""Faults of the plain HTTP address."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.rules import TransportRules

if TYPE_CHECKING:
    from conformance.reference.call import Call
    from conformance.reference.problems import Problem


def _scheme(call: Call) -> str:
    return call.headers.get("authorization", "").partition(" ")[0].lower()


def _token_by_basic(_site: Site, call: Call, path: str) -> bool:
    """Let Basic through, which the proxy's rule for forms does not see."""
    return path.endswith("/Token") and _scheme(call) == "basic"


def _bearer(_site: Site, call: Call, path: str) -> bool:
    """Close the token endpoint alone."""
    return not path.endswith("/Token") and _scheme(call) == "bearer"


def _write_with_bearer(_site: Site, call: Call) -> bool:
    """Refuse in a filter that runs after the handler."""
    return call.method != "GET" and _scheme(call) == "bearer"


def _write_confirmed(site: Site, location: str, method: str) -> Problem:
    """Tell of the failure in the body alone, where a form was sent."""
    right: Problem = site.original(location, method)
    return right if method in {"GET", "HEAD"} else replace(right, status=200, headers=())


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
    Fault(
        name="transport.write-done-and-refused",
        sentence="A write over plain HTTP is refused after it was carried out.",
        violates=("transport.bearer",),
        seen_as=("changed-data",),
        suffering="Tokens cross the network in the clear and work, and the refusal hides it.",
        rule=TransportRules.is_done_anyway,
        variant=_write_with_bearer,
    ),
    Fault(
        name="transport.write-answered-with-200",
        sentence="A write over plain HTTP is answered with 200, and its body alone says that it was refused.",
        violates=("transport.bearer",),
        seen_as=("accepted",),
        suffering="Clients that go by the status lose everything that they write.",
        rule=TransportRules.refusal,
        variant=_write_confirmed,
    ),
)
