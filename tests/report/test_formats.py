"""The files that a run leaves behind: well-formed whatever the target said, and agreeing with the exit status."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from conformance.contract.catalogue import Requirement, Source
from conformance.contract.outcomes import Basis, Level, Outcome, Reason
from conformance.errors import OutputError, UsageError
from conformance.report import junit, markdown, summary, terminal
from conformance.report.formats import FORMATS, render, render_all
from conformance.report.gate import Gate
from conformance.report.run import Check
from conformance.report.waivers.waivers import Waived

if TYPE_CHECKING:
    from conftest import MakeRun

    from conformance.report.run import Run

EXPECTED = Path(__file__).parent / "golden"
RENEW = bool(os.environ.get("RENEW_GOLDEN"))
MARKDOWN = MarkdownIt("commonmark").enable("table")


def check(name: str, outcome: Outcome, reason: str | None = None, level: Level = Level.MUST) -> Check:
    """Make a check of the requirement before the bracket of its id."""
    return Check(name, name.partition("[")[0], level, outcome, reason, message=f"because of {reason}")


def parsed(run: Run) -> ET.Element:
    """Render a run as JUnit and parse that."""
    return ET.fromstring(junit.render(run))  # noqa: S314 -- it is our own document


def cases(run: Run) -> dict[str, str]:
    """Give what JUnit says of each case: the tag within it, or `passed`."""
    root = parsed(run)
    return {case.get("name", ""): next((child.tag for child in case), "passed") for case in root.iter("testcase")}


@pytest.mark.parametrize("name", ["terminal.txt", "summary.md", "junit.xml", "summary.json"])
def test_golden_run_renders_as_agreed(golden: Run, name: str) -> None:
    """Every change of what readers get is seen in a diff; RENEW_GOLDEN=1 writes the files again."""
    renderers = {form.file_name: form.render for form in FORMATS.values()} | {"terminal.txt": terminal.render}

    text = renderers[name](golden)

    if RENEW:
        (EXPECTED / name).write_text(text, encoding="utf-8")
    assert text == (EXPECTED / name).read_text(encoding="utf-8")


@settings(deadline=None)
@given(st.data())
def test_hostile_text_keeps_xml_well_formed(hostile_runs: st.SearchStrategy[Run], data: st.DataObject) -> None:
    """A parser reads one suite with one case, and the run's own."""
    text = junit.render(data.draw(hostile_runs))

    root = ET.fromstring(text.encode())  # noqa: S314 -- written a line above
    assert len(list(root.iter("testcase"))) == 2
    assert not set(text) & {chr(code) for code in (*range(9), 11, 12, *range(14, 32), *range(127, 160), 0xFFFE)}


@settings(deadline=None)
@given(st.data())
def test_hostile_text_stays_text_in_markdown(hostile_runs: st.SearchStrategy[Run], data: st.DataObject) -> None:
    """Whatever the target said becomes neither a link, an image, a heading nor HTML."""
    run = data.draw(hostile_runs)

    tokens = MARKDOWN.parse(markdown.render(run))

    inline = [child for token in tokens for child in token.children or ()]
    assert not {child.type for child in inline} & {"link_open", "image"}
    assert {child.content for child in inline if child.type == "html_inline"} <= {"<br>", "<!-- -->"}
    html = [token.content for token in tokens if token.type == "html_block"]
    assert {block.strip() for block in html} <= {"<details><summary>All requirements</summary>", "</details>"}
    assert sum(token.type == "heading_open" and token.tag == "h1" for token in tokens) == 1


@settings(deadline=None)
@given(st.data())
def test_hostile_text_stays_text_in_json(hostile_runs: st.SearchStrategy[Run], data: st.DataObject) -> None:
    """The object is printable ASCII, so that it can be printed to a terminal as it is."""
    run = data.draw(hostile_runs)

    text = summary.render(run)

    assert json.loads(text)["target"]["name"] == run.target.name
    assert text.isascii()
    assert text.replace("\n", "").isprintable()


def test_junit_has_a_suite_for_each_group_and_a_case_for_each_check(golden: Run) -> None:
    """Groups are chapters of the catalogue; the last suite is about the run."""
    root = parsed(golden)

    suites = [suite.get("name") for suite in root.iter("testsuite")]
    chapters = "token bearer expiry rotation disabling authorization transport oauth property run"
    assert suites == chapters.split()
    assert int(root.get("tests", "")) == len(golden.checks) + 1
    assert int(root.get("failures", "")) == len(list(root.iter("failure")))


