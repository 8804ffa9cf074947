"""Suspended players, and the network from which a session was opened, as a keyed hash."""

STATEMENTS = (
    "ALTER TABLE account ADD COLUMN suspended_at BIGINT",
    "ALTER TABLE session ADD COLUMN network TEXT NOT NULL DEFAULT ''",
    # Replaces account_not_scoring, which processes of the release before still use.
    "CREATE INDEX account_barred ON account (id) WHERE scoring = 0 OR suspended_at IS NOT NULL",
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)


def down(migrator, db):
    db.execute_sql("DROP INDEX account_barred")
    db.execute_sql("ALTER TABLE session DROP COLUMN network")
    db.execute_sql("ALTER TABLE account DROP COLUMN suspended_at")
