"""Bounds of growth: bytes of results, numbers of refusals in an hour, and marks of guests with scores."""

from peewee import PostgresqlDatabase

TABLES = """
ALTER TABLE action_type ADD COLUMN result_bytes INTEGER NOT NULL DEFAULT 512;
CREATE TABLE action_refused (
    hour BIGINT NOT NULL,
    player TEXT NOT NULL {c},
    facts BIGINT NOT NULL,
    PRIMARY KEY (hour, player)
);
ALTER TABLE account ADD COLUMN ranked INTEGER NOT NULL DEFAULT 0;
CREATE INDEX account_idle ON account (created_at, id) WHERE username IS NULL AND ranked = 0
"""


def up(migrator, db):
    text = TABLES.format(c='COLLATE "C"' if isinstance(db, PostgresqlDatabase) else "")
    for statement in text.split(";"):
        db.execute_sql(statement)


def down(migrator, db):
    db.execute_sql("DROP INDEX account_idle")
    db.execute_sql("ALTER TABLE account DROP COLUMN ranked")
    db.execute_sql("DROP TABLE action_refused")
    db.execute_sql("ALTER TABLE action_type DROP COLUMN result_bytes")
