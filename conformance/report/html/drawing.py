"""Where everything of a life cycle stands in its drawing: long waits are drawn short, so that both ends can be seen."""

from __future__ import annotations

import bisect
import math
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from conformance.contract.outcomes import Outcome
from conformance.report.html.lifecycles import ends, precise, windows

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from conformance.report.html.lifecycles import Lane, Lifecycle, Mark

WIDTH = 720.0
LEFT, RIGHT = 26.0, 46.0
# What stands above the lanes: little, or the names of what was done to the client.
TOP, TOP_OF_ACTIONS = 6.0, 24.0
LANE = 36.0
# A row of labels below the axis.
ROW = 15.0
ROWS = 2
# Extra room on both sides of a moment at which a token must end; a pause has 1 or more.
AROUND_AN_END = 2.5
# Moments this close (seconds) stand at one place.
SAME = 1.5
# Axis labels nearer than this (units of the drawing) would touch.
APART = 62.0


@dataclass(frozen=True, slots=True)
class Dot:
    """Marks of one kind at one place; `told` says what they are."""

    x: float
    kind: str
    number: int
    told: str


@dataclass(frozen=True, slots=True)
class DrawnLane:
    """A token's lane: its line from `x1` to `x2`, too long from `late` on, its dots, and where its 4 hours end."""

    name: str
    y: float
    x1: float
    x2: float
    late: float | None
    dots: tuple[Dot, ...]
    end: float | None


@dataclass(frozen=True, slots=True)
class Label:
    """A text on an axis, in one of its rows."""

    x: float
    text: str
    row: int = 0


@dataclass(frozen=True, slots=True)
class Drawing:
    """A life cycle in units of the drawing; `bands` are the 60 seconds after a disabling, from and to."""

    shown: Lifecycle
    width: float
    height: float
    foot: float
    lanes: tuple[DrawnLane, ...]
    actions: tuple[Label, ...]
    bands: tuple[tuple[float, float], ...]
    axis: tuple[Label, ...]


def draw(shown: Lifecycle) -> Drawing:
    """Lay a life cycle out."""
    knots = _knots(shown)
    limits = {*ends(shown).values(), *(until for _, until in windows(shown))}
    scale = _Scale(knots, limits)
    top = TOP_OF_ACTIONS if shown.actions else TOP
    foot = top + LANE * len(shown.lanes)
    axis = _axis(shown, scale, knots)
    rows = 1 + max(label.row for label in axis)
    return Drawing(
        shown=shown,
        width=WIDTH,
        height=foot + 8 + ROW * rows,
        foot=foot,
        lanes=tuple(_lane(lane, top + LANE * place, scale, shown) for place, lane in enumerate(shown.lanes)),
        actions=tuple(Label(scale(at), what) for at, what in shown.actions),
        bands=tuple((scale(since), scale(until)) for since, until in windows(shown)),
        axis=axis,
    )


class _Scale:
    """From seconds to a place: what happens at once stands side by side in its order, long waits are drawn short."""

    def __init__(self, known: Sequence[float], limits: Collection[float]) -> None:
        self._seconds = known
        # Many moments leave less room for telling long waits from short ones.
        contrast = min(1.0, 8 / len(known))
        steps = [
            1 + contrast * math.log1p((later - earlier) / 10) + AROUND_AN_END * (earlier in limits or later in limits)
            for earlier, later in pairwise(known)
        ]
        whole = max(sum(steps), 6.0)
        self._places = [LEFT]
        for step in steps:
            self._places.append(self._places[-1] + step / whole * (WIDTH - LEFT - RIGHT))

    def __call__(self, seconds: float) -> float:
        at = max(0, bisect.bisect_right(self._seconds, seconds) - 1)
        return round(self._places[at], 1)


def _knots(shown: Lifecycle) -> list[float]:
    """List the moments that get a place of their own; what one token meets repeatedly within a moment shares one."""
    events = [(mark.at, lane.name, mark.kind) for lane in shown.lanes for mark in lane.marks]
    events += [(at, "", what) for at, what in shown.actions]
    events += [(end, name, "end") for name, end in ends(shown).items()]
    events += [(until, "", "window") for _, until in windows(shown)]
    knots: list[float] = []
    here: dict[str, str] = {}
    for at, lane, kind in sorted(events):
        # The ends of tokens that were issued together stand together, and by nothing else.
        apart = (kind == "end") != ("end" in here.values())
        joins = lane and "" not in here and not apart and here.get(lane, kind) == kind
        if not knots or not joins or at - knots[-1] > SAME:
            knots.append(at)
            here = {}
        here[lane] = kind
    return knots


def _lane(lane: Lane, top: float, scale: _Scale, shown: Lifecycle) -> DrawnLane:
    since = LEFT if lane.issued is None else lane.issued
    until = lane.last_accepted if lane.last_accepted is not None else lane.issued
    end = ends(shown).get(lane.name)
    limits = [limit for limit in (end, *(to for _, to in windows(shown))) if limit is not None]
    late = shown.check.outcome is Outcome.FAIL and until is not None and bool(limits) and until > min(limits)
    return DrawnLane(
        name=lane.name,
        y=top + LANE * 0.64,
        x1=LEFT if lane.issued is None else scale(since),
        x2=LEFT if until is None else scale(until),
        late=scale(min(limits)) if late else None,
        dots=tuple(_dots(lane.marks, scale)),
        end=None if end is None else scale(end),
    )


def _dots(marks: Sequence[Mark], scale: _Scale) -> list[Dot]:
    def place(mark: Mark) -> tuple[float, str]:
        return scale(mark.at), mark.kind

    return [_dot(x, kind, list(same)) for (x, kind), same in groupby(sorted(marks, key=place), key=place)]


def _dot(x: float, kind: str, same: list[Mark]) -> Dot:
    times = f"{len(same)} times, " if len(same) > 1 else ""
    status = "" if kind == "issued" else f" with {', '.join(sorted({str(mark.status) for mark in same}))}"
    exchange = f"exchange {same[0].exchange}" + (f" to {same[-1].exchange}" if len(same) > 1 else "")
    return Dot(x, kind, len(same), f"{kind}{status} after {precise(same[0].at)}, {times}{exchange}")


def _axis(shown: Lifecycle, scale: _Scale, knots: list[float]) -> tuple[Label, ...]:
    """Label what matters first, the rest where there is room."""
    wanted = [0.0, *(until for _, until in windows(shown)), *(at for at, _ in shown.actions)]
    for lane in shown.lanes:
        wanted += [at for at in (lane.first_refused, lane.last_accepted, lane.issued) if at is not None]
    first = _apart([Label(scale(at), _clock(at)) for at in (*wanted, knots[-1])], rows=ROWS)
    rest = [Label(scale(at), _clock(at)) for at in reversed(knots)]
    return tuple(sorted(_apart([*first, *rest], rows=1), key=lambda label: label.x))


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def _apart(labels: Sequence[Label], *, rows: int) -> tuple[Label, ...]:
    """Keep the labels that repeat and touch no earlier one, in the first row that has room; what has a row keeps it."""
    kept: list[Label] = []
    for label in labels:
        if any(other.text == label.text for other in kept):
            continue
        for row in range(label.row, max(rows, label.row + 1)):
            if not any(other.row == row and abs(label.x - other.x) < APART for other in kept):
                kept.append(replace(label, row=row))
                break
    return tuple(kept)
