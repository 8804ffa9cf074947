"""Keys for single purposes, and sealed data, which can't be read or changed without the key."""

from __future__ import annotations

import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
NONCE_BYTES = 12  # random: up to 2^32 seals under one key, two equal ones are improbable (NIST SP 800-38D)


class Unsealable(Exception):
    """Data that was not sealed with this key for this use, or was changed."""


def derive(secret: bytes, purpose: str) -> bytes:
    """The key of a secret for one purpose. It reveals neither the secret nor other keys."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()).derive(secret)


def seal(key: bytes, data: bytes, associated: bytes) -> bytes:
    """`data` encrypted and bound to `associated`, which is not included: nonce, text, tag."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _cipher(key).encrypt(nonce, data, associated)


def unseal(key: bytes, sealed: bytes, associated: bytes) -> bytes:
    """The data that was sealed. Raises Unsealable."""
    try:
        return _cipher(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], associated)
    except (InvalidTag, ValueError):
        raise Unsealable("It was sealed in another way, or changed.") from None


@lru_cache(maxsize=64)  # making one costs as much as sealing a token
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)
