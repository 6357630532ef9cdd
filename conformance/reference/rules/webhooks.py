"""What the webhook operations show and change (webhooks)."""

# ruff: noqa: ARG002 -- a docstring states the rule as documented; a rule is given all that a faulty server looks at

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from conformance.reference.call import Reply
from conformance.reference.choices import Bad, EventNames, LastError, Shape, Update
from conformance.reference.problems import ApiError, forbidden, not_found
from conformance.reference.rules.rule import Rules
from conformance.reference.world import Webhook

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from conformance.reference.store import Account, Delivery

    Dates = Callable[[datetime], str]

EVENTS = frozenset({"inventory.received", "inventory.issued", "order.created", "stock.changed"})
"""Of these names the documentation shows the first two."""

_BLANK: Mapping[str, Any] = {"name": "", "url": "", "events": "", "payload_mode": 1, "disable_type": 0}


class WebhookRules(Rules):
    """Subscriptions to events."""

    # --- whose -------------------------------------------------------------------------------------------------------

    def owner(self, account: Account) -> str:
        """A subscription belongs to the client that made it."""
        return account.client_id

    def is_listed(self, account: Account, webhook: Webhook, sort: str | None, page: int) -> bool:
        """A client sees its own subscriptions and no others, in whatever order and on every page."""
        return webhook.owner == account.client_id

    def is_own(self, account: Account, webhook: Webhook, action: str) -> bool:
        """A client manages its own subscriptions and no others; `action` is get, update, delete, test or log."""
        return webhook.owner == account.client_id

    def is_done_anyway(self, action: str) -> bool:
        """What is refused because a subscription is another client's is not done; `action` is update or delete."""
        return False

    def foreign(self) -> ApiError:
        """Whether another client's subscription is 404 or 403 is open."""
        if self.dialect.foreign_webhook_status == 403:
            return forbidden("The subscription belongs to another client.")
        return self.missing("foreign")

    def missing(self, action: str) -> ApiError:
        """An unknown subscription is 404; `action` is as above, or foreign for one that is hidden."""
        return not_found("There is no such subscription.")

    # --- what it looks like ------------------------------------------------------------------------------------------

    def fields(self, webhook: Webhook, now: datetime, dates: Dates) -> dict[str, Any]:
        """A subscription has fourteen fields; it is active where nothing disables it."""
        success, failure = webhook.last_success, webhook.last_failure
        row = {
            "rec": webhook.rec,
            "name": webhook.name,
            "url": webhook.url,
            "events": self.events_shown(webhook.events),
            "payloadMode": webhook.payload_mode,
            "active": self.is_active(webhook),
            "disableType": webhook.disable_type,
            "failureCount": webhook.failure_count,
            "failureDays": self.failure_days(webhook, now),
            "lastSuccess": None if success is None else dates(success),
            "lastFailure": None if failure is None else dates(failure),
            "lastError": self._last_error(webhook, dates),
            "created": dates(webhook.created),
            "modified": dates(webhook.modified),
        }
        left_out = set() if self.dialect.webhook_dates else {"created", "modified"}
        if self.dialect.last_error is LastError.LEFT_OUT:
            left_out.add("lastError")
        return {name: value for name, value in row.items() if name not in left_out}

    def _last_error(self, webhook: Webhook, dates: Dates) -> Any:
        """How the last error is told is open."""
        if webhook.last_error is None or self.dialect.last_error is not LastError.OBJECT:
            return webhook.last_error
        return {"at": dates(webhook.last_failure or webhook.modified), "text": webhook.last_error}

    def events_shown(self, events: str) -> Any:
        """`events` is one text with commas between the names, whose order is open."""
        names = [name.strip() for name in events.split(",")]
        match self.dialect.event_names:
            case EventNames.AS_SENT:
                return events
            case EventNames.SPACED:
                return ", ".join(names)
            case EventNames.SORTED:
                return ",".join(sorted(names))

    def is_active(self, webhook: Webhook) -> bool:
        """A subscription is active exactly while its disableType is 0."""
        return webhook.disable_type == 0

    def failure_days(self, webhook: Webhook, now: datetime) -> int:
        """Days since the last success, where something has failed since."""
        if webhook.failure_count == 0:
            return 0
        return max((now - (webhook.last_success or webhook.created)).days, 0)

    def shown(self, row: Mapping[str, Any]) -> Reply:
        """One subscription comes like any single object."""
        return Reply(200, row)

    # --- what it may be ----------------------------------------------------------------------------------------------

    def needed(self) -> frozenset[str]:
        """What a new subscription needs beside a URL and events is open."""
        more = {"name", "payloadMode"} if self.dialect.webhook_needs_everything else set()
        return frozenset({"url", "events"} | more)

    def is_checked(self, member: str, *, new: bool) -> bool:
        """What a subscription may be holds for new ones and for changed ones; `member` is a member of the body."""
        return True

    def is_url(self, url: str) -> bool:
        """The URL must be HTTPS."""
        try:
            parts = urlsplit(url)
            return parts.scheme == "https" and bool(parts.hostname) and parts.port != 0 and " " not in url
        except ValueError:
            return False

    def is_payload_mode(self, mode: int) -> bool:
        """`payloadMode` is 1 for the full payload or 2 for the ID only."""
        return mode in {1, 2}

    def is_disable_type(self, kind: int) -> bool:
        """`disableType` is 0, 1 or 2."""
        return kind in {0, 1, 2}

    def are_events(self, events: str) -> bool:
        """Whether event names that do not exist are refused is open; there is at least one name."""
        names = [name.strip() for name in events.split(",")]
        return all(names) and (self.dialect.unknown_events is Bad.IGNORED or set(names) <= EVENTS)

    # --- changing ----------------------------------------------------------------------------------------------------

    def is_kept_anyway(self, problems: Mapping[str, Sequence[str]]) -> bool:
        """What is refused as a new subscription is not kept; `problems` are by member."""
        return False

    def is_meant(self, webhook: Webhook, named: Webhook) -> bool:
        """What is asked of one subscription is done to no other."""
        return webhook.rec == named.rec

    def created(self, rec: int, owner: str, fields: Mapping[str, Any], now: datetime) -> Webhook:
        """A new subscription is what was sent, and has not failed."""
        named = {**_BLANK, **fields}
        return Webhook(rec=rec, owner=owner, created=now, modified=now, **named)

    def created_reply(self, row: Mapping[str, Any]) -> Reply:
        """201 for what is created, as the errors page has it; no page says so of this operation."""
        return Reply(self.dialect.webhook_create_status, row)

    def updated(self, webhook: Webhook, fields: Mapping[str, Any], now: datetime) -> Webhook:
        """An update changes what it names; what becomes of the rest is open."""
        named = dict(fields) if self.dialect.webhook_update is Update.PARTIAL else {**_BLANK, **fields}
        return replace(webhook, **named, modified=now)

    def updated_reply(self, row: Mapping[str, Any]) -> Reply:
        """Whether an update answers with the subscription is open."""
        return self._answered(self.dialect.webhook_update_status, row)

    def is_removed(self, webhook: Webhook) -> bool:
        """A deleted subscription is gone."""
        return True

    def deleted_reply(self, row: Mapping[str, Any]) -> Reply:
        """Whether a deletion answers with the subscription is open."""
        return self._answered(self.dialect.webhook_delete_status, row)

    # --- deliveries --------------------------------------------------------------------------------------------------

    def delivery_error(self, url: str) -> str | None:
        """A host below .invalid is never found (RFC 6761 section 6.4). This server sends nothing to any other either."""
        host = urlsplit(url).hostname or ""
        return "The host name could not be resolved." if host.endswith((".invalid", ".invalid.")) else None

    def after_delivery(self, webhook: Webhook, delivery: Delivery) -> Webhook:
        """`failureCount` counts consecutive failures: a success sets it to 0."""
        if delivery.error is None:
            return replace(webhook, failure_count=0, last_success=delivery.sent)
        if not self.dialect.tests_count_as_failures:
            return webhook
        count = webhook.failure_count + 1
        return replace(webhook, failure_count=count, last_failure=delivery.sent, last_error=delivery.error)

    def is_logged(self, delivery: Delivery) -> bool:
        """The log is the history of deliveries."""
        return True

    def tested_reply(self) -> Reply:
        """The status of a test is open."""
        status = self.dialect.webhook_test_status
        return Reply(status, {"sent": True} if status == 200 else None)

    def log_row(self, delivery: Delivery, dates: Dates) -> dict[str, Any]:
        """The shape of the log is open."""
        return {
            "delivery": delivery.number,
            "event": delivery.event,
            "sent": dates(delivery.sent),
            "delivered": delivery.error is None,
            "error": delivery.error,
        }

    def log_reply(self, rec: int, page: Callable[[], Reply], rows: Callable[[], Sequence[Mapping[str, Any]]]) -> Reply:
        """How the log is wrapped is open."""
        match self.dialect.webhook_log:
            case Shape.ENVELOPE:
                return page()
            case Shape.LIST:
                return Reply(200, rows())
            case Shape.OBJECT:
                return Reply(200, {"rec": rec, "deliveries": rows()})
