"""The API as documented: specs/openapi.yaml read into frozen operations."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from conformance.contract.catalogue import Source
from conformance.contract.operation import (
    LetterCase,
    Listing,
    Operation,
    Order,
    Parameter,
    Place,
    Response,
    Role,
    Schema,
    Via,
    WarehousePlace,
)
from conformance.contract.resources import load_yaml
from conformance.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "METHODS",
    "PERMISSION_HINT",
    "LetterCase",
    "Listing",
    "Operation",
    "Order",
    "Parameter",
    "Place",
    "Response",
    "Role",
    "Schema",
    "Specification",
    "Via",
    "WarehousePlace",
    "load_specification",
    "parse_specification",
    "resolve",
]

FILE = "specs/openapi.yaml"
METHODS = ("get", "post", "put", "delete", "patch")
IN_PATH = re.compile(r"\{([^}]*)\}")

PERMISSION_HINT = "write the permission that it takes, as in `x-permission: pallets.read`, or null if any token will do"


@dataclass(frozen=True, slots=True)
class Specification:
    """All operations in the file's order; `document` is the plain file, for Schemathesis and jsonschema-rs."""

    document: Schema = field(hash=False, repr=False)
    operations: tuple[Operation, ...]
    _found: dict[str, Operation] = field(init=False, repr=False, compare=False, hash=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._found.update((operation.label, operation) for operation in self.operations)

    def __getitem__(self, label: str) -> Operation:
        """Find an operation by its label; raises KeyError."""
        return self._found[label]

    def __contains__(self, label: object) -> bool:
        return label in self._found

    def __iter__(self) -> Iterator[Operation]:
        return iter(self.operations)

    def __len__(self) -> int:
        return len(self.operations)

    @property
    def by_label(self) -> Mapping[str, Operation]:
        """Operations by label, in order."""
        return MappingProxyType({operation.label: operation for operation in self.operations})

    @property
    def labels(self) -> tuple[str, ...]:
        """All labels, in order."""
        return tuple(operation.label for operation in self.operations)

    @property
    def resources(self) -> tuple[str, ...]:
        """First path segments in order, without the token endpoint's."""
        return tuple(dict.fromkeys(operation.resource for operation in self.operations if operation.secured))

    @property
    def permissions(self) -> tuple[str, ...]:
        """Every permission that some operation needs, in order."""
        return tuple(dict.fromkeys(operation.permission for operation in self.operations if operation.permission))

    @property
    def schemas(self) -> Mapping[str, Schema]:
        """The named schemas, references resolved."""
        named = self.document.get("components", {}).get("schemas", {})
        return MappingProxyType({name: resolve(self.document, schema) for name, schema in named.items()})


@cache
def load_specification() -> Specification:
    """Read specs/openapi.yaml, once in a process: nobody changes what it holds."""
    document = load_yaml(FILE)
    if not isinstance(document, dict):
        message = f"{FILE}: holds no mapping"
        raise UsageError(message)
    return parse_specification(document)


def parse_specification(document: Schema, where: str = FILE) -> Specification:
    """Make a specification of a document, with an overlay applied or not; raises UsageError with all problems at once."""
    problems: list[str] = []
    operations: list[Operation] = []
    for path, method, item in _documented(document, where, problems):
        try:
            operations.append(_operation(document, path, method, item))
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            problems.append(f"{where}: {method.upper()} {path}: {_complaint(error)}")
    problems += [f"{where}: {it.label}: {problem}" for it in operations for problem in _contradictions(it)]
    if problems:
        raise UsageError("\n".join(problems))
    return Specification(document=document, operations=tuple(operations))


def resolve(document: Schema, part: Any, within: tuple[str, ...] = ()) -> Any:
    """Copy a part of the document with every local `$ref` replaced by what it points to.

    Raises ValueError for a reference that points nowhere, out of the document or into itself.
    """
    if isinstance(part, list):
        return [resolve(document, item, within) for item in part]
    if not isinstance(part, dict):
        return part
    siblings = {key: resolve(document, value, within) for key, value in part.items() if key != "$ref"}
    reference = part.get("$ref")
    if not isinstance(reference, str):
        return siblings if reference is None else siblings | {"$ref": resolve(document, reference, within)}
    if reference in within:
        message = f"$ref {reference} leads back to itself"
        raise ValueError(message)
    return resolve(document, _pointed(document, reference), (*within, reference)) | siblings


def _pointed(document: Schema, reference: str) -> Any:
    """Follow a JSON pointer (RFC 6901) from the document's root."""
    target: Any = document
    for step in reference.removeprefix("#/").split("/"):
        key = step.replace("~1", "/").replace("~0", "~")
        if not reference.startswith("#/") or not isinstance(target, dict) or key not in target:
            message = f"$ref {reference} points nowhere in this document"
            raise ValueError(message)
        target = target[key]
    return target


def _documented(document: Schema, where: str, problems: list[str]) -> Iterator[tuple[str, str, Schema]]:
    """Yield path, method and path item of every operation."""
    paths = document.get("paths")
    if not isinstance(paths, dict):
        problems.append(f"{where}: paths is no mapping of paths to operations")
        return
    for path, item in paths.items():
        if not path.startswith("/"):
            problems.append(f'{where}: {path}: is no path; it begins with "/"')
        elif isinstance(item, dict):
            yield from ((path, method, item) for method in METHODS if method in item)
        else:
            problems.append(f"{where}: {path}: is no mapping of methods to operations")


def _complaint(error: Exception) -> str:
    if not isinstance(error, KeyError):
        return str(error)
    missing = f"{error.args[0]} is missing"
    return f"{missing}; {PERMISSION_HINT}" if error.args[0] == "x-permission" else missing


def _contradictions(operation: Operation) -> Iterator[str]:
    """Find what one part of an operation says and another does not know of."""
    in_path = {parameter.name for parameter in operation.parameters if parameter.place is Place.PATH}
    for name in IN_PATH.findall(operation.path):
        if name not in in_path:
            yield f"the path holds {{{name}}}, but no parameter has this name and in: path"
    for place in operation.warehouses:
        parameter = operation.parameter(place.name) if place.name else None
        if place.name and place.place is not Place.BODY and (parameter is None or parameter.place is not place.place):
            yield f"x-warehouse names {place.name} in {place.place}, but no parameter has this name and place"


def _operation(document: Schema, path: str, method: str, item: Schema) -> Operation:
    raw = _mapping(resolve(document, item[method]), "the operation")
    source, responses = _mapping(raw["x-source"], "x-source"), _mapping(raw["responses"], "responses")
    shared = resolve(document, item.get("parameters", []))
    body_type, body_schema = _body(raw)
    security = raw if "security" in raw else document
    return Operation(
        method=method.upper(),
        path=path,
        operation_id=raw["operationId"],
        resource=path.strip("/").split("/")[0],
        permission=_permission(raw["x-permission"]),
        secured=any("bearerAuth" in option for option in security.get("security", [])),
        source=Source(page=source["page"], section=source["section"]),
        basis=raw.get("x-basis"),
        parameters=tuple(_parameter(parameter) for parameter in [*shared, *raw.get("parameters", [])]),
        body_schema=body_schema,
        body_type=body_type,
        responses=MappingProxyType({str(status): _response(str(status), it) for status, it in responses.items()}),
        warehouses=tuple(_place(place) for place in raw.get("x-warehouse", [])),
        spans_warehouses=raw.get("x-spans-warehouses", False),
        report=_place(raw["x-report"]) if "x-report" in raw else None,
        listing=_listing(_mapping(raw["x-list"], "x-list")) if "x-list" in raw else None,
        has_examples=_shows_example([*shared, *raw.get("parameters", []), raw.get("requestBody", {})]),
    )


def _shows_example(part: Any) -> bool:
    if isinstance(part, list):
        return any(map(_shows_example, part))
    if not isinstance(part, dict):
        return False
    return not {"example", "examples"}.isdisjoint(part) or any(map(_shows_example, part.values()))


def _mapping(raw: Any, name: str) -> Schema:
    if isinstance(raw, dict):
        return raw
    message = f"{name} is no mapping"
    raise ValueError(message)


def _permission(raw: object) -> str | None:
    if raw is None or (isinstance(raw, str) and raw):
        return raw
    message = f"x-permission must be a name or null; {PERMISSION_HINT}"
    raise ValueError(message)


def _parameter(raw: Schema) -> Parameter:
    return Parameter(
        name=raw["name"],
        place=Place(raw["in"]),
        required=raw.get("required", False),
        schema=raw.get("schema", {}),
        basis=raw.get("x-basis"),
    )


def _body(raw: Schema) -> tuple[str | None, Schema | None]:
    content = raw.get("requestBody", {}).get("content", {})
    for media_type, description in content.items():
        return media_type, description.get("schema")
    return None, None


def _response(status: str, raw: Schema) -> Response:
    json = _mapping(raw, f"response {status}").get("content", {}).get("application/json", {})
    return Response(
        status=status, schema=json.get("schema"), headers=tuple(raw.get("headers", {})), basis=raw.get("x-basis")
    )


def _place(raw: Schema) -> WarehousePlace:
    return WarehousePlace(
        place=Place(raw["in"]),
        name=raw.get("name"),
        via=Via(raw["via"]) if "via" in raw else None,
        role=Role(raw["role"]) if "role" in raw else None,
        filters=raw.get("filters", False),
    )


def _listing(raw: Schema) -> Listing:
    order, dates = raw.get("order"), raw.get("dates", {})
    return Listing(
        maximum=raw["maximum"],
        default=raw.get("default"),
        key=tuple(raw.get("key", ())),
        row_warehouse=raw.get("row-warehouse"),
        order=Order(by=tuple(order["by"]), direction=order["direction"]) if order else None,
        direction_case=LetterCase(raw.get("direction-case", LetterCase.UPPER)),
        modified=raw.get("modified"),
        start_field=dates.get("startDate"),
        end_field=dates.get("endDate"),
    )
