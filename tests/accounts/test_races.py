"""Accounts that many requests change at the same moment, on both databases."""

from __future__ import annotations

import pytest

from scoreboard.core.errors import Conflict
from scoreboard.core.storage.db import rows
from tests.accounts.calls import refresh
from tests.actions.play import Player
from tests.support import at_once

PASSWORD = "a long enough one"


@pytest.fixture
def ada(parts):
    return Player(parts)


def test_twenty_refreshes_at_once_get_one_successor_and_end_nothing(
    ada, auth, parts, make_parts, database_url
):
    processes = [parts, make_parts(database_url)]
    token = ada.session["refreshToken"]

    found = at_once(20, lambda number: processes[number % 2].accounts.sessions.renew(token).refresh)

    assert len(found) == 20
    assert len(set(found)) == 1
    assert refresh(auth, found[0])["refreshToken"].split("_")[2] == "3"
    assert ada.http.get("/v1/me").status_code == 200


def test_one_of_several_registrations_at_once_gets_the_user_name(parts, make_parts, database_url):
    processes = [parts, make_parts(database_url)]

    def register(number):
        name = "".join(one.upper() if number >> at & 1 else one for at, one in enumerate("ada"))
        try:
            players = processes[number % 2].accounts.players
            return players.register(name, PASSWORD, name=None, region=None, context={}).account.username
        except Conflict as error:
            return error.code

    found = at_once(8, register)

    assert found.count("username_taken") == 7
    accounts = parts.base.database.run(lambda db: rows(db, "SELECT username FROM account"))
    assert accounts == [(next(one for one in found if one != "username_taken"),)]


def test_a_guest_who_is_upgraded_twice_at_once_is_one_player(ada, parts):
    player = parts.accounts.sessions.player(ada.session["accessToken"])

    def upgrade(number):
        try:
            return parts.accounts.players.upgrade(
                player, f"ada{number}", PASSWORD, context={}
            ).account.username
        except Conflict as error:
            return error.code

    found = at_once(4, upgrade)

    assert found.count("not_a_guest") == 3
    assert parts.accounts.players.me(ada.id).username in found


def test_a_session_that_many_end_at_once_is_ended_once(ada, parts):
    session = parts.accounts.sessions.stored.get(ada.session["refreshToken"].split("_")[1])

    at_once(5, lambda number: parts.accounts.sessions.end(session, why="signed out"))

    kinds = [line.fact.kind for line in parts.journal.after(parts.journal.start, 1000)]
    assert kinds.count("session-ended") == 1


def test_sessions_are_forgotten_slice_by_slice(parts, monkeypatch, clock):
    monkeypatch.setattr("scoreboard.accounts.store.sessions.SLICE", 2)
    for _ in range(5):
        Player(parts)
    clock.advance(days=91, ms=1)
    Player(parts)

    parts.accounts.sessions.forget_old()

    assert parts.base.database.run(lambda db: rows(db, "SELECT COUNT(*) FROM session")) == [(1,)]
