"""What betrays the inside of a server in the body of a refusal: stack traces, queries, paths of its files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from conformance.target.answer import ABSENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.target.answer import Answer

# Members that only a dump of an exception has.
TELLING_MEMBERS = frozenset(
    {
        "stacktrace",
        "stack_trace",
        "stacktracestring",
        "innerexception",
        "exceptiontype",
        "exceptionmessage",
    }
)
MARKS = {
    "a stack trace of Java": r"\bat [\w$.]+\.[\w$<>]+\([\w$]+\.(?:java|kt|scala):\d+\)|\bCaused by: [\w$.]+(?:Exception|Error)\b",
    "an exception of Java": r"\b(?:java|javax|jakarta|org\.\w+|com\.\w+)\.[\w$.]+(?:Exception|Error)\b",
    "a stack trace of .NET": r"\bat [\w.`<>\[\]]+\([^()\n]*\) in [^\n]+:line \d+|\bat (?:System|Microsoft)\.[\w.`<>\[\]]+\(",
    "an exception of .NET": r"\b(?:System|Microsoft)\.[\w.]*Exception\b",
    "a stack trace of Python": r"Traceback \(most recent call last\)|File \"[^\"]+\", line \d+",
    "a stack trace of JavaScript": r"\bat (?:[^\n()]+ )?\(?(?:node:|file:|/|[A-Za-z]:\\)[^\s()]+:\d+:\d+\)?|\bnode_modules\b",
    "a stack trace of PHP": r"(?m)^#\d+ .+\(\d+\): |\bin \S+\.php(?: on line |:)\d+",
    "a stack trace of Ruby": r"\.rb:\d+:in [`']",
    "a stack trace of Go": r"\bgoroutine \d+ \[|\.go:\d+ \+0x",
    "a query": r"\bSELECT\s[^\n]+\sFROM\s|\bINSERT INTO\s+\S+|\bUPDATE\s+\S+\s+SET\s|\bDELETE FROM\s+\S+",
    "a message of a database": (
        r"SQLSTATE|\bORA-\d{5}\b|\b(?:Sql|PSQL|MySql|Npgsql|Sqlite|OleDb|Odbc)(?:Exception|Error)\b|\bsqlite3?\.\w*Error\b"
        r"|\bsyntax error at or near\b|You have an error in your SQL syntax|\bIncorrect syntax near\b"
        r"|Unclosed quotation mark|\bInvalid (?:column|object) name\b|\bnear \"[^\"]*\": syntax error"
        r"|\b(?:UNIQUE|FOREIGN KEY|NOT NULL|PRIMARY KEY) constraint\b|\bduplicate key value violates\b"
    ),
    "a path of a Windows system": r"\b[A-Za-z]:\\+(?:[\w .()-]+\\+)+[\w.-]*",
    "a path of a Unix system": r"(?<![\w.:/])/(?:home|usr|var|opt|srv|etc|root|Users)/[\w.@-]+/[\w.@/-]+",
}
PATTERNS = {words: re.compile(pattern) for words, pattern in MARKS.items()}
LONGEST = 80


def internals(answer: Answer, base_path: str) -> list[str]:
    """What of the inside the body of an answer shows, each in words with the place; what was asked is none of it."""
    body = answer.json
    texts = [answer.text] if body is ABSENT else list(_texts(body))
    whole = "\n".join(texts)
    for own in _own(answer, base_path):
        whole = whole.replace(own, "")
    found = [f"the member {name}" for name in sorted(_members(body)) if name.lower() in TELLING_MEMBERS]
    marks = {words: match for words, pattern in PATTERNS.items() if (match := pattern.search(whole)) is not None}
    return found + [f"{words}: {match.group()[:LONGEST]}" for words, match in marks.items()]


def _own(answer: Answer, base_path: str) -> list[str]:
    """The address of the request itself in all its forms, the longest first: a message may well repeat it."""
    paths = {path for asked in (answer.url, unquote(answer.url)) for path in (asked, asked.partition("?")[0])}
    return sorted({prefix + path for path in paths for prefix in (base_path, "")} - {"", "/"}, key=len, reverse=True)


def _texts(part: Any) -> Iterator[str]:
    """Every text in a JSON value, the names of members included."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for name, value in part.items():
            yield str(name)
            yield from _texts(value)
    elif isinstance(part, list):
        for value in part:
            yield from _texts(value)


def _members(part: Any) -> set[str]:
    if isinstance(part, dict):
        return set(part).union(*(_members(value) for value in part.values()))
    return set().union(*(_members(value) for value in part)) if isinstance(part, list) else set()
