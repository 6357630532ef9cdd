"""The freedoms are told in one place, each is traced to what leaves it open, and each value shows in some answer."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from conformance.contract.readings import load_readings
from conformance.reference.freedoms import FREEDOMS, Dialect, Freedom, spelling, with_settings
from conformance.reference.freedoms_left_out import LEFT_OUT
from conformance.reference.freedoms_page import WIDTH, freedoms_page, freedoms_text
from conformance.reference.names import UnknownFaultError
from conformance.reference.weather import CALM, WEATHER, Weather

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Api, Workshop

PAGE = Path(__file__).resolve().parents[2] / "docs" / "freedoms.md"
EVERYTHING = [*FREEDOMS.values(), *WEATHER.values()]
GAPS = tuple(f"C{number}" for number in range(1, 59))
"""The contradictions and gaps between pages."""
CONVENTIONS = tuple(
    f"S{number}"
    for number in (
        2, 12, 28, 32, 33, 34, 35, 42, 54, 55, 56, 64, 73, 83, 88, 91, 108, 111, 124, 147, 151, 152, 168, 170, 177, 181,
        182, 183, 184,
    )
)  # fmt: skip
"""The statements that are convention, or not to be tested: a server may do otherwise."""


@pytest.mark.parametrize("freedom", EVERYTHING, ids=lambda freedom: freedom.name)
def test_freedom_says_what_it_is(freedom: Freedom) -> None:
    """A sentence, several values that are spelled apart, the default among them, and where it is left open."""
    assert re.fullmatch(r"(What|How|Whether|Which|In which|By|The|For how|One) .*\.", freedom.sentence)
    assert len(freedom.spelled) == len(freedom.values) >= 2
    assert freedom.values[0] == freedom.default
    assert freedom.page
    assert all(re.fullmatch("[SC][0-9]+", row) for row in freedom.rows)


@pytest.mark.parametrize("row", [*GAPS, *CONVENTIONS])
def test_what_is_left_open_is_a_freedom_or_said_to_be_none(row: str) -> None:
    """Every gap, every contradiction and every convention, and none as both."""
    assert any(row in freedom.rows for freedom in EVERYTHING) is (row not in LEFT_OUT)


@pytest.mark.parametrize("reading", load_readings(), ids=lambda reading: reading.id)
def test_every_question_of_the_readings_is_a_freedom(reading: Any) -> None:
    """What the suite accepts in several ways the server can do in several ways."""
    assert any(set(reading.rows) & set(freedom.rows) for freedom in FREEDOMS.values())


def test_page_tells_what_the_program_does() -> None:
    """The page is what the program writes; else: python -m conformance.reference.freedoms_page > docs/freedoms.md."""
    assert PAGE.read_text("utf-8") == freedoms_page()


def test_text_names_every_value() -> None:
    """Each switch with its values, in lines that fit the terminal."""
    text = freedoms_text()

    for freedom in EVERYTHING:
        assert re.search(rf"^--(freedom|weather) {freedom.name}=VALUE$", text, re.MULTILINE)
    assert max(map(len, text.splitlines())) <= WIDTH


def test_settings_are_read() -> None:
    """Names and values as they are listed, over a dialect and over the weather."""
    dialect = with_settings(Dialect(), ["dates=naked", "token-status=201", "disabled-window=30", "challenges=no"])
    weather = with_settings(CALM, ["latency=50", "connections=cut"], "weather")

    assert (spelling(dialect.dates), dialect.token_status, dialect.disabled_window) == ("naked", 201, 30.0)
    assert dialect.challenges is False
    assert (weather.latency, spelling(weather.connections)) == (50, "cut")


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("datess=naked", r"--freedom datess=naked: there is no freedom 'datess'; did you mean dates .*--list-freedoms"),
        ("zzz=1", r"there is no freedom 'zzz'; conformance serve --list-freedoms lists them"),
        ("dates=nowhere", r"there is no such value; write --freedom dates=VALUE with one of zulu, utc, offset, naked"),
        ("dates", r"its value is missing; write --freedom dates=VALUE"),
    ],
)
def test_what_cannot_be_set_is_told(setting: str, words: str) -> None:
    """What is wrong, where, and what to do about it."""
    with pytest.raises(UnknownFaultError, match=words):
        with_settings(Dialect(), [setting])


# --- every value shows ----------------------------------------------------------------------------------------------

START = datetime(2026, 11, 23, 16, 0, 0, 123456, UTC)
ITEM = {"shortID": "NEW", "description": "New", "unit": "EA", "categoryID": 5}
HOOK = {"url": "https://here.invalid/hook", "events": "stock.changed,inventory.issued"}
WHOLE_HOOK = HOOK | {"name": "Mirror", "payloadMode": 1}
TEXT = {"Content-Type": "text/plain"}
ADMIN = {"client": "only-webhooks-admin"}

QUESTIONS: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/Item?pageSize=3", {}),
    ("GET", "/Category?pageSize=40", {}),
    ("GET", "/Item/99999", {}),
    ("GET", "/Item?pagesize=3", {}),
    ("GET", "/item", {}),
    ("GET", "/Item/", {}),
    ("HEAD", "/Item", {}),
    ("GET", "/Item?colour=red", {}),
    ("GET", "/Nothing", {"client": None}),
    ("PATCH", "/Item", {}),
    ("GET", "/Item", {"client": None}),
    ("GET", "/Item/abc", {}),
    ("GET", "/Customer/ACME-CORP", {}),
    ("GET", "/Customer/All?pageSize=60", {}),
    *(("GET", f"/Item?{query}", {}) for query in (
        "pageSize=251", "page=0", "pageSize=0", "page=x", "page=99", "Category=99", "sort=colour", "direction=up",
        "direction=desc", "modifiedSince=x", "modifiedSince=2025-01-20T14:00:00", "sort=description",
        "key=BOLT-M8-30&type=id", "key=none&type=id", "key=BOLT-M8-30", "key=BOLT-M8-30&type=colour",
        "key=SCREW-3X50&type=id", "key=bolt-m8-30&type=id",
    )),
    ("GET", "/Item/39", {}),
    ("GET", "/PurchaseOrder?direction=DESC", {}),
    ("GET", "/PurchaseOrder?modifiedSince=2030-01-01T00:00:00", {}),
    ("GET", "/PurchaseOrder?startDate=2025-03-01&endDate=2025-02-01", {}),
    ("GET", "/PurchaseOrder?pageSize=50", {}),
    ("GET", "/ShippingOrder?pageSize=50", {}),
    ("GET", "/WorkOrder?startDate=2025-01-09&endDate=2025-01-20", {}),
    ("GET", "/WorkOrder?pageSize=50", {}),
    ("GET", "/Report?sort=reportName", {}),
    ("GET", "/Report/15?count=3", {}),
    ("GET", "/Report/9999", {"client": "reports-some"}),
    ("GET", "/Report", {"client": "reports-none"}),
    ("GET", "/Inventory?pageSize=250", {}),
    ("GET", "/Inventory?sort=serial2&pageSize=250", {}),
    ("GET", "/Vendor/All?sort=country&direction=DESC&pageSize=250", {}),
    ("GET", "/Inventory/77", {}),
    ("GET", "/Inventory/77", {"client": "warehouse-1"}),
    ("GET", "/Inventory/StockLevels", {}),
    ("GET", "/Inventory", {"client": "warehouse-1"}),
    ("GET", "/Inventory/StockLevels", {"client": "warehouse-1"}),
    ("GET", "/Location?wid=2", {"client": "warehouse-1"}),
    ("GET", "/Location?pageSize=250", {}),
    ("POST", "/Item", {"content": b"{"}),
    ("POST", "/Item", {"client": "none", "content": b"{"}),
    ("POST", "/Item", {"content": b'{"shortID": "T"}', "headers": TEXT}),
    ("POST", "/Item", {"json": {"description": "nameless"}}),
    ("POST", "/Item", {"json": {"shortID": "N", "description": "N", "uOM": "EA", "category": 99}}),
    ("POST", "/Item", {"json": {"shortID": "A", "description": "A", "uOM": "EA", "category": 5}}),
    ("POST", "/Item", {"json": ITEM}),
    ("POST", "/Item", {"json": ITEM | {"shortID": "SCREW-3X50"}}),
    ("POST", "/Item", {"json": {"shortID": "BARE"}}),
    ("PUT", "/Item", {"json": {"shortID": "BOLT-M8-30", "description": "x"}}),
    ("PUT", "/Item", {"json": {"partNo": 42, "description": "x"}}),
    ("GET", "/Item/42", {}),
    ("PUT", "/Item", {"json": {"partNo": 39, "shortID": "SCREW-3X50"}}),
    ("DELETE", "/Item/NUT-M8", {}),
    ("DELETE", "/Item/NUT-M8", {}),
    ("POST", "/Location/Hold?id=B-02-07", {}),
    ("POST", "/Inventory/Receive", {"json": {"partNo": 42, "wID": 1, "spot": "B-02-07", "units": 1}}),
    ("POST", "/Inventory/Receive", {"json": {"partNo": 42, "wID": 1, "spot": "A-01-01", "units": 1}}),
    ("POST", "/Inventory/Issue", {"json": {"recNo": 15003, "units": 1}}),
    ("POST", "/Inventory/Issue", {"json": {"recNo": 15003, "units": 1e6}}),
    ("POST", "/Inventory/Receive", {"json": {"partNo": 42, "wID": 1, "spot": "A-01-01", "units": 1}}),
    ("POST", "/Inventory/Move", {"json": {"recNo": 15006, "toSpot": "A-01-02", "units": 1e6}}),
    ("POST", "/Inventory/Move", {"json": {"recNo": 15051, "toSpot": "A-02-01"}}),
    ("GET", "/Inventory?pageSize=250", {}),
    ("POST", "/Inventory/Issue", {"json": {"recNo": 15006}}),
    ("GET", "/Inventory?pageSize=250", {}),
    ("POST", "/Location/Hold?id=A-03-01", {}),
    ("POST", "/Inventory/Issue", {"json": {"recNo": 15003, "units": 1}}),
    ("GET", "/Webhook/3", {}),
    ("GET", "/Webhook/3", ADMIN),
    ("POST", "/Webhook", {"json": HOOK}),
    ("POST", "/Webhook", {"json": WHOLE_HOOK}),
    ("POST", "/Webhook", {"json": WHOLE_HOOK | {"events": "any.thing"}}),
    ("PUT", "/Webhook/3", {"json": HOOK, **ADMIN}),
    ("POST", "/Webhook/3/test", ADMIN),
    ("GET", "/Webhook/3", ADMIN),
    ("GET", "/Webhook/3/log", ADMIN),
    ("DELETE", "/Webhook/3", ADMIN),
]  # fmt: skip


def tour(server: Api) -> Iterator[object]:
    """Ask a server everything that a freedom may show in, and tell what it answers."""
    offset = timedelta()

    def advance(seconds: float) -> datetime:
        nonlocal offset
        offset += timedelta(seconds=seconds)
        return START + offset

    setattr(server.service.clock, "now", lambda: START + offset)  # noqa: B010 -- mypy knows it as a method
    setattr(server.service.clock, "advance", advance)  # noqa: B010
    yield from _tokens(server)
    for method, path, content in QUESTIONS:
        yield method, path, _seen(server.ask(method, path, **content))
    yield from _lifecycle(server)


def _tokens(server: Api) -> Iterator[object]:
    answer = server.token_answer("full")
    yield answer.status_code, {**answer.json(), "access_token": _form(answer.json()["access_token"])}
    json_body = {"grant_type": "client_credentials", "client_id": "ipc-full", "client_secret": server.secret("full")}
    yield server.ask("POST", "/Token", client=None, json=json_body).status_code
    yield [server.token_answer("expendable-1", how="basic").status_code for _ in range(2)]
    yield server.token_answer("full", how="basic", grant_type="").status_code
    for how in ("form", "basic"):
        yield _seen(server.token_answer("full", how=how, secret="wrong"))
        yield server.token_answer("full", how=how, grant_type=[]).status_code
    yield server.token_answer("full", how="basic", client_secret=server.secret("full")).status_code
    encoded = httpx.BasicAuth("ipc%2Dfull", server.secret("full"))._auth_header
    form = {"grant_type": "client_credentials"}
    yield server.ask("POST", "/Token", client=None, data=form, headers={"Authorization": encoded}).status_code
    headers = {"Authorization": f"bearer {server.held('full')}"}
    yield server.ask("GET", "/Item/42", client=None, headers=headers).status_code
    request = server.request("GET", "/Item", server.held("full"))
    request.url = request.url.copy_with(scheme="http")
    yield server.service.rules.transport.is_listening()
    try:
        yield _seen(server.send(request))
    except ConnectionResetError:
        yield "dropped"


def _lifecycle(server: Api) -> Iterator[object]:
    described = server.control("describe")
    yield sorted(described), described["actions"]
    token = server.held("reports-some")
    server.advance(61)
    yield server.probe(token)
    server.advance(10)
    server.control("disable", client_id="ipc-reports-some")
    yield server.token_answer("reports-some").status_code
    for seconds in (0.5, 20, 28.7, 9, 1):
        server.advance(seconds)
        yield [server.probe(token) for _ in range(4)]
    server.control("disable", client_id="ipc-reports-some")
    yield server.probe(token)
    server.advance(61)
    yield server.probe(token)
    server.control("enable", client_id="ipc-reports-some")
    yield server.probe(server.token("reports-some"))
    server.advance(61)
    yield server.probe(token)
    if "reset" in described["actions"]:
        server.control("reset")
        yield server.probe(server.held("full"))


def _seen(answer: httpx.Response) -> tuple[object, ...]:
    return answer.status_code, answer.headers.raw, answer.content


def _form(token: str) -> object:
    """What a token is like, whatever its random parts."""
    if token.count(".") != 2:
        return sorted(set(token) - set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"))
    parts = [json.loads(urlsafe_b64decode(f"{part}==")) for part in token.split(".")[:2]]
    return parts[0], sorted(parts[1])


def values() -> list[str]:
    """Every value but the defaults, as it is set."""
    return [f"{freedom.name}={text}" for freedom in FREEDOMS.values() for text in list(freedom.spelled)[1:]]


@pytest.fixture(scope="module")
def plain_tour(workshop: Workshop) -> list[object]:
    """What the server answers that takes no freedom."""
    return list(tour(workshop.make()))


@pytest.mark.parametrize("setting", values())
def test_value_shows_in_some_answer(workshop: Workshop, plain_tour: list[object], setting: str) -> None:
    """A switch that changes nothing would be none."""
    server = workshop.make(dialect=with_settings(Dialect(), [setting]))

    assert any(shown != before for shown, before in zip(tour(server), plain_tour, strict=False))


def test_same_server_answers_the_same(workshop: Workshop, plain_tour: list[object]) -> None:
    """What the tour tells depends on nothing else."""
    assert list(tour(workshop.make())) == plain_tour


def test_weather_is_calm_by_default() -> None:
    """No kind of bad weather is on by itself."""
    assert Weather() == CALM
    assert all(not kind.default or spelling(kind.default) in {"kept", "seconds"} for kind in WEATHER.values())
