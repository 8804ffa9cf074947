# ruff: noqa: RUF001 - these tests need letters that look alike
"""Old user names that are the same by today's rules: reported, unchanged, found by their exact spelling."""

from __future__ import annotations

import pytest
from playhouse.migrations import Migration, Runner

from scoreboard.base import HERE
from scoreboard.core.storage.db import execute
from tests.boards.calls import refusal

INSERT = (
    "INSERT INTO account (id, username, username_key, password, role, scoring, created_at)"
    " VALUES (?, ?, ?, ?, 'player', 1, 0)"
)
PASSWORD = "a long enough one"
ADA, WIDE, SOME_WIDE, OTHERS_WIDE = "ada", "ａｄａ", "ｅve", "evｅ"
FOLDER = str(HERE / "migrations")
(MIGRATION,) = [one for one in Migration.load_directory(FOLDER) if one.name.endswith("_spellings")]


@pytest.fixture
def before(parts, auth):
    """Writes accounts as an earlier release did, and migrates. Returns the players' ids by user name."""
    ids = {}

    def before(*names):
        parts.base.database.run(lambda db: Runner(db, FOLDER).down(MIGRATION.name))
        password = parts.accounts.players.passwords.hash(PASSWORD)
        for number, name in enumerate(names):
            ids[name] = f"p_{number:026}"
            row = (ids[name], name, name.casefold(), password)
            parts.base.database.transaction(lambda db, row=row: execute(db, INSERT, row))
        assert MIGRATION.name in parts.base.migrate()
        return ids

    return before


def sign_in(auth, name):
    answer = auth("login", username=name, password=PASSWORD)
    return answer.json["data"]["player"]["id"] if answer.status_code == 200 else refusal(answer)


def test_both_players_can_still_sign_in_and_the_name_stays_taken(before, auth, caplog, parts):
    ids = before(ADA, WIDE)

    assert [sign_in(auth, name) for name in (ADA, WIDE, "ADA")] == [ids[ADA], ids[WIDE], ids[ADA]]
    assert refusal(auth("register", username="Ａda", password=PASSWORD)) == (409, "username_taken")
    assert [(name, player) for _, name, player in parts.accounts.players.accounts.stored.find_shared()] == [
        *ids.items()
    ]
    (line,) = [record.getMessage() for record in caplog.records if "same now" in record.getMessage()]
    assert all(player in line for player in ids.values())
    assert not any(name in line.split() for name in ids)


def test_another_spelling_of_a_shared_name_signs_no_player_in(before, auth):
    ids = before(SOME_WIDE, OTHERS_WIDE)

    assert [sign_in(auth, name) for name in (SOME_WIDE, OTHERS_WIDE)] == [ids[SOME_WIDE], ids[OTHERS_WIDE]]
    assert sign_in(auth, "eve") == (401, "invalid_credentials")
    assert refusal(auth("register", username="eve", password=PASSWORD)) == (409, "username_taken")


def test_other_names_get_the_keys_of_today(before, auth, parts, caplog):
    ids = before("straße", "ｂｏｂ", "ada", "😀")

    assert sign_in(auth, "Straße") == ids["straße"]
    assert sign_in(auth, "bob") == ids["ｂｏｂ"]
    assert sign_in(auth, "Ada") == ids["ada"]
    assert sign_in(auth, "😀") == ids["😀"]
    assert parts.accounts.players.accounts.stored.find_shared() == []
    assert "same now" not in caplog.text


@pytest.mark.parametrize(
    ("old", "new", "moving", "shared"),
    [
        ({"p": "strasse"}, {"p": "straße"}, {"p": "straße"}, {}),
        ({"p": "a", "q": "b"}, {"p": "b", "q": "c"}, {"p": "b", "q": "c"}, {}),
        ({"p": "a", "q": "b"}, {"p": "b", "q": "a"}, {"p": "b", "q": "a"}, {}),
        ({"p": "a", "q": "b"}, {"p": "b", "q": "b"}, {}, {"b": {"p", "q"}}),
        # A player who does not move keeps the key that another one would get.
        ({"p": "a", "q": "b", "r": "c"}, {"p": "x", "q": "x", "r": "a"}, {}, {"x": {"p", "q"}, "a": {"r"}}),
    ],
)
def test_no_two_players_get_one_key(old, new, moving, shared):
    assert MIGRATION.load().keys_of_today(old, new) == (moving, shared)
