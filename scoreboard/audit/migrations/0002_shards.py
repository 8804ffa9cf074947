"""The shard of each line's fact: the log is one for all shards. Lines of before are of the first shard."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE audit ADD COLUMN shard INTEGER NOT NULL DEFAULT 0")


def down(migrator, db):
    db.execute_sql("ALTER TABLE audit DROP COLUMN shard")
