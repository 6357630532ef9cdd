"""What every check may ask for: the target, its data, the cells, the stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.contract.outcomes import Reason
from conformance.errors import NotRun
from conformance.suite.cells import Cell
from conformance.suite.exercises import Workshop
from conformance.suite.lists import Lists
from conformance.suite.matrix import Matrix
from conformance.suite.pager import Pagers
from conformance.suite.refusals import Refusals
from conformance.suite.run import RUN, Ledger
from conformance.suite.sorting import Sortings
from conformance.suite.stage import Scenario, Stage, note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.suite.run import Run
    from conformance.target.access import Access
    from conformance.target.discovery import World
    from conformance.target.session import Session


@pytest.fixture(scope="session")
def run(request: pytest.FixtureRequest) -> Run:
    """The run at hand."""
    return request.config.stash[RUN]


@pytest.fixture(scope="session")
def access(run: Run) -> Access:
    """The target within reach."""
    return run.access


@pytest.fixture(scope="session")
def world(access: Access) -> World:
    """What the target holds."""
    return access.world


@pytest.fixture(scope="session")
def workshop(run: Run, world: World) -> Iterator[Workshop]:
    """Where valid requests are made; what it created is discontinued at the end."""
    shop = Workshop(world, run.identifier)
    yield shop
    shop.restore()


@pytest.fixture(scope="session")
def lists(workshop: Workshop) -> Lists:
    """The lists of the target, each read once."""
    return Lists(workshop, workshop.world.target.limits.rows)


@pytest.fixture(scope="session")
def refusals(access: Access, workshop: Workshop) -> Refusals:
    """The refusals of every operation, each provoked once."""
    return Refusals(workshop, access.wire)


@pytest.fixture(scope="session")
def pagers(lists: Lists) -> Pagers:
    """The lists of the target page by page."""
    return Pagers(lists)


@pytest.fixture(scope="session")
def sortings(pagers: Pagers) -> Sortings:
    """What each list makes of sort and direction."""
    return Sortings(pagers)


@pytest.fixture(scope="session")
def matrix(request: pytest.FixtureRequest, access: Access, workshop: Workshop) -> Matrix:
    """Every cell that some selected check looks up here; without writes where the target file allows none."""
    cells: list[Cell] = []
    for item in request.session.items:
        if isinstance(item, pytest.Function) and {"cell", "matrix"} <= set(item.fixturenames):
            cell = item.callspec.params["cell"]
            if isinstance(cell, Cell) and (
                access.target.limits.writes or not access.specification[cell.operation].is_write
            ):
                cells.append(cell)
    return Matrix(access, workshop, cells)


@pytest.fixture(scope="session")
def stage(request: pytest.FixtureRequest, run: Run, access: Access, workshop: Workshop) -> Stage:
    """The stage after its performance: all selected scenarios have been played.

    Where the clock can be moved each chapter is played by itself, so that a rotation or a disabling that does harm to
    other clients is not taken for an early expiry. Where it cannot, all wait through the same hours together.
    """
    made = Stage(access, workshop)
    chapters: dict[str, dict[str, Scenario]] = {}
    for item in request.session.items:
        mark = item.get_closest_marker("scenario")
        if mark is not None:
            parameters = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
            chapter = item.path.name if access.administration.movable else ""
            scenario = Scenario(mark.args[0], mark.kwargs["lasts"], dict(parameters))
            chapters.setdefault(chapter, {})[item.nodeid] = scenario
    for scenarios in chapters.values():
        plays = made.plays(scenarios)
        run.plays |= plays
        made.perform(plays.values(), run.announce)
    return made


@pytest.fixture
def timeline_outcome(request: pytest.FixtureRequest, stage: Stage, run: Run) -> Callable[[], None]:  # noqa: ARG001 -- the stage has played
    """Delivers what came of the scenario of this check."""
    play = run.plays[request.node.nodeid]

    def deliver() -> None:
        note(play)
        if play.error is not None:
            raise play.error

    return deliver


@pytest.fixture(scope="session")
def session(world: World) -> Session:
    """The client with the widest rights that may read something."""
    for session in world.by_width:
        if session.unusable is None and session.probe_request is not None:
            return session
    raise NotRun(Reason.NEEDS_CLIENT, "no usable client may read anything: add one with some read permission")


@pytest.fixture
def ledger() -> Ledger:
    """Takes the findings of a check that asks for several requirements at once."""
    return Ledger()
