"""Overlays: what an action changes, what an added operation may leave out, what is refused and how it is told."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from openapi_spec_validator import validate

from conformance.contract.overlay import lay_over
from conformance.contract.specification import (
    PERMISSION_HINT,
    Place,
    Role,
    Specification,
    WarehousePlace,
    load_specification,
    parse_specification,
)
from conformance.errors import UsageError

SPECIFICATION = load_specification()
DOCUMENTS = Path(__file__).parents[2] / "docs"
NOTHING = "selects nothing; compare it with specs/openapi.yaml and the actions before it"
GIVE_THERE = "select the mapping that holds it, and give the new value there"
REMOVE_FIRST = "remove it in an action before this one"

# An API of two operations in the manner of the Overlay Specification's own examples.
BOATS: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Boats", "version": "1"},
    "tags": [{"name": "boat"}],
    "security": [{"bearerAuth": []}],
    "paths": {
        "/boats": {
            "get": {
                "operationId": "listBoats",
                "summary": "List boats",
                "x-permission": "boats.read",
                "x-source": {"page": "boats", "section": "List"},
                "parameters": [
                    {"name": "filter", "in": "query", "schema": {"type": "string"}},
                    {"name": "dummy", "in": "query", "schema": {"type": "string", "enum": ["a", "b"]}},
                ],
                "responses": {"200": {"description": "Boats"}, "500": {"description": "Sunk"}},
            }
        },
        "/docks": {
            "get": {
                "operationId": "listDocks",
                "x-permission": "docks.read",
                "x-source": {"page": "docks", "section": "List"},
                "parameters": [{"name": "dummy", "in": "query", "schema": {"type": "string"}}],
                "responses": {"200": {"description": "Docks"}, "500": {"description": "Dry"}},
            }
        },
    },
}


def overlaid(folder: Path, *actions: dict[str, Any]) -> Specification:
    """Lay actions over the boats."""
    return lay_over(parse_specification(copy.deepcopy(BOATS)), written(folder, *actions))


def written(folder: Path, *actions: Any, **members: Any) -> Path:
    """Write an overlay file of these actions."""
    content = {"overlay": "1.0.0", "info": {"title": "Ours", "version": "1.0.0"}, "actions": list(actions)} | members
    path = folder / "ours.overlay.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return path


def problems_of(folder: Path, *actions: Any, **members: Any) -> list[str]:
    """Lay something over the documented API that cannot be; give the lines of the refusal, less the file's name."""
    with pytest.raises(UsageError) as caught:
        lay_over(SPECIFICATION, written(folder, *actions, **members))
    return [line.removeprefix("ours.overlay.yaml: ") for line in str(caught.value).splitlines()]


