"""Tokens end exactly when they are to end: asked in process, with the time standing still."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory

from conformance.reference.dialects import DIALECTS, Dialect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Api, Workshop


@pytest.fixture
def time() -> Iterator[FrozenDateTimeFactory]:
    """Stop the clock of the process, at a moment that is no whole second."""
    with freeze_time("2026-11-23 16:00:00.123456", real_asyncio=True) as frozen:
        assert isinstance(frozen, FrozenDateTimeFactory)
        yield frozen


def _tick(time: FrozenDateTimeFactory, seconds: float) -> None:
    time.tick(timedelta(seconds=seconds))


@pytest.mark.parametrize("is_used", [True, False])
def test_token_ends_after_four_hours(server: Api, time: FrozenDateTimeFactory, is_used: bool) -> None:  # noqa: FBT001
    """It works 14399 seconds after its issue and ends at 14400, used or not."""
    token = server.token("full")
    if is_used:
        _tick(time, 7200)
        assert server.probe(token) == 200
        _tick(time, -7200)

    _tick(time, 14399)
    assert server.probe(token) == 200

    _tick(time, 0.999999)
    assert server.probe(token) == 200

    _tick(time, 0.000001)
    assert server.probe(token) == 401


def test_moved_clock_counts_like_time(server: Api, time: FrozenDateTimeFactory) -> None:
    """The control endpoint's advance and real time add up."""
    token = server.token("full")
    server.advance(14000)
    _tick(time, 399.5)
    assert server.probe(token) == 200

    server.advance(0.5)
    assert server.probe(token) == 401
    assert server.probe(server.token("full")) == 200


def test_later_token_has_its_own_end(server: Api, time: FrozenDateTimeFactory) -> None:
    """Neither token moves the other's end."""
    first = server.token("full")
    _tick(time, 3600)
    second = server.token("full")

    _tick(time, 10799)
    assert server.probe(first) == 200
    _tick(time, 1)
    assert server.probe(first) == 401
    assert server.probe(second) == 200
    _tick(time, 3599)
    assert server.probe(second) == 200
    _tick(time, 1)
    assert server.probe(second) == 401


def test_rotation_replaces_the_secret_and_leaves_tokens(server: Api, time: FrozenDateTimeFactory) -> None:
    """The new secret works at once, the old one no more; old tokens end when they would have ended anyway."""
    token, old = server.token("expendable-1"), server.secret("expendable-1")
    _tick(time, 60)
    new = server.control("rotate", client_id="ipc-expendable-1")["client_secret"]

    assert server.token_answer("expendable-1", secret=old).status_code == 401
    assert server.token_answer("expendable-1", secret=new).status_code == 200
    assert server.token_answer("expendable-2").status_code == 200
    assert server.probe(token) == 200
    _tick(time, 14339)
    assert server.probe(token) == 200
    _tick(time, 1)
    assert server.probe(token) == 401


def test_disabled_account_goes_on_for_a_minute(server: Api, time: FrozenDateTimeFactory) -> None:
    """A token that was used just before works 59.999 seconds longer, ends at 60, and stays dead."""
    token, other = server.token("expendable-1"), server.token("expendable-2")
    assert server.probe(token) == 200
    server.control("disable", client_id="ipc-expendable-1")

    assert server.token_answer("expendable-1").status_code == 401
    _tick(time, 30)
    assert server.probe(token) == 200
    _tick(time, 29.999)
    assert server.probe(token) == 200
    _tick(time, 0.001)
    assert server.probe(token) == 401
    _tick(time, 3600)
    assert server.probe(token) == 401
    assert server.probe(other) == 200


def test_token_not_seen_lately_ends_at_once(server: Api, time: FrozenDateTimeFactory) -> None:
    """The window is the age of a cache entry; without one the table is asked."""
    token = server.token("expendable-1")
    assert server.probe(token) == 200
    _tick(time, 61)
    server.control("disable", client_id="ipc-expendable-1")

    assert server.probe(token) == 401


def test_enabled_account_works_again(server: Api, time: FrozenDateTimeFactory) -> None:
    """After enabling, a new token is issued and works; in this dialect the old one does, too."""
    token = server.token("expendable-1")
    server.control("disable", client_id="ipc-expendable-1")
    _tick(time, 61)
    assert server.probe(token) == 401
    server.control("enable", client_id="ipc-expendable-1")

    assert server.probe(server.token("expendable-1")) == 200
    assert server.probe(token) == 200


def test_tokens_of_a_disabled_account_may_stay_dead(workshop: Workshop, time: FrozenDateTimeFactory) -> None:
    """A dialect may end them for good; a token that is issued after the enabling works."""
    server = workshop.make(dialect=Dialect(tokens_revive=False))
    token = server.token("expendable-1")
    _tick(time, 1)
    server.control("disable", client_id="ipc-expendable-1")
    _tick(time, 61)
    server.control("enable", client_id="ipc-expendable-1")

    assert server.probe(token) == 401
    assert server.probe(server.token("expendable-1")) == 200


@pytest.mark.parametrize(("window", "last"), [(0.0, None), (59.0, 58.999), (60.0, 59.999)])
def test_window_is_the_dialect_s(
    workshop: Workshop, time: FrozenDateTimeFactory, window: float, last: float | None
) -> None:
    """A dialect may stop tokens sooner than after 60 seconds."""
    server = workshop.make(dialect=Dialect(disabled_window=window))
    token = server.token("expendable-1")
    assert server.probe(token) == 200
    server.control("disable", client_id="ipc-expendable-1")
    if last is not None:
        _tick(time, last)
        assert server.probe(token) == 200
        _tick(time, 0.001)

    assert server.probe(token) == 401


def test_enabling_may_take_the_window(workshop: Workshop, time: FrozenDateTimeFactory) -> None:
    """A dialect may keep the disabled status in its cache; new tokens work within a minute of the enabling."""
    server = workshop.make(dialect=DIALECTS["quickstart"])
    token = server.token("expendable-1")
    server.control("disable", client_id="ipc-expendable-1")
    assert server.probe(token) == 401
    server.control("enable", client_id="ipc-expendable-1")

    fresh = server.token("expendable-1")
    assert server.probe(fresh) == 401
    _tick(time, 59)
    assert server.probe(fresh) == 200


def test_reset_restores_secrets_and_accounts(server: Api, time: FrozenDateTimeFactory) -> None:
    """Secrets, accounts and data are as at the start; issued tokens live on."""
    token, secret = server.token("expendable-1"), server.secret("expendable-1")
    server.control("rotate", client_id="ipc-expendable-1")
    server.control("disable", client_id="ipc-expendable-1")
    server.ask("DELETE", "/Item/BOLT-M8-30")
    _tick(time, 61)
    server.control("reset")

    assert server.token_answer("expendable-1", secret=secret).status_code == 200
    assert server.probe(token) == 200
    assert server.ask("GET", "/Item?key=BOLT-M8-30&type=id").json()["discontinued"] is False
