"""Every dialect follows the documentation, each in its own way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from conformance.reference.choices import (
    Absent,
    Bad,
    Collation,
    ContentType,
    Dates,
    Foreign,
    Fraction,
    ItemBody,
    ItemNames,
    ItemNeeds,
    ListOrder,
    LookupShape,
    MediaType,
    Messages,
    Miss,
    MovedLots,
    Names,
    OverMaximum,
    PlainHttp,
    RefusalShape,
    Shape,
    SmallSize,
    TokenFormat,
    Update,
    UpdateKey,
    WorkOrderDates,
)
from conformance.reference.dialects import DIALECTS, Dialect

if TYPE_CHECKING:
    from conftest import Api, Workshop

MOVE = {"recNo": 15003, "toSpot": "A-01-02", "units": 1}
RECEIVE = {"partNo": 42, "wID": 1, "spot": "A-01-01", "units": 1}
WEBHOOK = {"url": "https://here.invalid/hook", "events": "inventory.received"}
ISSUE = {"recNo": 15003, "units": 1}


def create(server: Api) -> dict[str, Any]:
    """Create the item NEW with one page's names, or where they are refused with the other's."""
    body: dict[str, Any] = {"shortID": "NEW", "description": "New"}
    for names in ({"unit": "EA", "categoryID": 5}, {"uOM": "EA", "category": 5}):
        answer = server.ask("POST", "/Item", json=body | names)
        if answer.status_code != 400:
            break
    assert answer.status_code == 201, answer.text
    item: dict[str, Any] = answer.json()
    return item


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
    created = create(server)
    update = {"partNo": created["partNo"], "shortID": "NEW", "description": "x"}
    assert server.ask("PUT", "/Item", json=update).status_code in {200, 204}
    assert server.ask("GET", f"/Item/{created['partNo']}").json()["description"] == "x"
    assert server.ask("DELETE", "/Item/NEW").status_code in {200, 204}
    assert server.ask("POST", "/Inventory/Move", json=MOVE).status_code in {200, 201, 204}
    server.advance(14401)
    assert server.probe(token) == 401


SWITCHES: list[tuple[dict[str, Any], str, str, dict[str, Any], int]] = [
    ({"overall_lists": Foreign.REFUSED}, "GET", "/Inventory", {"client": "warehouse-1"}, 403),
    ({"foreign_filter": Foreign.FILTERED}, "GET", "/Location?wid=2", {"client": "warehouse-1"}, 200),
    ({"no_reports": Foreign.REFUSED}, "GET", "/Report", {"client": "reports-none"}, 403),
    ({"input_before_rights": True}, "POST", "/Item", {"client": "none", "content": b"{"}, 400),
    ({"wrong_method_status": 404}, "PATCH", "/Item", {}, 404),
    ({"wrong_method_status": 501}, "POST", "/Category", {"json": {}}, 501),
    (
        {"other_media_type": MediaType.UNSUPPORTED},
        "POST",
        "/Item",
        {"content": b"{}", "headers": {"Content-Type": "text/plain"}},
        415,
    ),
    ({"malformed_id_status": 404}, "GET", "/Item/abc", {}, 404),
    ({"malformed_id_status": 404}, "GET", "/Inventory/abc", {}, 404),
    ({"inferred_operations": False}, "GET", "/Customer/ACME-CORP", {}, 404),
    ({"inferred_operations": False}, "GET", "/PurchaseOrder/PO-2025-0001", {}, 404),
    ({"page_below_one": Bad.IGNORED}, "GET", "/Item?page=0", {}, 200),
    ({"small_size": SmallSize.ONE}, "GET", "/Item?pageSize=-1", {}, 200),
    ({"unreadable_number": Bad.IGNORED}, "GET", "/Item?page=abc&pageSize=x", {}, 200),
    ({"unknown_sort": Bad.IGNORED}, "GET", "/Item?sort=nothing", {}, 200),
    ({"bad_direction": Bad.IGNORED}, "GET", "/Item?direction=up", {}, 200),
    ({"bad_moment": Bad.IGNORED}, "GET", "/Item?modifiedSince=x", {}, 200),
    ({"unknown_filter": Miss.NOT_FOUND}, "GET", "/Item?Category=99", {}, 404),
    ({"unknown_filter": Miss.NOT_FOUND}, "GET", "/Location?wid=77", {}, 404),
    ({"unknown_warehouse": Miss.EMPTY}, "GET", "/Inventory/77", {}, 200),
    ({"unknown_warehouse": Miss.EMPTY}, "GET", "/Inventory/StockLevels/77", {}, 200),
    ({"item_body": ItemBody.ITEMS_PAGE}, "POST", "/Item", {"json": {"shortID": "N", "unit": "EA"}}, 400),
    ({"item_body": ItemBody.QUICKSTART}, "POST", "/Item", {"json": {"shortID": "N", "uOM": "EA"}}, 400),
    ({"item_needs": ItemNeeds.EVERYTHING}, "POST", "/Item", {"json": {"shortID": "N"}}, 400),
    ({"item_needs_known_category": True}, "POST", "/Item", {"json": {"shortID": "N", "category": 99}}, 400),
    ({"lookup_finds_discontinued": False}, "GET", "/Item?key=SCREW-3X50&type=id", {}, 404),
    ({"update_key": UpdateKey.PART_NO}, "PUT", "/Item", {"json": {"shortID": "BOLT-M8-30"}}, 400),
    ({"update_key": UpdateKey.SHORT_ID}, "PUT", "/Item", {"json": {"partNo": 42}}, 400),
    ({"discontinued_update_status": 409}, "PUT", "/Item", {"json": {"shortID": "SCREW-3X50"}}, 409),
    ({"receive_status": 204}, "POST", "/Inventory/Receive", {"json": RECEIVE}, 204),
    ({"short_stock_status": 400}, "POST", "/Inventory/Issue", {"json": {"recNo": 15003, "units": 1e6}}, 400),
    ({"held_spot_takes_stock": False}, "POST", "/Inventory/Receive", {"json": RECEIVE | {"spot": "B-02-07"}}, 409),
    ({"reversed_period_status": 400}, "GET", "/PurchaseOrder?startDate=2025-03-01&endDate=2025-02-01", {}, 400),
    ({"webhook_create_status": 200}, "POST", "/Webhook", {"json": WEBHOOK}, 200),
    ({"webhook_needs_everything": True}, "POST", "/Webhook", {"json": WEBHOOK}, 400),
    ({"unknown_events": Bad.IGNORED}, "POST", "/Webhook", {"json": WEBHOOK | {"events": "any.thing"}}, 201),
    ({"foreign_webhook_status": 403}, "GET", "/Webhook/3", {}, 403),
    ({"webhook_update_status": 204}, "PUT", "/Webhook/3", {"json": {}, "client": "only-webhooks-admin"}, 204),
    ({"webhook_delete_status": 200}, "DELETE", "/Webhook/3", {"client": "only-webhooks-admin"}, 200),
    ({"webhook_test_status": 200}, "POST", "/Webhook/3/test", {"client": "only-webhooks-admin"}, 200),
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
    zoneless = workshop.make(dialect=Dialect(dates=Dates.NAKED)).ask("GET", "/Item/42").json()
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
    answer = workshop.make(dialect=Dialect(content_type=ContentType.CHARSET, version_everywhere=True)).ask(
        "GET", "/Item/42"
    )
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


def one(workshop: Workshop, path: str, **switches: Any) -> Any:
    """Give what a server with some switches answers."""
    return workshop.make(dialect=replace(Dialect(), **switches)).ask("GET", path).json()


def test_dates_are_written_in_every_way(workshop: Workshop) -> None:
    """With Z, with an offset, without zone, and with fractions of a second."""
    written = [
        one(workshop, "/Item/42", dates=Dates.ZULU)["created"],
        one(workshop, "/Item/42", dates=Dates.OFFSET)["created"],
        one(workshop, "/Item/42", dates=Dates.NAKED)["created"],
        one(workshop, "/Item/42", fraction=Fraction.MICROSECONDS)["created"],
    ]

    assert [text[19:] for text in written] == ["Z", "+02:00", "", ".000000Z"]
    assert one(workshop, "/Category/5")["created"][19:] == ""
    assert one(workshop, "/Vendor/ACME-FASTENERS", dates_of_partners=Dates.ZULU)["created"][19:] == "Z"


def test_what_is_absent_is_written_in_every_way(workshop: Workshop) -> None:
    """A missing description, the lines of a list's row and a second serial number are null, empty or left out."""
    for absent, description, lines in (
        (Absent.EMPTY, "", []),
        (Absent.NULL, None, None),
        (Absent.LEFT_OUT, "none", "none"),
    ):
        category = one(workshop, "/Category/6", no_description=absent)
        order = one(workshop, "/WorkOrder", lines_in_lists=absent)["value"][0]
        assert category.get("description", "none") == description
        assert (order.get("lines", "none"), order.get("notes", "none")) == (lines, lines)
    serials = {row["serial2"] for row in one(workshop, "/Inventory", no_serial2=Absent.EMPTY)["value"]}
    assert None not in serials
    assert "" in serials


