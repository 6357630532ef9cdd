"""specs/openapi.yaml as a document, and what is read out of it."""

from __future__ import annotations

import copy
import json
import re
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
from openapi_spec_validator import validate

from conformance.contract.specification import (
    PERMISSION_HINT,
    LetterCase,
    Operation,
    Order,
    Place,
    Role,
    Specification,
    Via,
    WarehousePlace,
    load_specification,
    parse_specification,
    resolve,
)
from conformance.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

SPECIFICATION = load_specification()
SECURED = [operation for operation in SPECIFICATION if operation.secured]
LISTS = [operation for operation in SPECIFICATION if operation.listing]
ORDERS = ("GET /PurchaseOrder", "GET /ShippingOrder", "GET /WorkOrder")
ERRORS = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    409: "conflict",
    429: "rate_limited",
    500: "internal_error",
    501: "not_implemented",
}

ITEM = {
    "partNo": 7,
    "shortID": "NUT-7",
    "description": "a nut",
    "category": 1,
    "subCategory": 2,
    "uOM": "EA",
    "putUp": "bag",
    "units": 1.5,
    "dfltOwner": 0,
    "created": "2024-01-02T03:04:05Z",
    "modified": "2024-01-02T03:04:05",
    "discontinued": False,
}
QUICKSTART_ITEM = {"partNo": 7, "shortID": "NUT-7", "description": "a nut", "categoryID": 1, "unit": "EA"}
LOT = {
    "recNo": 1,
    "partNo": 7,
    "shortID": "NUT-7",
    "description": "a nut",
    "associate": "",
    "warehouse": "North",
    "wID": 1,
    "spot": "N-1",
    "units": 2,
    "received": "2024-01-02T03:04:05Z",
    "shipped": None,
    "serial": "",
    "serial2": None,
    "rFIDTag": None,
    "remark": "",
    "hold": False,
    "jobID": 0,
    "jobName": None,
    "active": True,
}


def by_label(operation: Operation) -> str:
    """Name a parametrized case after its operation."""
    return operation.label


def page(row: object) -> dict[str, Any]:
    """Put one row into an envelope."""
    return {"value": [row], "totalCount": 1, "page": 1, "pageSize": 25, "pageCount": 1, "hasMore": False}


def valid(label: str, status: int, body: object) -> bool:
    """Judge a body by what the operation documents for the status."""
    response = SPECIFICATION[label].response(status)
    assert response is not None
    assert response.schema is not None
    return jsonschema_rs.validator_for(response.schema).is_valid(body)


