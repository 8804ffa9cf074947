"""Checks of completions, in front of the journal: each may refuse a completion, or annotate it."""
