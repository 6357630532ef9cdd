"""SARIF, HAR and the annotations of a workflow: what the programs that read them insist on."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.contract.catalogue import load_catalogue
from conformance.contract.outcomes import Level, Outcome, Reason
from conformance.report import har, sarif, workflow
from conformance.report.formats import FORMATS
from conformance.report.log import read_run
from conformance.report.run import Check, Exchange

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import MakeRun

    from conformance.report.run import Run

SCHEMAS = Path(__file__).parent / "schemas"
STEP_SUMMARY = 1 << 20


def errors(name: str, text: str) -> list[str]:
    """Hold a document against the schema of its format."""
    validator = jsonschema_rs.validator_for(json.loads((SCHEMAS / name).read_text("utf-8")))
    return [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(json.loads(text))]


def failed(name: str, level: Level = Level.MUST, outcome: Outcome = Outcome.FAIL) -> Check:
    """Make a failed check of the requirement before the slash of its id."""
    reason = Reason.ACCEPTED if outcome is Outcome.FAIL else Reason.RATE_LIMITED
    return Check(name, name.partition("/")[0], level, outcome, reason, message="it was accepted", observed="200")


def scanned(run: Run) -> dict[str, Any]:
    """Render a run as SARIF and give the run in it."""
    told: dict[str, Any] = json.loads(sarif.render(run))["runs"][0]
    return told


# --- SARIF ---


def test_sarif_is_valid(golden: Run, real_run: Path) -> None:
    """The official schema allows it, whatever was found."""
    assert errors("sarif-2.1.0.json", sarif.render(golden)) == []
    assert errors("sarif-2.1.0.json", sarif.render(read_run(real_run))) == []


def test_sarif_of_the_whole_catalogue_is_valid(make_run: MakeRun) -> None:
    """Every requirement that there is makes a valid rule."""
    text = sarif.render(make_run(complete=False, catalogue=tuple(load_catalogue())))

    assert errors("sarif-2.1.0.json", text) == []
    assert len(json.loads(text)["runs"][0]["tool"]["driver"]["rules"]) == len(load_catalogue().ids)


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_hostile_text_keeps_sarif_valid(hostile_runs: st.SearchStrategy[Run], data: st.DataObject) -> None:
    """It stays valid and printable, and nothing that the target said becomes a link."""
    text = sarif.render(data.draw(hostile_runs))

    assert errors("sarif-2.1.0.json", text) == []
    assert text.replace("\n", "").isprintable()
    assert "](" not in "".join(result["message"]["text"] for result in json.loads(text)["runs"][0]["results"])


def test_sarif_has_what_github_demands(golden: Run) -> None:
    """Beyond the schema: short descriptions, help, a file with a line, tags, and a fingerprint that GitHub reads."""
    told = scanned(golden)

    for rule in told["tool"]["driver"]["rules"]:
        assert len(rule["shortDescription"]["text"]) <= 1024
        assert len(rule["fullDescription"]["text"]) <= 1024
        assert rule["help"]["text"]
        assert len(rule["properties"]["tags"]) <= 20
    for result in told["results"]:
        place = result["locations"][0]["physicalLocation"]
        assert not place["artifactLocation"]["uri"].startswith(("/", "file:"))
        assert place["region"]["startLine"] == 1
        assert result["partialFingerprints"]["primaryLocationLineHash"]
        assert told["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_sarif_has_one_result_for_each_violated_requirement(make_run: MakeRun) -> None:
    """Six hundred failed cells are one missing rule."""
    cells = [failed(f"a.one/asked[{number}]") for number in range(600)]

    (result,) = scanned(make_run(*cells))["results"]

    assert (result["ruleId"], result["occurrenceCount"]) == ("a.one", 600)
    assert len(result["message"]["text"]) < 2000


def test_sarif_levels_follow_the_gate(make_run: MakeRun) -> None:
    """What fails the run is an error, any deviation less."""
    run = make_run(failed("a.one/x"), failed("a.two/x", Level.SHOULD), failed("a.three/x", Level.MAY))

    assert [result["level"] for result in scanned(run)["results"]] == ["error", "warning", "note"]


def test_sarif_knows_a_violation_again(make_run: MakeRun) -> None:
    """The fingerprint stays where another check of the requirement fails in another way, and differs between two."""
    first, second = make_run(failed("a.one/x")), make_run(replace(failed("a.one/y"), observed="204"), failed("a.two/x"))

    def prints(run: Run) -> list[str]:
        return [result["partialFingerprints"]["primaryLocationLineHash"] for result in scanned(run)["results"]]

    assert prints(first) == prints(second)[:1]
    assert len(set(prints(second))) == 2


def test_sarif_makes_no_alert_of_what_is_open(make_run: MakeRun) -> None:
    """It is told as a notification instead."""
    told = scanned(make_run(failed("a.one/x", outcome=Outcome.INCONCLUSIVE)))

    assert told["results"] == []
    assert any("a.one" in note["message"]["text"] for note in told["invocations"][0]["toolExecutionNotifications"])


def test_sarif_of_an_incomplete_run_is_no_success(make_run: MakeRun) -> None:
    """A service that reads it cannot close alerts for want of results."""
    (invocation,) = scanned(make_run(complete=False))["invocations"]

    assert invocation["executionSuccessful"] is False
    assert "exitCode" not in invocation


def test_sarif_lies_in_the_target_file(make_run: MakeRun) -> None:
    """The one file of the user's repository that all this is about."""
    run = make_run(failed("a.one/x"))
    named = replace(run, target=replace(run.target, file="conformance/acme target.toml"))

    (result,) = scanned(named)["results"]

    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "conformance/acme%20target.toml"


