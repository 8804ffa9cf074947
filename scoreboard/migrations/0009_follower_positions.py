"""How far each follower has taken in the journal of a shard.

The positions of before were derived from what the views hold, which their followers prove again where
nothing is noted here. Facts of shard 0 keep their numbers, and so do order keys, versions and cursors.
"""


def up(migrator, db):
    db.execute_sql(
        "CREATE TABLE follower_position (follower TEXT NOT NULL, shard INTEGER NOT NULL,"
        " seq BIGINT NOT NULL, PRIMARY KEY (follower, shard))"
    )


def down(migrator, db):
    db.execute_sql("DROP TABLE follower_position")