class TestDocument:
    """The file itself."""

    def test_it_is_valid_openapi(self) -> None:
        """The OpenAPI meta-schema and the rules around it are met."""
        validate(SPECIFICATION.document)

    def test_it_is_plain_json(self) -> None:
        """Nothing in it, such as a date, is known to YAML alone."""
        assert json.loads(json.dumps(SPECIFICATION.document)) == SPECIFICATION.document

    def test_no_two_paths_are_the_same(self) -> None:
        """Two paths that differ in a parameter's name alone would be one path."""
        shapes = [re.sub(r"\{[^}]*\}", "{}", path) for path in SPECIFICATION.document["paths"]]

        assert len(shapes) == len(set(shapes))

    def test_it_holds_no_example(self) -> None:
        """The documentation's example values are never sent as identifiers."""
        assert not re.search(r'"examples?":', json.dumps(SPECIFICATION.document))

    def test_every_operation_is_there(self) -> None:
        """Those that a page shows with method and path, in the file's order; what a page only names is not guessed."""
        assert SPECIFICATION.labels == (
            "POST /Token",
            "GET /Item",
            "POST /Item",
            "PUT /Item",
            "GET /Item/All",
            "GET /Item/{item}",
            "DELETE /Item/{item}",
            "GET /Inventory",
            "GET /Inventory/{wid}",
            "GET /Inventory/StockLevels",
            "GET /Inventory/StockLevels/{wid}",
            "POST /Inventory/Receive",
            "POST /Inventory/Move",
            "POST /Inventory/Issue",
            "GET /Location",
            "GET /Location/{spot}",
            "POST /Location/Hold",
            "POST /Location/Release",
            "GET /Category",
            "GET /Category/All",
            "GET /Category/{id}",
            "GET /Customer/All",
            "GET /Vendor/All",
            "GET /Vendor/{id}",
            "GET /PurchaseOrder",
            "GET /ShippingOrder",
            "GET /WorkOrder",
            "GET /Report",
            "GET /Report/{id}",
            "GET /Webhook",
            "POST /Webhook",
            "GET /Webhook/{id}",
            "PUT /Webhook/{id}",
            "DELETE /Webhook/{id}",
            "POST /Webhook/{id}/test",
            "GET /Webhook/{id}/log",
            "GET /Asset",
        )

    def test_operation_ids_are_unique(self) -> None:
        """Each operation has an id of its own."""
        ids = [operation.operation_id for operation in SPECIFICATION]

        assert len(ids) == len(set(ids))

    @pytest.mark.parametrize("operation", SPECIFICATION, ids=by_label)
    def test_every_operation_has_its_extensions(self, operation: Operation) -> None:
        """Permission, page and section are given, and what is marked as not stated says how."""
        raw = SPECIFICATION.document["paths"][operation.path][operation.method.lower()]

        assert "x-permission" in raw
        assert set(raw["x-source"]) == {"page", "section"}
        assert set(re.findall(r'"x-basis": "(\w+)"', json.dumps(raw))) <= {"implied", "assumed"}

    @pytest.mark.parametrize("operation", SECURED, ids=by_label)
    def test_permission_follows_from_resource_and_method(self, operation: Operation) -> None:
        """Reading takes the resource's read permission, writing its write permission; webhooks have one for all."""
        names = {
            "Item": "items",
            "Inventory": "inventory",
            "Location": "locations",
            "Category": "categories",
            "Customer": "customers",
            "Vendor": "vendors",
            "PurchaseOrder": "purchase-orders",
            "ShippingOrder": "shipping-orders",
            "WorkOrder": "work-orders",
            "Report": "reports",
            "Asset": "assets",
        }
        deed = "write" if operation.is_write else "read"

        expected = "webhooks.admin" if operation.resource == "Webhook" else f"{names[operation.resource]}.{deed}"

        assert operation.permission == expected

    @pytest.mark.parametrize("operation", SECURED, ids=by_label)
    @pytest.mark.parametrize(("status", "code"), ERRORS.items())
    def test_documented_errors_have_the_uniform_shape(self, operation: Operation, status: int, code: str) -> None:
        """Each status of the errors page takes its own code with its own number and nothing else."""
        error = {"statusCode": status, "error": code, "message": "no"}

        assert valid(operation.label, status, error)
        assert valid(operation.label, status, error | {"details": None})
        assert not valid(operation.label, status, error | {"statusCode": 418})
        assert not valid(operation.label, status, error | {"error": "teapot"})
        assert not valid(operation.label, status, error | {"details": {"a": ["b"]}})
        assert not valid(operation.label, status, {"error": code, "message": "no"})

    def test_the_token_endpoint_refuses_as_it_likes(self) -> None:
        """Neither the status nor the body of a refused token request is documented."""
        operation = SPECIFICATION["POST /Token"]

        shapes = {status: operation.response(status) for status in (400, 401, 403)}

        assert all(response is not None and response.schema is None for response in shapes.values())

    def test_every_list_is_paged(self) -> None:
        """A list takes page and pageSize; its rows come in an envelope with the paging headers."""
        for operation in LISTS:
            answer = operation.response(200)

            assert operation.parameter("page")
            assert operation.parameter("pageSize")
            assert answer is not None
            assert answer.headers == ("X-Total-Count", "X-Page-Size", "X-Page", "X-API-Version")

    def test_the_largest_pages_are_the_documented_ones(self) -> None:
        """250 everywhere, 50 for orders, 1000 for running a report."""
        maxima = {operation.label: operation.list_maximum for operation in LISTS}

        assert maxima.pop("GET /Report/{id}") == 1000
        assert {maxima.pop(label) for label in ORDERS} == {50}
        assert set(maxima.values()) == {250}


