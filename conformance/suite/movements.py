"""Stock movements by the examples that the target file declares: what is in stock before and after, and the way back."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from conformance.contract.outcomes import Reason
from conformance.contract.permissions import expected
from conformance.errors import Blocked, Inconclusive, NoAnswerError, NotRun, Undecided
from conformance.suite.cells import foreign_warehouses, own_warehouses
from conformance.suite.holds import Spot
from conformance.suite.stock import Stock
from conformance.suite.warehouses import LOTS
from conformance.target.examples import fill, placeholders
from conformance.target.wire import Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.suite.exercises import Workshop
    from conformance.suite.lists import Lists
    from conformance.target.access import Access
    from conformance.target.answer import Answer
    from conformance.target.session import Session

RECEIVE, MOVE, ISSUE = "POST /Inventory/Receive", "POST /Inventory/Move", "POST /Inventory/Issue"
# Where others move stock at the same time an experiment may have to be made again.
ATTEMPTS = 3
# Which placeholders of an example tell what is moved, and from or to where.
TELL_WHAT = frozenset({"partNo", "shortID", "recNo"})
TELL_WHERE = frozenset({"warehouse", "spot", "recNo"})
TELL_SPOT = frozenset({"spot", "recNo"})
ITEM = ("partNo", "shortID")
OF_A_LOT = ("partNo", "recNo", "shortID", "spot")


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement as it will be asked for: `values` are those of the placeholders, `names` those that the example has."""

    label: str
    request: Request
    values: dict[str, Any]
    names: frozenset[str]

    @property
    def warehouse(self) -> int:
        """Where the stock is, or comes to be when it is received."""
        return int(self.values["warehouse"])

    @property
    def warehouses(self) -> tuple[int, ...]:
        """Every warehouse that it concerns."""
        return tuple(sorted({self.warehouse, int(self.values["to_warehouse"])}))

    @property
    def crosses(self) -> bool:
        """Whether it goes from one warehouse to another."""
        return len(self.warehouses) > 1

    @property
    def item(self) -> str:
        """The item that is moved and where, in words."""
        told = next((f"{name} {self.values[name]}" for name in ITEM if name in self.values), "an item")
        return f"{told} in warehouse {' and '.join(map(str, self.warehouses))}"

    def concerns(self, row: dict[str, Any]) -> bool:
        """Whether a lot is of the item that is moved."""
        name = next((name for name in ITEM if name in self.values and name in row), None)
        return name is not None and row[name] == self.values[name]

    def with_units(self, units: float) -> Movement:
        """The same movement of another quantity; raises NotRun where the example has no member `units`."""
        require_units(self.label, self.request.json)
        body, _found = _with_units(self.request.json, units)
        return replace(self, request=replace(self.request, json=body))


@dataclass(frozen=True, slots=True)
class Carried:
    """A movement that was carried out, with what was in stock of its item before and after it."""

    movement: Movement
    answer: Answer
    before: Stock
    after: Stock


