"""The report of a run as one HTML file, for a browser without a network."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.report.run import Run


def render(run: Run) -> str:
    """Give the whole page; what it takes is imported here, so that other commands start without it."""
    from conformance.report.html.report import render as render_page  # noqa: PLC0415 -- see above

    return render_page(run)
