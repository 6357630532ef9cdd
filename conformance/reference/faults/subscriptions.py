"""Faults in what a subscription may be."""

from __future__ import annotations

from conformance.reference.faults.fault import Fault
from conformance.reference.rules import WebhookRules

FAULTS = (
    Fault(
        name="webhooks.https-anywhere",
        sentence="A subscription may have any URL with https somewhere in it.",
        violates=("webhooks.https-only",),
        seen_as=("accepted", "wrong-value"),
        suffering="Events cross the network in clear text.",
        rule=WebhookRules.is_url,
        variant=lambda site, url: "https" in url or bool(site.original(url)),
    ),
)
