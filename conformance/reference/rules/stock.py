"""What the inventory and location operations show and change (inventory, locations)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.call import Reply
from conformance.reference.problems import ApiError, Problem
from conformance.reference.rules.rule import Rules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.reference.world import Location, Lot


class StockRules(Rules):
    """Lots and spots."""

    def is_listed(self, lot: Lot) -> bool:
        """Whether shipped lots are listed is open."""
        return lot.active or self.dialect.shipped_lots_listed

    def is_held(self, lot: Lot, location: Location | None) -> bool:
        """Stock at a held location can be neither moved nor issued until release."""
        return lot.hold or (location is not None and location.hold)

    def held(self, what: str) -> ApiError:
        """The status for held stock is open."""
        error = "conflict" if self.dialect.held_status == 409 else "bad_request"
        return ApiError(Problem(self.dialect.held_status, error, f"{what} is on hold."))

    def hold_again(self, location: Location, *, hold: bool) -> None:
        """What holding a held location answers with, or releasing a free one, is open."""
        if location.hold == hold and self.dialect.repeated_hold_status == 409:
            state = "on hold already" if hold else "not on hold"
            raise ApiError(Problem(409, "conflict", f"The location is {state}."))

    def moved(self, row: Mapping[str, Any]) -> Reply:
        """The status of a stock move is open."""
        return Reply(204) if self.dialect.move_status == 204 else Reply(self.dialect.move_status, row)

    def issued(self, row: Mapping[str, Any]) -> Reply:
        """The status of an issue is open."""
        return Reply(204) if self.dialect.issue_status == 204 else Reply(self.dialect.issue_status, row)
