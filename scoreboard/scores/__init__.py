"""Trusted scores: a server that holds a key reports the scores of its players."""
