"""The key ring: roots of keys, sealed under SECRET_KEY."""

from peewee import PostgresqlDatabase


def up(migrator, db):
    binary = "BYTEA" if isinstance(db, PostgresqlDatabase) else "BLOB"
    db.execute_sql(
        f"CREATE TABLE ring_key (kid TEXT PRIMARY KEY, seq BIGINT NOT NULL UNIQUE, sealed {binary} NOT NULL,"
        " created_at BIGINT NOT NULL, usable_at BIGINT NOT NULL, revoked_at BIGINT)"
    )


def down(migrator, db):
    db.execute_sql("DROP TABLE ring_key")
