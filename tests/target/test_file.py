"""A target file is read completely, and everything wrong with it is said at once."""

from __future__ import annotations

import dataclasses
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import trustme

from conformance.contract.outcomes import Reason
from conformance.contract.specification import Specification, load_specification
from conformance.errors import NotRun, TargetFileError
from conformance.target.file import (
    Client,
    CommandControlConfig,
    HttpControlConfig,
    Limits,
    OperatorControlConfig,
    Target,
    fill,
    load_target,
)
from conformance.target.parsing import parse_duration

MINIMAL = """
[target]
name = "Acme"
base_url = "https://inventory.acme.example/api/v1"
"""

FULL_CLIENT = """
[[clients]]
name = "full"
client_id = "ipc-full"
client_secret = "s3cr3t-of-full"
permissions = "all"
"""

# interfaces.md, section 2, with nothing left out
COMPLETE = """
[target]
name = "Acme InventoryPro 2026.2"
base_url = "https://inventory.acme.example/api/v1"
ca_file = "acme-ca.pem"
plain_http_url = "http://inventory.acme.example/api/v1"
resources = ["Item", "Inventory", "Report"]

[limits]
concurrency = 4
requests_per_second = 50
longest_wait = "2h30m"
writes = false

[control]
url = "https://127.0.0.1:9443/control"
token = { env = "ACME_CONTROL_TOKEN" }

[data]
warehouses = [1, 2, 3]
reports = [15, 22, 47]
aliases = { "OLD-BOLT" = "BOLT-M8-30" }

[examples."POST /Inventory/Receive"]
body = { partNo = "{partNo}", wID = "{warehouse}", spot = "{spot}", units = 1 }
[examples."POST /Inventory/Move"]
body = { recNo = "{recNo}", toSpot = "{to_spot}", units = 1 }

[[clients]]
name = "full"
client_id = "ipc-full"
client_secret = { env = "ACME_FULL_SECRET" }
permissions = "all"
warehouses = "all"
reports = "all"
read_only = false
expendable = false

[[clients]]
name = "limited"
client_id = "ipc-limited"
client_secret = { file = "limited.txt" }
permissions = { except = ["items.write", "webhooks.admin"] }
warehouses = [1, 2]
reports = [15]
read_only = true
expendable = true

[[clients]]
name = "nobody"
client_id = "ipc-nobody"
client_secret = "s3cr3t-of-nobody"
permissions = "none"
reports = "none"

[[clients]]
name = "reader"
client_id = "ipc-reader"
client_secret = "s3cr3t-of-reader"
permissions = ["items.read"]
"""


