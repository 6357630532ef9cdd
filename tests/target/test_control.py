"""Each way of control carries the same actions, and says clearly what went wrong."""

from __future__ import annotations

import io
import json
import os
import stat
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from conformance.errors import ControlActionMissingError, ControlError
from conformance.target import control as module
from conformance.target.command import CommandControl
from conformance.target.control import ControlDoubtfulError, ControlExchange, HttpControl, open_control
from conformance.target.file import CommandControlConfig, HttpControlConfig, OperatorControlConfig, Target
from conformance.target.operator import OperatorControl
from conformance.target.secrets import Inline, Secret

if TYPE_CHECKING:
    from collections.abc import Callable

URL = "https://127.0.0.1:9443/control"
ALL = ["describe", "advance", "rotate", "disable", "enable", "reset"]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

Question = dict[str, Any]


class Administration:
    """A target's administration as it should be; `odd` answers of a test take precedence, action by action."""

    def __init__(self, **odd: httpx.Response | Exception) -> None:
        self.asked: list[Question] = []
        self.requests: list[httpx.Request] = []
        self.now = NOON
        self.moves = True
        self._odd = odd

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        question = json.loads(request.content)
        self.asked.append(question)
        self.requests.append(request)
        if question["action"] == "advance" and self.moves:
            self.now += timedelta(seconds=question["seconds"])
        odd = self._odd.get(question["action"])
        if isinstance(odd, Exception):
            raise odd
        return odd or httpx.Response(200, json=self._answer(question))

    def _answer(self, question: Question) -> Question:
        match question["action"]:
            case "describe":
                return {"actions": ALL, "now": self.now.isoformat().replace("+00:00", "Z")}
            case "advance":
                return {"now": self.now.isoformat()}
            case "rotate":
                return {"client_secret": "r0tated"}
        return {}


def http(
    administration: Callable[[httpx.Request], httpx.Response], record: Callable[[ControlExchange], None] | None = None
) -> HttpControl:
    """Make a control that asks an administration within this process."""
    config = HttpControlConfig(URL, Secret("t0ken", Inline()))
    return HttpControl(config, httpx.Client(transport=httpx.MockTransport(administration)), record)


def answering(action: str, *args: Any, **kwargs: Any) -> HttpControl:
    """Make a control whose target answers one action oddly."""
    return http(Administration(**{action: httpx.Response(*args, **kwargs)}))


def test_questions_are_those_of_the_protocol() -> None:
    """One JSON object each, posted with the bearer token."""
    administration = Administration()
    control = http(administration)

    control.describe()
    control.advance(14400.0)
    control.advance(0.5)
    control.rotate("ipc-full")
    control.disable("ipc-full")
    control.enable("ipc-full")
    control.reset()

    assert administration.asked == [
        {"action": "describe"},
        {"action": "advance", "seconds": 14400},
        {"action": "advance", "seconds": 0.5},
        {"action": "rotate", "client_id": "ipc-full"},
        {"action": "disable", "client_id": "ipc-full"},
        {"action": "enable", "client_id": "ipc-full"},
        {"action": "reset"},
    ]
    assert {request.method for request in administration.requests} == {"POST"}
    assert {request.headers["Authorization"] for request in administration.requests} == {"Bearer t0ken"}
    assert {request.headers["Content-Type"] for request in administration.requests} == {"application/json"}
    assert administration.requests[0].content == b'{"action":"describe"}'
    assert b'"seconds":14400,' not in administration.requests[1].content
    assert b'"seconds":14400}' in administration.requests[1].content


def test_answers_are_read() -> None:
    """Actions, times with their offset, a secret."""
    control = http(Administration())

    description = control.describe()

    assert description.actions == frozenset(ALL)
    assert description.now == NOON
    assert control.advance(60) == NOON + timedelta(seconds=60)
    assert control.rotate("ipc-full") == "r0tated"