class Movements:
    """Makes movements and carries them out; takes them back at the end, as far as the target lets us."""

    def __init__(self, workshop: Workshop, lists: Lists) -> None:
        self._workshop = workshop
        self._world = workshop.world
        self._lists = lists
        self._back: list[Carried] = []
        self._spots: list[Spot] = []

    # --- what checks use ---

    def make(self, label: str, need: frozenset[str] = TELL_WHERE, *, crossing: bool = False) -> Movement:
        """A movement of a lot by the declared example, of the same lot each time unless others change it.

        `crossing`: to another warehouse. Raises NotRun where there is no example, or none that tells what it moves, and
        where (`need`); or no other warehouse with a free spot.
        """
        require_told(label, self.example(label), need)
        warehouse = self._warehouse(label)
        values = self._values(warehouse)
        return self._made(label, values | self._elsewhere(label, warehouse) if crossing else values)

    def example(self, label: str) -> Any:
        """The declared example for a movement; raises NotRun where there is none."""
        example = self._world.target.examples.get(label)
        if example is None:
            message = f'the documentation gives no body for {label}; give one as [examples."{label}"]'
            raise NotRun(Reason.NEEDS_EXAMPLE, message)
        return example

    def astray(self, session: Session) -> Movement:
        """A receipt in a warehouse of a client that has some, at a spot that only a foreign one has; raises NotRun."""
        example = self.example(RECEIVE)
        if not {"warehouse", "spot"} <= set(placeholders(example)):
            message = f"the example for {RECEIVE} does not tell both {{warehouse}} and {{spot}}"
            raise NotRun(Reason.NEEDS_EXAMPLE, message)
        own = own_warehouses(session.client, self._world.warehouses)
        taken = {spot for warehouse in own for spot in self._world.spots(warehouse)}
        for foreign in foreign_warehouses(session.client, self._world.warehouses):
            spots = [spot for spot in self._world.free_spots(foreign) if spot not in taken]
            if own and spots:
                values = self._values(own[0]) | {"spot": spots[0], "to_spot": spots[0], "to_warehouse": foreign}
                return self._made(RECEIVE, values)
        raise NotRun(Reason.NEEDS_DATA, f"no warehouse that is foreign to {session.name} shows a free spot of its own")

    def ask(self, movement: Movement, by: Session | None = None) -> Carried:
        """Ask for a movement, as a client that may or as the given one, and read the stock around it, whatever the answer is."""
        before = self.stock(movement)
        answer = self._send(movement) if by is None else by.ask(movement.request)
        carried = Carried(movement, answer, before, self.stock(movement))
        if answer.accepted:
            self._back.append(carried)
        return carried

    def require(self, movement: Movement) -> Carried:
        """Carry a movement out, or another one where others have meanwhile put a location on hold.

        Raises Blocked where the target refuses it, NotRun where one between warehouses is.
        """
        carried = self.ask(movement)
        for _ in range(ATTEMPTS - 1):
            if carried.answer.code in range(400, 500) and not self.is_free(movement):
                movement = self.make(movement.label, crossing=movement.crosses)
                carried = self.ask(movement)
        if movement.crosses and carried.answer.code in range(400, 500) and carried.answer.code not in {401, 403}:
            message = f"the example for {movement.label} does not work between two warehouses: {carried.answer!r}"
            raise NotRun(Reason.NEEDS_EXAMPLE, message)
        if not carried.answer.accepted:
            message = f"the target refuses the declared example for {movement.label}: {carried.answer!r}"
            raise Blocked(Reason.EXAMPLE_REFUSED, message, cause=f"example for {movement.label}")
        return carried

    def is_free(self, movement: Movement, *, destination: bool = False) -> bool:
        """Whether the locations of a movement are free, or its destination alone, read anew: others may hold some."""
        self._world.forget_locations()
        places = {} if destination else {"spot": movement.warehouse}
        if "to_spot" in movement.names:
            places["to_spot"] = int(movement.values["to_warehouse"])
        spots = {movement.values[name]: number for name, number in places.items() if name in movement.values}
        return all(spot in self._world.free_spots(number) for spot, number in spots.items())

    def carry_out(self, label: str, shows: Callable[[Carried], bool], *, crossing: bool = False) -> Carried:
        """Carry a movement out, to another warehouse if it is `crossing`, until the stock around it shows what it must, at most three times.

        Gives the last one where it never does; raises Inconclusive where the stock moved by itself meanwhile.
        """
        moved_by_itself = False
        for _ in range(ATTEMPTS):
            movement = self.make(label, crossing=crossing)
            resting = self.stock(movement)
            carried = self.require(movement)
            if shows(carried):
                return carried
            moved_by_itself |= carried.before != resting or self.stock(movement) != carried.after
        if moved_by_itself:
            message = "others move stock of the same item, so that the effect of one movement cannot be told"
            raise Inconclusive(Reason.DATA_CHANGED, message)
        return carried

    def stock(self, movement: Movement) -> Stock:
        """What is in stock now of the item that a movement is about, in all warehouses that it concerns."""
        operation = self._world.specification[LOTS]
        rows: list[dict[str, Any]] = []
        for warehouse in movement.warehouses:
            whole = self._lists.whole_now(operation, warehouse)
            if not whole.complete:
                message = (
                    f"warehouse {warehouse} has more than {len(whole.rows)} lots, too many to add up again and again"
                )
                raise NotRun(Reason.BUDGET, message)
            rows += whole.rows
        return Stock.of(movement.item, (row for row in rows if movement.concerns(row)))

    def spot_of(self, movement: Movement) -> Spot:
        """The location of the lot that a movement takes from; it is free again at the end."""
        name = movement.values.get("spot")
        if "recNo" not in movement.values or not isinstance(name, str):
            message = f"warehouse {movement.warehouse} shows no lot that is in stock at a free spot"
            raise NotRun(Reason.NEEDS_DATA, message)
        spot = Spot(self._workshop.holds, movement.warehouse, name)
        self._spots.append(spot)
        return spot

    def put_back(self) -> None:
        """Release what was put on hold and take movements back, the last one first; nothing is judged."""
        for spot in self._spots:
            spot.leave_free()
        for carried in reversed(self._back):
            with contextlib.suppress(Undecided, NoAnswerError):
                self._take_back(carried)
        self._back.clear()

    # --- making ---

    def _made(self, label: str, values: dict[str, Any]) -> Movement:
        example = self.example(label)
        values = {**(self._world.receivable(values) if label == RECEIVE else values), "unique": self._workshop.unique()}
        request = Request("POST", label.removeprefix("POST "), json=fill(example, values))
        return Movement(label, request, values, frozenset(placeholders(example)))

    def _values(self, warehouse: int) -> dict[str, Any]:
        """The placeholders' values: of the largest lot at a spot that was never on hold, and of a spot far from it."""
        lots = self._world.lots(warehouse)
        if not lots:
            return self._world.placeholders(warehouse)
        holds = self._workshop.holds
        lot = min(lots, key=lambda row: (holds.was_held(warehouse, row.get("spot")), -row["units"]))
        values: dict[str, Any] = {name: lot[name] for name in OF_A_LOT if name in lot}
        others = [spot for spot in self._world.free_spots(warehouse) if spot != lot.get("spot")]
        if others:
            values["to_spot"] = min(reversed(others), key=lambda spot: holds.was_held(warehouse, spot))
        return values | {"warehouse": warehouse, "to_warehouse": warehouse}

    def _elsewhere(self, label: str, warehouse: int) -> dict[str, Any]:
        """The placeholders' values of a destination in another warehouse; raises NotRun where there is none."""
        holds, operation = self._workshop.holds, self._world.specification[label]
        refusal: Undecided | None = None
        for other in (number for number in self._world.warehouses if number != warehouse):
            try:
                self._world.able(operation, (warehouse, other))
                here = set(self._world.free_spots(warehouse))
                spots = [spot for spot in self._world.free_spots(other) if spot not in here]
            except Undecided as undecided:
                refusal = undecided
                continue
            if spots:
                spot = min(reversed(spots), key=lambda name: holds.was_held(other, name))
                return {"to_warehouse": other, "to_spot": spot}
        raise refusal or NotRun(Reason.NEEDS_DATA, f"beside {warehouse} the target shows no warehouse with a free spot")

    def _warehouse(self, label: str) -> int:
        """The warehouse with the fewest lots among those with some that may be moved, by a client that may."""
        operation, lots = self._world.specification[label], self._world.specification[LOTS]
        stocked: list[tuple[int, int]] = []
        open_to_us: list[int] = []
        refusal: Undecided | None = None
        for warehouse in self._world.warehouses:
            try:
                self._world.able(operation, (warehouse,))
                open_to_us.append(warehouse)
                if self._world.lots_once(warehouse):
                    stocked.append((len(self._lists.whole(lots, warehouse).rows), warehouse))
            except Undecided as undecided:
                refusal = undecided
        if stocked:
            return min(stocked)[1]
        if open_to_us:
            return open_to_us[0]
        raise refusal or NotRun(Reason.NEEDS_DATA, "the target shows no warehouse; name some under [data] warehouses")

    def _send(self, movement: Movement) -> Answer:
        session = self._world.able(self._world.specification[movement.label], movement.warehouses)
        return session.ask(movement.request)

    # --- the way back ---

    def _take_back(self, carried: Carried) -> None:
        values, label = carried.movement.values, carried.movement.label
        if label == ISSUE:
            self._send(_of(self._made(RECEIVE, values), carried.before.units - carried.after.units))
            return
        for row, units in carried.after.grown_since(carried.before):
            own = values | {name: row[name] for name in OF_A_LOT if name in row}
            if label == RECEIVE:
                self._send(_of(self._made(ISSUE, own), units))
            elif values.get("spot") not in {None, row.get("spot")}:
                there = {"warehouse": values["to_warehouse"], "to_warehouse": values["warehouse"]}
                self._send(_of(self._made(MOVE, own | there | {"to_spot": values["spot"]}), units))


