"""One documented operation as frozen facts: what it takes, what it answers, what it is about."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.contract.catalogue import Source

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


class LetterCase(StrEnum):
    """How a list's own page writes the directions of a sort: `ASC` and `DESC`, or `asc` and `desc`."""

    UPPER = "upper"
    LOWER = "lower"


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
    """How a list is paged, and which fields of its rows (None: none) the parameters of lists are about.

    `key`: the fields that tell rows apart; `row_warehouse`: where a row shows its warehouse; `modified`: what
    modifiedSince compares; `start_field`, `end_field`: what startDate and endDate bound, inclusively.
    """

    maximum: int
    default: int | None = None
    key: tuple[str, ...] = ()
    row_warehouse: str | None = None
    order: Order | None = None
    direction_case: LetterCase = LetterCase.UPPER
    modified: str | None = None
    start_field: str | None = None
    end_field: str | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter with its schema, references resolved; `basis` is None where it is stated."""

    name: str
    place: Place
    required: bool
    schema: Schema = field(hash=False)
    basis: str | None = None


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
    spans_warehouses: bool = False
    """Whether the answer may be of several warehouses without telling of which; who may see only some is then open."""
    report: WarehousePlace | None = None
    listing: Listing | None = None
    has_examples: bool = False
    """Whether the document shows a value of something that the operation takes."""

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

    def promises(self, name: str) -> bool:
        """Tell whether the documentation states a parameter, and no table that should name it leaves it out."""
        parameter = self.parameter(name)
        return parameter is not None and parameter.basis is None

    def response(self, status: int) -> Response | None:
        """Find what is documented for a status, by itself or as part of a range such as `2XX`."""
        return self.responses.get(str(status)) or self.responses.get(f"{status // 100}XX")

    def __repr__(self) -> str:
        return f"<{self.label}>"
