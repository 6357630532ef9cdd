"""The GitHub action and the examples for other services: their scripts are executed, as far as that goes without the service."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from conformance.reference.server import ReferenceServer
from conformance.report.formats import WRITTEN
from conformance.report.log import read_run

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "docs" / "examples" / "ci"
PROGRAM = Path(sys.executable).with_name("conformance")
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
LONGEST = 120
# What stands for the programs of a service: a narrow run, and nothing is installed.
STAND_INS = {
    "conformance": f'[ "$1" = run ] && set -- "$@" --requirement token.form --requirement token.right-secret-only\nexec "{PROGRAM}" "$@"\n',
    "pip": 'echo "pip $*" >> "$PIP_CALLS"\n',
    "python": 'mkdir -p "$3/bin"; : > "$3/bin/activate"; cp "$(command -v pip)" "$3/bin/pip"\n',
}


@dataclass(frozen=True)
class Place:
    """A folder with a target file, and the environment of a job in it."""

    folder: Path
    environment: dict[str, str]

    def bash(self, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Execute a script as services do."""
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.folder,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=LONGEST,
        )

    @property
    def run(self) -> Path:
        """The folder of the run."""
        return self.folder / "conformance-run"


@pytest.fixture(scope="module", params=[(), ("token.secret-prefix",)], ids=["conformant", "faulty"])
def server(request: pytest.FixtureRequest) -> Iterator[ReferenceServer]:
    """A server that conforms, and one that does not."""
    with ReferenceServer(faults=request.param) as running:
        yield running


@pytest.fixture
def place(server: ReferenceServer, tmp_path: Path) -> Place:
    """Make a job's folder, with a target file whose secrets stand in the environment."""
    return prepared(server, tmp_path)


def prepared(server: ReferenceServer, folder: Path) -> Place:
    """Write the target file and the stand-ins."""
    target = server.write_target(folder / "acme.toml")
    text, secrets = target.read_text("utf-8"), {}
    for client, name in (("full", "ACME_FULL_SECRET"), ("read-only", "ACME_READER_SECRET")):
        begin, middle, rest = text.partition(f'name = "{client}"')
        found = re.search(r'client_secret = "(.*)"', rest)
        assert found is not None
        secrets[name] = found[1]
        text = begin + middle + rest.replace(found[0], f'client_secret = {{ env = "{name}" }}', 1)
    target.write_text(text, encoding="utf-8")
    bin_folder = folder / "bin"
    bin_folder.mkdir()
    for name, script in STAND_INS.items():
        (bin_folder / name).write_text(f"#!/bin/sh\n{script}", encoding="utf-8")
        (bin_folder / name).chmod(0o755)
    path = f"{bin_folder}{os.pathsep}{os.environ['PATH']}"
    return Place(folder, {"PATH": path, "HOME": str(folder), "PIP_CALLS": str(folder / "pip-calls"), **secrets})


def conforms(server: ReferenceServer) -> bool:
    """Whether the server is the one without a fault."""
    return not server.faults


def load(path: Path) -> dict[Any, Any]:
    """Parse a YAML file."""
    parsed: dict[Any, Any] = yaml.safe_load(path.read_text("utf-8"))
    return parsed


# --- the action ---


ACTION = load(ROOT / "action.yml")
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
SCRIPTS: list[dict[str, Any]] = [step for step in STEPS if "run" in step]


