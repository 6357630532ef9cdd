"""Knows how to ask a vendor's own program for administrative changes, and to end it when it hangs."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.errors import ControlError
from conformance.target.asking import LONGEST_ANSWER, AskedControl, ControlDoubtfulError, error_of, object_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import IO

    from conformance.target.asking import ControlExchange, Question
    from conformance.target.file import CommandControlConfig


class CommandControl(AskedControl):
    """Starts a program for each question; question on standard input, answer on standard output."""

    def __init__(
        self,
        config: CommandControlConfig,
        record: Callable[[ControlExchange], None] | None = None,
        *,
        limit: float = LONGEST_ANSWER,
    ) -> None:
        super().__init__(record)
        self._config = config
        self._limit = limit

    def __repr__(self) -> str:
        return f"<control by {self._config.command[0]}>"

    def carry(self, question: Question, told: str) -> Mapping[str, Any]:
        """Start the program, write it the question, read its answer."""
        program = self._config.command[0]
        finished = self._run(json.dumps(question), f"{told}: {program}")
        if finished.status == 0 and error_of(finished.output) is None:
            return object_of(finished.output, question, f"{told}: {program} wrote")
        said = error_of(finished.output) or _last_lines(finished.complaints) or "it gave no reason"
        message = f"{told}: {program} {_ending(finished.status)}: {said}"
        raise ControlError(message)

    def _run(self, question: str, told: str) -> _Finished:
        # A session of its own: what it has started can be ended with it, and nothing in it waits for the terminal.
        try:
            process = subprocess.Popen(  # noqa: S603 -- the command that the target file names
                self._program(),
                cwd=self._config.folder,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            message = f"{told} cannot be started: {error.strerror}; is it executable, and its first line right?"
            raise ControlError(message) from error
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        output, complaints = _Drain(process.stdout), _Drain(process.stderr)
        try:
            _tell(process.stdin, question)
            status = process.wait(self._limit)
        except subprocess.TimeoutExpired as error:
            message = f"{told} did not finish within {self._limit:g} s and was ended"
            raise ControlDoubtfulError(message) from error
        finally:
            if process.poll() is None:
                _kill(process)
        return _Finished(status, output.text(), complaints.text())

    def _program(self) -> list[str]:
        """Give the command line; a program with a slash lies relative to the target file."""
        program, *arguments = self._config.command
        return [str(self._config.folder / program) if "/" in program else program, *arguments]


@dataclass(frozen=True, slots=True)
class _Finished:
    status: int
    output: str
    complaints: str


class _Drain:
    """Reads a pipe to its end on the side; something that the command left running may hold it open for good."""

    GRACE = 1.0

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pieces: list[bytes] = []
        self._pipe = pipe
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def text(self) -> str:
        """Give what came, once the command has finished."""
        self._thread.join(self.GRACE)
        return b"".join(self._pieces).decode("utf-8", "replace")

    def _read(self) -> None:
        with self._pipe:
            while piece := os.read(self._pipe.fileno(), 65536):
                self._pieces.append(piece)


def _tell(pipe: IO[bytes], question: str) -> None:
    """Write the question; a command need not read what it knows already."""
    try:
        with pipe:
            pipe.write(question.encode() + b"\n")
    except BrokenPipeError:
        pass


def _kill(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _ending(status: int) -> str:
    if status == 0:
        return "reported an error"
    return f"ended with status {status}" if status > 0 else f"was ended by signal {-status}"


def _last_lines(text: str) -> str:
    return " | ".join(text.strip().splitlines()[-3:])[-500:]
