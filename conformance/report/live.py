"""What the line says that keeps a person company while a run is going on; it is only formatted here."""

from __future__ import annotations

from dataclasses import dataclass

from conformance.report.escaping import printable, visible
from conformance.report.wording import span


@dataclass(frozen=True, slots=True)
class Wait:
    """What the timeline waits for: in words, and for how many seconds more."""

    reason: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is; `total` counts all checks, `undecided` those neither passed nor failed, `left` is in seconds."""

    done: int
    total: int
    failed: int = 0
    undecided: int = 0
    running: str = ""
    wait: Wait | None = None
    left: float | None = None


def estimate(done: int, total: int, seconds: float, *, wait: float = 0.0) -> float | None:
    """Estimate the seconds left from those that the checks done took; never less than the wait at hand.

    None before a twentieth of the checks is done: too early to tell.
    """
    if not done or done * 20 < total:
        return wait or None
    return max(wait, seconds / done * (total - done))


def progress_line(progress: Progress, *, width: int = 100, encoding: str = "utf-8") -> str:
    """Give the line, at most `width` characters, without a line break or any control character."""
    parts = [f"{progress.done}/{progress.total} checks", *_troubles(progress), *_doing(progress)]
    if progress.left is not None:
        parts.insert(1, f"about {span(max(progress.left, 1))} left")
    line = printable(visible(", ".join(parts)), encoding)
    return line if len(line) <= width else line[: max(width - 3, 0)] + "..."


def _troubles(progress: Progress) -> list[str]:
    counts = ((progress.failed, "failed"), (progress.undecided, "undecided"))
    return [f"{number} {word}" for number, word in counts if number]


def _doing(progress: Progress) -> list[str]:
    if progress.wait is not None:
        return [f"waiting {span(progress.wait.seconds)} more for {progress.wait.reason}"]
    return [progress.running] if progress.running else []
