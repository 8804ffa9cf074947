"""Accounts of players and their sessions."""

from peewee import PostgresqlDatabase

TABLES = """
CREATE TABLE account (
    id TEXT PRIMARY KEY {c},
    username TEXT,
    username_key TEXT UNIQUE,
    password TEXT NOT NULL DEFAULT '',
    region TEXT,
    role TEXT NOT NULL,
    scoring INTEGER NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX account_not_scoring ON account (id) WHERE scoring = 0;
CREATE TABLE session (
    id TEXT PRIMARY KEY,
    player TEXT NOT NULL {c},
    generation BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    rotated_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    ended_why TEXT NOT NULL DEFAULT ''
);
CREATE INDEX session_player ON session (player);
CREATE INDEX session_expires ON session (expires_at);
CREATE TABLE revocation (
    subject TEXT PRIMARY KEY,
    at BIGINT NOT NULL
);
CREATE INDEX revocation_at ON revocation (at)
"""


def up(migrator, db):
    text = TABLES.format(c='COLLATE "C"' if isinstance(db, PostgresqlDatabase) else "")
    for statement in text.split(";"):
        db.execute_sql(statement)


def down(migrator, db):
    for table in ("revocation", "session", "account"):
        db.execute_sql(f"DROP TABLE {table}")
