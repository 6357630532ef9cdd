"""The data files are found in the installed package and in the checkout."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.contract import resources
from conformance.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def roots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Two empty roots in place of the package's and the checkout's."""
    package, checkout = tmp_path / "package", tmp_path / "checkout"
    package.mkdir()
    checkout.mkdir()
    monkeypatch.setattr(resources, "ROOTS", (package, checkout))
    return package, checkout


def test_the_package_comes_before_the_checkout(roots: tuple[Path, Path]) -> None:
    """A wheel reads its own data even where a checkout lies beside it."""
    for root in roots:
        (root / "facts.txt").write_text(root.name, encoding="utf-8")

    text = resources.read_data("facts.txt")

    assert text == "package"


def test_the_checkout_serves_an_editable_install(roots: tuple[Path, Path]) -> None:
    """Where the package carries no data the folders of the checkout are read, as UTF-8."""
    (roots[1] / "facts.txt").write_text("Größe", encoding="utf-8")

    text = resources.read_data("facts.txt")

    assert text == "Größe"


def test_a_missing_file_names_every_place(roots: tuple[Path, Path]) -> None:
    """The message says what was looked for and where."""
    with pytest.raises(UsageError) as caught:
        resources.data_path("facts.txt")

    assert all(str(part) in str(caught.value) for part in ("facts.txt", *roots))


def test_broken_yaml_names_its_file(roots: tuple[Path, Path]) -> None:
    """A file that is no YAML is the person's problem, with its name."""
    (roots[0] / "facts.yaml").write_text("a: [", encoding="utf-8")

    with pytest.raises(UsageError, match=r"^facts\.yaml: not readable as YAML"):
        resources.load_yaml("facts.yaml")
