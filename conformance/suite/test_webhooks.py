"""Webhook subscriptions: made of the declared example, read, changed, deleted, and nobody else's (webhooks)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, Inconclusive, NotApplicable, NotRun
from conformance.suite.apart import fields_apart_from, outside, rows_with, unfit
from conformance.suite.fields import NOTHING, Misfits, note_dates
from conformance.suite.marks import Phase, asks, needs, requirement
from conformance.suite.matrix import State
from conformance.suite.pager import LARGEST_PAGE
from conformance.suite.queries import SECOND, narrowings
from conformance.suite.readings import takes
from conformance.suite.subscription_bodies import event_names, member_of, with_https_behind, with_member, with_scheme
from conformance.suite.subscription_members import not_shown
from conformance.suite.subscriptions import (
    CREATE,
    LASTING,
    LIST,
    LOG,
    NO_EXAMPLE,
    READ,
    REMOVE,
    TEST,
    UPDATE,
    lasting,
    number_of,
    strangers,
)
from conformance.target.answer import ABSENT, rows_of
from conformance.target.wire import Request

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.suite.exercises import Workshop
    from conformance.suite.subscriptions import Row, Subscriptions
    from conformance.target.access import Access

PHASE = Phase.WRITING

STATUSES = "webhook-statuses"


@pytest.fixture(scope="module")
def subscriptions(workshop: Workshop) -> Subscriptions:
    """Where subscriptions are made and remembered."""
    return workshop.subscriptions


@pytest.fixture
def fresh(subscriptions: Subscriptions) -> Iterator[int]:
    """The number of a subscription of this check's own."""
    number = subscriptions.make()
    yield number
    subscriptions.drop(number)


@pytest.fixture
def another(subscriptions: Subscriptions) -> Iterator[int]:
    """The number of a second one of the same client."""
    number = subscriptions.make()
    yield number
    subscriptions.drop(number)


@pytest.fixture(scope="module")
def shown(workshop: Workshop, subscriptions: Subscriptions) -> list[Row]:
    """Subscriptions as their owner is shown them: one by its number where the suite can make one, and all of the list."""
    rows: list[Row] = []
    if CREATE in workshop.world.target.examples and workshop.world.target.limits.writes:
        number = subscriptions.make()
        answer = subscriptions.read(number)
        rows += rows_of(answer.json) if answer.accepted else []
    rows += subscriptions.rows(subscriptions.owner)
    if not rows and not workshop.world.target.limits.writes:
        raise NotRun(Reason.WRITES_OFF)
    if not rows:
        raise NotRun(Reason.NEEDS_EXAMPLE, f"{LIST} lists nothing, and {NO_EXAMPLE}")
    return rows


# --- the object ---


@requirement("webhooks.fields", sends=0, shares=4)
@asks(LIST, READ)
def test_subscriptions_have_the_documented_fields(access: Access, shown: list[Row]) -> None:
    """In the list and by their number; which values payloadMode, disableType and events take is asked apart."""
    apart = ("payloadMode", "disableType", "events")
    fields = fields_apart_from(access.specification, "Webhook", access.specification[LIST], *apart)

    misfits = fields.misfits(shown)
    note_dates(shown)
    assert misfits == NOTHING


@requirement("webhooks.payload-mode", sends=0, shares=4)
@asks(LIST)
@needs("data.subscription")
def test_payload_mode_is_1_or_2(shown: list[Row]) -> None:
    """A whole number in every subscription that the owner is shown."""
    rows = rows_with(shown, "payloadMode", LIST, "webhooks.fields")

    misfits = outside(rows, "rec", "payloadMode", [1, 2])
    assert misfits == NOTHING


@requirement("webhooks.disable-type", sends=0, shares=4)
@asks(LIST)
@needs("data.subscription")
def test_disable_type_tells_whether_it_is_active(shown: list[Row]) -> None:
    """0, 1 or 2 in every subscription that the owner is shown: 0 in those that are active, and in no other."""
    rows = rows_with(shown, "disableType", LIST, "webhooks.fields")

    misfits = misfits_of_state(rows)
    assert misfits == NOTHING


