"""The line that sends a recorded request again: read as a shell reads it, and by a shell itself."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conformance.report.curl import curl
from conformance.report.run import Exchange

BASH = shutil.which("bash")
needs_bash = pytest.mark.skipif(BASH is None, reason="the line is read by a shell here")

GET = Exchange(
    id=1,
    client="full",
    sent=None,
    seconds=0.004,
    method="GET",
    url="https://acme.example/api/v1/Item?page=1&pageSize=10",
    headers=(
        ("Host", "acme.example"),
        ("Accept", "*/*"),
        ("User-Agent", "x"),
        ("Authorization", "Bearer <token full#3>"),
    ),
)
FORM = replace(
    GET,
    method="POST",
    url="https://acme.example/api/v1/Token",
    headers=(("Content-Type", "application/x-www-form-urlencoded"), ("Content-Length", "9")),
    body="grant_type=client_credentials&client_id=ipc-full&client_secret=<secret full#1>&x=1",
)


def as_bash_reads(line: str, **variables: str) -> list[bytes]:
    """Give the arguments that curl would get, with a function in its place."""
    script = f"curl() {{ printf '%s\\0' \"$@\"; }}; {line}"
    done = subprocess.run([str(BASH), "-c", script], env=variables, capture_output=True, check=True)
    return done.stdout.split(b"\0")[:-1]


def test_token_becomes_a_variable() -> None:
    """The bearer token is named for its client, and what curl sends of itself is left to it."""
    command = curl(GET)

    assert command.line == (
        "curl -i -H \"Authorization: Bearer $TOKEN_FULL\" 'https://acme.example/api/v1/Item?page=1&pageSize=10'"
    )
    assert command.variables == (("TOKEN_FULL", "a token of client full (number 3 of this run)"),)


def test_secret_of_a_form_is_encoded_by_curl() -> None:
    """The variable holds the secret as it is; the form needs it percent-encoded."""
    assert shlex.split(curl(FORM).line) == [
        "curl",
        "-i",
        "--data-raw",
        "grant_type=client_credentials&client_id=ipc-full",
        "--data-urlencode",
        "client_secret=$SECRET_FULL",
        "--data-raw",
        "x=1",
        "https://acme.example/api/v1/Token",
    ]


def test_basic_credentials_become_a_variable() -> None:
    """The tag of Basic credentials says what to put there."""
    command = curl(replace(GET, headers=(("Authorization", "Basic <basic expendable-1#2>"),)))

    assert shlex.split(command.line)[3] == "Authorization: Basic $BASIC_EXPENDABLE_1"
    assert command.variables[0][1].startswith("base64 of client_id:client_secret of client expendable-1")


def test_two_tokens_of_a_client_are_told_apart() -> None:
    """One request with two tokens of the same client names both by their number."""
    url = "https://acme.example/api/v1/Item?access_token=<token full#4>"

    words = shlex.split(curl(replace(GET, url=url)).line)

    assert words[3] == "Authorization: Bearer $TOKEN_FULL_3"
    assert words[4].endswith("access_token=$TOKEN_FULL_4")


def test_requests_in_a_row_are_one_line() -> None:
    """Each token of a client has a variable of its own over all of them."""
    later = replace(GET, method="PUT", body="{}", headers=(("Authorization", "Bearer <token full#4>"),))

    line = curl(GET, later)

    first, second = line.line.split(" && ")
    assert "$TOKEN_FULL_3" in first
    assert "$TOKEN_FULL_4" in second
    assert [name for name, _ in line.variables] == ["TOKEN_FULL_3", "TOKEN_FULL_4"]
    words = as_bash_reads(line.line, TOKEN_FULL_3="three", TOKEN_FULL_4="four")
    assert b"Authorization: Bearer three" in words
    assert b"Authorization: Bearer four" in words


def test_authority_of_the_target_is_named() -> None:
    """Where the target file names a ca_file, curl trusts it, too."""
    assert shlex.split(curl(GET, ca_file="my ca.pem").line)[2:4] == ["--cacert", "my ca.pem"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"method": "DELETE"}, ["-X", "DELETE"]),
        ({"method": "HEAD"}, ["--head"]),
        ({"method": "POST"}, ["-X", "POST"]),
        ({"body": "{}"}, ["-X", "GET"]),
        ({"url": "https://acme.example/api/v1/Item?a=[1]"}, ["--globoff"]),
        ({"url": "https://acme.example/api/v1/../Item"}, ["--path-as-is"]),
        ({"headers": (("Authorization", ""),)}, ["-H", "Authorization;"]),
        ({"headers": (("Host", "other.example"),)}, ["-H", "Host: other.example"]),
        ({"body": "{}", "headers": ()}, ["-H", "Content-Type:", "--data-raw", "{}"]),
    ],
)
def test_what_curl_would_do_otherwise_is_said(change: dict[str, object], words: list[str]) -> None:
    """Methods, globbing, dot segments, empty headers and default types do not stand between the two requests."""
    line = shlex.join(shlex.split(curl(replace(GET, **change)).line))  # type: ignore[arg-type]

    assert f" {shlex.join(words)} " in line


@needs_bash
@settings(max_examples=60, deadline=None)
@given(
    body=st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    value=st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126)),
)
@example(body='it\'s $HOME `id` !! \\ "x" \x1b[31m\n日本', value="$(id) !x '\"")
@example(body="@/etc/passwd", value="x")
def test_shell_reads_back_what_was_sent(body: str, value: str) -> None:
    """Whatever the request held reaches curl to the letter, and nothing of it is run or expanded."""
    headers = (("Content-Type", "application/json"), ("X-One", f"{value}."), ("Authorization", "Bearer <token full#3>"))
    command = curl(replace(GET, method="POST", headers=headers, body=body))

    words = as_bash_reads(command.line, TOKEN_FULL="s3cr3t $HOME")

    assert command.line.isascii()
    assert command.line.isprintable()
    assert words[words.index(b"--data-raw") + 1] == body.encode()
    assert f"X-One: {value}.".encode() in words
    assert b"Authorization: Bearer s3cr3t $HOME" in words


@needs_bash
def test_body_with_nul_goes_through_a_pipe() -> None:
    """An argument cannot hold NUL; the body then comes from printf, and curl reads it unchanged."""
    line = curl(replace(GET, method="POST", body="a\0b%s\\n'\x1b")).line

    done = subprocess.run([str(BASH), "-c", f"curl() {{ cat; }}; {line}"], capture_output=True, check=True)

    assert "--data-binary @-" in line
    assert done.stdout == b"a\0b%s\\n'\x1b"


@pytest.mark.parametrize("name", ["a b", "$(id)", "x;y", "ünïcode", "`id`"])
def test_name_of_a_client_cannot_break_out(name: str) -> None:
    """Clients are named by people; a variable's name holds letters, digits and underscores alone."""
    command = curl(replace(GET, headers=(("Authorization", f"Bearer <token {name}#1>"),)))

    assert command.variables[0][0].replace("_", "").isalnum()
    assert command.variables[0][0].isascii()
    assert shlex.split(command.line)[3] == f"Authorization: Bearer ${command.variables[0][0]}"
