"""Trusted scores: what a server that holds a key reports of its players."""
