"""Violations that may pass the gate until a date: their file, what it does to a run, and a draft of one."""
