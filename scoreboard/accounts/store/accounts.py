"""Accounts in SQL. A display name lies with all players' names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scoreboard.accounts.spelling import username_key
from scoreboard.accounts.types import Account, Barred
from scoreboard.core.storage.db import Connection, Database, execute, one_of, rows

ACCOUNT = (
    "a.id, a.username, COALESCE(p.display_name, a.id), a.region, a.role, a.scoring, a.created_at,"
    " a.suspended_at FROM account a LEFT JOIN player p ON p.id = a.id"
)


class StoredAccounts:
    """Accounts, as they are read."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def get(self, player: str) -> Account | None:
        """A player's account."""
        return self.database.run(lambda db: account(db, player))

    def credentials(self, username: str) -> tuple[str, str] | None:
        """Player and password hash of a user name, however it is spelt.

        Of user names of before that are spelt the same today, each is found as it is.
        """
        text = (
            "SELECT id, password FROM account WHERE username = ? OR username_key = ? ORDER BY username <> ?"
        )
        params = (username, username_key(username), username)
        found = self.database.run(lambda db: rows(db, text, params))
        return (str(found[0][0]), str(found[0][1])) if found else None

    def shared(self) -> list[tuple[str, str, str]]:
        """User names that became the same: each with the key that is the same, and its player."""
        text = "SELECT shared_key, username, id FROM account WHERE shared_key IS NOT NULL ORDER BY 1, 2"
        return [tuple(row) for row in self.database.run(lambda db: rows(db, text))]

    def shown_addresses(self) -> list[str]:
        """Players who are shown by the address that is their user name."""
        text = (
            "SELECT a.id FROM account a JOIN player p ON p.id = a.id AND p.display_name = a.username"
            " WHERE a.username LIKE ? ORDER BY a.id"
        )
        return [row[0] for row in self.database.run(lambda db: rows(db, text, ("%@%",)))]

    def taken(self, username: str) -> bool:
        """Whether somebody has this user name."""
        return self.database.run(lambda db: taken(db, username))

    def hash_of(self, player: str) -> str:
        """The stored hash of a player's password, "" where there is none."""
        return self.database.run(lambda db: password(db, player))

    def replace_hash(self, player: str, old: str, new: str) -> bool:
        """Replace a password's hash by one of the same password. Returns whether it was still that one."""
        text = "UPDATE account SET password = ? WHERE id = ? AND password = ? RETURNING id"
        return bool(self.database.transaction(lambda db: rows(db, text, (new, player, old))))


def account(db: Connection, player: str) -> Account | None:
    """A player's account; None for a guest who was merged into another one."""
    found = rows(db, f"SELECT {ACCOUNT} WHERE a.id = ? AND a.merged_into IS NULL", (player,))
    return _account(found[0]) if found else None


def password(db: Connection, player: str) -> str:
    """The stored hash of a player's password, "" where there is none."""
    found = rows(db, "SELECT password FROM account WHERE id = ?", (player,))
    return str(found[0][0]) if found else ""


def taken(db: Connection, username: str) -> bool:
    """Whether somebody has this user name."""
    key = username_key(username)
    return bool(rows(db, "SELECT 1 FROM account WHERE username_key = ? OR shared_key = ?", (key, key)))


def create(db: Connection, player: str, *, region: str | None, at: int) -> None:
    """Create a guest's account."""
    execute(
        db,
        "INSERT INTO account (id, region, role, scoring, created_at) VALUES (?, ?, 'player', 1, ?)",
        (player, region, at),
    )


def name(db: Connection, player: str, *, username: str, password: str) -> None:
    """Give an account a user name and a password's hash."""
    execute(
        db,
        "UPDATE account SET username = ?, username_key = ?, password = ? WHERE id = ?",
        (username, username_key(username), password, player),
    )


def change(db: Connection, player: str, column: str, value: str | int | None) -> None:
    """Change region, role, scoring, password or suspended_at."""
    execute(db, f"UPDATE account SET {column} = ? WHERE id = ?", (value, player))


def barred(db: Connection, players: Sequence[str]) -> dict[str, Barred]:
    """Those of these players who may not win points, each with the reason."""
    condition, value = one_of(db, "id", players)
    text = (
        "SELECT id, CASE WHEN merged_into IS NOT NULL THEN 'merged'"
        " WHEN suspended_at IS NOT NULL THEN 'suspended' ELSE 'disabled' END FROM account"
        f" WHERE (scoring = 0 OR suspended_at IS NOT NULL) AND {condition}"
    )
    return dict(rows(db, text, (value,)))


def merge(db: Connection, guest: str, into: str) -> None:
    """Keep of a guest's account only whose the player is now. It wins no points any more, and has no name."""
    execute(db, "UPDATE account SET merged_into = ?, scoring = 0 WHERE id = ?", (into, guest))
    execute(db, "DELETE FROM player WHERE id = ?", (guest,))


def merged(db: Connection, players: Sequence[str]) -> dict[str, str]:
    """Those of these players who were merged, each with the account that they are now."""
    condition, value = one_of(db, "id", players)
    text = f"SELECT id, merged_into FROM account WHERE merged_into IS NOT NULL AND {condition}"
    return dict(rows(db, text, (value,)))


def guests_in(db: Connection, player: str) -> list[str]:
    """The guests who were merged into an account."""
    found = rows(db, "SELECT id FROM account WHERE merged_into = ? ORDER BY id", (player,))
    return [row[0] for row in found]


def _account(row: Sequence[Any]) -> Account:
    id, username, display_name, region, role, scoring, created_at, suspended_at = row
    return Account(
        id=id,
        username=username,
        display_name=display_name,
        region=region,
        role=role,
        scoring=bool(scoring),
        created_at=created_at,
        suspended_at=suspended_at,
    )
