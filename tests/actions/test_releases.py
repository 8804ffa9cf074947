"""Two releases run at the same time while one replaces the other: both read all action types."""

from __future__ import annotations

from scoreboard.actions.store.types import StoredTypes
from scoreboard.core.storage.db import execute, rows
from tests.actions.play import define


def test_an_earlier_release_reads_and_writes_action_types_beside_this_one(ada, parts):
    """Its rules have no field `resultBytes`, and it fails on unknown fields."""
    define(parts, "many", resultBytes=700)
    text = "SELECT rules FROM action_type WHERE name = 'many'"
    ((stored,),) = parts.base.database.run(lambda db: rows(db, text))
    older = (
        "INSERT INTO action_type (name, rules, revision, deleted, file_digest) VALUES (?, ?, 1, 0, '')"
        " ON CONFLICT (name) DO UPDATE SET rules = excluded.rules"
    )
    for name in ("many", "fresh"):
        parts.base.database.transaction(lambda db, name=name: execute(db, older, (name, stored)))

    _, types = StoredTypes(parts.base.database).load()

    assert "resultBytes" not in stored
    assert (types["many"].rules.result_bytes, types["fresh"].rules.result_bytes) == (700, 512)