def test_actions_are_asked_for_once() -> None:
    """Whoever does not ask first is not misled by an empty list."""
    administration = Administration()
    control = http(administration)

    assert "rotate" in control.actions
    control.disable("ipc-full")

    assert [question["action"] for question in administration.asked] == ["describe", "disable"]


@pytest.mark.parametrize("action", ["advance", "rotate", "disable", "enable", "reset"])
def test_an_action_that_is_not_offered_is_not_asked_for(action: str) -> None:
    """The error names it, and what there is instead."""
    administration = Administration(describe=httpx.Response(200, json={"actions": ["describe", "shutdown"]}))
    control = http(administration)
    arguments = {"advance": [1.0], "reset": []}.get(action, ["ipc-full"])

    with pytest.raises(ControlActionMissingError, match=rf"does not offer {action} \(it offers describe, shutdown\)"):
        getattr(control, action)(*arguments)

    assert administration.asked == [{"action": "describe"}]


def test_a_target_need_not_tell_its_time() -> None:
    """`now` is optional in every answer."""
    control = http(
        Administration(describe=httpx.Response(200, json={"actions": ALL}), advance=httpx.Response(200, json={}))
    )

    assert control.describe().now is None
    assert control.advance(60) is None


@pytest.mark.parametrize("status", [200, 400, 404, 409, 500, 503])
def test_a_refusal_gives_the_targets_own_words(status: int) -> None:
    """Whatever the status, an `error` member is no success."""
    control = answering("disable", status, json={"error": "account is locked"})

    with pytest.raises(
        ControlError, match=rf"control disable ipc-full: {URL} answered {status}: account is locked"
    ) as caught:
        control.disable("ipc-full")

    assert type(caught.value) is ControlError


ODD_ANSWERS: dict[str, tuple[int, dict[str, Any], str]] = {
    "no JSON": (200, {"text": "<html>"}, r"answered 200 with something that is not JSON: \"<html>\""),
    "no object": (200, {"json": [1]}, r"answered 200 with JSON that is no object: \"\[1\]\""),
    "empty": (204, {}, r"answered 204 with something that is not JSON: \"\""),
    "redirect": (
        307,
        {"headers": {"Location": "https://x/"}},
        "answered 307 to https://x/; put the final address into control.url",
    ),
    "unauthorized": (
        401,
        {"text": "who?"},
        r"answered 401 without an \"error\" member: \"who\?\"; check control.token",
    ),
    "gateway": (502, {"text": "bad gateway"}, r"answered 502 without an \"error\" member: \"bad gateway\""),
}


@pytest.mark.parametrize("name", ODD_ANSWERS)
def test_an_odd_answer_is_an_error(name: str) -> None:
    """With its beginning, so that the vendor recognises it."""
    status, content, message = ODD_ANSWERS[name]

    with pytest.raises(ControlError, match=message):
        answering("disable", status, **content).disable("ipc-full")


@pytest.mark.parametrize("name", ["redirect", "unauthorized"])
def test_what_was_surely_not_carried_out_is_no_doubt(name: str) -> None:
    """A refusal may be followed by another try."""
    status, content, _ = ODD_ANSWERS[name]

    with pytest.raises(ControlError) as caught:
        answering("disable", status, **content).disable("ipc-full")

    assert not isinstance(caught.value, ControlDoubtfulError)


@pytest.mark.parametrize("name", ["no JSON", "no object", "gateway"])
def test_what_may_have_been_carried_out_is_a_doubt(name: str) -> None:
    """The account may be disabled or not."""
    status, content, _ = ODD_ANSWERS[name]

    with pytest.raises(ControlDoubtfulError):
        answering("disable", status, **content).disable("ipc-full")