class TestForm:
    """What the file's own style asks for."""

    def test_every_tag_is_declared_and_used(self) -> None:
        """A tag is a resource; each operation has its own."""
        declared = [tag["name"] for tag in SPECIFICATION.document["tags"]]

        assert declared == ["Token", *SPECIFICATION.resources]
        assert all(raw["tags"] == [operation.resource] for operation, raw in raw_operations())

    def test_every_operation_is_summed_up(self) -> None:
        """One line each, without a full stop."""
        summaries = [raw["summary"] for _operation, raw in raw_operations()]

        assert all(summary and "\n" not in summary and not summary.endswith(".") for summary in summaries)

    def test_every_reference_leads_somewhere(self) -> None:
        """Also those in parts that no operation uses."""
        resolved = resolve(SPECIFICATION.document, SPECIFICATION.document)

        assert "$ref" not in json.dumps(resolved)

    def test_every_field_has_a_type(self) -> None:
        """But one that the documentation gives none."""
        untyped = {
            f"{schema}.{name}"
            for schema, fields in object_fields()
            for name, field in fields.items()
            if not field.keys() & {"type", "$ref", "oneOf", "allOf"}
        }

        assert untyped == {"Webhook.lastError"}

    def test_every_required_field_is_described(self) -> None:
        """A name that is asked for and given no shape is a slip of the pen."""
        for name, schema in SPECIFICATION.document["components"]["schemas"].items():
            whole = SPECIFICATION.schemas[name]
            known = set(whole.get("properties", {}))
            known |= {field for part in whole.get("allOf", []) for field in part.get("properties", {})}

            assert set(schema.get("required", [])) <= known

    def test_every_list_names_fields_of_its_rows(self) -> None:
        """Key, warehouse, modification and dates stand in the rows."""
        for operation in LISTS:
            answer, listing = operation.response(200), operation.listing
            assert answer is not None
            assert answer.schema is not None
            assert listing is not None
            named = {listing.row_warehouse, listing.modified, listing.start_field, listing.end_field, *listing.key}

            rows = answer.schema.get("then", answer.schema).get("properties", {}).get("value", {}).get("items", {})

            assert named - {None} <= fields_of(rows)


def raw_operations() -> Iterator[tuple[Operation, dict[str, Any]]]:
    """Pair every operation with what the file says of it."""
    for operation in SPECIFICATION:
        yield operation, SPECIFICATION.document["paths"][operation.path][operation.method.lower()]


