"""What bounds how fast the tables grow: the bytes of results."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE action_type ADD COLUMN result_bytes INTEGER NOT NULL DEFAULT 512")


def down(migrator, db):
    db.execute_sql("ALTER TABLE action_type DROP COLUMN result_bytes")