@pytest.mark.parametrize(
    ("error", "message", "doubtful"),
    [
        (httpx.ConnectError("refused"), "cannot be reached: refused; check control.url", False),
        (httpx.ConnectTimeout("late"), "cannot be reached: late; check control.url", False),
        (httpx.ReadTimeout("late"), "gave no answer within 60 s", True),
        (httpx.RemoteProtocolError("gone"), r"gave no answer \(RemoteProtocolError: gone\)", True),
    ],
)
def test_a_missing_answer_is_an_error(error: Exception, message: str, doubtful: bool) -> None:  # noqa: FBT001
    """Whether the action was carried out depends on how far the question came."""
    control = http(Administration(enable=error))

    with pytest.raises(ControlError, match=message) as caught:
        control.enable("ipc-full")

    assert isinstance(caught.value, ControlDoubtfulError) is doubtful


@pytest.mark.parametrize("actions", [None, "describe", [1], {"describe": True}])
def test_a_description_without_a_list_of_names_is_an_error(actions: object) -> None:
    """Nothing is assumed to be offered."""
    with pytest.raises(ControlError, match='has no list of names in "actions"'):
        answering("describe", 200, json={"actions": actions}).describe()


@pytest.mark.parametrize("now", ["2026-11-23T16:00:00", "noon", 5, ["2026-11-23T16:00:00Z"]])
def test_a_time_that_cannot_be_read_is_an_error(now: object) -> None:
    """A time without its offset could be anybody's."""
    with pytest.raises(ControlError, match='control describe: "now" must be a time with its offset such as'):
        answering("describe", 200, json={"actions": ALL, "now": now}).describe()


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({}, r"the answer has no client_secret \(it holds nothing\); its secret may have changed"),
        ({"secret": "s3cr3t"}, r"the answer has no client_secret \(it holds secret\)"),
        ({"client_secret": ""}, "has a client_secret that is empty or no string"),
        ({"client_secret": 5}, "has a client_secret that is empty or no string"),
    ],
)
def test_a_rotation_without_a_secret_is_a_doubt(answer: Question, message: str) -> None:
    """The old secret may be gone; what the answer holds is not repeated."""
    with pytest.raises(ControlDoubtfulError, match=message) as caught:
        answering("rotate", 200, json=answer).rotate("ipc-full")

    assert "s3cr3t" not in str(caught.value)


@pytest.mark.parametrize("status", [200, 500])
def test_a_useless_answer_to_a_rotation_is_not_repeated(status: int) -> None:
    """The new secret may stand in it."""
    with pytest.raises(ControlError, match="12 characters, not shown for the secret that they may hold") as caught:
        answering("rotate", status, text="s3cr3t, bare").rotate("ipc-full")

    assert "s3cr3t" not in str(caught.value)


@pytest.mark.parametrize("seconds", [0, -1, float("inf"), float("nan")])
def test_time_goes_forward_only(seconds: float) -> None:
    """Anything else is our own mistake and reaches no target."""
    administration = Administration()

    with pytest.raises(ValueError, match="positive number of seconds"):
        http(administration).advance(seconds)

    assert administration.asked == []


LATE = httpx.ReadTimeout("late")


def test_an_advance_without_an_answer_is_settled_by_the_targets_time() -> None:
    """The clock has moved: nothing is asked twice."""
    administration = Administration(advance=LATE)
    control = http(administration)
    control.describe()

    assert control.advance(3600) == NOON + timedelta(hours=1)
    assert [question["action"] for question in administration.asked] == ["describe", "advance", "describe"]


def test_an_advance_that_did_not_happen_is_an_error() -> None:
    """The clock stands where it stood."""
    administration = Administration(advance=LATE)
    administration.moves = False
    control = http(administration)
    control.describe()

    with pytest.raises(ControlError, match="gave no answer within 60 s; the target's clock has not moved") as caught:
        control.advance(3600)

    assert not isinstance(caught.value, ControlDoubtfulError)
    assert [question["action"] for question in administration.asked].count("advance") == 1