@pytest.mark.parametrize(
    ("outcome", "reason", "tag"),
    [
        (Outcome.PASS, None, "passed"),
        (Outcome.FAIL, Reason.ACCEPTED, "failure"),
        (Outcome.BLOCKED, Reason.NO_TOKEN, "failure"),
        (Outcome.INCONCLUSIVE, Reason.RATE_LIMITED, "failure"),
        (Outcome.PENDING, Reason.LONG_WAIT, "failure"),
        (Outcome.NOT_RUN, Reason.WRITES_OFF, "failure"),
        (Outcome.NOT_RUN, Reason.BUDGET, "failure"),
        (Outcome.NOT_RUN, Reason.NEEDS_CLIENT, "skipped"),
        (Outcome.NOT_APPLICABLE, Reason.NO_RESOURCE, "skipped"),
        (Outcome.SUITE_ERROR, Reason.SUITE_BUG, "error"),
    ],
)
def test_required_check_is_never_skipped_for_our_own_reasons(
    make_run: MakeRun, outcome: Outcome, reason: str | None, tag: str
) -> None:
    """Green by skipping is what CI services do; only what the target file or the target lacks is skipped."""
    assert cases(make_run(check("a.one[1]", outcome, reason)))["a.one[1]"] == tag


@pytest.mark.parametrize("outcome", [Outcome.FAIL, Outcome.BLOCKED, Outcome.INCONCLUSIVE, Outcome.PENDING])
def test_check_that_does_not_gate_turns_nothing_red(make_run: MakeRun, outcome: Outcome) -> None:
    """JUnit and the exit status agree: a deviation is skipped, its story told all the same."""
    run = make_run(check("a.one", Outcome.PASS), check("a.two", outcome, level=Level.SHOULD))

    assert set(cases(run).values()) == {"passed", "skipped"}


def test_junit_is_red_where_something_required_stayed_open(make_run: MakeRun) -> None:
    """A requirement that was skipped for want of a client keeps the run partial, and its last case red."""
    partial = make_run(check("a.one", Outcome.PASS), check("a.two", Outcome.NOT_RUN, Reason.NEEDS_CLIENT))

    assert cases(partial)["everything required was decided"] == "failure"
    assert cases(make_run(check("a.one", Outcome.PASS)))["everything required was decided"] == "passed"


@pytest.mark.parametrize("complete", [False, True])
def test_junit_is_red_where_there_is_no_verdict(make_run: MakeRun, complete: bool) -> None:  # noqa: FBT001 -- a table
    """Neither a run that was interrupted nor one that asked nothing can be green."""
    run = make_run(complete=True) if complete else make_run(check("a.one", Outcome.PASS), complete=False)

    assert cases(run)["everything required was decided"] == "error"


def test_markdown_fits_a_step_summary(make_run: MakeRun) -> None:
    """A target that fails everything with long answers still gives less than 1 MB, which then says that it is cut."""
    checks = [
        replace(check(f"a.r{number}", Outcome.FAIL, Reason.ACCEPTED), observed="日" * 5000, question="x" * 5000)
        for number in range(400)
    ]

    text = markdown.render(make_run(*checks))

    assert len(text.encode()) < 1_000_000
    assert "This summary is cut here" in text


@pytest.mark.parametrize("name", list(FORMATS))
def test_incomplete_run_is_called_so_in_every_format(make_run: MakeRun, name: str) -> None:
    """Without an end there is no conclusion to show."""
    assert "incomplete" in render(make_run(check("a.one", Outcome.PASS), complete=False), name)


def test_json_of_an_incomplete_run_has_no_exit_status(make_run: MakeRun) -> None:
    """A script that reads it cannot take it for a success."""
    told = summary.summary(make_run(check("a.one", Outcome.PASS), complete=False))

    assert (told["conclusion"], told["exit"], told["complete"]) == ("incomplete", None, False)


def test_json_says_what_follows_from_what(golden: Run) -> None:
    """Every failed check is there, the folded ones with their root."""
    told = json.loads(summary.render(golden))

    follows = {failure["requirement"]: failure["follows"] for failure in told["failures"]}
    assert follows["expiry.own-end"] == "expiry.ends"
    assert follows["expiry.ends"] is None
    assert len(told["failures"]) == told["counts"]["fail"]


def test_requirement_in_part_is_said_in_markdown(golden: Run) -> None:
    """The table of all requirements says how many cells passed."""
    assert "| authorization.permission | must (required) | pass | 4 of 6 |" in markdown.render(golden)


def test_not_checkable_ones_are_listed_apart(make_run: MakeRun) -> None:
    """With their reason, and outside the numbers."""
    source = Source("authentication", "Security Notes")
    advice = Requirement(
        "advice.rotation", "Rotate.", source, Basis.STATED, Level.MUST, "a", checkable=False, reason="Only advice."
    )
    run = make_run(check("a.one", Outcome.PASS), catalogue=[replace(advice, id="a.one", checkable=True), advice])

    assert "- `advice.rotation`: Only advice." in markdown.render(run)
    assert summary.summary(run)["numbers"] == {
        "required": {"passed": 1, "exercised": 1, "required": 1},
        "selected": {"passed": 1, "exercised": 1, "required": 1},
    }