class TestUpdating:
    """Mappings are merged, lists put behind lists, everything else is replaced."""

    def test_one_action_may_mirror_the_document(self, tmp_path: Path) -> None:
        """The structured way: what is new is added, what is there is merged, an empty heading changes nothing."""
        update = {
            "info": {"x-applied": "ours"},
            "paths": {"/boats": {"summary": "The fleet", "get": {"summary": "Retrieve boats", "x-rate-limit": 100}}},
            "tags": None,
        }

        document = overlaid(tmp_path, {"target": "$", "update": update}).document

        assert document["info"] == {"title": "Boats", "version": "1", "x-applied": "ours"}
        assert document["paths"]["/boats"]["summary"] == "The fleet"
        assert document["paths"]["/boats"]["get"]["summary"] == "Retrieve boats"
        assert document["paths"]["/boats"]["get"]["x-rate-limit"] == 100
        assert document["paths"]["/boats"]["get"]["operationId"] == "listBoats"
        assert document["tags"] == [{"name": "boat"}]

    def test_actions_may_be_targeted_one_by_one(self, tmp_path: Path) -> None:
        """Each takes the result of the one before."""
        boats = "$.paths['/boats']"

        document = overlaid(
            tmp_path,
            {"target": f"{boats}.get", "update": {"description": "first"}},
            {"target": f"{boats}.get", "update": {"description": "second", "x-again": {"a": 1}}},
            {"target": f"{boats}.get['x-again']", "update": {"b": 2}},
        ).document

        assert document["paths"]["/boats"]["get"]["description"] == "second"
        assert document["paths"]["/boats"]["get"]["x-again"] == {"a": 1, "b": 2}

    def test_a_wildcard_changes_many_places(self, tmp_path: Path) -> None:
        """Each gets a copy of its own."""
        document = overlaid(
            tmp_path,
            {"target": "$.paths.*.get", "update": {"x-safe": {"yes": True}}},
            {"target": "$.paths['/docks'].get['x-safe']", "update": {"yes": False}},
        ).document

        assert document["paths"]["/boats"]["get"]["x-safe"] == {"yes": True}
        assert document["paths"]["/docks"]["get"]["x-safe"] == {"yes": False}

    def test_a_filter_picks_what_fits(self, tmp_path: Path) -> None:
        """By two conditions on the entries of a list."""
        target = "$.paths.*.get.parameters[?@.name == 'filter' && @.in == 'query']"

        document = overlaid(tmp_path, {"target": target, "update": {"schema": {"type": "integer"}}}).document

        kinds = {it["name"]: it["schema"]["type"] for it in document["paths"]["/boats"]["get"]["parameters"]}
        assert kinds == {"filter": "integer", "dummy": "string"}

    @pytest.mark.parametrize(
        "update", [{"name": "new", "in": "query"}, [{"name": "new", "in": "query"}]], ids=["entry", "list"]
    )
    def test_a_list_gets_another_entry(self, tmp_path: Path, update: Any) -> None:
        """Given as it is, or in a list."""
        specification = overlaid(tmp_path, {"target": "$.paths['/boats'].get.parameters", "update": update})

        assert [it.name for it in specification["GET /boats"].parameters] == ["filter", "dummy", "new"]

    def test_lists_within_an_update_are_put_behind(self, tmp_path: Path) -> None:
        """As when paging parameters are added to every list."""
        more = [{"name": "top", "in": "query"}, {"name": "skip", "in": "query"}]

        specification = overlaid(tmp_path, {"target": "$.paths.*.get", "update": {"parameters": more}})

        assert [it.name for it in specification["GET /docks"].parameters] == ["dummy", "top", "skip"]

    def test_a_single_value_is_replaced_by_anything(self, tmp_path: Path) -> None:
        """A type becomes two types, a permission becomes none."""
        specification = overlaid(
            tmp_path,
            {"target": "$.paths['/boats'].get", "update": {"x-permission": None}},
            {"target": "$.paths.*.get.parameters[0].schema", "update": {"type": ["string", "null"]}},
        )

        assert specification["GET /boats"].permission is None
        assert specification["GET /docks"].parameters[0].schema["type"] == ["string", "null"]