@dataclass
class Job:
    """A job of a workflow that uses the action: its steps one after the other, as the service would take them."""

    place: Place
    inputs: dict[str, str]
    shown: str = ""

    def step(self, name: str) -> int:
        """Execute one step and give its exit status."""
        step = next(step for step in SCRIPTS if step["name"] == name)
        environment = {key: self.value(str(value)) for key, value in step.get("env", {}).items()}
        files = {key: str(self.file(key)) for key in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH")}
        own = {
            "RUNNER_TEMP": str(self.place.folder / "temp"),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_ACTIONS": "true",
        }
        done = self.place.bash(step["run"], **environment, **files, **own)
        self.shown += done.stdout + done.stderr
        return done.returncode

    def file(self, name: str) -> Path:
        """The file that the service hands to a step under a name."""
        path = self.place.folder / name.lower()
        path.touch()
        return path

    def value(self, text: str) -> str:
        """Work out the expressions in a text."""
        return EXPRESSION.sub(lambda match: self._of(match[1]), text)

    def _of(self, expression: str) -> str:
        if expression.startswith("inputs."):
            name = expression.removeprefix("inputs.")
            return self.inputs.get(name, str(ACTION["inputs"][name]["default"]))
        return self.outputs[expression.rpartition(".")[2]]

    @property
    def outputs(self) -> dict[str, str]:
        """What the steps handed on."""
        return dict(line.split("=", 1) for line in self.file("GITHUB_OUTPUT").read_text("utf-8").splitlines())


def test_action_runs_shows_and_judges(server: ReferenceServer, place: Place) -> None:
    """Every report is there whatever the exit status is, and the last step ends with it."""
    job = Job(place, {"target": "acme.toml", "arguments": "--gate=must\n--seed\n3\n"})

    assert [job.step("Install"), job.step("Run"), job.step("Show")] == [0, 0, 0], job.shown
    status = job.step("Judge")

    assert status == (0 if conforms(server) else 1), job.shown
    assert read_run(place.run).seed == 3
    assert ("# InventoryPro conformance: conformant" in job.file("GITHUB_STEP_SUMMARY").read_text()) == conforms(server)
    assert ("::error title=token.right-secret-only::" in job.shown) == (not conforms(server))
    assert (place.folder / job.outputs["sarif"]).is_file()
    assert str(ROOT) in (place.folder / "pip-calls").read_text()


def test_action_lets_no_target_command_the_workflow(place: Place) -> None:
    """What is printed of answers stands between a stop and its end, whose word nobody can foresee."""
    job = Job(place, {"target": "acme.toml"})

    job.step("Run")

    stops = re.findall(r"^::stop-commands::(\S+)$", job.shown, flags=re.MULTILINE)
    assert len(stops) == 1
    assert job.shown.index(f"::{stops[0]}::") > job.shown.index("Required")


def test_action_ends_with_the_exit_status_of_a_run_that_never_began(tmp_path: Path) -> None:
    """The server is gone: there is no log to show, and the status is that of an unreachable target."""
    with ReferenceServer() as server:
        place = prepared(server, tmp_path)
    job = Job(place, {"target": "acme.toml"})

    assert [job.step("Run"), job.step("Show"), job.step("Judge")] == [0, 0, 3], job.shown


def test_inputs_of_the_action_are_no_commands(place: Place) -> None:
    """What a workflow hands on may come from a stranger's branch."""
    job = Job(place, {"target": "acme.toml", "arguments": '$(touch caught)\n"; touch caught'})

    job.step("Run")

    assert job.outputs["exit-status"] == "2"
    assert not (place.folder / "caught").exists()
    assert not [step["name"] for step in SCRIPTS if EXPRESSION.search(step["run"])]


# --- the others ---


def gitlab() -> list[str]:
    """The scripts of the job, in the order of their execution."""
    job = load(EXAMPLES / "gitlab-ci.yml")["conformance"]
    return [*job["before_script"], *job["script"]]


def azure() -> list[str]:
    """The scripts of the steps."""
    (job,) = load(EXAMPLES / "azure-pipelines.yml")["jobs"]
    return [step["script"] for step in job["steps"] if "script" in step]


def jenkins() -> list[str]:
    """The scripts of the stages."""
    return re.findall(r"sh '''(.*?)'''", (EXAMPLES / "Jenkinsfile").read_text("utf-8"), flags=re.DOTALL)


SERVICES = {"gitlab-ci.yml": gitlab, "azure-pipelines.yml": azure, "Jenkinsfile": jenkins}


@pytest.mark.parametrize("name", SERVICES)
def test_example_runs_and_leaves_what_it_publishes(server: ReferenceServer, place: Place, name: str) -> None:
    """The job fails where the target does, and what the service is to take is there all the same."""
    scripts = SERVICES[name]()

    ended = [place.bash(script, CONFORMANCE="inventorypro-conformance") for script in scripts]

    assert any(done.returncode for done in ended) == (not conforms(server)), [done.stderr for done in ended]
    published = set(re.findall(r"conformance-run/([\w.]+)", (EXAMPLES / name).read_text("utf-8")))
    assert "junit.xml" in published
    assert published <= {path.name for path in place.run.iterdir()}
    assert "install --quiet inventorypro-conformance" in (place.folder / "pip-calls").read_text()


@pytest.mark.parametrize("script", [*(step["run"] for step in SCRIPTS), *gitlab(), *azure(), *jenkins()])
def test_scripts_are_bash(script: str) -> None:
    """Without executing them."""
    done = subprocess.run(["bash", "-n", "-c", script], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", ["github.yml", "azure-pipelines.yml", "Jenkinsfile", "gitlab-ci.yml"])
def test_example_names_the_secrets_of_its_target(name: str) -> None:
    """They come from the service's own store, and no example shows one."""
    text = (EXAMPLES / name).read_text("utf-8")

    assert "ACME_FULL_SECRET" in text
    assert "client_secret" not in text


def test_workflow_hands_on_what_the_action_takes() -> None:
    """Its inputs and outputs are those of the action."""
    steps = load(EXAMPLES / "github.yml")["jobs"]["conformance"]["steps"]
    (used,) = [step for step in steps if "inventorypro-conformance" in step.get("uses", "")]

    assert used["with"].keys() <= ACTION["inputs"].keys()
    text = (EXAMPLES / "github.yml").read_text("utf-8")
    assert set(re.findall(r"steps\.conformance\.outputs\.([\w-]+)", text)) <= ACTION["outputs"].keys()


def test_guide_tells_every_exit_status() -> None:
    """As the README does."""
    table = re.findall(r"^\| (\d+) \|", (ROOT / "docs" / "ci.md").read_text("utf-8"), flags=re.MULTILINE)

    assert table == ["0", "1", "2", "3", "4", "5", "6", "130"]
    assert set(WRITTEN) <= {"markdown", "junit", "html"}
