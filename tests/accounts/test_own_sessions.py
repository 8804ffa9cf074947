"""Players see their sessions and end them; no session lasts forever."""

from __future__ import annotations

import pytest

from tests.accounts.calls import as_player, id_of, refresh
from tests.actions.play import Player
from tests.boards.calls import refusal
from tests.support import wait_until

PASSWORD = "a long enough one"
OVER = (401, "invalid_refresh_token")


@pytest.fixture
def ada(auth):
    return auth("register", username="ada", password=PASSWORD).json["data"]


@pytest.fixture
def sign_in(ada, auth):
    """Opens another session of the same player."""
    return lambda: auth("login", username="ada", password=PASSWORD).json["data"]


def list_sessions(parts, session):
    return as_player(parts, session).get("/v1/me/sessions").json["data"]


def test_sessions_are_listed_the_one_that_was_used_last_first(ada, sign_in, auth, parts, clock):
    clock.advance(seconds=60)
    here = sign_in()
    clock.advance(seconds=60)
    refresh(auth, ada["refreshToken"])

    assert list_sessions(parts, here) == [
        {
            "id": id_of(ada),
            "createdAt": "2026-01-01T00:00:00.000Z",
            "lastUsedAt": "2026-01-01T00:02:00.000Z",
            "current": False,
        },
        {
            "id": id_of(here),
            "createdAt": "2026-01-01T00:01:00.000Z",
            "lastUsedAt": "2026-01-01T00:01:00.000Z",
            "current": True,
        },
    ]


def test_sessions_that_are_over_and_those_of_others_are_not_listed(ada, sign_in, auth, parts, clock):
    Player(parts)
    over = sign_in()
    auth("logout", refreshToken=over["refreshToken"])
    clock.advance(days=91)
    here = sign_in()

    assert [one["id"] for one in list_sessions(parts, here)] == [id_of(here)]


def test_one_session_is_ended_from_another_one(ada, sign_in, auth, parts):
    first, other = sign_in(), sign_in()

    assert as_player(parts, ada).delete(f"/v1/me/sessions/{id_of(first)}").status_code == 204

    assert refusal(as_player(parts, first).get("/v1/me")) == (401, "unauthenticated")
    assert refresh(auth, first["refreshToken"]) == OVER
    assert {one["id"] for one in list_sessions(parts, ada)} == {id_of(ada), id_of(other)}


def test_an_ended_session_and_another_players_session_are_not_found(ada, sign_in, auth, parts):
    ended_session, bob = sign_in(), Player(parts)
    auth("logout", refreshToken=ended_session["refreshToken"])

    for id in (id_of(ended_session), id_of(bob.session), "f" * 32, "nonsense"):
        answer = as_player(parts, ada).delete(f"/v1/me/sessions/{id}")
        assert refusal(answer) == (404, "session_not_found"), id
    assert bob.http.get("/v1/me").status_code == 200


def test_a_session_may_end_itself(ada, parts):
    http = as_player(parts, ada)

    assert http.delete(f"/v1/me/sessions/{id_of(ada)}").status_code == 204

    assert refusal(http.get("/v1/me")) == (401, "unauthenticated")


def test_ending_all_others_keeps_the_calling_session(ada, sign_in, auth, parts):
    others = [sign_in() for _ in range(3)]

    for _ in range(2):
        assert as_player(parts, ada).delete("/v1/me/sessions").status_code == 204

    for other in others:
        assert refusal(as_player(parts, other).get("/v1/me")) == (401, "unauthenticated")
        assert refresh(auth, other["refreshToken"]) == OVER
    assert [one["id"] for one in list_sessions(parts, ada)] == [id_of(ada)]


def test_a_session_that_is_used_daily_ends_after_a_year(ada, auth, parts, clock):
    token = ada["refreshToken"]
    for _ in range(8):
        clock.advance(days=45)
        token = refresh(auth, token)["refreshToken"]

    clock.advance(days=4)
    token = refresh(auth, token)["refreshToken"]
    clock.advance(days=1)

    assert refresh(auth, token) == OVER


def test_the_maximum_age_of_a_session_is_a_setting(ada, make_parts, database_url, clock):
    strict = make_parts(database_url, session_max_age_days=7)
    clock.advance(days=6)
    tokens = strict.accounts.sessions.renew(ada["refreshToken"])
    assert len(strict.accounts.sessions.open_of(tokens.account)) == 1

    clock.advance(days=1)

    assert strict.accounts.sessions.open_of(tokens.account) == []


def test_the_session_of_a_guest_has_no_maximum_age(parts, auth, clock):
    token = Player(parts).session["refreshToken"]

    for _ in range(10):
        clock.advance(days=89)
        token = refresh(auth, token)["refreshToken"]


def test_a_session_has_a_keyed_hash_instead_of_an_address(ada, parts):
    rows = parts.base.database.run(lambda db: list(db.execute_sql("SELECT * FROM session")))

    assert "127.0.0" not in repr(rows)


def test_streams_of_ended_sessions_end_in_the_other_process(ada, sign_in, parts, make_parts, database_url):
    other = make_parts(database_url)
    other.accounts.sessions.revocations.look()
    kicks = []
    other.stream.signals._end = kicks.append
    thief = sign_in()

    as_player(parts, ada).delete("/v1/me/sessions")
    other.accounts.sessions.revocations.look()

    assert [(kick.session, kick.why) for kick in kicks] == [(id_of(thief), "kicked")]


def test_a_process_that_gets_a_signal_reads_revocations_at_once(
    ada, sign_in, parts, make_parts, database_url, monkeypatch
):
    monkeypatch.setattr("scoreboard.accounts.revocations.LOOK_SECONDS", 600)
    other, thief = make_parts(database_url), sign_in()
    other.start()
    http = as_player(other, thief)
    assert http.get("/v1/me").status_code == 200
    wait_until(lambda: other.stream.hub.head.epoch)

    as_player(parts, ada).delete("/v1/me/sessions")

    wait_until(lambda: http.get("/v1/me").status_code == 401)
    other.stop()
