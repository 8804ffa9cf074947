"""What bounds how fast the journal grows: bytes of results, and how many refusals an hour has."""

from peewee import PostgresqlDatabase

TABLES = """
ALTER TABLE action_type ADD COLUMN result_bytes INTEGER NOT NULL DEFAULT 512;
CREATE TABLE action_refused (
    hour BIGINT NOT NULL,
    player TEXT NOT NULL {c},
    facts BIGINT NOT NULL,
    PRIMARY KEY (hour, player)
)
"""


def up(migrator, db):
    text = TABLES.format(c='COLLATE "C"' if isinstance(db, PostgresqlDatabase) else "")
    for statement in text.split(";"):
        db.execute_sql(statement)


def down(migrator, db):
    db.execute_sql("DROP TABLE action_refused")
    db.execute_sql("ALTER TABLE action_type DROP COLUMN result_bytes")
