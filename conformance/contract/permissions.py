"""The permission oracle: which requests a client's declared rights allow, and why the others are denied."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from conformance.contract.specification import Operation, Specification

T = TypeVar("T", str, int)


@dataclass(frozen=True)  # without slots: with them Python 3.11 fails on Grant[int](...)
class Grant(Generic[T]):
    """A set of names or numbers: those in `names`, or, with `all`, every one that is not in `names`."""

    all: bool
    names: frozenset[T] = frozenset()

    @classmethod
    def everything(cls) -> Grant[T]:
        """Grant whatever there is."""
        return cls(all=True)

    @classmethod
    def nothing(cls) -> Grant[T]:
        """Grant nothing."""
        return cls(all=False)

    @classmethod
    def only(cls, names: Iterable[T]) -> Grant[T]:
        """Grant these and nothing else."""
        return cls(all=False, names=frozenset(names))

    @classmethod
    def all_except(cls, names: Iterable[T]) -> Grant[T]:
        """Grant whatever there is but these."""
        return cls(all=True, names=frozenset(names))

    @property
    def limited(self) -> bool:
        """Whether something may exist that is not granted."""
        return not self.all or bool(self.names)

    def __contains__(self, name: T) -> bool:
        return (name in self.names) != self.all

    def __repr__(self) -> str:
        listed = ", ".join(str(name) for name in sorted(self.names))
        if self.all:
            return f"<all but {listed}>" if listed else "<all>"
        return f"<{listed}>" if listed else "<none>"


@dataclass(frozen=True, slots=True)
class Rights:
    """What a target file declares about one client: permission names, warehouse numbers, report numbers, read-only."""

    permissions: Grant[str]
    warehouses: Grant[int]
    reports: Grant[int]
    read_only: bool = False

    def contains(self, permission: str | None) -> bool:
        """Tell whether the permission is granted; an operation that needs none (`None`) is open to all."""
        return permission is None or permission in self.permissions

    def covers_warehouse(self, warehouse: int) -> bool:
        """Tell whether a warehouse is among the client's own."""
        return warehouse in self.warehouses

    def covers_report(self, report: int) -> bool:
        """Tell whether the client's group may run a report."""
        return report in self.reports

    def all_permissions(self, specification: Specification) -> frozenset[str]:
        """Name the specification's permissions that these rights hold."""
        return frozenset(name for name in specification.permissions if name in self.permissions)


class Denial(StrEnum):
    """Why a request is denied, in the order in which reasons are given."""

    PERMISSION = "permission"
    WAREHOUSE = "warehouse"
    REPORT = "report"
    READ_ONLY = "read-only"


@dataclass(frozen=True, slots=True)
class Decision:
    """Allowed where there is no reason to deny; denied means 403."""

    reasons: tuple[Denial, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether the request must not be refused with 403."""
        return not self.reasons

    def __repr__(self) -> str:
        return f"<deny: {', '.join(self.reasons)}>" if self.reasons else "<allow>"


ALLOW = Decision()


def expected(
    rights: Rights,
    operation: Operation,
    warehouse: int | Collection[int] | None = None,
    report: int | None = None,
) -> Decision:
    """Decide a request from the client's rights; `warehouse` holds every warehouse that the request touches.

    Without a warehouse nothing is said about warehouses: a list over all of them may be filtered or refused
    (`Operation.over_all_warehouses`). Source: authentication, Authorization.
    """
    if not operation.secured:
        return ALLOW
    touched = _warehouses(warehouse) if operation.warehouses else ()
    denied = {
        # each endpoint requires a specific security permission
        Denial.PERMISSION: not rights.contains(operation.permission),
        # reading or writing data in other warehouses
        Denial.WAREHOUSE: any(not rights.covers_warehouse(number) for number in touched),
        # the Reports endpoint respects the report-level permissions
        Denial.REPORT: operation.report is not None and report is not None and not rights.covers_report(report),
        # all POST, PUT and DELETE requests of a read-only user
        Denial.READ_ONLY: rights.read_only and operation.is_write,
    }
    return Decision(tuple(reason for reason in Denial if denied[reason]))


def _warehouses(warehouse: int | Collection[int] | None) -> Collection[int]:
    if warehouse is None:
        return ()
    return (warehouse,) if isinstance(warehouse, int) else warehouse
