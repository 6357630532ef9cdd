"""The requirement catalogue: what is required, where it stands, how binding it is."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, fields
from fnmatch import fnmatchcase
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from conformance.contract.outcomes import Basis, Level
from conformance.contract.resources import data_path, load_yaml
from conformance.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

FOLDER = "specs/requirements"

LEVEL_OF_BASIS = MappingProxyType(
    {
        Basis.STATED: Level.MUST,
        Basis.IMPLIED: Level.SHOULD,
        Basis.EXAMPLE: Level.SHOULD,
        Basis.CONVENTION: Level.MAY,
    }
)
"""A basis outside the documentation (rfc, hardening) brings its own level."""

LISTED = 16
"""How many names a message lists where none is close to the one given."""

_ID = re.compile(r"[a-z][a-z0-9-]*\.[a-z0-9][a-z0-9-]*")
_NEED = re.compile(r"[a-z]+\.[a-z][a-z-]*")


@dataclass(frozen=True, slots=True)
class Source:
    """A place in the documentation, or in an RFC; `rows` are rows of the source document such as A13."""

    page: str
    section: str
    rows: tuple[str, ...] = ()

    def __str__(self) -> str:
        rows = f" ({', '.join(self.rows)})" if self.rows else ""
        return f"{self.page}, {self.section}{rows}"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One sentence that a target meets or violates; not checkable ones say the reason."""

    id: str
    statement: str
    source: Source
    basis: Basis
    level: Level
    profile: str
    needs: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    checkable: bool = True
    reason: str | None = None
    derivation: str | None = None

    def __repr__(self) -> str:
        return f"<{self.id}: {self.level}, {self.source}>"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Requirements by id; iterates over the requirements in the order of their files."""

    entries: Mapping[str, Requirement]

    def __getitem__(self, requirement_id: str) -> Requirement:
        return self.entries[requirement_id]

    def __contains__(self, requirement_id: object) -> bool:
        return requirement_id in self.entries

    def __iter__(self) -> Iterator[Requirement]:
        return iter(self.entries.values())

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def ids(self) -> tuple[str, ...]:
        """All ids, in order."""
        return tuple(self.entries)

    @property
    def profiles(self) -> tuple[str, ...]:
        """The names of all profiles, in order of first use."""
        return tuple(dict.fromkeys(requirement.profile for requirement in self))

    def select(self, profiles: Sequence[str] = (), patterns: Sequence[str] = ()) -> Catalogue:
        """Keep what is in one of the profiles and matches one of the id globs; nothing given keeps everything.

        Raises UsageError for each profile that does not exist and each pattern that matches nothing.
        """
        problems = [_unknown("profile", name, self.profiles) for name in profiles if name not in self.profiles]
        if problems:
            raise UsageError("\n".join(problems))
        kept = {entry.id: entry for entry in self if not profiles or entry.profile in profiles}
        idle = [pattern for pattern in patterns if not _matching(pattern, kept)]
        if idle:
            raise UsageError("\n".join(self._unmatched(pattern, profiles) for pattern in idle))
        return Catalogue({id_: entry for id_, entry in kept.items() if not patterns or _matched(id_, patterns)})

    def _unmatched(self, pattern: str, profiles: Sequence[str]) -> str:
        elsewhere = _matching(pattern, self.entries)
        if not elsewhere:
            return _unknown("requirement", pattern, self.ids)
        others = ", ".join(dict.fromkeys(self[id_].profile for id_ in elsewhere))
        return f"requirement {pattern}: none in the profile {', '.join(profiles)}; add --profile for {others}"


@cache
def load_catalogue() -> Catalogue:
    """Read every file of specs/requirements, in alphabetical order, once in a process: nobody changes what they hold."""
    files = sorted(data_path(FOLDER).glob("*.yaml"))
    return parse_catalogue({file.stem: load_yaml(f"{FOLDER}/{file.name}") for file in files})


def parse_catalogue(documents: Mapping[str, object]) -> Catalogue:
    """Make a catalogue of the files' parsed contents by file stem; raises UsageError with all problems at once."""
    problems: list[str] = []
    entries: dict[str, Requirement] = {}
    for stem, document in documents.items():
        for where, raw in _raw_entries(stem, document, problems):
            entry = _requirement(raw, stem, where, problems)
            if entry is not None and entry.id in entries:
                problems.append(f"{where}: the id is given twice; ids are unique over all files")
            elif entry is not None:
                entries[entry.id] = entry
    problems += _dangling(entries)
    if problems:
        raise UsageError("\n".join(problems))
    return Catalogue(MappingProxyType(entries))


