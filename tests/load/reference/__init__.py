"""References for measurements: the simplest programs with the same results."""
