"""Lines of text under construction for a terminal: wrapped, indented, coloured, free of control characters."""

from __future__ import annotations

import textwrap

from conformance.report.escaping import visible, visible_lines

WIDTH = 100
LABEL = 11
"""The column in which a labelled text begins."""

_STYLES = {"bold": "1", "red": "1;31", "green": "1;32", "yellow": "1;33", "dim": "2"}


class TextPage:
    """Lines of text under construction; everything that is put in loses its control characters here."""

    def __init__(self, *, colour: bool, width: int) -> None:
        self.lines: list[str] = []
        self._colour = colour
        self._width = max(width, 40)

    def heading(self, text: str, style: str = "bold") -> None:
        """Add an empty line and a section's title."""
        self.lines.append("")
        self.text(text, style=style)

    def text(self, text: str, indent: int = 0, *, hanging: int = 0, style: str = "") -> None:
        """Add a text as one paragraph, wrapped; lines but the first are indented further by `hanging`."""
        for part in self._wrapped(visible(text), " " * indent, " " * (indent + hanging)):
            self.lines.append(self.styled(part, style))

    def block(self, text: str, indent: int) -> None:
        """Add a text that has lines of its own, each wrapped; indented, none of them can pass for one of ours."""
        for line in visible_lines(text):
            self.lines += self._wrapped(line, " " * indent, " " * (indent + 2))

    def row(self, label: str, text: str, indent: int) -> None:
        """Add a labelled text whose lines all begin in the same column."""
        start = " " * (indent + LABEL)
        first = f"{' ' * indent}{label:<{LABEL}}"
        for line in visible_lines(text):
            self.lines += self._wrapped(line, first, start)
            first = start

    def verbatim(self, label: str, text: str, indent: int) -> None:
        """Add a line that is to be copied, and so is never wrapped."""
        self.lines.append(f"{' ' * indent}{label:<{LABEL}}{visible(text)}")

    def styled(self, text: str, style: str) -> str:
        """Colour a text, if this page has colours."""
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self._colour and style else text

    def _wrapped(self, line: str, first: str, rest: str) -> list[str]:
        return textwrap.wrap(
            line, self._width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
        ) or [first.rstrip()]
