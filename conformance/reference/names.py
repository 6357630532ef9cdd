"""How faults and dialects are found by name, and what a wrong name is answered with."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

Named = TypeVar("Named")


class UnknownFaultError(ValueError):
    """There is no fault, dialect or freedom of this name, or no such value; the message tells which there are."""


def look_up(table: Mapping[str, Named], name: str, kind: str) -> Named:
    """Find a fault or a dialect (`kind`) by its name."""
    if name in table:
        return table[name]
    close = difflib.get_close_matches(name, table, n=3, cutoff=0.4)
    close += [known for known in table if name and name in known and known not in close][:3]
    hint = f"did you mean {' or '.join(close)}?" if close else f"known are {', '.join(table)}"
    raise UnknownFaultError(f"there is no {kind} {name!r}; {hint}")
