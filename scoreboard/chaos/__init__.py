"""Fault injection for development: SCOREBOARD_CHAOS. Not for production."""
