"""An account, a guest, and the calls that merge them."""

from __future__ import annotations

import pytest

from tests.actions.play import Player, define

PASSWORD = "correct horse battery staple"


class Account(Player):
    """A player with a user name."""

    def __init__(self, parts, username: str) -> None:
        super().__init__(parts)
        body = {"username": username, "password": PASSWORD}
        self.take(self.http.post("/v1/auth/upgrade", json=body).json["data"])

    def merge(self, guest: Player | str):
        token = guest if isinstance(guest, str) else guest.session["refreshToken"]
        return self.http.post("/v1/me/merge", json={"guestRefreshToken": token})


@pytest.fixture
def ada(parts):
    """An account, and an action type "jump" worth ten points."""
    define(parts)
    return Account(parts, "ada")


@pytest.fixture
def guest(parts, ada):
    """A guest on another device."""
    return Player(parts, displayName="Guest")
