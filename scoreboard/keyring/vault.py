"""The vault: it encrypts the roots of ring keys, so that no database and no backup reveals them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from scoreboard.core.signing import UnsealError, derive, seal, unseal

PURPOSE = "ring-key"


class Vault:
    """Seals with the first of some secrets, and opens data that was sealed with any of them."""

    def __init__(self, secrets: Sequence[bytes]) -> None:
        self._keys = [derive(secret, PURPOSE) for secret in secrets]

    def seal(self, kid: str, root: bytes) -> bytes:
        """Seal the root of a key, for this kid only."""
        return seal(self._keys[0], root, kid.encode())

    def unseal(self, kid: str, sealed: bytes) -> bytes | None:
        """The root of a key; None if it was sealed under another secret."""
        for key in self._keys:
            with suppress(UnsealError):
                return unseal(key, sealed, kid.encode())
        return None
