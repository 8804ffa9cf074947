"""Action types, the state of the guards of completions, and the ranks on receipts."""

from peewee import PostgresqlDatabase

TABLES = """
CREATE TABLE action_type (
    name TEXT PRIMARY KEY,
    rules TEXT NOT NULL,
    revision BIGINT NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    file_digest TEXT NOT NULL DEFAULT ''
);
CREATE TABLE action_alone (
    player TEXT PRIMARY KEY {c},
    ended_at BIGINT NOT NULL
);
CREATE TABLE action_wins (
    player TEXT NOT NULL {c},
    action TEXT NOT NULL,
    hour BIGINT NOT NULL,
    hour_points BIGINT NOT NULL,
    day BIGINT NOT NULL,
    day_points BIGINT NOT NULL,
    PRIMARY KEY (player, action)
);
CREATE TABLE receipt (
    seq BIGINT PRIMARY KEY,
    ranks TEXT NOT NULL
)
"""


def up(migrator, db):
    text = TABLES.format(c='COLLATE "C"' if isinstance(db, PostgresqlDatabase) else "")
    for statement in text.split(";"):
        db.execute_sql(statement)


def down(migrator, db):
    for table in ("receipt", "action_wins", "action_alone", "action_type"):
        db.execute_sql(f"DROP TABLE {table}")