@requirement("webhooks.disable-type", sends=8)
@asks(CREATE, LIST, READ, UPDATE)
def test_disable_type_of_a_subscription_that_is_disabled_by_hand(
    workshop: Workshop, fresh: int, subscriptions: Subscriptions
) -> None:
    """Updated with active false, where the target takes that: as it is read by its number and in the list."""
    disabled = workshop.updates.disabled(fresh)
    listed = [row for row in subscriptions.rows(subscriptions.owner) if number_of(row) == fresh]

    misfits = misfits_of_state(rows_with([disabled, *listed], "disableType", READ, "webhooks.fields"))
    assert misfits == NOTHING


def misfits_of_state(rows: Sequence[Mapping[str, Any]]) -> Misfits:
    """The subscriptions whose disableType is none of the documented ones, or does not agree with active."""
    odd = outside(rows, "rec", "disableType", [0, 1, 2])
    told = [row for row in rows if isinstance(row.get("active"), bool)]
    return Misfits([*odd, *unfit(told, "rec", "disableType", lambda row: row["active"] == (row["disableType"] == 0))])


@requirement("webhooks.events", sends=0, shares=4)
@asks(LIST)
@needs("data.subscription")
def test_events_are_a_text(shown: list[Row]) -> None:
    """In every subscription that the owner is shown: neither a list nor an object."""
    rows = rows_with(shown, "events", LIST, "webhooks.fields")

    misfits = unfit(rows, "rec", "events", lambda row: row["events"] is None or isinstance(row["events"], str))
    assert misfits == NOTHING


@requirement("webhooks.events", sends=3)
@asks(CREATE, READ)
def test_events_stand_between_commas(workshop: Workshop, fresh: int, subscriptions: Subscriptions) -> None:
    """What was subscribed to, as the example names it: each event that is shown is one part of the text."""
    sent = event_names(workshop.world.target.examples.get(CREATE))
    if len(sent) < 2:
        raise NotRun(Reason.NEEDS_EXAMPLE, f'the example of {CREATE} names no two "events"')
    text = str(subscriptions.row(fresh).get("events")).lower()

    parts = {part.strip() for part in text.split(",")}
    glued = sorted(name for name in sent if name in text and name not in parts)
    assert glued == [], f"events are shown as {text!r}"


@requirement("errors.malformed-json", sends=3)
@asks(CREATE, READ, UPDATE)
def test_malformed_update_of_an_own_subscription_gets_400(fresh: int, subscriptions: Subscriptions) -> None:
    """Sent as application/json by its owner: nothing but the body is wrong."""
    headers = {"Content-Type": "application/json"}
    request = Request(
        "PUT", UPDATE.removeprefix("PUT ").replace("{id}", str(fresh)), content=b'{"name": "', headers=headers
    )

    answer = subscriptions.owner.ask(request)
    if answer.code == 501:
        raise NotApplicable(Reason.NOT_CHECKABLE, f"the target says that this operation is not available: {answer!r}")
    assert answer.status == 400


@requirement("webhooks.new", sends=3)
@asks(CREATE, READ)
def test_new_subscription_has_neither_failed_nor_succeeded(fresh: int, subscriptions: Subscriptions) -> None:
    """Read right after it was made."""
    row = subscriptions.row(fresh)
    state = {name: row.get(name) for name in ("failureCount", "lastSuccess", "lastFailure")}
    assert state == {"failureCount": 0, "lastSuccess": None, "lastFailure": None}


# --- making ---


@requirement("webhooks.create-status", sends=2)
@asks(CREATE)
def test_creating_answers_201_with_the_number(subscriptions: Subscriptions) -> None:
    """Asked with the declared example."""
    body = subscriptions.body()
    answer = subscriptions.send(subscriptions.owner, body)
    number = subscriptions.made_by(subscriptions.owner, answer)
    if number is not None:
        subscriptions.drop(number)
    if not answer.accepted and answer.code < 500:
        raise Blocked(Reason.EXAMPLE_REFUSED, f"the example was refused: {answer!r}", cause=CREATE)
    takes(STATUSES, f"creating: {answer.code}")
    assert answer.status == 201
    rec = next(iter(rows_of(answer.json)), {}).get("rec", ABSENT)
    assert rec is not ABSENT, f"rec in {answer!r}"
    assert type(rec) is int, f"rec is {rec!r} in {answer!r}"


