"""Knows a client's secret and where it lives: in the target file, the environment, a file, or kept after a rotation."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.target.file import Client, Target

NOTE = (
    "Secrets that the conformance suite had rotated. They stand for those in the target file until these change there. "
    "Keep this file private and out of version control; delete it when the clients have got new secrets otherwise."
)


@dataclass(frozen=True, slots=True)
class Inline:
    """The secret stands in the target file itself."""

    def __str__(self) -> str:
        return "the target file"


@dataclass(frozen=True, slots=True)
class Env:
    """The secret stands in an environment variable."""

    name: str

    def __str__(self) -> str:
        return f"environment variable {self.name}"


@dataclass(frozen=True, slots=True)
class File:
    """The secret stands in a file of its own; the path is absolute."""

    path: Path

    def __str__(self) -> str:
        return f"file {self.path}"


@dataclass(frozen=True, slots=True)
class Kept:
    """The secret was rotated and stands in `<target file>.secrets`."""

    path: Path

    def __str__(self) -> str:
        return f"file {self.path} (rotated)"


@dataclass(frozen=True, slots=True)
class Rotated:
    """The secret was rotated and could not be kept anywhere: it ends with this run."""

    def __str__(self) -> str:
        return "a rotation in this run"


Origin = Inline | Env | File | Kept | Rotated


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret or token with the place that it comes from; its repr shows the place alone."""

    value: str = field(repr=False)
    origin: Origin

    def __repr__(self) -> str:
        return f"<secret from {self.origin}>"


@dataclass(frozen=True, slots=True)
class KeptSecret:
    """A rotated secret, and a fingerprint of the declared one that it stands for."""

    value: str = field(repr=False)
    replaces: str


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """What a `{ file = … }` held before the first rotation, and a fingerprint of what was written to it last."""

    original: str = field(repr=False)
    written: str


@dataclass(frozen=True, slots=True)
class Memory:
    """What `<target file>.secrets` holds: rotated secrets by client id, changed files by absolute path."""

    clients: Mapping[str, KeptSecret] = field(default_factory=dict)
    files: Mapping[str, ChangedFile] = field(default_factory=dict)

    def secret(self, client_id: str, declared: Secret, path: Path) -> Secret:
        """Give the kept secret of a client, or the declared one if that was changed since (or there is none kept)."""
        kept = self.clients.get(client_id)
        if kept is None or kept.replaces != fingerprint(declared.value):
            return declared
        return Secret(kept.value, Kept(path))


def memory_path(target_path: Path) -> Path:
    """Name the file beside a target file that keeps its rotated secrets."""
    return target_path.with_name(f"{target_path.name}.secrets")


