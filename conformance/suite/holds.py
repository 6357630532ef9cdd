"""The locations that the suite puts on hold: those that may be, how they are shown, and that each is released again."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, NoAnswerError, NotApplicable, NotRun, Undecided
from conformance.target.answer import ABSENT, rows_of
from conformance.target.wire import Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.target.answer import Answer
    from conformance.target.discovery import World

HOLD, RELEASE = "POST /Location/Hold", "POST /Location/Release"
ONE, ALL = "GET /Location/{spot}", "GET /Location"
# Every server understands such a spot in a path; one with a slash or a blank may be out of reach.
PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
# Letters of any alphabet, digits and blanks: to be read by its path such a spot needs no more than percent-encoding.
MILD = re.compile(r"\w(?:[\w ,_-]*\w)?")
# No list of locations is read further than this.
MOST_PAGES = 40
PAGE = 250
TRIED = 8


def is_plain(spot: object) -> bool:
    """Whether a spot is one that no server can mistake in a path."""
    return isinstance(spot, str) and PLAIN.fullmatch(spot) is not None and spot.lower() not in {"hold", "release"}


def is_mild(spot: object) -> bool:
    """Whether a spot is one that a server mistakes in a path only if it does not decode paths."""
    return isinstance(spot, str) and MILD.fullmatch(spot) is not None and spot.lower() not in {"hold", "release"}


@dataclass(frozen=True, slots=True, repr=False)
class Shown:
    """How a target shows a location: its `hold`, ABSENT where there is none."""

    spot: str
    hold: object

    def __repr__(self) -> str:
        known = {"True": "on hold", "False": "free"}
        return f"<spot {self.spot}: {known.get(repr(self.hold), f'hold is {self.hold!r}')}>"


class Spot:
    """One location that the suite may put on hold; whoever holds it leaves it free."""

    def __init__(self, holds: Holds, warehouse: int, name: str) -> None:
        self._holds = holds
        self.warehouse = warehouse
        self.name = name

    def __repr__(self) -> str:
        return f"spot {self.name} of warehouse {self.warehouse}"

    def ask(self, label: str) -> Answer:
        """Put it on hold or release it, whatever the answer is; judges nothing."""
        return self._holds.ask(label, self.warehouse, self.name)

    def require(self, label: str) -> None:
        """Put it on hold or release it; raises Blocked where that is refused."""
        answer = self.ask(label)
        if not answer.accepted:
            raise Blocked(Reason.PREPARATION_FAILED, f"{self!r} could not be prepared: {answer!r}", cause=label)

    def hold(self) -> None:
        """Put it on hold, and see that it is shown so; raises Blocked."""
        self.require(HOLD)
        if self.hold_shown() is not True:
            message = f"{self!r} was put on hold, but is not shown so"
            raise Blocked(Reason.EARLIER_FAILURE, message, cause="locations.hold-shown")

    def release(self) -> None:
        """Release it, and see that it is shown so; raises Blocked."""
        self.require(RELEASE)
        if self.hold_shown() is not False:
            message = f"{self!r} was released, but is not shown so"
            raise Blocked(Reason.EARLIER_FAILURE, message, cause="locations.release-shown")

    def hold_shown(self) -> object:
        """What the target shows as its `hold`: read by itself, else in the list; raises Blocked."""
        return self._holds.is_held(self.warehouse, self.name)

    def shown(self) -> Shown:
        """How it is shown: read by itself, else in the list; raises Blocked."""
        return Shown(self.name, self.hold_shown())

    def shown_alone(self) -> Shown:
        """How it is shown, read by its spot alone; raises Blocked where that does not show it."""
        row = self._holds.row_alone(self.warehouse, self.name)
        if row is None:
            raise Blocked(Reason.EARLIER_FAILURE, f"{self!r} cannot be read by its spot", cause="locations.by-spot")
        return Shown(self.name, row.get("hold", ABSENT))

    def shown_in_list(self) -> Shown:
        """How it is shown, read in the list of its warehouse alone; raises Blocked where that does not show it."""
        row = self._holds.row_in_list(self.warehouse, self.name)
        if row is None:
            message = f"{self!r} is not in the list of its warehouse"
            raise Blocked(Reason.EARLIER_FAILURE, message, cause="locations.warehouse-filter")
        return Shown(self.name, row.get("hold", ABSENT))

    def shown_among_all(self) -> Shown:
        """How it is shown, read in the list of all warehouses; raises Undecided where that does not show it, or too late."""
        row = self._holds.row_among_all(self.warehouse, self.name)
        if row is None:
            message = f"{self!r} is not in the list of all locations"
            raise Blocked(Reason.EARLIER_FAILURE, message, cause="locations.warehouse-filter")
        return Shown(self.name, row.get("hold", ABSENT))

    def others(self) -> dict[str, object]:
        """What the target shows as the `hold` of the other locations of its warehouse, by spot."""
        rows = self._holds.rows(self.warehouse)
        return {str(row.get("spot")): row.get("hold") for row in rows if row.get("spot") != self.name}

    def leave_free(self, others: Iterable[str] = ()) -> None:
        """Release it, and others of its warehouse, if they may be on hold by the suite's doing and the target lets us."""
        with contextlib.suppress(Undecided, NoAnswerError):
            self._holds.release(self.warehouse, self.name)
            for other in others:
                self._holds.ask(RELEASE, self.warehouse, other)


