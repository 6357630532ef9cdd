"""The control endpoint speaks the control protocol."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from conformance.reference.dialects import Dialect

if TYPE_CHECKING:
    from conftest import Api, Workshop


def test_describe_lists_the_actions_and_the_time(server: Api) -> None:
    """Six actions are offered, and now is told in UTC."""
    answer = server.control("describe")

    assert answer["actions"] == ["describe", "advance", "rotate", "disable", "enable", "reset"]
    assert datetime.fromisoformat(answer["now"]).utcoffset() is not None


def test_advance_moves_the_clock(server: Api) -> None:
    """The new time is told, and every answer's Date header follows."""
    before = datetime.fromisoformat(server.control("describe")["now"])
    after = datetime.fromisoformat(server.control("advance", seconds=3600.5)["now"])

    assert 3600.5 <= (after - before).total_seconds() < 3605
    date = server.ask("GET", "/Item").headers["date"]
    assert after.strftime("%d %b %Y %H:") in date


@pytest.mark.parametrize("seconds", [0, -1, "5", None, True, 1e300, float("1e12"), [], 10**400])
def test_advance_needs_positive_seconds(server: Api, seconds: Any) -> None:
    """Anything else is refused, and the clock stays."""
    answer = server.control_answer(server.service.control_token, action="advance", seconds=seconds)

    assert answer.status_code == 400
    assert "error" in answer.json()


@pytest.mark.parametrize("token", ["", "wrong"])
def test_control_token_is_needed(server: Api, token: str) -> None:
    """Without it nothing is done."""
    answer = server.control_answer(token, action="rotate", client_id="ipc-full")

    assert answer.status_code == 401
    assert server.token_answer("full").status_code == 200


@pytest.mark.parametrize("action", ["rotate", "disable", "enable"])
def test_unknown_client_is_refused(server: Api, action: str) -> None:
    """The answer names it."""
    answer = server.control_answer(server.service.control_token, action=action, client_id="nobody")

    assert answer.status_code == 404
    assert "nobody" in answer.json()["error"]


def test_every_rotation_gives_another_secret(server: Api) -> None:
    """Two rotations, two secrets; only the last one works."""
    secrets = [server.control("rotate", client_id="ipc-expendable-1")["client_secret"] for _ in range(2)]

    assert [server.token_answer("expendable-1", secret=secret).status_code for secret in secrets] == [401, 200]


def test_disabling_twice_and_enabling_twice_is_no_error(server: Api) -> None:
    """The second time changes nothing."""
    for action in ("disable", "disable", "enable", "enable"):
        assert server.control(action, client_id="ipc-expendable-1") == {}

    assert server.token_answer("expendable-1").status_code == 200


def test_action_that_a_dialect_does_not_offer(workshop: Workshop) -> None:
    """It is neither listed nor done, and now is not told."""
    server = workshop.make(dialect=Dialect(offers_reset=False, tells_now=False))

    assert server.control("describe") == {"actions": ["describe", "advance", "rotate", "disable", "enable"]}
    assert server.control("advance", seconds=1) == {}
    assert server.control_answer(server.service.control_token, action="reset").status_code == 400
