"""Scoreboard: a self-hosted, real-time leaderboard server."""

__version__ = "0.1.0"
