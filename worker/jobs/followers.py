"""Jobs that bring views up to the journal."""

from __future__ import annotations

from worker.context import parts

SECONDS = 30


def catch_up(name: str) -> int:
    """Bring one follower's view up to the journal. Returns how many facts it took in."""
    return parts().followers.catch_up(name, seconds=SECONDS)
