"""What the catalogue, the suite and the faults of the bundled server say together about a requirement."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import textwrap
from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import conformance.suite
from conformance.contract.catalogue import load_catalogue
from conformance.contract.outcomes import Basis
from conformance.errors import UsageError
from conformance.report.wording import counted, listing, span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from conformance.contract.catalogue import Requirement

WIDTH = 100
_LABEL = 11
_UNPROVEN = 12

WHY_THIS_LEVEL = {
    Basis.STATED: "the documentation says so, or what it says cannot mean otherwise; hence a must",
    Basis.IMPLIED: "the documentation suggests it without saying so; hence a should",
    Basis.EXAMPLE: "an example of the documentation shows it; hence a should",
    Basis.CONVENTION: "such an API usually does so, the documentation is silent; hence a may",
    Basis.RFC: "a standard that the documentation builds on says so, with this level; it gates where its profile is asked for",
    Basis.HARDENING: "good practice beyond the documentation, with a level of its own; it gates where its profile is asked for",
}

NEEDS = {
    "control.advance": "a [control] that offers advance, or the time to wait",
    "control.rotate": "a [control] that offers rotate",
    "control.disable": "a [control] that offers disable",
    "control.enable": "a [control] that offers enable",
    "client.expendable": "a client with expendable = true",
    "client.read-only": "a client with read_only = true and permissions to write",
    "client.without-permission": "a client that lacks some permission that another one has",
    "client.warehouse-scoped": "a client with some of several warehouses",
    "client.report-limited": "a client with some of several reports",
    "client.distinguishable": "two clients of which one may read a list and the other may not",
}


@dataclass(frozen=True, slots=True)
class CheckFunction:
    """One function of the suite and what its marks say; `lasts` in seconds, `sends` about so many requests each time."""

    name: str
    where: str
    question: str
    requirements: tuple[str, ...]
    needs: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    sends: int = 1
    lasts: float = 0.0

    @property
    def clause(self) -> str:
        """The check's name as words."""
        return self.name.removeprefix("test_").replace("_", " ")


def check_functions() -> tuple[CheckFunction, ...]:
    """Every check function of the suite, in the order of its files and lines."""
    names = sorted(module.name for module in pkgutil.iter_modules(conformance.suite.__path__))
    modules = [importlib.import_module(f"conformance.suite.{name}") for name in names if name.startswith("test_")]
    found = [_check_function(function) for module in modules for function in _tests_of(module)]
    return tuple(function for function in found if function.requirements)


def _tests_of(module: Any) -> Iterator[Any]:
    for name, value in vars(module).items():
        if name.startswith("test_") and inspect.isfunction(value):
            yield value


def _check_function(function: Any) -> CheckFunction:
    marks = {mark.name: mark for mark in getattr(function, "pytestmark", ())}
    requirement, scenario = marks.get("requirement"), marks.get("scenario")
    code = scenario.args[0].__code__ if scenario else function.__code__
    return CheckFunction(
        name=function.__name__,
        where=f"{code.co_filename.rpartition('/')[2]}:{code.co_firstlineno}",
        question=inspect.cleandoc(function.__doc__ or ""),
        requirements=requirement.args if requirement else (),
        needs=marks["needs"].args if "needs" in marks else (),
        kinds=tuple(map(str, marks["cells"].args)) if "cells" in marks else (),
        sends=requirement.kwargs.get("sends", 1) if requirement else 1,
        lasts=scenario.kwargs["lasts"] if scenario else 0.0,
    )


# --- the list ---


def listed(
    profiles: Sequence[str], patterns: Sequence[str], breaking: Mapping[str, Sequence[str]]
) -> list[dict[str, Any]]:
    """List requirements with the checks that ask for them; `breaking` maps each fault to what it violates.

    Raises UsageError for a profile that does not exist and a pattern that matches nothing.
    """
    selection = load_catalogue().select(profiles, patterns)
    checks = _by_requirement((name, check.name) for check in check_functions() for name in check.requirements)
    faults = _by_requirement((name, fault) for fault, violated in breaking.items() for name in violated)
    return [_entry(entry, checks[entry.id], faults[entry.id]) for entry in selection]


def _by_requirement(pairs: Iterable[tuple[str, str]]) -> defaultdict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, value in pairs:
        found[name].append(value)
    return found


def _entry(requirement: Requirement, checks: list[str], faults: list[str]) -> dict[str, Any]:
    source = requirement.source
    return {
        "id": requirement.id,
        "level": str(requirement.level),
        "profile": requirement.profile,
        "basis": str(requirement.basis),
        "statement": requirement.statement,
        "source": {"page": source.page, "section": source.section, "rows": list(source.rows)},
        "needs": list(requirement.needs),
        "checkable": requirement.checkable,
        "reason": requirement.reason,
        "checks": len(checks),
        "faults": len(faults),
    }


def list_text(entries: Sequence[Mapping[str, Any]]) -> str:
    """Give the list as lines: by profile, what cannot be checked apart, the totals last."""
    lines: list[str] = []
    checkable = [entry for entry in entries if entry["checkable"]]
    for profile, group in groupby(
        sorted(checkable, key=lambda entry: _rank(entry, checkable)), key=lambda entry: entry["profile"]
    ):
        own = list(group)
        lines += [*_gap(lines), f"{profile.upper()} ({counted(len(own), 'requirement')})"]
        for entry in own:
            lines += _listed_entry(entry)
    others = [entry for entry in entries if not entry["checkable"]]
    if others:
        lines += [*_gap(lines), f"CANNOT BE CHECKED over the network ({len(others)})"]
        for entry in others:
            lines += [f"  {entry['id']}", *_paragraph(entry["statement"], 6), *_paragraph(entry["reason"], 6)]
    return "\n".join([*lines, *_totals(checkable, others)])


