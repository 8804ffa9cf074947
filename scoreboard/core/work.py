"""Proof of work: a hash that begins with zero bits. Pure."""

from __future__ import annotations

import hashlib


def is_proof(nonce: str, checksum: str, solution: str, bits: int) -> bool:
    """True if the SHA-256 of `nonce:checksum:solution` begins with `bits` zero bits."""
    digest = hashlib.sha256(f"{nonce}:{checksum}:{solution}".encode()).digest()
    return int.from_bytes(digest, "big") >> (256 - bits) == 0
