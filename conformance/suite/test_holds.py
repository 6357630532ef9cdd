"""POST /Location/Hold and /Release: what they answer, and how locations are shown afterwards (locations)."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest

from conformance.contract.outcomes import Reason
from conformance.errors import NotRun
from conformance.suite.fields import NOTHING, Misfit, Misfits
from conformance.suite.holds import ALL, HOLD, ONE, RELEASE, Shown, Spot
from conformance.suite.marks import Phase, asks, needs, requirement
from conformance.suite.readings import takes
from conformance.suite.stock import in_stock, units_of
from conformance.suite.warehouses import LOTS
from conformance.target.wire import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from conformance.suite.exercises import Workshop
    from conformance.suite.lists import Lists
    from conformance.target.discovery import World

PHASE = Phase.WRITING

# How many locations are tried where others may be at work with one of them.
ATTEMPTS = 3
BY_SPOT, IN_LIST, AMONG_ALL = "by its spot", "in the list", "in the list of all warehouses"


@pytest.fixture
def spot(workshop: Workshop) -> Iterator[Spot]:
    """A location that is free, without stock if there is one; it is left free."""
    found = workshop.holds.free_spot()
    yield found
    found.leave_free()


def shown_where(spot: Spot, where: str) -> Shown:
    """How the target shows a location, by its spot, in the list of its warehouse or in that of all."""
    if where == AMONG_ALL:
        return spot.shown_among_all()
    return spot.shown_alone() if where == BY_SPOT else spot.shown_in_list()


@requirement("locations.hold-status", sends=3)
@asks(HOLD, RELEASE, ALL)
def test_hold_of_a_free_location_answers_204(spot: Spot) -> None:
    """A free location, without stock if there is one; it is released afterwards."""
    answer = spot.ask(HOLD)
    assert answer.status == 204


@requirement("locations.hold-shown", sends=4)
@asks(HOLD, RELEASE, ALL, ONE)
@pytest.mark.parametrize("where", [BY_SPOT, IN_LIST, AMONG_ALL])
def test_location_on_hold_is_shown_so(spot: Spot, where: str) -> None:
    """Read after it was put on hold; it is released afterwards."""
    spot.require(HOLD)

    shown = shown_where(spot, where)
    assert shown == Shown(spot.name, hold=True)


@requirement("locations.hold-shown", sends=6)
@asks(HOLD, RELEASE, ALL)
def test_location_that_is_put_on_hold_again_stays_so(spot: Spot) -> None:
    """Put on hold twice; the second time it may be refused, but that does not release it."""
    spot.hold()

    answer = spot.ask(HOLD)
    if answer.code < 500:
        takes("hold-again", str(answer.code))

    shown = spot.shown()
    assert shown == Shown(spot.name, hold=True)


@requirement("locations.hold-shown", sends=9)
@asks(HOLD, RELEASE, ALL)
def test_no_other_location_is_put_on_hold(world: World, workshop: Workshop) -> None:
    """The other locations of the warehouse are read before one of them is put on hold, and after it."""
    # Where a hold concerns a whole warehouse, only one that the suite has not been to yet shows it.
    for spot in workshop.holds.free_spots(2, world.warehouses[::-1]):
        also_held = put_on_hold_with(spot)
        # One alone may be somebody else's doing; then another location tells.
        if len(also_held) != 1:
            break
    also = Misfits(Misfit(f"spot {name}", f"came on hold with spot {spot.name}") for name in sorted(also_held))
    assert also == NOTHING


def put_on_hold_with(spot: Spot) -> set[str]:
    """The other locations that become held when one is put on hold; all are released again."""
    before = spot.others()
    also_held: set[str] = set()
    try:
        spot.hold()
        also_held = {name for name, hold in spot.others().items() if hold is True and before.get(name) is False}
    finally:
        spot.leave_free(also_held)
    return also_held


@requirement("locations.release-status", sends=4)
@asks(HOLD, RELEASE, ALL)
def test_release_of_a_location_on_hold_answers_204(spot: Spot) -> None:
    """A location that was just put on hold."""
    spot.hold()

    answer = spot.ask(RELEASE)
    assert answer.status == 204


@requirement("locations.release-shown", sends=5)
@asks(HOLD, RELEASE, ALL, ONE)
@pytest.mark.parametrize("where", [BY_SPOT, IN_LIST, AMONG_ALL])
def test_released_location_is_shown_free(spot: Spot, where: str) -> None:
    """Read after it was put on hold and released."""
    spot.hold()
    spot.require(RELEASE)

    shown = shown_where(spot, where)
    assert shown == Shown(spot.name, hold=False)


@requirement("locations.release-shown", sends=7)
@asks(HOLD, RELEASE, ALL)
def test_location_that_is_released_again_stays_free(spot: Spot) -> None:
    """Released twice; the second time it may be refused, but that does not put it on hold, not each time at least."""
    for _ in range(ATTEMPTS):
        spot.hold()
        spot.release()
        answer = spot.ask(RELEASE)
        if answer.code < 500:
            takes("release-again", str(answer.code))
        shown = spot.shown()
        if shown == Shown(spot.name, hold=False):
            return
    assert shown == Shown(spot.name, hold=False)


@requirement("locations.release-shown", sends=10)
@asks(HOLD, RELEASE, ALL)
def test_no_other_location_is_released(workshop: Workshop) -> None:
    """Two locations of a warehouse are put on hold and one of them is released; the other one stays on hold."""
    spot, other = workshop.holds.free_spots(2)
    try:
        other.hold()
        spot.hold()
        spot.release()
        shown = other.shown()
    finally:
        spot.leave_free()
        other.leave_free()
    assert shown == Shown(other.name, hold=True)


@requirement("locations.hold-needs-id", sends=1)
@asks(HOLD, makes=0)
@needs("client.all-warehouses")
def test_hold_without_a_location_gets_400(world: World) -> None:
    """Asked without the parameter id, by a client for all warehouses."""
    operation = world.specification[HOLD]
    answer = world.able(operation).ask(Request("POST", operation.path))
    assert answer.status == 400


@requirement("locations.hold-unknown", sends=1)
@asks(HOLD, makes=0)
@needs("client.all-warehouses")
def test_hold_of_an_unknown_location_gets_404(world: World, workshop: Workshop) -> None:
    """Asked with a spot that nobody has, by a client for all warehouses."""
    operation = world.specification[HOLD]
    answer = world.able(operation).ask(Request("POST", operation.path, params={"id": workshop.unique()}))
    assert answer.status == 404


@requirement("locations.hold-keeps-stock", sends=8)
@asks(HOLD, RELEASE, ALL, LOTS)
def test_hold_leaves_the_stock_of_the_location_as_it_was(workshop: Workshop, lists: Lists) -> None:
    """The units of the lots at a location are read before it is put on hold, and while it is."""
    operation = workshop.world.specification[LOTS]
    spots = stocked_spots(workshop)
    warehouse = spots[0].warehouse

    for spot in spots:
        changed = changed_by_hold(spot, lambda: lists.whole_now(operation, warehouse).rows)
        if not changed:
            break
    assert changed == NOTHING


def stocked_spots(workshop: Workshop) -> list[Spot]:
    """Some free locations with stock of one warehouse in which a client may put them on hold; raises NotRun."""
    world = workshop.world
    refusal = NotRun(Reason.NEEDS_DATA, "no warehouse shows a lot that is in stock at a free spot")
    for warehouse in world.warehouses:
        try:
            world.able(world.specification[HOLD], (warehouse,))
            names = dict.fromkeys(row["spot"] for row in world.lots(warehouse))
        except NotRun as undecided:
            refusal = undecided
            continue
        if names:
            return [Spot(workshop.holds, warehouse, name) for name in islice(names, ATTEMPTS)]
    raise refusal


def changed_by_hold(spot: Spot, lots: Callable[[], Iterable[dict[str, Any]]]) -> Misfits:
    """The lots at a location whose units are others while it is on hold."""
    before = units_at(spot, lots())
    try:
        spot.hold()
        held = units_at(spot, lots())
    finally:
        spot.leave_free()
    return Misfits(
        Misfit(f"recNo {number}", f"{units:.15g} units, {held.get(number, 'none')} while spot {spot.name} was on hold")
        for number, units in before.items()
        if held.get(number) != units
    )


def units_at(spot: Spot, lots: Iterable[dict[str, Any]]) -> dict[object, float]:
    """The units of the lots in stock at a location, by their numbers."""
    return {row.get("recNo"): units_of(row) for row in lots if row.get("spot") == spot.name and in_stock(row)}