@pytest.fixture(scope="module")
def specification() -> Specification:
    """Load the documented API."""
    return load_specification()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder with all that COMPLETE refers to."""
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "acme-ca.pem"))
    (tmp_path / "limited.txt").write_text("s3cr3t-of-limited\n")
    monkeypatch.setenv("ACME_FULL_SECRET", "s3cr3t-of-full")
    monkeypatch.setenv("ACME_CONTROL_TOKEN", "t0ken-of-control")
    return tmp_path


def load(folder: Path, text: str, specification: Specification) -> Target:
    """Write a target file and load it."""
    path = folder / "acme.toml"
    path.write_text(text, encoding="utf-8")
    return load_target(path, specification)


def problems_of(folder: Path, text: str, specification: Specification) -> tuple[str, ...]:
    """Load a target file that has problems."""
    with pytest.raises(TargetFileError) as caught:
        load(folder, text, specification)
    return caught.value.problems


@pytest.fixture
def complete(folder: Path, specification: Specification) -> Target:
    """Load the complete file."""
    return load(folder, COMPLETE, specification)


def test_target_table_is_read(complete: Target, folder: Path) -> None:
    """Name, addresses and resources, paths made absolute."""
    assert complete.name == "Acme InventoryPro 2026.2"
    assert complete.base_url == "https://inventory.acme.example/api/v1"
    assert complete.plain_http_url == "http://inventory.acme.example/api/v1"
    assert complete.ca_file == folder / "acme-ca.pem"
    assert complete.path == folder / "acme.toml"
    assert complete.resources == ("Item", "Inventory", "Report")
    assert complete.implements("Item")
    assert not complete.implements("Location")


def test_limits_are_read(complete: Target) -> None:
    """Durations become seconds."""
    assert complete.limits == Limits(concurrency=4, requests_per_second=50.0, longest_wait=9000.0, writes=False)


def test_control_is_read(complete: Target) -> None:
    """The token comes from where the file says."""
    assert isinstance(complete.control, HttpControlConfig)
    assert complete.control.url == "https://127.0.0.1:9443/control"
    assert complete.control.token is not None
    assert complete.control.token.value == "t0ken-of-control"


def test_data_and_examples_are_read(complete: Target) -> None:
    """Examples keep their placeholders."""
    assert complete.data.warehouses == (1, 2, 3)
    assert complete.data.reports == (15, 22, 47)
    assert complete.data.aliases == {"OLD-BOLT": "BOLT-M8-30"}
    assert complete.examples["POST /Inventory/Move"] == {"recNo": "{recNo}", "toSpot": "{to_spot}", "units": 1}


def test_clients_are_read(complete: Target) -> None:
    """Secrets from the environment, from a file less its newline, and from the file itself."""
    secrets = [client.secret.value for client in complete.clients]

    assert secrets == ["s3cr3t-of-full", "s3cr3t-of-limited", "s3cr3t-of-nobody", "s3cr3t-of-reader"]
    assert [client.expendable for client in complete.clients] == [False, True, False, False]
    assert complete.client("limited").client_id == "ipc-limited"


def test_rights_are_read(complete: Target) -> None:
    """All forms: all, none, a list, all but a list."""
    full, limited, nobody, reader = (client.rights for client in complete.clients)

    assert not full.permissions.limited
    assert "items.write" not in limited.permissions
    assert "items.read" in limited.permissions
    assert 2 in limited.warehouses
    assert 3 not in limited.warehouses
    assert 22 not in limited.reports
    assert limited.read_only
    assert "items.read" not in nobody.permissions
    assert 15 not in nobody.reports
    assert 3 in nobody.warehouses
    assert "items.read" in reader.permissions
    assert "items.write" not in reader.permissions


def test_no_repr_shows_a_secret(complete: Target) -> None:
    """Whatever part of the target appears in a failure."""
    shown = repr([complete, complete.clients, complete.control, *(client.secret for client in complete.clients)])

    assert "s3cr3t" not in shown
    assert "t0ken" not in shown
    assert "environment variable ACME_FULL_SECRET" in shown


def test_a_target_is_frozen(complete: Target) -> None:
    """Nothing changes a target after it was read, its mappings included."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        complete.name = "other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        complete.examples["POST /Item"] = {}  # type: ignore[index]
    assert isinstance(hash(complete), int)


def test_defaults(folder: Path, specification: Specification) -> None:
    """A file with one client and nothing optional."""
    target = load(folder, MINIMAL + FULL_CLIENT, specification)

    assert target.limits == Limits(concurrency=8, requests_per_second=None, longest_wait=300.0, writes=True)
    assert target.plain_http_url == "http://inventory.acme.example/api/v1"
    assert target.resources == specification.resources
    assert target.control is None
    assert target.ca_file is None
    assert target.data.warehouses == ()
    assert target.examples == {}
    client = target.client("full")
    assert not client.rights.warehouses.limited
    assert not client.rights.reports.limited
    assert not client.rights.read_only
    assert not client.expendable


def test_plain_http_url_keeps_the_port(folder: Path, specification: Specification) -> None:
    """Its default is base_url's own authority."""
    text = MINIMAL.replace("acme.example/", "acme.example:9443/") + FULL_CLIENT

    assert load(folder, text, specification).plain_http_url == "http://inventory.acme.example:9443/api/v1"


def test_trailing_slashes_of_base_url_are_cut(folder: Path, specification: Specification) -> None:
    """Paths are appended to it."""
    text = MINIMAL.replace("/api/v1", "/api/v1/") + FULL_CLIENT

    assert load(folder, text, specification).base_url == "https://inventory.acme.example/api/v1"


def test_one_newline_of_a_secret_file_is_cut(folder: Path, specification: Specification) -> None:
    """Only one: the rest is the secret's."""
    (folder / "limited.txt").write_bytes(b" two \n\n")

    assert load(folder, COMPLETE, specification).client("limited").secret.value == " two \n"


