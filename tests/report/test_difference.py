"""What changed between two runs: which requirements got worse, why the runs may differ, in every format."""

from __future__ import annotations

import json
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from conformance.contract.catalogue import Requirement, Source
from conformance.contract.outcomes import Basis, Level, Outcome
from conformance.contract.readings import Reading, Silence
from conformance.report.difference import as_json as difference_json
from conformance.report.difference import html as difference_html
from conformance.report.difference import markdown as difference_markdown
from conformance.report.difference import text as difference_text
from conformance.report.difference.difference import Change, Difference, compare
from conformance.report.difference.words import headline
from conformance.report.run import Check, Observation

if TYPE_CHECKING:
    from conftest import MakeRun

    from conformance.report.run import Run

PASS, FAIL, BLOCKED = Outcome.PASS, Outcome.FAIL, Outcome.BLOCKED
RENDERERS = (difference_text.render, difference_markdown.render, difference_html.render, difference_json.render)
MARKDOWN = MarkdownIt("commonmark").enable("table")
UNSEEN = {chr(code) for code in (*range(10), *range(11, 32), *range(127, 160), 0x202E, 0x2028)}
"""What would move a cursor or change the direction of a text."""


def check(
    name: str,
    outcome: Outcome = PASS,
    reason: str | None = None,
    *,
    level: Level = Level.MUST,
    seconds: float = 0.0,
    cause: str | None = None,
) -> Check:
    """Make a check of the requirement before the stroke of its id."""
    known = reason or {FAIL: "accepted", BLOCKED: "no-token"}.get(outcome)
    message = "" if outcome is PASS else f"because of {known}"
    requirement = name.partition("/")[0]
    return Check(name, requirement, level, outcome, known, message=message, seconds=seconds, cause=cause)


def changes(difference: Difference) -> dict[str, str]:
    """Give what became of each requirement, also of those folded under another."""
    return {part.requirement.id: str(part.change) for shift in difference.shifts for part in shift.whole}


@pytest.mark.parametrize(
    ("before", "after", "change", "exit_status"),
    [
        ([check("a.one/x")], [check("a.one/x", FAIL)], "newly_violated", 1),
        ([check("a.one/x", BLOCKED)], [check("a.one/x", FAIL)], "newly_violated", 1),
        ([check("a.one/x", FAIL)], [check("a.one/x", FAIL)], "still_violated", 0),
        ([check("a.one/x", FAIL)], [check("a.one/x", FAIL, "leaked")], "violated_otherwise", 1),
        (
            [check("a.one/x", FAIL), check("a.one/y")],
            [check("a.one/x", FAIL), check("a.one/y", FAIL)],
            "violated_more_widely",
            1,
        ),
        # Checks that the earlier run did not have, failing as others did: the same defect, seen in more places.
        ([check("a.one/x", FAIL)], [check("a.one/x", FAIL), check("a.one/y", FAIL)], "still_violated", 0),
        ([check("a.one/x", FAIL)], [check("a.one/x")], "fixed", 0),
        ([check("a.one/x", FAIL)], [check("a.one/x", BLOCKED)], "no_longer_exercised", 1),
        ([check("a.one/x")], [check("a.one/x", BLOCKED)], "no_longer_exercised", 1),
        ([check("a.one/x")], [check("a.one/x", Outcome.NOT_APPLICABLE)], "no_longer_exercised", 1),
        ([check("a.one/x")], [check("a.one/x", Outcome.SUITE_ERROR)], "no_longer_exercised", 1),
        ([check("a.one/x", BLOCKED)], [check("a.one/x")], "newly_exercised", 0),
        ([check("a.one/x")], [check("a.one/x")], None, 0),
        ([check("a.one/x", BLOCKED)], [check("a.one/x", BLOCKED)], None, 0),
    ],
)
def test_each_change_is_named(
    make_run: MakeRun, before: list[Check], after: list[Check], change: str | None, exit_status: int
) -> None:
    """And only what got worse is a regression."""
    difference = compare(make_run(*before), make_run(*after))

    assert changes(difference).get("a.one") == change
    assert difference.exit == exit_status


@pytest.mark.parametrize("after", [FAIL, BLOCKED])
def test_what_is_not_required_is_no_regression(make_run: MakeRun, after: Outcome) -> None:
    """A should that fails now is told all the same."""
    before = make_run(check("a.one/x"), check("a.two/x", level=Level.SHOULD))
    difference = compare(before, make_run(check("a.one/x"), check("a.two/x", after, level=Level.SHOULD)))

    assert "a.two" in changes(difference)
    assert difference.exit == 0


