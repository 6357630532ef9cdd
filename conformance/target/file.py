"""Knows the target file: how one implementation is reached, what its clients may do, what the suite may do to it."""

from __future__ import annotations

import re
import shutil
import ssl
import tomllib
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from conformance.contract.specification import Specification, load_specification
from conformance.errors import TargetFileError, UsageError
from conformance.target.credentials import read_secret
from conformance.target.examples import fill, read_examples
from conformance.target.parsing import Problems, Table, shown, suggestion
from conformance.target.rights import read_rights
from conformance.target.secrets import Memory, memory_path, read_memory
from conformance.target.vocabulary import PERMISSIONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.contract.permissions import Rights
    from conformance.target.secrets import Secret

__all__ = [
    "Client",
    "CommandControlConfig",
    "ControlConfig",
    "DeclaredData",
    "HttpControlConfig",
    "Limits",
    "OperatorControlConfig",
    "Target",
    "fill",
    "load_target",
]

LONGEST_WAIT = 300.0
"""Seconds that a run really waits unless the target file or the command line say otherwise."""

NAME = re.compile(r"[^\x00-\x1f\x7f<>\[\]]{1,60}")
"""Names stand in ids of checks and in tags such as `<secret full#1>`."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the suite may ask of the target; `requests_per_second` is None without a limit, `longest_wait` in seconds.

    No list is read further than `rows`: of one that is longer only its beginning is judged.
    """

    concurrency: int = 8
    requests_per_second: float | None = None
    longest_wait: float = LONGEST_WAIT
    writes: bool = True
    rows: int = 10_000


@dataclass(frozen=True, slots=True)
class HttpControlConfig:
    """Administrative actions are asked for at a URL."""

    url: str
    token: Secret | None = None


@dataclass(frozen=True, slots=True)
class CommandControlConfig:
    """Administrative actions are asked of a program that runs in `folder`, the target file's own."""

    command: tuple[str, ...]
    folder: Path
    token: None = None


@dataclass(frozen=True, slots=True)
class OperatorControlConfig:
    """Administrative actions are asked of the person at the terminal."""

    token: None = None


ControlConfig = HttpControlConfig | CommandControlConfig | OperatorControlConfig


@dataclass(frozen=True, slots=True)
class DeclaredData:
    """Existing data that the suite may rely on; empty where nothing is declared. `aliases` maps item aliases to shortIDs."""

    warehouses: tuple[int, ...] = ()
    reports: tuple[int, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), hash=False)


@dataclass(frozen=True, slots=True)
class Client:
    """An integration user that the suite may use.

    `secret` is the one to begin with: the kept one after an earlier rotation, else `declared_secret`.
    """

    name: str
    client_id: str
    secret: Secret
    declared_secret: Secret
    rights: Rights
    expendable: bool = False

    def __repr__(self) -> str:
        return f"<client {self.name}{', expendable' if self.expendable else ''}>"


@dataclass(frozen=True, slots=True)
class Target:
    """One implementation under test; `resources` holds first path segments in the specification's order.

    `specification` is the API that is asked for: the documented one, with the overlay applied where there is one.
    """

    name: str
    base_url: str
    plain_http_url: str
    resources: tuple[str, ...]
    clients: tuple[Client, ...]
    path: Path
    ca_file: Path | None = None
    overlay: Path | None = None
    limits: Limits = field(default_factory=Limits)
    control: ControlConfig | None = None
    data: DeclaredData = field(default_factory=DeclaredData)
    examples: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    specification: Specification = field(default_factory=load_specification, compare=False)

    def client(self, name: str) -> Client:
        """Find a client by its name; raises KeyError."""
        for client in self.clients:
            if client.name == name:
                return client
        raise KeyError(name)

    def implements(self, resource: str) -> bool:
        """Tell whether the target declares a resource, given as first path segment."""
        return resource in self.resources

    def __repr__(self) -> str:
        return f"<target {self.name} at {self.base_url}>"


def load_target(path: Path | str, specification: Specification | None = None) -> Target:
    """Read a target file and its overlay; raises TargetFileError with all their problems at once.

    `specification` is what the overlay is laid over: that of specs/openapi.yaml where none is given.
    """
    path = Path(path)
    problems = Problems()
    content = _content(path)
    table = Table(content, "", problems)
    plain = load_specification() if specification is None else specification
    target = _read_target(table, path.absolute(), plain, problems)
    table.close()
    if target is None or problems.lines:
        raise TargetFileError(str(path), problems.lines)
    return target


