"""What betrays the inside of a server is told from what a message may well say."""

from __future__ import annotations

import json

import httpx
import pytest

from conformance.suite.internals import internals
from conformance.target.answer import Answer
from conformance.target.clock import Interval


def refusal(content: str, url: str = "/Item/1") -> Answer:
    """A refusal with this body."""
    return Answer("GET", url, "full", 404, httpx.Headers(), content.encode(), 1, Interval(0, 0))


def saying(message: str) -> str:
    """The body of a uniform error with this message."""
    return json.dumps({"statusCode": 404, "error": "not_found", "message": message})


@pytest.mark.parametrize(
    "message",
    [
        "boom\n\tat com.acme.inventory.ItemService.find(ItemService.java:42)",
        "org.hibernate.exception.ConstraintViolationException: could not execute",
        "   at Acme.Api.Items.Get(Int32 id) in C:\\src\\Items.cs:line 12",
        "System.NullReferenceException: Object reference not set to an instance of an object.",
        'Traceback (most recent call last):\n  File "/srv/api/items.py", line 3, in get',
        "TypeError: x is undefined\n    at find (/app/items.js:10:5)",
        "at async Server.<anonymous> (file:///srv/app/server.mjs:188:29)",
        "#0 /var/www/items.php(12): find()",
        "Undefined index: id in /var/www/html/items.php on line 12",
        "/srv/app/items.rb:12:in `find'",
        "goroutine 12 [running]:",
        "SELECT * FROM items WHERE part_no = 1",
        'ERROR: syntax error at or near "WHERE"',
        "SQLSTATE[42S22]: Column not found",
        "ORA-00942: table or view does not exist",
        "UNIQUE constraint failed: items.short_id",
        "cannot open D:\\InventoryPro\\Data\\main.mdb",
        "cannot open /var/lib/inventory/main.db",
    ],
)
def test_inside_of_a_server_is_found(message: str) -> None:
    """Whether the message stands in a uniform error or makes up the whole body."""
    assert internals(refusal(saying(message)), "/api/v1") != []
    assert internals(refusal(message), "/api/v1") != []


def test_member_of_a_dump_is_found() -> None:
    """Whatever it holds, and however deep it lies."""
    body = json.dumps({"message": "No.", "exception": {"StackTrace": "left out"}})

    assert internals(refusal(body), "/api/v1") == ["the member StackTrace"]


@pytest.mark.parametrize(
    "message",
    [
        "There is no such item.",
        "Select an item from the list, or update it and set its unit.",
        "Unexpected token } in JSON at position 12",
        "Expecting value: line 1 column 1 (char 0)",
        "'n' is an invalid start of a value. Path: $ | LineNumber: 0 | BytePositionInLine: 0.",
        "The JSON value could not be converted to System.Int32. Path: $.categoryID",
        "See https://docs.acme.example/var/errors/not-found.html for help.",
        "The date must look like 2025-01-15T09:30:00Z; at most 10:30:00.",
        "Location A-01-03/B is unknown; use A:\\B notation.",
    ],
)
def test_ordinary_message_is_let_be(message: str) -> None:
    """Words of everyday language, of parsers, and addresses of documentation."""
    assert internals(refusal(saying(message)), "/api/v1") == []


@pytest.mark.parametrize("shown", ["/srv/app/v1/Item/1?page=x%20y", "/srv/app/v1/Item/1", "/Item/1?page=x y"])
def test_address_of_the_request_may_be_repeated(shown: str) -> None:
    """Also where the base address looks like a folder, in whole, without its query or decoded."""
    asked = refusal(saying(f"No operation {shown}."), "/Item/1?page=x%20y")

    assert internals(asked, "/srv/app/v1") == []
