"""What a refusal gives away of the data that it protects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

# Values that name a place or a report rather than what is protected there.
NOT_PROTECTED = ("warehouse", "warehouseName", "reportName", "uOM", "unit", "created", "modified", "received")


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Protected values that stand in the answer to a refused request."""

    values: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"protected values shown: {', '.join(self.values)}" if self.values else "nothing"


NOTHING = Disclosure()


def protected_values(body: Any) -> set[str]:
    """Texts of a successful answer that say something about its data: long enough to be no word of a message."""
    found: set[str] = set()
    _collect(body, found)
    return found


def tells(values: list[str]) -> bool:
    """Whether values that stand in a refusal are surely data and not by chance a word of its message."""
    return len(values) > 1 or any(len(value) >= 8 and any(map(str.isdigit, value)) for value in values)


def disclosed(refusal: str, body: Any, told: str) -> Disclosure:
    """What a refusal shows of the body that the allowed request gets, but for what was told in the request."""
    found = [value for value in sorted(protected_values(body)) if value in refusal and value not in told]
    return Disclosure(tuple(found[:5])) if tells(found) else NOTHING


def _collect(part: Any, found: set[str]) -> None:
    if isinstance(part, dict):
        for name, value in part.items():
            if isinstance(value, str) and len(value) >= 6 and name not in NOT_PROTECTED:
                found.add(value)
            else:
                _collect(value, found)
    elif isinstance(part, list):
        for item in part:
            _collect(item, found)