def test_lists_are_ordered_in_every_way(workshop: Workshop) -> None:
    """Where no page names an order, rows come by key, by name, or newest first."""
    by_name = one(workshop, "/Category", list_order=ListOrder.NAME)["value"]
    newest = one(workshop, "/PurchaseOrder", list_order=ListOrder.NEWEST)["value"]
    lots = one(workshop, "/Inventory?pageSize=250", newest_by_number=True)["value"]
    caseless = workshop.make(dialect=Dialect(collation=Collation.CASELESS))
    caseless.ask("POST", "/Item", json={"shortID": "bolt-a"})
    found = [row["shortID"] for row in caseless.ask("GET", "/Item?pageSize=250").json()["value"]]

    assert [row["name"] for row in by_name] == sorted(row["name"] for row in by_name)
    dates = [row["orderDate"] for row in newest]
    assert dates == sorted(dates, reverse=True)
    assert [lot["recNo"] for lot in lots] == sorted((lot["recNo"] for lot in lots), reverse=True)
    assert [lot["received"] for lot in lots] != sorted((lot["received"] for lot in lots), reverse=True)
    assert found.index("bolt-a") < found.index("BOLT-M8-30")


def test_rows_that_tie_are_ordered_in_every_way(workshop: Workshop) -> None:
    """They turn round with the direction or do not, and rows without a value stand first or last."""
    path = "/Vendor/All?pageSize=250&sort=country&direction="
    ascending = one(workshop, f"{path}asc")["value"]

    assert one(workshop, f"{path}desc", ties_reversed=True)["value"] == ascending[::-1]
    assert one(workshop, f"{path}desc")["value"] != ascending[::-1]
    last = one(workshop, "/Inventory?pageSize=250&sort=serial2", nulls_last=True)["value"]
    assert last[0]["serial2"] is not None
    assert last[-1]["serial2"] is None


