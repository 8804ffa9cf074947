"""Jobs of players' accounts."""

from __future__ import annotations

from worker.context import parts


def forget_old_sessions() -> None:
    """Delete sessions that have been over for a day."""
    parts().accounts.sessions.forget_old()


def purge_guests() -> int:
    """Delete guests without scores that were not used for GUEST_DAYS. Returns their number."""
    return parts().accounts.guests.purge()