def test_requirement_that_only_one_run_asked_for_is_not_compared(make_run: MakeRun) -> None:
    """What the later run left out by its selection is said, and no regression; what it added counts where it fails."""
    before = make_run(check("a.one/x"), check("a.two/x"))
    after = make_run(check("a.two/x"), check("a.three/x"), check("a.four/x", FAIL))

    difference = compare(before, after)

    assert difference.only_before == ("a.one",)
    assert difference.only_after == ("a.three", "a.four")
    assert changes(difference) == {"a.four": "newly_violated"}
    assert difference.exit == 1
    assert "1 requirement that the later run did not ask for: a.one" in difference_text.render(difference)


def test_what_follows_is_folded_under_its_cause(make_run: MakeRun) -> None:
    """A failure by `depends_on`, and what is blocked by the failure."""
    checks = [check("a.root/x"), check("a.child/x"), check("a.blocked/x")]
    run = make_run(*checks)
    child = replace(run.catalogue[1], depends_on=("a.root",))
    catalogue = (run.catalogue[0], child, run.catalogue[2])
    after = make_run(
        check("a.root/x", FAIL),
        check("a.child/x", FAIL),
        check("a.blocked/x", BLOCKED, cause="a.root"),
        catalogue=catalogue,
    )

    (shift,) = compare(make_run(*checks, catalogue=catalogue), after).shifts

    assert shift.requirement.id == "a.root"
    assert [(part.requirement.id, part.follows) for part in shift.following] == [
        ("a.child", "a.root"),
        ("a.blocked", "a.root"),
    ]


def test_failure_that_follows_from_an_old_one_names_it(make_run: MakeRun) -> None:
    """The root is still violated, so it stands elsewhere."""
    run = make_run(check("a.root/x", FAIL), check("a.child/x"))
    catalogue = (run.catalogue[0], replace(run.catalogue[1], depends_on=("a.root",)))
    after = make_run(check("a.root/x", FAIL), check("a.child/x", FAIL), catalogue=catalogue)

    difference = compare(replace(run, catalogue=catalogue), after)

    (new,) = difference.of(Change.NEW)
    assert (new.requirement.id, new.follows) == ("a.child", "a.root")
    assert [shift.requirement.id for shift in difference.of(Change.STILL)] == ["a.root"]


def test_checks_that_came_and_went(make_run: MakeRun) -> None:
    """By requirement; those of a requirement that is still decided are told, and no regression."""
    before = make_run(check("a.one/x"), check("a.one/old"), check("a.one/client"))
    after = make_run(check("a.one/x"), check("a.one/new"), check("a.one/client", Outcome.NOT_RUN, "needs-client"))

    difference = compare(before, after)

    assert difference.checks.gained == {"a.one": ("a.one/new",)}
    assert difference.checks.lost == {"a.one": ("a.one/old",)}
    assert difference.checks.undecided == {"a.one": ("a.one/client",)}
    assert difference.exit == 0
    assert "1 check no longer decided" in difference_text.render(difference)


# --- why ---


def test_circumstances_are_told(make_run: MakeRun) -> None:
    """Everything around the runs that is not the same."""
    before = make_run(check("a.one/x"))
    entry = Requirement("a.new", "It is new.", Source("items", "x"), Basis.STATED, Level.MUST, "items")
    after = replace(
        before,
        suite="inventorypro-conformance 0.3.0",
        target=replace(before.target, name="Other", overlay="o.yaml", overlay_hash="12ab" * 16),
        seed=7,
        gate=Level.SHOULD,
        patterns=("a.*",),
        examples=20,
        catalogue=(replace(before.catalogue[0], level=Level.SHOULD), entry),
        clients=({"name": "full", "read_only": False},),
        environment={"python": "3.12.1"},
    )

    told = {it.name: (it.before, it.after) for it in compare(before, after).circumstances}

    assert told["target"] == ("Acme", "Other")
    assert told["overlay"] == ("none", "o.yaml, SHA-256 12ab12ab12ab")
    assert told["suite"] == ("inventorypro-conformance 0.1.0", "inventorypro-conformance 0.3.0")
    assert told["seed"] == ("0", "7")
    assert told["gate"] == ("must", "should")
    assert told["selection"] == ("all", "a.*")
    assert told["examples"] == ("unknown", "20")
    assert told["catalogue"] == ("none beyond the other run's", "also a.new")
    assert told["level of 1 requirement"] == ("a.one: must", "a.one: should")
    assert told["clients"] == ("none beyond the other run's", "also full")
    assert told["python"] == ("unknown", "3.12.1")