def object_fields() -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the fields of each named object, those of errors and envelopes apart."""
    for name, schema in SPECIFICATION.document["components"]["schemas"].items():
        if not name.endswith(("Error", "Page", "PageOrItem")):
            yield name, schema.get("properties", {})


def fields_of(schema: dict[str, Any]) -> set[str]:
    """Name the fields of an object that may be put together of several."""
    return set(schema.get("properties", {})).union(*(fields_of(part) for part in schema.get("allOf", [])))


class TestContradictions:
    """Where pages differ, each reading is valid and a mixture that no page shows is not."""

    @pytest.mark.parametrize("item", [ITEM, QUICKSTART_ITEM, QUICKSTART_ITEM | {"active": True}])
    @pytest.mark.parametrize(("label", "status"), [("GET /Item/{item}", 200), ("POST /Item", 201), ("GET /Item", 200)])
    def test_both_items_are_valid(self, item: dict[str, object], label: str, status: int) -> None:
        """The items page's twelve fields and the quickstart's five or six are both an item."""
        assert valid(label, status, item)

    @pytest.mark.parametrize("item", [ITEM, QUICKSTART_ITEM])
    def test_an_item_looked_for_comes_bare_or_in_an_envelope(self, item: dict[str, object]) -> None:
        """What GET /Item answers to a key is not shown."""
        assert valid("GET /Item", 200, item)
        assert valid("GET /Item", 200, page(item))

    @pytest.mark.parametrize(
        ("name", "other"), [("category", "categoryID"), ("uOM", "unit"), ("discontinued", "active")]
    )
    def test_single_fields_may_have_their_other_name(self, name: str, other: str) -> None:
        """One of the three names is exchanged, the rest is the items page's."""
        item = {other if key == name else key: value for key, value in ITEM.items()}

        assert valid("GET /Item/{item}", 200, item)

    @pytest.mark.parametrize("name", ITEM)
    def test_an_item_of_the_items_page_lacks_no_field(self, name: str) -> None:
        """Each of the twelve fields is missed."""
        item = {key: value for key, value in ITEM.items() if key != name}

        assert not valid("GET /Item/{item}", 200, item)
        assert not valid("GET /Item", 200, page(item))

    def test_a_single_item_is_not_wrapped(self) -> None:
        """GET by number gives the object itself."""
        assert not valid("GET /Item/{item}", 200, page(ITEM))

    def test_no_list_is_a_bare_array(self) -> None:
        """Rows without an envelope are no list of any resource."""
        assert not any(valid(operation.label, 200, []) for operation in LISTS)

    def test_orders_and_assets_take_a_direction_in_either_case(self) -> None:
        """Their own pages write lower case, the pagination page upper case."""
        lower = [operation for operation in LISTS if enum_of(operation, "direction") != ["ASC", "DESC"]]

        assert {operation.label for operation in lower} == {*ORDERS, "GET /Asset"}
        for operation in lower:
            assert operation.listing is not None
            assert operation.listing.direction_case is LetterCase.LOWER
            assert enum_of(operation, "direction") == ["asc", "desc", "ASC", "DESC"]

    def test_what_a_list_promises_is_told_from_what_its_own_table_leaves_out(self) -> None:
        """The pagination page promises three parameters for every list; five pages do not repeat all of them."""
        three = {"sort", "direction", "modifiedSince"}
        left_out = {it.label: {name for name in three if not it.promises(name)} for it in LISTS}

        assert all(operation.parameter(name) for operation in LISTS for name in three)
        assert {label: names for label, names in left_out.items() if names} == {
            "GET /PurchaseOrder": {"modifiedSince"},
            "GET /ShippingOrder": {"modifiedSince"},
            "GET /WorkOrder": {"modifiedSince"},
            "GET /Report": three,
            "GET /Report/{id}": three,
            "GET /Asset": {"modifiedSince"},
        }

    def test_a_parameter_that_is_not_there_is_not_promised(self) -> None:
        """Only orders take dates."""
        taking = {operation.label for operation in LISTS if operation.promises("startDate")}

        assert taking == set(ORDERS)

    def test_the_dates_of_a_list_bound_what_its_own_page_says(self) -> None:
        """The order date, but start and due date of a work order, whatever the pagination page says of creation."""
        bounds = {it.label: (it.listing.start_field, it.listing.end_field) for it in LISTS if it.listing}

        assert {label: fields for label, fields in bounds.items() if any(fields)} == {
            "GET /PurchaseOrder": ("orderDate", "orderDate"),
            "GET /ShippingOrder": ("orderDate", "orderDate"),
            "GET /WorkOrder": ("startDate", "dueDate"),
        }

    def test_modification_is_known_where_rows_show_it(self) -> None:
        """Lots, locations, orders and reports show none."""
        showing = {it.resource for it in LISTS if it.listing and it.listing.modified}

        assert showing == {"Item", "Category", "Customer", "Vendor", "Webhook", "Asset"}


