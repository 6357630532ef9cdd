"""What all chapters of rules share: the dialect that they follow."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.reference.dialects import Dialect


class Rules:
    """One chapter. Every method decides one thing and changes nothing."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
