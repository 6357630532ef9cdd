"""How an exchange is shown on a page: as text, cut where it is long, its secrets' tags told apart from the rest."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from conformance.report.escaping import visible_lines
from conformance.report.evidence import exchange_line
from conformance.report.wording import shortened

if TYPE_CHECKING:
    from conformance.report.run import Exchange, Run

LONGEST_BODY = 4000
_TAG = re.compile(r"(<(?:token|secret|basic|new secret)[^<>\n]{0,80}>)")


@dataclass(frozen=True, slots=True)
class ShownExchange:
    """One exchange: its line, and both its messages as text."""

    number: int
    line: str
    request: Markup
    answer: Markup

    @property
    def size(self) -> int:
        """How many characters of a page it takes."""
        return len(self.request) + len(self.answer)


def show_exchange(run: Run, exchange: Exchange) -> ShownExchange:
    """Show one exchange."""
    asked = [f"{exchange.method} {exchange.url}", *_headers(exchange.headers), *_body(exchange.body)]
    came = exchange.error or "no answer" if exchange.status is None else str(exchange.status)
    answered = [came, *_headers(exchange.response_headers), *_body(exchange.response_body)]
    if exchange.truncated:
        answered.append("(bodies are cut in exchanges.jsonl, too)")
    line = exchange_line(run, exchange).removesuffix(f" (exchange {exchange.id})")
    return ShownExchange(exchange.id, line, tagged("\n".join(asked)), tagged("\n".join(answered)))


def tagged(text: str) -> Markup:
    """Give a text with the tags that stand for secrets marked."""
    parts = _TAG.split("\n".join(visible_lines(text)))
    return Markup("").join(
        Markup("<mark>{}</mark>").format(part) if place % 2 else escape(part) for place, part in enumerate(parts)
    )


def _headers(headers: tuple[tuple[str, str], ...]) -> list[str]:
    return [f"{name}: {value}" for name, value in headers]


def _body(body: str | None) -> list[str]:
    return [] if body is None else ["", shortened(_readable(body), LONGEST_BODY)]


def _readable(body: str) -> str:
    """Indent JSON; everything else stays as it was sent."""
    if not body.lstrip().startswith(("{", "[")):
        return body
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body
