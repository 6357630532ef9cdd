"""Many runs over time: what is violated since when, what flaps, and which folders cannot be read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from conformance.errors import UsageError
from conformance.report.history import as_json as history_json
from conformance.report.history import html as history_html
from conformance.report.history import markdown as history_markdown
from conformance.report.history import text as history_text
from conformance.report.history.history import Course, History, read_histories

if TYPE_CHECKING:
    from pathlib import Path

WORDS = {".": "pass", "X": "fail", "?": "blocked"}
RENDERERS = (history_text.render, history_markdown.render, history_html.render)


def write(folder: Path, day: int, verdicts: str, *, target: str = "Acme", complete: bool = True) -> None:
    """Write a run of that day: a mark for each requirement `a.r0`, `a.r1`..., a blank for one that is not asked."""
    asked = {f"a.r{at}": WORDS[mark] for at, mark in enumerate(verdicts) if mark != " "}
    run = {
        "event": "run",
        "schema": 1,
        "run": f"run-{day}",
        "started": f"2026-11-{day:02}T16:00:00Z",
        "target": {"name": target, "base_url": "https://acme.example/api/v1"},
        "gating": list(asked),
        "catalogue": [{"id": name} for name in asked],
    }
    events: list[dict[str, object]] = [
        {"event": "check", "id": f"{name}/x", "requirement": name, "outcome": outcome, "reason": "accepted"}
        for name, outcome in asked.items()
    ]
    worst = "nonconformant" if "fail" in asked.values() else "conformant"
    passed = sum(outcome == "pass" for outcome in asked.values())
    numbers = {"passed": passed, "exercised": passed, "required": len(asked)}
    if complete:
        events.append({"event": "end", "conclusion": worst, "requirements": asked, **numbers})
    place = folder / f"run-{day}"
    place.mkdir()
    (place / "run.jsonl").write_text("".join(json.dumps(event) + "\n" for event in [run, *events]), encoding="utf-8")


def history(folder: Path, *runs: str) -> History:
    """Write runs of one target, one a day, and read their history."""
    for day, verdicts in enumerate(runs, start=1):
        write(folder, day, verdicts)
    (found,) = read_histories(folder).targets
    return found


def course(found: History, name: str = "a.r0") -> Course:
    """Give what one requirement went through."""
    return next(row.course for row in found.rows if row.requirement.id == name)


@pytest.mark.parametrize(
    ("verdicts", "first", "since", "good", "flaps"),
    [
        ("....", None, None, 3, False),
        ("..XX", 2, 2, 1, False),
        ("XXXX", 0, 0, None, False),
        (".X..", 1, None, 3, False),
        (".X.X", 1, 3, 2, True),
        ("X.X.", 0, None, 3, True),
        # What is not decided is no turn.
        (".?.X", 3, 3, 2, False),
        ("X?X?", 0, 0, None, False),
        (" . X", 3, 3, 1, False),
    ],
)
def test_course_of_a_requirement(
    tmp_path: Path,
    verdicts: str,
    first: int | None,
    since: int | None,
    good: int | None,
    flaps: bool,  # noqa: FBT001 -- a table
) -> None:
    """First violated, violated since, last met, flapping."""
    found = course(history(tmp_path, *(f"{mark}." for mark in verdicts)))

    assert (found.first_violated, found.violated_since, found.last_pass, found.flaps) == (first, since, good, flaps)


def test_flapping_checks_are_named(tmp_path: Path) -> None:
    """Violated, met and violated again."""
    found = history(tmp_path, "X.", "..", "X.")

    assert [name for name, _ in found.flapping] == ["a.r0/x"]


def test_what_is_violated_now_comes_first(tmp_path: Path) -> None:
    """Then what was; what never was is left out."""
    found = history(tmp_path, "X..", "..X")

    assert [row.requirement.id for row in found.telling] == ["a.r2", "a.r0"]


def test_runs_are_ordered_by_their_start(tmp_path: Path) -> None:
    """Whatever their folders are called."""
    for day in (3, 1, 2):
        write(tmp_path, day, ".")
    (tmp_path / "run-1").rename(tmp_path / "z")

    (found,) = read_histories(tmp_path).targets

    assert [column.run for column in found.columns] == ["run-1", "run-2", "run-3"]


def test_targets_are_told_apart(tmp_path: Path) -> None:
    """Two implementations in one folder are two histories."""
    write(tmp_path, 1, ".", target="Acme")
    write(tmp_path, 2, "X", target="Other")

    assert [found.target for found in read_histories(tmp_path).targets] == ["Acme", "Other"]


@pytest.mark.parametrize("render", [*RENDERERS, history_json.render])
def test_unreadable_run_is_named_and_left_out(tmp_path: Path, render: object) -> None:
    """One that is damaged, and one that never began; a folder without a log is no run."""
    write(tmp_path, 1, ".")
    for name, content in (("torn", "{\n{}\n"), ("empty", "")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "run.jsonl").write_text(content, encoding="utf-8")
    (tmp_path / "other").mkdir()

    histories = read_histories(tmp_path)
    text = render(histories)  # type: ignore[operator]

    assert sorted(left.folder.name for left in histories.unreadable) == ["empty", "torn"]
    assert len(histories.targets[0].columns) == 1
    for left in histories.unreadable:
        assert left.folder.name in text


@pytest.mark.parametrize(("make", "words"), [(False, "is no folder"), (True, "holds no run that can be read")])
def test_folder_without_runs_is_wrong_usage(tmp_path: Path, make: bool, words: str) -> None:  # noqa: FBT001 -- a table
    """The message says which folder is wanted."""
    if make:
        (tmp_path / "runs").mkdir()

    with pytest.raises(UsageError, match=words):
        read_histories(tmp_path / "runs")


def test_incomplete_run_is_part_of_the_history(tmp_path: Path) -> None:
    """It says what it had found, and that it is incomplete."""
    write(tmp_path, 1, ".")
    write(tmp_path, 2, "X", complete=False)

    (found,) = read_histories(tmp_path).targets

    assert [column.word for column in found.columns] == ["conformant", "incomplete"]
    assert course(found).violated_since == 1


def test_picture_has_a_mark_for_each_run(tmp_path: Path) -> None:
    """In Unicode, or in ASCII where the output can show no more."""
    history(tmp_path, "..", ".X", "?X", " X")
    histories = read_histories(tmp_path)

    text, plain = history_text.render(histories), history_text.render(histories, encoding="ascii")

    assert "a.r1                ·███  since 2026-11-02 (run 2), last met 2026-11-01 (run 1)" in text
    assert "a.r1                .XXX  since 2026-11-02 (run 2)" in plain
    assert plain.isascii()


def test_long_history_shows_its_end(tmp_path: Path) -> None:
    """A line holds the last runs; which ones is said."""
    for day in range(1, 29):
        write(tmp_path, day, "X")

    text = history_text.render(read_histories(tmp_path), width=60)

    assert "28 runs" in text
    assert "the last 12 of them" in text
    assert all(len(line) <= 90 for line in text.splitlines())


@pytest.mark.parametrize("render", RENDERERS)
def test_every_format_tells_since_when(tmp_path: Path, render: object) -> None:
    """The requirement, the day, the runs."""
    history(tmp_path, ".", "X", "X")

    text = render(read_histories(tmp_path))  # type: ignore[operator]

    for words in ("a.r0", "2026-11-02 (run 2)", "2026-11-01 (run 1)", "nonconformant"):
        assert words in text


def test_json_holds_everything(tmp_path: Path) -> None:
    """As docs/regression.md says."""
    history(tmp_path, "..", "X.")

    told = json.loads(history_json.render(read_histories(tmp_path)))

    assert (told["schema"], told["kind"], told["unreadable"]) == (1, "history", [])
    (target,) = told["targets"]
    assert [run["conclusion"] for run in target["runs"]] == ["conformant", "nonconformant"]
    assert target["requirements"][0] == {
        "requirement": "a.r0",
        "level": "must",
        "required": True,
        "verdicts": ["pass", "fail"],
        "first_violated": 1,
        "violated_since": 1,
        "last_good": 0,
        "flapping": False,
    }


def test_page_draws_the_numbers(tmp_path: Path) -> None:
    """One point a run, within the drawing, and nothing from elsewhere."""
    history(tmp_path, "..", "X.", "XX")

    page = history_html.render(read_histories(tmp_path))
    drawing = history_html.draw(read_histories(tmp_path).targets[0].columns)

    assert page.count("<circle") == 3
    assert [point.y for point in drawing.points] == sorted(point.y for point in drawing.points)
    assert all(0 <= point.x <= history_html.WIDTH and 0 <= point.y <= drawing.foot for point in drawing.points)
    assert "http://" not in page
    assert "https://" not in page