def test_sarif_shows_the_exchange_that_was_compared(make_run: MakeRun) -> None:
    """Not the one that happened to be the last."""
    asked = [Exchange(n, "full", None, 0.01, "GET", f"https://acme.example/api/v1/Item?page={n}") for n in (1, 2)]
    exchanges = [replace(exchange, status=200) for exchange in asked]
    check = replace(failed("a.one/x"), exchanges=(1, 2), observed="<GET /Item?page=1 as full -> 200, asked once>")

    (result,) = scanned(make_run(check, exchanges=exchanges))["results"]

    assert result["webRequest"]["target"].endswith("page=1")


# --- HAR ---


def test_har_is_valid(golden: Run, real_run: Path) -> None:
    """The schema of HAR 1.2 allows it, and no exchange is missing."""
    text = har.render(golden)

    assert errors("har-1.2.json", text) == []
    assert errors("har-1.2.json", har.render(read_run(real_run))) == []
    assert len(json.loads(text)["log"]["entries"]) == len(golden.exchanges)


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_hostile_text_keeps_har_valid(hostile_runs: st.SearchStrategy[Run], data: st.DataObject) -> None:
    """What was sent may be no URL at all."""
    text = har.render(data.draw(hostile_runs))

    assert errors("har-1.2.json", text) == []
    assert text.replace("\n", "").isprintable()


def test_har_shows_tags_for_secrets_and_the_checks_of_an_exchange(golden: Run) -> None:
    """The transcript has no secret, so neither has this; an entry says whose evidence it is."""
    entries = json.loads(har.render(golden))["log"]["entries"]

    assert entries[0]["request"]["postData"]["text"].endswith("client_secret=<secret full#1>")
    assert "token.form" in entries[0]["_checks"]


def test_har_tells_of_an_answer_that_never_came(make_run: MakeRun) -> None:
    """As browsers do: status 0; the reason stands beside it."""
    exchange = Exchange(1, None, None, 1.0, "GET", "https://acme.example/api/v1/Item", error="connection reset")

    (entry,) = json.loads(har.render(make_run(exchanges=[exchange])))["log"]["entries"]

    assert (entry["response"]["status"], entry["response"]["_error"]) == (0, "connection reset")
    assert errors("har-1.2.json", har.render(make_run(exchanges=[exchange]))) == []


# --- annotations ---


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_hostile_text_is_no_workflow_command(hostile_runs: st.SearchStrategy[Run], data: st.DataObject) -> None:
    """Each line is one of ours; line breaks and percent signs of the target are escaped."""
    text = workflow.render(data.draw(hostile_runs))

    for line in text.splitlines():
        assert line.startswith(("::error title=", "::warning title=", "::notice title="))
    assert text.replace("\n", "").isprintable() or "\u00ad" not in text


def test_annotations_follow_the_gate(make_run: MakeRun) -> None:
    """Errors for what fails the run, warnings for deviations, the conclusion last."""
    run = make_run(
        failed("a.one/x"), failed("a.two/x", Level.SHOULD), failed("a.three/x", outcome=Outcome.INCONCLUSIVE)
    )

    kinds = [line.split("::")[1].partition("=")[2].partition(",")[0] for line in workflow.render(run).splitlines()]
    starts = [line.split(" ")[0] for line in workflow.render(run).splitlines()]

    assert starts == ["::error", "::error", "::warning", "::error"]
    assert kinds[:3] == ["a.one", "Required%2C but inconclusive", "a.two"]


def test_annotations_of_a_conformant_run_are_one_notice(make_run: MakeRun) -> None:
    """Nothing red or yellow where all is well."""
    (line,) = workflow.render(make_run(Check("a.one/x", "a.one", Level.MUST, Outcome.PASS))).splitlines()

    assert line.startswith("::notice ")


@pytest.mark.parametrize("complete", [True, False])
def test_annotations_of_a_run_without_verdict_are_an_error(make_run: MakeRun, *, complete: bool) -> None:
    """Neither an interrupted run nor one without a check is a notice."""
    assert "::error " in workflow.render(make_run(complete=complete)).splitlines()[-1]


def test_annotations_are_no_more_than_are_shown(make_run: MakeRun) -> None:
    """GitHub drops what goes beyond ten of a kind in a step: the conclusion is the tenth, the one before counts the rest."""
    lines = workflow.render(make_run(*[failed(f"a.r{number}/x") for number in range(40)])).splitlines()

    assert [line.split(" ")[0] for line in lines] == ["::error"] * 10
    assert "32 more" in lines[8]
    assert "the target violates 40 requirements" in lines[9]


# --- sizes ---


@pytest.mark.parametrize(
    ("name", "most", "measure"),
    [
        ("markdown", STEP_SUMMARY, len),
        ("junit", 30_000_000, len),
        ("annotations", 100_000, len),
    ],
)
def test_ten_thousand_failed_checks_fit(
    make_run: MakeRun, name: str, most: int, measure: Callable[[bytes], int]
) -> None:
    """Services drop what is larger: a step summary of 1 MiB, a list of tests of tens of megabytes."""
    exchange = Exchange(1, "full", None, 0.01, "GET", "https://acme.example/api/v1/Item", response_body="y" * 500)
    checks = [
        replace(failed(f"a.r{number % 350}/asked[{number}]"), exchanges=(1,), question="What was asked. " * 10)
        for number in range(10_000)
    ]

    text = FORMATS[name].render(make_run(*checks, exchanges=[exchange]))

    assert measure(text.encode()) < most
