"""The suite against a server that its authors never saw: no false alarm, and no fault of it missed."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest

from conformance.contract.outcomes import Outcome
from conformance.narrator import Narrator
from conformance.runner import Options, run_suite

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conformance.report.run import Run

CONFORMING: dict[str, dict[str, object]] = {
    "as it is": {},
    "JWTs, lists refused, window of 59 s": {
        "tokens": "HS256",
        "token_type": "BEARER",
        "disabled_lag": 59,
        "after_enable": "live",
        "details": "null",
        "scope_all": "refuse",
        "scope_wid": "filter",
        "unknown_warehouse": "empty",
        "single_lookup": "envelope",
        "lookup_miss": "empty",
        "stock_levels": "array",
        "plain_http": "301",
    },
    "hard credentials, quickstart's names, strict bodies": {
        "tokens": "ES256",
        "credential_style": "special",
        "basic": "percent",
        "refusal_body": "empty",
        "refusal_status": 400,
        "post_order": "body",
        "create_names": "quickstart",
        "item_names": "quickstart",
        "create_accepts": "quickstart",
        "unknown_members": "reject",
        "put_status": 204,
        "body_style": "nested",
        "plain_http": "403",
        "disabled_lag": 0,
    },
    "bad weather": {
        "connection_close": True,
        "chunked": True,
        "header_case": "upper",
        "rate_limit_every": 400,
        "latency_ms": 1,
        "jitter_ms": 3,
        "create_accepts": "items",
        "extra_fields": True,
        "describe_now": False,
        "control_reset": False,
        "dates": "zoneless",
        "enable_seen": "cached",
        "lockout": "refuse",
    },
}

CAUGHT = {
    "auth-skipped-delete": "bearer.required",
    "auth-basic-on-api": "bearer.required",
    "token-ignores-case": "bearer.invalid",
    "jwt-alg-none": "bearer.forged",
    "secret-suffix-ignored": "token.right-secret-only",
    "token-mixup": "token.own-client",
    "expiry-sliding": "expiry.ends",
    "token-idle": "expiry.idle",
    "rotation-ends-tokens-later": "rotation.old-tokens-live-on",
    "disable-cache-restarted": "disabling.tokens-end",
    "disable-only-get": "disabling.tokens-end",
    "scope-move-to": "authorization.warehouse-write",
    "permission-403-late": "authorization.refused-write",
    "reports-run-unchecked": "authorization.report-run",
    "plain-issues-basic": "transport.credentials",
}


def run(target: Path, *requirements: str) -> tuple[Run, int]:
    """Run the suite; the finished run and its exit status."""
    options = Options(requirements=requirements, out=target.parent / "run")
    finished = run_suite(target, options, Narrator(io.StringIO(), quiet=True))
    assert finished.run is not None
    return finished.run, finished.exit


@pytest.mark.parametrize("name", CONFORMING)
def test_conforming_server_is_blamed_for_nothing(serve: Callable[..., Path], name: str) -> None:
    """Whatever it does where the documentation is silent: nothing required fails or stays undecided."""
    finished, exit_status = run(serve(CONFORMING[name]))

    failed = [check.id for check in finished.checks if check.outcome is Outcome.FAIL]
    assert [identifier for identifier in failed if not identifier.startswith("oauth.")] == []
    assert exit_status == 0


def test_target_file_without_examples_is_no_reason_to_doubt(serve: Callable[..., Path]) -> None:
    """Stock moves, whose bodies are nowhere documented, are left out, and the rest is judged."""
    target = serve({})
    text = target.read_text("utf-8")
    target.write_text(re.sub(r"\[examples\..*?(?=\n\[\[|\n\[examples|\Z)", "", text, flags=re.DOTALL), "utf-8")

    finished, exit_status = run(target, "authorization.*", "bearer.*")

    left_out = {check.reason for check in finished.checks if check.outcome is Outcome.NOT_RUN}
    assert left_out == {"needs-example"}
    assert exit_status == 0


@pytest.mark.parametrize("fault", CAUGHT)
def test_faulty_server_is_caught(serve: Callable[..., Path], fault: str) -> None:
    """A single defect of it fails the requirement that it violates."""
    finished, exit_status = run(serve({}, fault), CAUGHT[fault])

    assert {check.requirement for check in finished.checks if check.outcome is Outcome.FAIL} == {CAUGHT[fault]}
    assert exit_status == 1
