"""How numbers, spans of time and lists read in English."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MINUTE = 60
HOUR = 3600


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Give a number with its noun: `1 check`, `3 checks`, `2 entries`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def span(seconds: float) -> str:
    """Give a span of time in its two largest units: `40 ms`, `6.2 s`, `3 min 20 s`, `4 h`."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if round(seconds, 1) < MINUTE:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    whole = round(seconds)
    if whole < HOUR:
        return _two(whole // MINUTE, "min", whole % MINUTE, "s")
    return _two(whole // HOUR, "h", whole % HOUR // MINUTE, "min")


def _two(large: int, large_unit: str, small: int, small_unit: str) -> str:
    return f"{large} {large_unit}" + (f" {small} {small_unit}" if small else "")


def listing(names: Sequence[str], most: int) -> str:
    """Join names with commas; more than `most` of them end in `and n more`."""
    if len(names) <= most:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most} more"


def shortened(text: str, most: int) -> str:
    """Cut a text to `most` characters, saying how many are left out."""
    return text if len(text) <= most else f"{text[:most]}... ({len(text) - most} more characters)"


def moment(iso: str) -> str:
    """Give an ISO moment to the minute: `2026-11-23 16:00 UTC`; any other text as it is."""
    date, separator, time = iso.partition("T")
    if not separator or not iso.endswith(("Z", "+00:00")):
        return iso
    return f"{date} {time[:5]} UTC"
