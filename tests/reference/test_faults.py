"""Every fault decides otherwise than the rule that it replaces, and names requirements that exist."""

from __future__ import annotations

import base64
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from conformance.reference.dialects import Dialect
from conformance.reference.faults import FAULTS
from conformance.reference.names import UnknownFaultError, look_up
from conformance.reference.rules import RuleBook, Rules

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx
    from conftest import Api, Workshop

    from conformance.reference.faults.fault import Fault

REQUIREMENTS = Path(__file__).parents[2] / "specs" / "requirements"
RECEIVE = {"partNo": 42, "wID": 1, "spot": "A-01-01", "units": 1}


def _encoded(part: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def token_if_given(api: Api, client: str, how: str = "form") -> str:
    """Ask for a token, and give an invalid one where it is refused."""
    body = api.token_answer(client, how=how).json()
    return str(body.get("access_token", "refused")) if isinstance(body, dict) else "refused"


def ask_quietly(api: Api, request: httpx.Request) -> None:
    """Send a request, whatever comes of it."""
    try:
        api.send(request)
    except ConnectionResetError:
        return


def exercise_token(api: Api) -> None:
    """Ask for tokens with right and wrong credentials, by form and Basic, and use them."""
    secret = api.secret("full")
    for how in ("form", "basic"):
        for wrong in ("wrong", "", secret.swapcase(), secret[:8] + "x", secret + "x", api.secret("none")):
            api.token_answer("full", secret=wrong, how=how)
        api.probe(token_if_given(api, "none", how))
    api.token_answer("full", client_id="ipc-full2")
    api.token_answer("full", client_id="nobody")
    api.token_answer("full", client_id="ipc-ful")
    api.token_answer("full", how="basic", client_id="ipc-none")
    api.token_answer("full", how="basic", secret=secret + ":x")
    first = token_if_given(api, "full")
    token_if_given(api, "none")
    token_if_given(api, "full")
    api.probe(first)
    api.ask("GET", "/Item", client=None)
    exercise_many_tokens(api)


def exercise_many_tokens(api: Api) -> None:
    """Hold several tokens of one client, by form and Basic, use them an hour later, and ask for another after their end."""
    held = [token_if_given(api, "full") for _ in range(3)]
    token_if_given(api, "without-items-read")
    for token in (token_if_given(api, "full", "basic"), *held):
        api.probe(token)
    token_if_given(api, "full")
    api.advance(3601)
    token_if_given(api, "full")
    token_if_given(api, "none")
    api.probe(held[0])
    api.advance(14400)
    token_if_given(api, "full")


def exercise_oauth(api: Api) -> None:
    """Ask for tokens as the standards forbid, and for a resource in another spelling."""
    form = {"client_id": "ipc-full", "client_secret": api.secret("full")}
    for grant in ({}, {"grant_type": "password"}, {"grant_type": ["client_credentials"] * 2}):
        api.ask("POST", "/Token", client=None, data=form | grant)
    api.ask("POST", "/Token", client=None, params=form | {"grant_type": "client_credentials"})
    api.token_answer("full", secret="wrong")
    api.token_answer("full", secret="wrong", how="basic")
    token = api.token("full")
    api.ask("GET", "/Item", client=None, headers={"Authorization": f"bearer {token}"})
    api.probe("garbage")


def exercise_bearer(api: Api) -> None:
    """Send no, wrong, forged and misplaced tokens."""
    token = api.held("full")
    header, payload, signature = token.split(".")
    api.probe(token)
    forged = "A" if signature[0] != "A" else "B"
    unsigned = _encoded({"typ": "JWT", "alg": "none"})
    for wrong in ("garbage", f"{header}.{payload}.{forged}{signature[1:]}", f"{unsigned}.{payload}."):
        ask_quietly(api, api.request("GET", "/Item", wrong))
        ask_quietly(api, api.request("GET", "/Report/15", wrong))
    for method, path in (
        ("GET", "/Inventory/StockLevels/1"),
        ("POST", "/Location/Release?id=A-01-01"),
        ("GET", "/Item/99999"),
        ("GET", "/%49tem"),
        ("GET", "/Item?key=BOLT-M8-30&type=id"),
        ("POST", "/Item"),
        ("GET", f"/Item?access_token={token}"),
        ("GET", f"/Item/42?access_token={token}"),
        ("GET", f"/Item?token={token}"),
    ):
        api.ask(method, path, client=None)
    for method in ("POST", "PUT"):
        api.ask(method, "/Item", client=None, json={"access_token": token})
    for headers in ({"X-Access-Token": token}, {"Cookie": f"access_token={token}"}):
        api.ask("GET", "/Item", client=None, headers=headers)
    password = base64.b64encode(f"ipc-full:{token}".encode()).decode()
    for header in (f"Token {token}", f"BearerToken {token}", f"Basic {password}", token):
        for path in ("/Item", "/Item/42"):
            api.ask("GET", path, client=None, headers={"Authorization": header})
    api.ask("GET", "/Item/All")
    api.ask("PUT", "/Item", json={"partNo": 42})
    api.ask("GET", "/Item?page=1&pageSize=10")


def exercise_expiry(api: Api) -> None:
    """Use tokens, old and new, over five hours."""
    used, unused, first = api.token("full"), api.token("none"), api.token("read-only")
    by_basic = api.token("warehouse-1", how="basic")
    api.probe(used)
    api.advance(3601)
    api.probe(used)
    api.probe(by_basic)
    second, _ = api.token("read-only"), api.token("read-only")
    api.probe(first)
    api.advance(3601)
    api.advance(3601)
    api.probe(unused)
    for moment in (3499, 60, 40):
        api.advance(moment)
        for token in (used, first, second, by_basic):
            api.probe(token)
    api.probe(unused)
    api.probe(used, "/Item/42")
    held = [token_if_given(api, "full") for _ in range(11)]
    api.probe(held[0])
    for _ in range(21):
        api.probe(held[-1])


def exercise_rotation(api: Api) -> None:
    """Rotate twice, and use old and new secrets and tokens before and after."""
    for _ in range(2):
        aged = api.token("expendable-1")
        api.advance(1801)
        token, old = api.token("expendable-1"), api.secret("expendable-1")
        api.probe(token)
        api.probe(token)
        by_basic = token_if_given(api, "expendable-1", "basic")
        others = [token_if_given(api, name) for name in ("full", "warehouse-1", "only-items-read")]
        api.control("rotate", client_id="ipc-expendable-1")
        for how in ("form", "basic"):
            api.token_answer("expendable-1", secret=old, how=how)
        api.token_answer("expendable-2")
        api.probe(token_if_given(api, "expendable-1"))
        api.ask("DELETE", "/Item/none", token=token)
        for seconds in (1, 3600, 10799, 901):
            for held in (token, by_basic, aged, *others):
                api.probe(held)
            api.advance(seconds)
        api.probe(token)


def exercise_disabling(api: Api) -> None:
    """Disable and enable twice, and ask for and use tokens meanwhile."""
    for _ in range(2):
        aged = api.token("expendable-1")
        api.advance(1801)
        unused, token, other = api.token("expendable-1"), api.token("expendable-1"), api.token("full")
        api.probe(token)
        by_basic = token_if_given(api, "expendable-1", "basic")
        api.control("disable", client_id="ipc-expendable-1")
        api.probe(other)
        for how in ("form", "basic"):
            api.token_answer("expendable-1", how=how)
        api.token_answer("full")
        for _ in range(5):
            api.probe(token)
            api.advance(31)
        for held in (token, unused, other, by_basic, aged):
            api.probe(held)
        api.probe(token, "/Item/42")
        for seconds in (301, 7200):
            api.advance(seconds)
            api.probe(token)
            api.token_answer("expendable-1")
        api.control("disable", client_id="ipc-expendable-2")
        api.control("enable", client_id="ipc-expendable-2")
        api.probe(token)
        api.control("enable", client_id="ipc-expendable-1")
        answer = api.token_answer("expendable-1")
        if answer.status_code != 200:
            return
        api.probe(answer.json()["access_token"])


def exercise_authorization(api: Api) -> None:
    """Ask every kind of client for everything that it may not do, and for some that it may."""
    for client in (
        "none",
        "read-only",
        "warehouses-2-3",
        "only-items-write",
        "only-items-read",
        "only-inventory-write",
    ):
        for method, path in (
            ("GET", "/Item/42"),
            ("GET", "/Item"),
            ("GET", "/Item?key=BOLT-M8-30&type=id"),
            ("GET", "/Item/All"),
            ("GET", "/PurchaseOrder?startDate=2024-01-01"),
            ("GET", "/Inventory"),
            ("GET", "/Inventory?page=2"),
            ("GET", "/Inventory/StockLevels"),
            ("GET", "/Inventory/StockLevels/1"),
            ("GET", "/Inventory/1"),
            ("GET", "/Inventory/1?sort=recNo"),
            ("GET", "/Inventory/3"),
            ("GET", "/Location"),
            ("GET", "/Location?wid=1"),
            ("GET", "/Location/A-01-01"),
            ("GET", "/Report/15"),
            ("DELETE", "/Item/none"),
            ("POST", "/Location/Hold?id=A-01-01"),
            ("POST", "/Location/Release?id=A-01-01"),
        ):
            api.ask(method, path, client=client)
        for path, body in (
            ("/Item", {"shortID": "NEW"}),
            ("/Inventory/Receive", RECEIVE),
            ("/Inventory/Receive", RECEIVE | {"wID": 2}),
            ("/Inventory/Move", {"recNo": 15003, "toSpot": "N-01-01"}),
            ("/Inventory/Move", {"recNo": 15009, "toSpot": "A-01-01"}),
            ("/Inventory/Issue", {"recNo": 15003, "units": 1}),
        ):
            api.ask("POST", path, client=client, json=body)
        api.ask("PUT", "/Item", client=client, json={"partNo": 42, "description": "x"})
    for client in ("reports-some", "reports-none", "restricted"):
        for path in (
            "/Report",
            "/Report?sort=reportID",
            "/Report/15",
            "/Report/16",
            "/Report/47",
            "/Report/16?count=5",
        ):
            api.ask("GET", path, client=client)
    api.ask("POST", "/Item", client=None, json={"shortID": "NEW"})
    api.ask("GET", "/Item", client=None)


def exercise_concurrency(api: Api) -> None:
    """Ask as several clients at once."""
    names = ("full", "none", "read-only", "restricted", "reports-some", "reports-none")
    api.together([api.request("GET", "/Item", api.held(name)) for name in names])


def exercise_transport(api: Api) -> None:
    """Send credentials and tokens over plain HTTP."""
    form = {"grant_type": "client_credentials", "client_id": "ipc-full", "client_secret": api.secret("full")}
    basic = {"Authorization": "Basic " + base64.b64encode(f"ipc-full:{api.secret('full')}".encode()).decode()}
    token = api.held("full")
    for request in (
        api.request("POST", "/Token", data=form),
        api.request("POST", "/Token", data={"grant_type": "client_credentials"}, headers=basic),
        api.request("GET", "/Item", token),
        api.request("DELETE", "/Item/BOLT-M8-30", token),
    ):
        request.url = request.url.copy_with(scheme="http")
        api.send(request)


def exercise_property(api: Api) -> None:
    """Send malformed input, read lists, and change an item between two readings."""
    for method, path, content in (
        ("GET", "/Item?page=x", {}),
        ("GET", "/Item/1", {}),
        ("PUT", "/Item", {"json": {"partNo": 1, "description": "Changed in between"}}),
        ("GET", "/Item/1", {}),
        ("GET", "/Item", {}),
        ("POST", "/Item", {"content": b"{"}),
        ("POST", "/Item", {"json": {"shortID": "NEW-1", "description": ["a list"]}}),
        ("POST", "/Location/Hold?id=A-01-01", {}),
    ):
        api.ask(method, path, **content)


SCENARIOS: dict[str, Callable[[Api], None]] = {
    "token": exercise_token,
    "oauth": exercise_oauth,
    "bearer": exercise_bearer,
    "expiry": exercise_expiry,
    "rotation": exercise_rotation,
    "disabling": exercise_disabling,
    "permission": exercise_authorization,
    "read-only": exercise_authorization,
    "warehouse": exercise_authorization,
    "reports": exercise_authorization,
    "refusal": exercise_authorization,
    "concurrency": exercise_concurrency,
    "transport": exercise_transport,
    "property": exercise_property,
}


@pytest.mark.parametrize("name", [name for name in FAULTS if name.partition(".")[0] in SCENARIOS])
def test_fault_becomes_active(workshop: Workshop, name: str) -> None:
    """The scenario of its chapter meets a decision that differs from the rule's."""
    api = workshop.make(name)

    SCENARIOS[name.partition(".")[0]](api)

    assert api.activities[name].is_active


@cache
def checkable(*files: str) -> frozenset[str]:
    """Give the ids of the catalogue's entries that can be checked, of some files or of all."""
    return frozenset(
        entry["id"]
        for path in REQUIREMENTS.glob("*.yaml")
        if not files or path.stem in files
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))
        if entry.get("checkable", True)
    )


