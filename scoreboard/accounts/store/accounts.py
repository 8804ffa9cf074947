"""Accounts in SQL. Display names are in the table of all players' names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scoreboard.accounts.spelling import username_key
from scoreboard.accounts.types import Account, BarReason, Role
from scoreboard.core.storage.db import rows
from scoreboard.core.storage.table import Table

ACCOUNT = (
    "a.id, a.username, COALESCE(p.display_name, a.id), a.region, a.role, a.scoring, a.created_at,"
    " a.suspended_at, COALESCE(s.unlisted, 0) FROM account a LEFT JOIN player p ON p.id = a.id"
    " LEFT JOIN player_state s ON s.player = a.id"
)
BARRED = (
    "SELECT id, CASE WHEN merged_into IS NOT NULL THEN 'merged'"
    " WHEN suspended_at IS NOT NULL THEN 'suspended' ELSE 'disabled' END FROM account"
    " WHERE (scoring = 0 OR suspended_at IS NOT NULL)"
)


class StoredAccounts(Table):
    """The table of accounts."""

    def get(self, player: str) -> Account | None:
        """A player's account; None for a guest who was merged into another one."""
        found = self.rows(f"SELECT {ACCOUNT} WHERE a.id = ? AND a.merged_into IS NULL", (player,))
        return _account(found[0]) if found else None

    def credentials(self, username: str) -> tuple[str, str] | None:
        """Player and password hash of a user name, in any of its equivalent spellings.

        Older user names may have become equivalent: each is found by its exact spelling.
        """
        text = (
            "SELECT id, password FROM account WHERE username = ? OR username_key = ? ORDER BY username <> ?"
        )
        found = self.rows(text, (username, username_key(username), username))
        return (str(found[0][0]), str(found[0][1])) if found else None

    def find_shared(self) -> list[tuple[str, str, str]]:
        """User names that became equivalent, as (the key that they share, user name, player)."""
        text = "SELECT shared_key, username, id FROM account WHERE shared_key IS NOT NULL ORDER BY 1, 2"
        return [(key, username, player) for key, username, player in self.rows(text)]

    def players_named_by_address(self) -> list[str]:
        """Players whose display name is the address that is their user name."""
        text = (
            "SELECT a.id FROM account a JOIN player p ON p.id = a.id AND p.display_name = a.username"
            " WHERE a.username LIKE ? ORDER BY a.id"
        )
        return [row[0] for row in self.rows(text, ("%@%",))]

    def is_taken(self, username: str) -> bool:
        """True if a player has this user name, in any of its equivalent spellings."""
        key = username_key(username)
        text = "SELECT 1 FROM account WHERE username_key = ? OR shared_key = ?"
        return bool(self.rows(text, (key, key)))

    def password(self, player: str) -> str:
        """The stored hash of a player's password; "" if there is none."""
        found = self.rows("SELECT password FROM account WHERE id = ?", (player,))
        return str(found[0][0]) if found else ""

    def replace_hash(self, player: str, old: str, new: str) -> bool:
        """Replace a password's hash by another one of the same password. False if `old` is outdated."""
        text = "UPDATE account SET password = ? WHERE id = ? AND password = ? RETURNING id"
        return bool(self.transaction(lambda db: rows(db, text, (new, player, old))))

    def create(self, player: str, *, region: str | None, at: int) -> None:
        """Create a guest's account."""
        self.execute(
            "INSERT INTO account (id, region, role, scoring, created_at) VALUES (?, ?, 'player', 1, ?)",
            (player, region, at),
        )

    def name(self, player: str, *, username: str, password: str) -> None:
        """Give an account a user name and a password's hash."""
        self.execute(
            "UPDATE account SET username = ?, username_key = ?, password = ? WHERE id = ?",
            (username, username_key(username), password, player),
        )

    def change(self, player: str, column: str, value: str | int | None) -> None:
        """Change region, role, scoring, password or suspended_at."""
        self.execute(f"UPDATE account SET {column} = ? WHERE id = ?", (value, player))

    def find_barred(self, players: Sequence[str]) -> dict[str, BarReason]:
        """Those of these players who may not win points, each with the reason."""
        condition, value = self.one_of("id", players)
        return dict(self.rows(f"{BARRED} AND {condition}", (value,)))

    def merge(self, guest: str, into: str) -> None:
        """Make a guest part of the account `into`: the guest wins no more points, and has no name.

        The guest's row stays, and names the account.
        """
        self.execute("UPDATE account SET merged_into = ?, scoring = 0 WHERE id = ?", (into, guest))
        self.execute("DELETE FROM player WHERE id = ?", (guest,))

    def find_merged(self, players: Sequence[str]) -> dict[str, str]:
        """Those of these players who were merged, each with the account that they are now."""
        condition, value = self.one_of("id", players)
        text = f"SELECT id, merged_into FROM account WHERE merged_into IS NOT NULL AND {condition}"
        return dict(self.rows(text, (value,)))

    def find_roles(self, players: Sequence[str]) -> dict[str, Role]:
        """The roles of those of these players who have one."""
        condition, value = self.one_of("id", players)
        return dict(
            self.rows(f"SELECT id, role FROM account WHERE role <> 'player' AND {condition}", (value,))
        )

    def guests_in(self, player: str) -> list[str]:
        """The guests who were merged into an account."""
        found = self.rows("SELECT id FROM account WHERE merged_into = ? ORDER BY id", (player,))
        return [row[0] for row in found]


def _account(row: Sequence[Any]) -> Account:
    id, username, display_name, region, role, scoring, created_at, suspended_at, unlisted = row
    return Account(
        id=id,
        username=username,
        display_name=display_name,
        region=region,
        role=role,
        scoring=bool(scoring),
        created_at=created_at,
        suspended_at=suspended_at,
        listed=not unlisted,
    )
