"""The skeleton that every HTML page shares: one self-contained file, everything foreign escaped, a policy of its own."""

from __future__ import annotations

import base64
import functools
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.report.escaping import visible_lines

if TYPE_CHECKING:
    from jinja2 import Environment, Template

TEMPLATES = Path(__file__).parents[1] / "templates"


@functools.cache
def environment() -> Environment:
    """Give the templates' environment: autoescape everywhere, an unknown name is an error.

    A page extends `page.html` and fills its blocks: `title`, `header`, `main`, and `style` and `script`, which hold
    `{{ source("own.css") }}` and nothing that comes from a run. What the browser may do stands in a policy with the
    hashes of both; so there are no `style` attributes and no handlers in the markup.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 -- other commands do without it

    made = Environment(
        loader=FileSystemLoader(TEMPLATES, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_seen,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals["source"] = _source
    made.filters["digest"] = _digest
    return made


@functools.cache
def template(name: str) -> Template:
    """Give a template, compiled once a process."""
    return environment().get_template(name)


def _seen(value: object) -> object:
    """Show what cannot be seen in a text, such as ESC or a change of direction, before it is escaped."""
    if type(value) is not str or value.isprintable():
        return value
    return "\n".join(visible_lines(value))


def _source(name: str) -> str:
    """Give a style sheet or a script of the package as it stands, to be put into a page."""
    from markupsafe import Markup  # noqa: PLC0415 -- comes with jinja2

    return Markup((TEMPLATES / name).read_text(encoding="utf-8"))  # noqa: S704 -- our own file


def _digest(text: str) -> str:
    """Give the word that lets an inline style sheet or script through a Content-Security-Policy."""
    return "sha256-" + base64.b64encode(hashlib.sha256(str(text).encode()).digest()).decode("ascii")
