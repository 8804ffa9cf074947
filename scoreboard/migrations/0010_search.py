"""The players of each window by search key. The follower `search` fills both tables from the journal."""

from peewee import PostgresqlDatabase

TABLES = """
CREATE TABLE search_key (
    player TEXT PRIMARY KEY {c},
    key TEXT NOT NULL {c}
) {clustered};
CREATE TABLE search_entry (
    window_id BIGINT NOT NULL,
    key TEXT NOT NULL {c},
    player TEXT NOT NULL {c},
    PRIMARY KEY (window_id, key, player)
) {clustered}
"""


def up(migrator, db):
    postgres = isinstance(db, PostgresqlDatabase)
    text = TABLES.format(
        c='COLLATE "C"' if postgres else "",
        clustered="" if postgres else "WITHOUT ROWID",
    )
    for statement in text.split(";"):
        db.execute_sql(statement)


def down(migrator, db):
    for table in ("search_entry", "search_key"):
        db.execute_sql(f"DROP TABLE {table}")
