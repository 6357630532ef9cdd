"""POST /Inventory/Receive, /Move and /Issue: what they do to what is in stock (inventory; locations, Hold and Release)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked
from conformance.suite.fields import NOTHING, Misfit, Misfits, named, twins
from conformance.suite.holds import HOLD, RELEASE
from conformance.suite.lots import is_elsewhere
from conformance.suite.marks import Phase, asks, needs, requirement
from conformance.suite.movements import (
    ATTEMPTS,
    ISSUE,
    MOVE,
    RECEIVE,
    TELL_SPOT,
    Movements,
    require_crossing,
    require_destination,
    require_scoped_receiver,
)
from conformance.suite.readings import takes
from conformance.suite.warehouses import LOTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.suite.exercises import Workshop
    from conformance.suite.lists import Lists
    from conformance.suite.movements import Carried
    from conformance.suite.stock import Units
    from conformance.target.access import Access
    from conformance.target.answer import Answer

PHASE = Phase.WRITING

# How much more than what is in stock is asked for; little enough to do no great harm where it is given.
TOO_MUCH = 1000.0


@pytest.fixture
def movements(workshop: Workshop, lists: Lists) -> Iterator[Movements]:
    """Carries movements out, and takes them back when the check is over."""
    made = Movements(workshop, lists)
    yield made
    made.put_back()


def raised(carried: Carried) -> bool:
    """Whether there is more of the item than before; the state of a new lot is another matter."""
    return carried.after.units_since(carried.before) > carried.before.units


@requirement("inventory.receive", sends=8)
@asks(RECEIVE, LOTS)
@needs("example.place")
def test_receiving_raises_what_is_in_stock(movements: Movements) -> None:
    """The units of the item's lots in the warehouse are added up before the declared example is sent, and after it."""
    carried = movements.carry_out(RECEIVE, raised)

    before, after = carried.before.units, carried.after.units_since(carried.before)
    assert after > before


@requirement("authorization.warehouse-write", sends=8)
@asks(RECEIVE, LOTS)
@needs("client.scoped-receiver", "example.place")
def test_no_stock_comes_into_a_foreign_warehouse_by_its_spot(access: Access, movements: Movements) -> None:
    """A client with some warehouses receives in one of its own, at a spot that only a foreign one has; refused or not, none is there."""
    limited = require_scoped_receiver(access)

    for _ in range(ATTEMPTS):
        carried = movements.ask(movements.astray(limited), by=limited)
        before, after = at_destination(carried)
        # Others may bring some there at the same time, but not each time.
        if not carried.answer.accepted or after <= before:
            return
    assert after <= before


@requirement("inventory.unshipped", sends=8)
@asks(RECEIVE, LOTS)
@needs("example.place")
def test_lot_that_was_just_received_is_not_shipped(movements: Movements) -> None:
    """The lot that the declared example brings, or the one whose units it raises, has null as its shipping date."""
    carried = movements.carry_out(RECEIVE, raised)
    received = carried.after.new_since(carried.before) or [row for row, _ in carried.after.grown_since(carried.before)]
    if not received:
        message = f"no lot is there, or larger, that was not before the receipt: {carried.answer!r}"
        raise Blocked(Reason.EARLIER_FAILURE, message, cause="inventory.receive")

    shipped = Misfits(
        Misfit(named(row, "recNo", "shipped"), "it was just received")
        for row in received
        if row.get("shipped") is not None
    )
    assert shipped == NOTHING


def is_conserved(carried: Carried) -> bool:
    """Whether there is as much of the item as before."""
    return carried.after.units == carried.before.units


@requirement("inventory.move", sends=8)
@asks(MOVE, LOTS)
@needs("example.place")
def test_moving_leaves_as_much_in_stock(movements: Movements) -> None:
    """The units of the item's lots are added up before the declared example is sent, and after it."""
    carried = movements.carry_out(MOVE, is_conserved)

    before, after = carried.before.units, carried.after.units
    assert after == before


@requirement("inventory.number-unique", sends=6)
@asks(MOVE, LOTS)
@needs("example.place")
def test_moved_lots_do_not_share_a_number(movements: Movements) -> None:
    """The lots of the item in the warehouse, as they are listed after the declared example was carried out."""
    carried = movements.require(movements.make(MOVE))

    misfits = twins(carried.after.rows, "recNo")
    assert misfits == NOTHING


