"""Guests and players with user names: their names, signing in, and upgrading."""

from __future__ import annotations

import json
import unicodedata

import pytest
from argon2 import PasswordHasher

from scoreboard.core.storage.db import rows
from tests.accounts.calls import refresh
from tests.actions.play import Player, define
from tests.boards.calls import refusal
from tests.contract import ContractClient, app_of

pytestmark = pytest.mark.one_database

PASSWORD = "a long enough one"
WRONG = (401, "invalid_credentials")


@pytest.fixture
def ada(auth):
    """The session of a player with a user name."""
    return auth("register", username="Ada", password=PASSWORD).json["data"]


def me(parts, session, **changes):
    """The answer to a change of the player's account; without changes the account."""
    http = ContractClient(app_of(parts))
    headers = {"Authorization": f"Bearer {session['accessToken']}"}
    if changes:
        return http.patch("/v1/me", json=changes, headers=headers)
    return http.get("/v1/me", headers=headers).json["data"]


def test_a_guest_needs_nothing_not_even_a_body(parts):
    http = ContractClient(app_of(parts))

    answer = http.post("/v1/auth/guest")

    player = answer.json["data"]["player"]
    assert (answer.status_code, player["guest"], player["username"]) == (201, True, None)
    assert player["displayName"] == f"Guest {player['id'][-4:].upper()}"
    assert answer.headers["Cache-Control"] == "no-store"


def test_guests_are_different_players(auth):
    found = [auth("guest", displayName="Same").json["data"]["player"] for _ in range(3)]

    assert len({one["id"] for one in found}) == 3
    assert {one["displayName"] for one in found} == {"Same"}


@pytest.mark.parametrize("spelt", ["ada", "ADA", "aDa"])
def test_a_user_name_is_one_however_it_is_spelt(ada, auth, spelt):
    registration = auth("register", username=spelt, password=PASSWORD)
    sign_in = auth("login", username=spelt, password=PASSWORD)

    assert refusal(registration) == (409, "username_taken")
    assert sign_in.json["data"]["player"] == ada["player"]
    assert sign_in.json["data"]["player"]["username"] == "Ada"


@pytest.mark.parametrize(
    "name", ["", " ada", "ada ", "a da", "-ada", "_ada", "a" * 65, "ada\n", "ada\0", "a/b", "🏆"]
)
def test_a_user_name_is_of_letters_and_digits(auth, name):
    assert refusal(auth("register", username=name, password=PASSWORD)) == (400, "validation_failed")


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(ada, auth):
    answers = [
        auth("login", username=name, password=password)
        for name, password in (("ada", "not the right one"), ("nobody", PASSWORD), ("ada", PASSWORD + " "))
    ]

    assert {refusal(answer) for answer in answers} == {WRONG}
    assert len({answer.json["detail"] for answer in answers}) == 1
    assert len({tuple(sorted(answer.json)) for answer in answers}) == 1


def test_an_unknown_user_name_costs_the_same_work(ada, parts, auth, monkeypatch):
    auth("login", username="nobody", password=PASSWORD)
    hashes = []
    verify = PasswordHasher.verify
    monkeypatch.setattr(
        PasswordHasher,
        "verify",
        lambda hasher, stored, sent: hashes.append(stored) or verify(hasher, stored, sent),
    )

    auth("login", username="ada", password="not the right one")
    auth("login", username="nobody", password="not the right one")

    known, unknown = hashes
    assert known.rpartition("$")[0].rpartition("$")[0] == unknown.rpartition("$")[0].rpartition("$")[0]
    assert known != unknown


def test_guests_have_no_password_to_sign_in_with(auth, parts):
    guest = auth("guest").json["data"]["player"]

    for name in (guest["id"], guest["displayName"].replace(" ", "")):
        assert refusal(auth("login", username=name, password="        ")) == WRONG


@pytest.mark.parametrize("password", ["password", "PASSWORD", "12345678", "qwertyuiop", "Iloveyou1"])
def test_passwords_that_everybody_tries_first_are_refused(auth, password):
    answer = auth("register", username="ada", password=password)

    assert refusal(answer) == (400, "validation_failed")
    assert [one["field"] for one in answer.json["errors"]] == ["password"]


@pytest.mark.parametrize(("length", "status"), [(7, 400), (8, 201), (1024, 201), (1025, 400)])
def test_a_password_has_eight_to_a_thousand_characters(auth, length, status):
    password = ("zX9" + "ü~" * 600)[:length]

    assert auth("register", username="ada", password=password).status_code == status
    if status == 201:
        assert auth("login", username="ada", password=password).status_code == 200
        assert auth("login", username="ada", password=password[:-1] + "q").status_code in (400, 401)


def test_a_password_is_stored_as_argon2id_and_nowhere_else(ada, parts):
    ((stored,),) = parts.base.database.run(lambda db: rows(db, "SELECT password FROM account"))
    journal = parts.base.database.run(lambda db: rows(db, "SELECT * FROM journal"))

    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PASSWORD not in repr(journal)
    assert stored not in repr(journal)


