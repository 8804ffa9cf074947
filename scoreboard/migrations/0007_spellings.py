"""Computes the keys of user names by today's rules. User names that would share a key keep their old ones.

Their players still sign in by the exact spelling, and the migration logs them. `shared_key` is the key that
they would share; no new user name can have it.
"""

import logging

from peewee import PostgresqlDatabase

from scoreboard.accounts.spelling import username_key

log = logging.getLogger("scoreboard.migrations")
STATEMENTS = (
    "ALTER TABLE account ADD COLUMN shared_key TEXT",
    "CREATE INDEX account_shared_key ON account (shared_key) WHERE shared_key IS NOT NULL",
    "CREATE INDEX account_username ON account (username)",
)


def up(migrator, db):
    for statement in STATEMENTS:
        db.execute_sql(statement)
    sign = "%s" if isinstance(db, PostgresqlDatabase) else "?"
    old, new = find_keys(db, sign)
    moving, shared = keys_of_today(old, new)
    # First remove the old keys, because a player may get the key that another one had.
    for player in moving:
        db.execute_sql(f"UPDATE account SET username_key = NULL WHERE id = {sign}", (player,))
    for player, key in moving.items():
        db.execute_sql(f"UPDATE account SET username_key = {sign} WHERE id = {sign}", (key, player))
    for key, players in shared.items():
        for player in players:
            db.execute_sql(f"UPDATE account SET shared_key = {sign} WHERE id = {sign}", (key, player))
        log.warning(
            "The user names of %s are the same now. They were not changed: each player signs in by the exact"
            " spelling. `python -m scoreboard players list-shared` shows the names.",
            " and ".join(sorted(players | {player for player in old if old[player] == key})),
        )


def find_keys(db, sign):
    """The old and the new keys of the players whose keys may change, and of those who may share one."""
    length = "OCTET_LENGTH(username)" if sign == "%s" else "LENGTH(CAST(username AS BLOB))"
    text = f"SELECT id, username_key, username FROM account WHERE {length} > LENGTH(username)"
    old, new = {}, {}
    for player, key, username in db.execute_sql(text).fetchall():
        old[player], new[player] = key, username_key(username)
    # User names in ASCII keep their keys, but others may get the same ones.
    for key in set(new.values()):
        text = f"SELECT id FROM account WHERE username_key = {sign}"
        for (player,) in db.execute_sql(text, (key,)).fetchall():
            old[player] = key
            new.setdefault(player, key)
    return old, new


def keys_of_today(old, new):
    """The new keys of players whose keys change, and the players of each key that several would share."""
    players = {}
    for player, key in new.items():
        players.setdefault(key, set()).add(player)
    shared = {key: found for key, found in players.items() if len(found) > 1}
    moving = {
        player: new[player] for player in new if old[player] != new[player] and new[player] not in shared
    }
    # A player who does not move keeps the old key, which may be the new key of another one.
    while stuck := {key: {player} for player, key in moving.items() if key in unchanged_keys(old, moving)}:
        moving = {player: key for player, key in moving.items() if key not in stuck}
        shared |= stuck
    return moving, shared


def unchanged_keys(old, moving):
    return {key for player, key in old.items() if player not in moving}


def down(migrator, db):
    db.execute_sql("DROP INDEX account_username")
    db.execute_sql("DROP INDEX account_shared_key")
    db.execute_sql("ALTER TABLE account DROP COLUMN shared_key")
