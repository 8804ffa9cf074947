"""Trouble on purpose, to see what players see of it: SCOREBOARD_CHAOS. Never where players come."""
