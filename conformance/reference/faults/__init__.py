"""The faults: single realistic mistakes, each of which replaces one rule of a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reference.faults import (
    alone,
    assets,
    bearer,
    concurrency,
    credentials,
    disabling,
    errors,
    expiry,
    failures,
    guards,
    handovers,
    hardening,
    holds,
    inventory,
    issuance,
    item_changes,
    item_numbers,
    items,
    levels,
    lifetimes,
    locations,
    lockouts,
    master_data,
    movements,
    oauth,
    orders,
    page_headers,
    page_sizes,
    pagination,
    permission,
    properties,
    refusal,
    report_rights,
    reports,
    reports_page,
    resource_rights,
    rotation,
    second_tries,
    sorting,
    subscriptions,
    together,
    token,
    transport,
    warehouse,
    ways_in,
    webhooks,
)
from conformance.reference.faults.fault import Activity, Fault, replace_rule
from conformance.reference.names import look_up

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.reference.service import Service

_CHAPTERS = (
    token,
    issuance,
    credentials,
    oauth,
    bearer,
    ways_in,
    expiry,
    lifetimes,
    rotation,
    handovers,
    disabling,
    lockouts,
    permission,
    warehouse,
    reports,
    report_rights,
    second_tries,
    refusal,
    guards,
    concurrency,
    transport,
    properties,
    errors,
    failures,
    hardening,
    pagination,
    page_sizes,
    page_headers,
    sorting,
    together,
    items,
    item_changes,
    item_numbers,
    master_data,
    alone,
    inventory,
    levels,
    movements,
    holds,
    locations,
    orders,
    reports_page,
    webhooks,
    subscriptions,
    assets,
    resource_rights,
)

FAULTS: Mapping[str, Fault] = {fault.name: fault for chapter in _CHAPTERS for fault in chapter.FAULTS}
"""Every fault by its name."""


def install(service: Service, names: Sequence[str]) -> dict[str, Activity]:
    """Replace the rules of a server that the named faults concern."""
    return {name: replace_rule(service, look_up(FAULTS, name, "fault")) for name in names}
