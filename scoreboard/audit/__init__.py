"""The audit log: every fact once more, in a database of its own."""
