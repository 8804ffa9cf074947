"""Tickets: they name the player of a stream in its address, since an EventSource can't send headers."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

import msgspec
from msgspec import Struct

from scoreboard.accounts.types import Player
from scoreboard.core.clock import Clock
from scoreboard.core.errors import Unauthenticated
from scoreboard.keyring.service import KeyRing
from scoreboard.keyring.types import Key

TICKET_SECONDS = 60  # it may be used more than once: a browser that reconnects sends the same address
LONGEST = 1024  # characters
PURPOSE = "stream"


class StreamTicket(Struct, frozen=True, kw_only=True):
    """The player of a stream, and the rights of the ticket."""

    player: str
    session: str
    private: bool  # private boards may be watched
    issued_at: int  # of the access token; all times in milliseconds since 1970
    opens_until: int  # no stream is opened after it
    lasts_until: int  # no stream lasts longer


@dataclass(frozen=True, kw_only=True)
class Tickets:
    """Issues tickets, and opens them without Redis or the database."""

    ring: KeyRing
    clock: Clock

    def issue(self, player: Player) -> str:
        """Issue a ticket to a player with an access token. Raises Unavailable before there are keys."""
        ticket = StreamTicket(
            player=player.id,
            session=player.session,
            private=player.role != "player",
            issued_at=player.issued_at,
            opens_until=min(self.clock() + 1000 * TICKET_SECONDS, player.expires_at),
            lasts_until=player.expires_at,
        )
        key = self.ring.signing_key(PURPOSE)
        body = _text(msgspec.json.encode(ticket))
        return f"{key.kid}.{body}.{_text(_mac(key, body))}"

    def open(self, text: str) -> tuple[StreamTicket, bool]:
        """The ticket in a text, and True if it still opens streams. Raises Unauthenticated."""
        kid, body, mac = text.split(".") if text.count(".") == 2 and len(text) <= LONGEST else ("", "", "")
        key = self.ring.opening_key(PURPOSE, kid)
        if key is None or not hmac.compare_digest(_text(_mac(key, body)).encode(), mac.encode()):
            raise Unauthenticated("Unknown ticket. Get one with POST /v1/stream/ticket.")
        ticket = msgspec.json.decode(urlsafe_b64decode(body + "=" * (-len(body) % 4)), type=StreamTicket)
        return ticket, self.clock() < ticket.opens_until


def _mac(key: Key, body: str) -> bytes:
    return hmac.new(key.secret, f"{key.kid}.{body}".encode(), hashlib.sha256).digest()


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
