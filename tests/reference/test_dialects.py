"""Every dialect follows the documentation, each in its own way."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.reference.dialects import (
    DIALECTS,
    Dialect,
    Foreign,
    ItemNames,
    LookupShape,
    Miss,
    OverMaximum,
    PlainHttp,
    RefusalShape,
    TokenFormat,
)

if TYPE_CHECKING:
    from conftest import Workshop

MOVE = {"recNo": 15003, "toSpot": "A-01-02", "units": 1}
ISSUE = {"recNo": 15003, "units": 1}


def test_every_switch_is_used_by_a_named_dialect() -> None:
    """No freedom is left untried."""
    plain = Dialect()
    untried = [
        field.name
        for field in fields(Dialect)
        if all(getattr(dialect, field.name) == getattr(plain, field.name) for dialect in DIALECTS.values())
    ]

    assert len(DIALECTS) >= 4
    assert untried == []


@pytest.mark.parametrize("name", DIALECTS)
def test_named_dialect_keeps_the_rules(workshop: Workshop, name: str) -> None:
    """Tokens are given, expire and are refused; rights are kept; writes are done."""
    server = workshop.make(dialect=DIALECTS[name])
    token = server.token("full")

    assert server.probe(token) == 200
    assert server.probe("garbage") == 401
    assert server.token_answer("full", secret="wrong").status_code in {400, 401}
    assert server.token_answer("full", secret="wrong", how="basic").headers["www-authenticate"].startswith("Basic")
    assert server.ask("GET", "/Inventory/1", client="warehouses-2-3").status_code == 403
    assert server.ask("GET", "/Item", client="none").status_code == 403
    assert server.ask("DELETE", "/Item/BOLT-M8-30", client="read-only").status_code == 403
    assert server.ask("POST", "/Item", json={"shortID": "NEW"}).status_code == 201
    assert server.ask("PUT", "/Item", json={"shortID": "NEW", "description": "x"}).status_code in {200, 204}
    assert server.ask("DELETE", "/Item/NEW").status_code in {200, 204}
    assert server.ask("POST", "/Inventory/Move", json=MOVE).status_code in {200, 201, 204}
    server.advance(14401)
    assert server.probe(token) == 401


SWITCHES: list[tuple[dict[str, Any], str, str, dict[str, Any], int]] = [
    ({"overall_lists": Foreign.REFUSED}, "GET", "/Inventory", {"client": "warehouse-1"}, 403),
    ({"foreign_filter": Foreign.FILTERED}, "GET", "/Location?wid=2", {"client": "warehouse-1"}, 200),
    ({"no_reports": Foreign.REFUSED}, "GET", "/Report", {"client": "reports-none"}, 403),
    ({"input_before_rights": True}, "POST", "/Item", {"client": "none", "content": b"{"}, 400),
    ({"wrong_method_status": 405}, "PATCH", "/Item", {}, 405),
    ({"over_maximum": OverMaximum.REFUSED}, "GET", "/Item?pageSize=251", {}, 400),
    ({"page_past_end_status": 404}, "GET", "/Item?page=99", {}, 404),
    ({"lookup_miss": Miss.EMPTY}, "GET", "/Item?key=none&type=id", {}, 200),
    ({"update_status": 204}, "PUT", "/Item", {"json": {"partNo": 42, "units": 2}}, 204),
    ({"delete_status": 204}, "DELETE", "/Item/BOLT-M8-30", {}, 204),
    ({"repeated_delete_status": 404}, "DELETE", "/Item/SCREW-3X50", {}, 404),
    ({"repeated_delete_status": 409}, "DELETE", "/Item/SCREW-3X50", {}, 409),
    ({"move_status": 201}, "POST", "/Inventory/Move", {"json": MOVE}, 201),
    ({"issue_status": 204}, "POST", "/Inventory/Issue", {"json": ISSUE}, 204),
    ({"repeated_hold_status": 409}, "POST", "/Location/Hold?id=B-02-07", {}, 409),
    ({"form_refusal_status": 400}, "POST", "/Token", {"client": None, "data": {"grant_type": "x"}}, 400),
]


@pytest.mark.parametrize(
    ("switch", "method", "path", "content", "status"), SWITCHES, ids=[str(case[0]) for case in SWITCHES]
)
def test_switch_decides_alone(
    workshop: Workshop, switch: dict[str, Any], method: str, path: str, content: dict[str, Any], status: int
) -> None:
    """One switch changes the status of one request."""
    server = workshop.make(dialect=replace(Dialect(), **switch))

    assert server.ask(method, path, **content).status_code == status


def test_switches_that_show_in_bodies(workshop: Workshop) -> None:
    """Field names, shapes, zones and details follow the dialect."""
    quickstart = workshop.make(dialect=Dialect(item_names=ItemNames.QUICKSTART)).ask("GET", "/Item/42").json()
    envelope = (
        workshop.make(dialect=Dialect(lookup_shape=LookupShape.ENVELOPE)).ask("GET", "/Item?key=BOLT-M8-30").json()
    )
    zoneless = workshop.make(dialect=Dialect(zone=False)).ask("GET", "/Item/42").json()
    without = workshop.make(dialect=Dialect(details_always=False)).ask("GET", "/Item/99999").json()
    empty = workshop.make(dialect=Dialect(empty_page_count=1)).ask("GET", "/Item?Category=99").json()
    shipped = workshop.make(dialect=Dialect(shipped_lots_listed=True)).ask("GET", "/Inventory?pageSize=250").json()

    assert {"categoryID", "unit", "active"} <= set(quickstart)
    assert not {"category", "uOM", "discontinued"} & set(quickstart)
    assert (envelope["totalCount"], envelope["value"][0]["partNo"]) == (1, 42)
    assert not zoneless["created"].endswith("Z")
    assert "details" not in without
    assert empty["pageCount"] == 1
    assert any(lot["shipped"] for lot in shipped["value"])


def test_switches_that_show_on_the_wire(workshop: Workshop) -> None:
    """Headers, token format, held status and refusals follow the dialect."""
    answer = workshop.make(dialect=Dialect(charset=True, version_everywhere=True)).ask("GET", "/Item/42")
    opaque = workshop.make(dialect=Dialect(token_format=TokenFormat.OPAQUE, token_type="Bearer", expires_in=14400))
    held = workshop.make(dialect=Dialect(held_status=400))
    held.ask("POST", "/Location/Hold?id=A-03-01")
    oauth = workshop.make(dialect=Dialect(token_refusal=RefusalShape.OAUTH))
    redirecting = workshop.make(dialect=Dialect(plain_http=PlainHttp.REDIRECTED))
    request = redirecting.request("GET", "/Item?page=1", redirecting.held("full"))
    request.url = request.url.copy_with(scheme="http")
    redirected = redirecting.send(request)

    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["x-api-version"] == "v1"
    assert "." not in opaque.token("full")
    assert opaque.token_answer("full").json()["expires_in"] == 14400
    assert held.ask("POST", "/Inventory/Issue", json=ISSUE).status_code == 400
    assert oauth.token_answer("full", secret="x").json()["error"] == "invalid_client"
    assert (redirected.status_code, redirected.headers["location"]) == (308, "https://server/api/v1/Item?page=1")
