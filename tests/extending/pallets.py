"""A server with operations of its own: the bundled one, and the pallets of docs/examples/acme.overlay.yaml beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.reference.call import Fields, Reply
from conformance.reference.operation import Operation
from conformance.reference.operations.lists import Listing, Paging, page_of, read_paging
from conformance.reference.problems import invalid_fields, not_found
from conformance.reference.rules.authorization import Place, Where
from conformance.reference.world_files import load_world

if TYPE_CHECKING:
    from conformance.reference.call import Call
    from conformance.reference.server import ReferenceServer
    from conformance.reference.service import Service
    from conformance.reference.store import Account
    from conformance.reference.world import World

OVERLAY = Path(__file__).parents[2] / "docs" / "examples" / "acme.overlay.yaml"
WAREHOUSES = (1, 2, 3)
MADE = datetime(2025, 3, 1, 8, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Pallet:
    """A pallet in a warehouse."""

    number: int
    label: str
    wid: int


@dataclass(frozen=True, slots=True)
class NewPallet:
    """A pallet to be made up."""

    label: str
    wid: int


def operations(*, scoped: bool = True) -> tuple[Operation[Any], ...]:  # noqa: C901 -- a small server in one place
    """`GET` and `POST /Pallet` over thirty pallets; `scoped` false forgets whose warehouse a pallet is in."""
    numbers = count(1)
    pallets = [Pallet(next(numbers), f"PAL-{at:03d}", WAREHOUSES[at % 3]) for at in range(30)]

    def view(_service: Service, pallet: Pallet) -> dict[str, Any]:
        return {"palletNo": pallet.number, "label": pallet.label, "wID": pallet.wid}

    listing: Listing[Pallet] = Listing(
        kind="pallets",
        columns=lambda _service: ("palletNo", "label", "wID"),
        view=view,
        order=lambda _service, pallet: pallet.number,
        modified=lambda _pallet: MADE,
    )

    def read_list(service: Service, call: Call) -> Paging:
        return read_paging(service, call, listing)

    def list_pallets(service: Service, account: Account, wish: Paging) -> Reply:
        def shown(pallet: Pallet) -> bool:
            return not scoped or service.rules.warehouse.is_shown(account, LIST, pallet.wid)

        return page_of(service, listing, pallets, wish, shown=shown)

    def read_new(service: Service, call: Call) -> NewPallet:
        fields = Fields(service.rules.wire.json_object(call))
        label, wid = fields.text("label", required=True), fields.integer("wID", required=True)
        if fields.problems:
            raise invalid_fields(fields.problems)
        return NewPallet(label or "", wid or 0)

    def make(service: Service, _account: Account, wish: NewPallet) -> Reply:
        if wish.wid not in WAREHOUSES:
            raise not_found("There is no such warehouse.")
        pallet = Pallet(next(numbers), wish.label, wish.wid)
        pallets.append(pallet)
        return Reply(201, view(service, pallet))

    def everywhere(_service: Service, _wish: Paging) -> tuple[Place, ...]:
        return (Place(Where.ALL, None),)

    def there(_service: Service, wish: NewPallet) -> tuple[Place, ...]:
        return (Place(Where.BODY, wish.wid),) if scoped else ()

    LIST: Operation[Any] = Operation("GET", "/Pallet", "pallets.read", read_list, list_pallets, places=everywhere)  # noqa: N806
    return LIST, Operation("POST", "/Pallet", "pallets.write", read_new, make, places=there)


def world() -> World:
    """The bundled world, in which whoever may do everything may also see and make pallets."""
    found = load_world()
    own = frozenset({"pallets.read", "pallets.write"})
    clients = (
        client
        if isinstance(client.declared["permissions"], list) or client.declared["permissions"] == "none"
        else replace(client, permissions=client.permissions | own)
        for client in found.clients
    )
    return replace(found, clients=tuple(clients))


def write_target(server: ReferenceServer, folder: Path) -> Path:
    """Write the target file of a server, with the overlay, an example and the resource Pallet."""
    path = server.write_target(folder / "acme.toml", ("Item",))
    text = path.read_text(encoding="utf-8")
    text = text.replace("[target]\n", f'[target]\noverlay = "{OVERLAY}"\n', 1)
    text = text.replace("resources = [", 'resources = ["Pallet", ', 1)
    path.write_text(text + '\n[examples."POST /Pallet"]\nbody = { label = "{unique}", wID = "{warehouse}" }\n', "utf-8")
    return path
