"""The waivers file: read strictly, held against a run, never more than the exit status."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance.contract.outcomes import Level, Outcome, Reason
from conformance.errors import UsageError
from conformance.report.findings import find
from conformance.report.run import Check
from conformance.report.waivers.draft import LASTS, draft
from conformance.report.waivers.judged import WARNED_BEFORE, Judged, ending_soon, file_problems, judge_waivers
from conformance.report.waivers.waivers import PLACEHOLDERS, VIOLATING, Waiver, read_waivers
from conformance.verdicts import conclude

if TYPE_CHECKING:
    from conftest import MakeRun

TODAY = date(2026, 11, 23)
ENTRY = """\
[[waiver]]
requirement = "a.one"
reason = "accepted"
why = "the old gateway stays until spring"
owner = "Jane Doe"
ticket = "ACME-12"
expires = 2026-12-31
"""


def check(name: str, outcome: Outcome, reason: str | None = None, level: Level = Level.MUST) -> Check:
    """Make a check of the requirement before the stroke of its id."""
    return Check(name, name.partition("/")[0], level, outcome, reason, message=f"because of {reason}")


def waiver(
    requirement: str | None = "a.one",
    *,
    check: str | None = None,
    reason: str = "accepted",
    expires: date = date(2026, 12, 31),
) -> Waiver:
    """Make a waiver that has all that it needs."""
    return Waiver(requirement, check, reason, "it stays", "Jane Doe", "ACME-12", expires, "waivers.toml:1: waiver 1")


def judged(make_run: MakeRun, waivers: list[Waiver], *checks: Check, today: date = TODAY) -> Judged:
    """Hold waivers against a run of these checks; `a.one` to `a.three` exist."""
    run = make_run(*checks)
    conclusion = conclude(run.selection, run.checks, run.gating)
    return judge_waivers(waivers, conclusion, run.checks, ("a.one", "a.two", "a.three"), today)


def problems(path: Path, text: str) -> list[str]:
    """Read a file that has problems, and give their lines without its path."""
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as told:
        read_waivers(path)
    return str(told.value).replace(str(path), "waivers.toml").splitlines()


# --- reading ---


def test_entry_is_read(tmp_path: Path) -> None:
    """All its keys, with the place that messages name."""
    path = tmp_path / "waivers.toml"
    path.write_text(f"# known\n\n{ENTRY}", encoding="utf-8")

    (read,) = read_waivers(path)

    assert (read.requirement, read.check, read.reason) == ("a.one", None, "accepted")
    assert (read.owner, read.ticket, read.expires) == ("Jane Doe", "ACME-12", date(2026, 12, 31))
    assert read.place == f"{path}:3: waiver 1"


def test_example_of_the_documentation_is_read(tmp_path: Path) -> None:
    """What docs/regression.md shows can be copied."""
    text = (Path(__file__).parents[2] / "docs" / "regression.md").read_text("utf-8")
    path = tmp_path / "waivers.toml"
    path.write_text(text.partition("```toml\n")[2].partition("```")[0], encoding="utf-8")

    assert [entry.reason for entry in read_waivers(path)] == ["refused", "accepted"]


def test_file_without_entries_waives_nothing(tmp_path: Path) -> None:
    """A team keeps its file when the last entry goes."""
    path = tmp_path / "waivers.toml"
    path.write_text("# nothing at the moment\n", encoding="utf-8")

    assert read_waivers(path) == ()


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    """Each with its line and entry, in the order of the file."""
    second = ENTRY.replace('reason = "accepted"', 'reason = "acepted"').replace("2026-12-31", '"2026-12-31"')
    third = ENTRY.replace('owner = "Jane Doe"\n', "").replace('"ACME-12"', '""') + 'chek = "a.one/x"\n'

    told = problems(tmp_path / "waivers.toml", f"title = 1\n{ENTRY}{second}{third}")

    assert [line.partition(": ")[0] for line in told] == [
        "waivers.toml",
        "waivers.toml:9",
        "waivers.toml:9",
        "waivers.toml:16",
        "waivers.toml:16",
        "waivers.toml:16",
    ]
    assert told[1].startswith("waivers.toml:9: waiver 2.reason: ")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('requirement = "a.one"\n', "", "names neither a requirement nor a check"),
        ('requirement = "a.one"', 'requirement = "a.one"\ncheck = "a.one/x"', "names both a requirement and a check"),
        ('"accepted"', '"acepted"', 'no reason code of a violation; did you mean "accepted"?'),
        ('"accepted"', '"no-token"', "no reason code of a violation"),
        ('reason = "accepted"\n', "", "reason: is missing; add the reason code"),
        ('why = "the old gateway stays until spring"\n', "", "why: is missing; every waiver says why"),
        ('"Jane Doe"', '""', "owner: is empty"),
        ('"Jane Doe"', "12", "owner: must be a string"),
        ('"Jane Doe"', f'"{PLACEHOLDERS["owner"]}"', "owner: still holds the placeholder"),
        ('"ACME-12"', '" <ticket> "', "ticket: still holds the placeholder <ticket>"),
        ("expires = 2026-12-31\n", "", "expires: is missing; add the last day"),
        ("2026-12-31", '"2026-12-31"', "expires: must be a date without quotes"),
        ("2026-12-31", "2026-12-31T00:00:00Z", "expires: must be a date without quotes or time"),
        ("expires", "until", "until: unknown key"),
        ("2026-12-31", "2026-13-31", "is no TOML"),
        ("[[waiver]]", "[waiver]", "waiver: must be an array of tables: write each under a heading [[waiver]]"),
        ("[[waiver]]", "[[waivers]]", 'waivers: unknown key; did you mean "waiver"?'),
    ],
)
def test_malformed_entry_is_told(tmp_path: Path, old: str, new: str, words: str) -> None:
    """What is wrong, and what to write instead."""
    assert old in ENTRY

    told = "\n".join(problems(tmp_path / "waivers.toml", ENTRY.replace(old, new)))

    assert words in told
    assert told.startswith("waivers.toml")


def test_entry_given_twice_is_told(tmp_path: Path) -> None:
    """The second one names the first."""
    (told,) = problems(tmp_path / "waivers.toml", ENTRY + ENTRY)

    assert told == "waivers.toml:8: waiver 2: waives the same as waivers.toml:1: waiver 1; keep one of them"


def test_heading_within_a_text_is_no_entry(tmp_path: Path) -> None:
    """A text of several lines may show what a waiver looks like."""
    text = ENTRY.replace('"the old gateway stays until spring"', '"""like\n[[waiver]]\nhere"""')

    told = problems(tmp_path / "waivers.toml", text + ENTRY.replace("a.one", "a.two").replace("ACME-12", " "))

    assert told == ["waivers.toml:10: waiver 2.ticket: is empty"]


@pytest.mark.parametrize(("content", "words"), [(None, "cannot be read"), (b"\xff\xfe", "is not UTF-8")])
def test_file_that_cannot_be_read(tmp_path: Path, content: bytes | None, words: str) -> None:
    """Named, with what to do."""
    path = tmp_path / "waivers.toml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(UsageError, match=words):
        read_waivers(path)


def test_reasons_that_can_be_waived_are_those_of_violations() -> None:
    """A code of the catalogue of reasons that is added to the failures is added here too."""
    codes = list(Reason)

    assert tuple(codes[: codes.index(Reason.RATE_LIMITED)]) == VIOLATING


# --- held against a run ---


def test_failures_of_a_requirement_with_the_pinned_reason_are_excused(make_run: MakeRun) -> None:
    """All of its checks, and no others."""
    found = judged(
        make_run,
        [waiver()],
        check("a.one/x", Outcome.FAIL, "accepted"),
        check("a.one/y", Outcome.FAIL, "leaked"),
        check("a.two/x", Outcome.FAIL, "accepted"),
    )

    assert found.excused == {"a.one/x"}
    assert [entry.checks for entry in found.waived] == [("a.one/x",)]
    assert found.problems == ()


def test_waiver_of_a_check_excuses_that_one_alone(make_run: MakeRun) -> None:
    """Another check of the requirement still counts."""
    found = judged(
        make_run,
        [waiver(None, check="a.one/x")],
        check("a.one/x", Outcome.FAIL, "accepted"),
        check("a.one/y", Outcome.FAIL, "accepted"),
    )

    assert found.excused == {"a.one/x"}


@pytest.mark.parametrize(
    ("entry", "outcome", "reason", "words"),
    [
        (waiver(reason="leaked"), Outcome.FAIL, "accepted", "waives leaked, but the failure is accepted"),
        (waiver(), Outcome.PASS, None, "is no longer needed"),
        (waiver(None, check="a.one/x"), Outcome.PASS, None, "is no longer needed"),
        (waiver("a.oen"), Outcome.FAIL, "accepted", 'names a requirement that does not exist; did you mean "a.one"'),
        (waiver(None, check="a.one/z"), Outcome.FAIL, "accepted", "names a check that this run does not have"),
        (waiver(None, check="b.one/z"), Outcome.FAIL, "accepted", "names a requirement that does not exist"),
        (waiver(expires=date(2026, 11, 22)), Outcome.FAIL, "accepted", "expired on 2026-11-22"),
        (waiver("a.two", expires=date(2026, 11, 22)), Outcome.FAIL, "accepted", "expired on 2026-11-22"),
    ],
)
def test_waiver_that_does_not_fit_is_a_problem(
    make_run: MakeRun, entry: Waiver, outcome: Outcome, reason: str | None, words: str
) -> None:
    """It excuses nothing, and says what to do with it."""
    found = judged(make_run, [entry], check("a.one/x", outcome, reason))

    assert found.excused == frozenset()
    assert len(found.problems) == 1
    assert words in found.problems[0]
    assert found.problems[0].startswith(f"waivers.toml:1: waiver 1 ({entry.subject}) ")


@pytest.mark.parametrize("outcome", [Outcome.BLOCKED, Outcome.NOT_RUN, Outcome.INCONCLUSIVE, Outcome.NOT_APPLICABLE])
@pytest.mark.parametrize("entry", [waiver(), waiver(None, check="a.one/x")], ids=["requirement", "check"])
def test_waiver_of_what_is_not_decided_is_left_alone(make_run: MakeRun, entry: Waiver, outcome: Outcome) -> None:
    """Neither stale nor used: the run cannot tell."""
    assert judged(make_run, [entry], check("a.one/x", outcome, "no-token")) == Judged()


def test_waiver_of_what_was_not_selected_is_left_alone(make_run: MakeRun) -> None:
    """A file serves narrow runs too."""
    entries = [waiver("a.two"), waiver(None, check="a.three/x")]

    assert judged(make_run, entries, check("a.one/x", Outcome.PASS)) == Judged()


def test_last_day_still_counts(make_run: MakeRun) -> None:
    """A waiver holds through the day that it names."""
    failed = check("a.one/x", Outcome.FAIL, "accepted")

    today = judged(make_run, [waiver(expires=TODAY)], failed)
    tomorrow = judged(make_run, [waiver(expires=TODAY)], failed, today=TODAY + timedelta(days=1))

    assert today.excused == {"a.one/x"}
    assert "expires today, 2026-11-23" in today.warnings[0]
    assert tomorrow.excused == frozenset()


@pytest.mark.parametrize(
    ("days", "warned"), [(0, True), (WARNED_BEFORE, True), (WARNED_BEFORE + 1, False), (-1, False)]
)
def test_waiver_about_to_expire_warns(days: int, warned: bool) -> None:  # noqa: FBT001 -- a table
    """From two weeks before its end on."""
    assert bool(ending_soon([waiver(expires=TODAY + timedelta(days=days))], TODAY)) is warned


def test_what_can_be_told_before_a_run() -> None:
    """Expired entries and unknown requirements; whether it still fails only the run can tell."""
    told = file_problems([waiver(), waiver("a.oen"), waiver(expires=date(2026, 1, 1))], ("a.one",), TODAY)

    assert ["does not exist" in told[0], "expired on 2026-01-01" in told[1], len(told)] == [True, True, 2]


# --- drafting ---


def test_draft_is_refused_until_it_is_filled_in(make_run: MakeRun, tmp_path: Path) -> None:
    """Its three placeholders are problems; filled in, it excuses all that failed."""
    run = make_run(check("a.one/x", Outcome.FAIL, "accepted"), check("a.one/y", Outcome.FAIL, "leaked"))
    text = draft(run, TODAY)
    path = tmp_path / "waivers.toml"

    told = problems(path, text)
    for placeholder in PLACEHOLDERS.values():
        text = text.replace(placeholder, "filled in")
    path.write_text(text, encoding="utf-8")
    entries = read_waivers(path)

    assert len(told) == 2 * len(PLACEHOLDERS)
    assert {entry.expires for entry in entries} == {TODAY + LASTS}
    assert judged(make_run, list(entries), *run.checks).excused == {"a.one/x", "a.one/y"}


def test_draft_leaves_out_what_needs_no_waiver(make_run: MakeRun) -> None:
    """What passed, and what does not decide the exit status."""
    run = make_run(check("a.one/x", Outcome.PASS), check("a.two/x", Outcome.FAIL, "accepted", Level.SHOULD))

    assert "there is nothing to waive" in draft(run, TODAY)
    assert "[[waiver]]" not in draft(run, TODAY)


def test_draft_takes_hostile_text_as_comments(make_run: MakeRun, tmp_path: Path) -> None:
    """What a target said cannot become an entry."""
    hostile = replace(check("a.one/x", Outcome.FAIL, "accepted"), observed='x\n[[waiver]]\nreason = "leaked"\x07')
    path = tmp_path / "waivers.toml"

    told = problems(path, draft(make_run(hostile), TODAY))

    assert len(told) == len(PLACEHOLDERS)
    assert find(make_run(hostile)).violations
