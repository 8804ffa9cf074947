"""Jobs of moderation."""

from __future__ import annotations

from worker.context import parts


def carry_out() -> int:
    """Carry out decisions about many entries, and end those whose time is over. Returns their number."""
    moderation = parts().moderation
    return moderation.players.expire_due() + moderation.jobs.work()
