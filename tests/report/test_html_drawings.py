"""The report's pictures: what the exchanges of a check tell of tokens over time, and the cells of the matrix as grids."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from conformance.contract.outcomes import Level, Outcome, Reason
from conformance.report.html.drawing import WIDTH, draw
from conformance.report.html.grids import grids
from conformance.report.html.lifecycles import lifecycle, precise
from conformance.report.run import Check, Exchange

if TYPE_CHECKING:
    from conftest import MakeRun

    from conformance.report.html.lifecycles import Lifecycle

START = datetime(2026, 11, 23, 16, tzinfo=UTC)
HOUR = 3600.0


def moment(seconds: float) -> str:
    """Give the target's time so many seconds after the start, as the log has it."""
    return (START + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def issued(number: int, at: float) -> Exchange:
    """Make the exchange that issues token 1."""
    base = Exchange(number, "full", moment(at), 0.002, "POST", "https://acme.example/api/v1/Token", status=200)
    return replace(base, response_body='{"access_token": "<token full#1>", "expires_in": 14400}')


def used(number: int, at: float, status: int) -> Exchange:
    """Make an exchange that uses token 1."""
    headers = (("Authorization", "Bearer <token full#1>"),)
    return Exchange(
        number, "full", moment(at), 0.002, "GET", "https://acme.example/api/v1/Item", headers=headers, status=status
    )


def done(number: int, at: float, action: str) -> Exchange:
    """Make a question to the control."""
    body = f'{{"action": "{action}", "client_id": "ipc-full"}}'
    return Exchange(number, None, moment(at), 0.002, "POST", "https://acme.example:9443/", body=body, status=200)


def told(make_run: MakeRun, chapter: str, *exchanges: Exchange, outcome: Outcome = Outcome.PASS) -> Lifecycle:
    """Read the life cycle of a check that rests on some exchanges."""
    numbers = tuple(exchange.id for exchange in exchanges)
    check = Check(f"{chapter}.ends/token-in-use[form]", f"{chapter}.ends", Level.MUST, outcome, exchanges=numbers)
    found = lifecycle(make_run(check, exchanges=exchanges), check)
    assert found is not None
    return found


def test_end_of_a_token_is_told_in_words(make_run: MakeRun) -> None:
    """Issued, last accepted, first refused: to the second, in the target's time."""
    life = told(
        make_run, "expiry", issued(1, 0), used(2, 60, 200), used(3, 4 * HOUR - 5, 200), used(4, 4 * HOUR + 5, 401)
    )

    assert life.told == (
        "token full#1: issued after 0 s; last accepted after 3 h 59 min 55 s; first refused after 4 h 5 s",
    )
    assert life.title == "token in use [form]"


def test_four_hours_stand_between_the_last_use_and_the_first_refusal(make_run: MakeRun) -> None:
    """Both sides of the mark can be told apart, however long the waits before."""
    uses = [used(2 + place, 600.0 * place, 200) for place in range(1, 24)]
    life = told(make_run, "expiry", issued(1, 0), *uses, used(50, 4 * HOUR - 5, 200), used(51, 4 * HOUR + 5, 401))

    (lane,) = draw(life).lanes

    last = max(dot.x for dot in lane.dots if dot.kind == "accepted")
    (refused,) = [dot.x for dot in lane.dots if dot.kind == "refused"]
    assert lane.end is not None
    assert last + 10 < lane.end < refused - 10
    assert lane.late is None


def test_tokens_issued_together_end_together(make_run: MakeRun) -> None:
    """However many there are: their marks tell a moment, not an order."""
    tokens = [
        replace(
            exchange,
            id=10 * token + place,
            sent=moment(at + token / 50),
            headers=tuple((name, value.replace("#1", f"#{token}")) for name, value in exchange.headers),
            response_body=(exchange.response_body or "").replace("#1", f"#{token}"),
        )
        for token in range(1, 6)
        for place, (exchange, at) in enumerate([(issued(0, 0), 0), (used(0, 0, 200), 0.01), (used(0, 0, 200), 14395)])
    ]

    lanes = draw(told(make_run, "expiry", *tokens)).lanes

    assert len(lanes) == 5
    assert len({lane.end for lane in lanes}) == 1
    assert all(lane.end is not None and lane.x2 + 10 < lane.end for lane in lanes)


def test_what_lasts_too_long_is_set_off(make_run: MakeRun) -> None:
    """From the mark on, where the check failed."""
    uses = (issued(1, 0), used(2, 4 * HOUR + 5, 200))
    life = told(make_run, "expiry", *uses, outcome=Outcome.FAIL)

    (lane,) = draw(life).lanes

    assert lane.late == lane.end
    assert lane.late is not None
    assert lane.late < lane.x2


def test_disabling_opens_a_band_of_sixty_seconds(make_run: MakeRun) -> None:
    """What was done to the account stands at its moment, the window behind it."""
    life = told(
        make_run,
        "disabling",
        issued(1, 0),
        used(2, 0.01, 200),
        done(3, 0.02, "disable"),
        used(4, 20, 200),
        used(5, 65, 401),
    )

    drawing = draw(life)

    ((since, until),) = drawing.bands
    (action,) = drawing.actions
    (lane,) = drawing.lanes
    assert (action.text, action.x) == ("disabled", since)
    assert [dot.x < until for dot in lane.dots] == [True, True, True, False]
    assert since < lane.dots[-1].x
    assert "0:01:00" in [label.text for label in drawing.axis]


@pytest.mark.parametrize("url", ["the operator", "the control command", "https://acme.example:9443/"])
def test_what_took_a_while_stands_at_its_end(make_run: MakeRun, url: str) -> None:
    """A person is asked, and answers half a minute later: from then on the 60 seconds count."""
    slow = replace(done(3, 1, "disable"), url=url, seconds=30.0)

    life = told(make_run, "disabling", issued(1, 0), used(2, 0.5, 200), slow, used(4, 40, 200), used(5, 95, 401))

    assert life.actions == ((31.0, "disabled"),)
    ((since, until),) = draw(life).bands
    (lane,) = draw(life).lanes
    assert [since < dot.x < until for dot in lane.dots] == [False, False, True, False]


def test_drawing_begins_when_the_first_action_is_done(make_run: MakeRun) -> None:
    """And not when a person was asked for it: no two moments share the first place."""
    slow = replace(done(1, 0, "rotate"), seconds=30.0)
    refused = replace(issued(2, 31), status=401, response_body="{}")

    drawing = draw(told(make_run, "rotation", slow, refused))

    assert drawing.shown.actions == ((0.0, "rotated"),)
    assert [label.text for label in drawing.axis] == ["0:00:00", "0:00:01"]


def test_what_a_person_did_not_do_is_not_drawn(make_run: MakeRun) -> None:
    """The answer was a complaint."""
    refused = replace(done(3, 1, "disable"), status=None, error="control disable: the operator says: no rights")

    assert told(make_run, "disabling", issued(1, 0), used(2, 0.5, 200), refused).actions == ()


def test_what_happens_at_once_keeps_its_order(make_run: MakeRun) -> None:
    """Issued, used, rotated, refused within ten milliseconds: four places, from left to right."""
    life = told(make_run, "rotation", issued(1, 0), used(2, 0.003, 200), done(3, 0.004, "rotate"), used(4, 0.009, 401))

    drawing = draw(life)

    places = [dot.x for dot in sorted(drawing.lanes[0].dots, key=lambda dot: dot.x)]
    assert places[1] + 10 < drawing.actions[0].x < places[2] - 10


def test_many_requests_at_one_moment_share_a_mark(make_run: MakeRun) -> None:
    """Every operation asked with an expired token: one cross, and how many."""
    refused = [used(10 + place, 4 * HOUR + 5 + place * 0.01, 401) for place in range(36)]
    life = told(make_run, "expiry", issued(1, 0), *refused)

    (_, dot) = draw(life).lanes[0].dots

    assert (dot.kind, dot.number) == ("refused", 36)
    assert dot.told == "refused with 401 after 4 h 5 s, 36 times, exchange 10 to 45"


def test_requests_for_a_token_that_give_none_have_a_lane(make_run: MakeRun) -> None:
    """A disabled account gets no new token."""
    refused = replace(issued(4, 5), status=401, response_body="{}")
    life = told(make_run, "disabling", issued(1, 0), used(2, 1, 200), done(3, 2, "disable"), refused)

    assert [lane.name for lane in life.lanes] == ["token full#1", "new tokens of full"]


@pytest.mark.parametrize("sent", [None, "", "yesterday"])
def test_exchanges_without_a_moment_draw_nothing(make_run: MakeRun, sent: str | None) -> None:
    """A log that does not tell when has no life cycles."""
    check = Check("expiry.ends/x", "expiry.ends", Level.MUST, Outcome.PASS, exchanges=(1,))

    assert lifecycle(make_run(check, exchanges=[replace(issued(1, 0), sent=sent)]), check) is None


def test_everything_stays_within_the_drawing(make_run: MakeRun) -> None:
    """Also a day later."""
    life = told(make_run, "expiry", issued(1, 0), used(2, 4 * HOUR + 5, 401), used(3, 29 * HOUR, 401))

    drawing = draw(life)

    assert all(0 <= dot.x <= WIDTH for lane in drawing.lanes for dot in lane.dots)
    for row in {label.row for label in drawing.axis}:
        places = sorted(label.x for label in drawing.axis if label.row == row)
        assert all(later - earlier >= 60 for earlier, later in itertools.pairwise(places))


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.009, "0 s"), (45, "45 s"), (65, "1 min 5 s"), (14400, "4 h"), (14395, "3 h 59 min 55 s")]
)
def test_spans_are_told_to_the_second(seconds: float, words: str) -> None:
    """Five seconds before the end are not four hours."""
    assert precise(seconds) == words


