"""Revocations in a process: its own at once, newer ones at each look, and all of them every minute."""

from __future__ import annotations

import pytest

from scoreboard.core.storage.db import execute
from tests.actions.play import Player


@pytest.fixture
def database_url(sqlite_url):
    """Nothing here depends on the kind of the database."""
    return sqlite_url


@pytest.fixture
def row_counts(parts, monkeypatch):
    """The number of rows that each look reads."""
    counts, table = [], type(parts.accounts.sessions.stored)
    before = table.revocations

    def count_rows(self, since):
        found = before(self, since)
        counts.append(len(found))
        return found

    monkeypatch.setattr(table, "revocations", count_rows)
    return counts


def sign_out(player):
    player.http.post("/v1/auth/logout", json={"refreshToken": player.session["refreshToken"]})


def test_signing_out_reads_nothing_and_holds_at_once(parts, row_counts):
    ada = Player(parts)

    sign_out(ada)

    assert row_counts == []
    assert ada.http.get("/v1/me").status_code == 401


def test_the_answer_waits_until_other_processes_have_looked_where_there_are_any(make_parts, database_url):
    for processes, waits in ((1, 0), (2, 1)):
        parts, pauses = make_parts(database_url, web_concurrency=processes), []
        parts.stream.rooms.pause = pauses.append
        ada = Player(parts)

        ada.http.get("/v1/me")
        assert pauses == []
        sign_out(ada)

        assert len(pauses) == waits


def test_a_look_reads_what_is_newer_than_the_last(parts, make_parts, database_url, row_counts, clock):
    other = make_parts(database_url).accounts.sessions.revocations
    for _ in range(5):
        clock.advance(ms=10)
        sign_out(Player(parts))
    other.look()
    clock.advance(ms=10)
    last = Player(parts)
    sign_out(last)

    other.look()
    other.look()

    # The newest one is read again: another one may be of the same millisecond.
    assert row_counts == [5, 2, 1]
    assert other.of_session(last.session["refreshToken"].split("_")[1])


def test_all_revocations_of_one_millisecond_are_read(parts, make_parts, database_url):
    other = make_parts(database_url).accounts.sessions.revocations
    one, two = Player(parts), Player(parts)
    sign_out(one)
    other.look()

    sign_out(two)
    other.look()

    assert other.of_session(two.session["refreshToken"].split("_")[1])


def test_rows_of_a_host_with_a_wrong_clock_are_read_within_a_minute(parts, make_parts, database_url, clock):
    other = make_parts(database_url).accounts.sessions.revocations
    other.look()
    clock.advance(seconds=600)
    sign_out(Player(parts))
    other.look()
    clock.advance(seconds=-300)
    parts.base.database.transaction(
        lambda db: execute(db, "INSERT INTO revocation VALUES (?, ?)", ("f" * 32, clock()))
    )
    clock.advance(seconds=361)

    other.look()

    assert other.of_session("f" * 32)


def test_a_revocation_is_forgotten_once_all_its_tokens_have_expired(parts, clock):
    ada = Player(parts)
    sign_out(ada)
    assert parts.accounts.sessions.revocations.of_session(ada.session["refreshToken"].split("_")[1])

    clock.advance(seconds=961)
    parts.accounts.sessions.revocations.look()

    assert parts.accounts.sessions.revocations._revocations == {}
