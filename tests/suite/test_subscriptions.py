"""How the suite makes webhook subscriptions, finds them again, and leaves none behind."""

from __future__ import annotations

import itertools
import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import httpx
import pytest

from conformance.contract.permissions import Grant, Rights
from conformance.contract.specification import load_specification
from conformance.errors import Blocked, NotRun
from conformance.suite.subscription_bodies import event_names, member_of, with_member, with_scheme
from conformance.suite.subscription_updates import Updates
from conformance.suite.subscriptions import TEST, Subscriptions, is_performed, number_of
from conformance.target.answer import Answer
from conformance.target.clock import Interval

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.target.discovery import World
    from conformance.target.wire import Request

EXAMPLE = {"name": "{unique}", "url": "https://sink.invalid/in", "events": "a,b", "payloadMode": 1}


class Target:
    """A client's subscriptions in memory; `change` varies what a body makes of a row, `tells` what creating answers."""

    name = "full"
    unusable = None
    rights = Rights(Grant.everything(), Grant.everything(), Grant.everything())

    def __init__(self, *, tells: bool = True, distinct: bool = False, keeps: int = 200) -> None:
        self.rows: dict[int, dict[str, Any]] = {7: {"rec": 7, **EXAMPLE, "name": "not the suite's"}}
        self.deleted: list[int] = []
        self._tells, self._distinct, self._keeps = tells, distinct, keeps
        self.puts: Callable[[dict[str, Any], dict[str, Any]], int] = self._put

    def _put(self, row: dict[str, Any], body: dict[str, Any]) -> int:
        row.update(body)
        return self._keeps

    def ask(self, request: Request) -> Answer:
        """Answer one request about subscriptions."""
        number = int(request.path.split("/")[2]) if request.path.count("/") > 1 else 0
        row = self.rows.get(number)
        if request.path == "/Webhook" and request.method == "GET":
            return answer(200, {"value": list(self.rows.values()), "totalCount": len(self.rows), "hasMore": False})
        if request.method == "POST":
            return self._created(request.json)
        if row is None:
            return answer(404, {"error": "not_found"})
        if request.method == "DELETE":
            self.deleted.append(number)
            del self.rows[number]
            return answer(204, None)
        return answer(200, row) if request.method == "GET" else answer(self.puts(row, request.json), None)

    def _created(self, body: dict[str, Any]) -> Answer:
        if self._distinct and any(body["url"] == row["url"] for row in self.rows.values()):
            return answer(409, {"error": "conflict"})
        number = max(self.rows) + 1
        self.rows[number] = {"rec": number, **body}
        return answer(201, {"rec": number} if self._tells else None)


def answer(code: int, body: object) -> Answer:
    """An answer with a JSON body."""
    return Answer("GET", "/Webhook", "full", code, httpx.Headers(), json.dumps(body).encode(), 1, Interval(0, 0))


def workshop(
    target: Target, examples: dict[str, Any] | None = None, *, writes: bool = True
) -> tuple[Subscriptions, Updates]:
    """Where subscriptions are made at a target, of an example for POST and perhaps others."""
    declared = {"POST /Webhook": EXAMPLE} if examples is None else examples
    world = SimpleNamespace(
        target=SimpleNamespace(examples=declared, limits=SimpleNamespace(writes=writes)),
        specification=load_specification(),
        able=lambda _operation: target,
        by_width=(target,),
    )
    numbers = itertools.count(1)

    def unique() -> str:
        return f"CT1-{next(numbers):03d}"

    made = Subscriptions(cast("World", world), unique, "CT1")
    return made, Updates(cast("World", world), made, unique)


class TestMaking:
    """A subscription of the declared example, known by its number."""

    @pytest.mark.parametrize("tells", [True, False], ids=["told by the answer", "found in the list"])
    def test_its_number_is_known(self, tells: bool) -> None:  # noqa: FBT001 -- a parameter of pytest's
        """What the answer holds is not documented."""
        target = Target(tells=tells)
        subscriptions, _ = workshop(target)

        number = subscriptions.make()

        assert target.rows[number]["name"].startswith("CT1-")

    def test_another_url_is_taken_where_one_must_not_repeat(self) -> None:
        """Some servers may refuse a second subscription with one URL."""
        target = Target(distinct=True)
        target.rows[7]["url"] = "https://elsewhere.invalid"
        subscriptions, _ = workshop(target)

        urls = {target.rows[subscriptions.make()]["url"] for _ in range(3)}

        assert len(urls) == 3
        assert all(url.startswith("https://sink.invalid/in") for url in urls)

    def test_without_an_example_none_is_made(self) -> None:
        """The documentation shows no body; what to declare is said."""
        with pytest.raises(NotRun, match="give one as"):
            workshop(Target(), {})[0].make()

    def test_without_writes_one_is_read_that_is_there_anyway(self) -> None:
        """Reading changes nothing."""
        target = Target()
        subscriptions, _ = workshop(target, writes=False)

        assert subscriptions.readable() == 7
        with pytest.raises(NotRun):
            subscriptions.subject()

    def test_what_was_there_before_is_never_taken_for_the_suites_own(self) -> None:
        """Also where the answer to a creation tells its number."""
        subscriptions, _ = workshop(Target())
        subscriptions.body()

        number = subscriptions.made_by(subscriptions.owner, answer(201, {"rec": 7}))

        assert number != 7


