"""From the log of a run to everything that people and programs read of it; no network, no clock, no pytest."""
