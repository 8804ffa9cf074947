"""Incarnations of stored answers, merged guests, revised periods, and an index of facts by player."""

from peewee import PostgresqlDatabase

TABLES = """
ALTER TABLE answer ADD COLUMN incarnation TEXT NOT NULL DEFAULT '';
ALTER TABLE action_type ADD COLUMN since BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN merged_into TEXT {c};
CREATE INDEX account_merged ON account (merged_into) WHERE merged_into IS NOT NULL;
ALTER TABLE board_window ADD COLUMN revised_at BIGINT;
CREATE INDEX journal_player ON journal (player, seq)
"""


def up(migrator, db):
    text = TABLES.format(c='COLLATE "C"' if isinstance(db, PostgresqlDatabase) else "")
    for statement in text.split(";"):
        db.execute_sql(statement)


def down(migrator, db):
    db.execute_sql("DROP INDEX journal_player")
    db.execute_sql("ALTER TABLE board_window DROP COLUMN revised_at")
    db.execute_sql("DROP INDEX account_merged")
    db.execute_sql("ALTER TABLE account DROP COLUMN merged_into")
    db.execute_sql("ALTER TABLE action_type DROP COLUMN since")
    db.execute_sql("ALTER TABLE answer DROP COLUMN incarnation")
