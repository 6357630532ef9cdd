"""The pytest plugin of a run: which checks there are, in which order, and what became of each. It alone knows the hooks."""

from __future__ import annotations

import functools
import inspect
import os
import re
import traceback
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conformance.contract.outcomes import Outcome, Reason
from conformance.contract.specification import Operation
from conformance.errors import NoAnswerError, NotApplicable, NotRun, OutputError, Undecided
from conformance.reasons import expectation, reason_of
from conformance.suite.cells import Cell, all_cells
from conformance.suite.forgery import Forgery
from conformance.suite.run import RUN, Finding, Ledger, Run
from conformance.target.answer import Status
from conformance.target.recorder import CURRENT, Evidence

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from conformance.contract.catalogue import Catalogue
    from conformance.contract.specification import Specification
    from conformance.target.access import Access

SUITE = Path(__file__).parent / "suite"
LONGEST_MESSAGE = 2_000
MARKS = (
    "requirement(id, sends, shares)",
    "needs(*names)",
    "asks(*labels, makes)",
    "each(which, asking, makes)",
    "cells(*kinds, writes)",
    "scenario(steps, lasts)",
)
# What would change how pytest runs; it is the user's own and none of the suite's business.
USERS_SETTINGS = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD")

ANY = "*"
_ASKED_IN: dict[Path, set[str]] = {}
"""Which requirements each module of the suite asks for, as far as this process has seen; ANY: it cannot be told."""


