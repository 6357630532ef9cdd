"""`conformance plan`: what a run would do, told without sending anything, and what the run then does."""

from __future__ import annotations

import json
import socket
from collections import Counter
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from conformance.contract.outcomes import Reason
from conformance.contract.specification import load_specification
from conformance.errors import NotRun, Undecided
from conformance.prerequisites import MADE_WITHOUT_EXAMPLE
from conformance.suite.exercises import Workshop

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from conftest import Call, TargetFile

    Edit = Callable[[str], str]

ALL_KINDS = ("full", "none", "read-only", "warehouse-1", "reports-some", "expendable-1")


@pytest.fixture
def silence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no name be resolved and no connection be made."""

    def refuse(*_: object, **__: object) -> Any:
        raise AssertionError("a plan has used the network")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.mark.usefixtures("silence")
def test_plan_sends_nothing(call: Call, target_file: TargetFile, setting: Callable[..., Edit]) -> None:
    """Not even a name is resolved: the target need not exist."""
    target = target_file(edit=setting(base_url='"https://nowhere.invalid/api/v1"', url='"https://nowhere.invalid/c"'))

    called = call("plan", target)

    assert called.exit == 0
    assert called.out.startswith("PLAN")
    assert "nowhere.invalid" in called.out


def test_plan_tells_all_that_a_run_would_do(call: Call, target_file: TargetFile) -> None:
    """Checks, requests, clients, control actions, waiting, changes; at most 100 characters a line."""
    called = call("plan", target_file(clients=ALL_KINDS))

    for words in (
        "requests",
        "rotation.old-tokens-live-on",
        "rotate, advance",
        "expendable-1",
        "its secret may be rotated",
        "items created",
        "discontinued at the end",
        "webhook subscriptions created",
        "stock moved by the declared examples: POST /Inventory/Receive",
        "nothing is really waited for",
        "CONFORMANT (exit status 0)",
        "advice.client-side-code",
    ):
        assert words in called.told
    assert max(map(len, called.out.splitlines())) <= 100


def test_plan_without_control_waits(call: Call, target_file: TargetFile, without: Callable[[str], Edit]) -> None:
    """No control moves the clock: what fits into the longest wait is waited for, the rest is pending."""
    target = target_file(clients=ALL_KINDS, edit=without("control"))

    short = json.loads(call("plan", target, "--json", "--requirement", "expiry.*").out)
    long = json.loads(call("plan", target, "--json", "--requirement", "expiry.*", "--longest-wait", "7h").out)

    assert short["best"] == {"conclusion": "pending", "exit": 6}
    assert short["longest_wait"] == 0
    assert short["left_out"][0]["reason"] == "long-wait"
    assert long["best"] == {"conclusion": "conformant", "exit": 0}
    assert 4 * 3600 < long["longest_wait"] < 7 * 3600


def test_plan_with_an_operator_waits(call: Call, target_file: TargetFile, without: Callable[[str], Edit]) -> None:
    """A person rotates and disables, and moves no clock."""
    target = target_file(clients=ALL_KINDS, edit=lambda text: "[control]\noperator = true\n" + without("control")(text))

    planned = json.loads(call("plan", target, "--json", "--requirement", "disabling.*").out)

    assert planned["moves_clock"] is False
    assert 60 < planned["longest_wait"] <= 300
    assert planned["waiting"] >= planned["longest_wait"]
    assert planned["best"]["exit"] == 0


def test_plan_says_that_read_only_mode_stays_undecided_without_writes(call: Call, target_file: TargetFile) -> None:
    """With writes = false row A17 cannot be checked."""
    target = target_file(clients=ALL_KINDS, edit=no_writes)

    called = call("plan", target)

    assert "A17" in called.told
    assert "PARTIAL (exit status 5)" in called.told
    assert "[writes-off]" in called.told


def test_plan_says_that_rotation_cannot_be_run(
    call: Call, target_file: TargetFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a new secret could be kept nowhere, nothing is rotated."""
    monkeypatch.setattr("conformance.target.secrets._replaceable", lambda _path: False)

    called = call("plan", target_file(), "--requirement", "rotation.*")

    assert "[needs-secret-store]" in called.told
    assert "PARTIAL" in called.told


@pytest.mark.parametrize(
    ("clients", "table", "pattern"),
    [
        (("full",), None, "authorization.*"),
        (("full", "none"), None, "authorization.permission"),
        (("full", "read-only"), "examples", "authorization.read-only"),
        (("full", "warehouse-1"), None, "authorization.warehouse-*"),
        (("none",), None, "[abdeort]*.*"),
        (("full",), "control", "rotation.*"),
        (("full", "none", "expendable-1"), "examples", "[eiw]*.*"),
        (("read-only", "warehouse-1"), None, "[ehlrw]*.*"),
        (("reports-some",), "data", "[air]*.*"),
        (("full", "none", "warehouses-2-3"), None, "[ab]*.*"),
    ],
)
def test_plan_foresees_what_the_run_then_leaves_out(
    call: Call,
    target_file: TargetFile,
    without: Callable[[str], Edit],
    tmp_path: Path,
    clients: tuple[str, ...],
    table: str | None,
    pattern: str,
) -> None:
    """On a target that conforms, the verdicts are those of the plan."""
    target = target_file(clients=clients, edit=without(table) if table else str)
    selection = ("--requirement", pattern)

    planned = json.loads(call("plan", target, "--json", *selection).out)
    called = call("run", target, "--json", *selection, "--out", tmp_path / "out")

    run = json.loads(called.out)
    expected = {entry["id"]: entry["standing"].replace("asked", "pass") for entry in planned["requirements"]}
    assert run["requirements"] == expected
    assert called.exit == planned["best"]["exit"]


