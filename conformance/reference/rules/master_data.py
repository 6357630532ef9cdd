"""What the lists of categories, customers, vendors and assets show (categories, customers, vendors, assets)."""

# ruff: noqa: ARG002 -- a docstring states the rule as documented; a rule is given all that a faulty server looks at

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.call import Reply
from conformance.reference.choices import Absent, ListOrder
from conformance.reference.problems import ApiError, not_found
from conformance.reference.rules.rule import Rules

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from conformance.reference.world import Asset, Category, Partner, Warehouse

    Dates = Callable[[datetime], str]


class CategoryRules(Rules):
    """Categories."""

    def fields(self, category: Category, dates: Dates) -> dict[str, Any]:
        """A category has six fields, of which the description is optional."""
        row: dict[str, Any] = {
            "categoryID": category.category_id,
            "name": category.name,
            "description": category.description,
            "active": category.active,
            "created": dates(category.created),
            "modified": dates(category.modified),
        }
        if category.description is None:
            self._without_description(row)
        return row

    def _without_description(self, row: dict[str, Any]) -> None:
        """How the lack of a description is written is open."""
        match self.dialect.no_description:
            case Absent.LEFT_OUT:
                del row["description"]
            case Absent.EMPTY:
                row["description"] = ""
            case Absent.NULL:
                pass

    def order(self, category: Category) -> Any:
        """The order of the list is open."""
        match self.dialect.list_order:
            case ListOrder.NAME:
                return (category.name, category.category_id)
            case ListOrder.NEWEST:
                return (-category.created.timestamp(), category.category_id)
            case ListOrder.KEY:
                return category.category_id

    def is_listed(self, category: Category, sort: str | None) -> bool:
        """The list holds active categories, in whatever order."""
        return category.active

    def is_listed_in_all(self, category: Category, sort: str | None) -> bool:
        """The list of all categories holds discontinued ones, too."""
        return True

    def numbered(self, category_id: int, categories: Mapping[int, Category]) -> Category | None:
        """The number in the path is the category's own, discontinued or not."""
        return categories.get(category_id)

    def shown(self, row: Mapping[str, Any]) -> Reply:
        """One category comes without an envelope."""
        return Reply(200, row)

    def missing(self) -> ApiError:
        """An unknown category is 404."""
        return not_found("There is no such category.")


class PartnerRules(Rules):
    """Customers and vendors, whose objects are the same; `kind` is customers or vendors."""

    def fields(self, kind: str, partner: Partner, dates: Dates) -> dict[str, Any]:
        """A customer or vendor has fifteen fields, of which those without a value are empty texts."""
        row = {
            "shortID": partner.short_id,
            "name": partner.name,
            "address1": partner.address1,
            "address2": partner.address2,
            "city": partner.city,
            "state": partner.state,
            "zip": partner.zip_code,
            "country": partner.country,
            "phone": partner.phone,
            "fax": partner.fax,
            "email": partner.email,
            "contact": partner.contact,
            "active": partner.active,
            "created": dates(partner.created),
            "modified": dates(partner.modified),
        }
        return self._written(row)

    def order(self, kind: str, partner: Partner) -> Any:
        """The order of the list is open."""
        match self.dialect.list_order:
            case ListOrder.NAME:
                return (partner.name, partner.short_id)
            case ListOrder.NEWEST:
                return (-partner.created.timestamp(), partner.short_id)
            case ListOrder.KEY:
                return partner.short_id

    def is_listed(self, kind: str, partner: Partner) -> bool:
        """The list holds all customers or vendors, discontinued ones too."""
        return True

    def named(self, kind: str, short_id: str, partners: Mapping[str, Partner]) -> Partner | None:
        """A ShortID names one customer, or one vendor."""
        return partners.get(short_id)

    def shown(self, kind: str, row: Mapping[str, Any]) -> Reply:
        """One vendor comes like any single object."""
        return Reply(200, row)

    def missing(self, kind: str) -> ApiError:
        """An unknown customer or vendor is 404."""
        return not_found(f"There is no such {kind[:-1]}.")


class AssetRules(Rules):
    """Assets."""

    def fields(self, asset: Asset, warehouse: Warehouse, dates: Dates) -> dict[str, Any]:
        """An asset has twelve fields; `discontinued` is null while it is active."""
        row = {
            "shortID": asset.short_id,
            "description": asset.description,
            "assetType": asset.kind,
            "assetTypeName": asset.kind_name,
            "serial": asset.serial,
            "warehouse": asset.wid,
            "warehouseName": warehouse.name,
            "location": asset.location,
            "status": self.status(asset),
            "created": dates(asset.created),
            "modified": dates(asset.modified),
            "discontinued": None if asset.discontinued is None else dates(asset.discontinued),
        }
        return self._written(row)

    def status(self, asset: Asset) -> str:
        """An asset is Active or Discontinued."""
        return "Active" if asset.discontinued is None else "Discontinued"

    def order(self, asset: Asset) -> Any:
        """The order of the list is open."""
        match self.dialect.list_order:
            case ListOrder.NAME:
                return (asset.description, asset.short_id)
            case ListOrder.NEWEST:
                return (-asset.created.timestamp(), asset.short_id)
            case ListOrder.KEY:
                return asset.short_id

    def is_listed(self, asset: Asset, sort: str | None) -> bool:
        """The list holds active assets, in whatever order."""
        return asset.discontinued is None