def test_levels_and_logs_have_every_shape(workshop: Workshop) -> None:
    """Their rows come as a page, as a bare array or in an object; nothing is lost."""
    envelope = one(workshop, "/Inventory/StockLevels?pageSize=250")
    bare = one(workshop, "/Inventory/StockLevels", levels_shape=Shape.LIST)
    by_warehouse = one(workshop, "/Inventory/StockLevels", levels_shape=Shape.OBJECT)["warehouses"]
    assert len(bare) == envelope["totalCount"] == sum(len(block["items"]) for block in by_warehouse.values())

    for shape, kind in ((Shape.ENVELOPE, dict), (Shape.LIST, list), (Shape.OBJECT, dict)):
        server = workshop.make(dialect=Dialect(webhook_log=shape))
        server.ask("POST", "/Webhook/3/test", client="only-webhooks-admin")
        assert isinstance(server.ask("GET", "/Webhook/3/log", client="only-webhooks-admin").json(), kind)


def test_switches_that_choose_rows(workshop: Workshop) -> None:
    """Which orders are listed, and what a report's count does, follows the dialect."""
    open_orders = one(workshop, "/PurchaseOrder?pageSize=50", partial_listed=False)
    unfinished = one(workshop, "/WorkOrder?pageSize=50", closed_work_orders_listed=False)
    counted = one(workshop, "/Report/15?count=3", count_limits_result=True)

    assert {row["status"] for row in open_orders["value"]} == {"Open"}
    assert open_orders["totalCount"] < one(workshop, "/PurchaseOrder")["totalCount"]
    assert {row["status"] for row in unfinished["value"]} == {"Open", "In Progress"}
    assert counted["totalCount"] == 3
    assert one(workshop, "/Report/15?count=3")["totalCount"] > 3


def test_dates_of_work_orders_are_read_in_both_ways(workshop: Workshop) -> None:
    """The period limits start and due date, or the creation date."""
    path = "/WorkOrder?startDate=2025-01-09&endDate=2025-01-20"
    own = one(workshop, path)["value"]
    other = one(workshop, path, work_order_dates=WorkOrderDates.PAGINATION_PAGE)["value"]

    assert own
    assert all(row["startDate"][:10] >= "2025-01-09" and row["dueDate"][:10] <= "2025-01-20" for row in own)
    assert other
    assert any(row["dueDate"][:10] > "2025-01-20" for row in other)