def test_a_hash_of_weaker_parameters_is_replaced_by_signing_in(ada, auth, parts):
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    parts.base.database.transaction(lambda db: db.execute_sql("UPDATE account SET password = ?", (weak,)))

    assert refusal(auth("login", username="ada", password="not the right one")) == WRONG
    assert auth("login", username="ada", password=PASSWORD).status_code == 200

    ((stored,),) = parts.base.database.run(lambda db: rows(db, "SELECT password FROM account"))
    assert "m=19456" in stored
    assert auth("login", username="ada", password=PASSWORD).status_code == 200


def test_an_upgraded_guest_keeps_id_and_scores_and_gets_a_new_session(auth, parts):
    define(parts)
    bob = Player(parts, displayName="Bob")
    bob.play()

    answer = auth("upgrade", bearer=bob.session["accessToken"], username="bob", password=PASSWORD)

    session = answer.json["data"]
    assert session["player"] == bob.session["player"] | {"username": "bob", "guest": False}
    assert refusal(bob.http.get("/v1/me")) == (401, "unauthenticated")
    assert refresh(auth, bob.session["refreshToken"]) == (401, "invalid_refresh_token")
    bob.take(session)
    entry = bob.http.get(f"/v1/boards/main/entries/{bob.id}").json["data"]
    assert (entry["score"], entry["player"]["displayName"]) == (10, "Bob")
    assert bob.play()["newScore"] == 20
    assert auth("login", username="BOB", password=PASSWORD).json["data"]["player"]["id"] == bob.id
    assert refresh(auth, session["refreshToken"])["player"]["id"] == bob.id


def test_a_name_is_taken_once_and_by_guests_only(ada, auth, parts):
    bob = Player(parts)

    of_guest = auth("upgrade", bearer=bob.session["accessToken"], username="ADA", password=PASSWORD)
    of_player = auth("upgrade", bearer=ada["accessToken"], username="ada2", password=PASSWORD)

    assert refusal(of_guest) == (409, "username_taken")
    assert refusal(of_player) == (409, "not_a_guest")
    assert me(parts, bob.session)["guest"] is True
    assert me(parts, ada)["username"] == "Ada"


def test_a_player_changes_their_display_name_and_region(ada, parts):
    account = me(parts, ada, displayName="  Countess  ", region="eu").json["data"]
    assert (account["displayName"], account["region"], account["username"]) == ("Countess", "eu", "Ada")

    assert me(parts, ada, region=None).json["data"] == account | {"region": None}
    assert me(parts, ada) == account | {"region": None}


@pytest.mark.parametrize(
    "changes", [{"role": "admin"}, {"id": "p_x"}, {"scoring": True}, {"region": "EU"}, {"displayName": None}]
)
def test_a_player_changes_nothing_else(ada, parts, changes):
    assert refusal(me(parts, ada, **changes)) == (400, "validation_failed")
    assert me(parts, ada) == ada["player"]


def test_a_display_name_is_normalised(auth):
    found = auth("guest", displayName=unicodedata.normalize("NFD", "Zoë")).json["data"]["player"]

    assert found["displayName"] == unicodedata.normalize("NFC", "Zoë")


@pytest.mark.parametrize("name", ["  ", "a\u202eb", "\u200b", "a\nb", "x" * 33, "a\0"])
def test_a_display_name_that_deceives_is_refused(auth, name):
    assert refusal(auth("guest", displayName=name)) == (422, "invalid_display_name")


def test_changes_of_a_players_own_data_are_limited(make_parts, sqlite_url):
    parts = make_parts(sqlite_url, limit_guest="3/minute")
    session = Player(parts).session

    found = [me(parts, session, displayName=f"Name {at}").status_code for at in range(4)]

    assert found == [200, 200, 429, 429]


def test_no_personal_word_of_a_player_is_in_the_audit_log(ada, auth, parts):
    me(parts, ada, displayName="Countess", region="atlantis")
    auth("login", username="ada", password=PASSWORD)
    auth("logout", refreshToken=ada["refreshToken"])
    bob = Player(parts, displayName="Robert", region="avalon")
    define(parts)
    bob.complete(bob.request(), result="my secret way", deviceId="d-1")
    parts.followers.catch_up("audit")

    lines = parts.base.audit_database.run(lambda db: rows(db, "SELECT kind, player, detail FROM audit"))

    log = json.dumps(lines)
    for word in ("Countess", "Robert", "atlantis", "avalon", "my secret way", "d-1", "Ada", PASSWORD):
        assert word not in log, word
    assert ada["refreshToken"].split("_")[1] not in log
    kind, player, detail = lines[-1]
    assert (kind, player) == ("action", bob.id)
    assert json.loads(detail)["action"] == "jump"
    assert json.loads(detail)["amount"] == 10


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.7", "203.0.113.9", True),
        ("203.0.113.7", "203.0.114.7", False),
        ("2001:db8::1", "2001:db8:0:0:ffff::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
    ],
)
def test_the_network_of_an_address_is_stored_as_a_keyed_hash(auth, parts, one, other, same):
    http = ContractClient(app_of(parts))
    for address in (one, other):
        http.post("/v1/auth/guest", environ_base={"REMOTE_ADDR": address})

    first, second = (
        line.fact.context["address"] for line in parts.journal.after(parts.journal.start, 100)[-2:]
    )

    assert (first == second) is same
    assert len(first) == 16