class TestShapes:
    """Types and nullability of the documented objects."""

    @pytest.mark.parametrize(
        ("name", "value"),
        [("hold", 0), ("units", "2"), ("recNo", "1"), ("received", "yesterday"), ("serial", None), ("wID", None)],
    )
    def test_a_lot_has_the_documented_types(self, name: str, value: object) -> None:
        """A flag is a boolean, a quantity a number; null stands only where the page shows or says it."""
        assert valid("GET /Inventory", 200, page(LOT))
        assert not valid("GET /Inventory", 200, page(LOT | {name: value}))

    @pytest.mark.parametrize("name", LOT)
    def test_a_lot_lacks_no_field(self, name: str) -> None:
        """Each of the nineteen fields is missed."""
        assert not valid("GET /Inventory/{wid}", 200, page({key: LOT[key] for key in LOT if key != name}))

    @pytest.mark.parametrize("name", page(LOT))
    def test_an_envelope_lacks_no_field(self, name: str) -> None:
        """Each of the six fields is missed."""
        envelope = page(LOT)
        del envelope[name]

        assert not valid("GET /Inventory", 200, envelope)

    def test_undocumented_shapes_stay_open(self) -> None:
        """Stock levels and deliveries may look like anything, and so may the bodies that no page gives."""
        assert valid("GET /Inventory/StockLevels", 200, [1])
        assert valid("GET /Inventory/StockLevels/{wid}", 200, page({}))
        assert valid("GET /Webhook/{id}/log", 200, [1])
        bodies = {it.label: it.body_schema for it in SPECIFICATION if it.secured and it.has_body}
        assert {label for label, body in bodies.items() if body == {"type": "object"}} == {
            "PUT /Item",
            "POST /Inventory/Receive",
            "POST /Inventory/Move",
            "POST /Inventory/Issue",
            "POST /Webhook",
            "PUT /Webhook/{id}",
        }


def enum_of(operation: Operation, name: str) -> list[str]:
    """Give the words that a parameter of an operation may be."""
    parameter = operation.parameter(name)
    assert parameter is not None
    words: list[str] = parameter.schema["enum"]
    return words


