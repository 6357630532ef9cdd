"""Foreign text: nothing of it moves a cursor, opens a tag or becomes a link."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from conformance.report.escaping import markdown_block, markdown_code, markdown_text, printable, visible, visible_lines

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()))
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\x9b2J", "\\x9b2J"),
        ("a\nb\rc\td", "a\\nb\\rc\\td"),
        ("\u202egpj.exe", "\\u202egpj.exe"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
        ("naïve 日本", "naïve 日本"),
    ],
)
def test_what_cannot_be_seen_is_named(text: str, shown: str) -> None:
    """Control characters and what changes the direction show as their code, everything else as itself."""
    assert visible(text) == shown


@given(ANY_TEXT)
def test_visible_text_is_one_harmless_line(text: str) -> None:
    """It can be encoded, has no line break of any kind, and seeing it twice changes nothing."""
    shown = visible(text)

    assert len(shown.encode().decode().splitlines()) <= 1
    assert visible(shown) == shown
    assert shown.isprintable() or not any(character < " " or character == "\x7f" for character in shown)


def test_only_line_feeds_end_a_line() -> None:
    """A carriage return alone would overwrite the line that it stands in."""
    assert visible_lines("one\r\ntwo\rthree\u2028four\n") == ["one", "two\\rthree\\u2028four", ""]


def test_output_that_cannot_show_a_character_gets_its_code() -> None:
    """An ASCII terminal, or one of an encoding that Python does not know, still gets the whole text."""
    assert printable("naïve", "ascii") == "na\\xefve"
    assert printable("naïve", "no-such-encoding") == "na\\xefve"
    assert printable("naïve", "utf-8") == "naïve"


@given(ANY_TEXT)
def test_markdown_text_is_shown_literally(text: str) -> None:
    """Rendered, the prose is the text itself: no emphasis, link, image, tag or mention."""
    tokens = MARKDOWN.parse(f"- x {markdown_text(text)}")
    inline = [child for token in tokens for child in token.children or ()]

    assert {child.type for child in inline} <= {"text", "text_special", "html_inline"}
    assert {child.content for child in inline if child.type == "html_inline"} <= {"<!-- -->"}
    assert "".join(child.content for child in inline if child.type != "html_inline") == f"x {visible(text)}".rstrip()


@pytest.mark.parametrize("text", ["# x", "- x", "+ x", "1. x", "2) x", "> x", "=== ", "--- ", "|a|b|", "~~x~~", "*x*"])
def test_markdown_text_opens_no_block(text: str) -> None:
    """At the beginning of a line it stays a paragraph."""
    assert [token.type for token in MARKDOWN.parse(markdown_text(text))] == [
        "paragraph_open",
        "inline",
        "paragraph_close",
    ]


def test_markdown_text_makes_no_link_or_mention_of_itself() -> None:
    """What sites turn into links behind the Markdown is broken up."""
    assert markdown_text("https://evil.example") == "https\\://evil.example"
    assert markdown_text("www.evil.example") == "www\\.evil.example"
    assert markdown_text("@everyone") == "@<!-- -->everyone"


@given(ANY_TEXT)
def test_markdown_code_holds_any_text(text: str) -> None:
    """A code span ends where the text ends."""
    inline = MARKDOWN.parse(f"x {markdown_code(text)} y")[1].children or []

    assert [child.type for child in inline] == ["text", "code_inline", "text"]
    assert inline[1].content.strip() == visible(text).strip()


@given(ANY_TEXT)
def test_markdown_block_holds_any_text(text: str) -> None:
    """A fenced block ends where the text ends."""
    tokens = MARKDOWN.parse(f"{markdown_block(text, 'sh')}\n\nafter")

    assert [token.type for token in tokens] == ["fence", "paragraph_open", "inline", "paragraph_close"]
