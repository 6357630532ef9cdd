"""Faults in subscriptions to events."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from conformance.reference.call import Reply
from conformance.reference.faults.fault import Fault, Site
from conformance.reference.faults.shapes import changing, failing, missing_is
from conformance.reference.problems import ApiError, Problem
from conformance.reference.rules import WebhookRules, WireRules

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from conformance.reference.operation import Operation
    from conformance.reference.store import Account
    from conformance.reference.world import Webhook


def _anybodys(action: str) -> Any:
    """Look for the number alone and not for its owner."""

    def variant(site: Site, account: Account, webhook: Webhook, asked: str) -> bool:
        return asked == action or bool(site.original(account, webhook, asked))

    return variant


def _nobodys(action: str) -> Any:
    """Compare with another owner than the one that is kept."""

    def variant(site: Site, account: Account, webhook: Webhook, asked: str) -> bool:
        return asked != action and bool(site.original(account, webhook, asked))

    return variant


def _https_of_new_ones(_site: Site, member: str, *, new: bool) -> bool:
    """Validate what is created and not what is changed."""
    return new or member != "url"


def _failed_already(site: Site, rec: int, owner: str, fields: Mapping[str, Any], now: datetime) -> Webhook:
    """Begin to count at one."""
    webhook: Webhook = site.original(rec, owner, fields, now)
    return replace(webhook, failure_count=1, last_failure=now)


def _not_tried_yet(site: Site, webhook: Webhook, now: datetime, dates: Any) -> dict[str, Any]:
    """Give subscriptions a state of their own until something was delivered."""
    row: dict[str, Any] = site.original(webhook, now, dates)
    return row if webhook.last_success is not None else {**row, "disableType": 3}


def _numbered_by_place(site: Site, row: Mapping[str, Any]) -> Reply:
    """Show the place in the client's list for the number."""
    store = site.service.store
    owner = store.webhooks[row["rec"]].owner
    own = [webhook.rec for webhook in store.webhooks.values() if webhook.owner == owner]
    reply: Reply = site.original({**row, "rec": own.index(row["rec"]) + 1})
    return reply


def _host_alone(site: Site, row: Mapping[str, Any]) -> Reply:
    """Show of the URL no more than the host, as a log does."""
    reply: Reply = site.original({**row, "url": "/".join(row["url"].split("/")[:3])})
    return reply


def _counted_for_all(site: Site, operation: Operation[Any] | None, reply: Reply) -> Reply:
    """Count all subscriptions and list those of the client."""
    right: Reply = site.original(operation, reply)
    if operation is None or operation.label != "GET /Webhook" or right.status != 200:
        return right
    assert isinstance(right.body, dict)
    total, page, size = len(site.service.store.webhooks), right.body["page"], right.body["pageSize"]
    paging = site.service.rules.paging
    count = paging.page_count(total, size)
    told = {"totalCount": total, "pageCount": count, "hasMore": paging.has_more(page, count)}
    body = {**right.body, **told}
    return replace(right, body=body, headers=paging.headers(body))


def _crashes_without_https(site: Site, url: str) -> bool:
    """Open a connection to the URL to look at its certificate."""
    if url.lower().startswith("http:"):
        raise ApiError(Problem(500, "internal_error", "An unexpected error has occurred."))
    return bool(site.original(url))


def _keeping(member: str) -> Any:
    """Forget one field in the statement that updates a subscription."""

    def variant(site: Site, webhook: Webhook, fields: Mapping[str, Any], now: datetime) -> Webhook:
        kept: dict[str, Any] = {member: getattr(webhook, member)}
        updated: Webhook = site.original(webhook, fields, now)
        return replace(updated, **kept)

    return variant


def _crashes_on_another_url(site: Site, webhook: Webhook, fields: Mapping[str, Any], now: datetime) -> Webhook:
    """Look for the certificate of the new URL among those of the old one."""
    updated: Webhook = site.original(webhook, fields, now)
    if updated.url != webhook.url:
        raise ApiError(Problem(500, "internal_error", "An unexpected error has occurred."))
    return updated


def _made_anew(site: Site, webhook: Webhook, fields: Mapping[str, Any], now: datetime) -> Webhook:
    """Delete the subscription and put the new one in."""
    updated: Webhook = site.original(webhook, fields, now)
    return replace(updated, rec=site.service.store.new_webhook_rec())


def _of_the_same_client(_site: Site, webhook: Webhook, named: Webhook) -> bool:
    """Write the condition for the client and forget that for the number."""
    return webhook.owner == named.owner


