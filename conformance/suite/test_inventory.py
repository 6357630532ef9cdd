"""GET /Inventory and its kin: the lots of all warehouses and of one, and the stock levels (inventory)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, NotRun
from conformance.suite.fields import NOTHING, Misfit, Misfits, named, note_dates
from conformance.suite.lots import fields_of_lots, is_elsewhere, misspelt, out_of_order, same_numbers, with_spot
from conformance.suite.marks import Phase, asks, needs, requirement
from conformance.suite.ordering import Kind, is_descending, kind_of
from conformance.suite.readings import takes
from conformance.suite.rows import Foreign, rows_elsewhere
from conformance.suite.settling import Reader, settled
from conformance.suite.stock import in_stock
from conformance.suite.warehouses import LOCATIONS, LOTS, Warehouses
from conformance.target.answer import ABSENT, rows_of
from conformance.target.wire import Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.contract.specification import Operation
    from conformance.suite.fields import Fields
    from conformance.suite.lists import Lists
    from conformance.target.access import Access
    from conformance.target.answer import Answer
    from conformance.target.discovery import World

    Row = dict[str, Any]

PHASE = Phase.READING

ALL = "GET /Inventory"
LEVELS, LEVELS_OF_ONE = "GET /Inventory/StockLevels", "GET /Inventory/StockLevels/{wid}"


@pytest.fixture(scope="module")
def warehouses(world: World, lists: Lists) -> Warehouses:
    """The warehouses of the target."""
    return Warehouses(world, lists)


@pytest.fixture(scope="module")
def fields(access: Access) -> Fields:
    """The documented fields of a lot."""
    return fields_of_lots(access.specification)


def rows_of_all(access: Access, lists: Lists) -> Sequence[Row]:
    """The lots of all warehouses, as far as they are read; raises NotRun where there are none."""
    rows = lists.whole(access.specification[ALL]).rows
    if not rows:
        raise NotRun(Reason.NEEDS_DATA, f"{ALL} shows no lot")
    return rows


# --- lots -------------------------------------------------------------------------------------------------------------


@requirement("inventory.fields", sends=0, shares=1)
@asks(ALL)
def test_lots_have_the_documented_fields(access: Access, lists: Lists, fields: Fields) -> None:
    """Every lot in the list of all warehouses; serial2, rFIDTag and jobName may also be left out."""
    rows = rows_of_all(access, lists)
    note_dates(rows)
    takes("shipped-lots", "not seen" if all(in_stock(row) for row in rows) else "listed")

    misfits = Misfits([*fields.misfits(rows), *misspelt(rows)])
    assert misfits == NOTHING


@requirement("inventory.fields", sends=0, shares=3)
@asks(LOTS)
def test_lots_of_a_warehouse_have_the_documented_fields(warehouses: Warehouses, lists: Lists, fields: Fields) -> None:
    """Every lot in the lists of single warehouses."""
    rows = [row for number in warehouses.with_lots() for row in warehouses.lots(number, lists).rows]
    if not rows:
        raise NotRun(Reason.NEEDS_DATA, f"{LOTS} shows no lot")

    misfits = Misfits([*fields.misfits(rows), *misspelt(rows)])
    assert misfits == NOTHING


@requirement("inventory.number-unique", sends=0, shares=1)
@asks(ALL)
def test_no_two_lots_have_the_same_number(access: Access, lists: Lists) -> None:
    """The same recNo twice on one page, or on two pages with another item, receiving date or serial number."""
    rows_of_all(access, lists)

    misfits = settled(lists, lambda reader: same_numbers(reader.whole(access.specification[ALL])))
    assert misfits == NOTHING


@requirement("inventory.order", sends=0, shares=1)
@asks(ALL)
def test_lots_come_with_the_most_recent_first(access: Access, lists: Lists) -> None:
    """Read without sort: by received or by recNo, for which date makes a lot recent is not said."""
    require_dates(rows_of_all(access, lists))

    misfits = settled(lists, lambda reader: out_of_order(reader.whole(access.specification[ALL]).rows))
    assert misfits == NOTHING


@requirement("inventory.order", sends=2, shares=1)
@asks(ALL)
def test_first_pages_hold_the_most_recent_lots(access: Access, lists: Lists) -> None:
    """Read without any parameter, and page 2 without pageSize: in this order, and no lot of the list is more recent."""
    require_dates(rows_of_all(access, lists))

    misfits = settled(lists, lambda reader: behind(reader, lists, access.specification[ALL]))
    assert misfits == NOTHING


def behind(reader: Reader, lists: Lists, operation: Operation) -> Misfits:
    """The lots out of order where the first pages of the default size stand before the rest of the list."""
    # What comes meanwhile is on the pages then, and not in the rest.
    whole, first = reader.whole(operation).rows, lists.page(operation)
    if not first.accepted:
        raise Blocked(Reason.PREPARATION_FAILED, f"a list could not be read: {first!r}", cause=f"reading {ALL}")
    rows = rows_of(first.json)
    if first.member("hasMore") is True:
        second = lists.page(operation, page=2)
        rows += rows_of(second.json) if second.accepted else []
    known = {repr(row.get("recNo")) for row in rows}
    return out_of_order([*rows, *(row for row in whole if repr(row.get("recNo")) not in known)])


def require_dates(rows: Sequence[Row]) -> None:
    """Require lots whose order can be told; raises NotRun, or Blocked where what they show cannot be compared."""
    numbers = [row.get("recNo") for row in rows]
    received = [row.get("received") for row in rows]
    if len(set(map(repr, received))) < 2:
        raise NotRun(Reason.NEEDS_DATA, f"{ALL} shows no two lots that were received at different times")
    if kind_of(received) is not Kind.MOMENT and not is_descending(numbers):
        message = "the received dates of the lots cannot be compared, and recNo does not descend"
        raise Blocked(Reason.EARLIER_FAILURE, message, cause="inventory.fields")


# --- warehouses -------------------------------------------------------------------------------------------------------


@requirement("inventory.of-warehouse", sends=0, shares=3)
@asks(LOTS)
def test_lots_of_a_warehouse_are_of_this_warehouse(warehouses: Warehouses, lists: Lists) -> None:
    """The wID of every lot in the lists of all warehouses that the suite knows of."""
    numbers = warehouses.with_lots()
    if not any(warehouses.lots(number, lists).rows for number in numbers):
        raise NotRun(Reason.NEEDS_DATA, f"{LOTS} shows no lot")

    misfits = settled(lists, lambda reader: strays(reader, warehouses, numbers))
    assert misfits == NOTHING


def strays(reader: Reader, warehouses: Warehouses, numbers: Iterable[int]) -> Misfits:
    """The lots that the list of a warehouse shows of another one."""
    return Misfits(
        Misfit(named(row, "recNo", "wID"), f"listed for warehouse {number}")
        for number in numbers
        for row in warehouses.lots(number, reader).rows
        if is_elsewhere(row, "wID", number)
    )


@requirement("inventory.of-warehouse", sends=1)
@asks(LOTS)
@needs("client.all-warehouses")
def test_warehouse_that_does_not_exist_shows_no_lot(access: Access, world: World) -> None:
    """It is refused, or its list holds no lot of any warehouse; asked by a client for all warehouses."""
    operation = access.specification[LOTS]
    unknown = max(world.warehouses, default=0) + 7_919
    answer = world.able(operation).ask(Request("GET", f"/Inventory/{unknown}", params={"page": 1, "pageSize": 25}))
    if answer.code >= 500:
        raise Blocked(Reason.PREPARATION_FAILED, f"this was not decided: {answer!r}", cause=f"reading {LOTS}")

    shown = Misfits(
        Misfit(named(row, "recNo", "wID"), f"listed for warehouse {unknown}")
        for row in (rows_of(answer.json) if answer.accepted else [])
        if is_elsewhere(row, "wID", unknown)
    )
    assert shown == NOTHING
    takes("unknown-warehouse", "no row" if answer.accepted else "refused")


@requirement("inventory.sum", sends=0, shares=2)
@asks(ALL, LOTS)
def test_lots_of_all_warehouses_are_those_of_each_together(
    access: Access, warehouses: Warehouses, lists: Lists
) -> None:
    """The rows of the list of all are counted, and those of the list of each warehouse that it names."""
    rows_of_all(access, lists)

    misfits = settled(lists, lambda reader: miscounts(reader, access, warehouses))
    assert misfits == NOTHING


def miscounts(reader: Reader, access: Access, warehouses: Warehouses) -> Misfits:
    """The warehouses that hold more or fewer lots in their own list than in the list of all."""
    rows = reader.full(access.specification[ALL]).rows
    if any(type(row.get("wID")) is not int for row in rows):
        message = f"{ALL} shows lots without a number of a warehouse"
        raise Blocked(Reason.EARLIER_FAILURE, message, cause="inventory.fields")
    together = Counter(int(row["wID"]) for row in rows)
    own = {number: len(warehouses.lots(number, reader).rows) for number in sorted({*together, *warehouses.with_lots()})}
    return Misfits(
        Misfit(f"warehouse {number}", f"{count} in its own list, {together[number]} in the list of all")
        for number, count in own.items()
        if count != together[number]
    )


@requirement("inventory.place-known", sends=0, shares=3)
@asks(LOTS, LOCATIONS)
def test_lots_in_stock_are_at_locations_of_their_warehouse(warehouses: Warehouses, lists: Lists) -> None:
    """The spot of every lot in stock is looked for in the list of the locations of its warehouse."""
    numbers = sorted({*warehouses.with_lots()} & {*warehouses.with_locations()})
    complete = [number for number in numbers if warehouses.locations(number, lists).complete]
    if numbers and not complete:
        raise NotRun(
            Reason.BUDGET, "every warehouse has more locations than a run reads; limits.rows lets it read more"
        )
    if not any(with_spot(warehouses.lots(number, lists).rows) for number in complete):
        raise NotRun(Reason.NEEDS_DATA, "no warehouse shows a lot in stock that has a spot")

    misfits = settled(lists, lambda reader: misplaced(reader, warehouses, complete))
    assert misfits == NOTHING


def misplaced(reader: Reader, warehouses: Warehouses, numbers: Iterable[int]) -> Misfits:
    """The lots in stock at a spot that is no location of their warehouse."""
    found = Misfits()
    for number in numbers:
        lots = with_spot(warehouses.lots(number, reader).rows)
        spots = {row.get("spot") for row in warehouses.locations(number, reader).rows}
        found += [
            Misfit(named(row, "recNo", "spot"), f"no location of warehouse {number}")
            for row in lots
            if row["spot"] not in spots and not is_elsewhere(row, "wID", number)
        ]
    return found


# --- stock levels -----------------------------------------------------------------------------------------------------


@requirement("inventory.stock-levels", sends=1)
@asks(LEVELS)
def test_stock_levels_of_all_warehouses_can_be_read(access: Access, world: World) -> None:
    """Asked by a client for all warehouses; the shape of the answer is not documented, but that it is JSON."""
    operation = access.specification[LEVELS]
    answer = world.able(operation).ask(Request("GET", operation.path))
    assert answer.status == 200
    assert answer.json is not ABSENT


@requirement("inventory.stock-levels", sends=3)
@asks(LEVELS_OF_ONE, LOTS)
def test_stock_levels_of_a_warehouse_can_be_read(access: Access, world: World, warehouses: Warehouses) -> None:
    """Asked for each warehouse whose lots can be read; no row that shows of which warehouse it is, is of another one."""
    for number in warehouses.with_lots():
        answer: Answer = world.able(access.specification[LEVELS_OF_ONE], (number,)).ask(
            Request("GET", f"/Inventory/StockLevels/{number}")
        )
        assert answer.status == 200
        assert answer.json is not ABSENT
        assert rows_elsewhere(rows_of(answer.json), number, world) == Foreign()