@pytest.mark.parametrize(
    ("control", "kind"),
    [
        ('command = ["./acme-control", "-v"]', CommandControlConfig),
        ("operator = true", OperatorControlConfig),
        ('url = "http://localhost:1/control"', HttpControlConfig),
        ('url = "http://127.0.0.9/control"', HttpControlConfig),
        ('url = "http://[::1]:1/control"', HttpControlConfig),
        ('url = "https://acme.example/control"\noperator = false', HttpControlConfig),
    ],
)
def test_ways_of_control(folder: Path, specification: Specification, control: str, kind: type) -> None:
    """A URL, a program beside the target file, or the person."""
    (folder / "acme-control").write_text("#!/bin/sh\n")
    (folder / "acme-control").chmod(0o755)

    target = load(folder, f"{MINIMAL}\n[control]\n{control}\n{FULL_CLIENT}", specification)

    assert isinstance(target.control, kind)


def test_a_command_runs_in_the_folder_of_the_target_file(folder: Path, specification: Specification) -> None:
    """A program without a slash is looked up on the PATH."""
    target = load(folder, f'{MINIMAL}\n[control]\ncommand = ["sh", "x"]\n{FULL_CLIENT}', specification)

    assert target.control == CommandControlConfig(("sh", "x"), folder)


def test_names_of_the_whole_interface_are_known(folder: Path, specification: Specification) -> None:
    """Also a permission that no documented operation takes, and the token endpoint as a resource."""
    text = (
        MINIMAL.replace("[target]", '[target]\nresources = ["Token", "Webhook", "Item"]')
        + """
[examples."POST /Webhook"]
body = { url = "https://x.invalid" }
[[clients]]
name = "c"
client_id = "c"
client_secret = "s3cr3t"
permissions = ["purchase-orders.write", "webhooks.admin"]
"""
    )

    target = load(folder, text, specification)

    assert set(target.resources) == {"Item", "Webhook"}


