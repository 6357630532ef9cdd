"""How a run folder is read: run.jsonl and exchanges.jsonl into one frozen Run, or one error that says what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from conformance.contract.catalogue import Requirement, Source
from conformance.contract.outcomes import Basis, Level, Outcome
from conformance.contract.readings import Reading, Silence
from conformance.errors import RunLogError
from conformance.report.gate import Gate
from conformance.report.run import EMPTY, Check, End, Exchange, Observation, Run, Target
from conformance.report.schema import require_event, require_exchange
from conformance.report.waivers.waivers import Waived
from conformance.teeth import Teeth
from conformance.verdicts import Standing, gating_requirements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from enum import StrEnum

RUN_LOG = "run.jsonl"
EXCHANGE_LOG = "exchanges.jsonl"
SCHEMA = 1

# How the writer begins a line of exchanges.jsonl.
_NUMBERED = re.compile(rb'\{"id": ?(\d+),')

# A look-up takes a third of the time that an enum takes to find its member.
_LEVELS = {str(level): level for level in Level}
_OUTCOMES = {str(outcome): outcome for outcome in Outcome}

_Code = TypeVar("_Code", bound="StrEnum")


@dataclass(frozen=True, slots=True)
class _Facts:
    """One JSON object of a log, of the shape that its schema describes; keys that nobody asks for are let be.

    Null and a missing key are the default.
    """

    where: str
    raw: Mapping[str, Any]

    def text(self, key: str, default: str = "") -> str:
        return str(self._get(key, default))

    def optional_text(self, key: str) -> str | None:
        """Read a text; any other value stands as its JSON."""
        value = self.raw.get(key)
        return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def whole(self, key: str, default: int = 0) -> int:
        return int(self._get(key, default))

    def optional_whole(self, key: str) -> int | None:
        return None if self.raw.get(key) is None else self.whole(key)

    def number(self, key: str, default: float = 0.0) -> float:
        return float(self._get(key, default))

    def code(self, key: str, codes: type[_Code], default: _Code | None = None) -> _Code:
        return codes(self._get(key, default))

    def inner(self, key: str) -> _Facts:
        return _Facts(f"{self.where}: {key}", self.raw.get(key) or {})

    def texts(self, key: str) -> tuple[str, ...]:
        return tuple(self.raw.get(key) or ())

    def objects(self, key: str) -> list[_Facts]:
        return [_Facts(f"{self.where}: {key}[{at}]", item) for at, item in enumerate(self.raw.get(key) or ())]

    def _get(self, key: str, default: object) -> Any:
        value = self.raw.get(key)
        return default if value is None else value


def read_run(place: Path | str) -> Run:
    """Read the run in a folder (or of its run.jsonl).

    A missing end, a torn last line, unknown events and unknown keys are no errors. Raises RunLogError otherwise; what
    is right is said by specs/run-log.schema.json.
    """
    folder = Path(place)
    folder = folder.parent if folder.name == RUN_LOG else folder
    if not (folder / RUN_LOG).is_file():
        raise RunLogError(f"{folder}: holds no {RUN_LOG}; name the folder that `conformance run` printed at its end")
    lines = _lines(folder / RUN_LOG)
    first = next(lines, None)
    if first is None:
        raise RunLogError(f"{folder / RUN_LOG}: holds no event; the run ended before it began, run the suite again")
    return _run(folder, first, lines)


def _lines(path: Path) -> Iterator[_Facts]:
    """Yield the objects of a log; the last line may be torn: a run that was killed wrote half of it."""
    lines = _read(path).split(b"\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        value = _parsed(line)
        if isinstance(value, dict):
            yield _Facts(f"{path}:{number}", value)
        elif number < len(lines):
            raise RunLogError(f"{path}:{number}: is no JSON object; the log is damaged, run the suite again")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RunLogError(f"{path}: cannot be read ({error.strerror}); check who may read it") from error


def _parsed(line: bytes) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _run(folder: Path, first: _Facts, rest: Iterable[_Facts]) -> Run:
    _require_readable(first)
    require_event(first.raw, first.where)
    checks, end = _checks_and_end(rest)
    suite, target, selection = first.inner("suite"), first.inner("target"), first.inner("selection")
    catalogue = tuple(_requirement(entry) for entry in first.objects("catalogue"))
    gate, profiles = first.code("gate", Level, Level.MUST), selection.texts("profiles")
    return Run(
        folder=folder,
        id=first.text("run", folder.name),
        started=first.text("started", ""),
        suite=f"{suite.text('name', 'unknown')} {suite.text('version', '')}".strip(),
        target=Target(
            target.text("name", "unnamed"),
            target.text("base_url", ""),
            target.optional_text("ca_file"),
            target.inner("overlay").optional_text("file"),
            target.inner("overlay").optional_text("sha256"),
            target.texts("resources"),
            target.optional_text("file"),
        ),
        seed=first.whole("seed", 0),
        gate=gate,
        profiles=profiles,
        patterns=selection.texts("requirements"),
        gating=_gating(first, catalogue, profiles, gate),
        catalogue=catalogue,
        readings=tuple(_reading(entry) for entry in first.objects("readings")),
        clients=tuple(client.raw for client in first.objects("clients")),
        environment=first.inner("environment").raw,
        checks=checks,
        end=end,
        exchanges=_Exchanges(folder / EXCHANGE_LOG),
        teeth=_teeth(first.inner("teeth")),
        examples=first.optional_whole("examples"),
    )


def _require_readable(first: _Facts) -> None:
    if first.raw.get("event") != "run":
        raise RunLogError(f"{first.where}: is no run event, so this is no run log; name another folder")
    schema = first.raw.get("schema")
    if isinstance(schema, int) and schema > SCHEMA:
        raise RunLogError(
            f"{first.where}: schema {schema} is newer than this version reads ({SCHEMA}); use the version that wrote it"
        )


def _gating(
    first: _Facts, catalogue: tuple[Requirement, ...], profiles: tuple[str, ...], gate: Level
) -> tuple[str, ...]:
    if "gating" in first.raw:
        return first.texts("gating")
    return gating_requirements(catalogue, profiles=profiles, gate=gate)


def _requirement(facts: _Facts) -> Requirement:
    source = facts.inner("source")
    return Requirement(
        id=facts.text("id"),
        statement=facts.text("statement", facts.text("id")),
        source=Source(source.text("page", "unknown page"), source.text("section", ""), source.texts("rows")),
        basis=facts.code("basis", Basis, Basis.STATED),
        level=facts.code("level", Level, Level.MUST),
        profile=facts.text("profile", ""),
        needs=facts.texts("needs"),
        depends_on=facts.texts("depends_on"),
        checkable=facts.raw.get("checkable") is not False,
        reason=facts.optional_text("reason"),
        derivation=facts.optional_text("derivation"),
    )


def _teeth(facts: _Facts) -> Teeth | None:
    """Read what the run says of the proof of its suite; an older log says nothing."""
    if not facts.raw:
        return None
    return Teeth(
        faults=facts.whole("faults"),
        killed=facts.whole("killed"),
        unproven=facts.texts("unproven"),
        toothless=facts.whole("toothless", 0),
        suite=facts.text("suite", ""),
        proved=facts.text("proved", ""),
        current=facts.raw.get("current") is True,
    )


def _reading(facts: _Facts) -> Reading:
    words = facts.inner("readings")
    return Reading(
        id=facts.text("id"),
        question=facts.text("question", facts.text("id")),
        kind=facts.code("kind", Silence, Silence.OPEN),
        pages=facts.texts("pages"),
        rows=facts.texts("rows"),
        readings=MappingProxyType({name: words.text(name) for name in words.raw}),
    )


def _checks_and_end(events: Iterable[_Facts]) -> tuple[tuple[Check, ...], End | None]:
    """Read the checks, and the end if there is one.

    Of two checks with the same id, as in a resumed run, the later one counts; a check behind the end means that the
    resumed run has not come to its own. Thousands of events pass through one by one: kept, they would slow all this down.
    """
    checks: dict[str, Check] = {}
    end: _Facts | None = None
    for facts in events:
        kind = facts.raw.get("event")
        if kind == "check":
            check = read_check(facts.raw, facts.where)
            checks[check.id], end = check, None
        elif kind == "end":
            end = facts
    return tuple(checks.values()), None if end is None else _end(end)


def read_check(event: Mapping[str, Any], where: str = "check event") -> Check:
    """Read one check event; raises RunLogError that names `where`."""
    require_event(event, where)
    get = event.get
    cell = get("cell")
    return Check(
        id=event["id"],
        requirement=event["requirement"],
        level=_LEVELS[get("level") or Level.MUST],
        outcome=_OUTCOMES[event["outcome"]],
        reason=get("reason"),
        message=get("message") or "",
        exchanges=tuple(get("exchanges") or ()),
        seconds=get("seconds") or 0.0,
        statement=get("statement"),
        question=get("question"),
        where=get("where"),
        expected=get("expected"),
        observed=get("observed"),
        cause=get("cause"),
        cell=MappingProxyType(dict(cell)) if cell else EMPTY,
        observations=_observations(_Facts(where, event)) if get("observations") else (),
    )


def _observations(facts: _Facts) -> tuple[Observation, ...]:
    found = facts.objects("observations")
    return tuple(
        Observation(item.text("name"), item.optional_text("value") or "", item.optional_whole("exchange"))
        for item in found
    )


def _end(facts: _Facts) -> End:
    require_event(facts.raw, facts.where)
    verdicts = facts.inner("requirements")
    return End(
        finished=facts.text("finished", ""),
        seconds=facts.number("seconds", 0.0),
        standing=facts.code("conclusion", Standing),
        exit=facts.whole("exit", facts.code("conclusion", Standing).exit),
        passed=facts.whole("passed", 0),
        exercised=facts.whole("exercised", 0),
        required=facts.whole("required", 0),
        verdicts=MappingProxyType({name: verdicts.code(name, Outcome) for name in verdicts.raw}),
        observations=_observations(facts),
        gate=_gate(facts),
    )


def _gate(end: _Facts) -> Gate | None:
    """Read what a baseline or waivers made of the run; None where there were none."""
    baseline, result = end.optional_text("baseline"), end.inner("gate_result")
    if baseline is None and "waived" not in end.raw:
        return None
    return Gate(
        exit=end.whole("exit", 0),
        baseline=baseline,
        waived=tuple(map(_waived, end.objects("waived"))) if "waived" in end.raw else None,
        counted=result.texts("counted"),
        known=result.texts("known"),
        lost=result.texts("lost"),
        problems=result.texts("problems"),
        warnings=result.texts("warnings"),
    )


def _waived(facts: _Facts) -> Waived:
    return Waived(
        requirement=facts.text("requirement"),
        check=facts.optional_text("check"),
        reason=facts.text("reason", ""),
        why=facts.text("why", ""),
        owner=facts.text("owner", ""),
        ticket=facts.text("ticket", ""),
        expires=facts.text("expires", ""),
        checks=facts.texts("checks"),
    )


class _Exchanges(Mapping[int, Exchange]):
    """The exchanges of a run: the file is read when the first is looked at, and a line when its own is."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[int, Exchange] = {}

    @cached_property
    def _lines(self) -> list[bytes]:
        return _read(self._path).split(b"\n") if self._path.is_file() else []

    @cached_property
    def _places(self) -> Mapping[int, int]:
        """Which line holds which exchange; nothing for a file that another hand wrote, which is then read whole."""
        found = {int(match[1]): at for at, line in enumerate(self._lines) if (match := _NUMBERED.match(line))}
        return found if len(found) == sum(1 for line in self._lines if line) else {}

    @cached_property
    def _all(self) -> Mapping[int, Exchange]:
        if not self._path.is_file():
            return MappingProxyType({})
        return MappingProxyType({found.id: found for found in map(_exchange, _lines(self._path))})

    def __getitem__(self, number: int) -> Exchange:
        if not self._places:
            return self._all[number]
        if number not in self._known:
            self._known[number] = self._one(self._places[number])
        return self._known[number]

    def _one(self, place: int) -> Exchange:
        value = _parsed(self._lines[place])
        if isinstance(value, dict):
            return _exchange(_Facts(f"{self._path}:{place + 1}", value))
        return self._all[-1]  # torn or damaged: reading it whole says which

    def __iter__(self) -> Iterator[int]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


def _exchange(facts: _Facts) -> Exchange:
    require_exchange(facts.raw, facts.where)
    request, response = facts.inner("request"), facts.inner("response")
    return Exchange(
        id=facts.whole("id"),
        client=facts.optional_text("client"),
        sent=facts.optional_text("sent"),
        seconds=facts.number("seconds", 0.0),
        method=request.text("method"),
        url=request.text("url"),
        headers=_headers(request),
        body=request.optional_text("body"),
        status=response.whole("status") if response.raw else None,
        response_headers=_headers(response),
        response_body=response.optional_text("body"),
        error=facts.optional_text("error"),
        truncated=facts.raw.get("truncated") is True,
    )


def _headers(message: _Facts) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in message.raw.get("headers") or ())