def cell(outcome: Outcome, question: str, client: str | None, **more: object) -> Check:
    """Make the check of a cell of GET /Item."""
    of = MappingProxyType({"kind": question, "question": question, "operation": "GET /Item", "client": client})
    made = Check(f"a.one/{question}[{client}]", "a.one", Level.MUST, outcome, cell=of)
    return replace(made, **more)  # type: ignore[arg-type]


def test_grid_shows_who_was_let_in(make_run: MakeRun) -> None:
    """Let through, refused, both, violated, open: a sign each."""
    run = make_run(
        cell(Outcome.PASS, "allowed", "one"),
        cell(Outcome.PASS, "without permission", "two"),
        cell(Outcome.PASS, "allowed", "three"),
        cell(Outcome.PASS, "foreign warehouse", "three"),
        cell(Outcome.FAIL, "without permission", "four"),
        cell(Outcome.BLOCKED, "without permission", "five"),
        cell(Outcome.NOT_APPLICABLE, "without permission", "six"),
    )

    (grid,) = grids(run)

    assert grid.columns == ("one", "two", "three", "four", "five")
    ((operation, cells),) = grid.rows
    assert operation == "GET /Item"
    assert [place.symbol for place in cells if place] == ["+", "\N{MINUS SIGN}", "±", "✗", "?"]


