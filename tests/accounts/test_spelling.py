# ruff: noqa: RUF001 - these tests need letters that look alike
"""User names and passwords as people type them: equivalent spellings, and different ones."""

from __future__ import annotations

import unicodedata
from contextlib import suppress

import pytest
from argon2 import PasswordHasher
from hypothesis import given, settings
from hypothesis import strategies as st

from scoreboard.accounts.spelling import password_form, username, username_key
from scoreboard.core.errors import ValidationFailed
from scoreboard.core.storage.db import execute, rows
from tests.accounts.calls import as_player
from tests.boards.calls import refusal

PASSWORD = "a long enough one"
SAME = {
    "in capitals": ("ada", "ADA"),
    "full width, as of a Japanese keyboard": ("ada_1", "ａｄａ＿１"),
    "half width": ("カナ", "ｶﾅ"),
    "an accent typed apart": ("adèle", "ade\u0300le"),
    "Vietnamese in another order": ("việt", "vie\u0302\u0323t"),
    "Hangul in parts": ("김민준", unicodedata.normalize("NFD", "김민준")),
    "Greek in capitals": ("οδος", "ΟΔΟΣ"),
    "Thai with a vowel in two parts": ("คำ", "ค\u0e4dา"),
    "Armenian with a letter in two parts": ("Սևակ", "Սեւակ"),
    "Persian without a joiner": ("علی\u200cرضا", "علیرضا"),
    "Urdu without a joiner": ("بے\u200cنظیر", "بےنظیر"),
    "an address in full width": ("ada@mail.example", "ａｄａ＠ｍａｉｌ．ｅｘａｍｐｌｅ"),
}
DIFFERENT = {
    "Cyrillic a": ("ada", "аdа"),
    "Greek omicron": ("bob", "bοb"),
    "without its accent": ("adèle", "adele"),
    "sharp s": ("straße", "strasse"),
    "Turkish i": ("ilker", "ılker"),
    "Arabic and Persian yeh": ("علي", "علی"),
}
BAD = {
    "a joiner that shows nothing": "a\u200dda",
    "a joiner between Latin letters": "ad\u200ca",
    "an emoji": "ada😀",
    "a wide space": "ada\u3000b",
    "a ligature in Arabic": "ﷲ",
    "a letter of mathematics": "𝓪𝓭𝓪",
    "a mark first": "\u0301ada",
    "two directions": "ada-علی",
    "right-to-left override": "ada\u202e",
    "a soft hyphen": "a\u00adda",
}


PASSWORDS = {
    "an accent typed apart": ("mot de passe très long", "mot de passe tre\u0300s long"),
    "full width": ("correct horse 1", "ｃｏｒｒｅｃｔ　ｈｏｒｓｅ　１"),
    "half width": ("カタカナノナマエ", "ｶﾀｶﾅﾉﾅﾏｴ"),
    "spaces that do not break": ("correct horse staple", "correct\u00a0horse\u202fstaple"),
}
OTHERS = ["Correct Horse", "соrrect horse", "correct horsе", "correct  horse"]
ODD = ["❤️👩🏽‍💻🏴‍☠️ love", "tab\tand\x07bell", "علی\u200cرضا 1234", "\U0001fae8 new emoji", "\U0003fffd" * 8]
DECOMPOSED, COMPOSED = "mot de passe tre\u0300s long", "mot de passe très long"


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=SAME.keys())
def test_two_spellings_of_a_user_name_are_one(one, other):
    assert username_key(username(one)) == username_key(username(other))


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT.keys())
def test_another_letter_is_another_user_name(one, other):
    assert username_key(username(one)) != username_key(username(other))


@pytest.mark.parametrize("name", BAD.values(), ids=BAD.keys())
def test_a_user_name_has_no_indistinguishable_characters(name):
    with pytest.raises(ValidationFailed) as error:
        username(name)

    assert [error.field for error in error.value.errors] == ["username"]


@settings(deadline=None)
@given(st.text(st.characters(categories=["L", "Nd", "Mn"]), min_size=1, max_size=12))
def test_a_key_is_its_own_key(text):
    with suppress(ValidationFailed):
        key = username_key(username(text))

        assert username_key(key) == key


@settings(deadline=None)
@given(st.text(max_size=20))
def test_the_form_of_a_password_is_its_own_form(text):
    assert password_form(password_form(text)) == password_form(text)


@pytest.mark.parametrize(("one", "other"), PASSWORDS.values(), ids=PASSWORDS.keys())
def test_two_spellings_of_a_password_have_one_form(one, other):
    assert password_form(one) == password_form(other)