class TestEnding:
    """The suite leaves behind what it found."""

    @pytest.mark.parametrize("name", ["{unique}", "a plain name"])
    def test_all_that_was_made_is_deleted_and_nothing_else(self, name: str) -> None:
        """With the run's mark in the example or without; also what nobody looked at."""
        target = Target()
        subscriptions, _ = workshop(target, {"POST /Webhook": EXAMPLE | {"name": name}})
        subscriptions.make()
        subscriptions.send(subscriptions.owner, subscriptions.body())

        subscriptions.restore()

        assert list(target.rows) == [7]

    def test_what_a_refused_creation_left_is_told_and_deleted(self) -> None:
        """The subscription that was to be refused is there all the same."""
        target = Target()
        subscriptions, _ = workshop(target)
        body = subscriptions.body()

        _answer, left = subscriptions.try_out(body)

        assert len(left) == 1
        assert list(target.rows) == [7]


class TestUpdating:
    """The body of an update is not documented either."""

    def test_the_subscription_as_shown_is_renamed_where_no_example_is_declared(self) -> None:
        """That is the likeliest body."""
        target = Target()
        subscriptions, updates = workshop(target)

        update = updates.attempt(subscriptions.make())

        assert update.changed
        assert update.after["name"] == update.body["name"]

    def test_a_server_that_takes_the_name_and_keeps_the_old_one_is_judged(self) -> None:
        """It makes subscriptions with this member, so it cannot but know it."""
        target = Target()
        target.puts = lambda _row, _body: 200
        subscriptions, updates = workshop(target)

        update = updates.attempt(subscriptions.make())

        assert update.answer.accepted
        assert not update.changed

    def test_a_server_with_names_of_its_own_is_not(self) -> None:
        """It passes over members that it does not know."""
        target = Target()
        target.puts = lambda _row, _body: 200
        subscriptions, updates = workshop(
            target, {"POST /Webhook": {"title": "{unique}", "url": "https://sink.invalid"}}
        )

        with pytest.raises(NotRun, match=r'examples\."PUT /Webhook/\{id\}"'):
            updates.attempt(subscriptions.make())

    def test_a_declared_example_that_is_refused_blocks(self) -> None:
        """It is the target file that is wrong there."""
        target = Target()
        target.puts = lambda _row, _body: 400
        subscriptions, updates = workshop(target, {"POST /Webhook": EXAMPLE, "PUT /Webhook/{id}": {"name": "{unique}"}})

        with pytest.raises(Blocked, match="was refused"):
            updates.attempt(subscriptions.make())

    @pytest.mark.parametrize("code", [404, 405, 500, 501])
    def test_an_operation_that_is_refused_as_such_is_judged(self, code: int) -> None:
        """It is not the body that these are about."""
        target = Target()
        target.puts = lambda _row, _body: code
        subscriptions, updates = workshop(target)

        assert updates.attempt(subscriptions.make()).answer.code == code


NESTED = {"subscription": {"name": "x", "payloadMode": 1, "events": ["a", "b"]}, "to": [{"url": "HTTPS://h/p"}]}


class TestBodies:
    """An example may have any shape."""

    def test_members_and_addresses_are_found_at_any_depth(self) -> None:
        """Copies are varied, the example stays."""
        assert with_scheme(NESTED, "http")["to"] == [{"url": "http://h/p"}]
        assert with_member(NESTED, "payloadMode", 3)["subscription"]["payloadMode"] == 3
        assert member_of(NESTED, "events") == ["a", "b"]
        assert NESTED["to"] == [{"url": "HTTPS://h/p"}]

    def test_events_are_those_that_can_be_told_apart(self) -> None:
        """From a list or a text; one that is part of another's name says nothing."""
        assert event_names(NESTED) == ["a", "b"]
        assert event_names({"events": "Stock.changed, stock"}) == ["stock.changed"]
        assert event_names({"on": ["a"]}) == []

    def test_a_number_is_read_also_from_a_text(self) -> None:
        """Its type is a matter of the fields."""
        assert [number_of({"rec": rec}) for rec in (5, "5", True, None, "x", "²")] == [5, 5, None, None, None, None]

    @pytest.mark.parametrize(("code", "performed"), [(202, True), (409, True), (502, True), (403, False), (500, False)])
    def test_a_failed_delivery_is_no_refusal_of_the_operation(self, code: int, performed: bool) -> None:  # noqa: FBT001
        """A test event that reaches nobody may be reported by the target in its own way."""
        assert is_performed(TEST, answer(code, {})) is performed
        assert is_performed("PUT /Webhook/{id}", answer(409, {})) is False