class Holds:
    """Puts locations on hold and remembers which, so that none stays so."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._held: dict[tuple[int, str], None] = {}
        self._ever: set[tuple[int, str]] = set()

    # --- which ---

    def spot(self, warehouse: int) -> str:
        """A free spot of a warehouse, one without stock if there is one; raises NotRun where all are on hold."""
        return next(self._candidates(warehouse))

    def free_spot(self) -> Spot:
        """A location of some warehouse that is free at this moment, without stock if there is one; raises NotRun."""
        return self.free_spots(1)[0]

    def free_spots(self, number: int, warehouses: Iterable[int] = ()) -> list[Spot]:
        """So many locations of one warehouse that are free at this moment, those without stock first; raises NotRun."""
        refusal = NotRun(Reason.NEEDS_DATA, "the target shows no warehouse; name some under [data] warehouses")
        for warehouse in warehouses or self._world.warehouses:
            try:
                self._world.able(self._world.specification[HOLD], (warehouse,))
                free = (Spot(self, warehouse, name) for name in islice(self._candidates(warehouse), TRIED + number))
                found = list(islice((spot for spot in free if spot.hold_shown() is False), number))
            except NotRun as undecided:
                refusal = undecided
                continue
            if len(found) == number:
                return found
            message = f"warehouse {warehouse} shows fewer than {number} active spots that are free at this moment"
            refusal = NotRun(Reason.NEEDS_DATA, message)
        raise refusal

    def _candidates(self, warehouse: int) -> Iterator[str]:
        free = list(reversed(self._world.free_spots(warehouse)))
        if not free:
            raise NotRun(
                Reason.NEEDS_DATA, f"warehouse {warehouse} shows no active spot of its own that is not on hold"
            )
        stocked: set[object] = set()
        with contextlib.suppress(Undecided):
            stocked = {row.get("spot") for row in self._world.lots_once(warehouse)}
        # A slash may be out of reach in a path, so that such a location cannot be read by its spot.
        yield from sorted(free, key=lambda spot: ("/" in spot, spot in stocked, not is_plain(spot)))

    # --- putting on hold and releasing ---

    def ask(self, label: str, warehouse: int, spot: str) -> Answer:
        """Send the request and remember whether the spot may now be on hold."""
        if label == HOLD:
            self._held[warehouse, spot] = None
            self._ever.add((warehouse, spot))
        session = self._world.able(self._world.specification[label], (warehouse,))
        answer = session.ask(Request("POST", label.removeprefix("POST "), params={"id": spot}))
        if label == RELEASE and answer.accepted:
            self._held.pop((warehouse, spot), None)
        return answer

    def prepare(self, warehouse: int, spot: str, *, held: bool) -> None:
        """Have a spot on hold, or free; raises Blocked where the target refuses."""
        if held:
            self._held[warehouse, spot] = None
        else:
            self._held.pop((warehouse, spot), None)
        if self.is_held(warehouse, spot) is held:
            return
        answer = self.ask(HOLD if held else RELEASE, warehouse, spot)
        if not answer.accepted:
            raise Blocked(
                Reason.PREPARATION_FAILED,
                f"spot {spot} could not be prepared: {answer!r}",
                cause=HOLD if held else RELEASE,
            )

    def release(self, warehouse: int, spot: str) -> None:
        """Release a spot if it may be on hold by the suite's doing, whatever the target shows of it."""
        if (warehouse, spot) in self._held:
            self.ask(RELEASE, warehouse, spot)

    def release_all(self) -> None:
        """Release every spot that the suite has put on hold; raises Blocked."""
        for warehouse, spot in list(self._held):
            self.prepare(warehouse, spot, held=False)

    def was_held(self, warehouse: int, spot: object) -> bool:
        """Whether the suite has put a spot on hold, released or not."""
        return (warehouse, spot) in self._ever

    # --- how it is shown ---

    def is_held(self, warehouse: int, spot: str) -> object:
        """What the target shows as the `hold` of a spot, by itself or, where that fails, in the list; raises Blocked."""
        row = self.row_alone(warehouse, spot) or self.row_in_list(warehouse, spot)
        if row is None:
            message = f"spot {spot} of warehouse {warehouse} is shown neither by itself nor in the list"
            raise Blocked(Reason.PREPARATION_FAILED, message, cause=f"reading {ONE}")
        return row.get("hold", ABSENT)

    def row_alone(self, warehouse: int, spot: str) -> dict[str, Any] | None:
        """A location read by its spot, by itself or as a page; None where that does not show it."""
        session = self._world.able(self._world.specification[ONE], (warehouse,))
        answer = session.ask(Request("GET", f"/Location/{quote(spot, safe='')}"))
        rows = rows_of(answer.json) if answer.accepted else []
        return next((row for row in rows if _is(row, warehouse, spot)), None)

    def row_in_list(self, warehouse: int, spot: str) -> dict[str, Any] | None:
        """A location in the list of its warehouse; None where that does not hold it."""
        return next((row for row in self.rows(warehouse) if _is(row, warehouse, spot)), None)

    def row_among_all(self, warehouse: int, spot: str) -> dict[str, Any] | None:
        """A location in the list of all warehouses; None where that does not hold it. Raises NotApplicable where it is too long."""
        read = 0
        for row in self.rows(None):
            if _is(row, warehouse, spot):
                return row
            read += 1
        if read >= MOST_PAGES * PAGE:
            message = (
                f"{spot!r} is not among the first {read} locations of all warehouses, and no more are looked through"
            )
            raise NotApplicable(Reason.NOT_CHECKABLE, message)
        return None

    def rows(self, warehouse: int | None) -> Iterator[dict[str, Any]]:
        """The locations of a warehouse, or of all, page by page; raises Blocked where the list is refused."""
        concerned = () if warehouse is None else (warehouse,)
        narrowing: dict[str, Any] = {} if warehouse is None else {"wid": warehouse}
        for page in range(1, MOST_PAGES + 1):
            request = Request("GET", "/Location", params=narrowing | {"page": page, "pageSize": PAGE})
            answer = self._world.read(ALL, request, concerned)
            rows = rows_of(answer.json)
            yield from rows
            if answer.member("hasMore") is not True or not rows:
                return


def _is(row: dict[str, Any], warehouse: int, spot: str) -> bool:
    return row.get("spot") == spot and row.get("warehouseID", warehouse) == warehouse
