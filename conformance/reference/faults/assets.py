"""Faults in the list of assets."""

from __future__ import annotations

from conformance.reference.faults.fault import Fault
from conformance.reference.faults.shapes import changing
from conformance.reference.rules import AssetRules

FAULTS = (
    Fault(
        name="assets.warehouse-by-name",
        sentence="The warehouse of an asset is its name instead of its number.",
        violates=("assets.fields",),
        seen_as=("wrong-value",),
        suffering="Typed clients fail to read assets.",
        rule=AssetRules.fields,
        variant=lambda site, asset, warehouse, dates: {
            **site.original(asset, warehouse, dates),
            "warehouse": warehouse.name,
        },
    ),
    Fault(
        name="assets.discontinued-as-flag",
        sentence="Whether an asset is discontinued is true or false, as it is of items.",
        violates=("assets.fields", "assets.active-only"),
        seen_as=("wrong-value",),
        suffering="A client that looks for a date takes all assets for discontinued.",
        rule=AssetRules.fields,
        variant=changing("discontinued", lambda moment: moment is not None),
    ),
    Fault(
        name="assets.number-cut-off",
        sentence="The ShortID of an asset is shown without its number.",
        violates=("assets.short-id-unique",),
        seen_as=("wrong-value",),
        suffering="Nobody can tell one forklift from another.",
        rule=AssetRules.fields,
        variant=changing("shortID", lambda short_id: short_id.partition("-")[0]),
    ),
    Fault(
        name="assets.discontinued-listed",
        sentence="The list of assets holds discontinued ones, too.",
        violates=("assets.active-only",),
        seen_as=("wrong-value",),
        suffering="A client counts forklifts that were scrapped years ago.",
        rule=AssetRules.is_listed,
        variant=lambda _site, _asset, _sort: True,
    ),
    Fault(
        name="assets.status-of-its-own",
        sentence="The status of an asset in use is In Service.",
        violates=("assets.active-only",),
        seen_as=("wrong-value",),
        suffering="A client that looks for Active finds none.",
        rule=AssetRules.status,
        variant=lambda site, asset: "In Service" if site.original(asset) == "Active" else site.original(asset),
    ),
)
