"""Fault injection for development: SCOREBOARD_CHAOS shows what players see of faults. Not for production."""
