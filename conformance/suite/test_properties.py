"""What must hold on every documented operation, asked with generated requests (errors; derived from all pages)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.suite.fields import NOTHING
from conformance.suite.hold_model import ACTIONS as HOLD_ACTIONS
from conformance.suite.hold_model import HoldModel
from conformance.suite.item_model import ACTIONS as ITEM_ACTIONS
from conformance.suite.item_model import ItemModel
from conformance.suite.marks import Asking, Phase, asks, each, requirement, requirements
from conformance.suite.run import require_examples
from conformance.suite.subscription_model import ACTIONS as SUBSCRIPTION_ACTIONS
from conformance.suite.subscription_model import SubscriptionModel
from conformance.suite.survey import ALL, Survey
from conformance.suite.walks import drawn_walk, walked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.contract.specification import Operation
    from conformance.suite.exercises import Workshop
    from conformance.suite.generated import Generator
    from conformance.suite.lists import Lists
    from conformance.suite.run import Ledger, Run
    from conformance.suite.walks import Step

    Walk = Callable[[str, tuple[str, ...]], tuple[Step, ...]]

PHASE = Phase.PROPERTIES
# Steps of a walk for each request that is drawn otherwise.
STEPS = 2


@pytest.fixture(scope="module")
def generator(run: Run) -> Iterator[Generator]:
    """Draws requests from the specification; Schemathesis is loaded when the first check needs it."""
    from conformance.suite.generated import generating  # noqa: PLC0415 -- slow to load

    with generating(run.access.specification, run.access.wire.base_url, seed=run.seed) as made:
        yield made


@pytest.fixture(scope="module")
def examples(run: Run) -> int:
    """How much is drawn at random."""
    return require_examples(run)


@pytest.fixture(scope="module")
def walk(run: Run, examples: int) -> Walk:
    """Draws a walk, the same one for the same seed."""
    from conformance.suite.drawing import seed_of  # noqa: PLC0415 -- slow to load

    return lambda name, actions: drawn_walk(actions, STEPS * examples, seed_of(run.seed, "walk", name))


def made_at_random(operation: Operation, examples: int) -> int:
    """About how many things come of an operation that is asked at random: where it creates what is the suite's own."""
    return examples if operation.label in {"POST /Item", "POST /Webhook"} else 0


@requirements(*ALL, sends=2)
@each(lambda operation: operation.has_examples)
def test_requests_with_the_documents_examples_are_answered_as_documented(
    operation: Operation, workshop: Workshop, generator: Generator, ledger: Ledger
) -> None:
    """The values that the document, or an overlay of it, shows; but never one that names an object."""
    survey = Survey(operation, workshop, generator)

    try:
        survey.prepare()
        survey.ask_examples()
    finally:
        survey.note(ledger)


# Writes come after all reads: what a lenient target makes of a flawed write must not be held against a read.


@requirements(*ALL, sends=12)
@each(lambda operation: not operation.is_write)
def test_generated_reads_are_answered_as_documented(
    operation: Operation, workshop: Workshop, generator: Generator, ledger: Ledger
) -> None:
    """A valid request, then generated ones: every parameter at its bounds, beyond them and of a wrong type."""
    survey = Survey(operation, workshop, generator)

    try:
        survey.ask_validly()
        survey.ask_generated()
    finally:
        survey.note(ledger)


@requirements(*ALL, sends=lambda examples: 2 * examples)
@each(lambda operation: not operation.is_write)
def test_random_reads_are_answered_as_documented(
    operation: Operation, workshop: Workshop, generator: Generator, ledger: Ledger, examples: int
) -> None:
    """Drawn at random: right values in every combination, and one value that breaks a type or is hard to take."""
    survey = Survey(operation, workshop, generator)

    try:
        survey.prepare()
        survey.ask_drawn(examples)
    finally:
        survey.note(ledger)


@requirements(*ALL, sends=14)
@each(lambda operation: operation.is_write, asking=Asking.FREELY, makes=lambda _operation, _examples: 1)
def test_generated_writes_are_answered_as_documented(
    operation: Operation, workshop: Workshop, generator: Generator, ledger: Ledger
) -> None:
    """A valid request, then generated ones that do no harm: bodies that are no object, and every field of a wrong type."""
    survey = Survey(operation, workshop, generator)

    try:
        survey.ask_validly()
        survey.ask_generated()
    finally:
        survey.note(ledger)


@requirements(*ALL, sends=lambda examples: examples + examples // 2)
@each(lambda operation: operation.is_write, asking=Asking.FREELY, makes=made_at_random)
def test_random_writes_are_answered_as_documented(
    operation: Operation, workshop: Workshop, generator: Generator, ledger: Ledger, examples: int
) -> None:
    """Drawn at random, as far as it does no harm: texts for what the suite makes itself, broken bodies, unknown names."""
    survey = Survey(operation, workshop, generator)

    try:
        survey.prepare()
        survey.ask_drawn(examples)
    finally:
        survey.note(ledger)


@requirement("property.item-life", sends=lambda examples: 17 * examples)
@asks("POST /Item", "DELETE /Item/{item}", "GET /Item", "GET /Item/All")
def test_items_are_shown_as_they_were_left(workshop: Workshop, lists: Lists, walk: Walk) -> None:
    """Items are created, updated, discontinued, looked up and listed in a random order, and compared with a model."""
    model = ItemModel(workshop, lists)

    disagreement = walked(model, walk("items", ITEM_ACTIONS))

    assert disagreement == NOTHING


@requirement("property.location-holds", sends=lambda examples: 8 * examples)
@asks("POST /Location/Hold", "POST /Location/Release", "GET /Location", "GET /Location/{spot}")
def test_locations_are_shown_as_they_were_left(workshop: Workshop, walk: Walk) -> None:
    """Two locations are put on hold and released in a random order, and compared with a model; both end free."""
    model = HoldModel(workshop.holds)

    try:
        disagreement = walked(model, walk("holds", HOLD_ACTIONS))
    finally:
        model.leave_free()

    assert disagreement == NOTHING


@requirement("property.subscription-life", sends=lambda examples: 10 * examples)
@asks("POST /Webhook", "PUT /Webhook/{id}", "DELETE /Webhook/{id}", "GET /Webhook", "GET /Webhook/{id}")
def test_subscriptions_are_shown_as_they_were_left(workshop: Workshop, walk: Walk) -> None:
    """Subscriptions are created, updated, deleted, read and listed in a random order, and compared with a model."""
    model = SubscriptionModel(workshop)

    try:
        disagreement = walked(model, walk("subscriptions", SUBSCRIPTION_ACTIONS))
    finally:
        model.clear()

    assert disagreement == NOTHING