@pytest.mark.parametrize("other", OTHERS)
def test_case_spaces_and_letters_that_look_alike_matter_in_a_password(other):
    assert password_form(other) != password_form("correct horse")


@pytest.fixture
def register(auth):
    def register(name, password=PASSWORD):
        return auth("register", username=name, password=password)

    return register


@pytest.fixture
def stored_hash(parts):
    """A function that returns the stored hash of the only password. Called with a hash, it stores that."""

    def stored_hash(hash=None):
        if hash:
            parts.base.database.transaction(
                lambda db: execute(db, "UPDATE account SET password = ?", (hash,))
            )
        ((found,),) = parts.base.database.run(lambda db: rows(db, "SELECT password FROM account"))
        return found

    return stored_hash


@pytest.fixture
def old_session(register, stored_hash):
    """The session of a player whose password was stored before spellings were unified."""
    session = register("ada").json["data"]
    stored_hash(PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1).hash(DECOMPOSED))
    return session


def test_a_player_is_found_by_any_spelling_of_the_user_name(auth, register):
    for one, other in (SAME["full width, as of a Japanese keyboard"], SAME["Urdu without a joiner"]):
        player = register(one).json["data"]["player"]

        assert player["username"] == player["displayName"] == one
        assert refusal(register(other)) == (409, "username_taken")
        assert auth("login", username=other, password=PASSWORD).json["data"]["player"] == player


def test_a_user_name_that_looks_alike_is_another_player(auth, register):
    ids = [register(name).json["data"]["player"]["id"] for name in DIFFERENT["Cyrillic a"]]

    found = [auth("login", username=name, password=PASSWORD).json["data"] for name in DIFFERENT["Cyrillic a"]]
    assert [session["player"]["id"] for session in found] == ids
    assert len(set(ids)) == 2


@pytest.mark.one_database
def test_the_refusal_names_the_user_name(register):
    answer = register("ad\u200ca")

    assert refusal(answer) == (400, "validation_failed")
    assert [error["field"] for error in answer.json["errors"]] == ["username"]


@pytest.mark.one_database
def test_any_spelling_of_a_password_signs_in(auth, register):
    for number, (one, other) in enumerate(PASSWORDS.values()):
        register(f"one{number}", one)
        register(f"other{number}", other)

        for name in (f"one{number}", f"other{number}"):
            for password in (one, other):
                assert auth("login", username=name, password=password).status_code == 200
    assert refusal(auth("login", username="one1", password="ｃｏｒｒｅｃｔ　１")) == (
        401,
        "invalid_credentials",
    )


@pytest.mark.one_database
def test_a_password_may_have_any_characters(auth, register):
    for number, password in enumerate(ODD):
        assert register(f"ada{number}", password).status_code == 201
        assert auth("login", username=f"ada{number}", password=password).status_code == 200


@pytest.mark.one_database
def test_the_rules_apply_to_the_stored_form_of_a_password(register):
    for password in ("e\u0301" * 7, "ｐａｓｓｗｏｒｄ", "ＱＷＥＲＴＹＵＩＯＰ"):
        answer = register("ada", password)

        assert refusal(answer) == (400, "validation_failed")
        assert [error["field"] for error in answer.json["errors"]] == ["password"]


def test_an_older_hash_verifies_the_typed_spelling_and_is_replaced(auth, old_session, stored_hash):
    old = stored_hash()

    assert refusal(auth("login", username="ada", password=COMPOSED)) == (401, "invalid_credentials")
    assert auth("login", username="ada", password=DECOMPOSED).status_code == 200

    assert stored_hash() != old
    assert PasswordHasher().verify(stored_hash(), COMPOSED)
    for password in (COMPOSED, DECOMPOSED):
        assert auth("login", username="ada", password=password).status_code == 200


@pytest.mark.one_database
def test_an_older_password_is_accepted_when_it_is_changed(old_session, stored_hash, parts):
    body = {"currentPassword": DECOMPOSED, "newPassword": "ｃｏｒｒｅｃｔ　ｈｏｒｓｅ"}

    assert as_player(parts, old_session).post("/v1/me/password", json=body).status_code == 204
    assert PasswordHasher().verify(stored_hash(), "correct horse")


@pytest.mark.one_database
def test_an_unknown_name_is_tried_in_as_many_spellings(auth, register, monkeypatch):
    register("ada")
    spellings = []
    verify = PasswordHasher.verify
    monkeypatch.setattr(
        PasswordHasher, "verify", lambda self, hash, text: spellings.append(text) or verify(self, hash, text)
    )

    for name in ("ada", "nobody"):
        auth("login", username=name, password="ｎｏｔ right")

    assert spellings == ["ｎｏｔ right", "not right"] * 2
