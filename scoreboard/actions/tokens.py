"""Action tokens: tickets sealed so that nobody can read, alter or forge one.

    sb1.<key id>.<base64url(nonce (12) ‖ ciphertext ‖ tag (16))>

AES-256-GCM, with `sb1|action|<key id>` as associated data.
"""

from __future__ import annotations

import binascii
import os
from base64 import b64decode, urlsafe_b64encode

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from scoreboard.actions.types import Ticket
from scoreboard.core.errors import BadRequest
from scoreboard.keyring.service import KeyRing
from scoreboard.keyring.types import Key

VERSION, PURPOSE = "sb1", "action"
NONCE = 12
LONGEST = 4096

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Ticket).decode


class ActionTokens:
    """Seals tickets, and opens them."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring
        self._ciphers: dict[str, tuple[bytes, AESGCM]] = {}

    def seal(self, ticket: Ticket) -> str:
        """The token of a ticket."""
        key, nonce = self._ring.signing(PURPOSE), os.urandom(NONCE)
        sealed = nonce + self._cipher(key).encrypt(nonce, _encode(ticket), _associated(key.kid))
        return f"{VERSION}.{key.kid}.{urlsafe_b64encode(sealed).rstrip(b'=').decode()}"

    def open(self, token: str, player: str) -> Ticket:
        """The ticket of a player's token.

        Raises BadRequest, invalid_action_token, in the same words for whatever is wrong with it.
        """
        ticket = self._opened(token) if len(token) <= LONGEST and token.isascii() else None
        if ticket is None or ticket.player != player:
            raise invalid_token()
        return ticket

    def _opened(self, token: str) -> Ticket | None:
        version, _, rest = token.partition(".")
        kid, _, text = rest.partition(".")
        key = self._ring.opening(PURPOSE, kid) if version == VERSION else None
        if key is None:
            return None
        try:
            sealed = b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            if urlsafe_b64encode(sealed).rstrip(b"=").decode() != text:
                return None  # the last character's unused bits must not make a second token
            opened = self._cipher(key).decrypt(sealed[:NONCE], sealed[NONCE:], _associated(kid))
            return _decode(opened)
        except (InvalidTag, binascii.Error, ValueError, msgspec.DecodeError):
            return None

    def _cipher(self, key: Key) -> AESGCM:
        known = self._ciphers.get(key.kid)
        if known is None or known[0] != key.secret:
            self._ciphers[key.kid] = known = (key.secret, AESGCM(key.secret))
        return known[1]


def invalid_token() -> BadRequest:
    """The one answer to every token that is not good."""
    return BadRequest("This action token is not good: ask for a new one.", code="invalid_action_token")


def _associated(kid: str) -> bytes:
    return f"{VERSION}|{PURPOSE}|{kid}".encode()