def _rank(entry: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> int:
    """Keep the catalogue's order, profile by profile."""
    return next(at for at, other in enumerate(entries) if other["profile"] == entry["profile"])


def _gap(lines: Sequence[str]) -> list[str]:
    return [""] if lines else []


def _listed_entry(entry: Mapping[str, Any]) -> list[str]:
    counts = f"{counted(entry['checks'], 'check')}, {counted(entry['faults'], 'fault')}"
    head = f"  {entry['id']:42}{entry['level']:8}{counts:22}{_place(entry['source'])}"
    return [*_paragraph(head.strip(), 2, 72), *_paragraph(entry["statement"], 6)]


def _place(source: Mapping[str, Any]) -> str:
    rows = ", ".join(source["rows"])
    return rows or f"{source['page']}, {source['section']}"


def _totals(checkable: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]]) -> list[str]:
    musts = sum(entry["level"] == "must" for entry in checkable)
    idle = [entry["id"] for entry in checkable if not entry["checks"]]
    unproven = [entry["id"] for entry in checkable if entry["checks"] and not entry["faults"]]
    total = (
        f"{counted(len(checkable) + len(others), 'requirement')}: {len(checkable)} can be checked ({musts} of them musts), "
        f"{len(others)} cannot."
    )
    lines = ["", *_paragraph(total, 0)]
    if idle:
        lines += _paragraph(f"Without a check: {listing(idle, _UNPROVEN)}.", 0)
    if unproven:
        lines += _paragraph(f"Without a fault that breaks it, and so unproven: {listing(unproven, _UNPROVEN)}.", 0)
    return [*lines, "`conformance explain ID` tells how one of them is checked and what breaks it."]


# --- one requirement ---


def explain(requirement_id: str, faults: Mapping[str, tuple[Sequence[str], str]]) -> str:
    """Explain one requirement; `faults` maps each fault's name to what it violates and its sentence.

    Raises UsageError, with names that are close, for an id that does not exist.
    """
    catalogue = load_catalogue()
    if requirement_id not in catalogue:
        close = catalogue.select((), (requirement_id,))
        raise UsageError(
            f"explain takes one requirement; {requirement_id} matches {len(close)}: `conformance list --requirement "
            f"'{requirement_id}'` lists them"
        )
    requirement = catalogue[requirement_id]
    checks = [check for check in check_functions() if requirement_id in check.requirements]
    breaking = {name: sentence for name, (violated, sentence) in faults.items() if requirement_id in violated}
    return "\n".join([*_facts(requirement), *_how(requirement, checks), *_what_breaks(requirement, breaking)])


def _facts(requirement: Requirement) -> list[str]:
    lines = [requirement.id, *_paragraph(requirement.statement, 0), ""]
    lines += _row("Source", str(requirement.source))
    lines += _row("Level", str(requirement.level))
    lines += _row("Basis", f"{requirement.basis}: {WHY_THIS_LEVEL[requirement.basis]}")
    if requirement.derivation:
        lines += _row("Derived", requirement.derivation)
    lines += _row("Profile", requirement.profile)
    for number, need in enumerate(requirement.needs):
        lines += _row("" if number else "Needs", NEEDS.get(need, need))
    if requirement.depends_on:
        lines += _row("Follows", f"a failure is shown under {' or '.join(requirement.depends_on)} where that fails too")
    return lines


def _row(label: str, text: str) -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=f"{label:<{_LABEL}}", subsequent_indent=" " * _LABEL, break_on_hyphens=False
    )


def _how(requirement: Requirement, checks: Sequence[CheckFunction]) -> list[str]:
    if not requirement.checkable:
        return ["", "CANNOT BE CHECKED over the network", *_paragraph(str(requirement.reason), 2)]
    if not checks:
        return ["", "HOW IT IS CHECKED", "  This version of the suite has no check for it."]
    lines = ["", f"HOW IT IS CHECKED ({counted(len(checks), 'check')})"]
    for check in checks:
        lines += ["", *_paragraph(f"{check.where}: {check.clause}", 2, 2), *_paragraph(check.question, 6)]
        lines += _paragraph("; ".join(_particulars(check)), 6)
    return lines


def _particulars(check: CheckFunction) -> Iterator[str]:
    each = " for each" if check.kinds else ""
    if check.kinds:
        yield f"once for each operation and client that fits: {', '.join(check.kinds)}"
    yield f"about {counted(check.sends, 'request')}{each}"
    if check.needs:
        yield f"needs {', '.join(check.needs)}"
    if check.lasts:
        yield f"spans {span(check.lasts)} of the target's time"


def _what_breaks(requirement: Requirement, breaking: Mapping[str, str]) -> list[str]:
    if not requirement.checkable:
        return []
    if not breaking:
        return [
            "",
            "WHAT BREAKS IT",
            "  No fault of the bundled server does yet: that its checks can fail is unproven.",
        ]
    lines = ["", f"WHAT BREAKS IT ({counted(len(breaking), 'fault')} of the bundled server)"]
    for name, sentence in breaking.items():
        lines += _paragraph(f"{name}: {sentence}", 2, 4)
    first = next(iter(breaking))
    return [
        *lines,
        "",
        "See it fail, in two terminals:",
        f"  conformance serve --fault {first} --write-target faulty.toml",
        f"  conformance run faulty.toml --requirement {requirement.id}",
    ]


def _paragraph(text: str, indent: int, hanging: int = 0) -> list[str]:
    first, rest = " " * indent, " " * (indent + hanging)
    return textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False, break_long_words=False
    )
