"""The report as a browser shows it: opened, searched, walked through by keyboard, on a phone, in both themes, on paper.

Needs the system's Chromium (Debian, Ubuntu: apt-get install chromium); without it these tests are skipped, unless
REQUIRE_CHROMIUM is set, as in continuous integration.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect, sync_playwright

from conformance.contract.outcomes import Level, Outcome, Reason
from conformance.report.html import render
from conformance.report.log import read_run
from conformance.report.run import Check, Exchange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import MakeRun
    from playwright.sync_api import Browser, Page

    from conformance.report.run import Run

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next((found for name in NAMES if (found := shutil.which(name))), None)
GOLDEN = "fixtures/golden-run"

# What a text contrasts with is the nearest background behind it that is not transparent (WCAG 2.2, 1.4.3).
CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([red, green, blue]) => [red, green, blue]
    .map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255, 255];
  };
  const found = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest("script, option")) continue;
    const style = getComputedStyle(element);
    const [own, ground] = [rgb(element.closest("svg") ? style.fill : style.color), behind(element)].map(light);
    const ratio = (Math.max(own, ground) + 0.05) / (Math.min(own, ground) + 0.05);
    if (ratio < 4.5) found.set(`${element.tagName}.${element.getAttribute("class")}`, ratio.toFixed(2));
  }
  return [...found].map((pair) => pair.join(" "));
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the system's Chromium; nothing is downloaded."""
    if CHROMIUM is None:
        if os.environ.get("REQUIRE_CHROMIUM"):
            pytest.fail("REQUIRE_CHROMIUM is set and no Chromium is installed: apt-get install chromium")
        pytest.skip("no Chromium is installed: apt-get install chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM)
        yield started
        started.close()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Give what writes a run's report and opens it; whatever the page complains of fails the test in the end."""
    complaints: list[str] = []
    contexts = []

    def open_page(run: Run, anchor: str = "", *, width: int = 1280, scheme: str = "light", script: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]
            java_script_enabled=script,
            offline=True,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(f"dialog {dialog.message}"))
        page.on(
            "request",
            lambda request: complaints.extend([] if request.url.startswith(("file:", "data:")) else [request.url]),
        )
        file = tmp_path / "report.html"
        file.write_text(render(run), encoding="utf-8")
        page.goto(f"{file.as_uri()}{anchor and '#'}{anchor}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def large(make_run: MakeRun) -> Run:
    """Make a run of 10,000 checks, two hundred of them failed, with a grid of a thousand places."""
    checks = [
        Check(
            f"ch{number % 20}.r{number % 200}/asked[{number} GET /Item as somebody]",
            f"ch{number % 20}.r{number % 200}",
            Level.MUST,
            Outcome.FAIL if number % 50 == 0 else Outcome.PASS,
            reason=Reason.ACCEPTED if number % 50 == 0 else None,
            observed="<GET /Item -> 200>" if number % 50 == 0 else None,
            exchanges=(number,),
            cell=MappingProxyType(
                {
                    "kind": "allowed",
                    "question": "allowed",
                    "operation": f"GET /R{number % 36}",
                    "client": f"c{number % 31}",
                }
            ),
        )
        for number in range(10_000)
    ]
    body = '{"value": [' + ", ".join('{"shortID": "BOLT"}' for _ in range(100)) + "]}"
    asked = Exchange(0, "full", None, 0.004, "GET", "https://acme.example/api/v1/Item", status=200, response_body=body)
    return make_run(*checks, exchanges=[replace(asked, id=number) for number in range(10_000)])


def test_ten_thousand_checks_open_within_a_second(make_run: MakeRun, opened: Callable[..., Page]) -> None:
    """From the file to the page that can be scrolled; the best of five, for the machine has other things to do."""
    page = opened(large(make_run))

    times = []
    for _ in range(5):
        page.reload()
        times.append(page.evaluate("performance.getEntriesByType('navigation')[0].domComplete"))

    assert min(times) < 1000


def test_search_leaves_what_holds_every_word(opened: Callable[..., Page]) -> None:
    """Violations and requirements, told to screen readers; Escape brings all of them back."""
    page = opened(read_run(GOLDEN))
    every = page.locator(".entry:visible").count()

    page.keyboard.press("/")
    page.keyboard.type("rotation secret")
    expect(page.locator("#announcement")).not_to_be_empty()

    left = page.locator(".entry:visible")
    assert 0 < left.count() < every
    assert all("rotat" in (text or "").lower() for text in left.all_text_contents())
    assert page.locator("#announcement").text_content() == f"{left.count()} of {every} requirements shown"
    page.keyboard.press("Escape")
    assert page.locator(".entry:visible").count() == every


def test_filter_shows_one_verdict(opened: Callable[..., Page]) -> None:
    """Chapters without a match are gone, too."""
    page = opened(read_run(GOLDEN))

    page.get_by_label("Show only").select_option("violated")

    assert page.locator(".entry:visible").count() > 0
    assert {entry.get_attribute("data-verdict") for entry in page.locator(".entry:visible").all()} == {"violated"}
    assert page.locator(".chapter:visible").count() < page.locator(".chapter").count()


def test_link_to_a_requirement_opens_it(opened: Callable[..., Page]) -> None:
    """Its checks are open, it has the focus and it is in sight, from outside and from within."""
    page = opened(read_run(GOLDEN), "token.form")

    expect(page.locator('[id="token.form"] > summary')).to_be_focused()
    assert page.locator('[id="token.form"]').evaluate("it => it.open")
    page.get_by_label("Search requirements, checks and messages").fill("no such thing")
    expect(page.locator("#nothing")).to_be_visible()
    page.evaluate("location.hash = '#expiry.own-end'")
    expect(page.locator('[id="expiry.own-end"]')).to_be_focused()
    # What comes into sight is laid out only then: it takes a moment until all of it stands still.
    expect(page.locator('[id="expiry.own-end"] h3').first).to_be_in_viewport(ratio=1)


def test_keyboard_reaches_everything(opened: Callable[..., Page]) -> None:
    """The first stop leads past the header; a grid is one stop, in which the arrow keys go from place to place."""
    page = opened(read_run(GOLDEN))

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    places = page.locator("#grid-clients td[tabindex='0']")
    assert places.count() == 1
    places.focus()
    before = page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("ArrowDown")
    after = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert before != after
    assert "expected" in after
    assert page.evaluate("getComputedStyle(document.activeElement, '::after').position") == "fixed"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_one_place_of_a_grid_is_told_at_a_time(opened: Callable[..., Page]) -> None:
    """Whoever goes on by the keys leaves the pointer where it was; who points again reads what is pointed at."""
    page = opened(read_run(GOLDEN))
    first, second = page.locator("#grid-clients td[aria-label]").all()[:2]
    told = """() => [...document.querySelectorAll(".grid td")].map((it) => getComputedStyle(it, "::after").content)
      .filter((content) => content !== "none")"""

    second.hover()
    pointed = page.evaluate(told)
    first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    reached = page.evaluate(told)
    second.click(position={"x": 1, "y": 1})

    assert len(pointed) == len(reached) == 1
    assert pointed != reached
    assert page.evaluate(told) == pointed


def test_command_is_copied(opened: Callable[..., Page]) -> None:
    """The button is named for what it copies, and says that it did."""
    page = opened(read_run(GOLDEN))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(".again > summary").first.click()

    page.get_by_role("button", name="Copy: curl").first.click()

    expect(page.locator("#announcement")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()").startswith("curl -i ")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read(opened: Callable[..., Page], scheme: str) -> None:
    """A contrast of 4.5 to 1 or more in both themes, with everything opened."""
    page = opened(read_run(GOLDEN), scheme=scheme)
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")

    assert page.evaluate(CONTRAST) == []


def test_theme_can_be_chosen(opened: Callable[..., Page]) -> None:
    """Automatic, light, dark, whatever the system says; the choice stays."""
    page = opened(read_run(GOLDEN), scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)

    page.get_by_role("button", name="Theme: automatic").click()
    light = page.evaluate(ground)
    page.reload()

    assert page.evaluate(ground) == light != dark
    page.get_by_role("button", name="Theme: light").click()
    assert page.evaluate(ground) == dark


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_page_never_scrolls_sideways(opened: Callable[..., Page], width: int) -> None:
    """Grids and drawings scroll within themselves, also with everything opened."""
    page = opened(read_run(GOLDEN), width=width)
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")

    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_grid_keeps_its_shape_on_a_phone(opened: Callable[..., Page]) -> None:
    """The names of the operations take little room, in at most three lines."""
    page = opened(read_run(GOLDEN), width=390)

    boxes = [name.bounding_box() for name in page.locator("#grid-clients tbody th").all()]

    assert all(box is not None and box["width"] < 180 and box["height"] < 60 for box in boxes)


def test_everything_can_be_read_without_script(opened: Callable[..., Page]) -> None:
    """Only what needs the script is not there: search, theme, copying."""
    page = opened(read_run(GOLDEN), script=False)

    assert page.get_by_role("heading", level=1).text_content() == "✗Not conformant"
    assert page.locator(".entry").first.is_visible()
    assert not page.locator("#find").is_visible()
    assert not page.locator("#theme").is_visible()
    page.locator(".exchange summary").first.click()
    assert page.locator(".exchange pre").first.is_visible()


def test_paper_gets_the_evidence(opened: Callable[..., Page]) -> None:
    """Light whatever the screen is, the decisive exchange of each violation opened, nothing that only works on a screen."""
    page = opened(read_run(GOLDEN), scheme="dark")

    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")

    assert page.locator(".violation > .failure > .exchanges > .exchange").last.evaluate("it => it.open")
    assert not page.locator("nav").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".exchange[open]").count() == 0
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_target_cannot_run_anything(make_run: MakeRun, opened: Callable[..., Page]) -> None:
    """Script in a status reason, a header, a body, JSON, a client's name: it is shown, and that is all."""
    evil = "</script><script>window.taken=1</script><img src=x onerror=window.taken=1>\"' onmouseover=window.taken=1 \u2028"
    check = Check(
        f"expiry.ends/{evil}",
        "expiry.ends",
        Level.MUST,
        Outcome.FAIL,
        reason=evil,
        message=evil,
        question=evil,
        observed=evil,
        exchanges=(1, 2),
        cell=MappingProxyType({"kind": evil, "question": evil, "operation": evil, "client": evil}),
    )
    sent = Exchange(
        1,
        evil,
        "2026-11-23T16:00:00Z",
        0.004,
        "GET",
        f"https://acme.example/{evil}",
        headers=(("Authorization", f"Bearer <token {evil}#1>"), (evil, evil)),
        status=200,
        response_headers=((evil, evil),),
        response_body=f'{{"a": "{evil}"}}',
    )

    page = opened(make_run(check, exchanges=[sent, replace(sent, id=2, status=None, error=evil)], target=evil))
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    page.locator(".exchange pre").first.hover()

    assert page.evaluate("window.taken") is None
    assert page.locator("img").count() == 0
    assert "<img src=x onerror=window.taken=1>" in (page.locator(".exchange pre").last.text_content() or "")
