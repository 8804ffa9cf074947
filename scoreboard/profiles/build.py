"""Builds the part of profiles."""

from __future__ import annotations

from scoreboard.boards.service import Boards
from scoreboard.profiles.service import Profiles


def build(boards: Boards) -> Profiles:
    """Build the service of profiles."""
    return Profiles(boards=boards)