def _raw_entries(stem: str, document: object, problems: list[str]) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield each entry with the place that problems name: the file and the id, or the position where it has none."""
    file = f"{FOLDER}/{stem}.yaml"
    if not isinstance(document, list):
        problems.append(f"{file}: holds no list of requirements")
        return
    for position, raw in enumerate(document, start=1):
        if isinstance(raw, dict):
            yield f"{file}: {raw.get('id', f'entry {position}')}", raw
        else:
            problems.append(f"{file}: entry {position}: is no mapping")


def _requirement(raw: Mapping[str, object], profile: str, where: str, problems: list[str]) -> Requirement | None:
    found = _problems_of(raw)
    problems += [f"{where}: {problem}" for problem in found]
    if found:
        return None
    basis = Basis(str(raw["basis"]))
    source = cast("Mapping[str, object]", raw["source"])
    return Requirement(
        id=str(raw["id"]),
        statement=str(raw["statement"]),
        source=Source(str(source["page"]), str(source["section"]), _strings(source.get("rows"))),
        basis=basis,
        level=LEVEL_OF_BASIS[basis] if basis in LEVEL_OF_BASIS else Level(str(raw["level"])),
        profile=str(raw.get("profile", profile)),
        needs=_strings(raw.get("needs")),
        depends_on=_strings(raw.get("depends_on")),
        checkable=raw.get("checkable") is not False,
        reason=cast("str | None", raw.get("reason")),
        derivation=cast("str | None", raw.get("derivation")),
    )


def _problems_of(raw: Mapping[str, object]) -> list[str]:
    """Say everything that is wrong with one entry by itself."""
    return [
        *_key_problems(raw, {field.name for field in fields(Requirement)}, {"id", "statement", "source", "basis"}),
        *_text_problems(raw),
        *_source_problems(raw.get("source", {"page": "", "section": ""})),
        *_level_problems(raw),
        *_reason_problems(raw),
        *_list_problems(raw, "needs", _NEED, "control.rotate or client.expendable"),
        *_list_problems(raw, "depends_on", _ID, "token.form"),
    ]


def _key_problems(raw: Mapping[str, object], known: set[str], required: set[str]) -> Iterator[str]:
    for key in raw:
        if key not in known:
            yield _unknown("key", str(key), sorted(known))
    for key in sorted(required - raw.keys()):
        yield f"{key} is missing"


def _text_problems(raw: Mapping[str, object]) -> Iterator[str]:
    for key in ("id", "statement", "profile", "reason", "derivation"):
        if key in raw and not (isinstance(raw[key], str) and str(raw[key]).strip()):
            yield f"{key} is no text"
    if isinstance(raw.get("id"), str) and not _ID.fullmatch(str(raw["id"])):
        yield "the id is not of the form chapter.short-name, in lower case"


def _source_problems(source: object) -> Iterator[str]:
    if not isinstance(source, dict):
        yield "source is no mapping of page, section and rows"
        return
    for problem in _key_problems(source, {"page", "section", "rows"}, {"page", "section"}):
        yield f"source: {problem}"
    for key in ("page", "section"):
        if key in source and not isinstance(source[key], str):
            yield f"source: {key} is no text; put it in quotation marks"
    if not _is_texts(source.get("rows", [])):
        yield "source: rows is no list of texts such as A13"


def _level_problems(raw: Mapping[str, object]) -> Iterator[str]:
    if "basis" not in raw:
        return
    basis = str(raw["basis"])
    if basis not in list(Basis):
        yield _unknown("basis", basis, list(Basis))
    elif basis in LEVEL_OF_BASIS and "level" in raw:
        yield f"level is given, but follows from the basis {basis}; remove it"
    elif basis not in LEVEL_OF_BASIS and raw.get("level") not in list(Level):
        yield f"the basis {basis} needs a level of its own: {', '.join(Level)}"


def _reason_problems(raw: Mapping[str, object]) -> Iterator[str]:
    checkable = raw.get("checkable", True)
    if not isinstance(checkable, bool):
        yield "checkable is neither true nor false"
    elif not checkable and "reason" not in raw:
        yield "checkable is false without a reason"
    elif checkable and "reason" in raw:
        yield "reason is given, but only belongs to what is not checkable"


def _list_problems(raw: Mapping[str, object], key: str, form: re.Pattern[str], example: str) -> Iterator[str]:
    if not _is_texts(raw.get(key, [])):
        yield f"{key} is no list of texts such as {example}"
        return
    for name in _strings(raw.get(key)):
        if not form.fullmatch(name):
            yield f"{key}: {name} is not of a form such as {example}"


def _dangling(entries: Mapping[str, Requirement]) -> Iterator[str]:
    """Find what an entry depends on and that no file defines, or that is the entry itself."""
    for entry in entries.values():
        for name in entry.depends_on:
            if name == entry.id:
                yield f"{FOLDER}: {entry.id}: depends on itself"
            elif name not in entries:
                yield f"{FOLDER}: {entry.id}: depends_on: {_unknown('requirement', name, list(entries))}"


def _unknown(kind: str, name: str, known: Collection[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=3, cutoff=0.5)
    if close:
        return f"{kind} {name}: there is none of this name; did you mean {', '.join(close)}?"
    listed = ", ".join(sorted(known)[:LISTED])
    return f"{kind} {name}: there is none of this name; there are {listed}{', ...' if len(known) > LISTED else ''}"


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _strings(value: object) -> tuple[str, ...]:
    return tuple(cast("Iterable[str]", value or ()))


def _matching(pattern: str, ids: Iterable[str]) -> list[str]:
    return [id_ for id_ in ids if fnmatchcase(id_, pattern)]


def _matched(id_: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(id_, pattern) for pattern in patterns)