@pytest.mark.parametrize("fault", FAULTS.values(), ids=lambda fault: fault.name)
def test_fault_names_known_requirements(fault: Fault) -> None:
    """It violates at least one entry of the catalogue that can be checked, and says what a user would suffer."""
    assert fault.violates
    assert set(fault.violates) | set(fault.follows) <= checkable()
    assert not set(fault.violates) & set(fault.follows)
    assert fault.sentence.endswith(".")
    assert fault.suffering.endswith(".")


@pytest.mark.parametrize("fault", FAULTS.values(), ids=lambda fault: fault.name)
def test_fault_replaces_one_rule(fault: Fault) -> None:
    """The rule is a method of one chapter of the rules."""
    chapter = RuleBook.of(Dialect()).chapter(fault.chapter)

    assert isinstance(chapter, Rules)
    assert getattr(type(chapter), fault.rule.__name__) is fault.rule


def test_every_requirement_has_a_fault() -> None:
    """Each entry about authentication, OAuth and generated requests is violated by some fault."""
    wanted = checkable("authentication", "oauth", "properties")

    assert wanted - {identifier for fault in FAULTS.values() for identifier in fault.violates} == set()


def test_fault_does_nothing_where_it_is_not_asked_for(workshop: Workshop) -> None:
    """A fault is a server's own; another server in the process has its rules."""
    faulty, right = workshop.make("bearer.any-scheme"), workshop.make()

    for api, status in ((faulty, 200), (right, 401)):
        headers = {"Authorization": f"Token {api.held('full')}"}
        assert api.ask("GET", "/Item", client=None, headers=headers).status_code == status


def test_fault_that_met_no_occasion_is_not_active(workshop: Workshop) -> None:
    """Activity is told by decisions and not by being there."""
    api = workshop.make("expiry.never", "bearer.in-query")
    api.probe(api.held("full"))

    assert not any(activity.is_active for activity in api.activities.values())


def test_wrong_name_lists_close_ones() -> None:
    """The error is a ValueError that helps."""
    with pytest.raises(UnknownFaultError, match=r"no fault 'expiry\.nevr'; did you mean expiry\.never"):
        look_up(FAULTS, "expiry.nevr", "fault")
