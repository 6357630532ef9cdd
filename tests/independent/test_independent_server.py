"""The suite against a server that its authors never saw: no false alarm, and no fault of it missed."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest

from conformance.contract.outcomes import Level, Outcome
from conformance.narrator import Narrator
from conformance.runner import Options, run_suite

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conformance.report.run import Run

CONFORMING: dict[str, dict[str, object]] = {
    "as it is": {},
    "JWTs, quickstart's names, hard credentials, refusals where others filter": {
        "tokens": "ES256",
        "token_type": "BEARER",
        "credential_style": "special",
        "basic": "percent",
        "disabled_lag": 59,
        "after_enable": "live",
        "details": "null",
        "missing_code": "bad_request",
        "scope_all": "refuse",
        "scope_wid": "filter",
        "unknown_warehouse": "empty",
        "page_size_over": "400",
        "bad_page": "clamp",
        "beyond_end": "404",
        "empty_page_count": 1,
        "collation": "natural",
        "default_order": "shuffled",
        "sort_columns": "few",
        "crossed_dates": "400",
        "create_accepts": "quickstart",
        "create_names": "quickstart",
        "item_names": "quickstart",
        "unknown_members": "reject",
        "single_lookup": "envelope",
        "lookup_miss": "empty",
        "put_key": "partNo",
        "put_body": "full",
        "put_status": 204,
        "delete_status": 202,
        "second_delete": "404",
        "stock_status": 204,
        "held_status": 400,
        "body_style": "nested",
        "inventory_order": "recNo",
        "shipped_lots": "hidden",
        "moved_lot": "new",
        "issued_lot": "split",
        "stock_levels": "array",
        "spots": "per-warehouse",
        "repeated_hold": 409,
        "category_text": "absent",
        "po_partial": "hidden",
        "wo_dates": "creation",
        "list_lines": "null",
        "report_sort": False,
        "webhook_body": "renamed",
        "webhook_put": "200-empty",
        "webhook_foreign": "403",
        "webhook_log": "array",
        "dates": "fraction",
        "decimals": "fixed",
        "plain_http": "301",
    },
    "bad weather and others at work": {
        "connection_close": True,
        "chunked": True,
        "header_case": "upper",
        "rate_limit_every": 400,
        "latency_ms": 1,
        "jitter_ms": 3,
        "busy": "rows",
        "create_accepts": "items",
        "item_names": "mixed",
        "extra_fields": True,
        "describe_now": False,
        "control_reset": False,
        "dates": "zoneless",
        "enable_seen": "cached",
        "lockout": "refuse",
        "unknown_sort": "ignore",
        "bad_date": "ignore",
        "list_lines": "empty",
        "webhook_create": 200,
        "webhook_put_body": "full",
        "plain_http": "refused",
    },
}
UNWELCOME = (Outcome.FAIL, Outcome.INCONCLUSIVE, Outcome.BLOCKED, Outcome.SUITE_ERROR)
ONLY_WHERE_ASKED_FOR = ("oauth.", "hardening.")

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

    musts = [check for check in finished.checks if check.level is Level.MUST and check.outcome in UNWELCOME]
    found = {check.id: check.message for check in musts if not check.requirement.startswith(ONLY_WHERE_ASKED_FOR)}
    assert found == {}
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