PROBLEMS = {
    '[target]\nname = "A"': "target.base_url: is missing; give the URL up to and with /api/v1",
    MINIMAL.replace("https", "http"): "target.base_url: must begin with https://, and begins http://",
    MINIMAL.replace("https://", ""): "target.base_url: must begin with https://, and begins without a scheme",
    MINIMAL.replace("https://", "https://me:pw@"): "target.base_url: must not hold a user name or password; "
    "credentials have their own keys",
    MINIMAL.replace("/v1", "/v1?a=b"): "target.base_url: must not hold a query (from `?` on)",
    MINIMAL.replace("/v1", "/v1#a"): "target.base_url: must not hold a fragment (from `#` on)",
    MINIMAL.replace("inventory.acme.example", ""): "target.base_url: names no host",
    MINIMAL.replace(".example", ".example:99999"): "target.base_url: is no URL: Port out of range 0-65535",
    MINIMAL + "base-url = 1": 'target.base-url: unknown key; did you mean "base_url"?',
    MINIMAL
    + "colour = 1": "target.colour: unknown key; possible here: name, base_url, plain_http_url, ca_file, overlay, resources",
    MINIMAL + 'plain_http_url = "https://a/b"': "target.plain_http_url: must begin with http://, and begins https://",
    MINIMAL
    + 'ca_file = "no.pem"': "target.ca_file: file {folder}/no.pem does not exist; the path is relative to the target file",
    MINIMAL + 'ca_file = "limited.txt"': "target.ca_file: file {folder}/limited.txt holds no PEM certificate "
    "(-----BEGIN CERTIFICATE-----)",
    MINIMAL + 'resources = ["Items"]': 'target.resources: "Items" is no resource of the API; did you mean "Item"?',
    MINIMAL + "resources = []": "target.resources: names nothing; name what the target implements, "
    "or leave the key out for everything",
    MINIMAL
    + 'overlay = "o.yaml"': "target.overlay: file {folder}/o.yaml does not exist; the path is relative to the target file",
    MINIMAL + 'overlay = "limited.txt"': "target.overlay: limited.txt: holds no mapping; begin with overlay: 1.0.0, "
    "info: and actions:",
    MINIMAL + "[limits]\nconcurrency = 0": "limits.concurrency: must be an integer of at least 1, not 0 (an integer)",
    MINIMAL
    + "[limits]\nconcurrency = true": "limits.concurrency: must be an integer of at least 1, not true (a boolean)",
    MINIMAL
    + "[limits]\nrequests_per_second = 0": "limits.requests_per_second: must be a number above 0, not 0 (an integer)",
    MINIMAL + '[limits]\nlongest_wait = "5 min"': 'limits.longest_wait: "5 min" is no duration; '
    'write a duration such as "90s", "5m", "1h" or "2h30m"',
    MINIMAL + "[limits]\nlongest_wait = 300": "limits.longest_wait: must be a string, not 300 (an integer); "
    'write a duration such as "90s", "5m", "1h" or "2h30m"',
    MINIMAL + '[limits]\nwrites = "no"': 'limits.writes: must be true or false, without quotes, not "no" (a string)',
    MINIMAL + "[control]": "control: set url, command or operator = true",
    MINIMAL + '[control]\nurl = "https://a"\noperator = true': "control: url and operator exclude each other; keep one",
    MINIMAL + '[control]\nurl = "http://acme.example/c"': "control.url: must begin with https:// "
    "(plain HTTP is for loopback addresses only)",
    MINIMAL
    + '[control]\ncommand = "./acme"': 'control.command: must be an array of strings, the program first: ["./acme-control"]',
    MINIMAL + '[control]\ncommand = ["./acme"]': "control.command: {folder}/acme is no program that can be started; "
    "paths with a slash are relative to the target file",
    MINIMAL + '[control]\noperator = true\ntoken = "x"': "control.token: is sent to control.url only; remove it",
    MINIMAL
    + '[control]\nurl = "https://a"\ntoken = { env = "NOT_SET" }': "control.token: environment variable NOT_SET is not set",
    MINIMAL + '[data]\nwarehouses = [1, "2"]': "data.warehouses: must be an array of integers such as [1, 2]; "
    '"2" (a string) is none of its items',
    MINIMAL + "[data]\naliases = { a = 1 }": "data.aliases.a: must be a string, not 1 (an integer)",
    MINIMAL
    + '[examples."POST /Inventory/Recieve"]\nbody = {}': 'examples."POST /Inventory/Recieve": no such operation; '
    'did you mean "POST /Inventory/Receive" or "POST /Inventory/Move"?',
    MINIMAL
    + '[examples."GET /Item"]\nbody = {}': 'examples."GET /Item": this operation takes no body; remove the example',
    MINIMAL
    + '[examples."POST /Item"]': 'examples."POST /Item".body: is missing; write body = { … }, a body that the target accepts',
    MINIMAL
    + '[examples."POST /Item"]\nbody = { a = ["{partno}"] }': 'examples."POST /Item".body: unknown placeholder {partno}; '
    'did you mean "partNo"?',
    MINIMAL + '[examples."POST /Item"]\nbody = { a = "x-{unique}" }': 'examples."POST /Item".body: "x-{unique}": '
    "{unique} is replaced only where it is the whole string",
    MINIMAL
    + '[examples."POST /Item"]\nbody = { a = 2026-01-31 }': 'examples."POST /Item".body: 2026-01-31 (a date or time) '
    "does not exist in JSON; write it as a string",
    MINIMAL + '[examples."POST /Item"]\nbody = { a = nan }': 'examples."POST /Item".body: nan is no JSON number',
    MINIMAL + "[contrl]": 'contrl: unknown key; did you mean "control"?',
}


@pytest.mark.parametrize("text", PROBLEMS, ids=range(len(PROBLEMS)))
def test_a_problem_outside_clients_is_told(folder: Path, specification: Specification, text: str) -> None:
    """What, where and what to do, and nothing else."""
    problems = problems_of(folder, text + FULL_CLIENT, specification)

    assert problems[0] == PROBLEMS[text].replace("{folder}", str(folder))
    assert len(problems) == 1


OVERLAY = Path(__file__).parents[2] / "docs" / "examples" / "acme.overlay.yaml"

WITH_OVERLAY = (
    MINIMAL
    + """
overlay = "acme.overlay.yaml"
resources = ["Item", "Pallet"]

[examples."POST /Pallet"]
body = { label = "{unique}", wID = "{warehouse}" }
"""
    + FULL_CLIENT
    + FULL_CLIENT.replace("full", "bay").replace('"all"', '["items.read", "pallets.write"]')
)


