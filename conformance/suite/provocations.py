"""Which requests are likely to be refused, and do no harm where they are not: some for every documented operation."""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from conformance.contract.outcomes import Reason
from conformance.contract.permissions import Denial, expected
from conformance.contract.specification import Place
from conformance.errors import NotRun
from conformance.suite.exercises import quoted
from conformance.suite.subscriptions import is_owned
from conformance.target.wire import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from conformance.contract.specification import Operation, Parameter
    from conformance.suite.exercises import Workshop
    from conformance.target.session import Session

JSON = "application/json"
CREATE_ITEM = "POST /Item"
# Numbers of objects that do not exist are taken from here on: the last 100 million that fit into 32 bits with a sign.
FIRST_UNLIKELY, UNLIKELY_NUMBERS = 2_000_000_000, 100_000_000
# Documented parameters of lists with values that mean nothing; whether a target minds them is not documented.
SENSELESS = MappingProxyType({"page": "abc", "sort": "noSuchColumn", "direction": "sideways", "modifiedSince": "abc"})


class Provocation(StrEnum):
    """What is wrong with a request, or with who sends it."""

    NO_TOKEN = "without a token"  # noqa: S105 -- a kind of question
    GARBAGE = "with a token that was never issued"
    NO_PERMISSION = "by a client without the permission"
    READ_ONLY = "by a read-only client"
    FOREIGN_WAREHOUSE = "about a foreign warehouse"
    FOREIGN_REPORT = "about a foreign report"
    UNKNOWN_OBJECT = "about an object that does not exist"
    SENSELESS = "with senseless parameters"
    NO_PARAMETER = "without its required parameter"
    FEW_FIELDS = "with hardly any fields"
    CUT_OFF = "with JSON that is cut off"
    TRAILING = "with JSON and something after it"
    BARE_WORD = "with a bare word for JSON"
    UNQUOTED = "with unquoted names in JSON"
    CATEGORY_OBJECT = "with an object for the category"
    CATEGORY_WORD = "with a word for the category"
    DESCRIPTION_LIST = "with a list for the description"
    UNIT_OBJECT = "with an object for the unit"
    PLAIN_TEXT = "with JSON declared as text"
    DUPLICATE = "with the shortID of another item"
    HASTE = "that came too fast"


