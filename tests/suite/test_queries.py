"""Which other queries a list is asked, and which answers to them tell something."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from conformance.contract.specification import load_specification
from conformance.errors import NotRun
from conformance.suite.queries import other_queries, refusals_of_queries

if TYPE_CHECKING:
    from conformance.suite.pager import Pager
    from conformance.target.answer import Answer
    from conformance.target.discovery import World
    from conformance.target.wire import Request

WORLD = cast(
    "World",
    SimpleNamespace(
        item={"partNo": 7, "shortID": "NUT-7"},
        category=5,
        target=SimpleNamespace(data=SimpleNamespace(aliases={"OLD-NUT": "NUT-7"})),
    ),
)


def answered(code: int) -> Answer:
    """As much of an answer as is looked at."""
    return cast("Answer", SimpleNamespace(code=code, accepted=200 <= code < 300))


@dataclass
class Asked:
    """A list that answers a client that may, but for queries of some parameter."""

    label: str
    refuses: tuple[str, ...] = ()
    operation: Any = field(init=False)

    def __post_init__(self) -> None:
        self.operation = load_specification()[self.label]

    def request(self, **params: object) -> dict[str, object]:
        """The parameters by themselves."""
        return params

    def ask(self, **params: object) -> SimpleNamespace:
        """The page that a client gets that may."""
        return SimpleNamespace(answer=answered(404 if set(params) & set(self.refuses) or "*" in self.refuses else 200))


def codes(asked: Asked, by_parameter: dict[str, int]) -> list[int]:
    """What a client without permission gets that is refused, but for queries of some parameter."""

    def ask(request: Request) -> Answer:
        params = cast("dict[str, object]", request)
        return answered(next((code for name, code in by_parameter.items() if name in params), 403))

    return [answer.code for answer in refusals_of_queries(cast("Pager", asked), WORLD, ask)]


@pytest.mark.parametrize(
    ("label", "names"),
    [
        ("GET /Category", {"page", "pageSize", "modifiedSince", "sort"}),
        ("GET /Item", {"page", "pageSize", "modifiedSince", "sort", "key", "type", "Category"}),
        ("GET /PurchaseOrder", {"page", "pageSize", "modifiedSince", "sort", "startDate", "endDate"}),
        ("GET /Report/{id}", {"page", "pageSize", "modifiedSince", "count"}),
    ],
)
def test_a_list_is_asked_in_the_ways_that_its_page_names(label: str, names: set[str]) -> None:
    """And without any parameter."""
    queries = list(other_queries(load_specification()[label], WORLD))

    assert {} in queries
    assert set().union(*queries) <= names
    assert set().union(*queries) >= names - {"modifiedSince"}


def test_a_query_that_is_let_through_is_told() -> None:
    """Even where a client that may is not answered: it is no refusal."""
    assert 200 in codes(Asked("GET /Item"), {"key": 200})
    assert 200 in codes(Asked("GET /Item", refuses=("key",)), {"key": 200})
    assert 500 in codes(Asked("GET /Item", refuses=("key",)), {"key": 500})


def test_a_query_that_nobody_is_answered_tells_nothing() -> None:
    """A page past the end may be 404 before it is 403."""
    assert set(codes(Asked("GET /Category", refuses=("page",)), {"page": 404})) == {403}


def test_a_list_that_answers_nobody_is_not_judged() -> None:
    """Without one answer to a client that may, a refusal says nothing about permissions."""
    with pytest.raises(NotRun, match="GET /Category"):
        codes(Asked("GET /Category", refuses=("*",)), {})
