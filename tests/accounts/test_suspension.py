"""Every call of a suspended player is refused until they are reinstated; their scores stay."""

from __future__ import annotations

import pytest

from scoreboard.core.errors import Forbidden
from scoreboard.stream.protocol.types import Kick
from tests.accounts.calls import as_player, refresh
from tests.actions.play import Player, define
from tests.boards.calls import refusal

PASSWORD = "a long enough one"
SUSPENDED = (403, "account_suspended")


@pytest.fixture
def ada(auth):
    return auth("register", username="ada", password=PASSWORD).json["data"]


@pytest.fixture
def suspend(parts):
    return lambda session: parts.accounts.players.suspend(
        session["player"]["id"], context={"caller": "command"}
    )


@pytest.fixture
def reinstate(parts):
    return lambda session: parts.accounts.players.reinstate(
        session["player"]["id"], context={"caller": "command"}
    )


def every_call(http):
    """The answers of all routes of players."""
    yield http.get("/v1/me")
    yield http.patch("/v1/me", json={"displayName": "Other"})
    yield http.post("/v1/me/password", json={"currentPassword": PASSWORD, "newPassword": PASSWORD + "2"})
    yield http.get("/v1/me/sessions")
    yield http.delete("/v1/me/sessions")
    yield http.delete(f"/v1/me/sessions/{'f' * 32}")
    yield http.post("/v1/auth/upgrade", json={"username": "other", "password": PASSWORD})
    yield http.post("/v1/actions/request", json={"actionType": "jump"})
    yield http.post("/v1/actions/complete", json={"actionToken": "x", "proof": {}})
    yield http.post("/v1/stream/ticket")
    yield http.get("/v1/admin/rooms")


def test_every_route_of_players_is_closed(ada, parts, suspend):
    define(parts)
    suspend(ada)

    assert {refusal(answer) for answer in every_call(as_player(parts, ada))} == {SUSPENDED}


def test_signing_in_and_refreshing_are_refused(ada, auth, suspend):
    suspend(ada)

    assert refusal(auth("login", username="ada", password=PASSWORD)) == SUSPENDED
    assert refresh(auth, ada["refreshToken"]) == SUSPENDED


def test_only_a_right_password_reveals_a_suspension(ada, auth, suspend):
    suspend(ada)

    assert refusal(auth("login", username="ada", password="a guessed one")) == (401, "invalid_credentials")


def test_another_process_refuses_actions_before_it_reads_the_revocation(
    ada, make_parts, database_url, parts, suspend
):
    define(parts)
    bob = Player(parts)
    issued_token = bob.request()
    other = make_parts(database_url)
    bob.http = as_player(other, bob.session)
    bob.http.get("/v1/me")

    suspend(bob.session)

    assert refusal(bob.complete(issued_token)) == SUSPENDED


def test_another_process_learns_of_a_suspension(ada, make_parts, database_url, parts, suspend):
    other = make_parts(database_url)
    http = as_player(other, ada)
    assert http.get("/v1/me").status_code == 200

    suspend(ada)
    other.accounts.sessions.revocations.look()

    assert refusal(http.get("/v1/me")) == SUSPENDED


def test_a_token_of_a_host_whose_clock_is_ahead_is_refused_too(ada, parts, suspend, clock):
    clock.advance(seconds=30)
    ahead = parts.accounts.sessions.access.issue("f" * 32, parts.accounts.players.me(ada["player"]["id"]))
    clock.advance(seconds=-30)

    suspend(ada)

    with pytest.raises(Forbidden):
        parts.accounts.sessions.player(ahead)


def test_streams_end_and_tickets_open_none(ada, parts, suspend):
    http = as_player(parts, ada)
    ticket = http.post("/v1/stream/ticket").json["data"]["ticket"]
    kicks = []
    parts.stream.signals._end = kicks.append

    suspend(ada)

    assert Kick(player=ada["player"]["id"], why="kicked") in kicks
    assert refusal(http.get(f"/v1/poll?ticket={ticket}")) == SUSPENDED


def test_a_reinstated_player_signs_in_again(ada, auth, parts, suspend, reinstate):
    suspend(ada)
    reinstate(ada)

    assert refresh(auth, ada["refreshToken"]) == (401, "invalid_refresh_token")
    again = auth("login", username="ada", password=PASSWORD).json["data"]
    assert as_player(parts, again).get("/v1/me").status_code == 200


def test_a_reinstated_guest_continues_with_the_tokens_of_the_browser(auth, parts, suspend, reinstate, clock):
    bob = Player(parts)
    suspend(bob.session)
    for _ in range(3):
        clock.advance(seconds=60)
        assert refresh(auth, bob.session["refreshToken"]) == SUSPENDED

    reinstate(bob.session)

    assert refresh(auth, bob.session["refreshToken"])["player"]["id"] == bob.id


def test_scores_stay_on_the_boards(auth, parts, suspend, client):
    define(parts)
    bob = Player(parts, displayName="Bob")
    bob.play()

    suspend(bob.session)

    assert client.get(f"/v1/boards/main/entries/{bob.id}").json["data"]["score"] == 10


def test_a_new_role_does_not_let_a_suspended_player_in(ada, parts, suspend):
    suspend(ada)

    parts.accounts.players.grant(ada["player"]["id"], "admin", context={})

    assert refusal(as_player(parts, ada).get("/v1/me")) == SUSPENDED


def test_a_suspension_is_in_the_journal_with_its_author(ada, parts, suspend, reinstate):
    suspend(ada)
    suspend(ada)
    reinstate(ada)

    lines = [line.fact for line in parts.journal.after(parts.journal.start, 100)][-3:]
    assert [(one.kind, one.context["caller"]) for one in lines] == [
        ("player-suspended", "command"),
        ("player-suspended", "command"),
        ("player-reinstated", "command"),
    ]
