"""No false alarm: whatever the documentation leaves open, and in any weather, a server that conforms is blamed for nothing."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as some

from conformance.contract.catalogue import load_catalogue
from conformance.contract.outcomes import Level, Outcome, Reason
from conformance.reference.freedoms import FREEDOMS, Dialect, spelling, with_settings
from conformance.reference.server import ReferenceServer
from conformance.reference.target_file import RESOURCES
from conformance.reference.weather import CALM, WEATHER, Weather
from conformance.reference.world_files import load_world
from conformance.selftest import run_against

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from conformance.reference.freedoms import Freedom
    from conformance.reference.world import World

PARTIAL = 5
UNDECIDED = {Outcome.SUITE_ERROR, Outcome.INCONCLUSIVE, Outcome.BLOCKED, Outcome.PENDING}
OTHER_DOCUMENTS = {"oauth", "hardening"}
CLIENTS = (
    "full", "none", "read-only", "without-items-write", "only-webhooks-admin", "warehouse-1", "warehouses-2-3",
    "reports-some", "reports-none", "expendable-1", "expendable-2", "expendable-3",
)  # fmt: skip
"""Enough of the world's clients that no check is left out for want of one."""
THOROUGH_ROWS = 12


@dataclass(frozen=True)
class Part:
    """A part of the suite that is asked alone: requirements as globs, the resources declared, the pages it tries, clients.

    Freedoms of other pages are drawn as well; those of no part's pages show in every one.
    """

    name: str
    requirements: tuple[str, ...]
    resources: tuple[str, ...]
    pages: tuple[str, ...]
    clients: tuple[str, ...]

    def owns(self, freedom: Freedom) -> bool:
        """Whether a freedom shows in this part and in no other."""
        return freedom.page.partition(",")[0] in self.pages and freedom.field not in ON_THE_WIRE


EXPENDABLE = ("expendable-1", "expendable-2", "expendable-3")
PARTS = (
    Part(
        "tokens",
        ("token.*", "bearer.*", "expiry.*", "rotation.*", "disabling.*", "transport.*"),
        ("Item",),
        ("authentication", "control protocol"),
        ("full", "none", "read-only", "without-items-write", "warehouse-1", *EXPENDABLE),
    ),
    Part(
        "items",
        ("items.*", "errors.*", "pagination.*", "transport.*"),
        ("Item",),
        ("items", "quickstart"),
        ("full", "none", "expendable-1"),
    ),
    Part(
        "stock",
        ("inventory.*", "locations.*", "authorization.warehouse-*", "transport.*"),
        ("Inventory", "Location"),
        ("inventory", "locations"),
        ("full", "warehouse-1", "warehouses-2-3", "expendable-1"),
    ),
    Part(
        "the rest",
        (
            "categories.*",
            "customers.*",
            "vendors.*",
            "assets.*",
            "reports.*",
            "*-orders.*",
            "webhooks.*",
            "authorization.report-*",
            "transport.*",
        ),
        (
            "Category",
            "Customer",
            "Vendor",
            "Asset",
            "Report",
            "PurchaseOrder",
            "ShippingOrder",
            "WorkOrder",
            "Webhook",
        ),
        ("categories", "customers", "reports", "purchase-orders", "shipping-orders", "work-orders", "webhooks"),
        ("full", "only-webhooks-admin", "reports-some", "reports-none", "expendable-1"),
    ),
)
ON_THE_WIRE = {
    "dates", "dates_of_partners", "naked_dates_are_local", "fraction", "whole_seconds", "more_members",
    "sorted_members", "whole_decimals", "letters_escaped", "indented", "collation", "plain_http", "inferred_operations",
    "no_text", "overall_lists", "overall_levels", "foreign_filter",
}  # fmt: skip
"""Freedoms that a page with a part of its own leaves open, and that show in every part, or in another."""


# --- the combinations -----------------------------------------------------------------------------------------------


