"""The commands of `python -m scoreboard`, a module for each."""
