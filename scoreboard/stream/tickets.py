"""Tickets: who a stream belongs to, in its address, as an EventSource can't send headers."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Protocol

import msgspec
from msgspec import Struct

from scoreboard.core.clock import Clock
from scoreboard.core.errors import Unauthenticated

TICKET_SECONDS = 60  # it may be used more than once: a browser that reconnects sends the same address
LONGEST = 1024
PURPOSE = "stream"


class Key(Protocol):
    """A secret and its name."""

    @property
    def kid(self) -> str:
        """Its name."""

    @property
    def secret(self) -> bytes:
        """Its bytes."""


class Ring(Protocol):
    """Keys by purpose: the newest one signs, older ones still open."""

    def signing(self, purpose: str) -> Key:
        """The key to sign with."""

    def opening(self, purpose: str, kid: str) -> Key | None:
        """A key by its name; None where it is not known (any more)."""


class OneKey(Struct, frozen=True):
    """A ring of one key, made of the deployment's secret."""

    secret: bytes
    kid: str = "one"

    def signing(self, purpose: str) -> OneKey:
        """The key of this purpose."""
        return OneKey(hmac.new(self.secret, purpose.encode(), hashlib.sha256).digest())

    def opening(self, purpose: str, kid: str) -> OneKey | None:
        """The same."""
        return self.signing(purpose) if kid == self.kid else None


class Ticket(Struct, frozen=True, kw_only=True):
    """Who may stream, from when on the ticket opens nothing, and until when a stream may last."""

    player: str
    session: str
    opens_until: int  # milliseconds since 1970
    lasts_until: int


@dataclass(frozen=True, kw_only=True)
class Tickets:
    """Issues tickets, and opens them without asking anybody."""

    ring: Ring
    clock: Clock

    def issue(self, player: str, *, session: str = "", lasts_until: int) -> str:
        """A ticket for a player whose session lasts until then."""
        opens_until = min(self.clock() + 1000 * TICKET_SECONDS, lasts_until)
        ticket = Ticket(player=player, session=session, opens_until=opens_until, lasts_until=lasts_until)
        key = self.ring.signing(PURPOSE)
        body = _text(msgspec.json.encode(ticket))
        return f"{key.kid}.{body}.{_text(_mac(key, body))}"

    def open(self, text: str) -> tuple[Ticket, bool]:
        """The ticket in a text, and whether it is still good. Raises Unauthenticated where it is none."""
        kid, body, mac = [*text.split("."), "", ""][:3] if len(text) <= LONGEST else ("", "", "")
        key = self.ring.opening(PURPOSE, kid)
        if key is None or not hmac.compare_digest(_text(_mac(key, body)).encode(), mac.encode()):
            raise Unauthenticated("This is no ticket of ours. POST /v1/stream/ticket gives one.")
        ticket = msgspec.json.decode(urlsafe_b64decode(body + "=" * (-len(body) % 4)), type=Ticket)
        return ticket, self.clock() < ticket.opens_until


def _mac(key: Key, body: str) -> bytes:
    return hmac.new(key.secret, f"{key.kid}.{body}".encode(), hashlib.sha256).digest()


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