def fingerprint(value: str) -> str:
    """Tell one secret from another without holding it."""
    return hashlib.sha256(b"conformance\0" + value.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def read_memory(path: Path, base_url: str) -> Memory:
    """Read what a file of rotated secrets holds for one `base_url`.

    Raises ValueError with what is wrong and what to do.
    """
    try:
        content = _targets(path).get(base_url, {"clients": {}, "files": {}})
        clients = {name: KeptSecret(kept["secret"], kept["replaces"]) for name, kept in content["clients"].items()}
        files = {name: ChangedFile(kept["original"], kept["written"]) for name, kept in content["files"].items()}
    except OSError as error:
        message = f"cannot be read ({error.strerror}); make it readable, it holds rotated secrets"
        raise ValueError(message) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = "is damaged; restore it, or delete it and put the clients' present secrets into the target file"
        raise ValueError(message) from error
    return Memory(clients, files)


def without_newline(text: str) -> str:
    """Cut one newline from the end."""
    return text.removesuffix("\n").removesuffix("\r") if text.endswith("\n") else text


class SecretStore:
    """The secret that each client has at present; what a rotation changes is kept for the next run before anything else."""

    def __init__(self, target: Target) -> None:
        self._lock = threading.Lock()
        self._path = memory_path(target.path)
        self._base_url = target.base_url
        self._clients = target.clients
        self._current = {client.client_id: client.secret for client in target.clients}
        try:
            self._memory = read_memory(self._path, self._base_url)
        except ValueError as error:
            message = f"{self._path}: {error}"
            raise OutputError(message) from error

    def current(self, client: Client) -> Secret:
        """Give the secret that the client has now."""
        return self._current[client.client_id]

    def writable(self, client: Client) -> bool:
        """Tell whether a rotated secret of this client could be kept; touches nothing."""
        return self._own_file(client) is not None or _replaceable(self._path)

    def keep(self, client: Client, value: str) -> Secret:
        """Take a rotated secret as the client's own, and return once it lies safely on the disk.

        It goes to the `{ file = … }` that it came from, else to `<target file>.secrets`. Raises OutputError if neither can
        be written; the secret counts all the same, for this run.
        """
        with self._lock:
            self._current[client.client_id] = Secret(value, Rotated())
            try:
                secret = self._keep(client, value)
            except OSError as error:
                message = (
                    f"{self._path}: the rotated secret of client {client.name} could not be kept ({error.strerror}); "
                    "rotate it once more by hand after this run"
                )
                raise OutputError(message) from error
            self._current[client.client_id] = secret
            return secret

    def forget_all(self) -> None:
        """Go back to the secrets from before all rotations, in the files too: a reset has restored them on the target."""
        with self._lock:
            restored = {
                Path(name): changed for name, changed in self._memory.files.items() if _still_ours(name, changed)
            }
            try:
                for path, changed in restored.items():
                    _replace(path, changed.original, mode=path.stat().st_mode & 0o777)
                self._write(Memory())
            except OSError as error:
                message = (
                    f"{error.filename or self._path}: the secrets from before the reset could not be restored: {error}"
                )
                raise OutputError(message) from error
            for client in self._clients:
                self._current[client.client_id] = _as_before(client.declared_secret, restored)

    def _keep(self, client: Client, value: str) -> Secret:
        own = self._own_file(client)
        if own is not None:
            with contextlib.suppress(OSError):  # a single file mounted into a container can be written, not replaced
                return self._keep_in_file(client, own, value)
        kept = KeptSecret(value, replaces=fingerprint(_declared_now(client)))
        self._write(Memory({**self._memory.clients, client.client_id: kept}, self._memory.files))
        return Secret(value, Kept(self._path))

    def _keep_in_file(self, client: Client, path: Path, value: str) -> Secret:
        present = _read(path)
        ending = present[len(without_newline(present)) :]
        known = self._memory.files.get(str(path))
        ours = known is not None and known.written == fingerprint(present)
        original = known.original if known is not None and ours else present
        _replace(path, value + ending, mode=path.stat().st_mode & 0o777)
        changed = ChangedFile(original, written=fingerprint(value + ending))
        clients = {name: kept for name, kept in self._memory.clients.items() if name != client.client_id}
        memory = Memory(clients, {**self._memory.files, str(path): changed})
        # Without this entry only a later reset suffers: it could not restore the file.
        with contextlib.suppress(OSError):
            self._write(memory)
        self._memory = memory
        return Secret(value, File(path))

    def _own_file(self, client: Client) -> Path | None:
        """Give the file that declares this client's secret and no other's, if it can be replaced."""
        origin = client.declared_secret.origin
        if not isinstance(origin, File):
            return None
        readers = sum(other.declared_secret.origin == origin for other in self._clients)
        path = origin.path.resolve()
        return path if readers == 1 and path.is_file() and _replaceable(path) else None

    def _write(self, memory: Memory) -> None:
        targets = _targets(self._path)
        targets.pop(self._base_url, None)
        if memory.clients or memory.files:
            targets[self._base_url] = {
                "clients": {n: {"secret": kept.value, "replaces": kept.replaces} for n, kept in memory.clients.items()},
                "files": {n: {"original": file.original, "written": file.written} for n, file in memory.files.items()},
            }
        if targets:
            _replace(self._path, json.dumps({"note": NOTE, "targets": targets}, indent=1) + "\n", mode=0o600)
        else:
            self._path.unlink(missing_ok=True)
        self._memory = memory


def _targets(path: Path) -> dict[str, Any]:
    """Read what is kept for each `base_url`: a target file may have pointed elsewhere before."""
    try:
        targets = json.loads(_read(path))["targets"]
    except FileNotFoundError:
        return {}
    if not isinstance(targets, dict):
        raise TypeError(targets)
    return targets


def _declared_now(client: Client) -> str:
    """Give the declared secret as the next run will read it: a file may have been rewritten since this one did."""
    origin = client.declared_secret.origin
    if isinstance(origin, File):
        with contextlib.suppress(OSError, UnicodeDecodeError):
            return without_newline(_read(origin.path))
    return client.declared_secret.value


def _read(path: Path) -> str:
    """Read a text with its line ends as they are."""
    return path.read_bytes().decode("utf-8")


def _still_ours(name: str, changed: ChangedFile) -> bool:
    try:
        return fingerprint(_read(Path(name))) == changed.written
    except (OSError, UnicodeDecodeError):
        return False


def _as_before(declared: Secret, restored: Mapping[Path, ChangedFile]) -> Secret:
    if isinstance(declared.origin, File):
        changed = restored.get(declared.origin.path.resolve())
        if changed is not None:
            return Secret(without_newline(changed.original), declared.origin)
    return declared


def _replaceable(path: Path) -> bool:
    if path.exists() and not (path.is_file() and os.access(path, os.W_OK)):
        return False
    return os.access(path.parent, os.W_OK | os.X_OK)


def _replace(path: Path, text: str, mode: int) -> None:
    """Give a file a new content at once and for good: written beside it, synced, moved over it, folder synced."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, mode)
            if path.exists():
                with contextlib.suppress(OSError):  # only root may give files away
                    os.fchown(handle, path.stat().st_uid, path.stat().st_gid)
            file.write(text.encode("utf-8", "surrogatepass"))
            file.flush()
            os.fsync(handle)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