def test_an_overlay_brings_its_names(folder: Path, specification: Specification) -> None:
    """Resources, permissions and operations with examples; "all" holds the new permissions too."""
    shutil.copy(OVERLAY, folder)

    target = load(folder, WITH_OVERLAY, specification)

    full, bay = (client.rights for client in target.clients)
    assert target.overlay == folder / "acme.overlay.yaml"
    assert target.resources == ("Item", "Pallet")
    assert target.examples["POST /Pallet"] == {"label": "{unique}", "wID": "{warehouse}"}
    assert full.contains("pallets.read")
    assert bay.contains("pallets.write")
    assert not bay.contains("pallets.read")
    assert set(target.specification.labels) - set(specification.labels) == {"GET /Pallet", "POST /Pallet"}


def test_without_an_overlay_the_documented_api_is_asked_for(folder: Path, specification: Specification) -> None:
    """The names that an overlay would bring are unknown."""
    assert load(folder, MINIMAL + FULL_CLIENT, specification).specification is specification

    problems = problems_of(folder, WITH_OVERLAY.replace('overlay = "acme.overlay.yaml"', ""), specification)

    assert [problem.partition(":")[0] for problem in problems] == [
        "target.resources",
        'examples."POST /Pallet"',
        "clients[1].permissions",
    ]


def test_the_packaged_specification_is_the_one_to_start_from(folder: Path) -> None:
    """Whoever loads a target file need not name it."""
    (folder / "acme.toml").write_text(MINIMAL + FULL_CLIENT)

    assert load_target(folder / "acme.toml").specification == load_specification()


def test_an_overlay_with_problems_leaves_names_unjudged(folder: Path, specification: Specification) -> None:
    """All problems of both files at once, and no name is called unknown for want of the overlay."""
    text = OVERLAY.read_text(encoding="utf-8").replace("$.paths", "$.path").replace("$.components.schemas", "$.schemas")
    (folder / "acme.overlay.yaml").write_text(text, encoding="utf-8")

    problems = problems_of(folder, WITH_OVERLAY.replace('client_id = "ipc-bay"', ""), specification)

    assert [problem.partition(";")[0] for problem in problems] == [
        "target.overlay: acme.overlay.yaml: actions[0] ($.path): selects nothing",
        "target.overlay: acme.overlay.yaml: actions[1] ($.schemas): selects nothing",
        "clients[1].client_id: is missing",
    ]


CLIENT_PROBLEMS = {
    'client_secret = { env = "NOT_SET" }': "client_secret: environment variable NOT_SET is not set",
    'client_secret = { env = "EMPTY" }': "client_secret: environment variable EMPTY is set but empty",
    'client_secret = { file = "no.txt" }': "client_secret: file {folder}/no.txt does not exist; "
    "the path is relative to the target file",
    'client_secret = { file = "empty.txt" }': "client_secret: file {folder}/empty.txt is empty; write the secret into it",
    'client_secret = { file = "." }': "client_secret: file {folder} cannot be read: Is a directory",
    'client_secret = ""': "client_secret: is empty",
    "client_secret = 12345": 'client_secret: must be a string, { env = "NAME" } or { file = "PATH" }',
    'client_secret = { env = "A", file = "b" }': "client_secret: needs exactly one of env and file",
    'client_secret = { evn = "A" }': 'client_secret.evn: unknown key; did you mean "env"?',
    'name = ""': "name: is empty",
    'name = "a<b>"': "name: must be a single line of at most 60 characters without < > [ ]",
    "client_id = 5": "client_id: must be a string, not 5 (an integer)",
    'permissions = "some"': 'permissions: must be "all", "none", an array of names or { except = [ … ] }, not "some" (a string)',
    'permissions = ["item.write"]': 'permissions: "item.write" is no permission; did you mean "items.write" or "items.read"?',
    'permissions = { except = "items.write" }': 'permissions.except: must be an array of names, not "items.write" (a string)',
    'permissions = { exept = ["items.write"] }': "permissions.except: is missing; name what is not granted: "
    '{ except = ["items.write"] }',
    "permissions = 3": "permissions: must be an array of strings, not 3 (an integer)",
    'warehouses = "one"': 'warehouses: must be "all", "none" or an array of numbers, not "one" (a string)',
    'reports = ["15"]': 'reports: must be an array of integers such as [1, 2]; "15" (a string) is none of its items',
    "read_only = 1": "read_only: must be true or false, without quotes, not 1 (an integer)",
    "readonly = true": 'readonly: unknown key; did you mean "read_only"?',
}


