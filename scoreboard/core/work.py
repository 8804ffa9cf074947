"""Work that a client does before something is done for it: a hash with zero bits at its beginning. Pure."""

from __future__ import annotations

import hashlib


def worked(nonce: str, checksum: str, solution: str, bits: int) -> bool:
    """Whether SHA-256 of `nonce:checksum:solution` begins with so many zero bits."""
    digest = hashlib.sha256(f"{nonce}:{checksum}:{solution}".encode()).digest()
    return int.from_bytes(digest, "big") >> (256 - bits) == 0