@requirement("inventory.move-arrives", sends=8)
@asks(MOVE, LOTS)
@needs("example.place", "example.destination")
def test_moved_stock_is_where_it_was_moved_to(movements: Movements) -> None:
    """What is in stock of the item at {to_spot} of the declared example is read before it is sent, and after it."""
    require_destination(MOVE, movements.example(MOVE))

    carried = movements.carry_out(MOVE, lambda one: at_destination(one)[1] > at_destination(one)[0])

    before, after = at_destination(carried)
    assert after > before


@requirement("inventory.move-arrives", sends=12)
@asks(MOVE, LOTS)
@needs("example.place", "example.destination")
def test_stock_that_was_moved_to_another_warehouse_is_there(movements: Movements) -> None:
    """The same, with {to_spot} in another warehouse, where the target takes that."""
    example = movements.example(MOVE)
    require_destination(MOVE, example)
    require_crossing(MOVE, example)

    carried = movements.carry_out(MOVE, lambda one: at_destination(one)[1] > at_destination(one)[0], crossing=True)

    before, after = at_destination(carried)
    assert after > before


@requirement("inventory.of-warehouse", sends=12)
@asks(MOVE, LOTS)
@needs("example.place", "example.destination")
def test_lists_of_warehouses_hold_their_own_lots_after_a_move_between_them(
    movements: Movements, lists: Lists, access: Access
) -> None:
    """Stock is moved to another warehouse, where the target takes that; the lots that the lists of both warehouses show afterwards are each of the list's own."""
    example = movements.example(MOVE)
    require_destination(MOVE, example)
    require_crossing(MOVE, example)
    movement = movements.require(movements.make(MOVE, crossing=True)).movement

    misfits = Misfits(
        Misfit(named(row, "recNo", "wID"), f"listed for warehouse {number}")
        for number in movement.warehouses
        for row in lists.whole_now(access.specification[LOTS], number).rows
        if is_elsewhere(row, "wID", number)
    )
    assert misfits == NOTHING


def at_destination(carried: Carried) -> tuple[Units, Units]:
    """What is in stock at the spot that stock is moved to, before and after."""
    values = carried.movement.values
    place = values["to_spot"], values["to_warehouse"]
    return carried.before.at(*place), carried.after.at(*place)


@requirement("inventory.issue", sends=8)
@asks(ISSUE, LOTS)
@needs("example.place")
def test_issuing_lowers_what_is_in_stock(movements: Movements) -> None:
    """The units of the item's lots in the warehouse are added up before the declared example is sent, and after it."""
    carried = movements.carry_out(ISSUE, lambda one: one.after.units < one.before.units)

    before, after = carried.before.units, carried.after.units
    assert after < before


@requirement("inventory.issue-above-stock", sends=10)
@asks(ISSUE, LOTS)
@needs("example.place", "example.units")
def test_issuing_more_than_there_is_gets_refused(movements: Movements) -> None:
    """The declared example with all that is in stock of the item and more; as it stands it succeeds."""
    movement = movements.make(ISSUE)
    too_much = movement.with_units(movements.stock(movement).units + TOO_MUCH)

    answer = movements.ask(too_much).answer

    if not answer.accepted:
        movements.require(movements.make(ISSUE))
    assert answer.status in range(400, 500)


@requirement("inventory.receive-positive", sends=8)
@asks(RECEIVE)
@needs("example.place", "example.units")
@pytest.mark.parametrize("units", [0, -1])
def test_receiving_nothing_gets_a_validation_error_about_units(movements: Movements, units: int) -> None:
    """The declared example with no units, or fewer; as it stands it succeeds."""
    without = movements.make(RECEIVE).with_units(units)
    movements.require(movements.make(RECEIVE))

    answer = movements.ask(without).answer

    assert answer.status == 400
    error = answer.member("error")
    assert error == "validation_error"
    assert "units" in complained_of(answer)


