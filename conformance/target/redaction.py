"""Knows every secret of a run and hides it, in all the forms in which it may turn up in a text."""

from __future__ import annotations

import base64
import html
import json
import re
import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PIECE = 4
"""Texts are read in pieces of so many bytes, as machine integers."""

LONG = 2 * PIECE
"""From this length on (8 bytes) a value is found anywhere; a shorter one only where it stands by itself."""

HALVED = 32
"""From this length on each half of a value is hidden as well, so that a changed or cut copy gives nothing away."""

PLAIN = re.compile(r"[A-Za-z0-9._-]+")
TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.([A-Za-z0-9_-]+)")
PERCENT = re.compile(r"%[0-9A-F]{2}")
TAG = re.compile(rb"(?:<|&lt;|\\u003c)([^<>\n]{1,160}?)(?:>|&gt;|\\u003e)")
WORD = rb"[\w\x80-\xff]"
UNQUOTED = ("", "/", "*", "!*'()~", "!$'()*,:;@/?", "!$&'()*+,;=:@/")
"""Characters that one program or another leaves alone in a URL: forms, encodeURIComponent, httpx's queries and paths."""


@dataclass(frozen=True, slots=True)
class _Needle:
    """One form of one secret, in UTF-8; `before` and `after` count neighbours in base64 that hold some of its bits."""

    data: bytes
    tag: str
    before: int = 0
    after: int = 0


@dataclass(frozen=True, slots=True)
class _Hit:
    """Where a text holds a secret: the bytes from `start` up to `end`."""

    start: int
    end: int
    tag: str


