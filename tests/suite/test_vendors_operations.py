"""Operations and examples that an overlay adds: asked like all others, and never about what the example names."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance.contract.overlay import lay_over
from conformance.contract.specification import load_specification
from conformance.suite.generated import Generator, generating
from conformance.suite.harmless import harmless
from conformance.suite.samples import Known, Sample, known_of
from conformance.target.wire import Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.contract.specification import Specification

BASE = "https://inventory.example/api/v1"
PALLETS = Path(__file__).parents[2] / "docs" / "examples" / "acme.overlay.yaml"
EXAMPLES = """
overlay: 1.0.0
info: {title: Examples, version: 1.0.0}
actions:
  - target: $.components.parameters.pageSize
    update: {example: 17}
  - target: $.paths['/Vendor/{id}'].get.parameters[0]
    update: {example: ACME-FASTENERS}
  - target: $.paths['/Item'].post.requestBody.content['application/json']
    update: {example: {shortID: TEST-API-001, description: From the example, unit: EA, categoryID: 1}}
  - target: $.components.requestBodies.Undocumented.content['application/json']
    update: {example: {name: x, url: 'https://somebody.example/hook'}}
"""


@pytest.fixture(scope="module")
def pallets() -> Specification:
    """The specification with the pallets of docs/extending.md."""
    return lay_over(load_specification(), PALLETS)


@pytest.fixture(scope="module")
def exemplified(tmp_path_factory: pytest.TempPathFactory) -> Specification:
    """The specification with examples of all kinds; it has none of its own."""
    path = tmp_path_factory.mktemp("overlay") / "examples.yaml"
    path.write_text(EXAMPLES)
    return lay_over(load_specification(), path)


@pytest.fixture(scope="module")
def generator(exemplified: Specification) -> Iterator[Generator]:
    """Draws from the specification with examples."""
    with generating(exemplified, BASE, seed=0) as made:
        yield made


def sent(specification: Specification, label: str, drawn: list[Sample], known: Known) -> list[Sample]:
    """What would be sent of what was drawn."""
    numbers = itertools.count(1)
    return harmless(specification[label], drawn, known, lambda: f"CT0A1B-{next(numbers):03d}", most=100)


def test_added_operations_are_asked(pallets: Specification) -> None:
    """A list of its own with paging, and a write with bodies that are no pallet."""
    with generating(pallets, BASE, seed=0) as generator:
        for label in ("GET /Pallet", "POST /Pallet"):
            right, flawed = generator.drawn(label, 10)
            samples = sent(pallets, label, [*generator.samples(label)], Known())
            at_random = [*sent(pallets, label, right, Known()), *sent(pallets, label, flawed, Known())]

            assert len(samples) > 5
            assert len(at_random) > 5
            assert not [sample for sample in (*samples, *at_random) if isinstance(sample.body, dict)]


def test_the_specification_shows_no_example_of_its_own(pallets: Specification) -> None:
    """So that nothing is asked with one, unless an overlay brings it."""
    assert not [operation.label for operation in pallets if operation.has_examples]


def test_examples_of_an_overlay_are_known(exemplified: Specification) -> None:
    """Those of parameters, shared or not, and those of bodies."""
    labels = {operation.label for operation in exemplified if operation.has_examples}

    assert {"GET /Item", "GET /Asset", "GET /Vendor/{id}", "POST /Item", "POST /Webhook"} <= labels
    assert "DELETE /Item/{item}" not in labels


def test_an_example_of_a_parameter_is_asked_with(exemplified: Specification, generator: Generator) -> None:
    """Beside it other values may stand that are drawn."""
    samples = sent(exemplified, "GET /Category", generator.examples("GET /Category"), Known())

    assert samples
    assert all(sample.query["pageSize"] in {17, "17"} for sample in samples)


def test_an_example_never_names_an_object(exemplified: Specification, generator: Generator) -> None:
    """The documentation's examples are not the target's data."""
    known = known_of(exemplified["GET /Vendor/{id}"], Request("GET", "/Vendor/SMITH"))

    samples = sent(exemplified, "GET /Vendor/{id}", generator.examples("GET /Vendor/{id}"), known)

    assert [sample.path for sample in samples] == [{"id": "SMITH"}]


def test_an_example_of_a_new_item_gets_a_name_of_the_run(exemplified: Specification, generator: Generator) -> None:
    """All else is as the document shows it."""
    known = Known(body={"shortID": "CT0A1B-000", "description": "A test item"})

    [sample] = sent(exemplified, "POST /Item", generator.examples("POST /Item"), known)

    assert sample.creates == sample.body["shortID"] == "CT0A1B-001"
    assert sample.body["description"] == "From the example"


@pytest.mark.parametrize("label", ["POST /Webhook", "PUT /Webhook/{id}", "PUT /Item", "POST /Inventory/Move"])
def test_no_other_example_of_a_body_is_sent(exemplified: Specification, generator: Generator, label: str) -> None:
    """It might be about somebody's address, item or stock."""
    known = Known({"id": "82"}, body={"name": "CT0A1B-000", "url": "https://receiver.invalid/"})
    shown = generator.examples(label)

    assert [sample.body for sample in shown] == [{"name": "x", "url": "https://somebody.example/hook"}]
    assert sent(exemplified, label, shown, known) == []
