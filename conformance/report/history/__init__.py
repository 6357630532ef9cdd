"""Many runs over time: since when a requirement is violated, and what comes and goes."""
