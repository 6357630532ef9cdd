"""The API as documented: specs/openapi.yaml read into frozen operations."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from conformance.contract.catalogue import Source
from conformance.contract.resources import load_yaml
from conformance.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FILE = "specs/openapi.yaml"
METHODS = ("get", "post", "put", "delete", "patch")
WRITES = frozenset({"POST", "PUT", "DELETE", "PATCH"})

Schema = dict[str, Any]
"""A JSON schema, or another part of the document, as plain JSON values."""


class Place(StrEnum):
    """Where something stands in an exchange."""

    PATH = "path"
    QUERY = "query"
    HEADER = "header"
    COOKIE = "cookie"
    BODY = "body"
    ROWS = "rows"


class Via(StrEnum):
    """What has to be read to learn the warehouse of the value given."""

    SPOT = "spot"
    LOT = "lot"


class Role(StrEnum):
    """Which end of a stock movement a warehouse is."""

    SOURCE = "source"
    DESTINATION = "destination"


@dataclass(frozen=True, slots=True)
class WarehousePlace:
    """Where a warehouse stands: a parameter, the body (name open where it is undocumented), or the rows of the answer.

    `filters` marks a parameter that only narrows a list: a foreign warehouse there may as well give no rows.
    """

    place: Place
    name: str | None = None
    via: Via | None = None
    role: Role | None = None
    filters: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """The stated default order of a list: one of the fields in `by`, ascending (`ASC`) or descending (`DESC`)."""

    by: tuple[str, ...]
    direction: str


@dataclass(frozen=True, slots=True)
class Listing:
    """How a list is paged: largest and default page, the fields that tell rows apart, where a row shows its warehouse."""

    maximum: int
    default: int | None = None
    key: tuple[str, ...] = ()
    row_warehouse: str | None = None
    order: Order | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter with its schema, references resolved."""

    name: str
    place: Place
    required: bool
    schema: Schema = field(hash=False)


@dataclass(frozen=True, slots=True)
class Response:
    """What one status (`200`, `2XX`) promises; `schema` is None where the shape is not documented or there is no body."""

    status: str
    schema: Schema | None = field(hash=False)
    headers: tuple[str, ...] = ()
    basis: str | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path, such as `POST /Item`."""

    method: str
    path: str
    operation_id: str
    resource: str
    permission: str | None
    secured: bool
    source: Source
    basis: str | None
    parameters: tuple[Parameter, ...]
    body_schema: Schema | None = field(hash=False)
    body_type: str | None
    responses: Mapping[str, Response] = field(hash=False)
    warehouses: tuple[WarehousePlace, ...] = ()
    report: WarehousePlace | None = None
    listing: Listing | None = None

    @property
    def label(self) -> str:
        """Method and path, as in `POST /Item`."""
        return f"{self.method} {self.path}"

    @property
    def has_body(self) -> bool:
        """Whether the operation takes a request body."""
        return self.body_type is not None

    @property
    def is_write(self) -> bool:
        """Whether the read-only rule concerns it: every POST, PUT and DELETE but the token request, which reading needs too."""
        return self.method in WRITES and self.secured

    @property
    def warehouse(self) -> WarehousePlace | None:
        """The place where the request itself names a warehouse, the first of them if there are two."""
        return next((place for place in self.warehouses if place.place is not Place.ROWS), None)

    @property
    def over_all_warehouses(self) -> bool:
        """Whether the answer spans warehouses: for a scoped client it may be filtered or refused."""
        return any(place.place is Place.ROWS for place in self.warehouses)

    @property
    def list_maximum(self) -> int | None:
        """The largest page of a list, None for what is no list."""
        return self.listing.maximum if self.listing else None

    def parameter(self, name: str) -> Parameter | None:
        """Find a parameter by its name."""
        return next((parameter for parameter in self.parameters if parameter.name == name), None)

    def response(self, status: int) -> Response | None:
        """Find what is documented for a status, by itself or as part of a range such as `2XX`."""
        return self.responses.get(str(status)) or self.responses.get(f"{status // 100}XX")

    def __repr__(self) -> str:
        return f"<{self.label}>"


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
        if isinstance(item, dict):
            yield from ((path, method, item) for method in METHODS if method in item)
        else:
            problems.append(f"{where}: {path}: is no mapping of methods to operations")


def _complaint(error: Exception) -> str:
    return f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)


def _operation(document: Schema, path: str, method: str, item: Schema) -> Operation:
    raw = resolve(document, item[method])
    shared = resolve(document, item.get("parameters", []))
    body_type, body_schema = _body(raw)
    return Operation(
        method=method.upper(),
        path=path,
        operation_id=raw["operationId"],
        resource=path.strip("/").split("/")[0],
        permission=raw["x-permission"],
        secured=any("bearerAuth" in option for option in raw.get("security", document.get("security", []))),
        source=Source(page=raw["x-source"]["page"], section=raw["x-source"]["section"]),
        basis=raw.get("x-basis"),
        parameters=tuple(_parameter(parameter) for parameter in [*shared, *raw.get("parameters", [])]),
        body_schema=body_schema,
        body_type=body_type,
        responses=MappingProxyType(
            {str(status): _response(str(status), it) for status, it in raw["responses"].items()}
        ),
        warehouses=tuple(_place(place) for place in raw.get("x-warehouse", [])),
        report=_place(raw["x-report"]) if "x-report" in raw else None,
        listing=_listing(raw["x-list"]) if "x-list" in raw else None,
    )


def _parameter(raw: Schema) -> Parameter:
    return Parameter(
        name=raw["name"], place=Place(raw["in"]), required=raw.get("required", False), schema=raw.get("schema", {})
    )


def _body(raw: Schema) -> tuple[str | None, Schema | None]:
    content = raw.get("requestBody", {}).get("content", {})
    for media_type, description in content.items():
        return media_type, description.get("schema")
    return None, None


def _response(status: str, raw: Schema) -> Response:
    json = raw.get("content", {}).get("application/json", {})
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
    order = raw.get("order")
    return Listing(
        maximum=raw["maximum"],
        default=raw.get("default"),
        key=tuple(raw.get("key", ())),
        row_warehouse=raw.get("row-warehouse"),
        order=Order(by=tuple(order["by"]), direction=order["direction"]) if order else None,
    )
