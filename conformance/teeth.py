"""The last proof of the suite's teeth: what it proved, and whether it is about this very suite."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.contract.resources import data_path, read_data
from conformance.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PROOF = "fixtures/kill-matrix.json"
_PACKAGE = Path(__file__).parent
# What is asked, what it is judged by, and what it is tried on; how a run is told has nothing to do with it.
_PROVED = ("contract", "target", "suite", "reference", "plugin.py", "reasons.py", "verdicts.py")


@dataclass(frozen=True, slots=True)
class Teeth:
    """The digest of a proof; `unproven` are requirements that no fault was killed for.

    `current` tells whether suite and reference server are those that it was made with, `suite` the version then, `proved`
    when that was (ISO 8601).
    """

    faults: int
    killed: int
    unproven: tuple[str, ...]
    toothless: int
    suite: str
    proved: str
    current: bool

    def __str__(self) -> str:
        told = f"{self.killed} of {self.faults} single defects of the bundled server are found for the right reason"
        if self.unproven:
            told += f"; unproven: {', '.join(self.unproven)}"
        if not self.current:
            told += (
                f"; that was proved of another state of the suite ({self.suite}), prove it again: conformance selftest"
            )
        return told

    def as_event(self) -> dict[str, Any]:
        """The digest as a run's log holds it."""
        return asdict(self) | {"unproven": list(self.unproven)}


@cache
def last_proof() -> Mapping[str, Any] | None:
    """The packaged proof; None where there is none that can be read."""
    try:
        proof = json.loads(read_data(PROOF))
    except (OSError, ValueError, UsageError):
        return None
    return proof if isinstance(proof, dict) and proof.get("schema") == 1 else None


def teeth() -> Teeth | None:
    """The digest of the packaged proof; None where there is none."""
    proof = last_proof()
    if proof is None:
        return None
    digest = proof["digest"]
    return Teeth(
        faults=digest["faults"],
        killed=digest["killed"],
        unproven=tuple(proof["unproven"]),
        toothless=digest["toothless"],
        suite=proof["suite"],
        proved=proof["proved"],
        current=proof["hash"] == fingerprint(),
    )


def survivors() -> frozenset[str]:
    """The faults that the packaged proof did not kill: they prove nothing."""
    faults = (last_proof() or {}).get("faults", {})
    return frozenset(name for name, fault in faults.items() if fault["result"] != "killed")


@cache
def fingerprint() -> str:
    """A hash of the suite, the specification and the reference server: 16 hexadecimal digits."""
    sha = hashlib.sha256()
    for name, path in sorted(_files()):
        # Line ends depend on the machine that checked the files out.
        content = path.read_bytes().replace(b"\r\n", b"\n")
        sha.update(f"{name}\0{len(content)}\0".encode() + content)
    return sha.hexdigest()[:16]


def _files() -> Iterator[tuple[str, Path]]:
    for part in _PROVED:
        place = _PACKAGE / part
        for path in place.rglob("*.py") if place.is_dir() else [place]:
            yield path.relative_to(_PACKAGE).as_posix(), path
    for folder in (data_path("specs"), data_path("fixtures/world")):
        for path in folder.rglob("*"):
            if path.is_file():
                yield f"{folder.name}/{path.relative_to(folder).as_posix()}", path
