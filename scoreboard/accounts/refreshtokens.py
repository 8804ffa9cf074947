"""Refresh tokens: a session's id, a generation, and a keyed hash of both. Pure.

The database holds only the newest generation, nothing that opens a session. So the same successor can be
issued twice, and a forged token ends no session.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Sequence

TOKEN = re.compile(r"^rt_([0-9a-f]{32})_([0-9]{1,15})_([A-Za-z0-9_-]{43})\Z")


class RefreshTokens:
    """Writes and reads refresh tokens, with keys made from SECRET_KEY and its earlier values."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        """`keys`: the key of new tokens, then those of older tokens."""
        self._keys = keys

    def write(self, session: str, generation: int) -> str:
        """The token of one generation of a session: the same one each time."""
        return f"rt_{session}_{generation}_{_proof(self._keys[0], session, generation)}"

    def read(self, token: str) -> tuple[str, int] | None:
        """Session and generation; None for a token that none of the keys made."""
        match = TOKEN.match(token)
        if match is None:
            return None
        session, generation = match[1], int(match[2])
        proofs = (_proof(key, session, generation) for key in self._keys)
        return (session, generation) if any(hmac.compare_digest(match[3], one) for one in proofs) else None


def _proof(key: bytes, session: str, generation: int) -> str:
    digest = hmac.new(key, f"{session}.{generation}".encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
