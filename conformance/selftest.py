"""Whether the suite has teeth: it is run against the reference server with one defect at a time."""

from __future__ import annotations

import io
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.contract.outcomes import Level, Outcome
from conformance.narrator import Narrator
from conformance.reference.server import ReferenceServer
from conformance.reference.target_file import RESOURCES
from conformance.runner import Options, run_suite
from conformance.verdicts import followed_failures

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from conformance.reference.dialects import Dialect
    from conformance.reference.faults.fault import Fault
    from conformance.report.run import Run


@dataclass(frozen=True, slots=True)
class Touched:
    """What a fault in one chapter may touch: other requirements as globs, and the resources that are enough to see it."""

    requirements: tuple[str, ...]
    resources: tuple[str, ...] = ("Item",)


STOCK = ("Inventory", "Location")
AUTHORIZATION = (
    "authorization.permission",
    "authorization.read-only",
    "authorization.warehouse-*",
    "authorization.report-*",
    "authorization.refus*",
    "authorization.concurrent",
    "token.own-client",
)

TOUCHED: dict[str, Touched] = {
    "token": Touched(("token.*", "bearer.accepted")),
    "oauth": Touched(("oauth.*", "token.*")),
    "bearer": Touched(("bearer.*",)),
    "expiry": Touched(("expiry.*", "rotation.*", "token.*")),
    "rotation": Touched(("rotation.*", "expiry.*", "disabling.*")),
    "disabling": Touched(("disabling.*", "rotation.*", "expiry.renewal")),
    "authorization": Touched(AUTHORIZATION, ("Item", *STOCK)),
    "transport": Touched(("transport.*", "token.form", "bearer.accepted")),
    "property": Touched(("property.*",)),
    "errors": Touched(("errors.*",), ("Item", "Location")),
    "hardening": Touched(("hardening.*",)),
    "pagination": Touched(("pagination.*",), ("Category",)),
    "items": Touched(("items.*",)),
    "inventory": Touched(("inventory.*",), STOCK),
    "locations": Touched(("locations.*",), STOCK),
    "categories": Touched(("categories.*",), ("Category",)),
    "customers": Touched(("customers.*",), ("Customer",)),
    "vendors": Touched(("vendors.*",), ("Vendor",)),
    "purchase-orders": Touched(("purchase-orders.*",), ("PurchaseOrder",)),
    "shipping-orders": Touched(("shipping-orders.*",), ("ShippingOrder",)),
    "work-orders": Touched(("work-orders.*",), ("WorkOrder",)),
    "reports": Touched(("reports.*",), ("Report",)),
    "webhooks": Touched(("webhooks.*",), ("Webhook",)),
    "assets": Touched(("assets.*",), ("Asset",)),
}


@dataclass(frozen=True, slots=True)
class Trial:
    """What a run against one fault found; `violated` holds reason codes by requirement, only of what does not follow."""

    fault: str
    named: tuple[str, ...]
    exit: int
    active: bool
    violated: dict[str, frozenset[str]]
    follows: tuple[str, ...]
    musts: frozenset[str]
    broken: tuple[str, ...] = field(default=())

    @property
    def survived(self) -> tuple[str, ...]:
        """Requirements that the fault violates and that did not fail."""
        return tuple(name for name in self.named if name not in self.violated)

    @property
    def blamed(self) -> tuple[str, ...]:
        """Must-requirements that failed and that the fault does not violate."""
        excused = {*self.named, *self.follows}
        return tuple(name for name in self.violated if name in self.musts and name not in excused)


def related(names: Sequence[str]) -> tuple[str, ...]:
    """The requirements, as globs, that are asked where a fault violates these."""
    globs = dict.fromkeys(glob for name in names for glob in TOUCHED[name.partition(".")[0]].requirements)
    return (*globs, *(name for name in names if name not in globs))


def concerned(fault: Fault) -> tuple[str, ...]:
    """The resources that are enough to see a fault."""
    chapters = dict.fromkeys(name.partition(".")[0] for name in fault.violates)
    return fault.resources or tuple(dict.fromkeys(name for it in chapters for name in TOUCHED[it].resources))


def try_fault(fault: Fault, *, everything: bool = False) -> Trial:
    """Run the suite against the reference server with one fault: what touches the fault, or everything."""
    with ReferenceServer(faults=(fault.name,)) as server:
        if everything:
            run, exit_status, trouble = run_against(server, ())
        else:
            run, exit_status, trouble = run_against(server, related(fault.violates), concerned(fault))
        active = server.fault_was_active(fault.name)
    follows = followed_failures(run.selection, run.checks, run.gating)
    violated: dict[str, set[str]] = {}
    for check in run.checks:
        if check.outcome is Outcome.FAIL and (check.requirement in fault.violates or check.requirement not in follows):
            violated.setdefault(check.requirement, set()).add(str(check.reason))
    return Trial(
        fault=fault.name,
        named=fault.violates,
        exit=exit_status,
        active=active,
        follows=fault.follows,
        violated={name: frozenset(reasons) for name, reasons in violated.items()},
        musts=frozenset(entry.id for entry in run.catalogue if entry.level is Level.MUST),
        broken=trouble + tuple(check.id for check in run.checks if check.outcome is Outcome.SUITE_ERROR),
    )


def try_dialect(dialect: str | Dialect, patterns: tuple[str, ...] = ()) -> tuple[Run, int, tuple[str, ...]]:
    """Run the suite against the faultless reference server in a dialect."""
    with ReferenceServer(dialect=dialect) as server:
        return run_against(server, patterns)


def run_against(
    server: ReferenceServer, patterns: tuple[str, ...], resources: Collection[str] = RESOURCES
) -> tuple[Run, int, tuple[str, ...]]:
    """Run the suite against a running reference server; the finished run, its exit status, trouble of the suite's own."""
    with tempfile.TemporaryDirectory(prefix="conformance-") as folder:
        target = server.write_target(Path(folder) / "reference.toml", resources)
        options = Options(requirements=patterns, out=Path(folder) / "run")
        finished = run_suite(target, options, Narrator(io.StringIO(), quiet=True))
        if finished.run is None:
            raise RuntimeError(f"the run ended with {finished.exit}: {'; '.join(finished.trouble)}")
        # What the run's folder holds is read before the folder goes.
        len(finished.run.exchanges)
        return finished.run, finished.exit, finished.trouble
