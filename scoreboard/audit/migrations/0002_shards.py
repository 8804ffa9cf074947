"""The shard of each line's fact: the log is one for all shards. Earlier lines belong to the first shard."""


def up(migrator, db):
    db.execute_sql("ALTER TABLE audit ADD COLUMN shard INTEGER NOT NULL DEFAULT 0")


def down(migrator, db):
    db.execute_sql("ALTER TABLE audit DROP COLUMN shard")