def test_updates_are_read_in_both_ways(workshop: Workshop) -> None:
    """What a body leaves out stays, or is as in a new object; a part number may come with a new ShortID."""
    whole = workshop.make(dialect=Dialect(update=Update.WHOLE, webhook_update=Update.WHOLE))
    partial = workshop.make()
    for server, kept in ((whole, False), (partial, True)):
        server.ask("PUT", "/Item", json={"shortID": "BOLT-M8-30", "description": "x"})
        server.ask("PUT", "/Webhook/3", client="only-webhooks-admin", json=WEBHOOK)
        assert (server.ask("GET", "/Item/42").json()["category"] == 5) is kept
        named = server.ask("GET", "/Webhook/3", client="only-webhooks-admin").json()["name"]
        assert (named == "Stock mirror") is kept

    renaming = workshop.make(dialect=Dialect(update_key=UpdateKey.PART_NO))
    assert renaming.ask("PUT", "/Item", json={"partNo": 42, "shortID": "NEW"}).json()["shortID"] == "NEW"
    assert renaming.ask("PUT", "/Item", json={"partNo": 42, "shortID": "NUT-M8"}).status_code == 409


def test_stock_is_kept_in_both_ways(workshop: Workshop) -> None:
    """A lot that moves as a whole keeps its number or not; a hold shows on lots or not; moments are whole seconds."""
    path = {"recNo": 15003, "toSpot": "A-01-02"}
    renumbered = workshop.make(dialect=Dialect(moved_lots=MovedLots.NEW))
    moved = renumbered.ask("POST", "/Inventory/Move", json=path).json()
    showing = workshop.make(dialect=Dialect(held_spot_shows_on_lots=True, whole_seconds=True))
    showing.ask("POST", "/Location/Hold?id=A-03-01")
    held = {row["recNo"]: row["hold"] for row in showing.ask("GET", "/Inventory?pageSize=250").json()["value"]}
    received = showing.ask("POST", "/Inventory/Receive", json=RECEIVE).json()["received"]

    assert moved["recNo"] != 15003
    assert workshop.make().ask("POST", "/Inventory/Move", json=path).json()["recNo"] == 15003
    assert held[15003] is True
    assert len(received) == len("2025-01-15T09:30:00Z")


def test_bodies_and_headers_are_dressed(workshop: Workshop) -> None:
    """Members may be more and sorted, decimals whole, header names and messages in another form."""
    more = one(workshop, "/Item", more_members=True, sorted_members=True)
    plain = one(workshop, "/Item")
    whole = workshop.make(dialect=Dialect(whole_decimals=True)).ask("GET", "/Inventory/StockLevels").text
    titled = workshop.make(dialect=Dialect(header_names=Names.TITLE)).ask("GET", "/Item")
    error = one(workshop, "/Item?page=x", messages=Messages.SHORT, more_members=True)

    assert list(more["value"][0]) == sorted(more["value"][0])
    assert set(more["value"][0]) == set(plain["value"][0]) | {"_links"}
    assert '"units": 220}' in whole
    assert ".0" not in whole
    assert (b"X-Total-Count", str(plain["totalCount"]).encode()) in titled.headers.raw
    assert titled.headers["strict-transport-security"].startswith("max-age=")
    bare = workshop.make(dialect=Dialect(protective_headers=False)).ask("GET", "/Item").headers
    assert not {"strict-transport-security", "x-content-type-options"} & set(bare)
    assert error["message"] == "Bad Request"
    assert set(error["details"]) == {"page"}


def test_failed_tests_count_or_do_not(workshop: Workshop) -> None:
    """The counter of consecutive failures follows test deliveries, or real ones alone."""
    counts = []
    for counting in (True, False):
        server = workshop.make(dialect=Dialect(tests_count_as_failures=counting))
        server.ask("POST", "/Webhook/3/test", client="only-webhooks-admin")
        counts.append(server.ask("GET", "/Webhook/3", client="only-webhooks-admin").json()["failureCount"])

    assert counts == [1, 0]


def test_total_value_may_have_charges(workshop: Workshop) -> None:
    """It is the sum of the lines, or more."""
    path = "/PurchaseOrder/PO-2025-0001"
    order = one(workshop, path)
    total = sum(line["units"] * line["unitPrice"] for line in order["lines"])

    assert order["totalValue"] == pytest.approx(total, abs=0.01)
    assert one(workshop, path, value_has_charges=True)["totalValue"] > total + 1
