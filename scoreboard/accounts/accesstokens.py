"""Access tokens: short-lived JWTs that any process can verify without a query."""

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

SECONDS = 900  # how long a token is valid
PURPOSE = "access"
ALGORITHM = "HS256"  # the only one that is accepted: a token's header does not choose it
ISSUER = AUDIENCE = "scoreboard"
TYPE = "at+jwt"
REQUIRED_CLAIMS = ["iss", "aud", "sub", "sid", "iat", "exp", "roles"]
MAX_CACHED = 20_000  # verified tokens in each process
MAX_LENGTH = 2048
# The unused bits of the last character are 0, so that each token has one spelling.
JWT = re.compile(r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]\Z")


class AccessTokens:
    """Issues and reads access tokens."""

    def __init__(self, ring: KeyRing, clock: Clock) -> None:
        self._ring, self._clock = ring, clock
        self._players: OrderedDict[str, Player] = OrderedDict()
        self._version = ring.version

    def issue(self, session: str, account: Account) -> str:
        """Issue a new token of this session."""
        key, now = self._ring.signing_key(PURPOSE), self._clock()
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": account.id,
            "sid": session,
            # With the fraction: a revocation must not cover tokens that are issued later in its second.
            "iat": now / 1000,
            "exp": now // 1000 + SECONDS,
            "jti": secrets.token_hex(8),
            "roles": [account.role],
        }
        return jwt.encode(claims, key.secret, algorithm=ALGORITHM, headers={"kid": key.kid, "typ": TYPE})

    def read(self, token: str) -> Player:
        """The player of this token. Raises Unauthenticated, unauthenticated or token_expired."""
        player = self._find(token)
        if player.expires_at <= self._clock():
            raise Unauthenticated("This access token has expired: refresh it.", code="token_expired")
        return player

    def _find(self, token: str) -> Player:
        if self._version != self._ring.version:  # a key may have been revoked
            self._version = self._ring.version
            self._players.clear()
        player = self._players.get(token)
        if player is None:
            player = self._players[token] = self._verify(token)
            if len(self._players) > MAX_CACHED:
                self._players.popitem(last=False)
        return player

    def _verify(self, token: str) -> Player:
        try:
            return _player(self._claims(token))
        except (jwt.InvalidTokenError, KeyError, TypeError, ValueError, IndexError, OverflowError):
            raise Unauthenticated("Invalid access token. Sign in again, or refresh the session.") from None

    def _claims(self, token: str) -> dict[str, Any]:
        if not JWT.match(token):  # the decoder ignores further characters and unused bits
            raise ValueError("not in the form that this server issues")
        header = jwt.get_unverified_header(token[:MAX_LENGTH])
        key = self._ring.opening_key(PURPOSE, str(header["kid"])[:64])
        if key is None or header.get("typ") != TYPE:
            raise ValueError("no key of this server signed it")
        return jwt.decode(
            token,
            key.secret,
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            # `read` checks the expiry each time, by the server's clock: a verified token is cached.
            options={
                "require": REQUIRED_CLAIMS,
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )


def _player(claims: dict[str, Any]) -> Player:
    return Player(
        id=claims["sub"],
        session=claims["sid"],
        role=claims["roles"][0],
        issued_at=round(claims["iat"] * 1000),
        expires_at=int(claims["exp"]) * 1000,
    )
