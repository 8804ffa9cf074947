"""Action tokens: tickets sealed so that nobody can read, alter or forge one.

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
from scoreboard.core.signing import Unsealable, seal, unseal
from scoreboard.keyring.service import KeyRing

VERSION, PURPOSE = "sb1", "action"
LONGEST = 4096

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(OpenedToken).decode


class ActionTokens:
    """Seals tickets, and opens them."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    def seal(self, ticket: OpenedToken) -> str:
        """The token of a ticket."""
        key = self._ring.signing(PURPOSE)
        sealed = seal(key.secret, _encode(ticket), _associated(key.kid))
        return f"{VERSION}.{key.kid}.{urlsafe_b64encode(sealed).rstrip(b'=').decode()}"

    def open(self, token: Any, player: str) -> OpenedToken:
        """The ticket of a player's token, whatever was sent as one.

        Raises BadRequest, invalid_action_token, in the same words for whatever is wrong with it.
        """
        plausible = isinstance(token, str) and len(token) <= LONGEST and token.isascii()
        ticket = self._opened(token) if plausible else None
        if ticket is None or ticket.player != player:
            raise invalid_token()
        return ticket

    def _opened(self, token: str) -> OpenedToken | None:
        version, _, rest = token.partition(".")
        kid, _, text = rest.partition(".")
        key = self._ring.opening(PURPOSE, kid) if version == VERSION else None
        if key is None:
            return None
        try:
            sealed = b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            if urlsafe_b64encode(sealed).rstrip(b"=").decode() != text:
                return None  # the last character's unused bits must not make a second token
            return _decode(unseal(key.secret, sealed, _associated(kid)))
        except (Unsealable, binascii.Error, msgspec.DecodeError):
            return None


def invalid_token() -> BadRequest:
    """The one answer to every token that is not good."""
    return BadRequest("This action token is not good: ask for a new one.", code="invalid_action_token")


def _associated(kid: str) -> bytes:
    return f"{VERSION}|{PURPOSE}|{kid}".encode()
