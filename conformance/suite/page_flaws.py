"""What is wrong with the pages of a list, taken together: one sentence for each flaw, none where they are right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, NotRun, Undecided
from conformance.suite.pager import LARGEST_PAGE
from conformance.suite.paging import NO_FLAWS, Flaws, Identity, Probe, differences, identity_of, pages_of, repeated
from conformance.suite.since import Since, far_future, since_of
from conformance.target.recorder import observe

if TYPE_CHECKING:
    from conformance.suite.pager import Page, Pager
    from conformance.suite.sorting import Sorting

MOST_PAGES_SINCE = 3
"""An answer to modifiedSince with more pages is judged by its first ones and its total."""


def too_long(page: Page) -> Flaws:
    """What is wrong with the number of rows of a page."""
    if len(page.rows) <= page.size:
        return NO_FLAWS
    return Flaws([f"{page.answer!r}: {len(page.rows)} rows, pageSize is {page.size}"])


def other_total(pager: Pager, probe: Probe) -> Flaws:
    """Where the totalCount of a page differs from that of the page that comes unasked."""
    page = pager.probe(probe)
    if page.total == pager.total:
        return NO_FLAWS
    return Flaws([f"{page.answer!r}: totalCount is {page.total}, without parameters it is {pager.total}"])


def walk_flaws(pager: Pager, size: int, **order: str) -> Flaws:
    """What is wrong with the rows of a walk, against the list on one page where one page can hold it."""
    walk = pager.walk(size, **order)
    rows, key = list(walk.rows), pager.listing.key
    told = f"{walk.pages} pages of {size}{''.join(f', {name}={value}' for name, value in order.items())}"
    if not walk.complete:
        observe(f"pagination.walk {pager.operation.label}", f"read {len(rows)} of {walk.total} rows")
        return Flaws(f"{told}: {flaw}" for flaw in repeated(rows, identity_of([], ())) if key)
    flaws = [] if len(rows) == walk.total else [f"{len(rows)} rows, totalCount is {walk.total}"]
    page = pager.ask(page=1, pageSize=pager.maximum)
    if len(page.rows) == page.total:
        flaws += differences(rows, page.rows, identity_of(page.rows, key))
    elif key:
        flaws += repeated(rows, identity_of([], ()))
    return Flaws(f"{told}: {flaw}" for flaw in flaws)


def lasting_orders(sorting: Sorting) -> list[tuple[tuple[str, str], ...]]:
    """Upwards and downwards by a column without equal values, if the list sorts by one and one page can hold it."""
    pager = sorting.pager
    if not pager.operation.promises("sort") or not pager.fits_on_one_page:
        return []
    try:
        column = sorting.working[0]
        words = sorting.understood(column)
    except Undecided:
        return []
    if not column.distinct or words is None:
        return []
    return [(("direction", word), ("sort", column.name)) for word in words]


def offset_flaws(pager: Pager, probe: Probe, *, lasting: bool) -> Flaws:
    """What is wrong with the rows of a page against the list in the same order."""
    sequence = pager.sequence_in(dict(probe.order))
    # A list that has become shorter may end before the page, and what such a page gets is not documented.
    if not sequence.covers(probe) or probe.rows.start >= max(1, pager.total):
        return NO_FLAWS
    page = pager.probe(probe)
    if page.answer.code != 200:
        return Flaws([f"{page.answer!r}, not 200"])
    flaws = sequence.displaced(probe, page.rows) if lasting else sequence.strangers(probe, page.rows)
    return Flaws(f"{page.answer!r}: {flaw}" for flaw in flaws)


# --- modifiedSince ---


def since_in(pager: Pager) -> Since:
    """The rows of a list by the moment of their last change; raises NotRun where none shows one."""
    rows = pager.rows_or_not_run()
    found = since_of(rows, str(pager.listing.modified), identity_of(rows, pager.listing.key))
    if not found.rows:
        raise NotRun(Reason.NEEDS_DATA, f"{pager.operation.label} shows no row with a moment in {found.field}")
    if not pager.whole.complete:
        raise NotRun(
            Reason.BUDGET,
            f"{pager.operation.label} has more rows than the {len(rows)} that a run reads; limits.rows lets it read more",
        )
    return found


def future_for(pager: Pager) -> str:
    """A moment that lies far ahead, with a zone unless the list shows its moments without one."""
    shown = since_of(pager.first.rows, pager.listing.modified or "", Identity())
    return far_future(with_zone=shown.has_zone or not shown.rows)


def since_flaws(pager: Pager, text: str) -> Flaws:
    """What is wrong with a list from a moment on, apart from the rows of that very moment."""
    since = since_in(pager)
    pages = pages_since(pager, since, text)
    if pages[-1].answer.code != 200:
        return Flaws([f"{pages[-1].answer!r}, not 200"])
    rows = [row for page in pages for row in page.rows]
    return since.flaws(text, rows, pages[0].total, complete=len(rows) == pages[0].total)


def exclusions(pager: Pager, text: str) -> Flaws:
    """Which rows of the very moment a list leaves out; one that takes many pages is judged by its total alone."""
    since = since_in(pager)
    pages = pages_since(pager, since, text)
    if pages[-1].answer.code != 200:
        raise Blocked(Reason.EARLIER_FAILURE, f"{pages[-1].answer!r}", cause="pagination.modified-since")
    rows = [row for page in pages for row in page.rows]
    return since.exclusions(text, rows) if len(rows) == pages[0].total else NO_FLAWS


def pages_since(pager: Pager, since: Since, text: str) -> list[Page]:
    """The list from a moment on, as far as is reasonable; from the middle one on in two pages, as both must be filtered."""
    size = min(pager.maximum, LARGEST_PAGE)
    if text == since.middle:
        size = min(size, pages_of(len(since.later(text)) + len(since.at(text)), 2))
    pages = [pager.ask(page=1, pageSize=size, modifiedSince=text)]
    while len(pages) < MOST_PAGES_SINCE and pages[-1].answer.code == 200 and len(pages) * size < pages[0].total:
        pages.append(pager.ask(page=len(pages) + 1, pageSize=size, modifiedSince=text))
    return pages
