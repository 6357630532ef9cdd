"""When values count as in order: under any collation that makes sense, for the documentation names none."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from enum import Enum
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Key = tuple[tuple[int, int, str], ...]
"""What a text is compared by: a rank, a number and a letter for each of its parts."""

DIGITS = re.compile(r"(\d+)")
# The order that the Unicode collation gives these signs, before digits and letters.
SIGNS = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
# What some languages take for another letter, or for one that follows another: Danish, Czech, Lithuanian, Swedish, Estonian.
AFTER = "\ue000"
NATIONAL = (("aa", f"z{AFTER}"), ("ch", f"h{AFTER}"), ("y", "i"), ("w", "v"), ("z", f"s{AFTER}"))


class Kind(Enum):
    """What kind of values a column holds, which tells how they compare."""

    NUMBER = "numbers, true and false among them"
    MOMENT = "moments, compared as such whatever their zone"
    TEXT = "texts, compared under several collations"


def kind_of(values: Sequence[Any]) -> Kind | None:
    """The kind of the values that are not null; None where they are of several kinds, or no scalars."""
    shown = [value for value in values if value is not None]
    if shown and all(isinstance(value, int | float) for value in shown):
        return Kind.NUMBER
    if not shown or not all(isinstance(value, str) for value in shown):
        return None
    return Kind.MOMENT if all(moment(value) is not None for value in shown) else Kind.TEXT


def moment(text: Any) -> datetime | None:
    """A date-time as it is shown, with its zone or without one; None for everything else."""
    if not isinstance(text, str) or len(text) < len("2025-01-15T09:30"):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def soon_after(text: str) -> str | None:
    """A minute after a moment, on the same day and in the form in which it is shown; None where there is none.

    What shows no time of day may well have one, and what shows no seconds may lie anywhere within its minute.
    """
    point = moment(text)
    if point is None or (point.hour, point.minute, point.second) == (0, 0, 0):
        return None
    later = point.replace(microsecond=0) + timedelta(minutes=1)
    if later.date() != point.date():
        return None
    return later.isoformat()[: len("2025-01-15T09:30:00")] + "Z" if text.endswith("Z") else later.isoformat()


def is_ascending(values: Sequence[Any]) -> bool:
    """Tell whether values come in ascending order; null may stand anywhere.

    Two neighbours are out of order only if no collation would put them as they come.
    """
    shown = [value for value in values if value is not None]
    kind = kind_of(shown)
    if kind is None:
        return not shown
    return all(_may_precede(one, other, kind) for one, other in pairwise(shown))


def is_descending(values: Sequence[Any]) -> bool:
    """Tell whether values come in descending order; null may stand anywhere."""
    return is_ascending(values[::-1])


def coarse(value: Any) -> object:
    """A value as the coarsest collation sees it: values that any collation takes for equal are equal here."""
    point = moment(value)
    if point is not None:
        return _comparable(point)
    return _letters_alone(value) if isinstance(value, str) else value


def is_text_order(values: Sequence[Any]) -> bool:
    """Tell whether numbers come in the order of their digits, such as 1, 10, 2: that of texts and of no number."""
    texts = [str(value) for value in values]
    return not (is_ascending(values) or is_descending(values)) and texts in (sorted(texts), sorted(texts, reverse=True))


def _may_precede(one: Any, other: Any, kind: Kind) -> bool:
    if kind is Kind.NUMBER:
        return bool(one <= other)
    if kind is Kind.MOMENT:
        first, second = moment(one), moment(other)
        assert first is not None
        assert second is not None
        return _comparable(first) <= _comparable(second) or one <= other
    return bool(one <= other) or any(key(one) <= key(other) for key in COLLATIONS)


def _comparable(point: datetime) -> datetime:
    """A moment with a zone: one without is only ever compared with others of the same list."""
    return point if point.tzinfo is not None else point.replace(tzinfo=UTC)


def _caseless(text: str) -> Key:
    return tuple((0, 0, sign) for sign in text.casefold())


def _capitals(text: str) -> Key:
    return tuple((0, 0, sign) for sign in text.upper())


def _dictionary(text: str) -> Key:
    return _parts(text, natural=False, signs=True)


def _natural(text: str) -> Key:
    return _parts(text, natural=True, signs=True)


def _letters_alone(text: str) -> Key:
    return _parts(text, natural=True, signs=False)


def _letters_and_digits(text: str) -> Key:
    return _parts(text, natural=False, signs=False)


def _letters_first(text: str) -> Key:
    """As EBCDIC has it: signs, letters, digits."""
    return tuple((3, number, sign) if rank == 1 else (rank, number, sign) for rank, number, sign in _dictionary(text))


def _in_language(letter: str, other: str, *, signs: bool) -> Callable[[str], Key]:
    return lambda text: _parts(text.casefold().replace(letter, other), natural=False, signs=signs)


COLLATIONS: tuple[Callable[[str], Key], ...] = (
    _caseless,
    _capitals,
    _dictionary,
    _natural,
    _letters_and_digits,
    _letters_alone,
    _letters_first,
    *(_in_language(letter, other, signs=signs) for letter, other in NATIONAL for signs in (True, False)),
)
"""Without letter case, as small letters or as capitals; as in a dictionary; with numbers in texts by their value;
without regard to punctuation; digits last; as in languages with other alphabets."""


def _parts(text: str, *, natural: bool, signs: bool) -> Key:
    """A text without letter case and accents: signs before digits before letters, a run of digits as its number."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign)).casefold()
    runs = DIGITS.split(plain)
    found: list[tuple[int, int, str]] = []
    for position, run in enumerate(runs):
        if position % 2 and natural:
            found.append((1, int(run), ""))
        else:
            found += [part for sign in run if (part := _part(sign))[0] or signs]
    return tuple(found)


def _part(sign: str) -> tuple[int, int, str]:
    if sign.isdigit():
        return (1, unicodedata.digit(sign), "")
    if sign.isalnum() or sign == AFTER:
        return (2, 0, sign)
    return (0, SIGNS.find(sign) % (len(SIGNS) + 1), sign)
