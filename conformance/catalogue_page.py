"""The requirement catalogue as a page: docs/requirements.md, or a selection of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.contract.outcomes import Basis
from conformance.explaining import NEEDS, WHY_THIS_LEVEL
from conformance.report.escaping import markdown_text
from conformance.report.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Entry = Mapping[str, Any]

_HEAD = """\
# The requirement catalogue

<!-- Written by `conformance list --format markdown`. Do not edit it: change specs/requirements, then renew the page. -->

Everything that the suite holds against a target, one sentence each. A requirement has an address of its own: `requirements.md#token.form`. For one of them
`conformance explain ID` also tells how it is checked and what breaks it, and `conformance run TARGET.toml --requirement ID` asks for it alone.
"""
_LEVELS = """\
The **level** follows from the basis, that is from what a requirement rests on. The numbers behind a source are rows of the documentation
(`conformance list --statements`). *Hence* says why what is not written word for word cannot mean otherwise; *needs* says what the target file has to
declare. What no request can show is marked *cannot be checked*, with the reason; it never counts as passed.
"""


def catalogue_page(entries: Sequence[Entry]) -> str:
    """Give the page; `entries` are those of `listing.listed`, in the catalogue's order."""
    chapters = _by_chapter(entries)
    parts = [_HEAD, f"{_total(entries)}\n", _LEVELS, _table(("basis", "what it means"), _bases(entries)), ""]
    parts += [_table(("chapter", "profile", "requirements", "musts", "cannot be checked"), _contents(chapters)), ""]
    for name, own in chapters.items():
        parts += [f"## {name}\n", _table(("requirement", "level", "basis", "source"), map(_row, own)), ""]
    return "\n".join(parts)


def _by_chapter(entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    chapters: dict[str, list[Entry]] = {}
    for entry in entries:
        chapters.setdefault(entry["id"].partition(".")[0], []).append(entry)
    return chapters


def _total(entries: Sequence[Entry]) -> str:
    checkable = [entry for entry in entries if entry["checkable"]]
    musts = sum(entry["level"] == "must" for entry in checkable)
    return (
        f"{counted(len(entries), 'requirement')}: {len(checkable)} can be checked ({musts} of them musts), "
        f"{len(entries) - len(checkable)} cannot."
    )


def _bases(entries: Sequence[Entry]) -> Iterator[tuple[str, ...]]:
    present = {entry["basis"] for entry in entries}
    for basis in Basis:
        if basis in present:
            yield f"`{basis}`", markdown_text(WHY_THIS_LEVEL[basis])


def _contents(chapters: Mapping[str, Sequence[Entry]]) -> Iterator[tuple[str, ...]]:
    for name, own in chapters.items():
        profiles = ", ".join(f"`{profile}`" for profile in dict.fromkeys(entry["profile"] for entry in own))
        musts = sum(entry["level"] == "must" and entry["checkable"] for entry in own)
        unchecked = sum(not entry["checkable"] for entry in own)
        yield f"[{name}](#{name})", profiles, str(len(own)), str(musts or "-"), str(unchecked or "-")


def _row(entry: Entry) -> tuple[str, ...]:
    told = [f'<a id="{entry["id"]}"></a>[`{entry["id"]}`](#{entry["id"]})', markdown_text(entry["statement"])]
    if entry["derivation"]:
        told.append(f"*Hence:* {markdown_text(entry['derivation'])}")
    if entry["needs"]:
        told.append(f"*Needs* {markdown_text('; '.join(NEEDS.get(need, need) for need in entry['needs']))}.")
    if not entry["checkable"]:
        told.append(f"*Cannot be checked:* {markdown_text(entry['reason'])}")
    return "<br>".join(told), entry["level"], entry["basis"], _source(entry["source"])


def _source(source: Mapping[str, Any]) -> str:
    rows = f" ({', '.join(source['rows'])})" if source["rows"] else ""
    return markdown_text(f"{source['page']}, {source['section']}{rows}")


def _table(head: Sequence[str], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" if line[0] != "---" else f"|{'|'.join(line)}|" for line in lines)
