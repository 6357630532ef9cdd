"""`conformance selftest`: the kill matrix on the user's own machine."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.commands import Commands

TEXT = "prove the suite's teeth: run it against the bundled server with one fault at a time"
NOT_PROVEN, BROKEN = 1, 4


def add_to(commands: Commands) -> None:
    """Add the command and its options."""
    parser = commands.add_parser("selftest", help=TEXT, description=TEXT, epilog=EPILOG, allow_abbrev=False)
    parser.set_defaults(command=run)
    for option, what in (("--fault", "only this fault, or those a glob matches"), ("--chapter", "only this chapter")):
        parser.add_argument(option, action="append", default=[], metavar="NAME", help=f"{what}; may be repeated")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--quick", action="store_true", help="ask only what killed each fault last time")
    how.add_argument("--full", action="store_true", help="ask everything of each fault, and try pairs of them")
    parser.add_argument(
        "--processes", type=_positive, metavar="N", help="how many at once (default: one more than there are cores)"
    )
    parser.add_argument(
        "--out", metavar="DIR", help="write selftest.html, selftest.md and selftest.json into this folder"
    )
    parser.add_argument("--record", action="store_true", help="keep the proof of a checkout, for every report to state")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    parser.add_argument("--json", action="store_true", help="the proof as one JSON object on standard output")


EPILOG = "exit status: 0 all is proven, 1 something is not, 2 wrong usage, 4 the suite itself failed, 130 interrupted"


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def run(given: argparse.Namespace) -> int:
    """Carry the campaign out and say what it proved."""
    from conformance.selftest.campaign import Mode, carry_out, chosen, planned
    from conformance.selftest.progress import Progress
    from conformance.selftest.proof import as_json, as_text, proven
    from conformance.selftest.recording import (
        last_checks,
        last_seconds,
        make_folder,
        record,
        require_recordable,
        write_reports,
    )
    from conformance.selftest.telling import text

    mode = Mode.QUICK if given.quick else Mode.FULL if given.full else Mode.ORDINARY
    campaign = planned(chosen(given.fault, given.chapter), mode, last_checks())
    if given.record:
        require_recordable(campaign)
    if given.out is not None:
        make_folder(given.out)
    with Progress(len(campaign.faults), quiet=given.quiet) as progress:
        outcomes = carry_out(campaign, processes=given.processes, seconds=last_seconds(), on_trial=progress.tried)
    proof = proven(campaign, outcomes)
    print(as_text(as_json(proof)) if given.json else text(proof), end="")
    if given.out is not None:
        write_reports(proof, given.out)
    if given.record:
        record(proof)
    if proof.is_proven:
        return 0
    return BROKEN if proof.is_broken else NOT_PROVEN