def test_violated_place_sets_expected_against_observed(make_run: MakeRun) -> None:
    """With the exchange of the cell's own client, not of the one that may, and the way to the violation."""
    asked = used(2, 1, 200)
    failed = cell(
        Outcome.FAIL, "without permission", "full", reason=Reason.ACCEPTED, expected="status 403", exchanges=(1, 2)
    )
    other = replace(used(1, 0, 401), client="other")

    (grid,) = grids(make_run(failed, exchanges=[other, asked]))

    place = grid.rows[0][1][0]
    assert place is not None
    assert place.told == "GET /Item, full: without permission, expected status 403, came 200 (exchange 2)"
    assert place.to == "a.one"
    assert grid.failed == 1


def test_tokens_have_a_grid_of_their_own(make_run: MakeRun) -> None:
    """Cells without a client are about a kind of token."""
    (grid,) = grids(make_run(cell(Outcome.PASS, "no header", None, exchanges=(5, 9))))

    assert (grid.id, grid.columns) == ("tokens", ("no header",))
    place = grid.rows[0][1][0]
    assert place is not None
    assert place.told == "GET /Item, no header: no header, expected 401, so it was (exchange 5, 9)"


def test_columns_stand_as_the_target_file_declares_them(make_run: MakeRun) -> None:
    """Whoever knows the file finds the client."""
    run = make_run(cell(Outcome.PASS, "allowed", "b"), cell(Outcome.PASS, "allowed", "a"))

    (grid,) = grids(replace(run, clients=({"name": "a"}, {"name": "b"})))

    assert grid.columns == ("a", "b")
