"""Which characters of foreign text never reach a terminal, XML or Markdown, and what stands in for them."""

from __future__ import annotations

import re

# Control characters (ESC among them), surrogates, and what changes the direction or hides: a target's text must not
# move the cursor, recolour a verdict or show itself in another order than it was sent.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    "\ufffe\uffff\U000e0000-\U000e007f]"
)
# What opens markup anywhere, and what does so at the beginning of a line; `://` and `www.` would make a link of themselves.
_MARKDOWN = re.compile(r"[\\`*_\[\]<>#|~&$]|:(?=//)|(?<=www)\.|^\s*[-+=]|^\s*\d+(?=[.)])")


def visible(text: str) -> str:
    r"""Give a text as one line that shows what cannot be seen, such as ESC, as `\x1b` and a line break as `\n`."""
    return _UNSEEN.sub(_name, text)


def visible_lines(text: str) -> list[str]:
    """Give a text line by line, each made visible; only line feeds end a line."""
    return [visible(line.replace("\t", "    ")) for line in text.replace("\r\n", "\n").split("\n")]


def _name(match: re.Match[str]) -> str:
    code = ord(match.group())
    known = {10: "\\n", 13: "\\r", 9: "\\t"}.get(code)
    if known is not None:
        return known
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def printable(text: str, encoding: str) -> str:
    """Replace what an output of this encoding cannot show; an unknown encoding is taken for ASCII."""
    try:
        return text.encode(encoding, "backslashreplace").decode(encoding)
    except LookupError:
        return text.encode("ascii", "backslashreplace").decode("ascii")


def xml_text(text: str) -> str:
    """Give a text that XML 1.0 may hold, line feeds kept; the markup characters are the serializer's business."""
    return "\n".join(visible_lines(text))


def markdown_text(text: str) -> str:
    """Give a text as one line of Markdown prose that shows it literally: no markup, link, mention or HTML."""
    escaped = _MARKDOWN.sub(_escape, visible(text))
    # A backslash does not keep a site from reading a mention; an empty comment does.
    return escaped.replace("@", "@<!-- -->")


def _escape(match: re.Match[str]) -> str:
    return f"{match.group()[:-1]}\\{match.group()[-1]}" if not match.group()[-1].isdigit() else f"{match.group()}\\"


def markdown_code(text: str) -> str:
    """Give a text as a code span, fenced by more backticks than it holds in a row; not for tables."""
    shown = visible(text) or " "
    fence = "`" * (_longest_run(shown) + 1)
    pad = " " if shown.startswith(("`", " ")) or shown.endswith(("`", " ")) else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def markdown_block(text: str, language: str = "") -> str:
    """Give a text as a fenced block of code; only line feeds end a line."""
    shown = "\n".join(visible_lines(text))
    fence = "`" * max(3, _longest_run(shown) + 1)
    return f"{fence}{language}\n{shown}\n{fence}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
