"""Merging: a guest becomes part of an account, with all scores."""
