"""Which assertions of the suite have been seen to fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.selftest.assertions import assertions, toothless

if TYPE_CHECKING:
    from pathlib import Path

MODULE = """
def test_first(answer):
    assert answer.status == 200
    if answer.json:
        assert (
            answer.json
            == {}
        )

    def inner():
        assert answer.headers

    inner()


def helper(answer):
    # toothless: nobody can break it
    assert answer is not None
    assert answer.code  # toothless: it always has one
"""


def written(folder: Path) -> Path:
    """A folder with one module of checks, and one that is none."""
    (folder / "test_sample.py").write_text(MODULE)
    (folder / "rows.py").write_text("def rows(found):\n    assert found\n")
    return folder


def test_assertions_are_known_by_function_and_ordinal(tmp_path: Path) -> None:
    """Those of an inner function are its own; those of other modules are about ourselves."""
    found = assertions(written(tmp_path))

    assert [(it.function, it.ordinal) for it in found] == [
        ("test_first", 1),
        ("test_first", 2),
        ("test_first.inner", 1),
        ("helper", 1),
        ("helper", 2),
    ]
    assert [it.excuse for it in found] == [None, None, None, "nobody can break it", "it always has one"]


def test_an_assertion_has_teeth_if_any_of_its_lines_failed(tmp_path: Path) -> None:
    """An assertion over several lines is reported by one of them."""
    known = assertions(written(tmp_path))

    dull = toothless({"test_sample.py:3", "test_sample.py:7", "test_other.py:11", ""}, known)

    assert [(it.function, it.ordinal) for it in dull] == [("test_first.inner", 1), ("helper", 1), ("helper", 2)]


def test_the_suite_has_assertions_to_be_proven() -> None:
    """None of them is found twice."""
    found = assertions()

    assert len(found) > 300
    assert len({(it.file, it.function, it.ordinal) for it in found}) == len(found)
