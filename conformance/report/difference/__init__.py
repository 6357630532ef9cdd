"""What changed between two runs, and why it may have."""