@dataclass(slots=True)
class ConformancePlugin:
    """Collects the checks of the selected requirements and hands on one event for each that is finished.

    Where `only` names checks by their ids, no other one is asked.
    """

    run: Run
    catalogue: Catalogue
    selected: Collection[str]
    emit: Callable[[Mapping[str, Any]], None]
    on_start: Callable[[str], None] = lambda _name: None
    on_total: Callable[[int], None] = lambda _total: None
    total: int = 0
    only: frozenset[str] = frozenset()
    items: list[pytest.Item] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    output_error: OutputError | None = None
    _cells: list[Cell] | None = None
    # By a shared fixture's name and the identity of its value: the exchanges that its set-up took.
    _prepared: dict[tuple[str, int], Sequence[int]] = field(default_factory=dict)

    # --- collecting ---

    def pytest_configure(self, config: pytest.Config) -> None:
        """Make the run known to the fixtures, and the marks to pytest."""
        config.stash[RUN] = self.run
        # Nobody reads pytest's own account of a failure, and it takes a tenth of a second each time.
        config.option.tbstyle = "no"
        for mark in MARKS:
            config.addinivalue_line("markers", f"{mark}: see conformance/suite/marks.py")

    def pytest_ignore_collect(self, collection_path: Path) -> bool | None:
        """Pass over a module that an earlier run of this process has seen to ask for no selected requirement."""
        asked = _ASKED_IN.get(collection_path)
        return True if asked is not None and ANY not in asked and not self.selected_any(asked) else None

    def pytest_pycollect_makeitem(
        self, collector: pytest.Collector, name: str, obj: object
    ) -> list[pytest.Item] | None:
        """Pass over a check of no selected requirement before its cells and operations are worked out."""
        marks = [mark for mark in getattr(obj, "pytestmark", ()) if mark.name == "requirement"]
        if name.startswith("test_"):
            # A check without a mark of its own has one by its parameters.
            names = {name for mark in marks for name in mark.args} or {ANY}
            _ASKED_IN.setdefault(collector.path, set()).update(names)
        unwanted = marks and not any(self.selected_any(mark.args) for mark in marks)
        return [] if unwanted else None

    def selected_any(self, names: Collection[str]) -> bool:
        """Whether one of some requirements is selected."""
        return any(name in self.selected for name in names)

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Give a check its operations or its cells; one without any is asked once with none and says why."""
        each, mark = (metafunc.definition.get_closest_marker(name) for name in ("each", "cells"))
        if each is not None:
            self._give_operations(metafunc, each)
        if mark is None:
            return
        if self._cells is None:
            self._cells = all_cells(self.run.access.specification, self.run.access.target)
        operations = self.run.access.specification
        found = [
            cell
            for cell in self._cells
            if cell.kind in mark.args and (operations[cell.operation].is_write or not mark.kwargs["writes"])
        ]
        metafunc.parametrize("cell", found or [None], ids=[str(cell) for cell in found] or ["none"])

    def _give_operations(self, metafunc: pytest.Metafunc, each: pytest.Mark) -> None:
        access = self.run.access
        declared = [it for it in access.specification if it.secured and it.resource in access.target.resources]
        found = [operation for operation in declared if each.args[0](operation)]
        metafunc.parametrize("operation", found or [None], ids=[operation.label for operation in found] or ["none"])

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Keep the checks of the selected requirements, in the order of their phases."""
        kept: list[pytest.Item] = []
        others: list[pytest.Item] = []
        for item in items:
            (kept if self._is_wanted(item) else others).append(item)
        config.hook.pytest_deselected(items=others)
        kept.sort(key=lambda item: item.module.PHASE)  # type: ignore[attr-defined]  # a stable sort
        items[:] = kept
        self.items = kept
        self.total = len(kept)
        self.on_total(len(kept))

    def _is_wanted(self, item: pytest.Item) -> bool:
        asked = [name for name in identifiers(item) if name in self.selected]
        return any(not self.only or check_id(item, name) in self.only for name in asked)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note what could not be collected: a failure of the suite."""
        if report.failed:
            self.trouble.append(report.longreprtext)

    # --- running ---

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Gather evidence while a check runs."""
        token = CURRENT.set(Evidence())
        self.on_start(check_id(item, identifiers(item)[0]))
        try:
            return (yield)
        finally:
            CURRENT.reset(token)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object]) -> Iterator[Any]:
        """Note what was asked to prepare something for several checks; it is evidence of the first of them already."""
        evidence = CURRENT.get()
        known = 0 if evidence is None else len(evidence.exchanges)
        value = yield
        if evidence is not None and fixturedef.scope != "function":
            self._prepared[fixturedef.argname, id(value)] = evidence.exchanges[known:]
        return value

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Leave out a check of operations that the target does not declare, or of writes that it does not allow."""
        require_asked(item, self.run.access)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """Leave out a check that the target file rules out; else ask it."""
        cell = cell_of(item)
        if "cell" in getattr(item, "fixturenames", ()):
            self._require_cell(item, cell)
        return (yield)

    def _require_cell(self, item: pytest.Item, cell: Cell | None) -> None:
        target, specification = self.run.access.target, self.run.access.specification
        mark = mark_of(item, "cells")
        assert mark is not None
        if cell is None:
            raise want_of_client(mark.args, target.resources, specification)
        if specification[cell.operation].is_write and not target.limits.writes:
            raise NotRun(Reason.WRITES_OFF)
        if cell.client is not None:
            unusable = self.run.access.sessions[cell.client].unusable
            if unusable is not None:
                self.run.access.sessions[cell.client].new_token()

    def pytest_assertrepr_compare(self, op: str, left: object, right: object) -> list[str] | None:
        """Keep the comparison that failed: the reason code is told from it."""
        evidence = CURRENT.get()
        if evidence is None:
            return None
        evidence.compared = (left, op, right)
        told = f" ({left.answer!r})" if isinstance(left, Status) else ""
        return [f"{left!r} {op} {right!r}{told}"]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[Any]:
        """Hand on what became of a check: after its call, or after a set-up or tear-down that failed."""
        report = yield
        error = None if call.excinfo is None else call.excinfo.value
        if call.when == "call" or error is not None:
            try:
                if isinstance(error, OutputError):
                    raise error
                for event in self._events(item, call.when, error, call.duration):
                    self.emit(event)
            except OutputError as trouble:
                self.output_error = self.output_error or trouble
                item.session.shouldstop = "the run's folder cannot be written"
        return report

    def _events(
        self, item: pytest.Item, when: str, error: BaseException | None, seconds: float
    ) -> Iterator[dict[str, Any]]:
        evidence = CURRENT.get() or Evidence()
        if not evidence.exchanges:
            for name, value in getattr(item, "funcargs", {}).items():
                evidence.rest_on(*self._prepared.get((name, id(value)), ()))
        if when == "teardown" and error is not None and not isinstance(error, Undecided | NoAnswerError):
            self.trouble.append("".join(traceback.format_exception(error)))
            return
        if when == "teardown":
            return
        ledger = getattr(item, "funcargs", {}).get("ledger")
        if isinstance(ledger, Ledger) and (ledger.findings or error is None):
            yield from self._found(item, ledger, seconds, evidence)
            if error is None:
                return
        play = self.run.plays.get(item.nodeid)
        spent = seconds if play is None else play.seconds
        for identifier in identifiers(item):
            if identifier not in self.selected or (isinstance(ledger, Ledger) and _noted(ledger, identifier)):
                continue
            judged = _judgement(error, evidence)
            yield self._event(item, identifier, spent, evidence) | judged

    def _found(self, item: pytest.Item, ledger: Ledger, seconds: float, evidence: Evidence) -> Iterator[dict[str, Any]]:
        """One event for each requirement that the check found something about: the worst of its findings."""
        order = list(Outcome)
        for identifier in identifiers(item):
            if identifier not in self.selected:
                continue
            own = sorted(_noted(ledger, identifier), key=lambda finding: order.index(finding.outcome))
            if own:
                yield self._event(item, identifier, seconds, evidence) | _of_finding(own[0], len(own))

    def _event(self, item: pytest.Item, identifier: str, seconds: float, evidence: Evidence) -> dict[str, Any]:
        requirement = self.catalogue[identifier]
        event: dict[str, Any] = {
            "event": "check",
            "id": check_id(item, identifier),
            "requirement": identifier,
            "level": str(requirement.level),
            "statement": requirement.statement,
            "question": question(item),
            "where": f"{item.path.name}:{first_line(item)}",
            "exchanges": list(evidence.exchanges),
            "seconds": round(seconds, 6),
        }
        cell = cell_of(item)
        if cell is not None:
            event["cell"] = {
                "kind": str(cell.declared_kind),
                "question": str(cell.kind),
                "operation": cell.operation,
                "client": cell.client,
            }
        if evidence.observations:
            event["observations"] = [_observation(evidence, name) for name in evidence.observations]
        return event


def require_asked(item: pytest.Item, access: Access) -> None:
    """Require that the target has, and may be asked, every operation that a check is marked with.

    Raises NotApplicable for a resource that is not declared, NotRun for a write where the target file allows none.
    """
    if mark_of(item, "each") is not None and not asked_operations(item):
        raise NotApplicable(
            Reason.NO_RESOURCE,
            "no operation of the resources that the target declares is of the kind that is asked about",
        )
    for label in asked_operations(item):
        resource = label.partition(" /")[2].partition("/")[0]
        if label not in access.specification or resource not in access.target.resources:
            raise NotApplicable(Reason.NO_RESOURCE, f"the target does not declare the resource {resource}")
        if access.specification[label].is_write and not access.target.limits.writes:
            raise NotRun(Reason.WRITES_OFF)


MARKED = pytest.StashKey[dict[str, pytest.Mark]]()


def mark_of(item: pytest.Item, name: str) -> pytest.Mark | None:
    """The mark of a check by its name; they are looked for once, since thousands of checks are asked for theirs."""
    marks = item.stash.get(MARKED, None)
    if marks is None:
        # The closest one comes first, and the last one stays.
        marks = item.stash[MARKED] = {mark.name: mark for mark in reversed(list(item.iter_markers()))}
    return marks.get(name)


def asked_operations(item: pytest.Item) -> tuple[str, ...]:
    """The labels of the operations that a check is marked with or parametrized by."""
    mark = mark_of(item, "asks")
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    operation = parameters.get("operation")
    own = () if not isinstance(operation, Operation) else (operation.label,)
    return (*own, *(() if mark is None else mark.args))


def identifiers(item: pytest.Item) -> tuple[str, ...]:
    """The requirements that a check asks for."""
    mark = mark_of(item, "requirement")
    if mark is None:
        raise pytest.UsageError(f"{item.nodeid} names no requirement")
    return mark.args


def check_id(item: pytest.Item, identifier: str) -> str:
    """The stable id of a check: its requirement, its clause, its cell or parameters; nothing discovered."""
    name = getattr(item, "originalname", None) or item.name
    clause = name.removeprefix("test_").replace("_", "-")
    parameters = item.callspec.id if hasattr(item, "callspec") else ""  # a function without parameters has none
    return f"{identifier}/{clause}[{parameters}]" if parameters else f"{identifier}/{clause}"


def first_line(item: pytest.Item) -> int:
    """The line where a check begins, its decorators included."""
    scenario = mark_of(item, "scenario")
    function = scenario.args[0] if scenario is not None else getattr(item, "function", None)
    return 0 if function is None else int(function.__code__.co_firstlineno)


def question(item: pytest.Item) -> str:
    """What a check asks, in its own words."""
    return _cleaned(getattr(item, "function", item).__doc__ or "")


_cleaned = functools.cache(inspect.cleandoc)


def cell_of(item: pytest.Item) -> Cell | None:
    """The cell of a check of the matrix."""
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    cell = parameters.get("cell")
    return cell if isinstance(cell, Cell) else None


def want_of_client(kinds: tuple[str, ...], declared: Collection[str], specification: Specification) -> Undecided:
    """Why a check of the matrix has no cell at all, and what would give it one."""
    if "read-only" in kinds and not any(it.is_write and it.resource in declared for it in specification):
        return NotApplicable(Reason.NO_RESOURCE, "the target declares no resource that can be written to")
    if any(kind in list(Forgery) for kind in kinds):
        return NotApplicable(Reason.NO_RESOURCE, "the target declares no resource with an operation of this kind")
    missing = sorted(set(specification.resources) - set(declared))
    for words, resource, advice in WANTED:
        if words in kinds:
            if resource is not None and resource in missing:
                return NotApplicable(Reason.NO_RESOURCE, f"the target does not declare the resource {resource}")
            return NotRun(Reason.NEEDS_CLIENT, advice)
    return NotRun(Reason.NEEDS_CLIENT, "add clients of more kinds")


WANTED: tuple[tuple[str, str | None, str], ...] = (
    ("foreign report", "Report", "add a client with reports = [some of them] and the permission reports.read"),
    ("own reports listed", "Report", "add a client with reports = [some of them] and the permission reports.read"),
    ("list of reports", "Report", "add a client with reports = [some of them] and the permission reports.read"),
    (
        "foreign warehouse",
        "Inventory",
        "add a client with warehouses = [some of them] and the permissions inventory.read and locations.read",
    ),
    (
        "list over all warehouses",
        "Inventory",
        "add a client with warehouses = [some of them] and the permission inventory.read",
    ),
    (
        "list of a foreign warehouse",
        "Location",
        "add a client with warehouses = [some of them] and the permission locations.read",
    ),
    (
        "write to a foreign warehouse",
        "Inventory",
        "add a client with warehouses = [some of them] and the permissions inventory.write and locations.write",
    ),
    (
        "without permission",
        None,
        'add a second client that lacks some permission, such as permissions = { except = ["items.write"] }',
    ),
    (
        "another query without permission",
        None,
        'add a second client that lacks some permission, such as permissions = { except = ["items.write"] }',
    ),
    ("read-only", None, "add a client with read_only = true and all permissions"),
)


def _observation(evidence: Evidence, name: str) -> dict[str, Any]:
    shown = evidence.observed_at.get(name)
    return {"name": name, "value": evidence.observations[name]} | ({} if shown is None else {"exchange": shown})


def _noted(ledger: Ledger, identifier: str) -> list[Finding]:
    return [finding for finding in ledger.findings if finding.requirement == identifier]


def _of_finding(finding: Finding, number: int) -> dict[str, Any]:
    more = f" (and {number - 1} more)" if number > 1 and finding.outcome is Outcome.FAIL else ""
    event: dict[str, Any] = {
        "outcome": str(finding.outcome),
        "reason": None if finding.reason is None else str(finding.reason),
        "message": finding.message + more,
    }
    optional = {"expected": finding.expected, "observed": finding.observed, "exchanges": list(finding.exchanges)}
    return event | {name: value for name, value in optional.items() if value}


def _judgement(error: BaseException | None, evidence: Evidence) -> dict[str, Any]:
    """Outcome, reason and message of a finished check. A failed assertion is the target's; any other error is ours."""
    if error is None:
        return {"outcome": str(Outcome.PASS), "reason": None, "message": ""}
    if isinstance(error, Undecided):
        judged = {"outcome": str(error.outcome), "reason": str(error.reason), "message": str(error)}
        return judged | ({"cause": error.cause} if error.cause else {})
    if isinstance(error, AssertionError | NoAnswerError) and _asked_in_suite(error):
        reason = reason_of(error, evidence)
        expected, observed = expectation(None if isinstance(error, NoAnswerError) else evidence.compared)
        _put_last(evidence)
        judged = {
            "outcome": str(Outcome.FAIL),
            "reason": str(reason),
            "message": _first_lines(str(error)),
            "where": _where(error),
        }
        return judged | {
            name: value for name, value in (("expected", expected), ("observed", observed)) if value is not None
        }
    told = "".join(traceback.format_exception(error))[-LONGEST_MESSAGE:]
    return {"outcome": str(Outcome.SUITE_ERROR), "reason": str(Reason.SUITE_BUG), "message": told}


