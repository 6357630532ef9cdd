"""Why two runs may differ without any change of the target's behaviour: what was asked, of whom, with what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.report.wording import counted, listing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.contract.catalogue import Requirement
    from conformance.report.run import Run, Target

_NAMES = 6


@dataclass(frozen=True, slots=True)
class Circumstance:
    """One thing around the runs that is not the same; `effect` says what it may do to the comparison."""

    name: str
    before: str
    after: str
    effect: str = ""


def circumstances(before: Run, after: Run) -> tuple[Circumstance, ...]:
    """List what differs around two runs, what matters most first."""
    pairs = [
        ("target", before.target.name, after.target.name, "these may be two different implementations"),
        ("address", before.target.base_url, after.target.base_url, ""),
        ("overlay", _overlay(before.target), _overlay(after.target), "other operations are asked"),
        ("suite", before.suite, after.suite, "checks may have been added or sharpened; see CHANGELOG.md"),
        ("profiles", _names(before.profiles), _names(after.profiles), "another selection"),
        ("selection", _names(before.patterns), _names(after.patterns), "another selection"),
        ("gate", before.gate, after.gate, "other requirements are required"),
        ("seed", str(before.seed), str(after.seed), "other requests were generated"),
        ("examples", _number(before.examples), _number(after.examples), "more or fewer requests were generated"),
    ]
    found = [Circumstance(name, old, new, effect) for name, old, new, effect in pairs if old != new]
    return (
        *_order(before, after),
        *found,
        *_resources(before, after),
        *_catalogue(before, after),
        *_clients(before, after),
        *_environment(before, after),
    )


def _order(before: Run, after: Run) -> Iterator[Circumstance]:
    for run, which in ((before, "the earlier"), (after, "the later")):
        if not run.complete:
            yield Circumstance("completeness", *_completeness(before, after), f"{which} run stopped before its end")
            break
    if before.started and after.started and before.started > after.started:
        yield Circumstance("order", before.started, after.started, "the first run is the younger one: swap them?")


def _completeness(before: Run, after: Run) -> tuple[str, str]:
    return tuple("complete" if run.complete else "incomplete" for run in (before, after))  # type: ignore[return-value]


def _overlay(target: Target) -> str:
    if target.overlay is None:
        return "none"
    return f"{target.overlay}, SHA-256 {(target.overlay_hash or 'unknown')[:12]}"


def _names(names: Sequence[str]) -> str:
    return ", ".join(names) or "all"


def _number(value: int | None) -> str:
    return "unknown" if value is None else str(value)


def _resources(before: Run, after: Run) -> Iterator[Circumstance]:
    old, new = before.target.resources, after.target.resources
    if old and new and {*old} != {*new}:
        less = [name for name in old if name not in new]
        more = [name for name in new if name not in old]
        yield Circumstance("resources", _only(less), _only(more), "the target declares other resources")


def _only(names: Sequence[str]) -> str:
    return f"also {listing(names, _NAMES)}" if names else "none beyond the other run's"


def _catalogue(before: Run, after: Run) -> Iterator[Circumstance]:
    old, new = ({entry.id: entry for entry in run.catalogue} for run in (before, after))
    gone, added = ([name for name in one if name not in other] for one, other in ((old, new), (new, old)))
    if gone or added:
        yield Circumstance("catalogue", _only(gone), _only(added), "requirements were taken out or added")
    for field in ("level", "profile", "statement"):
        changed = [name for name, entry in old.items() if name in new and _of(entry, field) != _of(new[name], field)]
        if changed:
            told = _told(field, changed, old), _told(field, changed, new)
            yield Circumstance(
                f"{field} of {counted(len(changed), 'requirement')}", *told, "they ask for something else"
            )


def _of(entry: Requirement, field: str) -> str:
    return str(getattr(entry, field))


def _told(field: str, names: Sequence[str], entries: Mapping[str, Requirement]) -> str:
    if field == "statement":
        return listing(names, _NAMES)
    return listing([f"{name}: {_of(entries[name], field)}" for name in names], _NAMES)


def _clients(before: Run, after: Run) -> Iterator[Circumstance]:
    old, new = ({str(client.get("name")): client for client in run.clients} for run in (before, after))
    gone, added = ([name for name in one if name not in other] for one, other in ((old, new), (new, old)))
    if gone or added:
        yield Circumstance("clients", _only(gone), _only(added), "with other clients other checks are possible")
    for name, client in old.items():
        for key in client:
            then, now = client.get(key), new.get(name, client).get(key)
            if then != now:
                yield Circumstance(f"client {name}: {key}", str(then), str(now), "other answers are expected")


def _environment(before: Run, after: Run) -> Iterator[Circumstance]:
    for name in dict.fromkeys((*before.environment, *after.environment)):
        then, now = before.environment.get(name), after.environment.get(name)
        if then != now:
            yield Circumstance(name, str(then or "unknown"), str(now or "unknown"))
