"""The file that `conformance init` writes is a target file, as it is and with every setting taken up."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import trustme

from conformance.contract.specification import load_specification
from conformance.errors import OutputError, TargetFileError, UsageError
from conformance.target.file import load_target
from conformance.target.template import TEMPLATE, write_template

SETTING = re.compile(r"^#(?=\S)", re.MULTILINE)


def set_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set every environment variable that the template names."""
    for number, name in enumerate(re.findall(r'env = "(ACME_\w+)"', TEMPLATE)):
        monkeypatch.setenv(name, f"s3cr3t-{number}")


def test_the_template_is_ready_once_its_variable_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One client is enough to begin with."""
    set_variables(monkeypatch)
    write_template(tmp_path / "acme.toml")

    target = load_target(tmp_path / "acme.toml", load_specification())

    assert [client.name for client in target.clients] == ["full"]


def test_only_the_variable_is_missing_in_a_fresh_template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs it too early learns what to set."""
    monkeypatch.delenv("ACME_FULL_SECRET", raising=False)
    write_template(tmp_path / "acme.toml")

    with pytest.raises(TargetFileError) as caught:
        load_target(tmp_path / "acme.toml", load_specification())

    assert caught.value.problems == ("clients[0].client_secret: environment variable ACME_FULL_SECRET is not set",)


def test_every_setting_of_the_template_is_valid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Taking the "#" away is all that it needs."""
    set_variables(monkeypatch)
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "acme-ca.pem"))
    shutil.copy(Path(__file__).parents[2] / "docs" / "examples" / "acme.overlay.yaml", tmp_path)
    (tmp_path / "acme.toml").write_text(SETTING.sub("", TEMPLATE), encoding="utf-8")

    target = load_target(tmp_path / "acme.toml", load_specification())

    assert len(target.clients) == 7
    assert target.control is not None
    assert set(target.examples) == {
        "POST /Inventory/Receive",
        "POST /Inventory/Move",
        "POST /Inventory/Issue",
        "POST /Webhook",
    }


def test_no_line_is_too_wide_to_read() -> None:
    """The file is read in editors and terminals."""
    assert max(len(line) for line in TEMPLATE.splitlines()) <= 120


def test_an_existing_file_is_never_overwritten(tmp_path: Path) -> None:
    """It may hold somebody's work."""
    path = tmp_path / "acme.toml"
    path.write_text("mine")

    with pytest.raises(UsageError, match="exists already; give another name, nothing was overwritten"):
        write_template(path)

    assert path.read_text() == "mine"


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """With the file's name and the system's reason."""
    with pytest.raises(OutputError, match=r"none/acme.toml: cannot be written: No such file or directory"):
        write_template(tmp_path / "none" / "acme.toml")
