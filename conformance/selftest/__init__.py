"""Whether the suite has teeth: it is run against the reference server with one fault at a time."""

from __future__ import annotations

from conformance.selftest.trials import Trial, run_against, try_dialect, try_fault

__all__ = ["Trial", "run_against", "try_dialect", "try_fault"]
