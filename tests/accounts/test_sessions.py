"""Sessions: refreshing, two tabs, stolen tokens, ending, and restored backups."""

from __future__ import annotations

import threading

import pytest

from scoreboard.accounts.refreshtokens import RefreshTokens
from scoreboard.accounts.sessions import new_session
from scoreboard.core.errors import Unauthenticated
from scoreboard.core.signing import derive
from scoreboard.core.storage.db import execute, rows
from tests.accounts.calls import refresh
from tests.actions.play import Player
from tests.boards.calls import refusal
from tests.support import wait_until

pytestmark = pytest.mark.one_database  # tests that depend on the kind of the database are in test_races.py

REUSED, INVALID = (401, "refresh_token_reused"), (401, "invalid_refresh_token")


@pytest.fixture
def ada(parts):
    return Player(parts, displayName="Ada")


def is_signed_in(player):
    """True if a player's access token is valid."""
    return player.http.get("/v1/me").status_code == 200


def generations(auth, token, count):
    """This refresh token, and the `count` tokens that follow it."""
    found = [token]
    for _ in range(count):
        found.append(refresh(auth, found[-1])["refreshToken"])
    return found


def test_a_refresh_gives_new_tokens_of_the_same_player(ada, auth, clock):
    clock.advance(seconds=1)

    session = refresh(auth, ada.session["refreshToken"])

    assert session["player"] == ada.session["player"]
    assert session["refreshToken"] != ada.session["refreshToken"]
    assert session["accessToken"] != ada.session["accessToken"]


def test_the_direct_predecessor_gives_the_same_successor_for_ten_seconds(ada, auth, clock):
    first, second = generations(auth, ada.session["refreshToken"], 1)

    for _ in range(3):
        assert refresh(auth, first)["refreshToken"] == second
    clock.advance(seconds=10)
    assert refresh(auth, first)["refreshToken"] == second
    assert refresh(auth, second)["refreshToken"] not in (first, second)


def test_another_refresh_does_not_lengthen_the_grace_period(ada, auth, clock):
    first, _ = generations(auth, ada.session["refreshToken"], 1)
    clock.advance(seconds=8)
    refresh(auth, first)

    clock.advance(seconds=8)

    assert refresh(auth, first) == REUSED


def test_an_older_refresh_token_has_no_grace_period(ada, auth):
    first, _, third = generations(auth, ada.session["refreshToken"], 2)

    assert refresh(auth, first) == REUSED
    assert refresh(auth, third) == INVALID


def test_a_used_token_that_comes_late_ends_the_session(ada, auth, clock):
    first, second = generations(auth, ada.session["refreshToken"], 1)
    clock.advance(ms=10_001)

    assert refresh(auth, first) == REUSED
    assert refresh(auth, second) == INVALID
    assert refresh(auth, first) == INVALID
    assert refusal(ada.http.get("/v1/me")) == (401, "unauthenticated")


def test_a_session_that_was_ended_here_is_ended_in_other_processes_too(
    ada, auth, clock, make_parts, database_url
):
    other = make_parts(database_url)
    mine = other.accounts.sessions.player(ada.session["accessToken"])
    first, _ = generations(auth, ada.session["refreshToken"], 1)
    clock.advance(seconds=11)
    assert refresh(auth, first) == REUSED

    other.accounts.sessions.revocations.look()

    with pytest.raises(Unauthenticated):
        other.accounts.sessions.revocations.check(mine)
    with pytest.raises(Unauthenticated):
        other.accounts.sessions.player(ada.session["accessToken"])


def test_one_session_that_ends_leaves_the_others_alone(auth, parts):
    credentials = {"username": "ada", "password": "a long enough one"}
    auth("register", **credentials)
    here, there = (auth("login", **credentials).json["data"] for _ in range(2))

    assert auth("logout", refreshToken=here["refreshToken"]).status_code == 204

    assert refresh(auth, here["refreshToken"]) == INVALID
    assert refresh(auth, there["refreshToken"])["player"]["username"] == "ada"
    parts.accounts.sessions.player(there["accessToken"])
    with pytest.raises(Unauthenticated):
        parts.accounts.sessions.player(here["accessToken"])


def test_a_forged_refresh_token_ends_no_session(ada, auth, parts, clock):
    name, generation, proof = ada.session["refreshToken"].removeprefix("rt_").split("_", 2)
    strange = RefreshTokens([derive(b"y" * 32, "refresh")])
    clock.advance(seconds=60)
    forged_tokens = [
        "",
        "rt_",
        "rt___",
        f"rt_{name}_0_{proof}",
        f"rt_{name}_2_{proof}",
        f"rt_{name}_{generation}_{'A' * 43}",
        f"rt_{name}_{generation}_{proof[:-1]}",
        f"rt_{name}_{generation}_{proof}\n",
        f"rt_{name}_{generation}_{proof}é",
        f"rt_{name}_{'9' * 15}_{proof}",
        f"rt_{name}_{'9' * 40}_{proof}",
        f"rt_{name}_-1_{proof}",
        f"rt_{name}_٣_{proof}",
        f"rt_{name.upper()}_{generation}_{proof}",
        f"rt_{new_session()}_{generation}_{proof}",
        strange.write(name, 0),
        strange.write(name, 1),
        parts.accounts.sessions.refresh.write(new_session(), 1),
        "🏆" * 50,
        "\0",
    ]

    for one in forged_tokens:
        assert refresh(auth, one) == INVALID, one
        assert auth("logout", refreshToken=one).status_code == 204

    assert is_signed_in(ada)
    assert "refreshToken" in refresh(auth, ada.session["refreshToken"])


