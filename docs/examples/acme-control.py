#!/usr/bin/env python3
"""A control command (docs/control-protocol.md) for a system that is administered by a program, here `acme-admin`.

One JSON question on standard input, one JSON answer on standard output. In the target file:

    [control]
    command = ["python3", "./acme-control.py"]
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any


def admin(*words: str) -> str:
    """Run the administration program and return what it prints."""
    finished = subprocess.run(["acme-admin", *words], capture_output=True, text=True, check=False)  # noqa: S603, S607
    if finished.returncode != 0:
        raise RuntimeError(finished.stderr.strip() or finished.stdout.strip())
    return finished.stdout.strip()


def describe(_: dict[str, Any]) -> dict[str, Any]:
    """List the actions; "advance" and "reset" are missing, for this system can do neither."""
    return {"actions": sorted(ACTIONS), "now": datetime.now(UTC).isoformat(timespec="seconds")}


def rotate(question: dict[str, Any]) -> dict[str, Any]:
    """Give a client a new secret."""
    return {"client_secret": admin("client", "new-secret", question["client_id"])}


def disable(question: dict[str, Any]) -> dict[str, Any]:
    """Disable a client's account."""
    admin("client", "disable", question["client_id"])
    return {}


def enable(question: dict[str, Any]) -> dict[str, Any]:
    """Enable a client's account again."""
    admin("client", "enable", question["client_id"])
    return {}


def refuse(question: dict[str, Any]) -> dict[str, Any]:
    """Refuse what this control does not offer."""
    raise RuntimeError(f"this control does not offer {question['action']}")


ACTIONS = {"describe": describe, "rotate": rotate, "disable": disable, "enable": enable}


def main() -> int:
    """Answer one question; the exit status says whether it was carried out."""
    question = json.load(sys.stdin)
    try:
        answer, status = ACTIONS.get(question["action"], refuse)(question), 0
    except (RuntimeError, OSError) as error:
        answer, status = {"error": str(error)}, 1
    json.dump(answer, sys.stdout)
    return status


if __name__ == "__main__":
    sys.exit(main())
