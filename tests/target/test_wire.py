"""The wire: rate limits are obeyed, a dropped request is told from a dead target, secrets never reach the transcript."""

from __future__ import annotations

import http.server
import json
import threading
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from conformance.errors import Blocked, Inconclusive, NoAnswerError
from conformance.target import wire as wire_module
from conformance.target.clock import TargetClock
from conformance.target.recorder import CURRENT, Evidence, Recorder
from conformance.target.redaction import Secrets
from conformance.target.wire import Limiter, Request, Wire, told_secrets

if TYPE_CHECKING:
    from collections.abc import Iterator


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers by what the path says."""

    protocol_version = "HTTP/1.1"
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        """Drop, limit or answer."""
        Handler.asked.append(self.path)
        if self.path.startswith("/drop"):
            self.close_connection = True
            return
        limited = self.path.startswith("/always") or (self.path == "/once" and Handler.asked.count("/once") == 1)
        self.send_response(429 if limited else 200)
        if limited:
            self.send_header("Retry-After", "0")
        body = b'{"access_token": "a-token-that-nobody-may-see"}'
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 -- the name that http.server asks for

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[http.server.ThreadingHTTPServer]:
    """A server on the loopback."""
    Handler.asked = []
    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def transcript() -> list[dict[str, Any]]:
    """What was recorded."""
    return []


@pytest.fixture
def wire(
    server: http.server.ThreadingHTTPServer, transcript: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Wire]:
    """A wire to the server."""
    monkeypatch.setattr(wire_module, "SIGNS_OF_LIFE", (0.0, 0.01))
    secrets = Secrets()
    made = Wire(
        base_url=f"http://127.0.0.1:{server.server_address[1]}",
        ca_file=None,
        concurrency=2,
        limiter=Limiter(None),
        clock=TargetClock(),
        recorder=Recorder(secrets, lambda exchange: transcript.append(dict(exchange))),
        secrets=secrets,
    )
    yield made
    made.close()


def test_rate_limit_is_obeyed_and_asked_again(wire: Wire) -> None:
    """A 429 is never the answer; how often it was asked stands in it."""
    answer = wire.send(Request("GET", "/once"), client=None)

    assert answer.status == 200
    assert answer.times_asked == 2


def test_rate_limit_without_end_decides_nothing(wire: Wire) -> None:
    """A target that only ever answers 429 is not blamed."""
    with pytest.raises(Inconclusive, match="429"):
        wire.send(Request("GET", "/always"), client=None)


def test_dropped_request_is_the_targets_failure_while_it_answers_others(wire: Wire) -> None:
    """Asked twice where it may be, once where it may not."""
    with pytest.raises(NoAnswerError):
        wire.send(Request("GET", "/drop"), client=None)
    with pytest.raises(NoAnswerError):
        wire.send(Request("POST", "/drop-post"), client=None)

    assert Handler.asked.count("/drop") == 2
    assert Handler.asked.count("/drop-post") == 1


def test_dead_target_blocks_everything_from_then_on(wire: Wire, server: http.server.ThreadingHTTPServer) -> None:
    """Nobody is blamed for a server that is gone, and nobody waits for it again."""
    server.shutdown()
    server.server_close()

    for _ in range(2):
        with pytest.raises(Blocked, match="no longer answers"):
            wire.send(Request("GET", "/anything"), client=None)


def test_new_token_is_hidden_in_the_answer_that_brings_it(wire: Wire, transcript: list[dict[str, Any]]) -> None:
    """The transcript shows the tag alone, also where the token is sent later."""
    answer = wire.send(Request("GET", "/token"), client="full")
    wire.send(Request("GET", "/later", params={"t": answer.member("access_token")}), client="full")

    assert answer.member("access_token") == "a-token-that-nobody-may-see"
    assert "nobody-may-see" not in repr(transcript)
    assert transcript[0]["response"]["body"] == '{"access_token": "<token full#1>"}'


def test_exchanges_join_the_evidence_of_the_check_at_hand(wire: Wire) -> None:
    """A check rests on what it sent, each exchange once."""
    evidence = Evidence()
    token = CURRENT.set(evidence)
    try:
        first = wire.send(Request("GET", "/a"), client=None)
        second = wire.send(Request("GET", "/b"), client=None)
    finally:
        CURRENT.reset(token)

    assert evidence.exchanges == [first.exchange, second.exchange]


def test_secrets_are_learned_wherever_an_answer_holds_them() -> None:
    """In the object itself, deeper, in a list, and in JSON that was written into a text once more."""
    inner = json.dumps({"access_token": "t-1"})

    assert list(told_secrets({"access_token": "t-0", "token_type": "bearer"})) == [("access_token", "t-0")]
    assert list(told_secrets({"data": [{"client_secret": "s-1"}]})) == [("client_secret", "s-1")]
    assert list(told_secrets(inner)) == [("access_token", "t-1")]
    assert list(told_secrets('{"access_token": ')) == []
