"""Faults against good practice beyond the documentation."""

from __future__ import annotations

from dataclasses import replace
from ssl import TLSVersion
from typing import TYPE_CHECKING, Any

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.problems import ApiError, not_found
from conformance.reference.rules import PartnerRules, TransportRules, WireRules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.reference.problems import Problem

_TRACE = """System.FormatException: The input string was not in a correct format.
   at InventoryPro.Api.Paging.Read(String text) in C:\\build\\src\\Api\\Paging.cs:line 87"""


def _trace_in_message(site: Site, problem: Problem) -> dict[str, Any]:
    """Show the exception where input cannot be read."""
    if problem.status == 400:
        problem = replace(problem, message=_TRACE)
    body: dict[str, Any] = site.original(problem)
    return body


def _query_shown(_site: Site, _kind: str) -> ApiError:
    """Tell which query has found nothing."""
    return not_found("No row: SELECT * FROM dbo.Vendor WHERE ShortID = @p0")


def _without(name: str) -> Any:
    def variant(site: Site, status: int) -> Mapping[str, str]:
        return {other: value for other, value in site.original(status).items() if other != name}

    return variant


def _takes_https_back(site: Site, status: int) -> Mapping[str, str]:
    """Switch the header off for a migration, and forget it."""
    return {**site.original(status), "Strict-Transport-Security": "max-age=0"}


def _misspelt(site: Site, status: int) -> Mapping[str, str]:
    """Write the word as people do."""
    return {**site.original(status), "X-Content-Type-Options": "no-sniff"}


def _refusals_bare(site: Site, status: int) -> Mapping[str, str]:
    """Start the answer anew where a request fails."""
    headers: Mapping[str, str] = site.original(status)
    return headers if status < 400 else {}


FAULTS = (
    Fault(
        name="hardening.tls-1.1",
        sentence="TLS 1.0 is switched off, and TLS 1.1 is not.",
        violates=("hardening.tls-version",),
        seen_as=("wrong-value",),
        suffering="Whoever is on the way can talk both sides into a cipher that is broken.",
        rule=TransportRules.oldest_tls,
        variant=lambda _site: TLSVersion.TLSv1_1,
        resources=("Vendor",),
    ),
    Fault(
        name="hardening.trace-in-message",
        sentence="The message of a 400 is an exception with its stack trace.",
        violates=("hardening.no-internals",),
        seen_as=("wrong-value",),
        suffering="An attacker learns the framework, its version and where the files are.",
        rule=WireRules.error_body,
        variant=_trace_in_message,
        resources=("Vendor",),
    ),
    Fault(
        name="hardening.query-shown",
        sentence="The message for an unknown vendor shows the query.",
        violates=("hardening.no-internals",),
        seen_as=("wrong-value",),
        suffering="An attacker learns the tables of the database.",
        rule=PartnerRules.missing,
        variant=_query_shown,
        resources=("Vendor",),
    ),
    Fault(
        name="hardening.https-not-asked-for",
        sentence="Answers have no Strict-Transport-Security.",
        violates=("hardening.transport-security",),
        seen_as=("missing",),
        suffering="A browser may be led to the plain address.",
        rule=WireRules.protective_headers,
        variant=_without("Strict-Transport-Security"),
        resources=("Vendor",),
    ),
    Fault(
        name="hardening.https-taken-back",
        sentence="The max-age of Strict-Transport-Security is 0.",
        violates=("hardening.transport-security",),
        seen_as=("wrong-value",),
        suffering="A browser forgets that it was to use HTTPS.",
        rule=WireRules.protective_headers,
        variant=_takes_https_back,
        resources=("Vendor",),
    ),
    Fault(
        name="hardening.no-sniff-misspelt",
        sentence="X-Content-Type-Options says no-sniff.",
        violates=("hardening.no-sniffing",),
        seen_as=("wrong-value",),
        suffering="A browser takes no notice of a word that it does not know.",
        rule=WireRules.protective_headers,
        variant=_misspelt,
        resources=("Vendor",),
    ),
    Fault(
        name="hardening.refusals-bare",
        sentence="Refusals have none of the security headers.",
        violates=("hardening.no-sniffing",),
        seen_as=("missing",),
        suffering="A browser may run what a refusal repeats of the request.",
        rule=WireRules.protective_headers,
        variant=_refusals_bare,
        resources=("Vendor",),
    ),
)
