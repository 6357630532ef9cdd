"""Bad weather does what it says on the wire, and what other clients do keeps the rules."""

from __future__ import annotations

import ssl
import time
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import httpx
import pytest

from conformance.cli import main
from conformance.reference.command import serve
from conformance.reference.dialects import Dialect
from conformance.reference.freedoms import with_settings
from conformance.reference.names import UnknownFaultError
from conformance.reference.server import ReferenceServer
from conformance.reference.service import Service
from conformance.reference.weather import CALM, Others

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def asking(*kinds: str, freedoms: tuple[str, ...] = ()) -> Iterator[tuple[ReferenceServer, httpx.Client, str]]:
    """Give a server in some weather, a client, and a token; the client's address is the API's."""
    dialect, weather = with_settings(Dialect(), freedoms), with_settings(CALM, kinds, "weather")
    with ReferenceServer(dialect=dialect, weather=weather) as server:
        context = ssl.create_default_context(cadata=server.ca_pem.decode())
        with httpx.Client(verify=context, base_url=server.base_url) as client:
            account = server.service.store.accounts["ipc-full"]
            form = {
                "grant_type": "client_credentials",
                "client_id": account.client_id,
                "client_secret": account.secret,
            }
            token = client.post("/Token", data=form).json()["access_token"]
            client.headers["Authorization"] = f"Bearer {token}"
            yield server, client, token


def test_connection_is_closed_as_the_answer_says() -> None:
    """Every answer has Connection: close."""
    with asking("connections=closed") as (_, client, _):
        answers = [client.get("/Item/42") for _ in range(2)]

    assert [answer.headers["connection"] for answer in answers] == ["close", "close"]


def test_connection_is_closed_without_a_word() -> None:
    """The answer is whole and says nothing of it; the next one comes over another connection."""
    with asking("connections=cut") as (_, client, _):
        time.sleep(0.05)
        first = client.get("/Item/42")
        time.sleep(0.05)
        second = client.get("/Item/42")

    streams = [answer.extensions["network_stream"] for answer in (first, second)]
    assert first.json() == second.json()
    assert "connection" not in first.headers
    assert streams[0] is not streams[1]


def test_bodies_come_in_chunks() -> None:
    """They have no Content-Length and are whole all the same; an answer without a body has none."""
    with asking("chunked=yes") as (_, client, _):
        listed, held = client.get("/Item"), client.post("/Location/Hold?id=A-01-01")

    assert listed.headers["transfer-encoding"] == "chunked"
    assert "content-length" not in listed.headers
    assert len(listed.json()["value"]) == 25
    assert (held.status_code, held.content) == (204, b"")


@pytest.mark.parametrize("told", ["seconds", "date", "nothing"])
def test_now_and_then_a_request_is_one_too_many(told: str) -> None:
    """One in fifty gets 429 in the uniform shape, with a time to wait or none; the control endpoint never does."""
    with asking("limited=50", f"retry-after={told}") as (server, client, _):
        answers = [client.get("/Item/42") for _ in range(50)]
        headers = {"Authorization": f"Bearer {server.control_token}"}
        controls = [client.post(server.control_url, json={"action": "describe"}, headers=headers) for _ in range(60)]

    limited = [answer for answer in answers if answer.status_code == 429]
    assert len(limited) == 1
    assert (limited[0].json()["error"], limited[0].json()["statusCode"]) == ("rate_limited", 429)
    waits = limited[0].headers.get("retry-after")
    if told == "date":
        left = parsedate_to_datetime(waits) - parsedate_to_datetime(limited[0].headers["date"])
        assert 0 <= left.total_seconds() <= 2
    else:
        assert waits == {"seconds": "1", "nothing": None}[told]
    assert {answer.status_code for answer in controls} == {200}


def test_answers_are_late() -> None:
    """Each by so many milliseconds."""
    with asking("latency=50") as (_, client, _):
        began = time.perf_counter()
        client.get("/Item/42")

    assert time.perf_counter() - began >= 0.05


@pytest.mark.parametrize("form", ["jwt", "opaque", "opaque-alphabet", "bare-jwt"])
def test_tokens_are_long(form: str) -> None:
    """They have at least so many characters, whatever they are, and work."""
    with asking("token-length=4096", freedoms=(f"token-format={form}",)) as (_, client, token):
        answer = client.get("/Item/42")

    assert len(token) >= 4096
    assert answer.status_code == 200


@pytest.mark.parametrize(("case", "name"), [("lower", b"x-page"), ("upper", b"X-PAGE"), ("title", b"X-Page")])
def test_header_names_have_any_letter_case(case: str, name: bytes) -> None:
    """On the wire, not only in the program."""
    with asking(freedoms=(f"header-names={case}",)) as (_, client, _):
        answer = client.get("/Item")

    assert name in [shown for shown, _ in answer.headers.raw]


def test_others_add_change_and_end_rows_of_their_own() -> None:
    """Nothing that was there before is touched, all that they add is named as theirs, and there is an end to it."""
    service = Service()
    items, lots = dict(service.store.items), dict(service.store.lots)
    others = Others(service)
    for _ in range(600):
        others.step()

    added = [item for number, item in service.store.items.items() if number not in items]
    brought = [lot for number, lot in service.store.lots.items() if number not in lots]
    assert all(service.store.items[number] == item for number, item in items.items())
    assert all(service.store.lots[number] == lot for number, lot in lots.items())
    assert all(item.short_id.startswith("OTHERS-") for item in added)
    assert {item.discontinued for item in added} == {True, False}
    assert {lot.active for lot in brought} == {True, False}
    assert max(len(added), len(brought)) <= 40


def test_others_go_on_after_a_reset() -> None:
    """What they had is gone, and they begin anew."""
    service = Service()
    others = Others(service)
    for _ in range(50):
        others.step()
    service.store.reset()
    before = len(service.store.items)

    for _ in range(12):
        others.step()
    assert len(service.store.items) > before


def test_others_work_while_a_server_serves() -> None:
    """Their items come while somebody else reads the list."""
    with asking("others-write=yes") as (_, client, _):
        before = client.get("/Item/All").json()["totalCount"]
        time.sleep(0.5)
        after = client.get("/Item/All").json()["totalCount"]

    assert after > before


def test_what_cannot_be_served_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong name ends the command with status 2 and says what there is."""
    with pytest.raises(UnknownFaultError, match="--weather wind=5: there is no weather 'wind'"):
        serve(weather=["wind=5"])

    assert main(["serve", "--freedom", "dates=nowhere"]) == 2
    assert "with one of zulu, utc, offset, naked" in capsys.readouterr().err


def test_command_lists_freedoms(capsys: pytest.CaptureFixture[str]) -> None:
    """Without starting a server."""
    assert main(["serve", "--list-freedoms"]) == 0

    shown = capsys.readouterr().out
    assert "--freedom token-format=VALUE" in shown
    assert "--weather latency=VALUE" in shown
