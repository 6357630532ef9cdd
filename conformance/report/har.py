"""The exchanges of a run as an HTTP Archive (HAR 1.2), which browsers and proxies open; secrets are replaced by tags."""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlsplit

from conformance.report.findings import conclusion_sentence, find

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.report.run import Exchange, Run

UNKNOWN = -1
"""What HAR puts for a size or a span of time that is not known."""

_AUTHORITY = re.compile(r"https?://[^/?#]*")
_LONELY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_LONG_AGO = "1970-01-01T00:00:00.000Z"


def render(run: Run) -> str:
    """Give the archive; each entry says in `_checks` which checks rest on it."""
    findings = find(run)
    name, _, version = run.suite.partition(" ")
    resting = _resting(run)
    log = {
        "version": "1.2",
        "creator": {"name": name or "conformance", "version": version or "0"},
        "comment": f"{run.target.name}, run {run.id}: {findings.word}: {conclusion_sentence(findings)}",
        "entries": [_entry(run, run.exchanges[at], resting.get(at, [])) for at in run.exchanges],
    }
    return json.dumps({"log": log}, indent=1).replace("\x7f", "\\u007f") + "\n"


def _resting(run: Run) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for check in run.checks:
        for number in check.exchanges:
            found.setdefault(number, []).append(check.id)
    return found


def _entry(run: Run, exchange: Exchange, checks: list[str]) -> dict[str, Any]:
    milliseconds = round(exchange.seconds * 1000, 3)
    entry = {
        "startedDateTime": exchange.sent or run.started or _LONG_AGO,
        "time": milliseconds,
        "request": _request(exchange),
        "response": _response(exchange),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "comment": f"exchange {exchange.id}, {f'as {exchange.client}' if exchange.client else 'as nobody'}",
        "_exchange": exchange.id,
        "_client": exchange.client,
        "_checks": checks,
    }
    return entry | ({"_truncated": True} if exchange.truncated else {})


def _request(exchange: Exchange) -> dict[str, Any]:
    request = {
        "method": exchange.method,
        "url": _uri(exchange.url),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(exchange.headers),
        "queryString": _pairs(_query(exchange.url)),
        "headersSize": UNKNOWN,
        "bodySize": _size(exchange.body),
    }
    if exchange.body is None:
        return request
    mime = _header(exchange.headers, "content-type")
    return request | {"postData": {"mimeType": mime, "params": [], "text": exchange.body}}


def _response(exchange: Exchange) -> dict[str, Any]:
    """Give the answer; where none came, status 0 as browsers write it, with the reason in `_error`."""
    body, headers = exchange.response_body, exchange.response_headers
    response = {
        "status": exchange.status or 0,
        "statusText": _phrase(exchange.status),
        "httpVersion": "HTTP/1.1" if exchange.status else "",
        "cookies": [],
        "headers": _pairs(headers),
        "content": {"size": _size(body), "mimeType": _header(headers, "content-type"), "text": body or ""},
        "redirectURL": _header(headers, "location"),
        "headersSize": UNKNOWN,
        "bodySize": _size(body),
    }
    return response if exchange.status is not None else response | {"_error": exchange.error or "no answer"}


def _uri(url: str) -> str:
    """Give a URL as readers insist on it: what was sent may hold what has no place in one, such as a quotation mark."""
    match = _AUTHORITY.match(url)
    begin = match.end() if match else 0
    rest = quote(_LONELY_PERCENT.sub("%25", url[begin:]).encode("utf-8", "surrogatepass"), safe="%/?:@!$&'()*+,;=~")
    return url[:begin] + rest


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _query(url: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(urlsplit(url).query, keep_blank_values=True, errors="surrogateescape")
    except ValueError:
        return []  # what was sent on purpose is no URL that can be taken apart


def _header(headers: Iterable[tuple[str, str]], name: str) -> str:
    return next((value for own, value in headers if own.lower() == name), "")


def _size(body: str | None) -> int:
    return len((body or "").encode("utf-8", "surrogatepass"))


def _phrase(status: int | None) -> str:
    try:
        return HTTPStatus(status or 0).phrase
    except ValueError:
        return ""