@pytest.mark.parametrize(("seconds", "told"), [(5.0, True), (3600.0, False)])
def test_an_advance_that_cannot_be_settled_stays_a_doubt(seconds: float, told: bool) -> None:  # noqa: FBT001
    """A few seconds cannot be told from none, and a target may not tell its time."""
    odd: dict[str, httpx.Response | Exception] = {"advance": LATE}
    if not told:
        odd["describe"] = httpx.Response(200, json={"actions": ALL})
    administration = Administration(**odd)
    control = http(administration)
    control.describe()

    with pytest.raises(ControlDoubtfulError):
        control.advance(seconds)

    assert [question["action"] for question in administration.asked].count("advance") == 1


def test_exchanges_are_recorded_without_the_new_secret() -> None:
    """Nobody has registered it yet when they are."""
    seen: list[ControlExchange] = []
    control = http(Administration(disable=httpx.Response(409, json={"error": "no"})), seen.append)

    control.rotate("ipc-full")
    with pytest.raises(ControlError):
        control.disable("ipc-full")

    assert [exchange.question["action"] for exchange in seen] == ["describe", "rotate", "disable"]
    assert seen[1].answer == {"client_secret": "<new secret>"}
    assert seen[1].error is None
    assert seen[2].answer is None
    assert seen[2].error == f"control disable ipc-full: {URL} answered 409: no"


def test_no_repr_shows_the_token() -> None:
    """A control may appear in a failure."""
    assert repr(http(Administration())) == f"<control at {URL}>"


def command(folder: Path, script: str, limit: float = 20.0) -> CommandControl:
    """Make a control that runs a shell script in a folder."""
    path = folder / "acme-control"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return CommandControl(CommandControlConfig(("./acme-control",), folder), limit=limit)


DESCRIBE = '{"actions": ["describe", "advance", "rotate", "disable", "enable", "reset"]}'


def after_describe(script: str) -> str:
    """Make a script that describes itself and does something else for every other action."""
    return f"question=$(cat)\ncase $question in *describe*) echo '{DESCRIBE}'; exit;; esac\n{script}"


def test_a_command_gets_the_question_and_gives_the_answer(tmp_path: Path) -> None:
    """On standard input and output, in the target file's folder."""
    control = command(
        tmp_path, after_describe('echo "$question" >> asked; pwd >> asked; echo \'{"client_secret": "r0tated"}\'')
    )

    assert control.rotate("ipc-full") == "r0tated"
    assert (tmp_path / "asked").read_text().splitlines() == [
        '{"action": "rotate", "client_id": "ipc-full"}',
        str(tmp_path),
    ]