def test_signing_out_ends_refresh_and_access_tokens(ada, auth):
    assert auth("logout", refreshToken=ada.session["refreshToken"]).status_code == 204
    assert auth("logout", refreshToken=ada.session["refreshToken"]).status_code == 204

    assert refresh(auth, ada.session["refreshToken"]) == INVALID
    assert not is_signed_in(ada)


def test_a_session_lives_for_ninety_days_after_it_was_used_last(ada, auth, clock):
    token = ada.session["refreshToken"]
    for _ in range(3):
        clock.advance(days=89)
        token = refresh(auth, token)["refreshToken"]

    clock.advance(days=90)

    assert refresh(auth, token) == INVALID


def test_a_session_of_a_restored_backup_continues(ada, auth, parts, clock):
    token = generations(auth, ada.session["refreshToken"], 5)[-1]
    clock.advance(seconds=60)

    def restore(db):
        execute(db, "UPDATE session SET generation = 2, rotated_at = ?", (clock() - 60_000,))

    parts.base.database.transaction(restore)

    again = refresh(auth, token)

    assert again["player"]["id"] == ada.id
    assert refresh(auth, again["refreshToken"])["player"]["id"] == ada.id


def test_a_refresh_token_of_a_replaced_secret_is_valid_while_the_old_one_is_a_fallback(
    ada, make_parts, database_url
):
    token = ada.session["refreshToken"]
    with_fallback = make_parts(database_url, secret_key="n" * 32, secret_key_fallbacks="x" * 32)
    without_fallback = make_parts(database_url, secret_key="n" * 32)

    with pytest.raises(Unauthenticated):
        without_fallback.accounts.sessions.renew(token)
    new_token = with_fallback.accounts.sessions.renew(token).refresh
    assert new_token.split("_")[1] == token.split("_")[1]
    assert without_fallback.accounts.sessions.renew(new_token).account.id == ada.id


def test_the_content_of_the_database_opens_no_session(ada, auth, parts):
    token = generations(auth, ada.session["refreshToken"], 1)[-1]

    found = [
        repr(parts.base.database.run(lambda db, table=table: rows(db, f"SELECT * FROM {table}")))
        for table in ("session", "journal", "account", "revocation")
    ]

    assert not any(secret in text for text in found for secret in (token.split("_", 3)[3], token))


def test_a_changed_role_asks_for_a_refresh(ada, auth, parts, clock):
    clock.advance(ms=5)
    parts.accounts.players.grant(ada.id, "moderator", context={})

    assert refusal(ada.http.get("/v1/me")) == (401, "token_expired")
    ada.take(refresh(auth, ada.session["refreshToken"]))
    assert ada.http.get("/v1/me").json["data"]["role"] == "moderator"


def test_sessions_that_are_over_are_forgotten_and_the_others_are_not(ada, auth, parts, clock):
    leaver, active = Player(parts), Player(parts)
    auth("logout", refreshToken=leaver.session["refreshToken"])
    parts.accounts.sessions.forget_old()
    assert sessions(parts) == {one.session["refreshToken"].split("_")[1] for one in (ada, leaver, active)}

    clock.advance(days=60)
    token = refresh(auth, active.session["refreshToken"])["refreshToken"]
    parts.accounts.sessions.forget_old()
    assert len(sessions(parts)) == 2
    clock.advance(days=60)
    parts.accounts.sessions.forget_old()

    assert sessions(parts) == {token.split("_")[1]}
    assert refresh(auth, leaver.session["refreshToken"]) == INVALID
    assert refresh(auth, token)["player"]["id"] == active.id


def sessions(parts):
    return {id for (id,) in parts.base.database.run(lambda db: rows(db, "SELECT id FROM session"))}


def test_the_loop_reads_the_revocations_of_other_processes(ada, auth, make_parts, database_url, monkeypatch):
    monkeypatch.setattr("scoreboard.accounts.revocations.LOOK_SECONDS", 0.02)
    other = make_parts(database_url)
    thread = threading.Thread(target=other.accounts.sessions.revocations.loop.run)
    thread.start()
    auth("logout", refreshToken=ada.session["refreshToken"])

    def is_refused():
        try:
            other.accounts.sessions.player(ada.session["accessToken"])
        except Unauthenticated:
            return True
        return False

    wait_until(is_refused, seconds=5)
    other.accounts.sessions.revocations.loop.stop()
    thread.join()
