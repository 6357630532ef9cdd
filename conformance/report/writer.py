"""How a run folder is written: one JSON object a line, on the disk before the next one is thought of."""

from __future__ import annotations

import json
import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self, TextIO

from conformance.errors import OutputError
from conformance.report.log import EXCHANGE_LOG, RUN_LOG

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

# Evidence holds what the target's clients may see: nobody else's business.
FOLDER_MODE = 0o700
FILE_MODE = 0o600


def write_private(path: Path, text: str) -> None:
    """Write a file of a run for nobody but the user to read; raises OutputError, and then leaves no half of it."""
    try:
        # A file that is there already may be open to others.
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        raise OutputError(f"{path}: cannot be written ({error.strerror}); make room or free the file") from error


def append_event(folder: Path, event: Mapping[str, object]) -> None:
    """Append an event to the log of a run that has ended; raises OutputError."""
    path = folder / RUN_LOG
    try:
        with path.open("a", encoding="ascii", newline="\n") as file:
            file.write(_line(event))
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror}); make room") from error


def _line(value: Mapping[str, object]) -> str:
    return json.dumps(value, separators=(",", ":")) + "\n"


class RunLogWriter:
    """Writes the events and exchanges of one run; safe to use from several threads.

    Makes the folder (mode 0700) where it does not exist. Every method raises OutputError where the disk does not take
    the data, and making a writer also where the folder holds a run already.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self._lock = threading.Lock()
        self._full: set[TextIO] = set()
        self._make_folder()
        self._events = self._open(RUN_LOG)
        self._exchanges = self._open(EXCHANGE_LOG)

    def event(self, event: Mapping[str, object]) -> None:
        """Append one event to run.jsonl."""
        self._append(self._events, RUN_LOG, event)

    def exchange(self, exchange: Mapping[str, object]) -> None:
        """Append one exchange, free of secrets, to exchanges.jsonl."""
        self._append(self._exchanges, EXCHANGE_LOG, exchange)

    def close(self) -> None:
        """Close both files; one that did not take its data has told so already."""
        for name, file in ((RUN_LOG, self._events), (EXCHANGE_LOG, self._exchanges)):
            try:
                file.close()
            except OSError as error:
                if file not in self._full:
                    raise self._trouble(str(self.folder / name), error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _make_folder(self) -> None:
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            self.folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
        except OSError as error:
            raise self._trouble(str(self.folder), error) from error

    def _open(self, name: str) -> TextIO:
        path = self.folder / name
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, FILE_MODE)
        except FileExistsError as error:
            raise OutputError(f"{path}: this folder holds a run already; name another with --out") from error
        except OSError as error:
            raise self._trouble(str(path), error) from error
        return os.fdopen(descriptor, "w", encoding="ascii", newline="\n")

    def _append(self, file: TextIO, name: str, value: Mapping[str, object]) -> None:
        line = _line(value)
        with self._lock:
            try:
                file.write(line)
                file.flush()
            except OSError as error:
                self._full.add(file)
                raise self._trouble(str(self.folder / name), error) from error

    def _trouble(self, place: str, error: OSError) -> OutputError:
        return OutputError(
            f"{place}: cannot be written ({error.strerror}); make room or name another folder with --out"
        )
