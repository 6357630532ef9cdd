"""What startDate and endDate select from a list of orders: the moments to ask with, and what does not fit them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

from conformance.contract.outcomes import Reason
from conformance.errors import NotRun
from conformance.suite.fields import Misfit, Misfits
from conformance.suite.ordering import moment, soon_after

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from conformance.contract.specification import Operation
    from conformance.suite.settling import Reader

    Row = Mapping[str, Any]

START, END = "startDate", "endDate"
# Before and after the dates of all orders, yet within what any type of date of a database holds.
LONG_AGO, FAR_AHEAD = "1901-01-01T00:00:00Z", "2079-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Bound:
    """One query parameter and the date of a row that it bounds; `text` is what is sent, in the target's own spelling."""

    parameter: str
    field: str
    text: str
    inclusive: bool = True

    def holds(self, row: Row) -> bool:
        """Whether the row lies within."""
        date, limit = instant(row.get(self.field)), instant(self.text)
        if date is None or limit is None:
            return False
        if date == limit:
            return self.inclusive
        return date >= limit if self.parameter == START else date <= limit

    def __repr__(self) -> str:
        return f"{self.parameter}={self.text}"


def instant(value: object) -> datetime | None:
    """A date-time of a row to compare with others; None for what is none. Without a zone it is taken for UTC."""
    point = moment(value)
    return None if point is None else point if point.tzinfo is not None else point.replace(tzinfo=UTC)


def bounds(parameter: str, field: str, rows: Iterable[Row]) -> list[Bound]:
    """Bounds at dates that rows show: the first, the last, one in the middle, one that most rows share, one with a time.

    In place of the one with a time startDate has a moment soon after it. Raises NotRun where no row shows a date.
    """
    dated = [(point, str(row[field])) for row in rows if (point := instant(row.get(field))) is not None]
    if not dated:
        raise NotRun(Reason.NEEDS_DATA, f"no order shows {field}")
    shown = [text for _, text in sorted(dated)]
    [(shared, _)] = Counter(shown).most_common(1)
    # A bound that loses its time of day moves to the midnight before, past the orders of that morning.
    timed = [(text, later) for text in reversed(shown) if (later := soon_after(text)) is not None][:1]
    of_day = [later if parameter == START else text for text, later in timed]
    texts = dict.fromkeys((shown[0], shown[len(shown) // 2], shown[-1], shared, *of_day))
    return [Bound(parameter, field, text) for text in texts]


def selection(operation: Operation, *chosen: Bound) -> Callable[[Reader], Misfits]:
    """Judges which orders a list lacks or holds wrongly with these bounds; rows that show no date say nothing.

    A list that is longer than a run reads is judged by the rows that were read of it.
    """
    key, asked = key_of(operation), " and ".join(map(repr, chosen))

    def judge(reader: Reader) -> Misfits:
        whole = reader.whole(operation)
        selected = reader.whole(operation, None, **{bound.parameter: bound.text for bound in chosen})
        wrong: dict[str, list[Row]] = {
            f"listed with {asked}": [
                row for row in selected.rows if _is_dated(row, chosen) and not all(bound.holds(row) for bound in chosen)
            ]
        }
        if whole.complete and selected.complete:
            wanted = [row for row in whole.rows if all(bound.holds(row) for bound in chosen)]
            wrong[f"not listed with {asked}"] = _unlisted(wanted, selected.rows, key)
            wrong[f"listed only with {asked}"] = _unlisted(selected.rows, whole.rows, key)
            if selected.total not in {None, len(selected.rows)}:
                told = Misfit("totalCount", f"is {selected.total} with {asked}, which lists {len(selected.rows)}")
                return Misfits([told, *_misfits(wrong, key, chosen)])
        return Misfits(_misfits(wrong, key, chosen))

    return judge


def _misfits(wrong: Mapping[str, Iterable[Row]], key: str, chosen: Iterable[Bound]) -> list[Misfit]:
    return [_misfit(row, key, chosen, words) for words, rows in wrong.items() for row in rows]


def narrowing(operation: Operation, loosest: Bound, *tighter: Bound) -> Callable[[Reader], Misfits]:
    """Judges which orders a bound lists though a looser one leaves them out; the loosest leaves out none with a date.

    `tighter` goes from loose to tight. Which dates the bounds are about does not matter.
    """
    key = key_of(operation)

    def judge(reader: Reader) -> Misfits:
        dated = [row for row in reader.full(operation).rows if _is_dated(row, [loosest])]
        listed: Sequence[Row] = reader.full(operation, None, **{loosest.parameter: loosest.text}).rows
        wrong = [_misfit(row, key, [loosest], f"not listed with {loosest}") for row in _unlisted(dated, listed, key)]
        for bound in tighter:
            narrower = reader.full(operation, None, **{bound.parameter: bound.text}).rows
            words = f"listed with {bound}, but not with a looser {bound.parameter}"
            wrong += [_misfit(row, key, [bound], words) for row in _unlisted(narrower, listed, key)]
            listed = narrower
        return Misfits(wrong)

    return judge


def key_of(operation: Operation) -> str:
    """The field that tells the rows of a list apart."""
    assert operation.listing is not None
    return operation.listing.key[0]


def _unlisted(rows: Iterable[Row], listed: Iterable[Row], key: str) -> list[Row]:
    there = {repr(row.get(key)) for row in listed}
    return [row for row in rows if repr(row.get(key)) not in there]


def _is_dated(row: Row, chosen: Iterable[Bound]) -> bool:
    return all(instant(row.get(bound.field)) is not None for bound in chosen)


def _misfit(row: Row, key: str, chosen: Iterable[Bound], words: str) -> Misfit:
    dates = ", ".join(dict.fromkeys(f"{bound.field} {row.get(bound.field)}" for bound in chosen))
    return Misfit(f"{row.get(key)} ({dates})", words)
