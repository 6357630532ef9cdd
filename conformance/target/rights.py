"""Knows how a target file declares what a client may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.contract.permissions import Grant, Rights
from conformance.target.parsing import shown, suggestion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.target.parsing import Table


def read_rights(table: Table, known: Sequence[str] | None) -> Rights:
    """Read a client's permissions, warehouses, reports and read-only mode.

    `known` are the permissions that there are, None where that cannot be told.
    """
    table.required(
        "permissions", 'say truthfully what it may do: "all", "none", ["items.read"] or { except = ["items.write"] }'
    )
    return Rights(
        permissions=_permissions(table, known),
        warehouses=_numbers(table, "warehouses"),
        reports=_numbers(table, "reports"),
        read_only=table.flag("read_only", default=False),
    )


def _permissions(table: Table, known: Sequence[str] | None) -> Grant[str]:
    value = table.value("permissions")
    source, key = table, "permissions"
    if isinstance(value, dict):
        source, key = table.table("permissions"), "except"
        source.required("except", 'name what is not granted: { except = ["items.write"] }')
        value = source.value("except")
        source.close()
    if source is table and (value is None or value in ("all", "none")):
        return Grant.nothing() if value == "none" else Grant.everything()
    if isinstance(value, str):
        complaint = f'must be "all", "none", an array of names or {{ except = [ … ] }}, not {shown(value)}'
        source.problem(key, complaint if source is table else f"must be an array of names, not {shown(value)}")
        return Grant.nothing()
    names = source.texts(key)
    for name in names:
        if known is not None and name not in known:
            source.problem(key, f'"{name}" is no permission; {suggestion(name, known)}')
    return Grant.only(names) if source is table else Grant.all_except(names)


def _numbers(table: Table, key: str) -> Grant[int]:
    """Read `"all"`, `"none"` or an array of numbers; nothing said means no restriction, as on a user's own page."""
    value = table.value(key)
    if value is None or value == "all":
        return Grant.everything()
    if value == "none":
        return Grant.nothing()
    if isinstance(value, str):
        table.problem(key, f'must be "all", "none" or an array of numbers, not {shown(value)}')
        return Grant.nothing()
    return Grant.only(table.integers(key))
