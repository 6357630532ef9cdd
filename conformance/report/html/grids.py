"""Who was let in where: the cells of the matrix as grids, an operation a row, a client or a kind of token a column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.contract.outcomes import Outcome
from conformance.verdicts import OPEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from conformance.report.run import Check, Exchange, Run

WELCOME = frozenset({"allowed", "allowed in another warehouse", "own reports listed"})
"""Questions whose request must be let through; all others ask for something that must be refused or left out."""
OWN_ROWS = frozenset({"list over all warehouses", "list of a foreign warehouse", "list of reports"})
"""Questions that an answer without the foreign rows meets as well as a refusal."""

WORST_FIRST = (
    Outcome.SUITE_ERROR,
    Outcome.FAIL,
    Outcome.PENDING,
    Outcome.INCONCLUSIVE,
    Outcome.BLOCKED,
    Outcome.NOT_RUN,
)
SYMBOLS = {"fail": "✗", "open": "?", "in": "+", "out": "\N{MINUS SIGN}", "both": "±", "none": "·"}
MOST_CELLS = 6000
"""Of a larger grid only what did not pass is drawn."""


@dataclass(frozen=True, slots=True)
class GridCell:
    """One place of a grid: how it is drawn, what it tells, the violated requirement that it leads to."""

    kind: str
    told: str
    to: str | None = None

    @property
    def symbol(self) -> str:
        """The sign that tells the kind without colour."""
        return SYMBOLS[self.kind]


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of cells under named columns; a place that nobody asked about is None."""

    id: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[GridCell | None, ...]], ...]

    @property
    def failed(self) -> int:
        """How many places show a violation."""
        return sum(cell is not None and cell.kind == "fail" for _, cells in self.rows for cell in cells)


def grids(run: Run) -> list[Grid]:
    """Draw the matrix of clients and the one of tokens, as far as the run asked for them."""
    by_client: dict[tuple[str, str], list[Check]] = {}
    by_token: dict[tuple[str, str], list[Check]] = {}
    for check in run.checks:
        operation, client, question = (check.cell.get(name) for name in ("operation", "client", "question"))
        if check.outcome is Outcome.NOT_APPLICABLE or not isinstance(operation, str):
            continue
        if isinstance(client, str):
            by_client.setdefault((operation, client), []).append(check)
        elif isinstance(question, str):
            by_token.setdefault((operation, question), []).append(check)
    drawn = [
        _grid(run, "clients", "Operations and clients", by_client),
        _grid(run, "tokens", "Operations and tokens that must be refused", by_token),
    ]
    return [grid for grid in drawn if grid.rows]


def _grid(run: Run, name: str, title: str, places: Mapping[tuple[str, str], list[Check]]) -> Grid:
    if len(places) > MOST_CELLS:
        places = {
            place: own for place, own in places.items() if any(check.outcome is not Outcome.PASS for check in own)
        }
    declared = [str(client.get("name")) for client in run.clients]
    met = dict.fromkeys(column for _, column in places)
    columns = tuple(sorted(met, key=lambda column: declared.index(column) if column in declared else len(declared)))
    operations = dict.fromkeys(operation for operation, _ in places)
    rows = tuple(
        (operation, tuple(_cell(run, operation, column, places.get((operation, column))) for column in columns))
        for operation in operations
    )
    return Grid(name, title, columns, rows)


def _cell(run: Run, operation: str, column: str, checks: list[Check] | None) -> GridCell | None:
    if not checks:
        return None
    asked: dict[str, list[Check]] = {}
    for check in checks:
        asked.setdefault(str(check.cell.get("question")), []).append(check)
    told = "; ".join(_told(run, question, own) for question, own in asked.items())
    failed = next((check for check in checks if check.outcome is Outcome.FAIL), None)
    return GridCell(_kind(checks), f"{operation}, {column}: {told}", failed.requirement if failed else None)


def _kind(checks: list[Check]) -> str:
    outcomes = {check.outcome for check in checks}
    if Outcome.FAIL in outcomes:
        return "fail"
    if Outcome.PASS not in outcomes:
        return "open" if outcomes & OPEN else "none"
    welcome = {check.cell.get("question") in WELCOME for check in checks if check.outcome is Outcome.PASS}
    return "both" if len(welcome) > 1 else ("in" if True in welcome else "out")


def _told(run: Run, question: str, checks: list[Check]) -> str:
    """Say what was asked, what was expected and what came, of the worst of some checks of one question."""
    worst = min(checks, key=_rank)
    words = [question, f"expected {_expected(question, worst)}"]
    if worst.outcome is Outcome.PASS and question not in OWN_ROWS:
        # Looking every one of them up would take longer than the rest of the page.
        words.append(f"so it was (exchange {', '.join(map(str, worst.exchanges[:4]))})")
        return ", ".join(words)
    if worst.outcome in OPEN:
        words.append(worst.outcome.replace("_", " "))
    came = ", ".join(_came(run, worst))
    return ", ".join([*words, f"came {came}"] if came else words)


def _rank(check: Check) -> int:
    return WORST_FIRST.index(check.outcome) if check.outcome in WORST_FIRST else len(WORST_FIRST)


def _expected(question: str, check: Check) -> str:
    if check.outcome is Outcome.FAIL and check.expected is not None:
        return check.expected
    if question in WELCOME:
        return "no 403"
    if question in OWN_ROWS:
        return "403 or no foreign row"
    return "401" if check.cell.get("client") is None else "403"


def _came(run: Run, check: Check) -> Iterator[str]:
    """Give the statuses of the requests that the cell itself is about, each once with the first exchange."""
    seen: dict[str, int] = {}
    for exchange in _own(run, check):
        status = "no answer" if exchange.status is None else str(exchange.status)
        seen.setdefault(status, exchange.id)
    for status, number in seen.items():
        yield f"{status} (exchange {number})"


def _own(run: Run, check: Check) -> Iterable[Exchange]:
    """Find them by what tells them apart: the cell's method and client."""
    method = str(check.cell.get("operation")).partition(" ")[0]
    for number in check.exchanges:
        exchange = run.exchanges.get(number)
        if exchange is not None and (exchange.method, exchange.client) == (method, check.cell.get("client")):
            yield exchange
