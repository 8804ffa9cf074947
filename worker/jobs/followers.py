"""Jobs that bring views up to date with the journal."""

from __future__ import annotations

from worker.context import parts

SECONDS = 30


def catch_up(name: str) -> int:
    """Bring one follower's view up to date with the journal. Returns the number of facts."""
    return parts().followers.catch_up(name, seconds=SECONDS)