# --- what an example has to tell ---


def require_told(label: str, example: Any, need: frozenset[str] = TELL_WHERE) -> None:
    """Require that an example tells by its placeholders what it moves, and where; raises NotRun."""
    names = frozenset(placeholders(example))
    for wanted, what in ((TELL_WHAT, "what"), (need, "where")):
        if not names & wanted:
            told = " or ".join(f"{{{name}}}" for name in sorted(wanted))
            message = f"the example for {label} does not tell {what} it moves: put {told} where that stands"
            raise NotRun(Reason.NEEDS_EXAMPLE, message)


def require_scoped_receiver(access: Access) -> Session:
    """A client with some of the warehouses that may receive stock there; raises NotRun where there is none."""
    operation = access.specification[RECEIVE]
    for session in access.sessions.values():
        own = session.rights.warehouses
        if session.unusable is None and own.limited and expected(session.rights, operation, tuple(own.names)).allowed:
            return session
    raise NotRun(Reason.NEEDS_CLIENT, "no client with some of the warehouses may receive stock: add one")


def require_destination(label: str, example: Any) -> None:
    """Require that an example tells to which spot it moves; raises NotRun."""
    if "to_spot" not in placeholders(example):
        message = f"the example for {label} does not tell where stock is moved to: put {{to_spot}} where that stands"
        raise NotRun(Reason.NEEDS_EXAMPLE, message)