@requirement("webhooks.https-only", sends=3)
@asks(CREATE)
@pytest.mark.parametrize("scheme", ["http", "HTTP", "http://https"])
def test_new_subscription_with_a_url_that_is_not_https_is_refused(scheme: str, subscriptions: Subscriptions) -> None:
    """The declared example with http in place of https, also with https further on; afterwards the list holds none either."""
    body = subscriptions.body()
    plain = with_scheme(body, scheme) if "://" not in scheme else with_https_behind(body)
    if plain == body:
        raise NotRun(Reason.NEEDS_EXAMPLE, f"the example of {CREATE} holds no text that begins with https://")
    answer, left = subscriptions.try_out(plain)

    assert answer.status in range(400, 500)
    now, before = State(left), State([])
    assert now == before, f"subscriptions left behind by {answer!r}"


@requirement("webhooks.https-only", sends=6)
@asks(UPDATE)
def test_url_cannot_be_changed_to_one_that_is_not_https(
    workshop: Workshop, fresh: int, subscriptions: Subscriptions
) -> None:
    """What updates a subscription, with http in place of https: whatever the answer, it has an HTTPS URL afterwards."""
    body = workshop.updates.body(fresh)
    plain = with_scheme(body, "http")
    if plain == body:
        raise NotRun(Reason.NEEDS_EXAMPLE, f"the example of {UPDATE} holds no text that begins with https://")
    answer = subscriptions.owner.ask(Request("PUT", f"/Webhook/{fresh}", json=plain))

    assert answer.status < 500
    url = str(subscriptions.row(fresh).get("url"))
    scheme = url.partition(":")[0].lower()
    assert scheme != "http", f"url after {answer!r}"


@requirement("webhooks.payload-mode-refused", sends=3)
@asks(CREATE)
@pytest.mark.parametrize("mode", [0, 3])
def test_new_subscription_with_another_payload_mode_gets_400(mode: int, subscriptions: Subscriptions) -> None:
    """The declared example with payloadMode 0 and 3."""
    body = subscriptions.body()
    require_member(body, "payloadMode", CREATE)
    answer, _left = subscriptions.try_out(with_member(body, "payloadMode", mode))
    assert answer.status == 400


@requirement("webhooks.payload-mode-refused", sends=6)
@asks(UPDATE)
def test_payload_mode_cannot_be_changed_to_another(
    workshop: Workshop, fresh: int, subscriptions: Subscriptions
) -> None:
    """What updates a subscription, with payloadMode 3."""
    body = workshop.updates.body(fresh)
    require_member(body, "payloadMode", UPDATE)
    changed = with_member(body, "payloadMode", 3)
    answer = subscriptions.owner.ask(Request("PUT", f"/Webhook/{fresh}", json=changed))
    assert answer.status == 400


@requirement("webhooks.unknown-event", sends=3)
@asks(CREATE)
def test_subscription_to_an_unknown_event_gets_400(subscriptions: Subscriptions) -> None:
    """The declared example with an event that does not exist in place of its own."""
    body = subscriptions.body()
    require_member(body, "events", CREATE)
    unknown = "conformance.unheard-of"
    events = [unknown] if isinstance(member_of(body, "events"), list) else unknown
    answer, _left = subscriptions.try_out(with_member(body, "events", events))
    takes("webhook-unknown-event", "accepted" if answer.accepted else "refused")
    assert answer.status == 400


def require_member(body: Any, name: str, label: str) -> None:
    """Raise NotRun where a body has no member of a name to put something else into."""
    if member_of(body, name) is ABSENT:
        raise NotRun(Reason.NEEDS_EXAMPLE, f"the body of {label} has no member {name}: there is none to try values of")


# --- reading ---


