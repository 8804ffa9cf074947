"""python -m scoreboard players: roles, passwords, sessions and suspensions."""

from __future__ import annotations

import io
import sys

import pytest

from config.settings import load
from scoreboard.core.errors import Forbidden, Unauthenticated
from scoreboard.core.storage import rediskeys
from scoreboard.core.storage.db import execute
from scoreboard.parts import build

OLD, NEW = "correct horse battery", "another long enough one"


@pytest.fixture
def parts(run):
    run("migrate")
    built = build(load())
    built.preparation.prepare()
    yield built
    built.close()


@pytest.fixture
def ada(parts):
    return parts.accounts.players.register("Ada", OLD, name=None, region=None, context={})


@pytest.fixture
def type_in(monkeypatch):
    """Set the text that a command reads from standard input."""
    return lambda text: monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def has_ended(parts, tokens):
    with pytest.raises(Unauthenticated):
        parts.accounts.sessions.renew(tokens.refresh)
    return True


def sign_in(parts, password):
    try:
        return parts.accounts.players.login("ada", password, context={})
    except Unauthenticated:
        return None


def test_a_password_is_read_from_standard_input(run, parts, ada, type_in):
    type_in(f"{NEW}\nand what follows\n")

    status, out, _ = run("players", "set-password", "ada")

    assert status == 0
    assert out == f"Ada ({ada.account.id}) has a new password\nAll sessions have ended.\n"
    assert has_ended(parts, ada)
    assert sign_in(parts, NEW)
    assert not sign_in(parts, OLD)


def test_a_password_is_generated_and_printed_once(run, parts, ada):
    out = run("players", "set-password", "ada", "--generate")[1]

    password = out.splitlines()[0].rpartition(": ")[2]
    assert len(password) == 20
    assert sign_in(parts, password)


def test_a_password_cannot_be_an_argument(run, ada):
    with pytest.raises(SystemExit):
        run("players", "set-password", "ada", NEW)


@pytest.mark.parametrize("text", ["", "\n", "short\n", "password\n", "x" * 1025 + "\n"])
def test_an_invalid_password_changes_nothing(run, parts, ada, type_in, text):
    type_in(text)

    status, out, err = run("players", "set-password", "ada")

    assert (status, out) == (1, "")
    assert err.startswith("scoreboard players: password: ")
    assert parts.accounts.sessions.renew(ada.refresh)


def test_guests_get_no_password(run, parts):
    guest = parts.accounts.players.guest(name=None, region=None, context={})

    status, _, err = run("players", "set-password", guest.account.id, "--generate")

    assert status == 1
    assert "A guest has no password" in err
    assert parts.accounts.sessions.renew(guest.refresh)


def test_all_sessions_of_a_player_are_ended_and_their_streams_at_once(run, parts, ada, redis):
    other = parts.accounts.players.login("ada", OLD, context={})

    assert run("players", "end-sessions", "ada")[:2] == (
        0,
        f"Ada ({ada.account.id}) is signed out everywhere.\n",
    )

    assert has_ended(parts, ada)
    assert has_ended(parts, other)
    kicks = {kick.get("session") for _, kick in redis.xrange(rediskeys.signals())}
    assert kicks == {tokens.refresh.split("_")[1] for tokens in (ada, other)}


def test_signing_a_guest_out_warns_that_the_guest_cannot_return(run, parts):
    guest = parts.accounts.players.guest(name=None, region=None, context={})

    assert "can't sign in again" in run("players", "end-sessions", guest.account.id)[1]


def test_a_player_is_suspended_and_reinstated(run, parts, ada, redis):
    assert run("players", "suspend", "ada")[1] == f"Ada ({ada.account.id}) is suspended\n"
    with pytest.raises(Forbidden):
        sign_in(parts, OLD)
    kicks = [kick for _, kick in redis.xrange(rediskeys.signals())]
    assert [kick["player"] for kick in kicks if "player" in kick] == [ada.account.id]

    assert run("players", "reinstate", "ada")[1] == f"Ada ({ada.account.id}) is no longer suspended\n"
    assert sign_in(parts, OLD)


def test_players_whose_name_is_an_address_are_renamed(run, parts):
    address = "ada@mail.example"
    player = parts.accounts.players.register(address, OLD, name=address, region=None, context={}).account.id

    assert run("players", "hide-addresses")[:2] == (0, "players renamed: 1\n")
    assert run("players", "hide-addresses")[1] == "players renamed: 0\n"
    assert parts.accounts.players.me(player).display_name == f"Player {player[-4:].upper()}"
    fact = parts.journal.after(parts.journal.start, 100)[-1].fact
    assert (fact.kind, fact.context["caller"]) == ("player-renamed", "command")


def test_user_names_that_became_the_same_are_listed(run, parts, ada):
    assert run("players", "list-shared")[1] == "no user names count as the same\n"

    parts.base.database.transaction(lambda db: execute(db, "UPDATE account SET shared_key = 'ada'"))

    assert run("players", "list-shared")[1] == f"Ada ({ada.account.id}) is ada\n"
