"""Guests who never scored and were not active for thirty days are purged, and no other players."""

from __future__ import annotations

from dataclasses import replace

from scoreboard.accounts.sessions import new_session
from scoreboard.core.errors import Unauthenticated
from scoreboard.core.storage import rediskeys
from scoreboard.core.storage.db import rows
from tests.accounts.calls import id_of
from tests.actions.play import Player, define
from tests.boards.calls import refusal
from tests.support import at_once

PASSWORD = "a long enough one"
INVALID = (401, "invalid_refresh_token")


def ids(parts, table="account", column="id"):
    return {row[0] for row in parts.base.database.run(lambda db: rows(db, f"SELECT {column} FROM {table}"))}


def purges(parts):
    """The players that each purge in the journal deleted."""
    lines = [
        line for line in parts.journal.after(parts.journal.start, 1000) if line.fact.kind == "guests-purged"
    ]
    return [set(line.result["players"]) for line in lines]


def report(client, player, **more):
    body = {"entries": [{"player": player, "score": 5, **more}]}
    assert client.post("/v1/boards/main/scores", json=body).json["data"]["accepted"] == 1


def test_an_idle_guest_is_purged_with_session_and_name(parts, clock, redis, auth):
    ada, bob = Player(parts, displayName="Ada"), Player(parts)
    clock.advance(days=30, ms=1)
    young = Player(parts)

    assert parts.accounts.guests.purge() == 2

    assert ids(parts) == ids(parts, "session", "player") == ids(parts, "player") == {young.id}
    assert set(redis.hgetall(rediskeys.names())) == {young.id}
    assert purges(parts) == [{ada.id, bob.id}]
    answer = auth("refresh", refreshToken=ada.session["refreshToken"])
    assert refusal(answer) == INVALID
    assert parts.boards.verifier.run() == []
    assert parts.journal.gaps() == 0


def test_thirty_days_count_from_the_last_use(parts, clock):
    ada = Player(parts)
    clock.advance(days=20)
    ada.renew()
    clock.advance(days=30)
    assert parts.accounts.guests.purge() == 0

    clock.advance(ms=1)

    assert parts.accounts.guests.purge() == 1


def test_guests_with_scores_names_or_decisions_of_moderators_stay(parts, clock, client):
    define(parts)
    winner, reported, nameless, upgraded, moderator, barred, suspended = (Player(parts) for _ in range(7))
    winner.play()
    report(client, reported.id)
    parts.accounts.players.register("grace", PASSWORD, name=None, region=None, context={})
    upgraded.http.post("/v1/auth/upgrade", json={"username": "up", "password": PASSWORD})
    parts.accounts.players.grant(moderator.id, "moderator", context={})
    parts.accounts.players.allow_scoring(barred.id, False, context={})
    parts.accounts.players.suspend(suspended.id, context={})
    clock.advance(days=365)
    before = ids(parts)

    assert parts.accounts.guests.purge() == 1
    assert before - ids(parts) == {nameless.id}


def test_a_guest_who_signed_out_is_purged(parts, clock, auth):
    ada = Player(parts)
    auth("logout", refreshToken=ada.session["refreshToken"])
    clock.advance(days=30, ms=1)
    parts.accounts.sessions.forget_old()

    assert parts.accounts.guests.purge() == 1
    assert ids(parts) == set()


def test_purging_again_changes_nothing_and_writes_nothing(parts, clock):
    Player(parts)
    clock.advance(days=31)
    parts.accounts.guests.purge()
    head = parts.journal.head().seq

    assert parts.accounts.guests.purge() == 0
    assert parts.journal.head().seq == head


def test_two_concurrent_purges_delete_each_guest_once(parts, make_parts, database_url, clock, monkeypatch):
    monkeypatch.setattr("scoreboard.accounts.guests.PAGE", 3)
    guests = {Player(parts).id for _ in range(10)}
    clock.advance(days=31)
    processes = [parts, make_parts(database_url)]

    counts = at_once(2, lambda number: processes[number].accounts.guests.purge())

    assert sum(counts) == 10
    assert ids(parts) == ids(parts, "session", "player") == set()
    players = purges(parts)
    assert sum(map(len, players)) == 10
    assert set.union(*players) == guests


def with_interruption(parts, change):
    """Guests whose purge calls `change` after it has read the players with scores."""

    def find_ranked(players, since):
        found = parts.boards.windows.find_ranked(players, since)
        change()
        return found

    return replace(parts.accounts.guests, find_ranked=find_ranked)


def test_a_guest_that_gets_a_score_during_the_purge_stays(parts, clock, client):
    ada, bob = Player(parts), Player(parts)
    clock.advance(days=31)

    assert with_interruption(parts, lambda: report(client, ada.id)).purge() == 1

    assert ids(parts) == ids(parts, "player") == {ada.id}
    assert purges(parts) == [{bob.id}]
    assert parts.boards.verifier.run() == []


