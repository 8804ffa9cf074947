"""The journal, its head, and the tables that are folded from it.

Old code keeps running while a migration does: add first, remove in a later release.
"""

from peewee import PostgresqlDatabase

TABLES = """
CREATE TABLE journal_head (
    shard INTEGER PRIMARY KEY,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL
);
INSERT INTO journal_head (shard, seq, at) VALUES (0, 0, 0);
CREATE TABLE journal (
    seq BIGINT PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    player TEXT NOT NULL,
    action TEXT NOT NULL,
    board TEXT NOT NULL,
    amount BIGINT NOT NULL,
    columns TEXT NOT NULL,
    data TEXT NOT NULL,
    result TEXT NOT NULL,
    digest TEXT NOT NULL,
    context TEXT NOT NULL
);
CREATE INDEX journal_board ON journal (board, seq);
CREATE TABLE board (
    id TEXT PRIMARY KEY,
    definition TEXT NOT NULL,
    revision BIGINT NOT NULL,
    layout BIGINT NOT NULL,
    since BIGINT NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    file_digest TEXT NOT NULL DEFAULT ''
);
CREATE TABLE board_window (
    id {serial},
    board TEXT NOT NULL,
    period TEXT NOT NULL,
    segment TEXT NOT NULL,
    kind TEXT NOT NULL,
    starts_at BIGINT,
    ends_at BIGINT,
    closed_at BIGINT,
    version BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    UNIQUE (board, period, segment)
);
CREATE INDEX board_window_open ON board_window (ends_at) WHERE closed_at IS NULL;
CREATE TABLE standing (
    window_id BIGINT NOT NULL,
    player TEXT NOT NULL {c},
    score BIGINT NOT NULL CHECK (score BETWEEN -9007199254740991 AND 9007199254740991),
    c1 BIGINT NOT NULL DEFAULT 0,
    c2 BIGINT NOT NULL DEFAULT 0,
    reached_at BIGINT NOT NULL,
    reached_by BIGINT NOT NULL,
    version BIGINT NOT NULL,
    sort_key TEXT NOT NULL {c},
    metadata TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (window_id, player)
) {clustered};
CREATE INDEX standing_order ON standing (window_id, sort_key, player);
CREATE TABLE player (
    id TEXT PRIMARY KEY {c},
    display_name TEXT NOT NULL,
    renamed BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX player_renamed ON player (renamed);
CREATE TABLE server_key (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE TABLE answer (
    caller TEXT NOT NULL,
    key TEXT NOT NULL,
    digest TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (caller, key)
);
CREATE INDEX answer_at ON answer (at)
"""


def up(migrator, db):
    postgres = isinstance(db, PostgresqlDatabase)
    text = TABLES.format(
        serial="BIGSERIAL PRIMARY KEY" if postgres else "INTEGER PRIMARY KEY",
        c='COLLATE "C"' if postgres else "",
        clustered="" if postgres else "WITHOUT ROWID",
    )
    for statement in text.split(";"):
        db.execute_sql(statement)


def down(migrator, db):
    for table in (
        "answer",
        "server_key",
        "player",
        "standing",
        "board_window",
        "board",
        "journal",
        "journal_head",
    ):
        db.execute_sql(f"DROP TABLE {table}")
