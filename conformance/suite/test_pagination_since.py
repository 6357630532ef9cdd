"""Every list: modifiedSince (pagination)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from conformance.contract.outcomes import Reason
from conformance.errors import NotRun
from conformance.suite.marks import Phase, each, requirement
from conformance.suite.page_flaws import exclusions, future_for, since_flaws, since_in
from conformance.suite.pager import REFUSED
from conformance.suite.paging import NO_FLAWS
from conformance.suite.queries import narrowings
from conformance.suite.readings import takes
from conformance.suite.test_pagination import assert_envelope

if TYPE_CHECKING:
    from conformance.contract.specification import Operation
    from conformance.suite.pager import Pager, Pagers
    from conformance.target.access import Access

PHASE = Phase.READING


def is_dated(operation: Operation) -> bool:
    """Whether the rows of a list show when they were modified, and its page does not leave modifiedSince out."""
    return (
        operation.listing is not None and operation.listing.modified is not None and operation.promises("modifiedSince")
    )


@pytest.fixture
def pager(operation: Operation, pagers: Pagers) -> Pager:
    """The list at hand, page by page; raises NotApplicable where the target says that it has none."""
    made = pagers[operation]
    made.require_available()
    return made


@requirement("pagination.modified-since", sends=5)
@each(is_dated)
def test_list_holds_what_was_modified_later(pager: Pager) -> None:
    """With moments that the rows show; what was modified at the very moment is another requirement's."""
    for text in since_in(pager).moments():
        assert pager.steadily(partial(since_flaws, pager, text)) == NO_FLAWS


@requirement("pagination.modified-since", sends=0, shares=1)
@each(is_dated)
def test_nothing_was_modified_in_the_far_future(pager: Pager, access: Access) -> None:
    """A moment in the year 2199, in the form that the list itself uses; also with each other parameter that narrows it."""
    since_in(pager)
    page = pager.ask(modifiedSince=future_for(pager))

    assert page.answer.status == 200
    assert page.seen("totalCount") == 0
    for params in narrowings(pager.operation, access.world):
        page = pager.ask(**params | {"modifiedSince": future_for(pager)})
        if page.answer.code == 200:
            assert page.seen("totalCount") == 0


@requirement("pagination.modified-since", sends=1)
@each(is_dated)
def test_zone_of_the_moment_counts(pager: Pager) -> None:
    """A second before a row's moment, told in another zone; a list may refuse that, but not misread it."""
    since = since_in(pager)
    if not since.has_zone:
        raise NotRun(Reason.NEEDS_DATA, f"{pager.operation.label} shows moments without a zone")
    text = since.elsewhere()

    if pager.ask(page=1, pageSize=pager.maximum, modifiedSince=text).answer.code != 400:
        assert pager.steadily(partial(since_flaws, pager, text)) == NO_FLAWS


@requirement("pagination.modified-since-inclusive", sends=0, shares=5)
@each(is_dated)
def test_row_of_the_very_moment_is_in_the_list(pager: Pager) -> None:
    """With moments that the rows show, exactly as they show them."""
    for text in since_in(pager).moments():
        assert pager.steadily(partial(exclusions, pager, text)) == NO_FLAWS


@requirement("pagination.malformed-moment", sends=1)
@each(lambda operation: operation.listing is not None and operation.promises("modifiedSince"))
def test_malformed_moment_is_refused(pager: Pager) -> None:
    """A text that is no moment in any form."""
    answer = pager.ask(modifiedSince="not-a-moment").answer
    assert answer.status == 400


@requirement("pagination.envelope", sends=1)
@each(lambda operation: operation.listing is not None and not is_dated(operation))
def test_list_that_shows_no_moment_answers_modified_since_in_its_own_way(pager: Pager) -> None:
    """Asked for the far future: no rows, all rows and a refusal conform, since the pages contradict each other."""
    page = pager.ask(modifiedSince=future_for(pager))
    answer = page.answer
    if answer.code in REFUSED:
        takes("modified-since-unshown", "refused")
        return

    assert_envelope(answer)
    if pager.total:
        takes("modified-since-unshown", "understood" if page.total == 0 else "ignored")