@pytest.mark.parametrize("line", CLIENT_PROBLEMS)
def test_a_problem_of_a_client_is_told(
    folder: Path, specification: Specification, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    """Clients are counted from 0."""
    monkeypatch.setenv("EMPTY", "")
    (folder / "empty.txt").write_text("\n")
    key = line.partition(" = ")[0]
    second = FULL_CLIENT.replace("full", "second")
    kept = "\n".join(entry for entry in second.splitlines() if not entry.startswith(f"{key} ="))

    problems = problems_of(folder, f"{MINIMAL}{FULL_CLIENT}{kept}\n{line}\n", specification)

    assert f"clients[1].{CLIENT_PROBLEMS[line].replace('{folder}', str(folder))}" in problems


@pytest.mark.parametrize("key", ["name", "client_id", "client_secret", "permissions"])
def test_what_a_client_must_say(folder: Path, specification: Specification, key: str) -> None:
    """The four keys without which nothing can be expected of a client."""
    kept = "\n".join(line for line in FULL_CLIENT.splitlines() if not line.startswith(f"{key} ="))

    (problem,) = problems_of(folder, MINIMAL + kept, specification)

    assert problem.startswith(f"clients[0].{key}: is missing; ")


def test_names_and_client_ids_are_unique(folder: Path, specification: Specification) -> None:
    """Reports and expectations go by them."""
    problems = problems_of(folder, MINIMAL + FULL_CLIENT + FULL_CLIENT, specification)

    assert problems == (
        'clients[1].name: "full" is also that of clients[0]; each client has its own',
        'clients[1].client_id: "ipc-full" is also that of clients[0]; each client has its own',
    )


@pytest.mark.parametrize("clients", ["", "clients = []\n"])
def test_a_file_without_clients_is_refused(folder: Path, specification: Specification, clients: str) -> None:
    """Nothing could be asked with it."""
    (problem,) = problems_of(folder, clients + MINIMAL, specification)

    assert problem.startswith("clients: none declared; add at least one [[clients]]")


def test_all_problems_are_told_at_once(folder: Path, specification: Specification) -> None:
    """In the file's order, each behind the file's name."""
    text = (
        MINIMAL.replace("https", "http") + '[limits]\nwrites = "x"\n' + FULL_CLIENT.replace("permissions", "permission")
    )

    with pytest.raises(TargetFileError) as caught:
        load(folder, text, specification)

    assert [line.split(": ")[1] for line in str(caught.value).splitlines()] == [
        "target.base_url",
        "limits.writes",
        "clients[0].permissions",
        "clients[0].permission",
    ]
    assert str(caught.value).startswith(f"{folder / 'acme.toml'}: target.base_url: ")


def test_no_problem_shows_a_secret(folder: Path, specification: Specification) -> None:
    """A misplaced secret is not repeated in the message about it."""
    text = MINIMAL + FULL_CLIENT.replace('"s3cr3t-of-full"', '["s3cr3t-of-full"]').replace("client_id", "clientid")

    assert "s3cr3t" not in "".join(problems_of(folder, text, specification))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"[target\n", "is not valid TOML: "),
        (b'name = "a"\nname = "b"\n', "is not valid TOML: Cannot overwrite a value (at line 2, column 11)"),
        (b"name = '\xff'", "is not UTF-8 at byte 8; TOML files are, save it as such"),
    ],
)
def test_a_file_that_is_no_toml_is_refused(
    folder: Path, specification: Specification, content: bytes, problem: str
) -> None:
    """With the place of the error."""
    (folder / "acme.toml").write_bytes(content)

    with pytest.raises(TargetFileError) as caught:
        load_target(folder / "acme.toml", specification)

    assert caught.value.problems[0].startswith(problem)


