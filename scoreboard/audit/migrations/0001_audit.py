"""The audit log: a line for each fact, never changed."""

from peewee import PostgresqlDatabase


def up(migrator, db):
    big = "BIGINT" if isinstance(db, PostgresqlDatabase) else "INTEGER"
    db.execute_sql(
        f"CREATE TABLE audit (seq {big} PRIMARY KEY, at BIGINT NOT NULL, kind TEXT NOT NULL,"
        " caller TEXT NOT NULL, player TEXT NOT NULL, board TEXT NOT NULL, request TEXT NOT NULL,"
        " detail TEXT NOT NULL)"
    )
    db.execute_sql("CREATE INDEX audit_player ON audit (player, seq)")
    db.execute_sql("CREATE INDEX audit_kind ON audit (kind, seq)")


def down(migrator, db):
    db.execute_sql("DROP TABLE audit")