class TestRemoving:
    """What is selected goes, out of mappings and out of lists."""

    def test_members_are_removed_wherever_they_stand(self, tmp_path: Path) -> None:
        """From below any node."""
        specification = overlaid(tmp_path, {"target": "$.paths..responses['500']", "remove": True})

        assert all(list(operation.responses) == ["200"] for operation in specification)

    def test_entries_are_removed_by_what_they_hold(self, tmp_path: Path) -> None:
        """Out of several lists."""
        target = "$.paths.*.get.parameters[?@.name == 'dummy']"

        specification = overlaid(tmp_path, {"target": target, "remove": True})

        assert [[it.name for it in operation.parameters] for operation in specification] == [["filter"], []]

    @pytest.mark.parametrize("target", ["[0,1]", "[1,0]", "[0,0,1]", "[*]", "[::-1]"])
    def test_several_entries_of_one_list_are_removed(self, tmp_path: Path, target: str) -> None:
        """In whatever order they are selected, and however often."""
        specification = overlaid(tmp_path, {"target": f"$.paths['/boats'].get.parameters{target}", "remove": True})

        assert specification["GET /boats"].parameters == ()

    def test_what_lies_within_what_is_removed_does_no_harm(self, tmp_path: Path) -> None:
        """A node and a node below it are selected together."""
        dummy = "$.paths['/boats'].get.parameters[1]"

        specification = overlaid(
            tmp_path,
            {"target": f"{dummy}..*", "remove": True},
            {"target": dummy, "update": {"name": "new", "in": "query"}},
        )

        assert [(it.name, it.schema) for it in specification["GET /boats"].parameters][1] == ("new", {})

    def test_a_single_value_of_a_list_is_removed(self, tmp_path: Path) -> None:
        """As a field out of those that are required."""
        target = "$.paths['/boats'].get.parameters[1].schema.enum[?@ == 'a']"

        specification = overlaid(tmp_path, {"target": target, "remove": True})

        assert specification["GET /boats"].parameters[1].schema["enum"] == ["b"]

    def test_what_was_removed_can_be_made_anew(self, tmp_path: Path) -> None:
        """So that a list or mapping is replaced as a whole."""
        specification = overlaid(
            tmp_path,
            {"target": "$.paths['/boats'].get.parameters", "remove": True},
            {"target": "$.paths['/boats'].get", "update": {"parameters": [{"name": "only", "in": "query"}]}},
        )

        assert [it.name for it in specification["GET /boats"].parameters] == ["only"]

    def test_removal_wins_over_an_update(self, tmp_path: Path) -> None:
        """The update of the same action has no effect."""
        specification = overlaid(tmp_path, {"target": "$.paths['/docks']", "remove": True, "update": {"get": {}}})

        assert specification.labels == ("GET /boats",)


class TestReading:
    """YAML and JSON, and what a file must hold."""

    def test_the_plain_specification_stays_as_it_is(self, tmp_path: Path) -> None:
        """The overlay works on a copy."""
        before = copy.deepcopy(SPECIFICATION.document)

        laid = lay_over(SPECIFICATION, written(tmp_path, {"target": "$.paths['/Asset']", "remove": True}))

        assert "Asset" not in laid.resources
        assert SPECIFICATION.document == before

    def test_json_is_read_too(self, tmp_path: Path) -> None:
        """By the file's name."""
        path = written(tmp_path, {"target": "$.paths['/Asset']", "remove": True}, extends="../openapi.yaml")
        json_path = path.with_suffix(".json")
        json_path.write_text(json.dumps(yaml.safe_load(path.read_text(encoding="utf-8")), indent="\t"))

        assert "Asset" not in lay_over(SPECIFICATION, json_path).resources

    def test_statuses_and_dates_need_no_quotes(self, tmp_path: Path) -> None:
        """What YAML reads as a number or a date is a string in JSON."""
        path = written(tmp_path)
        text = path.read_text(encoding="utf-8").replace("actions: []", "actions:\n") + (
            "- target: $.paths['/Asset'].get\n"
            "  update:\n"
            "    x-since: 2026-01-31\n"
            "    responses:\n"
            "      200: {description: Changed}\n"
        )
        path.write_text(text, encoding="utf-8")

        raw = lay_over(SPECIFICATION, path).document["paths"]["/Asset"]["get"]

        assert raw["responses"]["200"]["description"] == "Changed"
        assert 200 not in raw["responses"]
        assert raw["x-since"] == "2026-01-31"

    def test_all_problems_of_the_form_are_told_at_once(self, tmp_path: Path) -> None:
        """Each with its place; actions count from 0."""
        problems = problems_of(
            tmp_path,
            {"target": "paths", "remove": True},
            {"target": "$.paths", "remove": "yes", "descripton": "x"},
            {"target": "$.paths"},
            {"update": {}, "x-note": "ours"},
            "remove",
            overlay=1.0,
            info={"title": "Ours"},
            extends=["a"],
            action=[],
        )

        assert problems == [
            "overlay: must be 1.0.0, the version of the Overlay Specification that the file follows",
            "info: must be a mapping with title and version",
            "extends: must be a string; nothing is read from there",
            'action: unknown key; did you mean "actions"?',
            "actions[0] (paths): target is no JSONPath (RFC 9535): expected 'TOKEN_ROOT', found 'TOKEN_NAME'",
            "actions[1] ($.paths): remove: must be true or false",
            'actions[1] ($.paths): descripton: unknown key; did you mean "description"?',
            "actions[2] ($.paths): changes nothing; write update, or remove: true",
            "actions[3]: target: must be a JSONPath in quotes, such as \"$.paths['/Item'].get\"",
            "actions[4]: must be a mapping with target, and update or remove: true",
        ]

    @pytest.mark.parametrize("actions", [None, [], {}])
    def test_a_file_without_actions_is_refused(self, tmp_path: Path, actions: Any) -> None:
        """It would change nothing."""
        assert problems_of(tmp_path, actions=actions) == [
            "actions: must be a list of at least one action, each with target, and update or remove: true"
        ]

    @pytest.mark.parametrize(
        ("name", "content", "problem"),
        [
            ("a.yaml", b"overlay: [", "a.yaml: not readable as YAML: while parsing"),
            ("a.json", b'{"overlay": ', "a.json: not readable as JSON: Expecting value"),
            ("a.yaml", b"- overlay", "a.yaml: holds no mapping; begin with overlay: 1.0.0"),
            ("a.yaml", b"overlay: \xff", "a.yaml: is not UTF-8 at byte 9"),
        ],
    )
    def test_a_file_that_is_none_is_told(self, tmp_path: Path, name: str, content: bytes, problem: str) -> None:
        """In one line, with its name."""
        (tmp_path / name).write_bytes(content)

        with pytest.raises(UsageError, match=f"^{re.escape(problem)}[^\n]*$"):
            lay_over(SPECIFICATION, tmp_path / name)


