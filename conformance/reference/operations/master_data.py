"""The category, customer, vendor and asset operations (categories, customers, vendors, assets)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from conformance.reference.operation import Operation
from conformance.reference.operations.lists import Listing, Paging, page_of, read_paging
from conformance.reference.rules.authorization import Place, Where

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.reference.call import Call, Reply
    from conformance.reference.service import Service
    from conformance.reference.store import Account
    from conformance.reference.world import Asset, Category, Partner

_CATEGORY_COLUMNS = ("categoryID", "name", "description", "active", "created", "modified")
_PARTNER_COLUMNS = (
    "shortID", "name", "address1", "address2", "city", "state", "zip", "country", "phone", "fax", "email", "contact",
    "active", "created", "modified",
)  # fmt: skip
_ASSET_COLUMNS = (
    "shortID", "description", "assetType", "assetTypeName", "serial", "warehouse", "warehouseName", "location",
    "status", "created", "modified", "discontinued",
)  # fmt: skip

# --- categories -----------------------------------------------------------------------------------------------------


def _category_view(service: Service, category: Category) -> dict[str, Any]:
    return service.rules.category.fields(category, service.rules.wire.partner_date)


CATEGORIES: Listing[Category] = Listing(
    kind="categories",
    columns=lambda _service: _CATEGORY_COLUMNS,
    view=_category_view,
    order=lambda service, category: service.rules.category.order(category),
    modified=lambda category: category.modified,
)


def _read_categories(service: Service, call: Call) -> Paging:
    return read_paging(service, call, CATEGORIES)


def _list_categories(service: Service, _account: Account, wish: Paging, *, everything: bool) -> Reply:
    rules, rows = service.rules.category, service.store.categories.values()
    is_listed = rules.is_listed_in_all if everything else rules.is_listed

    def keep(category: Category) -> bool:
        return is_listed(category, wish.sort)

    return page_of(service, CATEGORIES, rows, wish, keep=keep, view_of="categories")


def _read_category(service: Service, call: Call) -> int:
    return service.rules.wire.path_number("id", call.path["id"])


def _get_category(service: Service, _account: Account, category_id: int) -> Reply:
    rules = service.rules.category
    category = rules.numbered(category_id, service.store.categories)
    if category is None:
        raise rules.missing()
    return rules.shown(_category_view(service, category))


# --- customers and vendors ------------------------------------------------------------------------------------------


def _partners(service: Service, kind: str) -> Mapping[str, Partner]:
    return service.store.customers if kind == "customers" else service.store.vendors


def _partner_view(service: Service, partner: Partner, *, kind: str) -> dict[str, Any]:
    return service.rules.partner.fields(kind, partner, service.rules.wire.partner_date)


def _partner_listing(kind: str) -> Listing[Partner]:
    return Listing(
        kind=kind,
        columns=lambda _service: _PARTNER_COLUMNS,
        view=partial(_partner_view, kind=kind),
        order=lambda service, partner: service.rules.partner.order(kind, partner),
        modified=lambda partner: partner.modified,
    )


PARTNERS = {kind: _partner_listing(kind) for kind in ("customers", "vendors")}


def _read_partners(service: Service, call: Call, *, kind: str) -> Paging:
    return read_paging(service, call, PARTNERS[kind])


def _list_partners(service: Service, _account: Account, wish: Paging, *, kind: str) -> Reply:
    keep = partial(service.rules.partner.is_listed, kind)
    return page_of(service, PARTNERS[kind], _partners(service, kind).values(), wish, keep=keep, view_of=kind)


def _read_partner(_service: Service, call: Call) -> str:
    return call.path["shortID"]


def _get_partner(service: Service, _account: Account, short_id: str, *, kind: str) -> Reply:
    rules = service.rules.partner
    partner = rules.named(kind, short_id, _partners(service, kind))
    if partner is None:
        raise rules.missing(kind)
    return rules.shown(kind, _partner_view(service, partner, kind=kind))


# --- assets ---------------------------------------------------------------------------------------------------------


def _asset_view(service: Service, asset: Asset) -> dict[str, Any]:
    return service.rules.asset.fields(asset, service.store.warehouses[asset.wid], service.rules.wire.date)


ASSETS: Listing[Asset] = Listing(
    kind="assets",
    columns=lambda _service: _ASSET_COLUMNS,
    view=_asset_view,
    order=lambda service, asset: service.rules.asset.order(asset),
    modified=lambda asset: asset.modified,
)


def _read_assets(service: Service, call: Call) -> Paging:
    return read_paging(service, call, ASSETS)


def _asset_places(_service: Service, _wish: Paging) -> tuple[Place, ...]:
    return (Place(Where.ALL, None),)


def _list_assets(service: Service, account: Account, wish: Paging) -> Reply:
    rules, rights = service.rules.asset, service.rules.warehouse

    def keep(asset: Asset) -> bool:
        return rules.is_listed(asset, wish.sort)

    def shown(asset: Asset) -> bool:
        return rights.is_shown(account, ASSET_LIST, asset.wid, wish.page)

    rows = service.store.assets.values()
    return page_of(service, ASSETS, rows, wish, keep=keep, shown=shown, view_of="assets")


ASSET_LIST = Operation("GET", "/Asset", "assets.read", _read_assets, _list_assets, places=_asset_places)

MASTER_DATA: tuple[Operation[Any], ...] = (
    Operation("GET", "/Category", "categories.read", _read_categories, partial(_list_categories, everything=False)),
    Operation("GET", "/Category/All", "categories.read", _read_categories, partial(_list_categories, everything=True)),
    Operation("GET", "/Category/{id}", "categories.read", _read_category, _get_category),
    Operation(
        "GET",
        "/Customer/All",
        "customers.read",
        partial(_read_partners, kind="customers"),
        partial(_list_partners, kind="customers"),
    ),
    Operation(
        "GET",
        "/Customer/{shortID}",
        "customers.read",
        _read_partner,
        partial(_get_partner, kind="customers"),
        inferred=True,
    ),
    Operation(
        "GET",
        "/Vendor/All",
        "vendors.read",
        partial(_read_partners, kind="vendors"),
        partial(_list_partners, kind="vendors"),
    ),
    Operation("GET", "/Vendor/{shortID}", "vendors.read", _read_partner, partial(_get_partner, kind="vendors")),
    ASSET_LIST,
)
