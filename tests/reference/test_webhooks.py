"""Webhooks belong to the client that made them, and are judged as their page says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Api

BODY = {
    "name": "Mine",
    "url": "https://conformance.invalid/hook",
    "events": "inventory.received,inventory.issued",
    "payloadMode": 1,
}
FIELDS = {
    "rec", "name", "url", "events", "payloadMode", "active", "disableType", "failureCount", "failureDays",
    "lastSuccess", "lastFailure", "lastError", "created", "modified",
}  # fmt: skip
OWNER = "only-webhooks-admin"


def created(server: Api, **members: Any) -> dict[str, Any]:
    """Create a subscription of the client with every right."""
    answer = server.ask("POST", "/Webhook", json=BODY | members)
    assert answer.status_code == 201, answer.text
    row: dict[str, Any] = answer.json()
    return row


def test_subscription_is_created(server: Api) -> None:
    """The answer has every field; nothing has failed yet, and the list shows it."""
    row = created(server)

    assert set(row) == FIELDS
    assert row | BODY == row
    assert (row["active"], row["disableType"], row["failureCount"], row["failureDays"]) == (True, 0, 0, 0)
    assert (row["lastSuccess"], row["lastFailure"], row["lastError"]) == (None, None, None)
    assert server.ask("GET", "/Webhook").json()["value"] == [row]
    assert server.ask("GET", f"/Webhook/{row['rec']}").json() == row


@pytest.mark.parametrize(
    ("members", "field"),
    [
        ({"url": "http://conformance.invalid/hook"}, "url"),
        ({"url": "HTTPS"}, "url"),
        ({"url": "https://"}, "url"),
        ({"url": "ftp://conformance.invalid"}, "url"),
        ({"url": ""}, "url"),
        ({"url": None}, "url"),
        ({"payloadMode": 0}, "payloadMode"),
        ({"payloadMode": 3}, "payloadMode"),
        ({"payloadMode": "1"}, "payloadMode"),
        ({"events": ["inventory.received"]}, "events"),
        ({"events": "inventory.unheard-of"}, "events"),
        ({"events": ""}, "events"),
        ({"events": "inventory.received,"}, "events"),
        ({"disableType": 3}, "disableType"),
        ({"active": 1}, "active"),
        ({"active": True, "disableType": 2}, "disableType"),
        ({"name": 5}, "name"),
    ],
)
def test_what_no_subscription_may_be_is_refused(server: Api, members: dict[str, Any], field: str) -> None:
    """It gets 400 with the field in the details, on creating and on updating, and nothing changes."""
    row = created(server)
    for method, path in (("POST", "/Webhook"), ("PUT", f"/Webhook/{row['rec']}")):
        answer = server.ask(method, path, json=BODY | members)
        assert answer.status_code == 400
        assert answer.json()["error"] == "validation_error"
        assert list(answer.json()["details"]) == [field]

    assert server.ask("GET", "/Webhook").json()["value"] == [row]


@pytest.mark.parametrize("field", ["url", "events"])
def test_required_fields_are_required(server: Api, field: str) -> None:
    """Without a URL or without events there is no subscription."""
    body = {name: value for name, value in BODY.items() if name != field}

    answer = server.ask("POST", "/Webhook", json=body)
    assert answer.status_code == 400
    assert list(answer.json()["details"]) == [field]


def test_subscription_is_updated(server: Api) -> None:
    """What the body names changes; `active` and `disableType` follow each other."""
    row = created(server)
    path = f"/Webhook/{row['rec']}"
    renamed = server.ask("PUT", path, json={"name": "Other"})
    disabled = server.ask("PUT", path, json={"active": False}).json()
    enabled = server.ask("PUT", path, json={"disableType": 0}).json()

    assert renamed.status_code == 200
    assert renamed.json() == row | {"name": "Other", "modified": renamed.json()["modified"]}
    assert (disabled["active"], disabled["disableType"]) == (False, 2)
    assert (enabled["active"], enabled["disableType"]) == (True, 0)
    assert server.ask("GET", path).json() == enabled


def test_subscription_is_deleted(server: Api) -> None:
    """It is gone, for good."""
    rec = created(server)["rec"]

    assert server.ask("DELETE", f"/Webhook/{rec}").status_code == 204
    for method, path in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/test"), ("GET", "/log")):
        assert server.ask(method, f"/Webhook/{rec}{path}", json={} if method == "PUT" else None).status_code == 404
    assert server.ask("GET", "/Webhook").json()["totalCount"] == 0
    assert created(server)["rec"] > rec


def test_another_client_s_subscriptions_are_not_there(server: Api) -> None:
    """They are neither listed nor shown, changed, deleted, tested nor logged."""
    before = dict(server.service.store.webhooks)
    assert {row["rec"] for row in server.ask("GET", "/Webhook", client=OWNER).json()["value"]} == {3, 4}

    assert server.ask("GET", "/Webhook").json()["totalCount"] == 0
    for method, path in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/test"), ("GET", "/log")):
        answer = server.ask(method, f"/Webhook/3{path}", json=BODY if method == "PUT" else None)
        assert answer.status_code == 404
    assert server.service.store.webhooks == before
    assert not server.service.store.deliveries


def test_test_is_logged(server: Api) -> None:
    """A test to a host that cannot exist is recorded as a delivery that failed, the newest first, and nothing is sent."""
    rec = created(server)["rec"]
    statuses = [server.ask("POST", f"/Webhook/{rec}/test").status_code for _ in range(3)]
    log = server.ask("GET", f"/Webhook/{rec}/log?pageSize=2").json()
    row = server.ask("GET", f"/Webhook/{rec}").json()

    assert statuses == [202, 202, 202]
    assert (log["totalCount"], log["hasMore"]) == (3, True)
    assert [entry["delivery"] for entry in log["value"]] == [3, 2]
    assert not any(entry["delivered"] for entry in log["value"])
    assert (row["failureCount"], row["lastSuccess"]) == (3, None)
    assert row["lastFailure"] == log["value"][0]["sent"]
    assert row["lastError"]


def test_success_resets_the_failures(server: Api) -> None:
    """The counter is of consecutive failures."""
    rec = created(server)["rec"]
    server.ask("POST", f"/Webhook/{rec}/test")
    server.ask("PUT", f"/Webhook/{rec}", json={"url": "https://receiver.example/hook"})
    server.ask("POST", f"/Webhook/{rec}/test")

    row = server.ask("GET", f"/Webhook/{rec}").json()
    assert row["failureCount"] == row["failureDays"] == 0
    assert row["lastSuccess"] is not None


def test_days_since_the_last_success_are_counted(server: Api) -> None:
    """They follow the server's clock while deliveries fail."""
    rec = created(server)["rec"]
    server.ask("POST", f"/Webhook/{rec}/test")
    server.advance(3 * 86400 + 60)
    server.tokens.clear()

    assert server.ask("GET", f"/Webhook/{rec}").json()["failureDays"] == 3


def test_reset_restores_webhooks(server: Api) -> None:
    """Subscriptions and deliveries are as at the start."""
    rec = created(server)["rec"]
    server.ask("POST", f"/Webhook/{rec}/test")

    server.control("reset")
    assert set(server.service.store.webhooks) == {3, 4}
    assert not server.service.store.deliveries