class Secrets:
    """All secrets known so far; may be asked and told from any thread.

    Every piece of four bytes of a text is looked up in a table that holds four successive pieces of each form of each secret:
    one of them lies even with the text's. The cost of a text does not grow with the number of secrets, and a new secret
    costs no rebuilding.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: set[bytes] = set()
        self._names: set[bytes] = set()
        self._index: dict[int, tuple[tuple[_Needle, int], ...]] = {}
        self._short: dict[bytes, str] = {}
        self._short_pattern: re.Pattern[bytes] | None = None

    def register(self, value: str, tag: str) -> None:
        """Hide a value from now on behind a tag such as `<secret full#1>`, brackets included.

        The first tag of a value stays. An empty value is nothing to hide.
        """
        if not value:
            return
        with self._lock:
            self._add_all(_forms(value, tag))
            for part in _parts(value):
                part_tag = f"<part of {tag.removeprefix('<').removesuffix('>')}>"
                self._add_all(_Needle(_bytes(spelling), part_tag) for spelling in _spellings(part))

    def register_basic(self, client_id: str, secret: str, tag: str) -> None:
        """Hide what HTTP Basic makes of a client's credentials, sent raw or percent-encoded (RFC 6749 section 2.3.1)."""
        with self._lock:
            for name, password in _pairs(client_id, secret):
                for encoded in _base64(f"{name}:{password}"):
                    self._add_all(_Needle(_bytes(spelling), tag) for spelling in _spellings(encoded))

    def redact(self, text: str) -> str:
        """Replace every secret in a text by its tag; where secrets overlap, the longest one's tag stands for all.

        Cut long texts afterwards, not before: half a secret may pass for ordinary text.
        """
        data = _bytes(text)
        hits = self._hits(data, short=True)
        if not hits:
            return text
        pieces = []
        position = 0
        for hit in _merged(hits):
            pieces += [data[position : hit.start], _bytes(hit.tag)]
            position = hit.end
        return b"".join([*pieces, data[position:]]).decode("utf-8", "surrogatepass")

    def find(self, text: str) -> list[str]:
        """Name the tags of all secrets that a text still shows, each once, in order of appearance.

        Secrets of fewer than 8 bytes are not looked for: in a whole report they cannot be told from other text.
        """
        hits = sorted(self._hits(_bytes(text), short=False), key=lambda hit: (hit.start, -hit.end))
        return list(dict.fromkeys(hit.tag for hit in hits))

    def __repr__(self) -> str:
        return f"<{len(self._known)} forms of secrets>"

    def _add_all(self, needles: Iterable[_Needle]) -> None:
        for needle in needles:
            if needle.data not in self._known:
                self._known.add(needle.data)
                self._names.add(_bytes(needle.tag.removeprefix("<").removesuffix(">")))
                self._add(needle)

    def _add(self, needle: _Needle) -> None:
        if len(needle.data) < LONG:
            self._short[needle.data] = needle.tag
            longest_first = sorted(self._short, key=len, reverse=True)
            self._short_pattern = re.compile(b"|".join(map(_by_itself, longest_first)))
            return
        start = self._least_crowded(needle.data)
        for offset in range(start, start + PIECE):
            piece = _piece(needle.data, offset)
            self._index[piece] = (*self._index.get(piece, ()), (needle, offset))

    def _least_crowded(self, data: bytes) -> int:
        """Choose the place whose pieces are shared with the fewest others: tokens often begin alike."""
        last = len(data) - LONG + 1
        best, best_crowd = last, sys.maxsize
        for start in (last, last // 2, last // 4, *range(0, last, 3)):
            crowd = sum(len(self._index.get(_piece(data, at), ())) for at in range(start, start + PIECE))
            if crowd < best_crowd:
                best, best_crowd = start, crowd
            if crowd <= PIECE:
                break
        return best

    def _hits(self, data: bytes, *, short: bool) -> list[_Hit]:
        index = self._index
        pieces = memoryview(data)[: len(data) // PIECE * PIECE].cast("I").tolist()
        # Most texts hold none; that is found out without a loop of our own.
        none = index.keys().isdisjoint(pieces)
        places = [] if none else [place for place, piece in enumerate(pieces) if piece in index]
        hits = [hit for place in places for hit in _matches(data, place * PIECE, index[pieces[place]])]
        if short and self._short_pattern is not None:
            found = self._short_pattern.finditer(data)
            hits += [_Hit(match.start(), match.end(), self._short[match[0]]) for match in found]
        return self._outside_tags(data, hits) if hits else hits

    def _outside_tags(self, data: bytes, hits: list[_Hit]) -> list[_Hit]:
        """Leave tags alone: one names its client, and a careless secret is its client's name."""
        tags = [match.span() for match in TAG.finditer(data) if match[1] in self._names]
        if not tags:
            return hits
        return [hit for hit in hits if not any(start <= hit.start and hit.end <= end for start, end in tags)]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _piece(data: bytes, offset: int) -> int:
    return int.from_bytes(data[offset : offset + PIECE], sys.byteorder)


def _matches(data: bytes, at: int, entries: tuple[tuple[_Needle, int], ...]) -> Iterator[_Hit]:
    for needle, offset in entries:
        start = at - offset
        if start >= 0 and data.startswith(needle.data, start):
            end = min(start + len(needle.data) + needle.after, len(data))
            while needle.after and data[end : end + 1] == b"=":
                end += 1
            yield _Hit(max(start - needle.before, 0), end, needle.tag)


def _merged(hits: list[_Hit]) -> list[_Hit]:
    """Join hits that overlap into one that covers them all, under the tag of the longest."""
    merged: list[_Hit] = []
    longest = 0
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
        length = hit.end - hit.start
        if not merged or hit.start >= merged[-1].end:
            merged.append(hit)
            longest = length
            continue
        last = merged[-1]
        merged[-1] = _Hit(last.start, max(last.end, hit.end), hit.tag if length > longest else last.tag)
        longest = max(longest, length)
    return merged


def _forms(value: str, tag: str) -> Iterator[_Needle]:
    """Give a value as it may stand in a text, alone or within something that is encoded as a whole."""
    for spelling in _spellings(value):
        yield _Needle(_bytes(spelling), tag)
    if len(value) < LONG:
        for encoded in _base64(value):
            yield _Needle(_bytes(encoded), tag)
    yield from _within_base64(value, tag)


def _parts(value: str) -> list[str]:
    """Cut a long secret in two; of a signed token the signature is the secret, claims are not."""
    token = TOKEN.fullmatch(value)
    if token is not None:
        signature = token[1]
        return [part for part in (signature, *_halves(signature)) if len(part) >= LONG]
    return _halves(value)


def _halves(value: str) -> list[str]:
    middle = len(value) // 2
    return [value[:middle], value[middle:]] if len(value) >= HALVED else []


def _spellings(value: str) -> set[str]:
    """Give all spellings of a value: raw, in a URL, in JSON, in HTML, in Python."""
    if PLAIN.fullmatch(value):
        return {value}
    return {value, *_in_url(value), *_in_json(value), *_in_html(value), repr(value)[1:-1], ascii(value)[1:-1]}


def _in_url(value: str) -> set[str]:
    quoted = {quote(value, safe=safe) for safe in UNQUOTED} | {quote_plus(value, safe=safe) for safe in ("", "*")}
    quoted |= {form.replace("~", "%7E") for form in quoted}
    return quoted | {PERCENT.sub(lambda match: match[0].lower(), form) for form in quoted}


def _in_json(value: str) -> set[str]:
    once = {json.dumps(value, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
    once |= {form.replace("/", "\\/") for form in once}
    once |= {form.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e") for form in once}
    return once | {json.dumps(form, ensure_ascii=False)[1:-1] for form in once}


def _in_html(value: str) -> set[str]:
    bare = html.escape(value, quote=False)
    quotes = (("&quot;", "&#x27;"), ("&#34;", "&#39;"), ("&quot;", "&apos;"), ("&quot;", "'"))
    return {bare} | {bare.replace('"', double).replace("'", single) for double, single in quotes}


def _pairs(client_id: str, secret: str) -> set[tuple[str, str]]:
    forms = {(client_id, secret), (quote_plus(client_id), quote_plus(secret))}
    return forms | {(quote(client_id, safe=safe), quote(secret, safe=safe)) for safe in ("", "/")}


def _base64(text: str) -> set[str]:
    raw = {_bytes(text), text.encode("latin-1", "ignore")}
    encoded = {encode(data).decode() for data in raw for encode in (base64.b64encode, base64.urlsafe_b64encode)}
    return encoded | {form.rstrip("=") for form in encoded}


def _within_base64(value: str, tag: str) -> Iterator[_Needle]:
    """Give the characters that a value leaves in base64 at each of the three places where it can begin in it."""
    data = _bytes(value)
    for lead in range(3):
        first, last = -(-lead * 8 // 6), (lead + len(data)) * 8 // 6
        core = base64.b64encode(b"\0" * lead + data).decode()[first:last]
        if len(core) >= LONG:
            after = 1 if (lead + len(data)) % 3 else 0
            for form in {core, core.replace("+", "-").replace("/", "_")}:
                yield _Needle(_bytes(form), tag, before=1 if lead else 0, after=after)


def _by_itself(value: bytes) -> bytes:
    """Match a short value where it is no part of a longer word; looking back comes last, for speed."""
    literal = re.escape(value)
    before = b"(?<!" + WORD + literal + b")" if re.match(WORD, value) else b""
    after = b"(?!" + WORD + b")" if re.match(WORD, value[-1:]) else b""
    return literal + after + before
