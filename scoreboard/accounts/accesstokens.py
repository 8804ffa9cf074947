"""Access tokens: short-lived JWTs that any process can check without asking anybody."""

from __future__ import annotations

import re
import secrets
from collections import OrderedDict
from typing import Any

import jwt

from scoreboard.accounts.types import Account, Player
from scoreboard.core.clock import Clock
from scoreboard.core.errors import Unauthenticated
from scoreboard.keyring.service import KeyRing

SECONDS = 900
PURPOSE = "access"
ALGORITHM = "HS256"  # the only one, whatever a token says of itself
ISSUER = AUDIENCE = "scoreboard"
TYPE = "at+jwt"
REQUIRED = ["iss", "aud", "sub", "sid", "iat", "exp", "roles"]
MOST_KEPT = 20_000  # tokens that a process has checked already
LONGEST = 2048
WRITTEN = re.compile(
    r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]\Z"
)  # in one way only


class AccessTokens:
    """Issues and reads access tokens."""

    def __init__(self, ring: KeyRing, clock: Clock) -> None:
        self._ring, self._clock = ring, clock
        self._read: OrderedDict[str, Player] = OrderedDict()
        self._version = ring.version

    def issue(self, session: str, account: Account) -> str:
        """A token of this session."""
        key, now = self._ring.signing(PURPOSE), self._clock()
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": account.id,
            "sid": session,
            # With the fraction: what is revoked in this second must not outdate what comes after it.
            "iat": now / 1000,
            "exp": now // 1000 + SECONDS,
            "jti": secrets.token_hex(8),
            "roles": [account.role],
        }
        return jwt.encode(claims, key.secret, algorithm=ALGORITHM, headers={"kid": key.kid, "typ": TYPE})

    def read(self, token: str) -> Player:
        """Who holds this token. Raises Unauthenticated, unauthenticated or token_expired."""
        player = self._known(token)
        if player.expires_at <= self._clock():
            raise Unauthenticated("This access token has expired: refresh it.", code="token_expired")
        return player

    def _known(self, token: str) -> Player:
        if self._version != self._ring.version:  # a key may have been revoked
            self._version = self._ring.version
            self._read.clear()
        player = self._read.get(token)
        if player is None:
            player = self._read[token] = self._checked(token)
            if len(self._read) > MOST_KEPT:
                self._read.popitem(last=False)
        return player

    def _checked(self, token: str) -> Player:
        try:
            return _player(self._claims(token))
        except (jwt.InvalidTokenError, KeyError, TypeError, ValueError, IndexError, OverflowError):
            raise Unauthenticated("This access token is not one of ours.") from None

    def _claims(self, token: str) -> dict[str, Any]:
        if not WRITTEN.match(token):  # decoders overlook what is written beside a signature
            raise ValueError("not as we write them")
        header = jwt.get_unverified_header(token[:LONGEST])
        key = self._ring.opening(PURPOSE, str(header["kid"])[:64])
        if key is None or header.get("typ") != TYPE:
            raise ValueError("of no key of ours")
        return jwt.decode(
            token,
            key.secret,
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            # Times are checked by our own clock, each time: what is read is remembered.
            options={"require": REQUIRED, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )


def _player(claims: dict[str, Any]) -> Player:
    return Player(
        id=claims["sub"],
        session=claims["sid"],
        role=claims["roles"][0],
        issued_at=round(claims["iat"] * 1000),
        expires_at=int(claims["exp"]) * 1000,
    )
