"""Threads, locks and deadlines: how work of one process runs side by side."""
