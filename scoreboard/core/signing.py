"""Derives keys for single purposes, and seals data, which can't be read or changed without the key."""

from __future__ import annotations

import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12  # random; equal ones are improbable in up to 2^32 uses of a key (NIST SP 800-38D)


class UnsealError(Exception):
    """The data was not sealed with this key and associated data, or was changed since."""


def derive(secret: bytes, purpose: str) -> bytes:
    """Derive a key from a secret for one purpose. It reveals neither the secret nor other derived keys."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()).derive(secret)


def seal(key: bytes, data: bytes, associated: bytes) -> bytes:
    """Encrypt `data`. It can be unsealed with the same `associated` data only, which is not included."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _cipher(key).encrypt(nonce, data, associated)


def unseal(key: bytes, sealed: bytes, associated: bytes) -> bytes:
    """Decrypt sealed data. Raises UnsealError."""
    try:
        return _cipher(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], associated)
    except (InvalidTag, ValueError):
        raise UnsealError("It was sealed in another way, or changed.") from None


@lru_cache(maxsize=64)  # making a cipher costs as much as sealing a token
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)