def test_plan_foresees_what_examples_do_not_tell(call: Call, target_file: TargetFile, tmp_path: Path) -> None:
    """An example that does not say which stock it moves is as good as none for some checks."""
    moves = 'recNo = "{recNo}", toSpot'
    target = target_file(clients=ALL_KINDS, edit=lambda text: text.replace(moves, "recNo = 17, toSpot"))
    selection = ("--requirement", "inventory.*")

    planned = json.loads(call("plan", target, "--json", *selection).out)
    called = call("run", target, "--json", *selection, "--out", tmp_path / "out")

    standings = {entry["id"]: entry["standing"].replace("asked", "pass") for entry in planned["requirements"]}
    assert standings["inventory.move"] == standings["inventory.held-move"] == "not_run"
    assert any("does not tell what it moves" in group["message"] for group in planned["left_out"])
    assert json.loads(called.out)["requirements"] == standings


def test_plan_says_what_only_the_target_can_tell(
    call: Call, target_file: TargetFile, without: Callable[..., Edit]
) -> None:
    """A client may have subscriptions that nobody declares: what reads them is perhaps not run."""
    called = call("plan", target_file(edit=without("examples")), "--requirement", "webhooks.fields")

    assert "perhaps not run" in called.told
    assert "CONFORMANT (exit status 0)" in called.told


@pytest.mark.parametrize(
    "patterns",
    [
        ("authorization.*", "rotation.*"),
        ("pagination.*", "categories.*"),
        ("errors.*", "hardening.*", "locations.*"),
        ("items.*", "inventory.*", "webhooks.*", "*-orders.*"),
        ("property.*",),
    ],
    ids=" ".join,
)
def test_plan_estimates_what_a_run_sends_and_changes(
    call: Call, target_file: TargetFile, tmp_path: Path, patterns: tuple[str, ...]
) -> None:
    """Within a factor of two: requests, writes among them, what is created; a few more or less where there are few."""
    target = target_file(clients=ALL_KINDS)
    selection = ["--examples", "4", *(part for pattern in patterns for part in ("--requirement", pattern))]

    planned = json.loads(call("plan", target, "--json", *selection).out)
    call("run", target, *selection, "--out", tmp_path / "out")

    sent = exchanges_of(tmp_path / "out")
    writes = [request for request in sent if request.writes]
    created = Counter(request.label for request in writes if request.status == 201)
    assert_alike(planned["requests"], len(sent))
    assert_alike(planned["writes"], len(writes))
    assert_alike(planned["changes"]["items"], created["POST /Item"])
    assert_alike(planned["changes"]["subscriptions"], created["POST /Webhook"])


def assert_alike(estimate: int, number: int) -> None:
    """Compare an estimate with what came."""
    slack = 6
    assert number / 2 - slack <= estimate <= number * 2 + slack


def test_nothing_is_written_without_writes(call: Call, target_file: TargetFile, tmp_path: Path) -> None:
    """But for token requests and the control, no request could change anything with `writes = false`."""
    target = target_file(clients=ALL_KINDS, edit=no_writes)

    planned = json.loads(call("plan", target, "--json").out)
    call("run", target, "--requirement", "[abeilprw]*.*", "--examples", "1", "--out", tmp_path / "out")

    sent = exchanges_of(tmp_path / "out")
    assert planned["writes"] == planned["changes"]["items"] == planned["changes"]["subscriptions"] == 0
    assert len(sent) > 100
    assert [request.label for request in sent if request.writes] == []


@dataclass(frozen=True)
class Sent:
    """One request of a run, and the status that it got."""

    label: str
    status: int

    @property
    def writes(self) -> bool:
        """Whether it asks the target for a change: no token request, and nothing that the control is asked."""
        return not self.label.startswith("GET") and self.label not in {"POST /Token", "POST /control"}


def exchanges_of(folder: Path) -> list[Sent]:
    """The requests of a run."""
    lines = [json.loads(line) for line in (folder / "exchanges.jsonl").read_text("utf-8").splitlines()]
    return [Sent(label_of(line["request"]), (line["response"] or {}).get("status", 0)) for line in lines]


def label_of(request: Mapping[str, str]) -> str:
    """The method and the path below the base."""
    path = urlsplit(request["url"]).path.removeprefix("/api/v1")
    return f"{request['method']} {path}"


def test_writes_that_need_no_example_are_those_of_the_workshop() -> None:
    """The plan and the run agree on which writes need a declared example."""

    class Emptiness:
        """A world that holds nothing and knows no example; some client may do anything."""

        def able(self, *_: object) -> SimpleNamespace:
            return SimpleNamespace(name="full")

        def __getattr__(self, name: str) -> Any:
            if name == "target":
                return SimpleNamespace(examples={}, limits=SimpleNamespace(writes=True))
            if name == "specification":
                return load_specification()
            raise NotRun(Reason.NEEDS_DATA, name)

    needing = set()
    for operation in load_specification():
        if operation.is_write:
            try:
                Workshop(Emptiness(), "x").make(operation, 1)  # type: ignore[arg-type]
            except Undecided as undecided:
                if undecided.reason is Reason.NEEDS_EXAMPLE:
                    needing.add(operation.label)

    writes = {operation.label for operation in load_specification() if operation.is_write}
    assert writes - needing == MADE_WITHOUT_EXAMPLE


def no_writes(text: str) -> str:
    """Forbid writes in a target file."""
    return text.replace("[limits]\n", "[limits]\nwrites = false\n")