class TestOperations:
    """What is read into operations."""

    def test_the_token_endpoint_is_open_and_no_write(self) -> None:
        """It needs no token and no permission, and read-only clients may use it."""
        operation = SPECIFICATION["POST /Token"]

        assert not operation.secured
        assert operation.permission is None
        assert not operation.is_write
        assert operation.body_type == "application/x-www-form-urlencoded"

    def test_everything_else_takes_a_bearer_token(self) -> None:
        """Every operation but one is secured."""
        assert [operation.label for operation in SPECIFICATION if not operation.secured] == ["POST /Token"]

    def test_writes_are_the_posts_puts_and_deletes(self) -> None:
        """Nothing else counts as a write."""
        assert {operation.method for operation in SECURED if operation.is_write} == {"POST", "PUT", "DELETE"}
        assert {operation.method for operation in SECURED if not operation.is_write} == {"GET"}

    def test_warehouses_stand_where_the_request_names_them(self) -> None:
        """By path, by spot, in the body of a movement, or in the rows of the answer."""
        places = {it.label: it.warehouses for it in SPECIFICATION if it.warehouses}
        by_number = (WarehousePlace(Place.PATH, "wid"),)
        by_spot = (WarehousePlace(Place.QUERY, "id", Via.SPOT),)

        assert places == {
            "GET /Inventory": (WarehousePlace(Place.ROWS),),
            "GET /Inventory/{wid}": by_number,
            "GET /Inventory/StockLevels": (WarehousePlace(Place.ROWS),),
            "GET /Inventory/StockLevels/{wid}": by_number,
            "POST /Inventory/Receive": (WarehousePlace(Place.BODY, role=Role.DESTINATION),),
            "POST /Inventory/Move": (
                WarehousePlace(Place.BODY, role=Role.SOURCE),
                WarehousePlace(Place.BODY, role=Role.DESTINATION),
            ),
            "POST /Inventory/Issue": (WarehousePlace(Place.BODY, role=Role.SOURCE),),
            "GET /Location": (WarehousePlace(Place.QUERY, "wid", filters=True), WarehousePlace(Place.ROWS)),
            "GET /Location/{spot}": (WarehousePlace(Place.PATH, "spot", Via.SPOT),),
            "POST /Location/Hold": by_spot,
            "POST /Location/Release": by_spot,
            "GET /Asset": (WarehousePlace(Place.ROWS),),
        }

    def test_named_warehouses_are_parameters(self) -> None:
        """A place in path or query names a parameter of its operation."""
        for operation in SPECIFICATION:
            for place in operation.warehouses:
                parameter = operation.parameter(place.name) if place.name else None

                assert place.name is None or (parameter is not None and parameter.place is place.place)

    def test_lists_over_all_warehouses_are_told_apart(self) -> None:
        """Their first named warehouse is none, or only a filter."""
        spanning = {it.label: it.warehouse for it in SPECIFICATION if it.over_all_warehouses}

        assert spanning == {
            "GET /Inventory": None,
            "GET /Inventory/StockLevels": None,
            "GET /Location": WarehousePlace(Place.QUERY, "wid", filters=True),
            "GET /Asset": None,
        }

    def test_stated_orders_are_known(self) -> None:
        """Items ascend by ShortID; the newest lot comes first, by a column that is not named."""
        orders = {it.label: it.listing.order for it in LISTS if it.listing and it.listing.order}

        assert orders == {
            "GET /Item": Order(("shortID",), "ASC"),
            "GET /Inventory": Order(("received", "recNo"), "DESC"),
        }

    def test_running_a_report_names_the_report(self) -> None:
        """The report's number stands in the path."""
        assert SPECIFICATION["GET /Report/{id}"].report == WarehousePlace(Place.PATH, "id")
        assert [operation.label for operation in SPECIFICATION if operation.report] == ["GET /Report/{id}"]

    def test_a_status_is_found_by_itself_or_by_its_range(self) -> None:
        """DELETE documents no success of its own, and no status beyond the tables."""
        operation = SPECIFICATION["DELETE /Item/{item}"]

        assert operation.response(204) is operation.responses["2XX"]
        assert operation.response(404) is operation.responses["404"]
        assert operation.response(302) is None

    def test_operations_are_values(self) -> None:
        """Two loads give equal operations with equal hashes."""
        again = load_specification()

        assert again.operations == SPECIFICATION.operations
        assert set(again.operations) == set(SPECIFICATION.operations)

    def test_references_are_resolved(self) -> None:
        """No schema handed out points elsewhere."""
        handed_out = [
            schema
            for operation in SPECIFICATION
            for schema in (operation.body_schema, *(it.schema for it in operation.responses.values()))
        ]

        assert "$ref" not in json.dumps([*handed_out, *SPECIFICATION.schemas.values()])

    def test_resources_and_permissions_come_in_order(self) -> None:
        """First path segments without the token's, and every permission once."""
        assert SPECIFICATION.resources == (
            "Item",
            "Inventory",
            "Location",
            "Category",
            "Customer",
            "Vendor",
            "PurchaseOrder",
            "ShippingOrder",
            "WorkOrder",
            "Report",
            "Webhook",
            "Asset",
        )
        assert SPECIFICATION.permissions[:2] == ("items.read", "items.write")
        assert len(SPECIFICATION.permissions) == 15


