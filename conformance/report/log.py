"""How a run folder is read: run.jsonl and exchanges.jsonl into one frozen Run, or one error that says what to do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from conformance.contract.catalogue import Requirement, Source
from conformance.contract.outcomes import Basis, Level, Outcome
from conformance.contract.readings import Reading, Silence
from conformance.errors import RunLogError
from conformance.report.run import Check, End, Exchange, Observation, Run, Target
from conformance.verdicts import Standing, gating_requirements

if TYPE_CHECKING:
    from collections.abc import Iterator
    from enum import StrEnum

RUN_LOG = "run.jsonl"
EXCHANGE_LOG = "exchanges.jsonl"
SCHEMA = 1

_Code = TypeVar("_Code", bound="StrEnum")
_KINDS = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    dict: "an object",
    list: "a list",
    bool: "true or false",
}


@dataclass(frozen=True, slots=True)
class _Facts:
    """One JSON object of a log with the place that errors name; keys that nobody asks for are let be."""

    where: str
    raw: Mapping[str, object]

    def text(self, key: str, default: str | None = None) -> str:
        return _expect(self._get(key, default), str, f"{self.where}: {key}")

    def optional_text(self, key: str) -> str | None:
        """Read a text; null and a missing key are None, any other value stands as its JSON."""
        value = self.raw.get(key)
        return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def whole(self, key: str, default: int | None = None) -> int:
        return _expect(self._get(key, default), int, f"{self.where}: {key}")

    def optional_whole(self, key: str) -> int | None:
        """Read a whole number; null and a missing key are None."""
        return None if self.raw.get(key) is None else self.whole(key)

    def number(self, key: str, default: float | None = None) -> float:
        value = self._get(key, default)
        return float(value if isinstance(value, int) else _expect(value, float, f"{self.where}: {key}"))

    def code(self, key: str, codes: type[_Code], default: _Code | None = None) -> _Code:
        return _code(self._get(key, default), codes, f"{self.where}: {key}")

    def inner(self, key: str) -> _Facts:
        """Read an object; null and a missing key are an empty one."""
        return _Facts(f"{self.where}: {key}", _expect(self.raw.get(key) or {}, dict, f"{self.where}: {key}"))

    def items(self, key: str) -> list[object]:
        """Read a list; null and a missing key are an empty one."""
        return _expect(self.raw.get(key) or [], list, f"{self.where}: {key}")

    def texts(self, key: str) -> tuple[str, ...]:
        return tuple(_expect(item, str, f"{self.where}: {key}") for item in self.items(key))

    def objects(self, key: str) -> list[_Facts]:
        place = f"{self.where}: {key}"
        return [_Facts(f"{place}[{at}]", _expect(item, dict, place)) for at, item in enumerate(self.items(key))]

    def _get(self, key: str, default: object) -> object:
        value = self.raw.get(key, default)
        if value is None:
            raise RunLogError(f"{self.where}: {key} is missing; the log is damaged, run the suite again")
        return value


_Kind = TypeVar("_Kind")


def _expect(value: object, kind: type[_Kind], where: str) -> _Kind:
    if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
        return value
    raise RunLogError(f"{where} is not {_KINDS[kind]}; the log is damaged, run the suite again")


def _code(value: object, codes: type[_Code], where: str) -> _Code:
    try:
        return codes(str(value))
    except ValueError:
        known = ", ".join(codes)
        raise RunLogError(
            f"{where}: {value!r} is none of {known}; if a newer version wrote this log, use that version"
        ) from None


def read_run(place: Path | str) -> Run:
    """Read the run in a folder (or of its run.jsonl).

    A missing end, a torn last line, unknown events and unknown keys are no errors. Raises RunLogError otherwise.
    """
    folder = Path(place)
    folder = folder.parent if folder.name == RUN_LOG else folder
    if not (folder / RUN_LOG).is_file():
        raise RunLogError(f"{folder}: holds no {RUN_LOG}; name the folder that `conformance run` printed at its end")
    lines = list(_lines(folder / RUN_LOG))
    if not lines:
        raise RunLogError(f"{folder / RUN_LOG}: holds no event; the run ended before it began, run the suite again")
    return _run(folder, lines[0], lines[1:])


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


def _run(folder: Path, first: _Facts, rest: list[_Facts]) -> Run:
    _require_readable(first)
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
        checks=_checks(rest),
        end=_end(rest),
        exchanges=_Exchanges(folder / EXCHANGE_LOG),
    )


def _require_readable(first: _Facts) -> None:
    if first.raw.get("event") != "run":
        raise RunLogError(f"{first.where}: is no run event, so this is no run log; name another folder")
    schema = first.whole("schema")
    if schema > SCHEMA:
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


def _checks(events: list[_Facts]) -> tuple[Check, ...]:
    """Read the check events; of two with the same id, as in a resumed run, the later one counts."""
    checks = [read_check(facts.raw, facts.where) for facts in events if facts.raw.get("event") == "check"]
    return tuple({check.id: check for check in checks}.values())


def read_check(event: Mapping[str, object], where: str = "check event") -> Check:
    """Read one check event; raises RunLogError that names `where`."""
    facts = _Facts(where, event)
    return Check(
        id=facts.text("id"),
        requirement=facts.text("requirement"),
        level=facts.code("level", Level, Level.MUST),
        outcome=facts.code("outcome", Outcome),
        reason=facts.optional_text("reason"),
        message=facts.optional_text("message") or "",
        exchanges=tuple(_expect(item, int, f"{where}: exchanges") for item in facts.items("exchanges")),
        seconds=facts.number("seconds", 0.0),
        statement=facts.optional_text("statement"),
        question=facts.optional_text("question"),
        where=facts.optional_text("where"),
        expected=facts.optional_text("expected"),
        observed=facts.optional_text("observed"),
        cause=facts.optional_text("cause"),
        cell=MappingProxyType(dict(facts.inner("cell").raw)),
        observations=_observations(facts),
    )


def _observations(facts: _Facts) -> tuple[Observation, ...]:
    found = facts.objects("observations")
    return tuple(
        Observation(item.text("name"), item.optional_text("value") or "", item.optional_whole("exchange"))
        for item in found
    )


def _end(events: list[_Facts]) -> End | None:
    """Read the end; checks behind it mean that a resumed run has not come to its own."""
    known = [facts for facts in events if facts.raw.get("event") in {"check", "end"}]
    if not known or known[-1].raw["event"] != "end":
        return None
    facts = known[-1]
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
    )


class _Exchanges(Mapping[int, Exchange]):
    """The exchanges of a run, read when the first of them is looked at: a run without failures never needs them."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def _read(self) -> Mapping[int, Exchange]:
        if not self._path.is_file():
            return MappingProxyType({})
        return MappingProxyType({found.id: found for found in map(_exchange, _lines(self._path))})

    def __getitem__(self, number: int) -> Exchange:
        return self._read[number]

    def __iter__(self) -> Iterator[int]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)


def _exchange(facts: _Facts) -> Exchange:
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
    place = f"{message.where}: headers"
    pairs = [_expect(pair, list, place) for pair in message.items("headers")]
    if not all(len(pair) == 2 and all(isinstance(part, str) for part in pair) for pair in pairs):
        raise RunLogError(f"{place} is no list of names with their values; the log is damaged, run the suite again")
    return tuple((str(name), str(value)) for name, value in pairs)
