"""The warehouses of the target, each with its lots and its locations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.contract.outcomes import Reason
from conformance.errors import Blocked, NotRun, Undecided

if TYPE_CHECKING:
    from conformance.suite.lists import Lists, Whole
    from conformance.suite.settling import Reader
    from conformance.target.discovery import World

LOTS, LOCATIONS = "GET /Inventory/{wid}", "GET /Location"
# How many warehouses are looked at one by one where there are many.
MOST_WAREHOUSES = 20


@dataclass(frozen=True, slots=True)
class Warehouses:
    """Reads the lists of single warehouses, each as a client that may."""

    world: World
    lists: Lists

    def with_lots(self) -> list[int]:
        """The warehouses whose lots can be read; raises what stands in the way where that is none of them."""
        return self._open(LOTS)

    def with_locations(self) -> list[int]:
        """The warehouses whose locations can be read; the same."""
        return self._open(LOCATIONS)

    def lots(self, warehouse: int, reader: Reader | Lists) -> Whole:
        """The lots of one warehouse."""
        return reader.whole(self.world.specification[LOTS], warehouse)

    def locations(self, warehouse: int, reader: Reader | Lists) -> Whole:
        """The locations of one warehouse, by the parameter that narrows the list of all."""
        return reader.whole(self.world.specification[LOCATIONS], warehouse, wid=warehouse)

    def _open(self, label: str) -> list[int]:
        """The warehouses whose list is not refused: a client's rights may name one that does not exist."""
        found: list[int] = []
        refusal: Undecided | None = None
        for warehouse in self.world.warehouses[:MOST_WAREHOUSES]:
            try:
                (self.lots if label == LOTS else self.locations)(warehouse, self.lists)
                found.append(warehouse)
            except (NotRun, Blocked) as undecided:
                refusal = undecided
        if found:
            return found
        raise refusal or NotRun(Reason.NEEDS_DATA, "the target shows no warehouse; name some under [data] warehouses")