def _also(action: str) -> Any:
    """Look after the rights when it is done."""

    def variant(site: Site, asked: str) -> bool:
        return asked == action or bool(site.original(asked))

    return variant


def _lost_in_haste(site: Site, webhook: Webhook, fields: Mapping[str, Any], now: datetime) -> Webhook:
    """Take a second update within a second for a repetition of the first."""
    is_second = webhook.modified != webhook.created and now - webhook.modified < timedelta(seconds=1)
    updated: Webhook = site.original(webhook, fields, now)
    return webhook if is_second else updated


def _from_cache(site: Site, row: Mapping[str, Any]) -> Reply:
    """Keep each subscription that was read once, and do not notice that it changes."""
    reply: Reply = site.original(site.memory.setdefault(row["rec"], dict(row)))
    return reply


_SHOWN = (
    Fault(
        name="webhooks.active-as-number",
        sentence="Whether a subscription is active is 0 or 1.",
        violates=("webhooks.fields",),
        seen_as=("wrong-value",),
        suffering="Typed clients fail to read subscriptions.",
        rule=WebhookRules.fields,
        variant=changing("active", int),
    ),
    Fault(
        name="webhooks.events-as-list",
        sentence="The events of a subscription are a list.",
        violates=("webhooks.events",),
        seen_as=("wrong-value",),
        suffering="Clients that split the text at its commas fail.",
        rule=WebhookRules.events_shown,
        variant=lambda _site, events: events.split(","),
        follows=("webhooks.fields",),
    ),
    Fault(
        name="webhooks.events-with-semicolons",
        sentence="The events of a subscription are separated by semicolons.",
        violates=("webhooks.events",),
        seen_as=("wrong-value",),
        suffering="Clients that split the text at its commas find a single event that does not exist.",
        rule=WebhookRules.events_shown,
        variant=lambda _site, events: events.replace(",", ";"),
    ),
    Fault(
        name="webhooks.mode-from-zero",
        sentence="The payloadMode of a subscription is shown counted from 0.",
        violates=("webhooks.payload-mode",),
        seen_as=("wrong-value",),
        suffering="A client expects the full payload and gets numbers alone.",
        rule=WebhookRules.fields,
        variant=changing("payloadMode", lambda mode: mode - 1),
    ),
    Fault(
        name="webhooks.disable-type-from-one",
        sentence="The disableType of a subscription is shown counted from 1.",
        violates=("webhooks.disable-type",),
        seen_as=("wrong-value",),
        suffering="New subscriptions look disabled by failures.",
        rule=WebhookRules.fields,
        variant=changing("disableType", lambda kind: kind + 1),
    ),
    Fault(
        name="webhooks.not-tried-yet",
        sentence="The disableType of a subscription is 3 until something was delivered.",
        violates=("webhooks.disable-type",),
        seen_as=("wrong-value",),
        suffering="Clients that know 0, 1 and 2 fail to read new subscriptions.",
        rule=WebhookRules.fields,
        variant=_not_tried_yet,
    ),
    Fault(
        name="webhooks.disabled-by-hand-active",
        sentence="A subscription that was disabled by hand, as its disableType says, is shown as active.",
        violates=("webhooks.disable-type",),
        seen_as=("wrong-value",),
        suffering="Nobody sees why no event arrives any more.",
        rule=WebhookRules.is_active,
        variant=lambda _site, webhook: webhook.disable_type != 1,
    ),
    Fault(
        name="webhooks.active-once-delivered",
        sentence="A subscription is active only after its first delivery.",
        violates=("webhooks.disable-type",),
        seen_as=("wrong-value",),
        suffering="New subscriptions look disabled, and their disableType says that they are not.",
        rule=WebhookRules.is_active,
        variant=lambda site, webhook: webhook.last_success is not None and site.original(webhook),
    ),
    Fault(
        name="webhooks.new-has-failed",
        sentence="A new subscription has failed once already.",
        violates=("webhooks.new",),
        seen_as=("wrong-value",),
        suffering="A monitor raises an alarm for each new subscription.",
        rule=WebhookRules.created,
        variant=_failed_already,
    ),
)

