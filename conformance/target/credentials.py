"""Knows how a target file gives a secret: the string itself, an environment variable or a file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from conformance.target.secrets import Env, File, Inline, Secret, without_newline

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.target.parsing import Table


def read_secret(table: Table, key: str, folder: Path) -> Secret | None:
    """Read the secret itself, `{ env = … }` or `{ file = … }`; its value is never part of a message."""
    value = table.value(key)
    if isinstance(value, str) and value:
        return Secret(value, Inline())
    if not isinstance(value, dict):
        table.problem(key, "is empty" if value == "" else 'must be a string, { env = "NAME" } or { file = "PATH" }')
        return None
    source = table.table(key)
    name, file = source.text("env"), source.text("file")
    source.close()
    if (name is None) == (file is None):
        table.problem(key, "needs exactly one of env and file")
        return None
    return _from_environment(table, key, name) if name is not None else _from_file(table, key, folder / (file or ""))


def _from_environment(table: Table, key: str, name: str) -> Secret | None:
    value = os.environ.get(name)
    if value:
        return Secret(value, Env(name))
    state = "is not set" if value is None else "is set but empty"
    table.problem(key, f"environment variable {name} {state}")
    return None


def _from_file(table: Table, key: str, path: Path) -> Secret | None:
    try:
        value = without_newline(path.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        table.problem(key, f"file {path} does not exist; the path is relative to the target file")
        return None
    except (OSError, UnicodeDecodeError) as error:
        table.problem(key, f"file {path} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}")
        return None
    if not value:
        table.problem(key, f"file {path} is empty; write the secret into it")
        return None
    return Secret(value, File(path))
