"""Schemathesis: draws requests from the specification, sends them through the suite's own sessions, checks the answers.

The only module that imports it. Nothing of its command line, its pytest plugin or its configuration files is used.
"""

from __future__ import annotations

import contextlib
import copy
import gzip
import json
import os
import sys
import tempfile
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any, cast

import hypothesis.configuration
import jsonschema_rs
import requests
import schemathesis
from hypothesis.internal import charmap
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from requests.adapters import HTTPAdapter
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core import NOT_SET
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.generation.drivers import CoverageGenerator
from schemathesis.generation.feedback import NO_FEEDBACK
from schemathesis.generation.overrides import Override
from schemathesis.specs.openapi.coverage import _schema as coverage
from urllib3 import HTTPHeaderDict, HTTPResponse

from conformance.contract.outcomes import Reason
from conformance.contract.specification import Place
from conformance.suite.samples import JSON, Sample
from conformance.suite.survey import (
    CONTENT_TYPE,
    DOCUMENTED_STATUS,
    INVALID_INPUT,
    NO_SERVER_ERROR,
    RESPONSE_SCHEMA,
    Heard,
    Problem,
)
from conformance.target.answer import ABSENT, Answer
from conformance.target.wire import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import ModuleType

    from schemathesis.checks import CheckFunction
    from schemathesis.core.transport import Response
    from schemathesis.generation.case import Case

    from conformance.contract.specification import Operation, Specification
    from conformance.target.session import Session

# The check of Schemathesis that asks for each requirement. That bad input is refused is judged here: its own check
# for it (negative_data_rejection) refuses much that the documentation leaves open.
CHECK_FOR = {
    NO_SERVER_ERROR: "not_a_server_error",
    DOCUMENTED_STATUS: "status_code_conformance",
    CONTENT_TYPE: "content_type_conformance",
    RESPONSE_SCHEMA: "response_schema_conformance",
}

# Headers that the suite sets itself; all others are part of the question.
OWN_HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "cookie",
        "user-agent",
        "x-schemathesis-testcaseid",
    }
)
DECODED = frozenset({"content-encoding", "content-length", "transfer-encoding"})
LONGEST_VALUE = 120


class Generator:
    """Draws the requests of the coverage phase, the same ones each time, and judges their answers."""

    def __init__(self, specification: Specification, base_url: str, *, seed: int) -> None:
        load_all_checks()
        settings = {
            "seed": seed,
            "base-url": base_url,
            "max-redirects": 0,
            "warnings": False,
            "cache": {"enabled": False},
            "generation": {"database": "none"},
            # It would try undocumented methods on real paths otherwise.
            "phases": {"coverage": {"unexpected-methods": []}},
        }
        with without_foreign_hooks():
            config = schemathesis.Config.from_dict(settings)
            schema = schemathesis.openapi.from_dict(_open(specification.document), config=config)
        found = [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]
        self._operations = {operation.label: operation for operation in found}
        self._courier = _Courier()
        self._transport = requests.Session()
        # What the environment says of proxies and credentials (.netrc) must not reach the target.
        self._transport.trust_env = False
        for scheme in ("https://", "http://"):
            self._transport.mount(scheme, self._courier)

    def samples(self, label: str) -> list[Sample]:
        """All requests that the coverage phase draws for an operation, without credentials."""
        operation = self._operations[label]
        config = operation.schema.config.generation_for(operation=operation, phase="coverage")
        cases = CoverageGenerator(
            operation=operation,
            generation_modes=list(GenerationMode),
            generation_config=config,
            auth_storage=None,
            override=Override(),
            feedback=NO_FEEDBACK,
        )
        with without_local_constants(), _without_search():
            return [_sample(case) for case in cases]

    def ask(self, operation: Operation, sample: Sample, session: Session) -> Heard:
        """Send a request as a client and check its answer.

        Raises what the suite's own requests raise: NoAnswerError, Blocked (the target is gone), Inconclusive (429).
        """
        case = self._case(operation.label, sample)
        given: dict[str, Any] = {} if sample.raw is None else {"data": sample.raw}
        with self._courier.sent_by(session, repeatable=True if sample.negative else None) as answers:
            response = case.call(session=self._transport, **given)
        [answer] = answers
        return _Exchange(operation, sample, answer, case, response).heard()

    def _case(self, label: str, sample: Sample) -> Case[Any]:
        bare = sample.body is ABSENT
        case: Case[Any] = self._operations[label].Case(
            path_parameters=dict(sample.path),
            query=dict(sample.query),
            headers=dict(sample.headers),
            body=NOT_SET if bare else sample.body,
            media_type=None if bare else JSON,
        )
        return case


