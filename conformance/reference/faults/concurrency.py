"""Faults that show only when several clients ask at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from conformance.reference.faults.fault import Fault, Site
from conformance.reference.rules import BearerRules

if TYPE_CHECKING:
    from conformance.reference.store import Token

_EVERY_RIGHT = (
    "authorization.permission",
    "authorization.granted",
    "authorization.read-only",
    "authorization.warehouse-read",
    "authorization.warehouse-write",
    "authorization.warehouse-lists",
    "authorization.report-run",
    "authorization.report-list",
    "authorization.report-list-complete",
    "authorization.refused-write",
    "authorization.refusal-discloses-nothing",
)


async def _kept_in_a_global(site: Site, token: Token) -> str:
    """Put the client into a variable that all requests share, and read it after the database has answered."""
    site.memory["current"] = token.client_id
    await asyncio.sleep(0.003)
    return str(site.memory["current"])


async def _first_of_a_batch(site: Site, token: Token) -> str:
    """Look clients up in batches, and hand everybody the first answer."""
    waiting: list[str] = site.memory.setdefault("batch", [])
    waiting.append(token.client_id)
    await asyncio.sleep(0.003)
    first = waiting[0]
    site.memory.pop("batch", None)
    return first


async def _fifth_borrows(site: Site, token: Token) -> str:
    """Have four connections with a context of their own, and let whoever comes fifth share one."""
    inside: list[str] = site.memory.setdefault("inside", [])
    inside.append(token.client_id)
    shared = inside[0] if len(inside) > 4 else token.client_id
    await asyncio.sleep(0.003)
    inside.remove(token.client_id)
    return shared


FAULTS = (
    Fault(
        name="concurrency.client-in-a-global",
        sentence="The current client is kept in a global variable while the database is asked.",
        violates=("authorization.concurrent",),
        seen_as=("accepted",),
        suffering="Under load, clients act with each other's rights.",
        rule=BearerRules.client,
        variant=_kept_in_a_global,
        follows=(*_EVERY_RIGHT, "token.own-client"),
        resources=("Item",),
    ),
    Fault(
        name="concurrency.batch-mixed-up",
        sentence="Clients that are looked up together all get the first one's rights.",
        violates=("authorization.concurrent",),
        seen_as=("accepted",),
        suffering="Under load, clients act with each other's rights.",
        rule=BearerRules.client,
        variant=_first_of_a_batch,
        follows=(*_EVERY_RIGHT, "token.own-client"),
        resources=("Item",),
    ),
    Fault(
        name="concurrency.fifth-borrows",
        sentence="Where more than four requests are in work, the others get the rights of the first.",
        violates=("authorization.concurrent",),
        seen_as=("accepted", "refused", "leaked", "wrong-value"),
        suffering="At the busiest hour of the day, clients act with each other's rights.",
        rule=BearerRules.client,
        variant=_fifth_borrows,
        follows=(*_EVERY_RIGHT, "token.own-client"),
        resources=("Item",),
    ),
)