_OWNERS = (
    Fault(
        name="webhooks.list-of-all",
        sentence="The list of subscriptions holds those of all clients.",
        violates=("webhooks.own-only",),
        seen_as=("wrong-value",),
        suffering="Each client learns where the others receive their events.",
        rule=WebhookRules.is_listed,
        variant=lambda _site, _account, _webhook, *_asked: True,
    ),
    Fault(
        name="webhooks.counted-for-all",
        sentence="The totalCount of the list of subscriptions counts those of all clients.",
        violates=("webhooks.own-only", "pagination.walk"),
        seen_as=("wrong-value",),
        suffering="Each client learns how many subscriptions the others have, and waits for rows that never come.",
        rule=WireRules.reply,
        variant=_counted_for_all,
    ),
    Fault(
        name="webhooks.listed-once-delivered",
        sentence="A subscription is listed only after its first delivery.",
        violates=("webhooks.listed",),
        seen_as=("wrong-value",),
        suffering="A client that does not find its subscription makes it again and again.",
        rule=WebhookRules.is_listed,
        variant=lambda site, account, webhook, *asked: (
            webhook.last_success is not None and site.original(account, webhook, *asked)
        ),
    ),
    Fault(
        name="webhooks.owned-by-the-system",
        sentence="A subscription belongs to an account of the system instead of the client that has made it.",
        violates=("webhooks.listed", "webhooks.by-number"),
        seen_as=("refused", "wrong-value"),
        suffering="A client can never look after what it has made.",
        rule=WebhookRules.owner,
        variant=lambda _site, _account: "system",
        follows=("webhooks.update", "webhooks.delete", "webhooks.test", "webhooks.log"),
    ),
    Fault(
        name="webhooks.own-not-found",
        sentence="A client is not shown its own subscription by its number.",
        violates=("webhooks.by-number",),
        seen_as=("refused",),
        suffering="A client has to read the whole list to look after one subscription.",
        rule=WebhookRules.is_own,
        variant=_nobodys("get"),
    ),
    Fault(
        name="webhooks.numbered-by-place",
        sentence="A subscription that is read by its number shows its place in the list as its rec.",
        violates=("webhooks.by-number",),
        seen_as=("wrong-value",),
        suffering="A client that goes on with this rec changes another subscription, or none.",
        rule=WebhookRules.shown,
        variant=_numbered_by_place,
    ),
    Fault(
        name="webhooks.host-alone",
        sentence="A subscription that is read by its number shows no more of its URL than the host.",
        violates=("webhooks.by-number", "webhooks.update"),
        seen_as=("wrong-value",),
        suffering="A client that writes back what it has read sends its events to the wrong address.",
        rule=WebhookRules.shown,
        variant=_host_alone,
    ),
    Fault(
        name="webhooks.foreign-update-done",
        sentence="To change a subscription of another client is refused, and done all the same.",
        violates=("webhooks.foreign",),
        seen_as=("changed-data",),
        suffering="A client has another's events sent to itself.",
        rule=WebhookRules.is_done_anyway,
        variant=_also("update"),
    ),
    Fault(
        name="webhooks.foreign-deletion-done",
        sentence="To delete a subscription of another client is refused, and done all the same.",
        violates=("webhooks.foreign",),
        seen_as=("changed-data",),
        suffering="A client silences another.",
        rule=WebhookRules.is_done_anyway,
        variant=_also("delete"),
    ),
    Fault(
        name="webhooks.anybody-reads",
        sentence="Any client can read a subscription by its number.",
        violates=("webhooks.foreign",),
        seen_as=("accepted",),
        suffering="Counting up the number shows where the other clients receive their events.",
        rule=WebhookRules.is_own,
        variant=_anybodys("get"),
    ),
    Fault(
        name="webhooks.anybody-updates",
        sentence="Any client can change a subscription.",
        violates=("webhooks.foreign",),
        seen_as=("accepted",),
        suffering="A client has another's events sent to itself.",
        rule=WebhookRules.is_own,
        variant=_anybodys("update"),
    ),
    Fault(
        name="webhooks.anybody-deletes",
        sentence="Any client can delete a subscription.",
        violates=("webhooks.foreign",),
        seen_as=("accepted",),
        suffering="A client silences another.",
        rule=WebhookRules.is_own,
        variant=_anybodys("delete"),
    ),
    Fault(
        name="webhooks.anybody-tests",
        sentence="Any client can have a test event sent to a subscription.",
        violates=("webhooks.foreign",),
        seen_as=("accepted",),
        suffering="A client floods another's receiver.",
        rule=WebhookRules.is_own,
        variant=_anybodys("test"),
    ),
    Fault(
        name="webhooks.anybody-reads-the-log",
        sentence="Any client can read the delivery history of a subscription.",
        violates=("webhooks.foreign",),
        seen_as=("accepted",),
        suffering="A client learns what happens in another's warehouse.",
        rule=WebhookRules.is_own,
        variant=_anybodys("log"),
    ),
)