class TestMisses:
    """An overlay that cannot do what it says is refused: the wrong thing would be checked."""

    def test_an_action_that_selects_nothing_is_named(self, tmp_path: Path) -> None:
        """All of them, with number and target."""
        problems = problems_of(
            tmp_path,
            {"target": "$.paths['/Assets']", "remove": True},
            {"target": "$.paths['/Asset'].get", "update": {"summary": "Ours"}},
            {"target": "$.paths['/Asset'].get.parameters[?@.name == 'sort']", "remove": True},
        )

        assert problems == [
            f"actions[0] ($.paths['/Assets']): {NOTHING}",
            f"actions[2] ($.paths['/Asset'].get.parameters[?@.name == 'sort']): {NOTHING}",
        ]

    def test_an_update_of_another_kind_is_named(self, tmp_path: Path) -> None:
        """A mapping or a list is never silently replaced by something else."""
        asset = "$.paths['/Asset']"

        problems = problems_of(
            tmp_path,
            {"target": f"{asset}.get", "update": "text"},
            {"target": f"{asset}.get.summary", "update": "text"},
            {"target": asset, "update": {"get": {"responses": ["200"], "tags": "Ours"}}},
            {"target": "$", "remove": True},
        )

        assert problems == [
            f"actions[0] ({asset}.get): $.paths./Asset.get is a mapping, and update is a single value; write a mapping",
            f"actions[1] ({asset}.get.summary): $.paths./Asset.get.summary is a single value; {GIVE_THERE}",
            f"actions[2] ({asset}): $.paths./Asset.get.responses is a mapping, and update has a list there; {REMOVE_FIRST}",
            f"actions[2] ({asset}): $.paths./Asset.get.tags is a list, and update has a single value there; {REMOVE_FIRST}",
            "actions[3] ($): selects the whole document, which cannot be removed",
        ]

    def test_a_broken_operation_is_named(self, tmp_path: Path) -> None:
        """All of them, with method and path."""
        paths = {
            "/Pallet": {"get": {"summary": "List pallets"}, "post": {"x-permission": "pallets.write", "responses": 1}},
            "/Pallet/{id}": {"get": {"x-permission": "pallets.read"}, "put": None},
            "Crate": {"get": {"x-permission": None}},
        }

        problems = problems_of(tmp_path, {"target": "$.paths", "update": paths})

        assert problems == [
            f"GET /Pallet: x-permission is missing; {PERMISSION_HINT}",
            "POST /Pallet: responses is no mapping",
            "PUT /Pallet/{id}: the operation is no mapping",
            'Crate: is no path; it begins with "/"',
            "GET /Pallet/{id}: the path holds {id}, but no parameter has this name and in: path",
        ]

    def test_what_is_no_schema_is_named(self, tmp_path: Path) -> None:
        """Nothing could be judged by it; only what the overlay changed is looked at."""
        schema = {"type": "object", "properties": {"label": {"type": "text"}}}
        body = {"content": {"application/json": {"schema": schema}}}
        operation = {"x-permission": "pallets.write", "requestBody": body}

        (problem,) = problems_of(tmp_path, {"target": "$.paths", "update": {"/Pallet": {"post": operation}}})

        assert problem.startswith(
            "POST /Pallet: the schema of request body is no JSON Schema (2020-12), at properties.label.type: "
        )


