"""Schemathesis: draws requests from the specification, sends them through the suite's own sessions, checks the answers.

The only module that imports it. Nothing of its command line, its pytest plugin or its configuration files is used.
"""

from __future__ import annotations

import contextlib
import copy
import os
from dataclasses import replace
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any, cast

import requests
import schemathesis
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

from conformance.contract.specification import Place
from conformance.suite.drawing import away_from_home, drawn, instead, seed_of, without_local_constants
from conformance.suite.flaws import flaws, texts
from conformance.suite.judging import judge
from conformance.suite.samples import DRAWN, EXAMPLE, JSON, Sample
from conformance.suite.survey import CONTENT_TYPE, DOCUMENTED_STATUS, NO_SERVER_ERROR, RESPONSE_SCHEMA
from conformance.target.answer import ABSENT
from conformance.target.wire import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from hypothesis.strategies import SearchStrategy
    from schemathesis.checks import CheckFunction
    from schemathesis.core.transport import Response
    from schemathesis.generation.case import Case

    from conformance.contract.specification import Operation, Specification
    from conformance.suite.survey import Heard
    from conformance.target.answer import Answer
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
# More are drawn than are sent: the first ones are simple and much alike.
DRAWN_BESIDES = 3
DECODED = frozenset({"content-encoding", "content-length", "transfer-encoding"})


class Generator:
    """Draws requests to each operation, the same ones for the same seed, and judges their answers."""

    def __init__(self, specification: Specification, base_url: str, *, seed: int) -> None:
        self._specification = specification
        self._seed = seed
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
        """All requests that the coverage phase draws for an operation, without credentials: every bound, every type."""
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

    def examples(self, label: str) -> list[Sample]:
        """Requests with the values that the document gives as examples; what has none is drawn."""
        strategies = self._operations[label].get_strategies_from_examples()
        return [
            sample
            for number, strategy in enumerate(strategies)
            for sample in self._drawn(strategy.map(_sample), 1, EXAMPLE, label, number)
        ]

    def drawn(self, label: str, number: int) -> tuple[list[Sample], list[Sample]]:
        """Up to `number` requests to an operation that are as documented, and as many that have a flaw."""
        operation = self._specification[label]
        if operation.is_write:
            right = texts(operation)
        else:
            cases = self._operations[label].as_strategy(generation_mode=GenerationMode.POSITIVE, feedback=NO_FEEDBACK)
            right = cases.map(_sample)
        flawed = flaws(operation)
        return self._drawn(right, number, DRAWN, label, "right"), self._drawn(flawed, number, DRAWN, label, "flawed")

    def _drawn(
        self, strategy: SearchStrategy[Sample] | None, number: int, scenario: str, *words: object
    ) -> list[Sample]:
        if strategy is None:
            return []
        found = drawn(strategy, number + DRAWN_BESIDES, seed=seed_of(self._seed, scenario, *words))
        return [replace(sample, scenario=scenario) for sample in found[-number:]]

    def ask(self, operation: Operation, sample: Sample, session: Session) -> Heard:
        """Send a request as a client and check its answer.

        Raises what the suite's own requests raise: NoAnswerError, Blocked (the target is gone), Inconclusive (429).
        """
        case = self._case(operation.label, sample)
        given: dict[str, Any] = {} if sample.raw is None else {"data": sample.raw}
        with self._courier.sent_by(session, repeatable=True if sample.negative else None) as answers:
            response = case.call(session=self._transport, **given)
        [answer] = answers
        return judge(operation, sample, answer, partial(_violates, case, response))

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


def _violates(case: Case[Any], response: Response, requirement: str) -> bool:
    """Whether an answer breaks a requirement that Schemathesis has a check for."""
    if requirement == RESPONSE_SCHEMA:
        # JSON under another name is the business of the content type alone.
        response.headers["content-type"] = [JSON]
    try:
        case.validate_response(response, checks=[cast("CheckFunction", CHECKS.get_one(CHECK_FOR[requirement]))])
    except FailureGroup:
        return True
    return False


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
    with away_from_home():
        yield Generator(specification, base_url, seed=seed)


def _without_search() -> contextlib.AbstractContextManager[None]:
    """Spare Schemathesis a search of half a second for values outside an enumeration; it comes to the first of these."""
    return instead(coverage, "_invalid_enum_candidates", lambda: ("AAA", "AAB"))


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