def test_same_circumstances_are_not_told(make_run: MakeRun) -> None:
    """Nothing to say, nothing said."""
    difference = compare(make_run(check("a.one/x")), make_run(check("a.one/x")))

    assert difference.circumstances == ()
    assert "WHAT ELSE" not in difference_text.render(difference)


def test_changed_client_is_told(make_run: MakeRun) -> None:
    """Key by key."""
    run = make_run(check("a.one/x"))
    before, after = (replace(run, clients=({"name": "full", "read_only": flag},)) for flag in (False, True))

    (told,) = compare(before, after).circumstances

    assert (told.name, told.before, told.after) == ("client full: read_only", "False", "True")


def test_runs_in_the_wrong_order_are_noticed(make_run: MakeRun) -> None:
    """The first is to be the earlier one."""
    run = make_run(check("a.one/x"))

    (told,) = compare(run, replace(run, started="2026-11-22T16:00:00Z")).circumstances

    assert told.name == "order"
    assert "swap" in told.effect


@pytest.mark.parametrize("render", RENDERERS)
@pytest.mark.parametrize("complete", [(False, True), (True, False), (False, False)])
def test_incomplete_run_is_told(make_run: MakeRun, render: object, complete: tuple[bool, bool]) -> None:
    """In every format; what the later one did not come to is no longer exercised."""
    checks = [check("a.one/x"), check("a.two/x")]
    catalogue = make_run(*checks).catalogue
    before, after = (make_run(*checks[: 2 if whole else 1], complete=whole, catalogue=catalogue) for whole in complete)

    difference = compare(before, after)

    assert "incomplete" in render(difference)  # type: ignore[operator]
    assert difference.exit == (1 if complete == (True, False) else 0)


def test_another_reading_is_told(make_run: MakeRun) -> None:
    """Each conforms, and a change may surprise a client all the same."""
    reading = Reading("tokens", "What are tokens?", Silence.OPEN, (), (), MappingProxyType({}))
    before, after = (
        replace(
            make_run(replace(check("a.one/x"), observations=(Observation("reading.tokens", value),))),
            readings=(reading,),
        )
        for value in ("JWTs", "opaque")
    )

    (told,) = compare(before, after).readings

    assert (told.before, told.after) == (("JWTs",), ("opaque",))


# --- time ---


def times(make_run: MakeRun, *seconds: float, chapter: str = "a") -> Run:
    """Make a run whose checks took these seconds."""
    return make_run(*(check(f"{chapter}.r{at}/x", seconds=spent) for at, spent in enumerate(seconds)))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ((1.0, 1.0, 1.0), (3.0, 3.0, 3.0), ["a"]),
        ((3.0, 3.0, 3.0), (1.0, 1.0, 1.0), ["a"]),
        ((1.0, 1.0, 1.0), (1.5, 1.5, 1.5), []),
        # A tenth of a second is noise, however many times as long it is.
        ((0.01, 0.01, 0.01), (0.1, 0.1, 0.1), []),
        # One slow check makes no slow chapter; it is told alone where it is slow enough.
        ((0.1, 0.1, 0.1), (0.1, 0.1, 3.0), []),
        ((0.1, 0.1, 0.1), (0.1, 0.1, 9.0), ["a.r2"]),
    ],
)
def test_only_large_shifts_in_time_are_told(
    make_run: MakeRun, before: tuple[float, ...], after: tuple[float, ...], told: list[str]
) -> None:
    """By chapter, or by requirement; and they are no regression."""
    difference = compare(times(make_run, *before), times(make_run, *after))

    assert [shift.name for shift in difference.time_shifts] == told
    assert difference.exit == 0


# --- formats ---


@pytest.fixture
def difference(make_run: MakeRun) -> Difference:
    """Give a comparison with something of everything."""
    before = make_run(
        check("a.new/x"),
        check("a.lost/x"),
        check("a.fixed/x", FAIL),
        check("a.still/x", FAIL),
        check("a.other/x", FAIL),
        check("b.slow/x", seconds=1.0),
    )
    after = make_run(
        check("a.new/x", FAIL, "server-error"),
        check("a.lost/x", BLOCKED),
        check("a.fixed/x"),
        check("a.still/x", FAIL),
        check("a.other/x", FAIL, "leaked"),
        check("b.slow/x", seconds=9.0),
    )
    return compare(before, replace(after, seed=3))