def test_a_command_may_have_arguments_and_come_from_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name without a slash is looked up there."""
    command(tmp_path, 'echo "{\\"actions\\": [\\"$1\\"]}"')
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    control = CommandControl(CommandControlConfig(("acme-control", "disable"), Path("/")))

    assert control.actions == {"disable"}


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ('echo \'{"error": "locked"}\'; exit 3', "control disable x: ./acme-control ended with status 3: locked"),
        ('echo \'{"error": "locked"}\'', "./acme-control reported an error: locked"),
        ("for line in 1 2 3 4; do echo $line >&2; done; exit 1", r"ended with status 1: 2 \| 3 \| 4"),
        ("exit 1", "ended with status 1: it gave no reason"),
        ("kill -9 $$", "was ended by signal 9: it gave no reason"),
        ("echo ok", r'wrote something that is not JSON: "ok"'),
        ("true", r'wrote something that is not JSON: ""'),
        ("echo '[]'", r'wrote JSON that is no object: "\[\]"'),
    ],
)
def test_a_command_that_fails_is_an_error(tmp_path: Path, script: str, message: str) -> None:
    """With its own words, as JSON or else the last lines of its complaints."""
    with pytest.raises(ControlError, match=message):
        command(tmp_path, after_describe(script)).disable("x")


def test_a_command_that_cannot_be_started_is_an_error(tmp_path: Path) -> None:
    """The message says what to look at."""
    control = command(tmp_path, "")
    (tmp_path / "acme-control").chmod(stat.S_IRUSR)

    with pytest.raises(
        ControlError, match="cannot be started: Permission denied; is it executable, and its first line right"
    ):
        control.describe()


def test_a_command_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    """Nothing of it is left running."""
    control = command(tmp_path, "sleep 300 & echo $! > child; wait", limit=0.5)

    with pytest.raises(ControlDoubtfulError, match=r"did not finish within 0\.5 s and was ended"):
        control.describe()

    child = int((tmp_path / "child").read_text())
    deadline = time.monotonic() + 5
    while _runs(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _runs(child)


def _runs(process: int) -> bool:
    status = Path(f"/proc/{process}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


def test_a_command_may_leave_a_service_running(tmp_path: Path) -> None:
    """A reset may restart the target, which then holds the command's output open: its answer counts at once."""
    control = command(tmp_path, after_describe("sleep 30 & echo $! > child; echo '{}'"), limit=20)
    control.describe()
    started = time.monotonic()

    control.reset()

    assert time.monotonic() - started < 10
    child = int((tmp_path / "child").read_text())
    assert _runs(child)
    os.kill(child, 9)


def test_a_command_need_not_read_the_question(tmp_path: Path) -> None:
    """One that has one answer only may ignore it."""
    assert command(tmp_path, f"exec 0<&-; echo '{DESCRIBE}'").actions == frozenset(ALL)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def operator(typed: str, secret: str = "") -> tuple[OperatorControl, Terminal]:
    """Make an operator control with what the person will type, and the screen."""
    screen = Terminal()
    return OperatorControl(Terminal(typed), screen, "Acme", hidden=lambda _: secret), screen


def test_the_operator_is_asked() -> None:
    """Which client, to do what; the secret is typed unseen."""
    control, screen = operator("\n\n", secret="typed-secret ")

    control.disable("ipc-1")
    control.enable("ipc-2")

    assert control.rotate("ipc-3") == "typed-secret"
    assert "[Acme] Please disable the account of client ipc-1." in screen.getvalue()
    assert "[Acme] Please enable the account of client ipc-2 again." in screen.getvalue()
    assert "[Acme] Please rotate the secret of client ipc-3" in screen.getvalue()
    assert "typed-secret" not in screen.getvalue()


def test_what_the_operator_did_is_recorded() -> None:
    """As any other control's: the question, the answer without the secret, what went wrong, how long it took."""
    seen: list[ControlExchange] = []
    screen = Terminal()
    control = OperatorControl(
        Terminal("\nno rights\n"), screen, "Acme", hidden=lambda _: "typed-secret", record=seen.append
    )

    control.rotate("ipc-3")
    control.disable("ipc-1")
    with pytest.raises(ControlError):
        control.enable("ipc-1")

    assert [(dict(it.question), it.answer) for it in seen] == [
        ({"action": "rotate", "client_id": "ipc-3"}, {"client_secret": "<new secret>"}),
        ({"action": "disable", "client_id": "ipc-1"}, {}),
        ({"action": "enable", "client_id": "ipc-1"}, None),
    ]
    assert seen[2].error == "control enable ipc-1: the operator says: no rights"
    assert "typed-secret" not in repr(seen)


def test_an_action_that_was_interrupted_is_not_recorded_as_done() -> None:
    """Ctrl-C while the person is asked."""
    seen: list[ControlExchange] = []

    def interrupted(_: str) -> str:
        raise KeyboardInterrupt

    control = OperatorControl(Terminal(), Terminal(), "Acme", hidden=interrupted, record=seen.append)

    with pytest.raises(KeyboardInterrupt):
        control.rotate("ipc-3")
    assert seen == []