class TestAddedOperations:
    """What a vendor may leave out, and what comes in its place."""

    @pytest.fixture
    def pallets(self) -> Specification:
        """Lay the documented example over the documented API."""
        return lay_over(SPECIFICATION, DOCUMENTS / "examples" / "acme.overlay.yaml")

    def test_the_example_adds_two_operations(self, pallets: Specification) -> None:
        """With a resource and permissions of their own."""
        assert set(pallets.labels) - set(SPECIFICATION.labels) == {"GET /Pallet", "POST /Pallet"}
        assert pallets.resources == (*SPECIFICATION.resources, "Pallet")
        assert pallets.permissions == (*SPECIFICATION.permissions, "pallets.read", "pallets.write")

    def test_the_result_is_valid_openapi(self, pallets: Specification) -> None:
        """A plain document, as every tool reads it."""
        validate(pallets.document)
        assert json.loads(json.dumps(pallets.document)) == pallets.document

    def test_documented_operations_stay_as_they_are(self, pallets: Specification) -> None:
        """What is filled in is filled into added operations alone."""
        assert pallets.operations[: len(SPECIFICATION)] == SPECIFICATION.operations

    def test_what_was_left_out_is_filled_in(self, pallets: Specification) -> None:
        """Name, source, paging, and the statuses that the errors page states for every endpoint."""
        listing, making = pallets["GET /Pallet"], pallets["POST /Pallet"]

        assert listing.operation_id == "GET /Pallet"
        assert (listing.source.page, listing.source.section) == ("overlay", "GET /Pallet")
        assert [it.name for it in listing.parameters] == ["page", "pageSize"]
        assert listing.listing is not None
        assert (listing.listing.maximum, listing.listing.default) == (250, 25)
        assert list(making.responses) == ["201", "400", "401", "403", "404", "409", "429", "500", "501"]
        assert making.responses["403"] == SPECIFICATION["POST /Item"].responses["403"]

    def test_what_was_written_is_read(self, pallets: Specification) -> None:
        """Rights, warehouses and shapes, as in the specification itself."""
        listing, making = pallets["GET /Pallet"], pallets["POST /Pallet"]
        answer = listing.response(200)
        assert answer is not None
        assert answer.schema is not None
        pallet = {"palletNo": 1, "label": "P", "wID": 1}
        rows = {"value": [pallet], "totalCount": 1, "page": 1, "pageSize": 25, "pageCount": 1, "hasMore": False}
        judge = jsonschema_rs.validator_for(answer.schema)

        assert listing.secured
        assert listing.over_all_warehouses
        assert making.is_write
        assert making.warehouse == WarehousePlace(Place.BODY, role=Role.DESTINATION)
        assert judge.is_valid(rows)
        assert not judge.is_valid(rows | {"value": [pallet | {"wID": "Main"}]})

    def test_a_permission_is_all_that_is_required(self, tmp_path: Path) -> None:
        """A list then answers with some page, everything else with any success."""
        paths = {"/Pallet": {"get": {"x-permission": "p", "x-list": {}}, "delete": {"x-permission": None}}}

        laid = lay_over(SPECIFICATION, written(tmp_path, {"target": "$.paths", "update": paths}))

        listed, deleted = laid["GET /Pallet"].response(200), laid["DELETE /Pallet"].response(204)
        assert listed is not None
        assert listed.headers == ("X-Total-Count", "X-Page-Size", "X-Page", "X-API-Version")
        assert listed.schema is not None
        assert not jsonschema_rs.validator_for(listed.schema).is_valid([])
        assert deleted is laid["DELETE /Pallet"].responses["2XX"]
        validate(laid.document)

    @pytest.mark.parametrize(
        ("given", "kept"),
        [
            ({"4XX": {"description": "No"}}, ["4XX", "2XX", "500", "501"]),
            ({"default": {"description": "Whatever"}}, ["default"]),
            ({"204": {"description": "Gone"}, "5XX": {"description": "No"}},
             ["204", "5XX", "400", "401", "403", "404", "409", "429"]),
        ],
    )  # fmt: skip
    def test_statuses_of_its_own_are_kept(self, tmp_path: Path, given: dict[str, Any], kept: list[str]) -> None:
        """A range or a default speaks for all that it covers."""
        paths = {"/Pallet": {"delete": {"x-permission": None, "responses": given}}}

        laid = lay_over(SPECIFICATION, written(tmp_path, {"target": "$.paths", "update": paths}))

        assert list(laid["DELETE /Pallet"].responses) == kept

    def test_paging_parameters_of_its_own_are_kept(self, tmp_path: Path) -> None:
        """Only the other one is added."""
        given = [{"name": "pageSize", "in": "query", "schema": {"type": "integer", "maximum": 10}}]
        paths = {"/Pallet": {"get": {"x-permission": None, "x-list": {"maximum": 10}, "parameters": given}}}

        listing = lay_over(SPECIFICATION, written(tmp_path, {"target": "$.paths", "update": paths}))["GET /Pallet"]

        assert [it.name for it in listing.parameters] == ["pageSize", "page"]
        assert listing.list_maximum == 10

    def test_a_method_is_added_to_a_documented_path(self, tmp_path: Path) -> None:
        """It is an operation of the vendor's own, beside the documented one."""
        update = {"post": {"x-permission": "assets.write"}}

        laid = lay_over(SPECIFICATION, written(tmp_path, {"target": "$.paths['/Asset']", "update": update}))

        assert laid["POST /Asset"].source.page == "overlay"
        assert laid["GET /Asset"] == SPECIFICATION["GET /Asset"]

    def test_the_single_order_has_its_schema_at_hand(self, tmp_path: Path) -> None:
        """A detail operation that no page shows takes one line for its answer."""
        schema = {"$ref": "#/components/schemas/PurchaseOrder"}
        operation = {
            "x-permission": "purchase-orders.read",
            "parameters": [{"name": "poNo", "in": "path", "required": True, "schema": {"type": "string"}}],
            "responses": {"200": {"description": "It", "content": {"application/json": {"schema": schema}}}},
        }
        paths = {"/PurchaseOrder/{poNo}": {"get": operation}}

        laid = lay_over(SPECIFICATION, written(tmp_path, {"target": "$.paths", "update": paths}))

        answer = laid["GET /PurchaseOrder/{poNo}"].response(200)
        assert answer is not None
        assert answer.schema == SPECIFICATION.schemas["PurchaseOrder"]


@pytest.mark.parametrize("number", [0, 1])
def test_the_documented_overlays_apply(tmp_path: Path, number: int) -> None:
    """Whoever copies one has an overlay that works."""
    blocks = re.findall(r"```yaml\n(.*?)```", (DOCUMENTS / "extending.md").read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "copied.yaml").write_text(blocks[number], encoding="utf-8")

    laid = lay_over(SPECIFICATION, tmp_path / "copied.yaml")

    assert laid != SPECIFICATION