@requirement("webhooks.listed", sends=6)
@asks(CREATE, LIST, REMOVE)
def test_subscription_is_listed_until_it_is_deleted(another: int, subscriptions: Subscriptions) -> None:
    """The owner's list, read to its end after the creation and after the deletion; another one stays in it."""
    number = subscriptions.make()
    listed = [number_of(row) for row in subscriptions.rows(subscriptions.owner)]
    assert listed.count(number) == 1, f"subscription {number} in the list of its owner, which holds {listed[:20]}"

    answer = subscriptions.remove(number)
    if not answer.accepted:
        raise Blocked(Reason.EARLIER_FAILURE, f"it could not be deleted: {answer!r}", cause="webhooks.delete")
    listed = [number_of(row) for row in subscriptions.rows(subscriptions.owner)]
    assert listed.count(number) == 0, f"the deleted subscription {number} in the list of its owner"
    assert listed.count(another) == 1, f"subscription {another}, which was not deleted, in the list of its owner"


@requirement("webhooks.by-number", sends=6)
@asks(CREATE, READ)
def test_owner_reads_its_subscriptions_by_their_numbers(fresh: int, another: int, subscriptions: Subscriptions) -> None:
    """Two subscriptions: each is answered under its own number, as the list shows it."""
    listed = {number_of(row): row for row in subscriptions.rows(subscriptions.owner)}
    for number in (fresh, another):
        answer = subscriptions.read(number)
        assert answer.status == 200
        row = next(iter(rows_of(answer.json)), {})
        told = number_of(row)
        assert told in {number, None}, f"rec in {answer!r}"
        both = [name for name in LASTING if name in row and name in listed.get(number, {})]
        differing = [name for name in both if row[name] != listed[number][name]]
        assert differing == [], f"members that are not as in the list, in {answer!r}"


@requirement("webhooks.log", sends=3)
@asks(CREATE, LOG)
def test_owner_reads_the_log(fresh: int, subscriptions: Subscriptions) -> None:
    """Of a subscription to which nothing was delivered yet; its shape is not documented."""
    answer = subscriptions.owner.ask(Request("GET", f"/Webhook/{fresh}/log"))
    assert answer.status == 200


# --- changing and deleting ---


@requirement("webhooks.update", sends=8)
@asks(CREATE, UPDATE, READ)
def test_update_changes_what_is_read(
    workshop: Workshop, fresh: int, another: int, subscriptions: Subscriptions
) -> None:
    """By the declared example, else the subscription as it is shown with another name; another one stays as it is.

    Each member of the body that has a documented name is read as it was sent.
    """
    other = subscriptions.shown(another)
    update = workshop.updates.attempt(fresh)
    answer, reading = update.answer, update.reading
    takes(STATUSES, f"updating: {answer.code}")

    assert answer.status in range(200, 300)
    assert reading.status == 200
    assert update.changed, f"{answer!r} with {update.way[0]} changed nothing that is read of it"
    misfits = not_shown(update.body, update.before, update.after)
    assert misfits == NOTHING
    now = subscriptions.shown(another)
    assert now == other, "another subscription"


@requirement("webhooks.update", sends=7)
@asks(CREATE, UPDATE, READ)
@pytest.mark.parametrize("member", LASTING)
def test_update_changes_each_member(member: str, workshop: Workshop, fresh: int, subscriptions: Subscriptions) -> None:
    """What updates a subscription, with another value of this member; whether it can be changed is up to the target."""
    body, before = workshop.updates.varied(fresh, member), subscriptions.row(fresh)
    answer = subscriptions.owner.ask(Request("PUT", f"/Webhook/{fresh}", json=body))
    if 400 <= answer.code < 500:
        raise NotRun(Reason.NEEDS_EXAMPLE, f"{member} cannot be changed, or not in this way: {answer!r}")

    assert answer.status in range(200, 300)
    misfits = not_shown({member: member_of(body, member)}, before, subscriptions.row(fresh))
    assert misfits == NOTHING


@requirement("webhooks.delete", sends=6)
@asks(CREATE, REMOVE, READ)
def test_deleted_subscription_can_no_longer_be_read(another: int, subscriptions: Subscriptions) -> None:
    """Read by its number before and after; another one is still there."""
    number = subscriptions.make()
    subscriptions.row(number)
    subscriptions.row(another)
    answer = subscriptions.remove(number)
    takes(STATUSES, f"deleting: {answer.code}")

    assert answer.status in range(200, 300)
    reading = subscriptions.read(number)
    assert reading.status in range(400, 500)
    other = subscriptions.read(another)
    assert other.status == 200


