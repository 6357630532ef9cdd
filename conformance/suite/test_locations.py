"""GET /Location and GET /Location/{spot}: the locations of all warehouses, of one, and one by its spot (locations)."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, NotRun, Undecided
from conformance.suite.alike import unlike
from conformance.suite.exercises import quoted
from conformance.suite.fields import NOTHING, Misfit, Misfits, fields_of, named
from conformance.suite.holds import is_mild, is_plain
from conformance.suite.lots import is_elsewhere, same_spots
from conformance.suite.marks import Phase, asks, needs, requirement
from conformance.suite.queries import narrowings
from conformance.suite.settling import Reader, settled
from conformance.suite.warehouses import LOCATIONS, Warehouses
from conformance.target.answer import rows_of
from conformance.target.wire import Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.suite.exercises import Workshop
    from conformance.suite.lists import Lists
    from conformance.target.access import Access
    from conformance.target.answer import Answer
    from conformance.target.discovery import World

    Row = dict[str, Any]

PHASE = Phase.READING

ONE = "GET /Location/{spot}"
# How many locations of each warehouse are read by their spots.
MOST_READ = 4


@pytest.fixture(scope="module")
def warehouses(world: World, lists: Lists) -> Warehouses:
    """The warehouses of the target."""
    return Warehouses(world, lists)


def rows_of_all(access: Access, lists: Lists) -> Sequence[Row]:
    """The locations of all warehouses, as far as they are read; raises NotRun where there are none."""
    rows = lists.whole(access.specification[LOCATIONS]).rows
    if not rows:
        raise NotRun(Reason.NEEDS_DATA, f"{LOCATIONS} shows no location")
    return rows


# --- the list ---------------------------------------------------------------------------------------------------------


@requirement("locations.fields", sends=0, shares=1)
@asks(LOCATIONS)
def test_locations_have_the_documented_fields(access: Access, lists: Lists) -> None:
    """Every location in the list of all warehouses."""
    rows = rows_of_all(access, lists)

    misfits = fields_of(access.specification, "Location", access.specification[LOCATIONS]).misfits(rows)
    assert misfits == NOTHING


@requirement("locations.warehouse-filter", sends=6, shares=3)
@asks(LOCATIONS)
def test_list_of_a_warehouse_holds_its_locations_alone(warehouses: Warehouses, lists: Lists) -> None:
    """The warehouseID of every location in the lists of single warehouses, each also read in two pages."""
    numbers = warehouses.with_locations()
    if not any(warehouses.locations(number, lists).rows for number in numbers):
        raise NotRun(Reason.NEEDS_DATA, f"{LOCATIONS} shows no location of any warehouse")

    misfits = settled(lists, lambda reader: strays(reader, warehouses, numbers))
    assert misfits == NOTHING
    # The filter has to hold whatever else is asked for; a row tells by itself whether it belongs there.
    operation, number = warehouses.world.specification[LOCATIONS], numbers[0]
    for params in narrowings(operation, warehouses.world):
        answer = lists.page(operation, number, **params | {"page": 1, "pageSize": 250, "wid": number})
        rows = rows_of(answer.json) if answer.accepted else []
        misfits = Misfits(
            Misfit(named(row, "spot", "warehouseID"), f"is in {answer!r}")
            for row in rows
            if is_elsewhere(row, "warehouseID", number)
        )
        assert misfits == NOTHING


def strays(reader: Reader, warehouses: Warehouses, numbers: Iterable[int]) -> Misfits:
    """The locations that the list of a warehouse shows of another one."""
    operation = warehouses.world.specification[LOCATIONS]
    found = Misfits()
    for number in numbers:
        rows = list(warehouses.locations(number, reader).rows)
        if 1 < len(rows) <= 250:
            # The second page of a list may be another matter than the first.
            rows += reader.whole(operation, number, wid=number, pageSize=(len(rows) + 1) // 2).rows
        found += [
            Misfit(named(row, "spot", "warehouseID"), f"listed with wid={number}")
            for row in rows
            if is_elsewhere(row, "warehouseID", number)
        ]
    return found


@requirement("locations.warehouse-filter", sends=0, shares=3)
@asks(LOCATIONS)
def test_list_of_a_warehouse_holds_all_of_its_locations(access: Access, warehouses: Warehouses, lists: Lists) -> None:
    """Every location of a warehouse that the list of all shows is in its own list, whose totalCount counts no others."""
    rows_of_all(access, lists)
    numbers = warehouses.with_locations()

    misfits = settled(lists, lambda reader: left_out(reader, access, numbers))
    assert misfits == NOTHING


def left_out(reader: Reader, access: Access, numbers: Iterable[int]) -> Misfits:
    """The locations that the list of all shows and the list of their warehouse does not."""
    together = reader.whole(access.specification[LOCATIONS])
    rows = together.rows
    found = Misfits()
    for number in numbers:
        own = reader.whole(access.specification[LOCATIONS], number, wid=number)
        spots = {row.get("spot") for row in own.rows}
        if own.complete and len(own.rows) != own.total == together.total:
            found.append(
                Misfit(f"wid={number}", f"totalCount counts all {own.total} locations, not its {len(own.rows)}")
            )
        found += [
            Misfit(named(row, "spot", "warehouseID"), f"not listed with wid={number}")
            for row in rows
            if row.get("warehouseID") == number and row.get("spot") not in spots
        ]
    return found


@requirement("locations.spot-unique", sends=0, shares=3)
@asks(LOCATIONS)
def test_no_two_locations_of_a_warehouse_have_the_same_spot(
    access: Access, warehouses: Warehouses, lists: Lists
) -> None:
    """The same spot twice in a warehouse on one page of a list, or on two pages with another description."""
    rows_of_all(access, lists)
    numbers = warehouses.with_locations()

    def judged(reader: Reader) -> Misfits:
        read = [reader.whole(access.specification[LOCATIONS])]
        read += [warehouses.locations(number, reader) for number in numbers]
        return Misfits(dict.fromkeys(misfit for whole in read for misfit in same_spots(whole)))

    misfits = settled(lists, judged)
    assert misfits == NOTHING


# --- one by its spot --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def places(warehouses: Warehouses, lists: Lists) -> dict[str, set[int]]:
    """Some spots with the warehouses that have them: active ones, and of signs that every server takes in a path."""
    known: dict[str, set[int]] = defaultdict(set)
    chosen: dict[str, None] = {}
    for number in warehouses.with_locations():
        rows = warehouses.locations(number, lists).rows
        for row in rows:
            known[str(row.get("spot"))].add(number)
        active = [row["spot"] for row in rows if row.get("active") is not False]
        usable = [spot for spot in active if is_plain(spot)] or [spot for spot in active if is_mild(spot)]
        chosen |= dict.fromkeys(usable[:: max(1, len(usable) // MOST_READ)][:MOST_READ])
    if not chosen:
        raise NotRun(Reason.NEEDS_DATA, "no warehouse shows an active location whose spot consists of plain signs")
    return {spot: known[spot] for spot in chosen}


def read_by_spot(world: World, spot: str, numbers: Iterable[int]) -> Answer:
    """The answer to a request for one location, by a client for all warehouses that have this spot."""
    return world.able(world.specification[ONE], tuple(numbers)).ask(Request("GET", f"/Location/{quoted(spot)}"))


@requirement("locations.by-spot", sends=12)
@asks(ONE, LOCATIONS)
def test_location_can_be_read_by_its_spot(world: World, lists: Lists, places: dict[str, set[int]]) -> None:
    """Some active locations of each warehouse; a spot that several warehouses have may tell of any of them."""
    for spot, numbers in places.items():
        answer = read_by_spot(world, spot, numbers)
        assert answer.status == 200

        told = {(row.get("spot"), not is_elsewhere(row, "warehouseID", *numbers)) for row in rows_of(answer.json)}
        assert told == {(spot, True)}
    operation = world.specification[LOCATIONS]
    for spot, numbers in list(places.items())[:3]:
        if len(numbers) == 1:
            [number] = numbers
            rows = lists.whole(operation, number, wid=number).rows
            row = next((row for row in rows if row.get("spot") == spot), {})
            read = partial(read_by_spot, world, spot, numbers)
            misfits = unlike(lists, operation, row, read, warehouse=number, wid=number)
            assert misfits == NOTHING


@requirement("locations.fields", sends=12)
@asks(ONE, LOCATIONS)
def test_location_that_is_read_by_its_spot_has_the_documented_fields(
    access: Access, world: World, places: dict[str, set[int]]
) -> None:
    """Some active locations of each warehouse."""
    answers = [read_by_spot(world, spot, numbers) for spot, numbers in places.items()]
    rows = [row for answer in answers if answer.accepted for row in rows_of(answer.json)]
    if not rows:
        message = f"no location can be read by its spot: {answers[0]!r}"
        raise Blocked(Reason.EARLIER_FAILURE, message, cause="locations.by-spot")

    misfits = fields_of(access.specification, "Location", access.specification[LOCATIONS]).misfits(rows)
    assert misfits == NOTHING


@requirement("locations.by-spot-bare", sends=1)
@asks(ONE, LOCATIONS)
def test_location_that_is_read_by_its_spot_comes_bare(world: World, places: dict[str, set[int]]) -> None:
    """A JSON object that has the spot itself, and no rows."""
    spot, numbers = next(iter(places.items()))
    answer = read_by_spot(world, spot, numbers)
    if not answer.accepted:
        message = f"a location cannot be read by its spot: {answer!r}"
        raise Blocked(Reason.EARLIER_FAILURE, message, cause="locations.by-spot")

    told = answer.member("spot")
    assert told == spot


@requirement("locations.unknown-spot", sends=1)
@asks(ONE)
@needs("client.all-warehouses")
def test_unknown_spot_gets_404(world: World, workshop: Workshop) -> None:
    """A spot that nobody has, and the beginning of one that there is; asked for by a client for all warehouses."""
    answer = read_by_spot(world, workshop.unique(), ())
    assert answer.status == 404

    for beginning in beginnings_of_spots(world)[:1]:
        answer = read_by_spot(world, beginning, ())
        # It may be a spot that no list has shown.
        found = [str(row.get("spot")).lower() for row in rows_of(answer.json)] if answer.accepted else []
        assert found in ([], [beginning.lower()])


def beginnings_of_spots(world: World) -> list[str]:
    """The spots that are known, each without its last letter, that are none themselves."""
    spots: set[str] = set()
    for warehouse in world.warehouses:
        with suppress(Undecided):
            spots |= set(world.spots(warehouse))
    known = {spot.lower() for spot in spots}
    return sorted(spot[:-1] for spot in spots if is_plain(spot[:-1]) and spot[:-1].lower() not in known)