class TestProblems:
    """What a broken document, such as one after an overlay, says."""

    @pytest.fixture
    def document(self) -> dict[str, Any]:
        """Copy the specification, to break it."""
        return copy.deepcopy(SPECIFICATION.document)

    def test_all_problems_are_reported_at_once(self, document: dict[str, Any]) -> None:
        """Each broken operation has its line with the document's name and the operation's label."""
        paths = document["paths"]
        del paths["/Item"]["get"]["x-permission"]
        paths["/Item"]["post"]["requestBody"] = {"$ref": "#/components/requestBodies/Nowhere"}
        paths["/Inventory"]["get"]["x-warehouse"] = [{"in": "cellar"}]
        paths["/Report"] = None

        with pytest.raises(UsageError) as caught:
            parse_specification(document, "acme.overlay.yaml")

        assert str(caught.value).splitlines() == [
            f"acme.overlay.yaml: GET /Item: x-permission is missing; {PERMISSION_HINT}",
            "acme.overlay.yaml: POST /Item: $ref #/components/requestBodies/Nowhere points nowhere in this document",
            "acme.overlay.yaml: GET /Inventory: 'cellar' is not a valid Place",
            "acme.overlay.yaml: /Report: is no mapping of methods to operations",
        ]

    def test_a_reference_into_itself_ends(self, document: dict[str, Any]) -> None:
        """A schema that contains itself is refused instead of followed for ever."""
        document["components"]["schemas"]["Item"]["properties"]["parts"] = {"$ref": "#/components/schemas/Item"}

        with pytest.raises(UsageError, match=r"POST /Item: \$ref #/components/schemas/Item leads back to itself"):
            parse_specification(document)

    def test_parameters_of_a_path_belong_to_its_operations(self, document: dict[str, Any]) -> None:
        """What a path item shares comes before an operation's own parameters."""
        document["paths"]["/Location/{spot}"]["parameters"] = [
            {"name": "X-Tenant", "in": "header", "schema": {"type": "string"}}
        ]

        specification: Specification = parse_specification(document)

        assert [it.name for it in specification["GET /Location/{spot}"].parameters] == ["X-Tenant", "spot"]

    @pytest.mark.parametrize(
        ("change", "problem"),
        [
            ({"x-permission": 5}, "x-permission must be a name or null; write the permission that it takes"),
            ({"x-list": 50}, "x-list is no mapping"),
            ({"responses": ["200"]}, "responses is no mapping"),
            ({"responses": {"200": None}}, "response 200 is no mapping"),
            (
                {"x-warehouse": [{"in": "path", "name": "wid"}]},
                "x-warehouse names wid in path, but no parameter has this",
            ),
        ],
    )
    def test_a_part_of_the_wrong_kind_is_told(
        self, document: dict[str, Any], change: dict[str, Any], problem: str
    ) -> None:
        """With its operation, instead of the mishap that it leads to."""
        document["paths"]["/Asset"]["get"].update(change)

        with pytest.raises(UsageError, match=f"^specs/openapi.yaml: GET /Asset: {re.escape(problem)}"):
            parse_specification(document)

    def test_a_path_names_its_parameters(self, document: dict[str, Any]) -> None:
        """What stands in braces is to be filled in."""
        document["paths"]["/Asset/{tag}"] = document["paths"].pop("/Asset")

        with pytest.raises(
            UsageError, match=r"GET /Asset/\{tag\}: the path holds \{tag\}, but no parameter has this name"
        ):
            parse_specification(document)

    def test_a_path_begins_with_a_slash(self, document: dict[str, Any]) -> None:
        """Else it would be sent to another address."""
        document["paths"]["Asset"] = document["paths"].pop("/Asset")

        with pytest.raises(UsageError, match='Asset: is no path; it begins with "/"'):
            parse_specification(document)

    def test_a_document_without_paths_is_refused(self) -> None:
        """The message names the part that is missing."""
        with pytest.raises(UsageError, match="paths is no mapping"):
            parse_specification({"openapi": "3.1.0"})