def require_crossing(label: str, example: Any) -> None:
    """Require that an example can tell of a destination in another warehouse; raises NotRun."""
    names = set(placeholders(example))
    if "warehouse" in names and "to_warehouse" not in names:
        message = f"the example for {label} names {{warehouse}} alone: put {{to_warehouse}} where stock is moved to"
        raise NotRun(Reason.NEEDS_EXAMPLE, message)


def require_units(label: str, example: Any) -> None:
    """Require that an example says how many units it moves; raises NotRun."""
    if not _with_units(example, 1)[1]:
        message = f"the example for {label} has no number under the name units that could be another one"
        raise NotRun(Reason.NEEDS_EXAMPLE, message)


def _of(movement: Movement, units: float) -> Movement:
    """The movement of so many units, or as it is where its example does not say how many."""
    with contextlib.suppress(NotRun):
        return movement.with_units(units)
    return movement


def _with_units(body: Any, units: float) -> tuple[Any, bool]:
    """The body with every number under the name `units` replaced, and whether there was one."""
    if isinstance(body, list):
        parts = [_with_units(part, units) for part in body]
        return [part for part, _ in parts], any(found for _, found in parts)
    if not isinstance(body, dict):
        return body, False
    changed, any_found = {}, False
    for name, value in body.items():
        own = name == "units" and isinstance(value, int | float) and not isinstance(value, bool)
        changed[name], found = (units, True) if own else _with_units(value, units)
        any_found |= found
    return changed, any_found
