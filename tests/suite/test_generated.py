"""Generated requests: always the same ones, harmless, without secrets, and judged by the documentation alone."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import itertools
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote

import httpx
import pytest
from hypothesis.internal.conjecture import providers

from conformance.contract.outcomes import Outcome, Reason
from conformance.contract.specification import Operation, Place, load_specification, parse_specification
from conformance.errors import Blocked, NotRun
from conformance.suite.drawing import without_local_constants
from conformance.suite.exercises import Workshop
from conformance.suite.generated import Generator, generating
from conformance.suite.harmless import MOST_SAMPLES, harmless
from conformance.suite.run import Finding, Ledger
from conformance.suite.samples import Known, Sample, known_of, valid
from conformance.suite.survey import ALL, Heard, Survey
from conformance.target.access import Access, connect, open_access, prove_clients
from conformance.target.answer import ABSENT, Answer
from conformance.target.clock import Interval
from conformance.target.file import load_target
from conformance.target.recorder import CURRENT, Evidence
from conformance.target.wire import Request

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.target.session import Session

BASE = "https://inventory.example/api/v1"
PREFIX = "CT0A1B"
# No longer than twenty characters: Hypothesis leaves longer ones of a local module alone.
TOKEN = "token-4f9d2b7c61e8a3"
SECRET = "secret-91c7e05d3ab"
CREATED = "2024-03-15T10:30:00"

SPECIFICATION = load_specification()
SECURED = [operation.label for operation in SPECIFICATION if operation.secured]
WRITES = [operation.label for operation in SPECIFICATION if operation.is_write]

NEW_ITEM = {"shortID": f"{PREFIX}-000", "description": f"Item {PREFIX}-000", "unit": "EA", "categoryID": 5}
OLD_ITEM = NEW_ITEM | {"partNo": 4712, "description": f"Changed by {PREFIX}-000"}
SUBSCRIPTION = {
    "name": f"Test {PREFIX}-000",
    "url": f"https://receiver.invalid/{PREFIX}-000",
    "events": "inventory.received",
    "payloadMode": 2,
}
VALID = {
    "GET /Item/{item}": Request("GET", "/Item/4711"),
    "GET /Inventory/{wid}": Request("GET", "/Inventory/7", params={"page": 1, "pageSize": 10}),
    "GET /Inventory/StockLevels/{wid}": Request("GET", "/Inventory/StockLevels/7"),
    "GET /Location": Request("GET", "/Location", params={"wid": 7}),
    "GET /Location/{spot}": Request("GET", "/Location/X-99"),
    "GET /Category/{id}": Request("GET", "/Category/12"),
    "GET /Vendor/{id}": Request("GET", "/Vendor/SMITH"),
    "GET /Report/{id}": Request("GET", "/Report/31"),
    "GET /Webhook/{id}": Request("GET", "/Webhook/81"),
    "GET /Webhook/{id}/log": Request("GET", "/Webhook/81/log"),
    "POST /Item": Request("POST", "/Item", json=NEW_ITEM),
    "PUT /Item": Request("PUT", "/Item", json=OLD_ITEM),
    "POST /Webhook": Request("POST", "/Webhook", json=SUBSCRIPTION),
    "PUT /Webhook/{id}": Request("PUT", "/Webhook/82", json={"rec": 82, "active": True, **SUBSCRIPTION}),
}
OWN_PATHS = {"PUT /Webhook/{id}": {"id": "82"}}
IDENTIFIERS = {"key": "SKU-77", "type": "id", "Category": 12}


@pytest.fixture(scope="module")
def generator() -> Iterator[Generator]:
    """Draws from the specification as it is shipped."""
    with generating(SPECIFICATION, BASE, seed=0) as made:
        yield made


def known(operation: Operation) -> Known:
    """What a target could have shown that has something of every kind."""
    if operation.label not in VALID and "{" in operation.path:
        return Known()
    request = VALID.get(operation.label, Request(operation.method, operation.path))
    return known_of(operation, request, **(IDENTIFIERS if operation.label == "GET /Item" else {}))


def sent(generator: Generator, label: str) -> list[Sample]:
    """The samples that would be sent, with the run's names counted up from one."""
    operation = SPECIFICATION[label]
    numbers = iter(range(1, 1000))
    return harmless(operation, generator.samples(label), known(operation), lambda: f"{PREFIX}-{next(numbers):03d}")


def sent_at_random(generator: Generator, label: str, most: int = 5) -> list[Sample]:
    """The same for what is drawn at random."""
    operation, numbers = SPECIFICATION[label], itertools.count(1)

    def unique() -> str:
        return f"{PREFIX}-{next(numbers):03d}"

    right, flawed = generator.drawn(label, most)
    return [
        *harmless(operation, right, known(operation), unique, most),
        *harmless(operation, flawed, known(operation), unique, most),
    ]


def corpus(generator: Generator) -> str:
    """A hash over everything that would be sent, in order."""
    wire = [
        (label, sample.wire_form)
        for label in SECURED
        for sample in (*sent(generator, label), *sent_at_random(generator, label))
    ]
    return hashlib.sha256(json.dumps(wire).encode()).hexdigest()


# --- always the same, and nothing from outside ---


def test_the_same_requests_are_drawn_each_time(generator: Generator) -> None:
    """Twice by one generator, and by another one that is made anew."""
    first = corpus(generator)

    with generating(SPECIFICATION, BASE, seed=0) as other:
        assert corpus(other) == first
    assert corpus(generator) == first


def test_what_is_drawn_at_random_depends_on_the_seed_alone(generator: Generator) -> None:
    """For each operation by itself: not on which were asked before it; another seed draws something else."""
    label = "GET /Location"
    with generating(SPECIFICATION, BASE, seed=0) as other:
        assert other.drawn(label, 5) == generator.drawn(label, 5)

    with generating(SPECIFICATION, BASE, seed=1) as other:
        assert other.drawn(label, 5) != generator.drawn(label, 5)


