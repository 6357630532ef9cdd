"""What a campaign proved: what was killed, what survived, who was blamed wrongly, what stays unproven."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from conformance import __version__
from conformance.contract.catalogue import load_catalogue
from conformance.reference.faults import FAULTS
from conformance.selftest.assertions import Assertion, assertions, toothless
from conformance.selftest.campaign import Campaign, Mode, Outcomes, chapter_of
from conformance.selftest.trials import Result, Trial
from conformance.teeth import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.selftest.pairs import PairTrial


SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Proof:
    """The result of a campaign.

    `unproven` are the checkable requirements in question that no trial killed; `toothless` the assertions that none made
    fail and that say no reason, `excused` those that do; both are empty where not everything was asked.
    """

    mode: Mode
    complete: bool
    seconds: float
    proved: str
    trials: tuple[Trial, ...]
    pairs: tuple[PairTrial, ...]
    troubles: tuple[str, ...]
    unproven: tuple[str, ...]
    toothless: tuple[Assertion, ...]
    excused: tuple[Assertion, ...]
    asserted: int

    @property
    def killed(self) -> int:
        """How many faults were killed for the right reason."""
        return self.counts[Result.KILLED]

    @property
    def counts(self) -> Counter[Result]:
        """How many trials had each result."""
        return Counter(trial.result for trial in self.trials)

    @property
    def is_broken(self) -> bool:
        """Whether the suite itself failed somewhere."""
        return bool(self.counts[Result.BROKEN])

    @property
    def is_proven(self) -> bool:
        """Whether nothing is left to be desired."""
        wanting = self.troubles or self.unproven or self.toothless or self.lost_pairs
        return self.killed == len(self.trials) and not wanting

    @property
    def lost_pairs(self) -> tuple[PairTrial, ...]:
        """The pairs of which one hides the other, or that throw blame on a third requirement."""
        return tuple(pair for pair in self.pairs if not pair.holds)

    def of(self, result: Result) -> tuple[Trial, ...]:
        """The trials with a result."""
        return tuple(trial for trial in self.trials if trial.result is result)

    @property
    def by_chapter(self) -> Mapping[str, tuple[Trial, ...]]:
        """The trials by the chapter of the catalogue, in its order."""
        order = list(dict.fromkeys(name.partition(".")[0] for name in load_catalogue().ids))
        found: dict[str, list[Trial]] = {}
        for trial in self.trials:
            found.setdefault(chapter_of(FAULTS[trial.fault]), []).append(trial)
        return {name: tuple(found[name]) for name in sorted(found, key=order.index)}


def proven(campaign: Campaign, outcomes: Outcomes) -> Proof:
    """Judge what came of a campaign."""
    trials = tuple(outcomes.trials[name] for name in FAULTS if name in outcomes.trials)
    # A quick trial asks of each requirement no more than one check.
    told = campaign.is_complete and campaign.mode is not Mode.QUICK
    dull = toothless([place for trial in trials for place in _asserted(trial)]) if told else ()
    return Proof(
        mode=campaign.mode,
        complete=campaign.is_complete,
        seconds=outcomes.seconds,
        proved=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        trials=trials,
        pairs=tuple(sorted(outcomes.pairs, key=lambda trial: trial.pair)),
        troubles=tuple(outcomes.troubles),
        unproven=_unproven(campaign, trials),
        toothless=tuple(found for found in dull if found.excuse is None),
        excused=tuple(found for found in dull if found.excuse is not None),
        asserted=len(assertions()),
    )


def _asserted(trial: Trial) -> Iterable[str]:
    """The lines of the suite that failed for what the fault violates."""
    return (place for name in trial.named if name in trial.violated for place in trial.violated[name].asserted)


def _unproven(campaign: Campaign, trials: tuple[Trial, ...]) -> tuple[str, ...]:
    killed = {name for trial in trials if trial.result is Result.KILLED for name in trial.named}
    named = {name for fault in campaign.faults for name in FAULTS[fault].violates}
    wanted = [entry.id for entry in load_catalogue() if entry.checkable and (campaign.is_complete or entry.id in named)]
    return tuple(name for name in wanted if name not in killed)


# --- JSON ---


def as_json(proof: Proof) -> dict[str, Any]:
    """The proof as `--json` prints it and as `fixtures/kill-matrix.json` keeps it."""
    return {
        "schema": SCHEMA,
        "suite": __version__,
        "hash": fingerprint(),
        "proved": proof.proved,
        "mode": str(proof.mode),
        "complete": proof.complete,
        "proven": proof.is_proven,
        "seconds": round(proof.seconds, 1),
        "digest": {
            "faults": len(proof.trials),
            "killed": proof.killed,
            "unproven": len(proof.unproven),
            "toothless": len(proof.toothless),
        },
        "troubles": list(proof.troubles),
        "unproven": list(proof.unproven),
        "toothless": [str(found) for found in proof.toothless],
        "excused": [{"assertion": str(found), "reason": found.excuse} for found in proof.excused],
        "pairs": {
            "tried": len(proof.pairs),
            "lost": [
                {"pair": list(it.pair), "missed": list(it.missed), "blamed": list(it.blamed)} for it in proof.lost_pairs
            ],
        },
        "faults": {trial.fault: _trial(trial) for trial in proof.trials},
    }


def _trial(trial: Trial) -> dict[str, Any]:
    told: dict[str, Any] = {
        "result": str(trial.result),
        "chapter": chapter_of(FAULTS[trial.fault]),
        "seconds": round(trial.seconds, 2),
        "kills": {
            name: {"reasons": list(found.reasons), "check": found.checks[0]}
            for name, found in trial.violated.items()
            if name in trial.named
        },
    }
    wrong = {
        "survived": list(trial.survived),
        "blamed": list(trial.blamed),
        "unexpected": {name: list(reasons) for name, reasons in trial.unexpected.items()},
        "broken": list(trial.broken),
    }
    return told | {name: value for name, value in wrong.items() if value}


def as_text(proof: Mapping[str, Any]) -> str:
    """JSON with a line for each fault, so that two proofs can be compared line by line."""
    head = {name: value for name, value in proof.items() if name != "faults"}
    rows = [f"    {json.dumps(name)}: {json.dumps(fault)}" for name, fault in proof["faults"].items()]
    return json.dumps(head, indent=2)[:-2] + ',\n  "faults": {\n' + ",\n".join(rows) + "\n  }\n}\n"