@pytest.mark.parametrize("render", RENDERERS[:3])
def test_every_format_tells_everything(difference: Difference, render: object) -> None:
    """In the same words."""
    text = " ".join(render(difference).split())  # type: ignore[operator]

    for words in ("a.new", "a.lost", "a.fixed", "a.still", "a.other", "b took 1 s and takes 9 s now", "seed"):
        assert words in text
    assert "ewly violated" in text or "NEWLY VIOLATED" in text
    assert headline(difference)[1:] in text


def test_headline_counts_what_got_worse(difference: Difference) -> None:
    """By kind, the worst first."""
    assert headline(difference) == (
        "1 requirement newly violated; 1 requirement violated in another way;"
        " 1 requirement no longer exercised or decided"
    )


def test_json_holds_everything(difference: Difference) -> None:
    """As docs/regression.md says."""
    told = json.loads(difference_json.render(difference))

    assert (told["schema"], told["kind"], told["exit"], told["regression"]) == (1, "diff", 1, True)
    by_name = {entry["requirement"]: entry for entry in told["changes"]}
    assert by_name["a.new"]["change"] == "newly_violated"
    assert by_name["a.new"]["regression"] is True
    assert by_name["a.new"]["new"] == [
        {
            "check": "a.new/x",
            "outcome": "fail",
            "reason": "server-error",
            "observed": "because of server-error (the target answered with a server error)",
        }
    ]
    assert by_name["a.lost"]["open"][0]["outcome"] == "blocked"
    assert by_name["a.fixed"]["before"] == "fail"
    assert told["time"] == [{"name": "b", "before": 1.0, "after": 9.0, "checks": 1, "factor": 9.0}]
    assert {entry["name"] for entry in told["circumstances"]} == {"seed"}


def test_headings_say_what_the_headline_leaves_out(make_run: MakeRun) -> None:
    """The headline counts what is required, a section everything; every format says the same."""
    names = ["a.one/x", "a.two/x"]
    beyond = [check("a.may/x", level=Level.MAY), check("a.may/x", FAIL, level=Level.MAY)]
    before = make_run(*map(check, names), beyond[0])
    after = make_run(check(names[0], FAIL), check(names[1], FAIL), beyond[1])
    one, two, may = after.catalogue
    difference = compare(before, replace(after, catalogue=(one, replace(two, depends_on=("a.one",)), may)))

    assert headline(difference) == "2 requirements newly violated, 1 of which follows from another"
    for render in RENDERERS[:3]:
        assert "2, and 1 that follows; 1 not required" in render(difference)


def test_page_tells_before_the_changes_why_the_runs_may_differ(make_run: MakeRun) -> None:
    """As the other formats do: whether the question was another one comes before what changed."""
    before, after = make_run(check("a.one/x")), make_run(check("a.one/x", FAIL))

    page = difference_html.render(compare(before, replace(after, seed=7)))

    assert page.index("What else is not the same") < page.index("Newly violated")


def test_what_was_open_before_explains_no_loss(make_run: MakeRun) -> None:
    """It was no reason then."""
    same = check("a.one/y", Outcome.NOT_APPLICABLE)
    (shift,) = compare(make_run(check("a.one/x"), same), make_run(check("a.one/x", BLOCKED), same)).shifts

    assert [it.id for it in shift.open] == ["a.one/x"]


def test_many_lost_requirements_are_grouped_by_cause(make_run: MakeRun) -> None:
    """One line says what eighty would."""
    names = [f"a.r{number}/x" for number in range(20)]
    before = make_run(*map(check, names))
    after = make_run(*(check(name, Outcome.NOT_RUN, "writes-off") for name in names))

    text = difference_text.render(compare(before, after))

    assert "not run: because of writes-off [writes-off]" in text
    assert "*a.r0, *a.r1, *a.r2, *a.r3, *a.r4, *a.r5 and 14 more (20 requirements)" in text


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_hostile_text_stays_text(make_run: MakeRun, hostile_runs: st.SearchStrategy[Run], data: st.DataObject) -> None:
    """What a target said moves no cursor, and becomes neither markup nor a link, in any format."""
    after = data.draw(hostile_runs)
    difference = compare(make_run(check("a.one[1]"), target=after.target.name), after)

    text = difference_text.render(difference)
    tokens = MARKDOWN.parse(difference_markdown.render(difference))
    page = difference_html.render(difference)

    assert not set(text) & UNSEEN
    inline = [child for token in tokens for child in token.children or ()]
    assert not {child.type for child in inline} & {"link_open", "image"}
    assert {child.content for child in inline if child.type == "html_inline"} <= {"<br>", "<!-- -->"}
    assert "<b>" not in page
    assert not set(page) & UNSEEN
    assert difference_json.render(difference).isascii()
