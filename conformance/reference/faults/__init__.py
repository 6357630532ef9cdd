"""The faults: single realistic mistakes, each of which replaces one rule of a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.reference.faults import (
    bearer,
    concurrency,
    disabling,
    expiry,
    oauth,
    permission,
    properties,
    refusal,
    reports,
    rotation,
    token,
    transport,
    warehouse,
)
from conformance.reference.faults.fault import Activity, Fault, replace_rule
from conformance.reference.names import look_up

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.reference.service import Service

_CHAPTERS = (
    token,
    oauth,
    bearer,
    expiry,
    rotation,
    disabling,
    permission,
    warehouse,
    reports,
    refusal,
    concurrency,
    transport,
    properties,
)

FAULTS: Mapping[str, Fault] = {fault.name: fault for chapter in _CHAPTERS for fault in chapter.FAULTS}
"""Every fault by its name."""


def install(service: Service, names: Sequence[str]) -> dict[str, Activity]:
    """Replace the rules of a server that the named faults concern."""
    return {name: replace_rule(service, look_up(FAULTS, name, "fault")) for name in names}
