"""User names by the keys that they have today. Those that are one now stay as they are, and are reported.

Each of them goes on to sign in by its exact spelling. `shared_key` is the key that they would share: nobody
else can take it.
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
    old, new = stored(db, sign)
    moving, shared = keys_of_today(old, new)
    # First all out of the way: one may get the key that another one had.
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


def stored(db, sign):
    """Players with their keys of before and of today: those that another rule may concern."""
    length = "OCTET_LENGTH(username)" if sign == "%s" else "LENGTH(CAST(username AS BLOB))"
    text = f"SELECT id, username_key, username FROM account WHERE {length} > LENGTH(username)"
    old, new = {}, {}
    for player, key, username in db.execute_sql(text).fetchall():
        old[player], new[player] = key, username_key(username)
    # Plain names keep their keys, which others may come to share.
    for key in set(new.values()):
        text = f"SELECT id FROM account WHERE username_key = {sign}"
        for (player,) in db.execute_sql(text, (key,)).fetchall():
            old[player] = key
            new.setdefault(player, key)
    return old, new


def keys_of_today(old, new):
    """Which players get another key, and which share one."""
    players = {}
    for player, key in new.items():
        players.setdefault(key, set()).add(player)
    shared = {key: found for key, found in players.items() if len(found) > 1}
    moving = {
        player: new[player] for player in new if old[player] != new[player] and new[player] not in shared
    }
    # Who does not move keeps a key of before, which may be another one's of today.
    while stuck := {key: {player} for player, key in moving.items() if key in kept(old, moving)}:
        moving = {player: key for player, key in moving.items() if key not in stuck}
        shared |= stuck
    return moving, shared


def kept(old, moving):
    return {key for player, key in old.items() if player not in moving}


def down(migrator, db):
    db.execute_sql("DROP INDEX account_username")
    db.execute_sql("DROP INDEX account_shared_key")
    db.execute_sql("ALTER TABLE account DROP COLUMN shared_key")
