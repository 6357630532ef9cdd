"""The webhook operations (webhooks)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conformance.reference.call import Fields
from conformance.reference.operation import Operation
from conformance.reference.operations.lists import Listing, Paging, page_of, read_paging
from conformance.reference.problems import invalid_fields
from conformance.reference.store import Delivery

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.reference.call import Call, Reply
    from conformance.reference.service import Service
    from conformance.reference.store import Account
    from conformance.reference.world import Webhook

_COLUMNS = (
    "rec", "name", "url", "events", "payloadMode", "active", "disableType", "failureCount", "failureDays",
    "lastSuccess", "lastFailure", "lastError", "created", "modified",
)  # fmt: skip
_LOG_COLUMNS = ("delivery", "event", "sent", "delivered", "error")
PERMISSION = "webhooks.admin"
DISABLED_BY_HAND = 2


@dataclass(frozen=True, slots=True)
class WebhookChange:
    """The members of a body that creates or updates a subscription; `rec` is None for a new one.

    `problems` is not empty where a body is to be refused only after what it asks for was done.
    """

    rec: int | None
    changes: dict[str, Any]
    problems: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LogWish:
    """The deliveries of one subscription."""

    rec: int
    paging: Paging


def _view(service: Service, webhook: Webhook) -> dict[str, Any]:
    return service.rules.webhook.fields(webhook, service.clock.now(), service.rules.wire.date)


LISTING: Listing[Webhook] = Listing(
    kind="webhooks",
    columns=lambda _service: _COLUMNS,
    view=_view,
    order=lambda _service, webhook: webhook.rec,
    modified=lambda webhook: webhook.modified,
)
LOG: Listing[Delivery] = Listing(
    kind="deliveries",
    columns=lambda _service: _LOG_COLUMNS,
    view=lambda service, delivery: service.rules.webhook.log_row(delivery, service.rules.wire.date),
    order=lambda _service, delivery: delivery.number,
    modified=lambda delivery: delivery.sent,
    newest_first=lambda _service: True,
)


def _read_list(service: Service, call: Call) -> Paging:
    return read_paging(service, call, LISTING)


def _list(service: Service, account: Account, wish: Paging) -> Reply:
    rules = service.rules.webhook
    webhooks = service.store.webhooks.values()
    own = [webhook for webhook in webhooks if rules.is_listed(account, webhook, wish.sort, wish.page)]
    return page_of(service, LISTING, own, wish)


def _read_id(service: Service, call: Call) -> int:
    return service.rules.wire.path_number("id", call.path["id"])


def _own(
    service: Service, account: Account, rec: int, action: str, do: Callable[[Webhook], object] | None = None
) -> Webhook:
    """Find a subscription that the client may manage; to `do` something with it although it may not is a mistake."""
    rules, webhook = service.rules.webhook, service.store.webhooks.get(rec)
    if webhook is None:
        raise rules.missing(action)
    if not rules.is_own(account, webhook, action):
        if do is not None and rules.is_done_anyway(action):
            do(webhook)
        raise rules.foreign()
    return webhook


def _get(service: Service, account: Account, rec: int) -> Reply:
    return service.rules.webhook.shown(_view(service, _own(service, account, rec, "get")))


# --- changing -------------------------------------------------------------------------------------------------------


def _read_new(service: Service, call: Call) -> WebhookChange:
    rules = service.rules.webhook
    fields, changes = _read_change(service, call, rules.needed(), new=True)
    if fields.problems and not rules.is_kept_anyway(fields.problems):
        raise invalid_fields(fields.problems)
    return WebhookChange(None, changes, fields.problems)


def _read_update(service: Service, call: Call) -> WebhookChange:
    rec = _read_id(service, call)
    fields, changes = _read_change(service, call, frozenset(), new=False)
    if fields.problems:
        raise invalid_fields(fields.problems)
    return WebhookChange(rec, changes)


def _find_wished(service: Service, account: Account, wish: WebhookChange) -> Webhook:
    return _own(service, account, wish.rec or 0, "update")


def _find(service: Service, account: Account, rec: int) -> Webhook:
    return _own(service, account, rec, "delete")


def _read_change(service: Service, call: Call, needed: frozenset[str], *, new: bool) -> tuple[Fields, dict[str, Any]]:
    fields = Fields(service.rules.wire.json_object(call))
    changes = {
        "name": fields.text("name", required="name" in needed),
        "url": fields.text("url", required="url" in needed),
        "events": fields.text("events", required="events" in needed),
        "payload_mode": fields.integer("payloadMode", required="payloadMode" in needed),
        "disable_type": _disable_type(fields),
    }
    _check(service, fields, changes, new=new)
    return fields, {name: value for name, value in changes.items() if value is not None}


def _disable_type(fields: Fields) -> int | None:
    """Read `disableType`, or what `active` says of it; where both are there, they are to agree."""
    kind, active = fields.integer("disableType"), fields.flag("active")
    if active is None:
        return kind
    if kind is not None and active is not (kind == 0):
        fields.refuse("disableType", "The value does not agree with active.")
    if kind is not None:
        return kind
    return 0 if active else DISABLED_BY_HAND


def _check(service: Service, fields: Fields, changes: dict[str, Any], *, new: bool) -> None:
    """Report what no subscription may be."""
    rules = service.rules.webhook
    checks = (
        ("url", "url", rules.is_url, "The URL is to begin with https:// and to name a host."),
        ("events", "events", rules.are_events, "The value is to be names of events, separated by commas."),
        ("payload_mode", "payloadMode", rules.is_payload_mode, "The value is to be 1 or 2."),
        ("disable_type", "disableType", rules.is_disable_type, "The value is to be 0, 1 or 2."),
    )
    for name, member, is_right, message in checks:
        if changes[name] is not None and rules.is_checked(member, new=new) and not is_right(changes[name]):
            fields.refuse(member, message)


def _create(service: Service, account: Account, wish: WebhookChange) -> Reply:
    store, rules = service.store, service.rules.webhook
    webhook = rules.created(store.new_webhook_rec(), rules.owner(account), wish.changes, service.stamp())
    store.webhooks[webhook.rec] = webhook
    if wish.problems:
        raise invalid_fields(wish.problems)
    return rules.created_reply(_view(service, webhook))


def _update(service: Service, account: Account, wish: WebhookChange) -> Reply:
    def change(webhook: Webhook) -> Webhook:
        return _changed(service, webhook, wish.changes)

    webhook = _own(service, account, wish.rec or 0, "update", change)
    return service.rules.webhook.updated_reply(_view(service, change(webhook)))


def _changed(service: Service, webhook: Webhook, changes: dict[str, Any]) -> Webhook:
    """Change a subscription; the subscription as it is then."""
    store, rules, changed = service.store, service.rules.webhook, webhook
    for meant in _meant(service, webhook):
        new = rules.updated(meant, changes, service.stamp())
        if new.rec != meant.rec:
            del store.webhooks[meant.rec]
        store.webhooks[new.rec] = new
        changed = new if meant is webhook else changed
    return changed


def _meant(service: Service, webhook: Webhook) -> list[Webhook]:
    """List what a request for one subscription is about."""
    return [other for other in service.store.webhooks.values() if service.rules.webhook.is_meant(other, webhook)]


def _delete(service: Service, account: Account, rec: int) -> Reply:
    def remove(webhook: Webhook) -> None:
        for meant in _meant(service, webhook):
            if service.rules.webhook.is_removed(meant):
                del service.store.webhooks[meant.rec]

    webhook = _own(service, account, rec, "delete", remove)
    row = _view(service, webhook)
    remove(webhook)
    return service.rules.webhook.deleted_reply(row)


# --- deliveries -----------------------------------------------------------------------------------------------------


def _test(service: Service, account: Account, rec: int) -> Reply:
    """Record the delivery of a test event; nothing leaves this server."""
    store, rules = service.store, service.rules.webhook
    webhook = _own(service, account, rec, "test")
    error = rules.delivery_error(webhook.url)
    delivery = Delivery(len(store.deliveries) + 1, rec, "test", service.stamp(), error)
    if rules.is_logged(delivery):
        store.deliveries[delivery.number] = delivery
    store.webhooks[rec] = rules.after_delivery(webhook, delivery)
    return rules.tested_reply()


def _read_log(service: Service, call: Call) -> LogWish:
    return LogWish(_read_id(service, call), read_paging(service, call, LOG))


def _log(service: Service, account: Account, wish: LogWish) -> Reply:
    rules = service.rules.webhook
    _own(service, account, wish.rec, "log")
    deliveries = [delivery for delivery in service.store.deliveries.values() if delivery.rec == wish.rec]

    def rows() -> Sequence[dict[str, Any]]:
        return [LOG.view(service, delivery) for delivery in reversed(deliveries)]

    return rules.log_reply(wish.rec, lambda: page_of(service, LOG, deliveries, wish.paging), rows)


WEBHOOKS: tuple[Operation[Any], ...] = (
    Operation("GET", "/Webhook", PERMISSION, _read_list, _list),
    Operation("POST", "/Webhook", PERMISSION, _read_new, _create),
    Operation("GET", "/Webhook/{id}", PERMISSION, _read_id, _get),
    Operation("PUT", "/Webhook/{id}", PERMISSION, _read_update, _update, find=_find_wished),
    Operation("DELETE", "/Webhook/{id}", PERMISSION, _read_id, _delete, find=_find),
    Operation("POST", "/Webhook/{id}/test", PERMISSION, _read_id, _test, find=_find),
    Operation("GET", "/Webhook/{id}/log", PERMISSION, _read_log, _log),
)
