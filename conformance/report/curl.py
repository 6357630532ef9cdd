"""How a recorded request is sent again by hand: a line for a shell, secrets as environment variables.

Which words curl gets stands here; how a shell writes them is its `Shell`, the POSIX one here, PowerShell in powershell.py.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from conformance.report.run import Exchange

# What stands in the transcript for a secret: `<token full#3>`, `<secret expendable-1#2>`, `<basic full#1>`.
_TAG = re.compile(r"<(token|secret|basic) ([^<>#]+)(?:#(\d+))?>")
# What means nothing but itself between double quotes, in every shell and at an interactive prompt.
_PLAIN = re.compile(r"[^\"$`\\!\x00-\x1f\x7f-\U0010ffff]*")
_ODD = re.compile(r"[^\x20-\x7e]")

FORM = "application/x-www-form-urlencoded"
OWN_HEADERS = frozenset(
    {"accept-encoding", "connection", "content-length", "keep-alive", "transfer-encoding", "user-agent"}
)
"""Headers that curl makes itself, or that change nothing about the answer."""


@dataclass(frozen=True, slots=True)
class Curl:
    """A line to paste into a shell, printable ASCII alone; `variables` are (name, what to set it to)."""

    line: str
    variables: tuple[tuple[str, str], ...]

    @property
    def needs_token(self) -> bool:
        """Whether one of the variables is an access token."""
        return any(name.startswith("TOKEN_") for name, _ in self.variables)


@dataclass(frozen=True, slots=True)
class Shell:
    """How a shell writes a word: a plain text, and one whose tags become variables (name by tag)."""

    quoted: Callable[[str], str]
    word: Callable[[str, Mapping[str, str]], str]


def curl(*exchanges: Exchange, ca_file: str | None = None) -> Curl:
    """Give the line that sends the requests of exchanges again, one after the other; `ca_file` is trusted as the run did."""
    names = variable_names(*exchanges)
    return Curl(" && ".join(_command(exchange, names, ca_file) for exchange in exchanges), variables(names))


def _command(exchange: Exchange, names: Mapping[str, str], ca_file: str | None) -> str:
    if "\0" in (exchange.body or ""):
        # An argument cannot hold NUL, a pipe can.
        body = ["printf", "'%b'", _word(exchange.body or "", names, _octal), "|"]
        words = [*body, *words_before_data(exchange, POSIX, names, ca_file), "--data-binary", "@-"]
    else:
        words = [*words_before_data(exchange, POSIX, names, ca_file), *words_of_data(exchange, POSIX, names)]
    return " ".join([*words, _word(exchange.url, names)])


def words_before_data(exchange: Exchange, shell: Shell, names: Mapping[str, str], ca_file: str | None) -> Iterator[str]:
    """Give the program, its options and the headers."""
    yield from ("curl", "-i", *_options(exchange, shell, ca_file), *_headers(exchange, shell, names))


def words_of_data(exchange: Exchange, shell: Shell, names: Mapping[str, str]) -> Iterator[str]:
    """Give the options that hold the body."""
    if exchange.body is None:
        return
    if (("content-type", FORM)) not in {(name.lower(), value) for name, value in exchange.headers}:
        yield from ("--data-raw", shell.word(exchange.body, names))
        return
    # The variable holds the secret as it is, the form needs it percent-encoded.
    for is_secret, field in _fields(exchange.body):
        yield from ("--data-urlencode" if is_secret else "--data-raw", shell.word(field, names))


def variables(names: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Say what each variable is to be set to."""
    return tuple((name, _meaning(tag)) for tag, name in names.items())


def variable_names(*exchanges: Exchange) -> dict[str, str]:
    """Name a variable for each tag of some requests; several tokens of one client are told apart by their number."""
    text = "\n".join(part for exchange in exchanges for part in _texts(exchange))
    tags = {match.group(): match for match in _TAG.finditer(text)}
    plain = {tag: _variable_name(match.group(1, 2)) for tag, match in tags.items()}
    once = [name for name in plain.values() if list(plain.values()).count(name) == 1]
    return {tag: name if name in once else f"{name}_{tags[tag].group(3)}" for tag, name in plain.items()}


def _texts(exchange: Exchange) -> Iterator[str]:
    yield from (exchange.url, *(value for _, value in exchange.headers), exchange.body or "")


def _variable_name(parts: tuple[str | None, ...]) -> str:
    return re.sub(r"[^A-Z0-9]+", "_", "_".join(part or "" for part in parts).upper()).rstrip("_")


