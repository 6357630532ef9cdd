"""What every failure looks like, and what bad input gets (errors)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from conformance.contract.outcomes import Reason
from conformance.errors import NotApplicable
from conformance.suite.marks import Asking, Phase, asks, each, needs, requirement
from conformance.suite.provocations import CREATE_ITEM, MALFORMED, WRONG_TYPES, Provocation, takes_json
from conformance.suite.readings import takes
from conformance.suite.refusals import CODES, KNOWN_CODES, code_of
from conformance.target.answer import ABSENT, Absent, Answer
from conformance.target.wire import Request

if TYPE_CHECKING:
    from conformance.contract.specification import Operation
    from conformance.suite.exercises import Workshop
    from conformance.suite.refusals import Refusals
    from conformance.target.access import Access
    from conformance.target.session import Session

# Not because the checks change anything: bad requests to the operations that write are among those that they send.
PHASE = Phase.WRITING

every = each(lambda _operation: True, asking=Asking.ANYHOW)
HOLD = "POST /Location/Hold"


def kind(value: Any) -> str | Absent:
    """What a JSON value is, ABSENT where there is none."""
    if isinstance(value, Absent):
        return value
    names = {dict: "object", list: "list", str: "text", bool: "boolean", int: "integer", float: "fraction"}
    return names.get(type(value), "null")


# --- the body ---


@requirement("errors.shape", sends=0, shares=6)
@every
def test_body_of_a_refusal_has_the_three_members(operation: Operation, refusals: Refusals) -> None:
    """Without a token, without the right, unknown objects, senseless input: whatever of it is refused is told alike."""
    for refusal in refusals.of(operation):
        assert kind(refusal.answer.json) == "object", f"the body of {refusal}"
        assert kind(refusal.member("statusCode")) == "integer", f"statusCode in {refusal}"
        assert kind(refusal.member("error")) == "text", f"error in {refusal}"
        assert kind(refusal.member("message")) == "text", f"message in {refusal}"


@requirement("errors.status-code", sends=0, shares=6)
@every
def test_status_in_the_body_is_that_of_the_answer(operation: Operation, refusals: Refusals) -> None:
    """Judged where statusCode is a number."""
    for refusal in refusals.of(operation):
        told = refusal.member("statusCode")
        if kind(told) == "integer":
            assert told == refusal.answer.code, f"statusCode in {refusal}"


@requirement("errors.code-known", sends=0, shares=6)
@every
def test_code_of_a_refusal_is_documented(operation: Operation, refusals: Refusals) -> None:
    """Compared to the letter; judged where error is a text."""
    for refusal in refusals.of(operation):
        told = refusal.member("error")
        if kind(told) == "text":
            assert told in sorted(KNOWN_CODES), f"error in {refusal}"


@requirement("errors.code-fits-status", sends=0, shares=6)
@every
def test_code_of_a_refusal_fits_its_status(operation: Operation, refusals: Refusals) -> None:
    """As the table of codes has them; judged where error is one of its codes."""
    for refusal in refusals.of(operation):
        if refusal.code is not None:
            assert refusal.code in sorted(CODES[refusal.answer.code]), f"error in {refusal}"


@requirement("errors.details-by-field", sends=0, shares=6)
@every
def test_details_of_a_validation_error_name_fields(operation: Operation, refusals: Refusals) -> None:
    """Judged where some input gets validation_error; other bad input may get bad_request."""
    for refusal in refusals.of(operation):
        if refusal.code == "validation_error":
            details = refusal.member("details")
            assert kind(details) == "object", f"details in {refusal}"
            strange = {name: texts for name, texts in details.items() if not holds_texts(texts)}
            assert strange == {}, f"details in {refusal}"


def holds_texts(value: Any) -> bool:
    """Whether a JSON value is a list of texts."""
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


@requirement("errors.details-only-with-validation", sends=0, shares=6)
@every
def test_other_refusals_have_no_details(operation: Operation, refusals: Refusals) -> None:
    """Absent or null; judged where error is one of the eight other codes."""
    for refusal in refusals.of(operation):
        if refusal.code not in {None, "validation_error"}:
            details = refusal.member("details")
            assert kind(details) in (ABSENT, "null"), f"details in {refusal}"
            takes("details", "absent" if details is ABSENT else "null")


@requirement("errors.content-type", sends=0, shares=6)
@every
def test_refusal_is_declared_as_json(operation: Operation, refusals: Refusals) -> None:
    """application/json or a type that ends in +json, with or without parameters; judged where there is a body."""
    for refusal in refusals.of(operation):
        if refusal.answer.content:
            declared = refusal.answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            form = declared.rpartition("/")[2].rpartition("+")[2]
            assert form == "json", f"Content-Type {declared!r} of {refusal}"
        takes("version-elsewhere", "present" if "X-API-Version" in refusal.answer.headers else "absent")


# --- bad input ---


@requirement("errors.malformed-json", sends=0, shares=6)
@each(takes_json, asking=Asking.FREELY)
@needs("client.all-warehouses")
@pytest.mark.parametrize("flaw", MALFORMED)
def test_malformed_json_gets_400(operation: Operation, refusals: Refusals, flaw: Provocation) -> None:
    """Sent as application/json by a client that has the right; about an object that does not exist 404 conforms too."""
    answer = refusals.answer(operation, flaw)
    require_available(answer)
    assert answer.status in ({400, 404} if "{" in operation.path else {400})


@requirement("errors.missing-field", sends=0, shares=6)
@asks(HOLD)
@needs("client.all-warehouses")
def test_hold_without_id_is_refused(access: Access, refusals: Refusals) -> None:
    """Location/Hold without id, which its page calls required; 404 conforms too, since an ID is absent."""
    answer = refusals.answer(access.specification[HOLD], Provocation.NO_PARAMETER)
    require_available(answer)
    assert answer.status in {400, 404}

    code = code_of(answer)
    if code is not None and code in CODES[400]:
        takes("missing-field-code", code)


@requirement("errors.missing-field", sends=0, shares=6)
@each(lambda operation: takes_json(operation) and operation.method == "POST" and "{" not in operation.path)
@needs("client.all-warehouses")
def test_body_with_hardly_any_fields_is_bad_input(operation: Operation, refusals: Refusals) -> None:
    """Which fields are required is not documented, so it may be accepted; where something is missing it gets 400 or 404."""
    answer = refusals.answer(operation, Provocation.FEW_FIELDS)
    require_available(answer)
    if not answer.accepted:
        assert answer.status in {400, 404}


@requirement("errors.wrong-type", sends=0, shares=6)
@asks(CREATE_ITEM, makes=0)
@pytest.mark.parametrize("flaw", WRONG_TYPES)
def test_value_of_a_wrong_type_gets_400(access: Access, refusals: Refusals, flaw: Provocation) -> None:
    """An item that could be created but for one value; the field has it under both of its documented names."""
    answer = refusals.answer(access.specification[CREATE_ITEM], flaw)
    require_available(answer)
    assert answer.status == 400


@requirement("errors.media-type", sends=0, shares=6)
@asks(CREATE_ITEM)
def test_json_declared_as_text_gets_415_or_400(access: Access, refusals: Refusals) -> None:
    """An item that could be created, sent as text/plain."""
    answer = refusals.answer(access.specification[CREATE_ITEM], Provocation.PLAIN_TEXT)
    require_available(answer)
    assert answer.status in {400, 415}


def require_available(answer: Answer) -> None:
    """Raise NotApplicable where the target says that it does not have the operation."""
    if answer.code == 501:
        raise NotApplicable(Reason.NOT_CHECKABLE, f"the target says that this operation is not available: {answer!r}")


# --- paths ---


@requirement("errors.unknown-path", sends=2)
@asks("GET /Item")
def test_unknown_path_gets_404(session: Session, workshop: Workshop) -> None:
    """Asked with a valid token; then a documented path in lower case, to see whether that is another path."""
    answer = session.ask(Request("GET", f"/{workshop.unique()}"))
    assert answer.status == 404

    lower = session.ask(Request("GET", "/item", params={"page": 1, "pageSize": 1}))
    if lower.code in {200, 403, 404}:
        takes("letter-case", "counts" if lower.code == 404 else "does not count")
