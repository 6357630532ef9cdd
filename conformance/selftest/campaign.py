"""Many trials side by side in processes of their own: what is to be asked, in which order, and what came of it."""

from __future__ import annotations

import gc
import multiprocessing
import os
import random
import signal
import threading
import time
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from conformance.contract.catalogue import load_catalogue
from conformance.errors import UsageError
from conformance.reference.faults import FAULTS
from conformance.selftest.pairs import PairTrial, drawn_pairs, try_pair
from conformance.selftest.touched import concerned
from conformance.selftest.trials import Asked, Result, Trial, asked_of, try_control, try_fault
from conformance.suite.run import DEFAULT_EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from conformance.reference.faults.fault import Fault
    from conformance.selftest.pairs import Pair

# Beside the walk through every operation, which is not at random.
FEW_EXAMPLES = 2
PAIRS = 100
EVERYWHERE = 12
"""How many faults are tried over all resources where everything is asked; the others over those that they concern."""
COLLECT_SELDOM = (50_000, 20, 100)


class Mode(StrEnum):
    """How much is asked of each fault."""

    ORDINARY = "ordinary"
    QUICK = "quick"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Campaign:
    """What is tried: faults, each with what is asked of it, what is asked of the faultless server beside, and pairs."""

    mode: Mode
    faults: Mapping[str, Asked]
    controls: tuple[Asked, ...]
    pairs: tuple[Pair, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether every fault there is takes part."""
        return len(self.faults) == len(FAULTS)


@dataclass(slots=True)
class Outcomes:
    """What came of a campaign: a trial for each fault, those of pairs, and what did not pass on the faultless server."""

    trials: dict[str, Trial] = field(default_factory=dict)
    pairs: list[PairTrial] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    seconds: float = 0.0


def chosen(names: Sequence[str] = (), chapters: Sequence[str] = ()) -> tuple[Fault, ...]:
    """The faults that a person means, by names or globs and by the chapters of the requirements they violate.

    Raises UsageError that says all that matches nothing, and what there is.
    """
    known = sorted({chapter_of(fault) for fault in FAULTS.values()})
    wrong = [
        f"--fault {name}: there is no such fault; conformance serve --list-faults" for name in names if not _any(name)
    ]
    wrong += [f"--chapter {it}: there is none; choose of {', '.join(known)}" for it in chapters if it not in known]
    if wrong:
        raise UsageError("\n".join(wrong))
    found = tuple(
        fault
        for fault in FAULTS.values()
        if (not names or any(fnmatchcase(fault.name, name) for name in names))
        and (not chapters or chapter_of(fault) in chapters)
    )
    if not found:
        raise UsageError("no fault is in one of the chapters and has one of the names; name --fault or --chapter alone")
    return found


def chapter_of(fault: Fault) -> str:
    """The chapter of the catalogue that a fault belongs to: that of the first requirement that it violates."""
    return fault.violates[0].partition(".")[0]


def _any(name: str) -> bool:
    return any(fnmatchcase(known, name) for known in FAULTS)


def planned(faults: Sequence[Fault], mode: Mode, checks: Mapping[str, tuple[str, ...]]) -> Campaign:
    """What is asked of each fault; `checks` are those by which each was killed last time, for the quick mode."""
    asked = {fault.name: _asked(fault, mode, checks.get(fault.name, ())) for fault in faults}
    if mode is not Mode.FULL or len(faults) < len(FAULTS):
        return Campaign(mode, asked, tuple(_controls(asked.values())))
    chance = random.Random(0)  # noqa: S311 -- a sample, no secret
    asked |= dict.fromkeys(chance.sample(sorted(asked), EVERYWHERE), Asked())
    return Campaign(mode, asked, tuple(_controls(asked.values())), drawn_pairs(PAIRS))


def _asked(fault: Fault, mode: Mode, checks: tuple[str, ...]) -> Asked:
    if mode is Mode.FULL:
        drawn = any(name.startswith("property.") for name in fault.violates)
        return Asked(resources=concerned(fault), examples=DEFAULT_EXAMPLES if drawn else FEW_EXAMPLES)
    ordinary = asked_of(fault)
    known = {check.partition("/")[0] for check in checks}
    if mode is Mode.QUICK and known == set(fault.violates):
        return replace(ordinary, patterns=fault.violates, checks=checks)
    return ordinary


def _controls(asked: Any) -> Iterator[Asked]:
    """The same questions for the faultless server, each once for each set of resources."""
    order = load_catalogue().ids
    by_resources: dict[tuple[str, ...], list[Asked]] = {}
    for one in asked:
        by_resources.setdefault(one.resources, []).append(one)
    for resources, those in by_resources.items():
        wanted = {name for one in those for name in one.patterns}
        checks = {check for one in those for check in one.checks} if all(one.checks for one in those) else set()
        patterns = () if any(not one.patterns for one in those) else tuple(it for it in order if it in wanted)
        yield Asked(patterns, resources, tuple(sorted(checks)))


# --- running ---


def carry_out(
    campaign: Campaign,
    *,
    processes: int | None = None,
    seconds: Mapping[str, float] | None = None,
    on_trial: Callable[[Trial], None] = lambda _trial: None,
) -> Outcomes:
    """Try everything; `seconds` are what each trial took last time: the long ones go first. Raises KeyboardInterrupt."""
    began = time.monotonic()
    outcomes = Outcomes()
    long = seconds or {}
    names = sorted(campaign.faults, key=lambda name: -long.get(name, 0.0))
    with _pool(processes) as pool:
        waiting: set[Future[Any]] = {pool.submit(try_control, asked) for asked in campaign.controls}
        waiting |= {pool.submit(_try, name, campaign.faults[name], campaign.mode) for name in names}
        waiting |= {pool.submit(try_pair, pair) for pair in campaign.pairs}
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                _note(outcomes, future.result(), on_trial)
    outcomes.seconds = time.monotonic() - began
    return outcomes


def _note(outcomes: Outcomes, result: Trial | PairTrial | tuple[str, ...], on_trial: Callable[[Trial], None]) -> None:
    if isinstance(result, Trial):
        outcomes.trials[result.fault] = result
        on_trial(result)
    elif isinstance(result, PairTrial):
        outcomes.pairs.append(result)
    else:
        outcomes.troubles += result


def _try(name: str, asked: Asked, mode: Mode) -> Trial:
    """Try one fault in this process; a quick trial that does not kill it is followed by an ordinary one."""
    fault = FAULTS[name]
    trial = _tried(fault, asked)
    if mode is Mode.QUICK and trial.result is not Result.KILLED and asked.checks:
        return _tried(fault, asked_of(fault))
    return trial


def _tried(fault: Fault, asked: Asked) -> Trial:
    try:
        return try_fault(fault, asked)
    except RuntimeError as error:
        return Trial(
            fault.name,
            fault.violates,
            fault.seen_as,
            4,
            active=False,
            violated={},
            follows=(),
            musts=frozenset(),
            broken=(str(error),),
        )


@contextmanager
def _pool(processes: int | None) -> Iterator[ProcessPoolExecutor]:
    """Processes that start afresh, leave Ctrl-C to this one, and end at once where this one is interrupted."""
    # One more than there are cores: trials wait now and then.
    number = processes or (os.cpu_count() or 1) + 1
    pool = ProcessPoolExecutor(number, mp_context=multiprocessing.get_context("spawn"), initializer=_begin)
    try:
        yield pool
    except BaseException:
        workers = list((pool._processes or {}).values())  # noqa: SLF001 -- there is no other way to end them
        pool.shutdown(wait=False, cancel_futures=True)
        for worker in workers:
            worker.terminate()
        raise
    pool.shutdown()


def _begin() -> None:
    """Make a process ready for hundreds of short runs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # What is loaded stays; looking through it for garbage took a tenth of the time.
    gc.freeze()
    gc.set_threshold(*COLLECT_SELDOM)
    # The bundled server brings its own authority; reading those of the machine takes longer than a check.
    os.environ |= {"SSL_CERT_FILE": os.devnull, "SSL_CERT_DIR": os.devnull}


def _end_with_parent() -> None:
    """Leave nothing behind where the process that waits for the trials is killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
