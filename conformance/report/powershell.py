"""The line of curl.py as PowerShell 7.3 or later reads it; older ones hand quotation marks on to programs wrongly."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.report.curl import Curl, Shell, split, variable_names, variables, words_before_data, words_of_data

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.report.run import Exchange

_ODD = re.compile(r"[^\x20-\x7e]")
# What means something between double quotes. Typographic quotation marks do, too, but they are not ASCII.
_SPECIAL = re.compile(r"[`$\"]")


def powershell(*exchanges: Exchange, ca_file: str | None = None) -> Curl | None:
    """Give the line that sends the requests again; None for a body with NUL, which no argument can hold."""
    if any("\0" in (exchange.body or "") for exchange in exchanges):
        return None
    names = variable_names(*exchanges)
    commands = (
        [
            *words_before_data(exchange, POWERSHELL, names, ca_file),
            *words_of_data(exchange, POWERSHELL, names),
            _word(exchange.url, names),
        ]
        for exchange in exchanges
    )
    line = " && ".join(" ".join(words) for words in commands)
    return Curl(line, tuple((f"env:{name}", meaning) for name, meaning in variables(names)))


def _quoted(text: str) -> str:
    """Quote a text: single quotes where it is printable ASCII, else double ones with the characters by number."""
    if not _ODD.search(text):
        return "'" + text.replace("'", "''") + "'"
    return f'"{_escaped(text)}"'


def _word(text: str, names: Mapping[str, str]) -> str:
    """Give a text as one word, the tags in it as environment variables."""
    parts = split(text, names)
    if all(not is_name for is_name, _ in parts):
        return _quoted(text)
    return '"' + "".join(f"${{env:{part}}}" if is_name else _escaped(part) for is_name, part in parts) + '"'


def _escaped(text: str) -> str:
    return _ODD.sub(_by_number, _SPECIAL.sub(r"`\g<0>", text))


def _by_number(odd: re.Match[str]) -> str:
    units = odd.group().encode("utf-16-be", "surrogatepass")
    pairs = (units[place : place + 2].hex() for place in range(0, len(units), 2))
    return "".join(f"$([char]0x{pair})" for pair in pairs)


POWERSHELL = Shell(_quoted, _word)
