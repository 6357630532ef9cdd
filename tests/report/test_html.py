"""The report's page as a parser reads it: what stands where, and that nothing a target says becomes markup."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.contract.catalogue import Requirement, Source
from conformance.contract.outcomes import Basis, Level, Outcome, Reason
from conformance.contract.readings import Reading, Silence
from conformance.report.html import render
from conformance.report.run import Check, Exchange, Observation, Run, Target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import MakeRun

VOID = frozenset({"meta", "link", "br", "input"})
# What breaks out of texts, attributes, scripts, comments and addresses where somebody forgot to escape.
NASTY = (
    "</script><script>window.taken=1</script>",
    "</style><style>*{display:none}</style>",
    "\"><img src=x onerror='window.taken=1'>",
    "' onfocus='window.taken=1' autofocus x='",
    "<!--<script>window.taken=1//",
    "]]><svg onload=window.taken=1>",
    "{{ 7 * 7 }}{% raw %}${7*7}",
    "javascript:window.taken=1",
    "\u2028window.taken=1\u2029\u202e\x1b[31m\x00\ud800",
    "</pre></code></details></article></main><base href=//evil.example>",
)


@dataclass
class Element:
    """One element; `texts` is what stands in it and in those below it."""

    tag: str
    attributes: dict[str, str]
    parent: Element | None = None
    children: list[Element] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Give all text in it, blanks made one."""
        return " ".join("".join(self.texts).split())

    def all(self, tag: str = "", **attributes: str) -> list[Element]:
        """Find the elements below it; `class_` and `data_verdict` stand for what Python cannot name."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [one for one in self._below() if (not tag or one.tag == tag) and one._has(wanted)]

    def one(self, tag: str = "", **attributes: str) -> Element:
        """Find the only one."""
        (found,) = self.all(tag, **attributes)
        return found

    def _has(self, wanted: dict[str, str]) -> bool:
        own = self.attributes
        return all(value in own.get(name, "").split() or own.get(name) == value for name, value in wanted.items())

    def _below(self) -> Iterator[Element]:
        for child in self.children:
            yield child
            yield from child._below()


class Reader(HTMLParser):
    """Builds elements; fails where one is not closed, or an attribute is named twice."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.at = Element("", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Go into an element."""
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.at = self.at.children[-1]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Add an element without content."""
        assert len(dict(attrs)) == len(attrs), f"{tag} names an attribute twice"
        self.at.children.append(Element(tag, {name: value or "" for name, value in attrs}, self.at))

    def handle_endtag(self, tag: str) -> None:
        """Go out of an element."""
        assert self.at.tag == tag, f"</{tag}> closes {self.at.tag}"
        assert self.at.parent is not None
        self.at = self.at.parent

    def handle_data(self, data: str) -> None:
        """Keep a text with everything around it."""
        above: Element | None = self.at
        while above is not None:
            above.texts.append(data)
            above = above.parent


def page(run: Run) -> Element:
    """Render a run and read the page."""
    reader = Reader()
    reader.feed(render(run))
    reader.close()
    assert reader.at is reader.root, f"{reader.at.tag} is never closed"
    return reader.root


def check(identifier: str, outcome: Outcome, reason: str | None = None, **more: object) -> Check:
    """Make a check whose requirement is what stands before the slash."""
    made = Check(identifier, identifier.partition("/")[0], Level.MUST, outcome, reason)
    return replace(made, **more)  # type: ignore[arg-type]


def exchange(number: int, **more: object) -> Exchange:
    """Make an exchange of client full."""
    made = Exchange(
        number, "full", "2026-11-23T16:00:01.000Z", 0.004, "GET", "https://acme.example/api/v1/Item", status=200
    )
    return replace(made, **more)  # type: ignore[arg-type]


def evil(make_run: MakeRun, text: str) -> Run:
    """Make a run that holds a text wherever a log can hold one."""
    requirement = Requirement(
        "expiry.ends", text, Source(text, text, (text,)), Basis.STATED, Level.MUST, text, checkable=True
    )
    unasked = replace(requirement, id="expiry.other", checkable=False, reason=text)
    asked = check(
        f"expiry.ends/{text}",
        Outcome.FAIL,
        text,
        question=text,
        expected=text,
        observed=text,
        message=text,
        where=text,
        exchanges=(1, 2, 3),
        cell=MappingProxyType({"kind": text, "question": text, "operation": text, "client": text}),
        observations=(Observation(text, text, 1), Observation("reading.x", text, 2)),
    )
    left = check("expiry.ends/two", Outcome.BLOCKED, text, message=text, cause=text)
    broken = check("expiry.ends/three", Outcome.SUITE_ERROR, text, message=text)
    apart = check(f"expiry.{text}", Outcome.NOT_APPLICABLE, text, message=text)
    shown = [
        exchange(1, client=text, url=f"https://acme.example/{text}", headers=((text, text),), body=text),
        exchange(2, method=text, status=None, error=text),
        exchange(3, response_headers=((text, text),), response_body=f'{{"a": "{text}", "b": "<token full#1>"}}'),
    ]
    run = make_run(asked, left, broken, apart, exchanges=shown, catalogue=[requirement, unasked], target=text)
    reading = Reading("x", text, Silence.OPEN, (text,), (text,), MappingProxyType({text: text}))
    target = Target(text, text, ca_file=text, overlay=text)
    return replace(run, readings=(reading,), target=target, suite=text, id=text, profiles=(text,), patterns=())


def test_answer_comes_first(golden: Run) -> None:
    """What a reader wants to know stands above everything else: the verdict, the numbers, what they are about."""
    root = page(golden)

    answer = root.one("section", class_="answer")
    numbers = [int(one.text) for one in answer.one("dl", aria_label="Required of the target").all("dd")[1:]]
    assert root.all("section")[0] is answer
    assert root.one("h1").text == "✗Not conformant"
    assert golden.end is not None
    assert numbers == [golden.end.passed, golden.end.exercised, golden.end.required]
    assert golden.target.base_url in answer.text
    assert golden.suite in answer.text


def test_sections_stand_in_their_order(golden: Run) -> None:
    """Answer, violations, deviations, what was not exercised, readings, pictures, everything."""
    sections = [one.attributes.get("id", "answer") for one in page(golden).all("section")]

    order = ["answer", "errors", "violations", "deviations", "open", "readings", "coverage", "who", "lives", "all"]
    assert sections == [name for name in order if name in sections]
    assert {"answer", "violations", "deviations", "open", "coverage", "who", "lives", "all"} <= set(sections)


def test_violation_tells_what_was_required_asked_expected_and_seen(make_run: MakeRun) -> None:
    """With its source, the line that asserted, the usual cause, the exchanges and both command lines."""
    failed = check(
        "bearer.required/no-token[GET /Item]",
        Outcome.FAIL,
        Reason.ACCEPTED,
        question="Asked without a token.",
        expected="status 401",
        observed="<GET /Item -> 200>",
        where="test_bearer.py:52",
        exchanges=(7, 8),
    )

    article = page(make_run(failed, exchanges=[exchange(7), exchange(8)])).one("article", id="bearer.required")

    assert article.one("h3").text == "bearer.required holds."
    assert "authentication, Token Lifecycle (A12)" in article.text
    told = {term.text: one.text for term, one in zip(article.all("dt"), article.all("dd"), strict=True)}
    assert told["Asked"] == "No token. Asked without a token."
    assert told["Expected"] == "status 401"
    assert told["Observed"].startswith("<GET /Item -> 200>")
    assert "authentication covers" in told["Usual cause"]
    assert told["Check"].endswith("test_bearer.py:52")
    assert [one.one("span", class_="number").text for one in article.all("details", class_="exchange")] == ["7", "8"]
    assert [one.text.split()[0] for one in article.all("pre", class_="copy")] == ["curl", "curl"]


def test_failures_alike_are_told_once(make_run: MakeRun) -> None:
    """A hundred checks that failed at one line for one reason make one account, with at most three exchanges."""
    alike = [
        check(f"a.one/c[{number}]", Outcome.FAIL, Reason.ACCEPTED, where="test_a.py:1", exchanges=(1, 2, 3, 4))
        for number in range(100)
    ]

    article = page(make_run(*alike, exchanges=[exchange(number) for number in range(1, 5)])).one("article")

    assert [one.one("span", class_="number").text for one in article.all("details", class_="exchange")] == [
        "2",
        "3",
        "4",
    ]
    assert "99 more checks failed in the same way" in article.text
    assert "The others of this check, in exchanges.jsonl: 1" in article.text


def test_what_follows_stands_under_its_root(golden: Run) -> None:
    """As everywhere else: repair the first."""
    root = page(golden).one("article", id="expiry.ends")

    assert root.one("article", id="expiry.own-end").one("header").text.startswith("From it follows")


def test_deviation_is_no_violation(make_run: MakeRun) -> None:
    """What does not gate stands apart, and the answer stays conformant."""
    run = make_run(check("a.one", Outcome.PASS), check("a.two", Outcome.FAIL, Reason.MISSING, level=Level.SHOULD))

    root = page(run)

    assert root.one("h1").text.endswith("Conformant")
    assert not root.one("section", id="violations").all("article")
    assert root.one("section", id="deviations").one("article").attributes["id"] == "a.two"


def test_what_was_left_out_says_what_would_change_that(make_run: MakeRun) -> None:
    """Grouped by reason, with a link to each requirement and a mark for those that keep the run from its verdict."""
    left = check("a.one", Outcome.NOT_RUN, Reason.NEEDS_CLIENT, message="add a second client")

    section = page(make_run(left)).one("section", id="open")

    assert "add a second client" in section.text
    assert section.one("a", href="#a.one").text == "a.one"
    assert section.one("abbr").text == "*"


def test_incomplete_log_gives_no_verdict(make_run: MakeRun) -> None:
    """Whatever it holds so far, the page calls it incomplete, in its title too."""
    root = page(make_run(check("a.one", Outcome.PASS), complete=False))

    assert root.one("h1").text.endswith("Incomplete")
    assert root.one("title").text == "Incomplete: Acme"
    assert "none, the log is incomplete" in root.one("section", class_="answer").text
    assert "Conformant" not in root.one("section", class_="answer").text


@pytest.mark.parametrize(
    ("outcome", "heading"),
    [
        (Outcome.PASS, "Conformant"),
        (Outcome.FAIL, "Not conformant"),
        (Outcome.NOT_RUN, "Partial"),
        (Outcome.PENDING, "Pending"),
        (Outcome.SUITE_ERROR, "Invalid"),
    ],
)
def test_every_conclusion_has_its_heading(make_run: MakeRun, outcome: Outcome, heading: str) -> None:
    """A word that stands alone, for people."""
    assert page(make_run(check("a.one", outcome))).one("h1").text[1:] == heading


def test_every_requirement_can_be_linked_to(golden: Run) -> None:
    """Each id of the catalogue is an anchor, no anchor is there twice, and no link of the page leads nowhere."""
    root = page(golden)

    anchors = [one.attributes["id"] for one in root.all() if "id" in one.attributes]
    links = {one.attributes["href"][1:] for one in root.all("a")}
    assert len(anchors) == len(set(anchors))
    assert {entry.id for entry in golden.selection} <= set(anchors)
    assert links <= set(anchors)


def test_screen_readers_find_their_way(golden: Run) -> None:
    """One main, one h1, no level of headings left out, names for everything that can be operated or is a picture."""
    root = page(golden)

    levels = [int(one.tag[1]) for one in root.all() if re.fullmatch("h[1-6]", one.tag)]
    labelled = {one.attributes["for"] for one in root.all("label")}
    assert [len(root.all(tag)) for tag in ("main", "h1", "footer", "nav")] == [1, 1, 1, 1]
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))
    assert all(one.attributes["id"] in labelled for tag in ("input", "select") for one in root.all(tag))
    assert all(one.text for one in root.all("button"))
    assert all(one.attributes.get("aria-label") for one in root.all("svg", role="img"))
    assert all("aria-labelledby" in one.attributes for one in root.all("section"))
    assert all(one.attributes["href"].startswith("#") for one in root.all("a"))
    assert root.one("html").attributes["lang"] == "en"


def test_cells_tell_without_colour(golden: Run) -> None:
    """Each place of a grid has a sign and its account in words."""
    cells = [cell for cell in page(golden).one("section", id="who").all("td") if "class" in cell.attributes]

    assert cells
    assert all(cell.text in {"✗", "?", "+", "\N{MINUS SIGN}", "±", "·"} for cell in cells)
    assert all("expected" in cell.attributes["aria-label"] for cell in cells)


def test_policy_lets_through_nothing_but_its_own(golden: Run) -> None:
    """The hashes are those of the one style sheet and the one script; no attribute carries style or code."""
    root = page(golden)

    policy = root.one("meta", http_equiv="Content-Security-Policy").attributes["content"]
    for tag, directive in (("style", "style-src"), ("script", "script-src")):
        digest = hashlib.sha256("".join(root.one(tag).texts).encode()).digest()
        assert f"{directive} 'sha256-{base64.b64encode(digest).decode()}'" in policy
    assert "default-src 'none'" in policy
    assert not [name for one in root.all() for name in one.attributes if name == "style" or name.startswith("on")]
    assert not [one for one in root.all() if "src" in one.attributes]


@pytest.mark.parametrize("text", NASTY)
def test_target_cannot_write_markup(make_run: MakeRun, text: str) -> None:
    """Wherever a log holds a text, the page has the same elements as with a harmless one, and shows the text."""
    harmless, root = page(evil(make_run, "harmless")), page(evil(make_run, text))

    def shape(element: Element) -> list[tuple[str, tuple[str, ...]]]:
        return [(one.tag, tuple(one.attributes)) for one in element.all() if one.tag not in {"mark", "wbr"}]

    assert shape(root) == shape(harmless)
    assert root.one("script").texts == harmless.one("script").texts
    assert root.one("style").texts == harmless.one("style").texts
    assert all(one.attributes["href"].startswith(("#", "data:,")) for one in root.all() if "href" in one.attributes)


@settings(deadline=None)
@given(st.data())
def test_hostile_text_stays_text_in_html(hostile_runs: st.SearchStrategy[Run], data: st.DataObject) -> None:
    """What cannot be seen is shown by name, and every element is one of ours."""
    text = render(data.draw(hostile_runs))

    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.at is reader.root
    assert len(reader.root.all("script")) == 1
    assert not set(text) & {
        *map(chr, (*range(9), 11, 12, *range(14, 32), *range(127, 160))),
        "\u2028",
        "\u202e",
        "\ufeff",
    }
    text.encode("utf-8")


def test_tags_of_secrets_are_marked(make_run: MakeRun) -> None:
    """Which token was used can be seen at a glance."""
    used = exchange(1, headers=(("Authorization", "Bearer <token full#3>"),))

    root = page(make_run(check("a.one", Outcome.FAIL, exchanges=(1,)), exchanges=[used]))

    assert root.one("mark").text == "<token full#3>"


def test_no_passed_check_brings_its_exchanges(make_run: MakeRun) -> None:
    """Their numbers are there, their bodies stay in exchanges.jsonl."""
    run = make_run(
        check("a.one", Outcome.PASS, exchanges=(1,)), exchanges=[exchange(1, response_body="a body of its own")]
    )

    root = page(run)

    assert "a body of its own" not in root.text
    assert root.one("ul", class_="checks").one("b").text == "1"


def test_everything_can_be_searched_for_secrets(make_run: MakeRun) -> None:
    """A text that a target sent stands in the file as it was sent, in one line, and in no packed form."""
    sent = exchange(1, response_body="the-secret-that-slipped-through")

    text = render(make_run(check("a.one", Outcome.FAIL, exchanges=(1,)), exchanges=[sent]))

    assert "the-secret-that-slipped-through" in text
    assert "base64," not in text


def test_question_has_its_subject(make_run: MakeRun) -> None:
    """The words of a check go on where its name ends; with the page alone nobody would know what they are about."""
    asked = replace(
        check("a.one/tokens-of-every-kind-expire[form]", Outcome.FAIL, Reason.ACCEPTED), question="One read-only."
    )

    article = page(make_run(asked)).one("article")

    assert "Tokens of every kind expire. One read-only." in article.text