@requirement("webhooks.deleted-status", sends=4)
@asks(CREATE, REMOVE, READ)
def test_deleted_subscription_gets_404(subscriptions: Subscriptions) -> None:
    """Read by its number after it was deleted."""
    number = subscriptions.make()
    answer = subscriptions.remove(number)
    reading = subscriptions.read(number)
    if not answer.accepted or reading.accepted:
        raise Blocked(Reason.EARLIER_FAILURE, f"it is not deleted: {answer!r}, {reading!r}", cause="webhooks.delete")
    assert reading.status == 404


@requirement("webhooks.test", sends=3)
@asks(CREATE, TEST)
def test_test_event_can_be_sent(fresh: int, subscriptions: Subscriptions) -> None:
    """Asked by the owner; that nobody listens at the URL may be reported with a refusal of the target's choice.

    For that the documentation has no status: any of 400 to 499 counts but those that deny that the owner may do this to
    this subscription.
    """
    answer = subscriptions.owner.ask(Request("POST", f"/Webhook/{fresh}/test"))
    takes(STATUSES, f"testing: {answer.code}")
    if answer.code in {502, 504}:
        raise Inconclusive(
            Reason.PREPARATION_FAILED,
            f"whether a gateway failed or the delivery to a URL where nobody listens cannot be told: {answer!r}",
        )
    assert answer.status not in {401, 403, 404, 405}
    assert answer.status < 500


# --- other clients ---


@requirement("webhooks.own-only", sends=6)
@asks(CREATE, LIST)
@needs("client.second-subscriber")
def test_no_other_client_is_shown_a_subscription(access: Access, fresh: int, subscriptions: Subscriptions) -> None:
    """The lists of other clients that may make subscriptions: none holds it, and their totalCount does not count it.

    And the second page, the list sorted or from a moment on hold nothing that the list does not.
    """
    for stranger in strangers(access, subscriptions.owner):
        listed = [number_of(row) for row in subscriptions.rows(stranger)]
        assert listed.count(fresh) == 0, f"subscription {fresh} in the list of client {stranger.name}"

        for params in (SECOND, *narrowings(access.specification[LIST], access.world)):
            answer = stranger.ask(Request("GET", "/Webhook", params={"page": 1, "pageSize": LARGEST_PAGE} | params))
            shown = {number_of(row) for row in rows_of(answer.json)} if answer.accepted else set()
            # Another program may have made one for the same client meanwhile.
            foreign = shown - {*listed} and shown - {number_of(row) for row in subscriptions.rows(stranger)}
            assert foreign == set(), f"subscriptions of others in {answer!r}"

        first, counted = subscriptions.count(stranger)
        assert counted in {len(listed), None}, f"totalCount for client {stranger.name} in {first!r}"


FOREIGN: dict[str, tuple[str, str, str]] = {
    "read": (READ, "GET", ""),
    "update": (UPDATE, "PUT", ""),
    "delete": (REMOVE, "DELETE", ""),
    "test": (TEST, "POST", "/test"),
    "log": (LOG, "GET", "/log"),
}


@requirement("webhooks.foreign", sends=6)
@needs("client.second-subscriber")
@pytest.mark.parametrize("deed", [pytest.param(deed, marks=asks(CREATE, FOREIGN[deed][0])) for deed in FOREIGN])
def test_subscription_of_another_client_is_refused(
    deed: str, access: Access, workshop: Workshop, fresh: int, subscriptions: Subscriptions
) -> None:
    """Asked by other clients that may have subscriptions of their own; the owner reads it afterwards as it was."""
    _label, method, ending = FOREIGN[deed]
    for stranger in strangers(access, subscriptions.owner):
        body = workshop.updates.body(fresh) if deed == "update" else None
        before = State(lasting(subscriptions.row(fresh)))
        answer = stranger.ask(Request(method, f"/Webhook/{fresh}{ending}", json=body))
        if answer.code in {403, 404}:
            takes("webhook-foreign", str(answer.code))

        assert answer.status in {403, 404}
        reading = subscriptions.read(fresh)
        row = next(iter(rows_of(reading.json)), None) if reading.accepted else None
        now = State(repr(reading) if row is None else lasting(row))
        assert now == before
