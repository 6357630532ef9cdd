"""The waivers file: which known violations do not fail the gate for a while, who answers for that, and why."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from conformance.contract.outcomes import Outcome, Reason
from conformance.errors import UsageError
from conformance.target.parsing import Problems, Table, shown, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.report.run import Check

VIOLATING = (
    Reason.ACCEPTED,
    Reason.REFUSED,
    Reason.WRONG_REFUSAL,
    Reason.SERVER_ERROR,
    Reason.NO_ANSWER,
    Reason.WRONG_VALUE,
    Reason.MISSING,
    Reason.LEAKED,
    Reason.CHANGED_DATA,
    Reason.TOO_EARLY,
    Reason.TOO_LATE,
)
"""The reason codes of violations: nothing else can be waived."""

PLACEHOLDERS: Mapping[str, str] = MappingProxyType(
    {
        "why": "<why this may stay as it is until then>",
        "owner": "<who answers for it>",
        "ticket": "<where its repair is followed>",
    }
)
"""What `conformance waive` writes where a person has to fill in."""

_HEADING = re.compile(r"\s*\[\[\s*waiver\s*\]\]")
_PLACEHOLDER = re.compile(r"\s*<.*>\s*", re.DOTALL)
_QUOTES = re.compile(r'"""|\'\'\'')


@dataclass(frozen=True, slots=True)
class Waiver:
    """One entry of a waivers file: the failures of a requirement, or of one check, with one reason code.

    `place` names the entry for messages; the last day on which it holds is `expires`.
    """

    requirement: str | None
    check: str | None
    reason: str
    why: str
    owner: str
    ticket: str
    expires: date
    place: str

    @property
    def subject(self) -> str:
        """The requirement or the check that it is about."""
        return self.check or self.requirement or ""

    def concerns(self, check: Check) -> bool:
        """Whether it is about this check, whatever became of that."""
        return self.subject in {check.id, check.requirement}

    def covers(self, check: Check) -> bool:
        """Whether it waives what became of this check."""
        return self.concerns(check) and check.outcome is Outcome.FAIL and check.reason == self.reason


@dataclass(frozen=True, slots=True)
class Waived:
    """What a run did not count: the failures of these checks (ids), and the waiver's own words."""

    requirement: str
    check: str | None
    reason: str
    why: str
    owner: str
    ticket: str
    expires: str
    checks: tuple[str, ...]

    @property
    def mark(self) -> str:
        """What stands beside a violation that is waived."""
        return f"waived until {self.expires} by {self.owner} ({self.ticket}): {self.why}"


def read_waivers(path: Path | str) -> tuple[Waiver, ...]:
    """Read a waivers file; raises UsageError with all its problems, each with its line and entry."""
    text = _text(Path(path))
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: is no TOML: {error}") from error
    problems = Problems()
    document = Table(content, "", problems)
    entries = _entries(document.value("waiver"), str(path), text, problems)
    document.close()
    waivers = [waiver for entry in entries if (waiver := _waiver(entry)) is not None]
    _find_doubles(waivers, problems)
    if problems.lines:
        raise UsageError(
            "\n".join(line if line.startswith(f"{path}:") else f"{path}: {line}" for line in problems.lines)
        )
    return tuple(waivers)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); name a waivers file") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8 (byte {error.start}); save it as UTF-8") from error


def _entries(value: Any, path: str, text: str, problems: Problems) -> list[Table]:
    """Give the entries, each with its place: file, line of its heading, and number from 1."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        problems.add("waiver", "must be an array of tables: write each under a heading [[waiver]]")
        return []
    lines = list(_headings(text))
    if len(lines) != len(value):  # written in line, or quoted within a text
        return [Table(item, f"{path}: waiver {n}", problems) for n, item in enumerate(value, start=1)]
    found = enumerate(zip(lines, value, strict=True), start=1)
    return [Table(item, f"{path}:{line}: waiver {number}", problems) for number, (line, item) in found]


def _headings(text: str) -> Iterator[int]:
    """Yield the lines of the headings [[waiver]], not of what looks like one within a text of several lines."""
    within = False
    for number, line in enumerate(text.splitlines(), start=1):
        if not within and _HEADING.match(line):
            yield number
        if len(_QUOTES.findall(line)) % 2:
            within = not within


def _waiver(entry: Table) -> Waiver | None:
    before = len(entry.problems.lines)
    named = [key for key in ("requirement", "check") if key in entry]
    if len(named) != 1:
        entry.problems.add(entry.where, "names " + ("both a requirement and a check; keep one" if named else _NEITHER))
    requirement, check = entry.text("requirement"), entry.text("check")
    reason = _reason(entry)
    why, owner, ticket = (_filled_in(entry, key) for key in PLACEHOLDERS)
    expires = _expires(entry)
    entry.close()
    if expires is None or len(entry.problems.lines) > before:
        return None
    return Waiver(requirement, check, reason, why, owner, ticket, expires, entry.where)


_NEITHER = 'neither a requirement nor a check; add requirement = "<id>", as the report of the run shows it'


def _reason(entry: Table) -> str:
    if not entry.required("reason", 'add the reason code of the violation, such as reason = "accepted"'):
        return ""
    code = entry.text("reason") or ""
    if code and code not in VIOLATING:
        entry.problem("reason", f"{shown(code)} is no reason code of a violation; {suggestion(code, VIOLATING)}")
    return code


def _filled_in(entry: Table, key: str) -> str:
    """Give a text that a person has written; a placeholder is none."""
    if not entry.required(key, "every waiver says why, who answers for it, and where its repair is followed"):
        return ""
    text = entry.text(key) or ""
    if _PLACEHOLDER.fullmatch(text):
        entry.problem(key, f"still holds the placeholder {text.strip()}; fill it in")
    return text


def _expires(entry: Table) -> date | None:
    if not entry.required("expires", "add the last day on which it holds, such as expires = 2026-12-31"):
        return None
    value = entry.value("expires")
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    entry.problem("expires", f"must be a date without quotes or time, such as 2026-12-31, not {shown(value)}")
    return None


def _find_doubles(waivers: list[Waiver], problems: Problems) -> None:
    seen: dict[tuple[str, str], Waiver] = {}
    for waiver in waivers:
        first = seen.setdefault((waiver.subject, waiver.reason), waiver)
        if first is not waiver:
            problems.add(waiver.place, f"waives the same as {first.place}; keep one of them")
