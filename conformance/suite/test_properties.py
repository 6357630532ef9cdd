"""What must hold on every documented operation, asked with generated requests (errors; derived from all pages)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.contract.outcomes import Reason
from conformance.contract.specification import load_specification
from conformance.errors import NotApplicable, NotRun
from conformance.suite.marks import Phase, requirements
from conformance.suite.survey import Survey

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.contract.specification import Operation
    from conformance.suite.exercises import Workshop
    from conformance.suite.generated import Generator
    from conformance.suite.run import Ledger, Run
    from conformance.target.access import Access

PHASE = Phase.PROPERTIES
LABELS = [operation.label for operation in load_specification() if operation.secured]


@pytest.fixture(scope="module")
def generator(run: Run) -> Iterator[Generator]:
    """Draws requests from the specification; Schemathesis is loaded when the first check needs it."""
    from conformance.suite.generated import generating  # noqa: PLC0415 -- slow to load

    with generating(run.access.specification, run.access.wire.base_url, seed=run.seed) as made:
        yield made


@requirements(
    "property.no-server-error",
    "property.response-schema",
    "property.invalid-input",
    "property.documented-status",
    "property.content-type",
    sends=20,
)
@pytest.mark.parametrize("label", LABELS)
def test_generated_requests_are_answered_as_documented(
    label: str, access: Access, workshop: Workshop, generator: Generator, ledger: Ledger
) -> None:
    """A valid request, then generated ones: every parameter and body field at its bounds, beyond them and of a wrong type."""
    operation = declared(access, label)
    survey = Survey(operation, workshop, generator)

    try:
        survey.ask_validly()
        survey.ask_generated()
    finally:
        survey.note(ledger)


def declared(access: Access, label: str) -> Operation:
    """The operation of a label, where the target has it and the target file allows asking."""
    if label not in access.specification or access.specification[label].resource not in access.target.resources:
        resource = label.split("/")[1]
        raise NotApplicable(Reason.NO_RESOURCE, f"the target does not declare the resource {resource}")
    operation = access.specification[label]
    if operation.is_write and not access.target.limits.writes:
        raise NotRun(Reason.WRITES_OFF)
    return operation
