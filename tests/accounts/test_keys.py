"""Server keys: created once, found by their hash, refused once revoked."""

from __future__ import annotations

import pytest

from scoreboard.accounts import keys
from scoreboard.core.errors import NotFound, Unauthenticated, ValidationFailed
from scoreboard.core.storage.db import rows
from tests.support import KEY


def everything(database, table):
    return repr(database.run(lambda db: rows(db, f"SELECT * FROM {table}")))


def test_a_new_key_is_found_by_its_secret_with_its_scopes(parts):
    key, secret = parts.accounts.keys.create("game", ["scores:write"])

    found = parts.accounts.keys.find(secret)

    assert (found.id, found.name, found.scopes) == (key.id, "game", ("scores:write",))
    assert secret.startswith(f"sk_{key.id}_")
    assert len(secret) > 40


def test_a_revoked_key_is_refused(parts):
    key, secret = parts.accounts.keys.create("game", ["scores:write"])
    parts.accounts.keys.find(secret)

    parts.accounts.keys.revoke(key.id)

    with pytest.raises(Unauthenticated):
        parts.accounts.keys.find(secret)
    assert {one.id: one.revoked_at for one in parts.accounts.keys.all()}[key.id] == parts.base.clock()


def test_a_missing_key_cannot_be_revoked(parts):
    key, _ = parts.accounts.keys.create("game", ["admin"])
    parts.accounts.keys.revoke(key.id)

    for id in (key.id, "nobody"):
        with pytest.raises(NotFound) as error:
            parts.accounts.keys.revoke(id)
        assert error.value.code == "key_not_found"


def test_another_process_stops_accepting_a_revoked_key_after_a_while(
    make_parts, parts, database_url, monkeypatch
):
    other = make_parts(database_url)
    key, secret = parts.accounts.keys.create("game", ["scores:write"])
    other.accounts.keys.find(secret)
    parts.accounts.keys.revoke(key.id)
    assert other.accounts.keys.find(secret).id == key.id

    monkeypatch.setattr(keys, "CACHE_SECONDS", 0.0)

    with pytest.raises(Unauthenticated):
        other.accounts.keys.find(secret)


def test_a_key_needs_scopes_that_exist(parts):
    for scopes in ([], ["everything"], ["scores:write", "root"]):
        with pytest.raises(ValidationFailed) as error:
            parts.accounts.keys.create("game", scopes)
        assert error.value.errors[0].field == "scopes"


def test_a_secret_of_no_key_is_refused(parts):
    for secret in ("", "wrong", KEY + "x", KEY.upper(), "ü" * 40):
        with pytest.raises(Unauthenticated):
            parts.accounts.keys.find(secret)


def test_a_new_bootstrap_key_replaces_the_one_before(make_parts, parts, database_url):
    assert parts.accounts.keys.find(KEY).id == "bootstrap"

    other = make_parts(database_url, bootstrap_key="another-bootstrap-key")

    assert other.accounts.keys.find("another-bootstrap-key").scopes == (
        "scores:write",
        "scores:import",
        "boards:write",
        "players:write",
        "admin",
    )
    with pytest.raises(Unauthenticated):
        other.accounts.keys.find(KEY)
    assert [one.id for one in parts.accounts.keys.all()] == ["bootstrap"]


def test_the_same_bootstrap_key_is_registered_once(make_parts, parts, database_url):
    before = parts.journal.head().seq

    make_parts(database_url)

    assert parts.journal.head().seq == before


def test_no_secret_is_kept_in_clear(parts):
    key, secret = parts.accounts.keys.create("game", ["scores:write"])
    parts.accounts.keys.revoke(key.id)
    parts.followers.catch_up("audit")

    tables = [everything(parts.base.database, table) for table in ("journal", "server_key")]
    audit_log = everything(parts.base.audit_database, "audit")

    for text in (*tables, audit_log):
        assert key.id in text
        assert secret not in text
        assert secret.removeprefix(f"sk_{key.id}_") not in text
        assert KEY not in text


def test_keys_have_different_secrets(parts):
    secrets = {parts.accounts.keys.create("game", ["admin"])[1] for _ in range(5)}

    assert len(secrets) == 5
