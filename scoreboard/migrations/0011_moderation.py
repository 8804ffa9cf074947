"""Decisions of moderators, the states of entries and players, and standings that are not listed."""

from peewee import PostgresqlDatabase

TABLES = """
CREATE TABLE decision (
    id TEXT PRIMARY KEY {c},
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    author TEXT NOT NULL,
    author_role TEXT NOT NULL,
    action TEXT NOT NULL,
    player TEXT NOT NULL DEFAULT '' {c},
    reason TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    until BIGINT,
    hide INTEGER,
    filter TEXT NOT NULL DEFAULT '',
    up_to BIGINT NOT NULL DEFAULT 0,
    position BIGINT NOT NULL DEFAULT 0,
    total BIGINT NOT NULL DEFAULT 0,
    done BIGINT NOT NULL DEFAULT 0,
    status TEXT NOT NULL,
    ended_at BIGINT,
    ended_by TEXT NOT NULL DEFAULT ''
);
CREATE INDEX decision_seq ON decision (seq);
CREATE INDEX decision_player ON decision (player, seq);
CREATE INDEX decision_unfinished ON decision (status, seq) WHERE status IN ('running', 'undoing');
CREATE INDEX decision_until ON decision (until) WHERE until IS NOT NULL AND status = 'done';
CREATE TABLE entry_decision (
    seq BIGINT NOT NULL,
    decided BIGINT NOT NULL,
    decision TEXT NOT NULL {c},
    action TEXT NOT NULL,
    ended INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (seq, decided)
) {clustered};
CREATE INDEX entry_decision_decision ON entry_decision (decision, seq);
CREATE TABLE entry_state (
    seq BIGINT PRIMARY KEY,
    player TEXT NOT NULL {c},
    state TEXT NOT NULL,
    recorded TEXT NOT NULL,
    changed BIGINT NOT NULL
);
CREATE INDEX entry_state_player ON entry_state (player, changed);
CREATE INDEX entry_state_state ON entry_state (state, seq);
CREATE TABLE player_state (
    player TEXT PRIMARY KEY {c},
    suspended TEXT NOT NULL DEFAULT '',
    suspended_until BIGINT,
    hidden TEXT NOT NULL DEFAULT '',
    hidden_until BIGINT,
    silenced TEXT NOT NULL DEFAULT '',
    silenced_until BIGINT,
    unlisted INTEGER NOT NULL DEFAULT 0,
    concealed INTEGER NOT NULL DEFAULT 0,
    changed BIGINT NOT NULL
);
CREATE INDEX player_state_concealed ON player_state (player) WHERE concealed = 1;
CREATE TABLE hidden_standing (
    window_id BIGINT NOT NULL,
    player TEXT NOT NULL {c},
    score BIGINT NOT NULL,
    c1 BIGINT NOT NULL DEFAULT 0,
    c2 BIGINT NOT NULL DEFAULT 0,
    reached_at BIGINT NOT NULL,
    reached_by BIGINT NOT NULL,
    version BIGINT NOT NULL,
    sort_key TEXT NOT NULL {c},
    metadata TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (window_id, player)
) {clustered};
CREATE INDEX hidden_standing_player ON hidden_standing (player)
"""


def up(migrator, db):
    postgres = isinstance(db, PostgresqlDatabase)
    text = TABLES.format(c='COLLATE "C"' if postgres else "", clustered="" if postgres else "WITHOUT ROWID")
    for statement in text.split(";"):
        db.execute_sql(statement)


def down(migrator, db):
    for table in ("hidden_standing", "player_state", "entry_state", "entry_decision", "decision"):
        db.execute_sql(f"DROP TABLE {table}")