def _open(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document without security: the courier adds the token, and no request is spent on leaving it out."""
    opened = copy.deepcopy(dict(document))
    opened.pop("security", None)
    for item in opened["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict):
                operation.pop("security", None)
    return opened


def _sample(case: Case[Any]) -> Sample:
    assert case.meta is not None
    data = case.meta.phase.data
    location = data.parameter_location
    place = None if location is None else Place(location.value)
    return Sample(
        words=data.description or "",
        negative=case.meta.generation.mode is GenerationMode.NEGATIVE,
        scenario=str(getattr(data, "scenario", "")),
        parameter=None if place is Place.BODY else data.parameter,
        place=place,
        path=dict(case.path_parameters),
        query=dict(case.query),
        headers=dict(case.headers),
        body=ABSENT if case.body is NOT_SET else case.body,
    )


# --- what surrounds the generator ---


@contextlib.contextmanager
def generating(specification: Specification, base_url: str, *, seed: int) -> Iterator[Generator]:
    """A generator for a target; what Hypothesis writes goes to a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as home:
        hypothesis.configuration.set_hypothesis_home_dir(home)
        _spare_a_search()
        try:
            yield Generator(specification, base_url, seed=seed)
        finally:
            hypothesis.configuration.set_hypothesis_home_dir(None)


def _spare_a_search() -> None:
    """Put a table into the folder of Hypothesis that it would otherwise work out for seconds.

    Which characters UTF-8 can write is known: all but the surrogates. Should Hypothesis come to look for the table
    under another name, this one would be useless but do no harm.
    """
    table = charmap.charmap_file("codec-v2-utf-8")
    table.parent.mkdir(parents=True, exist_ok=True)
    encodable = [(0, 0xD7FF), (0xE000, sys.maxunicode)]
    table.write_bytes(gzip.compress(json.dumps([encodable, []]).encode()))


@contextlib.contextmanager
def without_local_constants() -> Iterator[None]:
    """Keep the texts and numbers of local modules out of what Hypothesis draws: a secret may be among them.

    It collects them from every imported module outside site-packages and has no switch for it. Without this, what is
    drawn would also depend on which modules happen to be there.
    """
    nothing = Constants()
    with _instead(providers, "_get_local_constants", lambda: nothing):
        yield


def _without_search() -> contextlib.AbstractContextManager[None]:
    """Spare Schemathesis a search of half a second for values outside an enumeration; it comes to the first of these."""
    return _instead(coverage, "_invalid_enum_candidates", lambda: ("AAA", "AAB"))


@contextlib.contextmanager
def _instead(module: ModuleType, name: str, value: object) -> Iterator[None]:
    """Put a value in the place of one that a module keeps to itself, if it still does."""
    original = getattr(module, name, None)
    if original is None:
        yield
        return
    setattr(module, name, value)
    try:
        yield
    finally:
        setattr(module, name, original)


@contextlib.contextmanager
def without_foreign_hooks() -> Iterator[None]:
    """Keep Schemathesis from importing the module that SCHEMATHESIS_HOOKS names."""
    hooks = os.environ.pop("SCHEMATHESIS_HOOKS", None)
    try:
        yield
    finally:
        if hooks is not None:
            os.environ["SCHEMATHESIS_HOOKS"] = hooks


# --- the way to the target ---


class _Courier(HTTPAdapter):
    """Hands a prepared request to a session of the suite: its token, limiter, transcript, TLS context and retries."""

    def __init__(self) -> None:
        super().__init__()
        self._ask: Callable[[Request], Answer] | None = None
        self._answers: list[Answer] = []

    @contextlib.contextmanager
    def sent_by(self, session: Session, *, repeatable: bool | None) -> Iterator[list[Answer]]:
        """Send what is sent within as a client of the suite; gives the list that its answers come into."""
        self._ask, self._answers = partial(session.ask, repeatable=repeatable), []
        try:
            yield self._answers
        finally:
            self._ask = None

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Send it and dress the answer as one of `requests`."""
        content = request.body.encode() if isinstance(request.body, str) else request.body
        headers = {name: _text(value) for name, value in request.headers.items() if name.lower() not in OWN_HEADERS}
        asked = Request(str(request.method), str(request.url), content=content, headers=headers)
        assert self._ask is not None
        answer = self._ask(asked)
        self._answers.append(answer)
        kept = [(name, value) for name, value in answer.headers.multi_items() if name.lower() not in DECODED]
        raw = HTTPResponse(
            body=BytesIO(answer.content), headers=HTTPHeaderDict(kept), status=answer.code, preload_content=False
        )
        response: requests.Response = self.build_response(request, raw)
        return response


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")


# --- judging ---


@dataclass(frozen=True, slots=True)
class _Exchange:
    """One sample with its answer, in the suite's terms and in those of Schemathesis."""

    operation: Operation
    sample: Sample
    answer: Answer
    case: Case[Any]
    response: Response

    def heard(self) -> Heard:
        """Check the answer against every requirement that it says something about."""
        exercised = frozenset(self._exercised())
        problems = [self._check(requirement) for requirement in CHECK_FOR if requirement in exercised]
        if INVALID_INPUT in exercised and self.answer.accepted and not _holds(self.answer.json, self.sample.echo):
            problems.append(
                self._problem(INVALID_INPUT, Reason.ACCEPTED, "accepted", "a refusal (4xx)", "it is accepted")
            )
        return Heard(self.answer, exercised, tuple(problem for problem in problems if problem is not None))

    def _exercised(self) -> Iterator[str]:
        """Name the requirements that the answer says something about."""
        code = self.answer.code
        # Who is not let in learns nothing about the operation; 501 is documented for what is not available.
        if code in {401, 403, 429, 501}:
            return
        yield NO_SERVER_ERROR
        if code >= 500:
            return
        if self.sample.refuse:
            yield INVALID_INPUT
        # Odd requests meet refusals that the documentation does not mention (405, 413, 415, 422): any 4xx will do.
        if not (self.sample.negative and 400 <= code < 500):
            yield DOCUMENTED_STATUS
        documented = self.operation.response(code)
        if documented is None or documented.schema is None:
            return
        if self.answer.content:
            yield CONTENT_TYPE
        if self.answer.accepted and not self.sample.loose:
            yield RESPONSE_SCHEMA

    def _check(self, requirement: str) -> Problem | None:
        if requirement == RESPONSE_SCHEMA:
            # JSON under another name is the business of the content type alone.
            self.response.headers["content-type"] = [JSON]
        try:
            self.case.validate_response(
                self.response, checks=[cast("CheckFunction", CHECKS.get_one(CHECK_FOR[requirement]))]
            )
        except FailureGroup:
            return self._told(requirement)
        return None

    def _told(self, requirement: str) -> Problem:
        code = str(self.answer.code)
        if requirement == NO_SERVER_ERROR:
            return self._problem(
                requirement, Reason.SERVER_ERROR, code, "no server error", f"the target fails with {code}"
            )
        if requirement == DOCUMENTED_STATUS:
            documented = ", ".join(status for status in self.operation.responses if not status.startswith("5"))
            what = f"{code} is not documented"
            return self._problem(requirement, Reason.WRONG_VALUE, code, f"one of {documented}", what)
        if requirement == RESPONSE_SCHEMA:
            return self._told_of_body()
        told = self.answer.headers.get("Content-Type")
        if told is None:
            return self._problem(requirement, Reason.MISSING, "none", JSON, "the answer has no Content-Type")
        return self._problem(requirement, Reason.WRONG_VALUE, told, JSON, f"the answer is of type {told}")

    def _told_of_body(self) -> Problem:
        """Tell the most particular of the deviations: that an alternative as a whole does not fit says little."""
        if self.answer.json is ABSENT:
            what = "the body is no JSON" if self.answer.content else "the answer has no body"
            return self._problem(RESPONSE_SCHEMA, Reason.WRONG_VALUE, what, "a JSON value", what)
        documented = self.operation.response(self.answer.code)
        assert documented is not None
        assert documented.schema is not None
        # Its own validator tells where; that of Schemathesis has conditions rewritten and tells only that they fail.
        errors = jsonschema_rs.validator_for(documented.schema).iter_errors(self.answer.json)
        found = max(errors, key=_particularity, default=None)
        if found is None:
            what = "the body is not as documented"
            return self._problem(RESPONSE_SCHEMA, Reason.WRONG_VALUE, what, "the documented fields and types", what)
        keyword = str(found.schema_path[-1])
        place = "".join("[]" if isinstance(step, int) else f".{step}" for step in found.instance_path).lstrip(".")
        reason = Reason.MISSING if keyword == "required" else Reason.WRONG_VALUE
        what = f"{place or 'the body'} is not as documented: {_shortened(found.message)}"
        return self._problem(RESPONSE_SCHEMA, reason, f"{place} {keyword}", "the documented fields and types", what)

    def _problem(self, requirement: str, reason: Reason, kind: str, expected: str, what: str) -> Problem:
        message = f"{self.operation.label}, {self.sample.words}: {what}"
        return Problem(requirement, reason, kind, message, expected, repr(self.answer), (self.answer.exchange,))


def _particularity(error: jsonschema_rs.ValidationError) -> tuple[bool, int]:
    keyword = error.schema_path[-1] if error.schema_path else ""
    return keyword not in {"anyOf", "oneOf", "allOf", "if", "then", "else"}, len(error.instance_path)


def _shortened(text: str) -> str:
    """The end of a violation says what is wrong; the value before it may be long."""
    return text if len(text) <= 2 * LONGEST_VALUE else f"{text[:LONGEST_VALUE]} ... {text[-LONGEST_VALUE:]}"


def _holds(body: Any, text: str | None) -> bool:
    """Whether a JSON value holds a text as one of its values: the target then takes it for a name of its own."""
    if isinstance(body, dict):
        return any(_holds(value, text) for value in body.values())
    if isinstance(body, list):
        return any(_holds(value, text) for value in body)
    return isinstance(body, str) and body == text
