"""Good practice beyond the documentation: old versions of TLS, security headers, what refusals tell of the inside."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, NotRun
from conformance.suite.internals import internals
from conformance.suite.marks import Asking, Phase, each, requirement
from conformance.target.answer import ABSENT, Answer
from conformance.target.handshake import can_offer, version_spoken
from conformance.target.wire import Request

if TYPE_CHECKING:
    from conformance.contract.specification import Operation
    from conformance.suite.refusals import Refusals
    from conformance.target.access import Access
    from conformance.target.session import Session

# Behind the checks on errors, with which these share the refusals.
PHASE = Phase.WRITING

OLD_VERSIONS = {"TLS 1.0": ssl.TLSVersion.TLSv1, "TLS 1.1": ssl.TLSVersion.TLSv1_1}


@pytest.fixture(scope="module")
def success(session: Session) -> Answer:
    """An ordinary answer with status 200; raises Blocked."""
    return session.prove(session.token())


@requirement("hardening.tls-version", sends=0)
@pytest.mark.parametrize("old", OLD_VERSIONS)
def test_old_version_of_tls_is_not_spoken(access: Access, old: str) -> None:
    """A handshake that offers nothing newer comes to nothing; one that offers TLS 1.3 succeeds at the same address."""
    if not can_offer(OLD_VERSIONS[old]):
        raise NotRun(Reason.BUDGET, f"OpenSSL on this machine cannot offer {old}: run this check from one that can")
    try:
        newest = version_spoken(access.target.base_url, ssl.TLSVersion.TLSv1_3)
        spoken = version_spoken(access.target.base_url, OLD_VERSIONS[old])
    except OSError as error:
        raise Blocked(Reason.PREPARATION_FAILED, f"no connection for a handshake: {error}") from error
    if newest is None:
        raise Blocked(Reason.PREPARATION_FAILED, "not even a handshake that offers all versions up to TLS 1.3 succeeds")

    assert spoken not in {"TLSv1", "TLSv1.1"}


@requirement("hardening.no-internals", sends=0, shares=6)
@each(lambda _operation: True, asking=Asking.ANYHOW)
def test_refusal_tells_nothing_of_the_inside(operation: Operation, refusals: Refusals, access: Access) -> None:
    """No stack trace, exception, query, message of a database or path of a file; the path asked for may be repeated."""
    base_path = urlsplit(access.target.base_url).path.rstrip("/")
    for refusal in refusals.all_of(operation):
        assert internals(refusal.answer, base_path) == [], f"in the body of {refusal}"


@requirement("hardening.transport-security", sends=1)
def test_answer_asks_for_https_in_future(success: Answer) -> None:
    """Strict-Transport-Security is there, and its max-age is not 0, which would take it back."""
    told = success.headers.get("Strict-Transport-Security", ABSENT)
    assert told is not ABSENT
    directives = {part.strip().lower().replace('"', "") for part in str(told).split(";")}
    lifetimes = [part.partition("=")[2].strip() for part in directives if part.partition("=")[0].strip() == "max-age"]
    assert [lifetime for lifetime in lifetimes if lifetime.strip("0")] != []


@requirement("hardening.no-sniffing", sends=2)
def test_answer_forbids_guessing_its_type(session: Session, success: Answer) -> None:
    """X-Content-Type-Options is nosniff, in a success and in a refusal."""
    request = session.probe_or_not_run
    refused = session.wire.send(Request("GET", request.path, params=request.params), client=None)
    for answer in (success, refused):
        told = answer.headers.get("X-Content-Type-Options", ABSENT)
        assert told is not ABSENT, f"X-Content-Type-Options of {answer!r}"
        assert str(told).strip().lower() == "nosniff", f"X-Content-Type-Options of {answer!r}"
