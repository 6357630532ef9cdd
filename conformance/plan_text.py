"""How a plan reads on a terminal."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from conformance.contract.outcomes import Outcome
from conformance.report.wording import counted, listing
from conformance.target.timeline import duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.planning import Changes, LeftOut, Plan, PlannedRequirement

WIDTH = 100
_NAMES = 8


def plan_text(plan: Plan) -> str:
    """Give a plan as lines of at most 100 characters; identifiers and addresses are never broken."""
    return "\n".join(
        [
            *_head(plan),
            *_section("ASKED (* required; requests are estimates)", _asked(plan)),
            *_section("NOT ASKED, and what would change that", _left_out(plan.left_out)),
            *_section("CLIENTS", _clients(plan)),
            *_section("CONTROL ACTIONS", _actions(plan)),
            *_section("WHAT IT CHANGES on the target", _changes(plan)),
            *_section("CANNOT BE CHECKED over the network", paragraph(listing(plan.not_checkable, _NAMES), 2)),
        ]
    )


def waivers_text(waivers: Mapping[str, Sequence[str]]) -> list[str]:
    """Give what is wrong with the waivers of a planned run, as lines; `waivers` is empty where no file was named."""
    if not waivers:
        return []
    lines = [line for problem in waivers["waiver_problems"] for line in paragraph(f"- {problem}", 2, 2)]
    lines += [line for warning in waivers["waiver_warnings"] for line in paragraph(f"- {warning}", 2, 2)]
    return _section("WAIVERS", lines or ["  every one of them holds today"])


def paragraph(text: str, indent: int, hanging: int = 0) -> list[str]:
    """Wrap a text; lines but the first are indented further by `hanging`."""
    first, rest = " " * indent, " " * (indent + hanging)
    return textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False, break_long_words=False
    )


def _section(title: str, lines: Iterable[str]) -> list[str]:
    content = list(lines)
    return ["", title, *content] if content else []


def _head(plan: Plan) -> list[str]:
    required = sum(entry.gating for entry in plan.requirements)
    limits = plan.target.limits
    pace = "" if limits.requests_per_second is None else f" and {limits.requests_per_second:g} a second"
    writes = f" ({plan.writes} of them writes, most to be refused)" if plan.writes else ""
    checks = f"{plan.asked} of {plan.checks}, with about {counted(plan.requests, 'request')}{writes}"
    return [
        "PLAN: what a run would do; nothing has been sent",
        f"Target     {plan.target.name}, {plan.target.base_url}",
        f"Selection  {counted(len(plan.requirements), 'requirement')}, {required} of them required",
        *paragraph(f"Checks     {checks}, at most {limits.concurrency} at once{pace}", 0, 11),
        *paragraph(f"Waiting    {_waiting(plan)}", 0, 11),
        *paragraph(f"At best    {plan.best.upper()} (exit status {plan.best.exit}): {plan.best.sentence}", 0, 11),
    ]


def _waiting(plan: Plan) -> str:
    if plan.moves_clock:
        return "nothing is really waited for: the control moves the target's clock"
    if not plan.longest_wait:
        return "nothing"
    alone, whole = duration(plan.longest_wait), duration(plan.waiting)
    in_all = "" if alone == whole else f", about {whole} in all"
    return f"really waits {alone} at the longest{in_all}: no control moves the target's clock"


def _asked(plan: Plan) -> list[str]:
    entries = [entry for entry in plan.requirements if entry.asked]
    if not entries:
        return ["  nothing"]
    column = max(len(entry.id) for entry in entries)
    head = f"  {'':{column + 1}}  checks  requests  needs"
    return [head, *(_requirement(entry, column) for entry in entries)]


def _requirement(entry: PlannedRequirement, column: int) -> str:
    mark = "*" if entry.gating else " "
    checks = str(entry.asked) if entry.asked == entry.checks else f"{entry.asked} of {entry.checks}"
    return f"  {mark}{entry.id:{column}}  {checks:>6}  {entry.requests:>8}  {_needs(entry)}".rstrip()


def _needs(entry: PlannedRequirement) -> str:
    clients = f"as {entry.clients[0]}" if len(entry.clients) == 1 else f"as {len(entry.clients)} clients"
    return ", ".join((*((clients,) if entry.clients else ()), *entry.actions))


def _left_out(groups: Sequence[LeftOut]) -> list[str]:
    lines = []
    for outcome in (Outcome.PENDING, Outcome.BLOCKED, Outcome.NOT_RUN, Outcome.NOT_APPLICABLE):
        for group in (group for group in groups if group.outcome is outcome):
            perhaps = "" if group.surely else "perhaps "
            word = perhaps + str(outcome).replace("_", " ")
            lines += paragraph(f"- {word}: {group.message} [{group.reason}]", 2, 2)
            checks = f" ({counted(group.checks, 'check')})" if group.checks else ""
            lines += paragraph(f"{listing(group.requirements, _NAMES)}{checks}", 6)
    return lines


def _clients(plan: Plan) -> list[str]:
    column = max(len(client.name) for client in plan.clients)
    lines = []
    for client in plan.clients:
        deeds = [f"{counted(client.cells, 'question')} about its rights"] if client.cells else []
        deeds += ["its secret may be rotated"] if client.rotated else []
        deeds += ["its account may be disabled and enabled again"] if client.disabled else []
        lines += paragraph(f"{client.name:{column}}  {', '.join(deeds) or 'gets a token'}", 2, column + 2)
    return lines


def _actions(plan: Plan) -> list[str]:
    if not plan.actions:
        return []
    if plan.target.control is None:
        return ["  none: the target file declares no [control]"]
    column = max(len(action) for action, _ in plan.actions)
    return [f"  {action:{column}}  asked for by {counted(number, 'check')}" for action, number in plan.actions]


def _changes(plan: Plan) -> list[str]:
    changes = plan.changes
    lines = [*_of_items(changes), *_of_examples(changes), *_of_accounts(plan)]
    if not plan.target.limits.writes:
        lines.append(
            "limits.writes = false: no request is sent that could change data; what the documentation says of read-only"
            " clients (A17) and of refused writes then stays undecided"
        )
    return [line for text in lines or ["nothing"] for line in paragraph(f"- {text}", 2, 2)]


def _of_items(changes: Changes) -> list[str]:
    lines = []
    if changes.items:
        lines.append(
            f"about {counted(changes.items, 'item')} created, with a prefix of the run's own; discontinued at the end"
        )
    if changes.subscriptions:
        lines.append(
            f"about {counted(changes.subscriptions, 'webhook subscription')} created, by the declared example;"
            " deleted again"
        )
    if changes.holds:
        lines.append(f"free spots put on hold, and released again (about {counted(changes.holds, 'time')})")
    return lines


def _of_examples(changes: Changes) -> list[str]:
    lines = [
        f"{label} by its declared example, about {counted(number, 'time')}; this is not undone"
        for label, number in changes.others
    ]
    if changes.stock:
        moves = ", ".join(f"{label} about {counted(number, 'time')}" for label, number in changes.stock)
        lines.append(
            f"stock moved by the declared examples: {moves}; the checks on stock movements take theirs back, the others"
            " do not"
        )
    return lines


def _of_accounts(plan: Plan) -> list[str]:
    changes, lines = plan.changes, []
    if changes.rotating:
        lines.append(
            f"secrets of expendable clients rotated, by {counted(changes.rotating, 'check')}; the new ones are kept in the"
            f" files that they came from, else in {plan.target.path.name}.secrets, unless the control offers reset"
        )
    if changes.disabling:
        lines.append(
            f"accounts of expendable clients disabled and enabled again, by {counted(changes.disabling, 'check')}"
        )
    return lines
