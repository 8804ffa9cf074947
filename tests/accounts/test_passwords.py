"""A password is changed by its player with the old one, or by an operator. All other sessions end."""

from __future__ import annotations

import threading

import pytest

from scoreboard.accounts import players
from scoreboard.core.errors import Conflict, ScoreboardError
from tests.accounts.calls import as_player, refresh
from tests.actions.play import Player
from tests.boards.calls import refusal

OLD, NEW = "a long enough one", "another long enough one"


@pytest.fixture
def ada(auth):
    """The session of a player with a user name."""
    return auth("register", username="ada", password=OLD).json["data"]


@pytest.fixture
def change(parts):
    def change(session, current=OLD, new=NEW):
        body = {"currentPassword": current, "newPassword": new}
        return as_player(parts, session).post("/v1/me/password", json=body)

    return change


def signs_in(auth, password):
    return auth("login", username="ada", password=password).status_code == 200


def test_a_changed_password_is_the_one_that_signs_in(ada, auth, change):
    assert change(ada).status_code == 204

    assert not signs_in(auth, OLD)
    assert signs_in(auth, NEW)


def test_a_changed_password_ends_all_other_sessions_and_keeps_this_one(ada, auth, change, parts):
    thief = auth("login", username="ada", password=OLD).json["data"]

    change(ada)

    assert refusal(as_player(parts, thief).get("/v1/me")) == (401, "unauthenticated")
    assert refresh(auth, thief["refreshToken"]) == (401, "invalid_refresh_token")
    assert as_player(parts, ada).get("/v1/me").status_code == 200
    assert "refreshToken" in refresh(auth, ada["refreshToken"])


def test_other_processes_learn_of_a_changed_password(ada, auth, change, make_parts, database_url):
    other = make_parts(database_url)
    other.accounts.sessions.revocations.look()
    thief = auth("login", username="ada", password=OLD).json["data"]
    assert as_player(other, thief).get("/v1/me").status_code == 200

    change(ada)
    other.accounts.sessions.revocations.look()

    assert refusal(as_player(other, thief).get("/v1/me")) == (401, "unauthenticated")
    assert as_player(other, ada).get("/v1/me").status_code == 200


def test_a_wrong_current_password_changes_nothing(ada, auth, change):
    assert refusal(change(ada, current="a guessed one")) == (403, "wrong_password")

    assert signs_in(auth, OLD)


def test_guesses_of_the_current_password_are_limited_as_sign_ins_are(ada, make_parts, database_url):
    http = as_player(make_parts(database_url, limit_sign_in="2/minute"), ada)

    found = [
        refusal(http.post("/v1/me/password", json={"currentPassword": f"guess {at}", "newPassword": NEW}))[0]
        for at in range(4)
    ]

    assert found == [403, 403, 429, 429]


def test_guesses_from_many_addresses_are_limited_too(ada, make_parts, database_url):
    http = as_player(make_parts(database_url, limit_sign_in_name="3/minute"), ada)

    found = [
        http.post(
            "/v1/me/password",
            json={"currentPassword": f"guess {at}", "newPassword": NEW},
            environ_base={"REMOTE_ADDR": f"192.0.2.{at}"},
        ).status_code
        for at in range(5)
    ]

    assert found == [403, 403, 403, 429, 429]


def test_a_guest_has_no_password_to_change(parts, change):
    guest = Player(parts)

    answer = change(guest.session)

    assert refusal(answer) == (409, "no_password")
    assert "upgrade" in answer.json["detail"]


@pytest.mark.parametrize("new", ["", "short", "password", "x" * 1025])
def test_a_new_password_obeys_the_rules_of_first_ones(ada, auth, change, new):
    answer = change(ada, new=new)

    assert refusal(answer) == (400, "validation_failed")
    assert [one["field"] for one in answer.json["errors"]] == ["newPassword"]
    assert signs_in(auth, OLD)


def test_no_password_is_in_the_journal(ada, change, parts):
    change(ada)

    lines = repr([line.fact for line in parts.journal.after(parts.journal.start, 100)])
    assert "password-changed" in lines
    for secret in (OLD, NEW, "argon2"):
        assert secret not in lines


def test_a_sign_in_that_began_before_the_change_does_not_outlive_it(ada, parts, monkeypatch):
    is_verified, is_changed = threading.Event(), threading.Event()

    def new_session():
        is_verified.set()
        assert is_changed.wait(10)
        return "f" * 32

    monkeypatch.setattr(players, "new_session", new_session)
    outcome = []

    def sign_in():
        try:
            outcome.append(parts.accounts.players.login("ada", OLD, context={}))
        except ScoreboardError as error:
            outcome.append(error.code)

    thread = threading.Thread(target=sign_in)
    thread.start()
    assert is_verified.wait(10)
    parts.accounts.players.set_password(ada["player"]["id"], NEW, context={})
    is_changed.set()
    thread.join()

    assert outcome == ["invalid_credentials"]


def test_an_operator_sets_any_players_password_and_ends_every_session(ada, auth, parts):
    parts.accounts.players.set_password(ada["player"]["id"], NEW, context={"caller": "command"})

    assert refusal(as_player(parts, ada).get("/v1/me")) == (401, "unauthenticated")
    assert refresh(auth, ada["refreshToken"]) == (401, "invalid_refresh_token")
    assert not signs_in(auth, OLD)
    assert signs_in(auth, NEW)


def test_an_operator_gives_no_password_to_a_guest(parts):
    with pytest.raises(Conflict) as error:
        parts.accounts.players.set_password(Player(parts).id, NEW, context={})

    assert error.value.code == "no_password"
