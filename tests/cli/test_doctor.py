"""`conformance doctor`: everything that is wrong with a target or its file, all of it at once, before a run."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from conformance.reference.server import ReferenceServer

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from conftest import Call, TargetFile

    Edit = Callable[[str], str]


def test_sound_target_has_no_problem(call: Call, target_file: TargetFile) -> None:
    """Exit status 0, and what was looked at."""
    called = call("doctor", target_file(clients=("full", "none", "read-only", "expendable-1")))

    assert called.exit == 0, called.out
    for words in (
        "reached over TLS",
        "control: offers advance",
        "client full: gets a token and reads as declared",
        "client none: gets a token; declared to read nothing",
        "warehouses: 1, 2, 3 can be read",
        "reports: 15",
        "OLD-BOLT",
        "POST /Inventory/Move",
        "plain HTTP",
        "rotated secrets can be kept",
        "no problem found; next: conformance run",
    ):
        assert words in called.told
    assert "PROBLEM" not in called.out
    assert max(map(len, called.out.splitlines()[:-1])) <= 100


def test_all_problems_are_told_at_once(call: Call, target_file: TargetFile, setting: Callable[..., Edit]) -> None:
    """A wrong secret, untrue rights, a warehouse, a report and an alias that do not exist, a control out of reach."""

    def edit(text: str) -> str:
        text = setting(
            url=f'"https://127.0.0.1:{closed_port()}/control"',
            warehouses="[1, 2, 9]",
            reports="[15, 99]",
            aliases='{ NO-SUCH = "BOLT-M8-30" }',
        )(text)
        return wrong_secret(without_permissions(text, "none", "all"), "read-only")

    called = call("doctor", target_file(clients=("full", "none", "read-only"), edit=edit))

    assert called.exit == 3
    for words in (
        "check control.url",
        "client read-only gets no token",
        "check its client_id and client_secret",
        "client none: <GET /Item",
        "correct its permissions",
        "warehouse 9",
        "reports: 99",
        "NO-SUCH does not lead to the item BOLT-M8-30",
        "6 problems",
    ):
        assert words in called.told, called.out
    assert "not-" not in called.told


def test_unreachable_target_is_a_problem(call: Call, target_file: TargetFile, setting: Callable[..., Edit]) -> None:
    """What does not need the target is looked at all the same."""
    called = call("doctor", target_file(edit=setting(base_url=f'"https://127.0.0.1:{closed_port()}/api/v1"')))

    assert called.exit == 3
    assert "cannot be reached" in called.told
    assert "control: offers" in called.told
    assert "1 problem:" in called.told


def test_wrong_path_is_a_problem(call: Call, target_file: TargetFile, server: ReferenceServer) -> None:
    """A base_url without its /api/v1 is answered, but gives no token."""
    called = call(
        "doctor", target_file(edit=lambda text: text.replace(server.base_url, server.base_url.removesuffix("/api/v1")))
    )

    assert called.exit == 3
    assert "does not end with /api/v1" in called.told


def test_example_that_cannot_be_filled_in(call: Call, target_file: TargetFile) -> None:
    """Every placeholder needs data to stand for it; nothing is sent to find out."""
    called = call(
        "doctor",
        target_file(edit=lambda text: text.replace("[1, 2, 3]", "[2]")),
    )

    assert called.exit == 0, called.out
    assert "nothing was sent" in called.told


def test_secrets_that_could_not_be_kept(call: Call, target_file: TargetFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rotation would lock the client out for the next run."""
    monkeypatch.setattr("conformance.target.secrets._replaceable", lambda _path: False)

    called = call("doctor", target_file())

    assert called.exit == 3
    assert "acme.toml.secrets" in called.told
    assert "expendable-1" in called.told


def test_what_would_be_left_out_is_no_problem(
    call: Call, target_file: TargetFile, without: Callable[[str], Edit]
) -> None:
    """Without a control and other clients less is checked; the report says what and why."""
    called = call("doctor", target_file(clients=("full",), edit=without("control")))

    assert called.exit == 0
    assert "no [control]" in called.told
    assert "WOULD BE LEFT OUT" in called.told
    assert "expiry.four-hours" in called.told
    assert "add a client with read_only = true" in called.told


def test_basic_alone_is_noted(call: Call, target_of: Callable[[ReferenceServer], TargetFile]) -> None:
    """A target that refuses form fields violates a requirement; it can be run against."""
    with ReferenceServer(faults=["token.form-needs-bearer"]) as server:
        called = call("doctor", target_of(server)())

    assert called.exit == 0, called.out
    assert "by HTTP Basic alone" in called.told
    assert "violates token.form" in called.told


def closed_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def wrong_secret(text: str, name: str) -> str:
    """Give one client of a target file another secret."""
    head, begin, rest = text.partition(f'name = "{name}"')
    return head + begin + rest.replace('client_secret = "', 'client_secret = "not-', 1)


def without_permissions(text: str, name: str, declared: str) -> str:
    """Declare other permissions for one client of a target file."""
    head, begin, rest = text.partition(f'name = "{name}"')
    return head + begin + rest.replace('permissions = "none"', f'permissions = "{declared}"', 1)