def test_every_run_leaves_its_files(golden: Run, tmp_path: Path) -> None:
    """The Markdown and the JUnit file stand beside the log."""
    folder = Path(shutil.copytree(golden.folder, tmp_path / "run"))

    written = render_all(folder)

    assert [path.name for path in written] == ["summary.md", "junit.xml", "report.html"]
    assert all(path.read_text(encoding="utf-8") for path in written)


def test_file_that_cannot_be_written_is_named(golden: Run, tmp_path: Path) -> None:
    """A folder stands where the file should be."""
    folder = Path(shutil.copytree(golden.folder, tmp_path / "run"))
    (folder / "summary.md").mkdir()

    with pytest.raises(OutputError, match=r"summary\.md: cannot be written"):
        render_all(folder)


def test_unknown_format_names_the_known_ones(golden: Run) -> None:
    """A typo is answered with the choice."""
    with pytest.raises(UsageError, match="--format pdf: there is no such format; choose one of markdown, junit, html"):
        render(golden, "pdf")


def test_json_tells_of_errors_of_the_suite(make_run: MakeRun) -> None:
    """A script that finds `invalid` finds the message too."""
    told = summary.summary(make_run(check("a.one", Outcome.SUITE_ERROR, Reason.SUITE_BUG)))

    assert told["suite_errors"] == [
        {"check": "a.one", "requirement": "a.one", "where": None, "message": "because of suite-bug"}
    ]


def test_json_has_a_result_for_each_requirement(golden: Run) -> None:
    """With its level, whether it gates, and how many of its checks passed."""
    results = json.loads(summary.render(golden))["results"]

    assert results["authorization.permission"]["passed"] == 4
    assert {name for name, result in results.items() if result["gating"]} == set(golden.gating)


def test_junit_names_file_and_run(make_run: MakeRun) -> None:
    """GitLab links a case to the target file; the last suite says what was run."""
    run = make_run(check("a.one", Outcome.PASS))
    root = parsed(replace(run, target=replace(run.target, file="ci/acme.toml")))

    assert {case.get("file") for case in root.iter("testcase")} == {"ci/acme.toml"}
    told = {one.get("name"): one.get("value") for one in root.iter("property")}
    assert (told["target"], told["conclusion"], told["exit"]) == ("Acme", "conformant", "0")


def test_junit_has_only_what_readers_know(golden: Run) -> None:
    """Nothing but the elements and attributes that services know, and at most one verdict a case, whose name is its own."""
    known = {
        "testsuites": {"name", "tests", "failures", "errors", "skipped", "time"},
        "testsuite": {"name", "timestamp", "tests", "failures", "errors", "skipped", "time"},
        "properties": set(),
        "property": {"name", "value"},
        "testcase": {"name", "classname", "time", "file"},
        "failure": {"message", "type"},
        "error": {"message", "type"},
        "skipped": {"message"},
        "system-out": set(),
    }
    root = parsed(golden)

    for element in root.iter():
        assert element.attrib.keys() <= known[element.tag], element.tag
    for case in root.iter("testcase"):
        assert [child.tag for child in case if child.tag != "system-out"][1:] == []
        assert case.get("name")
    names = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    assert len(names) == len(set(names))


def test_junit_follows_waivers(make_run: MakeRun) -> None:
    """A failure that a waiver excuses is skipped with the waiver's words, and counts where it does not."""
    run = make_run(check("a.one", Outcome.FAIL, Reason.ACCEPTED), check("a.two", Outcome.FAIL, Reason.ACCEPTED))
    waiver = Waived("a.one", None, "accepted", "repaired in May", "Ann", "T-1", "2027-05-01", ("a.one",))
    assert run.end is not None
    gate = Gate(1, waived=(waiver,), counted=("a.two",))

    told = cases(replace(run, end=replace(run.end, gate=gate)))

    assert (told["a.one"], told["a.two"]) == ("skipped", "failure")


def test_junit_of_very_many_failures_tells_the_first_in_full(make_run: MakeRun) -> None:
    """The others say what tells them apart: the file stays one that services take."""
    run = make_run(*[replace(check(f"a.one[{number}]", Outcome.FAIL), question="What?") for number in range(50)])

    told = [failure.text or "" for failure in parsed(run).iter("failure")]

    assert sum("asked: What?" in text for text in told) == 20
    assert all("check: a.one[" in text for text in told)