def complained_of(answer: Answer) -> set[str]:
    """The fields that the details of an error name, in lower case and without the objects around them."""
    details = answer.member("details")
    names = details if isinstance(details, dict) else ()
    return {str(name).replace("]", ".").split(".")[-1].lower() for name in names}


@requirement("inventory.released", sends=16)
@asks(MOVE, HOLD, RELEASE)
@needs("example.spot")
def test_stock_can_be_moved_once_its_location_is_released(movements: Movements) -> None:
    """Moved with the declared example, then its location is put on hold and released, then it is moved again."""
    answer = asked_after_release(movements, MOVE)
    assert answer.status in range(200, 300)


@requirement("inventory.released", sends=16)
@asks(ISSUE, HOLD, RELEASE)
@needs("example.spot")
def test_stock_can_be_issued_once_its_location_is_released(movements: Movements) -> None:
    """Issued with the declared example, then its location is put on hold and released, then it is issued again."""
    answer = asked_after_release(movements, ISSUE)
    assert answer.status in range(200, 300)


def asked_after_release(movements: Movements, label: str) -> Answer:
    """The answer to a movement of stock that was on hold; raises Blocked where free stock cannot be moved either."""
    movements.require(movements.make(label, TELL_SPOT))
    for _ in range(ATTEMPTS):
        movement = movements.make(label, TELL_SPOT)
        spot = movements.spot_of(movement)
        resting = movements.stock(movement).lot(movement.values["recNo"])
        spot.hold()
        spot.release()
        carried = movements.ask(movement)
        if carried.answer.accepted or (lot_of(carried)[0] == resting and movements.is_free(movement, destination=True)):
            return carried.answer
    message = f"hold and release of its location changed the lot: {resting} before, {lot_of(carried)[0]} after"
    raise Blocked(Reason.EARLIER_FAILURE, message, cause="locations.hold-keeps-stock")


@requirement("inventory.held-move", sends=14)
@asks(MOVE, HOLD, RELEASE)
@needs("example.spot")
def test_stock_at_a_location_on_hold_cannot_be_moved(movements: Movements) -> None:
    """Moved with the declared example, then its location is put on hold and it is moved again; it stays where it is."""
    carried = asked_on_hold(movements, MOVE)
    assert carried.answer.status in range(400, 500)

    before, after = lot_of(carried)
    assert after == before


@requirement("inventory.held-move", sends=18)
@asks(MOVE, HOLD, RELEASE)
@needs("example.spot", "example.destination")
def test_stock_at_a_location_on_hold_cannot_be_moved_to_another_warehouse(movements: Movements) -> None:
    """The same, with {to_spot} in another warehouse, where the target takes that."""
    example = movements.example(MOVE)
    require_destination(MOVE, example)
    require_crossing(MOVE, example)

    carried = asked_on_hold(movements, MOVE, crossing=True)
    assert carried.answer.status in range(400, 500)


@requirement("inventory.held-issue", sends=14)
@asks(ISSUE, HOLD, RELEASE)
@needs("example.spot")
def test_stock_at_a_location_on_hold_cannot_be_issued(movements: Movements) -> None:
    """Issued with the declared example, then its location is put on hold and it is issued again; it stays in stock."""
    carried = asked_on_hold(movements, ISSUE)
    assert carried.answer.status in range(400, 500)

    before, after = lot_of(carried)
    assert after == before


def asked_on_hold(movements: Movements, label: str, *, crossing: bool = False) -> Carried:
    """A movement of stock on hold, to another warehouse if it is `crossing`; raises Blocked where it is refused of free stock, too."""
    movements.require(movements.make(label, TELL_SPOT, crossing=crossing))
    for _ in range(ATTEMPTS):
        movement = movements.make(label, TELL_SPOT, crossing=crossing)
        spot = movements.spot_of(movement)
        spot.hold()
        carried = movements.ask(movement)
        spot.leave_free()
        before, after = lot_of(carried)
        if carried.answer.accepted or after == before:
            break
    if 400 <= carried.answer.code < 500:
        takes("held-status", str(carried.answer.code))
    return carried


def lot_of(carried: Carried) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The units of the lot that is moved and where they are, before and after."""
    number = carried.movement.values["recNo"]
    return carried.before.lot(number), carried.after.lot(number)