def test_a_guest_that_refreshes_during_the_purge_stays(parts, clock):
    ada = Player(parts)
    Player(parts)
    clock.advance(days=31)

    assert with_interruption(parts, ada.renew).purge() == 1

    assert ids(parts) == ids(parts, "session", "player") == {ada.id}
    assert ada.http.get("/v1/me").status_code == 200


def test_a_guest_that_is_upgraded_during_the_purge_stays(parts, clock):
    ada = Player(parts)
    clock.advance(days=31)

    def upgrade():
        private = {"username": "ada", "password": "hash", "session": id_of(ada.session)}
        parts.accounts.players._append("player-upgraded", ada.id, {"session": new_session()}, {}, private)

    assert with_interruption(parts, upgrade).purge() == 0
    assert ids(parts) == {ada.id}
    assert purges(parts) == []


def test_a_refresh_during_a_purge_succeeds_or_is_refused(parts, make_parts, database_url, clock):
    players = [Player(parts) for _ in range(12)]
    other = make_parts(database_url)
    clock.advance(days=31)

    def work(number):
        if number == len(players):
            return other.accounts.guests.purge()
        try:
            return parts.accounts.sessions.renew(players[number].session["refreshToken"]).account.id
        except Unauthenticated:
            return None

    found = at_once(len(players) + 1, work)

    kept_players = {one for one in found if isinstance(one, str)}
    (purge_count,) = [one for one in found if isinstance(one, int)]
    assert ids(parts) == ids(parts, "session", "player") == kept_players
    assert purge_count + len(kept_players) == len(players)


def test_guests_with_scores_are_checked_only_once(parts, clock, client):
    ada = Player(parts)
    report(client, ada.id)
    clock.advance(days=31)
    lookups = []

    def find_ranked(players, since):
        lookups.append(list(players))
        return parts.boards.windows.find_ranked(players, since)

    guests = replace(parts.accounts.guests, find_ranked=find_ranked)
    guests.purge()
    guests.purge()

    assert lookups == [[ada.id]]


def test_a_score_in_a_period_that_is_over_is_a_score(parts, clock, client):
    client.put("/v1/admin/boards/daily", json={"period": "daily"})
    ada = Player(parts)
    body = {"entries": [{"player": ada.id, "score": 5}]}
    client.post("/v1/boards/daily/scores", json=body)
    for _ in range(40):
        clock.advance(days=1)
        client.post("/v1/boards/daily/scores", json={"entries": [{"player": "bob", "score": 5}]})
    parts.boards.admin.close_due_periods()

    assert parts.accounts.guests.purge() == 0


def test_a_purge_ends_when_its_time_is_over_and_the_next_one_continues(parts, clock, monkeypatch):
    monkeypatch.setattr("scoreboard.accounts.guests.PAGE", 2)
    for _ in range(5):
        Player(parts)
    clock.advance(days=31)
    times = iter([0.0, 1.0, 2.0, 3.0])

    assert replace(parts.accounts.guests, monotonic=lambda: next(times)).purge(seconds=3) == 4
    assert parts.accounts.guests.purge() == 1


def test_zero_guest_days_keep_everybody(make_parts, sqlite_url, clock):
    parts = make_parts(sqlite_url, guest_days=0)
    Player(parts)
    clock.advance(days=3650)

    assert parts.accounts.guests.purge() == 0
    assert len(ids(parts)) == 1


def test_the_follower_forgets_names_that_the_projector_could_not_forget(parts, clock, client, redis):
    ada, bob = Player(parts, displayName="Ada"), Player(parts, displayName="Bob")
    names = redis.hgetall(rediskeys.names())
    clock.advance(days=31)
    parts.accounts.guests.purge()
    (line,) = [
        line for line in parts.journal.after(parts.journal.start, 1000) if line.fact.kind == "guests-purged"
    ]
    report(client, bob.id, displayName="Bob again")  # the id is free for a server to use
    redis.hset(rediskeys.names(), ada.id, names[ada.id])

    parts.boards.follower.follow([line])

    assert redis.hget(rediskeys.names(), ada.id) is None
    assert redis.hget(rediskeys.names(), bob.id).endswith(":Bob again")


def test_a_rebuilt_view_and_the_audit_log_agree_with_the_journal_after_a_purge(parts, clock, client, redis):
    ada = Player(parts)
    Player(parts)
    report(client, ada.id)
    clock.advance(days=31)
    parts.accounts.guests.purge()
    redis.flushall()

    for name in parts.followers.names:
        parts.followers.catch_up(name)

    assert parts.boards.verifier.run() == []
    assert len(parts.audit.log.rows("SELECT seq FROM audit")) == parts.journal.head().seq
    assert set(redis.hgetall(rediskeys.names())) == {ada.id}
    assert parts.accounts.sessions.renew(ada.session["refreshToken"]).account.id == ada.id
