"""The catalogue as a list, and how much of the documentation it covers."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, Any

from conformance.check_functions import check_functions
from conformance.contract.catalogue import load_catalogue
from conformance.contract.statements import STATEMENTS, coverage
from conformance.plan_text import paragraph
from conformance.report.wording import counted, listing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.contract.catalogue import Requirement

_UNPROVEN = 12


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
        "derivation": requirement.derivation,
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
            lines += [f"  {entry['id']}", *paragraph(entry["statement"], 6), *paragraph(entry["reason"], 6)]
    return "\n".join([*lines, *_totals(checkable, others)])


def _rank(entry: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> int:
    """Keep the catalogue's order, profile by profile."""
    return next(at for at, other in enumerate(entries) if other["profile"] == entry["profile"])


def _gap(lines: Sequence[str]) -> list[str]:
    return [""] if lines else []


def _listed_entry(entry: Mapping[str, Any]) -> list[str]:
    counts = f"{counted(entry['checks'], 'check')}, {counted(entry['faults'], 'fault')}"
    head = f"  {entry['id']:42}{entry['level']:8}{counts:22}{_place(entry)}"
    return [*paragraph(head.strip(), 2, 72), *paragraph(entry["statement"], 6)]


def _place(entry: Mapping[str, Any]) -> str:
    """The section of the documentation, with its page where that is not what the profile is called after."""
    page, section = entry["source"]["page"], entry["source"]["section"]
    return str(section if entry["profile"] in {page, section.lower()} else f"{page}, {section}")


def _totals(checkable: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]]) -> list[str]:
    musts = sum(entry["level"] == "must" for entry in checkable)
    idle = [entry["id"] for entry in checkable if not entry["checks"]]
    unproven = [entry["id"] for entry in checkable if entry["checks"] and not entry["faults"]]
    total = (
        f"{counted(len(checkable) + len(others), 'requirement')}: {len(checkable)} can be checked ({musts} of them musts), "
        f"{len(others)} cannot."
    )
    lines = ["", *paragraph(total, 0)]
    if idle:
        lines += paragraph(f"Without a check: {listing(idle, _UNPROVEN)}.", 0)
    if unproven:
        lines += paragraph(f"Without a fault that breaks it, and so unproven: {listing(unproven, _UNPROVEN)}.", 0)
    return [*lines, "`conformance explain ID` tells how one of them is checked and what breaks it."]


# --- what of the documentation is covered ---


def coverage_text(entries: Sequence[Mapping[str, Any]]) -> str:
    """Tell, page by page, what of the documentation the catalogue covers; `entries` are those of the whole list."""
    columns = ("statements", "requirements", "not checkable", "checks", "faults")
    lines = [f"{'COVERAGE by profile':21}" + "".join(f"{column:>15}" for column in columns)]
    for profile in dict.fromkeys(entry["profile"] for entry in entries):
        own = [entry for entry in entries if entry["profile"] == profile]
        rows = {row for entry in own for row in entry["source"]["rows"] if row in STATEMENTS}
        unchecked = sum(not entry["checkable"] for entry in own)
        numbers = (len(rows), len(own), unchecked, _sum(own, "checks"), _sum(own, "faults"))
        lines.append(f"  {profile:19}" + "".join(f"{number or '-':>15}" for number in numbers))
    found = coverage()
    total = (
        f"Of the {len(STATEMENTS)} statements of the documentation {len(found.checked)} are checked, "
        f"{len(found.read)} leave the answer open and are reported as what the target does, "
        f"{len(found.not_checkable)} cannot be checked; {len(found.missing)} are not accounted for. "
        "`conformance list --statements` lists them."
    )
    return "\n".join([*lines, "", *paragraph(total, 0)])


def _sum(entries: Sequence[Mapping[str, Any]], key: str) -> int:
    return sum(entry[key] for entry in entries)


def statements_text() -> str:
    """Give each statement of the documentation by its number, where it stands and the entries that account for it.

    The points of the page Authentication come first.
    """
    found, catalogue = coverage(), load_catalogue()
    places = {
        row: f"{it.source.page}, {it.source.section}" for it in reversed(list(catalogue)) for row in it.source.rows
    }
    lines: list[str] = []
    for row, names in found.entries.items():
        place = places.get(row, "")
        accounts = ", ".join(names) or "not accounted for"
        lines += [f"{row:6}{place}", *paragraph(accounts, 6)]
    return "\n".join(lines)