MALFORMED = (Provocation.CUT_OFF, Provocation.TRAILING, Provocation.BARE_WORD, Provocation.UNQUOTED)
# Each field goes by two names, and a target may know but one of them.
WRONG_TYPES: Mapping[Provocation, Mapping[str, Any]] = MappingProxyType(
    {
        Provocation.CATEGORY_OBJECT: {"categoryID": {"number": 1}, "category": {"number": 1}},
        Provocation.CATEGORY_WORD: {"categoryID": "no number", "category": "no number"},
        Provocation.DESCRIPTION_LIST: {"description": ["a", "list"]},
        Provocation.UNIT_OBJECT: {"unit": {"name": "EA"}, "uOM": {"name": "EA"}},
    }
)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request and who sends it; None: nobody, the request says itself what stands in place of a token.

    `creates` is the name of what comes into being where it is not refused.
    """

    request: Request
    session: Session | None
    creates: str | None = None


class Provocations:
    """Makes the requests of each kind, for the operations that the kind fits."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop
        self._world = workshop.world
        self._makers: dict[Provocation, Callable[[Operation], Attempt | None]] = {
            Provocation.NO_TOKEN: lambda operation: _attempt(self._harmless(operation), None),
            Provocation.GARBAGE: self._with_garbage,
            Provocation.NO_PERMISSION: lambda operation: self._denied(operation, Denial.PERMISSION),
            Provocation.READ_ONLY: lambda operation: self._denied(operation, Denial.READ_ONLY),
            Provocation.FOREIGN_WAREHOUSE: self._in_foreign_warehouse,
            Provocation.FOREIGN_REPORT: self._of_foreign_report,
            Provocation.UNKNOWN_OBJECT: self._of_unknown_object,
            Provocation.SENSELESS: self._with_senseless_parameters,
            Provocation.NO_PARAMETER: self._without_parameter,
            Provocation.FEW_FIELDS: self._with_few_fields,
            Provocation.CUT_OFF: lambda operation: self._malformed(operation, lambda text: text[:-1]),
            Provocation.TRAILING: lambda operation: self._malformed(operation, lambda text: f"{text} and more"),
            Provocation.BARE_WORD: lambda operation: self._malformed(operation, lambda _: "nonsense"),
            Provocation.UNQUOTED: lambda operation: self._malformed(operation, _unquoted),
            Provocation.PLAIN_TEXT: self._as_plain_text,
            Provocation.DUPLICATE: self._duplicate,
            # Comes by itself where it comes.
            Provocation.HASTE: lambda _: None,
            **{kind: self._changing(changes) for kind, changes in WRONG_TYPES.items()},
        }

    def make(self, provocation: Provocation, operation: Operation) -> Attempt | None:
        """The attempt of one kind, None where it does not fit the operation or no declared client may make it.

        Raises Undecided where something to make it of cannot be had.
        """
        return self._makers[provocation](operation)

    # --- about what is not there ---

    def _harmless(self, operation: Operation) -> Request:
        """A request about objects that do not exist, with next to nothing in its body."""
        path = operation.path
        for parameter in _required(operation, Place.PATH):
            path = path.replace("{" + parameter.name + "}", quoted(self._unlikely(parameter)))
        params = {parameter.name: self._unlikely(parameter) for parameter in _required(operation, Place.QUERY)}
        body: dict[str, Any] | None = {} if takes_json(operation) else None
        if operation.label == CREATE_ITEM:
            body = {"shortID": self._workshop.unique()}
        return Request(operation.method, path, params=params or None, json=body)

    def _unlikely(self, parameter: Parameter) -> object:
        """A value of the parameter's type that nothing on the target has."""
        text = self._workshop.unique()
        if parameter.schema.get("type") in {"integer", "number"}:
            return FIRST_UNLIKELY + zlib.crc32(text.encode()) % UNLIKELY_NUMBERS
        return text

    def _with_garbage(self, operation: Operation) -> Attempt:
        headers = {"Authorization": "Bearer garbage.that-was.never-issued"}
        return _attempt(replace(self._harmless(operation), headers=headers), None)

    def _of_unknown_object(self, operation: Operation) -> Attempt | None:
        if not [*_required(operation, Place.PATH), *_required(operation, Place.QUERY)]:
            return None
        return Attempt(self._harmless(operation), self._world.able(operation))

    # --- by those who may not ---

    def _denied(self, operation: Operation, reason: Denial) -> Attempt | None:
        session = self._denied_first(operation, reason)
        return None if session is None else _attempt(self._harmless(operation), session)

    def _in_foreign_warehouse(self, operation: Operation) -> Attempt | None:
        """Only for reading: a write that is not refused would change what is not the suite's own."""
        if operation.is_write or operation.warehouse is None:
            return None
        for warehouse in self._world.warehouses:
            session = self._denied_first(operation, Denial.WAREHOUSE, warehouse=warehouse)
            if session is not None:
                return Attempt(self._workshop.make(operation, warehouse).request, session)
        return None

    def _of_foreign_report(self, operation: Operation) -> Attempt | None:
        if operation.report is None:
            return None
        for report in self._world.reports:
            session = self._denied_first(operation, Denial.REPORT, report=report)
            if session is not None:
                return Attempt(self._workshop.report_request(operation, report), session)
        return None

    def _denied_first(
        self, operation: Operation, reason: Denial, *, warehouse: int | None = None, report: int | None = None
    ) -> Session | None:
        """A usable client that is to be refused for this reason alone, None where none is declared."""
        for session in self._world.by_width:
            if session.unusable is None:
                decision = expected(session.rights, operation, warehouse, report)
                if decision.reasons == (reason,):
                    return session
        return None

    # --- with parameters that are none ---

    def _with_senseless_parameters(self, operation: Operation) -> Attempt | None:
        params = {name: value for name, value in SENSELESS.items() if operation.parameter(name) is not None}
        if operation.is_write or not params or is_owned(operation):
            return None
        exercise = self._workshop.make(operation)
        places = () if exercise.warehouse is None else (exercise.warehouse,)
        report = self._world.reports[0] if operation.report is not None else None
        return Attempt(replace(exercise.request, params=params), self._world.able(operation, places, report))

    def _without_parameter(self, operation: Operation) -> Attempt | None:
        """Only where the parameter's own page calls it required; where it is taken to be, leaving it out may do harm."""
        stated = [parameter for parameter in _required(operation, Place.QUERY) if parameter.basis is None]
        if not stated:
            return None
        request = self._harmless(operation)
        left = {name: value for name, value in (request.params or {}).items() if name != stated[0].name}
        return Attempt(replace(request, params=left or None), self._world.able(operation))

    # --- with bodies that are wrong ---

    def _with_few_fields(self, operation: Operation) -> Attempt | None:
        """A body of one field that says nothing. Only where an example tells that the target may be written to so."""
        if not takes_json(operation) or operation.method != "POST" or "{" in operation.path:
            return None
        if operation.label == CREATE_ITEM:
            return _attempt(self._harmless(operation), self._world.able(operation))
        if operation.label not in self._world.target.examples:
            raise NotRun(
                Reason.NEEDS_EXAMPLE,
                f'the documentation gives no body for {operation.label}; give one as [examples."{operation.label}"]',
            )
        body = {"name": self._workshop.unique()}
        return Attempt(replace(self._harmless(operation), json=body), self._world.able(operation))

    def _malformed(self, operation: Operation, spoil: Callable[[str], str]) -> Attempt | None:
        """What would be a valid item but for its form; for other operations next to nothing, lest stock be moved."""
        if not takes_json(operation):
            return None
        body = {"name": self._workshop.unique()} if operation.label != CREATE_ITEM else self._new_item(operation)
        content = spoil(json.dumps(body)).encode()
        request = replace(self._harmless(operation), json=None, content=content, headers={"Content-Type": JSON})
        return Attempt(request, self._world.able(operation), creates=body.get("shortID"))

    def _changing(self, changes: Mapping[str, Any]) -> Callable[[Operation], Attempt | None]:
        def make(operation: Operation) -> Attempt | None:
            if operation.label != CREATE_ITEM:
                return None
            body = self._new_item(operation) | dict(changes)
            return Attempt(Request("POST", "/Item", json=body), self._world.able(operation), creates=body["shortID"])

        return make

    def _as_plain_text(self, operation: Operation) -> Attempt | None:
        if operation.label != CREATE_ITEM:
            return None
        body = self._new_item(operation)
        request = Request("POST", "/Item", content=json.dumps(body).encode(), headers={"Content-Type": "text/plain"})
        return Attempt(request, self._world.able(operation), creates=body["shortID"])

    def _duplicate(self, operation: Operation) -> Attempt | None:
        if operation.label != CREATE_ITEM:
            return None
        body = self._new_item(operation) | {"shortID": self._workshop.create()["shortID"]}
        return Attempt(Request("POST", "/Item", json=body), self._world.able(operation), creates=body["shortID"])

    def _new_item(self, operation: Operation) -> dict[str, Any]:
        """The body of a valid request; raises NotRun where the declared example has the shortID somewhere else."""
        body = self._workshop.make(operation).request.json
        if not isinstance(body, dict) or "shortID" not in body:
            raise NotRun(
                Reason.NEEDS_EXAMPLE,
                f'[examples."{operation.label}"] has no shortID of its own, so nothing can be made of it that must be refused',
            )
        return body


def takes_json(operation: Operation) -> bool:
    """Whether an operation takes a JSON body."""
    return operation.body_type == JSON


def _attempt(request: Request, session: Session | None) -> Attempt:
    body = request.json if isinstance(request.json, dict) else {}
    return Attempt(request, session, creates=body.get("shortID"))


def _required(operation: Operation, place: Place) -> Iterator[Parameter]:
    """The parameters of a place that a request cannot do without."""
    return (it for it in operation.parameters if it.place is place and (it.required or place is Place.PATH))


def _unquoted(text: str) -> str:
    return re.sub(r'"(\w+)":', r"\1:", text)