class Covering:
    """Chooses rows of values so that every value comes as early as it can, and then as many new pairs as a row can hold."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 -- chance, but the same in every run
        self._seen: set[tuple[str, str, Any]] = set()
        self.pairs: set[tuple[str, Any, str, Any]] = set()

    def row(self, freedoms: Iterable[Freedom], part: str = "") -> Dialect:
        """Choose the next row; the values of what only shows in one part are counted for each part."""
        chosen: dict[str, Any] = {}
        for freedom in self._chance.sample(list(freedoms), k=len(FREEDOMS)):
            where = part if any(it.name == part and it.owns(freedom) for it in PARTS) else ""
            fresh = [value for value in freedom.values if (where, freedom.field, value) not in self._seen]
            candidates = self._chance.sample(fresh or freedom.values, k=len(fresh or freedom.values))
            value = max(candidates, key=lambda value: self._new_pairs(freedom.field, value, chosen))
            chosen[freedom.field] = value
            self._seen.add((where, freedom.field, value))
        self.pairs |= pairs_of(chosen)
        return Dialect(**chosen)

    def _new_pairs(self, field: str, value: Any, chosen: dict[str, Any]) -> int:
        return sum(pair(field, value, other, chosen[other]) not in self.pairs for other in chosen)


def pair(field: str, value: Any, other: str, another: Any) -> tuple[str, Any, str, Any]:
    """Name two values of two freedoms."""
    return (field, value, other, another) if field < other else (other, another, field, value)


def pairs_of(chosen: dict[str, Any]) -> set[tuple[str, Any, str, Any]]:
    """Name all pairs of a row."""
    return {pair(a, chosen[a], b, chosen[b]) for a, b in combinations(chosen, 2)}


@cache
def ordinary() -> tuple[tuple[Part, Dialect], ...]:
    """The combinations of the ordinary tests: each part gets as many as its freedom with the most values needs."""
    covering = Covering(seed=1)
    return tuple((part, covering.row(FREEDOMS.values(), part.name)) for part in PARTS for _ in range(most_values(part)))


def most_values(part: Part) -> int:
    """Count the values of the freedom of a part that has the most."""
    return max(len(freedom.values) for freedom in FREEDOMS.values() if part.owns(freedom))


@cache
def thorough() -> tuple[Dialect, ...]:
    """The combinations that the whole suite is run against."""
    covering = Covering(seed=2)
    return tuple(covering.row(FREEDOMS.values()) for _ in range(THOROUGH_ROWS))


def dialects() -> some.SearchStrategy[Dialect]:
    """Any combination of freedoms; it shrinks to the defaults."""
    return some.builds(Dialect, **{freedom.field: some.sampled_from(freedom.values) for freedom in FREEDOMS.values()})


# --- running --------------------------------------------------------------------------------------------------------


def musts(globs: Sequence[str] = ("*",)) -> tuple[str, ...]:
    """The must-requirements of the documentation that one of the globs matches."""
    return tuple(
        entry.id
        for entry in load_catalogue()
        if entry.level is Level.MUST
        and entry.checkable
        and entry.profile not in OTHER_DOCUMENTS
        and any(fnmatch(entry.id, glob) for glob in globs)
    )


def small_world(names: Collection[str] = CLIENTS) -> World:
    """The world with some of its clients alone."""
    world = load_world()
    return replace(world, clients=tuple(client for client in world.clients if client.name in names))


def command(dialect: Dialect, weather: Weather = CALM) -> str:
    """Tell how to start such a server by hand."""
    told = [
        f"--{kind} {freedom.name}={spelling(getattr(switches, freedom.field))}"
        for kind, switches, table in (("freedom", dialect, FREEDOMS), ("weather", weather, WEATHER))
        for freedom in table.values()
        if getattr(switches, freedom.field) != freedom.default
    ]
    return " ".join(["conformance serve --write-target other.toml", *told])


def assert_quiet(
    dialect: Dialect,
    globs: Sequence[str] = ("*",),
    *,
    everything: bool = False,
    resources: Collection[str] = RESOURCES,
    weather: Weather = CALM,
    world: World | None = None,
) -> None:
    """Run the must-requirements against a server: nothing is held against it, and nothing stays undecided.

    With `everything` all other requirements are asked besides; they may fail, but not break or stay undecided. Where others change the data, a list may have changed each time that it was read.
    """
    with ReferenceServer(dialect=dialect, weather=weather, world=world) as server:
        run, exit_status, trouble = run_against(server, () if everything else musts(globs), resources)
    required = set(musts(globs))
    found = [
        f"{check.outcome} {check.id}: {check.message}"
        for check in run.checks
        if (check.outcome in UNDECIDED and not (weather.others_write and check.reason == Reason.DATA_CHANGED))
        or (check.outcome is Outcome.FAIL and check.requirement in required)
    ]
    found += trouble
    if exit_status not in ({0, PARTIAL} if weather.others_write else {0}) and not found:
        left_out = [
            f"{check.outcome} {check.id}: {check.message}" for check in run.checks if check.outcome is Outcome.NOT_RUN
        ]
        found = [f"exit {exit_status}", *left_out]
    assert found == [], "\n".join(["raised by:", command(dialect, weather), *found])


# --- freedoms -------------------------------------------------------------------------------------------------------


def test_every_value_of_every_freedom_occurs() -> None:
    """In a part where it shows, or in any where it shows in all of them."""
    tried = {
        (freedom.name, spelling(getattr(dialect, freedom.field)))
        for part, dialect in ordinary()
        for freedom in FREEDOMS.values()
        if part.owns(freedom) or not any(other.owns(freedom) for other in PARTS)
    }

    every = {(freedom.name, value) for freedom in FREEDOMS.values() for value in freedom.spelled}
    assert every - tried == set()


@pytest.mark.parametrize("number", range(sum(map(most_values, PARTS))), ids=lambda n: f"{ordinary()[n][0].name} {n}")
def test_combination_of_freedoms_raises_no_alarm(number: int) -> None:
    """Each part of the suite against the combinations that hold every value."""
    part, dialect = ordinary()[number]

    assert_quiet(dialect, part.requirements, resources=part.resources, world=small_world(part.clients))


@settings(derandomize=True, max_examples=2, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(dialect=dialects(), part=some.sampled_from(PARTS[1:]))
def test_any_combination_raises_no_alarm(dialect: Dialect, part: Part) -> None:
    """A few drawn at random; where one raises an alarm it shrinks to the freedoms that do."""
    note(command(dialect))

    assert_quiet(dialect, part.requirements, resources=part.resources, world=small_world(part.clients))


MENDED = (
    (["token-status=201"], ("token.*", "expiry.renewal", "rotation.new-secret", "*.other-clients")),
    (
        ["disabled-cache=nodes", "enabling-is-cached=yes", "tokens-revive=no", "disabled-window=59"],
        ("disabling.*",),
    ),
)
"""Freedoms that raised a false alarm once, with the requirements that did."""


@pytest.mark.parametrize(("switches", "globs"), MENDED, ids=lambda it: it[0])
def test_false_alarm_of_old_is_not_raised_again(switches: list[str], globs: tuple[str, ...]) -> None:
    """A token that comes with 201; an account that is enabled on one of two servers later than on the other."""
    dialect = with_settings(Dialect(), switches)

    assert_quiet(dialect, globs, resources=["Item"], world=small_world(PARTS[0].clients))


@pytest.mark.thorough
@pytest.mark.parametrize("number", range(THOROUGH_ROWS))
def test_combination_raises_no_alarm_in_the_whole_suite(number: int) -> None:
    """All must-requirements, with all clients, against combinations that hold most pairs of values."""
    assert_quiet(thorough()[number])


@pytest.mark.thorough
@pytest.mark.parametrize("number", range(4))
def test_combination_breaks_no_requirement_of_any_level(number: int) -> None:
    """The property tests and what only should or may be are asked, too: they may fail, and the suite does not break."""
    assert_quiet(thorough()[-number - 1], everything=True)


@pytest.mark.thorough
@settings(derandomize=True, max_examples=4, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(dialect=dialects())
def test_any_combination_raises_no_alarm_in_the_whole_suite(dialect: Dialect) -> None:
    """Combinations drawn at random."""
    note(command(dialect))

    assert_quiet(dialect)


def test_thorough_combinations_hold_most_pairs() -> None:
    """Of any two freedoms nearly every two values meet in some row."""
    covering = {
        found
        for dialect in thorough()
        for found in pairs_of({f.field: getattr(dialect, f.field) for f in FREEDOMS.values()})
    }
    possible = sum(len(a.values) * len(b.values) for a, b in combinations(FREEDOMS.values(), 2))

    assert len(covering) / possible > 0.9


# --- weather --------------------------------------------------------------------------------------------------------

ITEMS_AND_STOCK = ("Item", "Inventory", "Location")
CHANGING = (
    "items.*",
    "inventory.*",
    "locations.*",
    "pagination.walk",
    "pagination.offset",
    "pagination.modified-since*",
)
LIFETIMES = ("expiry.own-end", "rotation.old-tokens-live-on", "disabling.no-new-token")
KINDS = (
    ["connections=closed"],
    ["connections=cut"],
    ["chunked=yes"],
    ["limited=50", "retry-after=seconds"],
    ["limited=50", "retry-after=date"],
    ["limited=50", "retry-after=nothing"],
    ["token-length=4096"],
    ["latency=50", "jitter=30"],
)
OTHERS = ["others-write=yes"]
LONG = [*KINDS[:3], ["limited=200"], ["token-length=4096"], ["latency=50", "jitter=30"], OTHERS]
"""Where the whole suite is run, a request in two hundred is limited often enough."""


@pytest.mark.parametrize("kind", KINDS, ids=" ".join)
def test_bad_weather_raises_no_alarm(kind: list[str]) -> None:
    """Each kind of bad weather by itself, while items are read and changed."""
    weather = with_settings(CALM, kind, "weather")

    assert_quiet(Dialect(), ("items.*",), resources=["Item"], weather=weather, world=small_world(["full"]))


def test_control_that_closes_its_connections_raises_no_alarm() -> None:
    """Nothing that an administrator does goes out over a connection that may be closed already."""
    weather = with_settings(CALM, ["connections=cut"], "weather")
    globs = ("disabling.no-new-token", "rotation.new-secret")

    assert_quiet(Dialect(), globs, resources=["Item"], weather=weather, world=small_world(PARTS[0].clients))


def test_changes_of_others_raise_no_alarm() -> None:
    """Items and stock are added, changed and discontinued by other clients all the time."""
    weather = with_settings(CALM, OTHERS, "weather")

    assert_quiet(Dialect(), CHANGING, resources=ITEMS_AND_STOCK, weather=weather, world=small_world(["full"]))


def test_long_opaque_tokens_raise_no_alarm() -> None:
    """Opaque tokens of four thousand characters, among them every sign that RFC 6750 allows."""
    dialect = with_settings(Dialect(), ["token-format=opaque-alphabet"])
    weather = with_settings(CALM, ["token-length=4096"], "weather")
    world = small_world(PARTS[0].clients)

    assert_quiet(dialect, ("token.*",), resources=["Item"], weather=weather, world=world)


def test_very_slow_network_raises_no_alarm_about_lifetimes() -> None:
    """Every answer takes 300 milliseconds longer, while tokens end."""
    weather = with_settings(CALM, ["latency=300"], "weather")
    world = small_world(PARTS[0].clients)

    assert_quiet(Dialect(), LIFETIMES, resources=["Item"], weather=weather, world=world)


@pytest.mark.thorough
@pytest.mark.parametrize("kind", LONG, ids=" ".join)
def test_bad_weather_raises_no_alarm_in_the_whole_suite(kind: list[str]) -> None:
    """Each kind of bad weather, over everything."""
    assert_quiet(Dialect(), weather=with_settings(CALM, kind, "weather"))


@pytest.mark.thorough
def test_storm_raises_no_alarm() -> None:
    """Everything at once, on a server with freedoms of its own."""
    weather = with_settings(
        CALM,
        [
            "latency=50",
            "jitter=30",
            "connections=cut",
            "chunked=yes",
            "limited=1000",
            "token-length=4096",
            "others-write=yes",
        ],
        "weather",
    )

    assert_quiet(thorough()[0], ("items.*", "inventory.*", "expiry.*"), weather=weather, world=small_world())


@pytest.mark.thorough
def test_very_slow_network_raises_no_alarm_in_the_whole_life_of_a_token() -> None:
    """Every answer takes 300 milliseconds longer, over expiry, rotation and disabling."""
    weather = with_settings(CALM, ["latency=300"], "weather")
    globs = ("expiry.*", "rotation.*", "disabling.*")

    assert_quiet(Dialect(), globs, resources=["Item"], weather=weather, world=small_world())
