"""Action tokens, sealed so that clients can't read, alter or forge them.

    sb1.<key id>.<base64url(nonce (12) ‖ ciphertext ‖ tag (16))>

AES-256-GCM, with `sb1|action|<key id>` as associated data.
"""

from __future__ import annotations

import binascii
from base64 import b64decode, urlsafe_b64encode
from typing import Any

import msgspec

from scoreboard.actions.types import OpenedToken
from scoreboard.core.errors import BadRequest
from scoreboard.core.signing import UnsealError, seal, unseal
from scoreboard.keyring.service import KeyRing

VERSION, PURPOSE = "sb1", "action"
MAX_LENGTH = 4096  # characters

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(OpenedToken).decode


class ActionTokens:
    """Seals and opens action tokens."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    def seal(self, opened: OpenedToken) -> str:
        """The token as a text for the client."""
        key = self._ring.signing_key(PURPOSE)
        sealed = seal(key.secret, _encode(opened), _associated_data(key.kid))
        return f"{VERSION}.{key.kid}.{urlsafe_b64encode(sealed).rstrip(b'=').decode()}"

    def open(self, token: Any, player: str) -> OpenedToken:
        """Open a player's token. `token` is anything that a client sent.

        Raises BadRequest, invalid_action_token, with the same text for every defect.
        """
        plausible = isinstance(token, str) and len(token) <= MAX_LENGTH and token.isascii()
        opened = self._unseal(token) if plausible else None
        if opened is None or opened.player != player:
            raise invalid_token()
        return opened

    def _unseal(self, token: str) -> OpenedToken | None:
        version, _, rest = token.partition(".")
        kid, _, text = rest.partition(".")
        key = self._ring.opening_key(PURPOSE, kid) if version == VERSION else None
        if key is None:
            return None
        try:
            sealed = b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            if urlsafe_b64encode(sealed).rstrip(b"=").decode() != text:
                return None  # the unused bits of the last character must not make a second token
            return _decode(unseal(key.secret, sealed, _associated_data(kid)))
        except (UnsealError, binascii.Error, msgspec.DecodeError):
            return None


def invalid_token() -> BadRequest:
    """The same error for every token that is not valid."""
    return BadRequest("Invalid action token. Request a new one.", code="invalid_action_token")


def _associated_data(kid: str) -> bytes:
    return f"{VERSION}|{PURPOSE}|{kid}".encode()