def _content(path: Path) -> dict[str, Any]:
    complaint = ""
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        complaint = f"does not exist; `conformance init {path}` writes one to fill in"
    except OSError as error:
        complaint = f"cannot be read: {error.strerror}"
    except UnicodeDecodeError as error:
        complaint = f"is not UTF-8 at byte {error.start}; TOML files are, save it as such"
    except tomllib.TOMLDecodeError as error:
        complaint = f"is not valid TOML: {error}"
    raise TargetFileError(str(path), [complaint])


def _read_target(table: Table, path: Path, plain: Specification, problems: Problems) -> Target | None:
    main = table.table("target")
    if "target" not in table:
        problems.add("target", "is missing; begin the file with [target], name = … and base_url = …")
    name = main.text("name") if main.required("name", "name the implementation, for reports") else None
    base_url = (
        main.url("base_url", ["https"]) if main.required("base_url", "give the URL up to and with /api/v1") else None
    )
    plain_http_url = main.url("plain_http_url", ["http"])
    ca_file = _ca_file(main, path.parent)
    overlay = _overlay(main, path.parent)
    specification = _with_overlay(main, overlay, plain)
    resources = _resources(main, specification)
    main.close()
    limits = _limits(table.table("limits"))
    control = _control(table.table("control"), path.parent) if "control" in table else None
    data = _data(table.table("data"))
    examples = read_examples(table.table("examples"), specification)
    clients = _clients(table, path, base_url or "", specification)
    if name is None or base_url is None or specification is None:
        return None
    return Target(
        name=name.strip(),
        base_url=base_url,
        plain_http_url=plain_http_url or "http" + base_url.removeprefix("https"),
        resources=resources,
        clients=clients,
        path=path,
        ca_file=ca_file,
        overlay=overlay,
        limits=limits,
        control=control,
        data=data,
        examples=MappingProxyType(examples),
        specification=specification,
    )


def _ca_file(table: Table, folder: Path) -> Path | None:
    value = table.text("ca_file")
    if value is None:
        return None
    path = folder / value
    if not path.is_file():
        table.problem("ca_file", f"file {path} does not exist; the path is relative to the target file")
        return None
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except ssl.SSLError:
        table.problem("ca_file", f"file {path} holds no PEM certificate (-----BEGIN CERTIFICATE-----)")
    except OSError as error:
        table.problem("ca_file", f"file {path} cannot be read: {error.strerror}")
    return path


def _overlay(table: Table, folder: Path) -> Path | None:
    value = table.text("overlay")
    return None if value is None else folder / value


def _with_overlay(table: Table, overlay: Path | None, plain: Specification) -> Specification | None:
    """Apply the overlay; None where it has problems: names of resources, permissions and operations are then not judged."""
    if overlay is None:
        return plain
    if not overlay.is_file():
        table.problem("overlay", f"file {overlay} does not exist; the path is relative to the target file")
        return None
    from conformance.contract.overlay import lay_over  # noqa: PLC0415 -- what it imports is slow to load

    try:
        return lay_over(plain, overlay)
    except UsageError as error:
        for problem in str(error).splitlines():
            table.problem("overlay", problem)
        return None


def _resources(table: Table, specification: Specification | None) -> tuple[str, ...]:
    if "resources" not in table:
        return () if specification is None else specification.resources
    named = table.texts("resources")
    if table.value("resources") == []:
        table.problem(
            "resources", "names nothing; name what the target implements, or leave the key out for everything"
        )
    if specification is None:
        return named
    known = specification.resources
    for name in named:
        if name not in known and name != "Token":  # every implementation has that one
            table.problem("resources", f'"{name}" is no resource of the API; {suggestion(name, known)}')
    return tuple(name for name in known if name in named)


def _limits(table: Table) -> Limits:
    limits = Limits(
        concurrency=table.count("concurrency", Limits().concurrency),
        requests_per_second=table.positive("requests_per_second"),
        longest_wait=table.duration("longest_wait", LONGEST_WAIT),
        writes=table.flag("writes", default=True),
        rows=table.count("rows", Limits().rows),
    )
    table.close()
    return limits


