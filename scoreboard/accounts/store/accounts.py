"""Accounts in SQL. A display name lies with all players' names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scoreboard.accounts.spelling import username_key
from scoreboard.accounts.types import Account
from scoreboard.core.db import Connection, Database, execute, one_of, rows

ACCOUNT = (
    "a.id, a.username, COALESCE(p.display_name, a.id), a.region, a.role, a.scoring, a.created_at,"
    " a.suspended_at FROM account a LEFT JOIN player p ON p.id = a.id"
)


class StoredAccounts:
    """Accounts, as they are read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, player: str) -> Account | None:
        """A player's account."""
        return self._database.run(lambda db: account(db, player))

    def credentials(self, username: str) -> tuple[str, str] | None:
        """Player and password hash of a user name, however it is spelt.

        Of user names of before that are spelt the same today, each is found as it is.
        """
        text = (
            "SELECT id, password FROM account WHERE username = ? OR username_key = ? ORDER BY username <> ?"
        )
        params = (username, username_key(username), username)
        found = self._database.run(lambda db: rows(db, text, params))
        return (str(found[0][0]), str(found[0][1])) if found else None

    def shared(self) -> list[tuple[str, str, str]]:
        """User names that became the same: each with the key that is the same, and its player."""
        text = "SELECT shared_key, username, id FROM account WHERE shared_key IS NOT NULL ORDER BY 1, 2"
        return [tuple(row) for row in self._database.run(lambda db: rows(db, text))]

    def shown_addresses(self) -> list[str]:
        """Players who are shown by the address that is their user name."""
        text = (
            "SELECT a.id FROM account a JOIN player p ON p.id = a.id AND p.display_name = a.username"
            " WHERE a.username LIKE ? ORDER BY a.id"
        )
        return [row[0] for row in self._database.run(lambda db: rows(db, text, ("%@%",)))]

    def taken(self, username: str) -> bool:
        """Whether somebody has this user name."""
        return self._database.run(lambda db: taken(db, username))

    def hash_of(self, player: str) -> str:
        """The stored hash of a player's password, "" where there is none."""
        return self._database.run(lambda db: password(db, player))

    def replace_hash(self, player: str, old: str, new: str) -> bool:
        """Replace a password's hash by one of the same password. Returns whether it was still that one."""
        text = "UPDATE account SET password = ? WHERE id = ? AND password = ? RETURNING id"
        return bool(self._database.transaction(lambda db: rows(db, text, (new, player, old))))


def account(db: Connection, player: str) -> Account | None:
    """A player's account."""
    found = rows(db, f"SELECT {ACCOUNT} WHERE a.id = ?", (player,))
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


def barred(db: Connection, players: Sequence[str]) -> dict[str, bool]:
    """Those of these players who may not win points, each with whether the account is suspended."""
    condition, value = one_of(db, "id", players)
    text = (
        "SELECT id, suspended_at FROM account"
        f" WHERE (scoring = 0 OR suspended_at IS NOT NULL) AND {condition}"
    )
    return {row[0]: row[1] is not None for row in rows(db, text, (value,))}


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
