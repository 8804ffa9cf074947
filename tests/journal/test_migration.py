"""A database of the release before positions has the same boards, versions and cursors after the migration.

`previous.json` has the rows that this release wrote, and its answers.
"""

from __future__ import annotations

import base64
import json
import shutil
import uuid
from pathlib import Path

import pytest
from playhouse.migrations import Runner

from scoreboard.base import HERE
from scoreboard.core.storage.db import Database, execute, rows
from scoreboard.journal.positions import FollowerPositions
from scoreboard.journal.types import Position
from tests.boards.calls import submit
from tests.contract import client_of

PREVIOUS = json.loads((Path(__file__).parent / "previous.json").read_text())
ANSWERS = PREVIOUS["answers"]
NEWEST = 16  # the number of the newest fact


@pytest.fixture
def database_url(database_kind, request, tmp_path):
    """A database without tables, on each kind."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'scoreboard.db'}"
        return
    server, name = request.getfixturevalue("postgres"), f"t{uuid.uuid4().hex}"
    yield server.create(name)
    server.drop(name)


@pytest.fixture
def parts(make_parts, database_url, tmp_path):
    """The product on the previous release's databases, migrated. Redis is empty."""
    audit_url = f"sqlite:///{tmp_path / 'audit-of-before.db'}"
    restore(database_url, HERE / "migrations", "0009", PREVIOUS["tables"], tmp_path / "first")
    restore(audit_url, HERE / "audit" / "migrations", "0002", PREVIOUS["audit"], tmp_path / "second")
    return make_parts(database_url, audit_database_url=audit_url)


@pytest.fixture
def client(parts):
    return client_of(parts)


def restore(url, migrations, before, tables, folder):
    """Make the tables of the migrations that come before one, with these rows."""
    folder.mkdir()
    for script in migrations.glob("0*.py"):
        if script.name < before:
            shutil.copy(script, folder)
    database = Database(url)
    database.run(lambda db: Runner(db, str(folder)).up())
    for name, table in tables.items():
        database.transaction(lambda db, name=name, table=table: fill(db, name, table))
    database.close()


def fill(db, name, table):
    execute(db, f"DELETE FROM {name}")
    marks = ", ".join("?" for _ in table["columns"])
    for row in table["rows"]:
        values = [base64.b64decode(one["base64"]) if isinstance(one, dict) else one for one in row]
        execute(db, f"INSERT INTO {name} ({', '.join(table['columns'])}) VALUES ({marks})", values)


def get(client, name):
    answer = client.get(ANSWERS[name]["path"])
    assert answer.status_code == 200
    return answer


@pytest.mark.parametrize("source", ["SQL", "Redis"])
@pytest.mark.parametrize("name", ["first", "second", "region"])
def test_boards_and_old_cursors_read_as_before(client, parts, source, name):
    if source == "Redis":
        parts.followers.catch_up("boards")

    answer = get(client, name)

    assert answer.json["data"] == ANSWERS[name]["body"]
    assert answer.json["page"]["next"] == ANSWERS[name]["next"]


def test_versions_and_exports_are_as_before(client, parts):
    assert parts.journal.head() == Position(0, NEWEST)
    export = get(client, "export")

    assert export.headers["Scoreboard-Version"] == ANSWERS["export"]["version"] == str(NEWEST)
    assert export.text == ANSWERS["export"]["body"]


@pytest.mark.parametrize("name", ["first", "first from SQL", "region"])
def test_an_old_etag_is_compared_and_breaks_nothing(client, name):
    headers = {"If-None-Match": ANSWERS[name]["etag"]}

    answer = client.get(ANSWERS[name]["path"], headers=headers)

    assert answer.status_code in (200, 304)
    if answer.status_code == 200:
        assert answer.json["data"] == ANSWERS[name]["body"]


def test_facts_after_the_migration_continue_the_journal(client, parts):
    report = submit(client, "cup", {"player": "p0", "score": 9})

    assert report["standings"][0]["version"] == NEWEST + 1
    parts.followers.catch_up("boards")
    assert parts.boards.verifier.run() == []


def test_the_audit_log_is_followed_from_where_it_was(client, parts):
    assert parts.followers.lag("audit") == 0

    submit(client, "cup", {"player": "p0", "score": 9})
    assert parts.followers.catch_up("audit") == 1

    assert FollowerPositions(parts.base.database).get("audit", 0) == Position(0, NEWEST + 1)
    lines = parts.base.audit_database.run(lambda db: rows(db, "SELECT seq, shard FROM audit ORDER BY seq"))
    assert lines == [(seq, 0) for seq in range(1, NEWEST + 2)]