def test_the_operator_offers_what_a_person_can_do() -> None:
    """Moving the clock and restoring everything are not among it."""
    control, _ = operator("")

    assert control.describe().actions == {"describe", "rotate", "disable", "enable"}
    with pytest.raises(ControlActionMissingError):
        control.advance(60)
    with pytest.raises(ControlActionMissingError):
        control.reset()


def test_the_operator_may_refuse() -> None:
    """In their own words, by saying nothing, or by leaving."""
    with pytest.raises(ControlError, match="control disable ipc-1: the operator says: no rights"):
        operator("no rights\n")[0].disable("ipc-1")
    with pytest.raises(ControlError, match="control enable ipc-1: the input ended"):
        operator("")[0].enable("ipc-1")
    with pytest.raises(ControlError, match="control rotate ipc-1: the operator gave no secret"):
        operator("")[0].rotate("ipc-1")


@pytest.mark.parametrize("action", ["describe", "rotate", "disable", "enable"])
def test_without_a_terminal_there_is_no_operator(action: str) -> None:
    """A job in the background must not wait for a person."""
    control = OperatorControl(io.StringIO(), io.StringIO())

    with pytest.raises(ControlError, match=r"control\.operator asks a person, and there is no terminal"):
        getattr(control, action)(*([] if action == "describe" else ["ipc-1"]))


def test_the_target_file_chooses_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is asked while a control is made."""
    monkeypatch.setattr(module, "TERMINAL", tmp_path / "none")
    target = Target("Acme", "https://a/b", "http://a/b", (), (), tmp_path)
    client = httpx.Client()

    assert isinstance(open_control(HttpControlConfig(URL), target, client), HttpControl)
    assert isinstance(open_control(CommandControlConfig(("x",), tmp_path), target, client), CommandControl)
    assert isinstance(open_control(OperatorControlConfig(), target, client), OperatorControl)


EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"

# What stands behind the documented examples: knows one client, whose secret needs escaping in JSON.
ACME_ADMIN = """#!/bin/sh
echo "$@" >> "$ACME_LOG"
[ "$3" = ipc-1 ] || { echo "no client \\"$3\\"" >&2; exit 4; }
[ "$2" != new-secret ] || printf '%s\\n' 'new "s3cr3t\\1"'
"""


@pytest.fixture(params=["shell", "python"])
def example(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandControl:
    """Start one of the documented examples beside a fake administration program."""
    (tmp_path / "acme-admin").write_text(ACME_ADMIN)
    (tmp_path / "acme-admin").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("ACME_LOG", str(tmp_path / "log"))
    words = ("./acme-control",) if request.param == "shell" else (sys.executable, "./acme-control.py")
    return CommandControl(CommandControlConfig(words, EXAMPLES))


def test_the_documented_examples_work(example: CommandControl, tmp_path: Path) -> None:
    """Each action reaches the administration program, and the secret comes back unharmed."""
    description = example.describe()

    secret = example.rotate("ipc-1")
    example.disable("ipc-1")
    example.enable("ipc-1")

    assert description.actions == {"describe", "rotate", "disable", "enable"}
    assert description.now is not None
    assert abs(description.now - datetime.now(UTC)) < timedelta(minutes=1)
    assert secret == 'new "s3cr3t\\1"'
    assert (tmp_path / "log").read_text().splitlines() == [
        "client new-secret ipc-1",
        "client disable ipc-1",
        "client enable ipc-1",
    ]


def test_the_documented_examples_pass_complaints_on(example: CommandControl) -> None:
    """The program's own words become the error."""
    with pytest.raises(ControlError, match=r'ended with status 1: no client "ipc-9"'):
        example.disable("ipc-9")


def test_the_documented_examples_say_what_they_do_not_offer(example: CommandControl) -> None:
    """Here the suite asks no more than they describe."""
    with pytest.raises(ControlActionMissingError, match="does not offer advance"):
        example.advance(60)