def _control(table: Table, folder: Path) -> ControlConfig | None:
    url, command = table.url("url", ["https", "http"]), _command(table, folder)
    operator = table.flag("operator", default=False)
    token = read_secret(table, "token", folder) if "token" in table else None
    ways = [key for key in ("url", "command") if key in table] + (["operator"] if operator else [])
    table.close()
    if len(ways) != 1:
        complaint = (
            f"{' and '.join(ways)} exclude each other; keep one" if ways else "set url, command or operator = true"
        )
        table.problems.add(table.where, complaint)
        return None
    if token is not None and ways != ["url"]:
        table.problem("token", "is sent to control.url only; remove it")
    if url is not None and url.startswith("http://") and not _is_loopback(urlsplit(url).hostname or ""):
        table.problem("url", "must begin with https:// (plain HTTP is for loopback addresses only)")
    if operator:
        return OperatorControlConfig()
    if command is not None:
        return CommandControlConfig(command, folder)
    return HttpControlConfig(url, token) if url is not None else None


def _command(table: Table, folder: Path) -> tuple[str, ...] | None:
    value = table.value("command")
    if value is None:
        return None
    if not isinstance(value, list) or not value or not all(isinstance(word, str) for word in value):
        table.problem("command", 'must be an array of strings, the program first: ["./acme-control"]')
        return None
    program = str(folder / value[0]) if "/" in value[0] else value[0]
    if shutil.which(program) is None:
        where = "is no program that can be started" if "/" in value[0] else "is not on the PATH"
        table.problem("command", f"{program} {where}; paths with a slash are relative to the target file")
    return tuple(value)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost" or host.lower().endswith(".localhost")


def _data(table: Table) -> DeclaredData:
    warehouses, reports = table.integers("warehouses"), table.integers("reports")
    names = table.table("aliases")
    aliases = {alias: short_id for alias in names.keys() if (short_id := names.text(alias))}  # noqa: SIM118 -- no mapping
    table.close()
    return DeclaredData(warehouses, reports, MappingProxyType(aliases))


def _clients(table: Table, path: Path, base_url: str, specification: Specification | None) -> tuple[Client, ...]:
    memory = Memory()
    try:
        memory = read_memory(memory_path(path), base_url)
    except ValueError as error:
        table.problems.add("clients", f"{memory_path(path)} {error}")
    if "clients" not in table or table.value("clients") == []:
        table.problem(
            "clients", "none declared; add at least one [[clients]] with name, client_id, client_secret, permissions"
        )
    entries = table.tables("clients")
    permissions = None if specification is None else (*specification.permissions, *PERMISSIONS)
    read = [_client(entry, path, memory, permissions) for entry in entries]
    _report_twins(entries, "name")
    _report_twins(entries, "client_id")
    return tuple(client for client in read if client is not None)


def _client(table: Table, path: Path, memory: Memory, permissions: Sequence[str] | None) -> Client | None:
    name = table.text("name") if table.required("name", "any name that tells it from the others") else None
    if name is not None and not NAME.fullmatch(name):
        table.problem("name", "must be a single line of at most 60 characters without < > [ ]")
    has_id = table.required("client_id", "the administrator of the target gives it out")
    client_id = table.text("client_id") if has_id else None
    has_secret = table.required("client_secret", 'give the secret, { env = "NAME" } or { file = "PATH" }')
    secret = read_secret(table, "client_secret", path.parent) if has_secret else None
    rights = read_rights(table, permissions)
    expendable = table.flag("expendable", default=False)
    table.close()
    if name is None or client_id is None or secret is None:
        return None
    return Client(
        name=name,
        client_id=client_id,
        secret=memory.secret(client_id, secret, memory_path(path)),
        declared_secret=secret,
        rights=rights,
        expendable=expendable,
    )


def _report_twins(entries: Sequence[Table], key: str) -> None:
    first: dict[str, str] = {}
    for entry in entries:
        value = entry.value(key)
        if isinstance(value, str) and value in first:
            entry.problem(key, f"{shown(value).split(' (')[0]} is also that of {first[value]}; each client has its own")
        elif isinstance(value, str):
            first[value] = entry.where
