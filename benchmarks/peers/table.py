"""Makes the Markdown tables of results.json, and puts the short one where the README marks its place.

.venv/bin/python benchmarks/peers/table.py            prints both
.venv/bin/python benchmarks/peers/table.py --write    puts them into README.md and benchmarks/README.md
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BEGIN, END = "<!-- peers: begin -->", "<!-- peers: end -->"
CHAPTERS_BEGIN, CHAPTERS_END = "<!-- peers by chapter: begin -->", "<!-- peers by chapter: end -->"
AUTHORIZATION = "authorization"

Json = dict[str, Any]


def main() -> None:
    """Print the tables, or put them into the documents that mark their place."""
    results: Json = json.loads((HERE / "results.json").read_text("utf-8"))
    if "--write" not in sys.argv[1:]:
        print(short(results), by_chapter(results), sep="\n\n")
        return
    for document in (ROOT / "README.md", ROOT / "benchmarks" / "README.md"):
        text = document.read_text("utf-8")
        document.write_text(filled(text, results), "utf-8")


def filled(text: str, results: Json) -> str:
    """Put the tables between the markers of a text, where it has them."""
    text = _between(text, BEGIN, END, short(results))
    return _between(text, CHAPTERS_BEGIN, CHAPTERS_END, by_chapter(results))


def block(text: str, begin: str = BEGIN, end: str = END) -> str | None:
    """What stands between two markers of a text; None without them."""
    found = re.search(re.escape(begin) + r"\n(.*?)" + re.escape(end), text, re.DOTALL)
    return None if found is None else found[1].removesuffix("\n")


def _between(text: str, begin: str, end: str, table: str) -> str:
    if block(text, begin, end) is None:
        return text
    before, _, rest = text.partition(begin)
    return f"{before}{begin}\n{table}\n{end}{rest.partition(end)[2]}"


def short(results: Json) -> str:
    """One row a tool: what it found, what it reported without a fault, what a run costs the tool's own process."""
    tried = _tried(results)
    chapters = results["chapters"]
    permissions = [name for name in tried if chapters[name] == AUTHORIZATION]
    head = [
        "| tool | faults found | of these, authorization | false alarms | processor time | requests |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    return "\n".join([*head, *(_row(tool, tried, permissions) for tool in results["tools"]), "", _note(results)])


def _row(tool: Json, tried: list[str], permissions: list[str]) -> str:
    name = f"{tool['name']} {tool['version']}".strip()
    if tool["unavailable"]:
        return f"| {name} | {tool['unavailable']} | | | | |"
    alarms = sum(not found.startswith("warning") for found in tool["usual"])
    cost = f"{tool['processor']:.0f} s | {tool['requests']:,}"
    return f"| {name} | {_found(tool, tried)} | {_found(tool, permissions)} | {alarms} | {cost} |"


def _note(results: Json) -> str:
    tried, all_of_them = len(_tried(results)), sum(results["faults"].values())
    sample = f"{tried} of {all_of_them}, some of every chapter, a third of them of authorization"
    which = f"all {tried}" if tried == all_of_them else sample
    return (
        f"Measured {results['date']} on {results['machine']}, with single faults of the bundled server ({which}). "
        "Found: the tool reports anything at all that it does not report without a fault. The other columns are of a "
        "run without a fault; the processor time is the tool's own. The faults come with this suite, and each has a "
        "check: that it finds them says little; what the others find says which mistakes a general tool sees."
    )


def by_chapter(results: Json) -> str:
    """One row a chapter: how many of its tried faults each tool found."""
    tools = [tool for tool in results["tools"] if not tool["unavailable"]]
    names, line = " | ".join(tool["name"] for tool in tools), "---:|" * len(tools)
    chapters: dict[str, list[str]] = {}
    for name in _tried(results):
        chapters.setdefault(results["chapters"][name], []).append(name)
    rows = [
        f"| {chapter} | {len(names_)} of {results['faults'][chapter]} | {_counts(tools, names_)} |"
        for chapter, names_ in sorted(chapters.items())
    ]
    total = f"| together | {len(_tried(results))} of {sum(results['faults'].values())} | {_counts(tools, _tried(results))} |"
    return "\n".join([f"| chapter | faults tried | {names} |", f"|---|---:|{line}", *rows, total])


def _counts(tools: list[Json], names: list[str]) -> str:
    return " | ".join(str(_killed(tool, names)) for tool in tools)


def _found(tool: Json, names: list[str]) -> str:
    return f"{_killed(tool, names)} of {len(names)}"


def _killed(tool: Json, names: list[str]) -> int:
    return sum(tool["trials"][name]["killed"] for name in names)


def _tried(results: Json) -> list[str]:
    """The faults that every tool was tried with."""
    tools = [tool for tool in results["tools"] if not tool["unavailable"]]
    return [name for name in results["chapters"] if all(name in tool["trials"] for tool in tools)]


if __name__ == "__main__":
    main()
