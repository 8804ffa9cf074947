"""Settings of rate limits."""

from __future__ import annotations

from dataclasses import dataclass

from config.settings.row import limit


@dataclass(frozen=True, kw_only=True)
class LimitSettings:
    """Rows of the table."""

    limit_guest: str = limit(
        "LIMIT_GUEST", "600/minute", "New, registered and changed players of an address."
    )
    limit_sign_in: str = limit(
        "LIMIT_SIGN_IN", "10/minute", "Failed sign-ins of an address, and of a user name from an address."
    )
    limit_sign_in_name: str = limit(
        "LIMIT_SIGN_IN_NAME",
        "100/minute",
        "Failed sign-ins of a user name; beyond it, a sign-in from an unknown network needs a proof of work.",
    )
    limit_refresh: str = limit("LIMIT_REFRESH", "600/minute", "Refreshed sessions of an address.")
    limit_merge: str = limit("LIMIT_MERGE", "10/minute", "Guests that a player merges.")
    limit_export: str = limit("LIMIT_EXPORT", "10/minute", "Exports that an address loads.")
    limit_request: str = limit(
        "LIMIT_REQUEST", "3000/minute", "Requested actions of a player, for each type of action."
    )
    limit_request_address: str = limit(
        "LIMIT_REQUEST_ADDRESS", "60000/minute", "Requested actions of an address."
    )
    limit_failed: str = limit("LIMIT_FAILED", "3000/minute", "Failed and repeated completions of a player.")
    limit_write: str = limit(
        "LIMIT_WRITE",
        "6000/minute",
        "Facts that players of an address write: completions, sign-ins, changes.",
    )
    limit_stream: str = limit(
        "LIMIT_STREAM", "30000/minute", "Streams that an address opens, and stream tickets that it gets."
    )
    limit_ticket: str = limit("LIMIT_TICKET", "600/minute", "Stream tickets that a player gets.")
    limit_qr: str = limit("LIMIT_QR", "120/minute", "QR codes that an address gets: one takes 10 ms to draw.")
    limit_card: str = limit(
        "LIMIT_CARD", "60/minute", "Share cards as PNG that an address gets: one takes 0.1 s to draw."
    )
    limit_admin: str = limit("LIMIT_ADMIN", "6000/minute", "Calls of /v1/admin by a caller.")
