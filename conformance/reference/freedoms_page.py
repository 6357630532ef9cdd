"""Tells the freedoms and the weather: as text for the terminal, and as the page docs/freedoms.md."""

from __future__ import annotations

import sys
import textwrap
from typing import TYPE_CHECKING

from conformance.reference.freedoms import FREEDOMS, Freedom, meaning
from conformance.reference.freedoms_left_out import LEFT_OUT
from conformance.reference.weather import WEATHER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

WIDTH = 110
_HEAD = """\
# Freedoms

What the documentation leaves open, a server may do in its own way. The suite is not to blame a server for such a thing, and the bundled server can do
each of them: every row is a switch of `conformance serve`, set with `--freedom NAME=VALUE`, as often as you like. The value in bold is the default. The last
column says where the documentation leaves it open: the page and section, and the numbers of statements (S) and of contradictions and gaps (C) that the
catalogue uses too.

```console
$ conformance serve --freedom dates=naked --freedom token-format=opaque --write-target other.toml &
serving https://127.0.0.1:41213/api/v1
```

The tests combine the freedoms so that every value of every one occurs, and run the suite against each combination: no requirement of the level *must*
fails. This page is written by `python -m conformance.reference.freedoms_page`; a test compares the two.
"""
_WEATHER = """\
## Bad weather

What a network, a load balancer or other clients do to a server that conforms. These are switches too, set with `--weather NAME=VALUE`.
"""
_LEFT_OUT = """\
## What is no freedom

Numbers of the documentation's gaps and contradictions, and of what it leaves to convention, that are no switch of this server, and why.
"""


def freedoms_text() -> str:
    """Every switch with its values, for the terminal."""
    blocks = [_block(freedom, "freedom") for freedom in FREEDOMS.values()]
    return "\n".join([*blocks, *(_block(kind, "weather") for kind in WEATHER.values())]) + "\n"


def _block(freedom: Freedom, kind: str) -> str:
    lines = [f"--{kind} {freedom.name}=VALUE", *_wrapped(f"{freedom.sentence} ({freedom.page})", "    ")]
    for spelled, value in freedom.spelled.items():
        words = f"{spelled}: {meaning(value)}" if meaning(value) else spelled
        lines += _wrapped(words + (" (default)" if value == freedom.default else ""), "        ")
    return "\n".join(lines)


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent + "  ")


def freedoms_page() -> str:
    """The page docs/freedoms.md."""
    parts = [_HEAD]
    for page, freedoms in _by_page(FREEDOMS.values()).items():
        parts.append(f"## {page[0].upper()}{page[1:]}\n\n{_table(freedoms)}")
    parts += [f"{_WEATHER}\n{_table(WEATHER.values())}", f"{_LEFT_OUT}\n{_reasons(LEFT_OUT)}"]
    return "\n".join(parts)


def _by_page(freedoms: Iterable[Freedom]) -> dict[str, list[Freedom]]:
    pages: dict[str, list[Freedom]] = {}
    for freedom in freedoms:
        pages.setdefault(freedom.page.partition(",")[0], []).append(freedom)
    return pages


def _table(freedoms: Iterable[Freedom]) -> str:
    head = ["| name | what it is | values | left open by |", "|---|---|---|---|"]
    return "\n".join([*head, *map(_row, freedoms), ""])


def _row(freedom: Freedom) -> str:
    values = []
    for spelled, value in freedom.spelled.items():
        name = f"**`{spelled}`**" if value == freedom.default else f"`{spelled}`"
        values.append(f"{name}: {meaning(value)}" if meaning(value) else name)
    source = f"{freedom.page}: {', '.join(freedom.rows)}" if freedom.rows else freedom.page
    return f"| `{freedom.name}` | {freedom.sentence} | {'; '.join(values)} | {source} |"


def _reasons(reasons: Mapping[str, str]) -> str:
    return "\n".join(["| number | why |", "|---|---|", *(f"| {row} | {why} |" for row, why in reasons.items()), ""])


if __name__ == "__main__":
    sys.stdout.write(freedoms_page())
