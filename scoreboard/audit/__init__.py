"""The audit log: a line for every fact, in a separate database."""
