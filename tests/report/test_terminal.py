"""The summary for a person: what it says, in which order, and that a target cannot write into it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.contract.outcomes import Level, Outcome
from conformance.report.run import Check, Exchange, Observation
from conformance.report.terminal import colour_wanted, render

if TYPE_CHECKING:
    from conftest import MakeRun

    from conformance.report.run import Run

SGR = re.compile("\x1b\\[[0-9;]*m")
EXCHANGE = Exchange(
    id=1,
    client="full",
    sent=None,
    seconds=0.004,
    method="GET",
    url="https://acme.example/api/v1/Item",
    headers=(("Authorization", "Bearer <token full#1>"),),
    status=200,
)


def check(name: str, outcome: Outcome, **facts: object) -> Check:
    """Make a check of the requirement before the bracket of its id."""
    made = Check(name, name.partition("[")[0], Level.MUST, outcome)
    return replace(made, **facts)  # type: ignore[arg-type]


def test_conclusion_stands_first_and_last(golden: Run) -> None:
    """Whoever sees one end of the output knows how it ended."""
    lines = render(golden).splitlines()

    assert lines[0] == lines[-1] == "NONCONFORMANT: the target violates 4 requirements"


def test_three_numbers(golden: Run) -> None:
    """Passed, exercised and required, of what gates and of everything."""
    text = render(golden)

    assert "27 passed / 32 exercised / 38 required" in text
    assert "41 passed / 51 exercised / 60 selected" in text


def test_violation_tells_its_whole_story(golden: Run) -> None:
    """The requirement in its own words, its source, what was done, what was expected and seen, where, and the line."""
    text = " ".join(render(golden, width=10_000).split())

    for part in (
        "A token issued before its client's credentials are rotated keeps working until its own expiry.",
        "source authentication, Token Lifecycle (A12)",
        "asked A token is issued, its client's credentials are rotated twice",
        "expected 200 observed 401 unauthorized (the target refused what it must accept)",
        "request GET /Item?page=1&pageSize=1 as expendable-1 -> 401",
        "check rotation.old-tokens-live-on[second-rotation] in test_rotation.py:41",
        "try it curl -i --cacert acme-ca.pem",
        '"Authorization: Bearer $TOKEN_EXPENDABLE_1"',
        "where TOKEN_EXPENDABLE_1 is a token of client expendable-1",
    ):
        assert part in text


def test_many_failures_of_a_requirement_are_counted(golden: Run) -> None:
    """Three cells are shown, the other two counted."""
    text = render(golden)

    assert text.count("authorization.read-only[read-only") == 3
    assert "5 of 8 checks failed" in text
    assert "and 2 more checks of this requirement" in text


def test_failure_that_follows_is_folded(golden: Run) -> None:
    """It is named under its root, without a paragraph of its own."""
    text = render(golden)

    assert "follows    expiry.own-end" in text
    assert "2. expiry.own-end" not in text


def test_what_stayed_open_says_what_would_change_it(golden: Run) -> None:
    """By reason and cause, with the message of the checks, and what keeps the run from being conformant marked."""
    text = " ".join(render(golden).split())

    assert "because of enable [no-control-action] the control offers no action `enable`; let `describe` list it" in text
    assert "*disabling.no-new-token, *disabling.tokens-end, *disabling.other-clients, disabling.enabling (4" in text
    assert "add a client that has reports.read" in text
    assert "authorization.permission [passed on 4 of 6 cells]" in text


def test_no_line_is_wider_than_asked_but_those_to_copy(golden: Run) -> None:
    """A line that is to be copied is one line."""
    for width in (60, 100):
        wide = [line for line in render(golden, width=width).splitlines() if len(line) > width]

        assert all("try it" in line for line in wide)


def test_incomplete_run_says_so(make_run: MakeRun) -> None:
    """Without its end a run concludes nothing, whatever passed."""
    text = render(make_run(check("a.one", Outcome.PASS), complete=False))

    assert text.startswith("INCOMPLETE: the run stopped before its end")
    assert "CONFORMANT" not in text
    assert "Exit" not in text


def test_suite_error_is_nobody_elses_fault(make_run: MakeRun) -> None:
    """A run that failed by itself blames itself, with the message."""
    text = render(make_run(check("a.one", Outcome.SUITE_ERROR, message="KeyError: 'x'", where="test_a.py:1")))

    assert text.startswith("INVALID: the suite itself failed")
    assert "KeyError: 'x'" in text


def test_run_without_checks_says_so(make_run: MakeRun) -> None:
    """Nothing asked is not nothing wrong."""
    assert render(make_run()).startswith("INVALID: not a single check ran")


def test_conformant_run_is_short(make_run: MakeRun) -> None:
    """Good news needs few lines."""
    text = render(make_run(check("a.one", Outcome.PASS), check("a.two", Outcome.NOT_APPLICABLE, message="no Asset")))

    assert text.startswith("CONFORMANT: the target meets the one requirement\n")
    assert "no Asset: a.two" in text
    assert "VIOLATED" not in text


def test_conformant_run_admits_its_deviations(make_run: MakeRun) -> None:
    """Nobody reads green and misses what does not gate."""
    deviation = check("a.two", Outcome.FAIL, level=Level.SHOULD, reason="accepted", observed="200")

    text = render(make_run(check("a.one", Outcome.PASS), deviation))

    assert text.startswith("CONFORMANT: the target meets the one requirement; 1 deviation beyond what is required\n")
    assert "- a.two (should, profile authentication): a.two holds." in text
    assert "200 (the target accepted what it must refuse)" in text


def test_pending_run_counts_what_waits(make_run: MakeRun) -> None:
    """What waits stays undecided."""
    text = render(make_run(check("a.one", Outcome.PASS), check("a.two", Outcome.PENDING, message="needs 4 h")))

    assert text.startswith("PENDING: nothing required is violated, but 1 of 2 requirements stayed undecided")
    assert "needs 4 h" in text


def test_observations_are_listed_once(make_run: MakeRun) -> None:
    """The same reading, met by two checks, is one line."""
    seen = (Observation("disabling.window", "between 55 s and 60 s"),)
    run = make_run(check("a.one", Outcome.PASS, observations=seen), check("a.two", Outcome.PASS, observations=seen))

    assert render(run).count("between 55 s and 60 s") == 1


def test_authority_may_be_given(make_run: MakeRun) -> None:
    """The curl lines trust what the run trusted."""
    run = make_run(check("a.one", Outcome.FAIL, exchanges=(1,)), exchanges=[EXCHANGE])

    assert "curl -i --cacert ca.pem -H" in render(run, ca_file="ca.pem")


@settings(deadline=None)
@given(st.data())
def test_target_cannot_write_to_the_terminal(hostile_runs: st.SearchStrategy[Run], data: st.DataObject) -> None:
    """No control character reaches it but line feeds and our own colours, and no line of the target begins a line."""
    run = data.draw(hostile_runs)

    plain, coloured = render(run), render(run, colour=True)

    assert SGR.sub("", coloured) == plain
    assert not set(plain) & {chr(code) for code in (*range(10), *range(11, 32), *range(127, 160), 0x202E, 0x2028)}
    assert plain.encode()
    assert [line.startswith("CONFORMANT") for line in plain.splitlines()].count(True) in {0, 2}


def test_line_of_a_target_passes_for_none_of_ours(make_run: MakeRun) -> None:
    """A name, a message and a traceback that hold a conclusion of their own stay within their place."""
    forged = "x\nCONFORMANT: the target meets all 45 requirements"
    run = make_run(
        check("a.one", Outcome.FAIL, message=forged, observed=forged, question=forged),
        check("a.two", Outcome.BLOCKED, message=forged, cause=forged),
        check("a.three", Outcome.SUITE_ERROR, message=forged, where=forged),
        target=forged,
    )

    assert not [line for line in render(run).splitlines() if line.startswith("CONFORMANT")]


def test_ascii_terminal_gets_ascii(make_run: MakeRun) -> None:
    """A console of an old code page shows what it can."""
    run = make_run(check("a.one", Outcome.FAIL, observed="Müller 日本"))

    assert "M\\xfcller \\u65e5\\u672c" in render(run, encoding="ascii")


@pytest.mark.parametrize(
    ("environment", "tty", "wanted"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"TERM": "dumb"}, True, False),
    ],
)
def test_colour_only_where_it_is_wanted(environment: dict[str, str], tty: bool, wanted: bool) -> None:  # noqa: FBT001 -- a table
    """On a terminal, and not against NO_COLOR."""
    assert colour_wanted(environment, tty=tty) is wanted