def test_nothing_around_changes_what_is_drawn_and_nothing_is_left_behind(generator: Generator, tmp_path: Path) -> None:
    """Another hash seed, a CI machine, foreign hooks and configuration, a local module with a secret in it."""
    (tmp_path / "schemathesis.toml").write_text("this is no TOML")
    (tmp_path / "local_secrets.py").write_text(f"SECRET = {SECRET!r}\nNUMBER = 918273645546372819\n")
    before = sorted(tmp_path.iterdir())
    program = (
        "import importlib.util, sys\n"
        "import local_secrets\n"
        f"spec = importlib.util.spec_from_file_location('own', {__file__!r})\n"
        "own = importlib.util.module_from_spec(spec)\n"
        "sys.modules['own'] = own\n"
        "spec.loader.exec_module(own)\n"
        "with own.generating(own.SPECIFICATION, own.BASE, seed=0) as made:\n"
        "    print(own.corpus(made))\n"
    )
    foreign = {
        "PYTHONHASHSEED": "77",
        "CI": "1",
        "SCHEMATHESIS_HOOKS": "no_such_module",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    environment = os.environ | foreign | {"PYTHONPATH": str(tmp_path)}

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == corpus(generator)
    assert sorted(tmp_path.iterdir()) == before


def test_no_text_of_a_local_module_is_drawn(tmp_path: Path) -> None:
    """Hypothesis would take them from every module that is not installed; there is a secret in one."""
    path = tmp_path / "local_module_with_a_secret.py"
    path.write_text(f"SECRET = {SECRET!r}\n")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    try:
        spec.loader.exec_module(module)

        with without_local_constants():
            within = set(providers._get_local_constants().strings)
        outside = set(providers._get_local_constants().strings)
    finally:
        del sys.modules[path.stem]

    assert within == set()
    assert SECRET in outside


def test_shortcuts_change_nothing_that_is_drawn(generator: Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is put in the place of a slow search is what the search finds; where the names are gone it just takes longer."""
    drawn = generator.samples("GET /Item")

    monkeypatch.setattr("conformance.suite.generated._without_search", contextlib.nullcontext)

    assert generator.samples("GET /Item") == drawn


def test_no_secret_is_drawn(generator: Generator) -> None:
    """This very module holds two."""
    drawn = repr([(generator.samples(label), generator.drawn(label, 5)) for label in SECURED])

    assert SECRET not in drawn
    assert TOKEN not in drawn


def test_schemathesis_is_loaded_only_when_a_check_needs_it() -> None:
    """Collecting the checks leaves it alone: a run of another profile must start fast."""
    program = (
        "import sys\n"
        "import conformance.suite.test_properties\n"
        "heavy = [name for name in ('schemathesis', 'hypothesis', 'requests') if name in sys.modules]\n"
        "assert not heavy, heavy\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


# --- harmless ---


def all_sent(generator: Generator, label: str) -> list[Sample]:
    """At every bound and at random."""
    return [*sent(generator, label), *sent_at_random(generator, label, most=40)]


@pytest.mark.parametrize("label", WRITES)
def test_a_write_names_nothing_but_objects_of_this_run(generator: Generator, label: str) -> None:
    """Every identifier in path and query begins with the run's prefix or is the suite's own, and none is left out."""
    operation = SPECIFICATION[label]
    needed = {parameter.name for parameter in operation.parameters if parameter.required}

    for sample in all_sent(generator, label):
        assert set(sample.path) | set(sample.query) == needed
        if sample.path != OWN_PATHS.get(label):
            assert all(str(value).startswith(PREFIX) for value in (*sample.path.values(), *sample.query.values()))


@pytest.mark.parametrize("label", [label for label in WRITES if not SPECIFICATION[label].has_body])
def test_a_write_without_body_is_about_nothing(generator: Generator, label: str) -> None:
    """Nothing is deleted, held, released or tested: the name is one that was never given, with whatever behind it."""
    fresh = re.compile(rf"{PREFIX}-\d{{3}}")
    samples = all_sent(generator, label)

    assert len(samples) > 20
    for sample in samples:
        assert sample.negative
        [name] = [*sample.path.values(), *sample.query.values()]
        assert fresh.match(unquote(name))
        assert not set("/\\.") & set(unquote(name))


# What of these bodies may be other than in the valid one; everything else would be about an object of somebody else.
FREE = {
    "POST /Item": {"shortID", "description", "unit", "categoryID"},
    "PUT /Item": {"description"},
    "POST /Webhook": {"name", "url", "events", "payloadMode"},
    "PUT /Webhook/{id}": {"rec", "active", "name", "url", "events", "payloadMode"},
}


@pytest.mark.parametrize("label", [label for label in WRITES if SPECIFICATION[label].has_body])
def test_a_body_is_no_object_or_is_about_the_suites_own(generator: Generator, label: str) -> None:
    """No Receive, Move or Issue carries a JSON object; a new item is always named after the run; no address is made up."""
    for sample in all_sent(generator, label):
        body = sample.body
        if sample.raw is not None:
            with pytest.raises(ValueError, match=r"Expecting|Unterminated|Invalid"):
                json.loads(sample.raw)
        elif isinstance(body, dict):
            right = VALID[label].json
            assert {name for name in body if body[name] != right[name]} <= FREE[label]
            assert body.keys() == right.keys()
            assert not isinstance(body.get("url", 0), str) or body["url"] == right["url"]
            if label == "POST /Item":
                name = body["shortID"]
                [text] = [name] if isinstance(name, str) else name if isinstance(name, list) else name.values()
                assert text.startswith(PREFIX)
                assert sample.creates == text


@pytest.mark.parametrize("label", FREE)
def test_right_texts_are_put_behind_those_of_the_suite(generator: Generator, label: str) -> None:
    """So that what was made is still known as the run's own when it is cleared away."""
    right, _ = generator.drawn(label, 10)
    texts = [
        body[name]
        for sample in harmless(SPECIFICATION[label], right, known(SPECIFICATION[label]), lambda: f"{PREFIX}-001")
        for body in [sample.body]
        for name in ({"name", "description"} & body.keys())
    ]

    assert texts
    assert all(text.startswith(f"{PREFIX}-001 ") for text in texts)


def test_an_item_is_not_created_under_two_samples_names(generator: Generator) -> None:
    """Otherwise the second would be refused for the name and not for its flaw."""
    for samples in (sent(generator, "POST /Item"), sent_at_random(generator, "POST /Item", most=40)):
        names = [sample.creates for sample in samples if sample.creates]

        assert len(names) == len(set(names)) > 10


def test_without_a_valid_body_no_item_is_described(generator: Generator) -> None:
    """Where it is not known which fields create an item, only bodies that are no object are sent."""
    drawn = generator.samples("POST /Item")

    samples = harmless(SPECIFICATION["POST /Item"], drawn, Known(), lambda: PREFIX)

    assert samples
    assert not [sample for sample in samples if isinstance(sample.body, dict)]
    assert not [sample for sample in samples if sample.creates]


def test_identifiers_of_reads_are_those_that_the_target_showed(generator: Generator) -> None:
    """Never values of the documentation's examples or of the generator, but where they are the flaw."""
    for label in [label for label in SECURED if label not in WRITES]:
        operation = SPECIFICATION[label]
        for sample in (*sent(generator, label), *sent_at_random(generator, label)):
            for name, value in sample.path.items():
                if sample.parameter != name:
                    assert value == known(operation).path[name]
            for name in {"key", "Category", "wid"} & sample.query.keys():
                if sample.parameter != name or not sample.negative:
                    assert sample.query[name] == known(operation).query[name]


def test_a_search_for_one_item_is_not_mixed_with_anything(generator: Generator) -> None:
    """How key goes with paging or filters is not documented."""
    searches = [set(sample.query) for sample in sent(generator, "GET /Item") if "key" in sample.query]

    assert searches
    assert all(names == {"key", "type"} for names in searches)


@pytest.mark.parametrize("label", SECURED)
def test_requests_are_different_and_not_too_many(generator: Generator, label: str) -> None:
    """The bound of a run is known before it starts."""
    forms = [sample.wire_form for sample in sent(generator, label)]

    assert len(forms) == len(set(forms)) <= MOST_SAMPLES


@pytest.mark.parametrize("label", SECURED)
def test_nothing_is_sent_that_says_little(generator: Generator, label: str) -> None:
    """No unknown query parameters, no missing credentials, no other method, no Content-Type without a body."""
    for sample in sent(generator, label):
        assert sample.scenario not in {"object_unexpected_properties", "unspecified_http_method"}
        assert sample.parameter != "Authorization"
        assert "Authorization" not in sample.headers
        if sample.body is ABSENT and sample.raw is None:
            assert not sample.headers


def test_the_first_of_every_kind_comes_before_the_second_of_any(generator: Generator) -> None:
    """A small budget still meets every parameter."""
    operation = SPECIFICATION["GET /Location"]
    everything = harmless(operation, generator.samples("GET /Location"), known(operation), lambda: PREFIX, most=1000)
    kinds = {(sample.negative, sample.scenario, sample.parameter) for sample in everything}

    few = harmless(operation, generator.samples("GET /Location"), known(operation), lambda: PREFIX, most=len(kinds))

    assert {(sample.negative, sample.scenario, sample.parameter) for sample in few} == kinds


# --- what must be refused ---


REFUSED = {
    "POST /Item": [
        "the body field description = [null, null]",
        'the body field shortID = ["',
        "the body 0",
        "the body [null, null]",
        "the body { is no JSON",
    ],
    "POST /Inventory/Move": ["the body 0", 'the body "AAA"', "the body false", "the body { is no JSON"],
    "GET /Item/{item}": ["item = 'AAA'", "item = 'null'"],
    "GET /Report/{id}": ["id = 'AAA'"],
}
TOLERATED = {
    "POST /Item": ["no body", "the body null", "the body field description = 0", "the body field categoryID = "],
    "POST /Inventory/Move": ["no body", "the body null", "the body [null, null]"],
    "GET /Item/{item}": ["item = '0.5'"],
    "GET /Item": ["page = '0'", "page = 'AAA'", "pageSize = '0'", "direction = 'AAA'", "modifiedSince = ''"],
    "GET /Inventory/{wid}": ["wid = 'AAA'", "page = 'AAA'"],
    "GET /Location": ["wid = 'AAA'"],
    "DELETE /Item/{item}": ["an object that does not exist"],
    "POST /Location/Hold": ["an object that does not exist"],
}


def judged(generator: Generator, label: str, words: str) -> list[bool]:
    """Whether the samples with these words must be refused."""
    operation = SPECIFICATION[label]
    samples = harmless(operation, generator.samples(label), known(operation), lambda: PREFIX, most=1000)
    return [sample.refuse for sample in samples if sample.words.startswith(words)]


@pytest.mark.parametrize(
    ("label", "words"), [(label, words) for label, all_words in REFUSED.items() for words in all_words]
)
def test_what_the_documentation_states_must_be_refused(generator: Generator, label: str, words: str) -> None:
    """Malformed JSON, another type than a documented one that nobody can convert, an identifier that cannot exist."""
    assert set(judged(generator, label, words)) == {True}


@pytest.mark.parametrize(
    ("label", "words"), [(label, words) for label, all_words in TOLERATED.items() for words in all_words]
)
def test_what_a_server_may_read_leniently_need_not_be_refused(generator: Generator, label: str, words: str) -> None:
    """Clamping, converting, ignoring: the documentation leaves them open."""
    assert set(judged(generator, label, words)) == {False}


def test_the_other_names_of_fields_are_used_where_the_target_reads_those(generator: Generator) -> None:
    """The items page has category and uOM for the quickstart's categoryID and unit."""
    body = {"shortID": f"{PREFIX}-000", "description": "A test item", "uOM": "EA", "category": 5}

    samples = harmless(
        SPECIFICATION["POST /Item"], generator.samples("POST /Item"), Known(body=body), lambda: PREFIX, most=1000
    )

    fields = {sample.parameter for sample in samples if isinstance(sample.body, dict)}
    assert {"category", "uOM", "description"} <= fields
    assert not fields & {"categoryID", "unit"}


# --- judging single answers ---


class Canned:
    """A session that gives the same answer to everything."""

    def __init__(
        self, code: int, body: Any = None, content_type: str | None = "application/json", **headers: str
    ) -> None:
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        told = {"Content-Type": content_type} if content_type else {}
        self.asked: list[Request] = []
        self.answer = Answer("GET", "/", "full", code, httpx.Headers(told | headers), content, 7, Interval(0.0, 0.1))

    def ask(self, request: Request, *, repeatable: bool | None = None) -> Answer:  # noqa: ARG002 -- a session's way
        """Remember the request."""
        self.asked.append(request)
        return self.answer


def heard(generator: Generator, label: str, sample: Sample, canned: Canned) -> Heard:
    """What an answer to a sample amounts to."""
    return generator.ask(SPECIFICATION[label], sample, cast("Session", canned))


def reasons(heard: Heard) -> list[tuple[str, Reason]]:
    """The requirements that an answer violates, without their chapter's name."""
    return [(problem.requirement.removeprefix("property."), problem.reason) for problem in heard.problems]


ITEM: dict[str, Any] = {
    "partNo": 42,
    "shortID": "BOLT",
    "description": "A bolt",
    "category": 5,
    "subCategory": 12,
    "uOM": "EA",
    "putUp": "Box/100",
    "units": 1.0,
    "dfltOwner": 0,
    "created": f"{CREATED}Z",
    "modified": f"{CREATED}Z",
    "discontinued": False,
}
LOT: dict[str, Any] = {
    "recNo": 1,
    "partNo": 42,
    "shortID": "BOLT",
    "description": "A bolt",
    "associate": "",
    "warehouse": "Main",
    "wID": 1,
    "spot": "A-01",
    "units": 500,
    "received": CREATED,
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
SPOT = {"spot": "A-01", "warehouseID": 1, "warehouseName": "Main", "description": "", "hold": False, "active": True}
QUICK = {"partNo": 42, "shortID": "BOLT", "description": "", "unit": "EA", "categoryID": 5, "active": True}
BARE = {"partNo": 42, "shortID": "BOLT", "description": "", "unit": "EA", "categoryID": 5}
ERROR = {"statusCode": 400, "error": "bad_request", "message": "no"}


def page(*rows: dict[str, Any], **other: Any) -> dict[str, Any]:
    """The envelope of a list."""
    return {
        "value": list(rows),
        "totalCount": len(rows),
        "page": 1,
        "pageSize": 25,
        "pageCount": 1,
        "hasMore": False,
    } | other


READ = Sample("a valid request")
ONE = Sample("a valid request", path={"item": "42"})
FLAW = Sample("page = 'AAA'", negative=True, parameter="page", place=Place.QUERY, query={"page": "AAA"})
MALFORMED = Sample(
    "the body { is no JSON",
    negative=True,
    place=Place.BODY,
    headers={"Content-Type": "application/json"},
    raw=b"{",
    refuse=True,
)
NO_NUMBER = Sample(
    "item = 'AAA'", negative=True, parameter="item", place=Place.PATH, path={"item": "AAA"}, refuse=True, echo="AAA"
)
HOLD = Sample("a valid request", query={"id": "A-01"})
REMOVE = Sample("a valid request", path={"item": "BOLT"})


@pytest.mark.parametrize(
    ("label", "sample", "canned", "expected"),
    [
        ("GET /Item", FLAW, Canned(500, ERROR), [("no-server-error", Reason.SERVER_ERROR)]),
        ("GET /Item", READ, Canned(503, b"<html>", "text/html"), [("no-server-error", Reason.SERVER_ERROR)]),
        ("GET /Item", READ, Canned(418, ERROR), [("documented-status", Reason.WRONG_VALUE)]),
        (
            "GET /Item",
            READ,
            Canned(302, None, None, Location="https://else.example/"),
            [("documented-status", Reason.WRONG_VALUE)],
        ),
        ("GET /Item", FLAW, Canned(206, page()), [("documented-status", Reason.WRONG_VALUE)]),
        ("POST /Location/Hold", HOLD, Canned(202), [("documented-status", Reason.WRONG_VALUE)]),
        ("GET /Item", READ, Canned(200, page(ITEM), "text/plain"), [("content-type", Reason.WRONG_VALUE)]),
        ("GET /Item", READ, Canned(200, page(ITEM), None), [("content-type", Reason.MISSING)]),
        ("GET /Item", FLAW, Canned(400, b"<html>", "text/html"), [("content-type", Reason.WRONG_VALUE)]),
        ("GET /Item", READ, Canned(200, b""), [("response-schema", Reason.WRONG_VALUE)]),
        ("GET /Item", READ, Canned(200, b"{"), [("response-schema", Reason.WRONG_VALUE)]),
        ("GET /Item", READ, Canned(200, [ITEM]), [("response-schema", Reason.WRONG_VALUE)]),
        ("GET /Item", READ, Canned(200, page(ITEM | {"partNo": "42"})), [("response-schema", Reason.WRONG_VALUE)]),
        ("GET /Item", FLAW, Canned(200, page(ITEM, hasMore=0)), [("response-schema", Reason.WRONG_VALUE)]),
        (
            "GET /Item/{item}",
            ONE,
            Canned(200, ITEM | {"created": "15/03/2024"}),
            [("response-schema", Reason.WRONG_VALUE)],
        ),
        (
            "GET /Item/{item}",
            ONE,
            Canned(200, {name: value for name, value in ITEM.items() if name != "units"}),
            [("response-schema", Reason.MISSING)],
        ),
        ("GET /Inventory", READ, Canned(200, page(LOT | {"shipped": 0})), [("response-schema", Reason.WRONG_VALUE)]),
        ("POST /Item", MALFORMED, Canned(201, ITEM), [("invalid-input", Reason.ACCEPTED)]),
        ("POST /Inventory/Move", MALFORMED, Canned(204), [("invalid-input", Reason.ACCEPTED)]),
        ("GET /Item/{item}", NO_NUMBER, Canned(200, ITEM), [("invalid-input", Reason.ACCEPTED)]),
        (
            "GET /Item",
            READ,
            Canned(200, page(ITEM | {"units": "1"}), "text/json"),
            [("content-type", Reason.WRONG_VALUE), ("response-schema", Reason.WRONG_VALUE)],
        ),
    ],
)
def test_a_deviation_is_told_under_its_requirement(
    generator: Generator, label: str, sample: Sample, canned: Canned, expected: list[tuple[str, Reason]]
) -> None:
    """Each under its own requirement and under no other; the message names operation and request."""
    result = heard(generator, label, sample, canned)

    assert sorted(reasons(result)) == sorted(expected)
    for problem in result.problems:
        assert problem.message.startswith(f"{label}, {sample.words}: ")
        assert problem.exchanges == (7,)
        assert problem.requirement in result.exercised


@pytest.mark.parametrize(
    ("label", "sample", "canned"),
    [
        ("GET /Item", READ, Canned(200, page())),
        ("GET /Item", READ, Canned(200, page(ITEM), "application/json; charset=utf-8")),
        ("GET /Item", READ, Canned(200, page(ITEM), "Application/JSON")),
        ("GET /Item", READ, Canned(200, page(QUICK))),
        ("GET /Item", READ, Canned(200, page(BARE))),
        ("GET /Item", READ, Canned(200, page(ITEM | QUICK))),
        ("GET /Item", READ, Canned(200, page(ITEM | {"colour": "red", "tags": [1], "supplier": None}))),
        ("GET /Item", READ, Canned(200, page(ITEM, links={}, pageCount=0))),
        ("GET /Item", READ, Canned(200, ITEM)),
        ("GET /Item", READ, Canned(200, QUICK)),
        (
            "GET /Item/{item}",
            ONE,
            Canned(200, ITEM | {"units": 1, "created": f"{CREATED}.123Z", "modified": f"{CREATED}+01:00"}),
        ),
        (
            "GET /Item/{item}",
            ONE,
            Canned(200, {name: value for name, value in ITEM.items() if name != "uOM"} | {"unit": "EA"}),
        ),
        ("POST /Item", READ, Canned(201, BARE)),
        ("GET /Inventory", READ, Canned(200, page(LOT))),
        ("GET /Inventory", READ, Canned(200, page(LOT | {"shipped": f"{CREATED}Z", "serial2": "S", "units": 0.5}))),
        ("GET /Inventory/StockLevels", READ, Canned(200, [])),
        ("GET /Inventory/StockLevels", READ, Canned(200, {"anything": None})),
        ("GET /Location", READ, Canned(200, page(SPOT | {"zone": "cold"}))),
        ("GET /Report", READ, Canned(200, page({"reportID": 1, "reportName": "All", "reportType": 2}))),
        ("PUT /Item", READ, Canned(204, None, None)),
        ("PUT /Item", READ, Canned(200, ITEM)),
        ("DELETE /Item/{item}", REMOVE, Canned(202, None, None)),
        ("DELETE /Item/{item}", REMOVE, Canned(200, b"gone", "text/plain")),
        ("POST /Location/Hold", HOLD, Canned(204, None, None)),
        ("POST /Inventory/Move", READ, Canned(201, {"recNo": 1})),
        ("GET /Item", READ, Canned(501, b"", None)),
        ("GET /Item", READ, Canned(404, {"statusCode": 404, "error": "not_found", "message": "no"})),
        ("GET /Item", FLAW, Canned(200, page(ITEM))),
        ("GET /Item", FLAW, Canned(422, b"<html>", "text/html")),
        ("POST /Item", MALFORMED, Canned(400, ERROR)),
        ("POST /Item", MALFORMED, Canned(415, b"no", "text/plain")),
        ("POST /Item", MALFORMED, Canned(413, b"", None)),
        ("GET /Item/{item}", NO_NUMBER, Canned(404, ERROR)),
        ("GET /Item/{item}", NO_NUMBER, Canned(200, ITEM | {"shortID": "AAA"})),
    ],
)
def test_what_conforms_in_its_own_way_is_no_deviation(
    generator: Generator, label: str, sample: Sample, canned: Canned
) -> None:
    """Either set of names, bare or in an envelope, more members, open shapes, refusals that nobody documents."""
    result = heard(generator, label, sample, canned)

    assert reasons(result) == []


@pytest.mark.parametrize("code", [401, 403, 429, 501])
def test_who_is_not_let_in_has_exercised_nothing(generator: Generator, code: int) -> None:
    """A target that refuses everything must not pass."""
    result = heard(generator, "GET /Item", FLAW, Canned(code, ERROR))

    assert result.exercised == frozenset()


def test_the_place_of_a_deviation_within_alternatives_is_told(generator: Generator) -> None:
    """Not only that neither alternative fits."""
    [problem] = heard(generator, "GET /Item", READ, Canned(200, page(ITEM | {"partNo": "42"}))).problems

    assert 'value[].partNo is not as documented: "42" is not of type "integer"' in problem.message


def test_only_what_belongs_to_the_question_is_handed_on(generator: Generator) -> None:
    """The token, the user agent and the rest are the session's; Schemathesis marks its requests with a random number."""
    canned = Canned(400, ERROR)

    heard(generator, "POST /Item", MALFORMED, canned)
    heard(generator, "GET /Item", Sample("", query={"page": ["null", "null"], "key": "a b/ü"}), canned)

    assert canned.asked[0].headers == {"Content-Type": "application/json"}
    assert canned.asked[0].content == b"{"
    assert canned.asked[1].headers == {}
    assert canned.asked[1].path == f"{BASE}/Item?page=null&page=null&key=a+b%2F%C3%BC"


# --- the whole way, against a small target ---


Answering = Callable[[httpx.Request], httpx.Response | None]
TARGET = f"""
[target]
name = "small"
base_url = "{BASE}"
resources = ["Item", "Location"]

[[clients]]
name = "full"
client_id = "full"
client_secret = "{SECRET}"
permissions = "all"
"""


class Small:
    """A target with items and locations that conforms, but for what `defect` answers in its place."""

    def __init__(self, defect: Answering = lambda _: None) -> None:
        self.defect = defect
        self.items = {row["shortID"]: row for row in (ITEM, ITEM | {"partNo": 43, "shortID": "NUT"})}
        self.spots = {row["spot"]: dict(row) for row in (SPOT, SPOT | {"spot": "A-02"})}
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        self.requests.append(request)
        path = request.url.path.removeprefix("/api/v1")
        if path == "/Token":
            return httpx.Response(200, json={"access_token": TOKEN, "token_type": "bearer", "expires_in": 14399})
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return refusal(401, "unauthorized")
        return self.defect(request) or self.right(request, path)

    def right(self, request: httpx.Request, path: str) -> httpx.Response:
        """The answer that conforms."""
        _, resource, *rest = path.split("/")
        if resource == "Item" and request.method in {"POST", "PUT"}:
            return self.written(request)
        rows = self.items if resource == "Item" else self.spots
        if request.method == "GET" and rest in ([], ["All"]):
            return self.listed(request, list(rows.values()))
        name = rest[0] if request.method in {"GET", "DELETE"} else ""
        if resource == "Item":
            return self.one_item(request.method, name)
        if request.method == "POST":
            return self.held(request.url.params.get("id"), hold=rest == ["Hold"])
        return httpx.Response(200, json=rows[name]) if name in rows else refusal(404, "not_found")

    def listed(self, request: httpx.Request, rows: list[dict[str, Any]]) -> httpx.Response:
        """A page, or the one item that is looked for."""
        query = request.url.params
        try:
            size = int(query.get("pageSize", "25"))
            number = int(query.get("page", "1"))
        except ValueError:
            return refusal(400, "bad_request")
        if number < 1 or size < 1:
            return refusal(400, "bad_request")
        if "key" in query:
            found = self.items.get(query["key"])
            return httpx.Response(200, json=found) if found else refusal(404, "not_found")
        pages = -(-len(rows) // size)
        shown = rows[(number - 1) * size : number * size]
        more = {
            "page": number,
            "pageSize": size,
            "pageCount": pages,
            "hasMore": number < pages,
            "totalCount": len(rows),
        }
        return httpx.Response(200, json={"value": shown} | more)

    def one_item(self, method: str, name: str) -> httpx.Response:
        """Show an item by its number, or discontinue one by its name."""
        if method == "DELETE":
            return httpx.Response(204) if self.items.pop(name, None) else refusal(404, "not_found")
        found = [row for row in self.items.values() if str(row["partNo"]) == name]
        return httpx.Response(200, json=found[0]) if found else refusal(404, "not_found")

    def written(self, request: httpx.Request) -> httpx.Response:
        """Create or change an item."""
        try:
            body = json.loads(request.content)
        except ValueError:
            return refusal(400, "bad_request")
        kinds = {"shortID": str, "description": str, "unit": str, "categoryID": int}
        if not isinstance(body, dict) or not isinstance(body.get("shortID"), str):
            return refusal(400, "bad_request")
        if any(not isinstance(body.get(name, kind()), kind) for name, kind in kinds.items()):
            return refusal(400, "bad_request")
        known = {name: body[name] for name in ("shortID", "description") if name in body}
        new = body["shortID"] not in self.items
        if new == (request.method == "PUT"):
            return refusal(404 if new else 409, "not_found" if new else "conflict")
        row = self.items.setdefault(body["shortID"], ITEM | {"partNo": 1000 + len(self.items)})
        row |= known
        return httpx.Response(201 if new else 200, json=row)

    def held(self, spot: str | None, *, hold: bool) -> httpx.Response:
        """Put a location on hold, or lift that."""
        if spot not in self.spots:
            return refusal(404, "not_found")
        self.spots[spot]["hold"] = hold
        return httpx.Response(204)


def refusal(code: int, error: str) -> httpx.Response:
    """An error as documented."""
    return httpx.Response(code, json={"statusCode": code, "error": error, "message": "no"})


Opening = Callable[[Small], Access]


@pytest.fixture
def exchanges() -> list[Any]:
    """The transcript."""
    return []


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, exchanges: list[Any]) -> Opening:
    """Opens the suite's own way to a target in this process."""

    def open_small(small: Small) -> Access:
        transport = httpx.MockTransport(small)
        monkeypatch.setattr(httpx.HTTPTransport, "handle_request", lambda _, request: transport.handle_request(request))
        path = tmp_path / "small.toml"
        path.write_text(TARGET)
        access = open_access(load_target(path, SPECIFICATION), SPECIFICATION, exchanges.append)
        connect(access)
        prove_clients(access)
        return access

    return open_small


def surveyed(generator: Generator, access: Access, label: str) -> dict[str, Finding]:
    """The worst finding of one operation by requirement."""
    ledger = Ledger()
    workshop = Workshop(access.world, "0A1B")
    survey = Survey(SPECIFICATION[label], workshop, generator)
    CURRENT.set(Evidence())
    try:
        survey.ask_validly()
        survey.ask_generated()
    finally:
        survey.note(ledger)
        workshop.restore()
        CURRENT.set(None)
    order = list(Outcome)
    worst = sorted(ledger.findings, key=lambda finding: order.index(finding.outcome), reverse=True)
    return {finding.requirement: finding for finding in worst}


SMALL = [label for label in SECURED if SPECIFICATION[label].resource in {"Item", "Location"}]


@pytest.mark.parametrize("label", SMALL)
def test_a_conformant_target_passes(generator: Generator, opened: Opening, exchanges: list[Any], label: str) -> None:
    """Every operation, every requirement; at least one request is answered with 2xx, and nothing is left behind."""
    small = Small()
    access = opened(small)

    findings = surveyed(generator, access, label)

    assert set(findings) == set(ALL)
    assert {finding.outcome for finding in findings.values()} <= {Outcome.PASS, Outcome.NOT_APPLICABLE}
    assert findings["property.no-server-error"].outcome is Outcome.PASS
    assert findings["property.documented-status"].outcome is Outcome.PASS
    assert set(small.items) == {"BOLT", "NUT"}
    assert not any(row["hold"] for row in small.spots.values())
    assert SECRET not in json.dumps(exchanges)
    assert TOKEN not in json.dumps(exchanges)


def on(method: str, path: str, answer: Callable[[httpx.Request], httpx.Response | None]) -> Answering:
    """A defect of one operation."""
    return lambda request: answer(request) if (request.method, request.url.path) == (method, f"/api/v1{path}") else None


def crashing(request: httpx.Request) -> httpx.Response | None:
    """A target that takes every page for a number."""
    return (
        None if request.url.params.get("page", "1").isdecimal() else httpx.Response(500, text="NumberFormatException")
    )


def tiring(request: httpx.Request) -> httpx.Response | None:
    """A target that needs to be told how long a page is to be."""
    return None if {"pageSize", "key"} & set(request.url.params) else httpx.Response(500, text="NullPointerException")


def dropping(request: httpx.Request) -> httpx.Response | None:
    """A target that drops the connection."""
    if request.url.params.get("page", "1").isdecimal():
        return None
    raise httpx.RemoteProtocolError("Server disconnected without sending a response.", request=request)


def swallowing(request: httpx.Request) -> httpx.Response | None:
    """A target that takes everything that is no object for an empty one, and that for an item."""
    try:
        taken = not isinstance(json.loads(request.content), dict)
    except ValueError:
        taken = True
    return httpx.Response(201, json=ITEM) if taken else None


@pytest.mark.parametrize(
    ("label", "defect", "requirement", "reason"),
    [
        ("GET /Item", on("GET", "/Item", crashing), "property.no-server-error", Reason.SERVER_ERROR),
        ("GET /Item", on("GET", "/Item", dropping), "property.no-server-error", Reason.NO_ANSWER),
        ("POST /Item", on("POST", "/Item", swallowing), "property.invalid-input", Reason.ACCEPTED),
        ("PUT /Item", on("PUT", "/Item", swallowing), "property.documented-status", Reason.WRONG_VALUE),
        (
            "GET /Location/{spot}",
            on("GET", "/Location/A-01", lambda _: httpx.Response(200, json=SPOT | {"hold": "no"})),
            "property.response-schema",
            Reason.WRONG_VALUE,
        ),
        (
            "GET /Item/{item}",
            on("GET", "/Item/42", lambda _: httpx.Response(200, text=json.dumps(ITEM))),
            "property.content-type",
            Reason.WRONG_VALUE,
        ),
    ],
)
def test_a_defect_is_found(
    generator: Generator,
    opened: Opening,
    exchanges: list[Any],
    label: str,
    defect: Answering,
    requirement: str,
    reason: Reason,
) -> None:
    """One of each kind, found by what is really sent, with the exchanges that show it."""
    access = opened(Small(defect))

    finding = surveyed(generator, access, label)[requirement]

    assert finding.outcome is Outcome.FAIL
    assert finding.reason is reason
    assert finding.message.startswith(f"{label}, ")
    assert set(finding.exchanges) <= {exchange["id"] for exchange in exchanges}
    assert finding.exchanges


def test_one_cause_is_told_once(generator: Generator, opened: Opening) -> None:
    """Ten requests that show the same defect are one finding, with the number of requests."""
    access = opened(Small(on("GET", "/Item", tiring)))
    ledger = Ledger()
    survey = Survey(SPECIFICATION["GET /Item"], Workshop(access.world, "0A1B"), generator)

    survey.ask_validly()
    survey.ask_generated()
    survey.note(ledger)

    [finding] = [finding for finding in ledger.findings if finding.outcome is Outcome.FAIL]
    assert "requests show it" in finding.message


def test_a_target_that_leaves_many_requests_unanswered_is_left_alone(generator: Generator, opened: Opening) -> None:
    """Each may cost a time-out; after three the operation is given up."""

    def silent(request: httpx.Request) -> httpx.Response | None:
        if dict(request.url.params) in ({"page": "1", "pageSize": "10"}, {"page": "1", "pageSize": "250"}, {}):
            return None
        raise httpx.ReadTimeout("timed out", request=request)

    small = Small(on("GET", "/Item", silent))
    access = opened(small)
    before = len(small.requests)

    findings = surveyed(generator, access, "GET /Item")

    assert findings["property.no-server-error"].reason is Reason.NO_ANSWER
    assert len(small.requests) - before < 15


def test_a_target_that_is_gone_blocks_the_check_and_keeps_its_failures(generator: Generator, opened: Opening) -> None:
    """What was found before is told; nothing else is called passed."""
    small = Small()
    access = opened(small)
    ledger = Ledger()
    survey = Survey(SPECIFICATION["GET /Location"], Workshop(access.world, "0A1B"), generator)
    small.spots["A-01"]["hold"] = "no"
    survey.ask_validly()
    access.wire.lost = "the target no longer answers"

    with pytest.raises(Blocked) as raised:
        survey.ask_generated()
    survey.note(ledger)

    assert raised.value.reason is Reason.TARGET_LOST
    assert [finding.requirement for finding in ledger.findings] == ["property.response-schema"]


def test_a_rate_limit_is_obeyed(generator: Generator, opened: Opening) -> None:
    """A 429 is waited for and asked again, and is no finding."""
    limited = iter([httpx.Response(429, headers={"Retry-After": "0"}, json={}) for _ in range(3)])
    access = opened(Small(on("GET", "/Item", lambda _: next(limited, None))))

    findings = surveyed(generator, access, "GET /Item")

    assert {finding.outcome for finding in findings.values()} <= {Outcome.PASS, Outcome.NOT_APPLICABLE}


def test_a_refused_valid_request_leaves_the_answer_open(generator: Generator, opened: Opening) -> None:
    """Without one success nothing can be said of the fields of a success: blocked, never passed."""
    access = opened(Small(on("POST", "/Item", lambda _: refusal(403, "forbidden"))))

    findings = surveyed(generator, access, "POST /Item")

    assert findings["property.response-schema"].outcome is Outcome.BLOCKED
    assert findings["property.no-server-error"].outcome is Outcome.BLOCKED
    assert Outcome.PASS not in {finding.outcome for finding in findings.values()}


def test_what_fails_half_way_is_put_back(generator: Generator, opened: Opening) -> None:
    """A target that holds a location and then crashes is not left with it on hold."""

    def crash_late(request: httpx.Request) -> httpx.Response:
        small.held(request.url.params.get("id"), hold=True)
        return httpx.Response(500)

    small = Small(on("POST", "/Location/Hold", crash_late))
    access = opened(small)

    finding = surveyed(generator, access, "POST /Location/Hold")["property.no-server-error"]

    assert finding.reason is Reason.SERVER_ERROR
    assert not any(row["hold"] for row in small.spots.values())


def test_a_read_that_nothing_is_known_to_ask_about_is_not_run(generator: Generator, opened: Opening) -> None:
    """An empty target is told as such."""
    small = Small()
    small.items.clear()
    access = opened(small)

    with pytest.raises(NotRun) as raised:
        surveyed(generator, access, "GET /Item/{item}")

    assert raised.value.reason is Reason.NEEDS_DATA


def test_the_transcript_holds_the_requests_as_any_other(
    generator: Generator, opened: Opening, exchanges: list[Any]
) -> None:
    """Same client, same headers, the token replaced by its tag."""
    access = opened(Small())
    surveyed(generator, access, "GET /Location")

    last = exchanges[-1]
    headers = {name.lower(): value for name, value in last["request"]["headers"]}

    assert last["client"] == "full"
    assert headers["authorization"] == "Bearer <token full#1>"
    assert headers["user-agent"].startswith("inventorypro-conformance/")
    assert "x-schemathesis-testcaseid" not in headers


def test_an_accepted_flawed_item_is_remembered_for_the_end_of_the_run(generator: Generator, opened: Opening) -> None:
    """A target that takes what it should refuse is not left with it."""

    def lenient(request: httpx.Request) -> httpx.Response | None:
        try:
            body = json.loads(request.content)
        except ValueError:
            return None
        if not isinstance(body, dict) or not isinstance(body.get("shortID"), str):
            return None
        small.items[body["shortID"]] = ITEM | {"shortID": body["shortID"], "partNo": 5000 + len(small.items)}
        return httpx.Response(201, json=small.items[body["shortID"]])

    small = Small(on("POST", "/Item", lenient))
    access = opened(small)

    finding = surveyed(generator, access, "POST /Item")["property.invalid-input"]

    assert finding.reason is Reason.ACCEPTED
    assert set(small.items) == {"BOLT", "NUT"}


def test_an_identifier_may_hold_a_slash() -> None:
    """Spots are texts of the target's own."""
    operation = SPECIFICATION["GET /Location/{spot}"]

    assert known_of(operation, Request("GET", "/Location/A/01")).path == {"spot": "A/01"}


def test_the_valid_request_is_sent_as_the_workshop_made_it(generator: Generator) -> None:
    """Path, query and body go through the generator's transport unchanged."""
    canned = Canned(200, page(SPOT))
    request = Request("GET", "/Location/A%2F1", params={"page": 1})

    heard(generator, "GET /Location/{spot}", valid(SPECIFICATION["GET /Location/{spot}"], request), canned)

    assert canned.asked[0].path == f"{BASE}/Location/A%2F1?page=1"


def test_operations_that_a_vendor_adds_are_pinned_too() -> None:
    """Operations that an overlay adds get their requests from their own description, pinned like the documented ones."""
    document = json.loads(json.dumps(SPECIFICATION.document, default=str))
    extra = json.loads(json.dumps(document["paths"]["/Item/{item}"]["delete"])) | {"operationId": "x"}
    extra["parameters"][0] = {"name": "wo", "in": "path", "required": True, "schema": {"type": "integer"}}
    document["paths"]["/WorkOrder/{wo}"] = {"delete": extra}
    specification = parse_specification(document)
    operation = specification["DELETE /WorkOrder/{wo}"]

    with generating(specification, BASE, seed=0) as other:
        samples = harmless(operation, other.samples(operation.label), Known(), lambda: PREFIX)

    assert [dict(sample.path) for sample in samples] == [{"wo": PREFIX}]
