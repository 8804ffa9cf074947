"""Merging a guest into an account."""