def _put_last(evidence: Evidence) -> None:
    """Put the exchange that the failed comparison is about behind the others, where reports look first."""
    left = None if evidence.compared is None else evidence.compared[0]
    if isinstance(left, Status) and left.answer.exchange in evidence.exchanges:
        evidence.exchanges.remove(left.answer.exchange)
        evidence.exchanges.append(left.answer.exchange)


def _asked_in_suite(error: BaseException) -> bool:
    """Whether an assertion of a check failed, and not one of ours elsewhere."""
    if isinstance(error, NoAnswerError):
        return True
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and Path(frames[-1].filename).name.startswith("test_")


def _where(error: BaseException) -> str:
    """The line of the suite that asked."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).parent == SUITE]
    asking = [frame for frame in frames if Path(frame.filename).name.startswith("test_")] or frames
    return f"{Path(asking[-1].filename).name}:{asking[-1].lineno}" if asking else ""


def _first_lines(text: str) -> str:
    """What the assertion said, without the particulars of pytest's own."""
    kept = [
        line.strip() for line in text.splitlines() if line.strip() and not re.match(r"\s*[+-]?\s*where .* = .*\(", line)
    ]
    return " ".join(kept)[:LONGEST_MESSAGE]


def run_pytest(plugin: ConformancePlugin, *extra: str) -> int:
    """Run the suite with a plugin in this process, untouched by any configuration of the folder that it runs from."""
    arguments = [
        str(SUITE),
        "-c",
        str(SUITE / "pytest.ini"),
        "--rootdir",
        str(SUITE),
        "--import-mode=importlib",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:terminal",
        "-p",
        "no:schemathesis",
        "-p",
        "no:xdist",
        "-p",
        "no:logging",
        "-p",
        "no:warnings",
        "-p",
        "no:unraisableexception",
        "-p",
        "no:threadexception",
        "-p",
        "no:doctest",
        "-p",
        "no:unittest",
        "-p",
        "no:faulthandler",
        "-p",
        "no:junitxml",
        "--capture=no",
        *extra,
    ]
    with _without_the_users_settings():
        return int(pytest.main(arguments, plugins=[plugin]))


def collect(plugin: ConformancePlugin) -> tuple[pytest.Item, ...]:
    """The checks of a run, in their order, none of them asked; raises RuntimeError where the suite itself is broken."""
    status = run_pytest(plugin, "--collect-only")
    if plugin.trouble or status not in {0, 5}:
        raise RuntimeError("\n".join(plugin.trouble) or f"pytest ended with status {status}")
    return tuple(plugin.items)


@contextmanager
def _without_the_users_settings() -> Iterator[None]:
    kept = {name: os.environ.pop(name) for name in USERS_SETTINGS if name in os.environ}
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
        os.environ |= kept