_CHANGES = (
    Fault(
        name="webhooks.created-with-200",
        sentence="Creating a subscription answers 200.",
        violates=("webhooks.create-status",),
        seen_as=("wrong-value",),
        suffering="Clients that wait for 201 create it again and again.",
        rule=WebhookRules.created_reply,
        variant=lambda _site, row: Reply(200, row),
    ),
    Fault(
        name="webhooks.created-without-number",
        sentence="Creating a subscription answers 201 without anything.",
        violates=("webhooks.create-status",),
        seen_as=("missing",),
        suffering="A client has to look for its subscription among all that it has.",
        rule=WebhookRules.created_reply,
        variant=lambda _site, _row: Reply(201),
    ),
    Fault(
        name="webhooks.created-number-as-text",
        sentence="Creating a subscription answers with its number as a text.",
        violates=("webhooks.create-status",),
        seen_as=("wrong-value",),
        suffering="Typed clients fail after the subscription is made, and make it again.",
        rule=WebhookRules.created_reply,
        variant=lambda site, row: site.original({**row, "rec": str(row["rec"])}),
    ),
    Fault(
        name="webhooks.plain-http-kept",
        sentence="A new subscription whose URL is not HTTPS is refused, and kept all the same.",
        violates=("webhooks.https-only",),
        seen_as=("changed-data",),
        suffering="Events cross the network in clear text, and nobody knows.",
        rule=WebhookRules.is_kept_anyway,
        variant=lambda _site, problems: "url" in problems,
    ),
    Fault(
        name="webhooks.plain-http-crashes",
        sentence="A URL that is not HTTPS is answered with 500.",
        violates=("webhooks.https-only",),
        seen_as=("server-error",),
        suffering="Clients repeat a request that can never succeed.",
        rule=WebhookRules.is_url,
        variant=_crashes_without_https,
    ),
    Fault(
        name="webhooks.plain-http",
        sentence="A subscription may have a URL without HTTPS.",
        violates=("webhooks.https-only",),
        seen_as=("accepted", "wrong-value"),
        suffering="Events cross the network in clear text.",
        rule=WebhookRules.is_url,
        variant=lambda site, url: site.original(url.replace("http://", "https://", 1)),
    ),
    Fault(
        name="webhooks.plain-http-later",
        sentence="The URL of a new subscription is to be HTTPS, but it can be changed to one that is not.",
        violates=("webhooks.https-only",),
        seen_as=("wrong-value",),
        suffering="Events cross the network in clear text.",
        rule=WebhookRules.is_checked,
        variant=_https_of_new_ones,
    ),
    Fault(
        name="webhooks.any-mode",
        sentence="A subscription takes any number for its payloadMode.",
        violates=("webhooks.payload-mode-refused",),
        seen_as=("accepted",),
        suffering="A typing mistake is found out when the first event arrives empty.",
        rule=WebhookRules.is_payload_mode,
        variant=lambda _site, _mode: True,
        follows=("webhooks.payload-mode",),
    ),
    Fault(
        name="webhooks.any-event",
        sentence="A subscription takes any name for an event.",
        violates=("webhooks.unknown-event",),
        seen_as=("accepted",),
        suffering="Whoever mistypes an event waits for it for ever.",
        rule=WebhookRules.are_events,
        variant=lambda _site, _events: True,
    ),
    Fault(
        name="webhooks.update-forgotten",
        sentence="An update of a subscription is confirmed and not done.",
        violates=("webhooks.update",),
        seen_as=("wrong-value",),
        suffering="Events go on to an address that was given up.",
        rule=WebhookRules.updated,
        variant=lambda _site, webhook, _fields, _now: webhook,
    ),
    Fault(
        name="webhooks.update-unavailable",
        sentence="Updating a subscription is not implemented.",
        violates=("webhooks.update",),
        seen_as=("server-error",),
        suffering="A receiver that has moved has to subscribe anew.",
        rule=WireRules.reply,
        variant=failing("PUT /Webhook/{id}", 501, "not_implemented", "The operation is not available."),
    ),
    Fault(
        name="webhooks.name-kept",
        sentence="An update of a subscription changes all but its name.",
        violates=("webhooks.update",),
        seen_as=("wrong-value",),
        suffering="Nobody can tell subscriptions apart.",
        rule=WebhookRules.updated,
        variant=_keeping("name"),
    ),
    Fault(
        name="webhooks.url-kept",
        sentence="An update of a subscription changes all but its URL.",
        violates=("webhooks.update",),
        seen_as=("wrong-value",),
        suffering="Events go on to an address that was given up.",
        rule=WebhookRules.updated,
        variant=_keeping("url"),
    ),
    Fault(
        name="webhooks.events-kept",
        sentence="An update of a subscription changes all but its events.",
        violates=("webhooks.update",),
        seen_as=("wrong-value",),
        suffering="A client goes on to receive what it has given up, and misses what it has asked for.",
        rule=WebhookRules.updated,
        variant=_keeping("events"),
    ),
    Fault(
        name="webhooks.mode-kept",
        sentence="An update of a subscription changes all but its payloadMode.",
        violates=("webhooks.update",),
        seen_as=("wrong-value",),
        suffering="A client expects the full payload and gets numbers alone.",
        rule=WebhookRules.updated,
        variant=_keeping("payload_mode"),
    ),
    Fault(
        name="webhooks.url-change-crashes",
        sentence="An update of a subscription that changes its URL is answered with 500.",
        violates=("webhooks.update",),
        seen_as=("server-error",),
        suffering="A receiver that has moved has to subscribe anew.",
        rule=WebhookRules.updated,
        variant=_crashes_on_another_url,
    ),
    Fault(
        name="webhooks.made-anew",
        sentence="An update gives a subscription another number.",
        violates=("webhooks.update",),
        seen_as=("refused",),
        suffering="A client loses what it has changed.",
        rule=WebhookRules.updated,
        variant=_made_anew,
    ),
    Fault(
        name="webhooks.all-of-the-client",
        sentence="What is asked of one subscription is done to all of the client.",
        violates=("webhooks.update", "webhooks.delete", "webhooks.listed"),
        seen_as=("wrong-value", "refused"),
        suffering="All receivers of a client are changed or silenced at once.",
        rule=WebhookRules.is_meant,
        variant=_of_the_same_client,
    ),
    Fault(
        name="webhooks.from-cache",
        sentence="A subscription that was read once by its number is shown the same for ever.",
        violates=("webhooks.update",),
        seen_as=("wrong-value",),
        suffering="Nobody sees what an update has done.",
        rule=WebhookRules.shown,
        variant=_from_cache,
    ),
    Fault(
        name="webhooks.update-lost-in-haste",
        sentence="An update of a subscription that follows another within a second is confirmed and not done.",
        violates=("property.subscription-life",),
        seen_as=("wrong-value",),
        suffering="What a program has set in two steps is half there.",
        rule=WebhookRules.updated,
        variant=_lost_in_haste,
        resources=("Webhook",),
    ),
    Fault(
        name="webhooks.delete-forgotten",
        sentence="Deleting a subscription is confirmed and not done.",
        violates=("webhooks.delete", "webhooks.listed"),
        seen_as=("accepted", "wrong-value"),
        suffering="Events go on to a receiver that was taken down.",
        rule=WebhookRules.is_removed,
        variant=lambda _site, _webhook: False,
    ),
    Fault(
        name="webhooks.deletion-unavailable",
        sentence="Deleting a subscription is not implemented.",
        violates=("webhooks.delete",),
        seen_as=("server-error",),
        suffering="Events go on to a receiver that was taken down.",
        rule=WireRules.reply,
        variant=failing("DELETE /Webhook/{id}", 501, "not_implemented", "The operation is not available."),
    ),
    Fault(
        name="webhooks.deleted-is-gone",
        sentence="A deleted subscription is answered with 410.",
        violates=("webhooks.deleted-status",),
        seen_as=("wrong-refusal",),
        suffering="Clients that know 404 alone report an outage.",
        rule=WebhookRules.missing,
        variant=missing_is(410, "not_found", "The subscription was deleted.", "get"),
    ),
    Fault(
        name="webhooks.test-unavailable",
        sentence="No test event can be sent.",
        violates=("webhooks.test",),
        seen_as=("server-error",),
        suffering="A receiver can only be tried out with real stock.",
        rule=WireRules.reply,
        variant=failing("POST /Webhook/{id}/test", 501, "not_implemented", "The operation is not available."),
    ),
    Fault(
        name="webhooks.test-not-found",
        sentence="A test event for one's own subscription gets 404.",
        violates=("webhooks.test",),
        seen_as=("refused",),
        suffering="A receiver can only be tried out with real stock.",
        rule=WireRules.reply,
        variant=failing("POST /Webhook/{id}/test", 404, "not_found", "There is no such subscription."),
    ),
    Fault(
        name="webhooks.log-unavailable",
        sentence="The delivery history of a subscription is not found.",
        violates=("webhooks.log",),
        seen_as=("refused",),
        suffering="Nobody finds out which events are missing.",
        rule=WireRules.reply,
        variant=failing("GET /Webhook/{id}/log", 404, "not_found", "There are no deliveries."),
    ),
)

FAULTS = _SHOWN + _OWNERS + _CHANGES
