"""Runs to render: the golden one, and small ones made of whatever a test wants to see."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

import pytest
from hypothesis import strategies as st

from conformance.contract.catalogue import Requirement, Source
from conformance.contract.outcomes import Basis, Level, Outcome
from conformance.narrator import Narrator
from conformance.reference.server import ReferenceServer
from conformance.report.log import read_run
from conformance.report.run import Check, End, Exchange, Run, Target
from conformance.runner import Options, run_suite
from conformance.verdicts import conclude, gating_requirements

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]


class MakeRun(Protocol):
    """Makes a run of checks and exchanges; `complete` says whether it has an end."""

    def __call__(
        self,
        *checks: Check,
        exchanges: Sequence[Exchange] = (),
        complete: bool = True,
        catalogue: Sequence[Requirement] | None = None,
        target: str = "Acme",
    ) -> Run:
        """Make the run."""


@pytest.fixture
def golden(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Read the golden run by the same relative path wherever the tests are started."""
    monkeypatch.chdir(ROOT)
    return read_run("fixtures/golden-run")


@pytest.fixture(scope="session")
def real_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run a few checks of several kinds against the bundled server with a defect; give the run's folder."""
    folder = tmp_path_factory.mktemp("real")
    with ReferenceServer(faults=("token.secret-prefix",)) as server:
        target = server.write_target(folder / "acme.toml")
        chosen = ("token.*", "bearer.required", "expiry.idle")
        options = Options(requirements=chosen, out=folder / "run", longest_wait=1.0)
        run_suite(target, options, Narrator(io.StringIO(), quiet=True))
    return folder / "run"


@pytest.fixture(scope="session")
def make_run() -> MakeRun:
    """Give the maker of runs in memory."""
    return _make_run


def _make_run(
    *checks: Check,
    exchanges: Sequence[Exchange] = (),
    complete: bool = True,
    catalogue: Sequence[Requirement] | None = None,
    target: str = "Acme",
) -> Run:
    entries = tuple(catalogue or _catalogue(checks))
    run = Run(
        folder=Path("reports/run"),
        id="20261123T160000Z-1a2b",
        started="2026-11-23T16:00:00Z",
        suite="inventorypro-conformance 0.1.0",
        target=Target(target, "https://acme.example/api/v1"),
        seed=0,
        gate=Level.MUST,
        profiles=(),
        patterns=(),
        gating=gating_requirements(entries),
        catalogue=entries,
        clients=(),
        environment={},
        checks=checks,
        end=None,
        exchanges=MappingProxyType({exchange.id: exchange for exchange in exchanges}),
    )
    return replace(run, end=_end(run)) if complete else run


def _catalogue(checks: Sequence[Check]) -> list[Requirement]:
    source = Source("authentication", "Token Lifecycle", ("A12",))
    bases = {Level.MUST: Basis.STATED, Level.SHOULD: Basis.IMPLIED, Level.MAY: Basis.CONVENTION}
    entries = {
        check.requirement: Requirement(
            check.requirement, f"{check.requirement} holds.", source, bases[check.level], check.level, "authentication"
        )
        for check in checks
    }
    return list(entries.values())


def _end(run: Run) -> End:
    conclusion = conclude(run.selection, run.checks, run.gating)
    numbers = conclusion.numbers
    return End(
        finished="2026-11-23T16:00:06Z",
        seconds=6.2,
        standing=conclusion.standing,
        exit=conclusion.exit,
        passed=numbers.passed,
        exercised=numbers.exercised,
        required=numbers.required,
        verdicts=conclusion.verdicts,
    )


# What means something to a terminal, a browser, a parser of XML or of Markdown, or a shell.
TELLING = [
    *("\x1b[2J", "\x9b31m", "\x07", "\x00", "\r", "\n", "\u2028", "\u202e", "\ud800", "\ufffe"),
    *("]]>", "<b>", "&amp;", "```", "`", "|", "# x", "[a](http://b)", "![a](b)", "- ", "1. ", "@all"),
    *("CONFORMANT", "'", '"', "$HOME"),
]

# Whatever a target may put into an answer, and more often than by chance what means something to a reader.
HOSTILE = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=()), max_size=40),
    st.lists(
        st.sampled_from(TELLING),
        max_size=8,
    ).map("".join),
)


@pytest.fixture(scope="session")
def hostile() -> st.SearchStrategy[str]:
    """Make texts of a target that means ill."""
    return HOSTILE


@pytest.fixture(scope="session")
def hostile_runs(make_run: MakeRun) -> st.SearchStrategy[Run]:
    """Make runs whose target put hostile text wherever a target can put some."""
    checks = st.builds(
        Check,
        id=st.just("a.one[1]"),
        requirement=st.just("a.one"),
        level=st.sampled_from([Level.MUST, Level.SHOULD]),
        outcome=st.sampled_from(list(Outcome)),
        reason=st.sampled_from([None, "accepted", "needs-client", "of-a-later-version"]),
        message=HOSTILE,
        exchanges=st.just((1,)),
        question=HOSTILE,
        where=st.none() | HOSTILE,
        expected=st.none() | HOSTILE,
        observed=st.none() | HOSTILE,
        cause=st.none() | HOSTILE,
    )
    exchanges = st.builds(
        Exchange,
        id=st.just(1),
        client=st.none() | HOSTILE,
        sent=st.none(),
        seconds=st.just(0.004),
        method=st.just("GET"),
        url=HOSTILE.map(lambda text: f"https://acme.example/api/v1/{text}"),
        headers=st.lists(st.tuples(st.just("X-One"), HOSTILE), max_size=1).map(tuple),
        body=st.none() | HOSTILE,
        status=st.sampled_from([None, 200]),
        response_body=st.none() | HOSTILE,
        error=st.none() | HOSTILE,
    )
    return st.builds(
        lambda check, exchange, name, complete: make_run(check, exchanges=[exchange], complete=complete, target=name),
        checks,
        exchanges,
        HOSTILE,
        st.booleans(),
    )
