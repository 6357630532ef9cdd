"""Which exchange a report shows as the one in which a check failed, and which requests it hands out to be sent again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from conformance.contract.outcomes import Level, Outcome, Reason
from conformance.report.decisive import decisive, steps, story
from conformance.report.evidence import evidence
from conformance.report.html import render
from conformance.report.run import Check, Exchange

if TYPE_CHECKING:
    from conftest import MakeRun

BASE = "https://acme.example/api/v1"
DISABLE = '{"action": "disable", "client_id": "ipc-full"}'


def asked(number: int, path: str, method: str = "GET", **more: object) -> Exchange:
    """Make an exchange of client full that was answered with 200."""
    made = Exchange(number, "full", None, 0.01, method, f"{BASE}{path}", status=200)
    return replace(made, **more)  # type: ignore[arg-type]


def failed(*exchanges: Exchange, observed: str | None, reason: Reason = Reason.WRONG_VALUE) -> Check:
    """Make a failed check that rests on some exchanges."""
    numbers = tuple(exchange.id for exchange in exchanges)
    return Check("a.one/c", "a.one", Level.MUST, Outcome.FAIL, reason, exchanges=numbers, observed=observed)


def shown(make_run: MakeRun, *exchanges: Exchange, observed: str | None, reason: Reason = Reason.WRONG_VALUE) -> int:
    """Give the number of the exchange that shows the failure."""
    check = failed(*exchanges, observed=observed, reason=reason)
    found = decisive(make_run(check, exchanges=exchanges), check)
    assert found is not None
    return found.id


WALK = (
    asked(613, "/Item?page=1&pageSize=250"),
    asked(611, "/Item?page=1&pageSize=61"),
    asked(612, "/Item?page=2&pageSize=61"),
    asked(610, "/Item?page=1&pageSize=250"),
)
DATES = (
    asked(1, "/PurchaseOrder?page=1&pageSize=50&startDate=2025-01-06T00%3A00%3A00Z"),
    asked(2, "/PurchaseOrder?page=2&pageSize=50&startDate=2025-01-06T00%3A00%3A00Z"),
    asked(3, "/PurchaseOrder?page=2&pageSize=50&startDate=2025-02-06T00%3A00%3A00Z"),
)


@pytest.mark.parametrize(
    ("exchanges", "observed", "number"),
    [
        (WALK, "<GET /Item?page=1&pageSize=61 as full -> 200, asked once>: 2 rows, not 3", 611),
        (WALK, "2 pages of 61: 61 rows, totalCount is 62; 1 page of 250: is missing: partNo 38", 612),
        (DATES, "totalCount: is 70 with startDate=2025-01-06T00:00:00Z, which lists 69", 2),
        (WALK, "something that names no request", 610),
        (WALK, "recNo 16100, received at 26130: comes after recNo 612506", 610),
        (WALK, None, 610),
    ],
)
def test_the_exchange_that_was_compared_is_found(
    make_run: MakeRun, exchanges: tuple[Exchange, ...], observed: str | None, number: int
) -> None:
    """By the answer that the failure names, else by the parameters that it names, else it is the last one."""
    assert shown(make_run, *exchanges, observed=observed) == number


def test_first_thing_amiss_decides(make_run: MakeRun) -> None:
    """A list of findings is told by its first."""
    lists = [asked(number, f"/Item?page=1&Category={number}") for number in (5, 12, 8, 9)]

    told = "partNo 44: is not listed for Category=5 | partNo 24: is not listed for Category=12 | 6 in all"

    assert shown(make_run, *lists, observed=told) == 5


def test_client_and_status_tell_answers_apart(make_run: MakeRun) -> None:
    """The same request of several clients, with and without success."""
    other = asked(2, "/Item", client="other")
    refused = asked(3, "/Item", status=401)

    assert shown(make_run, asked(1, "/Item"), other, refused, observed="<GET /Item as full -> 200, asked once>") == 1


def test_nobody_is_no_client(make_run: MakeRun) -> None:
    """Without a token a message says `as nobody`."""
    bare = asked(1, "/Item", client=None)

    assert shown(make_run, bare, asked(2, "/Item"), observed="<GET /Item as nobody -> 200, asked once>") == 1


def test_change_that_was_not_kept_shows_when_it_is_read(make_run: MakeRun) -> None:
    """The answer to it looked right; where it is the answer that is wrong, it is itself what shows."""
    update, again = asked(2, "/Webhook/25", "PUT"), asked(3, "/Webhook/25")
    told = "<PUT /Webhook/25 as full -> 200, asked once> changed nothing that is read of it"

    assert shown(make_run, asked(1, "/Webhook/25"), update, again, observed=told) == 3
    assert shown(make_run, update, again, observed=told, reason=Reason.ACCEPTED) == 2


def test_refused_request_that_changed_data_shows_when_it_is_read(make_run: MakeRun) -> None:
    """What puts things right again afterwards shows nothing; what was read before the refusal stands before it."""
    hold = asked(3, "/Location/Hold?id=H-02", "POST", client="other", status=403)
    release = asked(6, "/Location/Release?id=H-02", "POST", status=204)
    exchanges = (*(asked(n, "/Location/H-02") for n in (1, 2)), hold, *(asked(n, "/Location/H-02") for n in (4, 5)))
    check = failed(*exchanges, release, observed="changed: True", reason=Reason.CHANGED_DATA)
    run = make_run(check, exchanges=(*exchanges, release))

    assert [exchange.id for exchange in story(run, check)] == [2, 3, 4]
    assert [exchange.id for exchange in steps(run, check)] == [3, 4]


def test_refusal_that_shows_what_it_protects_is_shown(make_run: MakeRun) -> None:
    """And not the answer that is allowed, although it was asked for last."""
    refused = asked(2, "/Item/53", client="none", status=403, response_body='{"message": "You may not see Adhesive."}')
    exchanges = (asked(1, "/Item"), refused, asked(3, "/Item/53"))
    told = "protected values shown: Adhesive"

    assert shown(make_run, *exchanges, observed=told, reason=Reason.LEAKED) == 2
    assert shown(make_run, exchanges[0], exchanges[2], observed=told, reason=Reason.LEAKED) == 3


def test_answer_that_holds_the_value_is_shown(make_run: MakeRun) -> None:
    """Where the comparison names nothing else, and something was read afterwards."""
    wrong = asked(2, "/Inventory/Receive", "POST", status=400, response_body='{"error": "VALIDATION_ERROR"}')
    exchanges = (asked(1, "/Inventory", response_body="[]"), wrong, asked(3, "/Inventory", response_body="[]"))

    assert shown(make_run, *exchanges, observed="'VALIDATION_ERROR'") == 2
    assert shown(make_run, *exchanges, observed="'VALIDATION'") == 3


def test_what_puts_things_right_again_shows_nothing(make_run: MakeRun) -> None:
    """It was answered with success and without a body."""
    read = asked(1, "/Location/H-02", response_body='{"hold": true}')
    release = asked(2, "/Location/Release?id=H-02", "POST", status=204)

    for told in ("its hold is True, but it is free", "H-02: its hold is True, but it is free"):
        assert shown(make_run, read, release, observed=told) == 1
        assert shown(make_run, release, observed=told) == 2


def test_token_is_followed_from_its_issue_over_what_was_done_to_its_client(make_run: MakeRun) -> None:
    """Where time is at issue; what was asked in between says less."""
    headers = (("authorization", "Bearer <token full#2>"),)
    others = [asked(n, "/Token", "POST", response_body=f'"<token full#{n}>"') for n in (1, 2)]
    disabling = Exchange(4, None, None, 1, "POST", "the operator", body=DISABLE, status=200)
    uses = [asked(n, "/Item", headers=headers) for n in (3, 5, 6, 7)]
    exchanges = (*others, disabling, *uses)
    told = "<GET /Item as full -> 200, asked once>"
    late, refused = (failed(*exchanges, observed=told, reason=why) for why in (Reason.TOO_LATE, Reason.REFUSED))

    assert [exchange.id for exchange in story(make_run(late, exchanges=exchanges), late)] == [2, 4, 7]
    assert [exchange.id for exchange in story(make_run(refused, exchanges=exchanges), refused)] == [4, 6, 7]


def test_question_to_the_control_is_told_as_what_it_asked(make_run: MakeRun) -> None:
    """Its address says nothing."""
    action = Exchange(2, None, None, 1, "POST", "https://acme.example/control", body=DISABLE, status=200)
    check = failed(action, asked(3, "/Item"), observed=None)

    rows = evidence(make_run(check, exchanges=(action, asked(3, "/Item"))), check).rows

    assert ("request", "control: disable ipc-full -> 200 after 1 s (exchange 2)") in rows


def test_question_to_the_control_is_never_asked_again_by_hand(make_run: MakeRun) -> None:
    """What a person or a command did to an account is no request of the API."""
    action = Exchange(2, None, None, 1, "POST", "the operator", body='{"action": "disable"}', status=200)
    check = failed(asked(1, "/Item"), action, observed=None)
    run = make_run(check, exchanges=[asked(1, "/Item"), action])

    told = evidence(run, check)

    assert told.again is not None
    assert told.again.line.endswith(f"{BASE}/Item")
    assert steps(make_run(check, exchanges=[action]), check) == []


def test_what_led_there_is_sent_before(make_run: MakeRun) -> None:
    """A hold and then a move: neither alone shows anything; what was only read, or refused, is left out."""
    hold = asked(4, "/Location/Hold?id=H-02", "POST", status=204)
    refused = asked(5, "/Inventory/Move", "POST", status=403)
    move = asked(7, "/Inventory/Move", "POST")
    exchanges = (asked(1, "/Item"), hold, refused, asked(6, "/Inventory"), move)
    check = failed(*exchanges, observed="<POST /Inventory/Move as full -> 200, asked once>", reason=Reason.ACCEPTED)
    run = make_run(check, exchanges=exchanges)

    told = evidence(run, check).again

    assert [exchange.id for exchange in steps(run, check)] == [4, 7]
    assert told is not None
    assert [part.rpartition("/v1")[2].strip("'") for part in told.line.split(" && ")] == [
        "/Location/Hold?id=H-02",
        "/Inventory/Move",
    ]


def test_only_the_making_of_the_same_object_is_repeated(make_run: MakeRun) -> None:
    """The other one, which was to stay as it is, has another number."""
    made = [asked(n, "/Webhook", "POST", status=201, response_body=f'{{"id": {24 + n}}}') for n in (1, 2)]
    exchanges = (*made, asked(3, "/Webhook/25", "PUT"), asked(4, "/Webhook/25"))
    check = failed(*exchanges, observed="name 'one': not 'two' as it was sent")
    run = make_run(check, exchanges=exchanges)

    assert [exchange.id for exchange in steps(run, check)] == [1, 3, 4]


def test_story_stands_in_the_order_of_time(make_run: MakeRun) -> None:
    """At most three exchanges, the one that shows the failure last, on the page and in the rows of the other formats."""
    check = failed(*WALK, observed="2 pages of 61: 61 rows")
    run = make_run(check, exchanges=WALK)

    rows = [text for label, text in evidence(run, check).rows if label == "request"]

    assert [exchange.id for exchange in story(run, check)] == [610, 611, 612]
    assert [row.rpartition("exchange ")[2] for row in rows] == ["610)", "611)", "612)"]
    page = render(run)
    assert page.index("GET /Item?page=1&amp;pageSize=61 ") < page.index("GET /Item?page=2&amp;pageSize=61 ")
    assert "Exchanges, the last one shows the failure" in page


def test_page_says_where_a_token_comes_from(make_run: MakeRun) -> None:
    """Whoever has the page alone knows no document; what is made anew has a number of its own."""
    headers = (("Authorization", "Bearer <token full#1>"),)
    exchanges = (asked(1, "/Webhook", "POST", headers=headers), asked(2, "/Webhook", headers=headers))
    alone, both = failed(exchanges[1], observed=None), failed(*exchanges, observed=None)

    pages = [render(make_run(check, exchanges=exchanges)) for check in (alone, both)]

    assert ["/Token</code> gives for the client" in page for page in pages] == [True, True]
    assert ["put the new number into" in page for page in pages] == [False, True]
    assert "2 requests, one after the other" in pages[1]


@pytest.mark.parametrize("url", ["https://acme.example/api/v1/Item?a=[1", "http://[::1/api/v1/Item?page=61"])
def test_what_is_no_url_is_no_trouble(make_run: MakeRun, url: str) -> None:
    """Some are sent on purpose."""
    assert shown(make_run, asked(1, "/Item", url=url), observed="2 pages of 61") == 1