def _meaning(tag: str) -> str:
    match = _TAG.fullmatch(tag)
    kind, client, number = match.groups() if match else ("", tag, None)
    what = {
        "token": f"a token of client {client}",
        "secret": f"the secret of client {client}",
        "basic": f"base64 of client_id:client_secret of client {client}",
    }.get(kind, tag)
    return f"{what} (number {number} of this run)" if number else what


def _options(exchange: Exchange, shell: Shell, ca_file: str | None) -> Iterator[str]:
    if ca_file is not None:
        yield from ("--cacert", shell.quoted(ca_file))
    if re.search(r"[][{}]", exchange.url):
        yield "--globoff"
    if re.search(r"/\.\.?(?:/|\?|$)", exchange.url):
        yield "--path-as-is"
    if exchange.method == "HEAD":
        yield "--head"
    elif exchange.method != ("GET" if exchange.body is None else "POST"):
        yield from ("-X", shell.quoted(exchange.method))


def _headers(exchange: Exchange, shell: Shell, names: Mapping[str, str]) -> Iterator[str]:
    for name, value in exchange.headers:
        if not _is_curls_own(exchange, name.lower(), value):
            # curl sends an empty header only where a semicolon stands for the colon.
            yield from ("-H", shell.word(f"{name}: {value}" if value else f"{name};", names))
    if exchange.body is not None and "content-type" not in {name.lower() for name, _ in exchange.headers}:
        yield from ("-H", shell.quoted("Content-Type:"))


def _is_curls_own(exchange: Exchange, name: str, value: str) -> bool:
    if name == "host":
        return value == urlsplit(exchange.url).netloc
    if name == "content-type":
        return exchange.body is not None and value == FORM
    return name in OWN_HEADERS or (name, value) == ("accept", "*/*")


def _fields(form: str) -> list[tuple[bool, str]]:
    """Split a form into the fields whose whole value is a secret and what stands between them."""
    fields: list[tuple[bool, str]] = []
    for field in form.split("&"):
        is_secret = _TAG.fullmatch(field.partition("=")[2]) is not None
        if fields and not is_secret and not fields[-1][0]:
            fields[-1] = (False, f"{fields[-1][1]}&{field}")
        else:
            fields.append((is_secret, field))
    return fields


def _quoted(text: str) -> str:
    """Quote a text for a shell; what is not printable ASCII is written in ANSI-C quotes."""
    if not _ODD.search(text):
        return shlex.quote(text)
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return "$'" + _ODD.sub(lambda odd: _bytes(odd.group(), "\\x{:02x}"), escaped) + "'"


def _octal(text: str) -> str:
    """Quote a text for `printf %b`, which can say NUL."""
    escaped = text.replace("\\", "\\\\")
    return shlex.quote(_ODD.sub(lambda odd: _bytes(odd.group(), "\\0{:03o}"), escaped))


def _bytes(character: str, form: str) -> str:
    return "".join(form.format(byte) for byte in character.encode("utf-8", "surrogatepass"))


def _word(text: str, names: Mapping[str, str], quoted: Callable[[str], str] = _quoted) -> str:
    """Give a text as one word of a shell, the tags in it as variables."""
    parts = split(text, names)
    if all(not is_name for is_name, _ in parts):
        return quoted(text)
    if all(is_name or _PLAIN.fullmatch(part) for is_name, part in parts):
        return f'"{"".join(_in_double_quotes(parts))}"'
    return "".join(f'"${part}"' if is_name else quoted(part) for is_name, part in parts)


def _in_double_quotes(parts: list[tuple[bool, str]]) -> Iterator[str]:
    for place, (is_name, part) in enumerate(parts, start=1):
        if not is_name:
            yield part
        else:
            yield f"${part}" if place == len(parts) else f"${{{part}}}"


def split(text: str, names: Mapping[str, str]) -> list[tuple[bool, str]]:
    """Split a text into (whether it names a variable, the name or the text as it stands)."""
    parts: list[tuple[bool, str]] = []
    end = 0
    for match in _TAG.finditer(text):
        parts += [(False, text[end : match.start()]), (True, names[match.group()])]
        end = match.end()
    parts.append((False, text[end:]))
    return [(is_name, part) for is_name, part in parts if part]


POSIX = Shell(_quoted, _word)
"""What sh, bash and their kind read; ANSI-C quotes, where something cannot be printed, need bash, zsh or ksh."""
