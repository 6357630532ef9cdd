"""What all chapters of rules share: the dialect that they follow, and how it writes what no page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.reference.call import Reply
from conformance.reference.choices import Absent, ChangeBody

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.reference.freedoms import Dialect


class Rules:
    """One chapter. Every method decides one thing and changes nothing."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def _answered(self, status: int, row: Mapping[str, Any]) -> Reply:
        """What a change answers with is open; 204 has no body."""
        if status == 204 or self.dialect.change_body is ChangeBody.NOTHING:
            return Reply(status)
        return Reply(status, row if self.dialect.change_body is ChangeBody.ROW else {"message": "Done."})

    def _written(self, row: dict[str, Any]) -> dict[str, Any]:
        """How a text without content is written is open."""
        if self.dialect.no_text is Absent.EMPTY:
            return row
        return {name: None if value == "" else value for name, value in row.items()}
