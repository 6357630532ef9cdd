"""What the catalogue, the suite and the faults of the bundled server say together about one requirement."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from conformance.check_functions import check_functions
from conformance.contract.catalogue import load_catalogue
from conformance.contract.outcomes import Basis
from conformance.contract.specification import load_specification
from conformance.errors import UsageError
from conformance.plan_text import WIDTH, paragraph
from conformance.prerequisites import example_for
from conformance.report.wording import counted, span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.check_functions import CheckFunction
    from conformance.contract.catalogue import Requirement

_LABEL = 11

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
    "client.scoped-receiver": "a client with some of several warehouses that may receive stock",
    "client.second-subscriber": "two clients with the permission webhooks.admin that are not read-only",
    "client.distinguishable": "two clients of which one may read a list and the other may not",
    "client.all-warehouses": "a client with the warehouses of all numbers",
    "client.all-reports": "a client with the reports of all numbers",
    "client.reader": "a client that may read something",
    "limits.writes": "writes = true under [limits]",
    "data.aliases": "an alias of an item, named under [data]",
    "data.subscription": 'a webhook subscription of a client: an own one, or [examples."POST /Webhook"] to make one of',
    "example.place": "an example that tells by its placeholders which stock it moves, and where",
    "example.spot": "an example that tells by its placeholders which stock it moves, and from which location",
    "example.destination": "an example that holds {to_spot}",
    "example.units": "an example that says how many units",
}


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
    lines = [requirement.id, *paragraph(requirement.statement, 0), ""]
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
        return ["", "CANNOT BE CHECKED over the network", *paragraph(str(requirement.reason), 2)]
    if not checks:
        return ["", "HOW IT IS CHECKED", "  This version of the suite has no check for it."]
    lines = ["", f"HOW IT IS CHECKED ({counted(len(checks), 'check')})"]
    for check in checks:
        lines += ["", *paragraph(f"{check.where}: {check.clause}", 2, 2), *paragraph(check.question, 6)]
        lines += paragraph("; ".join(_particulars(check)), 6)
    return lines


def _particulars(check: CheckFunction) -> Iterator[str]:
    if check.kinds:
        yield f"once for each operation and client that fits: {', '.join(check.kinds)}"
    if check.each:
        yield "once for each operation that fits"
    if check.operations:
        yield f"asks {', '.join(check.operations)}"
    yield _requests(check)
    needs = [NEEDS.get(name, name) for name in check.needs]
    needs += [f'[examples."{label}"]' for label in _examples(check)]
    if needs:
        yield f"needs {', '.join(needs)}"
    if check.lasts:
        yield f"spans {span(check.lasts)} of the target's time"


def _requests(check: CheckFunction) -> str:
    each = " for each" if check.kinds or check.each else ""
    if not check.shares:
        return f"about {counted(check.sends, 'request')}{each}"
    if not check.sends:
        return f"about {counted(check.shares, 'request')}{each}, shared with other checks"
    return f"about {check.sends + check.shares} requests{each}, {check.shares} of them shared with other checks"


def _examples(check: CheckFunction) -> list[str]:
    """Whose examples the check takes."""
    operations = load_specification()
    examples = [example_for(operations[label]) for label in check.operations if label in operations]
    return list(dict.fromkeys(label for label in examples if label is not None))


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
        lines += paragraph(f"{name}: {sentence}", 2, 4)
    first = next(iter(breaking))
    return [
        *lines,
        "",
        "See it fail, in two terminals:",
        f"  conformance serve --fault {first} --write-target faulty.toml",
        f"  conformance run faulty.toml --requirement {requirement.id}",
    ]
