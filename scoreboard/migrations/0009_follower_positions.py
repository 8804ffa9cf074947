"""The position of each follower in the journal of a shard.

Earlier releases derived positions from the view proofs. Followers without a row here still do. Facts of shard
0 keep their numbers, and so do order keys, versions and cursors.
"""


def up(migrator, db):
    db.execute_sql(
        "CREATE TABLE follower_position (follower TEXT NOT NULL, shard INTEGER NOT NULL,"
        " seq BIGINT NOT NULL, PRIMARY KEY (follower, shard))"
    )


def down(migrator, db):
    db.execute_sql("DROP TABLE follower_position")
