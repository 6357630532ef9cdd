"""The target file that describes a running reference server to the suite."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from conformance.reference.operations import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from conformance.reference.world import World

EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "POST /Inventory/Receive": {"partNo": "{partNo}", "wID": "{warehouse}", "spot": "{spot}", "units": 1},
    "POST /Inventory/Move": {"recNo": "{recNo}", "toSpot": "{to_spot}", "units": 1},
    "POST /Inventory/Issue": {"recNo": "{recNo}", "units": 1},
    "POST /Webhook": {
        "name": "{unique}",
        "url": "https://conformance.invalid/hook",
        "events": "inventory.received,inventory.issued",
        "payloadMode": 1,
    },
    "PUT /Webhook/{id}": {
        "name": "{unique}",
        "url": "https://conformance.invalid/hook",
        "events": "inventory.received",
        "payloadMode": 2,
    },
}

RESOURCES = [
    "Item", "Inventory", "Location", "Report", "Category", "Customer", "Vendor", "PurchaseOrder", "ShippingOrder",
    "WorkOrder", "Webhook", "Asset",
]  # fmt: skip


def target_text(
    world: World,
    secrets: Mapping[str, str],
    *,
    name: str,
    base_url: str,
    plain_http_url: str,
    ca_name: str,
    control: tuple[str, str],
    resources: Collection[str] = RESOURCES,
) -> str:
    """Write a target file; `secrets` are by client ID, `control` is the URL and the token.

    With fewer `resources` it declares these alone, and no client that differs from others only in the right to the rest.
    """
    concerned = {operation.permission for operation in OPERATIONS if operation.path.split("/")[1] in resources}
    clients = [client for client in world.clients if _differs(client.declared, concerned)]
    examples = {label: body for label, body in EXAMPLES.items() if label.split("/")[1] in resources}
    blocks = [
        _table(
            "[target]",
            {
                "name": name,
                "base_url": base_url,
                "ca_file": ca_name,
                "plain_http_url": plain_http_url,
                "resources": [name for name in RESOURCES if name in resources],
            },
        ),
        _table("[limits]", {"concurrency": 8, "requests_per_second": 5000}),
        _table("[control]", {"url": control[0], "token": control[1]}),
        _table(
            "[data]",
            {
                "warehouses": [warehouse.wid for warehouse in world.warehouses],
                "reports": [report.report_id for report in world.reports],
                "aliases": world.aliases,
            },
        ),
        *(_table(f'[examples."{label}"]', {"body": body}) for label, body in examples.items()),
        *(_client(client.declared, secrets[client.client_id]) for client in clients),
    ]
    return "\n".join(blocks)


def _differs(declared: Mapping[str, Any], concerned: Collection[str]) -> bool:
    """Whether what a client may or may not do concerns one of these permissions."""
    permissions = declared["permissions"]
    if isinstance(permissions, str):
        return True
    names = permissions["except"] if isinstance(permissions, dict) else permissions
    return any(name in concerned for name in names)


def write_target(path: Path, text: str, ca_pem: bytes) -> None:
    """Write the target file, readable by its owner alone, and its certificate authority beside it."""
    ca_path(path).write_bytes(ca_pem)
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")


def ca_path(path: Path) -> Path:
    """Name the certificate authority's file of a target file."""
    return path.with_name(f"{path.stem}-ca.pem")


def _client(declared: Mapping[str, Any], secret: str) -> str:
    return _table(
        "[[clients]]",
        {
            "name": declared["name"],
            "client_id": declared["client_id"],
            "client_secret": secret,
            "permissions": declared["permissions"],
            "warehouses": declared["warehouses"],
            "reports": declared["reports"],
            "read_only": declared["read_only"],
            "expendable": declared["expendable"],
        },
    )


def _table(header: str, values: Mapping[str, Any]) -> str:
    return "\n".join([header, *(f"{key} = {_value(value)}" for key, value in values.items()), ""])


def _value(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _text(value)
        case list():
            return "[" + ", ".join(map(_value, value)) + "]"
        case dict():
            return "{ " + ", ".join(f"{_key(key)} = {_value(inner)}" for key, inner in value.items()) + " }"
        case _:
            return str(value)


def _key(key: str) -> str:
    return key if key.isidentifier() and key.isascii() else _text(key)


def _text(value: str) -> str:
    """Quote a TOML basic string."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
