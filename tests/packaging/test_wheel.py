"""The wheel holds all that a run needs: installed into an empty environment it does the main job."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel that was built from the tree."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def test_wheel_holds_code_and_data_alone(wheel: Path) -> None:
    """Specification, catalogue and world are inside; tests and caches are not."""
    names = zipfile.ZipFile(wheel).namelist()

    assert "conformance/_data/specs/openapi.yaml" in names
    assert "conformance/_data/specs/requirements/authentication.yaml" in names
    assert any(name.startswith("conformance/_data/fixtures/world/") for name in names)
    assert "conformance/suite/pytest.ini" in names
    assert not [name for name in names if name.startswith("tests/") or "__pycache__" in name]


def test_wheel_in_an_empty_environment_runs_the_main_job(wheel: Path, tmp_path: Path) -> None:
    """`conformance run` passes against the bundled server, from a folder that knows nothing of the checkout."""
    constraints = tmp_path / "constraints.txt"
    pins = re.findall(r"^([\w.-]+==[^\s;\\]+)", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE)
    constraints.write_text("\n".join(pins), "utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))}
    venv.create(tmp_path / "venv", with_pip=True)
    program = tmp_path / "venv" / "bin"

    install = [str(program / "python"), "-m", "pip", "install", "--quiet", "-c", str(constraints), str(wheel)]
    subprocess.run(install, check=True, capture_output=True, env=environment)
    command = [str(program / "conformance"), "run", "--quiet", "--out", "run"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "the target meets all" in done.stdout
    assert (tmp_path / "run" / "junit.xml").is_file()