def test_a_missing_file_is_told(folder: Path, specification: Specification) -> None:
    """With the command that writes one."""
    with pytest.raises(TargetFileError, match=r"does not exist; `conformance init .*none.toml` writes one to fill in"):
        load_target(folder / "none.toml", specification)


def test_wrong_shapes_of_tables_are_told(folder: Path, specification: Specification) -> None:
    """A value where a table belongs, a table where several belong."""
    text = 'limits = 3\n[target]\nname = "A"\nbase_url = "https://a/b"\n[clients]\nname = "full"\n'

    assert problems_of(folder, text, specification) == (
        "limits: must be a table, not 3 (an integer)",
        "clients: must be an array of tables: write each under a heading [[clients]]",
    )


def test_a_kept_secret_wins(folder: Path, specification: Specification) -> None:
    """It is the one that works since the last rotation; what the file declares is at hand too."""
    from conformance.target.secrets import SecretStore  # noqa: PLC0415 -- what this one test is about

    target = load(folder, MINIMAL + FULL_CLIENT, specification)
    SecretStore(target).keep(target.client("full"), "r0tated")

    client: Client = load(folder, MINIMAL + FULL_CLIENT, specification).client("full")

    assert client.secret.value == "r0tated"
    assert client.declared_secret.value == "s3cr3t-of-full"


def test_damaged_kept_secrets_are_told(folder: Path, specification: Specification) -> None:
    """To go on with the declared secret could lock the client out."""
    (folder / "acme.toml.secrets").write_text("{")

    (problem,) = problems_of(folder, MINIMAL + FULL_CLIENT, specification)

    assert problem.startswith(f"clients: {folder}/acme.toml.secrets is damaged; restore it, or delete it")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("5m", 300), ("1h", 3600), ("2h30m", 9000), ("1h0m1.5s", 3601.5), ("0s", 0), (" 5m ", 300)],
)
def test_durations(text: str, seconds: float) -> None:
    """Hours, minutes and seconds, in this order."""
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "5", "5 m", "m", "-5m", "1.5h", "30m2h", "5M", "five", "٣m "[:1]])
def test_what_is_no_duration(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(ValueError, match="is no duration; write a duration such as"):
        parse_duration(text)


def test_placeholders_are_filled_in_their_own_type() -> None:
    """A string that is exactly a placeholder becomes what was found, anywhere in the body; other strings stay."""
    body = {"a": "{partNo}", "b": ["{spot}", {"c": "{unique}"}], "d": "{partNo} ", "e": 1, "f": "{other}"}

    filled = fill(body, {"partNo": 7, "spot": "A-1", "unique": "x1"})

    assert filled == {"a": 7, "b": ["A-1", {"c": "x1"}], "d": "{partNo} ", "e": 1, "f": "{other}"}
    assert body["a"] == "{partNo}"


@pytest.mark.parametrize("values", [{"spot": "A-1"}, {"spot": "A-1", "recNo": None, "to_spot": None}])
def test_a_placeholder_without_a_value_is_not_run(values: dict[str, Any]) -> None:
    """The outcome says what the target does not show."""
    with pytest.raises(NotRun, match=r"\{recNo\}, \{to_spot\}") as caught:
        fill({"recNo": "{recNo}", "spot": "{spot}", "toSpot": ["{to_spot}"]}, values)

    assert caught.value.reason is Reason.NEEDS_DATA


@pytest.mark.parametrize(
    ("page", "number", "clients"), [("target-file", 0, 1), ("target-file", 1, 2), ("extending", 0, 2)]
)
def test_the_documented_files_are_valid(
    folder: Path, specification: Specification, monkeypatch: pytest.MonkeyPatch, page: str, number: int, clients: int
) -> None:
    """Whoever copies one has a file that loads."""
    monkeypatch.setenv("ACME_FULL_SECRET", "s3cr3t-of-full")
    monkeypatch.setenv("ACME_BAY_SECRET", "s3cr3t-of-bay")
    (folder / "expendable-1.txt").write_text("s3cr3t-of-expendable")
    shutil.copy(OVERLAY, folder)
    text = (OVERLAY.parents[1] / f"{page}.md").read_text(encoding="utf-8")

    target = load(folder, re.findall(r"```toml\n(.*?)```", text, re.DOTALL)[number], specification)

    assert len(target.clients) == clients
