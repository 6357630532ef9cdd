"""The line of PowerShell, read back as PowerShell's own rules for strings say."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conformance.report.curl import curl
from conformance.report.powershell import powershell
from conformance.report.run import Exchange

GET = Exchange(
    id=1,
    client="full",
    sent=None,
    seconds=0.004,
    method="GET",
    url="https://acme.example/api/v1/Item?page=1&pageSize=10",
    headers=(("Host", "acme.example"), ("Authorization", "Bearer <token full#3>")),
)
# PowerShell takes typographic quotation marks for quotation marks, too.
SINGLE, DOUBLE = "'\u2018\u2019\u201a\u201b", '"\u201c\u201d\u201e'
EXPRESSION = re.compile(r"\$\(\[char\]0x([0-9a-f]{4})\)|\$\{env:([A-Z0-9_]+)\}")


def as_powershell_reads(line: str, **variables: str) -> list[str]:
    """Give the arguments that a program would get; fails at whatever would be more than a plain word or a string."""
    words = []
    rest = line
    while rest:
        word, rest = _word(rest, variables)
        words.append(word)
        assert not rest or rest.startswith(" ")
        rest = rest.removeprefix(" ")
    return words


def _word(text: str, variables: dict[str, str]) -> tuple[str, str]:
    if text[0] in SINGLE:
        return _single(text[1:])
    if text[0] in DOUBLE:
        return _double(text[1:], variables)
    found = re.match(r"[A-Za-z-]+", text)
    assert found
    return found.group(), text[found.end() :]


def _single(text: str) -> tuple[str, str]:
    at, read = 0, ""
    while True:
        if text[at] not in SINGLE:
            read, at = read + text[at], at + 1
        elif at + 1 < len(text) and text[at + 1] in SINGLE:
            read, at = read + text[at], at + 2
        else:
            return read, text[at + 1 :]


def _double(text: str, variables: dict[str, str]) -> tuple[str, str]:
    at, units = 0, b""
    while text[at] not in DOUBLE:
        expression = EXPRESSION.match(text, at)
        if text[at] == "`":
            # Only what is no letter or digit stands for itself behind a backtick.
            assert not text[at + 1].isalnum()
            units, at = units + text[at + 1].encode("utf-16-be"), at + 2
        elif expression:
            code, name = expression.groups()
            units += bytes.fromhex(code) if code else variables[name].encode("utf-16-be")
            at = expression.end()
        else:
            assert text[at] != "$"
            units, at = units + text[at].encode("utf-16-be"), at + 1
    return units.decode("utf-16-be"), text[at + 1 :]


def test_token_becomes_an_environment_variable() -> None:
    """The line is curl's, in PowerShell's words."""
    command = powershell(GET)

    assert command is not None
    assert command.line == (
        "curl -i -H \"Authorization: Bearer ${env:TOKEN_FULL}\" 'https://acme.example/api/v1/Item?page=1&pageSize=10'"
    )
    assert command.variables == (("env:TOKEN_FULL", "a token of client full (number 3 of this run)"),)


def test_both_shells_hand_on_the_same_options() -> None:
    """Whatever curl must be told to send the same request, it is told in both."""
    odd = replace(GET, method="PUT", url="https://acme.example/api/v1/../Item?a=[1]", body="{}")

    command = powershell(odd, ca_file="my ca's.pem")

    assert command is not None
    words = as_powershell_reads(command.line, TOKEN_FULL="x")
    assert [word for word in words if word.startswith("-")] == [
        word for word in curl(odd, ca_file="my ca.pem").line.split() if word.startswith("-")
    ]
    assert "my ca's.pem" in words


@settings(max_examples=60, deadline=None)
@given(
    body=st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    value=st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126)),
)
@example(body="it's $HOME `id` $(id) \u2019; calc \u201d\u201c \" \x1b[31m\r\n\U0001f600 日本", value="$(id) `n '\"")
def test_powershell_reads_back_what_was_sent(body: str, value: str) -> None:
    """Whatever the request held reaches curl to the letter, and nothing of it is run or expanded."""
    headers = (("Content-Type", "application/json"), ("X-One", f"{value}."), ("Authorization", "Bearer <token full#3>"))

    command = powershell(replace(GET, method="POST", headers=headers, body=body))

    assert command is not None
    assert command.line.isascii()
    assert command.line.isprintable()
    words = as_powershell_reads(command.line, TOKEN_FULL="s3cr3t $x")
    assert words[words.index("--data-raw") + 1] == body
    assert f"X-One: {value}." in words
    assert "Authorization: Bearer s3cr3t $x" in words


def test_requests_in_a_row_are_one_line() -> None:
    """PowerShell 7 knows `&&`, too; one body with NUL leaves nothing that could be pasted."""
    command = powershell(GET, replace(GET, url="https://acme.example/api/v1/Category"))

    assert command is not None
    assert command.line.count(" && curl -i ") == 1
    assert len(command.variables) == 1
    assert powershell(GET, replace(GET, method="POST", body="a\0b")) is None


def test_body_with_nul_has_no_line() -> None:
    """No argument can hold it, and PowerShell's pipes are made for text."""
    assert powershell(replace(GET, method="POST", body="a\0b")) is None


@pytest.mark.parametrize("name", ["a b", "$(id)", "x;y", "ünïcode", "`id`", "}"])
def test_name_of_a_client_cannot_break_out(name: str) -> None:
    """A variable's name holds letters, digits and underscores alone."""
    command = powershell(replace(GET, headers=(("Authorization", f"Bearer <token {name}#1>"),)))

    assert command is not None
    variable = command.variables[0][0].removeprefix("env:")
    assert f"Authorization: Bearer {variable}-value" in as_powershell_reads(
        command.line, **{variable: f"{variable}-value"}
    )
